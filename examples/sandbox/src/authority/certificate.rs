//! Certificates in the making (RFC 5280, section 4): a draft gathers extensions, an authority signs it.

use const_oid::db::rfc4519::{CN, COUNTRY_NAME};
use const_oid::db::rfc5280::{
    ID_KP_CLIENT_AUTH, ID_KP_EMAIL_PROTECTION, ID_KP_OCSP_SIGNING, ID_KP_TIME_STAMPING,
};
use const_oid::db::rfc5912::{ID_AD_CA_ISSUERS, ID_AD_OCSP, ID_QT_CPS};
use const_oid::db::rfc6960::ID_PKIX_OCSP_NOCHECK;
use const_oid::{AssociatedOid, ObjectIdentifier};
use der::asn1::{Any, BitString, Ia5String, Null, OctetString, SetOfVec, UtcTime};
use der::flagset::FlagSet;
use der::{Encode, Tag};
use spki::SubjectPublicKeyInfoOwned;
use tanba_core::time::UnixTime;
use tanba_core::x509::oid;
use x509_cert::Certificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::{TbsCertificate, Version};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::{PolicyInformation, PolicyQualifierInfo};
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
    CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage, FreshestCrl, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use super::key::{CaKey, key_id};
use super::leaf::Purpose;
use super::{AuthorityError, CertificateRequest, Family};
use crate::sealed;

/// Where a branch of the authority publishes.
pub(crate) struct Place {
    base: String,
    family: Family,
}

impl Place {
    pub(crate) fn new(base: &str, family: Family) -> Self {
        Self { base: base.to_owned(), family }
    }

    pub(crate) fn family(&self) -> Family {
        self.family
    }

    /// A file of the branch.
    fn file(&self, stem: &str, extension: &str) -> Result<GeneralName, AuthorityError> {
        self.url(&format!("{stem}{}.{extension}", self.family.suffix()))
    }

    fn url(&self, path: &str) -> Result<GeneralName, AuthorityError> {
        Ok(GeneralName::UniformResourceIdentifier(Ia5String::new(&format!("{}{path}", self.base))?))
    }
}

/// What somebody does to whom the authority delegated a part of its work.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Duty {
    Ocsp,
    Stamps,
}

/// Who signs, as far as pointers to lists and certificates depend on it.
#[derive(Debug, Clone, Copy)]
enum Issuer {
    Itself,
    Root,
    Issuing,
}

/// A certificate without issuer and signature.
pub(crate) struct Draft {
    subject: Name,
    key: SubjectPublicKeyInfoOwned,
    serial: [u8; 20],
    validity: Validity,
    issuer: Issuer,
    /// Whether pointers to revocation lists belong in it; a responder's certificate has none (RFC 6960, 4.2.2.2.1).
    revocable: bool,
    extensions: Vec<Extension>,
}

impl Draft {
    pub(crate) fn new(
        subject: Name,
        key: SubjectPublicKeyInfoOwned,
        from: UnixTime,
        to: UnixTime,
    ) -> Result<Self, AuthorityError> {
        let validity = Validity { not_before: time(from)?, not_after: time(to)? };
        Ok(Self {
            subject,
            key,
            serial: random_serial(),
            validity,
            issuer: Issuer::Itself,
            revocable: true,
            extensions: Vec::new(),
        })
    }

    pub(crate) fn issued_by_root(mut self) -> Self {
        self.issuer = Issuer::Root;
        self
    }

    pub(crate) fn issued_by_issuing(mut self) -> Self {
        self.issuer = Issuer::Issuing;
        self
    }

    /// Takes the serial number from the key, as the national authority has done with GOST keys since 2023: the key's
    /// id as a positive number of full length. A key is certified once, so that no two are equal.
    pub(crate) fn numbered_by_key(mut self) -> Self {
        self.serial = key_id(&self.key);
        self.serial[0] &= 0x7f;
        if self.serial[0] < 0x10 {
            self.serial[0] |= 0x10;
        }
        self
    }

    pub(crate) fn basic_constraints(
        self,
        constraints: &BasicConstraints,
    ) -> Result<Self, AuthorityError> {
        self.with(true, constraints)
    }

    pub(crate) fn key_usage(self, usages: FlagSet<KeyUsages>) -> Result<Self, AuthorityError> {
        self.with(true, &KeyUsage(usages))
    }

    /// The policies that everything but persons' certificates has: the national authority's and the sandbox's mark.
    pub(crate) fn policies(self) -> Result<Self, AuthorityError> {
        self.with(false, &policies(None)?)
    }

    pub(crate) fn duty(mut self, duty: Duty) -> Result<Self, AuthorityError> {
        match duty {
            Duty::Ocsp => {
                self.revocable = false;
                self.with(false, &ExtendedKeyUsage(vec![ID_KP_OCSP_SIGNING]))?.raw(
                    ID_PKIX_OCSP_NOCHECK,
                    false,
                    &Null,
                )
            }
            // RFC 3161, section 2.3: the only purpose, and critical.
            Duty::Stamps => self.with(true, &ExtendedKeyUsage(vec![ID_KP_TIME_STAMPING])),
        }
    }

    /// What distinguishes a person's certificate: purpose, role, way of identification, policies, e-mail, key store.
    pub(crate) fn person(
        self,
        purpose: Purpose,
        request: &CertificateRequest,
    ) -> Result<Self, AuthorityError> {
        let eku = match purpose {
            Purpose::Auth => ID_KP_CLIENT_AUTH,
            Purpose::Sign => ID_KP_EMAIL_PROTECTION,
        };
        let eku = ExtendedKeyUsage(vec![eku, oid::ROLE_INDIVIDUAL, oid::IDENTIFIED_BY_DIGITAL_ID]);
        let cps = Ia5String::new("urn:tanba:sandbox:no-legal-force")?;
        let mut draft = self.with(false, &eku)?.with(false, &policies(Some(&cps))?)?;
        if let Some(email) = &request.email {
            let name = SubjectAltName(vec![GeneralName::Rfc822Name(Ia5String::new(email)?)]);
            draft = draft.with(false, &name)?;
        }
        // Of the request's key-store extension only the kind of the store goes on, never the folder.
        draft.raw(oid::KEY_STORAGE, false, &vec![oid::KEY_STORAGE_PKCS12])
    }

    /// Adds what every certificate has, and signs.
    pub(crate) fn issue(
        mut self,
        issuer: &Name,
        key: &CaKey,
        place: &Place,
    ) -> Result<Certificate, AuthorityError> {
        let authority_key = key_id(&key.public()?);
        let subject_key = SubjectKeyIdentifier(OctetString::new(key_id(&self.key))?);
        self = self.with(false, &subject_key)?.with(
            false,
            &AuthorityKeyIdentifier {
                key_identifier: Some(OctetString::new(authority_key)?),
                ..Default::default()
            },
        )?;
        self = self.pointers(place)?;
        let tbs_certificate = TbsCertificate {
            version: Version::V3,
            serial_number: SerialNumber::new(&self.serial)?,
            signature: key.algorithm(),
            issuer: issuer.clone(),
            validity: self.validity,
            subject: self.subject,
            subject_public_key_info: self.key,
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(self.extensions),
        };
        let signature = BitString::from_bytes(&key.sign(&tbs_certificate.to_der()?)?)?;
        Ok(Certificate { tbs_certificate, signature_algorithm: key.algorithm(), signature })
    }

    /// Where the issuer's certificate, its lists and its responder are.
    fn pointers(self, place: &Place) -> Result<Self, AuthorityError> {
        let access =
            |access_method, access_location| AccessDescription { access_method, access_location };
        let (access, list, delta) = match self.issuer {
            Issuer::Itself => return Ok(self),
            Issuer::Root => (
                vec![access(ID_AD_CA_ISSUERS, place.file("/cert/root", "cer")?)],
                place.file("/crl/root", "crl")?,
                None,
            ),
            Issuer::Issuing => (
                vec![
                    access(ID_AD_OCSP, place.url("/ocsp")?),
                    access(ID_AD_CA_ISSUERS, place.file("/cert/issuing", "cer")?),
                ],
                place.file("/crl/issuing", "crl")?,
                Some(place.file("/crl/issuing-delta", "crl")?),
            ),
        };
        let mut draft = self.with(false, &AuthorityInfoAccessSyntax(access))?;
        if draft.revocable {
            draft = draft.with(false, &CrlDistributionPoints(vec![point(list)]))?;
            if let Some(delta) = delta {
                draft = draft.with(false, &FreshestCrl(vec![point(delta)]))?;
            }
        }
        Ok(draft)
    }

    fn with<E: AssociatedOid + Encode>(
        self,
        critical: bool,
        value: &E,
    ) -> Result<Self, AuthorityError> {
        self.raw(E::OID, critical, value)
    }

    fn raw(
        mut self,
        extn_id: ObjectIdentifier,
        critical: bool,
        value: &impl Encode,
    ) -> Result<Self, AuthorityError> {
        self.extensions.push(Extension {
            extn_id,
            critical,
            extn_value: OctetString::new(value.to_der()?)?,
        });
        Ok(self)
    }
}

fn policies(cps: Option<&Ia5String>) -> Result<CertificatePolicies, AuthorityError> {
    let qualifiers = match cps {
        None => None,
        Some(cps) => Some(vec![PolicyQualifierInfo {
            policy_qualifier_id: ID_QT_CPS,
            qualifier: Some(Any::encode_from(cps)?),
        }]),
    };
    Ok(CertificatePolicies(vec![
        PolicyInformation { policy_identifier: oid::POLICY_NCA, policy_qualifiers: None },
        PolicyInformation { policy_identifier: oid::SANDBOX_POLICY, policy_qualifiers: qualifiers },
    ]))
}

fn point(url: GeneralName) -> DistributionPoint {
    DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![url])),
        reasons: None,
        crl_issuer: None,
    }
}

/// 20 random octets that are a positive number of full length: the first octet is between 0x40 and 0x7f.
fn random_serial() -> [u8; 20] {
    let mut serial = sealed::random::<20>();
    serial[0] = serial[0] & 0x7f | 0x40;
    serial
}

/// UTCTime: the sandbox's certificates all end before 2050 (RFC 5280, section 4.1.2.5).
pub(crate) fn time(at: UnixTime) -> Result<Time, AuthorityError> {
    Ok(Time::UtcTime(UtcTime::from_unix_duration(since_epoch(at))?))
}

pub(crate) fn since_epoch(at: UnixTime) -> std::time::Duration {
    std::time::Duration::from_secs(u64::try_from(at.as_secs()).unwrap_or(0))
}

/// The name of an authority or its delegate: common name and country.
pub(crate) fn authority_name(common_name: &str) -> Result<Name, AuthorityError> {
    Ok(RdnSequence(vec![
        attribute(CN, Tag::Utf8String, common_name)?,
        attribute(COUNTRY_NAME, Tag::PrintableString, "KZ")?,
    ]))
}

fn attribute(
    oid: ObjectIdentifier,
    tag: Tag,
    text: &str,
) -> Result<RelativeDistinguishedName, AuthorityError> {
    let attribute = AttributeTypeAndValue { oid, value: Any::new(tag, text.as_bytes())? };
    Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![attribute])?))
}
