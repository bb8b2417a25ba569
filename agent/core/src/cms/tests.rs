//! Messages made, taken apart and damaged.

use super::element::{Element, tag, wrap};
use super::*;
use crate::crypto::{Algorithm, Digest, HashAlgorithm, PrivateKey, tests as crypto};
use crate::layout::Purpose;
use crate::time::UnixTime;
use crate::x509::certificate::Certificate;
use crate::x509::toy_authority::{Authorities, NOW, Recipe};

const CONTENT: &[u8] = b"contract";

fn holder(algorithm: Algorithm) -> (PrivateKey, Certificate) {
    let key = crypto::key(algorithm);
    let der = Recipe::leaf(key.public(), Purpose::Sign).issue(&Authorities::new().issuing);
    (key, Certificate::parse(&der).unwrap())
}

fn sign(algorithm: Algorithm, to: &mut SignedMessage) -> usize {
    let (key, certificate) = holder(algorithm);
    let digest = certificate.public_key.hash_algorithm().hash(CONTENT);
    let draft = Draft::new(&certificate, &digest, NOW).unwrap();
    to.add_signer(draft.sign(&key, &crypto::provider()).unwrap()).unwrap()
}

fn attached(algorithm: Algorithm) -> Vec<u8> {
    let mut message = SignedMessage::new();
    sign(algorithm, &mut message);
    message.to_attached(CONTENT)
}

fn is_good(message: &SignedMessage, digests: &[Digest]) -> bool {
    message.signers().iter().all(|signer| message.check(signer, digests).is_good())
}

#[test]
fn signers_of_all_algorithms_share_a_message() {
    let mut message = SignedMessage::new();
    for (index, algorithm) in Algorithm::ALL.into_iter().enumerate() {
        let before: Vec<_> = message.signers().to_vec();
        assert_eq!(sign(algorithm, &mut message), index);
        assert_eq!(message.signers()[..index], before);
        let read = SignedMessage::parse(&message.to_attached(CONTENT)).unwrap();
        assert_eq!(read.signers().len(), index + 1);
        assert!(is_good(&read, &[]));
        let detached = SignedMessage::parse(&message.to_detached()).unwrap();
        assert!(!is_good(&detached, &[]));
        let hashes = [HashAlgorithm::Sha256, HashAlgorithm::Streebog512];
        assert!(is_good(&detached, &hashes.map(|hash| hash.hash(CONTENT))));
        assert!(!is_good(&detached, &hashes.map(|hash| hash.hash(b"Contract"))));
        // A message that was read goes on as one that was made.
        message = read;
    }
    assert_eq!(message.digest(HashAlgorithm::Sha512), Some(HashAlgorithm::Sha512.hash(CONTENT)));
}

#[test]
fn pieces_of_any_size_make_the_same_message() {
    let der = attached(Algorithm::P256);
    for size in [1, 2, 3, 50, 51, der.len()] {
        let mut reader = Reader::new();
        let mut octets = Vec::new();
        for piece in der.chunks(size) {
            reader.feed_into(piece, &mut |bytes| octets.extend_from_slice(bytes)).unwrap();
        }
        let message = reader.finish().unwrap();
        assert_eq!(octets, CONTENT);
        assert_eq!(message.content(), None);
        assert_eq!(message.attached, Some(CONTENT.len() as u64));
        assert!(is_good(&message, &[]), "{size}");
        assert_eq!(message.to_attached(CONTENT), der);
    }
}

#[test]
fn a_message_that_is_cut_or_has_a_tail_is_refused() {
    let der = attached(Algorithm::P256);
    for length in 0..der.len() {
        let read = SignedMessage::parse(&der[..length]);
        assert_eq!(read.unwrap_err(), NotCms::Truncated { at: length as u64 });
    }
    let tail = [der.as_slice(), b"\n"].concat();
    let error = NotCms::Tail { at: der.len() as u64 };
    assert_eq!(SignedMessage::parse(&tail).unwrap_err(), error);
    let mut reader = Reader::new();
    assert_eq!(reader.feed(&tail), Err(error));
    assert_eq!(reader.feed(b""), Err(error));
    assert_eq!(reader.finish().unwrap_err(), error);
}

/// The same message in BER: every constructed element without its length, the content in segments.
fn indefinite(der: &[u8]) -> Vec<u8> {
    fn convert(element: Element<'_>, depth: usize, to: &mut Vec<u8>) {
        // Certificates and what was signed stay as they are.
        let is_certificate = depth == 4 && element.tag == tag::SEQUENCE;
        if element.tag & 0x20 == 0 || is_certificate || depth > 6 {
            to.extend_from_slice(element.whole);
            return;
        }
        to.extend_from_slice(&[element.tag, 0x80]);
        for inside in element.all(100).unwrap() {
            if element.tag == tag::context_constructed(0) && inside.value == CONTENT {
                let (left, right) = CONTENT.split_at(3);
                to.extend_from_slice(&[0x24, 0x80]);
                to.extend(wrap(0x24, &[&wrap(4, &[left]), &wrap(4, &[])]));
                to.extend(wrap(4, &[right]));
                to.extend_from_slice(&[0, 0]);
            } else {
                convert(inside, depth + 1, to);
            }
        }
        to.extend_from_slice(&[0, 0]);
    }
    let mut ber = Vec::new();
    convert(Element::only(der, tag::SEQUENCE).unwrap(), 0, &mut ber);
    ber
}

#[test]
fn ber_is_read_as_der_and_written_as_der() {
    for algorithm in [Algorithm::P256, Algorithm::Gost512] {
        let der = attached(algorithm);
        let ber = indefinite(&der);
        assert_ne!(ber, der);
        for size in [1, 10, ber.len()] {
            let mut reader = Reader::new().keeping(100);
            ber.chunks(size).for_each(|piece| reader.feed(piece).unwrap());
            let message = reader.finish().unwrap();
            assert_eq!(message.content(), Some(CONTENT));
            assert!(is_good(&message, &[]));
            assert_eq!(message.to_attached(CONTENT), der);
        }
        for length in 0..ber.len() {
            let read = SignedMessage::parse(&ber[..length]);
            assert_eq!(read.unwrap_err(), NotCms::Truncated { at: length as u64 });
        }
    }
}

#[test]
fn nothing_panics_and_no_damage_is_good() {
    let (der, hashes) = (attached(Algorithm::P256), [HashAlgorithm::Sha256.hash(CONTENT)]);
    for message in [der.clone(), indefinite(&der)] {
        for at in 0..message.len() {
            for change in [0x00, 0x01, 0x20, 0x7f, 0x80, 0x84, 0xff] {
                let mut changed = message.clone();
                changed[at] = change;
                let Ok(read) = SignedMessage::parse(&changed) else { continue };
                for signer in read.signers() {
                    let check = read.check(signer, &hashes);
                    let same = changed == message || read.content() == Some(CONTENT);
                    assert!(same || !check.is_good(), "{at} {change:02x}");
                }
                let _ = (read.to_detached(), read.revocation_answers(), read.needed_hashes());
            }
        }
    }
}

#[test]
fn lengths_that_are_claimed_take_no_memory() {
    // SEQUENCE, OID, [0], SEQUENCE, version, then a set of digest algorithms that claims to be of 2^56 bytes.
    let start = [
        0x30, 0x80, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 2, 0xa0, 0x80, 0x30, 0x80, 2,
        1, 1,
    ];
    let mut reader = Reader::new();
    reader.feed(&start).unwrap();
    reader.feed(&[0x31, 0x88, 1, 0, 0, 0, 0, 0, 0, 0]).unwrap();
    let piece = vec![0; 1 << 20];
    let fed = (0..).find(|_| reader.feed(&piece).is_err()).unwrap();
    assert_eq!((fed, reader.feed(&[])), (15, Err(NotCms::TooLarge)));

    let mut reader = Reader::new();
    reader.feed(&start).unwrap();
    reader.feed(&[0x31]).unwrap();
    let deep = (0..100).find(|_| reader.feed(&[0x80, 0x30]).is_err()).unwrap();
    assert!(deep < 40, "{deep}");
    assert!(matches!(reader.feed(&[]), Err(NotCms::TooDeep { .. })));
}

/// A message whose only signer's attributes are changed and signed.
fn with_attributes(change: impl Fn(Vec<Vec<u8>>) -> Vec<Vec<u8>>) -> SignedMessage {
    let (key, certificate) = holder(Algorithm::P256);
    let digest = HashAlgorithm::Sha256.hash(CONTENT);
    let draft = Draft::new(&certificate, &digest, NOW).unwrap();
    let signer = draft.sign(&key, &crypto::provider()).unwrap();
    let mut message = SignedMessage::new();
    message.add_signer(signer.clone()).unwrap();
    let signed = signer.info.signed.as_ref().unwrap();
    let set = Element::only(&signed.signed, tag::SET).unwrap();
    let attributes = set.all(10).unwrap().iter().map(|one| one.whole.to_vec()).collect();
    let attributes = change(attributes).concat();
    let signature = crypto::provider().sign_message(&key, &wrap(tag::SET, &[&attributes])).unwrap();
    let info = signer.info.to_der();
    let mut parts = Element::only(&info, tag::SEQUENCE).unwrap().all(10).unwrap();
    let (attributes, signature) =
        (wrap(tag::context_constructed(0), &[&attributes]), wrap(tag::OCTET_STRING, &[&signature]));
    parts[3].whole = &attributes;
    parts[5].whole = &signature;
    let whole: Vec<&[u8]> = parts.iter().map(|part| part.whole).collect();
    let changed = SignerInfo::read(&wrap(tag::SEQUENCE, &whole)).unwrap();
    message.signers = vec![changed];
    SignedMessage::parse(&message.to_attached(CONTENT)).unwrap()
}

fn faults(message: &SignedMessage) -> Vec<String> {
    let check = message.check(&message.signers()[0], &[]);
    assert_eq!(check.signature, Outcome::Good);
    check.faults.iter().map(ToString::to_string).collect()
}

#[test]
fn attributes_that_are_unsound_make_the_signer_bad() {
    // In the order of DER: contentType, signingTime, messageDigest, signingCertificateV2.
    let none: [&str; 0] = [];
    assert_eq!(faults(&with_attributes(|all| all)), none);
    // Some sign what they wrote, in whichever order that is.
    assert_eq!(faults(&with_attributes(|all| all.into_iter().rev().collect())), none);
    assert_eq!(faults(&with_attributes(|all| all[..3].to_vec())), none);
    assert_eq!(
        faults(&with_attributes(|all| all[1..].to_vec())),
        ["the content's type is not signed"]
    );
    assert_eq!(
        faults(&with_attributes(|all| all[..2].to_vec())),
        ["the content's digest is not signed"]
    );
    assert_eq!(
        faults(&with_attributes(|all| [all.clone(), all[2..3].to_vec()].concat())),
        ["the signed attribute 1.2.840.113549.1.9.4 comes twice"]
    );
    let two_values = |all: Vec<Vec<u8>>| {
        let attribute = Element::only(&all[1], tag::SEQUENCE).unwrap().all(2).unwrap();
        let twice = wrap(tag::SET, &[attribute[1].value, attribute[1].value]);
        let attribute = wrap(tag::SEQUENCE, &[attribute[0].whole, &twice]);
        vec![all[0].clone(), attribute, all[2].clone(), all[3].clone()]
    };
    assert_eq!(
        faults(&with_attributes(two_values)),
        ["the signed attribute 1.2.840.113549.1.9.5 comes twice"]
    );
    let bad_time = |mut all: Vec<Vec<u8>>| {
        // The thirteenth month.
        let at = all[1].len() - 11;
        all[1][at] = b'1';
        all[1][at + 1] = b'3';
        all
    };
    assert_eq!(
        faults(&with_attributes(bad_time)),
        ["the signed attribute 1.2.840.113549.1.9.5 is malformed"]
    );
    let other_certificate = |mut all: Vec<Vec<u8>>| {
        *all[3].last_mut().unwrap() ^= 1;
        all
    };
    assert_eq!(
        faults(&with_attributes(other_certificate)),
        ["the signer named another certificate"]
    );
    let other_type = |mut all: Vec<Vec<u8>>| {
        *all[0].last_mut().unwrap() ^= 2;
        all
    };
    assert_eq!(
        faults(&with_attributes(other_type)),
        ["the content has another type than the one that was signed"]
    );
    let other_digest = |mut all: Vec<Vec<u8>>| {
        *all[2].last_mut().unwrap() ^= 1;
        all
    };
    let message = with_attributes(other_digest);
    assert_eq!(message.check(&message.signers()[0], &[]).digest, Outcome::Bad);
}

#[test]
fn what_does_not_belong_together_is_not_put_together() {
    let (_, certificate) = holder(Algorithm::P256);
    let (other_key, _) = holder(Algorithm::P256);
    let digest = HashAlgorithm::Sha256.hash(CONTENT);
    let draft = Draft::new(&certificate, &digest, NOW).unwrap();
    assert!(draft.clone().sign(&other_key, &crypto::provider()).is_err());
    assert!(draft.assemble(&[]).is_err());
    for (hash, at, expected) in [
        (HashAlgorithm::Streebog512, NOW, CannotDraft::OtherHash(HashAlgorithm::Streebog512)),
        (HashAlgorithm::Sha1, NOW, CannotDraft::OtherHash(HashAlgorithm::Sha1)),
        (HashAlgorithm::Sha256, UnixTime::from_secs(-1), CannotDraft::Time),
        (HashAlgorithm::Sha256, UnixTime::from_secs(i64::MAX), CannotDraft::Time),
    ] {
        let draft = Draft::new(&certificate, &hash.hash(CONTENT), at);
        assert_eq!(draft.unwrap_err(), expected);
    }

    let (key, certificate) = holder(Algorithm::P256);
    let mut message = SignedMessage::parse(&attached(Algorithm::P256)).unwrap();
    let sign = |content_type, content: &[u8]| {
        let digest = HashAlgorithm::Sha256.hash(content);
        let draft = Draft::of_type(content_type, &certificate, &digest, NOW).unwrap();
        draft.sign(&key, &crypto::provider()).unwrap()
    };
    let other = sign(DATA, b"Contract");
    assert_eq!(message.add_signer(other), Err(CannotAdd::OtherContent));
    let typed = sign(crate::tsp::TST_INFO, CONTENT);
    assert_eq!(message.add_signer(typed), Err(CannotAdd::OtherContentType));
    assert_eq!(message.add_certificate(b"certificate"), Err(CannotAdd::Certificate));
    assert_eq!(message.add_time_stamp(1, &[]), Err(CannotAdd::NoSuchSigner));
    assert_eq!(message.add_time_stamp(0, &message.to_detached()), Err(CannotAdd::TimeStamp));
    assert_eq!(message.add_signer(sign(DATA, CONTENT)), Ok(1));
}

#[test]
fn signing_times_are_written_as_their_year_wants_it() {
    let (key, certificate) = holder(Algorithm::P256);
    for text in ["2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
        let at = UnixTime::parse_rfc3339(text).unwrap();
        let draft = Draft::new(&certificate, &HashAlgorithm::Sha256.hash(CONTENT), at).unwrap();
        let signer = draft.sign(&key, &crypto::provider()).unwrap();
        let signed = signer.info().signed.as_ref().unwrap();
        assert_eq!(signed.signing_time, Some(at));
        let tag = if text < "2050" { tag::UTC_TIME } else { tag::GENERALIZED_TIME };
        assert!(signed.signed.windows(2).any(|pair| pair[0] == tag), "{text}");
    }
}

#[test]
fn parts_of_a_second_are_dropped() {
    for (text, expected) in [
        ("20260301090500Z", Some("2026-03-01T09:05:00Z")),
        ("20260301090500.123456Z", Some("2026-03-01T09:05:00Z")),
        ("20260301090500+0500", None),
        ("202603010905Z", None),
        ("20261301090500Z", None),
    ] {
        let element = wrap(tag::GENERALIZED_TIME, &[text.as_bytes()]);
        let element = Element::only(&element, tag::GENERALIZED_TIME).unwrap();
        let read = moment(element).ok().map(UnixTime::rfc3339);
        assert_eq!(read.as_deref(), expected, "{text}");
    }
}

#[test]
fn the_attributes_of_a_signature_are_no_content() {
    let message = SignedMessage::parse(&attached(Algorithm::P256)).unwrap();
    let signer = &message.signers()[0];
    // The signature is over these bytes, and so would be one without attributes.
    let content = signer.signed.as_ref().unwrap().signed.clone();
    let info = signer.to_der();
    let parts = Element::only(&info, tag::SEQUENCE).unwrap().all(10).unwrap();
    let parts: Vec<&[u8]> =
        parts.iter().filter(|part| part.tag != 0xa0).map(|part| part.whole).collect();
    let mut forged = message.clone();
    forged.signers = vec![SignerInfo::read(&wrap(tag::SEQUENCE, &parts)).unwrap()];
    let forged = SignedMessage::parse(&forged.to_attached(&content)).unwrap();
    let check = forged.check(&forged.signers()[0], &[]);
    assert_eq!((check.signature, check.digest), (Outcome::Good, Outcome::Good));
    assert_eq!(check.faults, [Fault::AttributesAsContent]);
    assert!(!check.is_good());
}
