//! The report, for people and for programs.

use std::path::Path;

use serde_json::json;
use tanba_core::time::UnixTime;
use tanba_core::verify::{Finding, Report, Signer, State};

use crate::commands::failure::Failure;
use crate::commands::shell::Shell;
use crate::commands::table::Table;

/// Tells how it came out.
pub(super) fn tell(
    report: &Report,
    format: &str,
    file: &Path,
    shell: &Shell,
) -> Result<(), Failure> {
    let path = file.display().to_string();
    let mut answer = report.json();
    answer["format"] = json!(format);
    answer["file"] = json!(path);
    shell.answer(&answer)?;
    for signer in &report.signers {
        shell.say(&table(signer, shell).to_string())?;
    }
    let unknown = report.signers.iter().any(|signer| signer.revocation.state == State::Unknown);
    let verdict = if report.is_valid() && unknown {
        "cmd-verdict-valid-so-far"
    } else if report.is_valid() {
        "cmd-verdict-valid"
    } else if report.signers.is_empty() {
        "cmd-verdict-none"
    } else {
        "cmd-verdict-invalid"
    };
    shell.say(&shell.words.get_with(verdict, &[("path", &path)]))
}

fn table<'a>(signer: &Signer, shell: &'a Shell) -> Table<'a> {
    let mut table = Table::new(shell);
    let certificate = signer.certificate.as_ref();
    let profile = certificate.map(|certificate| certificate.profile());
    table.optional("subject", certificate.map(|one| one.subject_name().to_string()).as_deref());
    table.optional("iin", profile.as_ref().and_then(|profile| profile.iin.as_deref()));
    table.optional("bin", profile.as_ref().and_then(|profile| profile.bin.as_deref()));
    table.optional("algorithm", certificate.map(|one| one.public_key.kind().name()).as_deref());
    table.list("covers", &signer.covers);
    table.row("signature", &words(&signer.signature, shell));
    table.row("digest", &words(&signer.digest, shell));
    table.row("chain", &words(&signer.chain, shell));
    table.row("revocation", &words(&signer.revocation, shell));
    table.optional("signing-time", signer.signing_time.map(UnixTime::rfc3339).as_deref());
    match &signer.timestamp {
        None => table.row("timestamp", &shell.word("cmd-absent")),
        Some(stamp) => {
            let time = stamp.time.map(UnixTime::rfc3339).unwrap_or_default();
            table.row("timestamp", &format!("{time} {}", words(&stamp.state, shell)));
        }
    }
    table.row("judged-at", &signer.judged_at.rfc3339());
    table
}

fn words(finding: &Finding, shell: &Shell) -> String {
    let state = match finding.state {
        State::Good => shell.word("cmd-good"),
        State::Absent => shell.word("cmd-absent"),
        State::Unknown => shell.word("cmd-unknown"),
        State::Bad => shell.word("cmd-bad"),
    };
    let reasons: Vec<_> = finding.reasons.iter().map(|reason| reason.text.as_str()).collect();
    if reasons.is_empty() { state } else { format!("{state}: {}", reasons.join("; ")) }
}
