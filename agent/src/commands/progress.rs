//! A bar on the terminal while long work goes on; nothing where nobody looks.

use std::io::Write;
use std::time::{Duration, Instant};

use super::shell;

const WIDTH: u64 = 30;
/// Work that is done before this is not worth a bar.
const PATIENCE: Duration = Duration::from_millis(400);
const EVERY: Duration = Duration::from_millis(100);

/// How far the work is, in bytes.
#[derive(Debug)]
pub(super) struct Progress {
    total: u64,
    done: u64,
    watched: bool,
    next: Instant,
    drawn: bool,
}

impl Progress {
    /// Work on that many bytes.
    pub(super) fn new(total: u64) -> Self {
        let next = Instant::now() + PATIENCE;
        Self { total, done: 0, watched: shell::is_watched(), next, drawn: false }
    }

    /// Some more is done.
    pub(super) fn advance(&mut self, bytes: u64) {
        self.done = self.done.saturating_add(bytes);
        if !self.watched {
            return;
        }
        let now = Instant::now();
        if now >= self.next {
            self.next = now + EVERY;
            self.drawn = true;
            // A terminal that has gone shows nothing, and the work goes on.
            let _ = write!(std::io::stderr(), "\r{}", line(self.done, self.total));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn {
            // ESC [ K clears the line from where the carriage returned to.
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

fn line(done: u64, total: u64) -> String {
    let done = done.min(total);
    let of = |whole: u64| done.saturating_mul(whole).checked_div(total).unwrap_or(whole);
    let bar: String = (0..WIDTH).map(|at| if at < of(WIDTH) { '█' } else { '░' }).collect();
    format!("{bar} {:>3} %  {} / {} MiB", of(100), done >> 20, total >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_and_never_overflows() {
        assert!(line(0, 100 << 20).starts_with("░"));
        assert!(line(50 << 20, 100 << 20).contains(" 50 %  50 / 100 MiB"));
        assert!(line(200, 100).contains("100 %"));
        assert!(line(0, 0).contains("100 %"));
    }
}
