//! What every command has in common.

use std::io::Read;
use std::process::Stdio;

use crate::bench::{Bench, RSA, vector};

const COMMANDS: [&[&str]; 7] = [
    &["keys", "show"],
    &["keys", "generate"],
    &["keys", "passwd"],
    &["sign"],
    &["verify"],
    &["cert", "show"],
    &["csr", "show"],
];

#[test]
fn every_command_explains_itself_with_an_example_and_knows_json() {
    let bench = Bench::new();
    for command in COMMANDS {
        let said = bench.tanba(&[command, &["--help"]].concat()).good();
        let text = String::from_utf8(said.out).expect("text");
        assert!(text.contains("Example") && text.contains("--json"), "{command:?}: {text}");
        let said = bench.tanba(&[command, &["--json", "--nonsense"]].concat());
        assert_eq!(said.code, 2);
        assert_eq!(said.json()["error"]["code"], "usage");
    }
}

#[test]
fn a_reader_who_goes_is_no_reason_to_fail() {
    let bench = Bench::new();
    let path = vector(RSA);
    let arguments = ["keys", "show", path.to_str().expect("text"), "--password-file", "password"];
    let mut child = bench
        .command(&arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert!(child.wait().expect("it ends").success() && said.is_empty(), "{said}");
}
