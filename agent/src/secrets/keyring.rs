//! The system's keyring, with a limit of time.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod native;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use native as system;

use std::time::Duration;

use tanba_core::secret::SecretBytes;
use zeroize::Zeroizing;

use super::files::checked;
use super::{Kept, SecretError, SecretStore, Trouble, checked_length, same};
use crate::limited::{Limited, NoAnswer};

/// How long a keyring may think.
const LIMIT: Duration = Duration::from_secs(5);

/// How long the person may think when a locked keyring asks them for its password.
const UNLOCKING: Duration = Duration::from_secs(60);

/// How many calls may hang in a silent keyring before further ones are not even tried.
const HANGING: usize = 4;

/// The system's keyring: Secret Service, Keychain or Credential Manager.
#[derive(Debug)]
pub struct Keyring {
    service: String,
    limited: Limited,
    unlocking: Duration,
}

/// Whether the person may be asked to unlock it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    Allowed,
    Never,
}

impl Keyring {
    /// Entries are filed under `service`: `tanba`, but for tests.
    #[must_use]
    pub fn new(service: &str) -> Self {
        let limited = Limited::new("keyring", HANGING);
        Self { service: service.to_owned(), limited, unlocking: UNLOCKING }
    }

    /// As [`Keyring::new`], but the person may think no longer than this.
    #[must_use]
    pub fn hurried(service: &str, unlocking: Duration) -> Self {
        Self { unlocking, ..Self::new(service) }
    }

    /// Whether it would keep a secret now. Writes and reads none, and asks nobody.
    ///
    /// # Errors
    /// Why it would not.
    pub fn probe(&self) -> Result<(), Trouble> {
        self.limited.call(LIMIT, system::probe).unwrap_or_else(|none| Err(none.into()))
    }

    /// Makes a call into the keyring, on a thread of its own.
    ///
    /// Such a call cannot be broken off: KeePassXC, for one, was seen to hold a caller for as long as its own window was
    /// not answered. That is why it is asked first whether it is locked: only then may a person be thinking.
    fn ask<T: Send + 'static>(
        &self,
        asking: Asking,
        id: &str,
        call: impl FnOnce(&str, &str) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, SecretError> {
        let (service, id) = (self.service.clone(), checked(id)?.to_owned());
        let limit = match self.probe() {
            Ok(()) => LIMIT,
            Err(Trouble::Locked) if asking == Asking::Allowed => {
                tracing::info!("the keyring is locked, and asks the person");
                self.unlocking
            }
            Err(trouble) => return Err(trouble.into()),
        };
        match self.limited.call(limit, move || call(&service, &id)) {
            Ok(outcome) => Ok(outcome?),
            Err(NoAnswer::Silent) if limit == self.unlocking => Err(Trouble::Locked.into()),
            Err(none) => Err(Trouble::from(none).into()),
        }
    }

    fn read(&self, asking: Asking, id: &str) -> Result<Option<SecretBytes>, SecretError> {
        let found = self.ask(asking, id, system::get)?;
        if let Some(secret) = &found {
            checked_length(secret.expose())?;
        }
        Ok(found)
    }
}

impl From<NoAnswer> for Trouble {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::Silent => Self::Silent,
            NoAnswer::Broken => Self::Broken,
        }
    }
}

impl SecretStore for Keyring {
    fn put(&self, id: &str, secret: &SecretBytes) -> Result<Kept, SecretError> {
        checked_length(secret.expose())?;
        let written = Zeroizing::new(secret.expose().to_vec());
        self.ask(Asking::Allowed, id, move |service, id| {
            system::put(service, id, &written)?;
            match system::get(service, id)? {
                Some(read) if same(read.expose(), &written) => Ok(Kept::Keyring),
                Some(_) | None => Err(Trouble::Broken),
            }
        })
    }

    fn get(&self, id: &str) -> Result<Option<SecretBytes>, SecretError> {
        self.read(Asking::Allowed, id)
    }

    fn get_quietly(&self, id: &str) -> Result<Option<SecretBytes>, SecretError> {
        self.read(Asking::Never, id)
    }

    fn delete(&self, id: &str) -> Result<(), SecretError> {
        self.ask(Asking::Allowed, id, system::delete)
    }

    fn probe(&self) -> Result<Kept, Trouble> {
        Self::probe(self).map(|()| Kept::Keyring)
    }

    fn has_files(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_too_long_does_not_go_to_the_keyring() {
        let long = SecretBytes::new(vec![7; super::super::LIMIT + 1]);
        let outcome = Keyring::new("tanba-test").put("one", &long);
        assert!(matches!(outcome, Err(SecretError::TooLong)));
    }
}
