//! Where the passwords of waiting keys are kept until the person chooses the final one.
//!
//! The first choice is the system's keyring. Where there is none, or it does not answer, a file that only this user
//! can read takes its place, and the log says so. All calls block; they open the pending key files.

mod fallback;
mod files;
mod keyring;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use tanba_core::secret::SecretBytes;

pub use fallback::KeyringOrFile;
pub use files::Files;
pub use keyring::Keyring;

/// The longest secret, in bytes: a random password and the token of a session are a few hundred.
const LIMIT: usize = 4096;

/// Keeps secrets of at most 4096 bytes by name. An `id` is up to 64 lower-case letters, digits and `-`: it may become the name of a file.
pub trait SecretStore: Send + Sync {
    /// Keeps a secret, in place of an earlier one of the same name. When this returns, the secret was read back; a file
    /// was synced, and a keyring has done what its service does to keep it.
    ///
    /// # Errors
    /// See [`SecretError`]; the earlier secret, if any, is then still there, unless a keyring lost it by keeping something
    /// else than it was given.
    fn put(&self, id: &str, secret: &SecretBytes) -> Result<Kept, SecretError>;

    /// The secret of that name; `None` if there is none.
    ///
    /// # Errors
    /// See [`SecretError`]: the secret may be there, but cannot be had now.
    fn get(&self, id: &str) -> Result<Option<SecretBytes>, SecretError>;

    /// As [`SecretStore::get`], but nobody is asked to unlock a keyring: a locked one is an error at once.
    ///
    /// # Errors
    /// See [`SecretError`].
    fn get_quietly(&self, id: &str) -> Result<Option<SecretBytes>, SecretError>;

    /// Forgets the secret of that name; that there is none is no error.
    ///
    /// # Errors
    /// See [`SecretError`]: the secret may still be there.
    fn delete(&self, id: &str) -> Result<(), SecretError>;

    /// Where a secret would be kept now. None is written or read, and nobody is asked anything.
    ///
    /// # Errors
    /// Why the keyring would not take it, where a keyring is wanted; a file may take it then.
    fn probe(&self) -> Result<Kept, Trouble>;

    /// Whether secrets lie in files now because the keyring failed, so that the person should be told what that
    /// means. Unlike all the others, this call does not block.
    fn has_files(&self) -> bool;
}

/// Where a secret lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In the system's keyring.
    Keyring,
    /// In a file that only this user can read, because the keyring failed, or because no keyring was wanted. Whoever
    /// steals the disk has it: where a keyring was wanted, the person should be told.
    File(Option<Trouble>),
}

/// Why the system's keyring cannot be used. It has no cause inside, because some errors of keyrings carry the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nobody keeps secrets in this session, or nobody has made a keyring yet.
    #[error("there is no keyring")]
    Absent,
    /// It is locked, and nobody unlocked it in time.
    #[error("the keyring is locked")]
    Locked,
    /// The person declined to unlock it, or the system does not let this program use it.
    #[error("the keyring was not opened for this program")]
    Denied,
    /// It waits for something that does not come; perhaps for its own window.
    #[error("the keyring does not answer")]
    Silent,
    /// It fails, or does not keep what it is given.
    #[error("the keyring does not work")]
    Broken,
}

impl Trouble {
    /// The name in the words' files, as `notice-secrets-<name>`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Locked => "locked",
            Self::Denied => "denied",
            Self::Silent => "silent",
            Self::Broken => "broken",
        }
    }
}

/// Why a secret cannot be kept or had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The keyring cannot be used.
    #[error(transparent)]
    NoKeyring(#[from] Trouble),
    /// The folder of secrets cannot be used: other users may open it, or the disk is full.
    #[error("the folder of secrets cannot be used")]
    Folder(#[from] std::io::Error),
    /// It is longer than any secret of ours, and is neither kept nor returned.
    #[error("a secret has 4096 bytes at most")]
    TooLong,
    /// A mistake in our own program.
    #[error("a name of a secret is lower-case letters, digits and hyphens, 64 at most")]
    BadName,
}

fn checked_length(secret: &[u8]) -> Result<(), SecretError> {
    if secret.len() > LIMIT { Err(SecretError::TooLong) } else { Ok(()) }
}

/// Whether what was read back is what was given, in a time that does not tell where they differ.
fn same(read_back: &[u8], given: &[u8]) -> bool {
    verify_slices_are_equal(read_back, given).is_ok()
}
