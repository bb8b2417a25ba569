//! A terminal, or the file of answers in its place.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tanba::protocol::{Answer, Application, Bytes, Failure, OtpSender, Prompt, Storage};
use tanba_core::time::UnixTime;

use super::answers::{Answers, Inbox};
use super::{FaceError, Given, serde_name};
use crate::blocking::blocking;
use crate::words::Words;

/// The largest picture that is read from a file.
const PICTURE: u64 = 5 << 20;

/// Asks on a terminal, and answers from a file what that says.
pub struct Terminal {
    answers: Answers,
    inbox: Arc<dyn Inbox>,
    out: Box<dyn Write + Send>,
    interactive: bool,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").field("interactive", &self.interactive).finish_non_exhaustive()
    }
}

impl Terminal {
    /// `out` gets what is said. A person is asked only if standard input is a terminal.
    #[must_use]
    pub fn new(answers: Answers, inbox: Arc<dyn Inbox>, out: Box<dyn Write + Send>) -> Self {
        Self { answers, inbox, out, interactive: io::stdin().is_terminal() }
    }

    pub(super) fn out(&mut self) -> &mut (dyn Write + Send) {
        &mut *self.out
    }

    pub(super) fn asks_somebody(&self) -> bool {
        self.interactive
    }

    /// Forgets what the file answers to a prompt, because it was refused. Says whether a person can answer instead.
    pub(super) fn forget(&mut self, prompt: &Prompt) -> bool {
        let answers = &mut self.answers;
        match prompt {
            Prompt::Iin {} => answers.iin = None,
            Prompt::Otp { .. } => {}
            Prompt::Phone {} => answers.phone = None,
            Prompt::Selfie { .. } => answers.selfie = None,
            Prompt::Liveness { .. } => answers.liveness = None,
            Prompt::Pin { .. } | Prompt::Consent { .. } => answers.pin = None,
            Prompt::Document { .. } => (answers.front, answers.back) = (None, None),
            Prompt::ConfirmDocument { .. } => answers.truthful = None,
            Prompt::Agreement { .. } => answers.agreement = None,
            Prompt::Form { .. } => answers.email = None,
            Prompt::Folder {} => answers.folder = None,
            Prompt::Wait { .. }
            | Prompt::Install { .. }
            | Prompt::Done { .. }
            | Prompt::Closed { .. } => {
                return false;
            }
        }
        true
    }

    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    pub(super) fn waiting(
        &mut self,
        text: &str,
        application: Option<&Application>,
        words: &Words,
    ) -> io::Result<()> {
        let Some(application) = application else { return self.say(&format!("        {text}…")) };
        let status = words.get(&format!("status-{}", serde_name(&application.status)));
        let at = application.history.last().map(|change| UnixTime::from_secs(change.at).almaty());
        let number = words.get_with("cli-number", &[("number", &application.number)]);
        self.say(&format!("        {number}\n        {} {status}", at.unwrap_or_default()))
    }

    pub(super) fn say_failure(&mut self, failure: &Failure, words: &Words) -> io::Result<()> {
        let code = failure.code.name();
        let error = words.get(&format!("err-{code}"));
        let hint = words.get(&format!("hint-{code}"));
        self.say(&format!("  ✗ {error} {hint} [{code}]"))
    }

    /// Asks for a line. It may be a code or a PIN: it is wiped by whoever takes it as a secret.
    async fn line(&mut self, what: &'static str, question: &str) -> Result<String, FaceError> {
        if !self.interactive {
            return Err(FaceError::Missing(what));
        }
        write!(self.out, "{question}: ")?;
        self.out.flush()?;
        let line = blocking(|| {
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line).map(|count| (count, line))
        })
        .await?;
        match line {
            (0, _) => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            (_, line) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }

    /// Asks without an echo.
    async fn hidden(&mut self, what: &'static str, question: &str) -> Result<String, FaceError> {
        if !self.interactive {
            return Err(FaceError::Missing(what));
        }
        let question = format!("{question}: ");
        Ok(blocking(move || rpassword::prompt_password(question)).await?)
    }

    async fn yes(
        &mut self,
        what: &'static str,
        given: Option<bool>,
        question: &str,
        words: &Words,
    ) -> Result<bool, FaceError> {
        if let Some(given) = given {
            return Ok(given);
        }
        let (yes, no) = (words.get("cli-yes"), words.get("cli-no"));
        loop {
            let line =
                self.line(what, &format!("{question} [{yes}/{no}]")).await?.trim().to_lowercase();
            // The first letter or the whole word, in the person's language or in English.
            for (letter, key, answer) in [(&yes, "cli-yes-word", true), (&no, "cli-no-word", false)]
            {
                let english = if answer { ["y", "yes"] } else { ["n", "no"] };
                if line == *letter || line == words.get(key) || english.contains(&line.as_str()) {
                    return Ok(answer);
                }
            }
        }
    }

    async fn picture(
        &mut self,
        what: &'static str,
        given: Option<PathBuf>,
        question: &str,
    ) -> Result<Bytes, FaceError> {
        let path = match given {
            Some(path) => path,
            None => PathBuf::from(self.line(what, question).await?.trim()),
        };
        read_picture(&path)
            .map_err(|source| FaceError::File { path: path.display().to_string(), source })
    }

    /// Brings the answer to a prompt.
    ///
    /// # Errors
    /// Those of [`FaceError`].
    pub(super) async fn answer(
        &mut self,
        prompt: &Prompt,
        words: &Words,
    ) -> Result<Given, FaceError> {
        let answer = match prompt {
            Prompt::Iin {} => Answer::Iin {
                iin: match self.answers.iin.clone() {
                    Some(iin) => iin,
                    None => self.line("iin", &words.get("cli-prompt-iin")).await?,
                },
            },
            Prompt::Otp { sender, .. } => self.code(*sender, words).await?,
            Prompt::Phone {} => Answer::Phone {
                phone: match self.answers.phone.clone() {
                    Some(phone) => phone,
                    None => self.line("phone", &words.get("cli-prompt-phone")).await?,
                },
            },
            Prompt::Selfie { .. } => {
                let given = self.answers.selfie.clone();
                Answer::Selfie {
                    jpeg: self.picture("selfie", given, &words.get("cli-prompt-selfie")).await?,
                }
            }
            Prompt::Liveness { next: None, .. } => {
                if self.answers.liveness.is_none() {
                    self.line("liveness", &words.get("cli-prompt-liveness")).await?;
                }
                Answer::StartLiveness {}
            }
            Prompt::Liveness { next: Some(challenge), .. } => {
                let told = words.get(&format!("cli-challenge-{}", serde_name(challenge)));
                let question = words.get_with("cli-prompt-challenge", &[("challenge", &told)]);
                let given = self.answers.picture_of(*challenge);
                Answer::Liveness {
                    challenge: *challenge,
                    jpeg: self.picture("liveness", given, &question).await?,
                }
            }
            Prompt::Pin { .. } => match self.answers.pin.clone() {
                Some(pin) => Answer::Pin { repeat: pin.clone(), pin },
                None => Answer::Pin {
                    pin: self.hidden("pin", &words.get("cli-prompt-pin")).await?,
                    repeat: self.hidden("pin", &words.get("cli-prompt-pin_repeat")).await?,
                },
            },
            Prompt::Document { documents, side, .. } => {
                let document = match (self.answers.document, documents.as_slice()) {
                    (_, [only]) => *only,
                    (Some(given), _) => given,
                    (None, several) => self.choose(several, words).await?,
                };
                let given = match side {
                    tanba::protocol::DocumentSide::Front => self.answers.front.clone(),
                    tanba::protocol::DocumentSide::Back => self.answers.back.clone(),
                };
                let told = words.get(&format!("cli-side-{}", serde_name(side)));
                let question = words.get_with("cli-prompt-document", &[("side", &told)]);
                Answer::Document {
                    document,
                    side: *side,
                    jpeg: self.picture("document", given, &question).await?,
                }
            }
            Prompt::ConfirmDocument { recognised, .. } => {
                let name = [
                    Some(&recognised.surname),
                    Some(&recognised.name),
                    recognised.patronymic.as_ref(),
                ];
                let name: Vec<&str> = name.into_iter().flatten().map(String::as_str).collect();
                self.say(&format!(
                    "        {}  {}  {}  № {}  → {}",
                    name.join(" "),
                    recognised.iin,
                    recognised.birth_date,
                    recognised.document_number,
                    recognised.expires_at
                ))?;
                let question = words.get("cli-prompt-truthful");
                let truthful =
                    self.yes("truthful", self.answers.truthful, &question, words).await?;
                Answer::ConfirmDocument { truthful }
            }
            Prompt::Consent { service, items, .. } => {
                let question = words.get_with("cli-prompt-consent", &[("service", service)]);
                self.say(&format!("        {}", items.join(", ")))?;
                if self.yes("consent", self.answers.consent, &question, words).await? {
                    let pin = match self.answers.pin.clone() {
                        Some(pin) => pin,
                        None => self.hidden("pin", &words.get("cli-prompt-consent_pin")).await?,
                    };
                    Answer::Consent { approve: true, pin: Some(pin) }
                } else {
                    Answer::Consent { approve: false, pin: None }
                }
            }
            Prompt::Agreement { version, text } => {
                if self.answers.agreement.is_none() {
                    self.say(text)?;
                }
                let question = words.get("cli-prompt-agreement");
                if !self.yes("agreement", self.answers.agreement, &question, words).await? {
                    return Err(FaceError::Closed(words.get("status-withdrawn")));
                }
                Answer::Agreement { version: version.clone() }
            }
            Prompt::Form { .. } => {
                let email = match self.answers.email.clone() {
                    Some(email) => email,
                    None if self.interactive => {
                        self.line("email", &words.get("cli-prompt-email")).await?
                    }
                    None => String::new(),
                };
                Answer::Form {
                    email: Some(email).filter(|email| !email.is_empty()),
                    storage: Storage::Pkcs12,
                }
            }
            Prompt::Folder {} => {
                let folder = match self.answers.folder.clone() {
                    Some(folder) => folder,
                    None => PathBuf::from(
                        self.line("folder", &words.get("cli-prompt-folder")).await?.trim(),
                    ),
                };
                let folder = std::path::absolute(&folder).map_err(|source| FaceError::File {
                    path: folder.display().to_string(),
                    source,
                })?;
                return Ok(Given::Folder(folder));
            }
            // The face that called waits, installs or ends by itself.
            Prompt::Wait { .. }
            | Prompt::Install { .. }
            | Prompt::Done { .. }
            | Prompt::Closed { .. } => {
                return Err(FaceError::Missing("prompt"));
            }
        };
        Ok(Given::Answer(answer))
    }

    async fn choose(
        &mut self,
        several: &[tanba::protocol::DocumentKind],
        words: &Words,
    ) -> Result<tanba::protocol::DocumentKind, FaceError> {
        let names: Vec<_> = several
            .iter()
            .map(|kind| words.get(&format!("cli-document-{}", serde_name(kind))))
            .collect();
        let list: Vec<_> =
            names.iter().enumerate().map(|(at, name)| format!("{}: {name}", at + 1)).collect();
        let question = format!("{} ({})", words.get("cli-prompt-document_kind"), list.join(", "));
        loop {
            let line = self.line("document", &question).await?;
            let chosen = line
                .trim()
                .parse::<usize>()
                .ok()
                .and_then(|number| several.get(number.checked_sub(1)?));
            if let Some(kind) = chosen {
                return Ok(*kind);
            }
        }
    }

    async fn code(&mut self, sender: OtpSender, words: &Words) -> Result<Answer, FaceError> {
        // A toy telephone rings at once; a real one is read by its owner.
        for _ in 0..20 {
            if let Some(code) = self.inbox.newest(sender).await {
                return Ok(Answer::Otp { code });
            }
            if self.interactive {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if !self.interactive && self.answers.inbox.is_some() {
            return Err(FaceError::Inbox);
        }
        let question = words.get_with("cli-prompt-otp", &[("sender", &serde_name(&sender))]);
        self.say(&format!("        {}", words.get("cli-resend")))?;
        let line = self.line("otp", &question).await?;
        Ok(if line.trim().is_empty() {
            Answer::ResendOtp {}
        } else {
            Answer::Otp { code: line.trim().to_owned() }
        })
    }
}

fn read_picture(path: &Path) -> io::Result<Bytes> {
    if std::fs::metadata(path)?.len() > PICTURE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Bytes(std::fs::read(path)?))
}
