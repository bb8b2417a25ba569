//! A folder in which another program is asked, and people who sign.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};

use rand_core::{OsRng, RngCore};
use tanba_core::crypto::{self, Algorithm, PrivateKey, Provider, RandomFailed};
use tanba_core::x509::certificate::Certificate;
use tempfile::TempDir;

pub(crate) struct Bench(TempDir);

impl Bench {
    /// `None`, said aloud, if one of the programs is not there; then the test proves nothing and passes, unless
    /// everything is required.
    pub(crate) fn with(programs: &[(&str, &str)]) -> Option<Self> {
        for (program, package) in programs {
            let there = Command::new(program).arg("--version").output();
            if there.is_ok_and(|output| output.status.success()) {
                continue;
            }
            let line = format!("SKIPPED: apt install {package}");
            assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "{line}");
            eprintln!("{line}");
            return None;
        }
        Some(Self(TempDir::new().unwrap()))
    }

    pub(crate) fn xmlsec() -> Option<Self> {
        Self::with(&[("xmlsec1", "xmlsec1")])
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn try_run(&self, program: &str, arguments: &str) -> Output {
        Command::new(program)
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap()
    }

    pub(crate) fn run(&self, program: &str, arguments: &str) {
        let output = self.try_run(program, arguments);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(output.status.success(), "{program} {arguments}: {text}");
    }

    /// A key of ours with a certificate by OpenSSL, as `key.pem` and `certificate.pem`.
    pub(crate) fn person(&self, algorithm: Algorithm) -> Person {
        let provider = provider();
        let key = (provider.generate)(&provider, algorithm).unwrap();
        let pem = der::pem::encode_string("PRIVATE KEY", der::pem::LineEnding::LF, key.pkcs8());
        self.put("key.pem", pem.unwrap().as_bytes());
        self.run(
            "openssl",
            "req -x509 -new -key key.pem -subj /CN=SANDBOX/C=KZ -days 30 -out certificate.pem",
        );
        self.run("openssl", "x509 -in certificate.pem -outform DER -out certificate.der");
        let certificate = Certificate::parse(&self.get("certificate.der")).unwrap();
        Person { key, certificate }
    }
}

/// Somebody who signs.
pub(crate) struct Person {
    pub(crate) key: PrivateKey,
    pub(crate) certificate: Certificate,
}

pub(crate) fn provider() -> Provider {
    crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed))
}

/// Notes that another program agreed, for the table of `cargo verify`.
pub(crate) fn judged(who: &str, what: &str) {
    let Some(path) = std::env::var_os("TANBA_JUDGES") else { return };
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("JUDGE: {who}: {what}\n").as_bytes()).unwrap();
}
