//! From the keys on the disk to the report that they are installed: what the journal says is to be done.

use base64ct::{Base64, Encoding};

use super::gateway::{
    Application, ApplicationCreate, Call, CallError, Certificates, Proof, Reply, RequestItem,
    Status,
};
use super::journal::{KeptCertificate, KeyRecord, KeyState, Progress, Record};
use super::prompt::{FinalFile, Prompt, WaitReason};
use super::refusal::{Reason, Refusal};
use super::{Given, Step, Submission};
use crate::crypto::KeyId;
use crate::time::UnixTime;
use crate::x509::issued::{self, Expected, NotIssuedForUs};
use crate::x509::request::CertificateRequest;

/// Characters of an application's number and reason that are kept, and lines of its history: a journal stays small,
/// whatever a service sends.
const NUMBER: usize = 32;
const REASON: usize = 1000;
const HISTORY: usize = 64;
/// Bytes of an agreement's version.
pub(super) const VERSION: usize = 64;
/// Characters of a certificate in base64: the largest of this infrastructure are a tenth of it.
const CERTIFICATE: usize = 24 * 1024;
/// Certificates of a chain.
const CHAIN: usize = 4;

/// Seconds before the first question after the number is known, when the service names none.
const FIRST_POLL: i64 = 5;
/// Seconds between questions, at most (D.2).
const SLOWEST_POLL: i64 = 15 * 60;

/// Doubles from one second up to the slowest.
fn backoff(failures: u32) -> i64 {
    1_i64.checked_shl(failures.min(20)).unwrap_or(SLOWEST_POLL).min(SLOWEST_POLL)
}

/// Whether a moment is still to come. One that is further away than any that is ever set was set by a clock that was
/// wrong: it is due.
fn waits(at: UnixTime, now: UnixTime) -> bool {
    (1..=SLOWEST_POLL).contains(&at.since(now))
}

/// An application cut down to what a journal keeps; none if its number is no number.
fn bounded(mut application: Application) -> Option<Application> {
    let number = &application.number;
    if number.is_empty()
        || number.len() > NUMBER
        || !number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let old = application.history.len().saturating_sub(HISTORY);
    application.history.drain(..old);
    application.history.retain(|change| change.at.len() <= NUMBER);
    application.reason = application.reason.map(|reason| reason.chars().take(REASON).collect());
    Some(application)
}

impl Record {
    /// What is submitted, as JSON: built from the journal alone, so that a retry sends the same bytes.
    fn application_json(&self) -> Vec<u8> {
        let requests = self
            .keys
            .iter()
            .map(|key| RequestItem {
                purpose: key.purpose,
                key_id: key.key_id,
                csr: key.request.clone(),
            })
            .collect();
        let create = ApplicationCreate {
            template: self.template,
            agreement_version: self.agreement_version.clone().unwrap_or_default(),
            email: self.email.clone(),
            storage: "PKCS12".to_owned(),
            requests,
        };
        serde_json::to_vec(&create).expect("strings and enums can always be written as JSON")
    }

    fn final_files(&self) -> Vec<FinalFile> {
        let file = |key: &KeyRecord| match &key.state {
            KeyState::Pending => key.final_file.clone(),
            KeyState::Installed { file, .. } => file.clone(),
        };
        self.keys
            .iter()
            .map(|key| FinalFile { purpose: key.purpose, key_id: key.key_id, file: file(key) })
            .collect()
    }

    pub(super) fn prompt(&self, now: UnixTime) -> Prompt {
        match &self.progress {
            Progress::Making | Progress::Ready => {
                Prompt::Wait { reason: WaitReason::Submission, application: None, retry_at: now }
            }
            Progress::Submitting { retry_at, .. } => Prompt::Wait {
                reason: WaitReason::Submission,
                application: None,
                retry_at: retry_at.unwrap_or(now),
            },
            Progress::Submitted { application, retry_at, .. } => Prompt::Wait {
                reason: WaitReason::Issue,
                application: Some(application.clone()),
                retry_at: *retry_at,
            },
            Progress::Issued { application, .. } => {
                Prompt::Install { application: application.clone(), keys: self.final_files() }
            }
            Progress::Installed { .. } => {
                Prompt::Done { keys: self.final_files(), folder: self.folder.clone() }
            }
            Progress::Closed { status, application } => {
                Prompt::Closed { status: *status, application: application.clone() }
            }
        }
    }

    pub(super) fn step(&self, now: UnixTime) -> Step<'_> {
        match &self.progress {
            Progress::Making => Step::WriteKeys(self),
            Progress::Ready => Step::Stop,
            Progress::Submitting { retry_at: Some(at), .. } if waits(*at, now) => Step::Wait(*at),
            Progress::Submitting { .. } => Step::SendAgain(Call::Submit {
                idempotency_key: self.idempotency_key.clone(),
                body: self.application_json(),
            }),
            Progress::Submitted { retry_at, .. } if waits(*retry_at, now) => Step::Wait(*retry_at),
            Progress::Submitted { application, .. } => {
                let number = application.number.clone();
                Step::SendAgain(match application.status {
                    Status::Issued | Status::Installed => Call::Certificates { number },
                    Status::New
                    | Status::Identified
                    | Status::AwaitingHead
                    | Status::ConfirmedByHead
                    | Status::RefusedByHead
                    | Status::AwaitingCsc
                    | Status::Issuing
                    | Status::Refused
                    | Status::Withdrawn
                    | Status::Expired => Call::Status { number },
                })
            }
            Progress::Issued { .. } => Step::Ask(self.prompt(now)),
            Progress::Installed { cleaned: false, .. } => Step::RemovePending(self),
            Progress::Installed { reported: true, .. } => Step::Stop,
            Progress::Installed { retry_at: Some(at), .. } if waits(*at, now) => Step::Wait(*at),
            Progress::Installed { number: Some(number), .. } => {
                Step::SendAgain(Call::ReportInstalled {
                    number: number.clone(),
                    proofs: self.proofs(),
                })
            }
            Progress::Installed { number: None, .. } => Step::Stop,
            Progress::Closed { .. } => Step::Stop,
        }
    }

    fn proofs(&self) -> Vec<Proof> {
        self.keys
            .iter()
            .filter_map(|key| match &key.state {
                KeyState::Installed { proof, .. } => {
                    Some(Proof { key_id: key.key_id, signature: proof.clone() })
                }
                KeyState::Pending => None,
            })
            .collect()
    }

    /// Somebody wants news: what was waiting for its time is due.
    pub(super) fn ask_now(&mut self, now: UnixTime) {
        match &mut self.progress {
            Progress::Submitting { retry_at, .. } => *retry_at = None,
            Progress::Submitted { retry_at, .. } => *retry_at = now,
            Progress::Installed { retry_at, .. } => *retry_at = None,
            Progress::Making
            | Progress::Ready
            | Progress::Issued { .. }
            | Progress::Closed { .. } => {}
        }
    }

    /// Takes the reply to the call that [`Self::step`] asked for.
    pub(super) fn reply(
        &mut self,
        reply: Result<Reply, CallError>,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        match reply {
            Ok(Reply::Application(application)) => self.take_application(application, now),
            Ok(Reply::Certificates(certificates)) => self.certificates(&certificates, now),
            Ok(_) => self.failed(Reason::Failed.into(), now),
            Err(error) => self.failed(error.into(), now),
        }
    }

    fn take_application(&mut self, application: Application, now: UnixTime) -> Result<(), Refusal> {
        if let Progress::Installed { reported, .. } = &mut self.progress {
            *reported = true;
            return Ok(());
        }
        let application = match bounded(application) {
            Some(application) => application,
            None => return self.failed(Reason::Failed.into(), now),
        };
        // A number once given is the number.
        if self.number().is_some_and(|number| number != application.number) {
            return self.failed(Reason::Failed.into(), now);
        }
        self.progress = match application.status {
            Status::Refused | Status::RefusedByHead | Status::Withdrawn | Status::Expired => {
                Progress::Closed { status: application.status, application: Some(application) }
            }
            Status::Issued | Status::Installed => {
                Progress::Submitted { application, retry_at: now, failures: 0 }
            }
            Status::New
            | Status::Identified
            | Status::AwaitingHead
            | Status::ConfirmedByHead
            | Status::AwaitingCsc
            | Status::Issuing => {
                let wait =
                    application.next_poll_s.map_or(FIRST_POLL, i64::from).clamp(1, SLOWEST_POLL);
                Progress::Submitted { application, retry_at: now.plus_secs(wait), failures: 0 }
            }
        };
        Ok(())
    }

    /// B3: the certificates belong to the pending keys, or the keys stay pending.
    fn certificates(&mut self, given: &Certificates, now: UnixTime) -> Result<(), Refusal> {
        let Progress::Submitted { application, .. } = &self.progress else {
            return Err(Reason::NotExpected.into());
        };
        match self.checked(given, now) {
            Ok(certificates) => {
                self.progress = Progress::Issued {
                    application: Some(application.clone()),
                    certificates,
                    chain: given.chain.clone(),
                };
                Ok(())
            }
            Err(reason) => self.failed(reason.into(), now),
        }
    }

    /// A page brought the certificate of one key itself.
    pub(super) fn certificate_given(
        &mut self,
        key_id: KeyId,
        given: &Given,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        let Some(key) = self.keys.iter().find(|key| key.key_id == key_id) else {
            return Err(Reason::NotExpected.into());
        };
        let large = |der: &Vec<u8>| der.len() > CERTIFICATE;
        if given.chain.len() > CHAIN || given.chain.iter().any(large) || large(&given.certificate) {
            return Err(Reason::Certificate.into());
        }
        self.check_issued(key, &given.certificate, &given.chain, now)?;
        let (application, mut certificates) = match &self.progress {
            Progress::Ready => (None, Vec::new()),
            // With several keys the authority is asked until it has issued for all of them.
            Progress::Submitted { application, .. } if self.keys.len() == 1 => {
                (Some(application.clone()), Vec::new())
            }
            Progress::Issued { application, certificates, .. } => {
                (application.clone(), certificates.clone())
            }
            Progress::Making
            | Progress::Submitting { .. }
            | Progress::Submitted { .. }
            | Progress::Installed { .. }
            | Progress::Closed { .. } => return Err(Reason::NotExpected.into()),
        };
        certificates.retain(|kept| kept.key_id != key_id);
        certificates.push(KeptCertificate {
            key_id,
            certificate: Base64::encode_string(&given.certificate),
        });
        let chain =
            given.chain.iter().map(|certificate| Base64::encode_string(certificate)).collect();
        self.progress = Progress::Issued { application, certificates, chain };
        Ok(())
    }

    /// A page that led the identification itself submits keys of its own.
    pub(super) fn submit(&mut self, submission: Submission) -> Result<(), Refusal> {
        if !matches!(self.progress, Progress::Ready) {
            return Err(Reason::NotExpected.into());
        }
        if submission.agreement_version.len() > VERSION {
            return Err(Reason::Agreement.into());
        }
        self.agreement_version = Some(submission.agreement_version);
        self.email = submission.email.map(|email| email.as_str().to_owned());
        self.keys.extend(submission.more_keys);
        self.progress = Progress::Submitting { retry_at: None, attempts: 0 };
        Ok(())
    }

    fn checked(&self, given: &Certificates, now: UnixTime) -> Result<Vec<KeptCertificate>, Reason> {
        let decode = |text: &String| {
            let short = Some(text).filter(|text| text.len() <= CERTIFICATE);
            short.and_then(|text| Base64::decode_vec(text).ok()).ok_or(Reason::Certificate)
        };
        if given.chain.len() > CHAIN {
            return Err(Reason::Certificate);
        }
        let chain = given.chain.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        self.keys
            .iter()
            .map(|key| {
                let issued = given
                    .certificates
                    .iter()
                    .find(|issued| issued.purpose == key.purpose)
                    .ok_or(Reason::Certificate)?;
                let certificate = decode(&issued.certificate)?;
                self.check_issued(key, &certificate, &chain, now)?;
                Ok(KeptCertificate { key_id: key.key_id, certificate: issued.certificate.clone() })
            })
            .collect()
    }

    /// Checks a certificate against a pending key, its request and the environment.
    ///
    /// # Errors
    /// `OtherKey` when it belongs to another key, `Certificate` for everything else that is wrong with it.
    pub fn check_issued(
        &self,
        key: &KeyRecord,
        certificate: &[u8],
        chain: &[Vec<u8>],
        now: UnixTime,
    ) -> Result<(), Reason> {
        let request_der = key.request_der().ok_or(Reason::KeyLost)?;
        let request = CertificateRequest::parse(&request_der).map_err(|_| Reason::KeyLost)?;
        if request.public_key.key_id() != key.key_id {
            return Err(Reason::KeyLost);
        }
        let expected = Expected {
            key: &request.public_key,
            request_der: &request_der,
            purpose: key.purpose,
            environment_is_sandbox: match self.environment {
                super::gateway::Environment::Sandbox => true,
                super::gateway::Environment::Production => false,
            },
            now,
        };
        match issued::check(certificate, chain, &expected) {
            Ok(_) => Ok(()),
            Err(NotIssuedForUs::OtherKey) => Err(Reason::OtherKey),
            Err(_) => Err(Reason::Certificate),
        }
    }

    /// Nothing is lost by a failure: the same is tried again, later and later.
    fn failed(&mut self, refusal: Refusal, now: UnixTime) -> Result<(), Refusal> {
        let asked = refusal.retry_after_s.map(i64::from);
        match &mut self.progress {
            Progress::Submitting { retry_at, attempts } => {
                *attempts = attempts.saturating_add(1);
                let wait = asked.unwrap_or_else(|| backoff(*attempts - 1)).clamp(1, SLOWEST_POLL);
                if refusal.reason.ends_session() {
                    *retry_at = None;
                } else if refusal.reason.ends_submission() {
                    // Refused for good. The keys stay; the person reads why.
                    self.progress = Progress::Closed { status: Status::Refused, application: None };
                } else {
                    // Whatever else was said, an earlier try may have arrived: the same is asked again.
                    *retry_at = Some(now.plus_secs(wait));
                }
            }
            Progress::Submitted { retry_at, failures, .. } => {
                *failures = failures.saturating_add(1);
                let wait = asked.unwrap_or_else(|| backoff(*failures)).clamp(1, SLOWEST_POLL);
                *retry_at = now.plus_secs(wait);
            }
            Progress::Installed { retry_at, reported, .. } => {
                // The keys are installed whether the authority hears of it or not.
                *reported = refusal.reason.ends_report();
                *retry_at = Some(now.plus_secs(asked.unwrap_or(60).clamp(1, SLOWEST_POLL)));
            }
            Progress::Making
            | Progress::Ready
            | Progress::Issued { .. }
            | Progress::Closed { .. } => {}
        }
        Err(refusal)
    }
}
