//! A time stamp from an authority, verified before it is taken.

use tanba_core::crypto::{Digest, Provider};
use tanba_core::time::UnixTime;
use tanba_core::tsp::{Request, Response};

use crate::commands::failure::{Failure, Problem};
use crate::remote::fetch::{self, Fetched};

/// No answer with a stamp is larger, in bytes.
const MOST: usize = 256 * 1024;

/// Asks for a stamp over a digest. Gives the token, and the time that it tells.
pub(super) fn obtain(
    address: &str,
    imprint: &Digest,
    provider: &Provider,
) -> Result<(Vec<u8>, UnixTime), Failure> {
    let mut random = [0; 8];
    (provider.fill_random)(&mut random)
        .map_err(|error| Failure::new(Problem::Internal, address).detail(&error))?;
    let request = Request::new(imprint, random);
    let der = request
        .to_der()
        .ok_or_else(|| Failure::new(Problem::Internal, address).detail("no request"))?;
    let refused = |error: &dyn std::fmt::Display| {
        Failure::new(Problem::ServiceRefused, address).detail(error)
    };
    let kind = ("application/timestamp-query", der);
    let answer = match fetch::once(address, Some(kind), MOST) {
        Ok(Fetched(bytes)) => bytes,
        Err(error) => return Err(Failure::fetching(&error, address)),
    };
    let response = Response::parse(&answer).map_err(|error| refused(&error))?;
    let stamp = response.token.verify_answer(&request, &[]).map_err(|error| refused(&error))?;
    Ok((response.token.der().to_vec(), stamp.time))
}
