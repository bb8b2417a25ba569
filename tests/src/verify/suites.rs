//! Reads what `cargo test` printed: the suites, their numbers, and what the failing tests said.

/// The tests of one program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Suite {
    /// The crate or test program, and its file.
    pub name: String,
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed; one for a program that ended without a result.
    pub failed: usize,
    /// Tests that did not run.
    pub ignored: usize,
    /// Seconds, as the program told them.
    pub seconds: String,
}

/// Reads the suites out of a log.
pub(super) fn read(log: &str) -> Vec<Suite> {
    let mut suites = Vec::new();
    let mut open: Option<Suite> = None;
    for line in log.lines() {
        if let Some(name) = heading(line) {
            suites.extend(open.take().map(unfinished));
            open = Some(Suite { name, ..Suite::default() });
        } else if let Some(result) = line.strip_prefix("test result: ") {
            let named = open.take().unwrap_or_default();
            suites.push(numbers(result, named));
        }
    }
    suites.extend(open.map(unfinished));
    suites
}

/// A program that was begun and told no result died on the way.
fn unfinished(suite: Suite) -> Suite {
    Suite { failed: 1, name: format!("{} (ended without a result)", suite.name), ..suite }
}

/// The line with which cargo begins a program: `Running unittests src/lib.rs (target/debug/deps/tanba-0a1b)`.
fn heading(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{name} (documentation)"));
    }
    let (file, program) = line.strip_prefix("Running ")?.split_once(" (")?;
    let program = program.strip_suffix(')')?.rsplit(['/', '\\']).next()?;
    let (name, _) = program.rsplit_once('-')?;
    Some(format!("{name} ({})", file.strip_prefix("unittests ").unwrap_or(file)))
}

/// `ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s`.
fn numbers(result: &str, mut suite: Suite) -> Suite {
    let (verdict, numbers) = result.split_once(". ").unwrap_or((result, ""));
    for part in numbers.split("; ") {
        let Some((number, what)) = part.split_once(' ') else { continue };
        match what {
            "passed" => suite.passed = number.parse().unwrap_or(0),
            "failed" => suite.failed = number.parse().unwrap_or(1),
            "ignored" => suite.ignored = number.parse().unwrap_or(1),
            _ => {
                if let Some(seconds) = part.strip_prefix("finished in ") {
                    suite.seconds = seconds.to_owned();
                }
            }
        }
    }
    if verdict != "ok" && suite.failed == 0 {
        suite.failed = 1;
    }
    suite
}

/// What the failing tests printed; empty when none did.
pub(super) fn failures(log: &str) -> Vec<&str> {
    let mut told = Vec::new();
    let mut inside = false;
    for line in log.lines() {
        if line == "failures:" {
            inside = true;
        } else if line.starts_with("test result: ") {
            inside = false;
        }
        if inside {
            told.push(line);
        }
    }
    told
}

/// What tests did not do for want of a tool, each once.
pub(super) fn skipped(log: &str) -> Vec<&str> {
    let mut lines: Vec<&str> =
        log.lines().filter_map(|line| line.trim().strip_prefix("SKIPPED: ")).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
     Running unittests src/lib.rs (target/debug/deps/tanba_core-0a1b2c)

running 2 tests
test a ... ok

successes:

---- a stdout ----
SKIPPED: apt install openssl

test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.31s

   Doc-tests tanba

running 1 test
test result: ok. 0 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    const BAD: &str = "\
     Running e2e/main.rs (target/debug/deps/e2e-77aa)
test x ... FAILED

failures:

---- x stdout ----
it broke

failures:
    x

test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.00s

     Running interop/main.rs (target/debug/deps/interop-77aa)
running 9 tests
error: test failed
";

    #[test]
    fn suites_are_read_with_their_numbers() {
        let suites = read(GOOD);
        assert_eq!(suites.len(), 2);
        assert_eq!(suites[0].name, "tanba_core (src/lib.rs)");
        assert_eq!((suites[0].passed, suites[0].failed, suites[0].ignored), (2, 0, 0));
        assert_eq!(suites[0].seconds, "0.31s");
        assert_eq!(suites[1].name, "tanba (documentation)");
        assert_eq!(suites[1].ignored, 1);
        assert_eq!(skipped(GOOD), ["apt install openssl"]);
    }

    #[test]
    fn a_failure_is_counted_and_its_words_are_found() {
        let suites = read(BAD);
        assert_eq!((suites[0].passed, suites[0].failed), (4, 1));
        assert!(failures(BAD).contains(&"it broke"));
        assert!(failures(GOOD).is_empty());
    }

    #[test]
    fn a_program_that_died_counts_as_a_failure() {
        let suites = read(BAD);
        assert_eq!(suites[1].failed, 1);
        assert!(suites[1].name.contains("without a result"));
    }

    #[test]
    fn a_verdict_without_readable_numbers_is_not_good() {
        let suites = read("test result: FAILED. nonsense\n");
        assert_eq!(suites[0].failed, 1);
    }
}
