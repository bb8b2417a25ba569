//! Certificates of persons, by the profile of the national certification authority.
//!
//! The profile follows what its public samples show: the subject as in the request; a critical key usage; a purpose,
//! a role and the way of identification among the extended usages; one year.

use der::Encode as _;
use serde::{Deserialize, Serialize};
use tanba_core::time::UnixTime;
use x509_cert::ext::pkix::KeyUsages;

use super::certificate::{Draft, Place};
use super::{Authority, AuthorityError, CertificateRequest, DAY, SubjectKey};

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
        self.certify_key(purpose, request, &SubjectKey::of_nobody()?, now)
    }

    fn certify_key(
        &self,
        purpose: Purpose,
        request: &CertificateRequest,
        key: &SubjectKey,
        now: UnixTime,
    ) -> Result<Leaf, AuthorityError> {
        let usages = match (purpose, key) {
            (Purpose::Auth, SubjectKey::Rsa { .. }) => {
                KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment
            }
            (Purpose::Auth, SubjectKey::P256 { .. }) => KeyUsages::DigitalSignature.into(),
            (Purpose::Sign, _) => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
        };
        let draft =
            Draft::new(request.subject.clone(), key.spki().clone(), now, now.plus_secs(365 * DAY))?;
        let certificate = draft
            .key_usage(usages)?
            .person(purpose, request)?
            .issued_by_issuing()
            .issue(self.issuing.name(), &self.issuing.key, &Place::new(&self.base))?;
        let serial = certificate.tbs_certificate.serial_number.as_bytes().to_vec();
        Ok(Leaf { der: certificate.to_der()?, serial })
    }
}
