//! The log: JSON lines in a private file of the agent's own folder, moved aside when it grows.
//!
//! *error*: we are broken. *warn*: a service or a medium misbehaves. *info*: what the person did. *debug*: what we
//! did. Parameters of calls are never logged, names and numbers of persons neither.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// The log's name in the agent's folder.
pub const NAME: &str = "tanba.log";
/// A log of this size is moved aside at the next start, in bytes.
const LARGE: u64 = 5 << 20;

/// Begins to log. `level` is `error`, `warn`, `info`, `debug` or `trace`; other crates speak from *warn* on only,
/// so that no library prints what it carries.
///
/// # Errors
/// When the file cannot be opened; the agent then goes on without a log.
pub fn begin(data: &Path, level: &str) -> std::io::Result<()> {
    let path = data.join(NAME);
    if std::fs::metadata(&path).is_ok_and(|known| known.len() > LARGE) {
        std::fs::rename(&path, data.join(format!("{NAME}.1")))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    let level = match level {
        "error" | "warn" | "info" | "debug" | "trace" => level,
        _ => "info",
    };
    let filter =
        EnvFilter::new(format!("warn,tanba={level},tanba_agent={level},tanba_core={level}"));
    // A second begin in one process keeps the first log.
    let _ = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(Mutex::new(file))
        .try_init();
    Ok(())
}
