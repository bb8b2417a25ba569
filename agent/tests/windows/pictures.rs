//! A picture of every window in every language, for people to look at.
//!
//! What a window shows lies in `samples/`: one file for each, which names the question or the view as the agent says it
//! to its window. A file that is added is a picture that is added.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use tanba::protocol::Locale;

use crate::screen::{PATIENCE, PROGRAM, Screen};

/// What is typed where a key file is opened.
const PASSWORD: &str = "Canary7";

/// Where pictures of windows lie: `target/tanba-e2e/windows`.
fn folder() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    // target/<profile>/deps/windows-…
    let folder = program.ancestors().nth(3).unwrap().join("tanba-e2e").join("windows");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The names of all samples.
fn names() -> Vec<String> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/windows/samples");
    let mut names: Vec<_> = std::fs::read_dir(samples)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// The question of a sample in one language, and what the agent tells the window once a file was opened in it.
fn sample(name: &str, locale: Locale) -> (String, Option<String>) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/windows/samples/{name}.json"));
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.replace(r#""locale": "kk""#, &format!(r#""locale": "{}""#, locale.code()));
    let sample: serde_json::Value = serde_json::from_str(&text).unwrap();
    (sample["ask"].to_string(), sample.get("told").map(ToString::to_string))
}

/// A window as a process, without an agent.
struct Shown {
    child: Child,
    said: Receiver<String>,
}

impl Shown {
    fn start(screen: &Screen, ask: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["window", "gl"])
            .env("DISPLAY", &screen.display)
            .env("WAYLAND_DISPLAY", "")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env("PATH", "/nonexistent")
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        writeln!(child.stdin.as_ref().unwrap(), "{ask}").unwrap();
        let (tell, said) = channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Until the window ends, or nobody listens any more.
        std::thread::spawn(move || {
            lines.map_while(Result::ok).try_for_each(|line| tell.send(line))
        });
        let shown = Self { child, said };
        assert_eq!(shown.said.recv_timeout(PATIENCE).as_deref(), Ok("\"shown\""), "{ask}");
        shown
    }

    /// Types a password into the field that has the keyboard and Enter, until the window wants the file opened: a busy
    /// machine loses keys.
    fn open(&mut self, screen: &Screen, told: &str) {
        for _ in 0..20 {
            screen.type_text(PASSWORD);
            screen.keys(&["Return"]);
            if let Ok(line) = self.said.recv_timeout(Duration::from_secs(2)) {
                assert!(line.starts_with(r#"{"open""#), "{line}");
                writeln!(self.child.stdin.as_ref().unwrap(), "{told}").unwrap();
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

/// The only window on the screen.
fn window(screen: &Screen) -> String {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(window) = screen
            .shown(".")
            .into_iter()
            .find(|window| screen.xdotool(&["windowactivate", "--sync", window]).0)
        {
            return window;
        }
        assert!(Instant::now() < end, "no window came");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Takes pictures until two are the same: then nothing moves any more.
fn picture(screen: &Screen, window: &str, file: &Path) {
    let take = || {
        let taken = Command::new("import")
            .args(["-window", window])
            .arg(file)
            .env("DISPLAY", &screen.display)
            .status()
            .unwrap();
        assert!(taken.success(), "no picture of {window}");
        std::fs::read(file).unwrap()
    };
    // A cursor that blinks never comes to rest.
    let mut before = take();
    for _ in 0..6 {
        std::thread::sleep(Duration::from_millis(120));
        let now = take();
        if now == before {
            return;
        }
        before = now;
    }
}

fn all(locale: Locale) {
    let Some(screen) = Screen::open(&["import"]) else { return };
    let folder = folder();
    for name in names() {
        let (ask, told) = sample(&name, locale);
        let mut shown = Shown::start(&screen, &ask);
        let window = window(&screen);
        if let Some(told) = told {
            shown.open(&screen, &told);
            // It accepts nothing at first.
            std::thread::sleep(Duration::from_millis(700));
        }
        picture(&screen, &window, &folder.join(format!("{name}.{}.png", locale.code())));
    }
    let mut out = std::io::stderr();
    writeln!(out, "pictures of {} windows: {}", names().len(), folder.display()).unwrap();
}

#[test]
fn every_window_is_pictured_in_kazakh() {
    all(Locale::Kk);
}

#[test]
fn every_window_is_pictured_in_russian() {
    all(Locale::Ru);
}

#[test]
fn every_window_is_pictured_in_english() {
    all(Locale::En);
}
