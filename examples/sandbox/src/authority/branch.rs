//! A branch of the authority: a root, and what stands below it.
//!
//! ```text
//! root ──▶ issuing ──▶ certificates of persons
//!                 ├──▶ OCSP responder
//!                 └──▶ time stamping
//! ```
//! All four keys of a branch are of its family, as are the keys that it certifies.

use tanba_core::time::UnixTime;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsages};

use super::certificate::{self, Draft, Duty, Place};
use super::key::CaKey;
use super::{AuthorityError, DAY, Signer};

/// By which standards a branch, and whoever it certifies, signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// The branch has P-256 keys and certifies RSA-2048 to RSA-4096, and P-256.
    International,
    /// ST RK GOST R 34.10-2015 with 512 bits, throughout.
    Gost,
}

impl Family {
    /// How the names of its authorities end before their year or remark.
    fn mark(self) -> &'static str {
        match self {
            Self::International => "",
            Self::Gost => " (GOST)",
        }
    }

    /// How the names of its published files end before their extension.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::International => "",
            Self::Gost => "-gost",
        }
    }
}

/// A branch.
pub(crate) struct Branch {
    /// Where its lists and certificates are found.
    pub(super) place: Place,
    pub(crate) root: Signer,
    pub(crate) issuing: Signer,
    pub(super) responder: Signer,
    pub(super) stamper: Signer,
}

impl Branch {
    /// Makes the keys and the four certificates. They begin an hour ago, for machines whose clocks differ a little.
    /// `base` is where everything is published: `http://127.0.0.1:PORT`.
    pub(super) fn new(family: Family, base: &str, now: UnixTime) -> Result<Self, AuthorityError> {
        let begin = now.plus_secs(-3_600);
        let place = Place::new(base, family);
        let root = root(&place, begin)?;
        let issuing = subordinate(&root, &place, begin)?;
        let responder = delegate(&issuing, &place, begin, "OCSP RESPONDER", Duty::Ocsp)?;
        let stamper = delegate(&issuing, &place, begin, "TIME STAMPING", Duty::Stamps)?;
        Ok(Self { place, root, issuing, responder, stamper })
    }

    pub(super) fn family(&self) -> Family {
        self.place.family()
    }

    /// The issuing authority and the root, as they are sent beside a certificate.
    pub(crate) fn chain(&self) -> Result<[Vec<u8>; 2], AuthorityError> {
        Ok([self.issuing.der()?, self.root.der()?])
    }
}

fn root(place: &Place, begin: UnixTime) -> Result<Signer, AuthorityError> {
    let key = CaKey::generate(place.family())?;
    let name = format!("TANBA SANDBOX ROOT{} — NOT A CA", place.family().mark());
    let name = certificate::authority_name(&name)?;
    let certificate = Draft::new(name.clone(), key.public()?, begin, begin.plus_secs(3_650 * DAY))?
        .basic_constraints(&BasicConstraints { ca: true, path_len_constraint: Some(1) })?
        .key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?
        .policies()?
        .issue(&name, &key, place)?;
    Ok(Signer { key, certificate })
}

fn subordinate(root: &Signer, place: &Place, begin: UnixTime) -> Result<Signer, AuthorityError> {
    let key = CaKey::generate(place.family())?;
    let name = format!("TANBA SANDBOX ISSUING CA{} 2026", place.family().mark());
    let name = certificate::authority_name(&name)?;
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
    let key = CaKey::generate(place.family())?;
    let name = format!("TANBA SANDBOX {name}{}", place.family().mark());
    let name = certificate::authority_name(&name)?;
    let certificate = Draft::new(name, key.public()?, begin, begin.plus_secs(1_095 * DAY))?
        .key_usage(KeyUsages::DigitalSignature.into())?
        .policies()?
        .duty(duty)?
        .issued_by_issuing()
        .issue(issuing.name(), &issuing.key, place)?;
    Ok(Signer { key, certificate })
}
