//! Autostart on Windows: a value under the person's `Run` key.

use std::io;
use std::path::Path;

use windows_registry::CURRENT_USER;

/// Programs that start with the session.
const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// Which of them the person has switched off in the system's settings: the first byte is odd then.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";
/// Our value in both.
const NAME: &str = "Tanba";

/// The command that starts us, if there is one.
fn command() -> Option<String> {
    CURRENT_USER.open(RUN).and_then(|key| key.get_string(NAME)).ok()
}

/// Whether a session starts it.
pub(super) fn status() -> io::Result<bool> {
    let switched_off = CURRENT_USER
        .open(APPROVED)
        .and_then(|key| key.get_value(NAME))
        .is_ok_and(|value| value.first().is_some_and(|first| first % 2 == 1));
    Ok(command().is_some() && !switched_off)
}

/// Lets a session start it, or not.
pub(super) fn set(on: bool, program: &Path) -> io::Result<()> {
    let path = program.to_str().filter(|path| !path.contains('"'));
    let path = path.ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "the registry cannot hold the program's path")
    })?;
    let own = program.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if command().is_some_and(|command| !command.to_lowercase().contains(&own.to_lowercase())) {
        return Err(super::foreign());
    }
    let run = CURRENT_USER.create(RUN)?;
    if on {
        run.set_string(NAME, format!("\"{path}\""))?;
        // Whoever wants it again wants it in spite of having switched it off.
        if let Ok(approved) = CURRENT_USER.options().write().open(APPROVED)
            && approved.get_value(NAME).is_ok()
        {
            approved.remove_value(NAME)?;
        }
    } else if command().is_some() {
        run.remove_value(NAME)?;
    }
    Ok(())
}
