//! A time stamp from an authority, or why there is none.

use tanba_core::crypto::{Digest, Provider};
use tanba_core::time::UnixTime;

use crate::commands::failure::{Failure, Problem};
use crate::remote::stamp::{self, NoStamp};

/// Asks for a stamp over a digest. Gives the token, and the time that it tells.
pub(super) fn obtain(
    address: &str,
    imprint: &Digest,
    provider: &Provider,
) -> Result<(Vec<u8>, UnixTime), Failure> {
    stamp::obtain(address, imprint, provider).map_err(|error| match error {
        NoStamp::Fetch(error) => Failure::fetching(&error, address),
        NoStamp::Refused(why) => Failure::new(Problem::ServiceRefused, address).detail(&why),
        NoStamp::Internal => Failure::new(Problem::Internal, address).detail(&error),
    })
}
