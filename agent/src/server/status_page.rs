//! What a person sees who opens the agent's address in a browser: that it runs. No personal data.

use tanba::protocol::Locale;
use tanba_core::enrolment::gateway::Environment;

use crate::ctx::Settings;
use crate::words::Words;

/// The whole answer, head and body. The page may load nothing, be framed by nobody and send nowhere.
pub(super) fn answer(settings: &Settings) -> String {
    let warning = match (settings.trial, settings.environment) {
        (true, Environment::Sandbox | Environment::Production) => Some("page-trial"),
        (false, Environment::Sandbox) => Some("page-sandbox"),
        (false, Environment::Production) => None,
    };
    let paragraph = |locale: Locale| {
        let words = Words::new(locale);
        let warning = warning
            .map_or_else(String::new, |key| format!("<strong>{}</strong>. ", words.get(key)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorities::Authorities;

    #[test]
    fn an_agent_whose_signatures_do_not_count_says_so() {
        let page = |trial, environment| {
            answer(&Settings {
                data: std::path::PathBuf::new(),
                environment,
                developer_origins: Vec::new(),
                trial,
                time_stamps: String::new(),
                authorities: Authorities::default(),
            })
        };
        let words = Words::new(Locale::Ru);
        assert!(!page(false, Environment::Production).contains("<strong>"));
        let sandbox = page(false, Environment::Sandbox);
        assert!(sandbox.contains(&words.get("page-sandbox")));
        for environment in [Environment::Sandbox, Environment::Production] {
            assert!(page(true, environment).contains(&words.get("page-trial")));
        }
    }
}
