//! Writing a key file.

use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, BmpString, OctetString, OctetStringRef, SetOfVec};
use der::{Any, Decode, Encode};
use spki::AlgorithmIdentifierRef;
use x509_cert::attr::{Attribute, Attributes};

use super::bag::{
    self, CertificateBag, ContentInfo, EncryptedContentInfo, EncryptedData,
    EncryptedPrivateKeyInfo, Pfx, SafeBag,
};
use super::pbe::Encryption;
use super::{Entry, Strength, WriteError, mac};
use crate::crypto::{Provider, RandomFailed};
use crate::secret::Password;
use crate::x509::certificate::Certificate;

/// A friendly name is one line for people.
const MAX_FRIENDLY_NAME: usize = 255;

/// Writes a key, with its certificates if there are any, under a password.
///
/// Key and certificates are encrypted with PBES2 (AES-256-CBC, PBKDF2-HMAC-SHA256), the whole is protected by
/// HMAC-SHA256. Without certificates the file has no certificate safe at all.
///
/// # Errors
/// [`WriteError`] says what has to change.
pub fn write(
    entry: &Entry,
    password: &Password,
    strength: Strength,
    provider: &Provider,
) -> Result<Vec<u8>, WriteError> {
    check_certificates(entry)?;
    let attributes = attributes(entry)?;
    let salts = Salts::fresh(provider)?;
    let iterations = strength.iterations();
    let encryption = Encryption::new(password, salts.encryption, iterations);
    let safe = safe(entry, &attributes, &encryption, &salts).map_err(|_| WriteError::Encoding)?;
    let digest = mac::digest(password, &salts.mac, iterations, &safe);
    finish(&safe, &digest, &salts.mac, iterations).map_err(|_| WriteError::Encoding)
}

/// A certificate of another key beside this one would make a file that opens and signs wrongly.
fn check_certificates(entry: &Entry) -> Result<(), WriteError> {
    for (at, der) in entry.certificates.iter().enumerate() {
        let certificate = Certificate::parse(der).map_err(|_| WriteError::Certificate)?;
        if at == 0 && certificate.public_key != *entry.key.public() {
            return Err(WriteError::OtherKey);
        }
    }
    Ok(())
}

/// All that is random in a file, but for the key.
struct Salts {
    encryption: [u8; 16],
    mac: [u8; 16],
    key_iv: [u8; 16],
    certificates_iv: [u8; 16],
}

impl Salts {
    fn fresh(provider: &Provider) -> Result<Self, RandomFailed> {
        let fresh = || {
            let mut bytes = [0; 16];
            (provider.fill_random)(&mut bytes).map(|()| bytes)
        };
        Ok(Self {
            encryption: fresh()?,
            mac: fresh()?,
            key_iv: fresh()?,
            certificates_iv: fresh()?,
        })
    }
}

/// What ties the key to its certificate for other programs: the local key id, and the name that they show.
fn attributes(entry: &Entry) -> Result<Attributes, WriteError> {
    let name = &entry.friendly_name;
    if name.chars().count() > MAX_FRIENDLY_NAME || name.chars().any(char::is_control) {
        return Err(WriteError::FriendlyName);
    }
    let name = BmpString::from_utf8(name).map_err(|_| WriteError::FriendlyName)?;
    let id = OctetString::new(*entry.key.public().key_id().as_bytes());
    id.and_then(|id| {
        SetOfVec::try_from(vec![
            attribute(bag::FRIENDLY_NAME, &name)?,
            attribute(bag::LOCAL_KEY_ID, &id)?,
        ])
    })
    .map_err(|_| WriteError::Encoding)
}

fn attribute(
    oid: ObjectIdentifier,
    value: &(impl der::Tagged + der::EncodeValue),
) -> Result<Attribute, der::Error> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![Any::encode_from(value)?])? })
}

/// `AuthenticatedSafe`: the key first, as in the authority's own files.
fn safe(
    entry: &Entry,
    attributes: &Attributes,
    encryption: &Encryption,
    salts: &Salts,
) -> Result<Vec<u8>, der::Error> {
    let key = key_bags(entry, attributes, encryption, salts)?;
    let key = OctetStringRef::new(&key)?;
    let mut parts = vec![ContentInfo { content_type: bag::DATA, content: key.into() }];
    let certificates = if entry.certificates.is_empty() {
        None
    } else {
        Some(certificate_safe(entry, attributes, encryption, salts)?)
    };
    if let Some(certificates) = &certificates {
        let content = AnyRef::from_der(certificates)?;
        parts.push(ContentInfo { content_type: bag::ENCRYPTED_DATA, content });
    }
    parts.to_der()
}

fn key_bags(
    entry: &Entry,
    attributes: &Attributes,
    encryption: &Encryption,
    salts: &Salts,
) -> Result<Vec<u8>, der::Error> {
    let (algorithm, data) = encryption.encrypt(entry.key.pkcs8(), salts.key_iv)?;
    let shrouded = EncryptedPrivateKeyInfo {
        algorithm: AlgorithmIdentifierRef::from_der(&algorithm)?,
        data: OctetStringRef::new(&data)?,
    }
    .to_der()?;
    vec![SafeBag {
        id: bag::SHROUDED_KEY_BAG,
        value: AnyRef::from_der(&shrouded)?,
        attributes: Some(attributes.clone()),
    }]
    .to_der()
}

fn certificate_safe(
    entry: &Entry,
    attributes: &Attributes,
    encryption: &Encryption,
    salts: &Salts,
) -> Result<Vec<u8>, der::Error> {
    let values = entry
        .certificates
        .iter()
        .map(|der| {
            let value = OctetStringRef::new(der)?;
            CertificateBag { id: bag::X509_CERTIFICATE, value }.to_der()
        })
        .collect::<Result<Vec<_>, _>>()?;
    let bags = values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            Ok(SafeBag {
                id: bag::CERTIFICATE_BAG,
                value: AnyRef::from_der(value)?,
                // Only the key's own certificate is the key's.
                attributes: (at == 0).then(|| attributes.clone()),
            })
        })
        .collect::<Result<Vec<_>, der::Error>>()?
        .to_der()?;
    let (algorithm, data) = encryption.encrypt(&bags, salts.certificates_iv)?;
    EncryptedData {
        version: 0,
        info: EncryptedContentInfo {
            content_type: bag::DATA,
            algorithm: AlgorithmIdentifierRef::from_der(&algorithm)?,
            content: OctetStringRef::new(&data)?,
        },
    }
    .to_der()
}

fn finish(
    safe: &[u8],
    digest: &[u8; 32],
    salt: &[u8],
    iterations: u32,
) -> Result<Vec<u8>, der::Error> {
    Pfx {
        version: 3,
        auth_safe: ContentInfo {
            content_type: bag::DATA,
            content: OctetStringRef::new(safe)?.into(),
        },
        mac_data: Some(mac::data(digest, salt, iterations)?),
    }
    .to_der()
}
