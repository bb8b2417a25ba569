//! The terminal face: the same engine as a page's, asked and answered line by line.
//!
//! Answers may come from a file ([`Answers`]); what it lacks is asked, and where nobody can be asked, said to be
//! missing. So the same face serves a person, a script and a test.

mod answers;
mod desktop;
mod terminal;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tanba::protocol as p;
use tanba::protocol::{Answer, Enrolment, Prompt, StartEnrolment};

use crate::ctx::Ctx;
use crate::enrol;
use crate::error::Error;
use crate::page::Page;
use crate::words::Words;

pub use answers::{Answers, Inbox, NoInbox};
pub use desktop::TerminalDesktop;
pub use terminal::Terminal;

/// How often a wrong answer from a file is tried: it does not become right by itself.
const TRIES: u32 = 3;

/// A pause after a failure, so that nothing is hammered.
const AFTER_FAILURE: Duration = Duration::from_millis(200);

/// Why the face ended without keys.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    /// Nobody can be asked, and the file of answers does not say.
    #[error(
        "`{0}` is needed, and there is no terminal to ask on; an answer may come from --answers FILE"
    )]
    Missing(&'static str),
    /// Another Tanba leads an enrolment that was begun here.
    #[error(
        "another Tanba goes on with an enrolment that was begun in a terminal; end it to go on here, or use another \
         --data folder"
    )]
    LedElsewhere,
    /// A file named in the answers cannot be read.
    #[error("{path} cannot be read")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The toy telephone of the answers brought nothing.
    #[error(
        "no one-time password came from the `inbox` of the answers; it is the sandbox's address with /sandbox/sms"
    )]
    Inbox,
    /// The terminal is gone.
    #[error("the terminal is gone")]
    Terminal(#[from] std::io::Error),
    /// The enrolment ended without certificates.
    #[error("{0}")]
    Closed(String),
    /// The agent or the services refused, and the same answer would be given again.
    #[error("{text} ({code})")]
    Refused {
        /// What a person is told.
        text: String,
        /// The stable code.
        code: &'static str,
    },
}

/// Keys that were installed, and where.
#[derive(Debug)]
pub struct Installed {
    /// The final files.
    pub keys: Vec<p::KeyFile>,
    /// The folder's name.
    pub folder: String,
}

/// Leads an enrolment from its first prompt, or from where an earlier run stopped, to its end; `anew` leaves an earlier
/// one where it stands.
///
/// # Errors
/// Those of [`FaceError`].
pub async fn enrol(
    ctx: &Arc<Ctx>,
    terminal: &mut Terminal,
    start: StartEnrolment,
    anew: bool,
) -> Result<Installed, FaceError> {
    let page = Page::terminal();
    let words = Words::new(start.locale.unwrap_or_else(|| ctx.preferences.locale()));
    let unfinished =
        enrol::list(ctx, &page).into_iter().find(|enrolment| !anew && !is_over(&enrolment.prompt));
    let mut now = match unfinished {
        Some(enrolment) => enrolment,
        None if !anew && enrol::led_elsewhere(ctx, &page).await => {
            return Err(FaceError::LedElsewhere);
        }
        None => enrol::start(ctx, &page, &start).map_err(|error| refused(&words, &error))?,
    };
    let mut clock = Laps::new();
    let mut failures = 0;
    loop {
        clock.lap(terminal, &now)?;
        let outcome = match &now.prompt {
            Prompt::Done { keys, folder } => {
                return Ok(Installed { keys: keys.clone(), folder: folder.clone() });
            }
            Prompt::Closed { status, .. } => {
                return Err(FaceError::Closed(
                    words.get(&format!("status-{}", status_name(*status))),
                ));
            }
            Prompt::Wait { reason, application, retry_in_s } => {
                let text = words.get(&format!("cli-wait-{}", reason_name(*reason)));
                match &now.problem {
                    Some(problem) => terminal.say_failure(problem, &words)?,
                    None => terminal.waiting(&text, application.as_ref(), &words)?,
                }
                // Fast enough for a person to watch; the service's own pace is kept by the agent for longer waits.
                let pause = Duration::from_secs(u64::from(*retry_in_s).clamp(1, 5));
                tokio::time::sleep(pause).await;
                enrol::refresh(ctx, &page, &now.id).await
            }
            Prompt::Install { .. } => enrol::install(ctx, &page, &now.id, &Page::terminal()).await,
            prompt @ (Prompt::Iin {}
            | Prompt::Otp { .. }
            | Prompt::Phone {}
            | Prompt::Selfie { .. }
            | Prompt::Liveness { .. }
            | Prompt::Pin { .. }
            | Prompt::Document { .. }
            | Prompt::ConfirmDocument { .. }
            | Prompt::Consent { .. }
            | Prompt::Agreement { .. }
            | Prompt::Form { .. }
            | Prompt::Folder {}) => {
                let answer = match terminal.answer(prompt, &words).await {
                    // A mistyped path is asked for again.
                    Err(FaceError::File { path, .. }) if terminal.asks_somebody() => {
                        terminal.forget(prompt);
                        let told = words.get_with("cli-unreadable", &[("path", &path)]);
                        terminal.say(&format!("  ✗ {told}"))?;
                        continue;
                    }
                    answer => answer?,
                };
                give(ctx, &page, &now.id, answer).await
            }
        };
        match outcome {
            Ok(next) => {
                failures = 0;
                now = next;
            }
            Err(error) => {
                let failure = error.for_page();
                failures += 1;
                // A person is asked instead of the file that was wrong; a file of a password cannot be asked.
                let asked = terminal.asks_somebody() && terminal.forget(&now.prompt);
                if failures >= TRIES && !asked {
                    return Err(refused(&words, &error));
                }
                terminal.say_failure(&failure, &words)?;
                tokio::time::sleep(AFTER_FAILURE).await;
                if let Some(enrolment) = failure.enrolment {
                    now = *enrolment;
                }
            }
        }
    }
}

async fn give(ctx: &Arc<Ctx>, page: &Page, id: &str, answer: Given) -> Result<Enrolment, Error> {
    let answer = match answer {
        Given::Answer(answer) => answer,
        Given::Folder(path) => Answer::Folder { folder: ctx.folders.remember(page, path).handle },
    };
    enrol::answered(ctx, page, id, enrol::answer::read(ctx, page, answer)?).await
}

/// What the terminal brought: an answer, or a folder that has no handle yet.
#[derive(Debug)]
pub enum Given {
    /// An answer.
    Answer(Answer),
    /// A folder.
    Folder(std::path::PathBuf),
}

fn is_over(prompt: &Prompt) -> bool {
    matches!(prompt, Prompt::Done { .. } | Prompt::Closed { .. })
}

fn refused(words: &Words, error: &Error) -> FaceError {
    let code = error.for_page().code.name();
    FaceError::Refused { text: words.get(&format!("err-{code}")), code }
}

fn status_name(status: p::Status) -> String {
    serde_name(&status)
}

fn reason_name(reason: p::WaitReason) -> String {
    serde_name(&reason)
}

/// The name on the wire is also the name in the words' files.
fn serde_name(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Prints each step of the guide once, with the time since the one before.
struct Laps {
    last: Instant,
    step: Option<u8>,
}

impl Laps {
    fn new() -> Self {
        Self { last: Instant::now(), step: None }
    }

    fn lap(&mut self, terminal: &mut Terminal, now: &Enrolment) -> std::io::Result<()> {
        if self.step == Some(now.step) {
            return Ok(());
        }
        let took = self.last.elapsed();
        self.last = Instant::now();
        self.step = Some(now.step);
        let kind = match serde_json::to_value(&now.prompt) {
            Ok(value) => {
                value.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned()
            }
            Err(_) => String::new(),
        };
        writeln!(terminal.out(), "[{:>2}/28] {kind:<17} +{:.3} s", now.step, took.as_secs_f64())
    }
}
