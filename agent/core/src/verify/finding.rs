//! What came of one check, and why: words for programs, and sentences for people who read logs.

use std::fmt;

use crate::cms::{Fault, Outcome, Unchecked};
use crate::tsp::{BadToken, NotAToken};
use crate::x509::certificate::NotACertificate;
use crate::x509::crl::CrlDoubt;
use crate::x509::ocsp::OcspDoubt;
use crate::x509::path::PathProblem;
use crate::x509::revocation::Why;
use crate::xml::Uncheckable;

/// How a check came out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// It holds.
    Good,
    /// There is nothing to check.
    Absent,
    /// It could not be checked.
    Unknown,
    /// It does not hold.
    Bad,
}

impl State {
    /// The stable name: `good`, `absent`, `unknown` or `bad`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Absent => "absent",
            Self::Unknown => "unknown",
            Self::Bad => "bad",
        }
    }
}

/// One reason for a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// A stable word for programs, such as `expired`.
    pub code: &'static str,
    /// An English sentence that names what is wrong and where.
    pub text: String,
}

/// How a check came out, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// How.
    pub state: State,
    /// Why. May be empty for what is good.
    pub reasons: Vec<Reason>,
}

impl Finding {
    pub(super) fn good() -> Self {
        Self { state: State::Good, reasons: Vec::new() }
    }

    pub(super) fn one(state: State, code: &'static str, text: impl fmt::Display) -> Self {
        Self { state, reasons: vec![Reason { code, text: format!("{text}") }] }
    }

    /// Takes a further reason in; the worse state of the two stays.
    pub(super) fn and(&mut self, state: State, code: &'static str, text: impl fmt::Display) {
        self.state = self.state.max(state);
        self.reasons.push(Reason { code, text: format!("{text}") });
    }

    /// Whether it holds.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.state == State::Good
    }
}

/// The finding about one part of a CMS signature.
pub(super) fn of_outcome(outcome: Outcome, bad: (&'static str, &str)) -> Finding {
    match outcome {
        Outcome::Good => Finding::good(),
        Outcome::Bad => Finding::one(State::Bad, bad.0, bad.1),
        Outcome::Unchecked(why) => {
            let (state, code) = of_unchecked(why);
            Finding::one(state, code, why)
        }
    }
}

/// SHA-1 is known well enough to be called bad; everything else of this kind is not known here.
fn of_unchecked(why: Unchecked) -> (State, &'static str) {
    match why {
        Unchecked::NoDigest(_) => (State::Unknown, "content_missing"),
        Unchecked::UnknownHash => (State::Unknown, "hash_unsupported"),
        Unchecked::UnknownSignature => (State::Unknown, "signature_unsupported"),
        Unchecked::WeakHash => (State::Bad, "hash_weak"),
        Unchecked::NoCertificate => (State::Unknown, "certificate_missing"),
        Unchecked::Certificate(why) => (State::Unknown, of_certificate(why)),
    }
}

pub(super) fn of_certificate(why: NotACertificate) -> &'static str {
    match why {
        NotACertificate::TooLarge | NotACertificate::Malformed | NotACertificate::Several => {
            "certificate_malformed"
        }
        NotACertificate::OldVersion | NotACertificate::Key(_) => "certificate_unsupported",
    }
}

pub(super) fn of_fault(fault: &Fault) -> &'static str {
    match fault {
        Fault::Twice(_) => "attribute_twice",
        Fault::Malformed(_) => "attribute_malformed",
        Fault::NoContentType => "content_type_missing",
        Fault::OtherContentType => "content_type_other",
        Fault::NoMessageDigest => "message_digest_missing",
        Fault::OtherCertificate => "certificate_other",
        Fault::OtherHash => "hash_other",
        Fault::OtherAlgorithms => "algorithms_other",
        Fault::AttributesAsContent => "attributes_as_content",
    }
}

pub(super) fn of_path(problem: &PathProblem) -> &'static str {
    match problem {
        PathProblem::NoIssuer { .. } => "issuer_missing",
        PathProblem::UntrustedRoot(_) => "root_untrusted",
        PathProblem::Expired { .. } => "expired",
        PathProblem::NotYetValid { .. } => "not_yet_valid",
        PathProblem::BadSignature(_) => "certificate_signature",
        PathProblem::NotAnAuthority(_) => "not_an_authority",
        PathProblem::TooManyAuthorities(_) => "path_too_long",
        PathProblem::CriticalExtension { .. } => "critical_extension",
        PathProblem::NameNotAllowed(_) => "name_not_allowed",
        PathProblem::OtherUse(_) => "other_use",
        PathProblem::TooMuchWork => "too_much_work",
    }
}

pub(super) fn of_why(why: &Why) -> &'static str {
    match why {
        Why::NoEvidence => "no_evidence",
        Why::Crl(doubt) => match doubt {
            CrlDoubt::OtherIssuer => "crl_other_issuer",
            CrlDoubt::IssuerMayNotSign => "crl_issuer_may_not_sign",
            CrlDoubt::OtherKey => "crl_other_key",
            CrlDoubt::BadSignature => "crl_signature",
            CrlDoubt::Untimely(_) => "crl_untimely",
            CrlDoubt::OutOfScope => "crl_out_of_scope",
            CrlDoubt::SomeReasonsOnly => "crl_some_reasons",
            CrlDoubt::Indirect => "crl_indirect",
            CrlDoubt::CriticalExtension(_) => "crl_critical_extension",
            CrlDoubt::NoBase { .. } => "crl_no_base",
            CrlDoubt::OlderThanBase => "crl_older_than_base",
            CrlDoubt::OldHold => "crl_old_hold",
        },
        Why::Ocsp(doubt) => match doubt {
            OcspDoubt::OtherCertificate => "ocsp_other_certificate",
            OcspDoubt::NoResponder => "ocsp_no_responder",
            OcspDoubt::NotAppointed => "ocsp_not_appointed",
            OcspDoubt::ResponderRevoked => "ocsp_responder_revoked",
            OcspDoubt::BadSignature => "ocsp_signature",
            OcspDoubt::OtherNonce => "ocsp_other_nonce",
            OcspDoubt::NoNonce => "ocsp_no_nonce",
            OcspDoubt::Untimely(_) => "ocsp_untimely",
            OcspDoubt::UnknownThere => "ocsp_unknown",
            OcspDoubt::CriticalExtension(_) => "ocsp_critical_extension",
        },
    }
}

pub(super) fn of_uncheckable(why: Uncheckable) -> &'static str {
    match why {
        Uncheckable::Malformed => "signature_malformed",
        Uncheckable::Signature => "signature_unsupported",
        Uncheckable::SharedSecret => "shared_secret",
        Uncheckable::Hash => "hash_unsupported",
        Uncheckable::Canonicalization => "canonicalization_unsupported",
        Uncheckable::Transform => "transform_unsupported",
        Uncheckable::Outside => "content_outside",
        Uncheckable::NoElement => "element_missing",
        Uncheckable::SeveralElements => "element_ambiguous",
        Uncheckable::TooMuch => "too_much_work",
    }
}

pub(super) fn of_not_a_token(why: &NotAToken) -> &'static str {
    match why {
        NotAToken::TooLarge | NotAToken::Cms(_) | NotAToken::OtherType | NotAToken::Info => {
            "timestamp_malformed"
        }
    }
}

pub(super) fn of_bad_token(why: &BadToken) -> (State, &'static str) {
    match why {
        BadToken::OtherImprint => (State::Bad, "timestamp_other_imprint"),
        BadToken::Hash => (State::Bad, "timestamp_hash"),
        BadToken::OtherNonce => (State::Bad, "timestamp_other_nonce"),
        BadToken::OtherPolicy => (State::Bad, "timestamp_other_policy"),
        BadToken::Signers => (State::Bad, "timestamp_signers"),
        BadToken::Signature => (State::Bad, "timestamp_signature"),
        BadToken::Unchecked(_) => (State::Unknown, "timestamp_unchecked"),
        BadToken::Fault(_) => (State::Bad, "timestamp_fault"),
        BadToken::Unbound => (State::Bad, "timestamp_unbound"),
        BadToken::NotAnAuthority => (State::Bad, "timestamp_not_an_authority"),
    }
}
