//! A change of the password loses nothing.

use super::*;
use const_oid::ObjectIdentifier;

fn changed(file: &[u8], form: Form) -> Result<Vec<u8>, ChangeError> {
    change_password(file, &password("Qwerty12"), &password("Aa123456"), form, &crypto::provider())
}

/// A bag with attributes in an order that is not DER's.
fn odd_bag(id: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    let attributes = [
        0x31, 0x12, 0x30, 0x09, 0x06, 0x03, 0x2a, 0x03, 0x05, 0x31, 0x02, 0x05, 0x00, 0x30, 0x05,
        0x06, 0x01, 0x2a, 0x31, 0x00,
    ];
    let value = der::AnyRef::from_der(value).unwrap();
    let attributes = Some(der::AnyRef::from_der(&attributes).unwrap());
    vec![SafeBag { id, value, attributes }].to_der().unwrap()
}

#[test]
fn bags_of_all_kinds_stay_as_they_were() {
    let key = key(Algorithm::P256);
    let unknown = ObjectIdentifier::new_unwrap("1.2.3.4");
    let parts = [
        odd_bag(bag::KEY_BAG, key.pkcs8()),
        odd_bag(unknown, &[0x30, 0x03, 0x02, 0x01, 0x05]),
        odd_bag(bag::CRL_BAG, &[0x30, 0x00]),
        bags_of(bag::NESTED_BAG, &bags_of(bag::KEY_BAG, key.pkcs8(), 2), 1),
    ];
    let safe: Vec<ContentInfo<'_>> = parts
        .iter()
        .map(|bags| ContentInfo {
            content_type: bag::DATA,
            content: OctetStringRef::new(bags).unwrap().into(),
        })
        .collect();
    let file = sealed(&safe.to_der().unwrap());
    let before = read::read(&file, &password("Qwerty12")).unwrap();
    for form in [Form::Modern(Strength::Random), Form::Legacy] {
        let file = changed(&file, form).unwrap();
        let after = read::read(&file, &password("Aa123456")).unwrap();
        assert!(before.same_as(&after));
        let opened = open(&file, &password("Aa123456")).unwrap();
        assert_eq!(opened.entries.len(), 3);
        let kinds = opened.skipped.iter().map(|one| one.kind).collect::<Vec<_>>();
        assert_eq!(kinds, [SkippedKind::Other, SkippedKind::RevocationList]);
        // The keys lay open; they do so no more.
        let scalar = &key.pkcs8()[36..68];
        assert!(!file.windows(scalar.len()).any(|window| window == scalar));
        assert_eq!(open(&file, &password("Qwerty12")).unwrap_err(), OpenError::WrongPassword);
    }
}

#[test]
fn what_would_be_lost_is_not_changed() {
    let refused = |bags: &[u8]| changed(&sealed(&safe_of(bags, 1)), Form::Legacy).unwrap_err();
    let secret = refused(&bags_of(bag::SECRET_BAG, &[0x05, 0], 1));
    assert!(matches!(secret, ChangeError::WouldLose { .. }));
    let nested = bags_of(bag::SECRET_BAG, &[0x05, 0], 1);
    let nested = refused(&bags_of(bag::NESTED_BAG, &nested, 1));
    assert!(matches!(nested, ChangeError::WouldLose { .. }));
    // EncryptedPrivateKeyInfo with an algorithm of nobody.
    let foreign = hex("300a 3005 06032a0304 040100");
    let foreign = refused(&bags_of(bag::SHROUDED_KEY_BAG, &foreign, 1));
    assert!(matches!(foreign, ChangeError::WouldLose { .. }), "{foreign:?}");
    let file = written(&full_entry(Algorithm::P256), "Another1");
    let error = changed(&file, Form::Legacy).unwrap_err();
    assert_eq!(error, ChangeError::Open(OpenError::WrongPassword));
    assert_eq!(error.to_string(), "the password is wrong");
}
