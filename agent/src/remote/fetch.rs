//! Single exchanges over HTTP with services whose answers are verified by what is in them: time stamps, OCSP, lists.
//!
//! Plain http is how these services work (RFC 3161, section 3.4; RFC 6960, appendix A): nothing secret is sent, and
//! every answer is signed. An answer is limited in size and time, and redirections are not followed.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use tracing::debug;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the whole exchange may take.
const WHOLE: Duration = Duration::from_secs(60);

/// What came.
#[derive(Debug)]
pub struct Fetched(pub Vec<u8>);

/// Why nothing came.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is no http or https address.
    #[error("not an http or https address")]
    Address,
    /// Nobody answered in time.
    #[error("no answer")]
    Unreachable,
    /// The answer is an error.
    #[error("the answer is HTTP {0}")]
    Status(u16),
    /// The answer is larger than any of its kind.
    #[error("the answer is too large")]
    TooLarge,
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made")]
    Client,
}

/// Asks once, and waits for the whole answer: GET, or POST of a body with its media type.
///
/// # Errors
/// Those of [`FetchError`].
pub fn once(
    address: &str,
    body: Option<(&str, Vec<u8>)>,
    limit: usize,
) -> Result<Fetched, FetchError> {
    within(address, body, limit, WHOLE)
}

/// As [`once`], in no more than that time.
///
/// # Errors
/// Those of [`FetchError`].
pub fn within(
    address: &str,
    body: Option<(&str, Vec<u8>)>,
    limit: usize,
    time: Duration,
) -> Result<Fetched, FetchError> {
    let url = Url::parse(address).map_err(|_| FetchError::Address)?;
    let host = url.host_str().ok_or(FetchError::Address)?;
    let named = !url.username().is_empty() || url.password().is_some();
    if !matches!(url.scheme(), "http" | "https") || named {
        return Err(FetchError::Address);
    }
    let local = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    // reqwest takes the process-wide provider; ours is the same one that the server uses.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut client = Client::builder()
        .connect_timeout(CONNECT.min(time))
        .timeout(time)
        .redirect(Policy::none())
        // The authority redirects those who do not name themselves.
        .user_agent(concat!("Tanba/", env!("CARGO_PKG_VERSION")));
    if local {
        client = client.no_proxy();
    }
    let client = client.build().map_err(|_| FetchError::Client)?;
    on_a_runtime(exchange(&client, url, body, limit)).ok_or(FetchError::Client)?
}

/// Waits for work, and for nothing that it left behind: the system looks up names on a thread that no limit of time
/// ends, and a runtime that is dropped would wait for that.
fn on_a_runtime<T>(work: impl Future<Output = T>) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    Some(done)
}

async fn exchange(
    client: &Client,
    url: Url,
    body: Option<(&str, Vec<u8>)>,
    limit: usize,
) -> Result<Fetched, FetchError> {
    let unreachable = |error: reqwest::Error| {
        debug!(connect = error.is_connect(), timeout = error.is_timeout(), "no answer");
        FetchError::Unreachable
    };
    let request = match body {
        Some((kind, bytes)) => client.post(url).header("Content-Type", kind).body(bytes),
        None => client.get(url),
    };
    let mut response = request.send().await.map_err(unreachable)?;
    if response.status().as_u16() != 200 {
        return Err(FetchError::Status(response.status().as_u16()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > limit {
            return Err(FetchError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Fetched(bytes))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "as the system's names are looked up")]
    fn what_a_runtime_leaves_behind_is_not_waited_for() {
        let (end, ends) = channel::<()>();
        let (tell, told) = channel();
        let waits = std::thread::spawn(move || {
            let left = on_a_runtime(async {
                drop(tokio::task::spawn_blocking(move || ends.recv()));
            });
            let _ = tell.send(left);
        });
        let left = told.recv_timeout(Duration::from_secs(60));
        drop(end);
        assert_eq!(left, Ok(Some(())));
        waits.join().expect("it has ended");
    }
}
