//! Secrets in a real keyring: gnome-keyring on a session bus of its own.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stderr, reason = "a test that cannot run says which package it lacks")]
#![expect(clippy::unwrap_used, reason = "a keyring that fails fails the test")]

mod fake;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use fake::Mood;
use tanba_agent::secrets::{
    Files, Kept, Keyring, KeyringOrFile, SecretError, SecretStore as _, Trouble,
};
use tanba_core::secret::SecretBytes;

/// Set in the copy of this program that runs on the private bus.
const INSIDE: &str = "TANBA_TEST_INSIDE";

/// A bus that begins no program by itself, so that there is only what a test puts there.
const EMPTY_BUS: &str = r#"<busconfig><type>session</type><listen>unix:runtime=yes</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"#;

/// Runs the test called `name` once more, in a world of its own: another home, another bus, and `before` has been run.
/// Does nothing if the tools are not installed and do not have to be.
fn run_inside(name: &str, before: &str) {
    run_on(name, before, None);
}

/// As [`run_inside`], where no keyring begins because it is asked for.
fn run_alone(name: &str) {
    // What a screen would be called: a question can be shown there, for all that the agent knows.
    run_on(name, "export DISPLAY=:nowhere;", Some(EMPTY_BUS));
}

fn run_on(name: &str, before: &str, bus: Option<&str>) {
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
    let mut session = Command::new("dbus-run-session");
    if let Some(bus) = bus {
        let file = home.path().join("bus.conf");
        std::fs::write(&file, bus).expect("a file can be written");
        session.arg("--config-file").arg(file);
    }
    let output = session
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

/// Files a secret as another program would.
fn file_under(service: &str, id: &str, secret: &[u8]) {
    use secret_service::EncryptionType;
    use secret_service::blocking::SecretService;
    let keyring = SecretService::connect(EncryptionType::Plain).unwrap();
    let names = std::collections::HashMap::from([("service", service), ("username", id)]);
    let collection = keyring.get_default_collection().unwrap();
    collection.create_item("another program's", names, secret, false, "text/plain").unwrap();
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
    file_under("tanba-test", "two", more.expose());
    assert!(matches!(store.get("two"), Err(SecretError::TooLong)));
}

/// How long nobody is waited for who is not there.
const HURRY: Duration = Duration::from_millis(500);

/// The keyring fails for this reason, whatever it is asked, and a file takes over.
fn a_file_takes_over(trouble: Trouble) {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("secrets");
    let hurried = trouble == Trouble::Locked;
    let keyring =
        if hurried { Keyring::hurried("tanba-test", HURRY) } else { Keyring::new("tanba-test") };
    let store = KeyringOrFile::new(keyring, Files::new(files.clone()));
    assert!(!store.has_files());
    assert_eq!(store.put("one", &secret("first")).unwrap(), Kept::File(Some(trouble)));
    assert!(store.has_files());
    assert_eq!(std::fs::read(files.join("one")).unwrap(), b"first");
    assert_eq!(store.get("one").unwrap().unwrap().expose(), b"first");
    assert_eq!(store.get_quietly("one").unwrap().unwrap().expose(), b"first");
    store.delete("one").unwrap();
    assert!(!store.has_files() && !files.join("one").exists());
}

/// Nobody knows whether a keyring that cannot be used holds it.
fn nothing_is_known(outcomes: [Result<Option<SecretBytes>, SecretError>; 2], trouble: Trouble) {
    for outcome in outcomes {
        let Err(error) = outcome else { panic!("the keyring answered") };
        assert!(!format!("{error:?} {error}").contains("canary"));
        assert!(matches!(error, SecretError::NoKeyring(found) if found == trouble), "{error:?}");
    }
}

fn fails(trouble: Trouble, probed: Trouble) {
    let keyring = Keyring::new("tanba-test");
    assert_eq!(keyring.probe(), Err(probed));
    nothing_is_known([keyring.get_quietly("one"), keyring.get_quietly("two")], probed);
    let put = keyring.put("one", &secret("canary")).map(|_| None);
    nothing_is_known([put, keyring.put("two", &secret("canary")).map(|_| None)], trouble);
    a_file_takes_over(trouble);
}

#[test]
fn there_is_no_keyring_where_no_bus_is() {
    if !is_inside() {
        let nowhere = "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent;";
        run_inside("there_is_no_keyring_where_no_bus_is", nowhere);
        return;
    }
    fails(Trouble::Absent, Trouble::Absent);
    let keyring = Keyring::new("tanba-test");
    nothing_is_known([keyring.get("one"), keyring.delete("one").map(|()| None)], Trouble::Absent);
}

#[test]
fn there_is_no_keyring_where_nobody_keeps_one() {
    if !is_inside() {
        run_alone("there_is_no_keyring_where_nobody_keeps_one");
        return;
    }
    fails(Trouble::Absent, Trouble::Absent);
}

#[test]
fn there_is_no_keyring_where_nobody_has_made_one_yet() {
    if !is_inside() {
        // The bus starts the service when it is asked for; it has no keyring to unlock.
        run_inside("there_is_no_keyring_where_nobody_has_made_one_yet", "");
        return;
    }
    fails(Trouble::Absent, Trouble::Absent);
}

#[test]
fn a_question_that_the_person_closes_is_a_refusal() {
    if is_inside() {
        let _service = fake::begin(Mood::Dismissed);
        fails(Trouble::Denied, Trouble::Locked);
    } else {
        run_alone("a_question_that_the_person_closes_is_a_refusal");
    }
}

#[test]
fn a_question_that_nobody_answers_leaves_it_locked() {
    if is_inside() {
        let _service = fake::begin(Mood::Ignored);
        let keyring = Keyring::hurried("tanba-test", HURRY);
        assert_eq!(keyring.probe(), Err(Trouble::Locked));
        a_file_takes_over(Trouble::Locked);
    } else {
        run_alone("a_question_that_nobody_answers_leaves_it_locked");
    }
}

#[test]
fn a_service_that_lets_nobody_in_denies() {
    if is_inside() {
        let _service = fake::begin(Mood::Denying);
        fails(Trouble::Denied, Trouble::Denied);
    } else {
        run_alone("a_service_that_lets_nobody_in_denies");
    }
}

#[test]
fn a_service_that_fails_is_broken() {
    if is_inside() {
        let _service = fake::begin(Mood::Failing);
        fails(Trouble::Broken, Trouble::Broken);
    } else {
        run_alone("a_service_that_fails_is_broken");
    }
}

#[test]
fn a_service_that_does_not_answer_is_not_waited_for() {
    if is_inside() {
        let _service = fake::begin(Mood::Silent);
        a_file_takes_over(Trouble::Silent);
    } else {
        run_alone("a_service_that_does_not_answer_is_not_waited_for");
    }
}

/// Locks every keyring of the session, as the person may at any time.
fn lock() {
    let bus = zbus::blocking::Connection::session().unwrap();
    let login = zbus::zvariant::ObjectPath::try_from("/org/freedesktop/secrets/collection/login");
    bus.call_method(
        Some("org.freedesktop.secrets"),
        "/org/freedesktop/secrets",
        Some("org.freedesktop.Secret.Service"),
        "Lock",
        &vec![login.unwrap()],
    )
    .unwrap();
}

/// A new service takes the place of the old one, and is unlocked: a new session of the person.
fn unlock() {
    let mut daemon = Command::new("gnome-keyring-daemon")
        .args(["--replace", "--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    daemon.stdin.take().unwrap().write_all(b"pw").unwrap();
    assert!(daemon.wait().unwrap().success());
}

#[test]
fn a_file_takes_over_where_the_keyring_is_locked_until_it_is_open_again() {
    if !is_inside() {
        let name = "a_file_takes_over_where_the_keyring_is_locked_until_it_is_open_again";
        run_inside(name, UNLOCKED);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("secrets");
    let in_file = |id: &str| Path::new(&files).join(id).exists();
    let keyring = Keyring::hurried("tanba-test", HURRY);
    let store = KeyringOrFile::new(keyring, Files::new(files.clone()));
    assert_eq!(store.probe(), Ok(Kept::Keyring));
    assert_eq!(store.put("zero", &secret("before")).unwrap(), Kept::Keyring);
    lock();
    assert_eq!(store.probe(), Err(Trouble::Locked));
    let kept = store.put("one", &secret("first")).unwrap();
    assert_eq!(kept, Kept::File(Some(Trouble::Locked)));
    // What lies in the keyring is not there now, and that is not said to be nothing.
    assert!(matches!(store.get_quietly("zero"), Err(SecretError::NoKeyring(Trouble::Locked))));
    assert_eq!(store.get("one").unwrap().unwrap().expose(), b"first");
    unlock();
    let start = std::time::Instant::now();
    while store.probe() != Ok(Kept::Keyring) {
        assert!(start.elapsed() < Duration::from_secs(60), "the keyring did not come back");
    }
    // The same store, in the same process: the file is still read, and moves when it is kept again.
    assert_eq!(store.get("zero").unwrap().unwrap().expose(), b"before");
    assert_eq!(store.get("one").unwrap().unwrap().expose(), b"first");
    assert!(in_file("one") && store.has_files());
    assert_eq!(store.put("one", &secret("second")).unwrap(), Kept::Keyring);
    assert!(!in_file("one") && !store.has_files());
    assert_eq!(store.get("one").unwrap().unwrap().expose(), b"second");
    store.delete("one").unwrap();
    assert!(store.get("one").unwrap().is_none());
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
