//! Who is calling: a web page, known by its checked `Origin`.
//!
//! An origin tells pages apart, not programs: another program of the same user can write any header. That is why
//! every use of a key asks the person as well.

use std::fmt;

/// A page that may call, by scheme, host and port (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page(String);

/// How a program without an origin is filed. No origin reads so.
const PROGRAM: &str = "(program)";

/// Why something is not a page that may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPage {
    /// There is no `Origin`, or it is `null`.
    #[error("no origin")]
    NoOrigin,
    /// Only pages that came over https may call.
    #[error("not an https origin")]
    NotHttps,
    /// It is not `scheme://host` or `scheme://host:port`.
    #[error("not an origin")]
    Malformed,
}

impl Page {
    /// Reads the `Origin` header. `developer` lists origins, written as a browser writes them, that may call although
    /// they came over plain http from this machine.
    ///
    /// # Errors
    /// Those of [`NotAPage`].
    pub fn parse(origin: Option<&str>, developer: &[String]) -> Result<Self, NotAPage> {
        let origin = origin
            .filter(|origin| !origin.eq_ignore_ascii_case("null"))
            .ok_or(NotAPage::NoOrigin)?;
        if developer.iter().any(|known| known == origin) {
            return Ok(Self(origin.to_owned()));
        }
        let authority = match origin.split_once("://") {
            Some((scheme, authority)) if scheme.eq_ignore_ascii_case("https") => authority,
            Some(_) => return Err(NotAPage::NotHttps),
            None => return Err(NotAPage::Malformed),
        };
        let (host, port) = split_port(authority)?;
        let host = check_host(host)?;
        let port = match port {
            None | Some(443) => String::new(),
            Some(port) => format!(":{port}"),
        };
        Ok(Self(format!("https://{host}{port}")))
    }

    /// A page that came over plain http from this machine, whatever its port: for agents that site authors test with.
    ///
    /// # Errors
    /// Those of [`NotAPage`].
    pub fn of_this_machine(origin: Option<&str>) -> Result<Self, NotAPage> {
        let origin = origin.ok_or(NotAPage::NoOrigin)?;
        let authority = origin.strip_prefix("http://").ok_or(NotAPage::NotHttps)?;
        let (host, _) = split_port(authority)?;
        if ["127.0.0.1", "localhost", "[::1]"].contains(&host) {
            Ok(Self(origin.to_owned()))
        } else {
            Err(NotAPage::NotHttps)
        }
    }

    /// A program of this machine that opened a socket without an `Origin`, as no browser does.
    #[must_use]
    pub fn program() -> Self {
        Self(PROGRAM.to_owned())
    }

    /// The origin to show to the person; `None` for a program, which has none.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        (self.0 != PROGRAM).then_some(self.0.as_str())
    }

    /// Who calls when it is no page but the person at this very program: in its terminal, or in windows of their own.
    #[must_use]
    pub fn terminal() -> Self {
        Self(crate::desktop::PERSON.to_owned())
    }

    /// Whether it is the person at this very program.
    #[must_use]
    pub fn is_person(&self) -> bool {
        self.0 == crate::desktop::PERSON
    }

    /// A page that was checked before it came into our own journal.
    #[must_use]
    pub(crate) fn from_journal(origin: String) -> Self {
        Self(origin)
    }

    /// As it is shown to the person.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), NotAPage> {
    let after_bracket = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[after_bracket..].find(':') {
        None => Ok((authority, None)),
        Some(at) => {
            let (host, port) = authority.split_at(after_bracket + at);
            let digits = &port[1..];
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(NotAPage::Malformed);
            }
            Ok((host, Some(digits.parse().map_err(|_| NotAPage::Malformed)?)))
        }
    }
}

/// A host as browsers serialise it: lower-case ASCII labels (others as `xn--`), IPv4, or IPv6 in brackets.
fn check_host(host: &str) -> Result<String, NotAPage> {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: std::net::Ipv6Addr = inner.parse().map_err(|_| NotAPage::Malformed)?;
        return Ok(format!("[{address}]"));
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(label) {
        return Err(NotAPage::Malformed);
    }
    Ok(host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_exactly_or_not_at_all() {
        let developer = ["http://127.0.0.1:14580".to_owned()];
        let good = [
            ("https://egov.kz", "https://egov.kz"),
            ("https://EGOV.kz", "https://egov.kz"),
            ("HTTPS://egov.kz", "https://egov.kz"),
            ("https://egov.kz:443", "https://egov.kz"),
            ("https://egov.kz:8443", "https://egov.kz:8443"),
            ("https://xn--e1afmkfd.xn--80ao21a", "https://xn--e1afmkfd.xn--80ao21a"),
            ("https://127.0.0.1:8443", "https://127.0.0.1:8443"),
            ("https://[::1]:8443", "https://[::1]:8443"),
            ("https://localhost", "https://localhost"),
            ("http://127.0.0.1:14580", "http://127.0.0.1:14580"),
        ];
        for (origin, page) in good {
            assert_eq!(
                Page::parse(Some(origin), &developer).as_ref().map(Page::as_str),
                Ok(page),
                "{origin}"
            );
        }
        let bad = [
            "",
            "null",
            "NULL",
            "Null",
            "https://",
            "https:",
            "https:/egov.kz",
            "egov.kz",
            "//egov.kz",
            "http://egov.kz",
            "http://127.0.0.1",
            "http://127.0.0.1:14581",
            "http://localhost:14580",
            "http://127.0.0.1:14580/",
            "http://127.0.0.1:14580.evil.example",
            "HTTP://127.0.0.1:14580",
            "ws://egov.kz",
            "wss://egov.kz",
            "file://",
            "file:///etc/passwd",
            "data:text/html,x",
            "chrome-extension://abcdefghijklmnop",
            "moz-extension://a-b",
            "about:blank",
            "javascript:alert(1)",
            "https://egov.kz/",
            "https://egov.kz/path",
            "https://egov.kz?x",
            "https://egov.kz#x",
            "https://user@egov.kz",
            "https://user:pass@egov.kz",
            "https://egov.kz@evil.example",
            "https://egov.kz:",
            "https://egov.kz:x",
            "https://egov.kz:99999",
            "https://egov.kz:443:443",
            "https://egov.kz:-1",
            "https://egov.kz:+443",
            "https://egov.kz.",
            "https://.egov.kz",
            "https://egov..kz",
            "https://-egov.kz",
            "https://egov-.kz",
            "https://egov .kz",
            " https://egov.kz",
            "https://egov.kz ",
            "https://egov.kz\u{0}",
            "https://egov.kz\n",
            "https://еgov.kz",
            "https://egov。kz",
            "https://[::1",
            "https://::1",
            "https://[127.0.0.1]",
            "https://[::1]x",
            "https://[::1%25eth0]",
            "https://egov.kz, https://evil.example",
            "https://egov.kz https://evil.example",
            "https://*.kz",
            "https://egov%2ekz",
            "https://egov.kz\\evil.example",
            "https://<egov.kz>",
            "https://'egov'.kz",
        ];
        for origin in bad {
            assert!(Page::parse(Some(origin), &developer).is_err(), "{origin:?} was taken");
        }
        assert_eq!(Page::parse(None, &developer), Err(NotAPage::NoOrigin));
    }

    #[test]
    fn only_this_machine_s_own_pages_come_over_plain_http_and_only_where_that_is_wanted() {
        for good in
            ["http://127.0.0.1:8080", "http://localhost", "http://localhost:1", "http://[::1]:8080"]
        {
            assert_eq!(Page::of_this_machine(Some(good)).as_ref().map(Page::as_str), Ok(good));
        }
        for bad in [
            "null",
            "http://egov.kz",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example:80",
            "http://localhost:80@evil.example",
            "http://evil@localhost",
            "http://localhost:x",
            "http://127.1:80",
            "http://0.0.0.0:80",
            "http://localhost/",
            "HTTP://localhost",
            "https://localhost",
            "file://",
        ] {
            assert!(Page::of_this_machine(Some(bad)).is_err(), "{bad} was taken");
        }
        assert_eq!(Page::of_this_machine(None), Err(NotAPage::NoOrigin));
        assert_eq!(Page::program().origin(), None);
        assert_eq!(Page::terminal().origin(), Some("tanba"));
    }

    #[test]
    fn a_name_that_is_too_long_is_no_host() {
        let long = format!("https://{}.kz", "a".repeat(64));
        assert_eq!(Page::parse(Some(&long), &[]), Err(NotAPage::Malformed));
    }
}
