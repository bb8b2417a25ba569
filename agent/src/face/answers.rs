//! Answers that were written down beforehand, for runs that nobody watches.

use std::path::PathBuf;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use serde::Deserialize;
use tanba::protocol::{Challenge, DocumentKind, OtpSender};

/// The file of `--answers`: JSON, every member optional. What is missing is asked.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// Twelve digits.
    pub iin: Option<String>,
    /// `+7` and ten digits.
    pub phone: Option<String>,
    /// The address of the sandbox's toy telephone, from which one-time passwords are read, such as
    /// `http://127.0.0.1:14580/sandbox/sms`.
    pub inbox: Option<String>,
    /// A JPEG of the face.
    pub selfie: Option<PathBuf>,
    /// A folder with a JPEG for each instruction: `center.jpg`, `closer.jpg`, `turn_left.jpg`, …
    pub liveness: Option<PathBuf>,
    /// Four digits.
    pub pin: Option<String>,
    /// Which document.
    pub document: Option<DocumentKind>,
    /// A JPEG of its front.
    pub front: Option<PathBuf>,
    /// A JPEG of its back.
    pub back: Option<PathBuf>,
    /// Whether the recognised data are true.
    pub truthful: Option<bool>,
    /// Whether the data may be passed on.
    pub consent: Option<bool>,
    /// Whether the user agreement is accepted.
    pub agreement: Option<bool>,
    /// For notices; empty for none.
    pub email: Option<String>,
    /// The folder for the keys.
    pub folder: Option<PathBuf>,
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answers(…)")
    }
}

impl Answers {
    /// The picture for an instruction.
    #[must_use]
    pub fn picture_of(&self, challenge: Challenge) -> Option<PathBuf> {
        let name = super::serde_name(&challenge);
        self.liveness.as_ref().map(|folder| folder.join(format!("{name}.jpg")))
    }
}

/// Where one-time passwords arrive.
pub trait Inbox: Send + Sync {
    /// The newest code of a sender, if one came since the last was taken.
    fn newest(&self, sender: OtpSender) -> BoxFuture<'_, Option<String>>;
}

/// The person's own telephone: they read it themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoInbox;

impl Inbox for NoInbox {
    fn newest(&self, _: OtpSender) -> BoxFuture<'_, Option<String>> {
        ready(None).boxed()
    }
}
