//! Reports on published material, on what was changed in it, and on messages of our own.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests read files; the core that they test does not"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::PathBuf;

use rand_core::{OsRng, RngCore};
use tanba_core::cms::{SignedMessage, decode_armour};
use tanba_core::crypto::{self, Digest, HashAlgorithm, RandomFailed};
use tanba_core::pkcs12;
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_core::verify::{Demand, Report, Signer, State, Trust, cms, raw, xml};
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::crl::Crl;
use tanba_core::x509::ocsp::{OcspAnswer, OcspResponse};

fn sample(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/kz");
    fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn certificates(names: &[&str]) -> Vec<Certificate> {
    names.iter().map(|name| Certificate::from_pem_or_der(&sample(name)).unwrap()).collect()
}

fn time(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

/// What is trusted in a test.
struct World {
    roots: Vec<Certificate>,
    intermediates: Vec<Certificate>,
    crls: Vec<Crl>,
    answers: Vec<OcspAnswer>,
    at: UnixTime,
}

impl World {
    fn new(root: &str, intermediate: &str, at: &str) -> Self {
        Self {
            roots: certificates(&[root]),
            intermediates: certificates(&[intermediate]),
            crls: Vec::new(),
            answers: Vec::new(),
            at: time(at),
        }
    }

    fn of_2022() -> Self {
        Self::new(
            "skarm_kalkan/certs/root_test_gost_2022.cer",
            "skarm_kalkan/certs/nca_gost2022_test.cer",
            "2026-05-20T00:00:00Z",
        )
    }

    fn of_rsa() -> Self {
        Self::new(
            "JohnHenrySpike_kalkan-crypt/ca-certs/root_rsa_test.crt",
            "JohnHenrySpike_kalkan-crypt/ca-certs/nca_rsa_test.crt",
            "2020-06-01T00:00:00Z",
        )
    }

    fn trust(&self, revocation: Demand) -> Trust<'_> {
        Trust {
            roots: &self.roots,
            intermediates: &self.intermediates,
            crls: &self.crls,
            answers: &self.answers,
            at: self.at,
            max_age: 86_400,
            revocation,
        }
    }

    fn cms(&self, file: &str, digests: &[Digest]) -> Report {
        let message = SignedMessage::parse(&decode_armour(&sample(file)).unwrap()).unwrap();
        cms(&message, digests, &self.trust(Demand::IfKnown))
    }

    fn xml(&self, document: &[u8]) -> Report {
        xml(document, &self.trust(Demand::IfKnown)).unwrap()
    }
}

fn states(signer: &Signer) -> [State; 4] {
    [&signer.signature, &signer.digest, &signer.chain, &signer.revocation].map(|it| it.state)
}

const UNKNOWN_REVOCATION: [State; 4] = [State::Good, State::Good, State::Good, State::Unknown];

#[test]
fn a_published_message_is_valid_and_its_report_says_what_is_not_known() {
    let world = World::of_2022();
    let report = world.cms("skarm_kalkan/cms/individual_attached.der", &[]);
    let [signer] = report.signers.as_slice() else { panic!("one signer") };
    assert_eq!(states(signer), UNKNOWN_REVOCATION);
    assert!(report.is_valid());
    // The stamp is of a production authority whose root is not given: it proves nothing.
    let stamp = signer.timestamp.as_ref().unwrap();
    assert_eq!(stamp.state.state, State::Unknown);
    assert_eq!(signer.judged_at, world.at);
    assert_eq!(signer.path.len(), 3);

    let json = report.json();
    let one = &json["signers"][0];
    assert_eq!(json["valid"], true);
    assert_eq!(one["iin"], "123456789011");
    assert_eq!(one["bin"], serde_json::Value::Null);
    assert_eq!(one["algorithm"], "gost512");
    assert_eq!(one["revocation"], "unknown");
    assert_eq!(one["timestamp"]["status"], "unknown");
    let reasons = one["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["code"] == "no_evidence"), "{reasons:?}");
}

#[test]
fn every_published_rsa_message_and_document_is_valid() {
    let folder = "danikarik_ncanode-go/personal";
    for name in [
        "active/AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d",
        "active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9",
        "revoked/AUTH_RSA256_60d5a0346dd52fb5f3b9148e6cfbcd6cf323d119",
        "revoked/RSA256_346a7e57c2995259140b6fc375b6ff3bba7e852f",
    ] {
        let document = sample(&format!("{folder}/{name}.xml"));
        let mut world = World::of_rsa();
        let certificate = world.xml(&document).signers[0].certificate.clone().unwrap();
        world.at = certificate.not_before;
        for report in [world.xml(&document), world.cms(&format!("{folder}/{name}.cms"), &[])] {
            let [signer] = report.signers.as_slice() else { panic!("one signer") };
            assert_eq!(states(signer), UNKNOWN_REVOCATION, "{name}: {signer:?}");
            assert!(report.is_valid());
        }
    }
}

#[test]
fn who_demands_to_know_of_revocation_gets_no_silent_good() {
    let world = World::of_2022();
    let message = sample("skarm_kalkan/cms/individual_attached.der");
    let message = SignedMessage::parse(&message).unwrap();
    let report = cms(&message, &[], &world.trust(Demand::Known));
    assert!(!report.is_valid());
    assert_eq!(report.signers[0].chain.state, State::Unknown);
}

#[test]
fn without_roots_the_chain_is_unknown_and_nothing_is_valid() {
    let world = World { roots: Vec::new(), ..World::of_2022() };
    let report = world.cms("skarm_kalkan/cms/individual_attached.der", &[]);
    let expected = [State::Good, State::Good, State::Unknown, State::Unknown];
    assert_eq!(states(&report.signers[0]), expected);
    assert!(!report.is_valid());
}

#[test]
fn an_expired_certificate_is_bad_and_another_content_too() {
    let mut world = World::of_2022();
    world.at = time("2027-06-01T00:00:00Z");
    let report = world.cms("skarm_kalkan/cms/individual_attached.der", &[]);
    assert_eq!(report.signers[0].chain.state, State::Bad);
    assert_eq!(report.signers[0].chain.reasons[0].code, "expired");

    let world = World::of_2022();
    let hash = HashAlgorithm::Streebog512;
    let right = hash.hash(&sample("skarm_kalkan/cms/individual_document.txt"));
    let file = "skarm_kalkan/cms/individual_detached.der";
    assert!(world.cms(file, &[right]).is_valid());
    let wrong = world.cms(file, &[hash.hash(b"another")]);
    let expected = [State::Good, State::Bad, State::Good, State::Unknown];
    assert_eq!(states(&wrong.signers[0]), expected);
    let none = world.cms(file, &[]);
    assert_eq!(none.signers[0].digest.state, State::Unknown);
    assert!(!none.is_valid());
}

#[test]
fn a_flipped_bit_anywhere_in_a_signed_document_is_noticed() {
    let name =
        "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.xml";
    let (document, mut world) = (sample(name), World::of_rsa());
    world.at = world.xml(&document).signers[0].certificate.as_ref().unwrap().not_before;
    assert!(world.xml(&document).is_valid());
    let mut unnoticed = Vec::new();
    for at in 0..document.len() {
        let mut changed = document.clone();
        changed[at] ^= 0x01;
        let report = xml(&changed, &world.trust(Demand::IfKnown));
        if report.is_ok_and(|report| report.is_valid()) {
            unnoticed.push(at);
        }
    }
    // What nobody signed: the declaration, and white space that base64 ignores in the certificate and the value.
    let text = String::from_utf8_lossy(&document);
    let value = text.find("<ds:SignatureValue>").unwrap();
    let declaration = text.find("?>").unwrap();
    for at in unnoticed {
        let outside = at < declaration || at > value;
        assert!(outside, "byte {at}, after {:?}", &text[at.saturating_sub(40)..at]);
        let letter = document[at];
        assert!(
            at < declaration || !letter.is_ascii_alphanumeric(),
            "byte {at}: {:?}, after {:?}",
            char::from(letter),
            &text[at.saturating_sub(40)..at]
        );
    }
}

#[test]
fn what_is_put_into_a_signature_or_around_what_it_covers_is_said() {
    let name =
        "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.xml";
    let (document, mut world) = (String::from_utf8(sample(name)).unwrap(), World::of_rsa());
    world.at = world.xml(document.as_bytes()).signers[0].certificate.as_ref().unwrap().not_before;
    for (from, to) in [
        ("</ds:Signature>", "<ds:Object><name>Other</name></ds:Object></ds:Signature>"),
        ("</ds:KeyInfo>", "<name>Other</name></ds:KeyInfo>"),
        ("</ds:X509Data>", "<name xmlns='u'>Other</name></ds:X509Data>"),
        ("</ds:KeyInfo>", "<ds:KeyName name='Other'/></ds:KeyInfo>"),
    ] {
        let stuffed = document.replacen(from, to, 1);
        assert_ne!(stuffed, document, "{from}");
        let report = world.xml(stuffed.as_bytes());
        assert!(!report.is_valid(), "{to}");
        assert_eq!(report.signers[0].digest.reasons[0].code, "content_unsigned", "{to}");
    }

    // One element of a document is signed, and stands in any other as well.
    let by_id =
        String::from_utf8(sample("fedor35_ncalayer-rs/test_gost512.xml_xpath.xml")).unwrap();
    let report = World::of_2022().xml(by_id.replace("<b/>", "<sum>1000000</sum>").as_bytes());
    assert_eq!(states(&report.signers[0])[..2], [State::Good, State::Good]);
    let reason = &report.signers[0].digest.reasons[0];
    assert_eq!(reason.code, "covers_part");
    assert!(reason.text.ends_with("/a"), "{}", reason.text);
}

#[test]
fn a_damaged_time_stamp_makes_a_signer_invalid() {
    let world = World::of_2022();
    let mut message = sample("skarm_kalkan/cms/individual_attached.der");
    let trust = world.trust(Demand::IfKnown);
    assert!(cms(&SignedMessage::parse(&message).unwrap(), &[], &trust).is_valid());
    // The token is the last thing in the message, and its signature the last thing in the token.
    *message.last_mut().unwrap() ^= 1;
    let report = cms(&SignedMessage::parse(&message).unwrap(), &[], &trust);
    let [signer] = report.signers.as_slice() else { panic!("one signer") };
    assert_eq!(signer.timestamp.as_ref().unwrap().state.state, State::Bad);
    assert_eq!(states(signer), UNKNOWN_REVOCATION);
    assert!(!report.is_valid());
}

#[test]
fn a_message_without_signers_is_not_valid() {
    let report = Report { signers: Vec::new() };
    assert!(!report.is_valid());
    assert_eq!(report.json()["signers"], serde_json::json!([]));
}

#[test]
fn a_raw_signature_is_judged_with_its_certificate() {
    let name = "skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12";
    let opened = pkcs12::open(&sample(name), &Password::new("Qwerty12".into())).unwrap();
    let entry = &opened.entries[0];
    let certificate = Certificate::parse(&entry.certificates[0]).unwrap();
    let provider = crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed));
    let signature = provider.sign_message(&entry.key, b"document").unwrap();
    let world = World { at: certificate.not_before, ..World::of_2022() };
    let trust = world.trust(Demand::IfKnown);
    let good = HashAlgorithm::Streebog512.hash(b"document");
    assert!(raw(&good, &signature, &certificate, &trust).is_valid());
    let other = HashAlgorithm::Streebog512.hash(b"Document");
    let report = raw(&other, &signature, &certificate, &trust);
    assert_eq!(report.signers[0].signature.state, State::Bad);
    let hash = HashAlgorithm::Sha256.hash(b"document");
    let report = raw(&hash, &signature, &certificate, &trust);
    assert_eq!(report.signers[0].signature.state, State::Unknown);

    // A responder's answer about another certificate proves nothing for this one.
    let response = sample("mitwork_NCANode/ocsp/ocsp_response_individual_2015.bin");
    let response = OcspResponse::parse(&response).unwrap();
    let world = World { answers: vec![OcspAnswer { response, nonce: None }], ..world };
    let report = raw(&good, &signature, &certificate, &world.trust(Demand::Known));
    assert_eq!(report.signers[0].revocation.state, State::Unknown);
    assert_eq!(report.signers[0].revocation.reasons[0].code, "ocsp_other_certificate");
    assert!(!report.is_valid());
}
