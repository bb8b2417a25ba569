//! What certificates and requests have in common: something signed, how, and the signature.
//!
//! ```text
//! SEQUENCE { toBeSigned ANY, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
//! ```

use der::asn1::{AnyRef, BitString};
use der::{Decode, Encode, Sequence};
use spki::AlgorithmIdentifierOwned;

use super::body::first_element;
use crate::crypto::{BadSignature, PublicKey, SignatureAlgorithm};

/// A signed object, its signed bytes as they came: writing them anew could change what was signed.
#[derive(Clone)]
pub(super) struct Signed {
    to_be_signed: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
}

#[derive(Sequence)]
struct Outer<'a> {
    to_be_signed: AnyRef<'a>,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

impl Signed {
    /// Takes a signed object apart.
    pub(super) fn parse(der: &[u8]) -> Result<Self, der::Error> {
        let outer = Outer::from_der(der)?;
        let signature = outer.signature.as_bytes().ok_or(der::ErrorKind::Failed)?.to_vec();
        Ok(Self {
            to_be_signed: first_element(der)?.to_vec(),
            algorithm: outer.algorithm,
            signature,
        })
    }

    /// Verifies the signature, and that its algorithm is the key's.
    pub(super) fn verify(&self, key: &PublicKey) -> Result<(), BadSignature> {
        verify(&self.to_be_signed, &self.algorithm, &self.signature, key)
    }
}

/// Verifies a signature over bytes, and that its algorithm is the key's.
pub(super) fn verify(
    to_be_signed: &[u8],
    algorithm: &AlgorithmIdentifierOwned,
    signature: &[u8],
    key: &PublicKey,
) -> Result<(), BadSignature> {
    let algorithm = SignatureAlgorithm::of(algorithm).ok_or(BadSignature)?;
    if !algorithm.fits(key) {
        return Err(BadSignature);
    }
    key.verify_digest(&algorithm.hash().hash(to_be_signed), signature)
}

/// Puts a signed object together. `to_be_signed` is one whole element in DER.
pub(super) fn assemble(
    to_be_signed: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
) -> Result<Vec<u8>, der::Error> {
    Outer {
        to_be_signed: AnyRef::from_der(to_be_signed)?,
        algorithm: algorithm.identifier(),
        signature: BitString::from_bytes(signature)?,
    }
    .to_der()
}
