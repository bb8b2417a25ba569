//! Keychain and Credential Manager, as the `keyring` crate uses them.

use keyring::{Entry, Error};
use tanba_core::secret::SecretBytes;

use crate::secrets::Trouble;

/// Whether there is a keyring. Whether it is locked is told when it is used: neither system says so before.
pub(super) fn probe() -> Result<(), Trouble> {
    Entry::store_status().as_ref().map(|()| ()).map_err(trouble)
}

/// Keeps a secret in place of an earlier one of that name.
pub(super) fn put(service: &str, id: &str, secret: &[u8]) -> Result<(), Trouble> {
    Entry::new(service, id)
        .and_then(|entry| entry.set_secret(secret))
        .map_err(|error| trouble(&error))
}

/// The secret of that name.
pub(super) fn get(service: &str, id: &str) -> Result<Option<SecretBytes>, Trouble> {
    match Entry::new(service, id).and_then(|entry| entry.get_secret()) {
        Ok(secret) => Ok(Some(SecretBytes::new(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(trouble(&error)),
    }
}

/// Forgets the secret of that name.
pub(super) fn delete(service: &str, id: &str) -> Result<(), Trouble> {
    match Entry::new(service, id).and_then(|entry| entry.delete_credential()) {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(trouble(&error)),
    }
}

/// The cause without its data: some of the keyring's errors carry the bytes of the secret.
fn trouble(error: &Error) -> Trouble {
    match error {
        Error::NoDefaultStore => Trouble::Absent,
        // Windows has no store for a user who has not logged on; macOS says this of a keychain that stays locked.
        Error::NoStorageAccess(_) if cfg!(windows) => Trouble::Absent,
        Error::NoStorageAccess(_) => Trouble::Locked,
        _ => Trouble::Broken,
    }
}
