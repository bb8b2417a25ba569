//! RSA: PKCS#1 v1.5 signatures with SHA-256 (RFC 8017, section 8.2). Nothing is ever decrypted (RUSTSEC-2023-0071).

use ::rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
use ::rsa::traits::{PrivateKeyParts, PublicKeyParts};
use ::rsa::{BigUint, RsaPrivateKey, RsaPublicKey};
use const_oid::ObjectIdentifier;
use der::{Any, Decode};
use pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, PrivateKeyInfo};
use rand_core::CryptoRngCore;
use sha2::Sha256;
use signature::{RandomizedSigner, SignatureEncoding, Verifier};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::key::NotAPrivateKey;
use super::public::{BadSignature, NotAPublicKey, PublicKey};
use super::{Algorithm, CryptoError};

/// rsaEncryption (RFC 8017, appendix A.1).
pub(super) const OID: ObjectIdentifier = const_oid::db::rfc5912::RSA_ENCRYPTION;

const MADE_BITS: usize = 2048;
const MAX_BITS: usize = 4096;

/// Which of the kinds that we make the key is.
pub(super) fn algorithm(key: &RsaPublicKey) -> Option<Algorithm> {
    (key.n().bits() == MADE_BITS).then_some(Algorithm::Rsa2048)
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
    if BigUint::from_bytes_be(parts.modulus.as_bytes()).bits() != MADE_BITS {
        return Err(NotAPrivateKey::Unsupported);
    }
    let key = RsaPrivateKey::try_from(info).map_err(|_| NotAPrivateKey::Malformed)?;
    let half = |prime: &BigUint| prime.bits() == MADE_BITS / 2;
    if !key.primes().iter().all(half) {
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
    message: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let key = RsaPrivateKey::from_pkcs8_der(pkcs8).map_err(|_| CryptoError::Failed)?;
    SigningKey::<Sha256>::new(key)
        .try_sign_with_rng(random, message)
        .map(|signature| signature.to_vec())
        .map_err(|_| CryptoError::Failed)
}

pub(super) fn verify(
    key: &RsaPublicKey,
    message: &[u8],
    signature: &[u8],
) -> Result<(), BadSignature> {
    let signature = Signature::try_from(signature).map_err(|_| BadSignature)?;
    VerifyingKey::<Sha256>::new(key.clone()).verify(message, &signature).map_err(|_| BadSignature)
}
