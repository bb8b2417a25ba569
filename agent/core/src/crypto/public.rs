//! Public keys, and the signatures that they verify.

use std::fmt;

use const_oid::ObjectIdentifier;
use der::Any;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef};
use thiserror::Error;

use super::{Algorithm, KeyId, p256, rsa};

/// An RSA key of 4096 bits takes 550 bytes.
const MAX_SPKI: usize = 2 * 1024;

/// A public key with which we verify: RSA of 2048 to 4096 bits, or a point on P-256.
#[derive(Clone)]
pub struct PublicKey {
    spki: Vec<u8>,
    id: KeyId,
    kind: Kind,
}

#[derive(Clone)]
pub(super) enum Kind {
    Rsa(Box<::rsa::RsaPublicKey>),
    P256(Box<::p256::ecdsa::VerifyingKey>),
}

/// Why bytes are not a public key that we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAPublicKey {
    /// No `SubjectPublicKeyInfo`, or no key of the kind that it names.
    #[error("the public key is malformed")]
    Malformed,
    /// A kind or size that we do not use.
    #[error("public keys of this kind are not supported")]
    Unsupported,
    /// RSA below 2048 bits, or with a weak exponent.
    #[error("the public key is too weak")]
    Weak,
}

/// The signature is not this key's over this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

impl PublicKey {
    /// Reads `SubjectPublicKeyInfo` (RFC 5280, section 4.1) in DER.
    ///
    /// # Errors
    /// [`NotAPublicKey`] tells damage from weak keys and from kinds that we do not use.
    pub fn from_spki(der: &[u8]) -> Result<Self, NotAPublicKey> {
        if der.len() > MAX_SPKI {
            return Err(NotAPublicKey::Unsupported);
        }
        let info = SubjectPublicKeyInfoRef::try_from(der).map_err(|_| NotAPublicKey::Malformed)?;
        let bits = info.subject_public_key.as_bytes().ok_or(NotAPublicKey::Malformed)?;
        let kind = if info.algorithm.oid == rsa::OID {
            Kind::Rsa(Box::new(rsa::read_public(&info.algorithm, bits)?))
        } else if info.algorithm.oid == p256::OID {
            Kind::P256(Box::new(p256::read_public(&info.algorithm, bits)?))
        } else {
            return Err(NotAPublicKey::Unsupported);
        };
        Ok(Self { spki: der.to_vec(), id: KeyId::of_subject_public_key(bits), kind })
    }

    /// The key as `SubjectPublicKeyInfo` in DER.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Which of the kinds that we make it is; `None` for those that we only verify with, such as an authority's RSA
    /// of 4096 bits.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        match &self.kind {
            Kind::Rsa(key) => rsa::algorithm(key),
            Kind::P256(_) => Some(Algorithm::P256),
        }
    }

    /// Its id.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.id
    }

    /// How signatures of this key are marked in certificates and requests.
    #[must_use]
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        match &self.kind {
            Kind::Rsa(_) => SignatureAlgorithm::RsaSha256,
            Kind::P256(_) => SignatureAlgorithm::EcdsaSha256,
        }
    }

    /// Verifies a signature over a message: RSA PKCS#1 v1.5 with SHA-256, or ECDSA with SHA-256 as DER
    /// `ECDSA-Sig-Value`.
    ///
    /// # Errors
    /// [`BadSignature`], whatever the reason: who verifies must not act upon it.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        match &self.kind {
            Kind::Rsa(key) => rsa::verify(key, message, signature),
            Kind::P256(key) => p256::verify(key, message, signature),
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id)
    }
}

/// How a certificate, a request or a message says what its signature is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignatureAlgorithm {
    /// sha256WithRSAEncryption, 1.2.840.113549.1.1.11 (RFC 4055), with NULL parameters.
    RsaSha256,
    /// ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758), without parameters.
    EcdsaSha256,
}

impl SignatureAlgorithm {
    /// Its object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::RsaSha256 => const_oid::db::rfc5912::SHA_256_WITH_RSA_ENCRYPTION,
            Self::EcdsaSha256 => const_oid::db::rfc5912::ECDSA_WITH_SHA_256,
        }
    }

    /// The `AlgorithmIdentifier` that stands beside a signature.
    #[must_use]
    pub fn identifier(self) -> AlgorithmIdentifierOwned {
        let parameters = match self {
            Self::RsaSha256 => Some(Any::null()),
            Self::EcdsaSha256 => None,
        };
        AlgorithmIdentifierOwned { oid: self.oid(), parameters }
    }

    /// Reads an `AlgorithmIdentifier`; `None` if it is another algorithm or has other parameters than it must
    /// (a missing NULL beside RSA is let pass, as RFC 4055, section 2.1, asks of readers).
    #[must_use]
    pub fn of(identifier: &AlgorithmIdentifierOwned) -> Option<Self> {
        let known = [Self::RsaSha256, Self::EcdsaSha256]
            .into_iter()
            .find(|algorithm| algorithm.oid() == identifier.oid)?;
        let parameters = identifier.parameters.as_ref();
        match known {
            Self::RsaSha256 => parameters.is_none_or(|any| *any == Any::null()),
            Self::EcdsaSha256 => parameters.is_none(),
        }
        .then_some(known)
    }
}
