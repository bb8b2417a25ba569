//! The gateway API over HTTP: a call as a request, a response as a reply. Pure; somebody else holds the socket.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    Account, Agreement, Application, Call, CallError, Certificates, Consent, ConsentCode, Document,
    Liveness, Locale, Notice, OtpSent, Prefill, Problem, REDIRECT, Reply, Session, Side,
};
use crate::secret::{Password, SecretBytes};

/// The largest answer that is read, in bytes: two certificates with their chain are about 10 KiB.
pub const MAX_ANSWER: usize = 1 << 20;

/// A request to be sent to the gateway.
#[derive(Debug)]
pub struct Request {
    /// `GET`, `POST` or `PUT`.
    pub method: &'static str,
    /// Path and query, beginning with `/`.
    pub path: String,
    /// Which token goes into `Authorization: Bearer`.
    pub token: Token,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// `Content-Type` and body.
    pub body: Option<(&'static str, SecretBytes)>,
}

/// Whose token a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// None.
    None,
    /// The portal session's, if there is one.
    Session,
    /// Digital ID's.
    DigitalId,
}

/// Who the engine is to the services: the session's name and both tokens, as far as they are known.
#[derive(Debug, Default)]
pub struct Credentials {
    /// The session's name in paths.
    pub sid: Option<String>,
    /// The session's token.
    pub session: Option<Password>,
    /// Digital ID's token.
    pub digital_id: Option<Password>,
    /// The person's language.
    pub locale: Option<Locale>,
}

impl Credentials {
    /// The value of `Accept-Language`, if the person's language is known.
    #[must_use]
    pub fn language(&self) -> Option<&'static str> {
        self.locale.map(Locale::code)
    }

    /// The token that a request carries.
    #[must_use]
    pub fn token(&self, which: Token) -> Option<&Password> {
        match which {
            Token::None => None,
            Token::Session => self.session.as_ref(),
            Token::DigitalId => self.digital_id.as_ref(),
        }
    }
}

fn with_json(method: &'static str, path: String, token: Token, body: &Value) -> Request {
    let body = Some(("application/json", SecretBytes::new(body.to_string().into_bytes())));
    Request { method, path, token, idempotency_key: None, body }
}

fn bare(method: &'static str, path: String, token: Token) -> Request {
    Request { method, path, token, idempotency_key: None, body: None }
}

fn jpeg(method: &'static str, path: String, picture: &SecretBytes) -> Request {
    let body = Some(("image/jpeg", SecretBytes::new(picture.expose().to_vec())));
    Request { method, path, token: Token::DigitalId, idempotency_key: None, body }
}

/// A path segment that came from the other side is written so that it stays one segment (RFC 3986, section 2.3).
fn segment(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("%{byte:02X}"));
        }
    }
    safe
}

impl Request {
    /// Writes a call down as a request.
    #[must_use]
    pub fn of(call: &Call, credentials: &Credentials) -> Self {
        let sid = || segment(credentials.sid.as_deref().unwrap_or_default());
        match call {
            Call::OpenSession { template, iin, locale } => with_json(
                "POST",
                "/v1/sessions".to_owned(),
                Token::None,
                &json!({"template": template, "iin": iin.expose(), "locale": locale}),
            ),
            Call::SendOtp => bare("POST", format!("/v1/sessions/{}/otp", sid()), Token::Session),
            Call::VerifyOtp { code } => with_json(
                "POST",
                format!("/v1/sessions/{}/otp/verify", sid()),
                Token::Session,
                &json!({"code": code.expose()}),
            ),
            Call::DidSendCode { phone } => with_json(
                "POST",
                "/did/v1/login".to_owned(),
                Token::Session,
                &json!({"phone": phone}),
            ),
            Call::DidVerifyCode { phone, code } => with_json(
                "POST",
                "/did/v1/login/verify".to_owned(),
                Token::Session,
                &json!({"phone": phone, "code": code.expose()}),
            ),
            Call::DidAccount => bare("GET", "/did/v1/me".to_owned(), Token::DigitalId),
            Call::Selfie { picture } => jpeg("PUT", "/did/v1/me/selfie".to_owned(), picture),
            Call::StartLiveness => bare("POST", "/did/v1/me/liveness".to_owned(), Token::DigitalId),
            Call::LivenessFrame { id, challenge, picture } => {
                let path = format!(
                    "/did/v1/me/liveness/{}/frames?challenge={}",
                    segment(id),
                    challenge.name()
                );
                jpeg("POST", path, picture)
            }
            Call::SetPin { pin, repeat } => with_json(
                "PUT",
                "/did/v1/me/pin".to_owned(),
                Token::DigitalId,
                &json!({"pin": pin.expose(), "repeat": repeat.expose()}),
            ),
            Call::AddDocument { kind } => with_json(
                "POST",
                "/did/v1/me/documents".to_owned(),
                Token::DigitalId,
                &json!({"kind": kind}),
            ),
            Call::DocumentSide { id, side, picture } => {
                let side = match side {
                    Side::Front => "front",
                    Side::Back => "back",
                };
                jpeg("PUT", format!("/did/v1/me/documents/{}/{side}", segment(id)), picture)
            }
            Call::ConfirmDocument { id, data } => with_json(
                "POST",
                format!("/did/v1/me/documents/{}/confirm", segment(id)),
                Token::DigitalId,
                &json!({"data": data, "truthful": true}),
            ),
            Call::Notices => bare("GET", "/did/v1/me/notifications".to_owned(), Token::DigitalId),
            Call::Consent { id } => {
                bare("GET", format!("/did/v1/consents/{}", segment(id)), Token::DigitalId)
            }
            Call::Decide { id, pin, challenge } => {
                let body = match pin {
                    Some(pin) => {
                        json!({"decision": "approve", "pin": pin.expose(), "code_challenge": challenge,
                        "code_challenge_method": "S256", "redirect_uri": REDIRECT})
                    }
                    None => json!({"decision": "deny"}),
                };
                with_json(
                    "POST",
                    format!("/did/v1/consents/{}", segment(id)),
                    Token::DigitalId,
                    &body,
                )
            }
            Call::BindIdentity { code, verifier } => with_json(
                "POST",
                format!("/v1/sessions/{}/identity", sid()),
                Token::Session,
                &json!({"code": code.expose(), "redirect_uri": REDIRECT, "code_verifier": verifier.expose()}),
            ),
            Call::Agreement { locale } => {
                bare("GET", format!("/v1/agreement?lang={}", locale.code()), Token::None)
            }
            Call::Submit { idempotency_key, body } => Request {
                method: "POST",
                path: "/v1/applications".to_owned(),
                token: Token::Session,
                idempotency_key: Some(idempotency_key.clone()),
                body: Some(("application/json", SecretBytes::new(body.clone()))),
            },
            Call::Status { number } => {
                bare("GET", format!("/v1/applications/{}", segment(number)), Token::None)
            }
            Call::Certificates { number } => bare(
                "GET",
                format!("/v1/applications/{}/certificates", segment(number)),
                Token::None,
            ),
            Call::ReportInstalled { number, proofs } => with_json(
                "POST",
                format!("/v1/applications/{}/installed", segment(number)),
                Token::None,
                &json!({"proofs": proofs}),
            ),
        }
    }
}

/// Reads a response to a call.
///
/// # Errors
/// `Refused` for a problem with a known shape and a status below 500, `Failed` for everything else that is no
/// answer to this call. A 5xx is never a refusal, whatever it says: the call may have taken effect.
pub fn reply(call: &Call, status: u16, body: &[u8]) -> Result<Reply, CallError> {
    let failed = CallError::Failed { status };
    if body.len() > MAX_ANSWER {
        return Err(failed);
    }
    match status {
        200..=299 => read(call, body).ok_or(failed),
        400..=499 => match serde_json::from_slice::<Problem>(body) {
            Ok(problem) => Err(CallError::Refused(problem)),
            Err(_) => Err(failed),
        },
        _ => Err(failed),
    }
}

fn read(call: &Call, body: &[u8]) -> Option<Reply> {
    fn json<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
        serde_json::from_slice(body).ok()
    }
    Some(match call {
        Call::OpenSession { .. } => Reply::Session(json::<Session>(body)?),
        Call::SendOtp | Call::DidSendCode { .. } => Reply::OtpSent(json::<OtpSent>(body)?),
        Call::VerifyOtp { .. } | Call::Selfie { .. } | Call::SetPin { .. } => Reply::Done,
        Call::DidVerifyCode { .. } | Call::DidAccount => Reply::Account(json::<Account>(body)?),
        Call::StartLiveness | Call::LivenessFrame { .. } => {
            Reply::Liveness(json::<Liveness>(body)?)
        }
        Call::AddDocument { .. } | Call::DocumentSide { .. } | Call::ConfirmDocument { .. } => {
            Reply::Document(json::<Document>(body)?)
        }
        Call::Notices => Reply::Notices(json::<Vec<Notice>>(body)?),
        Call::Consent { .. } => Reply::Consent(json::<Consent>(body)?),
        Call::Decide { .. } => Reply::Code(json::<ConsentCode>(body)?.code),
        Call::BindIdentity { .. } => Reply::Prefill(json::<Prefill>(body)?),
        Call::Agreement { .. } => Reply::Agreement(json::<Agreement>(body)?),
        Call::Submit { .. } | Call::Status { .. } | Call::ReportInstalled { .. } => {
            Reply::Application(json::<Application>(body)?)
        }
        Call::Certificates { .. } => Reply::Certificates(json::<Certificates>(body)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_the_other_side_stays_one_path_segment() {
        assert_eq!(segment("../a/b?c#d%"), "%2E%2E%2Fa%2Fb%3Fc%23d%25");
    }

    #[test]
    fn a_server_error_is_never_read_as_a_refusal() {
        let body = br#"{"type":"about:blank","status":503,"code":"csr_invalid"}"#;
        let error = reply(&Call::SendOtp, 503, body).expect_err("no reply");
        assert_eq!(error, CallError::Failed { status: 503 });
    }

    #[test]
    fn a_refusal_keeps_its_counts() {
        let body = br#"{"type":"about:blank","status":422,"code":"otp_wrong","attempts_left":2}"#;
        let error = reply(&Call::SendOtp, 422, body).expect_err("no reply");
        let problem =
            Problem { code: "otp_wrong".to_owned(), retry_after_s: None, attempts_left: Some(2) };
        assert_eq!(error, CallError::Refused(problem));
    }

    #[test]
    fn an_answer_of_another_shape_is_a_failure_not_a_reply() {
        for body in [&b"null"[..], b"[]", b"{\"sid\":1}", b"<html>", b""] {
            let call = Call::Status { number: "1".to_owned() };
            assert!(matches!(reply(&call, 200, body), Err(CallError::Failed { status: 200 })));
        }
    }
}
