//! The methods of the old Java applet, which pages still call without naming a module.
//!
//! These pages ask for the key's password themselves and send it along. It is dropped before anything looks at the
//! arguments; the agent's own window asks for it. A path counts only if the person chose it for this very page;
//! otherwise the person is asked to choose. What a page was shown of a key once it may ask for again for a while: the
//! original told it without any question, in many calls for each key. Signing always asks.
//!
//! What the original answers to a call that cannot be made, and in which form `getHash` gives the digest, is not
//! documented: here it is `COMMON`, and base64 like all other bytes of this module.

mod call;
mod judge;
mod seen;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use tanba::protocol::Locale;
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;
use tanba_core::xml::sign::What;

pub(super) use self::call::drop_password;
use self::call::{Asked, Call, Fact, Key, Sources};
pub(super) use self::seen::Seen;
use super::reply::{Body, Reply};
use super::request::Request;
use super::storage::{self, Storage};
use super::xml::Documents;
use super::{Dialect, names, source};
use crate::blocking::{blocking, while_awaited};
use crate::ctx::Ctx;
use crate::desktop::{Deed, FileKind};
use crate::page::Page;
use crate::signing::{
    self, Content, NotSigned, Order, Places, Signature, Usage, View, Wanted, Work,
};

/// Why there is no result. The words are those of the applet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failed {
    Common,
    WrongPassword,
    EmptyKeyList,
    RdnNotFound,
    XmlParse,
    SignatureValidation,
    UnknownStorage,
    FileRead,
    EmptySlot,
}

impl Failed {
    const fn code(self) -> &'static str {
        match self {
            Self::Common => "COMMON",
            Self::WrongPassword => "WRONG_PASSWORD",
            Self::EmptyKeyList => "EMPTY_KEY_LIST",
            Self::RdnNotFound => "RDN_NOT_FOUND",
            Self::XmlParse => "XML_PARSE_EXCEPTION",
            Self::SignatureValidation => "SIGNATURE_VALIDATION_ERROR",
            Self::UnknownStorage => "UNKNOWN_STORAGE",
            Self::FileRead => "FILE_READ_ERROR",
            Self::EmptySlot => "EMPTY_SLOT",
        }
    }
}

impl From<NotSigned> for Failed {
    fn from(why: NotSigned) -> Self {
        match why {
            NotSigned::WrongPassword => Self::WrongPassword,
            NotSigned::Xml { .. } => Self::XmlParse,
            NotSigned::File(_) => Self::FileRead,
            // The applet had no window of its own, so that it has no word for one that was closed.
            NotSigned::Cancelled
            | NotSigned::NoWindow
            | NotSigned::Busy
            | NotSigned::Empty
            | NotSigned::TooMany(_)
            | NotSigned::OtherDigest { .. }
            | NotSigned::NotAMessage(_)
            | NotSigned::Disguised
            | NotSigned::NoTimeStamp(_)
            | NotSigned::Internal => Self::Common,
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
    let method = request.method().map(ToOwned::to_owned);
    let call = method.ok().and_then(|method| Call::parse(&method, request.into_list()));
    let outcome = match call {
        Some(call) => Caller { dialect, ctx, page }.make(call).await,
        None => Err(Failed::Common),
    };
    match outcome {
        Ok(Some(body)) => body.between("{\"result\":".to_owned(), ",\"errorCode\":\"NONE\"}"),
        Ok(None) => Reply::Text("{\"errorCode\":\"NONE\"}".to_owned()),
        // Pages show how many attempts are left, if it is not negative. Files do not count them.
        Err(Failed::WrongPassword) => {
            Reply::Text("{\"result\":-1,\"errorCode\":\"WRONG_PASSWORD\"}".to_owned())
        }
        Err(failed) => Reply::Text(format!("{{\"errorCode\":\"{}\"}}", failed.code())),
    }
}

/// Who makes a call.
struct Caller<'a> {
    dialect: &'a Dialect,
    ctx: &'a Arc<Ctx>,
    page: &'a Page,
}

impl Caller<'_> {
    async fn make(&self, call: Call) -> Result<Option<Body>, Failed> {
        Ok(Some(match call {
            Call::BrowseKeyStore { storage, folder } => {
                self.check(&storage)?;
                self.choose(FileKind::Key, &folder).await?
            }
            Call::ShowFileChooser { extension, folder } => {
                self.choose(source::kind(&extension), &folder).await?
            }
            // No token is connected. One that is played is a file, which no slot lists.
            Call::LoadSlotList { storage } => match Storage::named(&storage) {
                Some(_) => return Err(Failed::EmptySlot),
                None => return Err(Failed::UnknownStorage),
            },
            Call::SetLocale(language) => {
                self.dialect.set_locale(&language);
                return Ok(None);
            }
            Call::GetKeys { storage, path, usage } => self.keys(&storage, &path, usage).await?,
            Call::About { key, fact } => {
                let certificate = self.certificate(&key).await?;
                self.fact(certificate, fact).await?
            }
            Call::Sign { key, sources } => self.sign(&key, sources).await?,
            Call::Check(asked) => self.check_signature(asked).await?,
            Call::Hash { data, algorithm } => {
                let digest = blocking(move || algorithm.hash(data.as_bytes())).await;
                Body::Base64(digest.as_bytes().to_vec())
            }
        }))
    }

    fn locale(&self) -> Locale {
        self.dialect.locale(self.ctx)
    }

    /// Whether keys of that store can be had.
    fn check(&self, storage: &str) -> Result<(), Failed> {
        match Storage::named(storage) {
            Some(store) if store.is_here(self.ctx) => Ok(()),
            Some(Storage::Token(_)) => Err(Failed::EmptySlot),
            Some(Storage::Files | Storage::JavaFiles) | None => Err(Failed::UnknownStorage),
        }
    }

    /// A path that the person chooses; none if the person does not.
    async fn choose(&self, kind: FileKind, folder: &str) -> Result<Body, Failed> {
        let known = self.ctx.chosen.folder_named(self.page, folder);
        match signing::choose_file(self.ctx, self.page, kind, known, self.locale()).await {
            Ok(path) => Ok(Body::Text(path.to_str().ok_or(Failed::FileRead)?.to_owned())),
            Err(NotSigned::Cancelled) => Ok(Body::Text(String::new())),
            Err(why) => Err(why.into()),
        }
    }

    async fn file(&self, path: &str, kind: FileKind) -> Result<PathBuf, Failed> {
        Ok(source::file(self.ctx, self.page, path, kind, self.locale()).await?)
    }

    async fn places(&self, storage: &str, path: &str) -> Result<Places, Failed> {
        self.check(storage)?;
        let file = self.file(path, FileKind::Key).await?;
        Ok(Places { file: Some(file), ..storage::files() })
    }

    async fn keys(&self, storage: &str, path: &str, usage: Usage) -> Result<Body, Failed> {
        let places = self.places(storage, path).await?;
        let shown = self.show(Deed::ListKeys, Wanted { usage, ..wanted(None) }, places).await?;
        if shown.is_empty() {
            return Err(Failed::EmptyKeyList);
        }
        let lines: Vec<_> = shown.iter().map(names::key_line).collect();
        self.dialect.seen.remember(self.page, path, shown, self.ctx.clock.now());
        Ok(Body::Text(lines.join("\n")))
    }

    async fn show(
        &self,
        deed: Deed,
        wanted: Wanted,
        places: Places,
    ) -> Result<Vec<Certificate>, Failed> {
        let view = View { deed, wanted, places, locale: self.locale() };
        Ok(signing::show(self.ctx, self.page, view).await?)
    }

    /// The certificate of a key: one that the page was shown before, or one that the person shows it now.
    async fn certificate(&self, key: &Key) -> Result<Certificate, Failed> {
        self.check(&key.storage)?;
        let now = self.ctx.clock.now();
        if let Some(known) = self.dialect.seen.recall(self.page, &key.path, &key.alias, now) {
            return Ok(known);
        }
        let places = self.places(&key.storage, &key.path).await?;
        let mut shown = self.show(Deed::ShowKey, wanted(Some(&key.alias)), places).await?;
        let certificate = shown.pop().ok_or(Failed::EmptyKeyList)?;
        let again = vec![certificate.clone()];
        self.dialect.seen.remember(self.page, &key.path, again, self.ctx.clock.now());
        Ok(certificate)
    }

    async fn fact(&self, certificate: Certificate, fact: Fact) -> Result<Body, Failed> {
        Ok(match fact {
            Fact::NotBefore => Body::Text(moment(certificate.not_before)),
            Fact::NotAfter => Body::Text(moment(certificate.not_after)),
            Fact::Subject => Body::Text(certificate.subject_name().to_string()),
            Fact::Issuer => Body::Text(certificate.issuer_name().to_string()),
            Fact::Rdn { oid, index } => {
                let mut values = certificate.subject_name().values(oid);
                Body::Text(values.nth(index).ok_or(Failed::RdnNotFound)?.to_owned())
            }
            Fact::Verifies { data, signature } => {
                let verified = blocking(move || {
                    let signature = source::base64(signature).ok()?;
                    Some(certificate.public_key.verify(data.as_bytes(), &signature).is_ok())
                })
                .await;
                Body::Flag(verified.ok_or(Failed::SignatureValidation)?)
            }
        })
    }

    async fn sign(&self, key: &Key, sources: Sources) -> Result<Body, Failed> {
        self.check(&key.storage)?;
        let work = match sources {
            Sources::Plain(text) => Work::Raw { contents: vec![Content::Bytes(text.into_bytes())] },
            Sources::Cms { text, attached } => {
                let contents = vec![Content::Bytes(text.into_bytes())];
                Work::Cms { contents, attached, stamped: false }
            }
            Sources::CmsOfFile { path, attached } => {
                let contents = vec![Content::File(self.file(&path, FileKind::Any).await?)];
                Work::Cms { contents, attached, stamped: false }
            }
            Sources::Xml { text, element, parent } => {
                let what = What::parse(&element, &parent).map_err(|_| Failed::XmlParse)?;
                let documents = blocking(move || Documents::of(vec![text])).await;
                Work::Xml { documents: documents.bytes, what }
            }
        };
        let places = self.places(&key.storage, &key.path).await?;
        let (wanted, locale) = (wanted(Some(&key.alias)), self.locale());
        let order = Order { work, wanted, places, locale, logo: None };
        let mut signed = signing::sign(self.ctx, self.page, order).await?;
        Ok(match signed.signatures.pop().ok_or(Failed::Common)? {
            Signature::Bytes(bytes) => Body::Base64(bytes),
            Signature::Xml(text) => Body::Text(text),
            Signature::Around(around) => Body::Around(around),
        })
    }

    async fn check_signature(&self, asked: Asked) -> Result<Body, Failed> {
        let outcome = match asked {
            Asked::Cms { signature, data } => {
                blocking(move || judge::cms(&signature, data.as_bytes())).await
            }
            Asked::CmsOfFile { signature, path } => {
                let file = self.file(&path, FileKind::Any).await?;
                while_awaited(move |abandoned| judge::cms_of_file(&signature, &file, abandoned))
                    .await
            }
            Asked::Xml { text, element } => blocking(move || judge::xml(&text, element)).await,
        };
        outcome.map(Body::Flag)
    }
}

/// The applet let people use certificates that are not valid any more; the window says so.
fn wanted(alias: Option<&str>) -> Wanted {
    let key = alias.filter(|alias| !alias.is_empty()).map(str::to_ascii_lowercase);
    Wanted { key, expired: true, revoked: true, ..Wanted::default() }
}

/// `01.03.2026 14:05:00`, on Kazakhstan's clocks.
fn moment(time: UnixTime) -> String {
    time.almaty().replace(['(', ')'], "")
}
