//! `folder.choose`: the person chooses; the page gets a handle and a name.

use std::time::Instant;

use tanba::protocol::{Folder, Locale};
use tanba_core::enrolment::gateway::Environment;

use crate::consent;
use crate::ctx::Ctx;
use crate::desktop::{Asked, FolderPrompt};
use crate::error::Error;
use crate::locales;
use crate::page::Page;
use crate::signing::NotSigned;

/// Asks for a folder.
///
/// # Errors
/// `Cancelled` when the person chose none, `Busy` while an earlier question of the page is open.
pub(super) async fn choose(
    ctx: &Ctx,
    page: &Page,
    locale: Option<Locale>,
) -> Result<Folder, Error> {
    let sandbox = match ctx.settings.environment {
        Environment::Sandbox => true,
        Environment::Production => false,
    };
    let _turn = ctx.turns.take(page)?;
    consent::may_ask(ctx, page).map_err(NotSigned::from)?;
    let _asking = ctx.activity.asking();
    let locale = locales::of_call(ctx, page, locale);
    let prompt = FolderPrompt { origin: page.as_str().to_owned(), locale, sandbox };
    match ctx.desktop.choose_folder(prompt).await {
        Asked::Answered(path) => Ok(ctx.folders.remember(page, path)),
        Asked::Closed | Asked::Blocked => {
            ctx.sites.closed(page, Instant::now());
            Err(Error::Cancelled)
        }
        Asked::NoScreen => Err(Error::NoWindow),
    }
}
