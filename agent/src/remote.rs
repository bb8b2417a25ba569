//! The services on the other side of the network, behind one trait.

pub mod fetch;
pub mod http;
pub mod stamp;

use futures_util::future::{BoxFuture, FutureExt as _, ready};
use tanba_core::enrolment::gateway::http::Credentials;
use tanba_core::enrolment::gateway::{Call, CallError, Info, Reply};

/// What carries an enrolment's calls. The gateway API is the first; CMP and EST take the same place.
pub trait Backend: Send + Sync {
    /// Whether there are services at all.
    fn is_connected(&self) -> bool {
        true
    }

    /// Which services these are.
    ///
    /// # Errors
    /// When they cannot be asked.
    fn info(&self) -> BoxFuture<'_, Result<Info, CallError>>;

    /// Sends a call and waits for its reply, but not for ever.
    ///
    /// # Errors
    /// Those of [`CallError`].
    fn send<'a>(
        &'a self,
        call: &'a Call,
        credentials: &'a Credentials,
    ) -> BoxFuture<'a, Result<Reply, CallError>>;
}

/// No services at all: whoever wants keys is told that nobody answers.
#[derive(Debug, Clone, Copy)]
pub struct Unconnected;

impl Backend for Unconnected {
    fn is_connected(&self) -> bool {
        false
    }

    fn info(&self) -> BoxFuture<'_, Result<Info, CallError>> {
        ready(Err(CallError::Unreachable)).boxed()
    }

    fn send<'a>(
        &'a self,
        _: &'a Call,
        _: &'a Credentials,
    ) -> BoxFuture<'a, Result<Reply, CallError>> {
        ready(Err(CallError::Unreachable)).boxed()
    }
}
