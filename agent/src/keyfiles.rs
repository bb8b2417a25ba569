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
    /// The pending file cannot be opened any more: it is damaged, or is missing in a folder that is there.
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
    /// A file could not be written or read; `Missing` when the folder is not there.
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
        open_pending(folder, known, password, provider).map(drop).map_err(Reason::from)
    });
    if outcome.is_err() {
        remove_pending(record);
    }
    outcome
}

/// Checks that all pending files of an enrolment are whole, after a start in the middle of it.
///
/// # Errors
/// `KeyLost` when one is damaged, or is missing in a folder that is there. `FolderUnwritable` when that cannot be known
/// now, because the folder is not there (its medium may come back) or something in it cannot be read: nothing that a
/// whole file would need may be thrown away then. When some are lost and others cannot be looked at, it is the latter.
pub fn check_pending(
    record: &Record,
    password: &Password,
    provider: &Provider,
) -> Result<(), Reason> {
    let folder = Path::new(&record.folder);
    let mut outcome = Ok(());
    for known in &record.keys {
        match open_pending(folder, known, password, provider) {
            Ok(_) => {}
            Err(Unopened::Lost) => outcome = Err(Reason::KeyLost),
            Err(unknown @ Unopened::Unknown(_)) => return Err(unknown.into()),
        }
    }
    outcome
}

/// Why a pending key was not opened: the one is for now, the other for ever.
#[derive(Debug)]
enum Unopened {
    /// It may be there and whole, but cannot be looked at: its folder is not there, or it cannot be read.
    Unknown(FileError),
    /// It is damaged, or is missing in a folder that is there.
    Lost,
}

impl Unopened {
    /// What it means that a pending file could not be read.
    fn from_reading(error: FileError, folder: &Path) -> Self {
        match error {
            // Looked at after the file, so that a medium that was pulled out between the two costs no key.
            FileError::Missing => match files::look_for_folder(folder) {
                Ok(()) => Self::Lost,
                Err(error) => Self::Unknown(error),
            },
            // We never wrote such a file.
            FileError::TooLarge => Self::Lost,
            FileError::Exists | FileError::Denied(_) | FileError::Full | FileError::Io(_) => {
                Self::Unknown(error)
            }
        }
    }
}

impl From<Unopened> for Reason {
    fn from(unopened: Unopened) -> Self {
        match unopened {
            Unopened::Unknown(error) => {
                warn!(%error, "a pending file cannot be looked at now");
                Self::FolderUnwritable
            }
            Unopened::Lost => Self::KeyLost,
        }
    }
}

impl From<Unopened> for InstallError {
    fn from(unopened: Unopened) -> Self {
        match unopened {
            Unopened::Unknown(error) => Self::File(error),
            Unopened::Lost => Self::KeyLost,
        }
    }
}

/// Opens a pending file by its name, signs with its key, and compares it with the request that was made from it.
fn open_pending(
    folder: &Path,
    known: &KeyRecord,
    password: &Password,
    provider: &Provider,
) -> Result<PrivateKey, Unopened> {
    let bytes = files::read(&folder.join(&known.pending_file), MOST)
        .map_err(|error| Unopened::from_reading(error, folder))?;
    let opened = pkcs12::open(&bytes, password).map_err(|error| {
        warn!(%error, "a pending file cannot be opened");
        Unopened::Lost
    })?;
    let entry =
        opened.entries.into_iter().find(|entry| entry.key.public().key_id() == known.key_id);
    let key = entry.ok_or(Unopened::Lost)?.key;
    let request = known
        .request_der()
        .and_then(|der| CertificateRequest::parse(&der).ok())
        .ok_or(Unopened::Lost)?;
    if works(&key, provider) && request.public_key.spki() == key.public().spki() {
        Ok(key)
    } else {
        Err(Unopened::Lost)
    }
}

/// Whether what the key signs can be verified.
fn works(key: &PrivateKey, provider: &Provider) -> bool {
    provider
        .sign_message(key, TRIAL)
        .is_ok_and(|signature| key.public().verify(TRIAL, &signature).is_ok())
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
    let key = open_pending(folder, known, container, provider)?;
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
    if !works(&again.key, provider) {
        return Err(InstallError::Crypto);
    }
    let digest = hex::encode(Sha256::digest(&certificate));
    let text = proof_text(record.number().unwrap_or_default(), &digest);
    let proof =
        provider.sign_message(&again.key, text.as_bytes()).map_err(|_| InstallError::Crypto)?;
    Ok(Base64::encode_string(&proof))
}

/// Removes the pending files of an enrolment, and what a power cut left unfinished of them and of the final ones. Safety
/// rests on their encryption, not on what the medium forgets.
///
/// Returns whether all are gone. They are not when the folder is not there: its medium may come back, with them on it.
pub fn remove_pending(record: &Record) -> bool {
    let folder = Path::new(&record.folder);
    if let Err(error) = files::look_for_folder(folder) {
        warn!(%error, "the folder of pending files cannot be cleaned now");
        return false;
    }
    record.keys.iter().fold(true, |all, known| {
        let gone = files::remove(folder, &known.pending_file)
            .and_then(|()| files::sweep(folder, &known.final_file));
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use tanba_core::enrolment::gateway::{Environment, Locale, Template};
    use tanba_core::enrolment::journal::{KeptCertificate, Progress};
    use tanba_core::iin::Iin;
    use tanba_core::time::UnixTime;

    use super::*;
    use crate::provider::aws_lc;

    /// An enrolment whose pending files lie in a folder of their own, below one that goes with the test.
    struct World {
        _above: tempfile::TempDir,
        folder: PathBuf,
        record: Record,
        password: Password,
    }

    impl World {
        fn new() -> Self {
            let above = tempfile::tempdir().expect("a folder");
            let folder = above.path().join("stick");
            fs::create_dir(&folder).expect("made");
            let provider = aws_lc();
            let iin = Iin::parse("500101100010").expect("an IIN");
            let person =
                Person::new(iin, "АХМЕТОВА".to_owned(), "ӘСЕЛ".to_owned(), None).expect("a person");
            let made = Purpose::ALL.map(|purpose| {
                make(&provider, Algorithm::P256, purpose, &person, None, "stick").expect("made")
            });
            let certificates = made.iter().map(|(key, _)| KeptCertificate {
                key_id: key.key_id,
                certificate: Base64::encode_string(b"no certificate"),
            });
            let record = Record {
                id: "3f2b8c9e-0000-4000-8000-000000000001".to_owned(),
                environment: Environment::Sandbox,
                template: Template::IndividualRemote,
                algorithm: Algorithm::P256,
                locale: Locale::Kk,
                created_at: UnixTime::from_secs(1_800_000_000),
                iin: "500101******".to_owned(),
                folder: folder.to_str().expect("text").to_owned(),
                idempotency_key: "3f2b8c9e-0000-4000-8000-000000000002".to_owned(),
                agreement_version: None,
                email: None,
                keys: made
                    .iter()
                    .map(|(key, _)| KeyRecord::pending(key, Algorithm::P256, "secret"))
                    .collect(),
                progress: Progress::Issued {
                    application: None,
                    certificates: certificates.collect(),
                    chain: vec![],
                },
            };
            let password = container_password(&provider).expect("a password");
            let keys = made.map(|(_, key)| key);
            write_pending(&record, &keys, &password, &provider).expect("written");
            Self { _above: above, folder, record, password }
        }

        fn pending(&self, key: usize) -> PathBuf {
            self.folder.join(&self.record.keys[key].pending_file)
        }

        fn check(&self) -> Result<(), Reason> {
            check_pending(&self.record, &self.password, &aws_lc())
        }

        fn install(&self) -> Result<String, InstallError> {
            let person = Password::new("Qwerty12".to_owned());
            let known = &self.record.keys[0];
            install(&self.record, known, &self.password, &person, &aws_lc())
        }

        /// What a medium that is pulled out does to the folder, and back.
        fn pull_out(&self) -> PathBuf {
            let elsewhere = self.folder.with_extension("elsewhere");
            fs::rename(&self.folder, &elsewhere).expect("moved");
            elsewhere
        }
    }

    #[test]
    fn whole_pending_files_are_opened() {
        let world = World::new();
        assert_eq!(world.check(), Ok(()));
        // It came as far as to the certificate, which is none.
        assert!(matches!(world.install(), Err(InstallError::OtherKey)));
    }

    #[test]
    fn a_folder_that_is_not_there_is_missing_and_costs_no_key() {
        let world = World::new();
        let elsewhere = world.pull_out();
        assert_eq!(world.check(), Err(Reason::FolderUnwritable));
        assert!(matches!(world.install(), Err(InstallError::File(FileError::Missing))));
        fs::write(&world.folder, b"a file has the folder's name").expect("written");
        assert_eq!(world.check(), Err(Reason::FolderUnwritable));
        assert!(matches!(world.install(), Err(InstallError::File(FileError::Missing))));
        fs::remove_file(&world.folder).expect("removed");
        fs::rename(elsewhere, &world.folder).expect("moved back");
        assert_eq!(world.check(), Ok(()));
    }

    #[test]
    fn a_file_that_is_missing_in_a_folder_that_is_there_is_lost() {
        let world = World::new();
        fs::remove_file(world.pending(0)).expect("removed");
        assert_eq!(world.check(), Err(Reason::KeyLost));
        assert!(matches!(world.install(), Err(InstallError::KeyLost)));
    }

    #[test]
    fn a_damaged_file_is_lost() {
        let world = World::new();
        let whole = fs::read(world.pending(0)).expect("read");
        for damaged in [&whole[..whole.len() / 2], b"", &vec![0; MOST + 1]] {
            fs::write(world.pending(0), damaged).expect("written");
            assert_eq!(world.check(), Err(Reason::KeyLost), "{} bytes", damaged.len());
            assert!(matches!(world.install(), Err(InstallError::KeyLost)));
        }
        fs::copy(world.pending(1), world.pending(0)).expect("copied");
        assert_eq!(world.check(), Err(Reason::KeyLost), "another key");
    }

    #[test]
    fn a_file_that_cannot_be_looked_at_is_not_lost() {
        let world = World::new();
        fs::remove_file(world.pending(1)).expect("removed");
        fs::create_dir(world.pending(1)).expect("made");
        assert_eq!(world.check(), Err(Reason::FolderUnwritable));
        fs::remove_file(world.pending(0)).expect("removed");
        assert_eq!(world.check(), Err(Reason::FolderUnwritable), "though another one is lost");
        fs::create_dir(world.pending(0)).expect("made");
        let outcome = world.install();
        assert!(matches!(
            outcome,
            Err(InstallError::File(FileError::Io(_) | FileError::Denied(_)))
        ));
    }

    #[test]
    fn what_may_not_be_read_is_not_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let denied = || FileError::from(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
        let failed = || FileError::from(std::io::Error::other("the medium"));
        for error in [denied(), failed()] {
            let unopened = Unopened::from_reading(error, folder.path());
            assert_eq!(Reason::from(unopened), Reason::FolderUnwritable);
        }
        let unopened = Unopened::from_reading(denied(), folder.path());
        assert!(matches!(InstallError::from(unopened), InstallError::File(FileError::Denied(_))));
    }

    #[test]
    fn pending_files_go_with_all_that_was_left_unfinished() {
        let world = World::new();
        let known = &world.record.keys[0];
        for name in [&known.pending_file, &known.final_file] {
            let left = format!(".{name}.0123456789abcdef0123456789abcdef.part");
            fs::write(world.folder.join(left), b"half a key").expect("written");
        }
        fs::write(world.folder.join(&known.final_file), b"the final file").expect("written");
        assert!(remove_pending(&world.record));
        let left = fs::read_dir(&world.folder).expect("listed");
        let left: Vec<_> = left.map(|entry| entry.expect("an entry").file_name()).collect();
        assert_eq!(left, [known.final_file.as_str()]);
        assert!(remove_pending(&world.record), "they are gone already");
    }

    #[test]
    fn a_medium_that_is_not_there_is_not_said_to_be_cleaned() {
        let world = World::new();
        let elsewhere = world.pull_out();
        assert!(!remove_pending(&world.record));
        fs::rename(elsewhere, &world.folder).expect("moved back");
        assert!(world.pending(0).exists() && world.pending(1).exists());
        assert!(remove_pending(&world.record));
        assert!(!world.pending(0).exists() && !world.pending(1).exists());
    }

    #[test]
    fn a_pending_file_that_cannot_be_removed_is_told() {
        let world = World::new();
        fs::remove_file(world.pending(0)).expect("removed");
        fs::create_dir(world.pending(0)).expect("made");
        assert!(!remove_pending(&world.record));
        assert!(!world.pending(1).exists(), "the other one goes all the same");
    }
}
