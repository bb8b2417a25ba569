//! The programs of others that tests use, and the Debian packages in which they come.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Set by `cargo verify`: a test that lacks a tool fails instead of passing.
pub const REQUIRE_ALL: &str = "TANBA_REQUIRE_ALL";

/// How a tool is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// One of these commands is in `PATH`.
    Command(&'static [&'static str]),
    /// OpenSSL loads the engine of this name.
    Engine(&'static str),
    /// `dpkg` knows the package as installed; on a system without `dpkg` nobody can tell, and it counts as there.
    Package,
}

impl Sign {
    fn is_of(self, wanted: &str) -> bool {
        match self {
            Self::Command(names) => names.contains(&wanted),
            Self::Engine(name) => name == wanted,
            Self::Package => false,
        }
    }
}

/// A Debian package that some test needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tool {
    /// The package's name.
    pub package: &'static str,
    /// How one sees that it is there.
    pub sign: Sign,
    /// What the tests do with it.
    pub purpose: &'static str,
}

const fn command(
    package: &'static str,
    names: &'static [&'static str],
    purpose: &'static str,
) -> Tool {
    Tool { package, sign: Sign::Command(names), purpose }
}

const fn engine(package: &'static str, name: &'static str, purpose: &'static str) -> Tool {
    Tool { package, sign: Sign::Engine(name), purpose }
}

const fn library(package: &'static str, purpose: &'static str) -> Tool {
    Tool { package, sign: Sign::Package, purpose }
}

/// The names under which Chromium is known, the best first.
pub const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// Everything that the tests use and that does not come with Rust.
pub const TABLE: &[Tool] = &[
    command("openssl", &["openssl"], "judges keys, requests, certificates and key files"),
    engine("libengine-gost-openssl", "gost", "judges GOST signatures: the engine of OpenSSL"),
    command("default-jre-headless", &["keytool"], "opens our key files as Java programs do"),
    command("g++", &["c++", "g++", "clang++"], "builds the engine of the fuzz targets"),
    command("xmlsec1", &["xmlsec1"], "judges XML signatures, and makes some for us to judge"),
    command("nodejs", &["node"], "runs the clients of NCALayer that sites use"),
    command("libxml2-utils", &["xmllint"], "judges canonical XML"),
    command("chromium", CHROMIUM, "goes through the page with a camera that is not one"),
    command("firefox-esr", &["firefox-esr"], "opens sockets to the agent from pages"),
    command(
        "libnss3-tools",
        &["certutil"],
        "makes the browsers' throw-away profiles trust the local root",
    ),
    command("xvfb", &["Xvfb"], "a screen for the agent's windows"),
    command("openbox", &["openbox"], "gives the windows their focus"),
    command("xdotool", &["xdotool"], "types into the windows"),
    command("x11-utils", &["xprop"], "says whether the window manager is there"),
    command("imagemagick", &["import"], "takes pictures of the windows"),
    command("zenity", &["zenity"], "the folder chooser where there is no desktop portal"),
    command("dbus", &["dbus-run-session", "dbus-daemon"], "a session bus that ends with the test"),
    command("xfce4-panel", &["xfce4-panel"], "a panel with a tray"),
    command("desktop-file-utils", &["desktop-file-validate"], "judges entries of the autostart"),
    command("gnome-keyring", &["gnome-keyring-daemon"], "a keyring that ends with the test"),
    command("qemu-system-x86", &["qemu-system-x86_64"], "a machine with a camera"),
    command("busybox-static", &["busybox"], "everything in that machine that is not ours"),
    command("cpio", &["cpio"], "packs that machine's files"),
    command("xz-utils", &["xz"], "unpacks modules of a kernel"),
    library("at-spi2-core", "a bus on which screen readers hear of the windows"),
    library("gir1.2-atspi-2.0", "a screen reader's library, which reads and presses our windows"),
    library("python3-gi", "speaks to that library"),
    library("libxkbcommon-x11-0", "keyboards of the windows"),
    library("libx11-xcb1", "the windows"),
    library("libxcursor1", "the windows"),
    library("libxi6", "the windows"),
    library("libxrandr2", "the windows"),
    library("fonts-dejavu-core", "Kazakh letters in the page"),
];

/// Where a command is, by `PATH`.
#[must_use]
pub fn in_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

impl Tool {
    /// Whether it is there.
    #[must_use]
    pub fn is_here(&self) -> bool {
        match self.sign {
            Sign::Command(names) => names.iter().any(|name| in_path(name).is_some()),
            Sign::Engine(name) => engine_loads(name),
            Sign::Package => package_is_installed(self.package),
        }
    }
}

fn engine_loads(name: &str) -> bool {
    Command::new("openssl")
        .args(["engine", name])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn package_is_installed(package: &str) -> bool {
    if in_path("dpkg-query").is_none() {
        return true;
    }
    // Since its 64-bit time, Debian gives some libraries a suffix; `Provides` is not asked, the two names are.
    [package.to_owned(), format!("{package}t64")].iter().any(|name| {
        Command::new("dpkg-query")
            .args(["--show", "--showformat=${db:Status-Status}", name])
            .stderr(Stdio::null())
            .output()
            .is_ok_and(|told| told.stdout == b"installed")
    })
}

/// Whether a test can use all these commands and engines of OpenSSL.
///
/// What is missing is named on the error output, as `SKIPPED: apt install …`.
///
/// # Panics
/// When one is missing and [`REQUIRE_ALL`] is set, or when one is not in [`TABLE`].
#[must_use]
#[expect(clippy::print_stderr, reason = "a test says on its captured output why it did nothing")]
pub fn all_here(commands: &[&str]) -> bool {
    let missing: Vec<&str> = commands
        .iter()
        .map(|wanted| {
            TABLE
                .iter()
                .find(|tool| tool.sign.is_of(wanted))
                .unwrap_or_else(|| panic!("{wanted} is not in the table of tools"))
        })
        .filter(|tool| !tool.is_here())
        .map(|tool| tool.package)
        .collect();
    if missing.is_empty() {
        return true;
    }
    assert!(env::var_os(REQUIRE_ALL).is_none(), "missing: apt install {}", missing.join(" "));
    eprintln!("SKIPPED: apt install {}", missing.join(" "));
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_nowhere_is_not_found() {
        assert!(in_path("no-such-command-of-anybody").is_none());
        assert!(in_path("sh").is_some());
    }

    #[test]
    fn no_package_is_listed_twice() {
        let mut packages: Vec<_> = TABLE.iter().map(|tool| tool.package).collect();
        packages.sort_unstable();
        packages.dedup();
        assert_eq!(packages.len(), TABLE.len());
    }

    #[test]
    fn what_nobody_makes_is_not_installed() {
        assert!(!engine("", "no-such-engine-of-anybody", "").is_here());
        if in_path("dpkg-query").is_some() {
            assert!(!library("no-such-package-of-anybody", "").is_here());
        }
    }
}
