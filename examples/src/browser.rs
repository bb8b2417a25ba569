//! A browser that trusts the demo's agent, in a profile that is thrown away: the person's own is left alone.

use std::path::Path;
use std::process::Stdio;

use tokio::process::{Child, Command};

/// Names under which Chromium and its kin are installed.
const PROGRAMS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "brave-browser",
];

/// Opens an address in a browser of the Chromium family. `spki_sha256` names the one key, in base64, whose
/// certificates that profile takes without asking its root: the agent's. The browser ends when it is dropped.
#[must_use]
pub fn open_trusting(address: &str, profile: &Path, spki_sha256: &str) -> Option<Child> {
    PROGRAMS.iter().find_map(|program| {
        let mut command = Command::new(program);
        command
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("--ignore-certificate-errors-spki-list={spki_sha256}"))
            .args([
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-background-networking",
            ])
            .arg(format!("--app={address}"))
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        #[cfg(unix)]
        if is_root() {
            // Chromium refuses to run as root with its sandbox; a throw-away profile on a test machine may.
            command.arg("--no-sandbox");
        }
        command.spawn().ok()
    })
}

#[cfg(unix)]
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
}
