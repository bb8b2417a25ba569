//! The one door from async to blocking work: files, the keyring, arithmetic with keys.

/// Runs blocking work on a thread that may block. It runs to its end even if nobody waits any more: work on keys is
/// never left half done because a page closed its socket.
///
/// # Panics
/// If the work itself panicked; the panic goes on here.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
