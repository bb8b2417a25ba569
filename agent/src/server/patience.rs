//! Sockets that have not said anything yet: a few are waited for, and the oldest gives way to the newest.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// A bench with a fixed number of seats.
pub(super) struct Patience {
    bench: Arc<Mutex<Bench>>,
    seats: usize,
}

#[derive(Default)]
struct Bench {
    next: u64,
    waiting: VecDeque<(u64, oneshot::Sender<()>)>,
}

/// A seat; free again when it is dropped.
pub(super) struct Seat {
    bench: Arc<Mutex<Bench>>,
    number: u64,
}

fn open(bench: &Mutex<Bench>) -> MutexGuard<'_, Bench> {
    // Nothing panics while it holds the bench; a list of senders is whole at every moment anyway.
    bench.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Patience {
    pub(super) fn new(seats: usize) -> Self {
        Self { bench: Arc::default(), seats }
    }

    /// Takes a seat. The future ends when the seat was given to somebody else.
    pub(super) fn sit(&self) -> (Seat, impl Future<Output = ()> + use<>) {
        let (give_away, given_away) = oneshot::channel();
        let mut bench = open(&self.bench);
        let number = bench.next;
        bench.next += 1;
        bench.waiting.push_back((number, give_away));
        if bench.waiting.len() > self.seats
            && let Some((_, oldest)) = bench.waiting.pop_front()
        {
            let _ = oldest.send(());
        }
        let seat = Seat { bench: Arc::clone(&self.bench), number };
        let evicted = async move {
            if given_away.await.is_err() {
                // The seat was left in peace.
                std::future::pending::<()>().await;
            }
        };
        (seat, evicted)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        open(&self.bench).waiting.retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn the_oldest_gives_way_and_only_the_oldest() {
        let patience = Patience::new(2);
        let (_first, first_out) = patience.sit();
        let (_second, second_out) = patience.sit();
        let (_third, third_out) = patience.sit();
        assert!(first_out.now_or_never().is_some());
        assert!(second_out.now_or_never().is_none());
        assert!(third_out.now_or_never().is_none());
    }

    #[test]
    fn a_seat_that_was_left_is_free() {
        let patience = Patience::new(1);
        let (first, first_out) = patience.sit();
        drop(first);
        let (_second, second_out) = patience.sit();
        assert!(first_out.now_or_never().is_none());
        assert!(second_out.now_or_never().is_none());
    }
}
