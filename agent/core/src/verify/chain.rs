//! Whether a certificate is trusted at a moment, and whether it was revoked.

use std::borrow::Cow;

use super::finding::{Finding, State, of_path, of_why};
use super::{Demand, Trust};
use crate::time::UnixTime;
use crate::x509::certificate::Certificate;
use crate::x509::crl::Crl;
use crate::x509::ocsp::OcspAnswer;
use crate::x509::path::{self, Path, Use};
use crate::x509::revocation::{self, Evidence, Reason, Revocation};

/// What a message carries to help: believed no more than what comes from anywhere else.
#[derive(Default)]
pub(super) struct Carried {
    pub(super) certificates: Vec<Certificate>,
    pub(super) crls: Vec<Crl>,
    pub(super) answers: Vec<OcspAnswer>,
}

impl Carried {
    /// The certificates among these that can be read.
    pub(super) fn of_certificates<'a>(ders: impl Iterator<Item = &'a [u8]>) -> Self {
        let certificates = ders.filter_map(|der| Certificate::parse(der).ok()).collect();
        Self { certificates, ..Self::default() }
    }
}

/// What was found out about a certificate.
pub(super) struct Judged {
    pub(super) chain: Finding,
    pub(super) revocation: Finding,
    pub(super) path: Vec<Certificate>,
}

/// Seeks a path to a root that holds at the moment, and judges the revocation of everything on it but the root.
///
/// The revocation of the certificate itself is told apart; one of an authority above it breaks the chain.
pub(super) fn judge(
    certificate: &Certificate,
    carried: &Carried,
    trust: &Trust<'_>,
    at: UnixTime,
    purpose: Use,
) -> Judged {
    let pool = [trust.intermediates, &carried.certificates].concat();
    let path = match path::build(certificate, &pool, trust.roots, at, purpose) {
        Ok(path) => path,
        Err(problem) => {
            let state = if problem.is_unknown() { State::Unknown } else { State::Bad };
            let why = "without a chain nobody can say whether the certificate was revoked";
            return Judged {
                chain: Finding::one(state, of_path(&problem), &problem),
                revocation: Finding::one(State::Unknown, "no_chain", why),
                path: vec![certificate.clone()],
            };
        }
    };
    let crls = with(trust.crls, carried.crls.iter());
    // Of what the message carries its maker made the choice, and would not choose the list with his own certificate
    // on it. Only what was made after the moment in question leaves no choice.
    let later = carried.crls.iter().filter(|list| list.this_update >= at);
    let unchosen = with(trust.crls, later);
    let answers = [trust.answers, &carried.answers].concat();
    let all =
        Evidence { crls: &crls, answers: &answers, certificates: &pool, max_age: trust.max_age };
    let evidence = [all, Evidence { crls: &unchosen, ..all }];
    let (revocation, chain) = along(&path, &evidence, at, trust.revocation, purpose);
    let path = path.certificates().iter().map(|link| (*link).clone()).collect();
    Judged { chain, revocation, path }
}

/// The lists with those that a message carries. They may be long: they are copied only if a message carries some.
fn with<'a>(lists: &'a [Crl], carried: impl Iterator<Item = &'a Crl>) -> Cow<'a, [Crl]> {
    let mut carried = carried.peekable();
    match carried.peek() {
        None => Cow::Borrowed(lists),
        Some(_) => lists.iter().chain(carried).cloned().collect(),
    }
}

/// The finding about the leaf's revocation, and the one about the chain above it. The second evidence is that among
/// the first that may say "good".
fn along(
    path: &Path<'_>,
    [all, unchosen]: &[Evidence<'_>; 2],
    at: UnixTime,
    demand: Demand,
    purpose: Use,
) -> (Finding, Finding) {
    // A root has no issuer, and nobody can revoke it.
    let mut leaf = Finding::good();
    let mut chain = Finding::good();
    for (position, (certificate, issuer)) in path.pairs().enumerate() {
        let role = match (position, purpose) {
            (0, Use::TimeStamping) => Role::TimeStamping,
            (0, _) => Role::Holder,
            (1.., _) => Role::Authority,
        };
        let verdict = revocation::judge(certificate, issuer, all, at);
        let is_chosen = matches!(verdict, Revocation::Good { .. })
            && all.crls.len() > unchosen.crls.len()
            && !matches!(
                revocation::judge(certificate, issuer, unchosen, at),
                Revocation::Good { .. }
            );
        let finding = if is_chosen {
            let text =
                "the revocation list that the message carries is older than the moment in question";
            Finding::one(State::Unknown, "carried_only", text)
        } else {
            of_revocation(&verdict, at, role)
        };
        if position == 0 {
            leaf = finding;
            continue;
        }
        let subject = certificate.subject_name();
        match finding.state {
            State::Good | State::Absent => {}
            State::Bad => {
                let text = format!("the authority {subject} was revoked");
                chain.and(State::Bad, "authority_revoked", text);
            }
            State::Unknown => {
                let state = match demand {
                    Demand::Known => State::Unknown,
                    Demand::IfKnown => State::Good,
                };
                let text = format!("it is unknown whether the authority {subject} was revoked");
                chain.and(state, "authority_revocation_unknown", text);
            }
        }
    }
    (leaf, chain)
}

/// What a certificate of a path is for, which decides what a later revocation means.
#[derive(Clone, Copy)]
enum Role {
    Holder,
    TimeStamping,
    Authority,
}

impl Role {
    /// Whether what was done before the revocation still stands. Moments that the key itself tells, in stamps and in
    /// certificates, are worth nothing once somebody else has it: he writes whatever he likes. Of an authority for
    /// time stamps it must be said that nobody has (RFC 3161, section 4, number 1).
    const fn outlives(self, reason: Reason) -> bool {
        match self {
            Self::Holder => true,
            Self::TimeStamping => matches!(
                reason,
                Reason::AffiliationChanged | Reason::Superseded | Reason::CessationOfOperation
            ),
            Self::Authority => !reason.is_compromise(),
        }
    }
}

fn of_revocation(revocation: &Revocation, at: UnixTime, role: Role) -> Finding {
    match revocation {
        Revocation::Good { .. } => Finding::good(),
        Revocation::Revoked(revoked) => {
            let (from, reason) = (revoked.counts_from().rfc3339(), revoked.reason.code());
            if revoked.counts_at(at) {
                let text = format!("the certificate was revoked at {from} ({reason})");
                Finding::one(State::Bad, "revoked", text)
            } else if role.outlives(revoked.reason) {
                let text = format!("the certificate was revoked later, at {from} ({reason})");
                Finding::one(State::Good, "revoked_later", text)
            } else {
                let text = format!(
                    "the certificate was revoked later, at {from} ({reason}), and nothing before counts"
                );
                Finding::one(State::Bad, "revoked", text)
            }
        }
        Revocation::Unknown(reasons) => {
            let mut finding = Finding { state: State::Unknown, reasons: Vec::new() };
            for why in reasons {
                finding.and(State::Unknown, of_why(why), why);
            }
            finding
        }
    }
}
