//! The schemes of RFC 7292, appendix C: key and initial vector by the derivation of appendix B with SHA-1.
//!
//! RC4 is in the appendix too, and in no file that anybody has seen: it is not read.

use const_oid::ObjectIdentifier;
use der::asn1::OctetStringRef;
use der::{AnyRef, Decode, Encode, Sequence};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::cipher::Cipher;
use super::{Budget, MAX_SALT, oid, parameters};
use crate::pkcs12::OpenError;

/// Bytes that one run of all iterations gives.
const OUTPUT: usize = 20;

const fn scheme(cipher: Cipher) -> Option<ObjectIdentifier> {
    match cipher {
        Cipher::TripleDes => Some(oid("1.2.840.113549.1.12.1.3")),
        Cipher::TripleDesTwoKeys => Some(oid("1.2.840.113549.1.12.1.4")),
        Cipher::Rc2With128 => Some(oid("1.2.840.113549.1.12.1.5")),
        Cipher::Rc2With40 => Some(oid("1.2.840.113549.1.12.1.6")),
        Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 => None,
    }
}

/// The cipher of a scheme; `None` if it is none of these.
pub(super) fn cipher(algorithm: ObjectIdentifier) -> Option<Cipher> {
    [Cipher::TripleDes, Cipher::TripleDesTwoKeys, Cipher::Rc2With128, Cipher::Rc2With40]
        .into_iter()
        .find(|cipher| scheme(*cipher) == Some(algorithm))
}

/// `pkcs-12PbeParams`, RFC 7292, appendix C.
#[derive(Sequence)]
struct Params<'a> {
    salt: OctetStringRef<'a>,
    iterations: u32,
}

struct Derived {
    key: Zeroizing<Vec<u8>>,
    iv: Zeroizing<Vec<u8>>,
}

fn derive(cipher: Cipher, password: &[u8], salt: &[u8], iterations: u32) -> Derived {
    let rounds = i32::try_from(iterations).expect("the budget is far below 2^31");
    let bytes =
        |kind, length| Zeroizing::new(derive_key::<Sha1>(password, salt, kind, rounds, length));
    Derived {
        key: bytes(Pkcs12KeyType::EncryptionKey, cipher.key_length()),
        iv: bytes(Pkcs12KeyType::Iv, cipher.iv_length()),
    }
}

/// Decrypts under a password in its old spelling.
pub(super) fn decrypt(
    cipher: Cipher,
    algorithm: &AlgorithmIdentifierRef<'_>,
    password: &[u8],
    data: &mut Zeroizing<Vec<u8>>,
    budget: &mut Budget,
) -> Result<Option<()>, OpenError> {
    let params: Params<'_> = parameters(algorithm, "the parameters of an encryption")?;
    let salt = params.salt.as_bytes();
    if salt.len() > MAX_SALT {
        return Err(OpenError::TooExpensive);
    }
    budget.spend(params.iterations, cipher.key_length().div_ceil(OUTPUT) + 1)?;
    let derived = derive(cipher, password, salt, params.iterations);
    Ok(cipher.decrypt(&derived.key, &derived.iv, data))
}

/// Encrypts; returns the `AlgorithmIdentifier` in DER and the encrypted bytes.
pub(super) fn encrypt(
    cipher: Cipher,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    plain: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), der::Error> {
    let derived = derive(cipher, password, salt, iterations);
    let data = cipher.encrypt(&derived.key, &derived.iv, plain).ok_or(der::ErrorKind::Failed)?;
    Ok((algorithm(cipher, salt, iterations)?, data))
}

/// The `AlgorithmIdentifier` in DER.
pub(super) fn algorithm(
    cipher: Cipher,
    salt: &[u8],
    iterations: u32,
) -> Result<Vec<u8>, der::Error> {
    let params = Params { salt: OctetStringRef::new(salt)?, iterations }.to_der()?;
    AlgorithmIdentifierRef {
        oid: scheme(cipher).ok_or(der::ErrorKind::Failed)?,
        parameters: Some(AnyRef::from_der(&params)?),
    }
    .to_der()
}
