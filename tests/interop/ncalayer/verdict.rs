//! Judges of what pages get: `tanba verify`, and for RSA OpenSSL and xmlsec1.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use tanba_core::pkcs12;
use tanba_core::secret::Password;
use tanba_core::x509::certificate::Certificate;
use tanba_examples::scripted_agent::Running;
use tanba_tests::judges::judged;
use tanba_tests::tools;

use super::keys::{Keys, PASSWORD, vector};
use crate::shell::{good, openssl};

/// A program of this workspace as a file. `cargo verify` has built them all and says so; otherwise it is built once.
pub(super) fn built(package: &str, program: &str) -> PathBuf {
    if let Some(agent) = std::env::var_os("TANBA_PROGRAM") {
        return Path::new(&agent).with_file_name(program);
    }
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--package", package, "--bin", program])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .status()
        .unwrap();
    assert!(built.success(), "{program} cannot be built");
    // This program lies in target/<profile>/deps, the others one folder above.
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().join(program)
}

fn tanba() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    Command::new(PROGRAM.get_or_init(|| built("tanba-agent", "tanba")))
}

/// Judges what was signed with some keys.
pub(super) struct Bench {
    folder: tempfile::TempDir,
    at: &'static str,
    is_rsa: bool,
    serials: Vec<String>,
}

/// What a signature is over.
#[derive(Clone, Copy)]
pub(super) enum Over<'a> {
    /// Something that is in it.
    Itself,
    /// This document.
    Document(&'a [u8]),
    /// A digest of something that nobody here has.
    Unknown,
}

impl Bench {
    /// A bench that trusts the roots of the keys and of the agent's time stamps.
    pub(super) fn new(keys: &Keys, agent: &Running) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let roots = folder.path().join("roots");
        std::fs::create_dir(&roots).unwrap();
        for (index, name) in keys.above.iter().enumerate() {
            std::fs::copy(vector(name), roots.join(format!("{index}.cer"))).unwrap();
        }
        let sandbox = &agent.sandbox;
        let stamps = [
            sandbox.root_pem(),
            sandbox.issuing_pem(),
            sandbox.gost_root_pem(),
            sandbox.gost_issuing_pem(),
        ];
        std::fs::write(roots.join("stamps.pem"), stamps.concat()).unwrap();
        let serials = keys.files().iter().map(|file| certificate_of(file).serial).collect();
        Self { folder, at: keys.at, is_rsa: keys.is_rsa, serials }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// What `tanba verify` says of the one signer. The certificate leads to its root in every case.
    fn report(&self, file: &Path, more: &[&str]) -> Value {
        let mut command = tanba();
        command.arg("verify").arg(file).args(["--json", "--offline", "--at", self.at, "--roots"]);
        command.arg(self.folder.path().join("roots")).args(more);
        let output = command.output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let signers = report["signers"].as_array().unwrap();
        assert_eq!(signers.len(), 1, "{report:#}");
        let mut signer = signers[0].clone();
        for check in ["signature", "chain"] {
            assert_eq!(signer[check], "good", "{check}: {report:#}");
        }
        signer["valid"] = report["valid"].clone();
        signer
    }

    /// Judges a message, in DER, PEM or base64; says which of the keys signed it: 0 is the one for documents.
    pub(super) fn message(&self, message: &[u8], over: Over<'_>, stamped: bool) -> usize {
        let file = self.put("message.cms", message);
        let document = match over {
            Over::Document(document) => Some(self.put("document", document)),
            Over::Itself | Over::Unknown => None,
        };
        let document = document.as_ref().map(|path| path.to_str().unwrap());
        let arguments = document.map_or(vec![], |document| vec!["--content", document]);
        let signer = self.report(&file, &arguments);
        match over {
            Over::Itself | Over::Document(_) => {
                assert_eq!(signer["digest"], "good", "{signer:#}");
                assert_eq!(signer["valid"], true, "{signer:#}");
                self.openssl_agrees(message, document);
            }
            Over::Unknown => assert_ne!(signer["digest"], "good", "{signer:#}"),
        }
        let stamp = &signer["timestamp"];
        if stamped {
            assert_eq!(stamp["status"], "good", "{signer:#}");
        } else {
            assert!(stamp.is_null(), "{signer:#}");
        }
        self.whose(&signer)
    }

    fn openssl_agrees(&self, message: &[u8], document: Option<&str>) {
        if !self.is_rsa || !tools::all_here(&["openssl"]) {
            return;
        }
        let message = self.put("message.der", &der(message));
        let mut arguments = vec!["cms", "-verify", "-binary", "-noverify", "-inform", "DER"];
        arguments.extend(["-in", message.to_str().unwrap(), "-out", "/dev/null"]);
        arguments.extend(document.iter().flat_map(|document| ["-content", document]));
        good(&mut openssl(&arguments));
        judged("OpenSSL", "a message that a page got verifies");
    }

    /// Judges a signed document; says which key signed it.
    pub(super) fn xml(&self, document: &str) -> usize {
        let file = self.put("signed.xml", document.as_bytes());
        let signer = self.report(&file, &[]);
        assert_eq!(signer["digest"], "good", "{signer:#}");
        assert_eq!(signer["valid"], true, "{signer:#}");
        let whose = self.whose(&signer);
        if self.is_rsa && tools::all_here(&["openssl", "xmlsec1"]) {
            let begin = "<ds:X509Certificate>";
            let from = document.find(begin).unwrap() + begin.len();
            let to = document.find("</ds:X509Certificate>").unwrap();
            let text: String = document[from..to].split_whitespace().collect();
            let certificate =
                self.put("certificate.der", &Base64::decode_vec(&text).expect("base64"));
            let key = self.folder.path().join("key.pem");
            good(
                openssl(&["x509", "-inform", "DER", "-noout", "-pubkey", "-in"])
                    .arg(certificate)
                    .arg("-out")
                    .arg(&key),
            );
            let mut xmlsec = Command::new("xmlsec1");
            // Documents with an element signed by its `Id` say no type; xmlsec1 is told which attribute it is.
            xmlsec.args(["--verify", "--id-attr:Id", "part", "--pubkey-pem"]).arg(key).arg(file);
            good(&mut xmlsec);
            judged("xmlsec1", "a document that a page got verifies");
        }
        whose
    }

    /// Judges the bytes of a signature over a text.
    pub(super) fn raw(&self, signature: &str, text: &[u8], certificate: &str) {
        let (file, text) = (self.put("raw.sig", signature.as_bytes()), self.put("text", text));
        let certificate = self.put("certificate.pem", certificate.as_bytes());
        let [text, certificate] = [&text, &certificate].map(|path| path.to_str().unwrap());
        let signer = self.report(&file, &["--content", text, "--certificate", certificate]);
        assert_eq!(signer["valid"], true, "{signer:#}");
    }

    fn whose(&self, signer: &Value) -> usize {
        let serial = signer["serial"].as_str().unwrap();
        self.serials.iter().position(|known| known == serial).unwrap()
    }
}

/// The bytes of a message that came as DER, PEM or base64.
pub(super) fn der(message: &[u8]) -> Vec<u8> {
    if message.first() == Some(&0x30) {
        return message.to_vec();
    }
    let text = std::str::from_utf8(message).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    Base64::decode_vec(&body).unwrap()
}

/// The certificate of a key file's one key.
pub(super) fn certificate_of(file: &Path) -> Certificate {
    let bytes = std::fs::read(file).unwrap();
    let opened = pkcs12::open(&bytes, &Password::new(PASSWORD.to_owned())).unwrap();
    Certificate::parse(&opened.entries[0].certificates[0]).unwrap()
}

/// A certificate as PEM.
pub(super) fn pem(certificate: &Certificate) -> String {
    let body = Base64::encode_string(certificate.der());
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
