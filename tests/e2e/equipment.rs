//! Whether the equipment of these tests does what they rely on: the browser, its trust, the screen.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tanba_installer::identity::{self, Identity};
use tanba_tests::judges::judged;
use tanba_tests::tools::all_here;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use crate::browser::Browser;
use crate::browsers::Make;
use crate::children::Group;
use crate::pictures;
use crate::screen::{self, Screen};
use crate::socket::Socket;
use crate::world::now;

/// A page with one of each thing that the portal page has.
const PAGE: &str = "<!doctype html><html lang=en><link rel=icon href='data:,'><title>Trial</title>
<input name=text><input type=file name=picture accept='image/jpeg'><video autoplay muted></video>
<button type=button>Press</button><p hidden>pressed</p>
<script>
  const find = (selector) => document.querySelector(selector);
  find('button').addEventListener('click', () => { find('p').hidden = false; });
  find('input[type=file]').addEventListener('change', async (event) => {
    const bytes = new Uint8Array(await event.target.files[0].arrayBuffer());
    find('p').textContent = [...bytes.slice(0, 2)].map((byte) => byte.toString(16)).join('');
  });
</script></html>";

/// Serves [`PAGE`] on every path, on a free port, until the test ends.
async fn serve_page() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head).await;
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\
                     Content-Length: {}\r\nConnection: close\r\n\r\n{PAGE}",
                    PAGE.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    origin
}

/// Opens a WebSocket over TLS with an identity, on a free port; it sends what `answers` makes of what it gets.
async fn serve_socket(identity: &Identity, answers: fn(&str) -> Vec<String>) -> u16 {
    let certificate = CertificateDer::from_pem_slice(identity.leaf_pem().as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(identity.expose_leaf_key().as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(tls) = acceptor.accept(stream).await else { return };
                let Ok(mut socket) = accept_hdr_async(tls, choose_protocol).await else { return };
                while let Some(Ok(Message::Text(text))) = socket.next().await {
                    for answer in answers(&text) {
                        let _ = socket.send(Message::text(answer)).await;
                    }
                }
            });
        }
    });
    port
}

/// Agrees to the subprotocol, where one is asked for.
#[expect(clippy::result_large_err, reason = "the signature is the library's")]
fn choose_protocol(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    if let Some(wanted) = request.headers().get("Sec-WebSocket-Protocol") {
        response.headers_mut().insert("Sec-WebSocket-Protocol", wanted.clone());
    }
    Ok(response)
}

fn echo(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

/// A news before each answer; calls of `good` succeed, others fail.
fn agent_like(text: &str) -> Vec<String> {
    let call: Value = serde_json::from_str(text).unwrap();
    let news = json!({ "jsonrpc": "2.0", "method": "news", "params": call["params"] });
    let answer = if call["method"] == "good" {
        json!({ "jsonrpc": "2.0", "id": call["id"], "result": call["params"] })
    } else {
        let error = json!({ "code": -32601, "message": "m", "data": { "code": "unknown_method" } });
        json!({ "jsonrpc": "2.0", "id": call["id"], "error": error })
    };
    vec![news.to_string(), answer.to_string()]
}

/// What a page hears from a socket to which it says `сәлем`: the same, or `refused`.
fn say_to(port: u16) -> String {
    format!(
        "new Promise((done) => {{
           const socket = new WebSocket('wss://127.0.0.1:{port}/');
           socket.onopen = () => socket.send('сәлем');
           socket.onmessage = (event) => done(event.data);
           socket.onerror = () => done('refused');
         }})"
    )
}

#[tokio::test]
async fn the_browser_presses_types_takes_files_and_has_a_camera() {
    if !all_here(&["chromium"]) {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let origin = serve_page().await;
    let browser = Browser::start(home.path()).await;
    browser.grant(&origin, &["videoCapture"]).await;
    let page = browser.open(&format!("{origin}/")).await;

    page.fill("input[name=text]", "құпия сөз").await;
    page.press("!").await;
    assert_eq!(page.evaluate("find('input').value").await, "құпия сөз!");

    page.click("button").await;
    assert_eq!(page.text("p").await, "pressed");

    page.choose_files("input[type=file]", &[pictures::path("selfie")]).await;
    page.wait_until("find('p').textContent === 'ffd8'").await;

    let width = "navigator.mediaDevices.getUserMedia({ video: true }).then(async (stream) => {
        const video = find('video');
        video.srcObject = stream;
        await new Promise((done) => { video.onplaying = done; });
        return video.videoWidth; })";
    assert!(page.evaluate(width).await.as_u64().unwrap() > 100);

    assert!(page.picture("equipment").await.metadata().unwrap().len() > 1000);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[tokio::test]
async fn what_a_page_complains_of_is_heard() {
    for make in Make::here() {
        let home = tempfile::tempdir().unwrap();
        let origin = serve_page().await;
        let browser = make.start(home.path(), None).await;
        let page = browser.open(&origin).await;
        let other = browser.open(&origin).await;
        page.evaluate(
            "console.error('broken', 7); setTimeout(() => { throw new Error('thrown'); })",
        )
        .await;
        // The browser tells them when it comes to it.
        let end = Instant::now() + Duration::from_secs(60);
        for begins in ["console: broken 7", "exception: Error: thrown"] {
            while !page.complaints().iter().any(|text| text.starts_with(begins)) {
                assert!(Instant::now() < end, "{begins}: {:?}", page.complaints());
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        assert_eq!(other.complaints(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_page_s_values_come_as_json_from_either_browser() {
    for make in Make::here() {
        let home = tempfile::tempdir().unwrap();
        let browser = make.start(home.path(), None).await;
        let page = browser.open(&serve_page().await).await;
        let expression =
            "Promise.resolve({ list: ['ә', 1, true, null], of: { it: 'x'.repeat(3) } })";
        let whole = json!({ "list": ["ә", 1, true, null], "of": { "it": "xxx" } });
        assert_eq!(page.evaluate(expression).await, whole, "{}", make.name());
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn browsers_talk_to_an_identity_only_when_its_root_is_trusted() {
    let identity = identity::make(now()).unwrap();
    let port = serve_socket(&identity, echo).await;
    let origin = serve_page().await;
    for make in Make::here() {
        let stranger = tempfile::tempdir().unwrap();
        {
            let browser = make.start(stranger.path(), None).await;
            let page = browser.open(&origin).await;
            assert_eq!(page.evaluate(&say_to(port)).await, "refused", "{}", make.name());
        }
        let home = tempfile::tempdir().unwrap();
        let browser = make.start(home.path(), Some(identity.root_pem())).await;
        let page = browser.open(&origin).await;
        assert_eq!(page.evaluate(&say_to(port)).await, "сәлем", "{}", make.name());
        assert_eq!(page.complaints(), Vec::<String>::new());
        judged(make.name(), "the local root, trusted in a profile, vouches for the agent's port");
    }
}

#[tokio::test]
async fn a_socket_tells_results_failures_and_news_apart() {
    let identity = identity::make(now()).unwrap();
    let port = serve_socket(&identity, agent_like).await;
    let origin = Some("https://page.example.kz");
    let mut socket = Socket::open(port, identity.root_pem(), origin).await.unwrap();
    assert_eq!(socket.call("good", json!({ "n": 1 })).await, Ok(json!({ "n": 1 })));
    assert_eq!(socket.call("bad", json!({})).await.unwrap_err()["code"], "unknown_method");
    assert_eq!(socket.notification("news").await, json!({ "n": 1 }));
    assert_eq!(socket.notification("news").await, json!({}));
    assert_eq!(socket.heard().lines().count(), 4);

    let stranger = identity::make(now()).unwrap();
    assert!(Socket::open(port, stranger.root_pem(), origin).await.is_err());
}

#[tokio::test]
async fn hands_press_and_type_in_a_window_of_the_screen() {
    let mut commands = screen::COMMANDS.to_vec();
    commands.push("zenity");
    if !all_here(&commands) {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let screen = Screen::start(home.path());
    let mut dialog = Group::start(
        Command::new("zenity")
            .args(["--entry", "--title=Trial", "--text=?"])
            .env("DISPLAY", screen.display())
            .env("HOME", home.path())
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    );
    let window = screen.window("^Trial$").await;
    // Into the field, a hand's breadth above the buttons.
    screen.click(&window, 100, 50);
    screen.type_text("Qupia-7#!");
    screen.press("Return");
    screen.gone(&window).await;
    let told = dialog.child().stdout.take().unwrap();
    assert_eq!(std::io::read_to_string(told).unwrap().trim(), "Qupia-7#!");
}
