//! Words that name nothing, in names of files and of types.

use super::assert_none;
use super::tree::{TextFile, files};

/// Whoever needs one of these has not yet found what the thing is.
const EMPTY_WORDS: &[&str] = &[
    "common",
    "handler",
    "handlers",
    "helper",
    "helpers",
    "manager",
    "managers",
    "prelude",
    "processor",
    "service",
    "services",
    "util",
    "utils",
    "utility",
];

/// Files and folders of source with an empty name.
fn file_names(file: &TextFile) -> Vec<String> {
    if !matches!(file.extension(), "rs" | "js" | "css" | "html") {
        return Vec::new();
    }
    let empty = file
        .path
        .split(['/', '_', '-', '.'])
        .any(|word| EMPTY_WORDS.contains(&word.to_lowercase().as_str()));
    if empty || file.path.ends_with("/mod.rs") {
        return vec![format!("{}: an empty name", file.path)];
    }
    Vec::new()
}

/// Types with an empty name, and modules inside a file.
fn type_names(file: &TextFile) -> Vec<String> {
    if !matches!(file.extension(), "rs" | "js") {
        return Vec::new();
    }
    file.text
        .lines()
        .enumerate()
        .filter(|(_, line)| {
            declared(line).is_some_and(|name| {
                words(name).iter().any(|word| EMPTY_WORDS.contains(&word.as_str()))
            })
        })
        .map(|(index, line)| format!("{}:{}: {}", file.path, index + 1, line.trim()))
        .collect()
}

/// The name that a line declares, if it declares a type or a module.
fn declared(line: &str) -> Option<&str> {
    // A line that does not begin with a word declares nothing: it may quote a declaration.
    let line = line.trim_start();
    if !line.starts_with(char::is_alphabetic) {
        return None;
    }
    let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let mut before = words.by_ref().skip_while(|word| {
        matches!(*word, "" | "pub" | "crate" | "super" | "in" | "export" | "default" | "abstract")
    });
    matches!(before.next()?, "struct" | "enum" | "trait" | "type" | "mod" | "class" | "union")
        .then(|| before.find(|word| !word.is_empty()))
        .flatten()
}

/// The words of `CamelCase` and of `snake_case`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c == '_' || c.is_uppercase() {
            words.push(String::new());
        }
        if c != '_' {
            words.last_mut().unwrap().extend(c.to_lowercase());
        }
    }
    words
}

#[test]
fn no_file_has_an_empty_name() {
    assert_none(&files().iter().flat_map(file_names).collect::<Vec<_>>());
}

#[test]
fn no_type_has_an_empty_name() {
    assert_none(&files().iter().flat_map(type_names).collect::<Vec<_>>());
}

#[test]
fn empty_names_of_files_are_noticed() {
    for bad in ["agent/src/util.rs", "agent/src/keys/mod.rs", "a/key_manager.rs", "a/helpers/x.js"]
    {
        assert_eq!(file_names(&TextFile::sample(bad, "")).len(), 1, "{bad}");
    }
    assert_none(&file_names(&TextFile::sample("agent/src/futility.rs", "")));
}

#[test]
fn empty_names_of_types_are_noticed() {
    let bad = [
        "pub(crate) struct KeyManager {",
        "enum HandlerState { A }",
        "pub trait Helper {}",
        "type CommonError = E;",
        "export default class SocketHandler {",
        "pub mod utils {",
    ];
    for line in bad {
        assert_eq!(type_names(&TextFile::sample("a.rs", line)).len(), 1, "{line}");
    }
    for line in ["struct Uncommon;", "let manager = 1;", "struct Keys {", "fn handler() {}"] {
        assert_none(&type_names(&TextFile::sample("a.rs", line)));
    }
}
