//! Drives the core's enrolment engine: sends, waits, writes, remembers.
//!
//! The engine says what to do; this file does it, and keeps the one rule that makes the barriers: **the journal is
//! on the disk before the next step is carried out.** Work that changes anything runs to its end in a task of its
//! own: a page that closes its socket closes its window, but never stops half-way between two files.

pub mod answer;
mod codes;
mod drive;
mod install;
mod keys;
mod registry;
mod view;
mod watch;

use std::sync::Arc;

use tanba::protocol::{Enrolment as Shown, StartEnrolment};
use tanba_core::enrolment::{Answer, Enrolment, Entropy, Event, Profile};
use tanba_core::secret::Password;
use tracing::warn;

use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::keyfiles;
use crate::locales;
use crate::page::Page;
use drive::settle;
use registry::Engine;
use watch::begin_entry;

pub use codes::failure;
pub use install::install;
pub use keys::{generate, install_given, list_keys, status, submit};
pub use registry::{Enrolments, Entry};
pub use view::environment;
pub use watch::wake_up;

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
        locale: answer::locale(locales::of_call(ctx, page, call.locale)),
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

/// Lists the enrolments of all pages, oldest first: for the person, who may lead each of them in a window of the agent's.
#[must_use]
pub fn all(ctx: &Ctx) -> Vec<(Page, Shown)> {
    ctx.enrolments.all().iter().map(|entry| (entry.page.clone(), entry.shown(ctx))).collect()
}

/// Whether another program leads an unfinished enrolment of this page now.
pub async fn led_elsewhere(ctx: &Ctx, page: &Page) -> bool {
    let here: Vec<String> =
        ctx.enrolments.all_of(page).iter().map(|entry| entry.id.clone()).collect();
    let (journals, page) = (ctx.enrolments.journals.clone(), page.clone());
    blocking(move || journals.led_elsewhere(&page, &here)).await > 0
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
