//! What a judgement lacks, fetched from where certificates say that it is.
//!
//! Addresses come from certificates that may be anybody's: only plain http is asked, as these services work, each address
//! once, and not many in all. What comes is believed for its signature alone.

use std::collections::HashSet;

use tanba_core::crypto::{HashAlgorithm, Provider};
use tanba_core::verify::{Finding, Report, State};
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::crl::Crl;
use tanba_core::x509::ocsp::{self, CertId, OcspAnswer, OcspResponse};

use super::Known;
use super::judged::Judged;
use crate::commands::failure::Failure;
use crate::remote::fetch::{self, Fetched};

/// Exchanges in all.
const EXCHANGES: usize = 24;
/// Judgements: a missing issuer may lead to another one.
const ROUNDS: usize = 4;
/// The largest answer of a responder, certificate and list, in bytes.
const ANSWER: usize = 256 * 1024;
const LIST: usize = 64 << 20;

/// Judges anew until nothing more can be had.
pub(super) fn completed(
    mut report: Report,
    judged: &Judged,
    known: &mut Known,
    provider: Provider,
    goes_on: &dyn Fn() -> bool,
    silent: &mut dyn FnMut(String),
) -> Result<Report, Failure> {
    let mut network = Network::new(known, provider, goes_on, silent);
    for _ in 0..ROUNDS {
        let mut news = false;
        for (path, findings) in paths(&report) {
            news |= network.complete(path, findings);
        }
        if !news {
            break;
        }
        report = judged.report(network.known)?;
    }
    Ok(report)
}

/// The paths in a report, each with the findings about it.
fn paths(report: &Report) -> Vec<(&[Certificate], [&Finding; 2])> {
    let mut all = Vec::new();
    for signer in &report.signers {
        all.push((signer.path.as_slice(), [&signer.chain, &signer.revocation]));
        if let Some(stamp) = &signer.timestamp {
            all.push((stamp.path.as_slice(), [&stamp.state, &stamp.revocation]));
        }
    }
    all
}

struct Network<'a> {
    asked: HashSet<String>,
    /// Hosts that did not answer: nobody waits for them twice.
    silent: HashSet<String>,
    known: &'a mut Known,
    provider: Provider,
    /// Whether anybody still waits.
    goes_on: &'a dyn Fn() -> bool,
    /// Is told who did not answer.
    tell: &'a mut dyn FnMut(String),
}

impl<'a> Network<'a> {
    fn new(
        known: &'a mut Known,
        provider: Provider,
        goes_on: &'a dyn Fn() -> bool,
        tell: &'a mut dyn FnMut(String),
    ) -> Self {
        Self { asked: HashSet::new(), silent: HashSet::new(), known, provider, goes_on, tell }
    }

    /// Fetches what one path lacks. Says whether something came.
    fn complete(&mut self, path: &[Certificate], findings: [&Finding; 2]) -> bool {
        if findings.iter().all(|finding| finding.state != State::Unknown) {
            return false;
        }
        let mut news = false;
        if let Some(last) = path.last().filter(|last| !last.is_self_issued()) {
            for address in last.locators.issuers.clone() {
                news |= self.issuer(&address);
            }
        }
        for pair in path.windows(2) {
            let [certificate, issuer] = pair else { continue };
            // A responder knows more than a list, and tells less than all of it.
            let answered = certificate
                .locators
                .ocsp
                .clone()
                .iter()
                .any(|address| self.responder(address, certificate, issuer));
            news |= answered;
            if answered {
                continue;
            }
            let lists = &certificate.locators;
            for address in lists.crls.iter().chain(&lists.delta_crls) {
                news |= self.list(address);
            }
        }
        news
    }

    fn issuer(&mut self, address: &str) -> bool {
        let Some(bytes) = self.fetch(address, address, None, ANSWER) else { return false };
        let Ok(found) = Certificate::read_all(&bytes) else { return false };
        self.known.others.extend(found);
        true
    }

    fn list(&mut self, address: &str) -> bool {
        let Some(bytes) = self.fetch(address, address, None, LIST) else { return false };
        let Ok(list) = Crl::from_pem_or_der(bytes) else { return false };
        self.known.crls.push(list);
        true
    }

    fn responder(
        &mut self,
        address: &str,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> bool {
        let mut nonce = vec![0; 32];
        if (self.provider.fill_random)(&mut nonce).is_err() {
            return false;
        }
        let id = CertId::of(certificate, issuer, HashAlgorithm::Sha256);
        let Ok(question) = ocsp::request(&[id], Some(&nonce)) else { return false };
        let body = ("application/ocsp-request", question);
        let about = format!("{address} {}", certificate.serial);
        let Some(bytes) = self.fetch(address, &about, Some(body), ANSWER) else { return false };
        let Ok(response) = OcspResponse::parse(&bytes) else { return false };
        self.known.answers.push(OcspAnswer { response, nonce: Some(nonce) });
        true
    }

    /// One exchange, unless it was made before or there were too many. What fails is told, and is no error: the report
    /// says what is unknown for it.
    fn fetch(
        &mut self,
        address: &str,
        about: &str,
        body: Option<(&str, Vec<u8>)>,
        limit: usize,
    ) -> Option<Vec<u8>> {
        let host = address.strip_prefix("http://")?.split('/').next()?.to_owned();
        if !(self.goes_on)()
            || self.silent.contains(&host)
            || self.asked.len() >= EXCHANGES
            || !self.asked.insert(about.to_owned())
        {
            return None;
        }
        match fetch::once(address, body, limit) {
            Ok(Fetched(bytes)) => Some(bytes),
            Err(error) => {
                self.silent.insert(host);
                let shown: String = address.chars().filter(|c| !c.is_control()).collect();
                (self.tell)(format!("tanba: {shown}: {error}"));
                None
            }
        }
    }
}
