//! `tanba verify`, offline: on published messages, and on what the program itself signed.

use crate::bench::{Bench, GOST512, RSA, Said, vector};

/// The test authorities, and a moment at which the GOST key and they are valid.
const ROOTS: &str = "JohnHenrySpike_kalkan-crypt/ca-certs";
const GOST_TIME: &str = "2023-12-01T00:00:00Z";

fn verify(bench: &Bench, file: &str, at: &str, more: &[&str]) -> Said {
    let roots = vector(ROOTS);
    let common = ["verify", file, "--roots", roots.to_str().expect("text"), "--at", at];
    bench.tanba(&[&common[..], &["--offline", "--json"], more].concat())
}

fn sign(bench: &Bench, arguments: &[&str]) {
    let key = vector(GOST512);
    let common = ["--key", key.to_str().expect("text"), "--password-file", "password"];
    let at = ["--at", GOST_TIME, "--force"];
    bench.tanba(&[&["sign"], arguments, &common, &at].concat()).good();
}

#[test]
fn published_messages_are_valid_at_their_time_with_their_roots() {
    let bench = Bench::new();
    let active = "danikarik_ncanode-go/personal/active";
    for (file, format) in [
        (format!("{active}/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.cms"), "cms"),
        (format!("{active}/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.xml"), "xml"),
    ] {
        let path = vector(&file);
        let path = path.to_str().expect("text");
        let report = verify(&bench, path, "2020-10-01T00:00:00Z", &[]).good().json();
        assert_eq!((&report["valid"], &report["format"]), (&true.into(), &format.into()));
        let signer = &report["signers"][0];
        for check in ["signature", "digest", "chain"] {
            assert_eq!(signer[check], "good", "{file}: {check}");
        }
        assert_eq!(
            (&signer["revocation"], &signer["iin"]),
            (&"unknown".into(), &"123456789011".into())
        );
        assert_eq!((&signer["algorithm"], &signer["timestamp"]), (&"rsa2048".into(), &().into()));
        // At another time, or without roots, the same message is not valid.
        let said = verify(&bench, path, "2024-10-01T00:00:00Z", &[]);
        assert_eq!((said.code, &said.json()["signers"][0]["chain"]), (1, &"bad".into()));
        let said =
            bench.tanba(&["verify", path, "--at", "2020-10-01T00:00:00Z", "--offline", "--json"]);
        assert_eq!((said.code, &said.json()["signers"][0]["chain"]), (1, &"unknown".into()));
        assert!(said.err.contains("roots"), "{said:?}");
    }
}

#[test]
fn no_flipped_byte_of_a_signed_message_goes_unnoticed() {
    let bench = Bench::new();
    bench.put("doc", b"contract");
    sign(&bench, &["cms", "doc"]);
    verify(&bench, "doc.cms", GOST_TIME, &[]).good();
    let message = bench.get("doc.cms");
    for at in (0..message.len()).step_by(23) {
        let mut changed = message.clone();
        changed[at] ^= 0x10;
        bench.put("changed.cms", &changed);
        let said = verify(&bench, "changed.cms", GOST_TIME, &[]);
        assert!(said.code == 1 || said.code == 2, "byte {at}: {said:?}");
    }
}

#[test]
fn detached_and_raw_signatures_need_their_document() {
    let bench = Bench::new();
    bench.put("doc", b"contract");
    bench.put("other", b"Contract");
    for lines in [&[][..], &["--legacy-lines"]] {
        sign(&bench, &[&["cms", "doc", "--detached"], lines].concat());
        verify(&bench, "doc.cms", GOST_TIME, &["--content", "doc"]).good();
        let other = verify(&bench, "doc.cms", GOST_TIME, &["--content", "other"]);
        assert_eq!((other.code, &other.json()["signers"][0]["digest"]), (1, &"bad".into()));
        assert_eq!(other.json()["signers"][0]["signature"], "good");
        let without = verify(&bench, "doc.cms", GOST_TIME, &[]);
        assert_eq!((without.code, &without.json()["signers"][0]["digest"]), (1, &"unknown".into()));
        assert!(without.err.contains("--content"), "{without:?}");
        sign(&bench, &[&["cms", "doc"], lines].concat());
        verify(&bench, "doc.cms", GOST_TIME, &["--content", "doc"]).good();
        verify(&bench, "doc.cms", GOST_TIME, &["--content", "other"]).failed(
            1,
            "other_content",
            "other",
        );
        // The certificate that a message carries, for the raw signature.
        let message = tanba_core::cms::decode_armour(&bench.get("doc.cms")).expect("a message");
        let message = tanba_core::cms::SignedMessage::parse(&message).expect("a message");
        bench.put("signer.cer", message.certificates().next().expect("a certificate"));
        sign(&bench, &[&["raw", "doc"], lines].concat());
        let raw = ["--certificate", "signer.cer", "--content"];
        verify(&bench, "doc.sig", GOST_TIME, &[&raw[..], &["doc"]].concat()).good();
        let other = verify(&bench, "doc.sig", GOST_TIME, &[&raw[..], &["other"]].concat());
        assert_eq!((other.code, &other.json()["signers"][0]["signature"]), (1, &"bad".into()));
    }
    verify(&bench, "doc.sig", GOST_TIME, &["--certificate", "signer.cer"]).failed(
        2,
        "content_needed",
        "--content",
    );
}

#[test]
fn a_signed_document_is_checked_as_xml() {
    let bench = Bench::new();
    bench.put("doc.xml", "<order><sum>1 000 ₸</sum></order>".as_bytes());
    sign(&bench, &["xml", "doc.xml"]);
    let report = verify(&bench, "doc.xml.signed.xml", GOST_TIME, &[]).good().json();
    assert_eq!(report["signers"][0]["covers"][0], "document");
    let changed = String::from_utf8(bench.get("doc.xml.signed.xml")).expect("text");
    bench.put("changed.xml", changed.replace("1 000", "9 000").as_bytes());
    let said = verify(&bench, "changed.xml", GOST_TIME, &[]);
    assert_eq!((said.code, &said.json()["signers"][0]["digest"]), (1, &"bad".into()));
    // No signature at all is no valid one.
    assert_eq!(verify(&bench, "doc.xml", GOST_TIME, &[]).code, 1);
}

#[test]
fn what_is_not_there_is_told_in_one_line_whatever_is_trusted() {
    let bench = Bench::new();
    let verify = |file: &str| bench.tanba(&["verify", file, "--offline", "--json"]);
    verify("gone").failed(2, "no_such_file", "gone");
    verify("password").failed(2, "not_a_signature", "password");
}

#[test]
fn lists_and_roots_that_cannot_be_read_are_named() {
    let bench = Bench::new();
    bench.put("doc", b"contract");
    sign(&bench, &["cms", "doc"]);
    for folder in ["lists", "roots"] {
        std::fs::create_dir(bench.path(folder)).expect("made");
    }
    bench.put("lists/a.crl", b"hello");
    bench.put("roots/a.cer", b"hello");
    verify(&bench, "doc.cms", GOST_TIME, &["--crls", "lists"]).failed(2, "not_a_crl", "a.crl");
    verify(&bench, "doc.cms", GOST_TIME, &["--crls", "gone"]).failed(2, "no_such_file", "gone");
    let verify = |more: &[&str]| bench.tanba(&[&["verify", "doc.cms", "--json"], more].concat());
    verify(&["--roots", "roots"]).failed(2, "not_a_certificate", "a.cer");
    verify(&["--roots", "gone"]).failed(2, "no_such_file", "gone");
    let said = bench.tanba(&["verify", "password", "--json"]);
    assert_eq!((said.code, &said.json()["error"]["code"]), (2, &"not_a_signature".into()));
    let rsa = vector(RSA);
    let said = bench.tanba(&["verify", rsa.to_str().expect("text"), "--json"]);
    assert_eq!((said.code, &said.json()["error"]["code"]), (2, &"not_cms".into()));
}

#[test]
fn a_damaged_message_is_a_bad_one_in_the_shape_of_a_report() {
    let bench = Bench::new();
    bench.put("doc", b"contract");
    sign(&bench, &["cms", "doc"]);
    let mut message = bench.get("doc.cms");
    message.pop();
    bench.put("short.cms", &message);
    bench.put("short.xml", b"<a><b></a>");
    for file in ["short.cms", "short.xml"] {
        let said = verify(&bench, file, GOST_TIME, &[]);
        let answer = said.json();
        assert_eq!((said.code, &answer["error"]["code"]), (1, &"damaged".into()), "{said:?}");
        assert_eq!((&answer["valid"], &answer["signers"]), (&false.into(), &serde_json::json!([])));
    }
    // Content beside a document that carries its own would be ignored: nobody may think that it was looked at.
    let xml = vector(
        "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.xml",
    );
    let path = xml.to_str().expect("text");
    verify(&bench, path, GOST_TIME, &["--content", "doc"]).failed(2, "usage", "doc");
}

#[test]
fn a_time_stamping_service_s_answer_is_verified_as_the_token_in_it() {
    let bench = Bench::new();
    let answer = vector("mitwork_NCANode/tsp/tsp_response.bin");
    let path = answer.to_str().expect("text");
    let report = verify(&bench, path, "2023-06-01T00:00:00Z", &[]).json();
    assert_eq!(
        (&report["format"], &report["signers"][0]["signature"]),
        (&"cms".into(), &"good".into())
    );
}

#[cfg(unix)]
#[test]
fn signatures_are_as_readable_as_other_new_files_and_keys_are_not() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    bench.put("doc", b"contract");
    sign(&bench, &["cms", "doc"]);
    let mode = |name: &str| {
        let path = bench.path(name);
        std::fs::metadata(path).expect("there").permissions().mode() & 0o777
    };
    assert_eq!(mode("doc.cms"), mode("doc"));
}
