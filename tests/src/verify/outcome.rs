//! What was found: rows of the table, and the plain line that closes it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::screen::minutes;
use super::suites::Suite;

/// One row of the table.
struct Row {
    step: String,
    result: String,
    time: String,
    judges: String,
}

/// Everything that was found.
#[derive(Default)]
pub(super) struct Report {
    rows: Vec<Row>,
    passed: usize,
    failed: usize,
}

impl Report {
    /// Adds a step that either holds or does not.
    pub(super) fn step(&mut self, name: &str, good: bool, time: Duration, judge: &str) {
        if good {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
        self.row(name, if good { "good" } else { "FAILED" }, &minutes(time), judge);
    }

    /// Adds a step that had nothing to look at.
    pub(super) fn nothing(&mut self, name: &str, why: &str) {
        self.row(name, why, "", "");
    }

    /// Adds the tests. They are good when some ran, all passed, none was ignored, and cargo says so too.
    pub(super) fn tests(
        &mut self,
        suites: &[Suite],
        ended_well: bool,
        time: Duration,
        judges: &BTreeMap<String, usize>,
    ) -> bool {
        let passed: usize = suites.iter().map(|suite| suite.passed).sum();
        let failed: usize = suites.iter().map(|suite| suite.failed).sum();
        let ignored: usize = suites.iter().map(|suite| suite.ignored).sum();
        let good = ended_well && failed == 0 && ignored == 0 && passed > 0;
        // Something is wrong that no test said: nothing was built, nothing ran, or a test was left out.
        let unsaid = usize::from(!good && failed + ignored == 0);
        self.passed += passed;
        self.failed += failed + ignored + unsaid;
        let result = match (good, passed) {
            (true, _) => format!("{passed} passed"),
            (false, 0) if failed == 0 => "FAILED: no test ran".to_owned(),
            (false, _) => {
                format!("FAILED: {passed} passed, {failed} failed, {ignored} ignored")
            }
        };
        self.row("tests", &result, &minutes(time), "");
        for suite in suites.iter().filter(|suite| suite.passed + suite.failed + suite.ignored > 0) {
            let mut numbers = format!("{} passed", suite.passed);
            for (number, what) in [(suite.failed, "failed"), (suite.ignored, "ignored")] {
                if number > 0 {
                    numbers = format!("{numbers}, {number} {what}");
                }
            }
            self.row(&format!("  {}", suite.name), &numbers, &suite.seconds, "");
        }
        for (who, times) in judges {
            self.row("", "", "", &format!("{who}: {times}"));
        }
        good
    }

    fn row(&mut self, step: &str, result: &str, time: &str, judges: &str) {
        self.rows.push(Row {
            step: step.to_owned(),
            result: result.to_owned(),
            time: time.to_owned(),
            judges: judges.to_owned(),
        });
    }

    /// Whether everything is as it must be. Nothing at all is not.
    pub(super) fn is_good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    /// The table, with as much room in each column as its longest word needs.
    pub(super) fn table(&self) -> String {
        let heads = ["step", "result", "time", "judged by"];
        let lines: Vec<[&str; 4]> = std::iter::once(heads)
            .chain(self.rows.iter().map(|row| {
                [row.step.as_str(), row.result.as_str(), row.time.as_str(), row.judges.as_str()]
            }))
            .collect();
        let width = |column: usize| {
            lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
        };
        let (step, result, time) = (width(0), width(1), width(2));
        let mut table = String::from("\n");
        for (index, line) in lines.iter().enumerate() {
            let text =
                format!("{:step$}  {:result$}  {:>time$}  {}", line[0], line[1], line[2], line[3]);
            table.push_str(text.trim_end());
            table.push('\n');
            if index == 0 {
                table.push_str(&"-".repeat(step + result + time + 20));
                table.push('\n');
            }
        }
        table
    }

    /// Tests that passed and steps that hold, against those that do not.
    pub(super) fn closing_line(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite(passed: usize, failed: usize, ignored: usize) -> Suite {
        Suite {
            name: "crate (file)".to_owned(),
            passed,
            failed,
            ignored,
            seconds: "1.00s".to_owned(),
        }
    }

    fn told(suites: &[Suite], ended_well: bool) -> (bool, String) {
        let mut report = Report::default();
        let good = report.tests(suites, ended_well, Duration::ZERO, &BTreeMap::new());
        assert_eq!(good, report.is_good());
        (good, report.closing_line())
    }

    #[test]
    fn tests_are_good_only_when_some_ran_and_none_failed_or_was_left_out() {
        assert_eq!(told(&[suite(3, 0, 0)], true), (true, "3 passed, 0 failed".to_owned()));
        assert_eq!(told(&[], true), (false, "0 passed, 1 failed".to_owned()));
        assert_eq!(told(&[suite(3, 0, 1)], true), (false, "3 passed, 1 failed".to_owned()));
        assert_eq!(told(&[suite(3, 2, 0)], false), (false, "3 passed, 2 failed".to_owned()));
        assert_eq!(told(&[suite(3, 0, 0)], false), (false, "3 passed, 1 failed".to_owned()));
    }

    #[test]
    fn the_table_names_steps_results_and_judges() {
        let mut report = Report::default();
        report.step("fmt", true, Duration::from_secs(2), "rustfmt");
        report.step("docs", false, Duration::from_secs(62), "rustdoc");
        let judges = BTreeMap::from([("OpenSSL".to_owned(), 4)]);
        report.tests(&[suite(3, 0, 0)], true, Duration::ZERO, &judges);
        let table = report.table();
        for word in ["fmt", "good", "0:02", "rustfmt", "FAILED", "1:02", "OpenSSL: 4", "3 passed"] {
            assert!(table.contains(word), "{word} is not in\n{table}");
        }
        assert_eq!(report.closing_line(), "4 passed, 1 failed");
        assert!(!report.is_good());
    }

    #[test]
    fn nothing_at_all_is_not_good() {
        assert!(!Report::default().is_good());
    }
}
