//! Drives the core's enrolment engine: sends, waits, writes, remembers.
//!
//! The engine says what to do; this file does it, and keeps the one rule that makes the barriers: **the journal is
//! on the disk before the next step is carried out.** Work that changes anything runs to its end in a task of its
//! own: a page that closes its socket closes its window, but never stops half-way between two files.

pub mod answer;
mod install;
mod keys;
mod view;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use tanba::protocol::{Code, Enrolment as Shown, Failure, StartEnrolment};
use tanba_core::crypto::{KeyId, PrivateKey};
use tanba_core::enrolment::journal::{Progress, Record};
use tanba_core::enrolment::{Answer, Enrolment, Entropy, Event, Profile, Reason, Refusal, Step};
use tanba_core::secret::Password;
use tokio::sync::{Mutex, MutexGuard, Notify};
use tracing::{info, warn};

use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::journals::{Journal, Journals, Lock};
use crate::keyfiles;
use crate::page::Page;

pub use install::install;
pub use keys::{generate, install_given, list_keys, status, submit};
pub use view::environment;

/// Identifications that one page, and all pages together, may have open; the oldest is dropped for a new one. What
/// has keys on the disk is never dropped.
const OPEN_VISITS: (usize, usize) = (8, 64);
/// How long a call waits for another one on the same enrolment.
const SOON: Duration = Duration::from_millis(500);
/// How long an enrolment rests that could not go on because of this computer: a full disk, for one.
const REST: Duration = Duration::from_secs(10);

/// The enrolments of this process.
pub struct Enrolments {
    journals: Journals,
    by_id: StdMutex<HashMap<String, Arc<Entry>>>,
}

impl std::fmt::Debug for Enrolments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrolments").finish_non_exhaustive()
    }
}

/// One enrolment.
pub struct Entry {
    id: String,
    page: Page,
    begun: std::time::Instant,
    engine: Mutex<Engine>,
    /// How it stood last: for who looks while a call is under way.
    last: StdMutex<Last>,
    /// Somebody changed something that the watcher should look at.
    wake: Notify,
}

/// How an enrolment stood when something last happened to it.
struct Last {
    shown: Arc<Shown>,
    record: Option<Arc<Record>>,
}

/// An engine with what the shell holds for it.
struct Engine {
    core: Enrolment,
    /// Keys that were made and are not in their files yet.
    made: Vec<PrivateKey>,
    container: Option<Password>,
    saved: Option<Record>,
    lock: Option<Lock>,
}

impl Enrolments {
    /// None yet; [`wake_up`] reads those of earlier runs.
    #[must_use]
    pub fn new(journals: Journals) -> Self {
        Self { journals, by_id: StdMutex::default() }
    }

    fn map(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Entry>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The enrolment of this name, if this page began it.
    fn of(&self, page: &Page, id: &str) -> Result<Arc<Entry>, Error> {
        self.map()
            .get(id)
            .filter(|entry| entry.page == *page)
            .cloned()
            .ok_or(Error::UnknownEnrolment)
    }

    fn all_of(&self, page: &Page) -> Vec<Arc<Entry>> {
        let mut entries: Vec<_> =
            self.map().values().filter(|entry| entry.page == *page).cloned().collect();
        entries.sort_by_key(|entry| entry.begun);
        entries
    }

    fn add(&self, entry: Arc<Entry>) {
        let mut map = self.map();
        map.insert(entry.id.clone(), entry);
    }

    /// Makes room for one more identification, by forgetting the oldest that have made nothing yet: the page's own, and
    /// where there are too many in all, one of the page that has most.
    fn make_room(&self, page: &Page) {
        let mut map = self.map();
        let made_nothing =
            |entry: &Entry| entry.last_record().is_none() && entry.engine.try_lock().is_ok();
        let mut visits: Vec<_> =
            map.values().filter(|entry| made_nothing(entry)).cloned().collect();
        visits.sort_by_key(|entry| entry.begun);
        let (for_one, for_all) = OPEN_VISITS;
        let count = |page: &Page| visits.iter().filter(|entry| entry.page == *page).count();
        let greedy = if count(page) >= for_one {
            Some(page.clone())
        } else if visits.len() >= for_all {
            visits.iter().map(|entry| &entry.page).max_by_key(|page| count(page)).cloned()
        } else {
            None
        };
        if let Some(visit) = greedy.and_then(|page| visits.iter().find(|entry| entry.page == page))
        {
            map.remove(&visit.id);
            visit.wake.notify_one();
        }
    }

    /// Whether an enrolment is still led here.
    fn leads(&self, entry: &Arc<Entry>) -> bool {
        self.map().get(&entry.id).is_some_and(|known| Arc::ptr_eq(known, entry))
    }

    /// Gives an enrolment up: another one took its keys over.
    fn forget(&self, entry: &Entry) {
        self.map().remove(&entry.id);
        entry.wake.notify_one();
    }
}

impl Entry {
    fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it stands; as it was shown last while a call is under way.
    fn shown(&self, ctx: &Ctx) -> Shown {
        match self.engine.try_lock() {
            Ok(engine) => view::show(&engine.core, ctx.clock.now()),
            Err(_) => Shown::clone(&self.last().shown),
        }
    }

    /// What was in its journal when something last happened to it.
    fn last_record(&self) -> Option<Arc<Record>> {
        self.last().record.clone()
    }

    fn remember(&self, shown: &Shown, record: Option<&Record>) -> Arc<Shown> {
        let shown = Arc::new(shown.clone());
        *self.last() = Last { shown: Arc::clone(&shown), record: record.cloned().map(Arc::new) };
        shown
    }

    /// Takes the lead. Whoever cannot have it soon is told to come again: calls with large pictures do not queue.
    async fn lead(self: &Arc<Self>, ctx: &Ctx) -> Result<MutexGuard<'_, Engine>, Error> {
        let engine =
            tokio::time::timeout(SOON, self.engine.lock()).await.map_err(|_| Error::Busy)?;
        // Its keys may have gone into another application meanwhile.
        if ctx.enrolments.leads(self) { Ok(engine) } else { Err(Error::UnknownEnrolment) }
    }
}

/// Reads the journals of earlier runs and goes on with what they say, in the background.
pub async fn wake_up(ctx: &Arc<Ctx>) {
    let journals = ctx.enrolments.journals.clone();
    let mut found = blocking(move || journals.read_all()).await;
    let adopted = adopted_keys(&found);
    found.retain(|journal| {
        let gone = matches!(journal.record.progress, Progress::Ready)
            && journal.record.keys.iter().any(|key| adopted.contains(&key.key_id));
        if gone && let Err(error) = ctx.enrolments.journals.remove(&journal.record.id) {
            warn!(%error, "a journal whose key went into another application could not be removed");
        }
        !gone
    });
    for journal in found {
        if journal.record.environment != ctx.settings.environment {
            info!(
                id = journal.record.id,
                "an enrolment of other services waits until those are configured"
            );
            continue;
        }
        let id = journal.record.id.clone();
        let secrets = Arc::clone(&ctx.secrets);
        let name = journal.record.keys.first().map_or_else(|| id.clone(), |key| key.secret.clone());
        let kept = blocking(move || secrets.get(&name)).await.unwrap_or_else(|error| {
            warn!(%error, "the password of waiting keys cannot be had now");
            None
        });
        let (container, session) = kept.as_ref().and_then(keyfiles::read_secret).unzip();
        let Ok(verifier) = keyfiles::container_password(&ctx.provider) else { continue };
        let saved = Some(journal.record.clone());
        let mut core = Enrolment::resume(journal.record, session.flatten(), verifier);
        // What waited for its time is asked at once: much may have happened since.
        let asked = core.receive(Event::Refresh, ctx.clock.now());
        debug_assert!(asked.is_ok(), "a refresh is never refused");
        let lock = Some(journal.lock).filter(|_| !core.is_over());
        let engine = Engine { core, made: vec![], container, saved, lock };
        info!(id, "an enrolment of an earlier run goes on");
        begin_entry(ctx, journal.page, engine);
    }
}

/// Keys that are in a journal which went further than making them: a power cut while two journals became one leaves
/// such a key in both.
fn adopted_keys(journals: &[Journal]) -> HashSet<KeyId> {
    let further =
        journals.iter().filter(|journal| !matches!(journal.record.progress, Progress::Ready));
    further.flat_map(|journal| journal.record.keys.iter().map(|key| key.key_id)).collect()
}

fn begin_entry(ctx: &Arc<Ctx>, page: Page, engine: Engine) -> Arc<Entry> {
    let entry = Arc::new(Entry {
        id: engine.core.id().to_owned(),
        page,
        begun: std::time::Instant::now(),
        last: StdMutex::new(Last {
            shown: Arc::new(view::show(&engine.core, ctx.clock.now())),
            record: engine.core.journal().cloned().map(Arc::new),
        }),
        engine: Mutex::new(engine),
        wake: Notify::new(),
    });
    ctx.enrolments.add(Arc::clone(&entry));
    tokio::spawn(watch(Arc::downgrade(ctx), Arc::clone(&entry)));
    entry
}

fn entropy(ctx: &Ctx) -> Result<Entropy, Error> {
    Ok(Entropy {
        id: uuid::Uuid::new_v4().to_string(),
        idempotency_key: uuid::Uuid::new_v4().to_string(),
        verifier: keyfiles::container_password(&ctx.provider)
            .map(|password| Password::new(hex::encode(password.expose())))
            .map_err(|reason| Error::Refused(reason.into()))?,
    })
}

/// Begins an enrolment for a page.
///
/// # Errors
/// When the system has no randomness to give.
pub fn start(ctx: &Arc<Ctx>, page: &Page, call: &StartEnrolment) -> Result<Shown, Error> {
    ctx.enrolments.make_room(page);
    let profile = Profile {
        environment: ctx.settings.environment,
        template: answer::template(call.template),
        algorithm: answer::algorithm(call.algorithm),
        locale: answer::locale(call.locale),
    };
    let core = Enrolment::start(profile, entropy(ctx)?);
    let engine = Engine { core, made: vec![], container: None, saved: None, lock: None };
    Ok(begin_entry(ctx, page.clone(), engine).shown(ctx))
}

/// Shows where an enrolment stands.
///
/// # Errors
/// `UnknownEnrolment` when this page began none of this name.
pub fn look(ctx: &Ctx, page: &Page, id: &str) -> Result<Shown, Error> {
    Ok(ctx.enrolments.of(page, id)?.shown(ctx))
}

/// Lists the enrolments of a page, oldest first.
#[must_use]
pub fn list(ctx: &Ctx, page: &Page) -> Vec<Shown> {
    ctx.enrolments.all_of(page).iter().map(|entry| entry.shown(ctx)).collect()
}

/// Takes a person's answer and goes on until the person, or time, is needed again.
///
/// # Errors
/// Why the answer did not do; the enrolment stands where it stood.
pub async fn answered(
    ctx: &Arc<Ctx>,
    page: &Page,
    id: &str,
    answer: Answer,
) -> Result<Shown, Error> {
    event(ctx, page, id, Event::Answered(answer)).await
}

/// Asks for news at once.
///
/// # Errors
/// `UnknownEnrolment`; that there is no news is no error.
pub async fn refresh(ctx: &Arc<Ctx>, page: &Page, id: &str) -> Result<Shown, Error> {
    event(ctx, page, id, Event::Refresh).await
}

/// Ends an enrolment. Pending keys stay where they are.
///
/// # Errors
/// When it has ended already.
pub async fn cancel(ctx: &Arc<Ctx>, page: &Page, id: &str) -> Result<Shown, Error> {
    event(ctx, page, id, Event::Cancel).await
}

async fn event(ctx: &Arc<Ctx>, page: &Page, id: &str, event: Event) -> Result<Shown, Error> {
    let entry = ctx.enrolments.of(page, id)?;
    let asks_only = matches!(event, Event::Refresh);
    let ctx = Arc::clone(ctx);
    in_own_task(async move {
        let mut engine = match entry.lead(&ctx).await {
            Ok(engine) => engine,
            // It is being asked already.
            Err(Error::Busy) if asks_only => return Ok(entry.shown(&ctx)),
            Err(error) => return Err(error),
        };
        let received = engine.core.receive(event, ctx.clock.now());
        settle(&ctx, &entry, engine, received.map_err(Error::Refused)).await
    })
    .await
}

/// Runs work to its end, whatever becomes of who asked for it.
async fn in_own_task<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    match tokio::spawn(work).await {
        Ok(outcome) => outcome,
        Err(error) => {
            warn!(%error, "work on an enrolment broke off");
            Err(Error::Internal)
        }
    }
}

/// Goes on as far as it goes, tells all who look on, and makes the answer for the one who asked.
async fn settle(
    ctx: &Ctx,
    entry: &Entry,
    mut engine: MutexGuard<'_, Engine>,
    received: Result<(), Error>,
) -> Result<Shown, Error> {
    let refused = received.is_err();
    let outcome = match received {
        Ok(()) => advance(ctx, entry, &mut engine).await,
        // What led to the error may have changed the journal nevertheless.
        Err(error) => save(ctx, entry, &mut engine).await.and(Err(error)),
    };
    if engine.core.is_over() {
        engine.lock = None;
    }
    let shown = view::show(&engine.core, ctx.clock.now());
    let remembered = entry.remember(&shown, engine.core.journal());
    let prepared = engine.core.journal().is_some();
    drop(engine);
    entry.wake.notify_one();
    let _ = ctx.changes.send((entry.page.clone(), remembered));
    match outcome {
        Ok(()) => Ok(shown),
        // From the submission on, what the services say is part of what is shown: the enrolment goes on by itself.
        Err(Error::Refused(_)) if prepared && !refused => Ok(shown),
        Err(error) => Err(error.about(shown)),
    }
}

/// Carries out steps until the person, or time, is needed. The journal is written before each.
async fn advance(ctx: &Ctx, entry: &Entry, engine: &mut Engine) -> Result<(), Error> {
    loop {
        save(ctx, entry, engine).await?;
        let now = ctx.clock.now();
        let event = match engine.core.step(now) {
            Step::Ask(_) | Step::Wait(_) | Step::Stop => return Ok(()),
            Step::Send(call) => {
                Event::Replied(ctx.remote.send(call, engine.core.credentials()).await)
            }
            Step::SendAgain(call) => {
                Event::Replied(ctx.remote.send(&call, engine.core.credentials()).await)
            }
            Step::MakeKeys(plan) => match make_keys(ctx, engine, plan).await {
                Ok(event) => event,
                Err(reason) => Event::KeysMade(Err(reason)),
            },
            Step::WriteKeys(record) => {
                let record = record.clone();
                Event::KeysWritten(write_keys(ctx, engine, record).await)
            }
            Step::RemovePending(record) => {
                let record = record.clone();
                let secrets = Arc::clone(&ctx.secrets);
                let gone = blocking(move || {
                    let gone = keyfiles::remove_pending(&record);
                    for key in record.keys.iter().filter(|_| gone) {
                        if let Err(error) = secrets.delete(&key.secret) {
                            warn!(%error, "the password of files that are gone could not be forgotten");
                        }
                    }
                    gone
                })
                .await;
                if !gone {
                    // The medium is away: it is cleaned when it comes back.
                    return Ok(());
                }
                Event::PendingRemoved
            }
        };
        if let Err(refusal) = engine.core.receive(event, ctx.clock.now()) {
            save(ctx, entry, engine).await?;
            return Err(Error::Refused(refusal));
        }
    }
}

/// Writes the journal if it changed.
async fn save(ctx: &Ctx, entry: &Entry, engine: &mut Engine) -> Result<(), Error> {
    if engine.core.journal() == engine.saved.as_ref() {
        return Ok(());
    }
    let record = engine.core.journal().cloned();
    let (journals, page, id) =
        (ctx.enrolments.journals.clone(), entry.page.clone(), entry.id.clone());
    let written = record.clone();
    let lock = engine.lock.take();
    let (lock, outcome) = blocking(move || match &written {
        Some(record) => {
            let lock = match lock.map_or_else(|| journals.lock(&id), Ok) {
                Ok(lock) => lock,
                Err(error) => return (None, Err(error)),
            };
            (Some(lock), journals.save(&page, record))
        }
        None => match journals.remove(&id) {
            Ok(()) => (None, Ok(())),
            Err(error) => (lock, Err(error.into())),
        },
    })
    .await;
    engine.lock = lock;
    outcome?;
    engine.saved = record;
    Ok(())
}

async fn make_keys(
    ctx: &Ctx,
    engine: &mut Engine,
    plan: tanba_core::enrolment::KeyPlan,
) -> Result<Event, Reason> {
    let provider = ctx.provider;
    let folder = plan.folder.clone();
    let made = blocking(move || {
        crate::files::try_out(std::path::Path::new(&plan.folder))
            .map_err(|error| keyfiles::reason(&error))?;
        let name = crate::folders::display_name(std::path::Path::new(&plan.folder));
        // One thread a key: finding primes is what a person waits for.
        std::thread::scope(|scope| {
            let keys: Vec<_> = plan
                .purposes
                .iter()
                .map(|purpose| {
                    let (plan, name) = (&plan, &name);
                    scope.spawn(move || {
                        keyfiles::make(
                            &provider,
                            plan.algorithm,
                            *purpose,
                            &plan.person,
                            plan.email.as_ref(),
                            name,
                        )
                    })
                })
                .collect();
            keys.into_iter()
                .map(|key| key.join().unwrap_or(Err(Reason::Crypto)))
                .collect::<Result<Vec<_>, _>>()
        })
    })
    .await?;
    let container = keyfiles::container_password(&provider)?;
    keep_secret(ctx, engine.core.id(), &container, engine.core.credentials().session.as_ref())
        .await?;
    let (keys, private): (Vec<_>, Vec<_>) = made.into_iter().unzip();
    engine.made = private;
    engine.container = Some(container);
    Ok(Event::KeysMade(Ok((folder, keys))))
}

async fn keep_secret(
    ctx: &Ctx,
    id: &str,
    container: &Password,
    session: Option<&Password>,
) -> Result<(), Reason> {
    let kept = keyfiles::kept_secret(container, session);
    let (secrets, id) = (Arc::clone(&ctx.secrets), id.to_owned());
    match blocking(move || secrets.put(&id, &kept)).await {
        Ok(place) => {
            info!(?place, "the password of waiting keys is kept");
            Ok(())
        }
        Err(error) => {
            warn!(%error, "the password of waiting keys cannot be kept");
            Err(Reason::Secrets)
        }
    }
}

/// B1. Fresh keys are written; after a start in the middle of it, the files that are there are looked at.
async fn write_keys(ctx: &Ctx, engine: &mut Engine, record: Record) -> Result<(), Reason> {
    let provider = ctx.provider;
    let made = std::mem::take(&mut engine.made);
    let secrets = Arc::clone(&ctx.secrets);
    let known = engine.container.take();
    let (outcome, container) = blocking(move || {
        let name = record.keys.first().map_or(record.id.as_str(), |key| key.secret.as_str());
        let kept =
            || secrets.get(name).ok().flatten().and_then(|kept| keyfiles::read_secret(&kept));
        let Some(container) = known.or_else(|| kept().map(|(container, _)| container)) else {
            return (Err(Reason::Secrets), None);
        };
        let outcome = if made.is_empty() {
            keyfiles::check_pending(&record, &container, &provider)
        } else {
            keyfiles::write_pending(&record, &made, &container, &provider)
        };
        // Nothing was sent. What could not be written, or is lost, is cleared away with its password; what only cannot
        // be looked at now is left.
        let over = match &outcome {
            Ok(()) => false,
            Err(reason) => !made.is_empty() || *reason == Reason::KeyLost,
        };
        if over {
            keyfiles::remove_pending(&record);
            if let Err(error) = secrets.delete(name) {
                warn!(%error, "the password of files that were not written could not be forgotten");
            }
        }
        (outcome, Some(container))
    })
    .await;
    engine.container = container;
    outcome
}

/// Waits for the time that the engine names, or until somebody changed something, and goes on.
async fn watch(ctx: std::sync::Weak<Ctx>, entry: Arc<Entry>) {
    let mut in_vain = false;
    loop {
        let due = {
            let Some(ctx) = ctx.upgrade() else { return };
            if !ctx.enrolments.leads(&entry) {
                return;
            }
            let engine = entry.engine.lock().await;
            let now = ctx.clock.now();
            match engine.core.step(now) {
                Step::Stop if engine.core.is_over() => return,
                Step::Ask(_) | Step::Stop => None,
                Step::Wait(until) => {
                    Some(Duration::from_secs(u64::try_from(until.since(now)).unwrap_or(0).max(1)))
                }
                Step::Send(_)
                | Step::SendAgain(_)
                | Step::MakeKeys(_)
                | Step::WriteKeys(_)
                | Step::RemovePending(_) => Some(if in_vain { REST } else { Duration::ZERO }),
            }
        };
        let Some(pause) = due else {
            entry.wake.notified().await;
            continue;
        };
        tokio::select! {
            () = entry.wake.notified() => {}
            () = tokio::time::sleep(pause) => {
                let Some(ctx) = ctx.upgrade() else { return };
                in_vain = go_on(&ctx, &entry).await;
            }
        }
    }
}

/// The time has come. Says whether it did not help: what is to be done at once is still to be done.
async fn go_on(ctx: &Ctx, entry: &Entry) -> bool {
    let mut engine = entry.engine.lock().await;
    engine.core.time_passed();
    if let Err(error) = settle(ctx, entry, engine, Ok(())).await {
        warn!(%error, id = entry.id, "an enrolment did not get on");
    }
    let engine = entry.engine.lock().await;
    match engine.core.step(ctx.clock.now()) {
        Step::Ask(_) | Step::Wait(_) | Step::Stop => false,
        Step::Send(_)
        | Step::SendAgain(_)
        | Step::MakeKeys(_)
        | Step::WriteKeys(_)
        | Step::RemovePending(_) => true,
    }
}

/// What a page is told of a refusal by the engine.
#[must_use]
pub fn failure(refusal: &Refusal) -> Failure {
    let mut failure = Failure::new(code(&refusal.reason));
    failure.attempts_left = refusal.attempts_left;
    failure.retry_after_s = refusal.retry_after_s;
    failure
}

fn code(reason: &Reason) -> Code {
    match reason {
        Reason::NotExpected => Code::NotExpected,
        Reason::Closed => Code::EnrolmentClosed,
        Reason::Iin => Code::IinInvalid,
        Reason::Phone => Code::PhoneMismatch,
        Reason::OtpFormat => Code::OtpWrong,
        Reason::OtpExpired => Code::OtpExpired,
        Reason::ResendTooEarly => Code::OtpResendTooEarly,
        Reason::PinFormat => Code::PinFormat,
        Reason::PinMismatch => Code::PinMismatch,
        Reason::NotJpeg => Code::ImageNotJpeg,
        Reason::TooLarge => Code::ImageTooLarge,
        Reason::Email => Code::EmailInvalid,
        Reason::Agreement => Code::AgreementOutdated,
        Reason::ConsentDenied => Code::ConsentDenied,
        Reason::FolderUnwritable => Code::FolderUnwritable,
        Reason::DiskFull => Code::DiskFull,
        Reason::Secrets => Code::SecretsUnavailable,
        Reason::KeyLost => Code::KeyLost,
        Reason::Crypto => Code::Internal,
        Reason::OtherKey => Code::CertificateKeyMismatch,
        Reason::Certificate => Code::CertificateInvalid,
        Reason::Service(code) => {
            let known = Code::ALL.iter().copied().find(|known| known.name() == code);
            // A service's own "internal" says nothing about this agent.
            known.filter(|known| *known != Code::Internal).unwrap_or(Code::GatewayFailed)
        }
        Reason::Unreachable => Code::GatewayUnreachable,
        Reason::Failed => Code::GatewayFailed,
    }
}
