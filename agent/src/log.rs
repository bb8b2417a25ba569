//! The log: JSON lines in a private file of the agent's own folder, moved aside when it grows. What it was before that
//! is forgotten, so that nobody who makes the agent talk can fill the disk: both files together stay below 10 MiB.
//!
//! *error*: we are broken. *warn*: a service or a medium misbehaves. *info*: what the person did. *debug*: what we
//! did. Parameters of calls are never logged, names and numbers of persons neither.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// The log's name in the agent's folder.
pub const NAME: &str = "tanba.log";
/// A log that would become larger than this is moved aside, in bytes.
const LARGE: u64 = 5 << 20;

/// The log's file, which counts what is written into it.
struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
    large: u64,
}

impl LogFile {
    fn open(path: PathBuf, large: u64) -> io::Result<Self> {
        let file = open_private(&path)?;
        let size = file.metadata()?.len();
        Ok(Self { path, file, size, large })
    }

    /// Moves the log aside, over the one that was moved aside before, and begins a new one.
    fn begin_anew(&mut self) -> io::Result<()> {
        let mut aside = self.path.clone().into_os_string();
        aside.push(".1");
        match std::fs::rename(&self.path, aside) {
            // Somebody removed the log; the bytes that only we can still see are then forgotten as well.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // What cannot be moved aside is forgotten: an old log is worth less than a disk with room.
            Err(_) => self.file.set_len(0)?,
            Ok(()) => {}
        }
        self.file = open_private(&self.path)?;
        self.size = self.file.metadata()?.len();
        Ok(())
    }
}

impl Write for LogFile {
    /// Each event comes in one call, so that no line is torn between two files.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if more > self.large {
            // Nobody would read such a line, and it would be larger than the whole log may be.
            return Ok(bytes.len());
        }
        if self.size > 0 && self.size.saturating_add(more) > self.large {
            self.begin_anew()?;
        }
        let written = self.file.write(bytes)?;
        self.size = self.size.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Opens a log to write at its end. One that others could read becomes private.
fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// Begins to log. `level` is `error`, `warn`, `info`, `debug` or `trace`; other crates speak from *warn* on only,
/// so that no library prints what it carries.
///
/// # Errors
/// When the file cannot be opened; the agent then goes on without a log.
pub fn begin(data: &Path, level: &str) -> io::Result<()> {
    let file = LogFile::open(data.join(NAME), LARGE)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).expect("a log")
    }

    #[test]
    fn a_log_that_grows_is_moved_aside_once_and_no_line_is_torn() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, aside) = (folder.path().join(NAME), folder.path().join("tanba.log.1"));
        let mut log = LogFile::open(path.clone(), 8).expect("opened");
        for line in ["one\n", "two\n"] {
            log.write_all(line.as_bytes()).expect("written");
        }
        assert!(!aside.exists(), "8 bytes are not too many");
        log.write_all(b"three\n").expect("written");
        assert_eq!((read(&aside).as_str(), read(&path).as_str()), ("one\ntwo\n", "three\n"));
        log.write_all(b"four\n").expect("written");
        assert_eq!((read(&aside).as_str(), read(&path).as_str()), ("three\n", "four\n"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 2);
    }

    #[test]
    fn what_an_earlier_run_wrote_is_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        std::fs::write(&path, "earlier\n").expect("written");
        let mut log = LogFile::open(path.clone(), 10).expect("opened");
        log.write_all(b"now\n").expect("written");
        assert_eq!(read(&path), "now\n");
        assert_eq!(read(&folder.path().join("tanba.log.1")), "earlier\n");
    }

    #[test]
    fn a_log_that_cannot_be_moved_aside_does_not_grow_either() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        // No file takes the place of a folder.
        std::fs::create_dir(folder.path().join("tanba.log.1")).expect("made");
        let mut log = LogFile::open(path.clone(), 10).expect("opened");
        for _ in 0..100 {
            log.write_all(b"a line\n").expect("written");
        }
        assert_eq!(read(&path), "a line\n");
    }

    #[test]
    fn a_line_that_is_larger_than_a_log_is_dropped() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        let mut log = LogFile::open(path.clone(), 10).expect("opened");
        log.write_all(b"a line\n").expect("written");
        log.write_all(b"eleven bytes").expect("dropped");
        assert_eq!(read(&path), "a line\n");
    }

    #[test]
    fn a_log_that_somebody_removed_is_begun_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        let mut log = LogFile::open(path.clone(), 10).expect("opened");
        log.write_all(b"a line\n").expect("written");
        std::fs::remove_file(&path).expect("removed");
        log.write_all(b"another\n").expect("written");
        assert_eq!(read(&path), "another\n");
    }

    #[cfg(unix)]
    #[test]
    fn both_logs_are_for_their_owner() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let (path, aside) = (folder.path().join(NAME), folder.path().join("tanba.log.1"));
        std::fs::write(&path, "earlier\n").expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("set");
        let mut log = LogFile::open(path.clone(), 8).expect("opened");
        log.write_all(b"now\n").expect("written");
        for path in [path, aside] {
            let mode = std::fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
    }
}
