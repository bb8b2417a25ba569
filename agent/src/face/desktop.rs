//! What the agent asks of the person, asked at the terminal or answered from a file.

use std::io::IsTerminal;
use std::path::PathBuf;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;

use crate::blocking::blocking;
use crate::desktop::{Asked, Desktop, FolderPrompt, NewPasswordPrompt};
use crate::files;
use crate::words::Words;

/// The terminal as a desktop.
#[derive(Debug, Clone, Default)]
pub struct TerminalDesktop {
    /// A file whose first line is the new password; without it the person is asked.
    pub password_file: Option<PathBuf>,
}

impl TerminalDesktop {
    /// Looks at the password file before anything begins: a password that will not do is told at once.
    ///
    /// # Errors
    /// What is wrong with the file or with the password in it.
    pub fn check(&self) -> Result<(), BadPasswordFile> {
        match &self.password_file {
            Some(path) => read_password(path).map(drop),
            None => Ok(()),
        }
    }
}

/// Why a password file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadPasswordFile {
    /// It cannot be read.
    #[error("the password file cannot be read")]
    File(#[from] files::FileError),
    /// It is not text.
    #[error("the password file is not text")]
    NotText,
    /// The password breaks rules.
    #[error("the password in the file does not meet the rules: {0}")]
    Rules(String),
}

/// The largest password file.
const MOST: usize = 4096;

impl Desktop for TerminalDesktop {
    /// The terminal face asks for its folder itself.
    fn choose_folder(&self, _: FolderPrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        futures_util::future::ready(Asked::NoScreen).boxed()
    }

    fn new_password(&self, prompt: NewPasswordPrompt) -> BoxFuture<'_, Asked<NewPassword>> {
        let file = self.password_file.clone();
        async move {
            match file {
                Some(path) => blocking(move || from_file(&path)).await,
                None if std::io::stdin().is_terminal() => blocking(move || ask(&prompt)).await,
                None => Asked::NoScreen,
            }
        }
        .boxed()
    }
}

fn from_file(path: &std::path::Path) -> Asked<NewPassword> {
    match read_password(path) {
        Ok(password) => Asked::Answered(password),
        Err(error) => {
            tracing::error!(%error, "the password file cannot be used");
            Asked::Closed
        }
    }
}

fn read_password(path: &std::path::Path) -> Result<NewPassword, BadPasswordFile> {
    let bytes = zeroize::Zeroizing::new(files::read(path, MOST)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| BadPasswordFile::NotText)?;
    let line = text.lines().next().unwrap_or_default();
    NewPassword::parse(Password::new(line.to_owned())).map_err(|broken| {
        let names: Vec<_> = broken.rules.iter().map(|rule| rule.name()).collect();
        BadPasswordFile::Rules(names.join(", "))
    })
}

#[expect(clippy::print_stderr, reason = "the terminal is the window here")]
fn ask(prompt: &NewPasswordPrompt) -> Asked<NewPassword> {
    let words = Words::new(prompt.locale);
    eprintln!("{}\n{}", words.get("window-password-title"), prompt.files.join("\n"));
    eprintln!("{}", words.get("window-password-warning"));
    loop {
        let question = |key: &str| format!("{}: ", words.get(key));
        let Ok(first) = rpassword::prompt_password(question("cli-prompt-password")) else {
            return Asked::Closed;
        };
        let first = match NewPassword::parse(Password::new(first)) {
            Ok(password) => password,
            Err(broken) => {
                for rule in broken.rules {
                    eprintln!("  ✗ {}", words.get(&format!("window-password-{}", rule.name())));
                }
                continue;
            }
        };
        let Ok(again) = rpassword::prompt_password(question("cli-prompt-password_repeat")) else {
            return Asked::Closed;
        };
        let again = Password::new(again);
        if again.expose() == first.as_password().expose() {
            return Asked::Answered(first);
        }
        eprintln!("  ✗ {}", words.get("window-password-same"));
    }
}
