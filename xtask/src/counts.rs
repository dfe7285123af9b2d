//! Counting tests from what the test runners print.

use std::fmt;
use std::ops::AddAssign;

/// How many tests passed, failed, and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Those that did what they should, if need be after a retry.
    pub(crate) passed: usize,
    /// Those that did not, in whatever way.
    pub(crate) failed: usize,
    /// Those that were left out.
    pub(crate) skipped: usize,
}

impl Counts {
    /// One check that passed.
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    /// One check that failed.
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };
    /// One check that could not run here.
    pub(crate) const SKIPPED: Self = Self { passed: 0, failed: 0, skipped: 1 };

    /// Whether nothing ran.
    pub(crate) fn ran_nothing(self) -> bool {
        self.passed == 0 && self.failed == 0
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// `12 passed, 0 failed`, and how many were skipped, if any.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// The counts in a line, if it is the summary that cargo test, wasm-bindgen-test-runner or nextest
/// closes with:
///
/// ```text
/// test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
///      Summary [   0.123s] 5/6 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 1 skipped
/// ```
pub(crate) fn in_line(line: &str) -> Option<Counts> {
    let line = line.trim_start();
    let list = match line.strip_prefix("test result: ") {
        Some(rest) => rest.split_once(". ")?.1,
        None => line.strip_prefix("Summary [")?.split_once("run: ")?.1,
    };
    let mut counts = Counts::default();
    for item in list.split([',', ';']) {
        let mut words = item.split_whitespace();
        let Some(number) = words.next().and_then(|word| word.parse::<usize>().ok()) else { continue };
        match words.next().unwrap_or_default() {
            "passed" => counts.passed += number,
            "failed" | "timed" | "exec" => counts.failed += number,
            "skipped" | "ignored" => counts.skipped += number,
            // Filtered out, measured, or how many of the above were slow.
            _ => {}
        }
    }
    Some(counts)
}

/// The counts in a report of Playwright's JSON reporter: the numbers of its last member, `stats`.
/// What passed at the second try (`flaky`) has passed.
pub(crate) fn in_playwright_report(json: &str) -> Option<Counts> {
    let (_, stats) = json.rsplit_once("\"stats\":")?;
    let number = |key: &str| {
        let (_, behind) = stats.split_once(&format!("\"{key}\":"))?;
        let digits = behind.trim_start();
        let end = digits.find(|c: char| !c.is_ascii_digit())?;
        digits.get(..end)?.parse::<usize>().ok()
    };
    Some(Counts {
        passed: number("expected")?.checked_add(number("flaky")?)?,
        failed: number("unexpected")?,
        skipped: number("skipped")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: usize, failed: usize, skipped: usize) -> Option<Counts> {
        Some(Counts { passed, failed, skipped })
    }

    #[test]
    fn libtest_and_wasm_bindgen_test() {
        let line = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s";
        assert_eq!(in_line(line), counts(3, 0, 1));
        assert_eq!(in_line("test result: FAILED. 0 passed; 2 failed; 0 ignored"), counts(0, 2, 0));
    }

    #[test]
    fn nextest() {
        let line = "     Summary [   0.123s] 12 tests run: 12 passed, 0 skipped";
        assert_eq!(in_line(line), counts(12, 0, 0));
        let line = "     Summary [  61.200s] 6/7 tests run: 3 passed (1 slow, 1 flaky), 1 failed, 1 timed out, 1 exec failed, 2 skipped";
        assert_eq!(in_line(line), counts(3, 3, 2));
        assert_eq!(in_line("     Summary [   0.1s] 1 test run: 1 passed, 0 skipped"), counts(1, 0, 0));
    }

    #[test]
    fn other_lines_count_for_nothing() {
        for line in ["running 3 tests", "test a::b ... ok", "3 passed", "Summary [broken", "test result: ok", ""] {
            assert_eq!(in_line(line), None, "{line}");
        }
    }

    #[test]
    fn playwright() {
        let report = r#"{"suites":[{"title":"\"stats\": {"}],"errors":[],
            "stats": {"startTime": "2026-01-01T00:00:00.000Z", "duration": 12.5,
            "expected": 17, "skipped": 1, "unexpected": 2, "flaky": 1}}"#;
        assert_eq!(in_playwright_report(report), counts(18, 2, 1));
        assert_eq!(in_playwright_report("{}"), None);
        assert_eq!(in_playwright_report(r#"{"stats": {"expected": 17"#), None);
    }

    #[test]
    fn the_closing_line() {
        assert_eq!(counts(12, 0, 0).unwrap().to_string(), "12 passed, 0 failed");
        let mut sum = Counts::PASSED;
        sum += Counts::FAILED;
        sum += Counts { skipped: 2, ..Counts::default() };
        assert_eq!(sum.to_string(), "1 passed, 1 failed, 2 skipped");
    }
}
