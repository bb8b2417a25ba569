//! Time stamps from an authority (RFC 3161), verified before they are taken.

use tanba_core::crypto::{Digest, Provider};
use tanba_core::time::UnixTime;
use tanba_core::tsp::{Request, Response};

use super::fetch::{self, FetchError, Fetched};

/// No answer with a stamp is larger, in bytes.
const MOST: usize = 256 * 1024;

/// Why there is no stamp.
#[derive(Debug, thiserror::Error)]
pub enum NoStamp {
    /// Nobody answered.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What came is no stamp, or not over this digest.
    #[error("{0}")]
    Refused(String),
    /// The request could not be made.
    #[error("the request for a time stamp could not be made")]
    Internal,
}

/// Asks for a stamp over a digest, and waits for it. Gives the token, and the time that it tells.
///
/// # Errors
/// Those of [`NoStamp`].
pub fn obtain(
    address: &str,
    imprint: &Digest,
    provider: &Provider,
) -> Result<(Vec<u8>, UnixTime), NoStamp> {
    let mut random = [0; 8];
    (provider.fill_random)(&mut random).map_err(|_| NoStamp::Internal)?;
    let request = Request::new(imprint, random);
    let der = request.to_der().ok_or(NoStamp::Internal)?;
    let refused = |error: &dyn std::fmt::Display| NoStamp::Refused(error.to_string());
    let Fetched(answer) = fetch::once(address, Some(("application/timestamp-query", der)), MOST)?;
    let response = Response::parse(&answer).map_err(|error| refused(&error))?;
    let stamp = response.token.verify_answer(&request, &[]).map_err(|error| refused(&error))?;
    Ok((response.token.der().to_vec(), stamp.time))
}
