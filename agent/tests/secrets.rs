//! Secrets in a real keyring: gnome-keyring on a session bus of its own.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stderr, reason = "a test that cannot run says which package it lacks")]

use std::process::Command;

use tanba_agent::secrets::{Files, Kept, Keyring, KeyringOrFile, SecretError, SecretStore as _};
use tanba_core::secret::SecretBytes;

/// Set in the copy of this program that runs on the private bus.
const INSIDE: &str = "TANBA_TEST_INSIDE";

/// Runs the test called `name` once more, in a world of its own: another home, another bus, and `before` has been run.
/// Does nothing if the tools are not installed and do not have to be.
fn run_inside(name: &str, before: &str) {
    let there = |tool: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(tool).is_file())
    };
    if !there("dbus-run-session") || !there("gnome-keyring-daemon") {
        let text = "SKIPPED: apt install dbus gnome-keyring";
        assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "{text}");
        eprintln!("{text}");
        return;
    }
    let home = tempfile::tempdir().expect("a folder can be made");
    let script = format!("{before} exec \"$0\" --exact {name} --nocapture");
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", &script])
        .arg(std::env::current_exe().expect("a test knows its program"))
        .env(INSIDE, "1")
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("dbus-run-session was found");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}\n{errors}");
}

fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

const UNLOCKED: &str =
    "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && ";

fn secret(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

#[test]
fn a_secret_is_kept_replaced_and_forgotten_by_the_keyring() {
    if !is_inside() {
        run_inside("a_secret_is_kept_replaced_and_forgotten_by_the_keyring", UNLOCKED);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("secrets");
    let store = KeyringOrFile::new(Keyring::new("tanba-test"), Files::new(files.clone()));
    assert!(store.get("one").unwrap().is_none());
    store.delete("one").unwrap();
    assert_eq!(store.put("one", &secret("first")).unwrap(), Kept::Keyring);
    let bytes = SecretBytes::new((0..=255).collect());
    assert_eq!(store.put("one", &bytes).unwrap(), Kept::Keyring);
    store.put("two", &secret("other")).unwrap();
    // Another process would make another store.
    let again = Keyring::new("tanba-test");
    assert_eq!(again.get("one").unwrap().unwrap().expose(), bytes.expose());
    assert!(Keyring::new("tanba-other").get("one").unwrap().is_none());
    store.delete("one").unwrap();
    assert!(again.get("one").unwrap().is_none());
    assert_eq!(again.get("two").unwrap().unwrap().expose(), b"other");
    assert!(!files.exists(), "nothing of this belongs into files");
}

#[test]
fn a_keyring_keeps_and_returns_what_is_long_but_nothing_that_is_too_long() {
    if !is_inside() {
        let name = "a_keyring_keeps_and_returns_what_is_long_but_nothing_that_is_too_long";
        run_inside(name, UNLOCKED);
        return;
    }
    let store = Keyring::new("tanba-test");
    let most = SecretBytes::new(vec![7; 4096]);
    assert_eq!(store.put("one", &most).unwrap(), Kept::Keyring);
    assert_eq!(store.get("one").unwrap().unwrap().expose(), most.expose());
    let more = SecretBytes::new(vec![7; 4097]);
    assert!(matches!(store.put("one", &more), Err(SecretError::TooLong)));
    assert_eq!(store.get("one").unwrap().unwrap().expose(), most.expose());
    // Somebody else filed it under our name.
    keyring::Entry::new("tanba-test", "two").unwrap().set_secret(more.expose()).unwrap();
    assert!(matches!(store.get("two"), Err(SecretError::TooLong)));
}

fn a_file_takes_over() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let files = folder.path().join("secrets");
    let store = KeyringOrFile::new(Keyring::new("tanba-test"), Files::new(files.clone()));
    assert!(matches!(store.put("one", &secret("first")), Ok(Kept::File)));
    assert!(std::fs::read(files.join("one")).is_ok_and(|bytes| bytes == b"first"));
    assert!(matches!(store.get("one"), Ok(Some(found)) if found.expose() == b"first"));
    assert!(store.delete("one").is_ok());
    assert!(!files.join("one").exists());
}

#[test]
fn a_file_takes_over_where_no_keyring_is() {
    if !is_inside() {
        let nowhere = "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent;";
        run_inside("a_file_takes_over_where_no_keyring_is", nowhere);
        return;
    }
    a_file_takes_over();
    // Nobody knows whether a keyring that is not there holds it.
    assert!(matches!(Keyring::new("tanba-test").get("one"), Err(SecretError::NoKeyring(_))));
    assert!(matches!(Keyring::new("tanba-test").delete("one"), Err(SecretError::NoKeyring(_))));
}

#[test]
fn a_file_takes_over_where_the_keyring_is_locked() {
    if !is_inside() {
        // The bus starts the keyring when it is asked for; nobody unlocks it.
        run_inside("a_file_takes_over_where_the_keyring_is_locked", "");
        return;
    }
    a_file_takes_over();
}

#[test]
fn a_secret_moves_from_the_file_to_the_keyring_when_it_is_kept_again() {
    if !is_inside() {
        run_inside("a_secret_moves_from_the_file_to_the_keyring_when_it_is_kept_again", UNLOCKED);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("secrets");
    Files::new(files.clone()).put("one", &secret("when there was no keyring")).unwrap();
    let store = KeyringOrFile::new(Keyring::new("tanba-test"), Files::new(files.clone()));
    assert_eq!(store.get("one").unwrap().unwrap().expose(), b"when there was no keyring");
    assert_eq!(store.put("one", &secret("now")).unwrap(), Kept::Keyring);
    assert!(!files.join("one").exists());
    assert_eq!(store.get("one").unwrap().unwrap().expose(), b"now");
}
