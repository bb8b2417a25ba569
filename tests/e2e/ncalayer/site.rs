//! A site's end of the socket: it says what sites of NCALayer say.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::socket::{Stream, connect};

/// How long anything may take that needs no person: a large document, on a machine under load, by a program that was
/// built for tests.
const PATIENCE: Duration = Duration::from_secs(600);

/// What is sent before anything is asked, to the character.
pub(crate) const GREETING: &str = r#"{"result":{"version":"1.4"}}"#;

/// What a page sends to see whether the agent lives.
pub(crate) const HEARTBEAT: &str = "--heartbeat--";

/// A request to `commonUtils`.
pub(crate) fn common(method: &str, args: &Value) -> Value {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args })
}

/// A request that needs no person, and its reply.
pub(crate) fn harmless() -> (Value, Value) {
    let reply = json!({ "responseObject": [], "code": "200" });
    (common("getActiveTokens", &json!([])), reply)
}

/// A request for a detached signature over a document; `mark` comes back in its reply.
pub(crate) fn sign(document: &str, mark: &str) -> Value {
    let mut request =
        common("createCAdESFromBase64", &json!(["PKCS12", "SIGNATURE", document, false]));
    request["uuid"] = json!(mark);
    request
}

/// A site's end.
pub(crate) struct Site {
    stream: Stream,
}

impl Site {
    /// Connects as a page of an origin, or as a program without one, and is greeted.
    pub(crate) async fn open(
        port: u16,
        root_pem: &str,
        origin: Option<&str>,
    ) -> Result<Self, Error> {
        Ok(Self::greeted(connect(port, root_pem, origin, None).await?).await)
    }

    /// A socket that was opened, once it is greeted.
    pub(crate) async fn greeted(stream: Stream) -> Self {
        let mut site = Self { stream };
        assert_eq!(site.hear().await, GREETING);
        site
    }

    /// Sends a text.
    pub(crate) async fn say(&mut self, text: impl Into<String>) {
        self.send(Message::text(text.into())).await;
    }

    /// Sends a message of any kind.
    pub(crate) async fn send(&mut self, message: Message) {
        tokio::time::timeout(PATIENCE, self.stream.send(message)).await.unwrap().unwrap();
    }

    /// The next text.
    pub(crate) async fn hear(&mut self) -> String {
        let message = self.next().await;
        let Message::Text(text) = message else { panic!("no text, but {message:?}") };
        text.as_str().to_owned()
    }

    /// Makes a request and waits for its reply.
    pub(crate) async fn ask(&mut self, request: &Value) -> Value {
        self.say(request.to_string()).await;
        let reply = self.hear().await;
        serde_json::from_str(&reply).unwrap_or_else(|error| panic!("{error}: {reply}"))
    }

    /// Waits until the agent closes the socket, and says with which words.
    pub(crate) async fn closed(mut self) -> Option<CloseFrame> {
        let message = self.next().await;
        let Message::Close(words) = message else { panic!("not closed, but {message:?}") };
        words
    }

    async fn next(&mut self) -> Message {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next())
                .await
                .expect("the agent answers in time")
                .expect("the agent keeps the socket open")
                .unwrap();
            if !matches!(message, Message::Ping(_) | Message::Pong(_)) {
                return message;
            }
        }
    }
}
