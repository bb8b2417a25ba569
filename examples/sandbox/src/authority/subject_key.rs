//! Keys of persons, as the authority sees them: only the public half, and what it verifies.

use const_oid::db::rfc5912::{
    ECDSA_WITH_SHA_256, ID_EC_PUBLIC_KEY, RSA_ENCRYPTION, SHA_256_WITH_RSA_ENCRYPTION,
};
use der::{Decode as _, Encode as _};
use p256::ecdsa::DerSignature;
use rsa::RsaPublicKey;
use rsa::pkcs1v15;
use rsa::traits::PublicKeyParts as _;
use sha2::Sha256;
use signature::Verifier as _;
use spki::{AlgorithmIdentifierOwned, DecodePublicKey as _, SubjectPublicKeyInfoOwned};
use tanba_core::crypto::{KeyKind, PublicKey, SignatureAlgorithm};
use thiserror::Error;

use super::key::{CaKey, key_id};
use super::{AuthorityError, Family};

/// A public key that may be certified.
#[derive(Debug, Clone)]
pub(crate) enum SubjectKey {
    Rsa { key: pkcs1v15::VerifyingKey<Sha256>, spki: SubjectPublicKeyInfoOwned },
    P256 { key: p256::ecdsa::VerifyingKey, spki: SubjectPublicKeyInfoOwned },
    Gost { key: PublicKey, spki: SubjectPublicKeyInfoOwned },
}

/// Why a key may not be certified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum RefusedKey {
    #[error("an rsa key has 2048 to 4096 bits")]
    Weak,
    #[error("the key is neither rsa, p-256 nor gost-2015, or is malformed")]
    Unsupported,
}

/// The signature is not by this key over this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature does not verify")]
pub(crate) struct BadSignature;

impl SubjectKey {
    pub(crate) fn parse(spki: &SubjectPublicKeyInfoOwned) -> Result<Self, RefusedKey> {
        let der = spki.to_der().map_err(|_| RefusedKey::Unsupported)?;
        if spki.algorithm.oid == RSA_ENCRYPTION {
            // The crate refuses more than 4096 bits by itself, and exponents that are even or too large.
            let key =
                RsaPublicKey::from_public_key_der(&der).map_err(|_| RefusedKey::Unsupported)?;
            if key.n().bits() < 2_048 {
                return Err(RefusedKey::Weak);
            }
            Ok(Self::Rsa { key: pkcs1v15::VerifyingKey::new(key), spki: spki.clone() })
        } else if spki.algorithm.oid == ID_EC_PUBLIC_KEY {
            let key = p256::ecdsa::VerifyingKey::from_public_key_der(&der)
                .map_err(|_| RefusedKey::Unsupported)?;
            Ok(Self::P256 { key, spki: spki.clone() })
        } else {
            // There is no second implementation of GOST to read with: the core's is judged by others in its own tests.
            let key = PublicKey::from_spki(&der).map_err(|_| RefusedKey::Unsupported)?;
            match key.kind() {
                KeyKind::Gost512 => Ok(Self::Gost { key, spki: spki.clone() }),
                KeyKind::Rsa { .. } | KeyKind::P256 | KeyKind::Gost2004 => {
                    Err(RefusedKey::Unsupported)
                }
            }
        }
    }

    /// A new key whose private half is thrown away.
    pub(crate) fn of_nobody(family: Family) -> Result<Self, AuthorityError> {
        let spki = CaKey::generate(family)?.public()?;
        Self::parse(&spki).map_err(|_| AuthorityError::Refused { what: "a key of nobody" })
    }

    /// The key of a certificate.
    pub(crate) fn of_certificate(der: &[u8]) -> Result<Self, RefusedKey> {
        let certificate =
            x509_cert::Certificate::from_der(der).map_err(|_| RefusedKey::Unsupported)?;
        Self::parse(&certificate.tbs_certificate.subject_public_key_info)
    }

    pub(crate) fn spki(&self) -> &SubjectPublicKeyInfoOwned {
        match self {
            Self::Rsa { spki, .. } | Self::P256 { spki, .. } | Self::Gost { spki, .. } => spki,
        }
    }

    /// The branch of the authority that certifies it.
    pub(crate) fn family(&self) -> Family {
        match self {
            Self::Rsa { .. } | Self::P256 { .. } => Family::International,
            Self::Gost { .. } => Family::Gost,
        }
    }

    /// 40 lower-case hexadecimal digits.
    pub(crate) fn key_id(&self) -> String {
        hex::encode(key_id(self.spki()))
    }

    /// The one signature algorithm of this key that the contract has.
    pub(crate) fn signs_with(&self, algorithm: &AlgorithmIdentifierOwned) -> bool {
        match self {
            Self::Rsa { .. } => algorithm.oid == SHA_256_WITH_RSA_ENCRYPTION,
            Self::P256 { .. } => algorithm.oid == ECDSA_WITH_SHA_256,
            Self::Gost { .. } => {
                SignatureAlgorithm::of(algorithm) == Some(SignatureAlgorithm::Gost2015)
            }
        }
    }

    /// Verifies RSASSA-PKCS1-v1_5 with SHA-256, ECDSA with SHA-256 whose signature is in DER, or GOST R 34.10-2015 with
    /// Streebog-512 whose signature is r and s, both little-endian.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        match self {
            Self::Rsa { key, .. } => {
                let signature =
                    pkcs1v15::Signature::try_from(signature).map_err(|_| BadSignature)?;
                key.verify(message, &signature).map_err(|_| BadSignature)
            }
            Self::P256 { key, .. } => {
                let signature = DerSignature::try_from(signature).map_err(|_| BadSignature)?;
                key.verify(message, &signature).map_err(|_| BadSignature)
            }
            Self::Gost { key, .. } => key.verify(message, signature).map_err(|_| BadSignature),
        }
    }
}
