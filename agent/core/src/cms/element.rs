//! Elements of DER (X.690), one after the other, with their bytes as they came.
//!
//! What was signed must be kept bit by bit, and what is appended to a message must leave the rest of it alone; types
//! that are read and written anew do neither. Tags are single bytes here: no type of CMS has a number above 30.

use der::asn1::ObjectIdentifier;

/// Tags, with their class and the constructed bit.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const UTF8_STRING: u8 = 0x0c;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;

    /// `[number]`, primitive.
    pub(crate) const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// `[number]`, constructed.
    pub(crate) const fn context_constructed(number: u8) -> u8 {
        0xa0 | number
    }
}

/// The bytes are no DER, or not the element that stands here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Malformed;

/// One element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) value: &'a [u8],
    /// Tag, length and value.
    pub(crate) whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// The one element that the bytes are.
    pub(crate) fn only(bytes: &'a [u8], tag: u8) -> Result<Self, Malformed> {
        let mut elements = Elements::of(bytes);
        let element = elements.expect(tag)?;
        elements.end()?;
        Ok(element)
    }

    /// What is inside of a constructed element.
    pub(crate) fn inside(&self) -> Elements<'a> {
        Elements { rest: self.value }
    }

    /// All elements inside, at most `limit`.
    pub(crate) fn all(&self, limit: usize) -> Result<Vec<Self>, Malformed> {
        let mut inside = self.inside();
        let mut all = Vec::new();
        while let Some(element) = inside.next()? {
            if all.len() == limit {
                return Err(Malformed);
            }
            all.push(element);
        }
        Ok(all)
    }

    /// The value of an OBJECT IDENTIFIER.
    pub(crate) fn oid(&self) -> Result<ObjectIdentifier, Malformed> {
        ObjectIdentifier::from_bytes(self.value).map_err(|_| Malformed)
    }

    /// The value of an INTEGER that is not negative and fits.
    pub(crate) fn small(&self) -> Result<u64, Malformed> {
        let bytes = unsigned(self.value)?;
        if bytes.len() > 8 {
            return Err(Malformed);
        }
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

/// The bytes of an INTEGER that is not negative, without the zero that only says so.
pub(crate) fn unsigned(value: &[u8]) -> Result<&[u8], Malformed> {
    match value {
        [] | [0x80..=0xff, ..] | [0, 0..0x80, ..] => Err(Malformed),
        [0, rest @ ..] if !rest.is_empty() => Ok(rest),
        _ => Ok(value),
    }
}

/// What is left of a row of elements.
#[derive(Clone, Copy)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Elements<'a> {
    pub(crate) const fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next one; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Element<'a>>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (tag, header, length) = header(self.rest).ok_or(Malformed)?;
        let end = header.checked_add(length).ok_or(Malformed)?;
        let whole = self.rest.get(..end).ok_or(Malformed)?;
        self.rest = &self.rest[end..];
        Ok(Some(Element { tag, value: &whole[header..], whole }))
    }

    /// The next one, which has this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Result<Element<'a>, Malformed> {
        self.next()?.filter(|element| element.tag == tag).ok_or(Malformed)
    }

    /// The next one if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Malformed> {
        if self.rest.first() == Some(&tag) { self.next() } else { Ok(None) }
    }

    /// Nothing may follow.
    pub(crate) fn end(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

/// Tag, bytes of the header, bytes of the value.
fn header(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (&tag, rest) = bytes.split_first()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    if first < 0x80 {
        return Some((tag, 2, usize::from(first)));
    }
    let count = usize::from(first & 0x7f);
    // Four bytes say four gigabytes; nothing of that size is ever in memory as one element.
    if !(1..=4).contains(&count) {
        return None;
    }
    let digits = rest.get(..count)?;
    let length = digits.iter().fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
    let minimal = length >= 0x80 && digits[0] != 0;
    minimal.then_some(())?;
    Some((tag, 2 + count, usize::try_from(length).ok()?))
}

/// Writes tag and length of an element with that many bytes of value.
pub(crate) fn write_header(tag: u8, length: u64, to: &mut Vec<u8>) {
    to.push(tag);
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        to.push(short);
        return;
    }
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = &bytes[zeros..];
    to.push(0x80 | u8::try_from(digits.len()).expect("a u64 has eight bytes"));
    to.extend_from_slice(digits);
}

/// An element around the parts, in their order.
pub(crate) fn wrap(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut element = Vec::with_capacity(length + 10);
    write_header(tag, length as u64, &mut element);
    for part in parts {
        element.extend_from_slice(part);
    }
    element
}

/// A SET OF in DER's order, under any tag (X.690, section 11.6).
pub(crate) fn wrap_set(tag: u8, mut elements: Vec<&[u8]>) -> Vec<u8> {
    // Shorter ones are padded with zeros for the comparison; an element that begins another cannot be, since its
    // length says where it ends, so that the order of slices is the same.
    elements.sort_unstable();
    wrap(tag, &elements)
}

/// An OBJECT IDENTIFIER.
pub(crate) fn write_oid(oid: ObjectIdentifier) -> Vec<u8> {
    wrap(tag::OID, &[oid.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let value = vec![7; length];
            let whole = wrap(tag::OCTET_STRING, &[&value]);
            let element = Element::only(&whole, tag::OCTET_STRING).unwrap();
            assert_eq!((element.value, element.whole), (&value[..], &whole[..]));
            assert_eq!(Element::only(&whole, tag::SEQUENCE), Err(Malformed));
            for end in 0..whole.len().min(300) {
                assert_eq!(Element::only(&whole[..end], tag::OCTET_STRING), Err(Malformed));
            }
        }
    }

    #[test]
    fn lengths_are_those_of_der() {
        for bytes in [
            &[0x04, 0x80, 0, 0][..],
            &[0x04, 0x81, 0x01, 0],
            &[0x04, 0x82, 0x00, 0x80],
            &[0x04, 0xff, 0],
            &[0x04, 0x85, 1, 1, 1, 1, 1],
            &[0x04, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x1f, 0x01, 0x00],
            &[0x04],
        ] {
            assert_eq!(Elements::of(bytes).next(), Err(Malformed), "{bytes:02x?}");
        }
    }

    #[test]
    fn numbers_are_minimal_and_not_negative() {
        for (value, expected) in [
            (&[0][..], Ok(0)),
            (&[1], Ok(1)),
            (&[0, 0x80], Ok(128)),
            (&[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Ok(u64::MAX)),
            (&[1, 0, 0, 0, 0, 0, 0, 0, 0], Err(Malformed)),
            (&[0, 1], Err(Malformed)),
            (&[0x80], Err(Malformed)),
            (&[], Err(Malformed)),
        ] {
            let whole = wrap(tag::INTEGER, &[value]);
            assert_eq!(Element::only(&whole, tag::INTEGER).unwrap().small(), expected);
        }
    }

    #[test]
    fn a_set_is_sorted_by_its_bytes() {
        let elements = vec![&[4, 2, 1, 0][..], &[4, 1, 9], &[2, 1, 1]];
        assert_eq!(wrap_set(tag::SET, elements), [0x31, 10, 2, 1, 1, 4, 1, 9, 4, 2, 1, 0]);
    }
}
