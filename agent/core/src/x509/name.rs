//! Names: of a person in a request, and of anybody in what we read.

use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc4519;
use der::asn1::{BmpString, PrintableStringRef, SetOfVec, Utf8StringRef};
use der::{Any, Tag, Tagged};
use thiserror::Error;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

use crate::iin::Iin;

/// X.520's upper bound on names (RFC 5280, appendix A.1), in characters.
const MAX_NAME: usize = 64;

/// Bounds on names that we read: more attributes or longer ones than any certificate needs.
const MAX_ATTRIBUTES: usize = 32;
const MAX_READ: usize = 512;

const ASCII: [Tag; 4] =
    [Tag::PrintableString, Tag::Ia5String, Tag::VisibleString, Tag::NumericString];

/// Marks before the digits in SERIALNUMBER and OU.
const IIN_MARK: &str = "IIN";
const BIN_MARK: &str = "BIN";

/// The person whom a request names.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The person's number.
    pub iin: Iin,
    /// Family name, 1 to 64 characters.
    pub surname: String,
    /// Given name, 1 to 64 characters.
    pub name: String,
    /// Patronymic, 1 to 64 characters; many people have none.
    pub patronymic: Option<String>,
}

/// Which part of a person's name cannot stand in a request: ask for it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAPerson {
    /// The family name is empty, too long, or has invisible characters.
    #[error("the surname cannot stand in a request")]
    Surname,
    /// The given name is empty, too long, or has invisible characters.
    #[error("the given name cannot stand in a request")]
    Name,
    /// The patronymic is empty, too long, or has invisible characters.
    #[error("the patronymic cannot stand in a request")]
    Patronymic,
}

impl Person {
    /// Puts a person together, if the names can stand in a request.
    ///
    /// # Errors
    /// [`NotAPerson`] names the part that cannot.
    pub fn new(
        iin: Iin,
        surname: String,
        name: String,
        patronymic: Option<String>,
    ) -> Result<Self, NotAPerson> {
        let person = Self { iin, surname, name, patronymic };
        person.check()?;
        Ok(person)
    }

    pub(super) fn check(&self) -> Result<(), NotAPerson> {
        let fits = |text: &str| {
            (1..=MAX_NAME).contains(&text.chars().count())
                && !text.chars().any(is_invisible)
                && text.trim() == text
        };
        if !fits(&self.surname) {
            Err(NotAPerson::Surname)
        } else if !fits(&self.name) {
            Err(NotAPerson::Name)
        } else if !self.patronymic.as_deref().is_none_or(fits) {
            Err(NotAPerson::Patronymic)
        } else {
            Ok(())
        }
    }

    /// `SURNAME NAME`, cut at the 64 characters that X.520 grants a common name. That loses nothing: the surname
    /// stands in full beside it, and it is the IIN by which the authority knows the person.
    #[must_use]
    pub fn common_name(&self) -> String {
        let whole = format!("{} {}", self.surname, self.name);
        whole.chars().take(MAX_NAME).collect::<String>().trim_end().to_owned()
    }

    /// The subject as the NCA has it: CN, SURNAME, SERIALNUMBER, C, and the patronymic as G.
    pub(super) fn to_name(&self) -> Result<RdnSequence, der::Error> {
        let mut parts = vec![
            utf8(rfc4519::CN, &self.common_name())?,
            utf8(rfc4519::SN, &self.surname)?,
            printable(rfc4519::SERIAL_NUMBER, &format!("{IIN_MARK}{}", self.iin.expose()))?,
            printable(rfc4519::C, "KZ")?,
        ];
        if let Some(patronymic) = &self.patronymic {
            parts.push(utf8(rfc4519::GIVEN_NAME, patronymic)?);
        }
        Ok(RdnSequence(parts))
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({})", self.iin.masked())
    }
}

fn utf8(oid: ObjectIdentifier, text: &str) -> Result<RelativeDistinguishedName, der::Error> {
    part(oid, Any::encode_from(&Utf8StringRef::new(text)?)?)
}

fn printable(oid: ObjectIdentifier, text: &str) -> Result<RelativeDistinguishedName, der::Error> {
    part(oid, Any::encode_from(&PrintableStringRef::new(text)?)?)
}

fn part(oid: ObjectIdentifier, value: Any) -> Result<RelativeDistinguishedName, der::Error> {
    let attribute = AttributeTypeAndValue { oid, value };
    Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![attribute])?))
}

/// The name of a holder or an authority as plain data. Attributes that Tanba does not use are left out; the order of
/// the others, which differs from issue to issue, does not matter.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// CN: `SURNAME NAME`, or the name of an organisation, a system or an authority.
    pub common_name: Option<String>,
    /// SURNAME.
    pub surname: Option<String>,
    /// G. It holds the patronymic: in the NCA's profile the given name stands only in CN.
    pub patronymic: Option<String>,
    /// The twelve digits after `IIN` in SERIALNUMBER. They are not checked further: test authorities use invented
    /// ones.
    pub iin: Option<String>,
    /// The twelve digits after `BIN` in OU.
    pub bin: Option<String>,
    /// O: the organisation.
    pub organisation: Option<String>,
    /// C: two letters.
    pub country: Option<String>,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(…)")
    }
}

impl Subject {
    /// Reads a name. An attribute of ours that comes twice is refused: two readers could take different ones.
    pub(super) fn read(name: &RdnSequence) -> Result<Self, der::Error> {
        let mut subject = Self::default();
        let attributes = name.0.iter().flat_map(|part| part.0.iter());
        for (at, attribute) in attributes.enumerate() {
            if at >= MAX_ATTRIBUTES {
                return Err(der::ErrorKind::Failed.into());
            }
            let place = match attribute.oid {
                rfc4519::CN => &mut subject.common_name,
                rfc4519::SN => &mut subject.surname,
                rfc4519::GIVEN_NAME => &mut subject.patronymic,
                rfc4519::SERIAL_NUMBER => &mut subject.iin,
                rfc4519::OU => &mut subject.bin,
                rfc4519::O => &mut subject.organisation,
                rfc4519::C => &mut subject.country,
                _ => continue,
            };
            let text = text(&attribute.value, MAX_READ)?;
            let text = match attribute.oid {
                rfc4519::SERIAL_NUMBER => digits_after(IIN_MARK, &text),
                rfc4519::OU => digits_after(BIN_MARK, &text),
                _ => Some(text),
            };
            if let Some(text) = text
                && place.replace(text).is_some()
            {
                return Err(der::ErrorKind::Failed.into());
            }
        }
        Ok(subject)
    }
}

/// The twelve digits after a mark.
fn digits_after(mark: &str, text: &str) -> Option<String> {
    let digits = text.strip_prefix(mark)?;
    (digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.to_owned())
}

/// Characters that change what people see and cannot be seen themselves: controls, spaces without width, and marks that
/// turn the direction of writing. No name in this infrastructure needs them.
pub(super) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// Reads any of the string types that names use. Invisible characters are refused: names are shown to people.
pub(super) fn text(value: &Any, max: usize) -> Result<String, der::Error> {
    let text = string(value).ok_or_else(|| value.tag().value_error())?;
    if text.chars().count() > max || text.chars().any(is_invisible) {
        return Err(der::ErrorKind::Failed.into());
    }
    Ok(text)
}

/// The text of any string type, with whatever characters it has; `None` if it is no string or not well formed.
///
/// TeletexString is read as Latin-1: that is what its writers of the last thirty years have meant, not T.61. The
/// smaller alphabets of PrintableString and NumericString are not enforced: `@` and `_` stand in many a certificate.
pub(super) fn string(value: &Any) -> Option<String> {
    let tag = value.tag();
    if tag == Tag::Utf8String {
        Some(value.decode_as::<Utf8StringRef<'_>>().ok()?.as_str().to_owned())
    } else if ASCII.contains(&tag) {
        let bytes = value.value();
        bytes.is_ascii().then(|| bytes.iter().copied().map(char::from).collect())
    } else if tag == Tag::TeletexString {
        Some(value.value().iter().copied().map(char::from).collect())
    } else if tag == Tag::BmpString {
        Some(value.decode_as::<BmpString>().ok()?.to_string())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use der::asn1::{Ia5StringRef, OctetStringRef, TeletexStringRef};

    use super::*;

    fn surname(value: Any) -> Option<Subject> {
        Subject::read(&RdnSequence(vec![part(rfc4519::SN, value).unwrap()])).ok()
    }

    #[test]
    fn every_string_type_of_names_is_read() {
        for (value, expected) in [
            (Any::encode_from(&Utf8StringRef::new("Ұзақ").unwrap()), "Ұзақ"),
            (Any::encode_from(&PrintableStringRef::new("Uzak").unwrap()), "Uzak"),
            (Any::encode_from(&Ia5StringRef::new("Uzak@").unwrap()), "Uzak@"),
            (Any::encode_from(&TeletexStringRef::new("Uzak").unwrap()), "Uzak"),
            (Any::encode_from(&BmpString::from_utf8("Ұзақ").unwrap()), "Ұзақ"),
        ] {
            assert_eq!(surname(value.unwrap()).unwrap().surname.as_deref(), Some(expected));
        }
        let octets = Any::encode_from(&OctetStringRef::new(b"Uzak").unwrap()).unwrap();
        assert_eq!(surname(octets), None);
    }

    #[test]
    fn a_name_that_would_deceive_the_eye_or_the_memory_is_refused() {
        let utf8 = |text: &str| Any::encode_from(&Utf8StringRef::new(text).unwrap()).unwrap();
        for hidden in ['\n', '\0', '\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}'] {
            assert_eq!(surname(utf8(&format!("A{hidden}B"))), None, "{hidden:?}");
        }
        assert_eq!(surname(utf8(&"A".repeat(513))), None);
        assert!(surname(utf8(&"A".repeat(512))).is_some());
        let unknown = ObjectIdentifier::new_unwrap("1.2.3.4");
        let many = |count| RdnSequence(vec![part(unknown, utf8("A")).unwrap(); count]);
        assert_eq!(Subject::read(&many(32)).ok(), Some(Subject::default()));
        assert!(Subject::read(&many(33)).is_err());
    }

    #[test]
    fn marks_without_their_digits_name_nobody() {
        for text in [
            "IIN12345678901",
            "IIN1234567890123",
            "IIN12345678901a",
            "900101300176",
            "iin900101300176",
        ] {
            let value = Any::encode_from(&PrintableStringRef::new(text).unwrap()).unwrap();
            let name = RdnSequence(vec![part(rfc4519::SERIAL_NUMBER, value).unwrap()]);
            assert_eq!(Subject::read(&name).unwrap().iin, None, "{text}");
        }
    }
}
