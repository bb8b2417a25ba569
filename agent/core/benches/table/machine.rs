//! On what was measured.

use std::fmt;
use std::fs;
use std::process::Command;

use crate::Outcome;

pub(crate) struct Machine {
    processor: String,
    cores: usize,
    programs: Vec<String>,
    load: String,
}

pub(crate) fn describe() -> Outcome<Machine> {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name))
        .unwrap_or(std::env::consts::ARCH);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let says = |program: &str, argument: &str| -> Option<String> {
        let output = Command::new(program).arg(argument).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().next()?.to_owned();
        let version = line.split(" (").next().unwrap_or_default();
        output.status.success().then(|| version.to_owned())
    };
    let programs = [("rustc", "-V"), ("openssl", "version"), ("xmlsec1", "--version")]
        .into_iter()
        .filter_map(|(program, argument)| says(program, argument))
        .collect();
    Ok(Machine {
        processor: processor.trim().to_owned(),
        cores: std::thread::available_parallelism()?.get(),
        programs,
        load: load.split(' ').next().unwrap_or("?").to_owned(),
    })
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} cores", self.processor, self.cores)?;
        self.programs.iter().try_for_each(|program| write!(f, ", {program}"))?;
        write!(f, "; load before: {}", self.load)
    }
}
