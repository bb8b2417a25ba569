//! Which element may stand where in a signed message (RFC 5652, sections 3 and 5.1).

use super::super::element::tag;

/// An element that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) place: Place,
    /// Where it ends; `None` if two zero bytes end it.
    pub(super) end: Option<u64>,
    /// Where it must have ended at the latest.
    pub(super) bound: u64,
    /// Which of its elements is expected.
    pub(super) step: u8,
}

/// What an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Around everything.
    Root,
    /// ContentInfo.
    Message,
    /// `[0]` of ContentInfo.
    Wrapped,
    SignedData,
    /// EncapsulatedContentInfo.
    Encapsulated,
    /// `[0]` around the content's string.
    Explicit,
    /// A string in segments.
    Octets,
    /// An element without length within a part that is collected.
    Collected,
}

/// A part that is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Kind,
    Version,
    DigestAlgorithms,
    ContentType,
    Certificates,
    Revocation,
    Signers,
}

/// What an element is that begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Open(Place),
    Collect(Part),
    /// Of a part that is being collected.
    Collected,
    Content,
}

const CONSTRUCTED_OCTETS: u8 = 0x20 | tag::OCTET_STRING;
const CONTEXT_0: u8 = tag::context_constructed(0);
const CONTEXT_1: u8 = tag::context_constructed(1);

/// The step of SignedData at which the signers were read.
const SIGNERS_READ: u8 = 6;

impl Open {
    pub(super) const fn root() -> Self {
        Self { place: Place::Root, end: None, bound: u64::MAX, step: 0 }
    }

    /// What an element with this tag is here; `None` if it may not stand here.
    pub(super) fn next(&mut self, tag: u8) -> Option<Next> {
        let (next, step) = match self.place {
            Place::Root => match (self.step, tag) {
                (0, tag::SEQUENCE) => (Next::Open(Place::Message), 1),
                _ => return None,
            },
            Place::Message => match (self.step, tag) {
                (0, tag::OID) => (Next::Collect(Part::Kind), 1),
                (1, CONTEXT_0) => (Next::Open(Place::Wrapped), 2),
                _ => return None,
            },
            Place::Wrapped => match (self.step, tag) {
                (0, tag::SEQUENCE) => (Next::Open(Place::SignedData), 1),
                _ => return None,
            },
            Place::SignedData => match (self.step, tag) {
                (0, tag::INTEGER) => (Next::Collect(Part::Version), 1),
                (1, tag::SET) => (Next::Collect(Part::DigestAlgorithms), 2),
                (2, tag::SEQUENCE) => (Next::Open(Place::Encapsulated), 3),
                (3, CONTEXT_0) => (Next::Collect(Part::Certificates), 4),
                (3 | 4, CONTEXT_1) => (Next::Collect(Part::Revocation), 5),
                (3..=5, tag::SET) => (Next::Collect(Part::Signers), SIGNERS_READ),
                _ => return None,
            },
            Place::Encapsulated => match (self.step, tag) {
                (0, tag::OID) => (Next::Collect(Part::ContentType), 1),
                (1, CONTEXT_0) => (Next::Open(Place::Explicit), 2),
                _ => return None,
            },
            Place::Explicit => match (self.step, tag) {
                (0, tag::OCTET_STRING) => (Next::Content, 1),
                (0, CONSTRUCTED_OCTETS) => (Next::Open(Place::Octets), 1),
                _ => return None,
            },
            Place::Octets => match tag {
                tag::OCTET_STRING => (Next::Content, 0),
                CONSTRUCTED_OCTETS => (Next::Open(Place::Octets), 0),
                _ => return None,
            },
            Place::Collected => (Next::Collected, 0),
        };
        self.step = step;
        Some(next)
    }

    /// Whether nothing is missing.
    pub(super) const fn is_complete(&self) -> bool {
        match self.place {
            Place::Root => false,
            Place::Message => self.step == 2,
            Place::SignedData => self.step == SIGNERS_READ,
            Place::Wrapped | Place::Encapsulated | Place::Explicit => self.step >= 1,
            Place::Octets | Place::Collected => true,
        }
    }
}
