//! The judgement of raw signatures: bytes over a digest, with the certificate beside them.

use super::chain::Carried;
use super::cms::Parts;
use super::finding::{Finding, State};
use super::{Report, Trust};
use crate::crypto::{Digest, SignatureAlgorithm};
use crate::x509::certificate::Certificate;

/// Judges a signature over a digest, as it travels (see
/// [`PublicKey::verify_digest`](crate::crypto::PublicKey::verify_digest)).
///
/// The digest must be made with a hash function that goes with the certificate's key; it is *unknown* otherwise.
#[must_use]
pub fn raw(
    digest: &Digest,
    signature: &[u8],
    certificate: &Certificate,
    trust: &Trust<'_>,
) -> Report {
    let key = &certificate.public_key;
    let algorithm = SignatureAlgorithm::of_key(key.kind(), digest.algorithm());
    let (signature, digest) = if algorithm.is_none() {
        let text = format!("{} does not go with this key", digest.algorithm().name());
        let finding = Finding::one(State::Unknown, "hash_other", text);
        (finding.clone(), finding)
    } else if key.verify_digest(digest, signature).is_ok() {
        (Finding::good(), Finding::good())
    } else {
        // Without a signed digest beside it nobody can tell which of the two was changed.
        let text = "the signature is not that of the certificate's holder over this content";
        let finding = Finding::one(State::Bad, "signature_other", text);
        (finding.clone(), finding)
    };
    let parts = Parts {
        certificate: Some(certificate.clone()),
        covers: vec!["content".to_owned()],
        signature,
        digest,
        signing_time: None,
        proved: None,
    };
    Report { signers: vec![parts.judge(&Carried::default(), trust)] }
}
