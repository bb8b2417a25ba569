//! Applications: submitted, looked at, fetched, installed, withdrawn.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::header::{ETAG, IF_NONE_MATCH, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding as _};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::reading::{Bearer, Said, parse};
use super::trouble::WrongKeys;
use crate::application::{Application, Form, Proof, Status, Submitted};
use crate::problem::{Code, Problem};
use crate::sealed::TokenHash;
use crate::session::Progress;
use crate::world::{State as Things, World};

pub(super) async fn submit(
    State(world): State<Arc<World>>,
    token: Bearer,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    let key = key.and_then(|text| Uuid::try_parse(text).ok());
    let key = key.ok_or(Problem::malformed("Idempotency-Key must be a UUID"))?;
    let digest: [u8; 32] = Sha256::digest(&body).into();
    let now = world.clock.now();
    let mut state = world.state();
    let state = &mut *state;
    let (submitted, number) = match state.applications.repeated(key, &digest, token.optional())? {
        Some(number) => (Submitted::Repeated, number),
        None => {
            let token = token.required()?;
            let session = state.sessions.of_token(token, now)?;
            if session.progress != Progress::IdentityBound {
                return Err(Problem::out_of_order("the identity comes first"));
            }
            let form: Form = parse(&body)?;
            let number =
                state.applications.make(form, &session.person, (key, digest, token), now)?;
            (Submitted::Created, number)
        }
    };
    let application = state.applications.look(&number, &world.at(now), &mut state.ledger)?;
    let status = match submitted {
        Submitted::Created => StatusCode::CREATED,
        Submitted::Repeated => StatusCode::OK,
    };
    let location = [(LOCATION, format!("/v1/applications/{number}"))];
    // Whoever could send this knows what is in it: nothing needs to be masked.
    let view = view(application, Shown::Whole, application.next_poll_s(world.issue_after, now));
    Ok((status, location, Json(view)).into_response())
}

pub(super) async fn status(
    State(world): State<Arc<World>>,
    Path(number): Path<String>,
    token: Bearer,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let now = world.clock.now();
    let mut state = world.state();
    let shown = shown(&mut state, &number, token.optional(), &world)?;
    let state = &mut *state;
    let application = state.applications.look(&number, &world.at(now), &mut state.ledger)?;
    let poll = application.next_poll_s(world.issue_after, now);
    // The number of changes tells all states of one application apart; what is masked differs as well.
    let tag =
        format!("\"{number}-{}-{}\"", application.history.len(), u8::from(shown == Shown::Whole));
    let unchanged =
        headers.get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(view(application, shown, poll)).into_response()
    };
    let tag = HeaderValue::from_str(&tag).map_err(|_| Code::Internal)?;
    response.headers_mut().insert(ETAG, tag);
    if let Some(seconds) = poll {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

pub(super) async fn withdraw(
    State(world): State<Arc<World>>,
    Path(number): Path<String>,
    token: Bearer,
) -> Result<StatusCode, Problem> {
    let now = world.clock.now();
    let mut state = world.state();
    let shown = shown(&mut state, &number, Some(token.required()?), &world)?;
    // To others than the applicant the number means nothing.
    if shown == Shown::Masked {
        return Err(Code::ApplicationNotFound.into());
    }
    let state = &mut *state;
    state.applications.look(&number, &world.at(now), &mut state.ledger)?.withdraw(now)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn certificates(
    State(world): State<Arc<World>>,
    Path(number): Path<String>,
    wrong: Option<Extension<WrongKeys>>,
) -> Result<Json<Value>, Problem> {
    let now = world.clock.now();
    let mut state = world.state();
    let state = &mut *state;
    let application = state.applications.look(&number, &world.at(now), &mut state.ledger)?;
    match application.status() {
        Status::New | Status::Identified | Status::Issuing => {
            return Err(Code::ApplicationNotIssued.into());
        }
        Status::Withdrawn => return Err(Code::ApplicationClosed.into()),
        Status::Issued | Status::Installed => {}
    }
    let mut entries = Vec::new();
    for wanted in &application.wanted {
        let issued = wanted.issued.as_ref().ok_or(Code::ApplicationNotIssued)?;
        let der = match wrong {
            None => issued.der.clone(),
            Some(_) => {
                world
                    .authority
                    .certify_other_key(wanted.purpose, &wanted.request, world.clock.date())?
                    .der
            }
        };
        entries.push(json!({
            "purpose": wanted.purpose,
            "key_id": wanted.key_id,
            "certificate": Base64::encode_string(&der),
        }));
    }
    let chain = world
        .authority
        .branch(application.family())
        .chain()?
        .map(|der| Base64::encode_string(&der));
    Ok(Json(json!({ "certificates": entries, "chain": chain })))
}

#[derive(Deserialize)]
pub(super) struct Proofs {
    proofs: Vec<ProofSaid>,
}

#[derive(Deserialize)]
struct ProofSaid {
    key_id: String,
    signature: String,
}

pub(super) async fn installed(
    State(world): State<Arc<World>>,
    Path(number): Path<String>,
    token: Bearer,
    Said(said): Said<Proofs>,
) -> Result<Json<Value>, Problem> {
    if !(1..=2).contains(&said.proofs.len()) {
        return Err(Problem::malformed("there are one or two proofs"));
    }
    let proofs: Vec<_> = said
        .proofs
        .into_iter()
        .map(|proof| {
            let signature = Base64::decode_vec(&proof.signature);
            let signature =
                signature.map_err(|_| Problem::malformed("a signature is not base64"))?;
            Ok(Proof { key_id: proof.key_id, signature })
        })
        .collect::<Result<_, Problem>>()?;
    let now = world.clock.now();
    let mut state = world.state();
    let shown = shown(&mut state, &number, token.optional(), &world)?;
    let state = &mut *state;
    let application = state.applications.look(&number, &world.at(now), &mut state.ledger)?;
    application.installed(&proofs, now)?;
    Ok(Json(view(application, shown, None)))
}

/// How much of an application is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Whole,
    Masked,
}

/// The applicant sees all, with a live session whose identity is bound; everybody else has only guessed a number.
fn shown(
    state: &mut Things,
    number: &str,
    token: Option<TokenHash>,
    world: &World,
) -> Result<Shown, Problem> {
    let Some(token) = token else { return Ok(Shown::Masked) };
    let now = world.clock.now();
    let session = state.sessions.of_token(token, now)?;
    let (iin, bound) = (session.person.iin.clone(), session.progress == Progress::IdentityBound);
    let application = state.applications.look(number, &world.at(now), &mut state.ledger)?;
    Ok(if bound && application.person.iin == iin { Shown::Whole } else { Shown::Masked })
}

fn view(application: &Application, shown: Shown, next_poll_s: Option<u64>) -> Value {
    let status = application.status();
    let history = application.history.iter().map(
        |(at, status)| json!({ "at": at.rfc3339(), "status": status, "text": status.texts() }),
    );
    let requests = application.wanted.iter().map(|wanted| {
        let mut request =
            json!({ "purpose": wanted.purpose, "key_id": wanted.key_id, "state": "pending" });
        if let Some(issued) = &wanted.issued {
            request["state"] = "issued".into();
            request["serial"] = issued.serial.as_str().into();
        }
        request
    });
    let person = &application.person;
    let (iin, full_name) = match shown {
        Shown::Whole => (person.iin.clone(), person.full_name()),
        Shown::Masked => ("*".repeat(12), initials(&person.full_name())),
    };
    let mut view = json!({
        "number": application.number,
        "template": "individual_remote",
        "kind": "online",
        "created_at": application.created().rfc3339(),
        "status": status,
        "status_text": status.texts(),
        "history": history.collect::<Vec<_>>(),
        "applicant": { "user_type": "individual", "iin": iin, "full_name": full_name },
        "requests": requests.collect::<Vec<_>>(),
    });
    if let Some(seconds) = next_poll_s {
        view["next_poll_s"] = seconds.into();
    }
    view
}

/// The first letter of each name.
fn initials(full_name: &str) -> String {
    let letters = full_name.split(' ').filter_map(|name| name.chars().next());
    letters.map(|letter| format!("{letter}***")).collect::<Vec<_>>().join(" ")
}
