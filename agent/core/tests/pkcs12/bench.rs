//! Another program, and the folder in which it is asked.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

pub(crate) struct Bench {
    program: &'static str,
    folder: TempDir,
}

impl Bench {
    /// `None`, said aloud, if the program is not there; then the test proves nothing and passes, unless everything
    /// is required.
    fn of(program: &'static str, package: &str, trial: &str) -> Option<Self> {
        // A program that is there answers, though not every one succeeds at that.
        if Command::new(program).arg(trial).output().is_ok() {
            return Some(Self { program, folder: TempDir::new().unwrap() });
        }
        let line = format!("SKIPPED: apt install {package}");
        assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "{line}");
        eprintln!("{line}");
        None
    }

    pub(crate) fn openssl() -> Option<Self> {
        Self::of("openssl", "openssl", "version")
    }

    pub(crate) fn keytool() -> Option<Self> {
        Self::of("keytool", "default-jre-headless", "-help")
    }

    /// NSS is no program of `cargo verify`'s list of the required.
    pub(crate) fn nss() -> Option<(Self, Self)> {
        let there = |program: &str| Command::new(program).arg("-H").output().is_ok();
        if !there("pk12util") || !there("certutil") {
            eprintln!("SKIPPED: apt install libnss3-tools");
            return None;
        }
        let bench = |program| Self { program, folder: TempDir::new().unwrap() };
        Some((bench("pk12util"), bench("certutil")))
    }

    /// The path of a file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn try_run(&self, arguments: &str) -> Output {
        Command::new(self.program)
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap()
    }

    /// Runs the program; returns both of its outputs.
    pub(crate) fn run(&self, arguments: &str) -> String {
        let output = self.try_run(arguments);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(output.status.success(), "{} {arguments}: {text}", self.program);
        text
    }
}

/// Notes that another program agreed, for the table of `cargo verify`.
pub(crate) fn judged(who: &str, what: &str) {
    let Some(path) = std::env::var_os("TANBA_JUDGES") else { return };
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("JUDGE: {who}: {what}\n").as_bytes()).unwrap();
}
