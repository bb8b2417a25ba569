//! Distinguished names that people type: text becomes a name in the NCA's profile.
//!
//! Two ways of writing are read: that of RFC 4514, `CN=ТЕСТОВ ТЕСТ,SERIALNUMBER=IIN…,C=KZ`, and that of OpenSSL's
//! `-subj`, `/CN=ТЕСТОВ ТЕСТ/SERIALNUMBER=IIN…/C=KZ`. **The order is kept as it is typed**, which is also how
//! [`DistinguishedName`](super::DistinguishedName) prints names and how NCALayer does; RFC 4514 would turn it around.

use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::{rfc3280, rfc4519};
use der::asn1::{Ia5StringRef, PrintableStringRef, SetOfVec, Utf8StringRef};
use der::{Any, Decode, Encode};
use thiserror::Error;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

use super::name::{Subject, is_invisible};

/// Longer texts are not read.
pub const MAX_TEXT: usize = 8 * 1024;

/// The bounds on names that we read, see [`Subject`].
const MAX_ATTRIBUTES: usize = 32;
const MAX_VALUE: usize = 512;

/// A name to be written into a request.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedName {
    sequence: RdnSequence,
    email: Option<String>,
}

/// Why a text is not a name, and where: the character, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAName {
    /// Nothing is there.
    #[error("it is empty")]
    Empty,
    /// More than [`MAX_TEXT`] bytes or 32 attributes.
    #[error("it is too long")]
    TooLong,
    /// `TYPE=value` was expected.
    #[error("an attribute such as CN=… is expected at character {0}")]
    NoAttribute(usize),
    /// A type that has no name here; numbers, such as `2.5.4.12`, are always understood.
    #[error("the attribute at character {0} is unknown; give its number, such as 2.5.4.12")]
    UnknownType(usize),
    /// A value is empty.
    #[error("the attribute at character {0} has no value")]
    NoValue(usize),
    /// A value is too long, has invisible characters, or characters that its type cannot hold.
    #[error("the value of the attribute at character {0} cannot stand in a name")]
    BadValue(usize),
    /// A backslash or quote that begins nothing, or a value after `#` that is no DER in hexadecimal digits.
    #[error("the escape at character {0} is broken")]
    BadEscape(usize),
    /// An attribute that may come once only, such as CN or the IIN, comes twice.
    #[error("an attribute that names the holder comes twice")]
    Twice,
}

impl TypedName {
    /// Reads a name.
    ///
    /// Types are `CN`, `SURNAME` (`SN`), `G` (`GN`, `GIVENNAME`: in the NCA's profile the patronymic), `SERIALNUMBER`,
    /// `C`, `O`, `OU`, `L`, `S` (`ST`), `STREET`, `T`, `BC` (`BUSINESSCATEGORY`), `DC`, `UID`, `E` (`EMAIL`,
    /// `EMAILADDRESS`), in any case, or dotted numbers. `+` joins attributes to one part, which DER sorts. Special characters are
    /// escaped with `\`, bytes of UTF-8 as `\XX`; a value may stand in quotes; `#` begins a value in DER.
    ///
    /// SERIALNUMBER and C become PrintableString, DC and E IA5String, all others UTF8String, as the NCA has them.
    ///
    /// # Errors
    /// [`NotAName`] says what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        if text.len() > MAX_TEXT {
            return Err(NotAName::TooLong);
        }
        let mut scanner = Scanner::new(text);
        let mut parts = Vec::new();
        let mut count = 0;
        let mut email = None;
        loop {
            let mut part = Vec::new();
            let end = loop {
                let (attribute, end) = scanner.attribute()?;
                count += 1;
                if count > MAX_ATTRIBUTES {
                    return Err(NotAName::TooLong);
                }
                if attribute.oid == rfc3280::EMAIL_ADDRESS {
                    email = attribute
                        .value
                        .decode_as::<Ia5StringRef<'_>>()
                        .ok()
                        .map(|text| text.to_string());
                }
                part.push(attribute);
                if end != End::Plus {
                    break end;
                }
            };
            let set = SetOfVec::try_from(part).map_err(|_| NotAName::Twice)?;
            parts.push(RelativeDistinguishedName(set));
            if end == End::Text {
                break;
            }
        }
        let sequence = RdnSequence(parts);
        // Who reads it later refuses what could name two holders.
        Subject::read(&sequence).map_err(|_| NotAName::Twice)?;
        Ok(Self { sequence, email })
    }

    /// The e-mail address in E, which the authority also wants among the alternative names.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    pub(super) fn sequence(&self) -> &RdnSequence {
        &self.sequence
    }
}

impl fmt::Debug for TypedName {
    /// The text is left out: names of people are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedName(…)")
    }
}

/// What stands behind an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Another attribute of the same part.
    Plus,
    /// Another part.
    Part,
    /// Nothing.
    Text,
}

struct Scanner {
    characters: Vec<char>,
    at: usize,
    /// OpenSSL's way: parts begin with a slash.
    slashes: bool,
}

impl Scanner {
    fn new(text: &str) -> Self {
        let characters: Vec<char> = text.trim().chars().collect();
        let slashes = characters.first() == Some(&'/');
        Self { characters, at: usize::from(slashes), slashes }
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn is_separator(&self, character: char) -> bool {
        if self.slashes { character == '/' } else { matches!(character, ',' | ';') }
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(' ') {
            self.at += 1;
        }
    }

    fn attribute(&mut self) -> Result<(AttributeTypeAndValue, End), NotAName> {
        self.skip_spaces();
        let begin = self.at + 1;
        if self.characters.is_empty() {
            return Err(NotAName::Empty);
        }
        let mut label = String::new();
        loop {
            match self.peek() {
                Some('=') => break,
                Some(other)
                    if other.is_ascii_alphanumeric() || matches!(other, '.' | ' ' | '-') =>
                {
                    label.push(other);
                }
                Some(_) | None => return Err(NotAName::NoAttribute(begin)),
            }
            self.at += 1;
        }
        self.at += 1;
        let oid = attribute_type(label.trim()).ok_or(NotAName::UnknownType(begin))?;
        self.skip_spaces();
        let value = if self.peek() == Some('#') {
            self.der_value()?
        } else {
            let text = self.text_value()?;
            if text.is_empty() {
                return Err(NotAName::NoValue(begin));
            }
            typed(oid, &text).ok_or(NotAName::BadValue(begin))?
        };
        let end = match self.peek() {
            None => End::Text,
            Some('+') => End::Plus,
            Some(character) if self.is_separator(character) => End::Part,
            Some(_) => return Err(NotAName::BadEscape(self.at + 1)),
        };
        self.at += 1;
        Ok((AttributeTypeAndValue { oid, value }, end))
    }

    /// RFC 4514, section 2.4: `#` and the value's DER in hexadecimal digits.
    fn der_value(&mut self) -> Result<Any, NotAName> {
        let begin = self.at + 1;
        self.at += 1;
        let mut bytes = Vec::new();
        while let Some(high) = self.peek().and_then(|digit| digit.to_digit(16)) {
            let low = self.characters.get(self.at + 1).and_then(|digit| digit.to_digit(16));
            bytes.push(byte(high, low.ok_or(NotAName::BadEscape(begin))?));
            self.at += 2;
        }
        self.skip_spaces();
        Any::from_der(&bytes).map_err(|_| NotAName::BadEscape(begin))
    }

    /// A value up to its end, its escapes taken off; spaces around it do not count unless they were escaped.
    fn text_value(&mut self) -> Result<String, NotAName> {
        let begin = self.at + 1;
        let quoted = self.peek() == Some('"');
        if quoted {
            self.at += 1;
        }
        let mut bytes = Vec::new();
        let mut keep = 0;
        loop {
            match self.peek() {
                None if quoted => return Err(NotAName::BadEscape(begin)),
                Some('"') if quoted => {
                    self.at += 1;
                    self.skip_spaces();
                    keep = bytes.len();
                    break;
                }
                None => break,
                Some('\\') => {
                    self.escape(&mut bytes)?;
                    keep = bytes.len();
                    continue;
                }
                Some(other) if !quoted && (other == '+' || self.is_separator(other)) => break,
                Some('"') if !self.slashes => return Err(NotAName::BadEscape(self.at + 1)),
                Some(other) => {
                    bytes.extend(other.encode_utf8(&mut [0; 4]).bytes());
                    if quoted || other != ' ' {
                        keep = bytes.len();
                    }
                }
            }
            self.at += 1;
        }
        bytes.truncate(keep);
        String::from_utf8(bytes).map_err(|_| NotAName::BadEscape(begin))
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), NotAName> {
        let begin = self.at + 1;
        let next = *self.characters.get(self.at + 1).ok_or(NotAName::BadEscape(begin))?;
        let after = self.characters.get(self.at + 2).and_then(|digit| digit.to_digit(16));
        match (next.to_digit(16), after) {
            (Some(high), Some(low)) => {
                bytes.push(byte(high, low));
                self.at += 3;
            }
            _ if next.is_ascii_punctuation() || next == ' ' => {
                bytes.extend(next.encode_utf8(&mut [0; 4]).bytes());
                self.at += 2;
            }
            _ => return Err(NotAName::BadEscape(begin)),
        }
        Ok(())
    }
}

fn byte(high: u32, low: u32) -> u8 {
    u8::try_from(high << 4 | low).expect("two hexadecimal digits make a byte")
}

fn attribute_type(label: &str) -> Option<ObjectIdentifier> {
    let names = [
        ("CN", rfc4519::CN),
        ("COMMONNAME", rfc4519::CN),
        ("SURNAME", rfc4519::SN),
        ("SN", rfc4519::SN),
        ("G", rfc4519::GIVEN_NAME),
        ("GN", rfc4519::GIVEN_NAME),
        ("GIVENNAME", rfc4519::GIVEN_NAME),
        ("SERIALNUMBER", rfc4519::SERIAL_NUMBER),
        ("C", rfc4519::C),
        ("COUNTRYNAME", rfc4519::C),
        ("O", rfc4519::O),
        ("ORGANIZATIONNAME", rfc4519::O),
        ("OU", rfc4519::OU),
        ("ORGANIZATIONALUNITNAME", rfc4519::OU),
        ("L", rfc4519::L),
        ("LOCALITYNAME", rfc4519::L),
        ("S", rfc4519::ST),
        ("ST", rfc4519::ST),
        ("STATEORPROVINCENAME", rfc4519::ST),
        ("STREET", rfc4519::STREET),
        ("T", rfc4519::TITLE),
        ("TITLE", rfc4519::TITLE),
        ("BC", rfc4519::BUSINESS_CATEGORY),
        ("BUSINESSCATEGORY", rfc4519::BUSINESS_CATEGORY),
        ("DC", rfc4519::DC),
        ("DOMAINCOMPONENT", rfc4519::DC),
        ("UID", rfc4519::UID),
        ("USERID", rfc4519::UID),
        ("E", rfc3280::EMAIL_ADDRESS),
        ("EMAIL", rfc3280::EMAIL_ADDRESS),
        ("EMAILADDRESS", rfc3280::EMAIL_ADDRESS),
    ];
    let label = label.to_ascii_uppercase();
    let known = names.into_iter().find(|(name, _)| *name == label).map(|(_, oid)| oid);
    let digits = label.strip_prefix("OID.").unwrap_or(&label);
    known.or_else(|| ObjectIdentifier::new(digits).ok())
}

/// The value in the string type that the NCA uses for this attribute.
fn typed(oid: ObjectIdentifier, text: &str) -> Option<Any> {
    if text.chars().count() > MAX_VALUE || text.chars().any(is_invisible) {
        return None;
    }
    let value = match oid {
        // X.520: two letters.
        rfc4519::C if text.len() != 2 || !text.bytes().all(|c| c.is_ascii_alphabetic()) => None,
        rfc4519::C | rfc4519::SERIAL_NUMBER => {
            PrintableStringRef::new(text).and_then(|text| Any::encode_from(&text)).ok()
        }
        rfc4519::DC | rfc3280::EMAIL_ADDRESS => {
            Ia5StringRef::new(text).and_then(|text| Any::encode_from(&text)).ok()
        }
        _ => Utf8StringRef::new(text).and_then(|text| Any::encode_from(&text)).ok(),
    };
    value.filter(|value| value.to_der().is_ok())
}

#[cfg(test)]
mod tests {
    use super::super::DistinguishedName;
    use super::*;

    fn printed(text: &str) -> Result<String, NotAName> {
        let der = TypedName::parse(text)?.sequence().to_der().unwrap();
        Ok(DistinguishedName::read(&der).unwrap().to_string())
    }

    #[test]
    fn both_ways_of_writing_give_the_same_name_in_the_order_of_the_text() {
        let expected =
            "CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ,O=ТОО \\\"A\\, B\\\"";
        for text in [
            expected,
            "cn = ТЕСТОВ ТЕСТ , sn=ТЕСТОВ; serialNumber=IIN123456789011,C=KZ,O=\"ТОО \\\"A, B\\\"\"",
            "/CN=ТЕСТОВ ТЕСТ/SURNAME=ТЕСТОВ/SERIALNUMBER=IIN123456789011/C=KZ/O=ТОО \"A, B\"",
            "2.5.4.3=\\D0\\A2\\D0\\95\\D0\\A1\\D0\\A2\\D0\\9E\\D0\\92 ТЕСТ,OID.2.5.4.4=ТЕСТОВ,\
             SERIALNUMBER=#130f49494e313233343536373839303131,C=KZ,O=ТОО \\22A\\2c B\\22",
        ] {
            assert_eq!(printed(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_printed_is_read_again_as_itself() {
        for text in [
            "DC=ROLE01+DC=ROLE04,UID=1.2.398.6.10.1.1,CN=A\\+B,OU=BIN123456789021,BUSINESSCATEGORY=KS01234",
            "CN=\\ A\\ ,E=person@example.kz,S=Алматы,L=Алматы,STREET=a/b,T=x",
            "CN=\\#A,2.5.4.97=NTRKZ-1",
            "CN=x=y",
        ] {
            let once = printed(text).unwrap();
            assert_eq!(printed(&once).as_ref(), Ok(&once), "{text}");
        }
        assert_eq!(printed("/CN=a\\/b+OU=c/C=KZ").as_deref(), Ok("OU=c+CN=a/b,C=KZ"));
        let name = TypedName::parse("CN=A,E=a@b.kz").unwrap();
        assert_eq!(name.email(), Some("a@b.kz"));
    }

    #[test]
    fn attributes_have_the_string_types_of_the_profile() {
        let name = TypedName::parse("CN=A,SERIALNUMBER=IIN1,C=KZ,DC=R,E=a@b.kz,G=Б").unwrap();
        let tags: Vec<u8> = name
            .sequence()
            .0
            .iter()
            .map(|part| part.0.get(0).unwrap().value.to_der().unwrap()[0])
            .collect();
        assert_eq!(tags, [0x0c, 0x13, 0x13, 0x16, 0x16, 0x0c]);
    }

    #[test]
    fn what_is_no_name_is_refused_with_its_place() {
        for (text, error) in [
            ("", NotAName::Empty),
            ("/", NotAName::NoAttribute(2)),
            ("CN", NotAName::NoAttribute(1)),
            ("CN=A,", NotAName::NoAttribute(6)),
            ("CN=A,,C=KZ", NotAName::NoAttribute(6)),
            ("CN=A,XYZ=B", NotAName::UnknownType(6)),
            ("CN=,C=KZ", NotAName::NoValue(1)),
            ("CN=A,C=KAZ", NotAName::BadValue(6)),
            ("CN=A,SERIALNUMBER=ИИН", NotAName::BadValue(6)),
            ("CN=A\u{202e}B", NotAName::BadValue(1)),
            ("CN=A\\", NotAName::BadEscape(5)),
            ("CN=A\\q", NotAName::BadEscape(5)),
            ("CN=\"A", NotAName::BadEscape(4)),
            ("CN=\\ff", NotAName::BadEscape(4)),
            ("CN=#zz", NotAName::BadEscape(4)),
            ("CN=A,CN=B", NotAName::Twice),
            ("SERIALNUMBER=IIN123456789011,SERIALNUMBER=IIN123456789012", NotAName::Twice),
        ] {
            assert_eq!(TypedName::parse(text).err(), Some(error), "{text}");
        }
        assert_eq!(TypedName::parse(&"A".repeat(9000)).err(), Some(NotAName::TooLong));
        assert_eq!(TypedName::parse(&["OU=x"; 33].join(",")).err(), Some(NotAName::TooLong));
        let long = format!("CN={}", "A".repeat(513));
        assert_eq!(TypedName::parse(&long).err(), Some(NotAName::BadValue(1)));
    }
}
