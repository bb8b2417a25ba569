//! The agent's own key operations: AWS-LC, which is also what its TLS uses.
//!
//! Two to four times faster at RSA than the core's pure Rust, and constant-time by its authors' tests. Formats and
//! checks stay the core's: what comes out of here is read back and compared before anybody uses it.

use aws_lc_rs::digest;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair,
};
use tanba_core::crypto::{
    Algorithm, CryptoError, Digest, HashAlgorithm, KeyKind, PrivateKey, Provider, RandomFailed,
};

/// The provider.
#[must_use]
pub fn aws_lc() -> Provider {
    Provider { fill_random, generate, sign }
}

/// Fills bytes from the system's generator.
///
/// # Errors
/// When the system has no randomness to give.
pub fn fill_random(bytes: &mut [u8]) -> Result<(), RandomFailed> {
    SystemRandom::new().fill(bytes).map_err(|_| RandomFailed)
}

fn generate(_: &Provider, algorithm: Algorithm) -> Result<PrivateKey, CryptoError> {
    match algorithm {
        Algorithm::Rsa2048 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| CryptoError::Failed)?;
            let pkcs8 = pair.as_der().map_err(|_| CryptoError::Failed)?;
            PrivateKey::from_pkcs8(pkcs8.as_ref()).map_err(|_| CryptoError::Failed)
        }
        Algorithm::P256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
                .map_err(|_| CryptoError::Failed)?;
            let pkcs8 = pair.to_pkcs8v1().map_err(|_| CryptoError::Failed)?;
            PrivateKey::from_pkcs8(pkcs8.as_ref()).map_err(|_| CryptoError::Failed)
        }
        Algorithm::Gost512 => pure(|provider| (provider.generate)(provider, algorithm)),
    }
}

/// Lets the core compute what AWS-LC has not: GOST.
fn pure<T>(compute: impl FnOnce(&Provider) -> T) -> T {
    compute(&tanba_core::crypto::pure(fill_random))
}

fn sign(_: &Provider, key: &PrivateKey, digest: &Digest) -> Result<Vec<u8>, CryptoError> {
    match (key.kind(), digest.algorithm()) {
        (KeyKind::Rsa { .. }, HashAlgorithm::Sha256) => {
            sign_rsa(key, digest, &RSA_PKCS1_SHA256, &digest::SHA256)
        }
        (KeyKind::Rsa { .. }, HashAlgorithm::Sha384) => {
            sign_rsa(key, digest, &RSA_PKCS1_SHA384, &digest::SHA384)
        }
        (KeyKind::Rsa { .. }, HashAlgorithm::Sha512) => {
            sign_rsa(key, digest, &RSA_PKCS1_SHA512, &digest::SHA512)
        }
        (KeyKind::P256, HashAlgorithm::Sha256) => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.pkcs8())
                .map_err(|_| CryptoError::Failed)?;
            let digest = digest::Digest::import_less_safe(digest.as_bytes(), &digest::SHA256)
                .map_err(|_| CryptoError::Failed)?;
            let signature = pair.sign_digest(&digest).map_err(|_| CryptoError::Failed)?;
            Ok(signature.as_ref().to_vec())
        }
        // What AWS-LC has not, and what no key signs: the core knows which is which.
        (KeyKind::Rsa { .. } | KeyKind::P256 | KeyKind::Gost512 | KeyKind::Gost2004, _) => {
            pure(|provider| (provider.sign)(provider, key, digest))
        }
    }
}

fn sign_rsa(
    key: &PrivateKey,
    digest: &Digest,
    padding: &'static dyn RsaEncoding,
    algorithm: &'static digest::Algorithm,
) -> Result<Vec<u8>, CryptoError> {
    let pair = RsaKeyPair::from_pkcs8(key.pkcs8()).map_err(|_| CryptoError::Failed)?;
    let digest = digest::Digest::import_less_safe(digest.as_bytes(), algorithm)
        .map_err(|_| CryptoError::Failed)?;
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign_digest(padding, &digest, &mut signature).map_err(|_| CryptoError::Failed)?;
    Ok(signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_provider_signs_the_core_verifies() {
        let provider = aws_lc();
        for algorithm in Algorithm::ALL {
            let key = (provider.generate)(&provider, algorithm).expect("a key");
            assert_eq!(key.algorithm(), Some(algorithm));
            let signature = provider.sign_message(&key, b"message").expect("a signature");
            key.public().verify(b"message", &signature).expect("a good signature");
            key.public().verify(b"massage", &signature).expect_err("another message");
            for hash in HashAlgorithm::ALL {
                let digest = hash.hash(b"message");
                match (provider.sign)(&provider, &key, &digest) {
                    Ok(signature) => {
                        key.public().verify_digest(&digest, &signature).expect("a good signature");
                    }
                    Err(error) => assert_eq!(error, CryptoError::OtherHash),
                }
            }
        }
    }

    #[test]
    fn what_the_core_signs_with_a_key_from_here_verifies() {
        let ours = aws_lc();
        let pure = tanba_core::crypto::pure(fill_random);
        let key = (ours.generate)(&ours, Algorithm::P256).expect("a key");
        let signature = pure.sign_message(&key, b"message").expect("a signature");
        key.public().verify(b"message", &signature).expect("a good signature");
    }
}
