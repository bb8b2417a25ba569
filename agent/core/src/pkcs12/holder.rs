//! What a key file needs of a key's certificate, whatever else is in it.

use const_oid::db::rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER;
use der::asn1::OctetStringRef;
use der::{Decode, Encode};

use crate::crypto::PublicKey;

/// Longer ids are nobody's.
const MAX_KEY_ID: usize = 64;

/// Whom a certificate is for.
pub(super) struct Holder {
    pub(super) public_key: PublicKey,
    /// The id that the authority gave the key (RFC 5280, section 4.2.1.2). The NCA took SHA-1 of the whole
    /// SubjectPublicKeyInfo in older certificates, and of the key alone, as we do, in newer ones.
    pub(super) key_id: Option<Vec<u8>>,
}

impl Holder {
    /// Reads a certificate in DER; `None` if it is none, or for a key that is not used here. Certificates that no
    /// profile allows are read too: a file must not lose its key's certificate.
    pub(super) fn of(certificate: &[u8]) -> Option<Self> {
        let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
        let body = certificate.tbs_certificate;
        let public_key = PublicKey::from_spki(&body.subject_public_key_info.to_der().ok()?).ok()?;
        let key_id = body
            .extensions
            .iter()
            .flatten()
            .find(|extension| extension.extn_id == ID_CE_SUBJECT_KEY_IDENTIFIER)
            .and_then(|extension| OctetStringRef::from_der(extension.extn_value.as_bytes()).ok())
            .map(|id| id.as_bytes().to_vec())
            .filter(|id| (1..=MAX_KEY_ID).contains(&id.len()));
        Some(Self { public_key, key_id })
    }
}
