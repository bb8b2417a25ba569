//! Key files in the folder that the person chose: pending ones that wait for a certificate, and final ones.
//!
//! Nothing that is written counts before it was opened again by its name and its key signed with (B1, B4).

use std::path::Path;

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};
use tanba_core::crypto::{Algorithm, PrivateKey, Provider};
use tanba_core::email::Email;
use tanba_core::enrolment::gateway::proof_text;
use tanba_core::enrolment::journal::{KeyRecord, Record};
use tanba_core::enrolment::{MadeKey, Reason};
use tanba_core::layout::Purpose;
use tanba_core::pkcs12::{self, Entry, OpenError, Strength};
use tanba_core::secret::{Password, SecretBytes};
use tanba_core::x509::request::CertificateRequest;
use tanba_core::x509::{Person, request};
use tracing::{info, warn};

use crate::files::{self, FileError};

/// The largest key file that is read, in bytes.
const MOST: usize = 1 << 20;
/// What a key signs to show that it works. Never a document's bytes: nothing that is signed begins so.
const TRIAL: &[u8] = b"tanba: trial of a new key, not a document";

/// Why a final file was not written; the pending one is as it was.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The pending file cannot be opened any more.
    #[error("the pending key cannot be opened")]
    KeyLost,
    /// The certificate is not this key's.
    #[error("the certificate is not this key's")]
    OtherKey,
    /// There is a file of the final name, and this password does not open it.
    #[error("there is a file of the final name that this password does not open")]
    OtherPassword,
    /// There is a file of the final name with another key in it.
    #[error("there is another file of the final name")]
    OtherFile,
    /// A file could not be written or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A computation failed.
    #[error("the computation with the key failed")]
    Crypto,
}

/// A password with 256 random bits, for files that nobody types a password for.
///
/// # Errors
/// `Crypto` when the system has no randomness.
pub fn container_password(provider: &Provider) -> Result<Password, Reason> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    (provider.fill_random)(bytes.as_mut_slice()).map_err(|_| Reason::Crypto)?;
    Ok(Password::new(Base64::encode_string(bytes.as_slice())))
}

/// Makes one key and its certificate request, in memory.
///
/// # Errors
/// `Crypto` when that fails.
pub fn make(
    provider: &Provider,
    algorithm: Algorithm,
    purpose: Purpose,
    person: &Person,
    email: Option<&Email>,
    folder_name: &str,
) -> Result<(MadeKey, PrivateKey), Reason> {
    let key = (provider.generate)(provider, algorithm).map_err(|_| Reason::Crypto)?;
    // The request names the folder as people do: the authority has no use for a path, and drops even this.
    let request = request::build(person, email, folder_name, &key, provider).map_err(|error| {
        warn!(%error, "a certificate request could not be made");
        Reason::Crypto
    })?;
    Ok((MadeKey { purpose, key_id: key.public().key_id(), request }, key))
}

/// Writes the pending files of an enrolment and opens them again (B1). What was written goes again when one fails.
///
/// # Errors
/// What the person can do about it, as a reason.
pub fn write_pending(
    record: &Record,
    keys: &[PrivateKey],
    password: &Password,
    provider: &Provider,
) -> Result<(), Reason> {
    let folder = Path::new(&record.folder);
    let outcome = record.keys.iter().try_for_each(|known| {
        let key =
            keys.iter().find(|key| key.public().key_id() == known.key_id).ok_or(Reason::KeyLost)?;
        let copy = PrivateKey::from_pkcs8(key.pkcs8()).map_err(|_| Reason::Crypto)?;
        let entry =
            Entry { key: copy, certificates: vec![], friendly_name: known.key_id.to_string() };
        let bytes = pkcs12::write(&entry, password, Strength::Random, provider)
            .map_err(|_| Reason::Crypto)?;
        files::write_new(folder, &known.pending_file, &bytes).map_err(|error| reason(&error))?;
        open_pending(folder, known, password, provider).map(drop)
    });
    if outcome.is_err() {
        remove_pending(record);
    }
    outcome
}

/// Checks that all pending files of an enrolment are whole, after a start in the middle of it.
///
/// # Errors
/// `KeyLost` when one is not.
pub fn check_pending(
    record: &Record,
    password: &Password,
    provider: &Provider,
) -> Result<(), Reason> {
    let folder = Path::new(&record.folder);
    record
        .keys
        .iter()
        .try_for_each(|known| open_pending(folder, known, password, provider).map(drop))
}

/// Opens a pending file by its name, signs with its key, and compares it with the request that was made from it.
fn open_pending(
    folder: &Path,
    known: &KeyRecord,
    password: &Password,
    provider: &Provider,
) -> Result<PrivateKey, Reason> {
    let bytes = files::read(&folder.join(&known.pending_file), MOST).map_err(|error| {
        if matches!(error, FileError::Missing) { Reason::KeyLost } else { reason(&error) }
    })?;
    let opened = pkcs12::open(&bytes, password).map_err(|error| {
        warn!(%error, "a pending file cannot be opened");
        Reason::KeyLost
    })?;
    let entry =
        opened.entries.into_iter().find(|entry| entry.key.public().key_id() == known.key_id);
    let key = entry.ok_or(Reason::KeyLost)?.key;
    let request = known
        .request_der()
        .and_then(|der| CertificateRequest::parse(&der).ok())
        .ok_or(Reason::KeyLost)?;
    works(&key, provider)?;
    if request.public_key.spki() == key.public().spki() { Ok(key) } else { Err(Reason::KeyLost) }
}

fn works(key: &PrivateKey, provider: &Provider) -> Result<(), Reason> {
    let signature = (provider.sign)(provider, key, TRIAL).map_err(|_| Reason::KeyLost)?;
    key.public().verify(TRIAL, &signature).map_err(|_| Reason::KeyLost)
}

/// Writes the final file of one key and opens it again (B4). Gives the key's proof for the report, in base64.
///
/// A final file that is there already, because the program ended between writing it and noting so, is taken if the
/// password opens it and the same key is in it. It is never replaced.
///
/// # Errors
/// Those of [`InstallError`]; the pending file is as it was.
pub fn install(
    record: &Record,
    known: &KeyRecord,
    container: &Password,
    password: &Password,
    provider: &Provider,
) -> Result<String, InstallError> {
    let folder = Path::new(&record.folder);
    let certificate = record.certificate_of(&known.key_id).ok_or(InstallError::OtherKey)?;
    let key = open_pending(folder, known, container, provider).map_err(|reason| {
        if reason == Reason::FolderUnwritable {
            InstallError::File(FileError::Missing)
        } else {
            InstallError::KeyLost
        }
    })?;
    let public = tanba_core::x509::certificate::Certificate::parse(&certificate)
        .map_err(|_| InstallError::OtherKey)?
        .public_key;
    if public.spki() != key.public().spki() {
        return Err(InstallError::OtherKey);
    }
    let name = &known.final_file;
    let entry = Entry {
        key,
        certificates: vec![certificate.clone()],
        friendly_name: known.key_id.to_string(),
    };
    let bytes = pkcs12::write(&entry, password, Strength::Person, provider)
        .map_err(|_| InstallError::Crypto)?;
    match files::write_new(folder, name, &bytes) {
        Ok(()) => info!(file = name, "a final key file was written"),
        Err(FileError::Exists) => {
            info!(file = name, "a final key file is there already; it is looked into");
        }
        Err(error) => return Err(error.into()),
    }
    let written = files::read(&folder.join(name), MOST)?;
    let opened = pkcs12::open(&written, password).map_err(|error| match error {
        OpenError::WrongPassword => InstallError::OtherPassword,
        OpenError::Damaged { .. } | OpenError::Unsupported { .. } | OpenError::TooExpensive => {
            InstallError::OtherFile
        }
    })?;
    let again = opened
        .entries
        .iter()
        .find(|entry| {
            entry.key.public().spki() == public.spki()
                && entry.certificates.first() == Some(&certificate)
        })
        .ok_or(InstallError::OtherFile)?;
    works(&again.key, provider).map_err(|_| InstallError::Crypto)?;
    let digest = hex::encode(Sha256::digest(&certificate));
    let text = proof_text(record.number().unwrap_or_default(), &digest);
    let proof =
        (provider.sign)(provider, &again.key, text.as_bytes()).map_err(|_| InstallError::Crypto)?;
    Ok(Base64::encode_string(&proof))
}

/// Removes the pending files of an enrolment. Safety rests on their encryption, not on what the medium forgets.
pub fn remove_pending(record: &Record) -> bool {
    record.keys.iter().fold(true, |all, known| {
        let gone = files::remove(Path::new(&record.folder), &known.pending_file);
        if let Err(error) = &gone {
            warn!(%error, file = known.pending_file, "a pending file could not be removed");
        }
        all && gone.is_ok()
    })
}

/// What a failure of a file means to the person who chose its folder.
#[must_use]
pub fn reason(error: &FileError) -> Reason {
    warn!(%error, "a file could not be written or read");
    match error {
        FileError::Full => Reason::DiskFull,
        FileError::Exists
        | FileError::Missing
        | FileError::Denied(_)
        | FileError::TooLarge
        | FileError::Io(_) => Reason::FolderUnwritable,
    }
}

/// What is kept among the secrets for an enrolment, as bytes: the password of its pending files, and the token of
/// its session, so that a submission that was cut short can be repeated.
#[must_use]
pub fn kept_secret(container: &Password, session: Option<&Password>) -> SecretBytes {
    let session = session.map_or("", Password::expose);
    SecretBytes::new(format!("{}\n{session}", container.expose()).into_bytes())
}

/// Reads what [`kept_secret`] made.
#[must_use]
pub fn read_secret(kept: &SecretBytes) -> Option<(Password, Option<Password>)> {
    let text = std::str::from_utf8(kept.expose()).ok()?;
    let (container, session) = text.split_once('\n')?;
    let session = (!session.is_empty()).then(|| Password::new(session.to_owned()));
    Some((Password::new(container.to_owned()), session))
}
