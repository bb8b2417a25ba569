//! A screen of a test's own, and a person made of xdotool.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tanba_agent::desktop::Windows;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_tanba");

/// How long a window is waited for, on a machine that is busy with other things.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A screen of its own for each test, so that they can run side by side.
pub(crate) struct Screen {
    pub(crate) display: String,
    server: Child,
    manager: Child,
}

impl Screen {
    /// `None` if the tools are not installed and do not have to be.
    pub(crate) fn open(more: &[&str]) -> Option<Self> {
        for tool in ["Xvfb", "openbox", "xdotool"].iter().chain(more) {
            if find(tool).is_none() {
                let text = "SKIPPED: apt install xvfb openbox xdotool zenity";
                assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "{text}");
                eprintln!("{text}");
                return None;
            }
        }
        Some(Self::start(None))
    }

    /// The same, with a number that no other test takes, so that it can come back after it was lost.
    pub(crate) fn open_numbered() -> Option<Self> {
        Self::open(&[])
            .map(|_| Self::start(Some(&format!(":{}", 1_000 + std::process::id() % 50_000))))
    }

    fn start(number: Option<&str>) -> Self {
        let mut server = Command::new("Xvfb")
            .args(number)
            // A server that resets itself when its last client leaves would throw out the window manager's first steps.
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x900x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The server says its number when it listens.
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let display = format!(":{}", number.trim());
        let manager = Command::new("openbox")
            .env("DISPLAY", &display)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let screen = Self { display, server, manager };
        // Only a window manager knows how many desktops there are.
        let ready = (0..1_200).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            screen.xdotool(&["get_num_desktops"]).0
        });
        assert!(ready, "openbox did not start on {}", screen.display);
        screen
    }

    /// Ends the screen under whatever is on it; gives what brings it back.
    pub(crate) fn lose(self) -> impl FnOnce() -> Self {
        let display = self.display.clone();
        drop(self);
        move || Self::start(Some(&display))
    }

    /// Windows on this screen, on a desktop without a chooser of its own.
    pub(crate) fn windows(&self) -> Windows {
        Windows::new(PROGRAM.into())
            .with_variable("DISPLAY", &self.display)
            .with_variable("WAYLAND_DISPLAY", "")
            .with_variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .with_variable("PATH", "/nonexistent")
    }

    pub(crate) fn xdotool(&self, arguments: &[&str]) -> (bool, String) {
        let output =
            Command::new("xdotool").env("DISPLAY", &self.display).args(arguments).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }

    /// The windows that are on the screen and have `name` in their title.
    pub(crate) fn shown(&self, name: &str) -> Vec<String> {
        let (_, list) = self.xdotool(&["search", "--onlyvisible", "--name", name]);
        list.lines().map(str::to_owned).collect()
    }

    /// Waits until a window is there, and gives it the keyboard.
    pub(crate) async fn window(&self, name: &str) -> String {
        let found = timeout(PATIENCE, async {
            loop {
                if let Some(window) = self.shown(name).pop() {
                    // Until the window manager has taken the window over, it cannot be activated.
                    if self.xdotool(&["windowactivate", "--sync", &window]).0 {
                        return window;
                    }
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        found.await.unwrap_or_else(|_| {
            let windows = self.xdotool(&["search", "--name", "."]);
            panic!("no window called {name} came on {}: {windows:?}", self.display)
        })
    }

    pub(crate) async fn gone(&self, name: &str) {
        let gone = timeout(PATIENCE, async {
            while !self.shown(name).is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        gone.await.unwrap_or_else(|_| panic!("the window called {name} stayed"));
    }

    pub(crate) fn keys(&self, arguments: &[&str]) {
        assert!(self.xdotool(&[&["key"], arguments].concat()).0);
    }

    pub(crate) fn type_text(&self, text: &str) {
        assert!(self.xdotool(&["type", "--delay", "20", text]).0);
    }

    /// Presses the button in the lower right corner, which accepts.
    pub(crate) fn press_accept(&self, window: &str) {
        self.click(window, 60, 32);
    }

    /// Presses what is so far from the right and from the lower edge of a window, in pixels.
    pub(crate) fn click(&self, window: &str, left: i32, up: i32) {
        let (_, geometry) = self.xdotool(&["getwindowgeometry", "--shell", window]);
        let value = |name: &str| -> Option<i32> {
            geometry.lines().find_map(|line| line.strip_prefix(name))?.parse().ok()
        };
        // A window that has just gone has no place.
        let (Some(width), Some(height)) = (value("WIDTH="), value("HEIGHT=")) else { return };
        let (x, y) = ((width - left).to_string(), (height - up).to_string());
        self.xdotool(&["mousemove", "--window", window, &x, &y, "click", "1"]);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        for child in [&mut self.manager, &mut self.server] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

/// A session bus of a test's own.
pub(crate) struct Bus {
    pub(crate) address: String,
    daemon: Child,
}

impl Bus {
    /// What is started over it, is shown on that screen.
    pub(crate) fn start(screen: &Screen) -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .env("DISPLAY", &screen.display)
            .env("WAYLAND_DISPLAY", "")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { address: address.trim().to_owned(), daemon }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.daemon.kill().unwrap();
        self.daemon.wait().unwrap();
    }
}

fn find(tool: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(tool))
        .find(|path| path.is_file())
}

/// Does something again and again until the question is answered: for half a second a window accepts nothing.
pub(crate) async fn until_answered<T>(mut answer: JoinHandle<T>, mut act: impl FnMut()) -> T {
    match is_answered(&mut answer, &mut act, 400).await {
        Some(answer) => answer,
        None => panic!("the window does not answer"),
    }
}

/// Does something so many times, three in a second, as long as the question is not answered.
pub(crate) async fn is_answered<T>(
    answer: &mut JoinHandle<T>,
    act: &mut impl FnMut(),
    times: u32,
) -> Option<T> {
    for _ in 0..times {
        act();
        if let Ok(answer) = timeout(Duration::from_millis(300), &mut *answer).await {
            return Some(answer.unwrap());
        }
    }
    None
}
