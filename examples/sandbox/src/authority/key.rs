//! Keys of the authority itself: P-256, ECDSA with SHA-256 (RFC 5480, RFC 5758), and ST RK GOST R 34.10-2015 with 512
//! bits, for which there is nobody else's code to borrow: the core computes.

use const_oid::db::rfc5912::{ECDSA_WITH_SHA_256, ID_SHA_256};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::pkcs8::EncodePublicKey as _;
use rand_core::{OsRng, RngCore as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use tanba_core::crypto::{
    Algorithm, HashAlgorithm, PrivateKey, Provider, RandomFailed, SignatureAlgorithm, pure,
};

use super::{AuthorityError, Family};

pub(crate) enum CaKey {
    P256(SigningKey),
    Gost(PrivateKey),
}

impl CaKey {
    pub(crate) fn generate(family: Family) -> Result<Self, AuthorityError> {
        match family {
            Family::International => Ok(Self::P256(SigningKey::random(&mut OsRng))),
            Family::Gost => {
                let provider = provider();
                let key = (provider.generate)(&provider, Algorithm::Gost512);
                Ok(Self::Gost(key.map_err(|_| AuthorityError::Refused { what: "a key" })?))
            }
        }
    }

    pub(crate) fn public(&self) -> Result<SubjectPublicKeyInfoOwned, AuthorityError> {
        match self {
            Self::P256(key) => {
                let refused = |_| AuthorityError::Refused { what: "a public key" };
                let document = VerifyingKey::from(key).to_public_key_der().map_err(refused)?;
                Ok(der::Decode::from_der(document.as_bytes())?)
            }
            Self::Gost(key) => Ok(der::Decode::from_der(key.public().spki())?),
        }
    }

    /// Signs a message. ECDSA gives DER, GOST r and s, both little-endian.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, AuthorityError> {
        match self {
            Self::P256(key) => {
                let signature: DerSignature = key.sign(message);
                Ok(signature.as_bytes().to_vec())
            }
            Self::Gost(key) => provider()
                .sign_message(key, message)
                .map_err(|_| AuthorityError::Refused { what: "a signature" }),
        }
    }

    /// How its signatures are marked. ECDSA's identifier has no parameters (RFC 5758, section 3.2), that of GOST NULL.
    pub(crate) fn algorithm(&self) -> AlgorithmIdentifierOwned {
        match self {
            Self::P256(_) => AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA_256, parameters: None },
            Self::Gost(_) => SignatureAlgorithm::Gost2015.identifier(),
        }
    }

    /// The hash function that goes with it.
    pub(crate) fn digest_algorithm(&self) -> AlgorithmIdentifierOwned {
        match self {
            Self::P256(_) => AlgorithmIdentifierOwned { oid: ID_SHA_256, parameters: None },
            Self::Gost(_) => HashAlgorithm::Streebog512.identifier(),
        }
    }

    /// A digest by that function.
    pub(crate) fn digest(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(_) => Sha256::digest(message).to_vec(),
            Self::Gost(_) => HashAlgorithm::Streebog512.hash(message).as_bytes().to_vec(),
        }
    }
}

fn provider() -> Provider {
    pure(|buffer| OsRng.try_fill_bytes(buffer).map_err(|_| RandomFailed))
}

/// SHA-1 of the key's bits (RFC 5280, section 4.2.1.2, method 1): names a key, protects nothing.
pub(crate) fn key_id(spki: &SubjectPublicKeyInfoOwned) -> [u8; 20] {
    Sha1::digest(spki.subject_public_key.raw_bytes()).into()
}
