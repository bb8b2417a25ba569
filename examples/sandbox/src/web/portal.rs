//! The portal: information, sessions, one-time passwords, the bound identity, the agreement.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tanba_core::iin::Iin;

use super::reading::{Bearer, Locale, Said};
use crate::application::AGREEMENT_VERSION;
use crate::authority::{Family, subject_rules};
use crate::clock::seconds;
use crate::digital_id::{REDIRECT_URI, liveness, picture, pin};
use crate::otp::{self, Sender};
use crate::person::Person;
use crate::problem::{Code, Problem, Texts};
use crate::sealed::TokenHash;
use crate::session::{self, Progress, Session};
use crate::world::World;

type Answer<T> = Result<Json<T>, Problem>;

pub(super) async fn info(State(world): State<Arc<World>>) -> Answer<Value> {
    let chain = |family| -> Result<Vec<String>, Problem> {
        let chain = world.authority.branch(family).chain()?;
        Ok(chain.iter().map(|der| Base64::encode_string(der)).collect())
    };
    Ok(Json(json!({
        "environment": "sandbox",
        "templates": ["individual_remote"],
        "agreement_version": AGREEMENT_VERSION,
        "redirect_uri": REDIRECT_URI,
        "limits": {
            "image_max_bytes": picture::MAX_BYTES,
            "pin_attempts": pin::TRIES,
            "otp_attempts": otp::TRIES,
        },
        "timers": {
            "otp_ttl_s": otp::LIFE.as_secs(),
            "did_resend_s": Sender::DigitalId.resend_after().as_secs(),
            "session_ttl_s": session::IDLE.as_secs(),
        },
        "liveness_attempts": liveness::ATTEMPTS,
        "key_algorithms": ["rsa2048", "p256", "gost512"],
        "chain": chain(Family::International)?,
        "gost_chain": chain(Family::Gost)?,
    })))
}

#[derive(Deserialize)]
pub(super) struct Opening {
    template: String,
    iin: String,
    #[serde(rename = "locale")]
    _locale: Locale,
}

#[derive(Serialize)]
pub(super) struct SessionView {
    sid: String,
    token: String,
    state: Progress,
    expires_at: String,
}

impl SessionView {
    fn of(session: &Session, token: String) -> Self {
        Self {
            sid: session.sid.clone(),
            token,
            state: session.progress,
            expires_at: session.expires().rfc3339(),
        }
    }
}

pub(super) async fn create_session(
    State(world): State<Arc<World>>,
    Said(opening): Said<Opening>,
) -> Result<(StatusCode, Json<SessionView>), Problem> {
    if opening.template != "individual_remote" {
        return Err(Problem::malformed("the sandbox offers the template individual_remote only"));
    }
    let iin = Iin::parse(&opening.iin).map_err(|_| Code::IinInvalid)?;
    let person = world
        .people
        .iter()
        .find(|person| person.iin == iin.expose())
        .ok_or(Code::SubjectUnknown)?;
    if person.phone.is_none() {
        return Err(Code::McdNotRegistered.into());
    }
    let mut state = world.state();
    let (session, token) = state.sessions.open(person.clone(), world.clock.now())?;
    Ok((StatusCode::CREATED, Json(SessionView::of(session, token))))
}

#[derive(Serialize)]
pub(super) struct OtpSent {
    sender: &'static str,
    expires_in: u64,
    resend_in: u64,
    phone_mask: String,
    attempts_left: u32,
}

impl OtpSent {
    pub(super) fn now(sender: Sender, phone: &str) -> Self {
        Self {
            sender: sender.number(),
            expires_in: seconds(otp::LIFE),
            resend_in: seconds(sender.resend_after()),
            phone_mask: format!("{}*****{}", &phone[..5], &phone[10..]),
            attempts_left: otp::TRIES,
        }
    }
}

pub(super) async fn send_otp(
    State(world): State<Arc<World>>,
    Path(sid): Path<String>,
    token: Bearer,
) -> Result<(StatusCode, Json<OtpSent>), Problem> {
    let now = world.clock.now();
    let mut state = world.state();
    let session = state.sessions.enter(&sid, token.required()?, now)?;
    let code = session.send_otp(now)?;
    let phone = session.person.phone.clone().ok_or(Code::McdNotRegistered)?;
    state.telephones.receive(&phone, Sender::Portal, code, now);
    Ok((StatusCode::ACCEPTED, Json(OtpSent::now(Sender::Portal, &phone))))
}

#[derive(Deserialize)]
pub(super) struct Tried {
    code: String,
}

pub(super) async fn verify_otp(
    State(world): State<Arc<World>>,
    Path(sid): Path<String>,
    token: Bearer,
    Said(tried): Said<Tried>,
) -> Answer<SessionView> {
    if !(4..=8).contains(&tried.code.len()) || !tried.code.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err(Problem::malformed("code is four to eight digits"));
    }
    let now = world.clock.now();
    let mut state = world.state();
    let session = state.sessions.enter(&sid, token.required()?, now)?;
    session.verify_otp(&tried.code, now)?;
    Ok(Json(SessionView::of(session, token.into_clear())))
}

#[derive(Deserialize)]
pub(super) struct Identity {
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

pub(super) async fn bind_identity(
    State(world): State<Arc<World>>,
    Path(sid): Path<String>,
    token: Bearer,
    Said(identity): Said<Identity>,
) -> Answer<Value> {
    let now = world.clock.now();
    let code = TokenHash::of(&identity.code);
    let mut state = world.state();
    let state = &mut *state;
    let session = state.sessions.enter(&sid, token.required()?, now)?;
    match session.progress {
        Progress::SubjectFound | Progress::OtpSent => {
            return Err(Problem::out_of_order("the one-time password comes first"));
        }
        // The answer to the same call may have been lost.
        Progress::IdentityBound if session.bound_by == Some(code) => {
            return Ok(Json(prefill(&session.person)));
        }
        Progress::OtpVerified | Progress::IdentityBound => {}
    }
    if identity.redirect_uri != REDIRECT_URI {
        return Err(Problem::malformed("redirect_uri is not that of the information"));
    }
    if !is_verifier(&identity.code_verifier) {
        return Err(Problem::malformed("code_verifier is not of RFC 7636"));
    }
    let identified = state.digital_id.redeem(code, &identity.code_verifier, now)?;
    session.bind(&identified, code)?;
    Ok(Json(prefill(&session.person)))
}

/// RFC 7636, section 4.1.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

fn prefill(person: &Person) -> Value {
    let rules: serde_json::Map<_, _> = subject_rules(person)
        .into_iter()
        .map(|rule| (rule.name.to_owned(), Value::from(rule.text)))
        .collect();
    let mut prefill = json!({
        "template": "individual_remote",
        "iin": person.iin,
        "surname": person.surname,
        "name": person.name,
        "subject_rules": rules,
    });
    if let Some(patronymic) = &person.patronymic {
        prefill["patronymic"] = Value::from(patronymic.as_str());
    }
    prefill
}

#[derive(Deserialize)]
pub(super) struct Language {
    #[serde(default)]
    lang: Locale,
}

#[derive(Serialize)]
pub(super) struct AgreementView {
    version: &'static str,
    text: &'static str,
}

pub(super) async fn agreement(
    language: Result<Query<Language>, QueryRejection>,
) -> Answer<AgreementView> {
    let Query(language) = language.map_err(|_| Problem::malformed("lang is kk, ru or en"))?;
    let texts = Texts {
        kk: include_str!("../agreement/kk.txt"),
        ru: include_str!("../agreement/ru.txt"),
        en: include_str!("../agreement/en.txt"),
    };
    Ok(Json(AgreementView { version: AGREEMENT_VERSION, text: language.lang.of(texts) }))
}
