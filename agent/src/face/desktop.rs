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
    let Ok(bytes) = files::read(path, MOST) else { return Asked::Closed };
    let bytes = zeroize::Zeroizing::new(bytes);
    let Ok(text) = std::str::from_utf8(&bytes) else { return Asked::Closed };
    let line = text.lines().next().unwrap_or_default();
    match NewPassword::parse(Password::new(line.to_owned())) {
        Ok(password) => Asked::Answered(password),
        Err(broken) => {
            tracing::error!(%broken, "the password in the file does not meet the rules");
            Asked::Closed
        }
    }
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
