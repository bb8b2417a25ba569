//! The program `tanba-installer`, run as people run it.

use std::process::{Command, Output};

use tanba_installer::identity::{self, LEAF_KEY};

fn run(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_tanba-installer");
    Command::new(program).args(arguments).output().expect("the program was built for this test")
}

#[test]
fn the_first_run_makes_an_identity_and_the_second_keeps_it() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("tls");
    let arguments = ["identity", "--folder", folder.to_str().unwrap()];
    let first = run(&arguments);
    assert!(first.status.success(), "{first:?}");
    let made = identity::read(&folder).unwrap().unwrap();
    let text = String::from_utf8(first.stdout).unwrap();
    assert!(text.contains("made") && text.contains(made.spki_sha256_base64()), "{text}");
    assert!(!text.contains("PRIVATE"), "{text}");
    let second = String::from_utf8(run(&arguments).stdout).unwrap();
    assert!(second.contains("kept"), "{second}");
    assert_eq!(identity::read(&folder).unwrap().unwrap().leaf_pem(), made.leaf_pem());
}

#[test]
fn a_folder_that_cannot_be_used_is_said_and_fails() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let output = run(&["identity", "--folder", file.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot be used"));
    assert!(!file.with_file_name(LEAF_KEY).exists());
}
