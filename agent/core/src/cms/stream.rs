//! Reading a message in one pass, whatever its size: the content is hashed as it comes, the rest is collected.
//!
//! ```text
//! pieces ──feed──▶ Reader ──finish──▶ SignedMessage
//!                    └─ content octets ──▶ hashers, and whoever wants them
//! ```
//!
//! CMS was made for it (RFC 5652, section 5.1): the digest algorithms stand before the content, the signatures after
//! it. BER's indefinite lengths and strings in segments are read as well as DER. Memory is bounded by
//! [`MAX_SKELETON`], whatever lengths the message claims.

mod content;
mod place;
mod refusal;

use der::asn1::ObjectIdentifier;

pub(super) use self::content::Content;
use self::place::{Next, Open, Part, Place};
pub use self::refusal::{NotCms, Where};
use super::element::{Element, tag};
use super::message::SignedMessage;
use crate::crypto::HashAlgorithm;

/// Everything but the content may take this many bytes.
pub const MAX_SKELETON: usize = 16 * 1024 * 1024;
/// More signers than this are not read.
pub const MAX_SIGNERS: usize = 64;
/// More certificates than this are not read, and not more revocation lists.
pub const MAX_CERTIFICATES: usize = 256;

/// Elements within elements; a message needs seven, each string in segments one more.
const MAX_DEPTH: usize = 32;

const SIGNED_DATA: ObjectIdentifier = const_oid::db::rfc5911::ID_SIGNED_DATA;

/// Reads a message that comes in pieces.
#[derive(Debug)]
pub struct Reader {
    /// Bytes taken so far.
    at: u64,
    run: Run,
    header: Vec<u8>,
    open: Vec<Open>,
    parts: Parts,
    content: Content,
    failed: Option<NotCms>,
}

/// What the coming bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    Header,
    Content(u64),
    Collected(u64),
    Done,
}

/// What was collected, each part one element in BER.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) version: Vec<u8>,
    pub(super) digest_algorithms: Vec<u8>,
    pub(super) content_type: Vec<u8>,
    pub(super) certificates: Vec<u8>,
    pub(super) revocation: Vec<u8>,
    pub(super) signers: Vec<u8>,
    kind: Vec<u8>,
    collecting: Option<Part>,
    bytes: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader that hashes the content with the algorithms that the message announces, as far as they are known.
    #[must_use]
    pub fn new() -> Self {
        Self {
            at: 0,
            run: Run::Header,
            header: Vec::new(),
            open: vec![Open::root()],
            parts: Parts::default(),
            content: Content::default(),
            failed: None,
        }
    }

    /// Hashes the content with this algorithm too: for a signer that the message did not announce, or one to come.
    #[must_use]
    pub fn hashing(mut self, algorithm: HashAlgorithm) -> Self {
        self.content.also.push(algorithm);
        self
    }

    /// Keeps the content if it has no more than `limit` bytes; then any algorithm can be checked afterwards.
    #[must_use]
    pub fn keeping(mut self, limit: usize) -> Self {
        self.content.keep = limit;
        self
    }

    /// Takes the next piece, of any size.
    ///
    /// # Errors
    /// [`NotCms`] if this cannot become a signed message; then all further pieces are refused with the same error.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), NotCms> {
        self.feed_into(bytes, &mut |_| {})
    }

    /// As [`Reader::feed`], and hands over the octets of the content in their order, in pieces as they come. They are
    /// not verified: nothing may be done with them that cannot be undone before the message is checked.
    ///
    /// # Errors
    /// As [`Reader::feed`].
    pub fn feed_into(
        &mut self,
        bytes: &[u8],
        content: &mut dyn FnMut(&[u8]),
    ) -> Result<(), NotCms> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let result = self.take(bytes, content);
        self.failed = result.err();
        result
    }

    /// Ends the message.
    ///
    /// # Errors
    /// [`NotCms`] if it is not complete, or one of the collected parts cannot be read.
    pub fn finish(self) -> Result<SignedMessage, NotCms> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.run != Run::Done {
            return Err(NotCms::Truncated { at: self.at });
        }
        SignedMessage::of_parts(&self.parts, self.content, self.at)
    }

    fn take(&mut self, mut bytes: &[u8], content: &mut dyn FnMut(&[u8])) -> Result<(), NotCms> {
        while let Some((&first, rest)) = bytes.split_first() {
            let (left, is_content) = match self.run {
                Run::Header => {
                    bytes = rest;
                    self.at += 1;
                    self.header.push(first);
                    self.header_byte()?;
                    continue;
                }
                Run::Done => return Err(NotCms::Tail { at: self.at }),
                Run::Content(left) => (left, true),
                Run::Collected(left) => (left, false),
            };
            let run = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
            let (now, later) = bytes.split_at(run);
            bytes = later;
            self.at += run as u64;
            let left = left - run as u64;
            if is_content {
                self.content.take(now);
                content(now);
                self.run = Run::Content(left);
            } else {
                self.parts.collect(now)?;
                self.run = Run::Collected(left);
            }
            if left == 0 {
                self.settle()?;
            }
        }
        Ok(())
    }

    /// Looks whether tag and length are complete, and what they begin.
    fn header_byte(&mut self) -> Result<(), NotCms> {
        let malformed = self.malformed();
        let (tag, length) = match *self.header.as_slice() {
            [tag, ..] if tag & 0x1f == 0x1f => return Err(malformed),
            [_] => return Ok(()),
            [tag, length @ 0..0x80] => (tag, Some(u64::from(length))),
            [tag, 0x80] => (tag, None),
            [tag, count @ 0x81..=0x88, ref digits @ ..] => {
                if digits.len() < usize::from(count & 0x7f) {
                    return Ok(());
                }
                (tag, Some(digits.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))))
            }
            _ => return Err(malformed),
        };
        let header = std::mem::take(&mut self.header);
        let top = *self.open.last().ok_or(malformed)?;
        if self.at > top.bound {
            return Err(malformed);
        }
        let end = match length {
            Some(length) => {
                let end = self.at.checked_add(length).filter(|end| *end <= top.bound);
                Some(end.ok_or(malformed)?)
            }
            None => None,
        };
        if tag == 0 {
            // Two zero bytes end what has no length, and nothing else.
            if top.end.is_some() || top.place == Place::Root || header != [0, 0] {
                return Err(malformed);
            }
            if top.place == Place::Collected {
                self.parts.collect(&header)?;
            }
            self.leave()?;
            return self.settle();
        }
        if length.is_none() && tag & 0x20 == 0 {
            return Err(malformed);
        }
        let next = self.open.last_mut().and_then(|top| top.next(tag)).ok_or(malformed)?;
        match next {
            Next::Open(place) => self.enter(place, end)?,
            Next::Content => {
                self.content.there = true;
                self.run = Run::Content(length.ok_or(malformed)?);
            }
            Next::Collect(part) => {
                self.parts.collecting = Some(part);
                self.collect(&header, length, end)?;
            }
            Next::Collected => self.collect(&header, length, end)?,
        }
        self.settle()
    }

    fn enter(&mut self, place: Place, end: Option<u64>) -> Result<(), NotCms> {
        if self.open.len() > MAX_DEPTH {
            return Err(NotCms::TooDeep { at: self.at });
        }
        match place {
            Place::Encapsulated => {
                let announced = self.announced()?;
                self.content.begin(&announced);
            }
            Place::Explicit => self.content.there = true,
            Place::Root
            | Place::Message
            | Place::Wrapped
            | Place::SignedData
            | Place::Octets
            | Place::Collected => {}
        }
        let bound = end.or(self.open.last().map(|top| top.bound)).unwrap_or(u64::MAX);
        self.open.push(Open { place, end, bound, step: 0 });
        Ok(())
    }

    fn collect(
        &mut self,
        header: &[u8],
        length: Option<u64>,
        end: Option<u64>,
    ) -> Result<(), NotCms> {
        self.parts.collect(header)?;
        match length {
            Some(length) => self.run = Run::Collected(length),
            None => self.enter(Place::Collected, end)?,
        }
        Ok(())
    }

    /// After an element: ends all that ends with it.
    fn settle(&mut self) -> Result<(), NotCms> {
        match self.run {
            Run::Content(left) | Run::Collected(left) if left > 0 => return Ok(()),
            Run::Done => return Ok(()),
            Run::Content(_) | Run::Collected(_) | Run::Header => self.run = Run::Header,
        }
        self.end_part()?;
        while self.open.last().is_some_and(|top| top.end == Some(self.at)) {
            self.leave()?;
        }
        Ok(())
    }

    fn leave(&mut self) -> Result<(), NotCms> {
        let malformed = self.malformed();
        let closed = self.open.pop().ok_or(malformed)?;
        if !closed.is_complete() {
            return Err(malformed);
        }
        if closed.place == Place::Message {
            self.run = Run::Done;
        }
        self.end_part()
    }

    /// Ends the part that is collected, unless an element of it is still open.
    fn end_part(&mut self) -> Result<(), NotCms> {
        if self.open.last().is_some_and(|top| top.place == Place::Collected) {
            return Ok(());
        }
        if self.parts.collecting.take() == Some(Part::Kind) {
            let kind = Element::only(&self.parts.kind, tag::OID).map_err(|_| self.malformed())?;
            if kind.value != SIGNED_DATA.as_bytes() {
                return Err(NotCms::OtherKind);
            }
        }
        Ok(())
    }

    /// The hashes that the message announces, as far as they are known.
    fn announced(&self) -> Result<Vec<HashAlgorithm>, NotCms> {
        let part = Where::DigestAlgorithms;
        let malformed = NotCms::Malformed { part, at: self.at };
        let all = super::message::elements(
            &self.parts.digest_algorithms,
            tag::SET,
            MAX_SIGNERS,
            part,
            self.at,
        )?;
        let mut known = self.content.also.clone();
        for algorithm in &all {
            let element = Element::only(algorithm, tag::SEQUENCE).map_err(|_| malformed)?;
            let identifier = super::attribute::algorithm_identifier(element);
            known.extend(identifier.ok().and_then(|identifier| HashAlgorithm::of(&identifier)));
        }
        Ok(known)
    }

    fn malformed(&self) -> NotCms {
        NotCms::Malformed { part: Where::Frame, at: self.at }
    }
}

impl Parts {
    fn collect(&mut self, bytes: &[u8]) -> Result<(), NotCms> {
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes > MAX_SKELETON {
            return Err(NotCms::TooLarge);
        }
        let Some(part) = self.collecting else { return Ok(()) };
        let buffer = match part {
            Part::Kind => &mut self.kind,
            Part::Version => &mut self.version,
            Part::DigestAlgorithms => &mut self.digest_algorithms,
            Part::ContentType => &mut self.content_type,
            Part::Certificates => &mut self.certificates,
            Part::Revocation => &mut self.revocation,
            Part::Signers => &mut self.signers,
        };
        buffer.extend_from_slice(bytes);
        Ok(())
    }
}
