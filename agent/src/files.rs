//! Files that survive: written whole or not at all, readable by their owner alone, never through a link.
//!
//! ```text
//! new file beside the place ──write──▶ sync ──▶ moved into place, refusing to replace ──▶ the folder is synced
//! ```
//!
//! The order is that of enrolment barrier B1: whoever reads the name later reads the whole file.

#[cfg(unix)]
#[path = "files/unix.rs"]
mod platform;
#[cfg(not(unix))]
#[path = "files/other.rs"]
mod platform;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// Why a file was not written or read; what the caller can do differs.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A file of this name is there already. It was not touched.
    #[error("a file of this name is there already")]
    Exists,
    /// The file or the folder is not there.
    #[error("the file or its folder is not there")]
    Missing,
    /// The folder or file may not be written or read.
    #[error("it may not be written or read")]
    Denied(#[source] io::Error),
    /// There is no room.
    #[error("there is no room")]
    Full,
    /// The file is larger than any of ours.
    #[error("the file is too large")]
    TooLarge,
    /// The medium failed.
    #[error("the medium failed")]
    Io(#[source] io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        let kind = error.kind();
        if kind == Kind::AlreadyExists {
            Self::Exists
        } else if matches!(kind, Kind::NotFound | Kind::NotADirectory) {
            Self::Missing
        } else if matches!(kind, Kind::StorageFull | Kind::QuotaExceeded) {
            Self::Full
        } else if matches!(kind, Kind::PermissionDenied | Kind::ReadOnlyFilesystem) {
            Self::Denied(error)
        } else {
            Self::Io(error)
        }
    }
}

/// A name for a file that is being written, beside the one that it will become.
fn unfinished(name: &str) -> String {
    format!(".{name}.{}.part", uuid::Uuid::new_v4().simple())
}

fn write_beside(folder: &Path, name: &str, bytes: &[u8]) -> Result<String, FileError> {
    let part = unfinished(name);
    let written = (|| {
        let mut file = platform::create_private(&folder.join(&part))?;
        file.write_all(bytes)?;
        file.sync_all()
    })();
    if let Err(error) = written {
        // What could not be finished is nobody's; if it cannot be removed either, its name says what it is.
        let _ = std::fs::remove_file(folder.join(&part));
        return Err(error.into());
    }
    Ok(part)
}

/// Writes a file that was not there before.
///
/// # Errors
/// `Exists` leaves the other file as it is; after any error nothing of ours is left.
pub fn write_new(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), FileError> {
    let part = write_beside(folder, name, bytes)?;
    if let Err(error) = platform::move_without_replacing(&folder.join(&part), &folder.join(name)) {
        let _ = std::fs::remove_file(folder.join(&part));
        return Err(error.into());
    }
    platform::sync_folder(folder)?;
    Ok(())
}

/// Writes a file, in the place of an older one if there is one.
///
/// # Errors
/// The older one is there, whole, after any error.
pub fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), FileError> {
    let part = write_beside(folder, name, bytes)?;
    if let Err(error) = std::fs::rename(folder.join(&part), folder.join(name)) {
        let _ = std::fs::remove_file(folder.join(&part));
        return Err(error.into());
    }
    platform::sync_folder(folder)?;
    Ok(())
}

/// Reads a file that is not larger than `limit` bytes, and not a link.
///
/// # Errors
/// Those of [`FileError`].
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>, FileError> {
    let file = platform::open_private(path)?;
    read_file(file, limit)
}

fn read_file(file: File, limit: usize) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes)?;
    if bytes.len() > limit { Err(FileError::TooLarge) } else { Ok(bytes) }
}

/// Removes a file; that it is gone already is as good.
///
/// # Errors
/// Those of [`FileError`] but `Missing`.
pub fn remove(folder: &Path, name: &str) -> Result<(), FileError> {
    match std::fs::remove_file(folder.join(name)) {
        Ok(()) => platform::sync_folder(folder)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Makes a folder that only its owner can look into, with those above it.
///
/// # Errors
/// Those of [`FileError`].
pub fn private_folder(path: &Path) -> Result<(), FileError> {
    Ok(platform::create_private_folder(path)?)
}

/// Tries a folder out: whether key files can be written there, before any key exists.
///
/// # Errors
/// What writing would have brought.
pub fn try_out(folder: &Path) -> Result<(), FileError> {
    /// What two keys with their certificates need at the most, in bytes.
    const ROOM: usize = 256 * 1024;
    if !std::fs::metadata(folder)?.is_dir() {
        return Err(FileError::Missing);
    }
    let part = write_beside(folder, "tanba", &vec![0; ROOM])?;
    std::fs::remove_file(folder.join(part))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_never_replaces_another() {
        let folder = tempfile::tempdir().expect("a folder");
        write_new(folder.path(), "key.p12", b"first").expect("written");
        assert!(matches!(write_new(folder.path(), "key.p12", b"second"), Err(FileError::Exists)));
        assert_eq!(read(&folder.path().join("key.p12"), 100).expect("read"), b"first");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("listed").count(),
            1,
            "nothing unfinished is left"
        );
    }

    #[test]
    fn a_replaced_file_is_the_new_one() {
        let folder = tempfile::tempdir().expect("a folder");
        replace(folder.path(), "journal", b"first").expect("written");
        replace(folder.path(), "journal", b"second").expect("replaced");
        assert_eq!(read(&folder.path().join("journal"), 100).expect("read"), b"second");
    }

    #[test]
    fn a_file_above_the_limit_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        write_new(folder.path(), "large", &[0; 11]).expect("written");
        assert!(matches!(read(&folder.path().join("large"), 10), Err(FileError::TooLarge)));
    }

    #[test]
    fn a_folder_that_is_not_there_is_said_to_be_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(matches!(try_out(&folder.path().join("gone")), Err(FileError::Missing)));
    }

    #[cfg(unix)]
    #[test]
    fn files_are_for_their_owner_and_links_are_not_followed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        write_new(folder.path(), "key.p12", b"bytes").expect("written");
        let path = folder.path().join("key.p12");
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        std::os::unix::fs::symlink(&path, folder.path().join("link")).expect("linked");
        assert!(read(&folder.path().join("link"), 100).is_err());
        assert!(matches!(write_new(folder.path(), "link", b"x"), Err(FileError::Exists)));
    }
}
