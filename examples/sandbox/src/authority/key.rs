//! Keys of the authority itself: P-256, ECDSA with SHA-256 (RFC 5480, RFC 5758).

use const_oid::db::rfc5912::ECDSA_WITH_SHA_256;
use der::asn1::BitString;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::pkcs8::EncodePublicKey as _;
use rand_core::OsRng;
use sha1::{Digest as _, Sha1};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::AuthorityError;

pub(crate) struct CaKey(SigningKey);

impl CaKey {
    pub(crate) fn generate() -> Self {
        Self(SigningKey::random(&mut OsRng))
    }

    pub(crate) fn public(&self) -> Result<SubjectPublicKeyInfoOwned, AuthorityError> {
        let refused = |_| AuthorityError::Refused { what: "a public key" };
        let document = VerifyingKey::from(&self.0).to_public_key_der().map_err(refused)?;
        Ok(der::Decode::from_der(document.as_bytes())?)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<BitString, AuthorityError> {
        let signature: DerSignature = self.0.sign(message);
        Ok(BitString::from_bytes(signature.as_bytes())?)
    }

    /// For the builders of other crates.
    pub(crate) fn as_signer(&self) -> &SigningKey {
        &self.0
    }

    /// ECDSA's identifier has no parameters (RFC 5758, section 3.2).
    pub(crate) fn algorithm() -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA_256, parameters: None }
    }
}

/// SHA-1 of the key's bits (RFC 5280, section 4.2.1.2, method 1): names a key, protects nothing.
pub(crate) fn key_id(spki: &SubjectPublicKeyInfoOwned) -> [u8; 20] {
    Sha1::digest(spki.subject_public_key.raw_bytes()).into()
}
