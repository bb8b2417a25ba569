//! The certification authority of the sandbox: a root, an issuing authority, a responder and a stamper.
//!
//! ```text
//! root ──▶ issuing ──▶ certificates of persons (RSA-2048 to RSA-4096, P-256)
//!                 ├──▶ OCSP responder
//!                 └──▶ time stamping
//! ```
//! All four keys are P-256, made at the start and kept in memory only. Every name says SANDBOX, and every certificate
//! carries a policy of a private arc, so that nobody takes one of them for a real one.

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
use x509_cert::ext::pkix::{BasicConstraints, KeyUsages};
use x509_cert::name::Name;

use certificate::{Draft, Duty, Place};
use key::CaKey;

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
    /// Where its lists and certificates are found: `http://127.0.0.1:PORT`.
    base: String,
    pub(crate) root: Signer,
    pub(crate) issuing: Signer,
    responder: Signer,
    stamper: Signer,
}

impl Authority {
    /// Makes the keys and the four certificates. They begin an hour ago, for machines whose clocks differ a little.
    pub(crate) fn new(base: &str, now: UnixTime) -> Result<Self, AuthorityError> {
        let begin = now.plus_secs(-3_600);
        let root = root(base, begin)?;
        let place = Place::new(base);
        let issuing = subordinate(&root, &place, begin)?;
        let responder =
            delegate(&issuing, &place, begin, "TANBA SANDBOX OCSP RESPONDER", Duty::Ocsp)?;
        let stamper =
            delegate(&issuing, &place, begin, "TANBA SANDBOX TIME STAMPING", Duty::Stamps)?;
        Ok(Self { base: base.to_owned(), root, issuing, responder, stamper })
    }

    /// The issuing authority and the root, as they are sent beside a certificate.
    pub(crate) fn chain(&self) -> Result<[Vec<u8>; 2], AuthorityError> {
        Ok([self.issuing.der()?, self.root.der()?])
    }
}

fn root(base: &str, begin: UnixTime) -> Result<Signer, AuthorityError> {
    let key = CaKey::generate();
    let name = certificate::authority_name("TANBA SANDBOX ROOT — NOT A CA")?;
    let certificate = Draft::new(name.clone(), key.public()?, begin, begin.plus_secs(3_650 * DAY))?
        .basic_constraints(&BasicConstraints { ca: true, path_len_constraint: Some(1) })?
        .key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?
        .policies()?
        .issue(&name, &key, &Place::new(base))?;
    Ok(Signer { key, certificate })
}

fn subordinate(root: &Signer, place: &Place, begin: UnixTime) -> Result<Signer, AuthorityError> {
    let key = CaKey::generate();
    let name = certificate::authority_name("TANBA SANDBOX ISSUING CA 2026")?;
    let certificate = Draft::new(name, key.public()?, begin, begin.plus_secs(3_600 * DAY))?
        .basic_constraints(&BasicConstraints { ca: true, path_len_constraint: Some(0) })?
        .key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?
        .policies()?
        .issued_by_root()
        .issue(root.name(), &root.key, place)?;
    Ok(Signer { key, certificate })
}

fn delegate(
    issuing: &Signer,
    place: &Place,
    begin: UnixTime,
    name: &str,
    duty: Duty,
) -> Result<Signer, AuthorityError> {
    let key = CaKey::generate();
    let name = certificate::authority_name(name)?;
    let certificate = Draft::new(name, key.public()?, begin, begin.plus_secs(1_095 * DAY))?
        .key_usage(KeyUsages::DigitalSignature.into())?
        .policies()?
        .duty(duty)?
        .issued_by_issuing()
        .issue(issuing.name(), &issuing.key, place)?;
    Ok(Signer { key, certificate })
}
