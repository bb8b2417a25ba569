//! Other programs, run for their verdict.

use std::path::Path;
use std::process::{Command, Output};

/// A command's output; it must succeed.
pub(crate) fn good(command: &mut Command) -> String {
    let output = run(command);
    let text = both(&output);
    assert!(output.status.success(), "{command:?} failed:\n{text}");
    text
}

/// A command's output; it must fail.
pub(crate) fn bad(command: &mut Command) -> String {
    let output = run(command);
    let text = both(&output);
    assert!(!output.status.success(), "{command:?} was expected to fail:\n{text}");
    text
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

fn both(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A program of this workspace. `cargo verify` has built them all and says so; otherwise `cargo run` builds it.
pub(crate) fn ours(package: &str, program: &str) -> Command {
    let mut command = match std::env::var_os("TANBA_PROGRAM") {
        Some(agent) => Command::new(Path::new(&agent).with_file_name(program)),
        None => {
            let mut command = Command::new("cargo");
            command.args(["run", "--quiet", "--package", package, "--bin", program, "--"]);
            command
        }
    };
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    // A test looks at what is written to files and outputs, not at a screen.
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command
}

/// OpenSSL with these arguments.
pub(crate) fn openssl(arguments: &[&str]) -> Command {
    let mut command = Command::new("openssl");
    command.args(arguments);
    command
}
