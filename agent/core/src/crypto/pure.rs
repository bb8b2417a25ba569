//! The provider in pure Rust: it needs nothing but randomness.

use rand_core::{CryptoRng, RngCore};
use sha2::{Digest as _, Sha256};

use super::{
    Algorithm, CryptoError, Digest, FillRandom, HashAlgorithm, KeyKind, PrivateKey, Provider,
    RandomFailed, gost, p256, rsa,
};

/// A provider that computes with the RustCrypto crates and takes its randomness from the given function.
#[must_use]
pub fn pure(fill_random: FillRandom) -> Provider {
    Provider { fill_random, generate, sign }
}

fn generate(provider: &Provider, algorithm: Algorithm) -> Result<PrivateKey, CryptoError> {
    let mut random = Random::of(provider);
    let made = match algorithm {
        Algorithm::Rsa2048 => rsa::generate(&mut random),
        Algorithm::P256 => p256::generate(&mut random),
        Algorithm::Gost512 => gost::generate::<gost::Curve512>(&mut random),
    };
    let pkcs8 = random.vouch_for(made)?;
    PrivateKey::from_pkcs8(&pkcs8).map_err(|_| CryptoError::Failed)
}

fn sign(provider: &Provider, key: &PrivateKey, digest: &Digest) -> Result<Vec<u8>, CryptoError> {
    use HashAlgorithm::{Gost34311, Sha256, Sha384, Sha512, Streebog512};
    let mut random = Random::of(provider);
    let made = match (key.kind(), digest.algorithm()) {
        (KeyKind::Rsa { .. }, Sha256 | Sha384 | Sha512) => {
            rsa::sign(&mut random, key.pkcs8(), digest)
        }
        (KeyKind::P256, Sha256 | Sha384 | Sha512) => {
            p256::sign(&mut random, key.pkcs8(), digest.as_bytes())
        }
        (KeyKind::Gost512, Streebog512) => sign_gost::<gost::Curve512>(&mut random, key, digest),
        (KeyKind::Gost2004, Gost34311) => sign_gost::<gost::Curve2004>(&mut random, key, digest),
        (KeyKind::Rsa { .. } | KeyKind::P256 | KeyKind::Gost512 | KeyKind::Gost2004, _) => {
            Err(CryptoError::OtherHash)
        }
    };
    random.vouch_for(made)
}

/// Signs with a key on a GOST curve, and verifies the result with the public key that was computed when the private
/// one was read: a fault in the arithmetic must not betray the key.
fn sign_gost<C: gost::Encoding>(
    random: &mut Random,
    key: &PrivateKey,
    digest: &Digest,
) -> Result<Vec<u8>, CryptoError> {
    let signature = gost::sign::<C>(random, key.pkcs8(), digest.as_bytes())?;
    key.public().verify_digest(digest, &signature).map_err(|_| CryptoError::Failed)?;
    Ok(signature)
}

/// A provider's randomness in the shape that the crates want, which knows no failure.
///
/// So a failure is remembered, the rest of the computation is fed with a counter's hashes (a search for primes would
/// not end on zeros), and what comes out of it is thrown away by [`Random::vouch_for`].
struct Random {
    fill: FillRandom,
    failed: bool,
    counter: u64,
}

impl Random {
    fn of(provider: &Provider) -> Self {
        Self { fill: provider.fill_random, failed: false, counter: 0 }
    }

    /// Lets pass what was made, unless randomness failed on the way.
    fn vouch_for<T>(&self, made: Result<T, CryptoError>) -> Result<T, CryptoError> {
        if self.failed { Err(RandomFailed.into()) } else { made }
    }
}

impl RngCore for Random {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        if !self.failed && (self.fill)(bytes).is_ok() {
            return;
        }
        self.failed = true;
        for chunk in bytes.chunks_mut(32) {
            self.counter += 1;
            let filler = Sha256::digest(self.counter.to_be_bytes());
            chunk.copy_from_slice(&filler[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Random {}
