//! What a person must know or hold: codes, PINs and tokens, kept as hashes.
//!
//! A code of five digits is soon guessed from its hash, salted or not; the hash is here so that no listing of the
//! sandbox's memory, log or answer shows a code in clear, as it would have to be done for real.

use std::fmt;

use rand_core::{OsRng, RngCore};
use sha2::{Digest, Sha256};

/// A short secret, salted and hashed.
#[derive(Clone)]
pub(crate) struct Sealed {
    salt: [u8; 16],
    hash: [u8; 32],
}

impl Sealed {
    pub(crate) fn new(secret: &str) -> Self {
        let salt = random();
        Self { hash: hash(&salt, secret), salt }
    }

    pub(crate) fn opens_with(&self, tried: &str) -> bool {
        hash(&self.salt, tried) == self.hash
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

fn hash(salt: &[u8], secret: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(secret).finalize().into()
}

/// The hash under which a long random token is remembered. It needs no salt: nobody guesses 256 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TokenHash([u8; 32]);

impl TokenHash {
    pub(crate) fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

/// A new token of 256 bits, and its hash.
pub(crate) fn token() -> (String, TokenHash) {
    let token = hex::encode(random::<32>());
    let hash = TokenHash::of(&token);
    (token, hash)
}

/// A name that cannot be guessed, for sessions, documents and the like.
pub(crate) fn name() -> String {
    hex::encode(random::<16>())
}

/// That many random digits, each as likely as the others.
pub(crate) fn digits(count: usize) -> String {
    (0..count).map(|_| char::from(b'0' + below(10))).collect()
}

/// A number under `limit`, each as likely as the others. `limit` is not zero.
pub(crate) fn below(limit: u8) -> u8 {
    // Bytes beyond the last full row of `limit` are thrown away: they would favour the small numbers.
    let rows = u8::MAX - u8::MAX % limit;
    loop {
        let [byte] = random();
        if byte < rows {
            return byte % limit;
        }
    }
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_with_its_secret_and_with_nothing_else() {
        let sealed = Sealed::new("12345");
        assert!(sealed.opens_with("12345"));
        assert!(!sealed.opens_with("12346") && !sealed.opens_with(""));
        assert_eq!(format!("{sealed:?}"), "Sealed(…)");
    }

    #[test]
    fn the_same_secret_is_sealed_differently_each_time() {
        assert_ne!(Sealed::new("12345").hash, Sealed::new("12345").hash);
    }

    #[test]
    fn every_digit_comes_up() {
        let many = digits(2_000);
        assert!(('0'..='9').all(|digit| many.contains(digit)));
        assert_eq!(many.len(), 2_000);
    }
}
