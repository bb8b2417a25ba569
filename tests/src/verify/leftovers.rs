//! Whether the steps changed the checkout: tests that leave dirt behind fail.

use std::path::Path;
use std::process::Command;

/// The checkout at one moment, compared with itself later: what somebody was editing before is no dirt.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checkout {
    /// Tracked files that differ, and files that are neither tracked nor ignored.
    files: String,
    /// The differences themselves.
    differences: Vec<u8>,
}

impl Checkout {
    /// Looks at the checkout; none when this is not one.
    pub(super) fn look(root: &Path) -> Option<Self> {
        let files = git(root, &["status", "--porcelain", "--untracked-files=all"])?;
        let differences = git(root, &["diff", "HEAD", "--binary", "--no-ext-diff"])?;
        Some(Self { files: String::from_utf8_lossy(&files).into_owned(), differences })
    }

    /// What is there now that was not there before, by name; none when nothing changed.
    pub(super) fn changed_since(&self, before: &Self) -> Option<String> {
        if self == before {
            return None;
        }
        let new: Vec<&str> = self
            .files
            .lines()
            .filter(|line| !before.files.lines().any(|old| old == *line))
            .collect();
        Some(if new.is_empty() {
            format!("files that differed before differ otherwise now:\n{}", self.files)
        } else {
            new.join("\n")
        })
    }
}

fn git(root: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let told = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    told.status.success().then_some(told.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkout(files: &str, differences: &str) -> Checkout {
        Checkout { files: files.to_owned(), differences: differences.as_bytes().to_vec() }
    }

    #[test]
    fn a_new_file_is_named_and_an_old_difference_is_not() {
        let before = checkout(" M a.rs\n", "a");
        assert_eq!(checkout(" M a.rs\n", "a").changed_since(&before), None);
        let after = checkout(" M a.rs\n?? left.txt\n", "a");
        assert_eq!(after.changed_since(&before).as_deref(), Some("?? left.txt"));
    }

    #[test]
    fn a_file_that_was_edited_further_is_noticed() {
        let before = checkout(" M a.rs\n", "a");
        assert!(checkout(" M a.rs\n", "b").changed_since(&before).is_some());
    }
}
