//! `tanba keys`: what is in key files, new keys, other passwords.

mod generate;
mod passwd;
mod show;

use clap::Subcommand;

use super::failure::Failure;
use super::shell::Shell;
use super::{Done, WantsJson};

/// What to do with key files.
#[derive(Subcommand, Debug)]
pub enum Keys {
    /// Shows the keys of a PKCS#12 file and their certificates.
    #[command(after_help = show::EXAMPLE)]
    Show(show::Show),
    /// Makes a key and a certificate request for it, in files.
    #[command(after_help = generate::EXAMPLE)]
    Generate(generate::Generate),
    /// Gives a PKCS#12 file another password.
    #[command(after_help = passwd::EXAMPLE)]
    Passwd(passwd::Passwd),
}

impl Keys {
    pub(super) fn run(&self, shell: &Shell) -> Result<Done, Failure> {
        match self {
            Self::Show(command) => command.run(shell),
            Self::Generate(command) => command.run(shell),
            Self::Passwd(command) => command.run(shell),
        }
    }
}

impl WantsJson for Keys {
    fn wants_json(&self) -> bool {
        match self {
            Self::Show(command) => command.form.json,
            Self::Generate(command) => command.form.json,
            Self::Passwd(command) => command.form.json,
        }
    }
}
