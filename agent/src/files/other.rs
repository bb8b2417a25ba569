//! Files on Windows: the user's own folders are private by their access lists; a link needs a privilege to make.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::only_regular;

pub(super) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

pub(super) fn open_private(path: &Path) -> io::Result<File> {
    only_regular(File::open(path)?)
}

pub(super) fn open_followed(path: &Path) -> io::Result<File> {
    File::open(path)
}

pub(super) fn create_private_folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// NTFS keeps its own journal of names; there is no handle of a folder to sync.
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A second name refuses to replace; where there are none (FAT, exFAT), the look comes before the move.
pub(super) fn move_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if std::fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}
