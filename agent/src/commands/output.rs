//! Files that a command writes: whole or not at all, and never over another unless that is wished.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::failure::{Failure, Problem};
use super::interrupt::Unfinished;
use crate::files::{self, Part};

/// The folder and the name of a file to be written.
pub(super) fn split(path: &Path) -> Result<(PathBuf, String), Failure> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Failure::new(Problem::CannotWrite, path))?.to_owned();
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        Some(_) | None => PathBuf::from("."),
    };
    Ok((folder, name))
}

/// Refuses what is there, before any work is done for it.
pub(super) fn refuse_existing(path: &Path) -> Result<(), Failure> {
    match std::fs::symlink_metadata(path) {
        Ok(_) => Err(Failure::new(Problem::Exists, path)),
        Err(_) => Ok(()),
    }
}

/// Refuses to put a file in the place of what is none: a device that is replaced is gone for every program.
pub(super) fn refuse_replacing_other_than_files(path: &Path) -> Result<(), Failure> {
    match std::fs::symlink_metadata(path) {
        Ok(known) if known.is_symlink() => Err(Failure::new(Problem::IsALink, path)),
        Ok(known) if !known.is_file() => {
            Err(Failure::new(Problem::CannotWrite, path).detail("it is no regular file"))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Writes a file that was not there.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let (folder, name) = split(path)?;
    files::write_new(&folder, &name, bytes).map_err(|error| Failure::file(&error, path, true))
}

/// A file that is being written beside its place. It goes when it is dropped before it was placed.
pub(super) struct Place<'a> {
    path: &'a Path,
    folder: PathBuf,
    part: Part,
    replace: bool,
    _unfinished: Unfinished,
}

impl<'a> Place<'a> {
    /// Begins one. `replace` takes the place of a file that is there.
    pub(super) fn begin(path: &'a Path, replace: bool) -> Result<Self, Failure> {
        let (folder, name) = split(path)?;
        let mut part =
            Part::begin(&folder, &name).map_err(|error| Failure::file(&error, path, true))?;
        let unfinished = Unfinished::new(part.path());
        let _ = open_as_usual(part.file());
        Ok(Self { path, folder, part, replace, _unfinished: unfinished })
    }

    /// Where the bytes go.
    pub(super) fn file(&mut self) -> &mut File {
        self.part.file()
    }

    /// Makes it durable and puts it in its place.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let writing = |error| Failure::writing(error, self.path);
        self.part.file().sync_all().map_err(writing)?;
        if self.replace {
            self.part.replace(self.path).map_err(writing)?;
        } else {
            self.part.become_new(self.path).map_err(writing)?;
        }
        files::sync_folder(&self.folder).map_err(writing)
    }
}

/// Gives a document the permissions that new files have here: signatures are made to be passed on, unlike keys. Where that
/// fails it stays its owner's.
#[cfg(unix)]
fn open_as_usual(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    use rustix::fs::Mode;
    // There is no way to ask without setting.
    let mask = rustix::process::umask(Mode::empty());
    rustix::process::umask(mask);
    let mode = 0o666 & !mask.bits();
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

/// Other systems give files the permissions of their folder anyway.
#[cfg(not(unix))]
fn open_as_usual(_: &File) -> std::io::Result<()> {
    Ok(())
}
