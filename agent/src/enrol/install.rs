//! Installing: the new password in the agent's own window, then the final files (B4).

use std::path::Path;
use std::sync::Arc;

use tanba::protocol as wire;
use tanba_core::crypto::KeyId;
use tanba_core::enrolment::Event;
use tanba_core::enrolment::gateway::Environment;
use tanba_core::enrolment::journal::{KeyRecord, Progress, Record};
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;
use tracing::{error, warn};

use super::drive::{save, settle};
use super::registry::{Engine, Entry};
use super::{in_own_task, view};
use crate::blocking::blocking;
use crate::consent::Question;
use crate::ctx::Ctx;
use crate::desktop::{Asked, NewPasswordPrompt};
use crate::error::Error;
use crate::folders::display_name;
use crate::keyfiles::{self, InstallError};
use crate::page::Page;
use crate::signing::NotSigned;

/// Asks for the new password and writes the final files of an enrolment. `asker` is the page that wants it, or the person,
/// whoever began the enrolment: a page that has to rest keeps nobody from their own keys.
///
/// # Errors
/// `NotYetIssued` when there is nothing to install, `Cancelled` when the window was closed; whatever happens, the
/// pending files stay until their final ones were opened again.
pub async fn install(
    ctx: &Arc<Ctx>,
    page: &Page,
    id: &str,
    asker: &Page,
) -> Result<wire::Enrolment, Error> {
    let entry = ctx.enrolments.of(page, id)?;
    install_keys(ctx, &entry, None, asker).await
}

/// What the person was shown and agreed to: these keys with these certificates, and no others.
type Shown = Vec<(KeyId, Vec<u8>)>;

/// The same for one key, or for all that have their certificates.
pub(super) async fn install_keys(
    ctx: &Arc<Ctx>,
    entry: &Arc<Entry>,
    only: Option<KeyId>,
    asker: &Page,
) -> Result<wire::Enrolment, Error> {
    let _turn = ctx.turns.take(asker)?;
    let question = Question::begin(ctx, asker).map_err(NotSigned::from)?;
    let (prompt, agreed) = {
        let engine = entry.engine.lock().await;
        let agreed =
            ready_to_install(&engine).map(|record| wanted(record, only)).unwrap_or_default();
        match ready_to_install(&engine) {
            Some(record) if !agreed.is_empty() => (prompt(asker, record, &agreed), agreed),
            Some(_) | None => {
                let shown = view::show(&engine.core, ctx.clock.now());
                return Err(Error::NotYetIssued.about(shown));
            }
        }
    };
    // The lock is not held while the person thinks: status and notices go on.
    let password = match question.heard(ctx.desktop.new_password(prompt).await) {
        Asked::Answered(password) => password,
        Asked::Closed | Asked::Blocked => return Err(Error::Cancelled),
        Asked::NoScreen => return Err(Error::NoWindow),
    };
    let (ctx, entry) = (Arc::clone(ctx), Arc::clone(entry));
    in_own_task(async move { write_finals(&ctx, &entry, &agreed, password).await }).await
}

fn ready_to_install(engine: &Engine) -> Option<&Record> {
    let record = engine.core.journal()?;
    match &record.progress {
        Progress::Issued { .. } => Some(record),
        Progress::Making
        | Progress::Ready
        | Progress::Submitting { .. }
        | Progress::Submitted { .. }
        | Progress::Installed { .. }
        | Progress::Closed { .. } => None,
    }
}

fn wanted(record: &Record, only: Option<KeyId>) -> Shown {
    let keys = record
        .keys
        .iter()
        .filter(|key| only.is_none_or(|id| id == key.key_id) && !key.is_installed());
    keys.filter_map(|key| Some((key.key_id, record.certificate_of(&key.key_id)?))).collect()
}

fn prompt(asker: &Page, record: &Record, agreed: &Shown) -> NewPasswordPrompt {
    let shown = |key: &&KeyRecord| agreed.iter().any(|(id, _)| *id == key.key_id);
    NewPasswordPrompt {
        origin: asker.as_str().to_owned(),
        locale: view::locale(record.locale),
        sandbox: match record.environment {
            Environment::Sandbox => true,
            Environment::Production => false,
        },
        number: record.number().map(str::to_owned),
        files: record.keys.iter().filter(shown).map(|key| key.final_file.clone()).collect(),
        folder: display_name(Path::new(&record.folder)),
    }
}

async fn write_finals(
    ctx: &Ctx,
    entry: &Entry,
    agreed: &Shown,
    password: NewPassword,
) -> Result<wire::Enrolment, Error> {
    let mut engine = entry.engine.lock().await;
    let record = ready_to_install(&engine).cloned();
    let unchanged =
        |record: &Record| agreed.iter().all(|shown| wanted(record, Some(shown.0)).contains(shown));
    let Some(record) = record.filter(unchanged) else {
        let shown = view::show(&engine.core, ctx.clock.now());
        return Err(Error::NotYetIssued.about(shown));
    };
    let outcome =
        write_each(ctx, entry, &mut engine, record, agreed, password.into_password()).await;
    if let Err(error) = &outcome {
        error!(%error, "a final key file could not be written; the pending one is kept");
    }
    settle(ctx, entry, engine, outcome).await
}

async fn write_each(
    ctx: &Ctx,
    entry: &Entry,
    engine: &mut Engine,
    record: Record,
    agreed: &Shown,
    password: Password,
) -> Result<(), Error> {
    let shown = |key: &&KeyRecord| agreed.iter().any(|(id, _)| *id == key.key_id);
    let keys: Vec<_> = record.keys.iter().filter(shown).cloned().collect();
    let containers = containers(ctx, &keys).await?;
    let provider = ctx.provider;
    // One thread a key: stretching the password is what a person waits for.
    let written = blocking(move || {
        std::thread::scope(|scope| {
            let threads: Vec<_> = keys
                .iter()
                .zip(&containers)
                .map(|(key, container)| {
                    let (record, password) = (&record, &password);
                    scope.spawn(move || {
                        let proof = keyfiles::install(record, key, container, password, &provider)?;
                        Ok((key.key_id, key.final_file.clone(), proof))
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or(Err(InstallError::Crypto)))
                .collect::<Vec<Result<_, InstallError>>>()
        })
    })
    .await;
    let mut first_error = Ok(());
    for outcome in written {
        match outcome {
            Ok((key_id, file, proof)) => {
                let event = Event::KeyInstalled { key_id, file, proof };
                engine.core.receive(event, ctx.clock.now()).map_err(Error::Refused)?;
                save(ctx, entry, engine).await?;
            }
            Err(error) => first_error = first_error.and(Err(Error::Install(error))),
        }
    }
    first_error
}

/// The passwords of the pending files, from the place for secrets.
async fn containers(ctx: &Ctx, keys: &[KeyRecord]) -> Result<Vec<Password>, Error> {
    let names: Vec<_> = keys.iter().map(|key| key.secret.clone()).collect();
    let secrets = Arc::clone(&ctx.secrets);
    let kept =
        blocking(move || names.iter().map(|name| secrets.get(name)).collect::<Result<Vec<_>, _>>())
            .await;
    let kept = kept.map_err(|error| {
        warn!(%error, "the passwords of waiting keys cannot be had now");
        Error::Secrets
    })?;
    kept.into_iter()
        .map(|kept| match kept {
            Some(kept) => keyfiles::read_secret(&kept).map(|(container, _)| container),
            None => None,
        })
        .map(|container| container.ok_or(Error::Install(InstallError::KeyLost)))
        .collect()
}
