//! One pass over BER: every element in order, checked, with a stack that is limited.

use super::{Limits, NotBer};

/// What comes next.
pub(super) enum Event<'a> {
    /// A primitive element.
    Primitive { identifier: &'a [u8], content: &'a [u8] },
    /// A constructed element begins that is no string.
    Open { identifier: &'a [u8] },
    /// A string in segments begins; the identifier is the one of its primitive form.
    OpenString { identifier: u8, kind: StringKind },
    /// A segment of the string, however deep it lay; bits without the byte in front, which is `unused`.
    Segment { content: &'a [u8], unused: u8 },
    /// The last element that is open ends.
    Close,
}

/// What the segments of a string are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StringKind {
    /// Bytes: octet strings, character strings, times.
    Octets,
    /// Bytes after one that counts the unused bits.
    Bits,
}

/// The constructed bit of an identifier.
const CONSTRUCTED: u8 = 0x20;

/// Universal tag numbers (X.680, section 8.4).
const BIT_STRING: u8 = 3;
const OCTET_STRING: u8 = 4;

/// An element that is open.
struct Frame {
    /// The identifier's first byte.
    identifier: u8,
    /// Where it ends; `None` if two zero bytes end it.
    end: Option<usize>,
    /// Where it must have ended at the latest.
    bound: usize,
    role: Role,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Holds elements.
    Elements,
    /// A string in segments.
    String,
    /// A segment that is itself in segments.
    Segments,
}

/// The string that is open.
#[derive(Clone, Copy)]
struct OpenString {
    /// Its universal tag number; an implicit one is an octet string.
    number: u8,
    kind: StringKind,
    /// Bits unused in the last segment so far.
    unused: u8,
}

/// A pass over one element.
pub(super) struct Walk<'a, 'p> {
    input: &'a [u8],
    limits: Limits,
    implicit_octets: &'p [&'p [u8]],
    at: usize,
    elements: usize,
    stack: Vec<Frame>,
    string: Option<OpenString>,
    der: bool,
}

struct Header<'a> {
    at: usize,
    identifier: &'a [u8],
    /// `None` if it is not given.
    length: Option<usize>,
}

impl<'a, 'p> Walk<'a, 'p> {
    pub(super) fn new(
        input: &'a [u8],
        limits: Limits,
        implicit_octets: &'p [&'p [u8]],
    ) -> Result<Self, NotBer> {
        if input.len() > limits.bytes {
            return Err(NotBer::TooLong { limit: limits.bytes });
        }
        Ok(Self {
            input,
            limits,
            implicit_octets,
            at: 0,
            elements: 0,
            stack: Vec::new(),
            string: None,
            der: true,
        })
    }

    /// Whether everything so far was framed as DER wants it.
    pub(super) fn is_der(&self) -> bool {
        self.der
    }

    /// The next event; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Event<'a>>, NotBer> {
        loop {
            if self.stack.is_empty() && self.elements > 0 {
                return match self.at {
                    at if at == self.input.len() => Ok(None),
                    at => Err(NotBer::Tail { at }),
                };
            }
            match self.closed() {
                Some(Role::Elements) => return Ok(Some(Event::Close)),
                Some(Role::String) => {
                    self.string = None;
                    return Ok(Some(Event::Close));
                }
                Some(Role::Segments) => continue,
                None => {}
            }
            let header = self.header()?;
            let event = match self.string {
                Some(string) => self.segment(&header, string)?,
                None => Some(self.element(&header)?),
            };
            if event.is_some() {
                return Ok(event);
            }
        }
    }

    /// Ends the innermost element if it ends here.
    fn closed(&mut self) -> Option<Role> {
        let frame = self.stack.last()?;
        match frame.end {
            Some(end) if self.at == end => {}
            Some(_) => return None,
            None => {
                if !self.input[self.at..frame.bound].starts_with(&[0, 0]) {
                    return None;
                }
                self.at += 2;
            }
        }
        let role = frame.role;
        self.stack.pop();
        Some(role)
    }

    /// Where the element that is read now must end at the latest.
    fn bound(&self) -> usize {
        self.stack.last().map_or(self.input.len(), |frame| frame.bound)
    }

    fn byte(&mut self) -> Result<u8, NotBer> {
        if self.at >= self.bound() {
            return Err(NotBer::Truncated { at: self.at });
        }
        let byte = self.input[self.at];
        self.at += 1;
        Ok(byte)
    }

    /// Identifier and length of an element (X.690, sections 8.1.2 and 8.1.3).
    fn header(&mut self) -> Result<Header<'a>, NotBer> {
        let at = self.at;
        let first = self.byte()?;
        if self.elements >= self.limits.elements {
            return Err(NotBer::TooMany { at });
        }
        self.elements += 1;
        if first & 0x1f == 0x1f {
            self.high_tag(at)?;
        }
        let identifier = &self.input[at..self.at];
        if first & 0xc0 == 0 {
            check_universal(first, at)?;
        }
        let length = self.length(first)?;
        if let Some(length) = length
            && length > self.bound() - self.at
        {
            return Err(NotBer::Truncated { at });
        }
        Ok(Header { at, identifier, length })
    }

    fn high_tag(&mut self, at: usize) -> Result<(), NotBer> {
        let mut number: u32 = 0;
        loop {
            let byte = self.byte()?;
            if (number == 0 && byte == 0x80) || number >> 21 != 0 {
                return Err(NotBer::Tag { at });
            }
            number = number << 7 | u32::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return if number < 31 { Err(NotBer::Tag { at }) } else { Ok(()) };
            }
        }
    }

    fn length(&mut self, identifier: u8) -> Result<Option<usize>, NotBer> {
        let at = self.at;
        let first = self.byte()?;
        match first {
            0..0x80 => Ok(Some(usize::from(first))),
            0x80 if identifier & CONSTRUCTED != 0 => {
                self.der = false;
                Ok(None)
            }
            0x80 | 0xff => Err(NotBer::Length { at }),
            _ => {
                let count = usize::from(first & 0x7f);
                let mut length: usize = 0;
                for place in 0..count {
                    let byte = self.byte()?;
                    if (place == 0 && byte == 0) || (count == 1 && byte < 0x80) {
                        self.der = false;
                    }
                    // More than the input can have is more than anything: the byte count is checked by the caller.
                    length = length.saturating_mul(256).saturating_add(usize::from(byte));
                }
                Ok(Some(length))
            }
        }
    }

    /// An element outside of strings.
    fn element(&mut self, header: &Header<'a>) -> Result<Event<'a>, NotBer> {
        let first = header.identifier[0];
        if first & CONSTRUCTED == 0 {
            let content = self.content(header);
            self.check_depth(header.at)?;
            return Ok(Event::Primitive { identifier: header.identifier, content });
        }
        let number = if first & 0xc0 == 0 && is_string(first & 0x1f) {
            Some(first & 0x1f)
        } else if self.is_implicit(first) {
            Some(OCTET_STRING)
        } else {
            None
        };
        let Some(number) = number else {
            self.open(header, Role::Elements)?;
            return Ok(Event::Open { identifier: header.identifier });
        };
        self.open(header, Role::String)?;
        self.der = false;
        let kind = if number == BIT_STRING { StringKind::Bits } else { StringKind::Octets };
        self.string = Some(OpenString { number, kind, unused: 0 });
        Ok(Event::OpenString { identifier: first & !CONSTRUCTED, kind })
    }

    /// A segment, which is of the string's own type or, unless that is bits, an octet string (X.690, section 8.23.6).
    fn segment(
        &mut self,
        header: &Header<'a>,
        string: OpenString,
    ) -> Result<Option<Event<'a>>, NotBer> {
        let at = header.at;
        let first = header.identifier[0];
        let number = first & !CONSTRUCTED;
        let fits = number == string.number
            || (number == OCTET_STRING && string.kind == StringKind::Octets);
        if !fits || string.unused != 0 {
            return Err(NotBer::Segment { at });
        }
        if first & CONSTRUCTED != 0 {
            self.open(header, Role::Segments)?;
            return Ok(None);
        }
        self.check_depth(at)?;
        let content = self.content(header);
        match string.kind {
            StringKind::Octets => Ok(Some(Event::Segment { content, unused: 0 })),
            StringKind::Bits => {
                let (unused, content) = content.split_first().ok_or(NotBer::Segment { at })?;
                if *unused > 7 || (*unused != 0 && content.is_empty()) {
                    return Err(NotBer::Segment { at });
                }
                self.string = Some(OpenString { unused: *unused, ..string });
                Ok(Some(Event::Segment { content, unused: *unused }))
            }
        }
    }

    /// The content of a primitive element, whose length is given and was checked.
    fn content(&mut self, header: &Header<'a>) -> &'a [u8] {
        let start = self.at;
        self.at += header.length.unwrap_or(0);
        &self.input[start..self.at]
    }

    fn check_depth(&self, at: usize) -> Result<(), NotBer> {
        if self.stack.len() >= self.limits.depth { Err(NotBer::TooDeep { at }) } else { Ok(()) }
    }

    fn open(&mut self, header: &Header<'a>, role: Role) -> Result<(), NotBer> {
        self.check_depth(header.at)?;
        let end = header.length.map(|length| self.at + length);
        let bound = end.unwrap_or_else(|| self.bound());
        self.stack.push(Frame { identifier: header.identifier[0], end, bound, role });
        Ok(())
    }

    /// Whether the constructed element that starts here is said to be an octet string.
    fn is_implicit(&self, identifier: u8) -> bool {
        self.implicit_octets.iter().any(|path| {
            let above = self.stack.iter().map(|frame| &frame.identifier);
            path.iter().eq(above.chain([&identifier]))
        })
    }
}

/// Refuses universal types in a form that they do not have.
fn check_universal(identifier: u8, at: usize) -> Result<(), NotBer> {
    let number = identifier & 0x1f;
    let possible = if identifier & CONSTRUCTED == 0 {
        // EXTERNAL, EMBEDDED PDV, SEQUENCE, SET and CHARACTER STRING are always constructed; 0 ends an indefinite
        // length, and is seen here only where there is none to end.
        !matches!(number, 0 | 8 | 11 | 16 | 17 | 29)
    } else {
        // BOOLEAN, INTEGER, NULL, OBJECT IDENTIFIER, REAL, ENUMERATED, RELATIVE-OID and TIME never are.
        !matches!(number, 0 | 1 | 2 | 5 | 6 | 9 | 10 | 13 | 14)
    };
    if possible { Ok(()) } else { Err(NotBer::Tag { at }) }
}

/// Whether a universal type is a string that BER may cut into segments: bits, octets, ObjectDescriptor, characters,
/// UTCTime and GeneralizedTime.
fn is_string(number: u8) -> bool {
    matches!(number, BIT_STRING | OCTET_STRING | 7 | 12 | 18..=28 | 30)
}
