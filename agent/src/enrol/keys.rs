//! Keys for pages that lead the identification themselves: made here, submitted here, installed here.

use std::path::Path;
use std::sync::Arc;

use tanba::protocol as wire;
use tanba_core::crypto::KeyId;
use tanba_core::email::Email;
use tanba_core::enrolment::gateway::{Locale, Template};
use tanba_core::enrolment::journal::{KeyState, Progress, Record};
use tanba_core::enrolment::{Enrolment, Event, Given, MadeOne, Profile, Reason, Submission};
use tanba_core::iin::Iin;
use tanba_core::secret::Password;
use tanba_core::x509::Person;
use tracing::warn;

use super::drive::{keep_secret, save, settle};
use super::registry::{Engine, Entry};
use super::watch::begin_entry;
use super::{answer, entropy, in_own_task, install, view};
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::files;
use crate::folders::display_name;
use crate::keyfiles;
use crate::page::Page;

/// Keys that a page may have made without submitting them.
const UNSENT: usize = 8;

/// Lists the keys that a page's enrolments made. Keys of other pages, and files that lie about, are not its business.
#[must_use]
pub fn list_keys(ctx: &Ctx, page: &Page) -> Vec<wire::KeySummary> {
    let mut keys = Vec::new();
    for entry in ctx.enrolments.all_of(page) {
        let Some(record) = entry.last_record() else { continue };
        keys.extend(record.keys.iter().map(|key| wire::KeySummary {
            key_id: key.key_id.to_string(),
            purpose: view::purpose(key.purpose),
            algorithm: view::algorithm(record.algorithm),
            state: match key.state {
                KeyState::Pending => wire::KeyState::Pending,
                KeyState::Installed { .. } => wire::KeyState::Installed,
            },
            file: match &key.state {
                KeyState::Pending => key.pending_file.clone(),
                KeyState::Installed { file, .. } => file.clone(),
            },
            number: record.number().map(str::to_owned),
        }));
    }
    keys
}

fn refused(reason: Reason) -> Error {
    Error::Refused(reason.into())
}

fn person(subject: wire::Subject) -> Result<(Person, Option<Email>), Error> {
    let iin = Iin::parse(&subject.iin).map_err(|_| refused(Reason::Iin))?;
    let email = subject
        .email
        .map(|text| Email::parse(&text))
        .transpose()
        .map_err(|_| refused(Reason::Email))?;
    let person = Person::new(iin, subject.surname, subject.name, subject.patronymic)
        .map_err(|_| Error::BadParams)?;
    Ok((person, email))
}

/// Makes one key in a folder that the person chose, and its certificate request. The key is on the disk and was
/// opened again before the request leaves (B1).
///
/// # Errors
/// What can be done about it, as in an enrolment.
pub async fn generate(
    ctx: &Arc<Ctx>,
    page: &Page,
    call: wire::GenerateKey,
) -> Result<wire::GeneratedKey, Error> {
    let folder = ctx.folders.path(page, &call.folder).ok_or(Error::UnknownFolder)?;
    let folder = folder.to_str().ok_or(Error::UnknownFolder)?.to_owned();
    let (person, email) = person(call.subject)?;
    ctx.enrolments.make_room(page);
    let unsent = |entry: &Arc<Entry>| {
        let progress = entry.last_record().map(|record| record.progress.clone());
        matches!(progress, Some(Progress::Making | Progress::Ready))
    };
    if ctx.enrolments.all_of(page).iter().filter(|entry| unsent(entry)).count() >= UNSENT {
        return Err(Error::Busy);
    }
    let (algorithm, purpose) = (answer::algorithm(call.algorithm), answer::purpose(call.purpose));
    let (ctx, page) = (Arc::clone(ctx), page.clone());
    in_own_task(async move {
        let provider = ctx.provider;
        let (place, whose) = (folder.clone(), person.clone());
        let (made, private) = blocking(move || {
            let place = Path::new(&place);
            files::try_out(place).map_err(|error| keyfiles::reason(&error))?;
            keyfiles::make(
                &provider,
                algorithm,
                purpose,
                &whose,
                email.as_ref(),
                &display_name(place),
            )
        })
        .await
        .map_err(refused)?;
        let entropy = entropy(&ctx)?;
        let container = keyfiles::container_password(&provider).map_err(refused)?;
        keep_secret(&ctx, &entropy.id, &container, None).await.map_err(refused)?;
        let (key_id, request) = (made.key_id, made.request.clone());
        let profile = Profile {
            environment: ctx.settings.environment,
            template: Template::IndividualRemote,
            algorithm,
            locale: Locale::Kk,
        };
        let one = MadeOne { folder, key: made };
        let core = Enrolment::with_key(profile, entropy, &person, one, ctx.clock.now());
        let file = core
            .journal()
            .and_then(|record| record.keys.first())
            .map(|key| key.pending_file.clone());
        let engine = Engine {
            core,
            made: vec![private],
            container: Some(container),
            saved: None,
            lock: None,
        };
        let entry = begin_entry(&ctx, page, engine);
        let engine = entry.engine.lock().await;
        let settled = settle(&ctx, &entry, engine, Ok(())).await;
        // For this call, the key is there or it is not; if it is not, nothing of it is left.
        let engine = entry.engine.lock().await;
        if engine.core.journal().is_none() {
            ctx.enrolments.forget(&entry);
        }
        settled?;
        match engine.core.journal().map(|record| &record.progress) {
            Some(Progress::Ready) => Ok(wire::GeneratedKey {
                key_id: key_id.to_string(),
                request: request.into(),
                file: file.unwrap_or_default(),
            }),
            _ => Err(engine.core.problem().cloned().map_or(Error::Internal, Error::Refused)),
        }
    })
    .await
}

/// The enrolment of this page that holds a key.
fn holding(ctx: &Ctx, page: &Page, key_id: KeyId) -> Result<Arc<Entry>, Error> {
    let holds = |entry: &Arc<Entry>| {
        entry.last_record().is_some_and(|record| record.keys.iter().any(|key| key.key_id == key_id))
    };
    ctx.enrolments.all_of(page).into_iter().find(holds).ok_or(Error::UnknownKey)
}

/// Sends the requests of one or two keys as one application.
///
/// # Errors
/// `UnknownKey` for a key that this page did not make, `BadParams` for keys that do not fit together.
pub async fn submit(
    ctx: &Arc<Ctx>,
    page: &Page,
    call: wire::SubmitRequest,
) -> Result<wire::Application, Error> {
    let email = call
        .email
        .map(|text| Email::parse(&text))
        .transpose()
        .map_err(|_| refused(Reason::Email))?;
    let ids: Vec<KeyId> = call
        .keys
        .iter()
        .map(|id| KeyId::parse(id))
        .collect::<Result<_, _>>()
        .map_err(|_| Error::UnknownKey)?;
    let (first, others) = match ids.as_slice() {
        [first] => (*first, None),
        [first, second] if first != second => (*first, Some(*second)),
        _ => return Err(Error::BadParams),
    };
    let entry = holding(ctx, page, first)?;
    let other = match others {
        Some(id) => Some(holding(ctx, page, id)?).filter(|other| !Arc::ptr_eq(other, &entry)),
        None => None,
    };
    let session = Password::new(call.session);
    let (ctx, agreement_version) = (Arc::clone(ctx), call.agreement_version);
    in_own_task(async move {
        let mut engine = entry.lead(&ctx).await?;
        let sent =
            !matches!(progress(&engine), Some(Progress::Ready | Progress::Submitting { .. }));
        if sent {
            // The same call again: the first one counts, and its application is the answer.
            return application(&engine, &ctx);
        }
        // The other key's own journal is held until it is gone: nothing else happens to that key meanwhile. Never two
        // locks in two orders: who comes second tries again.
        let adopted = match &other {
            Some(other) if matches!(progress(&engine), Some(Progress::Ready)) => {
                Some((other, other.engine.try_lock().map_err(|_| Error::Busy)?))
            }
            Some(_) | None => None,
        };
        let mut more_keys = Vec::new();
        if let Some((other, theirs)) = &adopted {
            let (Some(ours), Some(record)) = (engine.core.journal(), theirs.core.journal()) else {
                return Err(Error::UnknownKey);
            };
            let fit = ctx.enrolments.leads(other)
                && ours.folder == record.folder
                && ours.algorithm == record.algorithm
                && ours.requested_iin() == record.requested_iin()
                && matches!(record.progress, Progress::Ready);
            if !fit {
                return Err(Error::BadParams);
            }
            more_keys.clone_from(&record.keys);
        }
        let submission = Submission { agreement_version, email, more_keys };
        let event = Event::Submitted { session, submission };
        engine.core.receive(event, ctx.clock.now()).map_err(Error::Refused)?;
        let mut received = Ok(());
        if let Some((other, theirs)) = adopted {
            // From here on the key is this enrolment's; its own journal goes when ours is durable. Should that fail, the
            // next start finds the key in both and drops the older one.
            ctx.enrolments.forget(other);
            received = save(&ctx, &entry, &mut engine).await;
            if received.is_ok() {
                let (journals, id) = (ctx.enrolments.journals.clone(), other.id.clone());
                if let Err(error) = blocking(move || journals.remove(&id)).await {
                    warn!(%error, "a journal whose key went into another application could not be removed");
                }
            }
            drop(theirs);
        }
        settle(&ctx, &entry, engine, received).await?;
        let engine = entry.engine.lock().await;
        application(&engine, &ctx)
    })
    .await
}

fn progress(engine: &Engine) -> Option<&Progress> {
    engine.core.journal().map(|record| &record.progress)
}

fn application(engine: &Engine, ctx: &Ctx) -> Result<wire::Application, Error> {
    let known = engine.core.journal().and_then(Record::application).map(view::application);
    known.ok_or_else(|| {
        let shown = view::show(&engine.core, ctx.clock.now());
        match shown.problem.clone() {
            Some(problem) => Error::Service(problem).about(shown),
            None => Error::NotYetIssued.about(shown),
        }
    })
}

/// Asks how an application of this page stands.
///
/// # Errors
/// `UnknownEnrolment` for a number that is not this page's.
pub async fn status(ctx: &Arc<Ctx>, page: &Page, number: &str) -> Result<wire::Application, Error> {
    let has = |entry: &Arc<Entry>| {
        entry.last_record().is_some_and(|record| record.number() == Some(number))
    };
    let entry = ctx.enrolments.all_of(page).into_iter().find(has).ok_or(Error::UnknownEnrolment)?;
    super::refresh(ctx, page, &entry.id).await?;
    let engine = entry.engine.lock().await;
    application(&engine, ctx)
}

/// Installs one key, with a certificate that the page brings or with the one that the authority issued.
///
/// # Errors
/// `NotYetIssued` without a certificate; `CertificateKeyMismatch` for another key's.
pub async fn install_given(
    ctx: &Arc<Ctx>,
    page: &Page,
    call: wire::InstallCertificate,
) -> Result<wire::InstalledKey, Error> {
    let key_id = KeyId::parse(&call.key_id).map_err(|_| Error::UnknownKey)?;
    let entry = holding(ctx, page, key_id)?;
    let installed = |entry: &Entry| {
        let record = entry.last_record()?;
        let key = record.keys.iter().find(|key| key.key_id == key_id)?;
        match &key.state {
            KeyState::Installed { file, .. } => Some(file.clone()),
            KeyState::Pending => None,
        }
    };
    if let Some(file) = installed(&entry) {
        return Ok(wire::InstalledKey { key_id: key_id.to_string(), file });
    }
    if let Some(certificate) = call.certificate {
        let given = Given {
            certificate: certificate.0,
            chain: call.chain.into_iter().map(|certificate| certificate.0).collect(),
        };
        let (ctx, entry) = (Arc::clone(ctx), Arc::clone(&entry));
        in_own_task(async move {
            let mut engine = entry.lead(&ctx).await?;
            let event = Event::CertificateGiven { key_id, given };
            let received = engine.core.receive(event, ctx.clock.now());
            match received {
                Ok(()) => settle(&ctx, &entry, engine, Ok(())).await.map(drop),
                Err(refusal) => Err(Error::Refused(refusal)),
            }
        })
        .await?;
    }
    install::install_keys(ctx, &entry, Some(key_id), &entry.page).await?;
    let file = installed(&entry).ok_or(Error::Internal)?;
    Ok(wire::InstalledKey { key_id: key_id.to_string(), file })
}
