//! Manifests: one table of lints, versions in the root alone.

use super::assert_none;
use super::tree::{BINDINGS, TextFile, files};

/// A line of a manifest and the section in which it stands.
struct Line<'a> {
    section: &'a str,
    text: &'a str,
    number: usize,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut section = "";
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let text = line.split(" #").next().unwrap_or("").trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(name) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        }
        found.push(Line { section, text, number: index + 1 });
    }
    found
}

/// A member takes the lints of the workspace, and has none of its own.
fn lints(file: &TextFile) -> Vec<String> {
    let own: Vec<_> =
        lines(&file.text).into_iter().filter(|line| line.section.starts_with("lints")).collect();
    let shared = own.iter().any(|line| line.section == "lints" && line.text == "workspace = true");
    let others = own.iter().filter(|line| !line.text.starts_with('[')).count();
    if shared && others == 1 && own.len() == 2 {
        return Vec::new();
    }
    vec![format!("{}: does not take the workspace's lints as they are", file.path)]
}

/// A member's dependencies say no version: the root does.
fn versions(file: &TextFile) -> Vec<String> {
    lines(&file.text)
        .into_iter()
        .filter(|line| line.section.contains("dependencies"))
        .filter(|line| {
            if line.text.starts_with('[') {
                // `[dependencies.name]` spreads one dependency over lines; ours fit on one.
                return !line.section.ends_with("dependencies");
            }
            let text: String = line.text.split_whitespace().collect();
            !(text.contains("workspace=true")) || text.contains("version=")
        })
        .map(|line| format!("{}:{}: {}", file.path, line.number, line.text))
        .collect()
}

/// The manifests of the members.
fn members() -> Vec<TextFile> {
    let members: Vec<TextFile> = files()
        .into_iter()
        .filter(|file| {
            file.path.ends_with("/Cargo.toml")
                && !file.path.starts_with(BINDINGS)
                && !file.path.starts_with("tests/fuzz/")
        })
        .collect();
    assert!(members.len() >= 7, "the manifests are not found");
    members
}

#[test]
fn there_is_one_table_of_lints() {
    assert_none(&members().iter().flat_map(lints).collect::<Vec<_>>());
}

#[test]
fn another_table_of_lints_is_noticed() {
    let bad = [
        "[package]\nname = \"a\"\n",
        "[lints.clippy]\nunwrap_used = \"allow\"\n",
        "[lints]\nworkspace = true\n[lints.rust]\nunsafe_code = \"allow\"\n",
    ];
    for text in bad {
        assert_eq!(lints(&TextFile::sample("a/Cargo.toml", text)).len(), 1, "{text}");
    }
    assert_none(&lints(&TextFile::sample("a/Cargo.toml", "[lints]\nworkspace = true\n")));
}

#[test]
fn versions_stand_only_in_the_root() {
    assert_none(&members().iter().flat_map(versions).collect::<Vec<_>>());
}

#[test]
fn a_version_in_a_member_is_noticed() {
    let bad = [
        "[dependencies]\nserde = \"1\"\n",
        "[dev-dependencies]\nserde = { version = \"1\" }\n",
        "[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n",
        "[dependencies]\ntanba = { path = \"../sdk\" }\n",
        "[dependencies.serde]\nworkspace = true\n",
    ];
    for text in bad {
        assert_eq!(versions(&TextFile::sample("a/Cargo.toml", text)).len(), 1, "{text}");
    }
    let good =
        "[dependencies]\nserde.workspace = true\nx = { workspace = true, optional = true }\n";
    assert_none(&versions(&TextFile::sample("a/Cargo.toml", good)));
}
