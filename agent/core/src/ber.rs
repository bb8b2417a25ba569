//! BER, the encodings that DER leaves out, made DER (X.690).
//!
//! The authority's own programs write lengths that are not given and strings in pieces. The parsers of this crate read
//! DER only; what comes from elsewhere passes through [`to_der`] first.
//!
//! Changed is how elements are framed: indefinite lengths, lengths in more bytes than they need, and strings in
//! segments (octet strings, bit strings, character strings and times). Left as they are: the contents of primitive
//! elements (a BOOLEAN of `01` stays `01`), the order of a SET OF, defaults that are written out, and whatever is
//! *inside* an OCTET STRING, which is opaque here and may be BER again. A signature is over the bytes that were
//! signed: where those were no DER, the result does not verify, and that is the safe side to fail on.
//!
//! Time and memory are linear in the input, and nothing recurses.

mod walk;

use std::borrow::Cow;

use thiserror::Error;

use self::walk::{Event, StringKind, Walk};

/// What an input may ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of the whole input.
    pub bytes: usize,
    /// Elements within elements, the outermost counted as one.
    pub depth: usize,
    /// Elements altogether, the segments of strings included.
    pub elements: usize,
}

impl Limits {
    /// Enough for every message and container of people; a long revocation list wants more elements.
    pub const USUAL: Self = Self { bytes: 16 * 1024 * 1024, depth: 32, elements: 256 * 1024 };
}

/// Why bytes are not one element in BER, or not one that is read here. Offsets are from the input's first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotBer {
    /// The input, or the element around, ends within an element that starts or goes on here.
    #[error("the encoding ends too early at byte {at}")]
    Truncated {
        /// Where.
        at: usize,
    },
    /// Something follows the element.
    #[error("the encoding has a tail from byte {at} on")]
    Tail {
        /// The tail's first byte.
        at: usize,
    },
    /// A tag that cannot be: number zero, a number in more bytes than it needs or of more than 28 bits, or a type
    /// that is never constructed (INTEGER) or always (SEQUENCE) in the other form.
    #[error("the encoding has an impossible tag at byte {at}")]
    Tag {
        /// Where the element starts.
        at: usize,
    },
    /// A length that cannot be: the reserved byte `FF`, or a primitive element without a given length.
    #[error("the encoding has an impossible length at byte {at}")]
    Length {
        /// Where the length starts.
        at: usize,
    },
    /// A string in segments has something else among them, or bits that are no whole bytes before its end.
    #[error("the encoding has a string of ill-fitting segments at byte {at}")]
    Segment {
        /// Where the segment starts.
        at: usize,
    },
    /// More bytes than the limit allows.
    #[error("the encoding is longer than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// Elements too deep within each other.
    #[error("the encoding is nested too deep at byte {at}")]
    TooDeep {
        /// Where the element starts that is too deep.
        at: usize,
    },
    /// More elements than the limit allows.
    #[error("the encoding has too many elements at byte {at}")]
    TooMany {
        /// Where the first element too many starts.
        at: usize,
    },
}

/// Makes one element in BER the same element in DER, as far as framing goes; see the top of this module for what is
/// left as it is. An input that needs no change is lent back.
///
/// Constructed elements with context, application and private tags stay constructed: only who knows the type knows
/// whether they are strings. If some are, take [`to_der_with`].
///
/// # Errors
/// [`NotBer`] says what is wrong and at which byte.
pub fn to_der(input: &[u8], limits: Limits) -> Result<Cow<'_, [u8]>, NotBer> {
    to_der_with(input, limits, &[])
}

/// As [`to_der`], for types in which some elements are `[n] IMPLICIT OCTET STRING`.
///
/// Each of `implicit_octets` is the path to such an element: the identifier bytes as they stand in the input, from the
/// outermost element's down to the string's own in its constructed form. The encrypted content of a ContentInfo with
/// EncryptedData (RFC 5652, section 6.1) is `[0x30, 0xa0, 0x30, 0x30, 0xa0]`. Tag numbers above 30 cannot be said.
///
/// # Errors
/// As [`to_der`].
pub fn to_der_with<'a>(
    input: &'a [u8],
    limits: Limits,
    implicit_octets: &[&[u8]],
) -> Result<Cow<'a, [u8]>, NotBer> {
    // The first walk checks everything and keeps nothing; most inputs need no second one.
    let mut walk = Walk::new(input, limits, implicit_octets)?;
    while walk.next()?.is_some() {}
    if walk.is_der() {
        return Ok(Cow::Borrowed(input));
    }
    let nodes = measured(Walk::new(input, limits, implicit_octets)?)?;
    let total = nodes.first().map_or(0, Node::encoded_length);
    // All room at once: the input may hold a key, and a buffer that grows leaves its old contents behind.
    let mut output = Vec::with_capacity(total);
    for node in &nodes {
        node.write(&mut output);
    }
    debug_assert_eq!(output.len(), total, "what was measured is what is written");
    Ok(Cow::Owned(output))
}

/// A part of the output, in the order of writing.
enum Node<'a> {
    Primitive { identifier: &'a [u8], content: &'a [u8] },
    Constructed { identifier: &'a [u8], length: usize },
    String { identifier: u8, kind: StringKind, length: usize, unused: u8 },
    Segment(&'a [u8]),
}

impl Node<'_> {
    fn encoded_length(&self) -> usize {
        let (identifier, length) = match self {
            Self::Primitive { identifier, content } => (identifier.len(), content.len()),
            Self::Constructed { identifier, length } => (identifier.len(), *length),
            Self::String { length, .. } => (1, *length),
            Self::Segment(content) => return content.len(),
        };
        identifier + length_bytes(length) + length
    }

    fn grow(&mut self, by: usize) {
        match self {
            Self::Constructed { length, .. } | Self::String { length, .. } => *length += by,
            Self::Primitive { .. } | Self::Segment(_) => {}
        }
    }

    fn write(&self, output: &mut Vec<u8>) {
        match self {
            Self::Primitive { identifier, content } => {
                output.extend_from_slice(identifier);
                write_length(content.len(), output);
                output.extend_from_slice(content);
            }
            Self::Constructed { identifier, length } => {
                output.extend_from_slice(identifier);
                write_length(*length, output);
            }
            Self::String { identifier, kind, length, unused } => {
                output.push(*identifier);
                write_length(*length, output);
                match kind {
                    StringKind::Octets => {}
                    StringKind::Bits => output.push(*unused),
                }
            }
            Self::Segment(content) => output.extend_from_slice(content),
        }
    }
}

/// The parts of the output with their lengths.
fn measured<'a>(mut walk: Walk<'a, '_>) -> Result<Vec<Node<'a>>, NotBer> {
    let mut nodes: Vec<Node<'a>> = Vec::new();
    // Places of the elements that are not yet closed.
    let mut open: Vec<usize> = Vec::new();
    while let Some(event) = walk.next()? {
        let complete = match event {
            Event::Primitive { identifier, content } => {
                nodes.push(Node::Primitive { identifier, content });
                Some(nodes.len() - 1)
            }
            Event::Segment { content, unused } => {
                if let Some(Node::String { unused: last, .. }) =
                    open.last().and_then(|at| nodes.get_mut(*at))
                {
                    *last = unused;
                }
                nodes.push(Node::Segment(content));
                Some(nodes.len() - 1)
            }
            Event::Open { identifier } => {
                open.push(nodes.len());
                nodes.push(Node::Constructed { identifier, length: 0 });
                None
            }
            Event::OpenString { identifier, kind } => {
                open.push(nodes.len());
                let length = match kind {
                    StringKind::Octets => 0,
                    StringKind::Bits => 1,
                };
                nodes.push(Node::String { identifier, kind, length, unused: 0 });
                None
            }
            Event::Close => open.pop(),
        };
        if let (Some(at), Some(around)) = (complete, open.last()) {
            let by = nodes[at].encoded_length();
            nodes[*around].grow(by);
        }
    }
    Ok(nodes)
}

/// How many bytes a length takes in DER.
fn length_bytes(length: usize) -> usize {
    if length < 0x80 { 1 } else { 1 + significant(length).len() }
}

fn write_length(length: usize, output: &mut Vec<u8>) {
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        output.push(short);
    } else {
        let bytes = significant(length);
        let count = u8::try_from(bytes.len()).expect("a usize has at most 16 bytes");
        output.push(0x80 | count);
        output.extend(bytes);
    }
}

/// The bytes of a number without zeros in front.
fn significant(number: usize) -> impl ExactSizeIterator<Item = u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.into_iter().skip(zeros)
}

#[cfg(test)]
mod tests;
