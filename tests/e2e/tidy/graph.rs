//! Who may use whom.

use std::process::Command;

use serde_json::Value;

use super::assert_none;
use super::tree::root;

/// Our crates, and which of ours each may use in the program itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("tanba", &[]),
    ("tanba-core", &[]),
    ("tanba-agent", &["tanba", "tanba-core"]),
    ("tanba-installer", &["tanba-core"]),
    ("tanba-sandbox", &["tanba-core"]),
    ("tanba-examples", &["tanba", "tanba-agent", "tanba-core", "tanba-installer", "tanba-sandbox"]),
    ("tanba-tests", &[]),
];

/// What only its tests may use besides: nothing but the tests of the whole may know everybody.
const TESTS_MAY_USE: &[(&str, &[&str])] = &[(
    "tanba-tests",
    &["tanba", "tanba-agent", "tanba-core", "tanba-examples", "tanba-installer", "tanba-sandbox"],
)];

/// Runtimes, sockets, TLS, databases and clocks: nothing for a crate that never looks at the world.
const WORLD: &[&str] = &[
    "async-std",
    "axum",
    "chrono",
    "curl",
    "directories",
    "fs4",
    "hyper",
    "keyring",
    "mio",
    "native-tls",
    "openssl",
    "reqwest",
    "rfd",
    "rusqlite",
    "rustls",
    "rustix",
    "secret-service",
    "smol",
    "socket2",
    "tempfile",
    "time",
    "tokio",
    "tracing-subscriber",
    "tungstenite",
    "ureq",
    "winit",
];

/// What a page's library needs none of: it knows the protocol, not the formats behind it.
const FORMATS: &[&str] =
    &["axum", "cms", "der", "hyper", "p256", "pkcs12", "pkcs8", "reqwest", "rsa", "x509-cert"];

/// One crate that uses another of ours.
#[derive(Debug, Clone)]
struct Use {
    from: String,
    to: String,
    only_tests: bool,
}

/// Uses that the tables do not allow.
fn forbidden_uses(uses: &[Use]) -> Vec<String> {
    let allowed = |table: &[(&str, &[&str])], used: &Use| {
        table.iter().any(|(from, to)| *from == used.from && to.contains(&used.to.as_str()))
    };
    uses.iter()
        .filter(|used| !(allowed(MAY_USE, used) || used.only_tests && allowed(TESTS_MAY_USE, used)))
        .map(|used| format!("{} -> {}", used.from, used.to))
        .collect()
}

/// Crates of a tree that are not wanted in it.
fn unwanted(root: &str, tree: &[String], banned: &[&str]) -> Vec<String> {
    tree.iter()
        .filter(|name| banned.contains(&name.as_str()))
        .map(|name| format!("{root} -> … -> {name}"))
        .collect()
}

fn manifests() -> Value {
    let told = Command::new("cargo")
        .current_dir(root())
        .args(["metadata", "--offline", "--no-deps", "--format-version", "1"])
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice(&told.stdout).unwrap()
}

/// What our crates say in their manifests that they use of ours.
fn uses(metadata: &Value) -> Vec<Use> {
    let mut uses = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        for dependency in package["dependencies"].as_array().unwrap() {
            let to = dependency["name"].as_str().unwrap();
            if to == "tanba" || to.starts_with("tanba-") {
                uses.push(Use {
                    from: package["name"].as_str().unwrap().to_owned(),
                    to: to.to_owned(),
                    only_tests: dependency["kind"] == "dev",
                });
            }
        }
    }
    uses
}

/// The names of all crates that end up in one of ours, on this system, tests left out.
fn tree(package: &str, more: &[&str]) -> Vec<String> {
    let told = Command::new("cargo")
        .current_dir(root())
        .args(["tree", "--offline", "--package", package, "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{p}"])
        .args(more)
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let mut names: Vec<String> = String::from_utf8(told.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names.iter().filter(|name| *name == package).count(), 1, "{package} has no tree");
    names
}

#[test]
fn our_crates_use_each_other_as_the_table_says() {
    let uses = uses(&manifests());
    assert!(uses.len() > 8, "the manifests were not read");
    assert_none(&forbidden_uses(&uses));
}

#[test]
fn a_use_that_the_table_lacks_is_noticed() {
    let used = |from: &str, to: &str, only_tests| Use {
        from: from.to_owned(),
        to: to.to_owned(),
        only_tests,
    };
    let bad = [
        used("tanba-agent", "tanba-installer", false),
        used("tanba-agent", "tanba-sandbox", true),
        used("tanba-core", "tanba", false),
        used("tanba-tests", "tanba-agent", false),
        used("tanba-newcomer", "tanba-core", false),
    ];
    assert_eq!(forbidden_uses(&bad).len(), bad.len());
    assert!(forbidden_uses(&[used("tanba-tests", "tanba-sandbox", true)]).is_empty());
}

#[test]
fn every_crate_of_the_workspace_stands_in_the_table() {
    let metadata = manifests();
    let mut named: Vec<&str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    let mut known: Vec<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    named.sort_unstable();
    known.sort_unstable();
    assert_eq!(named, known);
}

#[test]
fn the_core_never_reaches_the_world() {
    assert_none(&unwanted("tanba-core", &tree("tanba-core", &[]), WORLD));
}

#[test]
fn the_language_alone_needs_no_network() {
    let tree = tree("tanba", &["--no-default-features"]);
    assert_none(&unwanted("tanba", &tree, WORLD));
}

#[test]
fn a_page_s_library_needs_no_formats() {
    assert_none(&unwanted("tanba", &tree("tanba", &[]), FORMATS));
}

#[test]
fn the_agent_uses_the_language_without_the_client() {
    let metadata = manifests();
    let agent = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|package| package["name"] == "tanba-agent")
        .unwrap();
    let language: Vec<&Value> = agent["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|dependency| dependency["name"] == "tanba" && dependency["kind"].is_null())
        .collect();
    assert_eq!(language.len(), 1);
    assert_eq!(language[0]["uses_default_features"], false);
    assert_eq!(language[0]["features"].as_array().unwrap().len(), 0);
}

#[test]
fn no_production_program_reaches_the_sandbox_the_examples_or_the_tests() {
    let ours = ["tanba-sandbox", "tanba-examples", "tanba-tests"];
    for program in ["tanba-agent", "tanba-installer"] {
        assert_none(&unwanted(program, &tree(program, &[]), &ours));
    }
}

#[test]
fn a_crate_deep_in_the_tree_is_noticed() {
    let tree = ["der".to_owned(), "tokio".to_owned()];
    assert_eq!(unwanted("tanba-core", &tree, WORLD), ["tanba-core -> … -> tokio"]);
    assert_none(&unwanted("tanba-core", &tree[..1], WORLD));
}
