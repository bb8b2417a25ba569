//! From keys and certificates to bytes.

use std::borrow::Cow;

use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, OctetString, OctetStringRef, SetOfVec};
use der::{Any, Decode, Encode, Tag};
use spki::AlgorithmIdentifierRef;
use x509_cert::attr::Attribute;
use zeroize::Zeroizing;

use super::bag::{
    self, CertificateBag, ContentInfo, EncryptedContentInfo, EncryptedData,
    EncryptedPrivateKeyInfo, Pfx, SafeBag,
};
use super::contents::{Bag, Contents, Safe, Value};
use super::holder::Holder;
use super::mac::Hash;
use super::pbe::{self, Encryption, LEGACY_ITERATIONS, LEGACY_SALT, random};
use super::spelling::Spelling;
use super::{Entry, Form, WriteError};
use crate::ber::{self, Limits};
use crate::crypto::Provider;
use crate::secret::Password;

/// A friendly name is one line for people.
const MAX_FRIENDLY_NAME: usize = 255;

/// Writes a key, with its certificates if there are any, under a password.
///
/// `form` is a [`Form`]; a [`Strength`](super::Strength) alone means the modern one. Without certificates the file
/// has no certificate safe at all.
///
/// # Errors
/// [`WriteError`] says what has to change.
pub fn write(
    entry: &Entry,
    password: &Password,
    form: impl Into<Form>,
    provider: &Provider,
) -> Result<Vec<u8>, WriteError> {
    write_all(std::slice::from_ref(entry), &[], password, form, provider)
}

/// Writes several keys with their certificates, and certificates (in DER) that belong to none of them.
///
/// A certificate that stands above several keys is written once.
///
/// # Errors
/// As [`write()`].
pub fn write_all(
    entries: &[Entry],
    extra_certificates: &[Vec<u8>],
    password: &Password,
    form: impl Into<Form>,
    provider: &Provider,
) -> Result<Vec<u8>, WriteError> {
    entries.iter().try_for_each(check_certificates)?;
    extra_certificates.iter().try_for_each(|der| check_der(der))?;
    encode(&contents(entries, extra_certificates)?, password, form.into(), provider)
}

/// A certificate of another key beside this one would make a file that opens and signs wrongly.
fn check_certificates(entry: &Entry) -> Result<(), WriteError> {
    if let Some(own) = entry.certificates.first() {
        let holder = Holder::of(own).ok_or(WriteError::Certificate)?;
        if holder.public_key != *entry.key.public() {
            return Err(WriteError::OtherKey);
        }
    }
    entry.certificates.iter().skip(1).try_for_each(|der| check_der(der))
}

/// Whatever stands above a key may be of any kind; it must be one element of DER, so that the file is.
fn check_der(certificate: &[u8]) -> Result<(), WriteError> {
    match ber::to_der(certificate, Limits::USUAL) {
        Ok(Cow::Borrowed(whole)) if whole.first() == Some(&0x30) => Ok(()),
        Ok(_) | Err(_) => Err(WriteError::Certificate),
    }
}

/// The keys in a safe of their own and first, as in the authority's own files.
fn contents(entries: &[Entry], extra: &[Vec<u8>]) -> Result<Contents, WriteError> {
    let (mut keys, mut own) = (Vec::new(), Vec::new());
    for entry in entries {
        let attributes = attributes(entry)?;
        keys.push(Bag {
            id: bag::SHROUDED_KEY_BAG,
            value: Value::Key(Zeroizing::new(entry.key.pkcs8().to_vec())),
            attributes: Some(attributes.clone()),
        });
        // Only the key's own certificate is the key's.
        own.extend(entry.certificates.first().map(|der| certificate(der, Some(attributes))));
    }
    let mut others: Vec<&Vec<u8>> = Vec::new();
    for der in entries.iter().flat_map(|entry| entry.certificates.iter().skip(1)).chain(extra) {
        let is_own = entries.iter().any(|entry| entry.certificates.first() == Some(der));
        if !is_own && !others.contains(&der) {
            others.push(der);
        }
    }
    own.extend(others.into_iter().map(|der| certificate(der, None)));
    let mut safes = vec![Safe::Read { encrypted: false, bags: keys }];
    if !own.is_empty() {
        safes.push(Safe::Read { encrypted: true, bags: own });
    }
    Ok(Contents { has_mac: true, safes })
}

fn certificate(der: &[u8], attributes: Option<Vec<u8>>) -> Bag {
    Bag { id: bag::CERTIFICATE_BAG, value: Value::Certificate(der.to_vec()), attributes }
}

/// What ties the key to its certificate for other programs: the local key id, and the name that they show.
fn attributes(entry: &Entry) -> Result<Vec<u8>, WriteError> {
    let name = &entry.friendly_name;
    if name.chars().count() > MAX_FRIENDLY_NAME || name.chars().any(char::is_control) {
        return Err(WriteError::FriendlyName);
    }
    // Characters beyond the basic plane as surrogates, as OpenSSL and Java write and read them.
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let id = entry.id();
    let set = || {
        SetOfVec::try_from(vec![
            attribute(bag::FRIENDLY_NAME, Any::new(Tag::BmpString, name)?)?,
            attribute(bag::LOCAL_KEY_ID, Any::encode_from(&OctetString::new(id)?)?)?,
        ])?
        .to_der()
    };
    set().map_err(encoding)
}

fn attribute(oid: ObjectIdentifier, value: Any) -> Result<Attribute, der::Error> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

/// What does not fit the standard is a fault of ours: everything was checked before.
fn encoding(_: der::Error) -> WriteError {
    WriteError::Encoding
}

/// Writes a whole file.
pub(super) fn encode(
    contents: &Contents,
    password: &Password,
    form: Form,
    provider: &Provider,
) -> Result<Vec<u8>, WriteError> {
    let encryption = Encryption::new(password, form, provider)?;
    let parts = contents
        .safes
        .iter()
        .map(|safe| encode_safe(safe, &encryption))
        .collect::<Result<Vec<_>, _>>()?;
    let safe = sequence(&parts)?;
    let spelling = Spelling::standard(password);
    match form {
        Form::Modern(strength) => {
            let salt: [u8; 16] = random(provider)?;
            seal(&safe, Hash::Sha256, &spelling, &salt, strength.iterations())
        }
        Form::Legacy => {
            let salt: [u8; LEGACY_SALT] = random(provider)?;
            seal(&safe, Hash::Sha1, &spelling, &salt, LEGACY_ITERATIONS)
        }
    }
    .map_err(encoding)
}

/// `PFX` around a safe.
pub(super) fn seal(
    safe: &[u8],
    hash: Hash,
    password: &Spelling,
    salt: &[u8],
    iterations: u32,
) -> Result<Vec<u8>, der::Error> {
    let digest = hash.digest(password, salt, iterations, safe);
    Pfx {
        version: 3,
        auth_safe: ContentInfo {
            content_type: bag::DATA,
            content: OctetStringRef::new(safe)?.into(),
        },
        mac_data: Some(hash.data(&digest, salt, iterations)?),
    }
    .to_der()
}

/// A SEQUENCE of what is DER already, in a buffer that is wiped.
fn sequence(parts: &[impl AsRef<[u8]>]) -> Result<Zeroizing<Vec<u8>>, WriteError> {
    let content = Zeroizing::new({
        let mut content = Vec::with_capacity(parts.iter().map(|part| part.as_ref().len()).sum());
        parts.iter().for_each(|part| content.extend_from_slice(part.as_ref()));
        content
    });
    let any = AnyRef::new(Tag::Sequence, &content).map_err(encoding)?;
    any.to_der().map(Zeroizing::new).map_err(encoding)
}

fn encode_safe(safe: &Safe, encryption: &Encryption<'_>) -> Result<Vec<u8>, WriteError> {
    let (encrypted, bags) = match safe {
        Safe::Read { encrypted, bags } => (*encrypted, bags),
        Safe::Unread { .. } => return Err(WriteError::Encoding),
    };
    let bags = encode_bags(bags, encrypted, encryption)?;
    if encrypted {
        let (algorithm, data) = encryption.encrypt(pbe::Content::Bags, &bags)?;
        encrypted_safe(&algorithm, &data).map_err(encoding)
    } else {
        let content = OctetStringRef::new(&bags).map_err(encoding)?.into();
        ContentInfo { content_type: bag::DATA, content }.to_der().map_err(encoding)
    }
}

fn encrypted_safe(algorithm: &[u8], data: &[u8]) -> Result<Vec<u8>, der::Error> {
    let data = EncryptedData {
        version: 0,
        info: EncryptedContentInfo {
            content_type: bag::DATA,
            algorithm: AlgorithmIdentifierRef::from_der(algorithm)?,
            content: OctetStringRef::new(data)?,
        },
    }
    .to_der()?;
    ContentInfo { content_type: bag::ENCRYPTED_DATA, content: AnyRef::from_der(&data)? }.to_der()
}

/// `SafeContents`. In a safe that is not encrypted every key is, even if it was not where it was read.
fn encode_bags(
    bags: &[Bag],
    encrypted: bool,
    encryption: &Encryption<'_>,
) -> Result<Zeroizing<Vec<u8>>, WriteError> {
    let encoded = bags
        .iter()
        .map(|one| {
            let (id, value) = match &one.value {
                Value::Key(pkcs8) if encrypted && one.id == bag::KEY_BAG => {
                    (bag::KEY_BAG, pkcs8.clone())
                }
                Value::Key(pkcs8) => {
                    let (algorithm, data) = encryption.encrypt(pbe::Content::Key, pkcs8)?;
                    let shrouded = shrouded(&algorithm, &data).map_err(encoding)?;
                    (bag::SHROUDED_KEY_BAG, Zeroizing::new(shrouded))
                }
                Value::Certificate(der) => {
                    let value = certificate_bag(der).map_err(encoding)?;
                    (bag::CERTIFICATE_BAG, Zeroizing::new(value))
                }
                Value::Bags(bags) => (bag::NESTED_BAG, encode_bags(bags, encrypted, encryption)?),
                Value::Other(der) => (one.id, der.clone()),
                Value::Unread { .. } => return Err(WriteError::Encoding),
            };
            encode_bag(id, &value, one.attributes.as_deref()).map_err(encoding)
        })
        .collect::<Result<Vec<_>, _>>()?;
    sequence(&encoded)
}

fn encode_bag(
    id: ObjectIdentifier,
    value: &[u8],
    attributes: Option<&[u8]>,
) -> Result<Zeroizing<Vec<u8>>, der::Error> {
    let value = AnyRef::from_der(value)?;
    let attributes = attributes.map(AnyRef::from_der).transpose()?;
    SafeBag { id, value, attributes }.to_der().map(Zeroizing::new)
}

fn shrouded(algorithm: &[u8], data: &[u8]) -> Result<Vec<u8>, der::Error> {
    EncryptedPrivateKeyInfo {
        algorithm: AlgorithmIdentifierRef::from_der(algorithm)?,
        data: OctetStringRef::new(data)?,
    }
    .to_der()
}

fn certificate_bag(der: &[u8]) -> Result<Vec<u8>, der::Error> {
    CertificateBag { id: bag::X509_CERTIFICATE, value: OctetStringRef::new(der)?.into() }.to_der()
}
