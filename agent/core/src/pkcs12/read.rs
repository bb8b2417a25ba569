//! From bytes to what a file holds.

use std::borrow::Cow;

use der::asn1::OctetStringRef;
use der::{AnyRef, Decode, Encode, Tag, Tagged};
use pkcs8::PrivateKeyInfo;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::bag::{
    self, CertificateBag, ContentInfo, EncryptedData, EncryptedPrivateKeyInfo, Pfx, SafeBag,
};
use super::contents::{Bag, Contents, Safe, Value};
use super::pbe::{Budget, Decryption};
use super::spelling::Spelling;
use super::{OpenError, damaged, mac};
use crate::ber::{self, Limits, NotBer};
use crate::secret::Password;

/// Honest files have some kilobytes.
const MAX_FILE: usize = 4 * 1024 * 1024;
const LIMITS: Limits = Limits { bytes: MAX_FILE, depth: 32, elements: 64 * 1024 };

/// Safes in a file, bags in all safes together, keys among them, and safes within safes.
const MAX_SAFES: usize = 64;
const MAX_BAGS: usize = 512;
const MAX_KEYS: usize = 64;
const MAX_DEPTH: usize = 4;

/// The encrypted content of a safe (RFC 5652, section 6.1) from the AuthenticatedSafe down.
const ENCRYPTED_CONTENT: &[u8] = &[0x30, 0x30, 0xa0, 0x30, 0x30, 0xa0];

/// Reads and decrypts a file.
pub(super) fn read(bytes: &[u8], password: &Password) -> Result<Contents, OpenError> {
    if bytes.len() > MAX_FILE {
        return Err(OpenError::Unsupported { what: "files of more than 4 MiB" });
    }
    let what = "the outer structure";
    let bytes = der(bytes, &[], what)?;
    let file = Pfx::from_der(&bytes).map_err(damaged(what))?;
    if file.version != 3 {
        return Err(OpenError::Unsupported { what: "the version of the file" });
    }
    if file.auth_safe.content_type != bag::DATA {
        return Err(OpenError::Unsupported { what: "integrity by a signature" });
    }
    let safe = octets(&file.auth_safe, "the safe")?;
    let mut budget = Budget::new();
    let Some(mac) = file.mac_data else {
        return read_without_mac(safe, password, &mut budget);
    };
    let spelling = match mac::verify(&mac, password, safe, &mut budget) {
        // A broken structure is damage under any password.
        Err(OpenError::WrongPassword) => {
            let safe = authenticated(safe)?;
            let parts = parts(&safe)?;
            return Err(parts
                .iter()
                .find_map(|part| encrypted(part).err())
                .unwrap_or(OpenError::WrongPassword));
        }
        other => other?,
    };
    Reader::new(password, &spelling, true, &mut budget).read(safe)
}

/// Nothing vouches for the password then but that what it decrypts makes sense.
fn read_without_mac(
    safe: &[u8],
    password: &Password,
    budget: &mut Budget,
) -> Result<Contents, OpenError> {
    for spelling in Spelling::all(password) {
        match Reader::new(password, &spelling, false, budget).read(safe) {
            Err(OpenError::WrongPassword) => {}
            other => return other,
        }
    }
    Err(OpenError::WrongPassword)
}

/// Makes BER DER.
fn der<'a>(
    bytes: &'a [u8],
    implicit_octets: &[&[u8]],
    what: &'static str,
) -> Result<Cow<'a, [u8]>, OpenError> {
    ber::to_der_with(bytes, LIMITS, implicit_octets).map_err(|error| match error {
        NotBer::TooLong { .. } | NotBer::TooDeep { .. } | NotBer::TooMany { .. } => {
            OpenError::TooExpensive
        }
        NotBer::Truncated { .. }
        | NotBer::Tail { .. }
        | NotBer::Tag { .. }
        | NotBer::Length { .. }
        | NotBer::Segment { .. } => OpenError::Damaged { what },
    })
}

/// The same for what was decrypted: the copy is wiped.
fn secret_der(bytes: &[u8], what: &'static str) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    Ok(Zeroizing::new(der(bytes, &[], what)?.into_owned()))
}

fn octets<'a>(content: &ContentInfo<'a>, what: &'static str) -> Result<&'a [u8], OpenError> {
    let octets: OctetStringRef<'a> = content.content.decode_as().map_err(damaged(what))?;
    Ok(octets.as_bytes())
}

/// `AuthenticatedSafe`, RFC 7292, section 4.1.
fn authenticated(safe: &[u8]) -> Result<Cow<'_, [u8]>, OpenError> {
    der(safe, &[ENCRYPTED_CONTENT], "the safe")
}

fn parts(safe: &[u8]) -> Result<Vec<ContentInfo<'_>>, OpenError> {
    let parts: Vec<ContentInfo<'_>> = Vec::from_der(safe).map_err(damaged("the safe"))?;
    if parts.len() > MAX_SAFES { Err(OpenError::TooExpensive) } else { Ok(parts) }
}

/// The encrypted data of a part, if it is any.
fn encrypted<'a>(part: &ContentInfo<'a>) -> Result<Option<EncryptedData<'a>>, OpenError> {
    if part.content_type != bag::ENCRYPTED_DATA {
        return Ok(None);
    }
    part.content.decode_as().map(Some).map_err(damaged("an encrypted safe"))
}

struct Reader<'a> {
    decryption: Decryption<'a>,
    budget: &'a mut Budget,
    has_mac: bool,
    bags: usize,
    keys: usize,
}

impl<'a> Reader<'a> {
    fn new(
        password: &'a Password,
        spelling: &'a Spelling,
        has_mac: bool,
        budget: &'a mut Budget,
    ) -> Self {
        let decryption = Decryption::new(password, spelling);
        Self { decryption, budget, has_mac, bags: 0, keys: 0 }
    }

    fn read(mut self, safe: &[u8]) -> Result<Contents, OpenError> {
        let safe = authenticated(safe)?;
        let parts = parts(&safe)?;
        let safes = parts.iter().map(|part| self.safe(part)).collect::<Result<_, _>>()?;
        Ok(Contents { has_mac: self.has_mac, safes })
    }

    fn safe(&mut self, part: &ContentInfo<'_>) -> Result<Safe, OpenError> {
        if part.content_type == bag::DATA {
            let bags = self.bags(octets(part, "a safe")?, 0)?;
            return Ok(Safe::Read { encrypted: false, bags });
        }
        let Some(data) = encrypted(part)? else {
            return Ok(Safe::Unread { why: "a safe under a public key" });
        };
        if data.info.content_type != bag::DATA {
            return Ok(Safe::Unread { why: "a kind of encrypted safe" });
        }
        let what = "an encrypted safe";
        match self.decrypt(&data.info.algorithm, data.info.content.as_bytes(), what) {
            Ok(plain) => {
                let bags = self.bags(&plain, 0).map_err(|error| self.doubted(error))?;
                Ok(Safe::Read { encrypted: true, bags })
            }
            Err(OpenError::Unsupported { what }) => Ok(Safe::Unread { why: what }),
            Err(error) => Err(error),
        }
    }

    fn decrypt(
        &mut self,
        algorithm: &AlgorithmIdentifierRef<'_>,
        data: &[u8],
        what: &'static str,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let plain = self.decryption.decrypt(algorithm, data, self.budget)?;
        plain.ok_or_else(|| self.doubted(OpenError::Damaged { what }))
    }

    /// What is wrong with a decrypted part: if a MAC vouched for it and for the password, it is damaged (or was
    /// written under a second password, which no program in use does). Without a MAC, the password is likelier.
    fn doubted(&self, error: OpenError) -> OpenError {
        if !self.has_mac && matches!(error, OpenError::Damaged { .. }) {
            OpenError::WrongPassword
        } else {
            error
        }
    }

    /// `SafeContents`, RFC 7292, section 4.2.
    fn bags(&mut self, contents: &[u8], depth: usize) -> Result<Vec<Bag>, OpenError> {
        let what = "the bags";
        let contents = secret_der(contents, what)?;
        let bags: Vec<SafeBag<'_>> = Vec::from_der(&contents).map_err(damaged(what))?;
        self.bags += bags.len();
        if self.bags > MAX_BAGS || depth > MAX_DEPTH {
            return Err(OpenError::TooExpensive);
        }
        bags.iter().map(|bag| self.bag(bag, depth)).collect()
    }

    fn bag(&mut self, found: &SafeBag<'_>, depth: usize) -> Result<Bag, OpenError> {
        let attributes = found.attributes.map(|set| attributes(&set)).transpose()?;
        let value = match found.id {
            bag::SHROUDED_KEY_BAG => self.shrouded(&found.value)?,
            bag::KEY_BAG => self.key(&whole(&found.value)?)?,
            bag::CERTIFICATE_BAG => {
                let certificate: CertificateBag<'_> =
                    found.value.decode_as().map_err(damaged("a certificate bag"))?;
                if certificate.id == bag::X509_CERTIFICATE {
                    let value: OctetStringRef<'_> =
                        certificate.value.decode_as().map_err(damaged("a certificate bag"))?;
                    Value::Certificate(value.as_bytes().to_vec())
                } else {
                    Value::Other(whole(&found.value)?)
                }
            }
            bag::NESTED_BAG => Value::Bags(self.bags(&whole(&found.value)?, depth + 1)?),
            _ => Value::Other(whole(&found.value)?),
        };
        Ok(Bag { id: found.id, value, attributes })
    }

    fn shrouded(&mut self, value: &AnyRef<'_>) -> Result<Value, OpenError> {
        let what = "an encrypted key";
        let shrouded: EncryptedPrivateKeyInfo<'_> = value.decode_as().map_err(damaged(what))?;
        match self.decrypt(&shrouded.algorithm, shrouded.data.as_bytes(), what) {
            Ok(plain) => self.key(&plain).map_err(|error| self.doubted(error)),
            Err(OpenError::Unsupported { what }) => Ok(Value::Unread { why: what }),
            Err(error) => Err(error),
        }
    }

    fn key(&mut self, plain: &[u8]) -> Result<Value, OpenError> {
        self.keys += 1;
        if self.keys > MAX_KEYS {
            return Err(OpenError::TooExpensive);
        }
        let what = "a key";
        let key = secret_der(plain, what)?;
        PrivateKeyInfo::try_from(key.as_slice()).map_err(|_| OpenError::Damaged { what })?;
        Ok(Value::Key(key))
    }
}

/// An element with its header, as bytes that are wiped.
fn whole(value: &AnyRef<'_>) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    value.to_der().map(Zeroizing::new).map_err(damaged("a bag"))
}

fn attributes(set: &AnyRef<'_>) -> Result<Vec<u8>, OpenError> {
    let what = "the attributes of a bag";
    if set.tag() != Tag::Set {
        return Err(OpenError::Damaged { what });
    }
    set.to_der().map_err(damaged(what))
}
