//! `tanba enrol` with a file of answers: the terminal face, in each language, and what it says when answers are wrong.

use std::path::Path;

use serde_json::{Value, json};
use tanba_sandbox::{Options, Sandbox};
use tanba_tests::judges::judged;
use tanba_tests::tools;

use crate::shell::{bad, good, openssl, ours};

pub(crate) fn answers(sandbox: &Sandbox, folder: &Path) -> Value {
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/pictures");
    let person = sandbox.persons().into_iter().find(|person| person.phone.is_some()).unwrap();
    json!({
        "iin": person.iin, "phone": person.phone, "inbox": format!("{}/sandbox/sms", sandbox.url()),
        "selfie": pictures.join("selfie.jpg"), "liveness": pictures, "pin": "2468", "document": "id_card",
        "front": pictures.join("front.jpg"), "back": pictures.join("back.jpg"),
        "truthful": true, "consent": true, "agreement": true, "email": "", "folder": folder,
    })
}

pub(crate) fn enrol(
    sandbox: &Sandbox,
    home: &Path,
    answers: &Value,
    (algorithm, locale): (&str, &str),
) -> std::process::Output {
    std::fs::write(home.join("answers.json"), answers.to_string()).unwrap();
    std::fs::write(home.join("password"), "Zharyq2026\n").unwrap();
    ours("tanba-agent", "tanba")
        .args(["enrol", "--algorithm", algorithm, "--secrets", "file", "--locale", locale])
        .args(["--gateway", &sandbox.url(), "--data"])
        .arg(home.join("agent"))
        .arg("--answers")
        .arg(home.join("answers.json"))
        .arg("--password-file")
        .arg(home.join("password"))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_answers_leads_to_keys_in_each_language() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    for (locale, done) in
        [("kk", "Құттықтаймыз!"), ("ru", "Поздравляем!"), ("en", "Congratulations!")]
    {
        let home = tempfile::tempdir().unwrap();
        let keys = home.path().join("keys");
        std::fs::create_dir(&keys).unwrap();
        let output = enrol(&sandbox, home.path(), &answers(&sandbox, &keys), ("p256", locale));
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains(done), "{said}");
        let files: Vec<_> =
            std::fs::read_dir(&keys).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 2, "{files:?}");
        if tools::all_here(&["openssl"]) {
            for file in files {
                let file = file.to_str().unwrap();
                good(&mut openssl(&[
                    "pkcs12",
                    "-noout",
                    "-in",
                    file,
                    "-passin",
                    "pass:Zharyq2026",
                ]));
                judged("OpenSSL", "a key file that was made in the terminal opens");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_wrong_or_missing_end_with_their_reason_and_code() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let right = answers(&sandbox, home.path());
    for (name, value, status, says) in [
        ("iin", json!("500101100011"), 1, "iin_invalid"),
        ("iin", Value::Null, 2, "iin"),
        ("selfie", json!("/nonexistent.jpg"), 2, "/nonexistent.jpg"),
        ("consent", json!(false), 1, ""),
        ("inbox", json!("http://127.0.0.1:1/sandbox/sms"), 2, "inbox"),
        ("folder", json!(home.path().join("not there")), 1, "folder_unwritable"),
    ] {
        let mut wrong = right.clone();
        wrong[name] = value;
        let output = enrol(&sandbox, home.path(), &wrong, ("p256", "en"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{name}: {said}");
        assert!(said.contains(says) && !said.contains("500101100011"), "{name}: {said}");
    }
    // A password that will not do is told before anything begins.
    std::fs::write(home.path().join("weak"), "password\n").unwrap();
    let said = bad(ours("tanba-agent", "tanba")
        .args(["enrol", "--gateway", &sandbox.url(), "--data"])
        .arg(home.path().join("agent"))
        .arg("--password-file")
        .arg(home.path().join("weak")));
    assert!(said.contains("upper, digit"), "{said}");
    assert!(sandbox.applications().is_empty());
}
