//! Programs of others: how long they take, and how much memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::measured::{Measured, Theirs};

/// A folder in which a program runs.
#[derive(Debug, Clone)]
pub(crate) struct Runner {
    program: &'static str,
    folder: PathBuf,
}

/// One run.
pub(crate) struct Run {
    pub(crate) seconds: f64,
    /// The most memory that was seen; of short runs none.
    pub(crate) memory: f64,
}

impl Runner {
    pub(crate) fn new(program: &'static str, folder: &Path) -> Self {
        Self { program, folder: folder.to_owned() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> Outcome<()> {
        Ok(fs::write(self.path(name), bytes)?)
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(self.program);
        command.args(arguments.split_whitespace()).current_dir(&self.folder);
        command.env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        command
    }

    /// What the program prints, if it is there and succeeds.
    pub(crate) fn says(&self, arguments: &str) -> Option<String> {
        let output = self.command(arguments).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some(text)
    }

    /// Runs it and waits.
    pub(crate) fn run(&self, arguments: &str) -> Outcome<f64> {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let start = Instant::now();
        let output = command.output()?;
        let seconds = start.elapsed().as_secs_f64();
        if output.status.success() {
            return Ok(seconds);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("{} {arguments}: {said}", self.program).into())
    }

    /// How much longer one run takes than another that does all but what is of interest, divided by how often the
    /// one does it. Both run by turns, so that they meet the same machine.
    pub(crate) fn beyond(
        &self,
        runs: usize,
        more: &str,
        less: &str,
        times: f64,
    ) -> Outcome<Theirs> {
        // The first runs find nothing in the system's cache.
        self.run(more)?;
        self.run(less)?;
        let differences: Vec<f64> = (0..runs)
            .map(|_| Ok((self.run(more)? - self.run(less)?) / times))
            .collect::<Outcome<Vec<f64>>>()?;
        let found = Measured::of(&differences);
        Ok(if found.median <= found.spread { Theirs::Lost } else { Theirs::Measured(found) })
    }

    /// Runs something long, and looks at its memory meanwhile.
    pub(crate) fn watch(&self, arguments: &str) -> Outcome<Run> {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let mut child = command.spawn()?;
        let mut memory = 0.0_f64;
        loop {
            if let Some(status) = child.try_wait()? {
                let seconds = start.elapsed().as_secs_f64();
                if status.success() {
                    return Ok(Run { seconds, memory });
                }
                return Err(format!("{} {arguments}: {status}", self.program).into());
            }
            memory = memory.max(peak(&child));
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

fn peak(child: &Child) -> f64 {
    peak_of(&child.id().to_string())
}

/// The most memory that a process had, in bytes; 0 where the system does not say.
pub(crate) fn peak_of(process: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kibibytes.unwrap_or_default() * 1024.0
}
