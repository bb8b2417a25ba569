//! Digital ID: log-in, the three steps of an account, notifications and consent.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::portal::OtpSent;
use super::reading::{Bearer, Photo, Preferred, Said};
use crate::digital_id::REDIRECT_URI;
use crate::digital_id::account::{Account, Stage};
use crate::digital_id::document::{Document, Kind, Progress, Recognised, Side};
use crate::digital_id::liveness::{Challenge, Liveness};
use crate::otp::Sender;
use crate::person::Person;
use crate::problem::{Code, Problem, Texts};
use crate::world::World;

type Answer<T> = Result<Json<T>, Problem>;

#[derive(Deserialize)]
pub(super) struct Phone {
    phone: String,
}

pub(super) async fn send_code(
    State(world): State<Arc<World>>,
    Said(Phone { phone }): Said<Phone>,
) -> Result<(StatusCode, Json<OtpSent>), Problem> {
    let person = world.person_of_phone(&phone).ok_or(Code::PhoneMismatch)?;
    let now = world.clock.now();
    let mut state = world.state();
    let code = state.digital_id.send_code(person, &phone, now)?;
    state.telephones.receive(&phone, Sender::DigitalId, code, now);
    Ok((StatusCode::ACCEPTED, Json(OtpSent::now(Sender::DigitalId, &phone))))
}

#[derive(Deserialize)]
pub(super) struct LogIn {
    phone: String,
    code: String,
}

#[derive(Serialize)]
pub(super) struct AccountView {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    state: Stage,
    liveness_attempts_left: u32,
    documents: Vec<DocumentView>,
}

impl AccountView {
    fn of(account: &Account, token: Option<String>) -> Self {
        let documents = account.documents.iter();
        Self {
            token,
            state: account.stage,
            liveness_attempts_left: account.liveness_left,
            documents: documents
                .map(|document| DocumentView::of(document, &account.person))
                .collect(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct DocumentView {
    id: String,
    kind: Kind,
    state: Progress,
    #[serde(skip_serializing_if = "Option::is_none")]
    recognised: Option<Recognised>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<String>,
}

impl DocumentView {
    fn of(document: &Document, person: &Person) -> Self {
        let recognised = document.recognised(person);
        Self {
            id: document.id.clone(),
            kind: document.kind,
            state: document.progress,
            valid_to: recognised.as_ref().map(|data| data.expires_at.clone()),
            recognised,
        }
    }
}

pub(super) async fn verify_code(
    State(world): State<Arc<World>>,
    Said(log_in): Said<LogIn>,
) -> Answer<AccountView> {
    let mut state = world.state();
    let (token, account) =
        state.digital_id.log_in(&log_in.phone, &log_in.code, world.clock.now())?;
    Ok(Json(AccountView::of(account, Some(token))))
}

pub(super) async fn me(State(world): State<Arc<World>>, token: Bearer) -> Answer<AccountView> {
    let mut state = world.state();
    let account = state.digital_id.enter(token.required()?, world.clock.now())?;
    Ok(Json(AccountView::of(account, None)))
}

pub(super) async fn selfie(
    State(world): State<Arc<World>>,
    token: Bearer,
    Photo(picture): Photo,
) -> Result<StatusCode, Problem> {
    let mut state = world.state();
    state.digital_id.enter(token.required()?, world.clock.now())?.selfie(picture)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
pub(super) struct LivenessView {
    id: String,
    state: &'static str,
    challenges: Vec<Challenge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Challenge>,
    attempts_left: u32,
}

impl LivenessView {
    fn of(liveness: &Liveness, attempts_left: u32) -> Self {
        let next = liveness.next();
        Self {
            id: liveness.id.clone(),
            state: if next.is_some() { "running" } else { "passed" },
            challenges: liveness.challenges.clone(),
            next,
            attempts_left,
        }
    }
}

pub(super) async fn liveness_start(
    State(world): State<Arc<World>>,
    token: Bearer,
) -> Result<(StatusCode, Json<LivenessView>), Problem> {
    let mut state = world.state();
    let account = state.digital_id.enter(token.required()?, world.clock.now())?;
    let left = account.liveness_left;
    Ok((StatusCode::CREATED, Json(LivenessView::of(account.start_liveness()?, left))))
}

#[derive(Deserialize)]
pub(super) struct Followed {
    challenge: Challenge,
}

pub(super) async fn liveness_frame(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    followed: Result<Query<Followed>, QueryRejection>,
    token: Bearer,
    Photo(picture): Photo,
) -> Answer<LivenessView> {
    let Query(Followed { challenge }) =
        followed.map_err(|_| Problem::malformed("challenge is not an instruction"))?;
    let mut state = world.state();
    let account = state.digital_id.enter(token.required()?, world.clock.now())?;
    let left = account.liveness_left;
    Ok(Json(LivenessView::of(account.liveness_frame(&id, challenge, picture)?, left)))
}

#[derive(Deserialize)]
pub(super) struct NewPin {
    pin: String,
    repeat: String,
}

pub(super) async fn set_pin(
    State(world): State<Arc<World>>,
    token: Bearer,
    Said(new): Said<NewPin>,
) -> Result<StatusCode, Problem> {
    let mut state = world.state();
    state.digital_id.enter(token.required()?, world.clock.now())?.set_pin(&new.pin, &new.repeat)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct NewDocument {
    kind: Kind,
}

pub(super) async fn add_document(
    State(world): State<Arc<World>>,
    token: Bearer,
    Said(new): Said<NewDocument>,
) -> Result<(StatusCode, Json<DocumentView>), Problem> {
    let mut state = world.state();
    let account = state.digital_id.enter(token.required()?, world.clock.now())?;
    let person = account.person.clone();
    Ok((StatusCode::CREATED, Json(DocumentView::of(account.add_document(new.kind)?, &person))))
}

pub(super) async fn document_side(
    State(world): State<Arc<World>>,
    Path((id, side)): Path<(String, String)>,
    token: Bearer,
    Photo(picture): Photo,
) -> Answer<DocumentView> {
    let side = match side.as_str() {
        "front" => Side::Front,
        "back" => Side::Back,
        _ => return Err(Problem::malformed("a document has a front and a back")),
    };
    let mut state = world.state();
    let account = state.digital_id.enter(token.required()?, world.clock.now())?;
    let person = account.person.clone();
    Ok(Json(DocumentView::of(account.document_side(&id, side, picture)?, &person)))
}

#[derive(Deserialize)]
pub(super) struct Confirmed {
    data: Recognised,
    truthful: bool,
}

pub(super) async fn confirm_document(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    token: Bearer,
    Said(confirmed): Said<Confirmed>,
) -> Answer<DocumentView> {
    if !confirmed.truthful {
        return Err(Problem::malformed("the data must be confirmed as true"));
    }
    let now = world.clock.now();
    let mut state = world.state();
    let account = state.digital_id.enter(token.required()?, now)?;
    let person = account.person.clone();
    Ok(Json(DocumentView::of(account.confirm_document(&id, &confirmed.data, now)?, &person)))
}

pub(super) async fn notifications(State(world): State<Arc<World>>, token: Bearer) -> Answer<Value> {
    let now = world.clock.now();
    let mut state = world.state();
    let account = state.digital_id.enter(token.required()?, now)?;
    let notes =
        account.consents(now).iter().filter(|consent| consent.is_open(now)).map(|consent| {
            json!({
                "id": consent.id,
                "kind": "access_request",
                "consent": consent.id,
                "created_at": consent.created.rfc3339(),
                "viewed": consent.viewed,
            })
        });
    Ok(Json(notes.collect()))
}

/// Who asks, and for what. The Russian name of the service is that of the guides' step 20, marked as ours.
const ASKER: Texts = Texts {
    kk: "Қазақстан Республикасының Ұлттық куәландырушы орталығы (SANDBOX)",
    ru: "Национальный Удостоверяющий Центр Республики Казахстан (SANDBOX)",
    en: "National Certification Authority of the Republic of Kazakhstan (SANDBOX)",
};
const ITEMS: [Texts; 3] = [
    Texts {
        kk: "Тегі, аты, әкесінің аты",
        ru: "Фамилия, имя, отчество",
        en: "Surname, name, patronymic",
    },
    Texts { kk: "ЖСН", ru: "ИИН", en: "IIN" },
    Texts {
        kk: "Жеке куәлік", ru: "Удостоверение личности", en: "Identity document"
    },
];

pub(super) async fn consent(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    token: Bearer,
    Preferred(locale): Preferred,
) -> Answer<Value> {
    let now = world.clock.now();
    let mut state = world.state();
    let consent = state.digital_id.enter(token.required()?, now)?.consent(&id, now)?;
    Ok(Json(json!({
        "service": locale.of(ASKER),
        "items": ITEMS.map(|item| locale.of(item)),
        "expires_at": consent.expires().rfc3339(),
    })))
}

#[derive(Deserialize)]
pub(super) struct Decided {
    decision: Decision,
    #[serde(default)]
    pin: Option<String>,
    #[serde(default)]
    code_challenge: Option<String>,
    #[serde(default)]
    code_challenge_method: Option<String>,
    #[serde(default)]
    redirect_uri: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Approve,
    Deny,
}

pub(super) async fn decide(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    token: Bearer,
    Said(decided): Said<Decided>,
) -> Answer<Value> {
    let now = world.clock.now();
    let mut state = world.state();
    let account = state.digital_id.enter(token.required()?, now)?;
    match decided.decision {
        Decision::Deny => {
            account.deny(&id, now)?;
            Err(Code::ConsentDenied.into())
        }
        Decision::Approve => {
            // Both may be left out, since each has only one value.
            if decided.code_challenge_method.is_some_and(|method| method != "S256")
                || decided.redirect_uri.is_some_and(|uri| uri != REDIRECT_URI)
            {
                return Err(Problem::malformed(
                    "only S256 and the redirect_uri of the information are known",
                ));
            }
            let challenge = decided.code_challenge.filter(|text| is_challenge(text));
            let challenge =
                challenge.ok_or(Problem::malformed("code_challenge is missing or not of S256"))?;
            account.approve(&id, decided.pin.as_deref().unwrap_or_default(), now)?;
            let iin = account.person.checked_iin();
            let code = state.digital_id.grant(iin, challenge, now);
            Ok(Json(json!({ "code": code })))
        }
    }
}

/// SHA-256 in base64url without padding: 43 characters.
fn is_challenge(text: &str) -> bool {
    text.len() == 43
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
