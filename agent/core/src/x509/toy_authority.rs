//! An authority for tests: it issues whatever a test wants, sound or not.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc4519;
use const_oid::db::rfc5280;
use der::asn1::{OctetString, PrintableStringRef, SetOfVec, Utf8StringRef};
use der::{Any, DateTime, Decode, Encode, flagset::FlagSet};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::{TbsCertificate, Version};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::{
    BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, KeyUsages,
};
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use super::name::Person;
use super::{oid, signed};
use crate::crypto::{Algorithm, PrivateKey, PublicKey, tests as crypto};
use crate::iin::Iin;
use crate::layout::Purpose;
use crate::time::UnixTime;

/// 2026-03-01T09:05:00Z, the moment at which tests happen.
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_772_355_900);

const DAY: i64 = 86_400;

pub(crate) fn person() -> Person {
    Person::new(
        Iin::parse("900101300176").unwrap(),
        "ТЕСТОВ".to_owned(),
        "ТЕСТ".to_owned(),
        Some("ТЕСТОВИЧ".to_owned()),
    )
    .unwrap()
}

/// Everything that a certificate says; tests change what they want to be wrong.
#[derive(Clone)]
pub(crate) struct Recipe {
    pub(crate) serial: [u8; 3],
    pub(crate) subject: RdnSequence,
    pub(crate) issuer: RdnSequence,
    pub(crate) key: PublicKey,
    pub(crate) not_before: UnixTime,
    pub(crate) not_after: UnixTime,
    pub(crate) usages: FlagSet<KeyUsages>,
    pub(crate) extended: Vec<ObjectIdentifier>,
    pub(crate) policies: Vec<ObjectIdentifier>,
    pub(crate) authority: Option<BasicConstraints>,
    pub(crate) more: Vec<Extension>,
}

pub(crate) fn authority_name(text: &str) -> RdnSequence {
    RdnSequence(vec![
        attribute(rfc4519::CN, Any::encode_from(&Utf8StringRef::new(text).unwrap()).unwrap()),
        attribute(rfc4519::C, Any::encode_from(&PrintableStringRef::new("KZ").unwrap()).unwrap()),
    ])
}

pub(crate) fn attribute(oid: ObjectIdentifier, value: Any) -> RelativeDistinguishedName {
    let pair = AttributeTypeAndValue { oid, value };
    RelativeDistinguishedName(SetOfVec::try_from(vec![pair]).unwrap())
}

pub(crate) fn extension(oid: ObjectIdentifier, critical: bool, value: &impl Encode) -> Extension {
    let extn_value = OctetString::new(value.to_der().unwrap()).unwrap();
    Extension { extn_id: oid, critical, extn_value }
}

impl Recipe {
    /// A sandbox's certificate for a person's key, as it should be.
    pub(crate) fn leaf(key: &PublicKey, purpose: Purpose) -> Self {
        let (usages, usage) = match purpose {
            Purpose::Auth => {
                (KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment, oid::CLIENT_AUTH)
            }
            Purpose::Sign => {
                (KeyUsages::DigitalSignature | KeyUsages::NonRepudiation, oid::EMAIL_PROTECTION)
            }
        };
        Self {
            serial: [0x1a, 0x2b, 0x3c],
            subject: person().to_name().unwrap(),
            issuer: authority_name("TOY SANDBOX ISSUING"),
            key: key.clone(),
            not_before: NOW,
            not_after: NOW.plus_secs(365 * DAY),
            usages,
            extended: vec![usage, oid::ROLE_INDIVIDUAL, oid::IDENTIFIED_BY_DIGITAL_ID],
            policies: vec![oid::POLICY_NCA, oid::SANDBOX_POLICY],
            authority: None,
            more: Vec::new(),
        }
    }

    /// A sandbox's authority, as it should be.
    pub(crate) fn authority(key: &PublicKey, subject: &str, issuer: &str) -> Self {
        Self {
            serial: [0x1a, 0x2b, 0x3c],
            subject: authority_name(subject),
            issuer: authority_name(issuer),
            key: key.clone(),
            not_before: NOW.plus_secs(-DAY),
            not_after: NOW.plus_secs(3650 * DAY),
            usages: KeyUsages::KeyCertSign | KeyUsages::CRLSign,
            extended: Vec::new(),
            policies: vec![oid::POLICY_NCA, oid::SANDBOX_POLICY],
            authority: Some(BasicConstraints { ca: true, path_len_constraint: None }),
            more: Vec::new(),
        }
    }

    /// Writes and signs it.
    pub(crate) fn issue(&self, signer: &PrivateKey) -> Vec<u8> {
        let algorithm = signer.public().signature_algorithm();
        let mut extensions =
            vec![extension(rfc5280::ID_CE_KEY_USAGE, true, &KeyUsage(self.usages))];
        if let Some(constraints) = &self.authority {
            extensions.push(extension(rfc5280::ID_CE_BASIC_CONSTRAINTS, true, constraints));
        }
        if !self.extended.is_empty() {
            let extended = ExtendedKeyUsage(self.extended.clone());
            extensions.push(extension(rfc5280::ID_CE_EXT_KEY_USAGE, false, &extended));
        }
        if !self.policies.is_empty() {
            let policies = self.policies.iter().map(|policy| PolicyInformation {
                policy_identifier: *policy,
                policy_qualifiers: None,
            });
            let policies = CertificatePolicies(policies.collect());
            extensions.push(extension(rfc5280::ID_CE_CERTIFICATE_POLICIES, false, &policies));
        }
        extensions.extend(self.more.iter().cloned());
        let body = TbsCertificate {
            version: Version::V3,
            serial_number: SerialNumber::new(&self.serial).unwrap(),
            signature: algorithm.identifier(),
            issuer: self.issuer.clone(),
            validity: Validity {
                not_before: moment(self.not_before),
                not_after: moment(self.not_after),
            },
            subject: self.subject.clone(),
            subject_public_key_info: SubjectPublicKeyInfoOwned::from_der(self.key.spki()).unwrap(),
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(extensions),
        }
        .to_der()
        .unwrap();
        let provider = crypto::provider();
        let signature = provider.sign_message(signer, &body).unwrap();
        signed::assemble(&body, algorithm, &signature).unwrap()
    }
}

pub(crate) fn moment(time: UnixTime) -> Time {
    let seconds = std::time::Duration::from_secs(u64::try_from(time.as_secs()).unwrap());
    Time::UtcTime(DateTime::from_unix_duration(seconds).unwrap().try_into().unwrap())
}

/// A root and an issuing authority, with their keys.
pub(crate) struct Authorities {
    pub(crate) root: PrivateKey,
    pub(crate) issuing: PrivateKey,
}

impl Authorities {
    pub(crate) fn new() -> Self {
        Self { root: crypto::key(Algorithm::P256), issuing: crypto::key(Algorithm::P256) }
    }

    pub(crate) fn root_recipe(&self) -> Recipe {
        Recipe::authority(self.root.public(), "TOY SANDBOX ROOT", "TOY SANDBOX ROOT")
    }

    pub(crate) fn issuing_recipe(&self) -> Recipe {
        Recipe::authority(self.issuing.public(), "TOY SANDBOX ISSUING", "TOY SANDBOX ROOT")
    }

    /// The issuing authority's certificate, then the root's.
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        vec![self.issuing_recipe().issue(&self.root), self.root_recipe().issue(&self.root)]
    }
}
