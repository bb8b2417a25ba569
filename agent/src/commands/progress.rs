//! How far long work is: a bar on the terminal, a window of the agent's, or nothing where nobody looks.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::shell;

/// Is told now and then how many bytes of how many are done; says whether anybody still waits for the work. Of none at all
/// it is told where only the latter is asked.
pub(crate) type Watch = Arc<dyn Fn(u64, u64) -> bool + Send + Sync>;

/// The work was broken off: nobody waits for it any more.
#[derive(Debug)]
pub(super) struct Abandoned;

const WIDTH: u64 = 30;
/// Work that is done before this is not worth a bar.
const PATIENCE: Duration = Duration::from_millis(400);
const EVERY: Duration = Duration::from_millis(100);

/// How far the work is, in bytes.
pub(super) struct Progress {
    total: u64,
    done: u64,
    eye: Eye,
    next: Instant,
    drawn: bool,
}

/// Who looks.
enum Eye {
    Nobody,
    Terminal,
    Window(Watch),
}

impl Progress {
    /// Work on that many bytes.
    pub(super) fn new(total: u64) -> Self {
        let eye = if shell::is_watched() { Eye::Terminal } else { Eye::Nobody };
        Self { total, done: 0, eye, next: Instant::now() + PATIENCE, drawn: false }
    }

    /// The same, for whoever watches; without anybody, for the terminal.
    pub(super) fn watched(total: u64, watch: Option<&Watch>) -> Self {
        let progress = Self::new(total);
        match watch {
            Some(watch) => Self { eye: Eye::Window(Arc::clone(watch)), ..progress },
            None => progress,
        }
    }

    /// Some more is done.
    ///
    /// # Errors
    /// If nobody waits any more.
    pub(super) fn advance(&mut self, bytes: u64) -> Result<(), Abandoned> {
        self.done = self.done.saturating_add(bytes);
        match &self.eye {
            Eye::Nobody => Ok(()),
            Eye::Window(watch) if watch(self.done.min(self.total), self.total) => Ok(()),
            Eye::Window(_) => Err(Abandoned),
            Eye::Terminal => {
                let now = Instant::now();
                if now >= self.next {
                    self.next = now + EVERY;
                    self.drawn = true;
                    // A terminal that has gone shows nothing, and the work goes on.
                    let _ = write!(std::io::stderr(), "\r{}", line(self.done, self.total));
                }
                Ok(())
            }
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
