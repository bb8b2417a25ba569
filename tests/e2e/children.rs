//! Programs that end with the test: each in a process group of its own, so that its children end with it.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command};

use rustix::process::{Pid, Signal, kill_process_group};

/// A program and its children. Dropping it kills them all.
pub(crate) struct Group {
    child: Child,
}

impl Group {
    /// Starts a program in a process group of its own.
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
        Self { child }
    }

    /// The program itself, to read what it prints.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Kills the program and its children at once, as a power cut would, and waits until the program is gone.
    pub(crate) fn kill(&mut self) {
        // A program that was waited for has no number any more that is surely its own.
        if let Ok(None) = self.child.try_wait()
            && let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
        {
            let _ = kill_process_group(group, Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A folder under `target` for what a person may want to look at after the tests: pictures of screens.
pub(crate) fn pictures_folder() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    // target/<profile>/deps/e2e-…
    let target = program.ancestors().nth(3).unwrap();
    let folder = target.join("tanba-e2e");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
