//! The program `scripted-agent`, as site authors start it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use super::keys::{RSA, vector};
use super::verdict::built;

fn program() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    Command::new(PROGRAM.get_or_init(|| built("tanba-examples", "scripted-agent")))
}

fn failed(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = program().args(arguments).output().unwrap();
    assert!(stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&stdout));
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}

#[test]
fn bad_options_are_told_before_anything_listens() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (right, wrong, empty) = (
        put("right", "Qwerty12\nmore\n"),
        put("wrong", "Qwerty13\n"),
        put("empty", "\nQwerty12\n"),
    );
    let key = vector(RSA.sign).to_str().unwrap().to_owned();
    let gone = folder.path().join("gone").to_str().unwrap().to_owned();
    for (arguments, words) in [
        (&["--on", "maybe"][..], "delay:SECONDS"),
        (&["--on", "delay:soon"], "delay:2.5"),
        (&["--at", "noon"], "RFC 3339"),
        (&["--port", "65536"], "--port"),
        (&["--loud"], "--loud"),
        (&["--key", &key], "--password-file"),
        (&["--key", &key, "--password-file", &gone], "gone"),
        (&["--key", &key, "--password-file", &wrong], "password"),
        (&["--key", &key, "--password-file", &empty], "first line"),
        (&["--key", &gone, "--password-file", &right], "gone"),
        (&["--key", &right, "--password-file", &right], "right"),
        (&["--document", &gone], "gone"),
        (&["--port", "0", "--log", &format!("{gone}/log")], "gone/log"),
        (&["--port", "0", "--root-out", &format!("{gone}/root.pem")], "gone/root.pem"),
    ] {
        let (code, said) = failed(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert!(!said.contains("Qwerty"), "{said}");
    }
}

/// A program that runs until the test ends.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        // It has ended already, or a test failed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn it_says_where_it_listens_writes_its_root_and_ends_when_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let (root, password, log) =
        (folder.path().join("root.pem"), folder.path().join("password"), folder.path().join("log"));
    std::fs::write(&password, "Qwerty12").unwrap();
    for signal in [rustix::process::Signal::TERM, rustix::process::Signal::INT] {
        let mut command = program();
        command.args(["--port", "0", "--at", RSA.at, "--on", "delay:0.5", "--key"]);
        command.arg(vector(RSA.sign)).arg("--password-file").arg(&password);
        command.arg("--root-out").arg(&root).arg("--log").arg(&log);
        let mut started = Started(command.stdout(Stdio::piped()).spawn().unwrap());
        let mut out = BufReader::new(started.0.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let port = line.strip_prefix("listening on wss://127.0.0.1:").unwrap().trim_end();
        let port: u16 = port.parse().unwrap();
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        assert!(std::fs::read_to_string(&root).unwrap().starts_with("-----BEGIN CERTIFICATE"));
        assert!(Path::new(&log).exists());
        // Another one does not get the port.
        let (code, said) = failed(&["--port", &port.to_string()]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(&port.to_string()), "{said}");
        let id = rustix::process::Pid::from_child(&started.0);
        rustix::process::kill_process(id, signal).unwrap();
        let status = started.0.wait().unwrap();
        assert!(status.success(), "{signal:?}: {status:?}");
    }
}
