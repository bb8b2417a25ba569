//! The id of a key: what ties a file, a request and a certificate together.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha1::{Digest, Sha1};
use thiserror::Error;

/// SHA-1 of the content of `subjectPublicKey`, without its count of unused bits (RFC 5280, section 4.2.1.2,
/// method 1). SHA-1 is good enough here: an id finds a key, it proves nothing; whatever matters compares the keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 20]);

/// The text is not 40 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a key id has 40 hexadecimal digits")]
pub struct NotAKeyId;

impl KeyId {
    /// The id of the key with this `subjectPublicKey` content.
    #[must_use]
    pub fn of_subject_public_key(bits: &[u8]) -> Self {
        Self(Sha1::digest(bits).into())
    }

    /// Reads 40 hexadecimal digits, in either case.
    ///
    /// # Errors
    /// [`NotAKeyId`] for everything else.
    pub fn parse(text: &str) -> Result<Self, NotAKeyId> {
        let bytes: &[u8; 40] = text.as_bytes().try_into().map_err(|_| NotAKeyId)?;
        let mut id = [0; 20];
        for (byte, pair) in id.iter_mut().zip(bytes.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(id))
    }

    /// The twenty bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

fn digit(byte: u8) -> Result<u8, NotAKeyId> {
    match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        b'A'..=b'F' => Ok(byte - b'A' + 10),
        _ => Err(NotAKeyId),
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_sha1_in_small_hexadecimal_digits() {
        // FIPS 180-2, appendix A.1.
        let id = KeyId::of_subject_public_key(b"abc");
        assert_eq!(id.to_string(), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(KeyId::parse("A9993E364706816ABA3E25717850C26C9CD0D89D"), Ok(id));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"a9993e364706816aba3e25717850c26c9cd0d89d\"");
        assert_eq!(serde_json::from_str::<KeyId>(&json).unwrap(), id);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "a9993e",
            "g9993e364706816aba3e25717850c26c9cd0d89d",
            "é9993e364706816aba3e25717850c26c9cd0d89",
        ] {
            assert_eq!(KeyId::parse(text), Err(NotAKeyId), "{text}");
        }
    }
}
