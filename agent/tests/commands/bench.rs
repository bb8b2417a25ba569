//! A folder to work in, the program, and its judges.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The key of a person that signs with RSA, and the password of all published keys but one.
pub(crate) const RSA: &str =
    "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.p12";
/// The same person's key for signing in.
pub(crate) const AUTH: &str =
    "danikarik_ncanode-go/personal/active/AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.p12";
/// A key of GOST 34.10-2015.
pub(crate) const GOST512: &str =
    "skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12";
/// A key of 2020, in the file of another maker.
pub(crate) const OLD: &str = "malikzh_NCANode_WithTestData/KEY_INDIVIDUAL_VALID_SIGN_2004.p12";

pub(crate) const PASSWORD: &str = "Qwerty12";

/// A published file.
pub(crate) fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/kz").join(name)
}

/// A folder that goes with the test, with a password file in it.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// What the program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Said {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It was good.
    pub(crate) fn good(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        assert!(self.err.is_empty(), "{self:?}");
        self
    }

    /// It failed with this code and name, in one line that tells `words`, and without a password.
    pub(crate) fn failed(self, code: i32, name: &str, words: &str) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.json()["error"]["code"], name, "{self:?}");
        assert!(self.err.starts_with("tanba: ") && self.err.contains(words), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        let message = self.json()["error"]["message"].as_str().expect("text").to_owned();
        assert_eq!(self.err.trim_end(), format!("tanba: {message}"));
        for password in [PASSWORD, "Zharyq2026", "Wrong1pass"] {
            assert!(!self.err.contains(password), "{self:?}");
        }
        self
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().expect("a folder") };
        bench.put("password", format!("{PASSWORD}\n").as_bytes());
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("written");
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Names of all files, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let listed = std::fs::read_dir(self.folder.path()).expect("listed");
        let mut names: Vec<_> = listed
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        names.sort();
        names
    }

    /// Copies a published file here.
    pub(crate) fn take(&self, name: &str, to: &str) {
        std::fs::copy(vector(name), self.path(to)).expect("copied");
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tanba"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("HOME", self.folder.path()).env("XDG_DATA_HOME", self.folder.path());
        for name in ["LC_ALL", "LC_MESSAGES", "LANG", "DISPLAY", "WAYLAND_DISPLAY"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the program with these arguments.
    pub(crate) fn tanba(&self, arguments: &[&str]) -> Said {
        said(self.command(arguments).output().expect("the program runs"))
    }

    /// The same with something on standard input.
    pub(crate) fn tanba_with(&self, arguments: &[&str], input: &[u8]) -> Said {
        use std::io::Write;
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        // A program that wants nothing more may have closed it.
        let _ = child.stdin.take().expect("piped").write_all(input);
        said(child.wait_with_output().expect("it ends"))
    }

    /// Runs a judge, if it is there; its outputs. `None`, said aloud, if not.
    pub(crate) fn judge(&self, program: &str, arguments: &str) -> Option<Output> {
        match Command::new(program)
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .output()
        {
            Ok(output) => Some(output),
            Err(_) => {
                let line = format!("SKIPPED: apt install {program}");
                assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "{line}");
                eprintln!("{line}");
                None
            }
        }
    }

    /// A judge must agree.
    pub(crate) fn agrees(&self, program: &str, arguments: &str, what: &str) {
        let Some(output) = self.judge(program, arguments) else { return };
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(output.status.success(), "{program} {arguments}: {text}");
        // `cargo verify` reads the tests' output.
        eprintln!("JUDGE: {program}: {what}");
    }
}

fn said(output: Output) -> Said {
    Said {
        code: output.status.code().expect("an exit code, not a signal"),
        out: output.stdout,
        err: String::from_utf8(output.stderr).expect("text"),
    }
}
