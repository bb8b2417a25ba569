//! Clients of NCALayer from npm, unchanged, in Node, which trusts the agent's root by `NODE_EXTRA_CA_CERTS`.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use tanba_core::crypto::HashAlgorithm;
use tanba_examples::scripted_agent::Running;

use crate::shell::good;

/// A folder in which Node finds the clients.
pub(super) struct Node(tempfile::TempDir);

/// Where each package goes.
const PACKAGES: [(&str, &str); 3] = [
    ("ncalayer-js-client-1.5.6.part.tgz", "ncalayer-js-client"),
    ("seithq-ncalayer-1.1.1.tgz", "@seithq/ncalayer"),
    ("ws-8.23.0.tgz", "ws"),
];

impl Node {
    /// Unpacks the packages, all of whose bytes are their authors'.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/npm");
        for (archive, package) in PACKAGES {
            let place = folder.path().join("node_modules").join(package);
            fs::create_dir_all(&place).unwrap();
            let mut tar = Command::new("tar");
            tar.arg("-xzf").arg(vectors.join(archive)).args(["--strip-components=1", "-C"]);
            good(tar.arg(place));
        }
        Self(folder)
    }

    /// Makes calls with a client; gives what its driver prints.
    ///
    /// To be called where blocking is allowed: the agent must go on meanwhile.
    pub(super) fn run(&self, client: &str, agent: &Running, calls: &Value) -> Value {
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/clients").join(client);
        let root = self.0.path().join("root.pem");
        fs::write(&root, &agent.root_pem).unwrap();
        let mut node = Command::new("node")
            .arg(driver)
            .arg(format!("wss://127.0.0.1:{}/", agent.port))
            .env("NODE_EXTRA_CA_CERTS", root)
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        node.stdin.take().unwrap().write_all(calls.to_string().as_bytes()).unwrap();
        let output = node.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }
}

#[test]
fn the_packages_are_what_their_authors_published() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/npm");
    let said = fs::read_to_string(vectors.join("README.md")).unwrap();
    for (archive, _) in PACKAGES {
        if !archive.ends_with(".part.tgz") {
            let digest = HashAlgorithm::Sha512.hash(&fs::read(vectors.join(archive)).unwrap());
            let integrity = Base64::encode_string(digest.as_bytes());
            assert!(said.contains(&format!("`sha512-{integrity}`")), "{archive}");
        }
    }
    let node = Node::new();
    let part = node.0.path().join("node_modules/ncalayer-js-client");
    let mut names: Vec<_> =
        fs::read_dir(&part).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["LICENSE", "ncalayer-client.js", "package.json"]);
    for name in names {
        let digest = HashAlgorithm::Sha256.hash(&fs::read(part.join(&name)).unwrap());
        assert!(said.contains(&format!("`{}`", hex::encode(digest.as_bytes()))), "{name:?}");
    }
}
