//! The Online Certificate Status Protocol (RFC 6960): questions to responders, and their answers.
//!
//! ```text
//! CertId::of ─▶ request ─▶ (the network, elsewhere) ─▶ OcspResponse::parse ─▶ revocation::judge
//! ```
//!
//! An answer is believed if the certificate's issuer signed it, or a responder whom the issuer appointed: by a
//! certificate that the issuer itself signed, with the extended usage OCSPSigning, valid when the answer was made
//! (section 4.2.2.2). It must be about the certificate, by hashes of the issuer's name and key and by serial number;
//! an answer may hold several statuses, and the others are passed over.
//!
//! An answer that was made after the certificate had expired says nothing, unless the responder says that it keeps
//! what expired (archive cutoff, section 4.4.4), or that it knows what was issued (extended revoke, section 4.4.8): one
//! that had dropped the certificate would then call it unissued. The NCA's responders say the latter.

mod doubt;
mod findings;
mod read;
mod request;
#[cfg(test)]
mod tests;

use std::fmt;

use const_oid::ObjectIdentifier;
use spki::AlgorithmIdentifierOwned;
use thiserror::Error;

pub use self::doubt::OcspDoubt;
pub(super) use self::findings::findings;
pub use self::request::{NotARequest, request};
use super::certificate::Certificate;
use super::distinguished::DistinguishedName;
use super::elements::shortest;
use super::revocation::Reason;
use crate::crypto::{HashAlgorithm, KeyId};
use crate::time::UnixTime;

/// Longer answers are not read: with the chain of its responder an answer has 2 to 8 kB.
pub const MAX_RESPONSE: usize = 256 * 1024;

/// The longest nonce (RFC 9654, section 2.1).
pub const MAX_NONCE: usize = 128;

/// Which certificate is meant (RFC 6960, section 4.1.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertId {
    hash: HashAlgorithm,
    issuer_name_hash: Vec<u8>,
    issuer_key_hash: Vec<u8>,
    serial_number: Vec<u8>,
}

impl CertId {
    /// The id of a certificate that `issuer` issued.
    ///
    /// SHA-256 is understood by the NCA's responders; SHA-1 is what others may ask for, and harmless here: it finds a
    /// certificate and proves nothing.
    #[must_use]
    pub fn of(certificate: &Certificate, issuer: &Certificate, hash: HashAlgorithm) -> Self {
        let name = certificate.issuer_name().der();
        Self::with_name(certificate, name, issuer, hash)
    }

    fn with_name(
        certificate: &Certificate,
        name: &[u8],
        issuer: &Certificate,
        hash: HashAlgorithm,
    ) -> Self {
        Self {
            hash,
            issuer_name_hash: hash.hash(name).as_bytes().to_vec(),
            issuer_key_hash: hash.hash(issuer.key_bits()).as_bytes().to_vec(),
            serial_number: shortest(certificate.serial_number()).to_vec(),
        }
    }

    /// Whether it means this certificate. The issuer's name may be written in two ways, and either may be hashed.
    fn means(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let names = [certificate.issuer_name().der(), issuer.subject_name().der()];
        names.iter().any(|name| *self == Self::with_name(certificate, name, issuer, self.hash))
    }
}

/// Why a responder does not answer (RFC 6960, section 4.2.1). Such refusals are not signed: anybody may have sent them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refusal {
    /// It did not understand the question.
    MalformedRequest,
    /// It has a fault.
    InternalError,
    /// Ask again later.
    TryLater,
    /// It wants signed questions.
    SignatureRequired,
    /// It does not answer this asker, or knows nothing of such certificates.
    Unauthorized,
    /// A number that the standard does not know.
    Other(u8),
}

/// Why bytes are not an answer that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAResponse {
    /// More than [`MAX_RESPONSE`] bytes.
    #[error("the answer is too large")]
    TooLarge,
    /// No OCSP response, or a part of it cannot be read.
    #[error("the answer is malformed")]
    Malformed,
    /// The responder did not answer.
    #[error("the responder refused to answer ({0:?})")]
    Refused(Refusal),
    /// Not the basic type of answer, the only one there is (section 4.2.1).
    #[error("the answer is of an unknown type")]
    OtherType,
}

/// What a responder says of a certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CertStatus {
    /// Not revoked.
    Good,
    /// Revoked, or on hold.
    Revoked {
        /// When.
        at: UnixTime,
        /// Why.
        reason: Reason,
    },
    /// It does not know the certificate.
    Unknown,
}

/// One of the statuses in an answer.
#[derive(Clone, Debug)]
pub struct SingleStatus {
    /// About which certificate; `None` if its hash function is not one that we know.
    pub id: Option<CertId>,
    /// What is said.
    pub status: CertStatus,
    /// The moment for which it was known to be right.
    pub this_update: UnixTime,
    /// When newer information comes at the latest. The NCA's responders leave it out.
    pub next_update: Option<UnixTime>,
    invalid_since: Option<UnixTime>,
    covers_expired_since: Option<UnixTime>,
    unknown_critical: Option<ObjectIdentifier>,
}

/// Who signed an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Responder {
    Name(DistinguishedName),
    Key(Vec<u8>),
}

/// An answer that was read. Nothing of it is verified yet; that is what
/// [`revocation::judge`](super::revocation::judge) does.
#[derive(Clone)]
pub struct OcspResponse {
    /// When it was signed.
    pub produced_at: UnixTime,
    /// All statuses in it.
    pub statuses: Vec<SingleStatus>,
    /// The certificates that came with it, those that can be read.
    pub certificates: Vec<Certificate>,
    /// The nonce, without its OCTET STRING.
    pub nonce: Option<Vec<u8>>,
    responder: Responder,
    /// The responder knows which certificates were issued (section 4.4.8), so that its "good" is not mere ignorance.
    knows_issued: bool,
    unknown_critical: Option<ObjectIdentifier>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
    body: Vec<u8>,
}

impl OcspResponse {
    /// Reads an answer as it came from the network: DER, or BER, which is put in order first.
    ///
    /// # Errors
    /// [`NotAResponse`] tells what cannot be read from what is a refusal.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAResponse> {
        if bytes.len() > MAX_RESPONSE {
            return Err(NotAResponse::TooLarge);
        }
        read::response(bytes)
    }

    fn is_by(&self, signer: &Certificate) -> bool {
        match &self.responder {
            Responder::Name(name) => name == signer.subject_name(),
            Responder::Key(hash) => {
                *hash == KeyId::of_subject_public_key(signer.key_bits()).as_bytes()
            }
        }
    }
}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, at) = (self.statuses.len(), self.produced_at.rfc3339());
        write!(f, "OcspResponse({count} statuses, {at})")
    }
}

/// An answer, and the nonce that was sent to get it.
#[derive(Clone, Debug)]
pub struct OcspAnswer {
    /// The answer.
    pub response: OcspResponse,
    /// The nonce that was sent. If there is one, the answer must have it too. `None` also for answers that were made
    /// before they were asked for, such as those kept beside a signature.
    pub nonce: Option<Vec<u8>>,
}
