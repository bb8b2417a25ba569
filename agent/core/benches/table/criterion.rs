//! What criterion measured: the other benches are run, and their results read.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::measured::Measured;
use crate::{Ours, Outcome};

/// Runs all benches but this one. Of the agent only how it computes with keys: its other parts are no part of this
/// crate, but who signs with RSA does it with AWS-LC.
pub(crate) fn run(results: &Path) -> Outcome<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    for arguments in [
        "bench --quiet -p tanba-core --bench keys --bench containers --bench messages -- --noplot",
        "bench --quiet -p tanba-agent --no-default-features --bench provider -- --noplot",
    ] {
        let status = Command::new(&cargo)
            .args(arguments.split(' '))
            .env("CRITERION_HOME", results)
            .status()?;
        if !status.success() {
            return Err(format!("cargo {arguments}: {status}").into());
        }
    }
    Ok(())
}

/// All results of the last runs: `new/benchmark.json` has the name, `new/estimates.json` the times in nanoseconds.
pub(crate) fn results(folder: &Path) -> Outcome<Ours> {
    let mut found = Ours::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            }
        }
        if !folder.ends_with("new") {
            continue;
        }
        let read = |name: &str| -> Outcome<Value> {
            Ok(serde_json::from_slice(&fs::read(folder.join(name))?)?)
        };
        let (benchmark, estimates) = (read("benchmark.json")?, read("estimates.json")?);
        let name = benchmark["full_id"].as_str().ok_or("a benchmark without a name")?;
        let seconds = |what: &str| -> Outcome<f64> {
            let estimate = estimates[what]["point_estimate"].as_f64();
            Ok(estimate.ok_or("an estimate without a number")? / 1e9)
        };
        let measured = Measured::seconds(seconds("median")?, seconds("median_abs_dev")?);
        found.insert(name.to_owned(), measured);
    }
    Ok(found)
}
