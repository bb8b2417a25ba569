//! What a scripted person was shown and did: JSON objects in order, in memory and, on wish, as lines of a file.
//!
//! Every window has a number, and lines in this order: `asked` with the whole prompt, `opens`, one `tried` for each key
//! file that was opened, `ends`. A window that whoever asked takes away ends with `taken away`. The password is in none.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};
use tanba_agent::desktop::Asked;

use super::Tried;

/// How many of the newest lines stay in memory; the file has all.
const REMEMBERED: usize = 4096;

/// What was shown and done.
#[derive(Debug, Default)]
pub struct Diary(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    lines: VecDeque<Value>,
    file: Option<File>,
    windows: u64,
    open: u64,
    waiting: u64,
}

/// A window in a diary.
#[derive(Debug)]
pub struct Window<'a> {
    diary: &'a Diary,
    number: u64,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asked,
    Open,
    Ended,
}

impl Diary {
    /// A diary that is also written to a file, at its end. The file is made if it is not there.
    ///
    /// # Errors
    /// When the file cannot be opened for writing.
    pub fn in_file(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self(Mutex::new(Pages { file: Some(file), ..Pages::default() })))
    }

    /// The newest lines, oldest first.
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        self.pages().lines.iter().cloned().collect()
    }

    /// The prompts of the newest windows, oldest first.
    #[must_use]
    pub fn prompts(&self) -> Vec<Value> {
        let asked = self.lines().into_iter().filter(|line| line["event"] == "asked");
        asked.map(|mut line| line["prompt"].take()).collect()
    }

    /// The most windows that were open at once.
    #[must_use]
    pub fn most_open(&self) -> u64 {
        self.lines().iter().filter_map(|line| line["open"].as_u64()).max().unwrap_or(0)
    }

    pub(super) fn asked(&self, kind: &'static str, prompt: &impl Serialize) -> Window<'_> {
        let mut pages = self.pages();
        pages.windows += 1;
        pages.waiting += 1;
        let (number, waiting) = (pages.windows, pages.waiting);
        let mut prompt = serde_json::to_value(prompt).unwrap_or_default();
        shorten_logo(&mut prompt);
        pages.write(json!({
            "window": number, "event": "asked", "kind": kind, "waiting": waiting, "prompt": prompt,
        }));
        Window { diary: self, number, stage: Stage::Asked }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    fn write(&mut self, line: Value) {
        if let Some(file) = &mut self.file {
            // A full disk costs the diary, not the test.
            let _ = writeln!(file, "{line}");
        }
        if self.lines.len() >= REMEMBERED {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }
}

impl Window<'_> {
    pub(super) fn opens(&mut self) {
        self.stage = Stage::Open;
        let mut pages = self.diary.pages();
        pages.waiting -= 1;
        pages.open += 1;
        let open = pages.open;
        pages.write(json!({ "window": self.number, "event": "opens", "open": open }));
    }

    pub(super) fn tried(&self, key: &Path, tried: Tried<'_>) {
        let mut line = json!({ "window": self.number, "event": "tried", "file": key });
        match tried {
            Ok(cards) => line["cards"] = json!(cards),
            Err(error) => line["error"] = json!(error),
        }
        self.diary.pages().write(line);
    }

    pub(super) fn ends<T>(&mut self, asked: &Asked<T>, how: &str) {
        let outcome = match asked {
            Asked::Answered(_) => "answered",
            Asked::Closed | Asked::Blocked => "closed",
            Asked::NoScreen => "no_screen",
        };
        self.end(outcome, how);
    }

    fn end(&mut self, outcome: &str, how: &str) {
        let stage = std::mem::replace(&mut self.stage, Stage::Ended);
        let mut pages = self.diary.pages();
        match stage {
            Stage::Asked => pages.waiting -= 1,
            Stage::Open => pages.open -= 1,
            Stage::Ended => return,
        }
        pages.write(
            json!({ "window": self.number, "event": "ends", "outcome": outcome, "how": how }),
        );
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        self.end("taken away", "whoever asked went away");
    }
}

/// A picture would be thousands of numbers: its length is told instead.
fn shorten_logo(prompt: &mut Value) {
    for path in ["/logo", "/consent/logo"] {
        if let Some(logo) = prompt.pointer_mut(path)
            && let Some(bytes) = logo.as_array().map(Vec::len)
        {
            *logo = json!({ "bytes": bytes });
        }
    }
}
