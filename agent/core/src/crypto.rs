//! Algorithms and keys: what is computed, and by whom.
//!
//! Everything that needs a private key or randomness goes through a [`Provider`], a plain struct of functions, so
//! that a program can replace the pure-Rust one by a faster one. What needs neither (public keys, verifying, ids) is
//! always done here.

mod digest;
mod gost;
mod key;
mod key_id;
mod p256;
mod public;
mod pure;
mod rsa;
mod signature_algorithm;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::digest::{Digest, HashAlgorithm, Hasher};
pub use self::key::{NotAPrivateKey, PrivateKey};
pub use self::key_id::{KeyId, NotAKeyId};
pub use self::public::{BadSignature, NotAPublicKey, PublicKey};
pub use self::pure::pure;
pub use self::signature_algorithm::SignatureAlgorithm;

/// A kind of key that Tanba makes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// RSA with a modulus of 2048 bits and the exponent 65537; signs with PKCS#1 v1.5 and SHA-256.
    Rsa2048,
    /// The curve P-256 (secp256r1); signs with ECDSA and SHA-256.
    P256,
    /// ST RK GOST R 34.10-2015 with 512 bits; signs with Streebog-512.
    Gost512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rsa2048, Self::P256, Self::Gost512];

    /// The stable name, which is also serde's: `rsa2048`, `p256` or `gost512`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa2048",
            Self::P256 => "p256",
            Self::Gost512 => "gost512",
        }
    }

    /// How file names call it. The authority's `RSA256` speaks of SHA-256, not of the key's length.
    #[must_use]
    pub const fn file_prefix(self) -> &'static str {
        match self {
            Self::Rsa2048 => "RSA256",
            Self::P256 => "P256",
            Self::Gost512 => "GOST512",
        }
    }
}

/// What a key is: those that Tanba makes, and those that it only reads, uses and verifies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KeyKind {
    /// RSA, with the length of its modulus in bits: 2048 to 4096.
    Rsa {
        /// The length.
        bits: u16,
    },
    /// The curve P-256.
    P256,
    /// ST RK GOST R 34.10-2015 with 512 bits.
    Gost512,
    /// GOST 34.310-2004.
    Gost2004,
}

impl KeyKind {
    /// The stable name: `rsa2048`, `rsa4096` and so on, `p256`, `gost512`, `gost2004`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Rsa { bits } => format!("rsa{bits}"),
            Self::P256 => "p256".to_owned(),
            Self::Gost512 => "gost512".to_owned(),
            Self::Gost2004 => "gost2004".to_owned(),
        }
    }

    /// The one among those that Tanba makes, if it is.
    #[must_use]
    pub const fn algorithm(self) -> Option<Algorithm> {
        match self {
            Self::Rsa { bits: 2048 } => Some(Algorithm::Rsa2048),
            Self::P256 => Some(Algorithm::P256),
            Self::Gost512 => Some(Algorithm::Gost512),
            Self::Rsa { .. } | Self::Gost2004 => None,
        }
    }

    /// The hash function that goes with it, unless somebody chose another.
    #[must_use]
    pub const fn hash_algorithm(self) -> HashAlgorithm {
        match self {
            Self::Rsa { .. } | Self::P256 => HashAlgorithm::Sha256,
            Self::Gost512 => HashAlgorithm::Streebog512,
            Self::Gost2004 => HashAlgorithm::Gost34311,
        }
    }
}

/// Fills a buffer with bytes fit for keys, or leaves it in an unspecified state and says so.
pub type FillRandom = fn(&mut [u8]) -> Result<(), RandomFailed>;

/// Makes a key.
pub type Generate = fn(&Provider, Algorithm) -> Result<PrivateKey, CryptoError>;

/// Signs a digest. The signature is as it travels: RSA PKCS#1 v1.5 (RFC 8017, section 8.2), big-endian; ECDSA as DER
/// `ECDSA-Sig-Value` (RFC 3279, section 2.2.3); GOST as r, s, both little-endian.
///
/// RSA and P-256 take SHA-256, SHA-384 and SHA-512, GOST only the hash function of its standard.
pub type Sign = fn(&Provider, &PrivateKey, &Digest) -> Result<Vec<u8>, CryptoError>;

/// Who computes with private keys and gives randomness.
#[derive(Clone, Copy, Debug)]
pub struct Provider {
    /// The source of randomness.
    pub fill_random: FillRandom,
    /// How keys are made.
    pub generate: Generate,
    /// How digests are signed.
    pub sign: Sign,
}

impl Provider {
    /// Signs a message that is all there, hashed with the function that goes with the key.
    ///
    /// # Errors
    /// [`CryptoError`], as from [`Sign`].
    pub fn sign_message(&self, key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        (self.sign)(self, key, &key.kind().hash_algorithm().hash(message))
    }
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
    /// Keys of this kind do not sign digests of this function. Ask for the key's own.
    #[error("the key does not sign digests of this kind")]
    OtherHash,
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;
    use std::sync::OnceLock;

    use rand_core::{OsRng, RngCore};

    use super::*;

    pub(crate) fn provider() -> Provider {
        pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed))
    }

    pub(crate) fn key(algorithm: Algorithm) -> PrivateKey {
        let provider = provider();
        (provider.generate)(&provider, algorithm).unwrap()
    }

    /// One RSA key for all tests that do not care which: making one is slow.
    pub(crate) fn rsa_key() -> &'static PrivateKey {
        static KEY: OnceLock<PrivateKey> = OnceLock::new();
        KEY.get_or_init(|| key(Algorithm::Rsa2048))
    }

    fn copy(key: &PrivateKey) -> PrivateKey {
        PrivateKey::from_pkcs8(key.pkcs8()).unwrap()
    }

    fn keys() -> [PrivateKey; 3] {
        [copy(rsa_key()), key(Algorithm::P256), key(Algorithm::Gost512)]
    }

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
    }

    #[test]
    fn what_a_key_signs_its_public_key_verifies_and_nothing_else() {
        let provider = provider();
        for key in keys() {
            let signature = provider.sign_message(&key, b"contract").unwrap();
            let public = PublicKey::from_spki(key.public().spki()).unwrap();
            assert_eq!(public.verify(b"contract", &signature), Ok(()));
            assert_eq!(public.verify(b"Contract", &signature), Err(BadSignature));
            assert_eq!(public.verify(b"contract", &[]), Err(BadSignature));
            assert_eq!(public.verify(b"contract", &signature[1..]), Err(BadSignature));
            for at in 0..signature.len() {
                let mut changed = signature.clone();
                changed[at] ^= 0x10;
                assert_eq!(public.verify(b"contract", &changed), Err(BadSignature), "byte {at}");
            }
            for other in keys().iter().filter(|other| other.public() != key.public()) {
                assert_eq!(other.public().verify(b"contract", &signature), Err(BadSignature));
            }
        }
    }

    #[test]
    fn a_key_comes_back_from_its_bytes_as_itself() {
        for key in keys() {
            let again = copy(&key);
            assert_eq!(again.pkcs8(), key.pkcs8());
            assert_eq!(again.public(), key.public());
            assert_eq!(again.algorithm(), key.algorithm());
            assert_eq!(key.algorithm(), key.public().algorithm());
            assert_eq!(key.kind(), key.public().kind());
            let shown = format!("{key:?} {:?}", key.public());
            let id = key.public().key_id();
            assert_eq!(shown, format!("PrivateKey({id}) PublicKey({id})"));
        }
    }

    #[test]
    fn a_changed_private_key_is_refused_or_is_still_the_same_key() {
        // GOST keys have no second part to compare with: what guards them is the container's MAC.
        for key in keys().iter().filter(|key| key.kind() != KeyKind::Gost512) {
            for at in 0..key.pkcs8().len() {
                let mut changed = key.pkcs8().to_vec();
                changed[at] ^= 0x01;
                // Numbers that are computed anew on reading may differ in the bytes; the key itself may not.
                if let Ok(read) = PrivateKey::from_pkcs8(&changed) {
                    assert_eq!(read.public(), key.public(), "byte {at}");
                    assert_eq!(read.pkcs8(), key.pkcs8(), "byte {at}");
                }
            }
            for length in 0..key.pkcs8().len() {
                assert!(PrivateKey::from_pkcs8(&key.pkcs8()[..length]).is_err(), "{length}");
            }
        }
    }

    #[test]
    fn the_vector_of_rfc_6979_verifies() {
        // RFC 6979, appendix A.2.5, SHA-256 over "sample".
        let mut spki = hex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
        spki.push(4);
        spki.extend(hex("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"));
        spki.extend(hex("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"));
        let mut signature = hex("3046022100");
        signature.extend(hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"));
        signature.extend(hex("022100"));
        signature.extend(hex("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"));
        let key = PublicKey::from_spki(&spki).unwrap();
        assert_eq!(key.algorithm(), Some(Algorithm::P256));
        assert_eq!(key.verify(b"sample", &signature), Ok(()));
    }

    #[test]
    fn public_keys_that_are_weak_or_off_the_curve_are_refused() {
        let mut off_curve = key(Algorithm::P256).public().spki().to_vec();
        *off_curve.last_mut().unwrap() ^= 1;
        assert_eq!(PublicKey::from_spki(&off_curve), Err(NotAPublicKey::Malformed));

        let rsa = |modulus: &[u8], exponent: &[u8]| {
            use der::Encode;
            let uint = |bytes| der::asn1::UintRef::new(bytes).unwrap();
            let key =
                pkcs1::RsaPublicKey { modulus: uint(modulus), public_exponent: uint(exponent) };
            spki::SubjectPublicKeyInfoOwned {
                algorithm: spki::AlgorithmIdentifierOwned {
                    oid: rsa::OID,
                    parameters: Some(der::Any::null()),
                },
                subject_public_key: der::asn1::BitString::from_bytes(&key.to_der().unwrap())
                    .unwrap(),
            }
            .to_der()
            .unwrap()
        };
        let of = |bytes| vec![0xff; bytes];
        for (modulus, exponent, expected) in [
            (of(256), &[1, 0, 1][..], None),
            (of(512), &[1, 0, 1], None),
            (of(128), &[1, 0, 1], Some(NotAPublicKey::Weak)),
            (of(256), &[3], Some(NotAPublicKey::Weak)),
            (of(513), &[1, 0, 1], Some(NotAPublicKey::Unsupported)),
            ([of(255), vec![0xfe]].concat(), &[1, 0, 1], Some(NotAPublicKey::Malformed)),
        ] {
            let read = PublicKey::from_spki(&rsa(&modulus, exponent));
            assert_eq!(read.err(), expected, "{} bytes", modulus.len());
        }
        // Verified with, never made.
        let long = PublicKey::from_spki(&rsa(&of(512), &[1, 0, 1])).unwrap();
        assert_eq!((long.algorithm(), long.kind().name().as_str()), (None, "rsa4096"));
    }

    #[test]
    fn nothing_is_made_when_randomness_fails_at_any_moment() {
        thread_local! {
            static LEFT: Cell<u32> = const { Cell::new(0) };
        }
        let provider = pure(|bytes| {
            let left = LEFT.get().checked_sub(1).ok_or(RandomFailed)?;
            LEFT.set(left);
            OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed)
        });
        for (algorithm, moments) in
            [(Algorithm::P256, 0..1), (Algorithm::Gost512, 0..1), (Algorithm::Rsa2048, 0..2)]
        {
            for moment in moments {
                LEFT.set(moment);
                let made = (provider.generate)(&provider, algorithm);
                assert_eq!(made.err(), Some(CryptoError::Random(RandomFailed)));
            }
        }
        for key in keys() {
            LEFT.set(0);
            let signed = provider.sign_message(&key, b"contract");
            assert_eq!(signed, Err(CryptoError::Random(RandomFailed)));
        }
    }

    #[test]
    fn signatures_on_curves_are_hedged() {
        for algorithm in [Algorithm::P256, Algorithm::Gost512] {
            let (provider, key) = (provider(), key(algorithm));
            let sign = || provider.sign_message(&key, b"contract").unwrap();
            assert_ne!(sign(), sign());
        }
    }

    #[test]
    fn every_key_signs_the_hashes_that_fit_it_and_no_others() {
        use HashAlgorithm::{Gost34311, Sha1, Sha256, Sha384, Sha512, Streebog512};
        let provider = provider();
        for key in keys() {
            let fitting: &[HashAlgorithm] = match key.kind() {
                KeyKind::Rsa { .. } | KeyKind::P256 => &[Sha256, Sha384, Sha512],
                KeyKind::Gost512 => &[Streebog512],
                KeyKind::Gost2004 => &[Gost34311],
            };
            for hash in [Sha1, Sha256, Sha384, Sha512, Gost34311, Streebog512] {
                let digest = hash.hash(b"contract");
                let signed = (provider.sign)(&provider, &key, &digest);
                if fitting.contains(&hash) {
                    let signature = signed.unwrap();
                    assert_eq!(key.public().verify_digest(&digest, &signature), Ok(()));
                    let other = hash.hash(b"Contract");
                    assert_eq!(key.public().verify_digest(&other, &signature), Err(BadSignature));
                } else {
                    assert_eq!(signed, Err(CryptoError::OtherHash), "{hash:?}");
                }
            }
        }
    }

    #[test]
    fn names_of_algorithms_are_those_on_the_wire() {
        for algorithm in Algorithm::ALL {
            let json = serde_json::to_string(&algorithm).unwrap();
            assert_eq!(json, format!("\"{}\"", algorithm.name()));
        }
    }
}
