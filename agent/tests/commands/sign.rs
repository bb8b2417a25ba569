//! `tanba sign`.

use crate::bench::{AUTH, Bench, GOST512, OLD, RSA};

/// Both RSA keys and the GOST ones are valid then, each at its own moment.
const RSA_TIME: &str = "2020-06-01T00:00:00Z";

fn rsa(bench: &Bench, arguments: &[&str]) -> crate::bench::Said {
    let key = crate::bench::vector(RSA);
    let key = key.to_str().expect("text").to_owned();
    let common = ["--key", &key, "--password-file", "password", "--at", RSA_TIME, "--json"];
    bench.tanba(&[&["sign"], arguments, &common].concat())
}

fn certificate(bench: &Bench) {
    let path = crate::bench::vector(RSA.trim_end_matches("p12")).with_extension("cer");
    let bytes = std::fs::read(path).expect("read");
    bench.put("signer.cer", &bytes);
    let pem = bytes.starts_with(b"-----");
    let form = if pem { "PEM" } else { "DER" };
    bench.agrees(
        "openssl",
        &format!("x509 -inform {form} -in signer.cer -out signer.pem"),
        "a certificate",
    );
    bench.agrees("openssl", "x509 -in signer.pem -noout -pubkey -out key.pem", "a key");
}

#[test]
fn openssl_verifies_attached_and_detached_messages() {
    let bench = Bench::new();
    certificate(&bench);
    for length in [0_usize, 1, 100, 65_000, 65_536, 3_000_000] {
        let content: Vec<u8> = (0..length).map(|n| (n * 7).to_le_bytes()[0]).collect();
        bench.put("doc", &content);
        rsa(&bench, &["cms", "doc", "--force"]).good();
        let verify = "cms -verify -binary -inform DER -noverify";
        bench.agrees("openssl", &format!("{verify} -in doc.cms -out back"), "an attached message");
        assert_eq!(bench.get("back"), content, "{length}");
        rsa(&bench, &["cms", "doc", "--detached", "--force"]).good();
        bench.agrees(
            "openssl",
            &format!("{verify} -in doc.cms -content doc"),
            "a detached message",
        );
        // Standard output and a file get the same but for nothing: RSA signatures are not random.
        rsa(&bench, &["cms", "doc", "--force"]).good();
        let key = crate::bench::vector(RSA);
        let out = bench
            .tanba(&[
                "sign",
                "cms",
                "doc",
                "--key",
                key.to_str().expect("text"),
                "--password-file",
                "password",
                "--at",
                RSA_TIME,
                "--out",
                "-",
            ])
            .good();
        assert_eq!(out.out, bench.get("doc.cms"), "{length}");
        rsa(&bench, &["cms", "doc", "--legacy-lines", "--out", "doc.pem", "--force"]).good();
        bench.agrees(
            "openssl",
            "cms -verify -binary -inform PEM -noverify -in doc.pem -out back",
            "PEM",
        );
        assert_eq!(bench.get("back"), content, "{length}");
    }
    let mut changed = bench.get("doc.cms");
    changed[1000] ^= 1;
    bench.put("changed.cms", &changed);
    if let Some(output) = bench
        .judge("openssl", "cms -verify -binary -inform DER -noverify -in changed.cms -out back")
    {
        assert!(!output.status.success());
    }
}

#[test]
fn openssl_verifies_raw_signatures_and_those_over_ready_digests() {
    let bench = Bench::new();
    certificate(&bench);
    bench.put("doc", b"contract");
    rsa(&bench, &["raw", "doc"]).good();
    bench.agrees(
        "openssl",
        "dgst -sha256 -verify key.pem -signature doc.sig doc",
        "a raw signature",
    );
    bench.agrees("openssl", "dgst -sha256 -binary -out digest doc", "a digest");
    let digest = bench.get("digest");
    bench.put("digest.hex", format!("{}\n", hex::encode_upper(&digest)).as_bytes());
    for input in ["digest", "digest.hex"] {
        rsa(&bench, &["raw", input, "--digest", "--out", "other.sig", "--force"]).good();
        assert_eq!(bench.get("other.sig"), bench.get("doc.sig"));
        rsa(&bench, &["cms", input, "--digest", "--out", "digest.cms", "--force"]).good();
        let verify = "cms -verify -binary -inform DER -noverify -in digest.cms -content doc";
        bench.agrees("openssl", verify, "a message over a digest");
    }
    rsa(&bench, &["raw", "doc", "--digest", "--out", "x"]).failed(2, "not_a_digest", "doc");
    assert!(!bench.path("x").exists());
}

#[test]
fn signers_are_added_whatever_their_algorithms() {
    let bench = Bench::new();
    let content = vec![7; 2_500_000];
    bench.put("doc", &content);
    for detached in [false, true] {
        let mut arguments = vec!["cms", "doc", "--force"];
        arguments.extend(detached.then_some("--detached"));
        rsa(&bench, &arguments).good();
        let gost = crate::bench::vector(GOST512);
        let key = gost.to_str().expect("text");
        let base = [
            "sign",
            "cms",
            "doc.cms",
            "--add-signer",
            "--key",
            key,
            "--password-file",
            "password",
            "--at",
            &valid(&bench, GOST512),
            "--json",
            "--force",
            "--out",
            "both.cms",
        ];
        if detached {
            bench.tanba(&base).failed(2, "content_needed", "--content");
            bench.tanba(&[&base[..], &["--content", "password"]].concat()).failed(
                1,
                "other_content",
                "password",
            );
            bench.tanba(&[&base[..], &["--content", "doc"]].concat()).good();
        } else {
            bench.tanba(&base).good();
        }
        // A third one, with a hash that is there already.
        rsa(&bench, &["cms", "both.cms", "--add-signer", "--out", "three.cms", "--force"]).good();
        let message = std::fs::read(bench.path("three.cms")).expect("read");
        let message = tanba_core::cms::SignedMessage::parse(&message).expect("a message");
        assert_eq!(message.signers().len(), 3);
        for signer in message.signers() {
            let digest = signer.hash().expect("known").hash(&content);
            assert!(message.check(signer, &[digest]).is_good());
        }
    }
}

/// A moment at which the key's certificate is valid.
fn valid(bench: &Bench, key: &str) -> String {
    let path = crate::bench::vector(key);
    let keys = bench
        .tanba(&[
            "keys",
            "show",
            path.to_str().expect("text"),
            "--password-file",
            "password",
            "--json",
        ])
        .good()
        .json();
    keys[0]["not_before"].as_str().expect("text").to_owned()
}

#[test]
fn gost_keys_sign_and_what_they_signed_verifies() {
    for vector in [GOST512, OLD] {
        let bench = Bench::new();
        bench.put("doc", b"contract");
        let key = crate::bench::vector(vector);
        let at = valid(&bench, vector);
        let common =
            ["--key", key.to_str().expect("text"), "--password-file", "password", "--at", &at];
        bench.tanba(&[&["sign", "cms", "doc"], &common[..]].concat()).good();
        bench.tanba(&[&["sign", "raw", "doc"], &common[..]].concat()).good();
        let message = bench.get("doc.cms");
        let message = tanba_core::cms::SignedMessage::parse(&message).expect("a message");
        assert_eq!(message.content(), Some(&b"contract"[..]));
        let signer = &message.signers()[0];
        let check = message.check(signer, &[]);
        assert!(check.is_good());
        let public = check.certificate.expect("there").public_key;
        public.verify(b"contract", &bench.get("doc.sig")).expect("a good signature");
        assert_eq!(
            signer
                .signed
                .as_ref()
                .and_then(|signed| signed.signing_time)
                .map(|time| time.rfc3339()),
            Some(at)
        );
    }
}

#[test]
fn a_key_that_must_not_sign_is_refused() {
    let bench = Bench::new();
    bench.put("doc", b"contract");
    let sign = |key: &str, more: &[&str]| {
        let key = crate::bench::vector(key);
        let common = [
            "sign",
            "cms",
            "doc",
            "--key",
            key.to_str().expect("text"),
            "--password-file",
            "password",
            "--json",
        ];
        bench.tanba(&[&common[..], more].concat())
    };
    sign(AUTH, &["--at", RSA_TIME]).failed(1, "other_purpose", "--any-purpose");
    sign(RSA, &[]).failed(1, "expired", "2021");
    sign(RSA, &["--at", "2001-01-01T00:00:00Z"]).failed(1, "not_yet_valid", "2020");
    sign(RSA, &["--at", "yesterday"]).failed(2, "not_a_time", "yesterday");
    sign(RSA, &["--key-id", &"0".repeat(40)]).failed(2, "no_such_key", "keys show");
    assert_eq!(bench.names(), ["doc", "password"]);
    sign(AUTH, &["--at", RSA_TIME, "--any-purpose"]).good();
}

#[test]
fn several_inputs_have_several_outputs_and_nothing_is_overwritten() {
    let bench = Bench::new();
    bench.put("a.txt", b"a");
    bench.put("b.txt", b"b");
    std::fs::create_dir(bench.path("out")).expect("made");
    let said = rsa(&bench, &["raw", "a.txt", "b.txt", "--out", "out"]).good().json();
    assert_eq!(said["signed"].as_array().map(Vec::len), Some(2));
    assert!(bench.path("out/a.txt.sig").exists() && bench.path("out/b.txt.sig").exists());
    rsa(&bench, &["raw", "a.txt", "b.txt"]).good();
    bench.put("a.txt.sig", b"mine");
    rsa(&bench, &["raw", "b.txt", "a.txt"]).failed(1, "exists", "b.txt.sig");
    rsa(&bench, &["raw", "a.txt"]).failed(1, "exists", "a.txt.sig");
    assert_eq!(bench.get("a.txt.sig"), b"mine");
    rsa(&bench, &["raw", "a.txt", "gone", "--force"]).failed(2, "no_such_file", "gone");
    assert_eq!(bench.get("a.txt.sig"), b"mine");
    rsa(&bench, &["raw", "a.txt", "--out", "a.txt", "--force"]).failed(1, "exists", "a.txt");
    assert_eq!(bench.get("a.txt"), b"a");
    rsa(&bench, &["raw", "a.txt", "--force"]).good();
    assert_ne!(bench.get("a.txt.sig"), b"mine");
    rsa(&bench, &["cms", "a.txt", "--out", "gone/a.cms"]).failed(2, "no_such_file", "gone");
    rsa(&bench, &["xml", "a.txt", "--detached"]).failed(2, "usage", "--detached");
    rsa(&bench, &["cms", "a.txt", "--add-signer", "--out", "x"]).failed(2, "not_cms", "a.txt");
}

#[test]
fn the_same_output_twice_is_refused_before_anything_is_written() {
    let bench = Bench::new();
    bench.put("a.txt", b"a");
    rsa(&bench, &["raw", "a.txt", "a.txt"]).failed(1, "exists", "a.txt.sig");
    rsa(&bench, &["raw", "a.txt", "a.txt", "--force"]).failed(1, "exists", "a.txt.sig");
    assert_eq!(bench.names(), ["a.txt", "password"]);
}

#[cfg(unix)]
#[test]
fn not_even_force_replaces_what_is_no_file() {
    use std::os::unix::fs::FileTypeExt;
    let bench = Bench::new();
    bench.put("a.txt", b"a");
    bench.put("other", b"mine");
    std::os::unix::fs::symlink("other", bench.path("link")).expect("linked");
    rsa(&bench, &["raw", "a.txt", "--out", "link", "--force"]).failed(1, "is_a_link", "link");
    assert_eq!(bench.get("other"), b"mine");
    let socket = std::os::unix::net::UnixListener::bind(bench.path("socket")).expect("bound");
    rsa(&bench, &["raw", "a.txt", "--out", "socket", "--force"]).failed(
        2,
        "cannot_write",
        "no regular file",
    );
    drop(socket);
    let there = std::fs::symlink_metadata(bench.path("socket")).expect("there");
    assert!(there.file_type().is_socket());
}

#[cfg(unix)]
#[test]
fn an_interrupted_signature_leaves_nothing_behind() {
    use std::time::Duration;
    let bench = Bench::new();
    // A sparse file: long to read, short to make.
    let big = std::fs::File::create(bench.path("big")).expect("made");
    big.set_len(64 << 30).expect("grown");
    bench.take(RSA, "key.p12");
    let mut signing = bench
        .command(&["sign", "cms", "big", "--key", "key.p12", "--password-file", "password"])
        .args(["--at", RSA_TIME])
        .spawn()
        .expect("the program runs");
    while bench.names().len() == 3 {
        assert!(signing.try_wait().expect("asked").is_none(), "it ended early");
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(700));
    let id = signing.id().to_string();
    let sent = std::process::Command::new("kill").args(["-INT", &id]).status().expect("sent");
    assert!(sent.success());
    assert_eq!(signing.wait().expect("ended").code(), Some(130));
    assert_eq!(bench.names(), ["big", "key.p12", "password"]);
}

#[test]
fn a_time_stamp_that_cannot_be_had_leaves_no_message() {
    let bench = Bench::new();
    bench.put("doc", b"contract");
    rsa(&bench, &["cms", "doc", "--timestamp", "http://127.0.0.1:1/"]).failed(
        2,
        "unreachable",
        "127.0.0.1:1",
    );
    rsa(&bench, &["cms", "doc", "--timestamp", "ftp://x"]).failed(2, "not_an_address", "ftp://x");
    assert_eq!(bench.names(), ["doc", "password"]);
}

#[test]
fn xmlsec_verifies_documents_signed_with_rsa() {
    let bench = Bench::new();
    certificate(&bench);
    bench.put("doc.xml", "<?xml version=\"1.0\"?>\n<order><sum>1 000 ₸</sum></order>".as_bytes());
    for lines in [false, true] {
        let mut arguments = vec!["xml", "doc.xml", "--out", "signed.xml", "--force"];
        arguments.extend(lines.then_some("--legacy-lines"));
        rsa(&bench, &arguments).good();
        let signed = String::from_utf8(bench.get("signed.xml")).expect("text");
        assert!(signed.contains("1 000 ₸") && signed.contains("rsa-sha256"), "{signed}");
        bench.agrees("xmlsec1", "--verify --pubkey-pem key.pem signed.xml", "a signed document");
    }
    bench.put("entity.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>");
    rsa(&bench, &["xml", "entity.xml"]).failed(2, "not_xml", "document type");
    rsa(&bench, &["xml", "password"]).failed(2, "not_xml", "password");
    rsa(&bench, &["xml", "doc.xml"]).good();
    assert!(bench.path("doc.xml.signed.xml").exists());
}
