//! Why an answer says nothing of a certificate.

use thiserror::Error;

use super::super::revocation::Untimely;

/// Why an answer of a responder says nothing of a certificate.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum OcspDoubt {
    /// It is about other certificates, or names it by a hash function that is not known here.
    #[error("the responder's answer is about other certificates")]
    OtherCertificate,
    /// The certificate of whoever signed it is not at hand.
    #[error("the responder's certificate is not at hand")]
    NoResponder,
    /// Who signed it was not appointed by the issuer: its certificate is not signed by the issuer, not for signing
    /// answers, or was not valid then.
    #[error("the responder was not appointed by the issuer")]
    NotAppointed,
    /// The certificate of the responder was revoked.
    #[error("the responder's own certificate was revoked")]
    ResponderRevoked,
    /// It was changed, or forged.
    #[error("the signature of the responder's answer does not verify")]
    BadSignature,
    /// It answers another question: its nonce is another.
    #[error("the responder's answer has another nonce than the question")]
    OtherNonce,
    /// It has no nonce though one was sent: it may be an old answer, sent again.
    #[error("the responder's answer has no nonce")]
    NoNonce,
    /// It is not of the right time.
    #[error("the responder's answer is not of the right time: {0}")]
    Untimely(#[from] Untimely),
    /// The responder does not know the certificate.
    #[error("the responder does not know the certificate")]
    UnknownThere,
    /// It has a critical extension that is not understood; the extension in dotted numbers.
    #[error("the responder's answer insists on the extension {0}, which is not understood")]
    CriticalExtension(String),
}
