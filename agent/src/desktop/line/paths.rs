//! Paths within JSON lines: hexadecimal digits, since on Unix a path is bytes, of which not all are UTF-8.

use std::path::{Path, PathBuf};

use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

use super::NotALine;

/// The digits of a path.
pub(super) fn digits(path: &Path) -> String {
    hex::encode(path.as_os_str().as_encoded_bytes())
}

/// Reads the digits of an absolute path.
pub(super) fn absolute(digits: &[u8]) -> Result<PathBuf, NotALine> {
    let path = read(digits)?;
    if path.is_absolute() { Ok(path) } else { Err(NotALine) }
}

fn read(digits: &[u8]) -> Result<PathBuf, NotALine> {
    path_of(hex::decode(digits).map_err(|_| NotALine)?)
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "the same function fails on other systems")]
fn path_of(bytes: Vec<u8>) -> Result<PathBuf, NotALine> {
    use std::os::unix::ffi::OsStringExt as _;
    Ok(std::ffi::OsString::from_vec(bytes).into())
}

/// Elsewhere std keeps its encoding to itself; a name with half a surrogate pair in it is refused.
#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> Result<PathBuf, NotALine> {
    String::from_utf8(bytes).map(PathBuf::from).map_err(|_| NotALine)
}

/// For fields that are a path.
pub(in super::super) mod one {
    use super::*;

    pub(in super::super::super) fn serialize<S: Serializer>(
        path: &Path,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&digits(path))
    }

    pub(in super::super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<PathBuf, D::Error> {
        let text = String::deserialize(deserializer)?;
        absolute(text.as_bytes()).map_err(serde::de::Error::custom)
    }
}

/// For fields that are lists of paths.
pub(in super::super) mod list {
    use super::*;

    pub(in super::super::super) fn serialize<S: Serializer>(
        paths: &[PathBuf],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(paths.iter().map(|path| digits(path)))
    }

    pub(in super::super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<PathBuf>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| read(text.as_bytes()).map_err(serde::de::Error::custom)).collect()
    }
}

/// For fields that may be a path.
pub(in super::super) mod optional {
    use super::*;

    #[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
    pub(in super::super::super) fn serialize<S: Serializer>(
        path: &Option<PathBuf>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        path.as_deref().map(digits).serialize(serializer)
    }

    pub(in super::super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| read(text.as_bytes()).map_err(serde::de::Error::custom)).transpose()
    }
}
