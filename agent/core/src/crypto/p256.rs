//! ECDSA on the curve P-256 (FIPS 186-5; keys as in RFC 5480).

use ::p256::SecretKey;
use ::p256::ecdsa::{DerSignature, Signature, SigningKey, VerifyingKey};
use const_oid::ObjectIdentifier;
use der::Any;
use pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, PrivateKeyInfo};
use rand_core::CryptoRngCore;
use signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::CryptoError;
use super::key::NotAPrivateKey;
use super::public::{BadSignature, NotAPublicKey, PublicKey};

/// id-ecPublicKey (RFC 5480, section 2.1.1).
pub(super) const OID: ObjectIdentifier = const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;

/// secp256r1 (RFC 5480, section 2.1.1.1).
const CURVE: ObjectIdentifier = const_oid::db::rfc5912::SECP_256_R_1;

/// SEC 1, section 2.3.3: an uncompressed point is 04, X, Y.
const UNCOMPRESSED: (u8, usize) = (0x04, 65);

/// Reads the content of `subjectPublicKey`. Only uncompressed points are taken: with a second way of writing, one
/// key would have two ids.
pub(super) fn read_public(
    algorithm: &AlgorithmIdentifierRef<'_>,
    bits: &[u8],
) -> Result<VerifyingKey, NotAPublicKey> {
    if algorithm.parameters.is_none_or(|any| Any::from(any) != Any::from(CURVE)) {
        return Err(NotAPublicKey::Unsupported);
    }
    if bits.first() != Some(&UNCOMPRESSED.0) || bits.len() != UNCOMPRESSED.1 {
        return Err(NotAPublicKey::Malformed);
    }
    VerifyingKey::from_sec1_bytes(bits).map_err(|_| NotAPublicKey::Malformed)
}

/// Reads a private key; returns it as PKCS#8 with its public key.
pub(super) fn read_private(
    info: PrivateKeyInfo<'_>,
) -> Result<(Zeroizing<Vec<u8>>, PublicKey), NotAPrivateKey> {
    if info.algorithm.parameters.is_none_or(|any| Any::from(any) != Any::from(CURVE)) {
        return Err(NotAPrivateKey::Unsupported);
    }
    let key = SecretKey::try_from(info).map_err(|_| NotAPrivateKey::Malformed)?;
    let spki = key.public_key().to_public_key_der().map_err(|_| NotAPrivateKey::Malformed)?;
    let public = PublicKey::from_spki(spki.as_bytes()).map_err(|_| NotAPrivateKey::Malformed)?;
    let pkcs8 = key.to_pkcs8_der().map_err(|_| NotAPrivateKey::Malformed)?;
    Ok((pkcs8.to_bytes(), public))
}

/// Makes a key by trial, which is without bias (FIPS 186-5, appendix A.2.2); returns it as PKCS#8.
pub(super) fn generate(random: &mut impl CryptoRngCore) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let mut candidate = Zeroizing::new([0; 32]);
    // A candidate fails once in 2^32: eight failures mean that the randomness is none.
    for _ in 0..8 {
        random.fill_bytes(candidate.as_mut());
        if let Ok(key) = SecretKey::from_slice(candidate.as_ref()) {
            return Ok(key.to_pkcs8_der().map_err(|_| CryptoError::Failed)?.to_bytes());
        }
    }
    Err(CryptoError::Failed)
}

/// Signs a digest; of longer ones than 32 bytes the first 32 (FIPS 186-5, section 6.4.1). The one-time number comes from the key, the digest and fresh randomness together (RFC 6979, section 3.6):
/// poor randomness cannot betray the key, and equal messages do not get equal signatures.
pub(super) fn sign(
    random: &mut impl CryptoRngCore,
    pkcs8: &[u8],
    digest: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let key = SecretKey::from_pkcs8_der(pkcs8).map_err(|_| CryptoError::Failed)?;
    let signature: DerSignature = SigningKey::from(key)
        .sign_prehash_with_rng(random, digest)
        .map_err(|_| CryptoError::Failed)?;
    Ok(signature.as_bytes().to_vec())
}

pub(super) fn verify(
    key: &VerifyingKey,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), BadSignature> {
    let signature = Signature::from_der(signature).map_err(|_| BadSignature)?;
    key.verify_prehash(digest, &signature).map_err(|_| BadSignature)
}
