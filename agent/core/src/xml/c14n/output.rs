//! Where canonical bytes go: through a buffer into a function, up to a limit, with what must be escaped.

use super::super::value::{Piece, Written, pieces};

const BUFFER: usize = 8 * 1024;

/// A sink for canonical bytes.
pub(in super::super) struct Output<'s> {
    sink: &'s mut dyn FnMut(&[u8]),
    buffer: Vec<u8>,
    /// How many bytes may still come.
    budget: &'s mut u64,
    exhausted: bool,
}

impl<'s> Output<'s> {
    /// What is written is taken from the budget.
    pub(in super::super) fn new(sink: &'s mut dyn FnMut(&[u8]), budget: &'s mut u64) -> Self {
        Self { sink, buffer: Vec::with_capacity(BUFFER), budget, exhausted: false }
    }

    /// Whether more came than may; from then on nothing goes to the sink.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Takes something from the budget.
    pub(super) fn charge(&mut self, cost: usize) {
        match self.budget.checked_sub(cost as u64) {
            Some(left) => *self.budget = left,
            None => self.exhausted = true,
        }
    }

    pub(super) fn put(&mut self, text: &str) {
        let bytes = text.as_bytes();
        self.charge(bytes.len());
        if self.exhausted {
            return;
        }
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush();
        }
        if bytes.len() >= BUFFER {
            (self.sink)(bytes);
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Hands on what the buffer holds. Whoever writes calls it at the end.
    pub(super) fn flush(&mut self) {
        if !self.buffer.is_empty() {
            (self.sink)(&self.buffer);
            self.buffer.clear();
        }
    }

    /// Text between tags: what is written, as it is meant, escaped.
    pub(super) fn text(&mut self, text: &str, written: Written) {
        self.meant(text, written, in_text);
    }

    /// What stands between the quotes of an attribute.
    pub(super) fn attribute(&mut self, value: &str) {
        self.meant(value, Written::Attribute, in_attribute);
    }

    /// Comments and instructions are not escaped.
    pub(super) fn verbatim(&mut self, text: &str) {
        self.meant(text, Written::Verbatim, |_| None);
    }

    /// The value of an attribute that is already as it is meant.
    pub(super) fn namespace(&mut self, name: &str) {
        self.escaped(name, in_attribute);
    }

    fn meant(&mut self, text: &str, written: Written, escape: impl Escape) {
        for piece in pieces(text, written) {
            match piece {
                Piece::Plain(plain) => self.escaped(plain, escape),
                Piece::Char(c) => self.escaped(c.encode_utf8(&mut [0; 4]), escape),
            }
        }
    }

    fn escaped(&mut self, text: &str, escape: impl Escape) {
        let mut rest = text;
        while let Some((at, escaped)) = first(rest, escape) {
            self.put(&rest[..at]);
            self.put(escaped);
            rest = &rest[at + 1..];
        }
        self.put(rest);
    }
}

/// How a byte has to be written instead, if it has to be.
trait Escape: Fn(u8) -> Option<&'static str> + Copy {}
impl<T: Fn(u8) -> Option<&'static str> + Copy> Escape for T {}

/// Canonical XML 1.0, section 2.3, text nodes.
const fn in_text(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}

/// Canonical XML 1.0, section 2.3, attribute nodes.
const fn in_attribute(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    }
}

/// A value as it stands between the double quotes of an attribute.
pub(in super::super) fn attribute_text(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    while let Some((at, escaped)) = first(rest, in_attribute) {
        text += &rest[..at];
        text += escaped;
        rest = &rest[at + 1..];
    }
    text + rest
}

/// The first byte that has to be written otherwise, and how.
fn first(text: &str, escape: impl Escape) -> Option<(usize, &'static str)> {
    text.bytes().enumerate().find_map(|(at, byte)| Some((at, escape(byte)?)))
}
