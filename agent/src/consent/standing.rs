//! Whether a certificate was revoked, as its authority's responder says now (RFC 6960). Nobody waits long for it.

use std::time::{Duration, Instant};

use tanba_core::crypto::{HashAlgorithm, Provider};
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::ocsp::{self, CertId, OcspAnswer, OcspResponse};
use tanba_core::x509::revocation::{self, Evidence, Revocation};

use crate::remote::fetch::{self, Fetched};

/// How long all questions about the keys of one file may take: somebody waits in front of a window.
const PATIENCE: Duration = Duration::from_secs(4);
/// The largest answer, in bytes.
const ANSWER: usize = 256 * 1024;
/// How old, in seconds, an answer may be that does not say how long it holds: a day.
const MAX_AGE: i64 = 24 * 60 * 60;

/// What is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    Revoked,
    Unknown,
}

/// Asks responders, until the time for one window is over.
pub(super) struct Responders {
    provider: Provider,
    end: Instant,
}

impl Responders {
    pub(super) fn new(provider: Provider) -> Self {
        Self { provider, end: Instant::now() + PATIENCE }
    }

    /// What the authority says of a certificate that it issued. Only plain http is asked, as these services work; the
    /// answer is believed for its signature alone.
    pub(super) fn ask(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        at: UnixTime,
    ) -> Standing {
        let addresses = certificate.locators.ocsp.iter();
        let answers: Vec<OcspAnswer> = addresses
            .filter(|address| address.starts_with("http://"))
            .find_map(|address| self.answer(address, certificate, issuer))
            .into_iter()
            .collect();
        let evidence = Evidence { answers: &answers, max_age: MAX_AGE, ..Evidence::default() };
        match revocation::judge(certificate, issuer, &evidence, at) {
            Revocation::Good { .. } => Standing::Good,
            Revocation::Revoked(revoked) if revoked.counts_at(at) => Standing::Revoked,
            Revocation::Revoked(_) => Standing::Good,
            Revocation::Unknown(_) => Standing::Unknown,
        }
    }

    fn answer(
        &self,
        address: &str,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Option<OcspAnswer> {
        let left = self.end.checked_duration_since(Instant::now())?;
        let mut nonce = vec![0; 32];
        (self.provider.fill_random)(&mut nonce).ok()?;
        let id = CertId::of(certificate, issuer, HashAlgorithm::Sha256);
        let question = ocsp::request(&[id], Some(&nonce)).ok()?;
        let body = ("application/ocsp-request", question);
        let Fetched(bytes) = fetch::within(address, Some(body), ANSWER, left).ok()?;
        let response = OcspResponse::parse(&bytes).ok()?;
        Some(OcspAnswer { response, nonce: Some(nonce) })
    }
}
