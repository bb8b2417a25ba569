//! Files on Linux and macOS.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use super::only_regular;

fn bits(flags: OFlags) -> i32 {
    // The bits of open(2) flags are small and positive on every Unix.
    i32::try_from(flags.bits()).expect("open(2) takes an int")
}

pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let flags = bits(OFlags::NOFOLLOW | OFlags::CLOEXEC);
    OpenOptions::new().write(true).create_new(true).mode(0o600).custom_flags(flags).open(path)
}

/// `O_NONBLOCK`: whoever puts a pipe under one of our names must not hold us. It changes nothing for regular files.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let flags = bits(OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC);
    only_regular(OpenOptions::new().read(true).custom_flags(flags).open(path)?)
}

/// The same for documents of the person, which may lie behind a link.
pub(super) fn open_followed(path: &Path) -> io::Result<File> {
    let flags = bits(OFlags::NONBLOCK | OFlags::CLOEXEC);
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

pub(super) fn create_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    match File::open(path)?.sync_all() {
        // Some network and FUSE file systems cannot sync a folder; the file itself was synced.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// A second name, then the first goes: link(2) refuses to replace on every Unix. FAT knows no second names, so
/// there the look comes before the move, which is as much as it can do.
pub(super) fn move_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if std::fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}
