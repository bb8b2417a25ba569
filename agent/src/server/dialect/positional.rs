//! `kz.gov.pki.knca.commonUtils`: one method for each thing, arguments by position, Java's own words for what is wrong.
//!
//! The order of what is looked at is NCALayer's: the types of arguments, the store, what is to be signed; then the
//! person. The original lets people sign with certificates that are not valid any more, with a warning; so does this
//! agent, whose window says so.

mod call;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use tanba_core::cms::decode_armour;
use tanba_core::xml::sign::What;

use self::call::{Call, Misfit, Source};
use super::names;
use super::reply::{Body, Reply, quoted};
use super::request::Request;
use super::storage::{self, Storage};
use super::xml::{Documents, Notes};
use super::{Dialect, source};
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::desktop::Deed;
use crate::page::Page;
use crate::signing::{
    self, Content, NotSigned, Order, Places, Signature, Usage, View, Wanted, Work,
};

/// More documents are not signed in one call.
const MAX_DOCUMENTS: usize = 10_000;

/// What comes of a call: nothing, a value, or what is told of why not.
type Outcome = Result<Option<Body>, Refused>;

/// Why a call has no value.
#[derive(Debug)]
struct Refused(Option<String>);

impl Refused {
    fn because(text: impl Into<String>) -> Self {
        Self(Some(text.into()))
    }

    fn canceled() -> Self {
        Self::because("action.canceled")
    }
}

impl From<NotSigned> for Refused {
    fn from(why: NotSigned) -> Self {
        match why {
            NotSigned::Cancelled | NotSigned::WrongPassword => Self::canceled(),
            NotSigned::File(_) => Self::because("file.not_found"),
            NotSigned::NoWindow
            | NotSigned::Busy
            | NotSigned::Empty
            | NotSigned::TooMany(_)
            | NotSigned::OtherDigest { .. }
            | NotSigned::Xml { .. }
            | NotSigned::NotAMessage(_)
            | NotSigned::Disguised
            | NotSigned::NoTimeStamp(_)
            | NotSigned::Internal => Self::because(why.to_string()),
        }
    }
}

/// Answers a request to this module.
pub(super) async fn answer(
    dialect: &Dialect,
    ctx: &Arc<Ctx>,
    page: &Page,
    request: Request,
) -> Reply {
    let uuid = request.uuid();
    let method = match request.method() {
        Ok(method) => method.to_owned(),
        Err(text) => return refusal(Some(&text), None),
    };
    let call = match Call::parse(&method, request.into_list()) {
        Ok(call) => call,
        Err(Misfit::NoMethod) => {
            return refusal(Some(&format!("NoSuchMethodException {method}")), None);
        }
        Err(Misfit::Type) => {
            let text = format!(
                "java.lang.IllegalArgumentException: argument type mismatch. Method: {method}"
            );
            return refusal(Some(&text), None);
        }
    };
    // Only calls that were made give back the page's mark.
    match (Caller { dialect, ctx, page }.make(call).await, uuid) {
        (Ok(None), uuid) => Reply::Text(format!("{{\"code\":\"200\"{}}}", mark(uuid.as_deref()))),
        (Ok(Some(body)), uuid) => {
            let after = format!(",\"code\":\"200\"{}}}", mark(uuid.as_deref()));
            body.between("{\"responseObject\":".to_owned(), &after)
        }
        (Err(Refused(text)), uuid) => refusal(text.as_deref(), uuid.as_deref()),
    }
}

fn refusal(text: Option<&str>, uuid: Option<&str>) -> Reply {
    let message = text.map(|text| format!(",\"message\":{}", quoted(text))).unwrap_or_default();
    Reply::Text(format!("{{\"code\":\"500\"{message}{}}}", mark(uuid)))
}

fn mark(uuid: Option<&str>) -> String {
    uuid.map(|uuid| format!(",\"uuid\":{}", quoted(uuid))).unwrap_or_default()
}

/// Who makes a call.
struct Caller<'a> {
    dialect: &'a Dialect,
    ctx: &'a Arc<Ctx>,
    page: &'a Page,
}

impl Caller<'_> {
    async fn make(&self, call: Call) -> Outcome {
        match call {
            // Key files are never listed, and tokens are never here: an agent that plays them does not show them either,
            // because pages then take key files.
            Call::ActiveTokens => Ok(Some(Body::Texts(Vec::new()))),
            Call::KeyInfo { storage } => self.key_info(&storage).await,
            Call::Xml { storage, key_type, texts, many, element, parent } => {
                let what = (element, parent);
                self.sign_xml(&storage, &key_type, texts, many, what).await
            }
            Call::Cms { storage, key_type, source, attached, stamped } => {
                let places = self.places(&storage)?;
                let contents = vec![self.content(source, stamped).await?];
                let work = Work::Cms { contents, attached, stamped };
                let mut bodies = self.sign(work, &key_type, places, &Notes::default()).await?;
                Ok(bodies.pop())
            }
            Call::Stamp { storage, message } => {
                self.places(&storage)?;
                let message = blocking(move || decode_armour(message.as_bytes())).await;
                let message = message.map_err(|error| Refused::because(error.to_string()))?;
                let locale = self.dialect.locale(self.ctx);
                let stamped = signing::stamp(self.ctx, self.page, message, locale).await?;
                Ok(Some(Body::Base64(stamped)))
            }
            Call::ChooseFile { extension, folder } => self.choose(&extension, &folder).await,
            Call::Locale(language) => {
                self.dialect.set_locale(&language);
                Ok(None)
            }
        }
    }

    /// Where keys of that store are.
    fn places(&self, storage: &str) -> Result<Places, Refused> {
        if storage.trim().is_empty() {
            return Err(Refused::because("storageName.param.empty"));
        }
        match Storage::named(storage) {
            Some(store) if store.is_here(self.ctx) => Ok(storage::files()),
            Some(Storage::Token(_)) => Err(Refused::because("storage.empty")),
            Some(Storage::Files | Storage::JavaFiles) | None => {
                Err(Refused::because("storage.unknown"))
            }
        }
    }

    async fn key_info(&self, storage: &str) -> Outcome {
        let view = View {
            deed: Deed::ShowKey,
            wanted: wanted(""),
            places: self.places(storage)?,
            locale: self.dialect.locale(self.ctx),
        };
        let shown = signing::show(self.ctx, self.page, view).await?;
        let certificate = shown.first().ok_or(NotSigned::Internal)?;
        Ok(Some(Body::Object(names::key_info(certificate))))
    }

    async fn sign_xml(
        &self,
        storage: &str,
        key_type: &str,
        texts: Vec<String>,
        many: bool,
        (element, parent): (String, String),
    ) -> Outcome {
        let places = self.places(storage)?;
        if texts.len() > MAX_DOCUMENTS {
            return Err(Refused::because("there are too many documents"));
        }
        let what =
            What::parse(&element, &parent).map_err(|error| Refused::because(error.to_string()))?;
        let Documents { bytes, notes } = blocking(move || Documents::of(texts)).await;
        let work = Work::Xml { documents: bytes, what };
        let mut signed = self.sign(work, key_type, places, &notes).await?;
        if !many {
            return Ok(signed.pop());
        }
        let texts = signed.into_iter().filter_map(|body| match body {
            Body::Text(text) => Some(text),
            Body::Texts(_)
            | Body::Base64(_)
            | Body::Flag(_)
            | Body::Object(_)
            | Body::Around(_) => None,
        });
        Ok(Some(Body::Texts(texts.collect())))
    }

    /// What is signed as CMS. Whoever asks for a time stamp too may bring a message, which gets one more signer.
    async fn content(&self, source: Source, stamped: bool) -> Result<Content, Refused> {
        let decoded = |text: String| async move {
            let bytes = blocking(move || source::base64(text)).await;
            bytes.map_err(|error| Refused::because(error.to_string()))
        };
        match source {
            Source::Hash(text) => match decoded(text).await? {
                digest if digest.is_empty() => Err(Refused(None)),
                digest => Ok(Content::Digest(digest)),
            },
            Source::Base64(text) => {
                let bytes = decoded(text).await?;
                Ok(blocking(move || match source::message(&bytes).filter(|_| stamped) {
                    Some(message) => Content::Message(Box::new(message)),
                    None => Content::Bytes(bytes),
                })
                .await)
            }
            Source::File(path) => {
                let locale = self.dialect.locale(self.ctx);
                let kind = crate::desktop::FileKind::Any;
                let file = source::file(self.ctx, self.page, &path, kind, locale).await?;
                Ok(Content::File(file))
            }
        }
    }

    async fn sign(
        &self,
        work: Work,
        key_type: &str,
        places: Places,
        notes: &Notes,
    ) -> Result<Vec<Body>, Refused> {
        let wanted = wanted(key_type);
        let locale = self.dialect.locale(self.ctx);
        let order = Order { work, wanted, places, locale, logo: None };
        let signed = signing::sign(self.ctx, self.page, order).await.map_err(|why| {
            if let NotSigned::Xml { at, error } = why {
                Refused::because(notes.fault(at, error))
            } else {
                why.into()
            }
        })?;
        let bodies = signed.signatures.into_iter().map(|signature| match signature {
            Signature::Bytes(bytes) => Body::Base64(bytes),
            Signature::Xml(text) => Body::Text(text),
            Signature::Around(around) => Body::Around(around),
        });
        Ok(bodies.collect())
    }

    /// A page may have the chooser begin in a folder that it was told of, and in no other: it would learn whether that
    /// is there.
    async fn choose(&self, extension: &str, folder: &str) -> Outcome {
        let known: Option<PathBuf> = self.ctx.chosen.folder_named(self.page, folder);
        let (kind, locale) = (source::kind(extension), self.dialect.locale(self.ctx));
        let path = signing::choose_file(self.ctx, self.page, kind, known, locale).await?;
        let text = path.to_str().ok_or_else(|| Refused::because("file.not_found"))?;
        Ok(Some(Body::Text(text.to_owned())))
    }
}

/// Which keys a page takes, by its word for it. An unknown word is no condition.
fn wanted(key_type: &str) -> Wanted {
    let usage = match key_type {
        "SIGNATURE" => Usage::Sign,
        "AUTHENTICATION" => Usage::Auth,
        _ => Usage::Any,
    };
    Wanted { usage, expired: true, revoked: true, ..Wanted::default() }
}
