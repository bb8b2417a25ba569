//! What relying parties fetch: certificates, revocation lists, answers about certificates, time stamps.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding as _};

use crate::authority::Family;
use crate::problem::{Code, Problem};
use crate::world::World;

pub(super) async fn certificate(
    State(world): State<Arc<World>>,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let (family, name) = family_of(&file);
    let branch = world.authority.branch(family);
    let der = match name.as_str() {
        "root.cer" => branch.root.der()?,
        "issuing.cer" => branch.issuing.der()?,
        _ => return Ok(StatusCode::NOT_FOUND.into_response()),
    };
    Ok(([(CONTENT_TYPE, "application/pkix-cert")], der).into_response())
}

pub(super) async fn list(
    State(world): State<Arc<World>>,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let (family, name) = family_of(&file);
    let (branch, state) = (world.authority.branch(family), world.state());
    let der = match name.as_str() {
        "root.crl" => branch.root_crl(world.clock.date())?,
        "issuing.crl" => branch.issuing_crl(&state.ledger, world.clock.date())?,
        "issuing-delta.crl" => branch.delta_crl(&state.ledger, world.clock.date())?,
        _ => return Ok(StatusCode::NOT_FOUND.into_response()),
    };
    Ok(([(CONTENT_TYPE, "application/pkix-crl")], der).into_response())
}

/// Of which branch a file is, and what it is there: `root-gost.cer` is the GOST branch's `root.cer`.
fn family_of(file: &str) -> (Family, String) {
    let mark = format!("{}.", Family::Gost.suffix());
    match file.split_once(&mark) {
        Some((stem, extension)) => (Family::Gost, format!("{stem}.{extension}")),
        None => (Family::International, file.to_owned()),
    }
}

pub(super) async fn ocsp(
    State(world): State<Arc<World>>,
    request: Bytes,
) -> Result<Response, Problem> {
    answer_ocsp(&world, &request)
}

/// RFC 6960, appendix A.1: the request in base64, as the rest of the path.
pub(super) async fn ocsp_by_get(
    State(world): State<Arc<World>>,
    Path(request): Path<String>,
) -> Result<Response, Problem> {
    // What is no base64 is no request either: the empty one is answered in the same way.
    answer_ocsp(&world, &Base64::decode_vec(&request).unwrap_or_default())
}

fn answer_ocsp(world: &World, request: &[u8]) -> Result<Response, Problem> {
    let answer = world.authority.ocsp(request, &world.state().ledger, world.clock.date())?;
    Ok(([(CONTENT_TYPE, "application/ocsp-response")], answer).into_response())
}

pub(super) async fn stamp(
    State(world): State<Arc<World>>,
    request: Bytes,
) -> Result<Response, Problem> {
    let answer = world.authority.stamp(&request, world.clock.date()).map_err(|_| Code::Internal)?;
    Ok(([(CONTENT_TYPE, "application/timestamp-reply")], answer).into_response())
}
