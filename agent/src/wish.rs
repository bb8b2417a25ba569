//! What a person wants of the agent: chosen in the tray's menu, or said by a second start of the program.

use clap::Subcommand;
use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

/// A wish. The name on the wire of the control socket is that of the command line: `tanba open sign-file`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Subcommand)]
#[serde(tag = "wish", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Wish {
    /// See the agent: its open windows, or the one from which all others are opened.
    Show,
    /// Obtain signature keys: the window of the whole procedure.
    Obtain,
    /// Go on with an unfinished enrolment.
    Resume {
        /// Which, as `tanba open show` lists it.
        enrolment: String,
    },
    /// See the keys that were used or made on this computer.
    Keys,
    /// Sign a file.
    SignFile,
    /// Check the signatures of a file.
    VerifyFile,
    /// See the sites that the person has signed for, and take that back.
    Sites,
    /// Speak another language from now on.
    Language {
        /// kk, ru or en.
        #[arg(value_parser = language)]
        locale: Locale,
    },
    /// Start with the session, or no longer.
    Autostart {
        /// on or off.
        #[arg(value_parser = switch, action = clap::ArgAction::Set)]
        on: bool,
    },
    /// See what works and what does not.
    Diagnose,
    /// See which program this is.
    About,
    /// End the agent.
    Quit,
}

fn language(text: &str) -> Result<Locale, String> {
    let known = Locale::ALL.into_iter().find(|locale| locale.code() == text);
    known.ok_or_else(|| "kk, ru or en".to_owned())
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("on or off".to_owned()),
    }
}
