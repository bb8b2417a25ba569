//! `folder.choose`: the person chooses; the page gets a handle and a name.

use tanba::protocol::{Folder, Locale};
use tanba_core::enrolment::gateway::Environment;

use crate::consent::Question;
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
    let question = Question::begin(ctx, page).map_err(NotSigned::from)?;
    let locale = locales::of_call(ctx, page, locale);
    let prompt = FolderPrompt { origin: page.as_str().to_owned(), locale, sandbox };
    match question.heard(ctx.desktop.choose_folder(prompt).await) {
        Asked::Answered(path) => Ok(ctx.folders.remember(page, path)),
        Asked::Closed | Asked::Blocked => Err(Error::Cancelled),
        Asked::NoScreen => Err(Error::NoWindow),
    }
}
