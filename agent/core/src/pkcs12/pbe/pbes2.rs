//! PBES2 (RFC 8018, section 6.2): a cipher, its initial vector, and PBKDF2 for the key.

use const_oid::ObjectIdentifier;
use der::asn1::OctetStringRef;
use der::{AnyRef, Decode, Encode, Sequence};
use spki::AlgorithmIdentifierRef;

use super::cipher::Cipher;
use super::pbkdf2::Derivation;
use super::{oid, parameters};
use crate::pkcs12::OpenError;

pub(super) const OID: ObjectIdentifier = oid("1.2.840.113549.1.5.13");

/// `PBES2-params`, RFC 8018, appendix A.4.
#[derive(Sequence)]
struct Params<'a> {
    derivation: AlgorithmIdentifierRef<'a>,
    cipher: AlgorithmIdentifierRef<'a>,
}

/// Ciphers of RFC 8018, appendix B.2, and of RFC 3565, section 4.1.
const CIPHERS: [(ObjectIdentifier, Cipher); 4] = [
    (oid("2.16.840.1.101.3.4.1.2"), Cipher::Aes128),
    (oid("2.16.840.1.101.3.4.1.22"), Cipher::Aes192),
    (AES_256, Cipher::Aes256),
    (oid("1.2.840.113549.3.7"), Cipher::TripleDes),
];
const AES_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.42");

/// What the parameters ask for.
pub(super) struct Recipe<'a> {
    pub(super) cipher: Cipher,
    pub(super) iv: &'a [u8],
    pub(super) derivation: Derivation,
}

pub(super) fn read<'a>(algorithm: &AlgorithmIdentifierRef<'a>) -> Result<Recipe<'a>, OpenError> {
    let params: Params<'a> = parameters(algorithm, "the parameters of PBES2")?;
    let (_, cipher) = CIPHERS
        .into_iter()
        .find(|(oid, _)| *oid == params.cipher.oid)
        .ok_or(OpenError::Unsupported { what: "a cipher other than AES-CBC and 3DES-CBC" })?;
    let iv: OctetStringRef<'a> = parameters(&params.cipher, "the initial vector")?;
    if iv.as_bytes().len() != cipher.iv_length() {
        return Err(OpenError::Damaged { what: "the initial vector" });
    }
    let derivation = Derivation::read(&params.derivation)?;
    if derivation.key_length.is_some_and(|given| given != cipher.key_length()) {
        return Err(OpenError::Damaged { what: "the length of the derived key" });
    }
    Ok(Recipe { cipher, iv: iv.as_bytes(), derivation })
}

/// The `AlgorithmIdentifier` in DER, with AES-256-CBC.
pub(super) fn algorithm(derivation: &Derivation, iv: &[u8; 16]) -> Result<Vec<u8>, der::Error> {
    let derivation = derivation.to_der()?;
    let params = Params {
        derivation: AlgorithmIdentifierRef::from_der(&derivation)?,
        cipher: AlgorithmIdentifierRef {
            oid: AES_256,
            parameters: Some(OctetStringRef::new(iv)?.into()),
        },
    }
    .to_der()?;
    AlgorithmIdentifierRef { oid: OID, parameters: Some(AnyRef::from_der(&params)?) }.to_der()
}
