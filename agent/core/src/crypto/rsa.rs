//! RSA: PKCS#1 v1.5 signatures (RFC 8017, section 8.2). Nothing is ever decrypted (RUSTSEC-2023-0071).

use ::rsa::traits::{PrivateKeyParts, PublicKeyParts};
use ::rsa::{BigUint, Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use const_oid::ObjectIdentifier;
use der::{Any, Decode};
use pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, PrivateKeyInfo};
use rand_core::CryptoRngCore;
use sha2::{Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::key::NotAPrivateKey;
use super::public::{BadSignature, NotAPublicKey, PublicKey};
use super::{CryptoError, Digest, HashAlgorithm};

/// rsaEncryption (RFC 8017, appendix A.1).
pub(super) const OID: ObjectIdentifier = const_oid::db::rfc5912::RSA_ENCRYPTION;

const MADE_BITS: usize = 2048;
const MAX_BITS: usize = 4096;

/// The length of the modulus.
pub(super) fn bits(key: &RsaPublicKey) -> u16 {
    u16::try_from(key.n().bits()).unwrap_or(u16::MAX)
}

/// Reads the content of `subjectPublicKey`.
pub(super) fn read_public(
    algorithm: &AlgorithmIdentifierRef<'_>,
    bits: &[u8],
) -> Result<RsaPublicKey, NotAPublicKey> {
    if algorithm.parameters.is_none_or(|any| Any::from(any) != Any::null()) {
        return Err(NotAPublicKey::Malformed);
    }
    let parts = pkcs1::RsaPublicKey::from_der(bits).map_err(|_| NotAPublicKey::Malformed)?;
    let n = BigUint::from_bytes_be(parts.modulus.as_bytes());
    let e = BigUint::from_bytes_be(parts.public_exponent.as_bytes());
    if n.bits() > MAX_BITS {
        return Err(NotAPublicKey::Unsupported);
    }
    // FIPS 186-5, section 5.1: an odd exponent above 2^16; small ones have a history of attacks.
    let odd = |number: &BigUint| number.to_bytes_le().first().is_some_and(|byte| byte % 2 == 1);
    if n.bits() < MADE_BITS || e < BigUint::from(65_537_u32) {
        return Err(NotAPublicKey::Weak);
    }
    if !odd(&n) || !odd(&e) {
        return Err(NotAPublicKey::Malformed);
    }
    RsaPublicKey::new(n, e).map_err(|_| NotAPublicKey::Unsupported)
}

/// Reads a private key; returns it as PKCS#8 with its public key.
pub(super) fn read_private(
    info: PrivateKeyInfo<'_>,
) -> Result<(Zeroizing<Vec<u8>>, PublicKey), NotAPrivateKey> {
    // Sizes are looked at before anything is computed with numbers that a stranger chose.
    let parts =
        pkcs1::RsaPrivateKey::from_der(info.private_key).map_err(|_| NotAPrivateKey::Malformed)?;
    let bits = BigUint::from_bytes_be(parts.modulus.as_bytes()).bits();
    if !(MADE_BITS..=MAX_BITS).contains(&bits) {
        return Err(NotAPrivateKey::Unsupported);
    }
    let key = RsaPrivateKey::try_from(info).map_err(|_| NotAPrivateKey::Malformed)?;
    let half = |prime: &BigUint| prime.bits() == bits.div_ceil(2);
    if key.primes().len() != 2 || !key.primes().iter().all(half) {
        return Err(NotAPrivateKey::Malformed);
    }
    let spki = key.to_public_key().to_public_key_der().map_err(|_| NotAPrivateKey::Malformed)?;
    let public = PublicKey::from_spki(spki.as_bytes()).map_err(|_| NotAPrivateKey::Unsupported)?;
    let pkcs8 = key.to_pkcs8_der().map_err(|_| NotAPrivateKey::Malformed)?;
    Ok((pkcs8.to_bytes(), public))
}

/// Makes a key; returns it as PKCS#8.
pub(super) fn generate(random: &mut impl CryptoRngCore) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let key = RsaPrivateKey::new(random, MADE_BITS).map_err(|_| CryptoError::Failed)?;
    Ok(key.to_pkcs8_der().map_err(|_| CryptoError::Failed)?.to_bytes())
}

/// Signs with blinding, so that the time it takes says nothing of the key. The crate checks its result against the
/// public key, so that a fault in the arithmetic gives an error and not a signature that betrays the primes.
pub(super) fn sign(
    random: &mut impl CryptoRngCore,
    pkcs8: &[u8],
    digest: &Digest,
) -> Result<Vec<u8>, CryptoError> {
    let key = RsaPrivateKey::from_pkcs8_der(pkcs8).map_err(|_| CryptoError::Failed)?;
    let padding = padding(digest.algorithm()).ok_or(CryptoError::OtherHash)?;
    key.sign_with_rng(random, padding, digest.as_bytes()).map_err(|_| CryptoError::Failed)
}

/// Verifies; a hash function with which RSA is not used here is a bad signature too.
pub(super) fn verify(
    key: &RsaPublicKey,
    digest: &Digest,
    signature: &[u8],
) -> Result<(), BadSignature> {
    let padding = padding(digest.algorithm()).ok_or(BadSignature)?;
    key.verify(padding, digest.as_bytes(), signature).map_err(|_| BadSignature)
}

/// The padding that names the hash function (RFC 8017, section 9.2).
fn padding(hash: HashAlgorithm) -> Option<Pkcs1v15Sign> {
    match hash {
        HashAlgorithm::Sha256 => Some(Pkcs1v15Sign::new::<Sha256>()),
        HashAlgorithm::Sha384 => Some(Pkcs1v15Sign::new::<Sha384>()),
        HashAlgorithm::Sha512 => Some(Pkcs1v15Sign::new::<Sha512>()),
        HashAlgorithm::Sha1 | HashAlgorithm::Gost34311 | HashAlgorithm::Streebog512 => None,
    }
}
