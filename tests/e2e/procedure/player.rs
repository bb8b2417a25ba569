//! A person who is played, before a window that nobody sees: answers what the window shows, and remembers what it showed.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use tanba::protocol::{Answer, Code, DocumentKind, OtpSender, Prompt, Storage};
use tanba_agent::desktop::own::{EnrolmentDeed, EnrolmentView};
use tanba_agent::desktop::{Asked, Desktop, FolderPrompt, Heard, NewPasswordPrompt, Own, Said};
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;
use tokio::sync::{mpsc, watch};

use crate::person::{PASSWORD, PIN};
use crate::pictures;

/// Reads the newest code of a sender, if there is one.
pub(crate) type Telephone = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What the person knows and has.
pub(crate) struct Player {
    pub iin: String,
    pub phone: String,
    pub folder: PathBuf,
    /// Reads the telephone.
    pub code: Telephone,
    /// Closes the window as soon as this is asked.
    pub leaves_at: Option<fn(&Prompt) -> bool>,
    /// Goes on with the first unfinished enrolment instead of beginning one.
    pub resumes: bool,
    /// Answers that are given before the right ones.
    pub mistakes: Mutex<VecDeque<Answer>>,
    /// What the window showed, as often as it changed.
    pub seen: Mutex<Vec<EnrolmentView>>,
}

fn jpeg(name: &str) -> tanba::protocol::Bytes {
    std::fs::read(pictures::path(name)).unwrap().into()
}

impl Player {
    fn answer(&self, prompt: &Prompt) -> Option<EnrolmentDeed> {
        let answer = match prompt {
            Prompt::Iin {} => Answer::Iin { iin: self.iin.clone() },
            Prompt::Otp { sender, .. } => {
                let sender = match sender {
                    OtpSender::Portal => "1414",
                    OtpSender::DigitalId => "3116",
                };
                Answer::Otp { code: (self.code)(sender).unwrap() }
            }
            Prompt::Phone {} => Answer::Phone { phone: self.phone.clone() },
            Prompt::Selfie { .. } => Answer::Selfie { jpeg: jpeg("selfie") },
            Prompt::Liveness { next: None, .. } => Answer::StartLiveness {},
            Prompt::Liveness { next: Some(challenge), .. } => {
                let name = serde_json::to_value(challenge).unwrap();
                Answer::Liveness { challenge: *challenge, jpeg: jpeg(name.as_str().unwrap()) }
            }
            Prompt::Pin { .. } => Answer::Pin { pin: PIN.to_owned(), repeat: PIN.to_owned() },
            Prompt::Document { side, .. } => {
                let name = serde_json::to_value(side).unwrap();
                let jpeg = jpeg(name.as_str().unwrap());
                Answer::Document { document: DocumentKind::IdCard, side: *side, jpeg }
            }
            Prompt::ConfirmDocument { .. } => Answer::ConfirmDocument { truthful: true },
            Prompt::Consent { .. } => Answer::Consent { approve: true, pin: Some(PIN.to_owned()) },
            Prompt::Agreement { version, .. } => Answer::Agreement { version: version.clone() },
            Prompt::Form { .. } => Answer::Form { email: None, storage: Storage::Pkcs12 },
            Prompt::Folder {} => {
                return Some(EnrolmentDeed::Folder { path: self.folder.clone() });
            }
            Prompt::Wait { .. } => return None,
            Prompt::Install { .. } => return Some(EnrolmentDeed::Install),
            Prompt::Done { .. } | Prompt::Closed { .. } => return None,
        };
        Some(EnrolmentDeed::Answer { answer })
    }

    /// What the person does about what the window shows; `None` is to wait, and an error to close the window.
    fn does(&self, view: &EnrolmentView) -> Result<Option<EnrolmentDeed>, ()> {
        self.seen.lock().unwrap().push(view.clone());
        if view.busy {
            return Ok(None);
        }
        let Some(enrolment) = &view.enrolment else {
            return Ok(Some(match view.unfinished.first().filter(|_| self.resumes) {
                Some(one) => EnrolmentDeed::Resume { enrolment: one.id.clone() },
                None => EnrolmentDeed::Start { algorithm: tanba::protocol::Algorithm::P256 },
            }));
        };
        let prompt = &enrolment.prompt;
        let over = matches!(prompt, Prompt::Done { .. } | Prompt::Closed { .. });
        if over || self.leaves_at.is_some_and(|leaves| leaves(prompt)) {
            return Err(());
        }
        if matches!(prompt, Prompt::Wait { .. }) {
            return Ok(None);
        }
        if let Some(answer) = self.mistakes.lock().unwrap().pop_front() {
            return Ok(Some(EnrolmentDeed::Answer { answer }));
        }
        Ok(self.answer(prompt))
    }

    /// Whether it ever showed a failure of this code, with the same prompt as before.
    pub(crate) fn was_told(&self, code: Code) -> bool {
        let seen = self.seen.lock().unwrap();
        let told = |view: &EnrolmentView| {
            view.failure.as_ref().is_some_and(|failure| failure.code == code)
        };
        let kind = |view: &EnrolmentView| {
            view.enrolment.as_ref().map(|enrolment| std::mem::discriminant(&enrolment.prompt))
        };
        seen.windows(2).any(|two| told(&two[1]) && kind(&two[0]) == kind(&two[1]))
    }
}

/// The played person's screen.
pub(crate) struct Played(pub Arc<Player>);

impl Desktop for Played {
    fn choose_folder(&self, _: FolderPrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        ready(Asked::Closed).boxed()
    }

    fn new_password(&self, prompt: NewPasswordPrompt) -> BoxFuture<'_, Asked<NewPassword>> {
        assert_eq!((prompt.files.len(), prompt.number.is_some()), (2, true));
        let password = NewPassword::parse(Password::new(PASSWORD.to_owned())).unwrap();
        ready(Asked::Answered(password)).boxed()
    }

    fn own(
        &self,
        mut views: watch::Receiver<Own>,
        heard: mpsc::Sender<Heard>,
    ) -> BoxFuture<'_, Asked<()>> {
        async move {
            loop {
                let Own::Enrolment(view) = views.borrow_and_update().clone() else {
                    panic!("another window");
                };
                match self.0.does(&view) {
                    Ok(Some(deed)) => {
                        let of = view.enrolment.as_ref().map(|led| led.id.clone());
                        heard.send(Heard::Said(Said::Enrolment { of, deed })).await.unwrap();
                    }
                    Ok(None) => {}
                    Err(()) => return Asked::Closed,
                }
                if views.changed().await.is_err() {
                    return Asked::Closed;
                }
            }
        }
        .boxed()
    }
}
