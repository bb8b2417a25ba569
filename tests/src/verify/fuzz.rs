//! The fuzz targets: built with the compiler's coverage counters, then each run for a short while.
//!
//! No other tool is needed: the counters are plain options of the stable compiler, and the engine is a crate.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What makes the engine see where a run has been.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// No parser may need more memory for the little that it is given.
const MEMORY_MIB: u32 = 1024;

/// No single input may take longer.
const SECONDS_AN_INPUT: u32 = 20;

/// The folders of the targets.
pub(super) struct Fuzz {
    root: PathBuf,
    target: PathBuf,
}

impl Fuzz {
    pub(super) fn new(root: &Path, target: &Path) -> Self {
        Self { root: root.join("tests/fuzz"), target: target.join("fuzz") }
    }

    /// The names of the targets, in order.
    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for file in fs::read_dir(self.root.join("targets"))? {
            let path = file?.path();
            if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Makes cargo build all of them. The platform is named, so that build scripts get no counters.
    pub(super) fn build(&self, mut cargo: Command) -> Command {
        cargo
            .current_dir(&self.root)
            .args(["build", "--release", "--locked", "--target", &platform(), "--target-dir"])
            .arg(&self.target)
            .env("RUSTFLAGS", FLAGS.join(" "));
        cargo
    }

    /// Runs a target: it begins with what is kept for it and with the published material, and writes what it finds
    /// new into a folder beside the build.
    pub(super) fn run(&self, name: &str, seconds: u32) -> io::Result<Command> {
        let found = self.target.join("found").join(name);
        fs::create_dir_all(&found)?;
        let mut command = Command::new(self.target.join(platform()).join("release").join(name));
        command
            .current_dir(&found)
            .arg(&found)
            .arg(self.root.join("corpus").join(name))
            .arg(self.root.join("../vectors/kz"))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-timeout={SECONDS_AN_INPUT}"))
            .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
            .args(["-max_len=65536", "-print_final_stats=1"]);
        Ok(command)
    }
}

/// The platform's name, as the compiler calls it; only Linux is fuzzed.
fn platform() -> String {
    format!("{}-unknown-linux-gnu", env::consts::ARCH)
}
