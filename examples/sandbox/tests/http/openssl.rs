//! OpenSSL as a judge: each question in a folder of its own.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use sha1::{Digest as _, Sha1};
use tempfile::TempDir;

pub(crate) struct OpenSsl {
    folder: TempDir,
}

/// OpenSSL, if it is installed. A missing one is an error where everything is required.
#[expect(clippy::print_stderr, reason = "a test says on its captured output why it did nothing")]
pub(crate) fn there() -> Option<OpenSsl> {
    if Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success()) {
        return Some(OpenSsl { folder: tempfile::tempdir().unwrap() });
    }
    assert!(env::var_os("TANBA_REQUIRE_ALL").is_none(), "missing: apt install openssl");
    eprintln!("SKIPPED: apt install openssl");
    None
}

/// Records a judgement for `cargo verify`.
pub(crate) fn judged(what: &str) {
    let Some(path) = env::var_os("TANBA_JUDGES") else { return };
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.unwrap().write_all(format!("JUDGE: OpenSSL: {what}\n").as_bytes()).unwrap();
}

impl OpenSsl {
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `openssl` in the folder; it may fail.
    pub(crate) fn try_run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Output {
        Command::new("openssl").args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    /// Runs `openssl` in the folder and gives all that it said.
    pub(crate) fn run<S: AsRef<OsStr> + std::fmt::Debug>(&self, arguments: &[S]) -> String {
        let output = self.try_run(arguments);
        let said = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .concat();
        assert!(output.status.success(), "openssl {arguments:?}: {said}");
        said
    }

    /// A certificate request of OpenSSL's own, and the id of its key. `kind` is `rsa:BITS` or `ec:CURVE`.
    pub(crate) fn request(&self, kind: &str, subject: &str, extension: &str) -> (Vec<u8>, String) {
        self.write(
            "request.cnf",
            format!(
                "[req]\ndistinguished_name=dn\nutf8=yes\nstring_mask=utf8only\nprompt=no\n[dn]\nC=KZ\n[extensions]\n{extension}\n\
                 [store]\nkind=OID:1.2.398.3.3.5.1.1\nfolder=UTF8:/media/кілттер\n[token]\nkind=OID:1.2.398.3.3.5.2.2\n"
            ),
        );
        let (new, option) = match kind.split_once(':').unwrap() {
            ("rsa", _) => (kind.to_owned(), None),
            (_, curve) => ("ec".to_owned(), Some(format!("ec_paramgen_curve:{curve}"))),
        };
        let mut arguments = vec![
            "req",
            "-config",
            "request.cnf",
            "-reqexts",
            "extensions",
            "-new",
            "-utf8",
            "-nodes",
        ];
        arguments.extend([
            "-keyout",
            "request.key",
            "-outform",
            "DER",
            "-out",
            "request.der",
            "-subj",
            subject,
        ]);
        arguments.extend(["-newkey", &new]);
        if let Some(option) = &option {
            arguments.extend(["-pkeyopt", option]);
        }
        self.run(&arguments);
        self.run(&[
            "pkey",
            "-in",
            "request.key",
            "-pubout",
            "-outform",
            "DER",
            "-out",
            "public.der",
        ]);
        let public = self.read("public.der");
        let info: spki::SubjectPublicKeyInfoOwned = der::Decode::from_der(&public).unwrap();
        (self.read("request.der"), hex::encode(Sha1::digest(info.subject_public_key.raw_bytes())))
    }
}
