//! Distinguished names: as they came, as text, and whether two of them are the same.

use std::fmt::{self, Write as _};

use const_oid::ObjectIdentifier;
use const_oid::db::{rfc3280, rfc4519};
use der::{Decode, Encode};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::RdnSequence;

use super::name;

/// More parts than any name needs; the same bound as for [`Subject`](super::Subject).
const MAX_PARTS: usize = 32;

/// A name of a holder or an authority (RFC 5280, section 4.1.2.4), all of it.
///
/// Two names are equal if their parts are equal in order, and within a part of several attributes the attributes in
/// any order. Texts are compared as RFC 5280, section 7.1, asks as far as it matters here: whatever string type holds
/// them, without regard to case, and with white space trimmed and joined. Without this, an authority that writes its
/// own name as PrintableString in its certificate and as UTF8String in those that it issues would be no issuer.
/// Compatibility forms of Unicode (RFC 4518's NFKC) are *not* joined: two names that only look alike stay two names,
/// which at worst leaves a chain unbuilt. The name alone never vouches for anything: a signature must verify too.
#[derive(Clone)]
pub struct DistinguishedName {
    der: Vec<u8>,
    parts: Vec<Vec<Part>>,
}

#[derive(Clone)]
struct Part {
    oid: ObjectIdentifier,
    text: Option<String>,
    /// What is compared: folded text, or the value's DER where it is no text.
    folded: Folded,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Folded {
    Text(String),
    Other(Vec<u8>),
}

impl DistinguishedName {
    /// Reads a `Name` in DER.
    pub(super) fn read(der: &[u8]) -> Result<Self, der::Error> {
        let sequence = RdnSequence::from_der(der)?;
        let count: usize = sequence.0.iter().map(|part| part.0.len()).sum();
        if count > MAX_PARTS {
            return Err(der::ErrorKind::Failed.into());
        }
        let parts = sequence
            .0
            .iter()
            .map(|part| part.0.iter().map(Part::read).collect())
            .collect::<Result<_, _>>()?;
        Ok(Self { der: der.to_vec(), parts })
    }

    /// The name in DER, byte by byte as it came: OCSP hashes it (RFC 6960, section 4.1.1).
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether it has no parts, as RFC 5280 allows for subjects that only have alternative names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The texts of one kind of attribute, in order.
    pub fn values(&self, oid: ObjectIdentifier) -> impl Iterator<Item = &str> {
        let parts = self.parts.iter().flatten().filter(move |part| part.oid == oid);
        parts.filter_map(|part| part.text.as_deref())
    }

    /// Whether this name lies within the subtree of `root`: begins with all of its parts (RFC 5280, section
    /// 4.2.1.10).
    #[must_use]
    pub fn is_within(&self, root: &Self) -> bool {
        root.parts.len() <= self.parts.len()
            && root.parts.iter().zip(&self.parts).all(|(a, b)| same_part(a, b))
    }
}

impl PartialEq for DistinguishedName {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der || (self.parts.len() == other.parts.len() && self.is_within(other))
    }
}

impl Eq for DistinguishedName {}

impl fmt::Debug for DistinguishedName {
    /// The text is left out: names of people are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DistinguishedName(…)")
    }
}

impl fmt::Display for DistinguishedName {
    /// As NCALayer prints names: `CN=…,SURNAME=…,SERIALNUMBER=IIN…,C=KZ,G=…`, in the order of the certificate,
    /// special characters escaped as RFC 4514, section 2.4, has it, and characters that cannot be seen as `\XX`
    /// of their UTF-8 bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 {
                f.write_char(',')?;
            }
            for (at, attribute) in part.iter().enumerate() {
                if at > 0 {
                    f.write_char('+')?;
                }
                attribute.write(f)?;
            }
        }
        Ok(())
    }
}

impl Part {
    fn read(attribute: &AttributeTypeAndValue) -> Result<Self, der::Error> {
        let text = name::string(&attribute.value);
        let folded = match &text {
            Some(text) => Folded::Text(fold(text)),
            None => Folded::Other(attribute.value.to_der()?),
        };
        Ok(Self { oid: attribute.oid, text, folded })
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match label(self.oid) {
            Some(label) => f.write_str(label)?,
            None => write!(f, "{}", self.oid)?,
        }
        f.write_char('=')?;
        match (&self.text, &self.folded) {
            (Some(text), _) | (None, Folded::Text(text)) => write_escaped(f, text),
            (None, Folded::Other(der)) => {
                f.write_char('#')?;
                der.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

fn same_part(a: &[Part], b: &[Part]) -> bool {
    let sorted = |part: &[Part]| {
        let mut keys: Vec<_> =
            part.iter().map(|one| (one.oid.to_string(), one.folded.clone())).collect();
        keys.sort_unstable();
        keys
    };
    match (a, b) {
        ([a], [b]) => a.oid == b.oid && a.folded == b.folded,
        _ => a.len() == b.len() && sorted(a) == sorted(b),
    }
}

/// Case and white space do not distinguish names.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

/// The short names that NCALayer prints.
fn label(oid: ObjectIdentifier) -> Option<&'static str> {
    let labels = [
        (rfc4519::CN, "CN"),
        (rfc4519::SN, "SURNAME"),
        (rfc4519::SERIAL_NUMBER, "SERIALNUMBER"),
        (rfc4519::C, "C"),
        (rfc4519::L, "L"),
        (rfc4519::ST, "S"),
        (rfc4519::STREET, "STREET"),
        (rfc4519::O, "O"),
        (rfc4519::OU, "OU"),
        (rfc4519::TITLE, "T"),
        (rfc4519::GIVEN_NAME, "G"),
        (rfc4519::BUSINESS_CATEGORY, "BUSINESSCATEGORY"),
        (rfc4519::DC, "DC"),
        (rfc4519::UID, "UID"),
        (rfc3280::EMAIL_ADDRESS, "E"),
    ];
    labels.into_iter().find(|(known, _)| *known == oid).map(|(_, label)| label)
}

fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let last = text.chars().count().saturating_sub(1);
    for (at, character) in text.chars().enumerate() {
        let escaped = match character {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => true,
            ' ' => at == 0 || at == last,
            '#' => at == 0,
            _ => false,
        };
        if name::is_invisible(character) {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                write!(f, "\\{byte:02x}")?;
            }
            continue;
        }
        if escaped {
            f.write_char('\\')?;
        }
        f.write_char(character)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use der::Any;
    use der::asn1::{OctetStringRef, PrintableStringRef, SetOfVec, Utf8StringRef};
    use x509_cert::name::RelativeDistinguishedName;

    use super::*;

    fn utf8(text: &str) -> Any {
        Any::encode_from(&Utf8StringRef::new(text).unwrap()).unwrap()
    }

    fn printable(text: &str) -> Any {
        Any::encode_from(&PrintableStringRef::new(text).unwrap()).unwrap()
    }

    fn name(parts: &[&[(ObjectIdentifier, Any)]]) -> DistinguishedName {
        let part = |attributes: &&[(ObjectIdentifier, Any)]| {
            let attributes = attributes
                .iter()
                .map(|(oid, value)| AttributeTypeAndValue { oid: *oid, value: value.clone() });
            let set = SetOfVec::try_from(attributes.collect::<Vec<_>>()).unwrap();
            RelativeDistinguishedName(set)
        };
        let sequence = RdnSequence(parts.iter().map(part).collect());
        DistinguishedName::read(&sequence.to_der().unwrap()).unwrap()
    }

    #[test]
    fn names_are_the_same_whatever_holds_them_and_however_they_are_spaced() {
        let one = name(&[&[(rfc4519::CN, utf8("Test  CA"))], &[(rfc4519::C, printable("KZ"))]]);
        let two =
            name(&[&[(rfc4519::CN, printable(" TEST ca "))], &[(rfc4519::C, printable("kz"))]]);
        assert_eq!(one, two);
        assert_ne!(one.der(), two.der());
        for other in [
            name(&[&[(rfc4519::C, printable("KZ"))], &[(rfc4519::CN, utf8("Test CA"))]]),
            name(&[&[(rfc4519::CN, utf8("TestCA"))], &[(rfc4519::C, printable("KZ"))]]),
            name(&[&[(rfc4519::O, utf8("Test CA"))], &[(rfc4519::C, printable("KZ"))]]),
            name(&[&[(rfc4519::CN, utf8("Test CA"))]]),
            name(&[]),
        ] {
            assert_ne!(one, other);
        }
        let octets = Any::encode_from(&OctetStringRef::new(b"Test CA").unwrap()).unwrap();
        assert_ne!(name(&[&[(rfc4519::CN, octets)]]), name(&[&[(rfc4519::CN, utf8("Test CA"))]]));
    }

    #[test]
    fn a_part_of_several_attributes_has_no_order() {
        let (cn, o) = ([(rfc4519::CN, utf8("A"))], [(rfc4519::O, utf8("B"))]);
        let (both, reverse) = ([cn[0].clone(), o[0].clone()], [o[0].clone(), cn[0].clone()]);
        assert_eq!(name(&[&both]), name(&[&reverse]));
        assert_ne!(name(&[&both]), name(&[&cn, &o]));
        assert!(name(&[&cn, &o]).is_within(&name(&[&cn])));
        assert!(!name(&[&o, &cn]).is_within(&name(&[&cn])));
    }

    #[test]
    fn a_name_is_printed_as_ncalayer_does_and_hides_nothing() {
        let printed = name(&[
            &[(rfc4519::CN, utf8("ТЕСТОВ ТЕСТ"))],
            &[(rfc4519::SN, utf8("ТЕСТОВ"))],
            &[(rfc4519::SERIAL_NUMBER, printable("IIN123456789011"))],
            &[(rfc4519::C, printable("KZ"))],
            &[(rfc4519::O, utf8("АО \"ТЕСТ\", филиал"))],
            &[(rfc4519::GIVEN_NAME, utf8("A\u{202e}B"))],
            &[(ObjectIdentifier::new_unwrap("1.2.3.4"), Any::null())],
        ])
        .to_string();
        assert_eq!(
            printed,
            "CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ,\
             O=АО \\\"ТЕСТ\\\"\\, филиал,G=A\\e2\\80\\aeB,1.2.3.4=#0500"
        );
        assert_eq!(format!("{:?}", name(&[])), "DistinguishedName(…)");
    }

    #[test]
    fn too_many_parts_are_refused() {
        let unknown = ObjectIdentifier::new_unwrap("1.2.3.4");
        let part = [(unknown, utf8("A"))];
        let many = |count: usize| {
            let attribute = AttributeTypeAndValue { oid: unknown, value: part[0].1.clone() };
            let one = RelativeDistinguishedName(SetOfVec::try_from(vec![attribute]).unwrap());
            DistinguishedName::read(&RdnSequence(vec![one; count]).to_der().unwrap())
        };
        assert!(many(32).is_ok() && many(33).is_err());
    }
}
