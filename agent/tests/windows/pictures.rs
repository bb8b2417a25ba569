//! A picture of every window in every language, for people to look at.
//!
//! A sample that is added to `samples/` is a picture that is added.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tanba::protocol::Locale;

use crate::samples::{Shown, names, sample};
use crate::screen::{PATIENCE, Screen};

/// A desktop without services.
const NO_BUS: &str = "unix:path=/nonexistent";

/// Where pictures of windows lie: `target/tanba-e2e/windows`.
pub(crate) fn folder() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    // target/<profile>/deps/windows-…
    let folder = program.ancestors().nth(3).unwrap().join("tanba-e2e").join("windows");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The only window on the screen.
pub(crate) fn window(screen: &Screen) -> String {
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
pub(crate) fn picture(screen: &Screen, window: &str, file: &Path) {
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
        let mut shown = Shown::start(&screen, NO_BUS, &ask);
        let window = window(&screen);
        if let Some(told) = told {
            shown.open(&screen, &told);
            // It accepts nothing at first.
            std::thread::sleep(Duration::from_millis(700));
        }
        // No words about what lies under the mouse.
        screen.xdotool(&["mousemove", "0", "0"]);
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
