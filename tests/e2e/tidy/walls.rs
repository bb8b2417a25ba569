//! The wall around the core: clippy forbids it the clock, files, sockets and settings, and the wall stands.

use std::fs;
use std::process::Command;

use super::tree::root;

/// What the core must not touch, each as clippy's file names it and as somebody would write it.
const FORBIDDEN: &[(&str, &str)] = &[
    ("std::time::SystemTime::now", "std::time::SystemTime::now();"),
    ("std::time::Instant::now", "std::time::Instant::now();"),
    ("std::fs::read", "std::fs::read(\"a\").ok();"),
    ("std::fs::write", "std::fs::write(\"a\", \"b\").ok();"),
    ("std::fs::File", "std::fs::File::open(\"a\").ok();"),
    ("std::env::var", "std::env::var(\"A\").ok();"),
    ("std::net::TcpStream", "std::net::TcpStream::connect((\"::1\", 1)).ok();"),
    ("std::process::Command", "std::process::Command::new(\"a\").status().ok();"),
    ("std::thread::sleep", "std::thread::sleep(std::time::Duration::ZERO);"),
];

fn options() -> String {
    fs::read_to_string(root().join("agent/core/clippy.toml")).unwrap()
}

/// What clippy says of a file under the core's options; none when there is no clippy here.
fn judged(code: &str) -> Option<(bool, String)> {
    let there = Command::new("cargo").args(["clippy", "--version"]).output();
    if !there.is_ok_and(|told| told.status.success()) {
        assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "rustup component add clippy");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "Cargo.toml",
        "[package]\nname = \"trial\"\nedition = \"2024\"\n[workspace]\n[lib]\npath = \"lib.rs\"\n",
    );
    write("clippy.toml", &options());
    write("lib.rs", &format!("pub fn trial() {{\n{code}\n}}\n"));
    let told = Command::new("cargo")
        .current_dir(folder.path())
        .args(["clippy", "--offline", "--quiet", "--", "-D", "clippy::disallowed_methods"])
        .args(["-D", "clippy::disallowed_types"])
        .env("CARGO_TARGET_DIR", folder.path().join("target"))
        .env_remove("CLIPPY_CONF_DIR")
        .output()
        .unwrap();
    Some((told.status.success(), String::from_utf8_lossy(&told.stderr).into_owned()))
}

#[test]
fn the_core_s_options_forbid_the_world() {
    let options = options();
    for (path, _) in FORBIDDEN {
        assert!(options.contains(&format!("\"{path}\"")), "agent/core/clippy.toml lacks {path}");
    }
}

#[test]
fn clippy_stops_whoever_looks_at_the_world_in_the_core() {
    let code: Vec<&str> = FORBIDDEN.iter().map(|(_, code)| *code).collect();
    let Some((passed, said)) = judged(&code.join("\n")) else { return };
    assert!(!passed);
    for (path, _) in FORBIDDEN {
        assert!(said.contains(&format!("`{path}`")), "{path} was let through:\n{said}");
    }
    tanba_tests::judges::judged("clippy", "the wall around the core stops who looks at the world");
}

#[test]
fn clippy_lets_pure_code_into_the_core() {
    let Some((passed, said)) = judged("let _ = std::time::Duration::from_secs(1);") else { return };
    assert!(passed, "{said}");
}

#[test]
fn the_core_forbids_unsafe_code() {
    let front = fs::read_to_string(root().join("agent/core/src/lib.rs")).unwrap();
    assert!(front.lines().any(|line| line == "#![forbid(unsafe_code)]"));
}
