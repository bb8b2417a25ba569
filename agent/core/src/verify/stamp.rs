//! Time stamps over signatures: whether they prove that a signature existed at a moment.

use super::chain::{Carried, judge};
use super::finding::{Finding, State, of_bad_token, of_not_a_token};
use super::{Demand, Trust};
use crate::cms::SignerInfo;
use crate::time::UnixTime;
use crate::tsp::Token;
use crate::x509::certificate::Certificate;
use crate::x509::path::Use;

/// The most time stamps that are looked at, for each signer.
const MAX_STAMPS: usize = 8;

/// A time stamp over a signature.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// Whether it proves something: its signature, its imprint, and its authority's chain.
    pub state: Finding,
    /// The moment that it tells; `None` if it cannot be read.
    pub time: Option<UnixTime>,
    /// The policy under which it was made, in dotted numbers.
    pub policy: Option<String>,
    /// Whether the authority's certificate was not revoked.
    pub revocation: Finding,
    /// The authority's certificate, and those above it as far as they were found.
    pub path: Vec<Certificate>,
}

/// Judges the stamps of a signer; of several the best one counts, and among equals the earliest.
pub(super) fn judge_stamps(
    signer: &SignerInfo,
    carried: &Carried,
    trust: &Trust<'_>,
) -> Option<Stamp> {
    let stamps = signer.time_stamps();
    let stamps =
        stamps.iter().take(MAX_STAMPS).map(|token| judge_one(signer, token, carried, trust));
    stamps.min_by_key(|stamp| (stamp.state.state, stamp.time))
}

fn judge_one(signer: &SignerInfo, token: &[u8], carried: &Carried, trust: &Trust<'_>) -> Stamp {
    let failed = |state, time| Stamp {
        state,
        time,
        policy: None,
        revocation: Finding::one(State::Unknown, "no_chain", "the time stamp proves nothing"),
        path: Vec::new(),
    };
    let token = match Token::parse(token) {
        Ok(token) => token,
        Err(error) => {
            return failed(Finding::one(State::Bad, of_not_a_token(&error), error), None);
        }
    };
    let time = Some(token.info.time);
    let others: Vec<&[u8]> = carried.certificates.iter().map(Certificate::der).collect();
    let stamp = match token.verify_over(&signer.signature, &others) {
        Ok(stamp) => stamp,
        Err(error) => {
            let (state, code) = of_bad_token(&error);
            return failed(Finding::one(state, code, &error), time);
        }
    };
    let own = Carried::of_certificates(
        stamp.certificates.iter().map(Vec::as_slice).chain(others.iter().copied()),
    );
    let judged = judge(&stamp.certificate, &own, trust, stamp.time, Use::TimeStamping);
    let mut state = judged.chain;
    match (judged.revocation.state, trust.revocation) {
        (State::Bad, _) => {
            state.and(State::Bad, "timestamp_revoked", "the time stamp's authority was revoked");
        }
        // It moves the moment of judgement, and so must be known as well as the signer.
        (State::Unknown, Demand::Known) => {
            let text = "it is unknown whether the time stamp's authority was revoked";
            state.and(State::Unknown, "timestamp_revocation_unknown", text);
        }
        (State::Good | State::Absent | State::Unknown, _) => {}
    }
    Stamp {
        state,
        time,
        policy: Some(stamp.policy.to_string()),
        revocation: judged.revocation,
        path: judged.path,
    }
}
