//! Carries out the engine's steps: the journal before each, files and services in between, notices after.

use std::sync::Arc;

use tanba::protocol::Enrolment as Shown;
use tanba_core::enrolment::journal::Record;
use tanba_core::enrolment::{Event, Reason, Step};
use tanba_core::secret::{Password, SecretBytes};
use tokio::sync::MutexGuard;
use tracing::{info, warn};

use super::registry::{Engine, Entry};
use super::view;
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::desktop::own::NoticeKind;
use crate::error::Error;
use crate::keyfiles;
use crate::secrets::Kept;

/// Goes on as far as it goes, tells all who look on, and makes the answer for the one who asked.
pub(super) async fn settle(
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
    let before = (entry.last_record(), entry.last().shown.problem.clone());
    let remembered = entry.remember(&shown, engine.core.journal());
    let prepared = engine.core.journal().is_some();
    // While it only waits there is nothing to tell.
    let news =
        !prepared || before.0.as_deref() != engine.core.journal() || before.1 != shown.problem;
    drop(engine);
    entry.wake.notify_one();
    if news {
        let _ = ctx.changes.send((entry.page.clone(), remembered));
    }
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
                let fresh = !engine.made.is_empty();
                match write_keys(ctx, engine, record).await {
                    Err(reason) if fresh => Event::KeysNotWritten(reason),
                    outcome => Event::KeysWritten(outcome),
                }
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
pub(super) async fn save(ctx: &Ctx, entry: &Entry, engine: &mut Engine) -> Result<(), Error> {
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

pub(super) async fn keep_secret(
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
            tell_of_files(ctx, place);
            Ok(())
        }
        Err(error) => {
            warn!(%error, "the password of waiting keys cannot be kept");
            Err(Reason::Secrets)
        }
    }
}

/// Tells the person once that secrets go into files although a keyring was wanted, and why.
fn tell_of_files(ctx: &Ctx, place: Kept) {
    if let Kept::File(Some(trouble)) = place
        && ctx.enrolments.tell_of_files()
    {
        let why = trouble.name().to_owned();
        // Where nobody listens there is no person to be told; the log has it.
        let _ = ctx.notices.send(NoticeKind::SecretsInFile { why });
    }
}

fn read_container(kept: Option<&SecretBytes>) -> Option<Password> {
    kept.and_then(keyfiles::read_secret).map(|(container, _)| container)
}

/// B1. Fresh keys are written; after a start in the middle of it, the files that are there are looked at.
async fn write_keys(ctx: &Ctx, engine: &mut Engine, record: Record) -> Result<(), Reason> {
    let provider = ctx.provider;
    let made = std::mem::take(&mut engine.made);
    let secrets = Arc::clone(&ctx.secrets);
    let known = engine.container.take();
    let (outcome, container) = blocking(move || {
        let name = record.keys.first().map_or(record.id.as_str(), |key| key.secret.as_str());
        let container = match known.map_or_else(
            || secrets.get(name).map(|kept| read_container(kept.as_ref())),
            |known| Ok(Some(known)),
        ) {
            Ok(Some(container)) => container,
            // Nothing was sent, and without its password a pending file is worth nothing.
            Ok(None) => {
                keyfiles::remove_pending(&record);
                return (Err(Reason::KeyLost), None);
            }
            Err(error) => {
                warn!(%error, "the password of waiting keys cannot be had now");
                return (Err(Reason::Secrets), None);
            }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::assembly::{Plan, SecretPlace, assemble};
    use crate::desktop::NoDesktop;
    use crate::secrets::Trouble;

    #[tokio::test]
    async fn that_a_file_takes_the_place_of_a_keyring_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let plan =
            Plan { secrets: SecretPlace::File, ..Plan::new(data, None, Arc::new(NoDesktop)) };
        let ctx = assemble(plan).await.unwrap();
        let mut notices = ctx.notices.subscribe();
        // What was wanted is no news.
        for place in [Kept::Keyring, Kept::File(None)] {
            tell_of_files(&ctx, place);
        }
        assert!(notices.try_recv().is_err());
        for trouble in [Trouble::Locked, Trouble::Absent] {
            tell_of_files(&ctx, Kept::File(Some(trouble)));
        }
        let told = NoticeKind::SecretsInFile { why: "locked".to_owned() };
        assert_eq!(notices.try_recv().unwrap(), told);
        assert!(notices.try_recv().is_err());
    }
}
