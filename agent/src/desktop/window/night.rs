//! Whether the desktop is dark, where the toolkit does not know: on Linux, the desktop's portal does.

/// The second argument of a process that does nothing but ask the portal. It looks at who asks it, and nobody may look
/// into a window that holds a password.
pub(crate) const NIGHT: &str = "night";

#[cfg(target_os = "linux")]
pub(crate) use linux::{ask, follow};

#[cfg(target_os = "linux")]
mod linux {
    use std::process::{Command, ExitCode, Stdio};
    use std::thread;

    use eframe::egui::{Context, Theme};

    use super::NIGHT;
    use crate::desktop::windows::WINDOW;

    /// What the portal says where the person prefers dark windows.
    const DARK: u32 = 1;

    /// Has the portal asked, and turns the windows dark if they should be. Nobody waits for that.
    pub(crate) fn follow(context: &Context) {
        let context = context.clone();
        thread::spawn(move || {
            let Ok(program) = std::env::current_exe() else { return };
            let asked = Command::new(program)
                .args([WINDOW, NIGHT])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            if asked.is_ok_and(|status| status.success()) {
                context.set_theme(Theme::Dark);
                context.request_repaint();
            }
        });
    }

    /// Asks, and succeeds if the desktop is dark.
    pub(crate) fn ask() -> ExitCode {
        if scheme().is_ok_and(|scheme| scheme == DARK) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn scheme() -> zbus::Result<u32> {
        let bus = zbus::blocking::Connection::session()?;
        let portal = zbus::blocking::Proxy::new(
            &bus,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Settings",
        )?;
        let scheme: zbus::zvariant::OwnedValue =
            portal.call("ReadOne", &("org.freedesktop.appearance", "color-scheme"))?;
        Ok(u32::try_from(scheme)?)
    }
}
