//! Ctrl-C and its like: what is unfinished goes before the program does.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static LISTENING: Once = Once::new();

/// A file that nobody wants if the program is interrupted now.
#[derive(Debug)]
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    /// From now on, until this is dropped, an interruption removes the file.
    pub(super) fn new(path: &Path) -> Self {
        LISTENING.call_once(listen);
        unfinished().push(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        unfinished().retain(|path| *path != self.0);
    }
}

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where signals cannot be listened for, they end the program as always, and the next writer of the name tidies up.
fn listen() {
    std::thread::spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        let Some(code) = runtime.block_on(interruption()) else { return };
        // Held to the end: nothing is begun any more.
        let unfinished = unfinished();
        for path in unfinished.iter() {
            let _ = std::fs::remove_file(path);
        }
        std::process::exit(code);
    });
}

/// Waits for one, and gives the exit code that shells expect: 128 and the signal's number.
#[cfg(unix)]
async fn interruption() -> Option<i32> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup()).ok()?;
    let mut interrupt = signal(SignalKind::interrupt()).ok()?;
    let mut terminate = signal(SignalKind::terminate()).ok()?;
    let kind = tokio::select! {
        _ = hangup.recv() => SignalKind::hangup(),
        _ = interrupt.recv() => SignalKind::interrupt(),
        _ = terminate.recv() => SignalKind::terminate(),
    };
    Some(128 + kind.as_raw_value())
}

/// Waits for Ctrl-C, and gives the exit code.
#[cfg(not(unix))]
async fn interruption() -> Option<i32> {
    tokio::signal::ctrl_c().await.ok().map(|()| 130)
}
