//! Certificates in the clothes in which they lie about: DER, PEM, and base64 without any armour.

use base64ct::{Base64, Base64Unpadded, Encoding};

use super::{Certificate, MAX_CERTIFICATE, NotACertificate};

/// Files with certificates that are larger are not read: a bundle of all roots of a browser has 250 kB.
pub const MAX_BUNDLE: usize = 4 * 1024 * 1024;

/// More certificates in one file are not read.
const MAX_CERTIFICATES: usize = 1024;

const BEGIN: &str = "-----BEGIN ";
const LABELS: [&str; 2] = ["CERTIFICATE-----", "X509 CERTIFICATE-----"];

impl Certificate {
    /// Reads one certificate in DER, PEM (RFC 7468) or bare base64, with any line ends.
    ///
    /// # Errors
    /// Those of [`Certificate::parse`]; [`NotACertificate::Malformed`] if there is none and
    /// [`NotACertificate::Several`] if there is more than one.
    pub fn from_pem_or_der(bytes: &[u8]) -> Result<Self, NotACertificate> {
        let mut found = cut(bytes)?;
        match (found.pop(), found.is_empty()) {
            (Some(der), true) => Self::parse(&der),
            (Some(_), false) => Err(NotACertificate::Several),
            (None, _) => Err(NotACertificate::Malformed),
        }
    }

    /// Reads all certificates of a file, in its order: one in DER or bare base64, or any number in PEM, where text
    /// between them and armour with other labels (keys, revocation lists) is passed over. At least one.
    ///
    /// # Errors
    /// Those of [`Certificate::parse`], for the first certificate that has one.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, NotACertificate> {
        cut(bytes)?.iter().map(|der| Self::parse(der)).collect()
    }
}

/// Takes the clothes off. At least one element comes back, and what it is remains to be seen.
fn cut(bytes: &[u8]) -> Result<Vec<Vec<u8>>, NotACertificate> {
    if bytes.len() > MAX_BUNDLE {
        return Err(NotACertificate::TooLarge);
    }
    // 0x30 is SEQUENCE in DER and the digit 0 in text, where a certificate in base64 begins with M.
    if bytes.first() == Some(&0x30) {
        return Ok(vec![bytes.to_vec()]);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| NotACertificate::Malformed)?;
    let text = text.trim_start_matches('\u{feff}');
    let found = if text.contains(BEGIN) { armoured(text)? } else { vec![decode(text)?] };
    if found.is_empty() { Err(NotACertificate::Malformed) } else { Ok(found) }
}

fn armoured(text: &str) -> Result<Vec<Vec<u8>>, NotACertificate> {
    let mut found = Vec::new();
    for block in text.split(BEGIN).skip(1) {
        let Some(content) = LABELS.iter().find_map(|label| block.strip_prefix(label)) else {
            continue;
        };
        let (content, _) = content.split_once("-----END ").ok_or(NotACertificate::Malformed)?;
        found.push(decode(content)?);
        if found.len() > MAX_CERTIFICATES {
            return Err(NotACertificate::TooLarge);
        }
    }
    Ok(found)
}

fn decode(text: &str) -> Result<Vec<u8>, NotACertificate> {
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    if packed.len() > MAX_CERTIFICATE * 4 / 3 + 4 {
        return Err(NotACertificate::TooLarge);
    }
    Base64::decode_vec(&packed)
        .or_else(|_| Base64Unpadded::decode_vec(&packed))
        .map_err(|_| NotACertificate::Malformed)
}
