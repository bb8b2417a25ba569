//! `kz.gov.pki.knca.basics`: signatures by parameters.
//!
//! What its dispatcher says is known to the letter, and what the module itself says of its failures by code only: the
//! texts of `INVALID_SIGNING_PARAMS` and `SIGNING_FAILURE` are ours. `generateCsr` and `importCertificate` are there in
//! the original; what they take and give is not known, so that they are answered as methods that are not.

mod fault;
mod params;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use base64ct::{Base64, Encoding};
use serde_json::Value;
use tanba_core::cms::to_pem;

use self::fault::Fault;
use self::params::{Format, Params};
use super::names;
use super::reply::{Body, Reply, quoted};
use super::request::Request;
use super::xml::Notes;
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::page::Page;
use crate::signing::{self, NotSigned, Signature, Signed};

/// What the class behind this module is called in answers. Its real name is not documented, and no page is known to name
/// it.
const CLASS: &str = "NLBasics";

/// Answers a request to this module.
pub(super) async fn answer(ctx: &Arc<Ctx>, page: &Page, request: Request) -> Reply {
    let outcome = match dispatch(&request) {
        Ok(()) => sign(ctx, page, request).await,
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(Some(result)) => result,
        // The person's no.
        Ok(None) => Reply::Text(r#"{"body":{},"status":true}"#.to_owned()),
        Err(fault) => Reply::Text(fault.text()),
    }
}

/// What the dispatcher looks at before it calls a method.
fn dispatch(request: &Request) -> Result<(), Fault> {
    let method = request.method().map_err(|text| Fault::json_general(&text))?;
    // A value that is no number counts as none.
    let version = match request.get("apiVersion") {
        Some(Value::Number(number)) => number.as_f64().map(f64::trunc),
        Some(Value::String(text)) => text.trim().parse().ok().map(f64::trunc),
        Some(_) | None => None,
    };
    if version.is_some_and(|version| (version - 2.0).abs() > f64::EPSILON) {
        return Err(Fault::argument("Supported apiVersion is 2"));
    }
    if let Some(Value::String(class)) = request.get("class")
        && !class.is_empty()
        && class != CLASS
    {
        return Err(Fault::argument(&format!("{class} is not found")));
    }
    if method != "sign" {
        return Err(Fault::argument(&format!("{method} is not defined in {CLASS}")));
    }
    match request.args() {
        Some(Value::Object(_)) => Ok(()),
        Some(_) | None => Err(Fault::argument("sign demands arguments")),
    }
}

async fn sign(ctx: &Arc<Ctx>, page: &Page, request: Request) -> Result<Option<Reply>, Fault> {
    let args = request.into_object().unwrap_or_default();
    let (played, chosen) = (ctx.settings.trial, ctx.preferences.chosen());
    let Params { order, format, with_certificate, notes } =
        blocking(move || Params::parse(args, played, chosen)).await?;
    match signing::sign(ctx, page, order).await {
        Ok(signed) => blocking(move || reply(signed, format, with_certificate)).await.map(Some),
        Err(NotSigned::Cancelled | NotSigned::WrongPassword) => Ok(None),
        Err(why) => Err(failure(&why, &notes)),
    }
}

/// The result is a list, for one document too, as it is since October 2024.
fn reply(signed: Signed, format: Format, with_certificate: bool) -> Result<Reply, Fault> {
    let mut results = Vec::with_capacity(signed.signatures.len());
    for signature in signed.signatures {
        results.push(match (signature, format) {
            (Signature::Bytes(message), Format::Cms) => to_pem(&message),
            (Signature::Bytes(bytes), Format::Raw | Format::Xml) => Base64::encode_string(&bytes),
            (Signature::Xml(text), _) => text,
            // Nothing is read from files here.
            (Signature::Around(_), _) => return Err(Fault::signing(&NotSigned::Internal)),
        });
    }
    let results = Body::Texts(results);
    Ok(if format == Format::Raw && with_certificate {
        let pem = quoted(&names::pem(&signed.certificate));
        let after = format!(",\"certificate\":{pem}}}}},\"status\":true}}");
        results.between("{\"body\":{\"result\":{\"signatures\":".to_owned(), &after)
    } else {
        results.between("{\"body\":{\"result\":".to_owned(), "},\"status\":true}")
    })
}

fn failure(why: &NotSigned, notes: &Notes) -> Fault {
    match why {
        NotSigned::Xml { at, error } => Fault::params(&notes.fault(*at, *error)),
        NotSigned::Empty
        | NotSigned::TooMany(_)
        | NotSigned::OtherDigest { .. }
        | NotSigned::Disguised
        | NotSigned::NotAMessage(_) => Fault::params(&why.to_string()),
        NotSigned::Cancelled
        | NotSigned::WrongPassword
        | NotSigned::NoWindow
        | NotSigned::Busy
        | NotSigned::File(_)
        | NotSigned::NoTimeStamp(_)
        | NotSigned::Internal => Fault::signing(why),
    }
}
