//! Looks for secrets where none may be: in logs, in answers, in files.
//!
//! A secret is looked for as it is, and in every form in which a program might carry it along unawares.

use std::fs;
use std::path::Path;

use base64ct::{Base64, Encoding};

/// A secret of a test, and what it is called in a complaint.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    name: &'static str,
    text: String,
}

impl Secret {
    /// A secret by its name.
    pub(crate) fn new(name: &'static str, text: &str) -> Self {
        assert!(text.len() >= 4, "{name} is too short to be looked for");
        Self { name, text: text.to_owned() }
    }

    /// The forms in which it may appear, by their names.
    fn forms(&self) -> Vec<(&'static str, Vec<u8>)> {
        let bytes = self.text.as_bytes();
        let wide: Vec<u8> = self.text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let narrow: Vec<u8> = self.text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let escaped: String = self
            .text
            .encode_utf16()
            .map(|unit| match u8::try_from(unit) {
                Ok(ascii) if ascii.is_ascii() => char::from(ascii).to_string(),
                Ok(_) | Err(_) => format!("\\u{unit:04x}"),
            })
            .collect();
        let mut forms = vec![
            ("as it is", bytes.to_vec()),
            ("as a BMPString", wide),
            ("as UTF-16", narrow),
            ("escaped", escaped.into_bytes()),
        ];
        // Four digits are found in every other number once they are written as hexadecimal or base64.
        if bytes.len() >= 6 {
            forms.push(("in hexadecimal", hex::encode(bytes).into_bytes()));
            forms.push(("in hexadecimal", hex::encode_upper(bytes).into_bytes()));
            forms.extend((0..3).map(|before| ("in base64", inside_base64(bytes, before))));
        }
        forms
    }
}

/// What a text leaves in base64 whatever stands before and after it, when `before` bytes stand before it.
fn inside_base64(bytes: &[u8], before: usize) -> Vec<u8> {
    let mut padded = vec![0; before];
    padded.extend_from_slice(bytes);
    let encoded = Base64::encode_string(&padded);
    // The first characters mix with what stands before, the last ones with what follows.
    let first = (before * 8).div_ceil(6);
    let last = (padded.len() * 8) / 6;
    encoded.as_bytes()[first..last].to_vec()
}

/// Secrets in a text or in bytes, as complaints.
pub(crate) fn in_bytes(place: &str, bytes: &[u8], secrets: &[Secret]) -> Vec<String> {
    let mut found = Vec::new();
    for secret in secrets {
        // One complaint for each secret: some of its forms may be the same.
        if let Some((form, _)) = secret.forms().iter().find(|(_, needle)| occurs(bytes, needle)) {
            found.push(format!("{place}: {} {form}", secret.name));
        }
    }
    found
}

/// Secrets in the files of a folder and below, and in their names.
pub(crate) fn in_folder(folder: &Path, secrets: &[Secret]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        let own = path.file_name().unwrap().to_string_lossy().into_owned();
        found.extend(in_bytes(&format!("the name {name}"), own.as_bytes(), secrets));
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            found.extend(in_folder(&path, secrets));
        } else if kind.is_file() {
            found.extend(in_bytes(&name, &fs::read(&path).unwrap(), secrets));
        }
    }
    found
}

/// Whether a secret occurs. One that is only digits must stand alone: as a part of a longer number, or as a port
/// after an address, it is another number that happens to have the same digits.
fn occurs(bytes: &[u8], needle: &[u8]) -> bool {
    let number = needle.iter().all(u8::is_ascii_digit);
    bytes.windows(needle.len()).enumerate().any(|(at, window)| {
        window == needle && !(number && is_part(&bytes[..at], &bytes[at + needle.len()..]))
    })
}

fn is_part(before: &[u8], after: &[u8]) -> bool {
    let joins = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.' || *byte == b'-';
    let port = matches!(before, [.., host, b':'] if host.is_ascii_alphanumeric() || *host == b']');
    port || before.last().is_some_and(joins)
        // A sentence may end after a secret; a number goes on with a digit.
        || matches!(after, [first, ..] if first.is_ascii_alphanumeric())
        || matches!(after, [b'.' | b'-', next, ..] if next.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaks(text: &[u8]) -> bool {
        let secrets = [Secret::new("the password", "Қанат7Zx"), Secret::new("the PIN", "0739")];
        !in_bytes("here", text, &secrets).is_empty()
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        let secret = "Қанат7Zx";
        assert!(leaks(format!("password={secret};").as_bytes()));
        assert!(leaks(r#"{"p":"\u049a\u0430\u043d\u0430\u04427Zx"}"#.as_bytes()));
        assert!(leaks(hex::encode(secret).as_bytes()));
        let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(leaks(&wide));
        for before in ["", "x", "xy", "xyz", "{\"password\":\""] {
            for after in ["", "}", "\"}"] {
                let encoded = Base64::encode_string(format!("{before}{secret}{after}").as_bytes());
                assert!(leaks(encoded.as_bytes()), "{before}…{after}");
            }
        }
    }

    #[test]
    fn digits_are_found_when_they_stand_alone() {
        for text in ["pin=0739", "{\"pin\":\"0739\"}", "the PIN 0739.", "[0739]", "\"code\":0739}"]
        {
            assert!(leaks(text.as_bytes()), "{text}");
        }
        for text in ["127.0.0.1:0739", "10739", "07390", "3.0739", "0739.5", "a0739", "2026-0739"] {
            assert!(!leaks(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn secrets_are_found_in_files_and_in_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("below");
        fs::create_dir(&below).unwrap();
        fs::write(below.join("log"), "Парольдің өзі: Қанат7Zx").unwrap();
        fs::write(folder.path().join("0739"), "").unwrap();
        let secrets = [Secret::new("the password", "Қанат7Zx"), Secret::new("the PIN", "0739")];
        let found = in_folder(folder.path(), &secrets);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(in_folder(&below, &secrets[1..]), Vec::<String>::new());
    }
}
