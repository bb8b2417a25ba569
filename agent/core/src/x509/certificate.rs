//! X.509 certificates (RFC 5280), read into plain data.

mod armour;

use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280::{
    ID_CE_AUTHORITY_KEY_IDENTIFIER, ID_CE_BASIC_CONSTRAINTS, ID_CE_CERTIFICATE_POLICIES,
    ID_CE_CRL_DISTRIBUTION_POINTS, ID_CE_EXT_KEY_USAGE, ID_CE_FRESHEST_CRL,
    ID_CE_INHIBIT_ANY_POLICY, ID_CE_ISSUER_ALT_NAME, ID_CE_KEY_USAGE, ID_CE_NAME_CONSTRAINTS,
    ID_CE_POLICY_MAPPINGS, ID_CE_SUBJECT_ALT_NAME, ID_CE_SUBJECT_KEY_IDENTIFIER,
    ID_PE_AUTHORITY_INFO_ACCESS,
};
use const_oid::db::rfc6960::ID_PKIX_OCSP_NOCHECK;
use der::Decode;
use thiserror::Error;
use x509_cert::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage,
    KeyUsages, NameConstraints, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::time::Time;

pub use self::armour::MAX_BUNDLE;
use super::body::Body;
use super::distinguished::DistinguishedName;
use super::extension::{self, KeyStorage};
use super::locator::{self, Locators};
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
    /// The serial number in small hexadecimal digits, two per byte, without leading zero bytes.
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
    /// Where more is to be found: responders, issuers, lists.
    pub locators: Locators,
    path_length: Option<u8>,
    issuer_common_name: Option<String>,
    names: Names,
    serial_number: Vec<u8>,
    key_bits: Vec<u8>,
    authority_key: Option<Vec<u8>>,
    subject_key: Option<Vec<u8>>,
    points: Vec<Vec<u8>>,
    limits_usages: bool,
    unknown_critical: Option<ObjectIdentifier>,
    no_check: bool,
    name_constraints: Option<NameConstraints>,
    signed: Signed,
    der: Vec<u8>,
}

/// The names in a certificate.
#[derive(Clone)]
struct Names {
    subject: DistinguishedName,
    issuer: DistinguishedName,
    alternatives: Vec<GeneralName>,
}

/// Why bytes are not a certificate that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotACertificate {
    /// More than [`MAX_CERTIFICATE`] bytes.
    #[error("the certificate is too large")]
    TooLarge,
    /// No certificate, or a part of it cannot be read.
    #[error("the certificate is malformed")]
    Malformed,
    /// X.509 version 1 or 2. It cannot say whose key may issue certificates, so nobody should rely on it.
    #[error("the certificate is of an old version of X.509 that says too little")]
    OldVersion,
    /// One was expected, and there are more.
    #[error("there are several certificates where one was expected")]
    Several,
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
        if certificate.tbs_certificate.version != Version::V3 {
            return Err(NotACertificate::OldVersion);
        }
        let raw = Body::of(der).map_err(|_| NotACertificate::Malformed)?;
        let public_key = PublicKey::from_spki(raw.spki)?;
        Self::read(&certificate, &raw, public_key, der).map_err(|_| NotACertificate::Malformed)
    }

    fn read(
        certificate: &x509_cert::Certificate,
        raw: &Body<'_>,
        public_key: PublicKey,
        der: &[u8],
    ) -> Result<Self, der::Error> {
        let body = &certificate.tbs_certificate;
        // RFC 5280, section 4.1.1.2: the algorithm is named twice, and both must agree.
        if body.signature != certificate.signature_algorithm {
            return Err(der::ErrorKind::Failed.into());
        }
        let extensions = body.extensions.as_deref().unwrap_or_default();
        if extensions.len() > extension::MAX_EXTENSIONS || extension::has_twins(extensions) {
            return Err(der::ErrorKind::Failed.into());
        }
        let constraints = extension::read::<BasicConstraints>(extensions, ID_CE_BASIC_CONSTRAINTS)?;
        let extended = extension::read::<ExtendedKeyUsage>(extensions, ID_CE_EXT_KEY_USAGE)?;
        let policies =
            extension::read::<CertificatePolicies>(extensions, ID_CE_CERTIFICATE_POLICIES)?;
        let usage = extension::read::<KeyUsage>(extensions, ID_CE_KEY_USAGE)?;
        let alternatives = extension::read::<SubjectAltName>(extensions, ID_CE_SUBJECT_ALT_NAME)?;
        let authority_key =
            extension::read::<AuthorityKeyIdentifier>(extensions, ID_CE_AUTHORITY_KEY_IDENTIFIER)?;
        let subject_key =
            extension::read::<SubjectKeyIdentifier>(extensions, ID_CE_SUBJECT_KEY_IDENTIFIER)?;
        let issuer = Subject::read(&body.issuer)?;
        let names = Names {
            subject: DistinguishedName::read(raw.subject)?,
            issuer: DistinguishedName::read(raw.issuer)?,
            alternatives: alternatives.map(|names| names.0).unwrap_or_default(),
        };
        Ok(Self {
            subject: Subject::read(&body.subject)?,
            issuer: issuer.common_name.clone().unwrap_or_else(|| names.issuer.to_string()),
            serial: hex(raw.serial_number),
            not_before: moment(body.validity.not_before),
            not_after: moment(body.validity.not_after),
            key_id: public_key.key_id(),
            public_key,
            limits_usages: usage.is_some(),
            usages: usages(usage),
            extended_usages: extended.map_or_else(Vec::new, |usages| dotted(&usages.0)),
            policies: policies.map_or_else(Vec::new, |policies| {
                policies.0.iter().map(|policy| policy.policy_identifier.to_string()).collect()
            }),
            email: extension::read_email(extensions)?,
            storage: extension::read_storage(extensions)?,
            is_ca: constraints.as_ref().is_some_and(|constraints| constraints.ca),
            path_length: constraints.and_then(|constraints| constraints.path_len_constraint),
            issuer_common_name: issuer.common_name,
            locators: Locators::read(extensions),
            names,
            serial_number: raw.serial_number.to_vec(),
            key_bits: body.subject_public_key_info.subject_public_key.raw_bytes().to_vec(),
            authority_key: authority_key
                .and_then(|key| key.key_identifier)
                .map(|id| id.as_bytes().to_vec()),
            subject_key: subject_key.map(|id| id.0.as_bytes().to_vec()),
            points: locator::points(extensions),
            unknown_critical: extensions.iter().find(|one| is_unknown_critical(one)).map(oid_of),
            no_check: extension::find(extensions, ID_PKIX_OCSP_NOCHECK)?.is_some(),
            name_constraints: extension::read(extensions, ID_CE_NAME_CONSTRAINTS)?,
            signed: Signed::parse(der)?,
            der: der.to_vec(),
        })
    }

    /// The certificate as it came.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The holder's name, whole.
    #[must_use]
    pub fn subject_name(&self) -> &DistinguishedName {
        &self.names.subject
    }

    /// The issuer's name, whole.
    #[must_use]
    pub fn issuer_name(&self) -> &DistinguishedName {
        &self.names.issuer
    }

    /// The serial number as the content of its INTEGER: most significant byte first, in two's complement, so that a
    /// number whose first bit is set has a zero byte before it.
    #[must_use]
    pub fn serial_number(&self) -> &[u8] {
        &self.serial_number
    }

    /// The id that the issuer gives to its key in this certificate (RFC 5280, section 4.2.1.1). Ids of the NCA have
    /// 20 bytes, or 4 in certificates of 2018. They choose between candidates, and prove nothing.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.authority_key.as_deref()
    }

    /// The id that the issuer gives to the holder's key (RFC 5280, section 4.2.1.2): not always that of
    /// [`key_id`](Self::key_id), because other ways to compute it are allowed.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.subject_key.as_deref()
    }

    /// The content of `subjectPublicKey`, without its count of unused bits: OCSP hashes it (RFC 6960, section 4.1.1).
    #[must_use]
    pub fn key_bits(&self) -> &[u8] {
        &self.key_bits
    }

    /// Verifies that the other certificate's holder is an authority that issued this one. Times are not looked at.
    ///
    /// # Errors
    /// [`NotSignedBy`] says what is amiss.
    pub fn verify_signed_by(&self, issuer: &Self) -> Result<(), NotSignedBy> {
        if !self.names_as_issuer(issuer) {
            return Err(NotSignedBy::OtherIssuer);
        }
        if !issuer.is_ca || !issuer.usages.certificate_sign {
            return Err(NotSignedBy::NotAnAuthority);
        }
        Ok(self.verify_signature(&issuer.public_key)?)
    }

    /// Verifies the signature alone.
    pub(super) fn verify_signature(&self, key: &PublicKey) -> Result<(), BadSignature> {
        self.signed.verify(key)
    }

    /// Whether the name of its issuer is its own. Says nothing of the signature.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.names.issuer == self.names.subject
    }

    /// Whether `other` has the name of this certificate's issuer. Says nothing of the signature.
    #[must_use]
    pub fn names_as_issuer(&self, other: &Self) -> bool {
        self.names.issuer == other.names.subject
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
    pub(super) fn unknown_critical(&self) -> Option<ObjectIdentifier> {
        self.unknown_critical
    }

    /// Which names it lets its holder issue certificates for; `None` if it does not say.
    pub(super) fn name_constraints(&self) -> Option<&NameConstraints> {
        self.name_constraints.as_ref()
    }

    /// The holder's alternative names.
    pub(super) fn alternative_names(&self) -> &[GeneralName] {
        &self.names.alternatives
    }

    /// The points at which the issuer distributes lists on this certificate, each a `GeneralName` in DER.
    pub(super) fn points(&self) -> &[Vec<u8>] {
        &self.points
    }

    /// Whether there is a key usage extension at all.
    pub(super) fn limits_usages(&self) -> bool {
        self.limits_usages
    }

    /// Whether a responder's certificate says that its own status need not be asked (RFC 6960, section 4.2.2.2.1).
    pub(super) fn needs_no_check(&self) -> bool {
        self.no_check
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

pub(super) fn moment(time: Time) -> UnixTime {
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

/// Those that are read here, and those that cannot change a verdict: policies are shown and never demanded, so
/// neither their mapping nor a ban on "any policy" matters. Constraints on policies do, and are not among them.
fn is_unknown_critical(extension: &Extension) -> bool {
    let known = [
        ID_CE_AUTHORITY_KEY_IDENTIFIER,
        ID_CE_BASIC_CONSTRAINTS,
        ID_CE_CERTIFICATE_POLICIES,
        ID_CE_CRL_DISTRIBUTION_POINTS,
        ID_CE_EXT_KEY_USAGE,
        ID_CE_FRESHEST_CRL,
        ID_CE_INHIBIT_ANY_POLICY,
        ID_CE_ISSUER_ALT_NAME,
        ID_CE_KEY_USAGE,
        ID_CE_NAME_CONSTRAINTS,
        ID_CE_POLICY_MAPPINGS,
        ID_CE_SUBJECT_ALT_NAME,
        ID_CE_SUBJECT_KEY_IDENTIFIER,
        ID_PE_AUTHORITY_INFO_ACCESS,
        ID_PKIX_OCSP_NOCHECK,
        oid::KEY_STORAGE,
    ];
    extension.critical && !known.contains(&extension.extn_id)
}

fn oid_of(extension: &Extension) -> ObjectIdentifier {
    extension.extn_id
}

/// A serial number in hexadecimal digits. The zero byte that only keeps the sign is left out.
fn hex(number: &[u8]) -> String {
    let digits = match number {
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
