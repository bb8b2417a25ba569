//! Hash functions: which there are, and what they make of bytes.

use std::fmt;

use const_oid::ObjectIdentifier;
use der::Any;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use spki::AlgorithmIdentifierOwned;
use streebog::Digest as _;

/// A hash function.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HashAlgorithm {
    /// SHA-1 (FIPS 180-4). It names certificates in old formats; no signature over it is believed.
    Sha1,
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA-384 (FIPS 180-4).
    Sha384,
    /// SHA-512 (FIPS 180-4).
    Sha512,
    /// GOST 34.311-95 with the S-box of id-GostR3411-94-TestParamSet and the starting value zero, which is what
    /// Kazakhstan uses with GOST 34.310-2004.
    Gost34311,
    /// Streebog of 512 bits: GOST R 34.11-2012 (RFC 6986), in Kazakhstan ST RK GOST R 34.11-2015.
    Streebog512,
}

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

impl HashAlgorithm {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512, Self::Gost34311, Self::Streebog512];

    /// The stable name, which is also serde's.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Gost34311 => "gost34311",
            Self::Streebog512 => "streebog512",
        }
    }

    /// Its object identifier; for the GOST ones that of Kazakhstan's arc.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => const_oid::db::rfc5912::ID_SHA_1,
            Self::Sha256 => const_oid::db::rfc5912::ID_SHA_256,
            Self::Sha384 => const_oid::db::rfc5912::ID_SHA_384,
            Self::Sha512 => const_oid::db::rfc5912::ID_SHA_512,
            Self::Gost34311 => oid("1.2.398.3.10.1.3.1"),
            Self::Streebog512 => oid("1.2.398.3.10.1.3.3"),
        }
    }

    /// The `AlgorithmIdentifier`, with NULL parameters as the authority writes it.
    #[must_use]
    pub fn identifier(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned { oid: self.oid(), parameters: Some(Any::null()) }
    }

    /// Reads an `AlgorithmIdentifier`, with NULL or without parameters (RFC 5754, section 2); `None` if it is none of
    /// ours.
    #[must_use]
    pub fn of(identifier: &AlgorithmIdentifierOwned) -> Option<Self> {
        let plain = identifier.parameters.as_ref().is_none_or(|any| *any == Any::null());
        Self::ALL.into_iter().find(|hash| plain && hash.oid() == identifier.oid)
    }

    /// The length of its digests in bytes.
    #[must_use]
    pub const fn digest_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 | Self::Gost34311 => 32,
            Self::Sha384 => 48,
            Self::Sha512 | Self::Streebog512 => 64,
        }
    }

    /// Hashes bytes that are all there.
    #[must_use]
    pub fn hash(self, bytes: &[u8]) -> Digest {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish()
    }

    /// Begins to hash bytes that come in pieces.
    #[must_use]
    pub fn hasher(self) -> Hasher {
        Hasher(match self {
            Self::Sha1 => State::Sha1(sha1::Sha1::new()),
            Self::Sha256 => State::Sha256(sha2::Sha256::new()),
            Self::Sha384 => State::Sha384(sha2::Sha384::new()),
            Self::Sha512 => State::Sha512(sha2::Sha512::new()),
            Self::Gost34311 => State::Gost34311(gost94::Gost94Test::new()),
            Self::Streebog512 => State::Streebog512(streebog::Streebog512::new()),
        })
    }
}

/// A hash in the making.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Gost34311(gost94::Gost94Test),
    Streebog512(streebog::Streebog512),
}

impl Hasher {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha1(state) => state.update(bytes),
            State::Sha256(state) => state.update(bytes),
            State::Sha384(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
            State::Gost34311(state) => state.update(bytes),
            State::Streebog512(state) => state.update(bytes),
        }
    }

    /// Which function it is.
    #[must_use]
    pub const fn algorithm(&self) -> HashAlgorithm {
        match self.0 {
            State::Sha1(_) => HashAlgorithm::Sha1,
            State::Sha256(_) => HashAlgorithm::Sha256,
            State::Sha384(_) => HashAlgorithm::Sha384,
            State::Sha512(_) => HashAlgorithm::Sha512,
            State::Gost34311(_) => HashAlgorithm::Gost34311,
            State::Streebog512(_) => HashAlgorithm::Streebog512,
        }
    }

    /// The digest of all bytes taken.
    #[must_use]
    pub fn finish(self) -> Digest {
        let algorithm = self.algorithm();
        let bytes = match self.0 {
            State::Sha1(state) => state.finalize().to_vec(),
            State::Sha256(state) => state.finalize().to_vec(),
            State::Sha384(state) => state.finalize().to_vec(),
            State::Sha512(state) => state.finalize().to_vec(),
            State::Gost34311(state) => state.finalize().to_vec(),
            State::Streebog512(state) => state.finalize().to_vec(),
        };
        Digest { algorithm, bytes }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hasher({})", self.algorithm().name())
    }
}

/// What a hash function made of bytes. Public data: it is compared without care for time.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest {
    algorithm: HashAlgorithm,
    bytes: Vec<u8>,
}

impl Digest {
    /// A digest that came ready; `None` if it has not the function's length. The GOST ones are in the order in which
    /// they travel: RFC 6986 prints them reversed.
    #[must_use]
    pub fn new(algorithm: HashAlgorithm, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == algorithm.digest_len()).then(|| Self { algorithm, bytes: bytes.to_vec() })
    }

    /// What somebody else gives out as a digest, of whatever length. A message over it can be made, and verifies for
    /// nobody unless it is one.
    #[must_use]
    pub fn claimed(algorithm: HashAlgorithm, bytes: &[u8]) -> Self {
        Self { algorithm, bytes: bytes.to_vec() }
    }

    /// The function that made it.
    #[must_use]
    pub const fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    /// Its bytes, as they travel.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({}, ", self.algorithm.name())?;
        self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, ")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_known_answers_of_an_independent_program_are_ours() {
        let known = include_str!("../../../../tests/vectors/kz/known-answers-gost.txt");
        let mut message = None;
        let mut seen = 0;
        for line in known.lines() {
            if let Some(text) = line.strip_prefix("b'").and_then(|rest| rest.strip_suffix('\'')) {
                message = Some(text.as_bytes());
            }
            let algorithm = if line.starts_with("  Streebog-512 ") {
                HashAlgorithm::Streebog512
            } else if line.starts_with("  GOST34.311-95 KZ ") {
                HashAlgorithm::Gost34311
            } else {
                continue;
            };
            let digest = algorithm.hash(message.unwrap());
            assert_eq!(Some(hex(digest.as_bytes()).as_str()), line.split(' ').next_back());
            seen += 1;
        }
        assert!(seen >= 6, "{seen}");
    }

    #[test]
    fn the_examples_of_rfc_6986_are_ours() {
        // Section 10.1: the RFC prints numbers, whose bytes travel in reverse.
        let message = b"012345678901234567890123456789012345678901234567890123456789012";
        let mut digest = HashAlgorithm::Streebog512.hash(message).as_bytes().to_vec();
        digest.reverse();
        let expected = "486f64c1917879417fef082b3381a4e211c324f074654c38823a7b76f830ad00\
                        fa1fbae42b1285c0352f227524bc9ab16254288dd6863dccd5b9f54a1ad0541b";
        assert_eq!(hex(&digest), expected);
    }

    #[test]
    fn the_examples_for_34_311_are_ours() {
        for (message, expected) in [
            (
                "This is message, length=32 bytes",
                "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa",
            ),
            ("abc", "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d"),
        ] {
            let digest = HashAlgorithm::Gost34311.hash(message.as_bytes());
            assert_eq!(hex(digest.as_bytes()), expected);
        }
    }

    #[test]
    fn pieces_make_the_same_digest_as_the_whole() {
        let bytes: Vec<u8> = (0..1000_u32).map(|n| n.to_le_bytes()[0]).collect();
        for algorithm in HashAlgorithm::ALL {
            for size in [1, 31, 32, 33, 63, 64, 65, 999] {
                let mut hasher = algorithm.hasher();
                bytes.chunks(size).for_each(|piece| hasher.update(piece));
                assert_eq!(hasher.finish(), algorithm.hash(&bytes), "{algorithm:?} by {size}");
            }
            assert_eq!(algorithm.hash(b"").as_bytes().len(), algorithm.digest_len());
            assert_eq!(Digest::new(algorithm, &[0; 7]), None);
            assert_eq!(HashAlgorithm::of(&algorithm.identifier()), Some(algorithm));
        }
    }
}
