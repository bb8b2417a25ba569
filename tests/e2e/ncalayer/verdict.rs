//! What others, and our own program, say of signatures that a page was given.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// OpenSSL agrees with a CMS message in DER by an RSA key; the signer's chain is not its business here.
pub(crate) fn openssl_verifies(message: &Path, document: Option<&Path>) {
    let mut command = Command::new("openssl");
    command.args(["cms", "-verify", "-binary", "-inform", "DER", "-noverify", "-in"]).arg(message);
    if let Some(document) = document {
        command.arg("-content").arg(document);
    }
    // What was signed is not wanted back.
    let told = command.args(["-out", "/dev/null"]).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}

/// Our own program finds the signature and the digest of the only signer good. Returns all that it told.
pub(crate) fn tanba_verifies(signature: &Path, document: Option<&Path>) -> Value {
    let mut command = Command::new(crate::agent::program());
    command.arg("verify").arg(signature).args(["--offline", "--json"]);
    if let Some(document) = document {
        command.arg("--content").arg(document);
    }
    let told = command.output().unwrap();
    let report: Value = serde_json::from_slice(&told.stdout).unwrap();
    let [signer] = report["signers"].as_array().unwrap().as_slice() else {
        panic!("not one signer: {report}");
    };
    assert_eq!((&signer["signature"], &signer["digest"]), (&"good".into(), &"good".into()));
    report
}

/// xmlsec1 agrees with a document that an RSA key signed; the signer's chain is not its business here.
pub(crate) fn xmlsec_verifies(document: &Path) {
    let told = Command::new("xmlsec1")
        .args(["--verify", "--insecure", "--X509-skip-strict-checks"])
        .arg(document)
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}
