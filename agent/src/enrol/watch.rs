//! Time and restarts: goes on with what earlier runs began, and asks again when the moment comes.

use std::collections::HashSet;
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;

use tanba_core::crypto::KeyId;
use tanba_core::enrolment::journal::Progress;
use tanba_core::enrolment::{Enrolment, Event, Step};
use tokio::sync::{Mutex, Notify};
use tracing::{info, warn};

use super::drive::settle;
use super::registry::{Engine, Entry, Last};
use super::view;
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::journals::Journal;
use crate::keyfiles;
use crate::page::Page;

/// How long an enrolment rests that could not go on because of this computer: a full disk, for one.
const REST: Duration = Duration::from_secs(30);

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
        // The agent is not listening yet: a locked keyring must not hold it up until somebody comes.
        let kept = blocking(move || secrets.get_quietly(&name)).await.unwrap_or_else(|error| {
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

pub(super) fn begin_entry(ctx: &Arc<Ctx>, page: Page, engine: Engine) -> Arc<Entry> {
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
