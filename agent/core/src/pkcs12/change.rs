//! A file under another password, with nothing lost.

use thiserror::Error;

use super::contents::{Bag, Contents, Safe, Value};
use super::{Form, OpenError, WriteError, bag, read, write};
use crate::crypto::Provider;
use crate::secret::Password;

/// Why a password was not changed. The old file is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChangeError {
    /// The file could not be opened with the old password.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The new file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Something in the file cannot be read, and so not be written again.
    #[error("the key file has something that would be lost: {what}")]
    WouldLose {
        /// What that is.
        what: &'static str,
    },
    /// The new file was opened and did not hold what the old one does: a fault of ours, or of the machine.
    #[error("the new key file does not hold what the old one does")]
    Differs,
}

/// Writes all that a file holds under another password: every key, also of kinds that are not used here, every
/// certificate, names, ids and attributes, foreign bags, all in their order. The result was opened with the new
/// password and compared with the old before it is returned.
///
/// Keys that lay open in a safe without encryption are encrypted. A safe of certificates that was not encrypted stays
/// so. The new file has a MAC, even if the old had none.
///
/// # Errors
/// [`ChangeError`]; nothing is ever left out silently.
pub fn change_password(
    file: &[u8],
    old: &Password,
    new: &Password,
    form: impl Into<Form>,
    provider: &Provider,
) -> Result<Vec<u8>, ChangeError> {
    let contents = read::read(file, old)?;
    check(&contents)?;
    let written = write::encode(&contents, new, form.into(), provider)?;
    let again = read::read(&written, new).map_err(|_| ChangeError::Differs)?;
    if !again.has_mac || !contents.same_as(&again) {
        return Err(ChangeError::Differs);
    }
    Ok(written)
}

/// Refuses what cannot be written again.
fn check(contents: &Contents) -> Result<(), ChangeError> {
    for safe in &contents.safes {
        match safe {
            Safe::Read { bags, .. } => check_bags(bags)?,
            Safe::Unread { why } => return Err(ChangeError::WouldLose { what: why }),
        }
    }
    Ok(())
}

fn check_bags(bags: &[Bag]) -> Result<(), ChangeError> {
    for one in bags {
        match &one.value {
            Value::Unread { why } => return Err(ChangeError::WouldLose { what: why }),
            // Java encrypts what is in these under the file's password once more: it would stay under the old one.
            Value::Other(_) if one.id == bag::SECRET_BAG => {
                return Err(ChangeError::WouldLose { what: "a secret of another program" });
            }
            Value::Bags(bags) => check_bags(bags)?,
            Value::Key(_) | Value::Certificate(_) | Value::Other(_) => {}
        }
    }
    Ok(())
}
