//! The command line against the sandbox's services: keys of an enrolment sign, an authority stamps, and what was signed
//! is checked with what responders and lists say over HTTP.

use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tanba_sandbox::{Options, Sandbox};

use crate::shell::ours;
use crate::terminal::{answers, enrol};

fn tanba(home: &Path, arguments: &[&str]) -> Output {
    let absolute = |argument: &&str| match argument.strip_prefix('@') {
        Some(name) => home.join(name).to_str().unwrap().to_owned(),
        None => (*argument).to_owned(),
    };
    ours("tanba-agent", "tanba")
        .args(arguments.iter().map(absolute))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_and_stamped_is_checked_online_until_the_key_is_revoked() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    for algorithm in ["p256", "gost512"] {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        let folder = home.join("keys");
        std::fs::create_dir(&folder).unwrap();
        let output = enrol(&sandbox, home, &answers(&sandbox, &folder), (algorithm, "en"));
        assert!(output.status.success(), "{output:?}");
        let names = std::fs::read_dir(&folder).unwrap();
        let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let key = folder.join(names.find(|name| !name.starts_with("AUTH")).unwrap());
        let key = key.to_str().unwrap();
        std::fs::create_dir(home.join("roots")).unwrap();
        std::fs::write(home.join("roots/rsa.pem"), sandbox.root_pem()).unwrap();
        std::fs::write(home.join("roots/gost.pem"), sandbox.gost_root_pem()).unwrap();
        std::fs::write(home.join("doc"), "contract").unwrap();

        let stamp = format!("{}/tsp", sandbox.url());
        let signed = tanba(
            home,
            &[
                "sign",
                "cms",
                "@doc",
                "--key",
                key,
                "--password-file",
                "@password",
                "--timestamp",
                &stamp,
                "--json",
            ],
        );
        assert!(signed.status.success(), "{signed:?}");
        assert!(json(&signed)["signed"][0]["timestamp"].is_string(), "{signed:?}");

        let arguments = ["verify", "@doc.cms", "--roots", "@roots", "--json"];
        let checked = tanba(home, &arguments);
        let report = json(&checked);
        assert!(checked.status.success(), "{algorithm}: {report:#} {checked:?}");
        let signer = &report["signers"][0];
        for check in ["signature", "digest", "chain", "revocation"] {
            assert_eq!(signer[check], "good", "{algorithm} {check}: {report:#}");
        }
        assert_eq!(signer["timestamp"]["status"], "good", "{report:#}");

        // Revoked later: the time stamp proves that the signature is older. Without one it does not count any more.
        let unstamped = tanba(
            home,
            &[
                "sign",
                "cms",
                "@doc",
                "--key",
                key,
                "--password-file",
                "@password",
                "--out",
                "@bare.cms",
            ],
        );
        assert!(unstamped.status.success(), "{unstamped:?}");
        assert!(sandbox.revoke(signer["serial"].as_str().unwrap()));
        let checked = tanba(home, &["verify", "@bare.cms", "--roots", "@roots", "--json"]);
        let report = json(&checked);
        assert_eq!(checked.status.code(), Some(1), "{report:#}");
        assert_eq!(report["signers"][0]["revocation"], "bad", "{report:#}");
    }
}
