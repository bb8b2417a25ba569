//! `tanba keys passwd`.
//!
//! ```text
//! old file ──▶ core: opened, written anew, opened again, compared ──▶ new file beside ──▶ synced, read back, opened
//!                                                                          └──▶ renamed over the old one, folder synced
//! ```
//!
//! Whenever the machine stops, the name holds the old file whole or the new file whole.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use clap::Args;
use tanba_core::pkcs12::{self, ChangeError, Form as FileForm, Strength};

use crate::commands::failure::{Failure, Problem};
use crate::commands::shell::Shell;
use crate::commands::{Done, Form, input, output, password};
use crate::files::{self, Part};

pub(super) const EXAMPLE: &str = "\
Example: tanba keys passwd RSA256_11c7….p12 --password-file old.txt --new-password-file new.txt

With `-` for both, the first line of standard input is the old password and the second the new one.";

#[derive(Args, Debug)]
pub struct Passwd {
    /// The PKCS#12 file. It keeps its name and its permissions; links are refused.
    file: PathBuf,
    #[command(flatten)]
    password: password::PasswordFile,
    /// A file whose first line is the new password; `-` reads standard input. Without it the password is asked.
    #[arg(long, value_name = "F")]
    new_password_file: Option<PathBuf>,
    /// Writes the authority's old form (3DES, RC2, SHA-1) for programs that read no other; it protects much less.
    #[arg(long)]
    legacy: bool,
    #[command(flatten)]
    pub(super) form: Form,
}

impl Passwd {
    pub(super) fn run(&self, shell: &Shell) -> Result<Done, Failure> {
        let known = std::fs::symlink_metadata(&self.file)
            .map_err(|error| Failure::reading(error, &self.file))?;
        if known.is_symlink() {
            return Err(Failure::new(Problem::IsALink, &self.file));
        }
        let source = self.password.password_file.as_deref();
        let (_, bytes, old) = password::open(shell, &self.file, source)?;
        let new = password::new(shell, self.new_password_file.as_deref(), &self.file)?;
        let form = if self.legacy { FileForm::Legacy } else { FileForm::Modern(Strength::Person) };
        let written =
            pkcs12::change_password(&bytes, &old, new.as_password(), form, &shell.provider)
                .map_err(|error| self.not_changed(error))?;
        self.put_in_place(&known, &bytes, &written, &new)?;
        shell.answer(&serde_json::json!({"file": self.file.display().to_string()}))?;
        let path = self.file.display().to_string();
        shell.say(&shell.words.get_with("cmd-password-changed", &[("path", &path)]))?;
        Ok(Done::Good)
    }

    fn not_changed(&self, error: ChangeError) -> Failure {
        match error {
            ChangeError::Open(error) => password::not_opened(error, &self.file),
            ChangeError::WouldLose { what } => {
                Failure::new(Problem::WouldLose, &self.file).detail(what)
            }
            ChangeError::Write(_) | ChangeError::Differs => {
                Failure::new(Problem::Internal, &self.file).detail(&error)
            }
        }
    }

    fn put_in_place(
        &self,
        known: &Metadata,
        old: &[u8],
        written: &[u8],
        password: &tanba_core::password::NewPassword,
    ) -> Result<(), Failure> {
        let writing = |error| Failure::writing(error, &self.file);
        let (folder, name) = output::split(&self.file)?;
        let mut part = Part::write(&folder, &name, written)
            .map_err(|error| Failure::file(&error, &self.file, true))?;
        part.unlock();
        let again = files::read(part.path(), input::KEY_FILE)
            .map_err(|error| Failure::file(&error, &self.file, false))?;
        let opens = pkcs12::open(&again, password.as_password()).is_ok();
        // Somebody else may have replaced the file meanwhile: theirs is not overwritten.
        let unchanged = files::read(&self.file, input::KEY_FILE).is_ok_and(|now| now == old);
        if again != written || !opens || !unchanged {
            return Err(Failure::new(Problem::Changed, &self.file));
        }
        keep_permissions(part.path(), known)
            .and_then(|()| part.file().sync_all())
            .map_err(writing)?;
        part.replace(&self.file).map_err(writing)?;
        files::sync_folder(&folder).map_err(writing)
    }
}

/// The new file may be read by whom the old one could be.
fn keep_permissions(path: &Path, known: &Metadata) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let ours = std::fs::metadata(path)?;
        if (ours.uid(), ours.gid()) != (known.uid(), known.gid()) {
            std::os::unix::fs::chown(path, Some(known.uid()), Some(known.gid()))?;
        }
    }
    std::fs::set_permissions(path, known.permissions())
}
