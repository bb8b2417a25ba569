//! `cargo demo -- --unattended --folder DIR`: all steps by themselves, and OpenSSL and Java open what is left.

use std::fs;
use std::path::Path;

use tanba_core::pkcs12;
use tanba_core::secret::Password;
use tanba_tests::judges::judged;
use tanba_tests::tools;

use crate::gost::{Branch, leaf_of};
use crate::gost_engine::{self, Engine, key_of_certificate};
use crate::shell::{bad, good, openssl, ours};

/// What the demo printed and left behind.
struct Run {
    folder: tempfile::TempDir,
    printed: String,
    password: String,
    keys: Vec<String>,
}

fn demo(algorithm: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let mut command = ours("tanba-examples", "demo");
    // The alias ends with `--`, and so `cargo demo -- --unattended` brings a second one.
    command.args(["--", "--unattended", "--algorithm", algorithm, "--folder"]).arg(folder.path());
    let printed = good(&mut command);
    let password =
        printed.lines().find_map(|line| line.strip_prefix("password: ")).unwrap().to_owned();
    let mut keys: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "sandbox")
        .collect();
    keys.sort();
    Run { folder, printed, password, keys }
}

impl Run {
    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn judge_key(&self, name: &str) {
        let password = format!("pass:{}", self.password);
        let (file, key, leaf) =
            (self.path(name), self.path("sandbox/key.pem"), self.path("sandbox/leaf.pem"));
        good(&mut openssl(&[
            "pkcs12", "-in", &file, "-passin", &password, "-nodes", "-nocerts", "-out", &key,
        ]));
        good(&mut openssl(&[
            "pkcs12", "-in", &file, "-passin", &password, "-nokeys", "-clcerts", "-out", &leaf,
        ]));
        let (root, issuing, lists) = (
            self.path("sandbox/root.pem"),
            self.path("sandbox/issuing.pem"),
            self.path("sandbox/crl.pem"),
        );
        let verdict = good(&mut openssl(&[
            "verify",
            "-CAfile",
            &root,
            "-untrusted",
            &issuing,
            "-CRLfile",
            &lists,
            "-crl_check_all",
            &leaf,
        ]));
        assert!(verdict.contains("OK"), "{verdict}");
        let of_key = good(&mut openssl(&["pkey", "-in", &key, "-pubout"]));
        let of_leaf = good(&mut openssl(&["x509", "-in", &leaf, "-pubkey", "-noout"]));
        assert_eq!(of_key, of_leaf, "the private key is the certificate's");
        judged(
            "OpenSSL",
            "a key file of the demo opens, its certificate verifies with lists, its key matches",
        );
        bad(&mut openssl(&[
            "pkcs12",
            "-in",
            &file,
            "-passin",
            "pass:Wrong1",
            "-nodes",
            "-out",
            "/dev/null",
        ]));
        self.judge_store(name);
        fs::remove_file(&key).unwrap();
    }

    /// OpenSSL opens the file and knows nothing of the key; the engine for GOST does, under other names.
    fn judge_gost_key(&self, engine: &Engine, name: &str) {
        let file = self.path(name);
        let leaf = leaf_of(&file, &self.password);
        let read = |name: &str| fs::read_to_string(self.path(&format!("sandbox/{name}"))).unwrap();
        Branch::read(&read("root.pem"), &read("issuing.pem"), &read("crl.pem"))
            .judge(engine, &leaf);
        let password = Password::new(self.password.clone());
        let opened = pkcs12::open(&fs::read(&file).unwrap(), &password).unwrap();
        let [entry] = &opened.entries[..] else { panic!("one key") };
        assert!(
            engine.belong_together(entry.key.pkcs8(), key_of_certificate(&leaf)),
            "the private key is the certificate's"
        );
        judged("gost-engine", "the private key in a key file of the demo is its certificate's");
        bad(&mut openssl(&["pkcs12", "-in", &file, "-passin", "pass:Wrong1", "-noout"]));
        self.judge_store(name);
    }

    /// Java lists the file as a key store.
    fn judge_store(&self, name: &str) {
        let file = self.path(name);
        if tools::all_here(&["keytool"]) {
            let mut keytool = std::process::Command::new("keytool");
            keytool.args([
                "-list",
                "-v",
                "-storetype",
                "PKCS12",
                "-keystore",
                &file,
                "-storepass",
                &self.password,
            ]);
            let listed = good(&mut keytool);
            assert!(listed.contains("PrivateKeyEntry"), "{listed}");
            judged("keytool", "a key file of the demo is a key store with one private key");
        }
    }
}

fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777 == 0o600
}

fn check(algorithm: &str, prefix: &str, judge: impl Fn(&Run, &str)) {
    let run = demo(algorithm);
    assert_eq!(run.keys.len(), 2, "two key files and nothing pending: {:?}", run.keys);
    for (name, start) in run.keys.iter().zip([format!("AUTH_{prefix}_"), format!("{prefix}_")]) {
        let id = name.strip_prefix(&start).and_then(|rest| rest.strip_suffix(".p12")).unwrap();
        assert!(
            id.len() == 40 && id.bytes().all(|byte| b"0123456789abcdef".contains(&byte)),
            "{name}"
        );
        assert!(is_private(&run.folder.path().join(name)), "{name} is for its owner alone");
        judge(&run, name);
    }
    for step in [3, 4, 8, 10, 13, 14, 16, 17, 20, 22, 23, 24, 26, 27, 28] {
        assert!(
            run.printed.contains(&format!("[{step:>2}/28]")),
            "step {step} is printed:\n{}",
            run.printed
        );
    }
    assert!(run.printed.contains("SANDBOX"));
}

#[test]
fn the_demo_leaves_two_rsa_keys_that_openssl_and_java_open() {
    if tools::all_here(&["openssl"]) {
        check("rsa2048", "RSA256", Run::judge_key);
    }
}

#[test]
fn the_demo_leaves_two_p256_keys_that_openssl_and_java_open() {
    if tools::all_here(&["openssl"]) {
        check("p256", "P256", Run::judge_key);
    }
}

#[test]
fn the_demo_leaves_two_gost_keys_that_java_opens_and_the_engine_for_gost_judges() {
    if let Some(engine) = gost_engine::there() {
        check("gost512", "GOST512", |run, name| run.judge_gost_key(&engine, name));
    }
}

#[test]
fn the_demo_says_what_it_lacks() {
    let said = bad(ours("tanba-examples", "demo").arg("--unattended"));
    assert!(said.contains("--folder"), "{said}");
    let said =
        bad(ours("tanba-examples", "demo").args(["--unattended", "--folder", "/proc/nowhere"]));
    assert!(said.contains("demo:"), "{said}");
}
