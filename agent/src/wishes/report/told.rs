//! A judgement in the words of people: the verdict, the signers, and why something does not hold.

use tanba_core::time::UnixTime;
use tanba_core::verify::{Finding, Report, Signer, State};

use crate::commands::failure::{Failure, Problem};
use crate::desktop::own::{SignerView, Verdict};
use crate::words::Words;

/// Of how many signers a window is told, of how many parts of a document, and how long their texts are in characters: a
/// file is somebody else's, and a view that no window reads would leave the person before one that is still looking.
const SIGNERS: usize = 100;
const PARTS: usize = 16;
const TEXT: usize = 150;

/// What came of it. Not known is not bad: a window says which of the two it is.
pub(super) fn verdict(report: &Report) -> Verdict {
    let all = |holds: &dyn Fn(&Signer) -> bool| report.signers.iter().all(holds);
    let bad = |signer: &Signer| findings(signer).iter().any(|(_, one)| one.state == State::Bad);
    let known = |signer: &Signer| signer.revocation.state != State::Unknown;
    if report.signers.is_empty() {
        Verdict::None
    } else if report.signers.iter().any(bad) {
        Verdict::Invalid
    } else if report.is_valid() && all(&known) {
        Verdict::Valid
    } else if all(&|one| one.signature.is_good() && one.digest.is_good() && one.chain.is_good()) {
        Verdict::ValidSoFar
    } else {
        Verdict::Unconfirmed
    }
}

/// Why a file could not be judged.
pub(super) fn cannot(failure: &Failure, words: &Words) -> String {
    let problem = failure.problem;
    if matches!(problem, Problem::NotASignature | Problem::NotCms | Problem::NotXml) {
        words.get("own-report-not-signed")
    } else if matches!(problem, Problem::NoSuchFile | Problem::CannotRead) {
        words.get("own-report-unreadable")
    } else if problem == Problem::Changed {
        words.get("own-report-changed")
    } else if problem == Problem::TooLarge {
        words.get("own-report-too-large")
    } else {
        failure.text(words)
    }
}

/// What was looked at, as a key of the words' files, and how it came out.
fn findings(signer: &Signer) -> Vec<(&'static str, &Finding)> {
    let mut all = vec![
        ("cmd-label-signature", &signer.signature),
        ("cmd-label-digest", &signer.digest),
        ("cmd-label-chain", &signer.chain),
        ("cmd-label-revocation", &signer.revocation),
    ];
    all.extend(signer.timestamp.as_ref().map(|stamp| ("cmd-label-timestamp", &stamp.state)));
    all
}

/// The signers, and how many more there are.
pub(super) fn signers(report: &Report, words: &Words) -> (Vec<SignerView>, usize) {
    let shown = report.signers.iter().take(SIGNERS).map(|one| signer(one, words)).collect();
    (shown, report.signers.len().saturating_sub(SIGNERS))
}

/// As much of a text as a window is told of.
fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What is signed, as far as a window is told of it.
fn parts(covers: &[String]) -> Vec<String> {
    let mut parts: Vec<_> = covers.iter().take(PARTS).map(|part| cut(part)).collect();
    if covers.len() > PARTS {
        parts.push("…".to_owned());
    }
    parts
}

fn signer(signer: &Signer, words: &Words) -> SignerView {
    let profile = signer.certificate.as_ref().map(|certificate| certificate.profile());
    let subject = || signer.certificate.as_ref().map(|one| one.subject_name().to_string());
    let text = |text: Option<String>| text.map(|text| cut(&text));
    let is_whole = |part: &String| part == "content" || part == "document";
    let told = |(name, finding): (&'static str, &Finding)| {
        let reasons = finding.reasons.iter();
        let reasons = reasons.map(|reason| reason_of(reason.code, &reason.text, words)).collect();
        (name.to_owned(), finding.state.name().to_owned(), reasons)
    };
    SignerView {
        name: text(profile.as_ref().and_then(|one| one.common_name.clone()).or_else(subject)),
        organisation: text(profile.as_ref().and_then(|one| one.organisation.clone())),
        iin: text(profile.as_ref().and_then(|one| one.iin.clone())),
        bin: text(profile.as_ref().and_then(|one| one.bin.clone())),
        findings: findings(signer).into_iter().map(told).collect(),
        signed_at: signer.signing_time.map(UnixTime::as_secs),
        stamped_at: signer.timestamp.as_ref().and_then(|one| one.time).map(UnixTime::as_secs),
        covers: if signer.covers.iter().all(is_whole) { Vec::new() } else { parts(&signer.covers) },
        is_valid: signer.is_valid,
    }
}

/// In the person's language where there are words for it; otherwise the sentence for those who read logs.
fn reason_of(code: &str, text: &str, words: &Words) -> String {
    let key = format!("own-reason-{code}");
    let told = words.get(&key);
    if told == key { cut(text) } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_somebody_else_makes_no_view_that_is_too_long_for_a_window() {
        let long = "Ә".repeat(10_000);
        assert_eq!(cut(&long).chars().count(), TEXT + 1);
        assert_eq!(cut("#short"), "#short");
        let told = parts(&vec![long; 64]);
        assert_eq!((told.len(), told[PARTS].as_str()), (PARTS + 1, "…"));
        let all = SIGNERS * told.iter().map(String::len).sum::<usize>();
        assert!(all < 1 << 20, "{all} bytes");
    }
}
