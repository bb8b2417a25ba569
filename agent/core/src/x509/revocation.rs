//! Whether a certificate was revoked: what lists and responders say of it, taken together.
//!
//! ```text
//! certificate, its issuer, the moment ─┐
//! lists (base, delta), answers (OCSP) ─┴─▶ good · revoked · unknown, with reasons
//! ```
//!
//! Nothing is good because nothing was found. *Good* needs a list or an answer that is signed by the issuer (or by a
//! responder whom it appointed), covers the certificate, and is fresh enough. Otherwise the verdict is *unknown* and
//! tells what was wrong with each piece of evidence.
//!
//! Rules where the standards leave a choice:
//!
//! - **Revoked beats good.** Who revokes cannot take it back, so even an outdated list or answer that says "revoked"
//!   is believed, if its signature holds. The one exception is a *hold*, which can be lifted: outdated evidence of it
//!   is not believed, and newer evidence that says "good" beats it; a responder's "never issued"
//!   ([`Revoked::is_unissued`]) only another answer of a responder, since lists are silent about such certificates.
//! - **The moment.** Evidence may be older or newer than the moment that is judged. Older evidence must still be
//!   current at that moment (`nextUpdate`). Newer evidence that says "good" is better still (RFC 5280 knows only "now",
//!   but a time-stamped signature is judged by what became known later), as long as the certificate had not expired
//!   when the evidence was made: authorities drop expired certificates from their lists.
//! - **Revoked after the moment** is still [`Revocation::Revoked`]; [`Revoked::counts_at`] tells whether it matters
//!   for something that was provably done at a moment. Without a time stamp nothing is provable, and the moment to ask
//!   about is now.

use thiserror::Error;

use super::certificate::Certificate;
use super::crl::{self, Crl, CrlDoubt};
use super::ocsp::{self, OcspAnswer, OcspDoubt};
use crate::time::UnixTime;

/// Why a certificate was revoked (RFC 5280, section 5.3.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// Not told, or a number that the standard does not know.
    Unspecified,
    /// Somebody else may have the key.
    KeyCompromise,
    /// Somebody else may have the authority's key.
    CaCompromise,
    /// The holder's name or place changed.
    AffiliationChanged,
    /// There is a newer certificate.
    Superseded,
    /// It is no longer needed.
    CessationOfOperation,
    /// For the time being only.
    CertificateHold,
    /// No longer on hold: only in delta lists.
    RemoveFromCrl,
    /// The holder may no longer do what it allowed.
    PrivilegeWithdrawn,
    /// Somebody else may have the attribute authority's key.
    AaCompromise,
}

impl Reason {
    /// All of them, with their numbers in ASN.1 and their stable names.
    const ALL: [(Self, u8, &'static str); 10] = [
        (Self::Unspecified, 0, "unspecified"),
        (Self::KeyCompromise, 1, "key_compromise"),
        (Self::CaCompromise, 2, "ca_compromise"),
        (Self::AffiliationChanged, 3, "affiliation_changed"),
        (Self::Superseded, 4, "superseded"),
        (Self::CessationOfOperation, 5, "cessation_of_operation"),
        (Self::CertificateHold, 6, "certificate_hold"),
        (Self::RemoveFromCrl, 8, "remove_from_crl"),
        (Self::PrivilegeWithdrawn, 9, "privilege_withdrawn"),
        (Self::AaCompromise, 10, "aa_compromise"),
    ];

    pub(super) fn of(number: u8) -> Self {
        let known = Self::ALL.into_iter().find(|(_, known, _)| *known == number);
        known.map_or(Self::Unspecified, |(reason, ..)| reason)
    }

    /// Its stable name: `key_compromise` and so on.
    #[must_use]
    pub fn code(self) -> &'static str {
        let known = Self::ALL.into_iter().find(|(reason, ..)| *reason == self);
        known.map_or("unspecified", |(_, _, code)| code)
    }

    /// Whether others may have used the key, so that even earlier signatures deserve a second look.
    #[must_use]
    pub const fn is_compromise(self) -> bool {
        matches!(self, Self::KeyCompromise | Self::CaCompromise | Self::AaCompromise)
    }
}

/// Who says it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A revocation list.
    Crl,
    /// A delta list, alone or over a full one.
    DeltaCrl,
    /// A responder.
    Ocsp,
}

impl Source {
    /// The stable name: `crl`, `delta_crl` or `ocsp`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Crl => "crl",
            Self::DeltaCrl => "delta_crl",
            Self::Ocsp => "ocsp",
        }
    }
}

/// How a certificate was revoked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revoked {
    /// When it was revoked.
    pub at: UnixTime,
    /// Why.
    pub reason: Reason,
    /// From when on the key is suspect, if that is known and told (invalidityDate): often before it was revoked.
    pub invalid_since: Option<UnixTime>,
    /// Who says it.
    pub source: Source,
}

impl Revoked {
    /// From when on nothing done with the key counts: when it was revoked, or became suspect before.
    ///
    /// A compromised key without invalidityDate counts from its revocation, because nobody tells of an earlier
    /// moment; who wants to be stricter looks at [`Reason::is_compromise`].
    #[must_use]
    pub fn counts_from(&self) -> UnixTime {
        self.invalid_since.map_or(self.at, |since| since.min(self.at))
    }

    /// Whether a responder says with this that the authority never issued the certificate: on hold since 1970
    /// (RFC 6960, section 2.2). The NCA's responders do. It may be forged, or younger than the responder's database.
    #[must_use]
    pub fn is_unissued(&self) -> bool {
        self.source == Source::Ocsp
            && self.reason == Reason::CertificateHold
            && self.at == UnixTime::from_secs(0)
    }

    /// Whether the revocation matters for something that was provably done at that moment.
    #[must_use]
    pub fn counts_at(&self, moment: UnixTime) -> bool {
        moment >= self.counts_from()
    }
}

/// The verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Revocation {
    /// Somebody who must know says that it is not revoked.
    Good {
        /// Who.
        source: Source,
        /// The moment for which that was said (`thisUpdate`).
        as_of: UnixTime,
    },
    /// It was revoked, perhaps after the moment in question: see [`Revoked::counts_at`].
    Revoked(Revoked),
    /// Nobody could be believed. What was wrong with each piece of evidence, in its order; never empty.
    Unknown(Vec<Why>),
}

/// Why a piece of evidence says nothing.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Why {
    /// There was none: fetch a list or ask a responder.
    #[error("there is neither a revocation list nor an answer of a responder")]
    NoEvidence,
    /// A list says nothing.
    #[error(transparent)]
    Crl(#[from] CrlDoubt),
    /// An answer of a responder says nothing.
    #[error(transparent)]
    Ocsp(#[from] OcspDoubt),
}

/// What is known of a certificate. All of it may come from anywhere; nothing is believed without a signature.
#[derive(Clone, Copy, Default, Debug)]
pub struct Evidence<'a> {
    /// Lists, full ones and delta lists, of any authority.
    pub crls: &'a [Crl],
    /// Answers of responders, each with the nonce that was sent, about any certificate.
    pub answers: &'a [OcspAnswer],
    /// Certificates of responders, if their answers lack them.
    pub certificates: &'a [Certificate],
    /// How old, in seconds, a list or an answer may be that does not say when the next one comes, as those of the
    /// NCA's responders do not.
    pub max_age: i64,
}

/// One thing that a piece of evidence says.
pub(super) enum Finding {
    Good { source: Source, as_of: UnixTime },
    Revoked { revoked: Revoked, as_of: UnixTime },
    Doubt(Why),
}

/// Judges whether a certificate was revoked, for a moment.
///
/// `issuer` is the certificate that issued it, itself found trustworthy by [`path::build`](super::path::build): only
/// its key is believed, and those of responders whom it appointed. A root has no issuer, and nobody can revoke it.
#[must_use]
pub fn judge(
    certificate: &Certificate,
    issuer: &Certificate,
    evidence: &Evidence<'_>,
    at: UnixTime,
) -> Revocation {
    let mut findings = crl::findings(certificate, issuer, evidence, at);
    findings.extend(ocsp::findings(certificate, issuer, evidence, at));
    weigh(findings)
}

fn weigh(findings: Vec<Finding>) -> Revocation {
    let mut good: Option<(Source, UnixTime)> = None;
    // When a responder last said so.
    let mut answered: Option<UnixTime> = None;
    let mut held: Option<(Revoked, UnixTime)> = None;
    let mut final_one: Option<Revoked> = None;
    let mut doubts = Vec::new();
    for finding in findings {
        match finding {
            Finding::Good { source, as_of } => {
                if good.is_none_or(|(_, known)| as_of > known) {
                    good = Some((source, as_of));
                }
                if source == Source::Ocsp {
                    answered = answered.max(Some(as_of));
                }
            }
            Finding::Revoked { revoked, as_of } if revoked.reason == Reason::CertificateHold => {
                if held.as_ref().is_none_or(|(_, known)| as_of > *known) {
                    held = Some((revoked, as_of));
                }
            }
            // Of two that say so, the one that counts earlier.
            Finding::Revoked { revoked, .. } => {
                if final_one.as_ref().is_none_or(|one| revoked.counts_from() < one.counts_from()) {
                    final_one = Some(revoked);
                }
            }
            Finding::Doubt(why) => doubts.push(why),
        }
    }
    if let Some(revoked) = final_one {
        return Revocation::Revoked(revoked);
    }
    // No list knows what was issued: its silence says nothing of a certificate that was never.
    if let Some((revoked, held_at)) = &held
        && revoked.is_unissued()
        && answered.is_none_or(|as_of| *held_at >= as_of)
    {
        return Revocation::Revoked(revoked.clone());
    }
    match (held, good) {
        (Some((revoked, _)), None) => Revocation::Revoked(revoked),
        (Some((revoked, held_at)), Some((_, as_of))) if held_at >= as_of => {
            Revocation::Revoked(revoked)
        }
        (_, Some((source, as_of))) => Revocation::Good { source, as_of },
        (None, None) if doubts.is_empty() => Revocation::Unknown(vec![Why::NoEvidence]),
        (None, None) => Revocation::Unknown(doubts),
    }
}

/// Why evidence is not of the right time. Shared by lists and answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum Untimely {
    /// A newer one was due before the moment in question: fetch it.
    #[error("it ran out at {}", .0.rfc3339())]
    Outdated(UnixTime),
    /// It does not say when the next one comes, and is too old for that.
    #[error("it is of {} and does not say how long it holds", .0.rfc3339())]
    TooOld(UnixTime),
    /// It was made after the certificate expired, when it may have been dropped.
    #[error("it was made at {}, after the certificate had expired", .0.rfc3339())]
    AfterExpiry(UnixTime),
}

/// When a piece of evidence was made, and for how long it holds.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) this_update: UnixTime,
    pub(super) next_update: Option<UnixTime>,
    /// It also covers certificates that expired at that moment or later.
    pub(super) covers_expired_since: Option<UnixTime>,
}

impl Times {
    /// Whether it can say "good" of a certificate at a moment.
    pub(super) fn check(
        self,
        certificate: &Certificate,
        at: UnixTime,
        max_age: i64,
    ) -> Result<(), Untimely> {
        let covers = self.covers_expired_since.is_some_and(|since| since <= certificate.not_after);
        if self.this_update > certificate.not_after && !covers {
            return Err(Untimely::AfterExpiry(self.this_update));
        }
        match self.next_update {
            Some(next) if at > next => Err(Untimely::Outdated(next)),
            None if at.since(self.this_update) > max_age => Err(Untimely::TooOld(self.this_update)),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_silence_of_a_list_does_not_issue_a_certificate() {
        let moment = UnixTime::from_secs;
        let unissued = || {
            let (at, reason, source) = (moment(0), Reason::CertificateHold, Source::Ocsp);
            let revoked = Revoked { at, reason, invalid_since: None, source };
            Finding::Revoked { revoked, as_of: moment(1_000) }
        };
        let good = |source, as_of| Finding::Good { source, as_of: moment(as_of) };
        let is_good = |findings| matches!(weigh(findings), Revocation::Good { .. });
        assert!(!is_good(vec![unissued(), good(Source::Crl, 2_000)]));
        assert!(!is_good(vec![unissued(), good(Source::Ocsp, 999), good(Source::Crl, 2_000)]));
        assert!(is_good(vec![unissued(), good(Source::Ocsp, 1_001)]));
        assert!(is_good(vec![good(Source::Ocsp, 1_001), good(Source::Crl, 2_000), unissued()]));
    }
}
