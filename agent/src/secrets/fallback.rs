//! The keyring; where it fails, a file, and a warning.

use std::sync::atomic::{AtomicBool, Ordering};

use tanba_core::secret::SecretBytes;

use super::files::Files;
use super::keyring::Keyring;
use super::{Kept, SecretError, SecretStore, Trouble};

/// A file is there only if the keyring failed when the secret was kept last. It is therefore looked at first.
#[derive(Debug)]
pub struct KeyringOrFile {
    keyring: Keyring,
    files: Files,
    /// Whether any secret lies in a file, so that whoever shows it need not look at the disk.
    used: AtomicBool,
}

impl KeyringOrFile {
    /// Files go into `files` when the keyring fails.
    #[must_use]
    pub fn new(keyring: Keyring, files: Files) -> Self {
        let used = AtomicBool::new(files.is_used());
        Self { keyring, files, used }
    }

    fn look_again(&self) {
        self.used.store(self.files.is_used(), Ordering::Relaxed);
    }
}

impl SecretStore for KeyringOrFile {
    fn put(&self, id: &str, secret: &SecretBytes) -> Result<Kept, SecretError> {
        match self.keyring.put(id, secret) {
            Ok(kept) => {
                self.files.delete(id)?;
                self.look_again();
                Ok(kept)
            }
            Err(SecretError::NoKeyring(trouble)) => {
                tracing::warn!(
                    why = trouble.name(),
                    "the password of a waiting key goes into a file that is not encrypted: who copies this disk has it"
                );
                self.files.put(id, secret)?;
                self.look_again();
                Ok(Kept::File(Some(trouble)))
            }
            // A file would not take it either.
            Err(error @ (SecretError::BadName | SecretError::TooLong | SecretError::Folder(_))) => {
                Err(error)
            }
        }
    }

    fn get(&self, id: &str) -> Result<Option<SecretBytes>, SecretError> {
        match self.files.get(id)? {
            Some(secret) => Ok(Some(secret)),
            None => self.keyring.get(id),
        }
    }

    fn get_quietly(&self, id: &str) -> Result<Option<SecretBytes>, SecretError> {
        match self.files.get(id)? {
            Some(secret) => Ok(Some(secret)),
            None => self.keyring.get_quietly(id),
        }
    }

    fn delete(&self, id: &str) -> Result<(), SecretError> {
        if self.files.has(id)? {
            // The keyring failed when this secret was kept, so it owes us nothing. It is asked all the same, because
            // it may have answered after we had stopped waiting; but the person is not asked to unlock it for that.
            self.files.delete(id)?;
            self.look_again();
            if let Err(trouble) = self.keyring.probe() {
                tracing::debug!(%trouble, "the keyring could not be asked to forget a secret");
            } else if let Err(error) = self.keyring.delete(id) {
                tracing::debug!(%error, "the keyring could not be asked to forget a secret");
            }
            Ok(())
        } else {
            self.keyring.delete(id)
        }
    }

    fn probe(&self) -> Result<Kept, Trouble> {
        SecretStore::probe(&self.keyring)
    }

    fn has_files(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_too_long_goes_neither_to_the_keyring_nor_into_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("secrets");
        let long = SecretBytes::new(vec![7; super::super::LIMIT + 1]);
        let both = KeyringOrFile::new(Keyring::new("tanba-test"), Files::new(files.clone()));
        assert!(matches!(both.put("one", &long), Err(SecretError::TooLong)));
        assert!(!files.exists());
    }
}
