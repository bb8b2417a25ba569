//! NCALayer's dialect, translated at the door: the text of a frame becomes calls of the agent, and what comes of them
//! becomes the text of a reply.
//!
//! ```text
//! text ─json─▶ object ─module─┬─▶ commonUtils   {"responseObject", "code", "message"}
//!                             ├─▶ basics        {"body" | "code", "details", "message"; "status"}
//!                             ├─▶ Applet        {"result", "errorCode"}; passwords are dropped unread
//!                             ├─▶ accessory     shapes of its own
//!                             └─▶ none of them  {"success": false,"errorCode": "MODULE_NOT_FOUND"}
//! ```
//!
//! Clients tell these families apart by the key `status`, so they never mix. Nothing is answered that tells of keys,
//! names or files before the person agreed. Where it is not known what the original does, the file that does it says
//! so.

mod accessory;
mod applet;
mod basics;
mod json;
mod modules;
mod names;
mod positional;
mod reply;
mod request;
mod socket;
mod source;
mod storage;
#[cfg(test)]
mod tests;
mod xml;

use std::sync::{Arc, Mutex, PoisonError};

use tanba::protocol::Locale;
use tracing::{Instrument as _, info_span};
use zeroize::Zeroize as _;

use self::applet::Seen;
use self::modules::Module;
use self::reply::Reply;
use self::request::Request;
pub(super) use self::socket::serve;
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::page::Page;

/// What is said first on every socket, before any request. Compact: a client filters it by its exact form.
const GREETING: &str = r#"{"result":{"version":"1.4"}}"#;

/// Texts longer than this are read on a thread that may block.
const LONG: usize = 256 << 10;

/// What all pages that speak this dialect share, as they shared NCALayer.
#[derive(Debug, Default)]
pub(super) struct Dialect {
    /// The language of windows, once `changeLocale` or `setLocale` changed it, for everybody.
    locale: Mutex<Option<Locale>>,
    /// Certificates that pages of the Applet were shown.
    seen: Seen,
}

impl Dialect {
    /// Answers one text frame that is neither a heartbeat nor `{}`. `None`: no reply is due, because the text is no
    /// JSON object even to a lenient reader. What the original does then is not known; a reply could not be matched
    /// with a request.
    async fn answer(&self, ctx: &Arc<Ctx>, page: &Page, mut text: String) -> Option<Reply> {
        let long = text.len() > LONG;
        let mut read = move || {
            let mut request = Request::parse(&text)?;
            let module = request.module();
            if module == Some(Module::Applet) {
                applet::drop_password(&mut request);
                text.zeroize();
            }
            Some((module, request))
        };
        let (module, request) = if long { blocking(read).await? } else { read()? };
        let span = info_span!("request", module = module.map(Module::name), page = %page);
        let reply = async {
            match module {
                Some(Module::CommonUtils) => positional::answer(self, ctx, page, request).await,
                Some(Module::Basics) => basics::answer(ctx, page, request).await,
                Some(Module::Accessory) => Reply::Text(accessory::answer(&request)),
                Some(Module::Applet) => applet::answer(self, ctx, page, request).await,
                None => Reply::Text(modules::NOT_FOUND.to_owned()),
            }
        };
        Some(reply.instrument(span).await)
    }

    /// What pages said last; before that what the person chose, or Russian as with the original.
    fn locale(&self, ctx: &Ctx) -> Locale {
        let said = *self.locale.lock().unwrap_or_else(PoisonError::into_inner);
        said.or_else(|| ctx.preferences.chosen()).unwrap_or(Locale::Ru)
    }

    /// Changes the language. No text is the default; a language that is unknown changes nothing, silently: pages send
    /// `kz`.
    fn set_locale(&self, language: &str) {
        let locale = if language.is_empty() { Some(Locale::Ru) } else { language_of(language) };
        if let Some(locale) = locale {
            *self.locale.lock().unwrap_or_else(PoisonError::into_inner) = Some(locale);
        }
    }
}

/// The language with that code.
fn language_of(code: &str) -> Option<Locale> {
    Locale::ALL.into_iter().find(|locale| locale.code() == code)
}
