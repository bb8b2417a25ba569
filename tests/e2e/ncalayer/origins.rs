//! Who is let in, over real TLS, and what those learn who are not.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::site::GREETING;
use crate::socket::tls;
use crate::world::World;

/// All that a refused page gets, to the byte.
const FORBIDDEN: &str = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
/// The same for a head that could be read in two ways.
const BAD: &str = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Origins of pages that came over https, as browsers write them.
const GOOD: &[&str] = &[
    "https://egov.kz",
    "https://cabinet.stat.gov.kz",
    "https://knp.kgd.gov.kz",
    "https://egov.kz:8443",
    "https://EGOV.KZ",
    "https://xn--e1afmkfd.xn--80ao21a",
    "https://a_b.example.kz",
    "https://localhost",
    "https://localhost:8443",
    "https://127.0.0.1:8443",
    "https://192.168.1.10",
    "https://[::1]:8443",
    "https://page",
];

/// What is no such origin.
const EVIL: &[&str] = &[
    // No page at all, or one without a place.
    "",
    "null",
    "NULL",
    "undefined",
    "about:blank",
    "about:srcdoc",
    "data:text/html,x",
    "blob:https://egov.kz/0b5f",
    "javascript:alert(1)",
    "file://",
    "file:///etc/passwd",
    "content://com.example",
    // Pages that anybody on the way could have changed, also those of this machine.
    "http://egov.kz",
    "http://egov.kz:443",
    "http://127.0.0.1",
    "http://127.0.0.1:13579",
    "http://localhost",
    "http://localhost:8080",
    "http://[::1]:8080",
    "http://0.0.0.0",
    "ws://egov.kz",
    "wss://egov.kz",
    "ftp://egov.kz",
    // Extensions and programs around a browser.
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://1c0e4e5c-8a52-4f0b-9b6b-3d7d4f6a1c11",
    "safari-web-extension://A0B1",
    "extension://abcdefghijklmnop",
    "app://.",
    "capacitor://localhost",
    "tauri://localhost",
    "vscode-webview://x",
    // Userinfo: what is before the sign is not the host.
    "https://egov.kz@evil.example",
    "https://user@egov.kz",
    "https://user:pass@egov.kz",
    "https://egov.kz:443@evil.example",
    "https://@egov.kz",
    // Suffixes, and what is no host.
    "https://egov.kz/",
    "https://egov.kz/path",
    "https://egov.kz?x",
    "https://egov.kz#x",
    "https://egov.kz\\.evil.example",
    "https://egov.kz%2eevil.example",
    "https://egov.kz%00.evil.example",
    "https://egov.kz;evil.example",
    "https://egov.kz,https://evil.example",
    "https://egov.kz https://evil.example",
    "https://.egov.kz",
    "https://egov.kz.",
    "https://egov..kz",
    "https://-egov.kz",
    "https://*.kz",
    "https://*",
    "*",
    "https://",
    "https:",
    "https:/egov.kz",
    "https:egov.kz",
    "//egov.kz",
    "egov.kz",
    "https://egov.kz:",
    "https://egov.kz:x",
    "https://egov.kz:0x1bb",
    "https://egov.kz:-1",
    "https://egov.kz:65536",
    "https://egov.kz:443:443",
    "https://[::1",
    "https://::1",
    "https://[::1]evil.example",
    "https://[fe80::1%25eth0]",
    "https://еgov.kz",
    "https://egov。kz",
    "https://\"egov.kz\"",
    "https://<egov.kz>",
    "https://egov\tkz",
];

/// Says a head and reads the answer: to its end if it is no greeting.
async fn say(world: &World, head: &str) -> String {
    let mut stream = tls(world.agent().port(), world.root_pem()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece).await {
            // Closing without the last words of TLS is no difference here.
            Ok(0) | Err(_) => break,
            Ok(count) => answer.extend_from_slice(&piece[..count]),
        }
        if answer.starts_with(b"HTTP/1.1 101") && answer.ends_with(GREETING.as_bytes()) {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn upgrade(port: u16, more: &str) -> String {
    format!(
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
    )
}

#[tokio::test]
async fn pages_over_https_are_let_in_and_everybody_else_hears_the_same_nothing() {
    const { assert!(GOOD.len() + EVIL.len() >= 60) };
    let world = World::start().await;
    let port = world.agent().port();
    for origin in GOOD {
        let answer = say(&world, &upgrade(port, &format!("Origin: {origin}\r\n"))).await;
        assert!(answer.starts_with("HTTP/1.1 101 "), "{origin}: {answer}");
        assert!(answer.ends_with(GREETING), "{origin}: {answer}");
        assert!(!answer.contains("Sec-WebSocket-Protocol"), "{origin}: {answer}");
    }
    for origin in EVIL {
        for protocol in ["", "Sec-WebSocket-Protocol: tanba.v1\r\n"] {
            let head = upgrade(port, &format!("Origin: {origin}\r\n{protocol}"));
            assert_eq!(say(&world, &head).await, FORBIDDEN, "{origin:?} {protocol}");
        }
    }
    // Whatever was asked for, none of it was written down with its words.
    let log = world.log();
    assert!(!log.contains("evil.example"), "{log}");
}

#[tokio::test]
async fn what_browsers_put_around_the_origin_changes_nothing() {
    let world = World::start().await;
    let port = world.agent().port();
    let good = "Origin: https://egov.kz\r\n";
    for more in [
        "Origin:https://egov.kz\r\n",
        "Origin: \t https://egov.kz  \r\n",
        "ORIGIN: https://egov.kz\r\n",
        &format!("{good}Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"),
        &format!("{good}Cookie: a=b\r\nUser-Agent: x\r\nPragma: no-cache\r\n"),
        &format!("{good}Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: websocket\r\n"),
        // A program of this machine that is no browser.
        "",
    ] {
        let answer = say(&world, &upgrade(port, more)).await;
        assert!(answer.starts_with("HTTP/1.1 101 "), "{more:?}: {answer}");
        assert!(!answer.contains("Sec-WebSocket-Extensions"), "{more:?}: {answer}");
    }
    // Sites know other paths as well, and one name more.
    for (path, host) in [("/ws", "127.0.0.1"), ("/?a=b", "127.0.0.1"), ("//", "localhost")] {
        let head = upgrade(port, good).replacen("GET / ", &format!("GET {path} "), 1).replacen(
            "127.0.0.1:",
            &format!("{host}:"),
            1,
        );
        assert!(say(&world, &head).await.starts_with("HTTP/1.1 101 "), "{path} {host}");
    }
    for more in [
        // Without an origin, only NCALayer's own clients are known.
        "Sec-WebSocket-Protocol: tanba.v1\r\n",
        "Origin: null\r\nSec-WebSocket-Protocol: tanba.v1\r\n",
    ] {
        assert_eq!(say(&world, &upgrade(port, more)).await, FORBIDDEN, "{more:?}");
    }
    for more in [
        // Two origins: whoever reads the first and whoever reads the last would let in different pages.
        "Origin: https://egov.kz\r\nOrigin: https://evil.example\r\n",
        "Origin: https://egov.kz\r\nOrigin: https://egov.kz\r\n",
        "Origin: https://egov.kz\r\norigin: null\r\n",
        "Origin: https://egov.kz\r\nHost: 127.0.0.1:1\r\n",
        "Origin : https://egov.kz\r\n",
        "Origin: https://egov.kz\r\n continued\r\n",
        // A language that is not spoken here.
        "Origin: https://egov.kz\r\nSec-WebSocket-Protocol: tanba.v2\r\n",
        "Origin: https://egov.kz\r\nSec-WebSocket-Protocol: ncalayer\r\n",
        "Origin: https://egov.kz\r\nSec-WebSocket-Protocol: \r\n",
    ] {
        assert_eq!(say(&world, &upgrade(port, more)).await, BAD, "{more:?}");
    }
}

#[tokio::test]
async fn a_name_that_was_made_to_lead_here_is_not_this_machine_s() {
    let world = World::start().await;
    let port = world.agent().port();
    for host in [
        "rebound.example",
        "egov.kz",
        "127.0.0.1.evil.example",
        "evil.example@127.0.0.1",
        "localhost.evil.example",
        "127.1",
        "0.0.0.0",
        "[::]",
        "2130706433",
    ] {
        for origin in ["Origin: https://egov.kz\r\n", ""] {
            let head = upgrade(port, origin).replacen("127.0.0.1:", &format!("{host}:"), 1);
            assert_eq!(say(&world, &head).await, FORBIDDEN, "{host}");
            let root = format!("GET / HTTP/1.1\r\nHost: {host}:{port}\r\n{origin}\r\n");
            assert_eq!(say(&world, &root).await, FORBIDDEN, "{host}");
        }
    }
}

#[tokio::test]
async fn a_page_that_looks_whether_somebody_is_there_learns_that_and_no_more() {
    let world = World::start().await;
    let port = world.agent().port();
    let probe = |more: &str| format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{more}\r\n");
    let mut answers = Vec::new();
    for more in [
        "Origin: https://egov.kz\r\n",
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Site: cross-site\r\n",
    ] {
        answers.push(say(&world, &probe(more)).await);
    }
    assert!(answers[0].starts_with("HTTP/1.1 2"), "{}", answers[0]);
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    // Not even to be read: no page is named as one that may.
    assert!(!answers[0].to_ascii_lowercase().contains("access-control-allow"), "{}", answers[0]);
}
