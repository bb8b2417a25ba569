//! The steps themselves: which command each is, and what its end means.
//!
//! All of them use the same profile and the same features, so that nothing is compiled twice without need.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::leftovers::Checkout;
use super::options::{Options, Step};
use super::outcome::Report;
use super::screen::Screen;
use super::{fuzz, suites, watch};
use crate::{judges, tools};

/// How much of a failing step's log is printed.
const SHOWN: usize = 200;

/// Names the agent's program to the tests, so that they need not build it.
const PROGRAM: &str = "TANBA_PROGRAM";

/// Where the steps work, and what they found there.
pub(super) struct Workshop {
    root: PathBuf,
    target: PathBuf,
    logs: PathBuf,
    before: Option<Checkout>,
    without_tools: bool,
    fuzz_seconds: u32,
    built: std::cell::Cell<bool>,
}

impl Workshop {
    /// Makes the folder of the logs and looks at the checkout.
    pub(super) fn open(root: PathBuf, options: &Options) -> io::Result<Self> {
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let logs = target.join("verify");
        fs::create_dir_all(&logs)?;
        let before = Checkout::look(&root);
        let built = std::cell::Cell::new(false);
        let (without_tools, fuzz_seconds) = (options.without_tools, options.fuzz_seconds);
        Ok(Self { root, target, logs, before, without_tools, fuzz_seconds, built })
    }

    /// Runs one step and writes down what came of it.
    pub(super) fn run(&self, step: Step, report: &mut Report, screen: &Screen) {
        match step {
            Step::Format => {
                self.simple(step, &["fmt", "--all", "--check"], "rustfmt", report, screen);
            }
            Step::Lints => {
                let words = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
                self.simple(step, &words, "clippy", report, screen);
            }
            Step::Build => {
                let words = ["build", "--workspace", "--all-targets"];
                let good = self.simple(step, &words, "rustc", report, screen);
                self.built.set(good);
            }
            Step::Tests => self.tests(report, screen),
            Step::Fuzz => self.fuzz(report, screen),
            Step::Documentation => {
                let words = ["doc", "--workspace", "--no-deps"];
                self.simple(step, &words, "rustdoc", report, screen);
            }
            Step::Leftovers => self.leftovers(report, screen),
        }
    }

    /// A step that holds when its command ends well.
    fn simple(
        &self,
        step: Step,
        words: &[&str],
        judge: &str,
        report: &mut Report,
        screen: &Screen,
    ) -> bool {
        let log = self.log(step);
        let mut command = self.cargo(words);
        if step == Step::Documentation {
            command.env("RUSTDOCFLAGS", "-D warnings");
        }
        let (good, time) = outcome(watch::run(&mut command, step.name(), &log, screen), screen);
        report.step(step.name(), good, time, judge);
        if !good {
            show(screen, &log, &tail(&read(&log)));
        }
        screen.line(&format!("  {}: {}", step.name(), if good { "good" } else { "FAILED" }));
        good
    }

    fn tests(&self, report: &mut Report, screen: &Screen) {
        let step = Step::Tests;
        let log = self.log(step);
        let judgements = self.logs.join("judges.log");
        let _ = fs::remove_file(&judgements);
        // With the output of tests that pass, too: it says what was skipped and what was judged.
        let words = ["test", "--workspace", "--no-fail-fast", "--", "--show-output"];
        let mut command = self.cargo(&words);
        command.env(judges::FILE, &judgements);
        if !self.without_tools {
            command.env(tools::REQUIRE_ALL, "1");
        }
        if self.built.get() {
            command.env(PROGRAM, self.target.join("debug").join("tanba"));
        }
        let (well, time) = outcome(watch::run(&mut command, step.name(), &log, screen), screen);
        let text = read(&log);
        let counted = judges::count(&(read(&judgements) + &text));
        let good = report.tests(&suites::read(&text), well, time, &counted);
        if !good {
            let failures = suites::failures(&text);
            let lines = if failures.is_empty() { tail(&text) } else { failures };
            show(screen, &log, &lines[..lines.len().min(2 * SHOWN)]);
        }
        for what in suites::skipped(&text) {
            screen.line(&format!("  not tried, because a tool is missing: {what}"));
        }
        screen.line(&format!("  tests: {}", if good { "good" } else { "FAILED" }));
    }

    /// Builds the fuzz targets and runs each; without a C++ compiler, which the engine wants, they are left out.
    fn fuzz(&self, report: &mut Report, screen: &Screen) {
        let step = Step::Fuzz;
        let compiler = ["c++", "g++", "clang++"].iter().any(|name| tools::in_path(name).is_some());
        if !(cfg!(target_os = "linux") && (compiler || !self.without_tools)) {
            report.nothing(step.name(), "needs Linux and a C++ compiler");
            return;
        }
        let fuzz = fuzz::Fuzz::new(&self.root, &self.target);
        let log = self.log(step);
        let mut command = fuzz.build(self.cargo(&[]));
        let (mut good, mut time) =
            outcome(watch::run(&mut command, step.name(), &log, screen), screen);
        if !good {
            show(screen, &log, &tail(&read(&log)));
        }
        let names = if good { fuzz.names().unwrap_or_default() } else { Vec::new() };
        good &= !names.is_empty();
        for name in names {
            let log = self.logs.join(format!("{}-{name}.log", step.name()));
            let ran = fuzz
                .run(&name, self.fuzz_seconds)
                .and_then(|mut command| watch::run(&mut command, &name, &log, screen));
            let (well, spent) = outcome(ran, screen);
            if !well {
                show(screen, &log, &tail(&read(&log)));
            }
            good &= well;
            time += spent;
        }
        report.step(step.name(), good, time, "libFuzzer");
        screen.line(&format!("  fuzz: {}", if good { "good" } else { "FAILED" }));
    }

    fn leftovers(&self, report: &mut Report, screen: &Screen) {
        let name = Step::Leftovers.name();
        let begun = Instant::now();
        let Some((before, after)) = self.before.as_ref().zip(Checkout::look(&self.root)) else {
            report.nothing(name, "not a git checkout");
            return;
        };
        let changed = after.changed_since(before);
        if let Some(files) = &changed {
            screen.line(&format!("The steps changed the checkout:\n{files}"));
        }
        report.step(name, changed.is_none(), begun.elapsed(), "git");
    }

    fn log(&self, step: Step) -> PathBuf {
        self.logs.join(format!("{}.log", step.name()))
    }

    /// Cargo, as somebody would call it who was not called by cargo.
    fn cargo(&self, words: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.root).args(words).env("CARGO_TERM_COLOR", "never");
        if env::var_os("CARGO_NET_RETRY").is_none() {
            command.env("CARGO_NET_RETRY", "10");
        }
        for (name, _) in env::vars_os() {
            let told_by_cargo = name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
            });
            if told_by_cargo {
                command.env_remove(name);
            }
        }
        command
    }
}

/// A command that could not be run at all has failed.
fn outcome(ended: io::Result<watch::Ended>, screen: &Screen) -> (bool, Duration) {
    match ended {
        Ok(ended) => (ended.well, ended.time),
        Err(error) => {
            screen.line(&format!("cargo cannot be run: {error}"));
            (false, Duration::ZERO)
        }
    }
}

/// A log as text; one that is not there is empty.
fn read(log: &Path) -> String {
    fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// The last lines of a text.
fn tail(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN)..].to_vec()
}

fn show(screen: &Screen, log: &Path, lines: &[&str]) {
    screen.line(&format!("{}\nThe whole log: {}", lines.join("\n"), log.display()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_log_the_end_is_shown() {
        let text: String = (0..1000).map(|n| format!("{n}\n")).collect();
        let lines = tail(&text);
        assert_eq!(lines.len(), SHOWN);
        assert_eq!(lines.last(), Some(&"999"));
        assert_eq!(tail("one"), ["one"]);
    }
}
