//! Public keys, and the signatures that they verify.

use std::fmt;

use spki::SubjectPublicKeyInfoRef;
use thiserror::Error;

use super::{
    Algorithm, Digest, HashAlgorithm, KeyId, KeyKind, SignatureAlgorithm, gost, p256, rsa,
};

/// An RSA key of 4096 bits takes 550 bytes.
const MAX_SPKI: usize = 2 * 1024;

/// A public key with which we verify: RSA of 2048 to 4096 bits, or a point on P-256 or on one of the GOST curves.
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
    Gost512(Box<gost::Point<gost::Curve512>>),
    Gost2004(Box<gost::Point<gost::Curve2004>>),
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
        } else if info.algorithm.oid == gost::KEY_512 {
            Kind::Gost512(Box::new(gost::read_public(&info.algorithm, bits)?))
        } else if info.algorithm.oid == gost::KEY_2004 {
            Kind::Gost2004(Box::new(gost::read_public(&info.algorithm, bits)?))
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

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.kind {
            Kind::Rsa(key) => KeyKind::Rsa { bits: rsa::bits(key) },
            Kind::P256(_) => KeyKind::P256,
            Kind::Gost512(_) => KeyKind::Gost512,
            Kind::Gost2004(_) => KeyKind::Gost2004,
        }
    }

    /// Which of the kinds that we make it is; `None` for those that we only verify with, such as an authority's RSA
    /// of 4096 bits.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.kind().algorithm()
    }

    /// Its id.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.id
    }

    /// The hash function that goes with it.
    #[must_use]
    pub fn hash_algorithm(&self) -> HashAlgorithm {
        self.kind().hash_algorithm()
    }

    /// How signatures of this key over its own hash are marked in certificates and requests.
    #[must_use]
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        match &self.kind {
            Kind::Rsa(_) => SignatureAlgorithm::RsaSha256,
            Kind::P256(_) => SignatureAlgorithm::EcdsaSha256,
            Kind::Gost512(_) => SignatureAlgorithm::Gost2015,
            Kind::Gost2004(_) => SignatureAlgorithm::Gost2004,
        }
    }

    /// Verifies a signature over a message that is all there, hashed with the function that goes with the key.
    ///
    /// # Errors
    /// [`BadSignature`], whatever the reason: who verifies must not act upon it.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        self.verify_digest(&self.hash_algorithm().hash(message), signature)
    }

    /// Verifies a signature over a digest. The signature is as it travels: RSA PKCS#1 v1.5, ECDSA as DER
    /// `ECDSA-Sig-Value`, GOST as r, s, both little-endian.
    ///
    /// RSA and P-256 take SHA-256, SHA-384 and SHA-512, GOST only the hash function of its standard. Nothing signed
    /// over SHA-1 is believed.
    ///
    /// # Errors
    /// [`BadSignature`], whatever the reason: who verifies must not act upon it.
    pub fn verify_digest(&self, digest: &Digest, signature: &[u8]) -> Result<(), BadSignature> {
        match (&self.kind, digest.algorithm()) {
            (
                Kind::Rsa(key),
                HashAlgorithm::Sha256 | HashAlgorithm::Sha384 | HashAlgorithm::Sha512,
            ) => rsa::verify(key, digest, signature),
            (
                Kind::P256(key),
                HashAlgorithm::Sha256 | HashAlgorithm::Sha384 | HashAlgorithm::Sha512,
            ) => p256::verify(key, digest.as_bytes(), signature),
            (Kind::Gost512(point), HashAlgorithm::Streebog512) => {
                gost::verify(point, digest.as_bytes(), signature)
            }
            (Kind::Gost2004(point), HashAlgorithm::Gost34311) => {
                gost::verify(point, digest.as_bytes(), signature)
            }
            (Kind::Rsa(_) | Kind::P256(_) | Kind::Gost512(_) | Kind::Gost2004(_), _) => {
                Err(BadSignature)
            }
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
