//! The search for a path: depth first, the likeliest issuer first, within bounds.

use std::cmp::Reverse;

use super::{MAX_LENGTH, MAX_SIGNATURES, Path, PathProblem, Use, Which, constraints};
use crate::time::UnixTime;
use crate::x509::certificate::Certificate;

pub(super) struct Search<'a> {
    intermediates: &'a [Certificate],
    roots: &'a [Certificate],
    at: UnixTime,
    purpose: Use,
    signatures_left: usize,
    links: Vec<&'a Certificate>,
    /// The problem of the path that came farthest; of two that came as far, the one that is certain.
    worst: Option<((usize, bool), PathProblem)>,
}

/// How the id of a candidate's key compares with the one that is sought.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likelihood {
    OtherKey,
    NotSaid,
    ThisKey,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        intermediates: &'a [Certificate],
        roots: &'a [Certificate],
        at: UnixTime,
        purpose: Use,
    ) -> Self {
        let (signatures_left, links, worst) = (MAX_SIGNATURES, Vec::new(), None);
        Self { intermediates, roots, at, purpose, signatures_left, links, worst }
    }

    pub(super) fn run(mut self, leaf: &'a Certificate) -> Result<Path<'a>, PathProblem> {
        self.check(0, leaf)?;
        if !self.purpose.is_allowed_by(leaf) {
            return Err(PathProblem::OtherUse(Which::of(0, leaf)));
        }
        self.links.push(leaf);
        if self.reaches_root() {
            return Ok(Path { links: self.links });
        }
        Err(self.worst.map_or(PathProblem::TooMuchWork, |(_, problem)| problem))
    }

    /// What every certificate of a path must be.
    fn check(&self, position: usize, certificate: &Certificate) -> Result<(), PathProblem> {
        let which = || Which::of(position, certificate);
        if self.at < certificate.not_before {
            return Err(PathProblem::NotYetValid { which: which(), from: certificate.not_before });
        }
        if self.at > certificate.not_after {
            return Err(PathProblem::Expired { which: which(), until: certificate.not_after });
        }
        if let Some(oid) = certificate.unknown_critical() {
            let extension = oid.to_string();
            return Err(PathProblem::CriticalExtension { which: which(), extension });
        }
        Ok(())
    }

    /// What every issuer must be besides. The links so far are those below it.
    fn check_issuer(&self, issuer: &Certificate) -> Result<(), PathProblem> {
        let position = self.links.len();
        let which = || Which::of(position, issuer);
        self.check(position, issuer)?;
        if !issuer.is_ca || !issuer.usages.certificate_sign {
            return Err(PathProblem::NotAnAuthority(which()));
        }
        let below = self.links.iter().skip(1).filter(|link| !link.is_self_issued()).count();
        if issuer.path_length().is_some_and(|most| below > most) {
            return Err(PathProblem::TooManyAuthorities(which()));
        }
        if !self.purpose.is_left_by(issuer) {
            return Err(PathProblem::OtherUse(which()));
        }
        constraints::check(issuer, &self.links)
            .map_err(|position| PathProblem::NameNotAllowed(self.which(position)))
    }

    fn which(&self, position: usize) -> Which {
        let link = self.links.get(position).or(self.links.last());
        link.map_or_else(
            || Which { position, serial: String::new(), issuer: String::new() },
            |certificate| Which::of(position, certificate),
        )
    }

    /// Whether the links lead to a root; then they are the whole path. At most [`MAX_LENGTH`] calls deep.
    fn reaches_root(&mut self) -> bool {
        let Some(below) = self.links.last().copied() else { return false };
        if self.roots.iter().any(|root| root.der() == below.der()) {
            return true;
        }
        if self.links.len() >= MAX_LENGTH {
            self.note(PathProblem::TooMuchWork);
            return false;
        }
        let candidates = self.candidates(below);
        if candidates.is_empty() {
            let problem = self.without_issuer(below);
            self.note(problem);
        }
        for (likelihood, issuer) in candidates {
            if self.signatures_left == 0 {
                self.note(PathProblem::TooMuchWork);
                return false;
            }
            self.signatures_left -= 1;
            if below.verify_signature(&issuer.public_key).is_err() {
                let problem = match likelihood {
                    // An authority with two keys, of which this is the other.
                    Likelihood::OtherKey => self.no_issuer(below),
                    Likelihood::NotSaid | Likelihood::ThisKey => {
                        PathProblem::BadSignature(Which::of(self.links.len() - 1, below))
                    }
                };
                self.note(problem);
                continue;
            }
            if let Err(problem) = self.check_issuer(issuer) {
                self.note(problem);
                continue;
            }
            self.links.push(issuer);
            if self.reaches_root() {
                return true;
            }
            self.links.pop();
        }
        false
    }

    /// Who has the issuer's name: the likeliest first, and roots before others. Nobody comes twice in one path.
    fn candidates(&self, below: &Certificate) -> Vec<(Likelihood, &'a Certificate)> {
        let is_new = |one: &&Certificate| self.links.iter().all(|link| link.der() != one.der());
        let has_new_key = |one: &&Certificate| {
            self.links.iter().all(|link| {
                link.public_key != one.public_key || link.subject_name() != one.subject_name()
            })
        };
        let roots = self.roots.iter();
        let others = self.intermediates.iter().filter(has_new_key);
        let mut found: Vec<_> = roots
            .chain(others)
            .filter(|one| below.names_as_issuer(one))
            .filter(is_new)
            .map(|one| (likelihood(below, one), one))
            .collect();
        // The sort is stable: among equals roots stay first, and then the order of the caller.
        found.sort_by_key(|(likelihood, one)| {
            let valid = one.not_before <= self.at && self.at <= one.not_after;
            Reverse((*likelihood, valid))
        });
        found.dedup_by(|a, b| a.1.der() == b.1.der());
        found
    }

    fn without_issuer(&mut self, below: &Certificate) -> PathProblem {
        let which = Which::of(self.links.len() - 1, below);
        if !below.is_self_issued() {
            return self.no_issuer(below);
        }
        if likelihood(below, below) == Likelihood::OtherKey {
            return self.no_issuer(below);
        }
        if self.signatures_left == 0 {
            return PathProblem::TooMuchWork;
        }
        self.signatures_left -= 1;
        if below.verify_signature(&below.public_key).is_ok() {
            PathProblem::UntrustedRoot(which)
        } else {
            PathProblem::BadSignature(which)
        }
    }

    fn no_issuer(&self, below: &Certificate) -> PathProblem {
        let which = Which::of(self.links.len() - 1, below);
        PathProblem::NoIssuer { which, name: below.issuer_name().to_string() }
    }

    fn note(&mut self, problem: PathProblem) {
        let weight = (self.links.len(), !problem.is_unknown());
        if self.worst.as_ref().is_none_or(|(known, _)| weight > *known) {
            self.worst = Some((weight, problem));
        }
    }
}

fn likelihood(below: &Certificate, issuer: &Certificate) -> Likelihood {
    match (below.authority_key_id(), issuer.subject_key_id()) {
        (Some(sought), Some(own)) if sought == own => Likelihood::ThisKey,
        (Some(_), Some(_)) => Likelihood::OtherKey,
        (Some(_) | None, _) => Likelihood::NotSaid,
    }
}
