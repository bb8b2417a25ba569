//! Passwords of key files: the first line of a file or of standard input, or what a person types unseen.

use std::io::{self, BufRead, IsTerminal, Read};
use std::path::{Path, PathBuf};

use tanba_core::password::{self, NewPassword};
use tanba_core::pkcs12::{self, OpenError, Opened};
use tanba_core::secret::Password;
use zeroize::Zeroizing;

use super::failure::{Failure, Problem};
use super::input;
use super::shell::{Shell, eprint_line};

/// Longer first lines are no passwords.
const MOST: usize = 4096;
/// How often a person may try.
const ATTEMPTS: usize = 3;

/// Opens a key file with the password of a file, or with one that a person types.
///
/// Gives the file's bytes too, and the password that opened it.
pub(super) fn open(
    shell: &Shell,
    path: &Path,
    source: Option<&Path>,
) -> Result<(Opened, Vec<u8>, Password), Failure> {
    let bytes = input::read(path, input::KEY_FILE)?;
    let attempts = if source.is_some() { 1 } else { ATTEMPTS };
    for attempt in 1..=attempts {
        let password = match source {
            Some(source) => from(source)?,
            None => ask(shell, "cmd-ask-password", path)?,
        };
        match pkcs12::open(&bytes, &password) {
            Ok(opened) => return Ok((opened, bytes, password)),
            Err(OpenError::WrongPassword) if attempt < attempts => {
                eprint_line(&shell.word("cmd-ask-again"));
            }
            Err(error) => return Err(not_opened(error, path)),
        }
    }
    Err(Failure::new(Problem::WrongPassword, path))
}

/// Why a key file was not opened.
pub(super) fn not_opened(error: OpenError, path: &Path) -> Failure {
    match error {
        OpenError::WrongPassword => Failure::new(Problem::WrongPassword, path),
        OpenError::Damaged { .. } | OpenError::Unsupported { .. } | OpenError::TooExpensive => {
            Failure::new(Problem::NotAKeyFile, path).detail(&error)
        }
    }
}

/// A new password, of a file or typed twice; one that breaks rules is refused.
pub(super) fn new(
    shell: &Shell,
    source: Option<&Path>,
    about: &Path,
) -> Result<NewPassword, Failure> {
    if let Some(source) = source {
        return checked(from(source)?, source);
    }
    let first = ask(shell, "cmd-ask-new-password", about)?;
    let first = checked(first, about)?;
    let second = ask(shell, "cmd-ask-repeat", about)?;
    if first.as_password().expose() == second.expose() {
        Ok(first)
    } else {
        Err(Failure::new(Problem::PasswordsDiffer, about))
    }
}

fn checked(password: Password, source: &Path) -> Result<NewPassword, Failure> {
    NewPassword::parse(password).map_err(|broken| {
        let names: Vec<_> = broken.rules.iter().map(|rule| rule.name()).collect();
        let lengths = password::LENGTH;
        let rules = format!(
            "{}; {}–{}, A–Z a–z 0–9 {}",
            names.join(", "),
            lengths.start(),
            lengths.end(),
            password::SPECIALS
        );
        Failure::new(Problem::WeakPassword, source).detail(&rules)
    })
}

/// Asks without an echo, whoever stands at the terminal.
fn ask(shell: &Shell, question: &str, about: &Path) -> Result<Password, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new(Problem::NoTerminal, about));
    }
    let path = about.display().to_string();
    let question = shell.words.get_with(question, &[("path", &path)]);
    rpassword::prompt_password(format!("{question}: "))
        .map(Password::new)
        .map_err(|error| Failure::new(Problem::NoTerminal, about).detail(&error))
}

/// The first line of a file, or of standard input for `-`, without its end. A pipe is as good as a file here.
fn from(source: &Path) -> Result<Password, Failure> {
    let mut line = Zeroizing::new(Vec::with_capacity(MOST + 1));
    let limit = u64::try_from(MOST).unwrap_or(u64::MAX) + 1;
    if source == Path::new("-") {
        // Not more than the line is taken: a second password may follow it.
        io::stdin().lock().take(limit).read_until(b'\n', &mut line)
    } else {
        std::fs::File::open(source).and_then(|file| {
            io::BufReader::with_capacity(1, file).take(limit).read_until(b'\n', &mut line)
        })
    }
    .map_err(|error| Failure::reading(error, source))?;
    let text = std::str::from_utf8(&line)
        .ok()
        .filter(|_| line.len() <= MOST)
        .ok_or_else(|| Failure::new(Problem::NotAPasswordFile, source))?;
    let text = text.trim_start_matches('\u{feff}');
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(Password::new(text.strip_suffix('\r').unwrap_or(text).to_owned()))
}

/// The options for the password of an existing key file.
#[derive(clap::Args, Debug)]
pub(super) struct PasswordFile {
    /// A file whose first line is the password; `-` reads standard input. Without it the password is asked.
    #[arg(long, value_name = "F")]
    pub(super) password_file: Option<PathBuf>,
}
