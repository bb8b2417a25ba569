//! From bytes to text and back: UTF-8, or UTF-16 with its byte order mark (XML 1.0, section 4.3.3).

use std::borrow::Cow;

use super::NotXml;

/// How the bytes of a document are to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Encoding {
    /// UTF-8, perhaps after a byte order mark.
    Utf8,
    /// UTF-16, the more significant byte first.
    Utf16Big,
    /// UTF-16, the less significant byte first.
    Utf16Little,
}

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

impl Encoding {
    /// The encoding by the byte order mark, and how long that mark is.
    fn of(bytes: &[u8]) -> (Self, usize) {
        match bytes {
            [0xef, 0xbb, 0xbf, ..] => (Self::Utf8, UTF8_MARK.len()),
            [0xfe, 0xff, ..] => (Self::Utf16Big, 2),
            [0xff, 0xfe, ..] => (Self::Utf16Little, 2),
            _ => (Self::Utf8, 0),
        }
    }

    /// Whether a document in this encoding may declare that one (RFC 7303, section 3.2, for UTF-16).
    pub(super) fn may_be_declared(self, name: &str) -> bool {
        match self {
            // Whatever is ASCII is UTF-8 too, byte by byte, and what is not was found out before.
            Self::Utf8 => ["utf-8", "utf8"].iter().any(|known| name.eq_ignore_ascii_case(known)),
            Self::Utf16Big | Self::Utf16Little => name.eq_ignore_ascii_case("utf-16"),
        }
    }

    /// Writes text in it.
    pub(super) fn encode(self, text: &str, to: &mut Vec<u8>) {
        match self {
            Self::Utf8 => to.extend_from_slice(text.as_bytes()),
            Self::Utf16Big => to.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Self::Utf16Little => to.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        }
    }

    /// How many bytes the text has in it.
    pub(super) fn len(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16Big | Self::Utf16Little => text.encode_utf16().count() * 2,
        }
    }
}

/// The text of a document, and how it was written.
pub(super) struct Source<'a> {
    /// Without the byte order mark.
    pub(super) text: Cow<'a, str>,
    pub(super) encoding: Encoding,
    /// How many bytes the byte order mark has.
    pub(super) mark: usize,
}

impl<'a> Source<'a> {
    pub(super) fn decode(bytes: &'a [u8], limit: usize) -> Result<Self, NotXml> {
        if bytes.len() > limit {
            return Err(NotXml::TooLarge);
        }
        let (encoding, mark) = Encoding::of(bytes);
        let body = bytes.get(mark..).unwrap_or_default();
        let text = match encoding {
            Encoding::Utf8 => Cow::Borrowed(std::str::from_utf8(body).map_err(|_| {
                // Without a mark, windows-1251 and its like end here; the declaration says so more clearly.
                if declares_another(body) { NotXml::DeclaredEncoding } else { NotXml::Encoding }
            })?),
            Encoding::Utf16Big => Cow::Owned(utf16(body, u16::from_be_bytes)?),
            Encoding::Utf16Little => Cow::Owned(utf16(body, u16::from_le_bytes)?),
        };
        if text.len() > limit {
            return Err(NotXml::TooLarge);
        }
        Ok(Self { text, encoding, mark })
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotXml> {
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err(NotXml::Encoding);
    }
    let units = pairs.map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| NotXml::Encoding)
}

/// Whether bytes that are not UTF-8 say in their first line that they are something else.
fn declares_another(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'>').next().unwrap_or_default();
    let line = line.get(..line.len().min(200)).unwrap_or_default().to_ascii_lowercase();
    let says = |word: &[u8]| line.windows(word.len()).any(|window| window == word);
    says(b"<?xml") && says(b"encoding") && !says(b"utf-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_as_the_bytes_that_it_was() {
        let text = "<а>қол 𐍈</а>";
        for encoding in [Encoding::Utf8, Encoding::Utf16Big, Encoding::Utf16Little] {
            let mut bytes = match encoding {
                Encoding::Utf8 => UTF8_MARK.to_vec(),
                Encoding::Utf16Big => vec![0xfe, 0xff],
                Encoding::Utf16Little => vec![0xff, 0xfe],
            };
            let mark = bytes.len();
            encoding.encode(text, &mut bytes);
            assert_eq!(bytes.len(), mark + encoding.len(text));
            let source = Source::decode(&bytes, 1000).unwrap();
            assert_eq!((&*source.text, source.encoding, source.mark), (text, encoding, mark));
        }
    }

    #[test]
    fn damaged_and_other_encodings_are_told_apart() {
        let error = |bytes: &[u8]| Source::decode(bytes, 100).err();
        assert_eq!(error(b"<a>\xff</a>"), Some(NotXml::Encoding));
        assert_eq!(error(b"\xfe\xff\x00"), Some(NotXml::Encoding));
        assert_eq!(error(b"\xfe\xff\xd8\x00"), Some(NotXml::Encoding));
        let windows = b"<?xml version='1.0' encoding='windows-1251'?><a>\xc0</a>";
        assert_eq!(error(windows), Some(NotXml::DeclaredEncoding));
        assert_eq!(error(&[b' '; 101]), Some(NotXml::TooLarge));
    }
}
