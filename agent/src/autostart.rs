//! Whether the agent starts with the person's session: asked and changed as each system has it.
//!
//! The crate `auto-launch` does this for three systems too, and was looked at. Its `.desktop` file and its registry value
//! hold the program's path without quotes, so that a path with a space starts another program; it ignores
//! `XDG_CONFIG_HOME` and entries that the desktop's own settings have switched off, and writes over files of others. So the
//! three small files below are our own.

#[cfg(any(target_os = "macos", test))]
mod launch_agent;
#[cfg(windows)]
mod run_key;
#[cfg(any(all(unix, not(target_os = "macos")), test))]
mod xdg;

use std::io;
use std::path::PathBuf;

/// Whether the agent starts with the session.
///
/// # Errors
/// When that cannot be told.
pub fn status() -> io::Result<bool> {
    #[cfg(windows)]
    return run_key::status();
    #[cfg(target_os = "macos")]
    return launch_agent::LaunchAgent::of_this_person()?.status();
    #[cfg(all(unix, not(target_os = "macos")))]
    xdg::Autostart::of_this_person()?.status()
}

/// Starts it with the session from now on, or no longer.
///
/// # Errors
/// When the system does not let it, or an entry of this name belongs to somebody else
/// ([`AlreadyExists`](io::ErrorKind::AlreadyExists)).
pub fn set(on: bool) -> io::Result<()> {
    #[cfg(windows)]
    return run_key::set(on, &program()?);
    #[cfg(target_os = "macos")]
    return launch_agent::LaunchAgent::of_this_person()?.set(on, &program()?);
    #[cfg(all(unix, not(target_os = "macos")))]
    xdg::Autostart::of_this_person()?.set(on, &program()?)
}

/// The program that is to be started: this one. An AppImage runs from a place that is gone after it, and tells where it
/// lies itself.
fn program() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let image = std::env::var_os("APPIMAGE").map(PathBuf::from).filter(|image| image.is_absolute());
    let inside = std::env::var_os("APPDIR").is_some_and(|folder| own.starts_with(folder));
    Ok(image.filter(|_| inside).unwrap_or(own))
}

/// Somebody else's entry is not touched.
#[cfg(any(unix, windows))]
fn foreign() -> io::Error {
    io::Error::new(
        io::ErrorKind::AlreadyExists,
        "an entry of this name is there and does not start this program",
    )
}
