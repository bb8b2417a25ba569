//! What every source file says of itself, how long it may be, and what is never written in one.

use super::assert_none;
use super::tree::{BINDINGS, GENERATED, TextFile, files};

/// No file is longer.
const LONGEST: usize = 800;

/// A file begins with a line that says what it is.
fn says_what_it_is(file: &TextFile) -> Vec<String> {
    let mark = match file.extension() {
        "rs" => "//! ",
        "js" => "// ",
        _ => return Vec::new(),
    };
    let first = file.text.lines().next().unwrap_or("");
    let said = first.strip_prefix(mark).unwrap_or("");
    if said.chars().filter(|c| c.is_alphabetic()).count() < 8 {
        return vec![format!("{}: the first line does not say what it is: {first}", file.path)];
    }
    Vec::new()
}

/// A file can be read in one sitting.
fn is_short(file: &TextFile) -> Vec<String> {
    let lines = file.text.lines().count();
    if matches!(file.extension(), "rs" | "js" | "html" | "css") && lines > LONGEST {
        return vec![format!("{}: {lines} lines", file.path)];
    }
    Vec::new()
}

/// Rust that hides a test, a warning or unfinished work.
fn hides_nothing(file: &TextFile) -> Vec<String> {
    if file.extension() != "rs" {
        return Vec::new();
    }
    // Written in pieces, so that this file does not complain of itself.
    let attributes = ["ignore", "allow(", "should_panic"].map(|word| format!("#[{word}"));
    let crate_wide = format!("#![{}", "allow(");
    let macros = ["todo", "unimplemented", "dbg"].map(|word| format!("{word}!("));
    let fences = ["```ignore", "```rust,ignore"];
    let examples =
        file.text.lines().enumerate().map(|(index, line)| (index + 1, line)).filter(|(_, line)| {
            let comment = line.trim_start().trim_start_matches(['/', '!', ' ']);
            line.trim_start().starts_with("//")
                && fences.iter().any(|fence| comment.starts_with(fence))
        });
    code_lines(&file.text)
        .filter(|(_, line)| {
            attributes.iter().any(|attribute| line.contains(attribute.as_str()))
                || line.contains(&crate_wide)
                || macros.iter().any(|name| line.contains(name.as_str()))
                || line.contains("cfg_attr(") && line.contains(&format!(" {}", "allow("))
        })
        .chain(examples)
        .map(|(number, line)| format!("{}:{number}: {}", file.path, line.trim()))
        .collect()
}

/// Unsafe code stands only where it is expected.
fn is_safe(file: &TextFile) -> Vec<String> {
    if file.extension() != "rs" || file.path.starts_with(BINDINGS) {
        return Vec::new();
    }
    code_lines(&file.text)
        .filter(|(_, line)| {
            ["{", "fn", "extern", "impl", "trait"].iter().any(|next| {
                line.match_indices("unsafe").any(|(at, word)| {
                    line[at + word.len()..].trim_start().starts_with(next)
                        && !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            })
        })
        .map(|(number, line)| format!("{}:{number}: {}", file.path, line.trim()))
        .collect()
}

/// The lines that are not comments, with their numbers.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn complaints(rule: fn(&TextFile) -> Vec<String>) -> Vec<String> {
    files().iter().filter(|file| file.path != GENERATED).flat_map(rule).collect()
}

#[test]
fn every_file_says_in_its_first_line_what_it_is() {
    assert_none(&complaints(says_what_it_is));
}

#[test]
fn a_file_that_does_not_say_what_it_is_is_noticed() {
    for bad in ["use std::fs;\n", "//! \n", "\n//! Reads requests.\n", "//!x\n", ""] {
        assert_eq!(says_what_it_is(&TextFile::sample("sdk/src/a.rs", bad)).len(), 1, "{bad:?}");
    }
    assert_eq!(says_what_it_is(&TextFile::sample("examples/a.js", "const a = 1;\n")).len(), 1);
    assert_none(&says_what_it_is(&TextFile::sample("a.rs", "//! Reads requests.\n")));
    assert_none(&says_what_it_is(&TextFile::sample("a.js", "// Draws the screen.\n")));
}

#[test]
fn no_file_is_too_long() {
    assert_none(&complaints(is_short));
}

#[test]
fn a_file_that_is_too_long_is_noticed() {
    let long = "x\n".repeat(LONGEST + 1);
    for path in ["a.rs", "a.js", "a.html", "a.css"] {
        assert_eq!(is_short(&TextFile::sample(path, &long)).len(), 1, "{path}");
    }
    assert_none(&is_short(&TextFile::sample("a.rs", &long[2..])));
}

#[test]
fn no_test_is_left_out_and_no_warning_is_silenced() {
    let complaints: Vec<String> = complaints(hides_nothing)
        .into_iter()
        .filter(|complaint| !complaint.starts_with(BINDINGS))
        .collect();
    assert_none(&complaints);
}

#[test]
fn what_hides_something_is_noticed() {
    let bad = [
        format!("    #[{}]", "ignore"),
        format!("#[{}dead_code)]", "allow("),
        format!("#![{}dead_code)]", "allow("),
        format!("#[cfg_attr(test, {}dead_code))]", "allow("),
        format!("    {}!()", "todo"),
        format!("#[{}]", "should_panic"),
        "/// ```ignore".to_owned(),
    ];
    for line in bad {
        let line = format!("//! A file.\n{line}\n");
        assert_eq!(hides_nothing(&TextFile::sample("a.rs", &line)).len(), 1, "{line}");
    }
    let comment = format!("// A comment may say #[{}].\n", "ignore");
    assert_none(&hides_nothing(&TextFile::sample("a.rs", &comment)));
    assert_none(&hides_nothing(&TextFile::sample("a.rs", "#[expect(dead_code, reason = \"\")]\n")));
}

#[test]
fn unsafe_code_stands_only_in_the_bindings_of_the_kernel() {
    assert_none(&complaints(is_safe));
}

#[test]
fn unsafe_code_elsewhere_is_noticed() {
    for next in ["{ a() }", "fn a()", "extern \"C\" {", "impl Send for A {}"] {
        let line = format!("    {} {next}\n", "unsafe");
        assert_eq!(is_safe(&TextFile::sample("agent/src/a.rs", &line)).len(), 1, "{line}");
        assert_none(&is_safe(&TextFile::sample(&format!("{BINDINGS}src/a.rs"), &line)));
    }
    assert_none(&is_safe(&TextFile::sample("a.rs", "#![forbid(unsafe_code)]\n")));
}
