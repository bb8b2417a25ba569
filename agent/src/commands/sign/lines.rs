//! Base64 in lines, for programs that expect text.

use std::io::{self, Write};

use base64ct::{Base64, Encoding};

/// MIME's longest line (RFC 2045, section 6.8), which old Java writes.
const MIME: usize = 76;
/// PEM's line (RFC 7468, section 2).
const PEM: usize = 64;

/// Base64 in lines of 76 characters, each ended by a line feed.
pub(super) fn base64(bytes: &[u8]) -> String {
    let text = Base64::encode_string(bytes);
    let mut lines = String::with_capacity(text.len() + text.len() / MIME + 1);
    for line in text.as_bytes().chunks(MIME) {
        lines.extend(line.iter().copied().map(char::from));
        lines.push('\n');
    }
    lines
}

/// Writes a CMS message of any length as PEM.
pub(super) struct PemWriter<'a> {
    writer: &'a mut dyn Write,
    /// Fewer bytes than a line takes.
    rest: Vec<u8>,
}

/// Bytes of a line: three for four characters.
const LINE: usize = PEM / 4 * 3;

impl<'a> PemWriter<'a> {
    /// Begins.
    pub(super) fn new(writer: &'a mut dyn Write) -> io::Result<Self> {
        writer.write_all(b"-----BEGIN CMS-----\n")?;
        Ok(Self { writer, rest: Vec::with_capacity(LINE) })
    }

    /// Ends.
    pub(super) fn finish(self) -> io::Result<()> {
        if !self.rest.is_empty() {
            writeln!(self.writer, "{}", Base64::encode_string(&self.rest))?;
        }
        self.writer.write_all(b"-----END CMS-----\n")
    }
}

impl Write for PemWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut text = String::new();
        let mut left = bytes;
        while self.rest.len() + left.len() >= LINE {
            let (now, later) = left.split_at(LINE - self.rest.len());
            self.rest.extend_from_slice(now);
            text.push_str(&Base64::encode_string(&self.rest));
            text.push('\n');
            self.rest.clear();
            left = later;
        }
        self.rest.extend_from_slice(left);
        self.writer.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use tanba_core::cms;

    use super::*;

    #[test]
    fn pieces_make_the_same_pem_as_the_whole() {
        let bytes: Vec<u8> = (0..1000_u32).map(|n| n.to_le_bytes()[0]).collect();
        for length in [0, 1, 47, 48, 49, 96, 1000] {
            for size in [1, 5, 48, 50, 1000] {
                let mut out = Vec::new();
                let mut pem = PemWriter::new(&mut out).expect("memory");
                bytes[..length]
                    .chunks(size)
                    .for_each(|piece| pem.write_all(piece).expect("memory"));
                pem.finish().expect("memory");
                let expected = cms::to_pem(&bytes[..length]);
                assert_eq!(String::from_utf8(out).expect("text"), expected);
            }
        }
        assert!(base64(&bytes).lines().all(|line| line.len() <= MIME));
    }
}
