//! We judge what OpenSSL writes.

use tanba_core::cms::{Fault, Outcome, Reader, SignedMessage, SignerCheck, Unchecked};
use tanba_core::crypto::HashAlgorithm;

use crate::bench::{Bench, DOCUMENTS, P256, RSA, judged};

/// Every signer's check, the message read in pieces of that size.
fn checks(der: &[u8], content: &[u8], size: usize) -> Vec<SignerCheck> {
    let mut reader = Reader::new();
    let mut octets = Vec::new();
    for piece in der.chunks(size) {
        reader.feed_into(piece, &mut |bytes| octets.extend_from_slice(bytes)).unwrap();
    }
    let message = reader.finish().unwrap();
    if message.attached.is_some() {
        assert_eq!(octets, content);
        assert_eq!(message.attached, Some(content.len() as u64));
    }
    let digests: Vec<_> =
        message.needed_hashes().into_iter().map(|hash| hash.hash(content)).collect();
    assert_eq!(digests.is_empty(), message.attached.is_some());
    message.signers().iter().map(|signer| message.check(signer, &digests)).collect()
}

#[test]
fn whatever_openssl_signs_verifies() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("alice", RSA, DOCUMENTS), ("bota", P256, DOCUMENTS)]);
    let content = "шарт\n".repeat(3000).into_bytes();
    bench.put("document", &content);
    for who in ["alice", "bota"] {
        for options in [
            "",
            "-nodetach",
            "-nodetach -stream",
            "-stream",
            "-nodetach -noattr",
            "-noattr",
            "-nodetach -keyid",
            "-nodetach -cades",
            "-cades -md sha384",
            "-nodetach -md sha384",
            "-nodetach -md sha512 -stream",
            "-nodetach -md sha512 -noattr -keyid -stream",
            "-nodetach -certfile root.pem",
            "-nodetach -nosmimecap",
        ] {
            bench.run(&format!(
                "cms -sign -binary -in document -signer {who}.pem -inkey {who}.key -outform DER -out message.der {options}"
            ));
            let der = bench.get("message.der");
            for size in [1, 100, usize::MAX] {
                let checks = checks(&der, &content, size.min(der.len()));
                assert_eq!(checks.len(), 1);
                assert!(checks[0].is_good(), "{who} {options}: {checks:?}");
            }
            let mut other = content.clone();
            *other.last_mut().unwrap() ^= 1;
            if SignedMessage::parse(&der).unwrap().attached.is_none() {
                let [check] = &checks(&der, &other, der.len())[..] else { panic!() };
                assert_eq!(check.digest, Outcome::Bad, "{who} {options}");
            }
        }
    }
    judged("CMS of OpenSSL in all its ways");
}

#[test]
fn several_signers_of_openssl_verify() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("alice", RSA, DOCUMENTS), ("bota", P256, DOCUMENTS)]);
    bench.put("document", b"contract");
    bench.run(
        "cms -sign -binary -nodetach -in document -signer alice.pem -inkey alice.key -signer bota.pem -inkey bota.key \
         -outform DER -out two.der",
    );
    bench.run(
        "cms -sign -binary -nodetach -in document -signer alice.pem -inkey alice.key -outform DER -out one.der",
    );
    bench.run(
        "cms -resign -inform DER -in one.der -signer bota.pem -inkey bota.key -outform DER -out again.der",
    );
    for file in ["two.der", "again.der"] {
        let checks = checks(&bench.get(file), b"contract", 50);
        assert_eq!(checks.len(), 2, "{file}");
        assert!(checks.iter().all(SignerCheck::is_good), "{file}: {checks:?}");
    }
    judged("CMS of OpenSSL with several signers");
}

#[test]
fn what_cannot_be_checked_is_told() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[
        ("alice", RSA, DOCUMENTS),
        ("bota", P256, DOCUMENTS),
        ("curve", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", DOCUMENTS),
    ]);
    bench.put("document", b"contract");
    let sign = |who: &str, options: &str| {
        bench.run(&format!(
            "cms -sign -binary -in document -signer {who}.pem -inkey {who}.key -outform DER -out message.der {options}"
        ));
        SignedMessage::parse(&bench.get("message.der")).unwrap()
    };
    let check = |message: &SignedMessage| message.check(&message.signers()[0], &[]);

    let without = sign("alice", "-nodetach -nocerts");
    let missing = Outcome::Unchecked(Unchecked::NoCertificate);
    assert_eq!(check(&without).signature, missing);
    let alice = bench.get("alice.der");
    let given = without.check_with(&without.signers()[0], &[], &[&alice]);
    assert!(given.is_good());

    let sha1 = check(&sign("alice", "-nodetach -md sha1"));
    assert_eq!(sha1.signature, Outcome::Unchecked(Unchecked::WeakHash));

    let detached = check(&sign("bota", ""));
    let no_digest = Outcome::Unchecked(Unchecked::NoDigest(HashAlgorithm::Sha256));
    assert_eq!((detached.digest, detached.signature), (no_digest, Outcome::Good));
    let bare = check(&sign("bota", "-noattr"));
    assert_eq!((bare.digest, bare.signature), (no_digest, no_digest));

    let pss = check(&sign("alice", "-nodetach -keyopt rsa_padding_mode:pss"));
    assert_eq!(pss.signature, Outcome::Unchecked(Unchecked::UnknownSignature));
    assert_eq!(pss.digest, Outcome::Good);

    let curve = check(&sign("curve", "-nodetach"));
    assert!(matches!(curve.signature, Outcome::Unchecked(Unchecked::Certificate(_))));
    let sha3 = check(&sign("alice", "-nodetach -md sha3-256"));
    assert_eq!(sha3.digest, Outcome::Unchecked(Unchecked::UnknownHash));
}

#[test]
fn another_certificate_in_the_signers_place_is_noticed() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("alice", RSA, DOCUMENTS)]);
    bench.put("document", b"contract");
    // The same key, name and number in another certificate: only signingCertificate tells the two apart.
    bench.put("extensions.cnf", b"keyUsage=critical,digitalSignature");
    bench.run("x509 -in alice.pem -noout -serial");
    let serial = bench.run("x509 -in alice.pem -noout -serial");
    let serial = serial.trim().trim_start_matches("serial=");
    bench.run(&format!(
        "x509 -req -sha256 -days 3650 -in alice.csr -CA root.pem -CAkey root.key -set_serial 0x{serial} \
         -extfile extensions.cnf -outform DER -out other.der"
    ));
    for (options, expected) in
        [("-cades", vec![Fault::OtherCertificate]), ("", vec![]), ("-noattr", vec![])]
    {
        bench.run(&format!(
            "cms -sign -binary -nodetach -nocerts -in document -signer alice.pem -inkey alice.key -outform DER \
             -out message.der {options}"
        ));
        let message = SignedMessage::parse(&bench.get("message.der")).unwrap();
        let (other, alice) = (bench.get("other.der"), bench.get("alice.der"));
        let check = message.check_with(&message.signers()[0], &[], &[&other]);
        assert_eq!(check.signature, Outcome::Good);
        assert_eq!(check.faults, expected, "{options}");
        let both = message.check_with(&message.signers()[0], &[], &[&other, &alice]);
        assert!(both.is_good());
    }
}

#[test]
fn messages_of_other_kinds_are_told_apart() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("alice", RSA, DOCUMENTS)]);
    bench.put("document", b"contract");
    bench.run("cms -encrypt -in document -outform DER -out secret.der -aes128 alice.pem");
    assert_eq!(
        SignedMessage::parse(&bench.get("secret.der")).unwrap_err(),
        tanba_core::cms::NotCms::OtherKind
    );
    // Certificates only, as many CAs give out chains.
    bench
        .run("crl2pkcs7 -nocrl -certfile alice.pem -certfile root.pem -outform DER -out chain.p7b");
    let chain = SignedMessage::parse(&bench.get("chain.p7b")).unwrap();
    assert_eq!((chain.signers().len(), chain.certificates().count()), (0, 2));
}
