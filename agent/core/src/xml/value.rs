//! What written characters mean: line ends (XML 1.0, section 2.11), references (4.6), values of attributes (3.3.3).

use std::borrow::Cow;

use super::reader::{Decoded, decode_reference};

/// As what characters were written, which decides what they mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Written {
    /// Text: references stand for characters.
    Text,
    /// CDATA, comments and instructions: only line ends are made equal.
    Verbatim,
    /// An attribute's value: white space becomes spaces. Without a document type all attributes are CDATA.
    Attribute,
}

/// A piece of what is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Piece<'t> {
    /// Characters that mean themselves.
    Plain(&'t str),
    /// One that was written in another way.
    Char(char),
}

/// The pieces of what is meant, one after the other.
pub(super) struct Pieces<'t> {
    rest: &'t str,
    written: Written,
}

/// Reads written characters, which are well-formed.
pub(super) const fn pieces(rest: &str, written: Written) -> Pieces<'_> {
    Pieces { rest, written }
}

impl Written {
    /// Whether the byte means something else than itself.
    const fn is_special(self, byte: u8) -> bool {
        match byte {
            b'\r' => true,
            b'&' => !matches!(self, Self::Verbatim),
            b'\n' | b'\t' => matches!(self, Self::Attribute),
            _ => false,
        }
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let first = *self.rest.as_bytes().first()?;
        if !self.written.is_special(first) {
            let written = self.written;
            let plain = self.rest.bytes().position(|byte| written.is_special(byte));
            let (plain, rest) = self.rest.split_at(plain.unwrap_or(self.rest.len()));
            self.rest = rest;
            return Some(Piece::Plain(plain));
        }
        let (meant, len) = match first {
            b'&' => match decode_reference(self.rest) {
                Some(Decoded::Char(c, len)) => (c, len),
                Some(Decoded::Unknown) | None => ('&', 1),
            },
            b'\r' if self.rest.as_bytes().get(1) == Some(&b'\n') => ('\n', 2),
            _ => ('\n', 1),
        };
        // White space that is written as a reference stays what it is.
        let meant = if self.written == Written::Attribute && first != b'&' { ' ' } else { meant };
        self.rest = self.rest.get(len..).unwrap_or_default();
        Some(Piece::Char(meant))
    }
}

/// What is meant, as one text.
pub(super) fn plain(text: &str, written: Written) -> Cow<'_, str> {
    if !text.bytes().any(|byte| written.is_special(byte)) {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(text.len());
    for piece in pieces(text, written) {
        match piece {
            Piece::Plain(plain) => whole.push_str(plain),
            Piece::Char(c) => whole.push(c),
        }
    }
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_references_mean_what_xml_says() {
        for (written, text, attribute, verbatim) in [
            ("a\r\nb\rc\n", "a\nb\nc\n", "a b c ", "a\nb\nc\n"),
            ("\r\r\n\r", "\n\n\n", "   ", "\n\n\n"),
            ("a\r&#10;b", "a\n\nb", "a \nb", "a\n&#10;b"),
            ("&#13;\r", "\r\n", "\r ", "&#13;\n"),
            ("&#xD;\n", "\r\n", "\r ", "&#xD;\n"),
            ("\t&#9;", "\t\t", " \t", "\t&#9;"),
            (
                "&lt;&amp;&gt;&quot;&apos;&#x10348;",
                "<&>\"'𐍈",
                "<&>\"'𐍈",
                "&lt;&amp;&gt;&quot;&apos;&#x10348;",
            ),
            ("&amp;lt;", "&lt;", "&lt;", "&amp;lt;"),
            ("", "", "", ""),
        ] {
            assert_eq!(plain(written, Written::Text), text, "{written:?}");
            assert_eq!(plain(written, Written::Attribute), attribute, "{written:?}");
            assert_eq!(plain(written, Written::Verbatim), verbatim, "{written:?}");
        }
    }
}
