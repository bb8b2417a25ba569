//! The one door from async to blocking work: files, the keyring, arithmetic with keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether anybody still waits for work that only reads.
#[derive(Debug, Clone, Default)]
pub struct Abandoned(Arc<AtomicBool>);

impl Abandoned {
    /// To be asked now and then by whoever reads for long.
    ///
    /// # Errors
    /// If nobody waits any more.
    pub fn check(&self) -> std::io::Result<()> {
        if self.0.load(Ordering::Relaxed) {
            return Err(std::io::Error::other("nobody waits for it any more"));
        }
        Ok(())
    }
}

/// Tells the work when its future is dropped.
struct Leaves(Abandoned);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// As [`blocking`], for work that changes nothing and may read files of any length: a page that comes and goes must not
/// leave readers behind until no thread is left for others.
///
/// # Panics
/// If the work itself panicked; the panic goes on here.
pub async fn while_awaited<T: Send + 'static>(
    work: impl FnOnce(&Abandoned) -> T + Send + 'static,
) -> T {
    let abandoned = Abandoned::default();
    let _leaves = Leaves(abandoned.clone());
    blocking(move || work(&abandoned)).await
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_reads_for_somebody_who_left_is_told() {
        let (tell, told) = std::sync::mpsc::channel();
        let (begins, begun) = tokio::sync::oneshot::channel();
        let work = while_awaited(move |abandoned| {
            let _ = begins.send(());
            while abandoned.check().is_ok() {
                std::thread::yield_now();
            }
            let _ = tell.send(());
        });
        tokio::select! {
            () = work => panic!("nobody left"),
            begun = begun => begun.expect("it began"),
        }
        let told = blocking(move || told.recv_timeout(std::time::Duration::from_secs(60)));
        assert_eq!(told.await, Ok(()));
        assert!(while_awaited(|abandoned| abandoned.check().is_ok()).await);
    }
}
