//! What a person wants of the agent: chosen in the tray's menu, or said by a second start of the program.

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

/// A wish. The name on the wire of the control socket is that of the command line: `tanba open sign-file`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Wish {
    /// Obtain signature keys: the window of the whole procedure.
    Obtain,
    /// Go on with an unfinished enrolment.
    Resume {
        /// Which.
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
        /// Which.
        locale: Locale,
    },
    /// Start with the session, or no longer.
    Autostart {
        /// Whether.
        on: bool,
    },
    /// See what works and what does not.
    Diagnose,
    /// See which program this is.
    About,
    /// End the agent.
    Quit,
}
