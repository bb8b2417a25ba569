//! One agent for each of its folders: a lock of the operating system, which goes with the process however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// The lock's name in the agent's folder.
const NAME: &str = "agent.lock";

/// This process is the agent of its folder, until this is dropped.
#[derive(Debug)]
pub struct Instance {
    _lock: File,
}

/// Why this process is not the agent.
#[derive(Debug, thiserror::Error)]
pub enum NotTheOne {
    /// Another process is.
    #[error("Tanba runs already")]
    Running,
    /// The lock cannot be used.
    #[error("the lock of the agent's folder cannot be used")]
    Lock(#[source] io::Error),
}

impl Instance {
    /// Becomes the agent of that folder, which must be there.
    ///
    /// # Errors
    /// [`NotTheOne`].
    pub fn claim(folder: &Path) -> Result<Self, NotTheOne> {
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(folder.join(NAME)).map_err(NotTheOne::Lock)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _lock: file }),
            Err(TryLockError::WouldBlock) => Err(NotTheOne::Running),
            Err(TryLockError::Error(error)) => Err(NotTheOne::Lock(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_agent_and_the_next_one_when_that_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        let first = Instance::claim(folder.path()).unwrap();
        assert!(matches!(Instance::claim(folder.path()), Err(NotTheOne::Running)));
        let _elsewhere = Instance::claim(other.path()).unwrap();
        drop(first);
        let _next = Instance::claim(folder.path()).unwrap();
        let gone = folder.path().join("gone");
        assert!(matches!(Instance::claim(&gone), Err(NotTheOne::Lock(_))));
    }
}
