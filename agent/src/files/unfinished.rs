//! Files that are still being written, beside the ones that they will become; and what a power cut left of them.
//!
//! `.NAME.<32 hexadecimal digits>.part` is locked by whoever writes it. The system takes the lock back when the
//! writer dies, so that a later writer of NAME knows which of these files nobody will ever finish.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{FileError, platform};

/// A file that is written whole and synced, but not yet at its place. It goes when it is dropped before.
pub(crate) struct Part {
    path: PathBuf,
    /// Open, because closing it would give up the lock.
    file: File,
    placed: bool,
}

impl Part {
    /// Writes and syncs all bytes, after removing what earlier writers of this name left unfinished.
    pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<Self, FileError> {
        let mut part = Self::begin(folder, name)?;
        part.file.write_all(bytes)?;
        part.file.sync_all()?;
        Ok(part)
    }

    /// Makes an empty one, after removing what earlier writers of this name left unfinished.
    pub(crate) fn begin(folder: &Path, name: &str) -> Result<Self, FileError> {
        if let Err(error) = sweep(folder, name) {
            // If this matters to the writing, the writing will say so better.
            tracing::debug!(%error, "unfinished files of an earlier run could not be removed");
        }
        let path = folder.join(format!(".{name}.{}.part", uuid::Uuid::new_v4().simple()));
        let file = platform::create_private(&path)?;
        // A file system without locks loses nothing by it: two writers of one name are rare, and one gets an error.
        let _ = file.try_lock();
        Ok(Self { path, file, placed: false })
    }

    /// The file, for what is too large to be written at once. Whoever writes syncs.
    pub(crate) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives the lock up, so that systems whose locks forbid reading let the file be read back.
    pub(crate) fn unlock(&self) {
        let _ = self.file.unlock();
    }

    /// Where it is as long as it is unfinished.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Moves it to its place, where nothing may be.
    pub(crate) fn become_new(mut self, place: &Path) -> io::Result<()> {
        platform::move_without_replacing(&self.path, place)?;
        self.placed = true;
        Ok(())
    }

    /// Moves it to its place, whatever was there.
    pub(crate) fn replace(mut self, place: &Path) -> io::Result<()> {
        std::fs::rename(&self.path, place)?;
        self.placed = true;
        Ok(())
    }

    /// Gives it up, and says whether that worked. That somebody else removed it is as good.
    pub(super) fn remove(mut self) -> io::Result<()> {
        self.placed = true;
        gone(std::fs::remove_file(&self.path))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.placed {
            // What could not be finished is nobody's; if it cannot be removed now, the next writer of the name does.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Removes what writers of `name` that do not live any more left unfinished in the folder: regular files of exactly
/// the names that such files have, never what a link leads to, and none that somebody is writing now.
///
/// # Errors
/// The first of those of [`FileError`], after all files were tried; `Missing` when there is no such folder.
pub fn sweep(folder: &Path, name: &str) -> Result<(), FileError> {
    let mut outcome = Ok(());
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|found| is_unfinished(found, name)) {
            outcome = outcome.and(remove_abandoned(&entry.path()));
        }
    }
    Ok(outcome?)
}

/// Whether `found` is a name that [`Part::write`] gives to an unfinished `name`.
fn is_unfinished(found: &str, name: &str) -> bool {
    let middle = found
        .strip_prefix('.')
        .and_then(|rest| rest.strip_prefix(name))
        .and_then(|rest| rest.strip_prefix('.'))
        .and_then(|rest| rest.strip_suffix(".part"));
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    middle.is_some_and(|middle| middle.len() == 32 && middle.bytes().all(hexadecimal))
}

fn remove_abandoned(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(known) if known.is_file() => {}
        Ok(_) => return Ok(()),
        Err(error) => return gone(Err(error)),
    }
    let file = match platform::open_private(path) {
        Ok(file) => file,
        Err(error) => return gone(Err(error)),
    };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(()),
        Ok(()) => gone(std::fs::remove_file(path)),
        // Where files cannot be locked at all, nobody holds one. Any other answer may hide a writer that lives.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            gone(std::fs::remove_file(path))
        }
        Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// That something is not there any more is what was wanted.
pub(super) fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(()) | Err(_) => removed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: &str = ".key.p12.0123456789abcdef0123456789abcdef.part";

    fn names(folder: &Path) -> Vec<String> {
        let listed = std::fs::read_dir(folder).expect("listed");
        let mut names: Vec<_> = listed
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_writer_left_goes_when_its_name_is_written_again() {
        for write in [super::super::write_new, super::super::replace] {
            let folder = tempfile::tempdir().expect("a folder");
            std::fs::write(folder.path().join(LEFT), b"half a key").expect("written");
            write(folder.path(), "key.p12", b"key").expect("written");
            assert_eq!(names(folder.path()), ["key.p12"]);
        }
    }

    #[test]
    fn a_kill_between_link_and_unlink_leaves_the_finished_file_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(LEFT), b"key").expect("written");
        if std::fs::hard_link(folder.path().join(LEFT), folder.path().join("key.p12")).is_err() {
            // FAT has no second names, and so never comes into this state.
            return;
        }
        sweep(folder.path(), "key.p12").expect("swept");
        assert_eq!(names(folder.path()), ["key.p12"]);
        assert_eq!(std::fs::read(folder.path().join("key.p12")).expect("read"), b"key");
    }

    #[test]
    fn what_goes_has_exactly_our_name() {
        let others = [
            ".key.p12.0123456789abcdef0123456789abcde.part",
            ".key.p12.0123456789abcdef0123456789abcdefa.part",
            ".key.p12.0123456789abcdef0123456789abcdeg.part",
            ".key.p12.0123456789ABCDEF0123456789ABCDEF.part",
            ".key.p12.part",
            ".other.p12.0123456789abcdef0123456789abcdef.part",
            "key.p12.0123456789abcdef0123456789abcdef.part",
            ".key.p12.0123456789abcdef0123456789abcdef.part~",
        ];
        let folder = tempfile::tempdir().expect("a folder");
        for other in others {
            std::fs::write(folder.path().join(other), b"somebody's").expect("written");
        }
        sweep(folder.path(), "key.p12").expect("swept");
        assert_eq!(names(folder.path()).len(), others.len());
        std::fs::write(folder.path().join(".a.0123456789abcdef0123456789abcdef.part"), b"")
            .expect("written");
        sweep(folder.path(), "a").expect("swept");
        assert_eq!(names(folder.path()).len(), others.len());
    }

    #[test]
    fn a_folder_of_that_name_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join(LEFT)).expect("made");
        sweep(folder.path(), "key.p12").expect("swept");
        assert_eq!(names(folder.path()), [LEFT]);
    }

    #[test]
    fn what_somebody_is_writing_now_stays_and_can_be_finished() {
        let folder = tempfile::tempdir().expect("a folder");
        let part = Part::write(folder.path(), "key.p12", b"key").expect("written");
        sweep(folder.path(), "key.p12").expect("swept");
        assert!(part.path().exists());
        part.become_new(&folder.path().join("key.p12")).expect("moved");
        assert_eq!(names(folder.path()), ["key.p12"]);
    }

    #[test]
    fn what_is_given_up_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(Part::write(folder.path(), "key.p12", b"key").expect("written"));
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_folder_that_is_not_there_is_not_said_to_be_swept() {
        let folder = tempfile::tempdir().expect("a folder");
        let outcome = sweep(&folder.path().join("gone"), "key.p12");
        assert!(matches!(outcome, Err(FileError::Missing)));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_of_that_name_and_what_it_leads_to_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("elsewhere"), b"somebody's").expect("written");
        std::os::unix::fs::symlink("elsewhere", folder.path().join(LEFT)).expect("linked");
        sweep(folder.path(), "key.p12").expect("swept");
        assert_eq!(names(folder.path()), [LEFT, "elsewhere"]);
    }
}
