//! The system's keyring, with a limit of time, and with files in its place where it fails.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use ::keyring::{Entry, Error};
use tanba_core::secret::SecretBytes;
use zeroize::Zeroizing;

use super::files::{Files, checked};
use super::{Kept, SecretError, SecretStore, checked_length, same};

/// How long a keyring may think. One that asks the person to unlock it first does not answer at all until they do.
const LIMIT: Duration = Duration::from_secs(5);

/// How many calls may hang in a silent keyring before further ones are not even tried.
const HANGING: usize = 4;

/// The system's keyring: Secret Service, Keychain or Credential Manager.
#[derive(Debug)]
pub struct Keyring {
    service: String,
    /// Each call that hangs holds one more reference.
    hanging: Arc<()>,
}

impl Keyring {
    /// Entries are filed under `service`: `tanba`, but for tests.
    #[must_use]
    pub fn new(service: &str) -> Self {
        Self { service: service.to_owned(), hanging: Arc::new(()) }
    }

    /// Runs `call` on a thread of its own, and does not wait for it longer than `limit`.
    ///
    /// A call into a keyring cannot be broken off: KeePassXC, for one, was seen to hold a caller for as long as its own
    /// window was not answered. The thread is left behind then, and ends when the keyring answers.
    fn within<T: Send + 'static>(
        &self,
        limit: Duration,
        call: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<Result<T, Error>, SecretError> {
        let silent = || SecretError::KeyringSilent(limit.as_secs());
        if Arc::strong_count(&self.hanging) > HANGING {
            return Err(silent());
        }
        let (answer, answered) = sync_channel(1);
        let hanging = Arc::clone(&self.hanging);
        let thread = move || {
            let result = call();
            drop(hanging);
            // If nobody waits any more, the answer is of no use to anybody.
            let _ = answer.send(result);
        };
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(thread)
            .map_err(|_| SecretError::NoKeyring("no thread could be started for it"))?;
        match answered.recv_timeout(limit) {
            Ok(result) => Ok(result),
            Err(RecvTimeoutError::Timeout) => Err(silent()),
            Err(RecvTimeoutError::Disconnected) => Err(SecretError::NoKeyring("it broke down")),
        }
    }

    fn entry<T: Send + 'static>(
        &self,
        id: &str,
        call: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<Option<T>, SecretError> {
        let (service, id) = (self.service.clone(), checked(id)?.to_owned());
        match self.within(LIMIT, move || call(&Entry::new(&service, &id)?))? {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(SecretError::NoKeyring(why(&error))),
        }
    }
}

impl SecretStore for Keyring {
    fn put(&self, id: &str, secret: &SecretBytes) -> Result<Kept, SecretError> {
        checked_length(secret.expose())?;
        let written = Zeroizing::new(secret.expose().to_vec());
        let kept = self.entry(id, move |entry| {
            entry.set_secret(&written)?;
            Ok(same(&Zeroizing::new(entry.get_secret()?), &written))
        })?;
        match kept {
            Some(true) => Ok(Kept::Keyring),
            Some(false) | None => Err(SecretError::NoKeyring("it did not keep what it was given")),
        }
    }

    fn get(&self, id: &str) -> Result<Option<SecretBytes>, SecretError> {
        let found = self.entry(id, |entry| Ok(SecretBytes::new(entry.get_secret()?)))?;
        if let Some(secret) = &found {
            checked_length(secret.expose())?;
        }
        Ok(found)
    }

    fn delete(&self, id: &str) -> Result<(), SecretError> {
        self.entry(id, Entry::delete_credential).map(|_| ())
    }
}

/// The cause without its data: some of the keyring's errors carry the bytes of the secret.
fn why(error: &Error) -> &'static str {
    match error {
        Error::NoDefaultStore => "there is none",
        Error::NoStorageAccess(_) => "it is locked or denies access",
        Error::PlatformFailure(_) => "the system's service failed",
        Error::Ambiguous(_) => "it holds several secrets of that name",
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            "what it holds cannot be read"
        }
        Error::NoEntry
        | Error::TooLong(..)
        | Error::Invalid(..)
        | Error::NotSupportedByStore(_) => "it does not take such a secret",
        // The enum is not ours, and is marked as growing.
        _ => "it failed in a way that is not known here",
    }
}

/// The keyring; where it fails, a file, and a warning in the log.
///
/// A file is there only if the keyring failed when the secret was kept last. It is therefore looked at first.
#[derive(Debug)]
pub struct KeyringOrFile {
    keyring: Keyring,
    files: Files,
}

impl KeyringOrFile {
    /// Files go into `files` when the keyring fails.
    #[must_use]
    pub fn new(keyring: Keyring, files: Files) -> Self {
        Self { keyring, files }
    }
}

impl SecretStore for KeyringOrFile {
    fn put(&self, id: &str, secret: &SecretBytes) -> Result<Kept, SecretError> {
        match self.keyring.put(id, secret) {
            Ok(kept) => {
                self.files.delete(id)?;
                Ok(kept)
            }
            // A file would not take it either.
            Err(error @ (SecretError::BadName | SecretError::TooLong)) => Err(error),
            Err(
                error @ (SecretError::NoKeyring(_)
                | SecretError::KeyringSilent(_)
                | SecretError::Folder(_)),
            ) => {
                tracing::warn!(%error, "the password of a waiting key goes into a file");
                self.files.put(id, secret)
            }
        }
    }

    fn get(&self, id: &str) -> Result<Option<SecretBytes>, SecretError> {
        match self.files.get(id)? {
            Some(secret) => Ok(Some(secret)),
            None => self.keyring.get(id),
        }
    }

    fn delete(&self, id: &str) -> Result<(), SecretError> {
        if self.files.has(id)? {
            // The keyring failed when this secret was kept, so it owes us nothing. It is asked all the same, because
            // it may have answered after we had stopped waiting.
            self.files.delete(id)?;
            if let Err(error) = self.keyring.delete(id) {
                tracing::debug!(%error, "the keyring could not be asked to forget a secret");
            }
            Ok(())
        } else {
            self.keyring.delete(id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyring_that_does_not_answer_is_not_waited_for() {
        let keyring = Keyring::new("tanba-test");
        let (release, held) = std::sync::mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        for _ in 0..HANGING {
            let held = Arc::clone(&held);
            let outcome = keyring.within(Duration::from_millis(5), move || {
                let _ = held.lock().expect("no thread panics here").recv();
                Ok(())
            });
            assert!(matches!(outcome, Err(SecretError::KeyringSilent(_))));
        }
        let tried =
            keyring.within(LIMIT, || -> Result<(), Error> { panic!("a further call was tried") });
        assert!(matches!(tried, Err(SecretError::KeyringSilent(_))));
        drop(release);
    }

    #[test]
    fn a_call_that_answers_in_time_is_returned() {
        let keyring = Keyring::new("tanba-test");
        assert_eq!(keyring.within(LIMIT, || Ok(7)).unwrap().unwrap(), 7);
        let none = keyring.within(LIMIT, || Err::<(), _>(Error::NoEntry));
        assert!(matches!(none, Ok(Err(Error::NoEntry))));
    }

    #[test]
    fn a_secret_that_is_too_long_goes_neither_to_the_keyring_nor_into_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("secrets");
        let long = || SecretBytes::new(vec![7; super::super::LIMIT + 1]);
        let keyring = Keyring::new("tanba-test");
        assert!(matches!(keyring.put("one", &long()), Err(SecretError::TooLong)));
        let both = KeyringOrFile::new(keyring, Files::new(files.clone()));
        assert!(matches!(both.put("one", &long()), Err(SecretError::TooLong)));
        assert!(!files.exists());
    }

    #[test]
    fn the_bytes_of_a_secret_are_in_no_error() {
        let error = Error::BadEncoding(b"canary".to_vec());
        let ours = SecretError::NoKeyring(why(&error));
        assert!(!format!("{ours:?} {ours}").contains("canary"));
        assert!(!format!("{ours:?}").contains(&format!("{:?}", b"canary")));
    }
}
