//! The certification authority of the sandbox, in two branches as the national one has them: one for GOST keys, and
//! one for all others.
//!
//! All keys are made at the start and kept in memory only. Every name says SANDBOX, and every certificate carries a
//! policy of a private arc, so that nobody takes one of them for a real one.

mod branch;
mod certificate;
mod crl;
mod key;
mod leaf;
mod ledger;
mod ocsp;
mod request;
mod stamp;
mod subject_key;

use der::Encode as _;
use der::pem::LineEnding;
use tanba_core::time::UnixTime;
use thiserror::Error;
use x509_cert::Certificate;
use x509_cert::name::Name;

use key::CaKey;

pub(crate) use branch::{Branch, Family};
pub(crate) use crl::pem as crl_pem;
pub(crate) use leaf::Purpose;
pub(crate) use ledger::Ledger;
pub(crate) use request::{CertificateRequest, RefusedRequest, subject_rules};
pub(crate) use subject_key::SubjectKey;

/// Something of the authority's own could not be written as DER. That is a defect of the sandbox.
#[derive(Debug, Error)]
pub enum AuthorityError {
    /// The encoder's words.
    #[error("the authority could not encode its own data")]
    Encoding(#[from] der::Error),
    /// What another crate refused.
    #[error("the authority could not make {what}")]
    Refused {
        /// The thing that was not made.
        what: &'static str,
    },
}

const DAY: i64 = 86_400;

/// A key with the certificate that names it.
pub(crate) struct Signer {
    key: CaKey,
    pub(crate) certificate: Certificate,
}

impl Signer {
    pub(crate) fn der(&self) -> Result<Vec<u8>, AuthorityError> {
        Ok(self.certificate.to_der()?)
    }

    pub(crate) fn pem(&self) -> Result<String, AuthorityError> {
        Ok(der::EncodePem::to_pem(&self.certificate, LineEnding::LF)?)
    }

    fn name(&self) -> &Name {
        &self.certificate.tbs_certificate.subject
    }
}

/// The authority.
pub(crate) struct Authority {
    international: Branch,
    gost: Branch,
}

impl Authority {
    /// Makes all keys and the certificates of both branches.
    pub(crate) fn new(base: &str, now: UnixTime) -> Result<Self, AuthorityError> {
        Ok(Self {
            international: Branch::new(Family::International, base, now)?,
            gost: Branch::new(Family::Gost, base, now)?,
        })
    }

    /// The branch that serves keys of this family.
    pub(crate) fn branch(&self, family: Family) -> &Branch {
        match family {
            Family::International => &self.international,
            Family::Gost => &self.gost,
        }
    }
}
