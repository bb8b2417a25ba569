//! A person's session on a screen that nobody sees: a bus, and a panel whose tray shows icons.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::children::Group;
use crate::desktop::item::Bus;

/// The commands that a session needs, beside those of its screen.
pub(crate) const COMMANDS: &[&str] = &["dbus-daemon", "xfce4-panel"];

/// Where the panel's only icon is: the panel lies at the upper edge, and its tray comes first.
pub(crate) const ICON: (u32, u32) = (20, 20);

/// A panel with a tray and nothing else, 40 pixels high.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="40"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
"#;

/// A session. Dropping it ends everything in it.
pub(crate) struct Session {
    panel: Option<Group>,
    bus: Group,
    address: String,
    display: String,
    home: PathBuf,
}

impl Session {
    /// Starts a session bus. Programs that it starts find the screen and the person's home.
    pub(crate) fn start(home: &Path, display: &str) -> Self {
        let settings = home.join(".config/xfce4/xfconf/xfce-perchannel-xml");
        fs::create_dir_all(&settings).unwrap();
        fs::write(settings.join("xfce4-panel.xml"), PANEL).unwrap();
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nosyslog", "--print-address"]);
        let mut bus = Group::start(at_home(&mut command, home, display).stdout(Stdio::piped()));
        let mut address = String::new();
        let told = bus.child().stdout.take().unwrap();
        BufReader::new(told).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        assert!(!address.is_empty(), "the session bus does not say where it is");
        let (display, home) = (display.to_owned(), home.to_owned());
        Self { panel: None, bus, address, display, home }
    }

    /// Where the bus is.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// A connection of the test's own.
    pub(crate) fn connect(&self) -> Bus {
        Bus::connect(&self.address)
    }

    /// Starts the panel with its tray.
    pub(crate) fn start_panel(&mut self) {
        let mut command = Command::new("xfce4-panel");
        command
            .args(["--disable-wm-check"])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("NO_AT_BRIDGE", "1");
        self.panel = Some(Group::start(at_home(&mut command, &self.home, &self.display)));
    }

    /// Ends the panel, as a crash would.
    pub(crate) fn end_panel(&mut self) {
        drop(self.panel.take());
    }

    /// Ends the bus, as a crash would.
    pub(crate) fn end_bus(&mut self) {
        self.bus.kill();
    }
}

/// A program of the session knows the home and the screen, and of the test's own surroundings nothing.
fn at_home<'a>(command: &'a mut Command, home: &Path, display: &str) -> &'a mut Command {
    command
        .env("HOME", home)
        .env("DISPLAY", display)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CACHE_HOME")
        .env_remove("XDG_RUNTIME_DIR")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}
