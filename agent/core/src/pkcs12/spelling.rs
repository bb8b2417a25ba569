//! A password as the bytes that the derivation of RFC 7292, appendix B, takes.

use zeroize::Zeroizing;

use crate::secret::Password;

/// One way to spell a password.
pub(super) struct Spelling(Zeroizing<Vec<u8>>);

impl Spelling {
    /// A BMPString with two zero bytes at its end (appendix B.1). Characters beyond the basic plane are written as
    /// surrogates, as OpenSSL and Java do.
    pub(super) fn standard(password: &Password) -> Self {
        let text = password.expose();
        // UTF-16 has at most as many units as UTF-8 has bytes.
        Self::of(text.encode_utf16(), text.len())
    }

    /// What a password may have become in other programs, the likeliest first.
    ///
    /// An empty one is two zero bytes to some and nothing at all to others. OpenSSL before 1.1 made every byte of
    /// UTF-8 a character of its own.
    pub(super) fn all(password: &Password) -> Vec<Self> {
        let text = password.expose();
        let mut all = vec![Self::standard(password)];
        if text.is_empty() {
            all.push(Self(Zeroizing::new(Vec::new())));
        } else if !text.is_ascii() {
            all.push(Self::of(text.bytes().map(u16::from), text.len()));
        }
        all
    }

    fn of(units: impl Iterator<Item = u16>, most: usize) -> Self {
        // All room at once: a buffer that grows leaves its old contents behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 * most + 2));
        for unit in units {
            bytes.extend_from_slice(&unit.to_be_bytes());
        }
        bytes.extend_from_slice(&[0, 0]);
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
