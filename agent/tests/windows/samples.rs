//! What windows show: one file in `samples/` for each, which names the question or the view as the agent says it to its
//! window; and such a window as a process, without an agent.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tanba::protocol::Locale;
use tempfile::TempDir;

use crate::screen::{PATIENCE, PROGRAM, Screen};

/// What is typed where a key file is opened.
pub(crate) const PASSWORD: &str = "Canary7";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/windows/samples")
}

/// The names of all samples.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// The question of a sample in one language, and what the agent tells the window once a file was opened in it.
pub(crate) fn sample(name: &str, locale: Locale) -> (String, Option<String>) {
    let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    let text = text.replace(r#""locale": "kk""#, &format!(r#""locale": "{}""#, locale.code()));
    let sample: serde_json::Value = serde_json::from_str(&text).unwrap();
    (sample["ask"].to_string(), sample.get("told").map(ToString::to_string))
}

/// A window as a process.
pub(crate) struct Shown {
    child: Child,
    pub(crate) said: Receiver<String>,
    _home: TempDir,
}

impl Shown {
    /// Shows it on a screen, on a desktop with that session bus.
    pub(crate) fn start(screen: &Screen, bus: &str, ask: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["window", "gl"])
            .env("DISPLAY", &screen.display)
            .env("WAYLAND_DISPLAY", "")
            .env("DBUS_SESSION_BUS_ADDRESS", bus)
            .env("PATH", "/nonexistent")
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (tell, said) = channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Until the window ends, or nobody listens any more.
        std::thread::spawn(move || {
            lines.map_while(Result::ok).try_for_each(|line| tell.send(line))
        });
        let mut shown = Self { child, said, _home: home };
        shown.tell(ask);
        assert_eq!(shown.said.recv_timeout(PATIENCE).as_deref(), Ok("\"shown\""), "{ask}");
        shown
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.child.stdin.as_ref().unwrap(), "{line}").unwrap();
    }

    /// Types a password into the field that has the keyboard and Enter, until the window wants the file opened: a busy
    /// machine loses keys.
    pub(crate) fn open(&mut self, screen: &Screen, told: &str) {
        for _ in 0..20 {
            screen.type_text(PASSWORD);
            screen.keys(&["Return"]);
            if let Ok(line) = self.said.recv_timeout(Duration::from_secs(2)) {
                assert!(line.starts_with(r#"{"open""#), "{line}");
                self.tell(told);
                return;
            }
            screen.keys(&["ctrl+a", "BackSpace"]);
        }
        panic!("the file was not opened");
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }
}
