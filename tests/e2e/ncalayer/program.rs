//! The program `scripted-agent` in a process of its own, as site authors start it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::keys::KeyFile;
use crate::agent::built;
use crate::children::Group;

/// A running one. Dropping it kills it.
pub(crate) struct ScriptedAgent {
    group: Group,
    port: u16,
    root_pem: String,
    _folder: TempDir,
}

impl ScriptedAgent {
    /// Starts one whose person has this key file, and chooses that document.
    pub(crate) fn start(key: KeyFile, document: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        std::fs::write(&password, key.password).unwrap();
        let root = folder.path().join("root.pem");
        let mut group = Group::start(
            Command::new(built("tanba-examples", "scripted-agent"))
                .args(["--port", "0", "--at", &key.moment().rfc3339()])
                .arg("--key")
                .arg(key.path())
                .arg("--password-file")
                .arg(password)
                .arg("--document")
                .arg(document)
                .arg("--root-out")
                .arg(&root)
                .stdin(Stdio::null())
                .stdout(Stdio::piped()),
        );
        let mut line = String::new();
        BufReader::new(group.child().stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("listening on wss://127.0.0.1:");
        let port = port.unwrap_or_else(|| panic!("it does not listen: {line}")).parse().unwrap();
        let root_pem = std::fs::read_to_string(root).unwrap();
        Self { group, port, root_pem, _folder: folder }
    }

    /// The port on which it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The local root, PEM.
    pub(crate) fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The number of its process.
    pub(crate) fn process(&mut self) -> u32 {
        self.group.child().id()
    }
}
