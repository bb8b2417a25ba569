//! The gateway over HTTP. The core writes the requests and reads the answers; this file only carries them.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use tanba_core::enrolment::gateway::http::{Credentials, MAX_ANSWER, Request, Token, reply};
use tanba_core::enrolment::gateway::{Call, CallError, Info, Reply};
use tracing::{debug, warn};

use super::Backend;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long one call may take, a picture of five megabytes over a slow line included.
const CALL: Duration = Duration::from_secs(60);

/// A gateway.
#[derive(Debug, Clone)]
pub struct Gateway {
    base: Url,
    client: Client,
}

/// Why an address is no gateway.
#[derive(Debug, thiserror::Error)]
pub enum NotAGateway {
    /// It is no http or https address without a path.
    #[error("not the address of a gateway: https://host, or http:// on this machine")]
    Address,
    /// Plain http leaves this machine.
    #[error("a gateway on another machine must be https")]
    Plain,
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made")]
    Client(#[source] reqwest::Error),
}

impl Gateway {
    /// Names a gateway. Plain http is for the loopback only.
    ///
    /// # Errors
    /// Those of [`NotAGateway`].
    pub fn new(address: &str) -> Result<Self, NotAGateway> {
        let base = Url::parse(address).map_err(|_| NotAGateway::Address)?;
        let local = match base.host_str() {
            Some(host) => matches!(host, "127.0.0.1" | "localhost" | "[::1]"),
            None => return Err(NotAGateway::Address),
        };
        match base.scheme() {
            "https" => {}
            "http" if local => {}
            "http" => return Err(NotAGateway::Plain),
            _ => return Err(NotAGateway::Address),
        }
        let names_somebody = !base.username().is_empty() || base.password().is_some();
        if base.path() != "/"
            || base.query().is_some()
            || base.fragment().is_some()
            || names_somebody
        {
            return Err(NotAGateway::Address);
        }
        // reqwest takes the process-wide provider; ours is the same one that the server uses.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(CALL)
            .redirect(Policy::none())
            .user_agent(concat!("Tanba/", env!("CARGO_PKG_VERSION")));
        if local {
            // The loopback is reached directly, whatever proxy the environment names.
            client = client.no_proxy();
        }
        Ok(Self { base, client: client.build().map_err(NotAGateway::Client)? })
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> String {
        self.base.to_string()
    }

    async fn exchange(
        &self,
        request: Request,
        credentials: &Credentials,
    ) -> Result<(u16, Vec<u8>), CallError> {
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| CallError::Failed { status: 0 })?;
        let url = self.base.join(&request.path).map_err(|_| CallError::Failed { status: 0 })?;
        let mut builder = self.client.request(method, url);
        if let Some(token) = credentials.token(request.token) {
            builder = builder.bearer_auth(token.expose());
        }
        if let Some(language) = credentials.language() {
            builder = builder.header("Accept-Language", language);
        }
        if let Some(key) = &request.idempotency_key {
            builder = builder.header("Idempotency-Key", key);
        }
        if let Some((kind, body)) = &request.body {
            builder = builder.header("Content-Type", *kind).body(body.expose().to_vec());
        }
        let unreachable = |error: reqwest::Error| {
            // The address may hold an id; what kind of trouble it was is enough.
            warn!(
                connect = error.is_connect(),
                timeout = error.is_timeout(),
                "the gateway did not answer"
            );
            CallError::Unreachable
        };
        let mut response = builder.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(CallError::Failed { status });
            }
            body.extend_from_slice(&chunk);
        }
        debug!(status, bytes = body.len(), "the gateway answered");
        Ok((status, body))
    }
}

/// The newest code on the sandbox's toy telephone. Only this machine is asked: codes of real telephones are their
/// owners' alone.
pub async fn newest_toy_code(
    address: &str,
    phone: Option<&str>,
    sender: tanba::protocol::OtpSender,
) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    if let Some(phone) = phone {
        url.query_pairs_mut().append_pair("phone", phone);
    }
    if url.scheme() != "http"
        || !matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
    {
        return None;
    }
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client =
        Client::builder().no_proxy().timeout(CONNECT).redirect(Policy::none()).build().ok()?;
    let messages: Vec<ToyMessage> = client.get(url).send().await.ok()?.json().await.ok()?;
    // They are listed in the order in which they came.
    messages.into_iter().rfind(|message| message.sender == sender)?.code
}

#[derive(serde::Deserialize)]
struct ToyMessage {
    sender: tanba::protocol::OtpSender,
    #[serde(default)]
    code: Option<String>,
}

impl Backend for Gateway {
    fn info(&self) -> BoxFuture<'_, Result<Info, CallError>> {
        async {
            let path = "/v1/info".to_owned();
            let request = Request {
                method: "GET",
                path,
                token: Token::None,
                idempotency_key: None,
                body: None,
            };
            let (status, body) = self.exchange(request, &Credentials::default()).await?;
            match status {
                200 => serde_json::from_slice(&body).map_err(|_| CallError::Failed { status }),
                _ => Err(CallError::Failed { status }),
            }
        }
        .boxed()
    }

    fn send<'a>(
        &'a self,
        call: &'a Call,
        credentials: &'a Credentials,
    ) -> BoxFuture<'a, Result<Reply, CallError>> {
        async move {
            let (status, body) = self.exchange(Request::of(call, credentials), credentials).await?;
            reply(call, status, &body)
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_never_leaves_this_machine() {
        for good in
            ["https://gateway.example", "https://gateway.example:8443/", "http://127.0.0.1:14580"]
        {
            assert!(Gateway::new(good).is_ok(), "{good}");
        }
        for bad in [
            "http://gateway.example",
            "http://127.0.0.1.evil.example",
            "http://127.0.0.1@evil.example",
            "https://user:secret@gateway.example",
            "https://gateway.example/path",
            "https://gateway.example/?q",
            "ftp://127.0.0.1",
            "127.0.0.1:14580",
            "",
        ] {
            assert!(Gateway::new(bad).is_err(), "{bad}");
        }
    }
}
