//! Certificates of persons, by the profile of the national certification authority.
//!
//! The profile follows what its public samples show: the subject as in the request; a critical key usage; a purpose,
//! a role and the way of identification among the extended usages; one year.

use der::Encode as _;
use serde::{Deserialize, Serialize};
use tanba_core::time::UnixTime;
use x509_cert::ext::pkix::KeyUsages;

use super::certificate::Draft;
use super::{Authority, AuthorityError, CertificateRequest, DAY, Family, SubjectKey};

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// To log in.
    Auth,
    /// To sign.
    Sign,
}

/// A certificate that was made.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) family: Family,
    pub(crate) der: Vec<u8>,
    pub(crate) serial: Vec<u8>,
}

impl Authority {
    /// Certifies the key of a request for the purpose. The request was checked before.
    pub(crate) fn certify(
        &self,
        purpose: Purpose,
        request: &CertificateRequest,
        now: UnixTime,
    ) -> Result<Leaf, AuthorityError> {
        self.certify_key(purpose, request, &request.key, now)
    }

    /// Certifies another key than the request's: for the fault that agents must withstand.
    pub(crate) fn certify_other_key(
        &self,
        purpose: Purpose,
        request: &CertificateRequest,
        now: UnixTime,
    ) -> Result<Leaf, AuthorityError> {
        self.certify_key(purpose, request, &SubjectKey::of_nobody(request.key.family())?, now)
    }

    fn certify_key(
        &self,
        purpose: Purpose,
        request: &CertificateRequest,
        key: &SubjectKey,
        now: UnixTime,
    ) -> Result<Leaf, AuthorityError> {
        let usages = match (purpose, key) {
            // Readers of the national authority's certificates take a GOST key without non-repudiation and with key
            // encipherment for one that signs in.
            (Purpose::Auth, SubjectKey::Rsa { .. } | SubjectKey::Gost { .. }) => {
                KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment
            }
            (Purpose::Auth, SubjectKey::P256 { .. }) => KeyUsages::DigitalSignature.into(),
            (Purpose::Sign, SubjectKey::Rsa { .. } | SubjectKey::P256 { .. }) => {
                KeyUsages::DigitalSignature | KeyUsages::NonRepudiation
            }
            (Purpose::Sign, SubjectKey::Gost { .. }) => {
                KeyUsages::DigitalSignature | KeyUsages::NonRepudiation | KeyUsages::KeyAgreement
            }
        };
        let family = key.family();
        let branch = self.branch(family);
        let mut draft =
            Draft::new(request.subject.clone(), key.spki().clone(), now, now.plus_secs(365 * DAY))?;
        draft = match family {
            Family::International => draft,
            Family::Gost => draft.numbered_by_key(),
        };
        let certificate = draft
            .key_usage(usages)?
            .person(purpose, request)?
            .issued_by_issuing()
            .issue(branch.issuing.name(), &branch.issuing.key, &branch.place)?;
        let serial = certificate.tbs_certificate.serial_number.as_bytes().to_vec();
        Ok(Leaf { family, der: certificate.to_der()?, serial })
    }
}
