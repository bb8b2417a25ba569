//! What a person sees who opens the agent's address in a browser: that it runs. No personal data.

use tanba_core::enrolment::gateway::Environment;

use crate::ctx::Ctx;

/// The whole answer, head and body. The page may load nothing, be framed by nobody and send nowhere.
pub(super) fn answer(ctx: &Ctx) -> String {
    let warning = match ctx.settings.environment {
        Environment::Sandbox => {
            "<p><strong>SANDBOX: құжаттардың заңды күші жоқ · документы не имеют юридической силы · \
             nothing issued here has legal force</strong></p>"
        }
        Environment::Production => "",
    };
    let body = format!(
        "<!doctype html><html lang=\"kk\"><meta charset=\"utf-8\"><title>Tanba</title>\
         <h1>Tanba {}</h1>{warning}\
         <p lang=\"kk\">Агент жұмыс істеп тұр. Бұл терезені жабуға болады.</p>\
         <p lang=\"ru\">Агент работает. Это окно можно закрыть.</p>\
         <p lang=\"en\">The agent is running. You can close this window.</p></html>",
        env!("CARGO_PKG_VERSION")
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
