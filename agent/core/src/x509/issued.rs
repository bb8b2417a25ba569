//! Whether a certificate that arrived is the one that was asked for.
//!
//! Everything is compared with what lies beside the pending key, never with what the service says: a service that
//! errs, or lies, must not get a wrong certificate into the person's file. The person's IIN need not be kept in clear
//! for that: the pending request names it.
//!
//! The chain proves that the certificates belong together. It ends where the service lets it end; which root is
//! trusted is for those who rely on the certificate.

use thiserror::Error;

use super::certificate::Certificate;
use super::oid;
use super::request::CertificateRequest;
use crate::crypto::PublicKey;
use crate::layout::Purpose;
use crate::time::UnixTime;

/// How far the clocks of an authority and of this computer may differ, in seconds.
pub const CLOCK_SKEW: i64 = 300;

/// More certificates than stand above anybody's in this infrastructure.
pub const MAX_CHAIN: usize = 8;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The public key of the pending key.
    pub key: &'a PublicKey,
    /// The pending request in DER, which names the person.
    pub request_der: &'a [u8],
    /// What the key is for.
    pub purpose: Purpose,
    /// Whether the application was made to a sandbox.
    pub environment_is_sandbox: bool,
    /// The moment of the check.
    pub now: UnixTime,
}

/// Why a certificate is not the one that was asked for. The pending key must be kept in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotIssuedForUs {
    /// The certificate, one of the chain, or the pending request cannot be read.
    #[error("the certificate or its chain is malformed")]
    Malformed,
    /// It is for another key.
    #[error("the certificate belongs to another key")]
    OtherKey,
    /// It names another person.
    #[error("the certificate names another person")]
    OtherPerson,
    /// It does not allow what the key is for, or allows the other purpose too.
    #[error("the certificate is for another purpose")]
    OtherPurpose,
    /// A sandbox's certificate for a real application, or the reverse.
    #[error("the certificate comes from another environment than the application")]
    WrongEnvironment,
    /// The chain is empty, does not hold together, or one of it is not valid now.
    #[error("the chain of the certificate does not hold together")]
    Chain,
    /// Its validity has not begun, or is over. Perhaps this computer's clock is wrong.
    #[error("the certificate is not valid now")]
    NotValidNow,
}

/// Checks a certificate and the chain above it, nearest first, against what was asked for.
///
/// Names are not compared, only the IIN: the authority takes the names from the state's register, where they may be
/// spelled otherwise.
///
/// # Errors
/// [`NotIssuedForUs`] says what differs first, in the order of its variants.
pub fn check(
    certificate_der: &[u8],
    chain_der: &[Vec<u8>],
    expected: &Expected<'_>,
) -> Result<Certificate, NotIssuedForUs> {
    let read = |der: &[u8]| Certificate::parse(der).map_err(|_| NotIssuedForUs::Malformed);
    let certificate = read(certificate_der)?;
    if chain_der.is_empty() || chain_der.len() > MAX_CHAIN {
        return Err(NotIssuedForUs::Chain);
    }
    let chain = chain_der.iter().map(|der| read(der)).collect::<Result<Vec<_>, _>>()?;
    let request =
        CertificateRequest::parse(expected.request_der).map_err(|_| NotIssuedForUs::Malformed)?;

    if certificate.public_key != *expected.key || request.public_key != *expected.key {
        return Err(NotIssuedForUs::OtherKey);
    }
    // A request without an IIN names nobody, so that nobody is the same person.
    if request.subject.iin.is_none() || certificate.subject.iin != request.subject.iin {
        return Err(NotIssuedForUs::OtherPerson);
    }
    if !fits(&certificate, expected.purpose) {
        return Err(NotIssuedForUs::OtherPurpose);
    }
    check_environment(&certificate, &chain, expected.environment_is_sandbox)?;
    check_chain(&certificate, &chain, expected.now)?;
    if !is_valid(&certificate, expected.now) {
        return Err(NotIssuedForUs::NotValidNow);
    }
    Ok(certificate)
}

/// A key for signing in must not sign documents: it is used far more carelessly. So the other purpose's usage must be
/// absent, and documents ask for non-repudiation besides.
fn fits(certificate: &Certificate, purpose: Purpose) -> bool {
    let usages = certificate.usages;
    let (wanted, unwanted, usage) = match purpose {
        Purpose::Auth => (oid::CLIENT_AUTH, oid::EMAIL_PROTECTION, true),
        Purpose::Sign => (oid::EMAIL_PROTECTION, oid::CLIENT_AUTH, usages.non_repudiation),
    };
    usage
        && usages.digital_signature
        && !certificate.is_ca
        && certificate.has_extended_usage(wanted)
        && !certificate.has_extended_usage(unwanted)
}

/// For a sandbox's application both marks must be there; for a real one neither may be, on any certificate.
fn check_environment(
    certificate: &Certificate,
    chain: &[Certificate],
    is_sandbox: bool,
) -> Result<(), NotIssuedForUs> {
    let mut all = std::iter::once(certificate).chain(chain);
    let agrees = if is_sandbox {
        all.all(|one| one.has_sandbox_policy() && one.has_sandbox_issuer())
    } else {
        !all.any(|one| one.has_sandbox_policy() || one.has_sandbox_issuer())
    };
    if agrees { Ok(()) } else { Err(NotIssuedForUs::WrongEnvironment) }
}

/// RFC 5280, section 6.1, as far as such a short path needs it.
fn check_chain(
    certificate: &Certificate,
    chain: &[Certificate],
    now: UnixTime,
) -> Result<(), NotIssuedForUs> {
    let mut below = certificate;
    for (authorities_below, issuer) in chain.iter().enumerate() {
        below.verify_signed_by(issuer).map_err(|_| NotIssuedForUs::Chain)?;
        if below.has_unknown_critical()
            || issuer.path_length().is_some_and(|most| authorities_below > most)
            || !is_valid(issuer, now)
        {
            return Err(NotIssuedForUs::Chain);
        }
        below = issuer;
    }
    if below.has_unknown_critical() { Err(NotIssuedForUs::Chain) } else { Ok(()) }
}

fn is_valid(certificate: &Certificate, now: UnixTime) -> bool {
    now.plus_secs(CLOCK_SKEW) >= certificate.not_before
        && now.plus_secs(-CLOCK_SKEW) <= certificate.not_after
}
