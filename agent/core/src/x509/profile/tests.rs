//! The profile: what is read of it, and what a key is for.

use der::Any;
use der::asn1::{Ia5StringRef, Utf8StringRef};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsages};

use super::super::toy_authority::{Authorities, Recipe, attribute, extension};
use super::*;
use crate::crypto::{Algorithm, tests as crypto};
use crate::layout;

fn leaf() -> (Authorities, Recipe) {
    let key = crypto::key(Algorithm::P256);
    (Authorities::new(), Recipe::leaf(key.public(), layout::Purpose::Sign))
}

fn dotted(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

#[test]
fn a_holder_is_read_into_plain_data() {
    let (authorities, mut recipe) = leaf();
    let utf8 = |text| Any::encode_from(&Utf8StringRef::new(text).unwrap()).unwrap();
    let ia5 = |text| Any::encode_from(&Ia5StringRef::new(text).unwrap()).unwrap();
    for (oid, value) in [
        (rfc4519::O, utf8("АО \"ТЕСТ\"")),
        (rfc4519::OU, utf8("BIN123456789021")),
        (rfc4519::L, utf8("АЛМАТЫ")),
        (rfc4519::ST, utf8("АЛМАТЫ")),
        (rfc4519::BUSINESS_CATEGORY, utf8("KS01234")),
        (rfc4519::DC, ia5("1234")),
        (rfc4519::DC, ia5("ROLE04")),
        (rfc4519::UID, utf8("1.2.398.6.10.1.1")),
        (rfc3280::EMAIL_ADDRESS, ia5("a@example.kz")),
    ] {
        recipe.subject.0.push(attribute(oid, value));
    }
    recipe.extended.extend([
        oid::ROLE_LEGAL,
        oid::ROLE_PERSONNEL,
        dotted("1.2.398.3.3.4.1.2.6.17"),
        dotted("1.2.398.6.1.1.1.3"),
        dotted("1.2.398.99.1"),
    ]);
    let profile = Certificate::parse(&recipe.issue(&authorities.issuing)).unwrap().profile();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(profile.iin, text("900101300176"));
    assert_eq!(profile.bin, text("123456789021"));
    assert_eq!(profile.surname, text("ТЕСТОВ"));
    assert_eq!(profile.given_name, text("ТЕСТ"));
    assert_eq!(profile.patronymic, text("ТЕСТОВИЧ"));
    assert_eq!(profile.organisation, text("АО \"ТЕСТ\""));
    assert_eq!((profile.locality, profile.region), (text("АЛМАТЫ"), text("АЛМАТЫ")));
    assert_eq!(profile.business_category, text("KS01234"));
    assert_eq!(profile.domain_components, ["1234", "ROLE04"]);
    assert_eq!(profile.system, text("1.2.398.6.10.1.1"));
    assert_eq!(profile.email, text("a@example.kz"));
    let codes: Vec<_> = profile.roles.iter().map(Role::code).collect();
    assert_eq!(
        codes,
        [
            "individual",
            "legal_entity",
            "human_resources",
            "information_system",
            "notary_republican_chamber",
            "other"
        ]
    );
    let oids: Vec<_> = profile.roles.iter().map(Role::oid).collect();
    assert_eq!(oids[3..], ["1.2.398.3.3.4.1.2.6.17", "1.2.398.6.1.1.1.3", "1.2.398.99.1"]);
    assert_eq!(profile.purpose, Some(Purpose::Sign));
    assert_eq!(profile.identification, Some(Identification::DigitalId));
    let policies: Vec<_> = profile.policies.iter().map(Policy::code).collect();
    assert_eq!(policies, ["nca", "sandbox"]);
    assert_eq!(profile.storage, None);
}

#[test]
fn a_purpose_follows_from_the_usages() {
    let (sign, auth) = (oid::EMAIL_PROTECTION, oid::CLIENT_AUTH);
    let digital = KeyUsages::DigitalSignature;
    let documents = digital | KeyUsages::NonRepudiation;
    let secrets = digital | KeyUsages::KeyEncipherment;
    let stamps = rfc5280::ID_KP_TIME_STAMPING;
    for (extended, usages, expected) in [
        (vec![sign], documents, Some(Purpose::Sign)),
        (vec![auth], secrets, Some(Purpose::Auth)),
        (vec![auth, sign], documents, Some(Purpose::Both)),
        (vec![oid::ROLE_LEGAL], documents, Some(Purpose::Sign)),
        (vec![oid::ROLE_LEGAL], secrets, Some(Purpose::Auth)),
        (vec![], documents, Some(Purpose::Sign)),
        (vec![], digital.into(), Some(Purpose::Both)),
        (vec![rfc5280::ANY_EXTENDED_KEY_USAGE], secrets, Some(Purpose::Auth)),
        (vec![stamps], documents, None),
        (vec![sign], KeyUsages::KeyEncipherment.into(), None),
    ] {
        let (authorities, mut recipe) = leaf();
        (recipe.extended, recipe.usages) = (extended, usages);
        let read = Certificate::parse(&recipe.issue(&authorities.issuing)).unwrap();
        assert_eq!(read.profile().purpose, expected, "{read:?} {:?}", read.extended_usages);
    }
    let (authorities, mut recipe) = leaf();
    recipe.authority = Some(BasicConstraints { ca: true, path_len_constraint: None });
    let authority = Certificate::parse(&recipe.issue(&authorities.issuing)).unwrap();
    assert_eq!(authority.profile().purpose, None);
}

#[test]
fn every_identifier_that_is_known_comes_back_as_itself() {
    for arc in ["1.2.398.3.3.4.1.2.6", "1.2.398.3.3.4.1.2", "1.2.398.6.1.1.1", "1.2.398.3.3.4.2"] {
        for number in 0..9 {
            let oid = format!("{arc}.{number}");
            let role = Role::of(&oid).unwrap();
            assert_eq!(role.oid(), oid);
            assert_eq!(role.official_name().is_none(), role.code() == "other", "{oid}");
        }
    }
    for usage in ["1.3.6.1.5.5.7.3.4", "2.5.29.37.0", "1.2.398.3.3.4.3", "1.2.398.3.3.4.3.2.2"] {
        assert_eq!(Role::of(usage), None);
    }
    assert_eq!(Storage::of("1.2.398.3.3.5.2.2").code(), "kaztoken");
    assert_eq!(Storage::of("1.2.398.3.3.5.9").oid(), "1.2.398.3.3.5.9");
    assert_eq!(Policy::of("1.2.398.3.3.2.6.4").code(), "stamp_gost2015");
    assert_eq!(Identification::ServiceCentre.oid(), "1.2.398.3.3.4.3.1");
    let other = Role::of("1.2.398.3.3.4.1.2.6.x");
    assert_eq!(other, Some(Role::Other("1.2.398.3.3.4.1.2.6.x".to_owned())));
}

#[test]
fn an_extension_of_places_is_read_even_if_two_addresses_share_a_line() {
    let (authorities, mut recipe) = leaf();
    let address = "http://crl.example.kz/a.crl\r\n   URL=http://crl1.example.kz/a.crl";
    let name = x509_cert::ext::pkix::name::GeneralName::UniformResourceIdentifier(
        der::asn1::Ia5String::new(address).unwrap(),
    );
    let point = x509_cert::ext::pkix::crl::dp::DistributionPoint {
        distribution_point: Some(x509_cert::ext::pkix::name::DistributionPointName::FullName(
            vec![name],
        )),
        reasons: None,
        crl_issuer: None,
    };
    recipe.more.push(extension(rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS, false, &vec![point]));
    let read = Certificate::parse(&recipe.issue(&authorities.issuing)).unwrap();
    assert_eq!(read.locators.crls, ["http://crl.example.kz/a.crl", "http://crl1.example.kz/a.crl"]);
    assert!(read.locators.ocsp.is_empty() && read.locators.delta_crls.is_empty());
}
