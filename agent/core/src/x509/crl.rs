//! Certificate revocation lists, full ones and delta lists (RFC 5280, section 5).
//!
//! A list may have millions of entries: it is kept as it came, walked through once to see that it is sound, and once
//! per question. Nothing is allocated per entry.
//!
//! What is honoured and what is not:
//!
//! | list | |
//! |---|---|
//! | delta list | adds to a full list whose number is at least the delta's base number and less than its own number; one that does not fit (the test authority's delta list has the number 10 over the base 14) adds nothing but final revocations |
//! | one that covers some certificates (issuingDistributionPoint) | believed for those that it covers: holders or authorities, and the distribution point that the certificate names |
//! | one that covers some reasons | may say "revoked", never "good" |
//! | indirect list, of several authorities | not believed |
//! | anything else critical, in the list or one of its entries | not believed, as section 5.3 demands |

mod doubt;
mod findings;
mod read;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt;
use std::ops::Range;

use const_oid::ObjectIdentifier;
use spki::AlgorithmIdentifierOwned;
use thiserror::Error;

pub use self::doubt::CrlDoubt;
pub(super) use self::findings::findings;
pub(super) use self::read::{details, generalized};
use super::certificate::Certificate;
use super::distinguished::DistinguishedName;
use super::revocation::Reason;
use super::signed;
use crate::time::UnixTime;

/// Longer lists are not read. With 40 bytes per entry that is one and a half million entries.
pub const MAX_CRL: usize = 64 * 1024 * 1024;

/// The number of a list: an unsigned integer of up to 20 bytes that grows from list to list (section 5.2.3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrlNumber(Vec<u8>);

impl CrlNumber {
    /// The number, most significant byte first, without leading zero bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl PartialOrd for CrlNumber {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CrlNumber {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl fmt::Display for CrlNumber {
    /// In decimal digits, or in hexadecimal ones after `0x` where it has more than 64 bits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() > 8 {
            f.write_str("0x")?;
            return self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"));
        }
        let number = self.0.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        write!(f, "{number}")
    }
}

/// A revocation list that was read. Its signature is checked by [`Crl::verify`] and by
/// [`revocation::judge`](super::revocation::judge).
#[derive(Clone)]
pub struct Crl {
    /// When it was made.
    pub this_update: UnixTime,
    /// When the next one comes at the latest.
    pub next_update: Option<UnixTime>,
    /// Its number.
    pub number: Option<CrlNumber>,
    /// For a delta list, the number of the list on which it builds.
    pub delta_of: Option<CrlNumber>,
    /// How many entries it has.
    pub entries: usize,
    issuer: DistinguishedName,
    authority_key: Option<Vec<u8>>,
    scope: Scope,
    covers_expired_since: Option<UnixTime>,
    unknown_critical: Option<ObjectIdentifier>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
    body: Range<usize>,
    listed: Range<usize>,
    der: Vec<u8>,
}

/// What of an authority's certificates a list covers: the extension issuingDistributionPoint.
#[derive(Clone, Default, PartialEq, Eq)]
struct Scope {
    /// Full names of its distribution point, each in DER.
    points: Option<Vec<Vec<u8>>>,
    /// Its distribution point has a name that is not understood.
    odd_point: bool,
    only_holders: bool,
    only_authorities: bool,
    only_attributes: bool,
    some_reasons: bool,
    indirect: bool,
}

/// What a list says of one certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// When it was revoked.
    pub revoked_at: UnixTime,
    /// Why.
    pub reason: Reason,
    /// From when on the key is suspect, if that is told.
    pub invalid_since: Option<UnixTime>,
}

/// Why bytes are not a list that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotACrl {
    /// More than [`MAX_CRL`] bytes.
    #[error("the revocation list is too large")]
    TooLarge,
    /// No revocation list, or a part of it cannot be read.
    #[error("the revocation list is malformed")]
    Malformed,
}

impl Crl {
    /// Reads a list in DER. It is kept, so that it is taken rather than copied.
    ///
    /// # Errors
    /// [`NotACrl`].
    pub fn parse(der: Vec<u8>) -> Result<Self, NotACrl> {
        if der.len() > MAX_CRL {
            return Err(NotACrl::TooLarge);
        }
        Self::read(der).ok_or(NotACrl::Malformed)
    }

    /// Reads a list in DER or in PEM (RFC 7468, label `X509 CRL`), with any line ends.
    ///
    /// # Errors
    /// [`NotACrl`].
    pub fn from_pem_or_der(bytes: Vec<u8>) -> Result<Self, NotACrl> {
        if bytes.len() > MAX_CRL / 3 * 4 {
            return Err(NotACrl::TooLarge);
        }
        if bytes.first() == Some(&0x30) {
            return Self::parse(bytes);
        }
        Self::parse(read::unarmoured(&bytes).ok_or(NotACrl::Malformed)?)
    }

    /// The name of the authority that made it.
    #[must_use]
    pub fn issuer_name(&self) -> &DistinguishedName {
        &self.issuer
    }

    /// The list as it came, in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether it only tells what changed since another.
    #[must_use]
    pub fn is_delta(&self) -> bool {
        self.delta_of.is_some()
    }

    /// Verifies that it is the list of an authority that may sign lists. Times are not looked at.
    ///
    /// # Errors
    /// [`CrlDoubt::OtherIssuer`], [`CrlDoubt::IssuerMayNotSign`], [`CrlDoubt::OtherKey`] or
    /// [`CrlDoubt::BadSignature`].
    pub fn verify(&self, issuer: &Certificate) -> Result<(), CrlDoubt> {
        if self.issuer != *issuer.subject_name() {
            return Err(CrlDoubt::OtherIssuer);
        }
        if !issuer.is_ca || !issuer.usages.crl_sign {
            return Err(CrlDoubt::IssuerMayNotSign);
        }
        let body = &self.der[self.body.clone()];
        signed::verify(body, &self.algorithm, &self.signature, &issuer.public_key).map_err(|_| {
            match (self.authority_key.as_deref(), issuer.subject_key_id()) {
                (Some(named), Some(own)) if named != own => CrlDoubt::OtherKey,
                (Some(_) | None, _) => CrlDoubt::BadSignature,
            }
        })
    }

    /// What the list says of the certificate with this serial number (the content of its INTEGER, see
    /// [`Certificate::serial_number`]); `None` if it is not on it. Of several entries, the one that is graver.
    ///
    /// This is a look into the list, and no judgement.
    #[must_use]
    pub fn entry(&self, serial_number: &[u8]) -> Option<Entry> {
        let entry = read::find(&self.der[self.listed.clone()], serial_number)?;
        // Only a delta list can take something off; a full list that names a certificate revokes it.
        let is_odd = entry.reason == Reason::RemoveFromCrl && !self.is_delta();
        Some(if is_odd { Entry { reason: Reason::Unspecified, ..entry } } else { entry })
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_delta() { "delta" } else { "full" };
        write!(f, "Crl({kind}, {}, {} entries)", self.this_update.rfc3339(), self.entries)
    }
}
