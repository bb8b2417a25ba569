//! OpenSSL judges what we write.

use tanba_core::cms::{Draft, Framed, Reader, SignedMessage};
use tanba_core::crypto::{HashAlgorithm, PrivateKey};
use tanba_core::time::UnixTime;
use tanba_core::tsp::{Request, Response};
use tanba_core::x509::certificate::Certificate;

use crate::bench::{Bench, DOCUMENTS, P256, RSA, TIME_STAMPS, judged, provider};

/// 2026-03-01T09:05:00Z.
const NOW: UnixTime = UnixTime::from_secs(1_772_355_900);

fn holder(bench: &Bench, name: &str) -> (PrivateKey, Certificate) {
    let key = PrivateKey::from_pkcs8(&bench.get(&format!("{name}.pk8"))).unwrap();
    (key, Certificate::parse(&bench.get(&format!("{name}.der"))).unwrap())
}

/// Adds a signature over the content.
fn sign(bench: &Bench, name: &str, hash: HashAlgorithm, content: &[u8], to: &mut SignedMessage) {
    let (key, certificate) = holder(bench, name);
    let draft = Draft::new(&certificate, &hash.hash(content), NOW).unwrap();
    to.add_signer(draft.sign(&key, &provider()).unwrap()).unwrap();
}

/// OpenSSL must find everything right, and give out the content; with another content it must not.
fn judge(bench: &Bench, message: &[u8], content: &[u8], more: &str) {
    let attached = SignedMessage::parse(message).unwrap().attached.is_some();
    bench.put("message.der", message);
    bench.put("content", content);
    let detached = if attached { "" } else { "-content content" };
    let verify =
        format!("cms -verify -binary -inform DER -in message.der -CAfile root.pem -out out {more}");
    bench.run(&format!("{verify} {detached}"));
    assert_eq!(bench.get("out"), content);
    bench.put("content", &[content, b"."].concat());
    if !attached {
        assert!(!bench.try_run(&format!("{verify} {detached}")).status.success());
    }
}

#[test]
fn openssl_accepts_what_we_sign() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("alice", RSA, DOCUMENTS), ("bota", P256, DOCUMENTS)]);
    let content = "Шарт".repeat(5000).into_bytes();
    for (name, hash) in [
        ("alice", HashAlgorithm::Sha256),
        ("alice", HashAlgorithm::Sha384),
        ("alice", HashAlgorithm::Sha512),
        ("bota", HashAlgorithm::Sha256),
        ("bota", HashAlgorithm::Sha512),
    ] {
        let mut message = SignedMessage::new();
        sign(&bench, name, hash, &content, &mut message);
        judge(&bench, &message.to_detached(), &content, "-cades");
        judge(&bench, &message.to_attached(&content), &content, "-cades");
        let printed = bench.run("cms -cmsout -print -inform DER -in message.der");
        assert!(printed.contains("signingTime") && printed.contains("Mar  1 09:05:00 2026 GMT"));
    }
    judged("CMS of ours: attached, detached, RSA and P-256, as CAdES");
}

#[test]
fn openssl_accepts_several_signers_and_the_chain() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("alice", RSA, DOCUMENTS), ("bota", P256, DOCUMENTS), ("dana", RSA, DOCUMENTS)]);
    let content = b"contract";
    let mut message = SignedMessage::new();
    sign(&bench, "alice", HashAlgorithm::Sha256, content, &mut message);
    sign(&bench, "bota", HashAlgorithm::Sha384, content, &mut message);
    bench.run("x509 -in root.pem -outform DER -out root.der");
    message.add_certificate(&bench.get("root.der")).unwrap();
    for written in [message.to_detached(), message.to_attached(content)] {
        judge(&bench, &written, content, "-cades");
        let read = SignedMessage::parse(&written).unwrap();
        assert_eq!(read.certificates().count(), 3);
        let digests = [HashAlgorithm::Sha256, HashAlgorithm::Sha384].map(|hash| hash.hash(content));
        assert_eq!(read.signers().len(), 2);
        for signer in read.signers() {
            assert!(read.check(signer, &digests).is_good());
        }
    }
    // Signed once more by OpenSSL, ours stays good.
    bench.put("message.der", &message.to_attached(content));
    bench.run(
        "cms -resign -inform DER -in message.der -signer dana.pem -inkey dana.key -outform DER -out again.der",
    );
    let again = SignedMessage::parse(&bench.get("again.der")).unwrap();
    assert_eq!(again.signers().len(), 3);
    assert!(again.signers().iter().all(|signer| again.check(signer, &[]).is_good()));
    // OpenSSL refuses if only one of two is wrong: then it does look at both.
    let mut damaged = message.to_attached(content);
    *damaged.last_mut().unwrap() ^= 1;
    bench.put("message.der", &damaged);
    let verify = "cms -verify -binary -inform DER -in message.der -CAfile root.pem -out out";
    assert!(!bench.try_run(verify).status.success());
    judged("CMS of ours with two signers and their chain");
}

#[test]
fn openssl_accepts_our_signature_beside_its_own() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("alice", RSA, DOCUMENTS), ("bota", P256, DOCUMENTS)]);
    let content = vec![b'x'; 70_000];
    bench.put("document", &content);
    for (options, attached) in [
        ("-nodetach", true),
        ("-nodetach -cades", true),
        ("-nodetach -stream", true),
        ("-nodetach -keyid -noattr", true),
        ("", false),
        ("-cades -md sha512", false),
    ] {
        bench.run(&format!(
            "cms -sign -binary -in document -signer alice.pem -inkey alice.key -outform DER -out theirs.der {options}"
        ));
        let theirs = bench.get("theirs.der");
        let before = SignedMessage::parse(&theirs).unwrap();
        let (key, certificate) = holder(&bench, "bota");

        // In one pass, as with a message of a gigabyte: digest for the new signer, and the content nowhere.
        let mut reader = Reader::new().hashing(HashAlgorithm::Sha256);
        let mut octets = Vec::new();
        for piece in theirs.chunks(777) {
            reader.feed_into(piece, &mut |bytes| octets.extend_from_slice(bytes)).unwrap();
        }
        let mut message = reader.finish().unwrap();
        assert!(message.content().is_none());
        let digest = if attached {
            assert_eq!(octets, content);
            message.digest(HashAlgorithm::Sha256).unwrap()
        } else {
            HashAlgorithm::Sha256.hash(&content)
        };
        let draft = Draft::new(&certificate, &digest, NOW).unwrap();
        message.add_signer(draft.sign(&key, &provider()).unwrap()).unwrap();
        let written = if attached {
            let Framed { prefix, suffix } = message.framed(message.attached.unwrap());
            [prefix, octets, suffix].concat()
        } else {
            message.to_detached()
        };
        judge(&bench, &written, &content, "");
        let after = SignedMessage::parse(&written).unwrap();
        assert_eq!(after.signers().len(), 2);
        assert!(after.signers().contains(&before.signers()[0]), "{options}");
    }
    judged("our signature beside OpenSSL's in one message");
}

#[test]
fn openssl_accepts_every_length_of_content() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("bota", P256, DOCUMENTS)]);
    let (_, certificate) = holder(&bench, "bota");
    for length in [0_usize, 1, 127, 128, 255, 256, 60_000, 65_535, 65_536, 1 << 20] {
        let content = vec![7; length];
        let mut message = SignedMessage::new();
        let expected = message.expected_prefix_length(&certificate, length as u64, 0).unwrap();
        sign(&bench, "bota", HashAlgorithm::Sha256, &content, &mut message);
        let Framed { prefix, suffix } = message.framed(length as u64);
        assert_eq!(prefix.len(), expected, "{length}");
        judge(&bench, &[prefix, content.clone(), suffix].concat(), &content, "-cades");
    }
    judged("CMS of ours around contents of all lengths");
}

#[test]
fn openssl_accepts_a_message_with_a_time_stamp() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("alice", RSA, DOCUMENTS), ("clock", RSA, TIME_STAMPS)]);
    let mut message = SignedMessage::new();
    sign(&bench, "alice", HashAlgorithm::Sha256, b"contract", &mut message);
    let signer = &message.signers()[0];
    let request = Request::new(&signer.time_stamp_imprint(HashAlgorithm::Sha256), [0; 8]);
    let answer = bench.stamp("clock", &request.to_der().unwrap(), "");
    let token = Response::parse(&answer).unwrap().token;
    token.verify_answer(&request, &[]).unwrap();
    message.add_time_stamp(0, token.der()).unwrap();
    let written = message.to_attached(b"contract");
    judge(&bench, &written, b"contract", "-cades");
    let read = SignedMessage::parse(&written).unwrap();
    let signer = &read.signers()[0];
    assert_eq!(signer.time_stamps(), [token.der()]);
    assert!(token.verify_over(&signer.signature, &[]).is_ok());
    assert!(token.verify_over(b"other", &[]).is_err());
    judged("CMS of ours with a time stamp by OpenSSL");
}
