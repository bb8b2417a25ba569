//! No signature without a person's yes: approvals are made in one place, which asks.

use super::assert_none;
use super::tree::{TextFile, files};

/// Where a person is asked.
const CONSENT: &str = "agent/src/consent.rs";

/// Places that assert an approval, other than the one that asked for it.
fn assertions(file: &TextFile) -> Vec<String> {
    // In pieces, so that this file does not complain of itself.
    let assertion = ["Approval::assert", "_given("].concat();
    let of_program = file.extension() == "rs" && file.path != CONSENT;
    file.text
        .lines()
        .enumerate()
        .filter(|(_, line)| of_program && line.contains(&assertion))
        .map(|(index, line)| format!("{}:{}: {}", file.path, index + 1, line.trim()))
        .collect()
}

#[test]
fn approvals_are_made_where_a_person_was_asked() {
    assert_none(&files().iter().flat_map(assertions).collect::<Vec<_>>());
    let text = std::fs::read_to_string(super::tree::root().join(CONSENT)).unwrap();
    let assertion = ["Approval::assert", "_given("].concat();
    assert_eq!(text.matches(&assertion).count(), 1, "one place asks, and asserts once");
}

#[test]
fn an_approval_that_nobody_gave_is_noticed() {
    let line = ["let yes = Approval::assert", "_given();"].concat();
    assert_eq!(assertions(&TextFile::sample("agent/src/server.rs", &line)).len(), 1);
    assert_none(&assertions(&TextFile::sample(CONSENT, &line)));
}
