//! What is read from a request; what cannot be read is answered by a problem of the contract.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::digital_id::picture::Picture;
use crate::problem::{Code, Problem, Texts};
use crate::sealed::TokenHash;

/// A body in JSON.
pub(super) struct Said<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Said<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        must_be(request.headers(), "application/json")
            .then_some(())
            .ok_or(Problem::malformed("the body must be application/json"))?;
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| Problem::malformed("the body is too large"))?;
        parse(&bytes).map(Said)
    }
}

/// Reads JSON. What was wrong is not repeated: it may be a PIN.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes)
        .map_err(|_| Problem::malformed("the body does not have the shape of the contract"))
}

/// A picture, looked at and not kept.
pub(super) struct Photo(pub(super) Picture);

impl<S: Send + Sync> FromRequest<S> for Photo {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !must_be(request.headers(), "image/jpeg") {
            return Err(Code::ImageNotJpeg.into());
        }
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| too_large(&rejection))?;
        Picture::look_at(&bytes).map(Photo).map_err(|_| Code::ImageNotJpeg.into())
    }
}

fn too_large(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Code::ImageTooLarge.into()
    } else {
        Problem::malformed("the body did not arrive whole")
    }
}

fn must_be(headers: &HeaderMap, media_type: &str) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|sent| sent.trim().eq_ignore_ascii_case(media_type))
}

/// The bearer token, if one is presented.
pub(super) struct Bearer(Option<String>);

impl Bearer {
    /// The hash of a token that must be there.
    pub(super) fn required(&self) -> Result<TokenHash, Problem> {
        self.optional().ok_or_else(|| Code::SessionExpired.into())
    }

    pub(super) fn optional(&self) -> Option<TokenHash> {
        self.0.as_deref().map(TokenHash::of)
    }

    /// The token itself, to be given back to who presented it.
    pub(super) fn into_clear(self) -> String {
        self.0.unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(AUTHORIZATION) else { return Ok(Self(None)) };
        let token = value.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        });
        Ok(Self(Some(token.ok_or(Code::SessionExpired)?)))
    }
}

/// A language of the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Locale {
    Kk,
    #[default]
    Ru,
    En,
}

impl Locale {
    pub(super) fn of(self, texts: Texts) -> &'static str {
        match self {
            Self::Kk => texts.kk,
            Self::Ru => texts.ru,
            Self::En => texts.en,
        }
    }
}

/// The first language in `Accept-Language` that the services have; Russian, if there is none.
pub(super) struct Preferred(pub(super) Locale);

impl<S: Send + Sync> FromRequestParts<S> for Preferred {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let wanted = parts
            .headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let known = wanted.split(',').find_map(|range| match range.trim().get(..2)? {
            "kk" => Some(Locale::Kk),
            "ru" => Some(Locale::Ru),
            "en" => Some(Locale::En),
            _ => None,
        });
        Ok(Self(known.unwrap_or_default()))
    }
}
