//! What a person sees who opens the agent's address in a browser: that it runs. No personal data.

use tanba::protocol::Locale;
use tanba_core::enrolment::gateway::Environment;

use crate::ctx::Ctx;
use crate::words::Words;

/// The whole answer, head and body. The page may load nothing, be framed by nobody and send nowhere.
pub(super) fn answer(ctx: &Ctx) -> String {
    let sandbox = match ctx.settings.environment {
        Environment::Sandbox => true,
        Environment::Production => false,
    };
    let paragraph = |locale: Locale| {
        let words = Words::new(locale);
        let warning = if sandbox {
            format!("<strong>{}</strong>. ", words.get("page-sandbox"))
        } else {
            String::new()
        };
        format!("<p lang=\"{}\">{warning}{}</p>", locale.code(), words.get("page-running"))
    };
    let body = format!(
        "<!doctype html><html lang=\"kk\"><meta charset=\"utf-8\"><title>Tanba</title><h1>Tanba {}</h1>{}</html>",
        env!("CARGO_PKG_VERSION"),
        Locale::ALL.map(paragraph).concat()
    );
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'\r\n\
         X-Frame-Options: DENY\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
