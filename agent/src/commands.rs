//! The commands that work on files: keys, signatures, certificates. No page, no gateway, no window.
//!
//! ```text
//! options ──▶ command ──▶ files in (input), files out (output), words and JSON (shell)
//!                └──▶ core: formats and keys
//! ```
//!
//! Each command has a file of its own. Exit codes: 0 good, 1 bad or refused, 2 could not be done. What goes wrong is a
//! [`failure::Failure`]: one line for people, and with `--json` an object `{"error": {"code", "message"}}`.

mod cert;
mod csr;
pub mod failure;
mod input;
mod interrupt;
mod keys;
mod message;
mod output;
mod password;
pub(crate) mod progress;
pub mod shell;
mod sign;
mod table;
pub(crate) mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tanba::protocol::Locale;

use self::failure::Failure;
use self::shell::Shell;

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Key files: shows keys, makes them, changes passwords.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Signs documents.
    #[command(after_help = sign::EXAMPLE)]
    Sign(sign::Sign),
    /// Checks signatures, and whose they are.
    #[command(after_help = verify::EXAMPLE)]
    Verify(verify::Verify),
    /// Certificates.
    #[command(subcommand)]
    Cert(cert::Cert),
    /// Certificate requests.
    #[command(subcommand)]
    Csr(csr::Csr),
}

/// How a command speaks.
#[derive(Args, Debug)]
struct Form {
    /// Answers in JSON, for programs; errors too.
    #[arg(long)]
    json: bool,
}

/// How a command ended that could be carried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Done {
    Good,
    /// What was looked at is bad, as was said.
    Bad,
}

/// Whether a program reads the answer.
trait WantsJson {
    fn wants_json(&self) -> bool;
}

impl Command {
    /// Carries a command out, and gives the exit code.
    #[must_use]
    pub fn run(&self, locale: Locale, data: PathBuf) -> u8 {
        let json = match self {
            Self::Keys(command) => command.wants_json(),
            Self::Sign(command) => command.wants_json(),
            Self::Verify(command) => command.wants_json(),
            Self::Cert(command) => command.wants_json(),
            Self::Csr(command) => command.wants_json(),
        };
        let shell = Shell::new(locale, json, data);
        match self.carry_out(&shell) {
            Ok(Done::Good) => 0,
            Ok(Done::Bad) => 1,
            Err(failure) => shell.fail(&failure),
        }
    }

    fn carry_out(&self, shell: &Shell) -> Result<Done, Failure> {
        match self {
            Self::Keys(command) => command.run(shell),
            Self::Sign(command) => command.run(shell),
            Self::Verify(command) => command.run(shell),
            Self::Cert(command) => command.run(shell),
            Self::Csr(command) => command.run(shell),
        }
    }
}
