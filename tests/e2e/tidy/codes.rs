//! Codes of failures: each is said to developers in one sentence and to people in every language.

use std::collections::BTreeSet;

use tanba::protocol::Code;

use super::{assert_none, words};

/// Complaints about one code's name and sentence.
fn said(name: &str, sentence: &str) -> Vec<String> {
    let mut found = Vec::new();
    let plain = |c: char| c.is_ascii_lowercase() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        found.push(format!("{name}: not a plain name"));
    }
    if sentence.split_whitespace().count() < 3 || sentence.ends_with('.') {
        found.push(format!("{name}: not a sentence for developers: {sentence}"));
    }
    found
}

#[test]
fn every_code_has_a_name_of_its_own_and_a_sentence() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    let complaints: Vec<String> =
        Code::ALL.iter().flat_map(|code| said(code.name(), code.sentence())).collect();
    assert_none(&complaints);
}

#[test]
fn a_code_without_a_sentence_is_noticed() {
    assert_eq!(said("disk_full", "").len(), 1);
    assert_eq!(said("DiskFull", "there is no room in the folder").len(), 1);
    assert_none(&said("disk_full", "there is no room in the folder"));
}

#[test]
fn the_agent_tells_every_code_to_people() {
    let mut missing = Vec::new();
    for (language, words) in words::of_the_agent() {
        for code in Code::ALL {
            for key in [format!("err-{}", code.name()), format!("hint-{}", code.name())] {
                if !words.contains_key(&key) {
                    missing.push(format!("{language}: {key}"));
                }
            }
        }
    }
    assert_none(&missing);
}

#[test]
fn the_page_tells_every_code_to_people() {
    let mut missing = Vec::new();
    for (language, words) in words::of_the_page() {
        for code in Code::ALL {
            if !words.keys().any(|key| key.split('.').any(|part| part == code.name())) {
                missing.push(format!("{language}: {}", code.name()));
            }
        }
    }
    assert_none(&missing);
}
