//! What `cargo verify` shows: lines that stay, and one line of progress on a terminal.

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

/// The widest line of progress: what fits a narrow terminal.
const WIDTH: usize = 78;

/// The terminal, or the log of a machine.
pub(super) struct Screen {
    terminal: bool,
}

impl Screen {
    /// Looks whether somebody watches.
    pub(super) fn new() -> Self {
        Self { terminal: io::stdout().is_terminal() && io::stdin().is_terminal() }
    }

    /// Prints a line. A screen that is gone stops nothing: the exit code tells the outcome.
    pub(super) fn line(&self, text: &str) {
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "{}{text}", self.clear());
        let _ = out.flush();
    }

    /// Whether a line can be drawn again in its place.
    pub(super) fn redraws(&self) -> bool {
        self.terminal
    }

    /// Shows how far a step is.
    pub(super) fn progress(&self, step: &str, elapsed: Duration, latest: &str) {
        let text = clip(&format!("  {step}: {} {latest}", minutes(elapsed)));
        if self.terminal {
            let mut out = io::stdout().lock();
            let _ = write!(out, "{}{text}", self.clear());
            let _ = out.flush();
        } else {
            self.line(&text);
        }
    }

    /// Asks a question that is answered by yes or no; none when nobody can be asked.
    pub(super) fn ask(&self, question: &str) -> Option<bool> {
        if !self.terminal {
            return None;
        }
        let mut out = io::stdout().lock();
        let _ = write!(out, "{question} [y/N] ");
        let _ = out.flush();
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).ok()?;
        Some(matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    /// Back to the first column and away with the line of progress.
    fn clear(&self) -> &'static str {
        if self.terminal { "\r\x1b[K" } else { "" }
    }
}

/// Cuts a line at the screen's width and drops what would move the cursor.
fn clip(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(WIDTH).collect()
}

/// A time as `m:ss`.
pub(super) fn minutes(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_progress_neither_wraps_nor_moves_the_cursor() {
        assert_eq!(clip(&"ә".repeat(200)).chars().count(), WIDTH);
        assert_eq!(clip("a\r\x1b[2Jb"), "a[2Jb");
    }

    #[test]
    fn times_are_read_as_minutes_and_seconds() {
        assert_eq!(minutes(Duration::from_millis(61_900)), "1:01");
        assert_eq!(minutes(Duration::from_secs(3_600)), "60:00");
    }
}
