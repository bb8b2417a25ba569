//! A folder in which OpenSSL is asked, and the keys of the tests.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};

use rand_core::{OsRng, RngCore};
use tanba_core::crypto::{self, Provider, RandomFailed};
use tempfile::TempDir;

pub(crate) const RSA: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
pub(crate) const P256: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
pub(crate) const DOCUMENTS: &str = "keyUsage=critical,digitalSignature,nonRepudiation\n\
     extendedKeyUsage=emailProtection\nsubjectKeyIdentifier=hash";
pub(crate) const TIME_STAMPS: &str =
    "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping";

/// A folder in which OpenSSL is asked.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    /// `None`, said aloud, if OpenSSL is not there; then the test proves nothing and passes, unless everything is
    /// required.
    pub(crate) fn openssl() -> Option<Self> {
        let version = Command::new("openssl").arg("version").output();
        if version.is_ok_and(|output| output.status.success()) {
            return Some(Self { folder: TempDir::new().unwrap() });
        }
        let line = "SKIPPED: apt install openssl";
        assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "{line}");
        eprintln!("{line}");
        None
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn try_run(&self, arguments: &str) -> Output {
        Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap()
    }

    /// Runs OpenSSL; returns both of its outputs.
    pub(crate) fn run(&self, arguments: &str) -> String {
        let output = self.try_run(arguments);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(output.status.success(), "openssl {arguments}: {text}");
        text
    }

    /// A root, and keys with certificates by it: `root.pem`, and for each name `NAME.key`, `NAME.pem` and `NAME.der`.
    /// They are valid for a hundred years, so that no clock matters.
    pub(crate) fn issue(&self, holders: &[(&str, &str, &str)]) {
        self.run(
            "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=TEST-ROOT/C=KZ -days 36500 \
             -addext keyUsage=critical,keyCertSign,cRLSign",
        );
        for (name, key, extensions) in holders {
            self.run(&format!("genpkey {key} -out {name}.key"));
            self.run(&format!("req -new -key {name}.key -subj /CN={name}/C=KZ -out {name}.csr"));
            self.put("extensions.cnf", extensions.as_bytes());
            self.run(&format!(
                "x509 -req -sha256 -days 36500 -in {name}.csr -CA root.pem -CAkey root.key -CAcreateserial \
                 -extfile extensions.cnf -out {name}.pem"
            ));
            self.run(&format!("x509 -in {name}.pem -outform DER -out {name}.der"));
            self.run(&format!("pkcs8 -topk8 -nocrypt -in {name}.key -outform DER -out {name}.pk8"));
        }
    }

    /// The answer of OpenSSL's authority for time stamps, whose certificate was issued under that name.
    pub(crate) fn stamp(&self, name: &str, request: &[u8], options: &str) -> Vec<u8> {
        self.put("request.tsq", request);
        self.put(
            "tsa.cnf",
            format!(
                "[tsa]\ndefault_tsa=authority\n[authority]\nserial=serial\ncrypto_device=builtin\n\
                 signer_cert={name}.pem\nsigner_key={name}.key\nsigner_digest=sha256\n\
                 default_policy=1.2.398.3.3.2.6.2\nother_policies=1.2.398.3.3.2.6.4\n\
                 digests=sha256,sha384,sha512\naccuracy=secs:1,millisecs:500,microsecs:100\n\
                 clock_precision_digits=3\nordering=yes\ntsa_name=yes\ness_cert_id_chain=no\n\
                 ess_cert_id_alg=sha256\n{options}"
            )
            .as_bytes(),
        );
        self.run(
            "ts -reply -config tsa.cnf -section authority -queryfile request.tsq -out answer.tsr",
        );
        self.get("answer.tsr")
    }
}

/// Notes that another program agreed, for the table of `cargo verify`.
pub(crate) fn judged(what: &str) {
    let Some(path) = std::env::var_os("TANBA_JUDGES") else { return };
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("JUDGE: OpenSSL: {what}\n").as_bytes()).unwrap();
}

pub(crate) fn provider() -> Provider {
    crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed))
}

/// A file of the published material.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/kz");
    fs::read(format!("{root}/{name}")).unwrap()
}
