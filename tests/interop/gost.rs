//! GOST from end to end: `tanba enrol` at the sandbox, and OpenSSL's engine for GOST judges every signature on the way.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use tanba_core::crypto::Algorithm;
use tanba_core::iin::Iin;
use tanba_core::x509::{Person, request};
use tanba_sandbox::{Options, Sandbox};
use tanba_tests::judges::judged;

use crate::gost_engine::{self, Engine, content, key_of_certificate, key_of_request, parts, pem};
use crate::shell::{good, openssl};
use crate::terminal::{answers, enrol};

/// Certificates of a branch as they stand above each other, and its lists.
pub(crate) struct Branch {
    pub(crate) root: Vec<u8>,
    pub(crate) issuing: Vec<u8>,
    pub(crate) lists: Vec<Vec<u8>>,
}

impl Branch {
    pub(crate) fn read(root: &str, issuing: &str, lists: &str) -> Self {
        Self { root: pem(root).remove(0), issuing: pem(issuing).remove(0), lists: pem(lists) }
    }

    /// Every signature from the leaf up, and those of the lists.
    pub(crate) fn judge(&self, engine: &Engine, leaf: &[u8]) {
        let (root, issuing) = (key_of_certificate(&self.root), key_of_certificate(&self.issuing));
        engine.judge(leaf, issuing, "a person's certificate by the issuing authority");
        engine.judge(&self.issuing, root, "the issuing authority by the root");
        engine.judge(&self.root, root, "the root by itself");
        let [of_issuing, of_root] = &self.lists[..] else { panic!("two lists") };
        engine.judge(of_issuing, issuing, "the issuing authority's list");
        engine.judge(of_root, root, "the root's list");
        judged("gost-engine", "certificates and lists of the GOST branch verify up to its root");
    }
}

/// The certificate in a key file, taken out by OpenSSL.
pub(crate) fn leaf_of(file: &str, password: &str) -> Vec<u8> {
    let out = tempfile::NamedTempFile::new().unwrap();
    let password = format!("pass:{password}");
    let arguments = ["pkcs12", "-in", file, "-passin", &password, "-nokeys", "-clcerts", "-out"];
    good(openssl(&arguments).arg(out.path()));
    pem(&std::fs::read_to_string(out.path()).unwrap()).remove(0)
}

#[test]
fn the_judge_agrees_with_the_national_authority_about_its_own_certificates() {
    let Some(engine) = gost_engine::there() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors/kz/JohnHenrySpike_kalkan-crypt/ca-certs");
    let read = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        if bytes.starts_with(b"-----") {
            pem(&String::from_utf8(bytes).unwrap()).remove(0)
        } else {
            bytes
        }
    };
    let (root, issuing) = (read("root_test_gost_2022.cer"), read("nca_gost2022_test.cer"));
    engine.judge(&root, key_of_certificate(&root), "the national test root by itself");
    engine.judge(&issuing, key_of_certificate(&root), "its issuing authority by the root");
}

#[test]
fn the_engine_verifies_a_request() {
    let Some(engine) = gost_engine::there() else { return };
    let provider = tanba_agent::provider::aws_lc();
    let key = (provider.generate)(&provider, Algorithm::Gost512).unwrap();
    let person = Person {
        iin: Iin::parse("500101100010").unwrap(),
        surname: "САНДБОКСОВ".to_owned(),
        name: "ПРИМЕР".to_owned(),
        patronymic: None,
    };
    let request = request::build(&person, None, "/media/кілттер", &key, &provider).unwrap();
    assert_eq!(key_of_request(&request), key.public().spki());
    engine.judge(&request, key_of_request(&request), "a request by its own key");
    assert!(engine.belong_together(key.pkcs8(), key.public().spki()));
    judged("gost-engine", "a certificate request verifies, its private key belongs to it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_enrolment_with_gost_keys_gives_what_the_engine_verifies() {
    let Some(engine) = gost_engine::there() else { return };
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let keys = home.path().join("keys");
    std::fs::create_dir(&keys).unwrap();
    // Programs are waited for: the sandbox's runtime must go on meanwhile.
    tokio::task::block_in_place(|| {
        let output = enrol(&sandbox, home.path(), &answers(&sandbox, &keys), ("gost512", "kk"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut files: Vec<_> = std::fs::read_dir(&keys)
            .unwrap()
            .map(|entry| entry.unwrap().path().to_str().unwrap().to_owned())
            .collect();
        files.sort();
        assert_eq!(files.len(), 2, "{files:?}");
        let leaves: Vec<_> = files.iter().map(|file| leaf_of(file, "Zharyq2026")).collect();
        let branch = Branch::read(
            &sandbox.gost_root_pem(),
            &sandbox.gost_issuing_pem(),
            &sandbox.gost_crl_pems(),
        );
        for leaf in &leaves {
            branch.judge(&engine, leaf);
        }
        judge_responder(&engine, &sandbox, &branch, &leaves, home.path());
        judge_stamp(&engine, &sandbox, &branch);
    });
}

fn judge_responder(
    engine: &Engine,
    sandbox: &Sandbox,
    branch: &Branch,
    leaves: &[Vec<u8>],
    home: &Path,
) {
    let serial = hex::encode(content(parts(parts(&leaves[1])[0])[1]));
    assert!(sandbox.revoke(&serial));
    let path = |name: &str| home.join(name).to_str().unwrap().to_owned();
    let (issuing, answer) = (path("issuing.pem"), path("answer.der"));
    std::fs::write(&issuing, sandbox.gost_issuing_pem()).unwrap();
    for (leaf, name) in leaves.iter().zip(["auth.der", "sign.der"]) {
        std::fs::write(path(name), leaf).unwrap();
        good(&mut openssl(&["x509", "-inform", "DER", "-in", &path(name), "-out", &path(name)]));
    }
    let url = format!("{}/ocsp", sandbox.url());
    // OpenSSL itself asks and reads; only the signature needs the engine, under other names than the answer's.
    let said = good(
        openssl(&["ocsp", "-noverify", "-issuer", &issuing, "-url", &url, "-respout", &answer])
            .args(["-cert", &path("auth.der"), "-cert", &path("sign.der"), "-resp_text"]),
    );
    for expected in ["auth.der: good", "sign.der: revoked", "OCSP Nonce"] {
        assert!(said.contains(expected), "no {expected:?}: {said}");
    }
    let answer = std::fs::read(answer).unwrap();
    // OCSPResponse: status, [0] { responseBytes: type, OCTET STRING { BasicOCSPResponse } }.
    let basic = content(parts(parts(parts(&answer)[1])[0])[1]);
    let responder = parts(parts(parts(basic)[3])[0])[0];
    engine.judge(responder, key_of_certificate(&branch.issuing), "the responder's certificate");
    engine.judge(basic, key_of_certificate(responder), "the responder's answer");
    let lists = pem(&sandbox.gost_crl_pems());
    engine.judge(&lists[0], key_of_certificate(&branch.issuing), "a list with an entry");
    judged("gost-engine", "an ocsp answer of the GOST branch and its responder verify");
}

fn judge_stamp(engine: &Engine, sandbox: &Sandbox, branch: &Branch) {
    let imprint = engine.digest("келісім".as_bytes());
    // TimeStampReq: version 1, Streebog-512 by its name here with NULL, the digest; with the certificate.
    let query = [
        &hex::decode("30580201013050300c06082a830e030a0103030500").unwrap()[..],
        &[0x04, 0x40],
        &imprint,
        &[0x01, 0x01, 0xff],
    ]
    .concat();
    let reply = post(&sandbox.url(), "/tsp", "application/timestamp-query", &query);
    // TimeStampResp: status, ContentInfo { type, [0] { SignedData } }.
    let data = parts(parts(parts(&reply)[1])[1])[0];
    let [_, _, encapsulated, certificates, signers] = parts(data)[..] else { panic!("no token") };
    let info = content(parts(parts(encapsulated)[1])[0]);
    assert!(info.windows(64).any(|window| window == imprint), "it stamps this digest");
    let stamper = parts(certificates)[0];
    engine.judge(stamper, key_of_certificate(&branch.issuing), "the stamper's certificate");
    let signer = parts(parts(signers)[0]);
    let mut attributes = signer[3].to_vec();
    let digest = engine.digest(info);
    assert!(attributes.windows(64).any(|window| window == digest), "the attributes name the stamp");
    // They are signed as a SET (RFC 5652, section 5.4).
    attributes[0] = 0x31;
    assert!(engine.verifies(key_of_certificate(stamper), &attributes, content(signer[5])));
    attributes[40] ^= 1;
    assert!(!engine.verifies(key_of_certificate(stamper), &attributes, content(signer[5])));
    judged("gost-engine", "a time stamp over a Streebog digest and its stamper verify");
}

fn post(url: &str, path: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..end]));
    answer.split_off(end + 4)
}
