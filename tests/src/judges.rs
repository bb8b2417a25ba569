//! Judges: programs of others that said whether our output is right.
//!
//! A test that asked one calls [`judged`]. `cargo verify` sets [`FILE`] and counts what was written there. A crate
//! that cannot depend on this one prints the same line itself; `cargo verify` reads the tests' output as well.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;

/// The environment variable that names the file to which judgements are appended.
pub const FILE: &str = "TANBA_JUDGES";

/// What a line with a judgement begins with; `who: what` follows.
pub const MARK: &str = "JUDGE: ";

/// Records that a program of others agreed with us, as `JUDGE: who: what`.
///
/// # Panics
/// When the file named by [`FILE`] cannot be written: a judgement that is not counted would be lost silently.
pub fn judged(who: &str, what: &str) {
    let Some(path) = std::env::var_os(FILE) else { return };
    let line = format!("{MARK}{who}: {}\n", what.replace('\n', " "));
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| file.write_all(line.as_bytes()))
        .expect("the file of judgements can be written");
}

/// Counts judgements by who gave them.
#[must_use]
pub fn count(text: &str) -> BTreeMap<String, usize> {
    let mut judges = BTreeMap::new();
    for line in text.lines() {
        if let Some((who, _)) = line.strip_prefix(MARK).and_then(|rest| rest.split_once(": ")) {
            *judges.entry(who.to_owned()).or_insert(0) += 1;
        }
    }
    judges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judgements_are_counted_by_who_gave_them() {
        let text = "JUDGE: OpenSSL: our request\nnoise\nJUDGE: OpenSSL: our file\nJUDGE: keytool: our file\n JUDGE: x: y\n";
        let counted: Vec<_> = count(text).into_iter().collect();
        assert_eq!(counted, [("OpenSSL".to_owned(), 2), ("keytool".to_owned(), 1)]);
    }
}
