//! The real transport: a WebSocket over TLS to the loopback.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{SinkExt, StreamExt};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::sync::{broadcast, mpsc};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Client, Waiting, deliver};
use crate::protocol::{PORT, SUBPROTOCOL};

/// The largest message that is taken from the agent, in bytes.
const MESSAGE: usize = 8 << 20;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody listens on the port: start the agent.
    #[error("no agent listens on the port")]
    NotRunning(#[source] std::io::Error),
    /// The root certificate cannot be read.
    #[error("the root certificate cannot be read")]
    BadRoot,
    /// What listens there has no certificate of this root: run the installer's repair.
    #[error("the agent's certificate is not trusted")]
    NotTrusted(#[source] std::io::Error),
    /// The agent does not take this origin, or does not speak this protocol.
    #[error("the agent refused the connection")]
    Refused(#[source] Box<Error>),
}

/// Says how to reach the agent.
#[derive(Debug, Clone)]
pub struct Connector {
    port: u16,
    origin: String,
    root_pem: Vec<u8>,
}

impl Connector {
    /// Reaches the agent on its usual port. `root_pem` is the local root, `root.pem` in the folder of the agent's
    /// TLS identity; `origin` is the name under which enrolments and keys belong to this program, written as an
    /// https origin, such as `https://accounting.example`.
    #[must_use]
    pub fn new(origin: &str, root_pem: &[u8]) -> Self {
        Self { port: PORT, origin: origin.to_owned(), root_pem: root_pem.to_vec() }
    }

    /// Reaches it on another port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// Those of [`ConnectError`].
    pub async fn connect(&self) -> Result<Client, ConnectError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&self.root_pem) {
            roots
                .add(certificate.map_err(|_| ConnectError::BadRoot)?)
                .map_err(|_| ConnectError::BadRoot)?;
        }
        if roots.is_empty() {
            return Err(ConnectError::BadRoot);
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| ConnectError::BadRoot)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let tcp = TcpStream::connect(address).await.map_err(ConnectError::NotRunning)?;
        let _ = tcp.set_nodelay(true);
        let name = ServerName::from(std::net::IpAddr::from(Ipv4Addr::LOCALHOST));
        let tls = TlsConnector::from(Arc::new(config))
            .connect(name, tcp)
            .await
            .map_err(ConnectError::NotTrusted)?;
        let refused = |error: Error| ConnectError::Refused(Box::new(error));
        let mut request =
            format!("wss://127.0.0.1:{}/", self.port).into_client_request().map_err(refused)?;
        let origin = HeaderValue::from_str(&self.origin)
            .map_err(|error| refused(Error::HttpFormat(error.into())))?;
        request.headers_mut().insert("Origin", origin);
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
        let limits = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE))
            .max_frame_size(Some(MESSAGE));
        let (socket, _) = tokio_tungstenite::client_async_with_config(request, tls, Some(limits))
            .await
            .map_err(refused)?;
        Ok(run(socket))
    }
}

/// Carries frames until either side closes.
fn run<S>(socket: WebSocketStream<S>) -> Client
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let (outgoing, mut to_send) = mpsc::channel::<String>(16);
    let waiting: Waiting = Arc::new(Mutex::new(Some(HashMap::new())));
    let (changes, _) = broadcast::channel(64);
    let client = Client {
        next: Arc::new(AtomicU64::new(1)),
        waiting: Arc::clone(&waiting),
        outgoing,
        changes: changes.clone(),
    };
    tokio::spawn(async move {
        let (mut sink, mut source) = socket.split();
        loop {
            tokio::select! {
                text = to_send.recv() => match text {
                    Some(text) => if sink.send(Message::text(text)).await.is_err() { break },
                    None => break,
                },
                message = source.next() => match message {
                    Some(Ok(Message::Text(text))) => deliver(text.as_str(), &waiting, &changes),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                        if sink.flush().await.is_err() { break }
                    }
                },
            }
        }
        let _ = sink.close().await;
        // Whoever still waits learns that the connection is closed, and nobody begins to wait any more.
        waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    });
    client
}
