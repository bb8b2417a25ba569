//! The extensions that requests and certificates share.

use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280::ID_CE_SUBJECT_ALT_NAME;
use der::asn1::{Ia5String, OctetString, Utf8StringRef};
use der::{Any, Decode, Encode, Sequence};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::{name, oid};
use crate::email::Email;

/// More extensions than any certificate of ours has.
pub(super) const MAX_EXTENSIONS: usize = 32;

/// The longest path that Linux knows, in bytes.
pub(super) const MAX_FOLDER: usize = 4096;

/// In what a key is stored, and where: the NCA's extension 1.2.398.3.3.5.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyStorage {
    /// The kind of the storage as dotted numbers; [`oid::KEY_STORAGE_PKCS12`] for a file.
    pub oid: String,
    /// The folder, in requests only.
    pub folder: Option<String>,
}

impl fmt::Debug for KeyStorage {
    /// The folder is left out: it may contain the name of an account.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyStorage({})", self.oid)
    }
}

#[derive(Sequence)]
struct KeyStorageInfo {
    storage: ObjectIdentifier,
    #[asn1(optional = "true")]
    folder: Option<Any>,
}

/// Writes the storage of a key in a PKCS#12 file in that folder.
pub(super) fn pkcs12_storage(folder: &str) -> Result<Extension, der::Error> {
    let folder = Any::encode_from(&Utf8StringRef::new(folder)?)?;
    let info = KeyStorageInfo { storage: oid::KEY_STORAGE_PKCS12, folder: Some(folder) };
    extension(oid::KEY_STORAGE, &info)
}

/// Writes a subject alternative name with an e-mail address (RFC 5280, section 4.2.1.6).
pub(super) fn email_name(email: &Email) -> Result<Extension, der::Error> {
    let name = GeneralName::Rfc822Name(Ia5String::new(email.as_str())?);
    extension(ID_CE_SUBJECT_ALT_NAME, &SubjectAltName(vec![name]))
}

fn extension(oid: ObjectIdentifier, value: &impl Encode) -> Result<Extension, der::Error> {
    Ok(Extension { extn_id: oid, critical: false, extn_value: OctetString::new(value.to_der()?)? })
}

/// The content of the extension with this identifier. Two of them are refused (RFC 5280, section 4.2).
pub(super) fn find(
    extensions: &[Extension],
    oid: ObjectIdentifier,
) -> Result<Option<&[u8]>, der::Error> {
    let mut found = extensions.iter().filter(|extension| extension.extn_id == oid);
    let first = found.next().map(|extension| extension.extn_value.as_bytes());
    if found.next().is_some() || extensions.len() > MAX_EXTENSIONS {
        return Err(der::ErrorKind::Failed.into());
    }
    Ok(first)
}

/// Whether one comes twice (RFC 5280, section 4.2): two readers could then take different ones. At most
/// [`MAX_EXTENSIONS`] are to be given.
pub(super) fn has_twins(extensions: &[Extension]) -> bool {
    extensions
        .iter()
        .enumerate()
        .any(|(at, one)| extensions[..at].iter().any(|earlier| earlier.extn_id == one.extn_id))
}

/// Finds and decodes an extension.
pub(super) fn read<'a, T: Decode<'a>>(
    extensions: &'a [Extension],
    oid: ObjectIdentifier,
) -> Result<Option<T>, der::Error> {
    find(extensions, oid)?.map(T::from_der).transpose()
}

/// The e-mail address among the alternative names, as it stands there: the first, if there are several.
pub(super) fn read_email(extensions: &[Extension]) -> Result<Option<String>, der::Error> {
    let names = read::<SubjectAltName>(extensions, ID_CE_SUBJECT_ALT_NAME)?;
    Ok(names.and_then(|names| {
        names.0.into_iter().find_map(|name| match name {
            GeneralName::Rfc822Name(address) => Some(address.to_string()),
            GeneralName::OtherName(_)
            | GeneralName::DnsName(_)
            | GeneralName::DirectoryName(_)
            | GeneralName::EdiPartyName(_)
            | GeneralName::UniformResourceIdentifier(_)
            | GeneralName::IpAddress(_)
            | GeneralName::RegisteredId(_) => None,
        })
    }))
}

/// In what the key is stored.
pub(super) fn read_storage(extensions: &[Extension]) -> Result<Option<KeyStorage>, der::Error> {
    let Some(info) = read::<KeyStorageInfo>(extensions, oid::KEY_STORAGE)? else {
        return Ok(None);
    };
    let folder = info.folder.map(|folder| name::text(&folder, MAX_FOLDER)).transpose()?;
    Ok(Some(KeyStorage { oid: info.storage.to_string(), folder }))
}
