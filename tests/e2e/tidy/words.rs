//! Words to people: every language has every word, none is empty, and none forgets what it is told.

use std::collections::{BTreeMap, BTreeSet};

use super::assert_none;
use super::tree::{TextFile, files};

/// The languages, by the names of their files.
const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];

/// The words of one language by their keys.
type Words = BTreeMap<String, String>;

/// Reads Fluent: `key = value`, further lines indented, attributes as `.name = value`.
fn fluent(text: &str) -> Words {
    let mut words = Words::new();
    let mut key = String::new();
    for line in text.lines() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t', '}']) {
            let value = words.entry(key.clone()).or_default();
            value.push(' ');
            value.push_str(line.trim());
        } else if let Some((name, value)) = line.split_once('=') {
            key = name.trim().to_owned();
            let before = words.insert(key.clone(), value.trim().to_owned());
            assert!(before.is_none(), "{key} stands twice");
        } else {
            panic!("not Fluent: {line}");
        }
    }
    words
}

/// Reads a JSON object of texts, with objects inside it.
fn json(text: &str) -> Words {
    fn collect(prefix: &str, value: &serde_json::Value, words: &mut Words) {
        match value {
            serde_json::Value::Object(map) => {
                for (name, value) in map {
                    let key =
                        if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                    collect(&key, value, words);
                }
            }
            serde_json::Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    collect(&format!("{prefix}.{index}"), value, words);
                }
            }
            serde_json::Value::String(text) => {
                words.insert(prefix.to_owned(), text.clone());
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
                panic!("{prefix} is not a text")
            }
        }
    }
    let mut words = Words::new();
    collect("", &serde_json::from_str(text).unwrap(), &mut words);
    words
}

/// What a text is told: `$name` in Fluent, `{name}` in the page's words.
fn arguments(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, mark) in text.match_indices(['$', '{']) {
        let name: String = text[at + mark.len()..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        if !name.is_empty() {
            found.insert(name);
        }
    }
    found
}

/// Compares languages with the first.
fn differences(languages: &[(&str, Words)]) -> Vec<String> {
    let mut found = Vec::new();
    let keys: BTreeSet<&String> = languages.iter().flat_map(|(_, words)| words.keys()).collect();
    for key in keys {
        let texts: Vec<(&str, Option<&String>)> =
            languages.iter().map(|(name, words)| (*name, words.get(key))).collect();
        for (name, text) in &texts {
            if text.is_none_or(|text| text.trim().is_empty()) {
                found.push(format!("{name}: nothing for {key}"));
            }
        }
        let told: BTreeSet<BTreeSet<String>> =
            texts.iter().filter_map(|(_, text)| text.map(|text| arguments(text))).collect();
        if told.len() > 1 {
            found.push(format!("{key}: the languages use different arguments: {told:?}"));
        }
    }
    found
}

fn read(
    files: &[TextFile],
    folder: &str,
    end: &str,
    by: fn(&str) -> Words,
) -> Vec<(&'static str, Words)> {
    LANGUAGES
        .into_iter()
        .map(|language| {
            let path = format!("{folder}/{language}.{end}");
            let file = files.iter().find(|file| file.path == path);
            (language, by(&file.unwrap_or_else(|| panic!("{path} is not there")).text))
        })
        .collect()
}

/// The agent's words.
pub(super) fn of_the_agent() -> Vec<(&'static str, Words)> {
    read(&files(), "agent/words", "ftl", fluent)
}

/// The page's words.
pub(super) fn of_the_page() -> Vec<(&'static str, Words)> {
    read(&files(), "examples/portal/words", "json", json)
}

#[test]
fn the_agent_speaks_every_language_completely() {
    let languages = of_the_agent();
    assert!(languages[0].1.len() > 20, "the agent's words were not read");
    assert_none(&differences(&languages));
}

#[test]
fn the_page_speaks_every_language_completely() {
    let languages = of_the_page();
    assert!(languages[0].1.len() > 50, "the page's words were not read");
    assert_none(&differences(&languages));
}

#[test]
fn every_language_writes_with_its_own_letters() {
    for languages in [of_the_agent(), of_the_page()] {
        for (name, words) in languages {
            let all: String = words.into_values().collect();
            let has = |letters: &str| letters.chars().all(|letter| all.contains(letter));
            assert!(
                match name {
                    "kk" => has("әғқңөұүі"),
                    "ru" => has("ыщэ") && !all.contains('қ'),
                    _ => has("the"),
                },
                "{name} is written in another language"
            );
        }
    }
}

#[test]
fn a_missing_an_empty_and_a_forgetful_text_are_noticed() {
    let languages = [
        ("kk", fluent("a = бір\nb = екі { $n }\nc =\n")),
        ("ru", fluent("a = один\nb = два\nc = три\n")),
        ("en", fluent("# a comment\nb = two\n    { $n }\nc = three\n")),
    ];
    let found = differences(&languages);
    for bad in ["en: nothing for a", "kk: nothing for c", "b: the languages use"] {
        assert!(found.iter().any(|line| line.starts_with(bad)), "{bad} is not in {found:?}");
    }
    assert_eq!(found.len(), 3, "{found:?}");
    let page = [("kk", json(r#"{"a": {"b": "{n} бір"}}"#)), ("ru", json(r#"{"a": {"b": "{n}"}}"#))];
    assert_none(&differences(&page));
}
