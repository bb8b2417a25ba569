//! What every command has: words, a way to say things, randomness, the folder of the agent's own data.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use serde::Serialize;
use tanba::protocol::Locale;
use tanba_core::crypto::Provider;
use tanba_core::time::UnixTime;

use super::failure::{Failure, Problem};
use crate::clock::{Clock, SystemClock};
use crate::provider::aws_lc;
use crate::words::Words;

/// The surroundings of one command.
#[derive(Debug)]
pub struct Shell {
    /// The texts in the person's language.
    pub words: Words,
    /// Whether a program reads the answer.
    pub json: bool,
    /// Who computes with keys.
    pub provider: Provider,
    /// The agent's own folder.
    pub data: PathBuf,
}

impl Shell {
    /// The surroundings of a command of this program.
    #[must_use]
    pub fn new(locale: Locale, json: bool, data: PathBuf) -> Self {
        Self { words: Words::new(locale), json, provider: aws_lc(), data }
    }

    /// The moment that an option names, or the computer's clock.
    pub(super) fn moment(at: Option<&str>) -> Result<UnixTime, Failure> {
        match at {
            None => Ok(SystemClock.now()),
            Some(text) => UnixTime::parse_rfc3339(text)
                .map_err(|error| Failure::new(Problem::NotATime, text).detail(&error)),
        }
    }

    /// Says something to people; programs that read JSON are not told.
    pub(super) fn say(&self, text: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { write_out(format!("{text}\n").as_bytes()) }
    }

    /// Gives a program its answer, if one listens.
    pub(super) fn answer(&self, answer: &impl Serialize) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(answer)
            .map_err(|error| Failure::new(Problem::Internal, "JSON").detail(&error))?;
        write_out(format!("{text}\n").as_bytes())
    }

    /// A word of the command line.
    pub(super) fn word(&self, key: &str) -> String {
        self.words.get(key)
    }

    /// Says why it failed: a line for people, and an object for a program.
    pub fn fail(&self, failure: &Failure) -> u8 {
        let text = failure.text(&self.words);
        eprint_line(&format!("tanba: {text}"));
        if self.json {
            let error = serde_json::json!({"code": failure.problem.name(), "message": text});
            let mut answer = serde_json::json!({"error": error});
            if failure.problem == Problem::Damaged {
                // The shape of a report, for those who only ask whether it is valid.
                answer["valid"] = false.into();
                answer["signers"] = serde_json::json!([]);
            }
            let _ = write_out(format!("{answer}\n").as_bytes());
        }
        failure.problem.exit_code()
    }
}

/// Whether somebody looks at what is written to standard error.
pub(super) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// A line to standard error. That nobody can read it is no reason to fail.
pub(super) fn eprint_line(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes to standard output. A reader who has gone has read what it wanted.
pub(super) fn write_out(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::writing(error, "-")),
        Ok(()) => Ok(()),
    }
}
