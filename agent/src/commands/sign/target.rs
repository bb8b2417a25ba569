//! Where a signature goes.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::commands::failure::Failure;
use crate::commands::output::Place;
use crate::commands::shell;

/// A file, or standard output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Target {
    File(PathBuf),
    Out,
}

impl Target {
    /// Its path; `-` for standard output.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Out => Path::new("-"),
        }
    }

    /// Writes what is all there.
    pub(super) fn write(&self, bytes: &[u8], replace: bool) -> Result<(), Failure> {
        self.write_with(replace, |writer, path| {
            writer.write_all(bytes).map_err(|error| Failure::writing(error, path))
        })
    }

    /// Writes piece by piece. A file is placed only when `write` has succeeded; what went to standard output is out.
    pub(super) fn write_with(
        &self,
        replace: bool,
        write: impl FnOnce(&mut dyn Write, &Path) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self {
            Self::File(path) => {
                let mut place = Place::begin(path, replace)?;
                write(place.file(), path)?;
                place.finish()
            }
            Self::Out => write(&mut Out, Path::new("-")),
        }
    }
}

/// Standard output, whose reader may go.
struct Out;

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        shell::write_out(bytes).map(|()| bytes.len()).map_err(|_| std::io::ErrorKind::Other.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
