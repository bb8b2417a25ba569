//! The files of the project: those that git tracks or would track, as text.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Made by a program out of a kernel's header, and said so in its README: not ours to tidy.
pub(super) const GENERATED: &str = "agent/v4l2-sys/src/bindings.rs";

/// The folder around [`GENERATED`], a crate outside the workspace.
pub(super) const BINDINGS: &str = "agent/v4l2-sys/";

/// A file that is text.
pub(super) struct TextFile {
    /// From the root of the project, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

impl TextFile {
    /// A sample for the proof that a rule bites.
    pub(super) fn sample(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The end of its name.
    pub(super) fn extension(&self) -> &str {
        self.path
            .rsplit('/')
            .next()
            .and_then(|name| name.rsplit_once('.'))
            .map_or("", |(_, end)| end)
    }
}

/// The root of the project.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every text file of the project. Outside of a git checkout, every file but what builds leave behind.
pub(super) fn files() -> Vec<TextFile> {
    let files: Vec<TextFile> = paths()
        .into_iter()
        .filter_map(|path| {
            // A tracked file may be deleted, and a picture is no text.
            let text = String::from_utf8(fs::read(root().join(&path)).ok()?).ok()?;
            Some(TextFile { path, text })
        })
        .collect();
    assert!(
        files.iter().any(|file| file.path == "Cargo.toml"),
        "the project's files are not found"
    );
    files
}

fn paths() -> Vec<String> {
    let listed = Command::new("git")
        .arg("-C")
        .arg(root())
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output();
    match listed {
        Ok(listed) if listed.status.success() => String::from_utf8_lossy(&listed.stdout)
            .split('\0')
            .filter(|path| !path.is_empty())
            .map(str::to_owned)
            .collect(),
        Ok(_) | Err(_) => walk(),
    }
}

fn walk() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type().unwrap().is_dir() {
                if name != ".git" && !name.starts_with("target") {
                    folders.push(entry.path());
                }
            } else {
                let path = entry.path();
                let path = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push(path.replace('\\', "/"));
            }
        }
    }
    found
}

#[test]
fn walking_finds_what_git_tracks() {
    let walked = walk();
    for path in ["Cargo.toml", "tests/e2e/tidy/tree.rs", "sdk/src/protocol.rs"] {
        assert!(walked.iter().any(|found| found == path), "{path} was not found");
    }
}
