//! The enrolment of a person, as a state machine: what to do next, and what an outcome changes. No I/O, no clock.
//!
//! ```text
//!   identification (forgotten when the agent ends)              prepared (journalled)
//!  Iin ─ Otp ─ Phone ─ Otp ─ Selfie ─ Liveness ─ Pin ─ Document ─ Confirm ─ Consent ─ Agreement ─ Form ─ Folder
//!                                                                                                        │ submit
//!        ┌───────────────────────────────────────────────────────────────────────────────────────────────┘
//!     Making ──B1──▶ Submitting ──B2──▶ Submitted ──B3──▶ Issued ──B4──▶ Installed ──▶ reported
//! ```
//!
//! Two functions drive it, after quinn-proto: [`Enrolment::step`] says what the shell must do, and
//! [`Enrolment::receive`] takes the outcome. **The rule of the shell**: after every `receive`, and before the next
//! step is carried out, [`Enrolment::journal`] is written to the disk and synced. That one rule makes the four
//! barriers: keys are on the disk before anything is sent (B1), the intent to send is on the disk before it is
//! carried out (B2), certificates are on the disk before they are used (B3), the final file was opened again before
//! the pending one goes (B4).
//!
//! An engine that was read back from its journal does again whatever it had begun; every step may be done twice.

pub mod gateway;
pub mod journal;
pub mod prompt;

mod identify;
mod prepared;
mod refusal;
mod step;

use gateway::http::Credentials;
use gateway::{Call, CallError, Environment, Locale, Reply, Template};
use identify::Identify;
use journal::{KeyRecord, KeyState, Progress, Record};
pub use prompt::{Answer, Prompt};
pub use refusal::{Reason, Refusal};
pub use step::{Event, Given, KeyPlan, MadeKey, MadeOne, Step, Submission};

use crate::crypto::{Algorithm, KeyId};
use crate::iin::Iin;
use crate::layout::Purpose;
use crate::secret::Password;
use crate::time::UnixTime;
use crate::x509::Person;

/// What an enrolment is for, settled when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Which services stand behind it.
    pub environment: Environment,
    /// For whom the certificates are.
    pub template: Template,
    /// In which algorithm the keys are made.
    pub algorithm: Algorithm,
    /// The language of the services' texts.
    pub locale: Locale,
}

/// Randomness that an enrolment needs; the shell brings it, so that the engine has no source of its own.
#[derive(Debug)]
pub struct Entropy {
    /// A version 4 UUID: names the enrolment.
    pub id: String,
    /// A version 4 UUID: names its one submission (D.6).
    pub idempotency_key: String,
    /// The code verifier of RFC 7636, section 4.1: 43 to 128 unreserved characters.
    pub verifier: Password,
}

/// One enrolment.
#[derive(Debug)]
pub struct Enrolment {
    profile: Profile,
    entropy: Entropy,
    credentials: Credentials,
    /// The identification, until the application is prepared, and again when its session ended too early.
    visit: Option<Visit>,
    record: Option<Record>,
    queued: Option<Call>,
    problem: Option<Refusal>,
}

/// What is known while a person identifies themselves. Dropped, not stored.
#[derive(Debug)]
struct Visit {
    at: Identify,
    iin: Option<Iin>,
    phone: Option<String>,
    person: Option<Person>,
    agreement_version: Option<String>,
    email: Option<crate::email::Email>,
}

impl Visit {
    fn new() -> Self {
        Self {
            at: Identify::Iin,
            iin: None,
            phone: None,
            person: None,
            agreement_version: None,
            email: None,
        }
    }
}

impl Enrolment {
    /// Begins an enrolment.
    #[must_use]
    pub fn start(profile: Profile, entropy: Entropy) -> Self {
        Self {
            profile,
            entropy,
            credentials: Credentials { locale: Some(profile.locale), ..Credentials::default() },
            visit: Some(Visit::new()),
            record: None,
            queued: None,
            problem: None,
        }
    }

    /// Begins with a key that a page asked for, which leads the identification itself.
    #[must_use]
    pub fn with_key(
        profile: Profile,
        entropy: Entropy,
        person: &Person,
        made: MadeOne,
        now: UnixTime,
    ) -> Self {
        let record = Record {
            id: entropy.id.clone(),
            environment: profile.environment,
            template: profile.template,
            algorithm: profile.algorithm,
            locale: profile.locale,
            created_at: now,
            iin: person.iin.masked(),
            folder: made.folder,
            idempotency_key: entropy.idempotency_key.clone(),
            agreement_version: None,
            email: None,
            keys: vec![KeyRecord::pending(&made.key, profile.algorithm, &entropy.id)],
            progress: Progress::Making,
        };
        Self::resume(record, None, entropy.verifier)
    }

    /// Goes on from a journal. `session` is the token that the shell kept among its secrets; `verifier` is fresh.
    #[must_use]
    pub fn resume(record: Record, session: Option<Password>, verifier: Password) -> Self {
        let profile = record.profile();
        let entropy = Entropy {
            id: record.id.clone(),
            idempotency_key: record.idempotency_key.clone(),
            verifier,
        };
        let credentials =
            Credentials { session, locale: Some(profile.locale), ..Credentials::default() };
        Self {
            profile,
            entropy,
            credentials,
            visit: None,
            record: Some(record),
            queued: None,
            problem: None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.entropy.id
    }

    /// What it is for.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Who it is to the services: for the shell to put into requests, and to keep the session's token.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// What must be on the disk before the next step; none while nothing was made yet.
    #[must_use]
    pub fn journal(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    /// What went wrong last, until the next success.
    #[must_use]
    pub fn problem(&self) -> Option<&Refusal> {
        self.problem.as_ref()
    }

    /// The step of the published guide, 3 to 28.
    #[must_use]
    pub fn guide_step(&self) -> u8 {
        match (&self.visit, &self.record) {
            (Some(visit), _) => visit.at.guide_step(),
            (None, Some(record)) => match &record.progress {
                Progress::Making | Progress::Ready | Progress::Submitting { .. } => 25,
                Progress::Submitted { .. } => 26,
                Progress::Issued { .. } => 27,
                Progress::Installed { .. } | Progress::Closed { .. } => 28,
            },
            (None, None) => 28,
        }
    }

    /// The prompt for the faces: what is needed next, also while something is under way.
    #[must_use]
    pub fn prompt(&self, now: UnixTime) -> Prompt {
        match (&self.visit, &self.record) {
            (Some(visit), _) => visit.prompt(now),
            (None, Some(record)) => record.prompt(now),
            (None, None) => {
                Prompt::Closed { status: gateway::Status::Withdrawn, application: None }
            }
        }
    }

    /// What to do now.
    #[must_use]
    pub fn step(&self, now: UnixTime) -> Step<'_> {
        if let Some(call) = &self.queued {
            return Step::Send(call);
        }
        match (&self.visit, &self.record) {
            (Some(_), Some(record)) if matches!(record.progress, Progress::Making) => {
                record.step(now)
            }
            (Some(visit), _) => match &visit.at {
                Identify::MakeKeys { folder } => match &visit.person {
                    Some(person) => Step::MakeKeys(KeyPlan {
                        algorithm: self.profile.algorithm,
                        purposes: vec![Purpose::Auth, Purpose::Sign],
                        person: person.clone(),
                        email: visit.email.clone(),
                        folder: folder.clone(),
                    }),
                    None => Step::Ask(visit.prompt(now)),
                },
                Identify::Moderation { retry_at } => Step::Wait(*retry_at),
                Identify::Closed(_) => Step::Stop,
                Identify::Iin
                | Identify::Otp(_)
                | Identify::Phone
                | Identify::DidOtp { .. }
                | Identify::Selfie
                | Identify::Liveness(_)
                | Identify::Pin
                | Identify::Document(_)
                | Identify::Confirm { .. }
                | Identify::Consent { .. }
                | Identify::Agreement(_)
                | Identify::Form
                | Identify::Folder => Step::Ask(visit.prompt(now)),
            },
            (None, Some(record)) => record.step(now),
            (None, None) => Step::Stop,
        }
    }

    /// Takes an outcome. The state never becomes worse by an error: what was asked is asked again.
    ///
    /// # Errors
    /// Why the answer or reply was not what was hoped for; also kept as [`Self::problem`].
    pub fn receive(&mut self, event: Event, now: UnixTime) -> Result<(), Refusal> {
        let outcome = match event {
            Event::Answered(answer) => self.answered(answer, now),
            Event::Replied(reply) => self.replied(reply, now),
            Event::KeysMade(made) => self.keys_made(made, now),
            Event::KeysWritten(outcome) => self.keys_written(outcome),
            Event::KeysNotWritten(reason) => self.keys_not_written(reason),
            Event::KeyInstalled { key_id, file, proof } => self.key_installed(key_id, file, proof),
            Event::PendingRemoved => self.pending_removed(now),
            Event::Submitted { session, submission } => {
                match &mut self.record {
                    Some(record) if matches!(record.progress, Progress::Submitting { .. }) => {
                        // The page comes again with a session that still lives: the same is sent again with it.
                        record.ask_now(now);
                        self.visit = None;
                    }
                    Some(record) => record.submit(submission)?,
                    None => return Err(Reason::NotExpected.into()),
                }
                self.credentials.session = Some(session);
                Ok(())
            }
            Event::CertificateGiven { key_id, given } => match &mut self.record {
                Some(record) => record.certificate_given(key_id, &given, now),
                None => Err(Reason::NotExpected.into()),
            },
            Event::Refresh => self.refresh(now),
            Event::Cancel => self.cancel(),
        };
        self.problem = outcome.as_ref().err().cloned();
        outcome
    }

    fn answered(&mut self, answer: Answer, now: UnixTime) -> Result<(), Refusal> {
        let Some(visit) = &mut self.visit else { return Err(Reason::NotExpected.into()) };
        if self.queued.is_some() {
            return Err(Reason::NotExpected.into());
        }
        if let (Some(record), Answer::Iin(text)) = (&self.record, &answer) {
            // Keys that wait for their submission name a person: it must be the same.
            let same = record.requested_iin().as_deref() == Some(text.trim());
            if !same {
                return Err(Reason::Service("csr_subject_mismatch".to_owned()).into());
            }
        }
        self.queued = visit.answer(answer, &self.profile, &self.entropy, now)?;
        Ok(())
    }

    fn replied(&mut self, reply: Result<Reply, CallError>, now: UnixTime) -> Result<(), Refusal> {
        let call = self.queued.take();
        match (call, &mut self.visit, &mut self.record) {
            (Some(call), Some(visit), _) => {
                let next = visit.reply(
                    &call,
                    reply,
                    &self.profile,
                    &mut self.credentials,
                    &self.entropy,
                    now,
                );
                if matches!(call, Call::Decide { .. })
                    && next.as_ref().is_err_and(|refusal| refusal.reason.ends_consent())
                {
                    // The request for consent lapsed: the service opens another, which is looked for by itself.
                    self.queued = Some(Call::Notices);
                }
                if self.record.is_some() && matches!(visit.at, Identify::Closed(_)) {
                    // An application that waits for its submission is not ended by an identification that was.
                    *visit = Visit::new();
                }
                let next = next?;
                self.queued = next;
                if matches!(call, Call::BindIdentity { .. }) && self.record.is_some() {
                    // Identified anew for an application whose keys are there: those are submitted, not others.
                    self.visit = None;
                    self.queued = None;
                }
                Ok(())
            }
            (None, None, Some(record)) => {
                let outcome = record.reply(reply, now);
                let ended = matches!(&outcome, Err(refusal) if refusal.reason.ends_session())
                    && matches!(record.progress, Progress::Submitting { .. });
                if !ended {
                    return outcome;
                }
                if self.credentials.session.take().is_some() {
                    // The application may have arrived under an earlier session: its key and its bytes prove it, and a
                    // token that ended only stands in the way.
                    return Ok(());
                }
                self.visit = Some(Visit::new());
                outcome
            }
            // A reply that nobody waits for changes nothing.
            _ => Err(Reason::NotExpected.into()),
        }
    }

    fn keys_made(
        &mut self,
        made: Result<(String, Vec<MadeKey>), Reason>,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        // The visit stays until the files are written: if they cannot be, the person chooses another folder.
        let Some(visit) =
            self.visit.as_mut().filter(|visit| matches!(visit.at, Identify::MakeKeys { .. }))
        else {
            return Err(Reason::NotExpected.into());
        };
        if self.record.is_some() {
            return Err(Reason::NotExpected.into());
        }
        let (folder, keys) = match made {
            Ok(made) => made,
            Err(reason) => {
                visit.at = Identify::Folder;
                return Err(reason.into());
            }
        };
        let keys = keys
            .into_iter()
            .map(|key| KeyRecord::pending(&key, self.profile.algorithm, &self.entropy.id))
            .collect();
        self.record = Some(Record {
            id: self.entropy.id.clone(),
            environment: self.profile.environment,
            template: self.profile.template,
            algorithm: self.profile.algorithm,
            locale: self.profile.locale,
            created_at: now,
            iin: visit.iin.as_ref().map(Iin::masked).unwrap_or_default(),
            folder,
            idempotency_key: self.entropy.idempotency_key.clone(),
            agreement_version: visit.agreement_version.clone(),
            email: visit.email.as_ref().map(|email| email.as_str().to_owned()),
            keys,
            progress: Progress::Making,
        });
        Ok(())
    }

    fn keys_written(&mut self, outcome: Result<(), Reason>) -> Result<(), Refusal> {
        let Some(record) =
            self.record.as_mut().filter(|record| matches!(record.progress, Progress::Making))
        else {
            return Err(Reason::NotExpected.into());
        };
        match outcome {
            Ok(()) => {
                record.progress = match record.agreement_version {
                    Some(_) => Progress::Submitting { retry_at: None, attempts: 0 },
                    None => Progress::Ready,
                };
                self.visit = None;
                Ok(())
            }
            // Nothing was sent, so keys that are lost are nobody's. When the medium is away, or the keyring locked, it
            // is looked at again later.
            Err(reason) => {
                if reason == Reason::KeyLost {
                    let status = gateway::Status::Withdrawn;
                    record.progress = Progress::Closed { status, application: None };
                }
                Err(reason.into())
            }
        }
    }

    /// Nothing was sent and nothing is left: a person who is still here chooses another folder.
    fn keys_not_written(&mut self, reason: Reason) -> Result<(), Refusal> {
        if self.record.take_if(|record| matches!(record.progress, Progress::Making)).is_none() {
            return Err(Reason::NotExpected.into());
        }
        if let Some(visit) = &mut self.visit {
            visit.at = Identify::Folder;
        }
        Err(reason.into())
    }

    fn key_installed(&mut self, key_id: KeyId, file: String, proof: String) -> Result<(), Refusal> {
        let Some(record) = &mut self.record else { return Err(Reason::NotExpected.into()) };
        let Progress::Issued { application, .. } = &record.progress else {
            return Err(Reason::NotExpected.into());
        };
        let number = application.as_ref().map(|application| application.number.clone());
        let Some(key) = record.keys.iter_mut().find(|key| key.key_id == key_id) else {
            return Err(Reason::NotExpected.into());
        };
        key.state = KeyState::Installed { file, proof };
        if record.keys.iter().all(KeyRecord::is_installed) {
            record.progress =
                Progress::Installed { number, cleaned: false, reported: false, retry_at: None };
        }
        Ok(())
    }

    fn pending_removed(&mut self, now: UnixTime) -> Result<(), Refusal> {
        let Some(record) = &mut self.record else { return Err(Reason::NotExpected.into()) };
        let Progress::Installed { number, cleaned, reported, retry_at } = &mut record.progress
        else {
            return Err(Reason::NotExpected.into());
        };
        *cleaned = true;
        // Who brought the certificates from elsewhere reports there.
        *reported = *reported || number.is_none();
        *retry_at = Some(now);
        // The requests name the person and have served.
        for key in &mut record.keys {
            key.request.clear();
        }
        Ok(())
    }

    /// Whether nothing can happen any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        match (&self.visit, &self.record) {
            (_, Some(record)) => match &record.progress {
                Progress::Installed { cleaned, reported, .. } => *cleaned && *reported,
                Progress::Closed { .. } => true,
                Progress::Making
                | Progress::Ready
                | Progress::Submitting { .. }
                | Progress::Submitted { .. }
                | Progress::Issued { .. } => false,
            },
            (Some(visit), None) => matches!(visit.at, Identify::Closed(_)),
            (None, None) => true,
        }
    }

    /// The moment of a [`Step::Wait`] has come: what waits for a moderator asks again.
    pub fn time_passed(&mut self) {
        if let Some(visit) = &self.visit
            && matches!(visit.at, Identify::Moderation { .. })
            && self.queued.is_none()
        {
            self.queued = Some(Call::DidAccount);
        }
    }

    fn refresh(&mut self, now: UnixTime) -> Result<(), Refusal> {
        if let Some(visit) = &mut self.visit {
            if matches!(visit.at, Identify::Moderation { .. }) && self.queued.is_none() {
                self.queued = Some(Call::DidAccount);
            }
            return Ok(());
        }
        if let Some(record) = &mut self.record {
            record.ask_now(now);
        }
        Ok(())
    }

    /// What was sent is not unsent by closing a page: only what has not been submitted is ended.
    fn cancel(&mut self) -> Result<(), Refusal> {
        match self.record.as_mut().map(|record| &mut record.progress) {
            None => {}
            Some(progress @ (Progress::Making | Progress::Ready)) => {
                *progress =
                    Progress::Closed { status: gateway::Status::Withdrawn, application: None };
            }
            Some(
                Progress::Submitting { .. } | Progress::Submitted { .. } | Progress::Issued { .. },
            ) => {
                return Err(Reason::NotExpected.into());
            }
            Some(Progress::Installed { .. } | Progress::Closed { .. }) => {
                return Err(Reason::Closed.into());
            }
        }
        self.queued = None;
        self.visit = None;
        Ok(())
    }
}
