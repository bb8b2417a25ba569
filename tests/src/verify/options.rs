//! The command line of `cargo verify`.

use std::fmt;

/// What `--help` says.
pub(super) const HELP: &str = "\
cargo verify [--yes] [--without-tools] [--only STEP,…] [--fuzz-seconds N]

  --yes            install missing Debian packages without asking
  --without-tools  go on although packages are missing; tests that need them say so and pass
  --only STEP,…    only these steps: fmt, clippy, build, tests, fuzz, docs, leftovers
  --fuzz-seconds N each fuzz target runs this long; 10 unless told";

/// One thing that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The source is formatted.
    Format,
    /// Clippy has nothing to say.
    Lints,
    /// Everything builds.
    Build,
    /// Every test passes, none is ignored.
    Tests,
    /// The fuzz targets find nothing in a short while.
    Fuzz,
    /// The documentation has no warning.
    Documentation,
    /// The steps before changed no file of the checkout.
    Leftovers,
}

impl Step {
    /// In the order in which they run.
    const ALL: [Self; 7] = [
        Self::Format,
        Self::Lints,
        Self::Build,
        Self::Tests,
        Self::Fuzz,
        Self::Documentation,
        Self::Leftovers,
    ];

    /// The name on the command line and in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Format => "fmt",
            Self::Lints => "clippy",
            Self::Build => "build",
            Self::Tests => "tests",
            Self::Fuzz => "fuzz",
            Self::Documentation => "docs",
            Self::Leftovers => "leftovers",
        }
    }
}

/// How to verify.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    /// Install without asking.
    pub yes: bool,
    /// Go on without tools.
    pub without_tools: bool,
    /// The steps to run, in their order.
    pub only: Vec<Step>,
    /// How long each fuzz target runs.
    pub fuzz_seconds: u32,
}

/// What the person asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To verify.
    Run(Options),
    /// To be told how.
    Help,
}

/// The command line cannot be understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotUnderstood {
    /// There is no such option.
    Option(String),
    /// There is no such step.
    Step(String),
    /// `--only` without steps.
    NoSteps,
    /// `--fuzz-seconds` without a number of seconds.
    NoSeconds,
}

impl fmt::Display for NotUnderstood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(option) => write!(f, "there is no option {option}"),
            Self::Step(step) => write!(f, "there is no step {step}"),
            Self::NoSteps => f.write_str("--only wants names of steps"),
            Self::NoSeconds => f.write_str("--fuzz-seconds wants a number of seconds"),
        }
    }
}

/// What is done unless something else is asked for.
fn unasked() -> Options {
    Options { yes: false, without_tools: false, only: Step::ALL.to_vec(), fuzz_seconds: 10 }
}

/// Reads the arguments.
pub(super) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Asked, NotUnderstood> {
    let mut options = unasked();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--yes" | "-y" => options.yes = true,
            "--without-tools" => options.without_tools = true,
            "--help" | "-h" => return Ok(Asked::Help),
            "--only" => {
                let names = arguments.next().ok_or(NotUnderstood::NoSteps)?;
                options.only = steps(&names)?;
            }
            "--fuzz-seconds" => {
                let seconds = arguments.next().and_then(|text| text.parse().ok());
                options.fuzz_seconds = seconds.ok_or(NotUnderstood::NoSeconds)?;
            }
            other => match other.strip_prefix("--only=") {
                Some(names) => options.only = steps(names)?,
                None => return Err(NotUnderstood::Option(other.to_owned())),
            },
        }
    }
    Ok(Asked::Run(options))
}

/// Reads names of steps; whatever the order of the names, the steps run in theirs.
fn steps(names: &str) -> Result<Vec<Step>, NotUnderstood> {
    let wanted: Vec<&str> = names.split(',').filter(|name| !name.is_empty()).collect();
    if wanted.is_empty() {
        return Err(NotUnderstood::NoSteps);
    }
    for name in &wanted {
        if !Step::ALL.iter().any(|step| step.name() == *name) {
            return Err(NotUnderstood::Step((*name).to_owned()));
        }
    }
    Ok(Step::ALL.into_iter().filter(|step| wanted.contains(&step.name())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Asked, NotUnderstood> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn without_arguments_every_step_runs_and_nothing_is_installed_unasked() {
        assert_eq!(read(""), Ok(Asked::Run(unasked())));
    }

    #[test]
    fn steps_run_in_their_own_order() {
        let Ok(Asked::Run(options)) = read("--yes --only tests,fmt") else {
            panic!("the line can be read")
        };
        assert!(options.yes);
        assert_eq!(options.only, [Step::Format, Step::Tests]);
        assert_eq!(read("--only=fmt,tests"), read("--only tests,fmt"));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(read("--fast"), Err(NotUnderstood::Option("--fast".to_owned())));
        assert_eq!(read("--only speed"), Err(NotUnderstood::Step("speed".to_owned())));
        assert_eq!(read("--only"), Err(NotUnderstood::NoSteps));
        assert_eq!(read("--only ,"), Err(NotUnderstood::NoSteps));
    }
}
