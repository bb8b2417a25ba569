//! Names and values for people, one below the other.

use std::fmt;

use super::shell::Shell;

/// Rows of a name, in the person's language, and a value.
pub(super) struct Table<'a> {
    shell: &'a Shell,
    rows: Vec<(String, String)>,
}

impl<'a> Table<'a> {
    pub(super) fn new(shell: &'a Shell) -> Self {
        Self { shell, rows: Vec::new() }
    }

    /// A row; its name is the word `cmd-label-<key>`.
    pub(super) fn row(&mut self, key: &str, value: &str) {
        // What comes out of a file must not steer a terminal.
        let value = value.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        self.rows.push((self.shell.word(&format!("cmd-label-{key}")), value));
    }

    /// A row, if there is a value.
    pub(super) fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.row(key, value);
        }
    }

    /// A row with all values, if there are any.
    pub(super) fn list(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            self.row(key, &values.join(", "));
        }
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in &self.rows {
            let gap = width - name.chars().count();
            writeln!(f, "{name}{:gap$}  {value}", "")?;
        }
        Ok(())
    }
}
