//! Calls that nobody can break off, into drivers and keyrings: they run elsewhere, and are left behind if they hang.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Makes calls, and counts those that hang.
#[derive(Debug)]
pub struct Limited {
    /// Of the threads; at most 15 bytes are shown by the system.
    name: &'static str,
    most: usize,
    /// Each call that has not ended holds one more reference.
    hanging: Arc<()>,
}

/// Why a call has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// It hangs, or so many do already that it was not even tried.
    Silent,
    /// It panicked, or there was no thread for it.
    Broken,
}

/// A call that was begun.
#[derive(Debug)]
pub struct Begun<T>(Receiver<T>);

impl Limited {
    /// At most `most` calls may run, or hang, at a time.
    #[must_use]
    pub fn new(name: &'static str, most: usize) -> Self {
        Self { name, most, hanging: Arc::new(()) }
    }

    /// Begins a call on a thread of its own. The thread ends when the call does, whether somebody still waits or not.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub fn begin<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Begun<T>, NoAnswer> {
        if Arc::strong_count(&self.hanging) > self.most {
            return Err(NoAnswer::Silent);
        }
        let (answer, answered) = sync_channel(1);
        let hanging = Arc::clone(&self.hanging);
        let thread = move || {
            let result = call();
            drop(hanging);
            // If nobody waits any more, the answer is of no use to anybody.
            let _ = answer.send(result);
        };
        let begun = thread::Builder::new().name(self.name.to_owned()).spawn(thread);
        begun.map(|_| Begun(answered)).map_err(|_| NoAnswer::Broken)
    }

    /// Begins a call and waits for its answer, but no longer than `limit`.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub fn call<T: Send + 'static>(
        &self,
        limit: Duration,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NoAnswer> {
        self.begin(call)?.wait(Instant::now() + limit)
    }
}

impl<T> Begun<T> {
    /// Waits for the answer.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub fn wait(self, until: Instant) -> Result<T, NoAnswer> {
        self.0.recv_timeout(until.saturating_duration_since(Instant::now())).map_err(|error| {
            match error {
                RecvTimeoutError::Timeout => NoAnswer::Silent,
                RecvTimeoutError::Disconnected => NoAnswer::Broken,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(5);

    #[test]
    fn a_call_that_answers_in_time_is_returned() {
        let limited = Limited::new("test", 1);
        for number in 0..3 {
            // The thread before may not have let go yet, though it has answered.
            let answer = std::iter::repeat_with(|| limited.call(LONG, move || number))
                .find(|answer| answer != &Err(NoAnswer::Silent));
            assert_eq!(answer, Some(Ok(number)));
        }
    }

    #[test]
    fn who_hangs_is_left_behind_and_after_some_nobody_is_sent_there() {
        let limited = Limited::new("test", 2);
        let (release, held) = std::sync::mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        for _ in 0..2 {
            let held = Arc::clone(&held);
            let outcome = limited.call(SHORT, move || {
                let _ = held.lock().expect("no thread panics here").recv();
            });
            assert_eq!(outcome, Err(NoAnswer::Silent));
        }
        let tried = limited.call(LONG, || panic!("a further call was tried"));
        assert_eq!(tried, Err::<(), _>(NoAnswer::Silent));
        drop(release);
    }

    #[test]
    fn a_call_that_panics_is_no_answer() {
        let outcome = Limited::new("test", 1).call(LONG, || panic!("as it is meant to"));
        assert_eq!(outcome, Err::<(), _>(NoAnswer::Broken));
    }
}
