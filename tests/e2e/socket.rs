//! A page's end of the socket, without a browser: it says what a page says, and remembers all that it hears.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

/// How long an answer may take that needs no person. Keys of RSA on a machine under load take their time.
const PATIENCE: Duration = Duration::from_secs(120);

/// A page's end.
pub(crate) struct Socket {
    stream: Stream,
    next: u64,
    heard: String,
    news: VecDeque<Value>,
}

/// A WebSocket over TLS.
pub(crate) type Stream = WebSocketStream<TlsStream<TcpStream>>;

/// A stream of TLS to a port, trusting one root.
pub(crate) async fn tls(port: u16, root_pem: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
    tcp.set_nodelay(true)?;
    let name = ServerName::try_from("127.0.0.1").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, tcp).await
}

/// A WebSocket to a port, as a page of an origin opens it, with or without a subprotocol.
///
/// The error is the server's refusal, with its status, or a failure of TLS.
pub(crate) async fn connect(
    port: u16,
    root_pem: &str,
    origin: Option<&str>,
    subprotocol: Option<&'static str>,
) -> Result<Stream, Error> {
    let stream = tls(port, root_pem).await?;
    let mut request = format!("wss://127.0.0.1:{port}/").into_client_request()?;
    let headers = request.headers_mut();
    if let Some(subprotocol) = subprotocol {
        headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(subprotocol));
    }
    if let Some(origin) = origin {
        headers.insert("Origin", HeaderValue::from_str(origin).unwrap());
    }
    // A signature may be around a large document.
    let limits = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let (stream, _) =
        tokio_tungstenite::client_async_with_config(request, stream, Some(limits)).await?;
    Ok(stream)
}

impl Socket {
    /// Connects as a page of an origin, trusting one root; asks for `tanba.v1`.
    ///
    /// The error is the server's refusal, with its status, or a failure of TLS.
    pub(crate) async fn open(
        port: u16,
        root_pem: &str,
        origin: Option<&str>,
    ) -> Result<Self, Error> {
        let subprotocol = Some(tanba::protocol::SUBPROTOCOL);
        let stream = connect(port, root_pem, origin, subprotocol).await?;
        Ok(Self { stream, next: 1, heard: String::new(), news: VecDeque::new() })
    }

    /// Makes a call: its result, or the failure's data.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.next;
        self.next += 1;
        let frame = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.stream.send(Message::text(frame.to_string())).await.unwrap();
        loop {
            let mut frame = self.hear().await;
            if frame["id"] == id {
                return match frame.get_mut("error") {
                    Some(error) => Err(error["data"].take()),
                    None => Ok(frame["result"].take()),
                };
            }
            assert!(frame["id"].is_null(), "an answer to nobody's call: {frame}");
            self.news.push_back(frame);
        }
    }

    /// The next notification of a name; others before it are passed over.
    pub(crate) async fn notification(&mut self, name: &str) -> Value {
        loop {
            let mut frame = match self.news.pop_front() {
                Some(frame) => frame,
                None => self.hear().await,
            };
            if frame["method"] == name {
                return frame["params"].take();
            }
        }
    }

    /// Everything that came in, as it came.
    pub(crate) fn heard(&self) -> &str {
        &self.heard
    }

    async fn hear(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next())
                .await
                .expect("the agent answers in time")
                .expect("the agent keeps the socket open")
                .unwrap();
            if let Message::Text(text) = message {
                self.heard.push_str(&text);
                self.heard.push('\n');
                return serde_json::from_str(&text).unwrap();
            }
        }
    }
}
