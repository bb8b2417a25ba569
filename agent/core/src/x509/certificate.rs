//! X.509 certificates (RFC 5280), read into plain data.

use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280::{
    ID_CE_BASIC_CONSTRAINTS, ID_CE_CERTIFICATE_POLICIES, ID_CE_EXT_KEY_USAGE, ID_CE_KEY_USAGE,
    ID_CE_SUBJECT_ALT_NAME,
};
use der::{Decode, Encode};
use thiserror::Error;
use x509_cert::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{
    BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, KeyUsages,
};
use x509_cert::time::Time;

use super::extension::{self, KeyStorage};
use super::name::Subject;
use super::oid;
use super::signed::Signed;
use crate::crypto::{BadSignature, KeyId, NotAPublicKey, PublicKey};
use crate::time::UnixTime;

/// Certificates have about 2 kB; more than this is not read.
pub const MAX_CERTIFICATE: usize = 64 * 1024;

/// What the key usage extension allows (RFC 5280, section 4.2.1.3); all of it if there is no such extension.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Usages {
    /// To sign other things than certificates.
    pub digital_signature: bool,
    /// To sign so that it cannot be denied: documents.
    pub non_repudiation: bool,
    /// To encrypt keys.
    pub key_encipherment: bool,
    /// To agree on keys.
    pub key_agreement: bool,
    /// To sign certificates.
    pub certificate_sign: bool,
    /// To sign revocation lists.
    pub crl_sign: bool,
}

/// A certificate that was read. Nothing is verified yet: see [`Certificate::verify_signed_by`] and
/// [`issued::check`](super::issued::check).
#[derive(Clone)]
pub struct Certificate {
    /// Whose it is.
    pub subject: Subject,
    /// Who issued it, to show to people: the authority's common name, or its whole name where it has none.
    pub issuer: String,
    /// The serial number in small hexadecimal digits, two per byte.
    pub serial: String,
    /// From this moment on it is valid.
    pub not_before: UnixTime,
    /// Up to this moment it is valid.
    pub not_after: UnixTime,
    /// The holder's key.
    pub public_key: PublicKey,
    /// The id of that key.
    pub key_id: KeyId,
    /// What the key may be used for.
    pub usages: Usages,
    /// Extended usages, roles and ways of identification, as dotted numbers.
    pub extended_usages: Vec<String>,
    /// Policies, as dotted numbers.
    pub policies: Vec<String>,
    /// The e-mail address among its alternative names.
    pub email: Option<String>,
    /// In what the key is stored.
    pub storage: Option<KeyStorage>,
    /// Whether it may issue certificates.
    pub is_ca: bool,
    path_length: Option<u8>,
    issuer_common_name: Option<String>,
    subject_der: Vec<u8>,
    issuer_der: Vec<u8>,
    unknown_critical: bool,
    signed: Signed,
    der: Vec<u8>,
}

/// Why bytes are not a certificate that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotACertificate {
    /// More than [`MAX_CERTIFICATE`] bytes.
    #[error("the certificate is too large")]
    TooLarge,
    /// No X.509 version 3, or a part of it cannot be read.
    #[error("the certificate is malformed")]
    Malformed,
    /// Its key is weak, malformed or of another kind.
    #[error("the certificate has no key that we use")]
    Key(#[from] NotAPublicKey),
}

/// Why a certificate is not vouched for by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotSignedBy {
    /// The other has another name than this one's issuer.
    #[error("the issuer has another name")]
    OtherIssuer,
    /// The other may not issue certificates.
    #[error("the issuer may not issue certificates")]
    NotAnAuthority,
    /// The signature is not the other's.
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`NotACertificate`] tells damage from keys that are not used.
    pub fn parse(der: &[u8]) -> Result<Self, NotACertificate> {
        if der.len() > MAX_CERTIFICATE {
            return Err(NotACertificate::TooLarge);
        }
        let certificate =
            x509_cert::Certificate::from_der(der).map_err(|_| NotACertificate::Malformed)?;
        let spki = certificate
            .tbs_certificate
            .subject_public_key_info
            .to_der()
            .map_err(|_| NotACertificate::Malformed)?;
        let public_key = PublicKey::from_spki(&spki)?;
        Self::read(&certificate, public_key, der).map_err(|_| NotACertificate::Malformed)
    }

    fn read(
        certificate: &x509_cert::Certificate,
        public_key: PublicKey,
        der: &[u8],
    ) -> Result<Self, der::Error> {
        let body = &certificate.tbs_certificate;
        // RFC 5280, section 4.1.1.2: the algorithm is named twice, and both must agree.
        if body.version != Version::V3 || body.signature != certificate.signature_algorithm {
            return Err(der::ErrorKind::Failed.into());
        }
        let extensions = body.extensions.as_deref().unwrap_or_default();
        if extensions.len() > extension::MAX_EXTENSIONS {
            return Err(der::ErrorKind::Failed.into());
        }
        let constraints = extension::read::<BasicConstraints>(extensions, ID_CE_BASIC_CONSTRAINTS)?;
        let extended = extension::read::<ExtendedKeyUsage>(extensions, ID_CE_EXT_KEY_USAGE)?;
        let policies =
            extension::read::<CertificatePolicies>(extensions, ID_CE_CERTIFICATE_POLICIES)?;
        let issuer = Subject::read(&body.issuer)?;
        Ok(Self {
            subject: Subject::read(&body.subject)?,
            issuer: issuer.common_name.clone().unwrap_or_else(|| body.issuer.to_string()),
            serial: body.serial_number.as_bytes().iter().map(|b| format!("{b:02x}")).collect(),
            not_before: moment(body.validity.not_before),
            not_after: moment(body.validity.not_after),
            key_id: public_key.key_id(),
            public_key,
            usages: usages(extension::read::<KeyUsage>(extensions, ID_CE_KEY_USAGE)?),
            extended_usages: extended.map_or_else(Vec::new, |usages| dotted(&usages.0)),
            policies: policies.map_or_else(Vec::new, |policies| {
                policies.0.iter().map(|policy| policy.policy_identifier.to_string()).collect()
            }),
            email: extension::read_email(extensions)?,
            storage: extension::read_storage(extensions)?,
            is_ca: constraints.as_ref().is_some_and(|constraints| constraints.ca),
            path_length: constraints.and_then(|constraints| constraints.path_len_constraint),
            issuer_common_name: issuer.common_name,
            subject_der: body.subject.to_der()?,
            issuer_der: body.issuer.to_der()?,
            unknown_critical: extensions.iter().any(is_unknown_critical),
            signed: Signed::parse(der)?,
            der: der.to_vec(),
        })
    }

    /// The certificate as it came.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Verifies that the other certificate's holder is an authority that issued this one. Times are not looked at.
    ///
    /// # Errors
    /// [`NotSignedBy`] says what is amiss.
    pub fn verify_signed_by(&self, issuer: &Self) -> Result<(), NotSignedBy> {
        if self.issuer_der != issuer.subject_der {
            return Err(NotSignedBy::OtherIssuer);
        }
        if !issuer.is_ca || !issuer.usages.certificate_sign {
            return Err(NotSignedBy::NotAnAuthority);
        }
        Ok(self.signed.verify(&issuer.public_key)?)
    }

    /// Whether the name of its issuer is its own. Says nothing of the signature.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer_der == self.subject_der
    }

    /// Whether `other` has the name of this certificate's issuer. Says nothing of the signature.
    #[must_use]
    pub fn names_as_issuer(&self, other: &Self) -> bool {
        self.issuer_der == other.subject_der
    }

    /// Whether an extended usage is among those that it has. Without the extension none is.
    #[must_use]
    pub fn has_extended_usage(&self, usage: ObjectIdentifier) -> bool {
        self.extended_usages.contains(&usage.to_string())
    }

    /// Whether it carries the sandbox's policy.
    pub(super) fn has_sandbox_policy(&self) -> bool {
        self.policies.contains(&oid::SANDBOX_POLICY.to_string())
    }

    /// Whether its issuer's common name says that it is a sandbox.
    pub(super) fn has_sandbox_issuer(&self) -> bool {
        self.issuer_common_name.as_ref().is_some_and(|name| name.contains(oid::SANDBOX_WORD))
    }

    /// Whether it has a critical extension that is not understood here, and so must be refused
    /// (RFC 5280, section 4.2).
    pub(super) fn has_unknown_critical(&self) -> bool {
        self.unknown_critical
    }

    /// How many authorities may stand between this one and a holder.
    pub(super) fn path_length(&self) -> Option<usize> {
        self.path_length.map(usize::from)
    }
}

impl fmt::Debug for Certificate {
    /// The holder is left out: a name and an IIN are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} by {:?})", self.serial, self.issuer)
    }
}

fn moment(time: Time) -> UnixTime {
    let seconds = time.to_unix_duration().as_secs();
    UnixTime::from_secs(i64::try_from(seconds).expect("X.509 has no year beyond 9999"))
}

fn dotted(oids: &[ObjectIdentifier]) -> Vec<String> {
    oids.iter().map(ToString::to_string).collect()
}

fn usages(extension: Option<KeyUsage>) -> Usages {
    let has = |usage| extension.is_none_or(|usages| usages.0.contains(usage));
    Usages {
        digital_signature: has(KeyUsages::DigitalSignature),
        non_repudiation: has(KeyUsages::NonRepudiation),
        key_encipherment: has(KeyUsages::KeyEncipherment),
        key_agreement: has(KeyUsages::KeyAgreement),
        certificate_sign: has(KeyUsages::KeyCertSign),
        crl_sign: has(KeyUsages::CRLSign),
    }
}

/// Name constraints are not among the known ones: they are not applied here, so a certificate that insists on them is
/// refused rather than read without them.
fn is_unknown_critical(extension: &Extension) -> bool {
    let known = [
        ID_CE_BASIC_CONSTRAINTS,
        ID_CE_CERTIFICATE_POLICIES,
        ID_CE_EXT_KEY_USAGE,
        ID_CE_KEY_USAGE,
        ID_CE_SUBJECT_ALT_NAME,
        oid::KEY_STORAGE,
    ];
    extension.critical && !known.contains(&extension.extn_id)
}

#[cfg(test)]
mod tests {
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
}
