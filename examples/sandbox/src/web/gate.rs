//! Who may come in: programs and pages of this machine.
//!
//! A browser lets any web page send requests to this machine. It says whose page it is in `Origin`, and a page that
//! had its own name resolved to this machine shows itself in `Host`; both must be of the loopback.

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, HOST,
    ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(super) async fn gate(request: Request, next: Next) -> Response {
    let headers = request.headers();
    // HTTP/1.0 clients need not send a host; browsers always do.
    let host_is_ours = lone(headers, &HOST).is_ok_and(|host| host.is_none_or(is_loopback));
    let Ok(origin) = lone(headers, &ORIGIN) else { return refusal() };
    let origin_is_ours =
        origin.is_none_or(|origin| origin.strip_prefix("http://").is_some_and(is_loopback));
    if !host_is_ours || !origin_is_ours {
        return refusal();
    }
    let origin = origin.and_then(|origin| HeaderValue::from_str(origin).ok());
    let mut response = match (&origin, request.method()) {
        (Some(_), &Method::OPTIONS) => preflight(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

fn preflight() -> Response {
    let allowed = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE"),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, idempotency-key, if-none-match, accept-language",
        ),
    ];
    (StatusCode::NO_CONTENT, allowed).into_response()
}

fn refusal() -> Response {
    (StatusCode::FORBIDDEN, "SANDBOX: only programs and pages of this machine may ask\n")
        .into_response()
}

/// A header that may be absent but not repeated, nor be anything but text.
fn lone<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().map(|value| value.to_str().map_err(|_| ())).transpose()?;
    if values.next().is_some() { Err(()) } else { Ok(first) }
}

/// Whether a host, with or without a port, is this machine under one of its own names.
fn is_loopback(host: &str) -> bool {
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        host.strip_prefix(name).is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix(':')
                    .is_some_and(|port| !port.is_empty() && port.parse::<u16>().is_ok())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_loopbacks_own_names_are_this_machine() {
        for host in ["127.0.0.1", "127.0.0.1:80", "localhost:14580", "[::1]:1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "127.0.0.1.example.kz",
            "localhost.example.kz:80",
            "127.0.0.1:",
            "127.0.0.1:99999",
            "example.kz",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
