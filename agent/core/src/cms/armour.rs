//! Messages as text: PEM (RFC 7468) and bare Base64, recognised and taken off in one pass.
//!
//! The first byte tells the three apart: a message in DER or BER begins with `30`, its Base64 with `M`, PEM with `-`.

use base64ct::{Base64, Base64Unpadded, Encoding};
use thiserror::Error;

/// Labels that stand for a CMS message: RFC 7468, sections 8 and 9, and OpenSSL's older word.
const LABELS: [&str; 3] = ["CMS", "PKCS7", "PKCS #7 SIGNED DATA"];

/// Characters that are decoded at once; a multiple of four.
const BLOCK: usize = 4096;

/// No line of PEM around the text is longer.
const MAX_LINE: usize = 128;

/// The bytes are neither a message nor its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotArmour {
    /// Neither DER nor PEM nor Base64.
    #[error("neither a binary message nor PEM nor Base64")]
    Unknown,
    /// PEM of something else.
    #[error("the PEM text is not a CMS message")]
    Label,
    /// A character that Base64 does not have, or the end of the text is missing.
    #[error("the Base64 text is damaged")]
    Damaged,
}

/// Takes the armour off pieces of a file, and lets binary messages pass as they are.
///
/// Memory is constant.
#[derive(Debug, Default)]
pub struct Armour {
    state: State,
    /// A line of PEM that is not complete.
    line: Vec<u8>,
    /// Characters of Base64 that wait for more.
    text: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Start,
    Binary,
    /// In PEM's first line.
    Begin,
    /// In Base64; within PEM or not.
    Text {
        pem: bool,
    },
    /// In PEM's last line.
    End,
    /// Behind it: nothing but white space.
    Done,
}

impl Armour {
    /// Takes the next piece, and gives what it decodes to.
    ///
    /// # Errors
    /// [`NotArmour`] if this is no message in any of the forms.
    pub fn feed(&mut self, mut bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), NotArmour> {
        while let Some((&byte, rest)) = bytes.split_first() {
            match self.state {
                State::Binary => {
                    out(bytes);
                    return Ok(());
                }
                State::Start => {
                    self.state = match byte {
                        0x30 => {
                            self.state = State::Binary;
                            continue;
                        }
                        // UTF-8's mark, and white space, may precede text.
                        0xef | 0xbb | 0xbf | b' ' | b'\t' | b'\r' | b'\n' => State::Start,
                        b'-' => {
                            self.line.push(byte);
                            State::Begin
                        }
                        b'M' => {
                            self.text.push(byte);
                            State::Text { pem: false }
                        }
                        _ => return Err(NotArmour::Unknown),
                    };
                }
                State::Begin => {
                    if self.ends_line(byte)? {
                        self.check_line("-----BEGIN ")?;
                        self.state = State::Text { pem: true };
                    }
                }
                State::Text { pem: true } if byte == b'-' => {
                    self.last(out)?;
                    self.line.push(byte);
                    self.state = State::End;
                }
                State::Text { .. } => {
                    if !byte.is_ascii_whitespace() {
                        self.text.push(byte);
                    }
                    // A full block with padding is the last one: it waits for the end, and nothing may follow.
                    if self.text.len() > BLOCK {
                        return Err(NotArmour::Damaged);
                    }
                    if self.text.len() == BLOCK && !self.text.ends_with(b"=") {
                        self.decode(out)?;
                    }
                }
                State::End => {
                    if self.ends_line(byte)? {
                        self.check_line("-----END ")?;
                        self.state = State::Done;
                    }
                }
                State::Done if byte.is_ascii_whitespace() => {}
                State::Done => return Err(NotArmour::Damaged),
            }
            bytes = rest;
        }
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// [`NotArmour`] if the text ends too early.
    pub fn finish(mut self, out: &mut dyn FnMut(&[u8])) -> Result<(), NotArmour> {
        match self.state {
            State::Start => Err(NotArmour::Unknown),
            State::Binary | State::Done => Ok(()),
            State::Text { pem: false } => self.last(out),
            State::End => self.check_line("-----END "),
            State::Begin | State::Text { pem: true } => Err(NotArmour::Damaged),
        }
    }

    fn ends_line(&mut self, byte: u8) -> Result<bool, NotArmour> {
        if byte == b'\n' {
            return Ok(true);
        }
        if self.line.len() == MAX_LINE {
            return Err(NotArmour::Label);
        }
        self.line.push(byte);
        Ok(false)
    }

    fn check_line(&mut self, before: &str) -> Result<(), NotArmour> {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_ascii_end();
        let label = line
            .strip_prefix(before.as_bytes())
            .and_then(|rest| rest.strip_suffix(b"-----"))
            .ok_or(NotArmour::Damaged)?;
        if LABELS.iter().any(|known| known.as_bytes() == label) {
            Ok(())
        } else {
            Err(NotArmour::Label)
        }
    }

    fn last(&mut self, out: &mut dyn FnMut(&[u8])) -> Result<(), NotArmour> {
        if self.text.is_empty() { Ok(()) } else { self.decode(out) }
    }

    fn decode(&mut self, out: &mut dyn FnMut(&[u8])) -> Result<(), NotArmour> {
        // Some leave the padding out.
        let unpadded = if self.text.ends_with(b"==") { 2 } else { 1 };
        let text = match self.text.len() % 4 {
            0 if self.text.ends_with(b"=") => &self.text[..self.text.len() - unpadded],
            _ => &self.text,
        };
        let text = std::str::from_utf8(text).map_err(|_| NotArmour::Damaged)?;
        let bytes = Base64Unpadded::decode_vec(text).map_err(|_| NotArmour::Damaged)?;
        self.text.clear();
        out(&bytes);
        Ok(())
    }
}

/// Takes the armour off a message that is in memory; a binary one is copied.
///
/// # Errors
/// [`NotArmour`] if this is no message in any of the forms.
pub fn decode_armour(bytes: &[u8]) -> Result<Vec<u8>, NotArmour> {
    let mut message = Vec::new();
    let mut armour = Armour::default();
    armour.feed(bytes, &mut |piece| message.extend_from_slice(piece))?;
    armour.finish(&mut |piece| message.extend_from_slice(piece))?;
    Ok(message)
}

/// PEM as NCALayer's module `basics` writes it: label `CMS`, lines of 64 characters, each ended by a line feed.
#[must_use]
pub fn to_pem(message: &[u8]) -> String {
    let text = Base64::encode_string(message);
    let mut pem = String::with_capacity(text.len() + text.len() / 64 + 64);
    pem.push_str("-----BEGIN CMS-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().copied().map(char::from));
        pem.push('\n');
    }
    pem.push_str("-----END CMS-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_pieces(text: &[u8], size: usize) -> Result<Vec<u8>, NotArmour> {
        let mut message = Vec::new();
        let mut armour = Armour::default();
        for piece in text.chunks(size) {
            armour.feed(piece, &mut |bytes| message.extend_from_slice(bytes))?;
        }
        armour.finish(&mut |bytes| message.extend_from_slice(bytes))?;
        Ok(message)
    }

    #[test]
    fn every_form_gives_the_same_message() {
        for length in [4_usize, 5, 6, 47, 48, 3070, 3071, 3072, 3073, 6144, 10_000] {
            let byte = |at: usize| u8::try_from(at % 251).unwrap();
            let mut message: Vec<u8> = (0..length).map(byte).collect();
            // As a header of DER or BER; Base64 then begins with M.
            message[..2].copy_from_slice(&[0x30, 0x82]);
            let pem = to_pem(&message);
            let bare = Base64::encode_string(&message);
            for text in [
                pem.clone(),
                pem.trim_end().to_owned(),
                pem.replace('\n', "\r\n"),
                pem.replace("CMS", "PKCS7"),
                format!("\u{feff}\r\n{pem}\n\n"),
                bare.clone(),
                bare.trim_end_matches('=').to_owned(),
                format!(" {bare}\n"),
            ] {
                for size in [1, 7, 4096, usize::MAX] {
                    let size = size.min(text.len());
                    assert_eq!(in_pieces(text.as_bytes(), size).as_ref(), Ok(&message), "{text}");
                }
            }
            assert_eq!(decode_armour(&message).as_ref(), Ok(&message));
        }
    }

    #[test]
    fn damage_is_told() {
        for (text, error) in [
            ("", NotArmour::Unknown),
            ("hello", NotArmour::Unknown),
            ("MIIB*AAA", NotArmour::Damaged),
            ("MIIB=AAA", NotArmour::Damaged),
            ("MIIBA", NotArmour::Damaged),
            ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", NotArmour::Label),
            ("-----BEGIN CMS-----\nMIIB\n", NotArmour::Damaged),
            ("-----BEGIN CMS-----\nMIIB\n-----END", NotArmour::Damaged),
            ("-----BEGIN CMS-----\nMIIB\n-----END CMS-----\nx", NotArmour::Damaged),
            ("-----BEGIN CMS", NotArmour::Damaged),
        ] {
            assert_eq!(decode_armour(text.as_bytes()), Err(error), "{text}");
        }
        let long = format!("-----BEGIN {}", "A".repeat(1000));
        assert_eq!(decode_armour(long.as_bytes()), Err(NotArmour::Label));
    }
}
