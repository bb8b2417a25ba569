//! What a file holds, decrypted: its safes and bags in their order, so that a file can be written again with nothing
//! lost.

use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use zeroize::Zeroizing;

use super::bag::{self, Attribute};

/// A whole file.
pub(super) struct Contents {
    /// Whether a MAC vouched for it.
    pub(super) has_mac: bool,
    pub(super) safes: Vec<Safe>,
}

pub(super) enum Safe {
    Read {
        encrypted: bool,
        bags: Vec<Bag>,
    },
    /// Encrypted in a way that is not read here.
    Unread {
        why: &'static str,
    },
}

pub(super) struct Bag {
    pub(super) id: ObjectIdentifier,
    pub(super) value: Value,
    /// The SET of attributes in DER, as it was found.
    pub(super) attributes: Option<Vec<u8>>,
}

pub(super) enum Value {
    /// `PrivateKeyInfo` in DER, whether it was encrypted by itself or not.
    Key(Zeroizing<Vec<u8>>),
    /// An X.509 certificate, whatever its bytes are.
    Certificate(Vec<u8>),
    /// Bags within the bag.
    Bags(Vec<Bag>),
    /// Anything else, in DER.
    Other(Zeroizing<Vec<u8>>),
    /// A key encrypted in a way that is not read here.
    Unread { why: &'static str },
}

impl Contents {
    /// Whether both hold the same. How their parts are encrypted does not count, nor does a MAC.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.safes.len() == other.safes.len()
            && self.safes.iter().zip(&other.safes).all(|(one, other)| match (one, other) {
                (
                    Safe::Read { encrypted: one, bags: ones },
                    Safe::Read { encrypted: other, bags: others },
                ) => one == other && same_bags(ones, others),
                (Safe::Unread { .. }, _) | (_, Safe::Unread { .. }) => false,
            })
    }
}

fn same_bags(ones: &[Bag], others: &[Bag]) -> bool {
    ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| one.same_as(other))
}

impl Bag {
    fn same_as(&self, other: &Self) -> bool {
        let same_id = self.id == other.id;
        let same_value = match (&self.value, &other.value) {
            // A bag with a plain key becomes one with an encrypted key.
            (Value::Key(one), Value::Key(other)) => **one == **other,
            (Value::Certificate(one), Value::Certificate(other)) => one == other,
            (Value::Bags(ones), Value::Bags(others)) => same_bags(ones, others),
            (Value::Other(one), Value::Other(other)) => same_id && **one == **other,
            (
                Value::Key(_)
                | Value::Certificate(_)
                | Value::Bags(_)
                | Value::Other(_)
                | Value::Unread { .. },
                _,
            ) => false,
        };
        same_value && self.attributes == other.attributes
    }

    /// The name that programs show; empty if there is none that can be read.
    pub(super) fn friendly_name(&self) -> String {
        self.attribute(bag::FRIENDLY_NAME, text).unwrap_or_default()
    }

    /// What ties a key to its certificate, if anything does.
    pub(super) fn local_key_id(&self) -> Option<Vec<u8>> {
        let octets = |value: AnyRef<'_>| {
            Some(value.decode_as::<OctetStringRef<'_>>().ok()?.as_bytes().to_vec())
        };
        self.attribute(bag::LOCAL_KEY_ID, octets)
    }

    /// The first value of an attribute, read by `read`.
    fn attribute<T>(
        &self,
        id: ObjectIdentifier,
        read: impl Fn(AnyRef<'_>) -> Option<T>,
    ) -> Option<T> {
        let set = AnyRef::from_der(self.attributes.as_deref()?).ok()?;
        let mut reader = SliceReader::new(set.value()).ok()?;
        while !reader.is_finished() {
            let attribute = Attribute::decode(&mut reader).ok()?;
            if attribute.id == id && attribute.values.tag() == Tag::Set {
                let mut values = SliceReader::new(attribute.values.value()).ok()?;
                return read(AnyRef::decode(&mut values).ok()?);
            }
        }
        None
    }
}

/// A BMPString, with surrogates as OpenSSL and Java write them, or what others put there.
fn text(value: AnyRef<'_>) -> Option<String> {
    let (tag, bytes) = (value.tag(), value.value());
    if tag == Tag::BmpString {
        let units = bytes.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
        return String::from_utf16(&units.collect::<Vec<_>>())
            .ok()
            .filter(|_| bytes.len() % 2 == 0);
    }
    let is_text = [Tag::Utf8String, Tag::PrintableString, Tag::Ia5String].contains(&tag);
    String::from_utf8(bytes.to_vec()).ok().filter(|_| is_text)
}
