//! Certificates: what is read, and who vouches for them.

use const_oid::db::rfc4519;
use der::Any;
use der::asn1::{PrintableStringRef, Utf8StringRef};
use x509_cert::ext::pkix::KeyUsages;

use super::super::toy_authority::{Authorities, NOW, Recipe, attribute, extension};
use super::*;
use crate::crypto::{Algorithm, tests as crypto};
use crate::layout::Purpose;

#[test]
fn a_certificate_is_read_into_plain_data() {
    let (authorities, key) = (Authorities::new(), crypto::key(Algorithm::P256));
    let der = Recipe::leaf(key.public(), Purpose::Sign).issue(&authorities.issuing);
    let certificate = Certificate::parse(&der).unwrap();
    assert_eq!(certificate.subject.common_name.as_deref(), Some("ТЕСТОВ ТЕСТ"));
    assert_eq!(certificate.subject.iin.as_deref(), Some("900101300176"));
    assert_eq!(certificate.issuer, "TOY SANDBOX ISSUING");
    assert_eq!(certificate.serial, "1a2b3c");
    assert_eq!(certificate.not_before, NOW);
    assert_eq!(certificate.not_after.since(NOW), 365 * 86_400);
    assert_eq!(certificate.public_key, *key.public());
    assert_eq!(certificate.key_id, key.public().key_id());
    let usages = certificate.usages;
    assert!(usages.digital_signature && usages.non_repudiation);
    assert!(!usages.key_encipherment && !usages.certificate_sign && !usages.crl_sign);
    let roles = ["1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.1", "1.2.398.3.3.4.3.2.1"];
    assert_eq!(certificate.extended_usages, roles);
    assert_eq!(certificate.policies, ["1.2.398.3.3.2", "1.3.6.1.4.1.32473.398.1"]);
    assert!(!certificate.is_ca && certificate.email.is_none());
    assert_eq!(certificate.der(), der);
    let shown = format!("{certificate:?}");
    assert_eq!(shown, "Certificate(1a2b3c by \"TOY SANDBOX ISSUING\")");
}

#[test]
fn an_employee_of_a_legal_entity_is_read() {
    let (authorities, key) = (Authorities::new(), crypto::key(Algorithm::P256));
    let utf8 = |text| Any::encode_from(&Utf8StringRef::new(text).unwrap()).unwrap();
    let mut recipe = Recipe::leaf(key.public(), Purpose::Sign);
    recipe.subject.0.push(attribute(rfc4519::O, utf8("ЖШС «Үлгі»")));
    recipe.subject.0.push(attribute(rfc4519::OU, utf8("BIN123456789021")));
    recipe.subject.0.push(attribute(rfc4519::OU, utf8("Бухгалтерия")));
    let subject = Certificate::parse(&recipe.issue(&authorities.issuing)).unwrap().subject;
    assert_eq!(subject.organisation.as_deref(), Some("ЖШС «Үлгі»"));
    assert_eq!(subject.bin.as_deref(), Some("123456789021"));
}

#[test]
fn a_name_with_two_holders_is_refused() {
    let (authorities, key) = (Authorities::new(), crypto::key(Algorithm::P256));
    let number = |text| Any::encode_from(&PrintableStringRef::new(text).unwrap()).unwrap();
    let mut recipe = Recipe::leaf(key.public(), Purpose::Sign);
    let second = attribute(rfc4519::SERIAL_NUMBER, number("IIN500202200026"));
    recipe.subject.0.push(second);
    let read = Certificate::parse(&recipe.issue(&authorities.issuing));
    assert_eq!(read.err(), Some(NotACertificate::Malformed));
}

#[test]
fn an_extension_that_comes_twice_is_refused() {
    let (authorities, key) = (Authorities::new(), crypto::key(Algorithm::P256));
    let mut recipe = Recipe::leaf(key.public(), Purpose::Sign);
    let usages = KeyUsage(KeyUsages::KeyCertSign.into());
    recipe.more.push(extension(ID_CE_KEY_USAGE, true, &usages));
    let read = Certificate::parse(&recipe.issue(&authorities.issuing));
    assert_eq!(read.err(), Some(NotACertificate::Malformed));
}

#[test]
fn only_an_authority_of_that_name_and_key_vouches() {
    let (authorities, key) = (Authorities::new(), crypto::key(Algorithm::P256));
    let parse = |recipe: Recipe, signer| Certificate::parse(&recipe.issue(signer)).unwrap();
    let leaf = || Recipe::leaf(key.public(), Purpose::Sign);
    let sound = parse(leaf(), &authorities.issuing);
    let issuing = parse(authorities.issuing_recipe(), &authorities.root);
    let root = parse(authorities.root_recipe(), &authorities.root);
    assert_eq!(sound.verify_signed_by(&issuing), Ok(()));
    assert_eq!(issuing.verify_signed_by(&root), Ok(()));
    assert_eq!(root.verify_signed_by(&root), Ok(()));
    assert_eq!(sound.verify_signed_by(&root), Err(NotSignedBy::OtherIssuer));

    let forged = parse(leaf(), &authorities.root);
    let bad = Err(NotSignedBy::Signature(BadSignature));
    assert_eq!(forged.verify_signed_by(&issuing), bad);

    let mut no_authority = authorities.issuing_recipe();
    no_authority.authority = None;
    let no_authority = parse(no_authority, &authorities.root);
    assert_eq!(sound.verify_signed_by(&no_authority), Err(NotSignedBy::NotAnAuthority));
    let mut no_usage = authorities.issuing_recipe();
    no_usage.usages = KeyUsages::DigitalSignature.into();
    let no_usage = parse(no_usage, &authorities.root);
    assert_eq!(sound.verify_signed_by(&no_usage), Err(NotSignedBy::NotAnAuthority));
}

#[test]
fn a_changed_certificate_is_never_vouched_for() {
    let (authorities, key) = (Authorities::new(), crypto::key(Algorithm::P256));
    let der = Recipe::leaf(key.public(), Purpose::Auth).issue(&authorities.issuing);
    let issuing = authorities.issuing_recipe().issue(&authorities.root);
    let issuing = Certificate::parse(&issuing).unwrap();
    for at in 0..der.len() {
        let mut changed = der.clone();
        changed[at] ^= 0x20;
        if let Ok(certificate) = Certificate::parse(&changed) {
            assert!(certificate.verify_signed_by(&issuing).is_err(), "byte {at}");
        }
        assert!(Certificate::parse(&der[..at]).is_err());
    }
    let huge = vec![0x30; MAX_CERTIFICATE + 1];
    assert_eq!(Certificate::parse(&huge).err(), Some(NotACertificate::TooLarge));
}

#[test]
fn certificates_are_read_in_any_clothes() {
    let (authorities, key) = (Authorities::new(), crypto::key(Algorithm::P256));
    let one = Recipe::leaf(key.public(), Purpose::Sign).issue(&authorities.issuing);
    let two = authorities.issuing_recipe().issue(&authorities.root);
    let pem = |label: &str, der: &[u8], ends| der::pem::encode_string(label, ends, der).unwrap();
    let (lf, crlf) = (der::pem::LineEnding::LF, der::pem::LineEnding::CRLF);
    let single = |bytes: &[u8]| Certificate::from_pem_or_der(bytes).map(|read| read.der().to_vec());
    let bare: String = pem("CERTIFICATE", &one, lf).lines().filter(|l| !l.contains('-')).collect();
    for bytes in [
        one.clone(),
        pem("CERTIFICATE", &one, lf).into_bytes(),
        format!("\u{feff}subject: x\r\n{}", pem("X509 CERTIFICATE", &one, crlf)).into_bytes(),
        bare.clone().into_bytes(),
        bare.trim_end_matches('=').as_bytes().to_vec(),
    ] {
        assert_eq!(single(&bytes).as_ref(), Ok(&one));
    }
    let many = [
        pem("PRIVATE KEY", b"secret", lf),
        pem("CERTIFICATE", &one, crlf),
        "a note\n".to_owned(),
        pem("CERTIFICATE", &two, lf),
    ]
    .concat();
    let read = Certificate::read_all(many.as_bytes()).unwrap();
    assert_eq!(read.iter().map(Certificate::der).collect::<Vec<_>>(), [&one[..], &two[..]]);
    assert_eq!(single(many.as_bytes()), Err(NotACertificate::Several));
    let key_alone = pem("PRIVATE KEY", b"secret", lf);
    for bad in
        [b"".as_slice(), b"-----BEGIN CERTIFICATE-----", b"hello", &[0xff], key_alone.as_bytes()]
    {
        assert_eq!(single(bad), Err(NotACertificate::Malformed));
    }
    assert_eq!(single(&vec![b'A'; MAX_BUNDLE + 1]), Err(NotACertificate::TooLarge));
    assert_eq!(single(&vec![b'A'; MAX_CERTIFICATE * 2]), Err(NotACertificate::TooLarge));
}

#[test]
fn an_old_version_is_named() {
    let (authorities, key) = (Authorities::new(), crypto::key(Algorithm::P256));
    let der = Recipe::leaf(key.public(), Purpose::Sign).issue(&authorities.issuing);
    // [0] EXPLICIT INTEGER 2 stands at the beginning of the body.
    let at = der.windows(5).position(|five| five == [0xa0, 3, 2, 1, 2]).unwrap();
    for version in [0, 1] {
        let mut old = der.clone();
        old[at + 4] = version;
        assert_eq!(Certificate::parse(&old).err(), Some(NotACertificate::OldVersion));
    }
}

#[test]
fn serial_numbers_are_shown_without_the_byte_of_their_sign() {
    for (number, shown) in
        [(&[0, 0xff][..], "ff"), (&[0x7f, 1], "7f01"), (&[0], "00"), (&[0, 0x80, 0], "8000")]
    {
        assert_eq!(hex(number), shown);
    }
}
