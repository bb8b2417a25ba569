//! A window as a screen reader sees and uses it, over AT-SPI: the judge is its own library, libatspi.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use tanba::protocol::Locale;

use crate::samples::{Shown, sample};
use crate::screen::{Bus, PATIENCE, Screen};

/// The system's own: libraries of Debian are not there for others.
const PYTHON: &str = "/usr/bin/python3";

/// A session bus, and a screen reader on it.
struct Listener {
    bus: Bus,
    reader: Child,
    asked: ChildStdin,
    told: BufReader<ChildStdout>,
}

impl Listener {
    /// `None` if the libraries are not installed and do not have to be.
    fn start(screen: &Screen) -> Option<Self> {
        let imports =
            "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi";
        let there = Command::new(PYTHON).args(["-c", imports]).stderr(Stdio::null()).status();
        if !there.is_ok_and(|status| status.success()) {
            let text = "SKIPPED: apt install at-spi2-core gir1.2-atspi-2.0 python3-gi dbus";
            assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "{text}");
            eprintln!("{text}");
            return None;
        }
        let bus = Bus::start(screen);
        let mut reader = Command::new(PYTHON)
            .args(["-c", include_str!("spoken.py")])
            .env("DISPLAY", &screen.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let asked = reader.stdin.take().unwrap();
        let told = BufReader::new(reader.stdout.take().unwrap());
        Some(Self { bus, reader, asked, told })
    }

    /// Waits until a control is there, presses it if wanted, and gives all that can be seen: roles and names.
    fn look(&mut self, press: bool, role: &str, name: &str) -> Vec<(String, String)> {
        writeln!(self.asked, "{}{role}\t{name}", if press { "!" } else { "" }).unwrap();
        let mut seen = Vec::new();
        loop {
            let mut line = String::new();
            let read = self.told.read_line(&mut line).unwrap();
            assert!(read > 0, "there is no {role} called {name}");
            match line.trim_end_matches('\n').split_once('\t') {
                Some((role, name)) => seen.push((role.to_owned(), name.to_owned())),
                None => return seen,
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.reader.kill();
        self.reader.wait().unwrap();
    }
}

fn assert_seen(seen: &[(String, String)], expected: &[(&str, &str)]) {
    for (role, name) in expected {
        let found = seen.iter().any(|one| one.0 == *role && one.1.contains(name));
        assert!(found, "no {role} called {name} in {seen:#?}");
    }
}

#[test]
fn a_key_is_chosen_and_agreed_to_with_a_screen_reader() {
    let Some(screen) = Screen::open(&["dbus-daemon"]) else { return };
    let Some(mut listener) = Listener::start(&screen) else { return };
    let (ask, told) = sample("key-cards", Locale::Ru);
    let mut shown = Shown::start(&screen, &listener.bus.address, &ask);
    let file = [
        ("frame", "Tanba – Подпись данных"),
        ("label", "Кто запрашивает: https://egov.kz"),
        ("label", "Подписать документ"),
        ("document frame", "Текст"),
        ("push button", "AUTH_RSA256_2.p12"),
        ("push button", "Выбрать файл"),
        ("entry", "Файл ключей ЭЦП"),
        ("check box", "Показать"),
        ("push button", "Открыть"),
        ("push button", "Отмена"),
    ];
    assert_seen(&listener.look(false, "password text", "Пароль"), &file);
    shown.open(&screen, &told.unwrap());
    let keys = [
        ("push button", "Другой файл"),
        ("radio button", "RSA 2048 · для подписи"),
        ("radio button", "Срок действия сертификата истёк"),
        ("label", "Серийный номер: 4b3fb466a47e79a92f282cdfa7b597a9064fb6f7"),
        ("label", "Издатель: ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ"),
        ("label", "Срок действия: 22.11.2025"),
        ("push button", "Отмена"),
    ];
    assert_seen(&listener.look(true, "push button", "Подписать"), &keys);
    assert_eq!(shown.said.recv_timeout(PATIENCE).as_deref(), Ok(r#"{"key":0}"#));
}

#[test]
fn a_question_is_cancelled_with_a_screen_reader() {
    let Some(screen) = Screen::open(&["dbus-daemon"]) else { return };
    let Some(mut listener) = Listener::start(&screen) else { return };
    let (ask, _) = sample("confirm-pdf", Locale::Kk);
    let shown = Shown::start(&screen, &listener.bus.address, &ask);
    let expected = [("push button", "Бұл сайт енді сұрамасын"), ("push button", "Жіберу")];
    assert_seen(&listener.look(true, "push button", "Бас тарту"), &expected);
    assert_eq!(shown.said.recv_timeout(PATIENCE).as_deref(), Ok("\"closed\""));
}

#[test]
fn caps_lock_is_told_before_anything_is_typed() {
    let Some(screen) = Screen::open(&["dbus-daemon"]) else { return };
    let Some(mut listener) = Listener::start(&screen) else { return };
    for name in ["key-file", "new-password"] {
        let (ask, _) = sample(name, Locale::Ru);
        let _shown = Shown::start(&screen, &listener.bus.address, &ask);
        let hint = "Включён Caps Lock";
        let before = listener.look(false, "password text", "Пароль");
        assert!(!before.iter().any(|one| one.1 == hint), "{name}: {before:?}");
        screen.keys(&["Caps_Lock"]);
        listener.look(false, "label", hint);
        screen.keys(&["Caps_Lock"]);
    }
}
