//! The head of a request, judged before anything is parsed further: Host, then Origin, then what is asked for.

use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::page::Page;

/// What comes of a head.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A page opens a socket; `accept` is the value of `Sec-WebSocket-Accept`.
    Open { page: Page, accept: String, tongue: Tongue },
    /// A person looks at the root.
    StatusPage,
    /// A page looks whether somebody is there, before it opens a socket.
    Probe,
    /// Nothing.
    Refused(Status),
}

/// What is spoken on a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    /// The subprotocol `tanba.v1` was asked for.
    Tanba,
    /// None was: the page knows NCALayer.
    NcaLayer,
}

/// Who may call, beside pages over https.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guests<'a> {
    /// Origins on plain http of this machine.
    pub(super) developer: &'a [String],
    /// Whether that is every such origin.
    pub(super) loopback: bool,
}

impl Guests<'_> {
    fn page(self, origin: Option<&str>, tongue: Tongue) -> Result<Page, Status> {
        match (origin, tongue) {
            // Browsers never leave it out. Programs of this machine do, and could write any origin as well.
            (None, Tongue::NcaLayer) => Ok(Page::program()),
            (None, Tongue::Tanba) => Err(Status::Forbidden),
            (Some(_), Tongue::NcaLayer | Tongue::Tanba) => Page::parse(origin, self.developer)
                .or_else(|why| if self.loopback { Page::of_this_machine(origin) } else { Err(why) })
                .map_err(|_| Status::Forbidden),
        }
    }
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// It is not HTTP/1.1, or a header that decides is there twice.
    Bad,
    /// Another host or origin than may call.
    Forbidden,
    /// There is nothing here.
    NotFound,
    /// Only GET is known.
    Method,
    /// The head is too large.
    TooLarge,
}

/// More bytes are wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Incomplete;

/// Reads heads.
pub(super) struct Head;

/// The value of a header that must not be there twice.
fn one<'a>(headers: &[httparse::Header<'a>], name: &str) -> Result<Option<&'a str>, Status> {
    let mut found = headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(header), None) => {
            std::str::from_utf8(header.value).map(Some).map_err(|_| Status::Bad)
        }
        (Some(_), Some(_)) => Err(Status::Bad),
    }
}

fn has_token(value: Option<&str>, token: &str) -> bool {
    value.is_some_and(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
}

/// The names under which this port may be called. A name that was rebound to the loopback is not among them.
fn is_ours(host: &str, port: u16) -> bool {
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|name| host.eq_ignore_ascii_case(&format!("{name}:{port}")))
}

impl Head {
    /// Judges what was read so far; gives the verdict and how many bytes the head was.
    pub(super) fn decide(
        bytes: &[u8],
        port: u16,
        guests: Guests<'_>,
    ) -> Result<(Verdict, usize), Incomplete> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        let used = match request.parse(bytes) {
            Ok(httparse::Status::Complete(used)) => used,
            Ok(httparse::Status::Partial) => return Err(Incomplete),
            Err(httparse::Error::TooManyHeaders) => {
                return Ok((Verdict::Refused(Status::TooLarge), bytes.len()));
            }
            Err(_) => return Ok((Verdict::Refused(Status::Bad), bytes.len())),
        };
        let verdict = Self::judge(&request, port, guests).unwrap_or_else(Verdict::Refused);
        Ok((verdict, used))
    }

    fn judge(
        request: &httparse::Request<'_, '_>,
        port: u16,
        guests: Guests<'_>,
    ) -> Result<Verdict, Status> {
        let host = one(request.headers, "host")?.ok_or(Status::Bad)?;
        if !is_ours(host, port) {
            return Err(Status::Forbidden);
        }
        if request.version != Some(1) {
            return Err(Status::Bad);
        }
        if request.method != Some("GET") {
            return Err(Status::Method);
        }
        let origin = one(request.headers, "origin")?;
        if !has_token(one(request.headers, "upgrade")?, "websocket") {
            return match (request.path, is_navigation(request.headers)?) {
                (Some("/"), true) => Ok(Verdict::StatusPage),
                (Some("/"), false) => Ok(Verdict::Probe),
                (Some(_) | None, _) => Err(Status::NotFound),
            };
        }
        let protocols = one(request.headers, "sec-websocket-protocol")?;
        let tongue = match protocols {
            None => Tongue::NcaLayer,
            Some(list)
                if list.split(',').any(|name| name.trim() == tanba::protocol::SUBPROTOCOL) =>
            {
                Tongue::Tanba
            }
            Some(_) => return Err(Status::Bad),
        };
        let page = guests.page(origin, tongue)?;
        let connection = one(request.headers, "connection")?;
        let version = one(request.headers, "sec-websocket-version")?;
        let key = one(request.headers, "sec-websocket-key")?.ok_or(Status::Bad)?;
        // RFC 6455, section 4.2.1: sixteen bytes in base64.
        if !has_token(connection, "upgrade") || version != Some("13") || key.len() != 24 {
            return Err(Status::Bad);
        }
        Ok(Verdict::Open { page, accept: derive_accept_key(key.as_bytes()), tongue })
    }
}

/// Whether a person opened the address. Browsers say of all that pages fetch that it is no navigation, and whence it is;
/// who says neither is a browser of long ago, or a program, and gets what people see.
fn is_navigation(headers: &[httparse::Header<'_>]) -> Result<bool, Status> {
    let fetched = one(headers, "origin")?.is_some()
        || one(headers, "sec-fetch-mode")?.is_some_and(|mode| mode != "navigate");
    Ok(!fetched)
}

/// The answer that opens a socket (RFC 6455, section 4.2.2). No extension is offered: compression beside secrets
/// leaks them by its length.
pub(super) fn switching(accept: &str, tongue: Tongue) -> String {
    let protocol = match tongue {
        Tongue::Tanba => format!("Sec-WebSocket-Protocol: {}\r\n", tanba::protocol::SUBPROTOCOL),
        Tongue::NcaLayer => String::new(),
    };
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{protocol}\r\n"
    )
}

/// The answer to a page that looks whether somebody is there: nothing, successfully. Browsers keep it from the page but
/// for that it came, which opening a socket tells as well.
pub(super) const PRESENT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nCross-Origin-Resource-Policy: cross-origin\r\n\
     Cache-Control: no-store\r\nConnection: close\r\n\r\n";

/// A refusal: the same few bytes for everybody, so that nothing can be learned from it.
pub(super) fn refusal(status: Status) -> &'static str {
    match status {
        Status::Bad => "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        Status::Forbidden => {
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        }
        Status::NotFound => {
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        }
        Status::Method => {
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        }
        Status::TooLarge => {
            "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: u16 = 13579;

    fn decide(head: &str) -> Verdict {
        Head::decide(head.as_bytes(), PORT, NOBODY).expect("a whole head").0
    }

    fn upgrade(host: &str, more: &str) -> String {
        format!(
            "GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
        )
    }

    /// Nobody but pages over https.
    const NOBODY: Guests<'_> = Guests { developer: &[], loopback: false };
    const GOOD: &str = "Origin: https://egov.kz\r\nSec-WebSocket-Protocol: tanba.v1\r\n";

    #[test]
    fn a_page_over_https_opens_a_socket() {
        for host in ["127.0.0.1:13579", "localhost:13579", "LOCALHOST:13579", "[::1]:13579"] {
            let verdict = decide(&upgrade(host, GOOD));
            // The accept value is the example of RFC 6455, section 1.3.
            let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".to_owned();
            let page = Page::parse(Some("https://egov.kz"), &[]).expect("a page");
            assert_eq!(verdict, Verdict::Open { page, accept, tongue: Tongue::Tanba }, "{host}");
        }
    }

    #[test]
    fn another_host_is_refused_whatever_else_is_right() {
        for host in [
            "rebind.example:13579",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.1:13579",
            "0.0.0.0:13579",
            "localhost.:13579",
            "127.0.0.1:13579.evil.example",
            "evil.example@127.0.0.1:13579",
            "127.0.0.2:13579",
            "[::]:13579",
            "",
        ] {
            assert_eq!(decide(&upgrade(host, GOOD)), Verdict::Refused(Status::Forbidden), "{host}");
        }
    }

    #[test]
    fn an_origin_that_is_absent_or_double_opens_nothing() {
        let protocol = "Sec-WebSocket-Protocol: tanba.v1\r\n";
        let forbidden = Verdict::Refused(Status::Forbidden);
        assert_eq!(decide(&upgrade("127.0.0.1:13579", protocol)), forbidden);
        assert_eq!(
            decide(&upgrade("127.0.0.1:13579", &format!("Origin: null\r\n{protocol}"))),
            forbidden
        );
        assert_eq!(
            decide(&upgrade("127.0.0.1:13579", &format!("Origin: http://egov.kz\r\n{protocol}"))),
            forbidden
        );
        let double =
            format!("Origin: https://egov.kz\r\norigin: https://evil.example\r\n{protocol}");
        assert_eq!(decide(&upgrade("127.0.0.1:13579", &double)), Verdict::Refused(Status::Bad));
    }

    #[test]
    fn a_socket_with_another_subprotocol_is_not_opened() {
        for more in ["tanba.v2", "TANBA.V1", "", "ncalayer"] {
            let more = format!("Origin: https://egov.kz\r\nSec-WebSocket-Protocol: {more}\r\n");
            assert_eq!(decide(&upgrade("127.0.0.1:13579", &more)), Verdict::Refused(Status::Bad));
        }
    }

    #[test]
    fn whoever_asks_for_no_subprotocol_speaks_as_to_ncalayer_on_any_path() {
        let page = Page::parse(Some("https://egov.kz"), &[]).expect("a page");
        let origin = "Origin: https://egov.kz\r\n";
        for path in ["/", "/anything?a=b", "//", "*"] {
            let head =
                upgrade("127.0.0.1:13579", origin).replacen("GET /", &format!("GET {path}"), 1);
            let Verdict::Open { page: caller, tongue: Tongue::NcaLayer, .. } = decide(&head) else {
                panic!("{path} is refused");
            };
            assert_eq!(caller, page, "{path}");
        }
    }

    #[test]
    fn a_program_without_an_origin_may_call_as_to_ncalayer_and_no_page_pretends_to_be_one() {
        let head = upgrade("127.0.0.1:13579", "");
        let Verdict::Open { page, tongue: Tongue::NcaLayer, .. } = decide(&head) else {
            panic!("a program is refused");
        };
        assert_eq!(page, Page::program());
        for origin in
            ["null", "", "(program)", "tanba", "file://", "http://egov.kz", "http://localhost"]
        {
            let head = upgrade("127.0.0.1:13579", &format!("Origin: {origin}\r\n"));
            assert_eq!(decide(&head), Verdict::Refused(Status::Forbidden), "{origin}");
        }
    }

    #[test]
    fn pages_of_this_machine_come_in_where_they_are_wanted() {
        let head = upgrade("127.0.0.1:13579", "Origin: http://localhost:8080\r\n");
        let guests = Guests { developer: &[], loopback: true };
        let (verdict, _) = Head::decide(head.as_bytes(), PORT, guests).expect("a whole head");
        assert!(matches!(verdict, Verdict::Open { .. }), "{verdict:?}");
        let head = upgrade("127.0.0.1:13579", "Origin: http://egov.kz:8080\r\n");
        let (verdict, _) = Head::decide(head.as_bytes(), PORT, guests).expect("a whole head");
        assert_eq!(verdict, Verdict::Refused(Status::Forbidden));
    }

    #[test]
    fn a_page_that_looks_whether_somebody_is_there_learns_that_and_no_more() {
        let get = |more: &str| format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:13579\r\n{more}\r\n");
        for more in [
            "Origin: https://egov.kz\r\n",
            "Sec-Fetch-Mode: no-cors\r\n",
            "Sec-Fetch-Mode: cors\r\n",
        ] {
            assert_eq!(decide(&get(more)), Verdict::Probe, "{more}");
        }
        assert_eq!(decide(&get("Sec-Fetch-Mode: navigate\r\n")), Verdict::StatusPage);
    }

    #[test]
    fn a_person_sees_the_root_and_nothing_else() {
        let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:13579\r\n\r\n");
        assert_eq!(decide(&get("/")), Verdict::StatusPage);
        for path in ["/?sign=1", "/index.html", "//", "/..", "http://127.0.0.1:13579/"] {
            assert_eq!(decide(&get(path)), Verdict::Refused(Status::NotFound), "{path}");
        }
        let post = "POST / HTTP/1.1\r\nHost: 127.0.0.1:13579\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(decide(post), Verdict::Refused(Status::Method));
    }

    #[test]
    fn half_a_head_waits_and_no_head_is_refused() {
        assert_eq!(Head::decide(b"GET / HTT", PORT, NOBODY), Err(Incomplete));
        assert_eq!(Head::decide(b"", PORT, NOBODY), Err(Incomplete));
        let noise = Head::decide(b"\x16\x03\x01\x02\x00", PORT, NOBODY);
        assert!(matches!(noise, Ok((Verdict::Refused(Status::Bad), _))));
        let many =
            format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:13579\r\n{}\r\n", "A: b\r\n".repeat(65));
        assert_eq!(decide(&many), Verdict::Refused(Status::TooLarge));
    }

    #[test]
    fn bytes_after_the_head_are_kept() {
        let head = upgrade("127.0.0.1:13579", GOOD);
        let bytes = [head.as_bytes(), b"\x81\x80"].concat();
        let (_, used) = Head::decide(&bytes, PORT, NOBODY).expect("whole");
        assert_eq!(used, head.len());
    }
}
