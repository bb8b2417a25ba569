//! Documents become signatures once a person agreed: the one way to keys in files, for pages of both dialects.
//!
//! ```text
//! Order ──check──▶ a document that can be signed ──▶ consent: one window ──▶ key + approvals ──▶ signatures
//!        can fail: nobody types a password for nothing                        one approval, one signature
//! ```

mod claimed;
mod make;
mod order;
mod preview;
mod ready;
mod stamps;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use tanba::protocol::Locale;
use tanba_core::cms::SignedMessage;
use tanba_core::enrolment::gateway::Environment;
use tanba_core::x509::certificate::Certificate;
use tracing::info;

use self::make::Pen;
pub use self::order::{
    Around, Chain, Content, NotSigned, Order, Places, Signature, Signed, Usage, View, Wanted, Work,
};
use self::preview::Previews;
use self::ready::Ready;
use crate::blocking::{blocking, while_awaited};
use crate::consent::{self, Judge, Question, roots_are_known};
use crate::ctx::Ctx;
use crate::desktop::{
    Asked, ConsentPrompt, Deed, FileKind, FilePrompt, FileWish, KeyPrompt, Warning,
};
use crate::page::Page;

/// Signs what a page ordered, with one key, after one window.
///
/// # Errors
/// [`NotSigned`] says why not one signature was made.
pub async fn sign(ctx: &Arc<Ctx>, page: &Page, order: Order) -> Result<Signed, NotSigned> {
    let Order { work, wanted, places, locale, logo } = order;
    let (ready, previews) = while_awaited(move |abandoned| Ready::check(work, abandoned)).await?;
    let deed = match &ready {
        Ready::Cms { stamped: true, .. } => Deed::SignAndStamp,
        // A key may be for both: whoever has many documents signed does not ask who the person is.
        Ready::Cms { .. } | Ready::Xml { .. } | Ready::Raw { .. }
            if wanted.is_to_sign_in() && ready.count() == 1 =>
        {
            Deed::SignIn
        }
        Ready::Cms { .. } | Ready::Xml { .. } | Ready::Raw { .. } => Deed::Sign,
    };
    let mut consent = prompt(ctx, page, deed, locale, previews);
    consent.warnings.extend(warnings(ctx, &wanted));
    consent.logo = logo;
    let count = ready.count();
    let judge = judge(ctx, wanted);
    let asked = key_prompt(consent, places);
    let (key, approvals) = consent::unlock(ctx, page, asked, judge, count).await?;
    let world = Arc::clone(ctx);
    let _working = ctx.activity.working();
    let (signatures, certificate) = blocking(move || {
        let pen = Pen {
            key: &key,
            at: world.clock.now(),
            provider: world.provider,
            time_stamps: &world.settings.time_stamps,
        };
        let signatures = pen.write(ready, approvals)?;
        Ok::<_, NotSigned>((signatures, key.certificate().clone()))
    })
    .await?;
    info!(count, "signed");
    Ok(Signed { signatures, certificate })
}

/// Shows a page the certificate of the key that the person chose, or those of all keys in a file, in the window's order.
///
/// # Errors
/// [`NotSigned`], as for a signature.
pub async fn show(ctx: &Arc<Ctx>, page: &Page, view: View) -> Result<Vec<Certificate>, NotSigned> {
    let View { deed, wanted, places, locale } = view;
    let mut consent = prompt(ctx, page, deed, locale, Previews::new(0));
    consent.warnings.extend(warnings(ctx, &wanted));
    let judge = judge(ctx, wanted);
    Ok(consent::show(ctx, page, key_prompt(consent, places), judge).await?)
}

/// Adds time stamps to the signatures of a message in DER that have none.
///
/// # Errors
/// [`NotSigned`]; `NotAMessage` if it is none.
pub async fn stamp(
    ctx: &Arc<Ctx>,
    page: &Page,
    message: Vec<u8>,
    locale: Locale,
) -> Result<Vec<u8>, NotSigned> {
    let parsed = SignedMessage::parse(&message);
    let mut message = parsed.map_err(|error| NotSigned::NotAMessage(error.to_string()))?;
    if message.signers().is_empty() {
        return Err(NotSigned::NotAMessage("nobody signed it".to_owned()));
    }
    let mut previews = Previews::new(1);
    match message.content() {
        Some(content) => previews.bytes(content),
        None => previews.bytes(&message.to_detached()),
    }
    consent::agree(ctx, page, prompt(ctx, page, Deed::Stamp, locale, previews)).await?;
    let world = Arc::clone(ctx);
    blocking(move || stamps::add_to_all(&mut message, &world.settings.time_stamps, &world.provider))
        .await
}

/// Lets the person choose a file for a page, which may name its path from then on.
///
/// # Errors
/// `Cancelled`, `NoWindow`, `Busy`.
pub async fn choose_file(
    ctx: &Arc<Ctx>,
    page: &Page,
    kind: FileKind,
    folder: Option<PathBuf>,
    locale: Locale,
) -> Result<PathBuf, NotSigned> {
    let _turn = ctx.turns.wait(page).await.map_err(|_| NotSigned::Busy)?;
    let question = Question::begin(ctx, page)?;
    let folder = folder.or_else(|| {
        let recent = ctx.recent.list();
        recent.first().and_then(|file| file.parent()).map(PathBuf::from)
    });
    let origin = page.origin().map(str::to_owned);
    // Nobody asks the person who began by themselves.
    let wish = page.is_person().then_some(FileWish::Sign);
    let prompt = FilePrompt { origin, locale, sandbox: is_sandbox(ctx), kind, folder, wish };
    match question.heard(ctx.desktop.choose_file(prompt).await) {
        Asked::Answered(path) => {
            ctx.chosen.remember(page, &path);
            Ok(path)
        }
        Asked::Closed | Asked::Blocked => Err(NotSigned::Cancelled),
        Asked::NoScreen => Err(NotSigned::NoWindow),
    }
}

/// Agents that site authors test with live in another time than the authorities, often without a network.
fn judge(ctx: &Ctx, wanted: Wanted) -> Judge {
    let judge = Judge::new(wanted, &ctx.settings.authorities, ctx.clock.now());
    if ctx.settings.trial { judge } else { judge.online(ctx.provider) }
}

fn is_sandbox(ctx: &Ctx) -> bool {
    match ctx.settings.environment {
        Environment::Sandbox => true,
        Environment::Production => false,
    }
}

fn prompt(ctx: &Ctx, page: &Page, deed: Deed, locale: Locale, previews: Previews) -> ConsentPrompt {
    ConsentPrompt {
        origin: page.origin().map(str::to_owned),
        locale,
        sandbox: is_sandbox(ctx),
        deed,
        count: previews.count(),
        documents: previews.documents,
        warnings: previews.warnings,
        logo: None,
        may_block: false,
    }
}

fn key_prompt(consent: ConsentPrompt, places: Places) -> KeyPrompt {
    let Places { files, file, tokens } = places;
    KeyPrompt { consent, recent: Vec::new(), file, files, tokens }
}

/// What the page wants to be let through, in the window's words.
fn warnings(ctx: &Ctx, wanted: &Wanted) -> Vec<Warning> {
    let mut warnings = Vec::new();
    match &wanted.chain {
        // What such pages are used to is no wish of theirs.
        Chain::Told => return warnings,
        Chain::Known if roots_are_known(&ctx.settings.authorities) => {}
        Chain::Known => warnings.push(Warning::NoRoots),
        Chain::These(_) => warnings.push(Warning::OwnRoots),
        Chain::Off => warnings.push(Warning::ChainOff),
    }
    if wanted.expired {
        warnings.push(Warning::AllowExpired);
    }
    if wanted.revoked {
        warnings.push(Warning::AllowRevoked);
    }
    warnings
}
