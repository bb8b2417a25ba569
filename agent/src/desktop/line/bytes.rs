//! Bytes on a line, in base64: a picture as a list of numbers would be three times as long.

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

pub(in crate::desktop) fn serialize<S: Serializer>(
    bytes: &[u8],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&Base64::encode_string(bytes))
}

pub(in crate::desktop) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Base64::decode_vec(&text).map_err(|_| D::Error::custom("not base64"))
}
