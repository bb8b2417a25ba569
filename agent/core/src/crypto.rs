//! Algorithms and keys: what is computed, and by whom.
//!
//! Everything that needs a private key or randomness goes through a [`Provider`], a plain struct of functions, so
//! that a program can replace the pure-Rust one by a faster one. What needs neither (public keys, verifying, ids) is
//! always done here.

mod key;
mod key_id;
mod p256;
mod public;
mod pure;
mod rsa;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::key::{NotAPrivateKey, PrivateKey};
pub use self::key_id::{KeyId, NotAKeyId};
pub use self::public::{BadSignature, NotAPublicKey, PublicKey, SignatureAlgorithm};
pub use self::pure::pure;

/// A kind of key that Tanba makes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// RSA with a modulus of 2048 bits and the exponent 65537; signs with PKCS#1 v1.5 and SHA-256.
    Rsa2048,
    /// The curve P-256 (secp256r1); signs with ECDSA and SHA-256.
    P256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Rsa2048, Self::P256];

    /// The stable name, which is also serde's: `rsa2048` or `p256`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa2048",
            Self::P256 => "p256",
        }
    }

    /// How file names call it. The authority's `RSA256` speaks of SHA-256, not of the key's length.
    #[must_use]
    pub const fn file_prefix(self) -> &'static str {
        match self {
            Self::Rsa2048 => "RSA256",
            Self::P256 => "P256",
        }
    }
}

/// Who computes with private keys and gives randomness.
#[derive(Clone, Copy, Debug)]
pub struct Provider {
    /// Fills the buffer with bytes fit for keys, or leaves it in an unspecified state and says so.
    pub fill_random: fn(&mut [u8]) -> Result<(), RandomFailed>,
    /// Makes a key.
    pub generate: fn(&Provider, Algorithm) -> Result<PrivateKey, CryptoError>,
    /// Signs a message: RSA PKCS#1 v1.5 with SHA-256, or ECDSA P-256 with SHA-256 as DER `ECDSA-Sig-Value`.
    /// The message is hashed here.
    pub sign: fn(&Provider, &PrivateKey, &[u8]) -> Result<Vec<u8>, CryptoError>,
}

/// The operating system gave no randomness. Nothing can be made without; try again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no randomness could be had")]
pub struct RandomFailed;

/// Why a key could not be made or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CryptoError {
    /// No randomness: try again later.
    #[error(transparent)]
    Random(#[from] RandomFailed),
    /// The computation failed or its result did not verify: the key or the machine is damaged.
    #[error("the computation with the key failed")]
    Failed,
}
