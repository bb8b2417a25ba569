//! The judgement of CMS messages.

use super::chain::{Carried, judge};
use super::finding::{Finding, State, of_fault, of_outcome};
use super::stamp::judge_stamps;
use super::{Demand, Report, Signer, Trust};
use crate::cms::{SignedMessage, SignerCheck, SignerInfo};
use crate::crypto::Digest;
use crate::time::UnixTime;
use crate::x509::certificate::Certificate;
use crate::x509::crl::Crl;
use crate::x509::path::Use;

/// Judges all signers of a message.
///
/// `digests` are the content's, where the message does not carry it: see
/// [`SignedMessage::needed_hashes`](crate::cms::SignedMessage::needed_hashes).
#[must_use]
pub fn cms(message: &SignedMessage, digests: &[Digest], trust: &Trust<'_>) -> Report {
    let mut carried = Carried::of_certificates(message.certificates());
    carried.crls =
        message.revocation_lists().filter_map(|der| Crl::parse(der.to_vec()).ok()).collect();
    let others: Vec<&[u8]> = trust.intermediates.iter().map(Certificate::der).collect();
    let signers = message.signers().iter().map(|signer| {
        let check = message.check_with(signer, digests, &others);
        judge_signer(signer, check, &carried, trust)
    });
    Report { signers: signers.collect() }
}

fn judge_signer(
    signer: &SignerInfo,
    check: SignerCheck,
    carried: &Carried,
    trust: &Trust<'_>,
) -> Signer {
    let digest = of_outcome(check.digest, ("digest_other", "the content is not the one signed"));
    let mut signature = of_outcome(
        check.signature,
        ("signature_other", "the signature is not that of the certificate's holder"),
    );
    for fault in &check.faults {
        signature.and(State::Bad, of_fault(fault), fault);
    }
    let timestamp = judge_stamps(signer, carried, trust);
    // A stamp of the future says nothing of what holds at the moment that the caller asks about.
    let proved = timestamp
        .as_ref()
        .filter(|stamp| stamp.state.is_good())
        .and_then(|stamp| stamp.time)
        .filter(|time| *time <= trust.at);
    let parts = Parts {
        certificate: check.certificate,
        covers: vec!["content".to_owned()],
        signature,
        digest,
        signing_time: signer.signed.as_ref().and_then(|signed| signed.signing_time),
        proved,
    };
    let judged = parts.judge(carried, trust);
    let sound = timestamp.as_ref().is_none_or(|stamp| stamp.state.state != State::Bad);
    Signer { timestamp, is_valid: judged.is_valid && sound, ..judged }
}

/// What a format found out by itself, before anybody asks whose the certificate is.
pub(super) struct Parts {
    pub(super) certificate: Option<Certificate>,
    pub(super) covers: Vec<String>,
    pub(super) signature: Finding,
    pub(super) digest: Finding,
    pub(super) signing_time: Option<UnixTime>,
    /// The moment at which the signature provably existed.
    pub(super) proved: Option<UnixTime>,
}

impl Parts {
    /// Adds chain and revocation, and concludes.
    pub(super) fn judge(self, carried: &Carried, trust: &Trust<'_>) -> Signer {
        let judged_at = self.proved.unwrap_or(trust.at);
        // What the key is for is reported with the certificate and left to the reader: keys for signing in sign
        // documents too in the authority's own samples.
        let judged = self
            .certificate
            .as_ref()
            .map(|certificate| judge(certificate, carried, trust, judged_at, Use::Anything));
        let missing =
            || Finding::one(State::Unknown, "certificate_missing", "there is no certificate");
        let (mut chain, revocation, path) = match judged {
            Some(judged) => (judged.chain, judged.revocation, judged.path),
            None => (missing(), missing(), Vec::new()),
        };
        if let Some(usages) = self.certificate.as_ref().map(|certificate| certificate.usages)
            && !(usages.digital_signature || usages.non_repudiation)
        {
            let text = "the certificate's key is not for signatures";
            chain.and(State::Bad, "other_use", text);
        }
        let not_revoked = match trust.revocation {
            Demand::Known => revocation.is_good(),
            Demand::IfKnown => revocation.state != State::Bad,
        };
        let is_valid =
            self.signature.is_good() && self.digest.is_good() && chain.is_good() && not_revoked;
        Signer {
            certificate: self.certificate,
            covers: self.covers,
            signature: self.signature,
            digest: self.digest,
            chain,
            revocation,
            signing_time: self.signing_time,
            timestamp: None,
            judged_at,
            path,
            is_valid,
        }
    }
}
