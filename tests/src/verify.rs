//! `cargo verify`: installs what the tests need, runs everything, and says who judged what.
//!
//! ```text
//! options ──▶ system ──▶ steps ──▶ table
//!             packages   format, lints, build, tests, fuzzing, documentation, leftovers
//! ```

mod fuzz;
mod leftovers;
mod options;
mod outcome;
mod screen;
mod steps;
mod suites;
mod system;
mod watch;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use options::Asked;
use outcome::Report;
use screen::Screen;
use steps::Workshop;

/// Runs `cargo verify` with the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let screen = Screen::new();
    // `cargo verify -- --yes` and `cargo verify --yes` mean the same; the alias brings a `--` of its own.
    let arguments = env::args().skip(1).enumerate();
    let arguments = arguments
        .filter(|(at, argument)| *at > 0 || argument != "--")
        .map(|(_, argument)| argument);
    let options = match options::parse(arguments) {
        Ok(Asked::Run(options)) => options,
        Ok(Asked::Help) => {
            screen.line(options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            screen.line(&format!("{error}\n\n{}", options::HELP));
            return ExitCode::from(2);
        }
    };
    if let Err(error) = system::prepare(&options, &screen) {
        screen.line(&error.to_string());
        return ExitCode::from(2);
    }
    let workshop = match Workshop::open(root(), &options) {
        Ok(workshop) => workshop,
        Err(error) => {
            screen.line(&format!("the folder of the logs cannot be made: {error}"));
            return ExitCode::from(2);
        }
    };
    let mut report = Report::default();
    for step in &options.only {
        workshop.run(*step, &mut report, &screen);
    }
    screen.line(&report.table());
    screen.line(&report.closing_line());
    if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The folder of the workspace: cargo names ours to the programs that it runs.
fn root() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .and_then(|own| own.parent().map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("."))
}
