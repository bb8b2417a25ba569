//! Runs a command into a log and shows how far it is.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::screen::Screen;

/// How much of the end of a log is read for its last line.
const TAIL: u64 = 4096;

/// How often progress is told where its line cannot be drawn again.
const QUIET: Duration = Duration::from_secs(60);

/// How a command ended.
pub(super) struct Ended {
    /// Its exit code was 0.
    pub well: bool,
    /// How long it took.
    pub time: Duration,
}

/// Runs a command; both of its outputs go to `log`, in the order in which they were written.
pub(super) fn run(
    command: &mut Command,
    name: &str,
    log: &Path,
    screen: &Screen,
) -> io::Result<Ended> {
    let begun = Instant::now();
    File::create(log)?;
    let out = OpenOptions::new().append(true).open(log)?;
    let err = out.try_clone()?;
    let mut child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn()?;
    let (tell, told) = mpsc::channel();
    // The waiting is done aside, so that progress can be shown meanwhile.
    let waiting = thread::spawn(move || tell.send(child.wait()));
    let mut due = if screen.redraws() { Duration::ZERO } else { QUIET };
    let status = loop {
        match told.recv_timeout(Duration::from_secs(1)) {
            Ok(status) => break status?,
            Err(RecvTimeoutError::Timeout) => {
                if begun.elapsed() >= due {
                    screen.progress(name, begun.elapsed(), &last_line(log).unwrap_or_default());
                    due += if screen.redraws() { Duration::ZERO } else { QUIET };
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("nobody waits for the command any more"));
            }
        }
    };
    drop(waiting);
    Ok(Ended { well: status.success(), time: begun.elapsed() })
}

/// The last line of a log that says anything.
fn last_line(log: &Path) -> Option<String> {
    let mut file = File::open(log).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).ok()?;
    let mut end = Vec::new();
    file.read_to_end(&mut end).ok()?;
    let end = String::from_utf8_lossy(&end);
    end.lines().rev().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_holds_both_outputs_and_the_end_is_told() {
        let folder = std::env::temp_dir().join(format!("tanba-watch-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let log = folder.join("log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 3"]);
        let ended = run(&mut command, "test", &log, &Screen::new()).unwrap();
        assert!(!ended.well);
        assert_eq!(std::fs::read_to_string(&log).unwrap(), "one\ntwo\n");
        assert_eq!(last_line(&log).as_deref(), Some("two"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
