//! What the machine must have: Debian packages for the tests, and two components of Rust.

use std::fmt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::options::{Options, Step};
use super::screen::Screen;
use crate::tools::{TABLE, Tool, in_path};

/// How often an installation is tried: mirrors fail now and then.
const TRIES: u64 = 4;

/// Why verification cannot begin.
#[derive(Debug)]
pub(super) enum NotReady {
    /// Packages are missing, and nobody let us install them.
    Missing(Vec<&'static str>),
    /// The system has no `apt-get`.
    NoApt(Vec<&'static str>),
    /// A component of Rust is missing, and there is no `rustup` to get it.
    Component(&'static str),
    /// An installation failed.
    Failed(String),
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(packages) => write!(
                f,
                "Missing: apt-get install {}\nRun `cargo verify --yes` to install them, or `cargo verify --without-tools` to go on without.",
                packages.join(" ")
            ),
            Self::NoApt(packages) => write!(
                f,
                "This system has no apt-get. Install what Debian has in these packages: {}\nOr run `cargo verify --without-tools`.",
                packages.join(" ")
            ),
            Self::Component(name) => {
                write!(f, "Rust's component {name} is missing, and there is no rustup to add it.")
            }
            Self::Failed(what) => write!(f, "This failed: {what}"),
        }
    }
}

/// Sees to it that everything is there that the steps need.
pub(super) fn prepare(options: &Options, screen: &Screen) -> Result<(), NotReady> {
    for (step, name) in [(Step::Format, "rustfmt"), (Step::Lints, "clippy")] {
        let command = if step == Step::Format { "fmt" } else { "clippy" };
        if options.only.contains(&step) && !cargo_knows(command) {
            component(name, options, screen)?;
        }
    }
    if !options.only.contains(&Step::Tests) {
        return Ok(());
    }
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    screen.line("The tests use these packages, which are not here:");
    for tool in &missing {
        screen.line(&format!("  {:22} {}", tool.package, tool.purpose));
    }
    let packages: Vec<&'static str> = missing.iter().map(|tool| tool.package).collect();
    if options.without_tools {
        screen.line("Going on without them: tests that need them say so.");
        return Ok(());
    }
    if in_path("apt-get").is_none() {
        return Err(NotReady::NoApt(packages));
    }
    let allowed = options.yes || screen.ask("Install them with apt-get?").unwrap_or(false);
    if !allowed {
        return Err(NotReady::Missing(packages));
    }
    install(&packages, screen)?;
    let still: Vec<&'static str> = self::missing().iter().map(|tool| tool.package).collect();
    if still.is_empty() { Ok(()) } else { Err(NotReady::Missing(still)) }
}

fn missing() -> Vec<&'static Tool> {
    TABLE.iter().filter(|tool| !tool.is_here()).collect()
}

fn cargo_knows(command: &str) -> bool {
    Command::new("cargo")
        .args([command, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn component(name: &'static str, options: &Options, screen: &Screen) -> Result<(), NotReady> {
    if in_path("rustup").is_none() {
        return Err(NotReady::Component(name));
    }
    let question = format!("Rust's component {name} is missing. Add it with rustup?");
    if !options.yes && !screen.ask(&question).unwrap_or(false) {
        return Err(NotReady::Failed(format!("{name} is missing: rustup component add {name}")));
    }
    patiently(screen, &["rustup", "component", "add", name])
}

fn install(packages: &[&str], screen: &Screen) -> Result<(), NotReady> {
    let mut apt: Vec<&str> = Vec::new();
    if !is_root() {
        apt.push("sudo");
    }
    apt.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    apt.extend(["-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"]);
    let mut update = apt.clone();
    update.extend(["update", "--quiet"]);
    patiently(screen, &update)?;
    apt.extend(["install", "--yes", "--quiet", "--no-install-recommends"]);
    apt.extend(packages);
    patiently(screen, &apt)
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|told| told.stdout.trim_ascii() == b"0")
}

/// Runs a command that goes to the network, again after a pause when it fails.
fn patiently(screen: &Screen, words: &[&str]) -> Result<(), NotReady> {
    let line = words.join(" ");
    let Some((program, arguments)) = words.split_first() else {
        return Err(NotReady::Failed("an empty command".to_owned()));
    };
    for attempt in 1..=TRIES {
        screen.line(&format!("$ {line}"));
        // The terminal stays with the command: sudo may ask for a password.
        let ended = Command::new(program).args(arguments).status();
        match ended {
            Ok(status) if status.success() => return Ok(()),
            Ok(_) if attempt < TRIES => thread::sleep(Duration::from_secs(5 * attempt)),
            Ok(_) => break,
            Err(error) => return Err(NotReady::Failed(format!("{line}: {error}"))),
        }
    }
    Err(NotReady::Failed(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_installed_is_named() {
        let told = NotReady::Missing(vec!["openssl", "xvfb"]).to_string();
        assert!(told.contains("apt-get install openssl xvfb"));
        assert!(NotReady::NoApt(vec!["xvfb"]).to_string().contains("xvfb"));
    }

    #[test]
    fn a_command_that_is_nowhere_fails_at_once() {
        let failed = patiently(&Screen::new(), &["no-such-command-of-anybody"]);
        assert!(matches!(failed, Err(NotReady::Failed(_))));
    }
}
