//! Files that survive: written whole or not at all, readable by their owner alone, never through a link.
//!
//! ```text
//! new file beside the place ──write──▶ sync ──▶ moved into place, refusing to replace ──▶ the folder is synced
//! ```
//!
//! The order is that of enrolment barrier B1: whoever reads the name later reads the whole file. What a power cut left
//! unfinished beside the place goes when the name is written again or removed.

#[cfg(unix)]
#[path = "files/unix.rs"]
mod platform;
#[cfg(not(unix))]
#[path = "files/other.rs"]
mod platform;
mod unfinished;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub(crate) use unfinished::Part;
pub use unfinished::sweep;

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

/// Writes a file that was not there before.
///
/// # Errors
/// `Exists` leaves the other file as it is. After any error the name is as it was, but for one case: when the medium
/// fails as the folder is synced, the whole file may be there already.
pub fn write_new(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), FileError> {
    Part::write(folder, name, bytes)?.become_new(&folder.join(name))?;
    Ok(platform::sync_folder(folder)?)
}

/// Writes a file, in the place of an older one if there is one.
///
/// # Errors
/// After any error the older one is there, whole; or, when the medium fails as the folder is synced, the new one.
pub fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), FileError> {
    Part::write(folder, name, bytes)?.replace(&folder.join(name))?;
    Ok(platform::sync_folder(folder)?)
}

/// Writes JSON, in the place of an older file if there is one.
///
/// # Errors
/// Those of [`replace`].
pub fn replace_json(
    folder: &Path,
    name: &str,
    value: &impl serde::Serialize,
) -> Result<(), FileError> {
    let text = serde_json::to_vec(value).map_err(io::Error::from)?;
    replace(folder, name, &text)
}

/// Reads a regular file that is not larger than `limit` bytes. A link is not followed, and a pipe or a device is not
/// waited for: both are errors.
///
/// # Errors
/// Those of [`FileError`].
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>, FileError> {
    read_file(open(path)?, limit)
}

fn read_file(file: File, limit: usize) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes)?;
    if bytes.len() > limit { Err(FileError::TooLarge) } else { Ok(bytes) }
}

/// Removes a file, and what was left unfinished of it; that it is gone already is as good, and so is that the folder is
/// gone. Whoever must tell these apart uses [`look_for_folder`].
///
/// # Errors
/// Those of [`FileError`].
pub fn remove(folder: &Path, name: &str) -> Result<(), FileError> {
    unfinished::gone(std::fs::remove_file(folder.join(name)))?;
    match sweep(folder, name) {
        Ok(()) => Ok(platform::sync_folder(folder)?),
        Err(FileError::Missing) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Looks whether a folder is there: one on a medium that was pulled out is not.
///
/// # Errors
/// `Missing` when it is not there or no folder; `Denied` or `Io` when that cannot be known now.
pub fn look_for_folder(folder: &Path) -> Result<(), FileError> {
    if std::fs::metadata(folder)?.is_dir() { Ok(()) } else { Err(FileError::Missing) }
}

/// Opens a regular file for reading, by the rules of [`read`].
pub(crate) fn open(path: &Path) -> io::Result<File> {
    platform::open_private(path)
}

/// Opens a document that a person chose, for reading: links are followed, as people expect of documents, and a pipe or
/// a device is not waited for.
pub(crate) fn open_document(path: &Path) -> io::Result<File> {
    only_regular(platform::open_followed(path)?)
}

/// Makes durable what was moved or removed in a folder.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    platform::sync_folder(folder)
}

/// Nothing but a regular file has the length, the end and the permissions that we rely on.
fn only_regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"))
    }
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
    look_for_folder(folder)?;
    Ok(Part::write(folder, "tanba", &vec![0; ROOM])?.remove()?)
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use std::io::Write as _;

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

    #[test]
    fn trying_a_folder_out_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let left = ".tanba.0123456789abcdef0123456789abcdef.part";
        std::fs::write(folder.path().join(left), b"an earlier trial").expect("written");
        try_out(folder.path()).expect("tried out");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 0);
    }

    #[test]
    fn what_is_left_unfinished_of_a_removed_file_goes_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let left = ".journal.0123456789abcdef0123456789abcdef.part";
        write_new(folder.path(), "journal", b"whole").expect("written");
        std::fs::write(folder.path().join(left), b"half").expect("written");
        remove(folder.path(), "journal").expect("removed");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 0);
        remove(&folder.path().join("gone"), "journal").expect("nothing is there to be removed");
    }

    #[test]
    fn a_folder_is_told_from_a_file_and_from_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        write_new(folder.path(), "file", b"").expect("written");
        assert!(look_for_folder(folder.path()).is_ok());
        for name in ["file", "gone", "file/below"] {
            let outcome = look_for_folder(&folder.path().join(name));
            assert!(matches!(outcome, Err(FileError::Missing)), "{name}");
        }
    }

    #[test]
    fn a_folder_is_not_read_as_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let outcome = read(folder.path(), 100);
        assert!(matches!(outcome, Err(FileError::Io(_) | FileError::Denied(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_neither_waited_for_nor_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key.p12");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("every Unix has mkfifo").success());
        assert!(matches!(read(&path, 100), Err(FileError::Io(_))), "with no writer");
        // Opened for both, a pipe has a writer, and bytes that could be taken for a file's.
        let mut both =
            std::fs::OpenOptions::new().read(true).write(true).open(&path).expect("opened");
        both.write_all(b"bytes").expect("written");
        assert!(matches!(read(&path, 100), Err(FileError::Io(_))), "with a writer");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_read() {
        assert!(matches!(read(Path::new("/dev/zero"), 100), Err(FileError::Io(_))));
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
