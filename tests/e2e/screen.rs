//! A screen that nobody sees, with a window manager, and hands that type on it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::children::{Group, pictures_folder};

/// The commands that a screen needs.
pub(crate) const COMMANDS: &[&str] = &["Xvfb", "openbox", "xdotool", "xprop", "import"];

/// How long a window may take to appear or to go.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often one looks.
const PAUSE: Duration = Duration::from_millis(100);

/// A screen. Dropping it ends everything on it.
pub(crate) struct Screen {
    display: String,
    _windows: Group,
    _server: Group,
}

/// A window, by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window(String);

impl Screen {
    /// Starts a screen and its window manager, whose settings are looked for in `home`.
    pub(crate) fn start(home: &Path) -> Self {
        let mut server = Group::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"])
                // Otherwise it begins anew, and throws others out, whenever its last program leaves.
                .arg("-noreset")
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        // The server takes the first free number and tells it when it is ready.
        let mut number = String::new();
        let told = server.child().stdout.take().unwrap();
        BufReader::new(told).read_line(&mut number).unwrap();
        let number: u32 = number.trim().parse().unwrap();
        let display = format!(":{number}");
        let windows = Group::start(
            Command::new("openbox")
                .env("DISPLAY", &display)
                .env("HOME", home)
                .env_remove("XDG_CONFIG_HOME")
                .env_remove("XDG_DATA_HOME")
                .env_remove("XDG_CACHE_HOME")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let screen = Self { display, _windows: windows, _server: server };
        let end = Instant::now() + PATIENCE;
        while !screen.has_window_manager() {
            assert!(Instant::now() < end, "the window manager does not come");
            std::thread::sleep(PAUSE);
        }
        screen
    }

    /// Whether a window manager has said that it is there, in the root window's property.
    fn has_window_manager(&self) -> bool {
        Command::new("xprop")
            .args(["-root", "_NET_SUPPORTING_WM_CHECK"])
            .env("DISPLAY", &self.display)
            .output()
            .is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains("window id"))
    }

    /// What a program on this screen must find in `DISPLAY`.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    fn xdotool(&self, arguments: &[&str]) -> Option<String> {
        let told = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.display)
            .stderr(Stdio::null())
            .output()
            .unwrap();
        told.status.success().then(|| String::from_utf8_lossy(&told.stdout).trim().to_owned())
    }

    /// The windows that can be seen and whose title fits a regular expression.
    pub(crate) fn windows(&self, title: &str) -> Vec<Window> {
        let told = self.xdotool(&["search", "--onlyvisible", "--name", title]).unwrap_or_default();
        told.lines().map(|number| Window(number.to_owned())).collect()
    }

    /// Waits until a window with such a title can be seen, and gives it the focus.
    pub(crate) async fn window(&self, title: &str) -> Window {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(window) = self.windows(title).into_iter().next()
                && self.xdotool(&["windowactivate", "--sync", &window.0]).is_some()
            {
                return window;
            }
            if Instant::now() > end {
                let picture = self.picture("no-window");
                panic!("there is no window {title}: {}", picture.display());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Presses a key that opens another window with such a title than those that are known, again and again until it is
    /// there, and gives it the focus. What opens it may not be ready for the first one.
    pub(crate) async fn open_by(&self, key: &str, title: &str, known: &[Window]) -> Window {
        const AGAIN: u32 = 80;
        let end = Instant::now() + PATIENCE;
        let mut looks = 0;
        loop {
            // A window takes its time to come; by then the key would open a second one, or be meant for the first.
            if looks % AGAIN == 0 {
                self.press(key);
            }
            looks += 1;
            let found = self.windows(title).into_iter().find(|window| !known.contains(window));
            if let Some(window) = found
                && self.xdotool(&["windowactivate", "--sync", &window.0]).is_some()
            {
                return window;
            }
            assert!(Instant::now() < end, "no other window comes: {:?}", self.picture("no-window"));
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether a window is still there.
    pub(crate) fn is_there(&self, window: &Window) -> bool {
        self.xdotool(&["getwindowname", &window.0]).is_some()
    }

    /// Waits until a window is gone.
    pub(crate) async fn gone(&self, window: &Window) {
        let end = Instant::now() + PATIENCE;
        while self.xdotool(&["getwindowname", &window.0]).is_some() {
            assert!(Instant::now() < end, "the window is still there: {:?}", self.picture("stays"));
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Presses the button in the lower right corner of a window, which is the one that accepts.
    pub(crate) fn press_accept(&self, window: &Window) {
        let told = self.xdotool(&["getwindowgeometry", "--shell", &window.0]).unwrap_or_default();
        let value = |name: &str| -> Option<u32> {
            told.lines().find_map(|line| line.strip_prefix(name))?.parse().ok()
        };
        // A window that has just gone has no place.
        if let (Some(width), Some(height)) = (value("WIDTH="), value("HEIGHT=")) {
            self.click(window, width.saturating_sub(60), height.saturating_sub(32));
        }
    }

    /// Closes the window that has the focus, as its title bar's button does.
    pub(crate) fn close(&self) {
        self.press("alt+F4");
    }

    /// Types a text of ASCII into whatever has the focus, key by key.
    pub(crate) fn type_text(&self, text: &str) {
        // For other letters xdotool changes the keyboard or its group at each key, and GTK misses some under load.
        assert!(text.is_ascii(), "{text} cannot be typed surely");
        self.xdotool(&["type", "--delay", "20", "--", text]).unwrap();
    }

    /// Presses a key, as `Tab`, `Return` or `ctrl+l`.
    pub(crate) fn press(&self, key: &str) {
        self.xdotool(&["key", "--", key]).unwrap();
    }

    /// Presses the left button of the mouse at a place of a window, in pixels from its upper left corner.
    pub(crate) fn click(&self, window: &Window, x: u32, y: u32) {
        let (x, y) = (x.to_string(), y.to_string());
        self.xdotool(&["mousemove", "--sync", "--window", &window.0, &x, &y]).unwrap();
        self.xdotool(&["click", "1"]).unwrap();
    }

    /// Presses the left button of the mouse at a place of the screen, in pixels from its upper left corner.
    pub(crate) fn click_at(&self, x: u32, y: u32) {
        self.xdotool(&["mousemove", "--sync", &x.to_string(), &y.to_string()]).unwrap();
        self.xdotool(&["click", "1"]).unwrap();
    }

    /// Saves what the screen looks like, for people, and says where.
    pub(crate) fn picture(&self, name: &str) -> PathBuf {
        let file = pictures_folder().join(format!("{name}.png"));
        let taken = Command::new("import")
            .args(["-window", "root"])
            .arg(&file)
            .env("DISPLAY", &self.display)
            .status()
            .unwrap();
        assert!(taken.success(), "no picture of the screen");
        file
    }
}
