//! What the person should know, one notice after the other.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

/// Something that the person should know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NoticeView {
    /// The language of the window.
    pub locale: Locale,
    /// Whether the services are invented ones.
    pub sandbox: bool,
    /// What it is about.
    pub kind: NoticeKind,
    /// How many more notices wait behind this one.
    pub more: usize,
    /// What came of saving: the name of the file that was written.
    pub saved: Option<String>,
    /// Whether it was given to the printer; `None` if nobody wanted that yet.
    pub printed: Option<bool>,
    /// Something that could not be done, as a key of the words' files.
    pub trouble: Option<String>,
    /// Counts how often somebody wanted to see the window.
    pub raised: u64,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeKind {
    /// There is no keyring, or it cannot be used: passwords of waiting keys lie in a file of this user alone.
    SecretsInFile {
        /// Why, as a key of the words' files: `absent`, `locked`, `denied`, `silent`, `broken`.
        why: String,
    },
    /// An application was sent: its number, to be saved, printed or written down, and its recovery code, where there is
    /// one.
    Number {
        /// Fourteen digits.
        number: String,
        /// As it is written down.
        recovery: Option<String>,
    },
    /// An enrolment moved: its state as a key of the words' files.
    Moved {
        /// Fourteen digits.
        number: Option<String>,
        /// How it stands.
        state: String,
    },
    /// A file was signed.
    Signed {
        /// Where the signature lies.
        #[serde(with = "crate::desktop::line::one")]
        path: PathBuf,
    },
    /// Something that the person wanted could not be done: texts for people, what happened and what to do.
    Cannot {
        /// What happened.
        what: String,
        /// What to do.
        hint: String,
    },
    /// Another program holds the port on which pages look for the agent.
    PortTaken {
        /// Which port.
        port: u16,
        /// The program's name, where the system tells it.
        by: Option<String>,
    },
}

/// What the person did with a notice. Copying is done by the window itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum NoticeDeed {
    /// Wants a number written into a file.
    Save,
    /// Wants it printed.
    Print,
    /// Has seen it, and has kept what had to be kept.
    Done,
}
