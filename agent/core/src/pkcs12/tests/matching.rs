//! Which certificate belongs to which key.

use zeroize::Zeroizing;

use super::super::contents::{Bag, Contents, Safe, Value};
use super::*;

fn attributes(id: &[u8]) -> Vec<u8> {
    // SET { SEQUENCE { localKeyId, SET { OCTET STRING } } }
    let value = OctetStringRef::new(id).unwrap().to_der().unwrap();
    let set = der::AnyRef::new(der::Tag::Set, &value).unwrap().to_der().unwrap();
    let attribute = [bag::LOCAL_KEY_ID.to_der().unwrap(), set].concat();
    let attribute = der::AnyRef::new(der::Tag::Sequence, &attribute).unwrap().to_der().unwrap();
    der::AnyRef::new(der::Tag::Set, &attribute).unwrap().to_der().unwrap()
}

fn key_bag(key: &PrivateKey, id: Option<&[u8]>) -> Bag {
    Bag {
        id: bag::KEY_BAG,
        value: Value::Key(Zeroizing::new(key.pkcs8().to_vec())),
        attributes: id.map(attributes),
    }
}

fn certificate_bag(der: &[u8], id: Option<&[u8]>) -> Bag {
    let value = Value::Certificate(der.to_vec());
    Bag { id: bag::CERTIFICATE_BAG, value, attributes: id.map(attributes) }
}

fn sorted(bags: Vec<Bag>, has_mac: bool) -> Result<Opened, OpenError> {
    entries::sorted(Contents { has_mac, safes: vec![Safe::Read { encrypted: true, bags }] })
}

#[test]
fn of_two_certificates_of_a_key_the_local_key_id_chooses() {
    let authorities = Authorities::new();
    let key = key(Algorithm::P256);
    let [old, new] = [Purpose::Auth, Purpose::Sign]
        .map(|purpose| Recipe::leaf(key.public(), purpose).issue(&authorities.issuing));
    for (id, expected, other) in [
        (Some(&b"new"[..]), &new, &old),
        (Some(b"old"), &old, &new),
        (Some(b"none"), &old, &new),
        (None, &old, &new),
    ] {
        let bags = vec![
            certificate_bag(&old, Some(b"old")),
            certificate_bag(&new, Some(b"new")),
            key_bag(&key, id),
        ];
        let opened = sorted(bags, true).unwrap();
        assert_eq!(opened.entries[0].certificates[0], *expected);
        assert!(opened.extra_certificates.iter().eq([other]));
    }
}

#[test]
fn a_local_key_id_that_lies_is_not_believed() {
    let authorities = Authorities::new();
    let (mine, other) = (key(Algorithm::P256), key(Algorithm::P256));
    let issue =
        |key: &PrivateKey| Recipe::leaf(key.public(), Purpose::Sign).issue(&authorities.issuing);
    let (own, foreign) = (issue(&mine), issue(&other));
    let bags = || vec![key_bag(&mine, Some(b"1")), certificate_bag(&foreign, Some(b"1"))];
    let opened = sorted(bags(), true).unwrap();
    assert!(opened.entries[0].certificates.is_empty());
    assert!(opened.extra_certificates.iter().eq([&foreign]));
    // The right one is found by its key.
    let mut all = bags();
    all.push(certificate_bag(&own, None));
    let opened = sorted(all, true).unwrap();
    assert_eq!(opened.entries[0].certificates, [own]);
    // Without a MAC the key may have been changed.
    assert!(matches!(sorted(bags(), false).unwrap_err(), OpenError::Damaged { .. }));
}

#[test]
fn gost_keys_of_both_standards_are_written_and_read() {
    // The second key of `tests/vectors/kz/known-answers-gost.txt`, as PKCS#8.
    let old = hex(
        "304e020100302506092a830e030a010101013018060a2a830e030a0101010101060a2a830e030a0103010100\
         042202201f4645e4f0c4fcff923fd70638568547f841cdfbacfb3fcbaa2029ee0d9664cc",
    );
    let old = PrivateKey::from_pkcs8(&old).unwrap();
    for key in [old, crypto::key(Algorithm::Gost512)] {
        let entry = Entry::new(key, Vec::new());
        for form in [Form::Modern(Strength::Random), Form::Legacy] {
            let file = write(&entry, &password("Qwerty12"), form, &crypto::provider()).unwrap();
            assert_eq!(opened(&file, "Qwerty12").key.pkcs8(), entry.key.pkcs8());
        }
    }
}
