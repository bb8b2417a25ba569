//! The agent's own key operations: AWS-LC, which is also what its TLS uses.
//!
//! Two to four times faster at RSA than the core's pure Rust, and constant-time by its authors' tests. Formats and
//! checks stay the core's: what comes out of here is read back and compared before anybody uses it.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use tanba_core::crypto::{Algorithm, CryptoError, PrivateKey, Provider, RandomFailed};

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
    }
}

fn sign(_: &Provider, key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let random = SystemRandom::new();
    match key.algorithm() {
        Algorithm::Rsa2048 => {
            let pair = RsaKeyPair::from_pkcs8(key.pkcs8()).map_err(|_| CryptoError::Failed)?;
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                .map_err(|_| CryptoError::Failed)?;
            Ok(signature)
        }
        Algorithm::P256 => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.pkcs8())
                .map_err(|_| CryptoError::Failed)?;
            debug_assert!(!pair.public_key().as_ref().is_empty());
            Ok(pair.sign(&random, message).map_err(|_| CryptoError::Failed)?.as_ref().to_vec())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_provider_signs_the_core_verifies() {
        let provider = aws_lc();
        for algorithm in [Algorithm::Rsa2048, Algorithm::P256] {
            let key = (provider.generate)(&provider, algorithm).expect("a key");
            assert_eq!(key.algorithm(), algorithm);
            let signature = (provider.sign)(&provider, &key, b"message").expect("a signature");
            key.public().verify(b"message", &signature).expect("a good signature");
            key.public().verify(b"massage", &signature).expect_err("another message");
        }
    }

    #[test]
    fn what_the_core_signs_with_a_key_from_here_verifies() {
        let ours = aws_lc();
        let pure = tanba_core::crypto::pure(fill_random);
        let key = (ours.generate)(&ours, Algorithm::P256).expect("a key");
        let signature = (pure.sign)(&pure, &key, b"message").expect("a signature");
        key.public().verify(b"message", &signature).expect("a good signature");
    }
}
