//! Windows are dark where the desktop says so: a portal's answer, and the picture of a window.

use std::process::Command;
use std::time::{Duration, Instant};

use tanba::protocol::Locale;
use zbus::zvariant::Value;

use crate::pictures;
use crate::samples::{Shown, sample};
use crate::screen::{Bus, PATIENCE, Screen};

/// What the portal says where the person prefers dark windows.
const DARK: u32 = 1;

/// A desktop at night.
struct Settings;

#[zbus::interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    #[expect(clippy::unused_self, reason = "the bus calls methods")]
    fn read_one(&self, namespace: &str, key: &str) -> Value<'static> {
        assert_eq!((namespace, key), ("org.freedesktop.appearance", "color-scheme"));
        DARK.into()
    }
}

/// The colour in the upper left corner of a window, as `#RRGGBB`.
fn corner(screen: &Screen, window: &str) -> String {
    let taken = Command::new("import")
        .args(["-window", window, "-crop", "1x1+5+5", "-depth", "8", "txt:-"])
        .env("DISPLAY", &screen.display)
        .output()
        .unwrap();
    let text = String::from_utf8(taken.stdout).unwrap();
    text.split_whitespace()
        .find(|word| word.starts_with('#') && word.len() == 7)
        .unwrap()
        .to_owned()
}

#[test]
fn windows_are_dark_where_the_desktop_is() {
    let Some(screen) = Screen::open(&["dbus-daemon", "import"]) else { return };
    let bus = Bus::start(&screen);
    let _portal = zbus::blocking::connection::Builder::address(bus.address.as_str())
        .unwrap()
        .serve_at("/org/freedesktop/portal/desktop", Settings)
        .unwrap()
        .name("org.freedesktop.portal.Desktop")
        .unwrap()
        .build()
        .unwrap();
    for name in ["confirm-text", "key-file", "new-password"] {
        let (ask, _) = sample(name, Locale::Ru);
        let _shown = Shown::start(&screen, &bus.address, &ask);
        let window = pictures::window(&screen);
        let end = Instant::now() + PATIENCE;
        while corner(&screen, &window) != "#1C2126" {
            assert!(Instant::now() < end, "{name} is {}", corner(&screen, &window));
            std::thread::sleep(Duration::from_millis(50));
        }
        pictures::picture(&screen, &window, &pictures::folder().join(format!("{name}.night.png")));
    }
}
