//! What only a sandbox has: open telephones, a clock to turn, trouble to order, a front page, the portal's files.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::reading::Said;
use crate::fault::{Fault, FaultKind, Route};
use crate::problem::Problem;
use crate::sms::Sms;
use crate::world::World;

#[derive(Deserialize)]
pub(super) struct Telephone {
    #[serde(default)]
    phone: Option<String>,
}

pub(super) async fn sms(
    State(world): State<Arc<World>>,
    telephone: Result<Query<Telephone>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(Telephone { phone }) =
        telephone.map_err(|_| Problem::malformed("phone is given once"))?;
    // A plus sign in a query stands for a space unless it is escaped; both are understood.
    let phone = phone.map(|phone| phone.replace(' ', "+"));
    let state = world.state();
    let mut all: Vec<_> = state
        .telephones
        .all()
        .filter(|(number, _)| phone.as_deref().is_none_or(|phone| phone == *number))
        .collect();
    all.sort_by_key(|(_, sms)| sms.at);
    Ok(Json(all.into_iter().map(|(number, sms)| line(number, sms)).collect()))
}

fn line(phone: &str, sms: &Sms) -> Value {
    json!({
        "sandbox": true,
        "phone": phone,
        "sender": sms.sender,
        "text": sms.text,
        "code": sms.code,
        "at": sms.at.rfc3339(),
    })
}

pub(super) async fn persons(State(world): State<Arc<World>>) -> Json<Value> {
    let people = world.people.iter().map(|person| {
        json!({
            "sandbox": true,
            "iin": person.iin,
            "phone": person.phone,
            "surname": person.surname,
            "name": person.name,
            "patronymic": person.patronymic,
            "situation": person.situation.name(),
            "note": person.situation.note(),
        })
    });
    Json(people.collect())
}

#[derive(Deserialize)]
pub(super) struct Turn {
    advance_s: u32,
}

pub(super) async fn clock(State(world): State<Arc<World>>) -> Json<Value> {
    Json(json!({ "sandbox": true, "now": world.clock.now().rfc3339() }))
}

pub(super) async fn advance(
    State(world): State<Arc<World>>,
    Said(turn): Said<Turn>,
) -> Json<Value> {
    world.clock.advance(Duration::from_secs(turn.advance_s.into()));
    clock(State(world)).await
}

#[derive(Deserialize)]
pub(super) struct Order {
    route: Route,
    kind: Kind,
    #[serde(default = "once")]
    times: u32,
    #[serde(default)]
    delay_ms: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    ServerError,
    NoAnswer,
    DropAfterCommit,
    WrongKeyCertificate,
    Delay,
}

fn once() -> u32 {
    1
}

pub(super) async fn faults(
    State(world): State<Arc<World>>,
    Said(order): Said<Order>,
) -> StatusCode {
    let kind = match order.kind {
        Kind::ServerError => FaultKind::ServerError,
        Kind::NoAnswer => FaultKind::NoAnswer,
        Kind::DropAfterCommit => FaultKind::DropAfterCommit,
        Kind::WrongKeyCertificate => FaultKind::WrongKeyCertificate,
        Kind::Delay => FaultKind::Delay(Duration::from_millis(order.delay_ms.into())),
    };
    world.state().faults.order(Fault { route: order.route, kind, times: order.times });
    StatusCode::NO_CONTENT
}

pub(super) async fn contract() -> Response {
    page("application/yaml; charset=utf-8", crate::CONTRACT.as_bytes())
}

pub(super) async fn front() -> Response {
    let mut response = page("text/html; charset=utf-8", include_bytes!("front.html"));
    let policy =
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

pub(super) async fn to_portal() -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, "/portal/")]).into_response()
}

pub(super) async fn portal_index(State(world): State<Arc<World>>) -> Response {
    file(&world, "index.html")
}

pub(super) async fn portal_file(
    State(world): State<Arc<World>>,
    Path(path): Path<String>,
) -> Response {
    file(&world, &path)
}

fn file(world: &World, path: &str) -> Response {
    match world.site.iter().find(|file| file.path == path) {
        Some(file) => page(file.content_type, file.body),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Files change whenever the program is built anew: nobody keeps them.
fn page(content_type: &'static str, body: &'static [u8]) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, body).into_response()
}
