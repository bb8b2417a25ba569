//! The socket as a page of a site has it that knows nothing of Tanba: no subprotocol, one reply for each request.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tanba_examples::scripted_agent::Running;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

/// How long a reply may take on a machine under load.
const PATIENCE: Duration = Duration::from_secs(120);

/// A page's end of a socket.
pub(crate) struct Page(WebSocketStream<TlsStream<TcpStream>>);

impl Page {
    /// Connects as a page of this origin.
    pub(crate) async fn open(agent: &Running, origin: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(agent.root_pem.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = TcpStream::connect(("127.0.0.1", agent.port)).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap();
        let address = format!("wss://127.0.0.1:{}/", agent.port);
        let mut request = address.into_client_request().unwrap();
        request.headers_mut().insert("Origin", HeaderValue::from_str(origin).unwrap());
        let (stream, _) = tokio_tungstenite::client_async(request, tls).await.unwrap();
        Self(stream)
    }

    /// Asks, and hears the next frame.
    pub(crate) async fn ask(&mut self, request: &str) -> String {
        self.say(request).await;
        self.hear().await
    }

    /// Asks, and does not wait.
    pub(crate) async fn say(&mut self, request: &str) {
        self.0.send(Message::text(request.to_owned())).await.unwrap();
    }

    /// The next frame.
    pub(crate) async fn hear(&mut self) -> String {
        let message = tokio::time::timeout(PATIENCE, self.0.next())
            .await
            .expect("the agent answers in time")
            .expect("the agent keeps the socket open")
            .unwrap();
        let Message::Text(text) = message else { panic!("no text: {message:?}") };
        text.to_string()
    }

    /// The frame with which the agent takes its leave.
    pub(crate) async fn closed(mut self) -> Message {
        tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap()
    }
}
