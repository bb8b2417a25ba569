//! What answers say of a certificate.

use const_oid::db::rfc5280::ID_KP_OCSP_SIGNING;

use super::super::certificate::Certificate;
use super::super::crl;
use super::super::revocation::{Evidence, Finding, Reason, Revoked, Source, Times};
use super::super::signed;
use super::{CertStatus, OcspAnswer, OcspDoubt, OcspResponse, SingleStatus};
use crate::time::UnixTime;

/// What the answers among the evidence say of a certificate. Each says something, if only why it says nothing.
pub(in super::super) fn findings(
    certificate: &Certificate,
    issuer: &Certificate,
    evidence: &Evidence<'_>,
    at: UnixTime,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for answer in evidence.answers {
        let response = &answer.response;
        let mut about = response
            .statuses
            .iter()
            .filter(|one| one.id.as_ref().is_some_and(|id| id.means(certificate, issuer)))
            .peekable();
        if about.peek().is_none() {
            findings.push(Finding::Doubt(OcspDoubt::OtherCertificate.into()));
            continue;
        }
        if let Err(doubt) = response.check_signer(issuer, evidence, at) {
            findings.push(Finding::Doubt(doubt.into()));
            continue;
        }
        for single in about {
            let judged = single.judge(answer, certificate, evidence.max_age, at);
            findings.push(judged.unwrap_or_else(|doubt| Finding::Doubt(doubt.into())));
        }
    }
    findings
}

impl OcspResponse {
    /// Whether the issuer signed the answer, or somebody whom it appointed.
    pub(super) fn check_signer(
        &self,
        issuer: &Certificate,
        evidence: &Evidence<'_>,
        at: UnixTime,
    ) -> Result<(), OcspDoubt> {
        let signed_by = |signer: &Certificate| {
            signed::verify(&self.body, &self.algorithm, &self.signature, &signer.public_key)
                .map_err(|_| OcspDoubt::BadSignature)
        };
        // Among several with the right name the problem of the one who came farthest is told.
        let mut problem = OcspDoubt::NoResponder;
        if self.is_by(issuer) {
            match signed_by(issuer) {
                Ok(()) => return Ok(()),
                Err(doubt) => problem = doubt,
            }
        }
        let others = self.certificates.iter().chain(evidence.certificates);
        for responder in others.filter(|other| self.is_by(other) && other.der() != issuer.der()) {
            if let Err(doubt) = signed_by(responder) {
                if problem == OcspDoubt::NoResponder {
                    problem = doubt;
                }
                continue;
            }
            match self.check_appointment(responder, issuer, evidence, at) {
                Ok(()) => return Ok(()),
                Err(doubt) => problem = doubt,
            }
        }
        Err(problem)
    }

    fn check_appointment(
        &self,
        responder: &Certificate,
        issuer: &Certificate,
        evidence: &Evidence<'_>,
        at: UnixTime,
    ) -> Result<(), OcspDoubt> {
        let was_valid =
            responder.not_before <= self.produced_at && self.produced_at <= responder.not_after;
        if !was_valid
            || !responder.has_extended_usage(ID_KP_OCSP_SIGNING)
            || !(responder.usages.digital_signature || responder.usages.non_repudiation)
            || responder.unknown_critical().is_some()
            || responder.verify_signed_by(issuer).is_err()
        {
            return Err(OcspDoubt::NotAppointed);
        }
        // Most responders' certificates say that nobody need ask about them, because that would never end. Where one
        // does not, the lists at hand are asked, and their silence is let pass (section 4.2.2.2.1 leaves it open).
        let is_revoked = !responder.needs_no_check()
            && crl::findings(responder, issuer, evidence, at).iter().any(|finding| match finding {
                Finding::Revoked { revoked, .. } => revoked.counts_at(self.produced_at),
                Finding::Good { .. } | Finding::Doubt(_) => false,
            });
        if is_revoked { Err(OcspDoubt::ResponderRevoked) } else { Ok(()) }
    }
}

impl SingleStatus {
    /// What a status says, its signer being believed.
    fn judge(
        &self,
        answer: &OcspAnswer,
        certificate: &Certificate,
        max_age: i64,
        at: UnixTime,
    ) -> Result<Finding, OcspDoubt> {
        if let Some(oid) = answer.response.unknown_critical.or(self.unknown_critical) {
            return Err(OcspDoubt::CriticalExtension(oid.to_string()));
        }
        let finding = match self.status {
            CertStatus::Unknown => return Err(OcspDoubt::UnknownThere),
            CertStatus::Good => Finding::Good { source: Source::Ocsp, as_of: self.this_update },
            CertStatus::Revoked { at, reason } => {
                let (invalid_since, source) = (self.invalid_since, Source::Ocsp);
                let revoked = Revoked { at, reason, invalid_since, source };
                let finding = Finding::Revoked { revoked, as_of: self.this_update };
                // Nobody can take it back: no matter how old the answer is, or to whom it was given.
                if reason != Reason::CertificateHold {
                    return Ok(finding);
                }
                finding
            }
        };
        match (&answer.nonce, &answer.response.nonce) {
            (Some(_), None) => return Err(OcspDoubt::NoNonce),
            (Some(sent), Some(returned)) if sent != returned => return Err(OcspDoubt::OtherNonce),
            (Some(_) | None, _) => {}
        }
        let always = UnixTime::from_secs(i64::MIN);
        let times = Times {
            this_update: self.this_update,
            next_update: self.next_update,
            covers_expired_since: if answer.response.knows_issued {
                Some(always)
            } else {
                self.covers_expired_since
            },
        };
        times.check(certificate, at, max_age)?;
        Ok(finding)
    }
}
