//! The parameters of `sign`, as sloppy as pages send them.

mod signer;

use serde_json::{Map, Value};
use tanba::protocol::Locale;
use tanba_core::xml::sign::What;

use super::fault::Fault;
use crate::server::dialect::storage::{self, Storage};
use crate::server::dialect::xml::{Documents, Notes};
use crate::server::dialect::{language_of, source};
use crate::signing::{Content, Order, Places, Work};
use crate::words::Words;

/// More documents are not signed in one call.
const MAX_DOCUMENTS: usize = 10_000;
/// A page's picture is not longer, in characters of base64.
const MAX_LOGO: usize = 50_000;

/// What kind of signatures a page wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Cms,
    Xml,
    Raw,
}

/// Everything about a call that is known before the person is asked.
#[derive(Debug)]
pub(super) struct Params {
    pub(super) order: Order,
    pub(super) format: Format,
    /// Whether raw signatures come with the certificate.
    pub(super) with_certificate: bool,
    /// What faults of XML documents are told by.
    pub(super) notes: Notes,
}

impl Params {
    /// Reads the arguments. `trial`: key files stand for all tokens.
    pub(super) fn parse(
        mut args: Map<String, Value>,
        trial: bool,
        chosen: Option<Locale>,
    ) -> Result<Self, Fault> {
        let signing = object(&mut args, "signingParams")?;
        let mut signer = object(&mut args, "signerParams")?;
        let format = match text(&args, "format")? {
            "cms" => Format::Cms,
            "xml" => Format::Xml,
            "raw" => Format::Raw,
            other => {
                let other: String = other.chars().take(32).collect();
                return Err(Fault::params(&format!("the format is not supported: {other}")));
            }
        };
        let locale = locale(args.get("locale"), chosen);
        let places = places(args.get("allowedStorages"), trial, locale)?;
        let mut wanted = signer::wanted(&mut signer)?;
        wanted.expired = flag(&signing, "allowExpired", false);
        wanted.revoked = flag(&signing, "allowRevoked", false);
        let logo = logo(args.get("logo"));
        let texts = texts(args.remove("data"))?;
        let decode = flag(&signing, "decode", false);
        let mut notes = Notes::default();
        let work = match format {
            Format::Xml => {
                let documents = Documents::of(documents(texts, decode)?);
                notes = documents.notes;
                Work::Xml { documents: documents.bytes, what: What::Document }
            }
            Format::Cms => Work::Cms {
                contents: contents(texts, decode, flag(&signing, "digested", false))?,
                attached: flag(&signing, "encapsulate", true),
                // Any profile is that of the authority's time stamps: an object, empty or not.
                stamped: matches!(signing.get("tsaProfile"), Some(Value::Object(_))),
            },
            Format::Raw => {
                Work::Raw { contents: contents(texts, decode, flag(&signing, "digested", false))? }
            }
        };
        Ok(Self {
            order: Order { work, wanted, places, locale, logo },
            format,
            with_certificate: flag(&signing, "outputCert", false),
            notes,
        })
    }
}

/// An object that has to be there, or the words of Java's JSON reader.
fn object(args: &mut Map<String, Value>, key: &str) -> Result<Map<String, Value>, Fault> {
    match args.remove(key) {
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(Fault::json(&format!("JSONObject[\"{key}\"] is not a JSONObject."))),
        None => Err(Fault::json(&format!("JSONObject[\"{key}\"] not found."))),
    }
}

fn text<'a>(args: &'a Map<String, Value>, key: &str) -> Result<&'a str, Fault> {
    match args.get(key) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Fault::json(&format!("JSONObject[\"{key}\"] not a string."))),
        None => Err(Fault::json(&format!("JSONObject[\"{key}\"] not found."))),
    }
}

/// True or false, also as a text: pages take it from the buttons of a form. Anything else is as good as nothing.
fn flag(args: &Map<String, Value>, key: &str, default: bool) -> bool {
    match args.get(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => true,
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => false,
        Some(_) | None => default,
    }
}

/// What the page asks for, if we have it; otherwise what the person chose, or Kazakh.
fn locale(value: Option<&Value>, chosen: Option<Locale>) -> Locale {
    value.and_then(Value::as_str).and_then(language_of).or(chosen).unwrap_or(Locale::Kk)
}

/// Which stores the page would take. None named is all of them. Tokens alone: the window says which, and cannot have
/// any.
fn places(list: Option<&Value>, trial: bool, locale: Locale) -> Result<Places, Fault> {
    let names = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if names.is_empty() {
        return Ok(storage::files());
    }
    let known = names.iter().filter_map(Value::as_str).filter_map(Storage::named);
    let mut stores: Vec<Storage> = Vec::new();
    for store in known {
        if !stores.contains(&store) {
            stores.push(store);
        }
    }
    if stores.is_empty() {
        return Err(Fault::params("none of the storages is known"));
    }
    let is_file = |store: &Storage| match store {
        Storage::Files => true,
        Storage::Token(_) => trial,
        Storage::JavaFiles => false,
    };
    if stores.iter().any(is_file) {
        return Ok(storage::files());
    }
    let words = Words::new(locale);
    let tokens = stores.into_iter().map(|store| store.label(&words)).collect();
    Ok(Places { tokens, ..Places::default() })
}

fn logo(value: Option<&Value>) -> Option<Vec<u8>> {
    let text = value?.as_str().filter(|text| (1..=MAX_LOGO).contains(&text.len()))?;
    source::base64(text.to_owned()).ok()
}

/// One text or several.
fn texts(data: Option<Value>) -> Result<Vec<String>, Fault> {
    let list = match data {
        Some(Value::String(text)) => return Ok(vec![text]),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(Fault::json("JSONObject[\"data\"] not a string.")),
        None => return Err(Fault::json("JSONObject[\"data\"] not found.")),
    };
    if list.is_empty() {
        return Err(Fault::params("there is nothing to sign"));
    }
    if list.len() > MAX_DOCUMENTS {
        return Err(Fault::params("there are too many documents"));
    }
    let text = |(at, value)| {
        let Value::String(text) = value else {
            return Err(Fault::json(&format!("JSONArray[{at}] not a string.")));
        };
        Ok(text)
    };
    list.into_iter().enumerate().map(text).collect()
}

fn decoded(text: String, decode: bool) -> Result<Vec<u8>, Fault> {
    if !decode {
        return Ok(text.into_bytes());
    }
    source::base64(text).map_err(|error| Fault::params(&error.to_string()))
}

fn contents(texts: Vec<String>, decode: bool, digested: bool) -> Result<Vec<Content>, Fault> {
    let content = |text| {
        let bytes = decoded(text, decode)?;
        match (digested, bytes.is_empty()) {
            (true, true) => Err(Fault::params("the digest is empty")),
            (true, false) => Ok(Content::Digest(bytes)),
            (false, _) => Ok(Content::Bytes(bytes)),
        }
    };
    texts.into_iter().map(content).collect()
}

fn documents(texts: Vec<String>, decode: bool) -> Result<Vec<String>, Fault> {
    let document = |text| {
        String::from_utf8(decoded(text, decode)?)
            .map_err(|_| Fault::params("the XML document is not in UTF-8"))
    };
    texts.into_iter().map(document).collect()
}
