//! A person made of written answers: reads the sandbox's toy telephone and chooses a password.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tanba::protocol::{DocumentKind, OtpSender};
use tanba_agent::desktop::{Asked, Desktop, FolderPrompt, NewPasswordPrompt};
use tanba_agent::face::{Answers, Inbox};
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;
use tanba_sandbox::Sandbox;

use crate::pictures;

type Future<'a, T> = std::pin::Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

/// Answers of the sandbox's first person, with keys into `folder` and pictures kept in `scratch`.
///
/// # Errors
/// When the pictures cannot be written.
pub fn answers(sandbox: &Sandbox, folder: &Path, scratch: &Path) -> io::Result<Answers> {
    let person = sandbox.persons().into_iter().find(|person| person.phone.is_some());
    let mut answers = Answers {
        iin: person.as_ref().map(|person| person.iin.clone()),
        phone: person.and_then(|person| person.phone),
        pin: Some("1111".to_owned()),
        document: Some(DocumentKind::IdCard),
        truthful: Some(true),
        consent: Some(true),
        agreement: Some(true),
        email: Some("sandboxov@example.com".to_owned()),
        folder: Some(folder.to_owned()),
        ..Answers::default()
    };
    pictures::answer_with(&mut answers, scratch)?;
    Ok(answers)
}

/// The toy telephone, read directly.
pub struct Telephone {
    sandbox: Arc<Sandbox>,
    phone: String,
}

impl std::fmt::Debug for Telephone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Telephone(…)")
    }
}

impl Telephone {
    /// The telephone of a number.
    #[must_use]
    pub fn new(sandbox: Arc<Sandbox>, phone: &str) -> Self {
        Self { sandbox, phone: phone.to_owned() }
    }
}

impl Inbox for Telephone {
    fn newest(&self, sender: OtpSender) -> Future<'_, Option<String>> {
        let sender = match sender {
            OtpSender::Portal => "1414",
            OtpSender::DigitalId => "3116",
        };
        let messages = self.sandbox.sms(&self.phone);
        let code = messages
            .into_iter()
            .rfind(|message| message.sender == sender)
            .and_then(|message| message.code);
        Box::pin(std::future::ready(code))
    }
}

/// Chooses one password for all keys of a run, as a person would, and remembers it for who has to print it.
#[derive(Debug)]
pub struct Chooser {
    password: Mutex<Password>,
}

impl Chooser {
    /// Always chooses this one.
    #[must_use]
    pub fn new(password: Password) -> Self {
        Self { password: Mutex::new(password) }
    }
}

impl Desktop for Chooser {
    /// The terminal face names its folder itself.
    fn choose_folder(&self, _: FolderPrompt) -> Future<'_, Asked<std::path::PathBuf>> {
        Box::pin(std::future::ready(Asked::NoScreen))
    }

    fn new_password(&self, _: NewPasswordPrompt) -> Future<'_, Asked<NewPassword>> {
        let copy = self.password.lock().unwrap_or_else(PoisonError::into_inner).expose().to_owned();
        let asked = match NewPassword::parse(Password::new(copy)) {
            Ok(password) => Asked::Answered(password),
            Err(_) => Asked::Closed,
        };
        Box::pin(std::future::ready(asked))
    }
}
