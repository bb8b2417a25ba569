//! The content of a message while it passes: hashed, kept if it is small, and looked at where it begins.

use super::super::element::tag;
use crate::crypto::{HashAlgorithm, Hasher};

/// Bytes of the content by which it is told from signed attributes.
const START: usize = 16;

/// What is known of the content.
#[derive(Debug, Default)]
pub(in crate::cms) struct Content {
    pub(in crate::cms) there: bool,
    pub(in crate::cms) length: u64,
    pub(in crate::cms) hashers: Vec<Hasher>,
    pub(in crate::cms) kept: Option<Vec<u8>>,
    /// Hash functions besides those that the message announces.
    pub(super) also: Vec<HashAlgorithm>,
    /// How many bytes may be kept.
    pub(super) keep: usize,
    start: Vec<u8>,
}

impl Content {
    /// Begins to hash.
    pub(super) fn begin(&mut self, algorithms: &[HashAlgorithm]) {
        let mut begun: Vec<HashAlgorithm> = Vec::new();
        for algorithm in algorithms {
            if !begun.contains(algorithm) {
                begun.push(*algorithm);
                self.hashers.push(algorithm.hasher());
            }
        }
        self.kept = (self.keep > 0).then(Vec::new);
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let start = bytes.len().min(START - self.start.len());
        self.start.extend_from_slice(&bytes[..start]);
        for hasher in &mut self.hashers {
            hasher.update(bytes);
        }
        if let Some(kept) = &mut self.kept {
            if kept.len() + bytes.len() > self.keep {
                self.kept = None;
            } else {
                kept.extend_from_slice(bytes);
            }
        }
    }

    /// Whether it begins with a SET whose first element is a SEQUENCE that begins with an object identifier.
    pub(in crate::cms) fn is_like_attributes(&self) -> bool {
        let inside = |bytes: &'_ [u8], tag: u8| -> Option<usize> {
            let length = *bytes.get(1)?;
            let header = if length < 0x80 { 2 } else { 2 + usize::from(length & 0x7f) };
            (bytes[0] == tag).then_some(header)
        };
        let mut rest = self.start.as_slice();
        for tag in [tag::SET, tag::SEQUENCE] {
            let Some(after) = inside(rest, tag).and_then(|header| rest.get(header..)) else {
                return false;
            };
            rest = after;
        }
        rest.first() == Some(&tag::OID)
    }
}
