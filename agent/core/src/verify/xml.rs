//! The judgement of XML signatures.

use super::chain::Carried;
use super::cms::Parts;
use super::finding::{Finding, State, of_certificate, of_uncheckable};
use super::{Report, Signer, Trust};
use crate::x509::certificate::Certificate;
use crate::xml::{self, Covered, DigestCheck, NotRead, NotVerified, XmlSignature};

/// Judges all signatures of a document. What each covers is in [`Signer::covers`]: `document`, `#id` of an element,
/// `signature` for a part of the signature itself, `elsewhere`.
///
/// # Errors
/// [`NotRead`] if the document is no XML that we read.
pub fn xml(document: &[u8], trust: &Trust<'_>) -> Result<Report, NotRead> {
    let signers = xml::signatures(document)?;
    Ok(Report { signers: signers.iter().map(|signature| judge_signer(signature, trust)).collect() })
}

fn judge_signer(signature: &XmlSignature, trust: &Trust<'_>) -> Signer {
    let carried = Carried::of_certificates(signature.certificates.iter().map(Vec::as_slice));
    let (certificate, verified) = signer(signature, &carried);
    let parts = Parts {
        certificate,
        covers: signature.references.iter().map(|reference| covers(&reference.covered)).collect(),
        signature: verified,
        digest: digest(signature),
        signing_time: None,
        proved: None,
    };
    parts.judge(&carried, trust)
}

/// The certificate whose key verifies the signature; without one the first, with what is wrong.
fn signer(signature: &XmlSignature, carried: &Carried) -> (Option<Certificate>, Finding) {
    let mut first = None;
    for certificate in &carried.certificates {
        let finding = match signature.verify(&certificate.public_key) {
            Ok(()) => return (Some(certificate.clone()), Finding::good()),
            Err(NotVerified::Bad(_)) => {
                let text = "the signature is not that of the certificate's holder";
                Finding::one(State::Bad, "signature_other", text)
            }
            Err(error @ NotVerified::Weak) => Finding::one(State::Bad, "hash_weak", error),
            Err(NotVerified::Uncheckable(why)) => {
                Finding::one(State::Unknown, of_uncheckable(why), why)
            }
        };
        first.get_or_insert((Some(certificate.clone()), finding));
    }
    first.unwrap_or_else(|| (None, unreadable(signature)))
}

/// Why there is no certificate.
fn unreadable(signature: &XmlSignature) -> Finding {
    if let Err(why) = signature.algorithm {
        return Finding::one(State::Unknown, of_uncheckable(why), why);
    }
    let parsed = signature.certificates.first().map(|der| Certificate::parse(der));
    match parsed {
        Some(Err(error)) => Finding::one(State::Unknown, of_certificate(error), error),
        Some(Ok(_)) | None => {
            let text = "the signature carries no certificate";
            Finding::one(State::Unknown, "certificate_missing", text)
        }
    }
}

fn digest(signature: &XmlSignature) -> Finding {
    let mut finding = match signature.digest() {
        DigestCheck::Good => Finding::good(),
        DigestCheck::Weak => Finding::one(State::Bad, "hash_weak", "the digest is made with SHA-1"),
        DigestCheck::Uncheckable(why) => Finding::one(State::Unknown, of_uncheckable(why), why),
        DigestCheck::Bad => {
            Finding::one(State::Bad, "digest_other", "the content is not the one signed")
        }
    };
    if signature.has_unsigned_content {
        let text =
            "the signature holds something that it does not cover: anybody may have put it in";
        finding.and(State::Unknown, "content_unsigned", text);
    }
    let covered = signature.references.iter().map(|reference| &reference.covered);
    if finding.is_good() && !covered.clone().any(is_everything) {
        let paths: Vec<&str> = covered.filter_map(path).collect();
        let text = format!("only a part of the document is signed: {}", paths.join(", "));
        finding.and(State::Good, "covers_part", text);
    }
    finding
}

/// Whether it is the document or its outermost element.
fn is_everything(covered: &Covered) -> bool {
    match covered {
        Covered::WholeDocument => true,
        Covered::Element { path, .. } => path.rfind('/') == Some(0),
        Covered::PartOfSignature { .. } | Covered::Nothing => false,
    }
}

fn path(covered: &Covered) -> Option<&str> {
    match covered {
        Covered::Element { path, .. } | Covered::PartOfSignature { path, .. } => Some(path),
        Covered::WholeDocument | Covered::Nothing => None,
    }
}

fn covers(covered: &Covered) -> String {
    match covered {
        Covered::WholeDocument => "document".to_owned(),
        Covered::Element { id, .. } => format!("#{id}"),
        Covered::PartOfSignature { .. } => "signature".to_owned(),
        Covered::Nothing => "elsewhere".to_owned(),
    }
}
