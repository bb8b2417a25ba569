//! From a certificate up to a root that is trusted (RFC 5280, section 6), at a given moment.
//!
//! ```text
//! leaf ─▶ issuer ─▶ … ─▶ root       each step: name, signature, authority, validity, names, length
//! ```
//!
//! What is checked at every step: the signature; the validity at the moment in question; that the issuer is an
//! authority (basicConstraints) whose key may sign certificates (keyUsage); how many authorities may stand below it
//! (pathLenConstraint, self-issued ones not counted); to whom it may issue (nameConstraints); that its extended usages
//! do not exclude the use; and that nothing critical is left that is not understood. Policies are not demanded: a
//! certificate that insists on them (policyConstraints) is refused. Revocation is another question, see
//! [`revocation`](super::revocation).
//!
//! Roots are what the caller trusts, found out of band. Their own signature is not looked at, but everything else is,
//! their validity included: a root that ran out before the moment in question ends no path. Where several roots or
//! intermediates have the name that is sought (a renewed key, a cross certificate), all are tried, those first whose
//! key id is the one named; a wrong one is passed over, and names or ids alone never decide. The work is bounded by
//! [`MAX_LENGTH`] and [`MAX_SIGNATURES`], whatever is handed in.

mod constraints;
mod search;
#[cfg(test)]
mod tests;

use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280;
use thiserror::Error;

use super::certificate::Certificate;
use super::oid;
use super::profile::{DOCUMENT_SIGNING, Purpose};
use crate::time::UnixTime;

/// The most certificates in a path, the leaf and the root included.
pub const MAX_LENGTH: usize = 8;

/// The most signatures that are verified in the search for one path.
pub const MAX_SIGNATURES: usize = 64;

/// What the leaf's key was used for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Use {
    /// Whatever it was.
    Anything,
    /// A document was signed.
    Signing,
    /// Somebody signed in.
    Authentication,
    /// A time stamp was signed (RFC 3161, section 2.3).
    TimeStamping,
    /// An answer about a certificate's status was signed (RFC 6960, section 4.2.2.2).
    OcspSigning,
}

impl Use {
    /// The extended key usages that stand for it.
    fn usages(self) -> &'static [ObjectIdentifier] {
        match self {
            Self::Anything => &[],
            Self::Signing => &[oid::EMAIL_PROTECTION, DOCUMENT_SIGNING],
            Self::Authentication => &[oid::CLIENT_AUTH],
            Self::TimeStamping => &[rfc5280::ID_KP_TIME_STAMPING],
            Self::OcspSigning => &[rfc5280::ID_KP_OCSP_SIGNING],
        }
    }

    /// Whether a holder's certificate allows it.
    fn is_allowed_by(self, leaf: &Certificate) -> bool {
        let named = || self.usages().iter().any(|usage| leaf.has_extended_usage(*usage));
        let signs = leaf.usages.digital_signature || leaf.usages.non_repudiation;
        match self {
            Self::Anything => true,
            Self::Signing => leaf.purpose().is_some_and(Purpose::signs),
            Self::Authentication => leaf.purpose().is_some_and(Purpose::authenticates),
            // These must be named: a key that may do everything was not meant to speak for an authority.
            Self::TimeStamping => named() && signs,
            Self::OcspSigning => named() && leaf.usages.digital_signature,
        }
    }

    /// Whether an authority's certificate leaves room for it among those below: extended usages narrow down, as all
    /// common implementations have it, though RFC 5280 is silent.
    fn is_left_by(self, authority: &Certificate) -> bool {
        let usages = &authority.extended_usages;
        matches!(self, Self::Anything)
            || usages.is_empty()
            || authority.has_extended_usage(rfc5280::ANY_EXTENDED_KEY_USAGE)
            || self.usages().iter().any(|usage| authority.has_extended_usage(*usage))
    }
}

/// A path that holds: the leaf, those that issued one another, and a root. Nothing says that none was revoked.
#[derive(Clone, Debug)]
pub struct Path<'a> {
    links: Vec<&'a Certificate>,
}

impl<'a> Path<'a> {
    /// All certificates, the leaf first and the root last. There is at least one: the leaf may be a root itself.
    #[must_use]
    pub fn certificates(&self) -> &[&'a Certificate] {
        &self.links
    }

    /// The certificate that issued the leaf's; `None` if the leaf is a root.
    #[must_use]
    pub fn issuer(&self) -> Option<&'a Certificate> {
        self.links.get(1).copied()
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Option<&'a Certificate> {
        self.links.last().copied()
    }

    /// Each certificate but the root with the one that issued it: the pairs whose revocation is to be judged.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a Certificate, &'a Certificate)> {
        self.links.iter().copied().zip(self.links.iter().skip(1).copied())
    }
}

/// One of the certificates of a path, by what makes it unique.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Which {
    /// How many certificates lie between it and the leaf: 0 is the leaf itself, 1 its issuer.
    pub position: usize,
    /// Its serial number in hexadecimal digits.
    pub serial: String,
    /// Its issuer, to show to people.
    pub issuer: String,
}

impl Which {
    fn of(position: usize, certificate: &Certificate) -> Self {
        let (serial, issuer) = (certificate.serial.clone(), certificate.issuer.clone());
        Self { position, serial, issuer }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the certificate {} by {}", self.serial, self.issuer)
    }
}

/// Why there is no path. [`PathProblem::is_unknown`] tells what could not be judged from what is bad.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum PathProblem {
    /// Nobody with the issuer's name, or only others with that name and another key, is among those given: fetch the
    /// issuer's certificate ([`Locators::issuers`](super::locator::Locators::issuers)) or give more roots.
    #[error("no certificate of {name}, which issued {which}, is at hand")]
    NoIssuer {
        /// The certificate whose issuer is missing.
        which: Which,
        /// The missing issuer's whole name.
        name: String,
    },
    /// The path ends with a certificate that vouches only for itself, and is not among the roots.
    #[error("{0} vouches for itself and is not trusted")]
    UntrustedRoot(Which),
    /// Its validity is over.
    #[error("{which} expired at {}", until.rfc3339())]
    Expired {
        /// The certificate.
        which: Which,
        /// When it expired.
        until: UnixTime,
    },
    /// Its validity had not begun.
    #[error("{which} is not valid before {}", from.rfc3339())]
    NotYetValid {
        /// The certificate.
        which: Which,
        /// When its validity begins.
        from: UnixTime,
    },
    /// Its signature is not that of its issuer: it was changed, or forged.
    #[error("the signature of {0} does not verify")]
    BadSignature(Which),
    /// Its holder issued a certificate and is no authority that may.
    #[error("the holder of {0} may not issue certificates")]
    NotAnAuthority(Which),
    /// More authorities stand below it than it allows.
    #[error("{0} allows fewer authorities below it")]
    TooManyAuthorities(Which),
    /// It has a critical extension that is not understood here.
    #[error("{which} insists on the extension {extension}, which is not understood")]
    CriticalExtension {
        /// The certificate.
        which: Which,
        /// The extension in dotted numbers.
        extension: String,
    },
    /// An authority above it may not issue certificates for its names.
    #[error("the names in {0} are not those that an authority above may vouch for")]
    NameNotAllowed(Which),
    /// It is not for the use in question.
    #[error("{0} is not for this use")]
    OtherUse(Which),
    /// The search was given up: too many certificates lead nowhere.
    #[error("no path was found among too many certificates")]
    TooMuchWork,
}

impl PathProblem {
    /// Whether nothing was found to be wrong, and something is missing. Such a path may be found once more
    /// certificates are given; the others stay bad.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::NoIssuer { .. } | Self::UntrustedRoot(_) | Self::TooMuchWork => true,
            Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::BadSignature(_)
            | Self::NotAnAuthority(_)
            | Self::TooManyAuthorities(_)
            | Self::CriticalExtension { .. }
            | Self::NameNotAllowed(_)
            | Self::OtherUse(_) => false,
        }
    }
}

/// Finds a path from a certificate to one of the roots that holds at a moment.
///
/// `intermediates` may hold anything, in any order: the leaf, roots, others' certificates. The moment is compared to
/// the second, without allowance for clocks.
///
/// # Errors
/// [`PathProblem`]: of all paths that were tried, what was wrong with the one that came nearest to a root.
pub fn build<'a>(
    leaf: &'a Certificate,
    intermediates: &'a [Certificate],
    roots: &'a [Certificate],
    at: UnixTime,
    purpose: Use,
) -> Result<Path<'a>, PathProblem> {
    search::Search::new(intermediates, roots, at, purpose).run(leaf)
}
