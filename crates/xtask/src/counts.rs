//! Reads how many tests a program ran, and which of them failed.

use std::ops::AddAssign;

/// The numbers of tests by result.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Tests that were ignored, skipped, or marked as to do.
    pub(crate) skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// The program whose summary is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Format {
    /// `test result: ok. 7 passed; 0 failed; 1 ignored; …`, one line per test binary.
    Libtest,
    /// `      Tests  1 failed | 11 passed | 2 skipped (14)`.
    Vitest,
    /// `12 passed, 0 failed`.
    Plain,
    /// `# pass 12` and `# fail 0`, each on a line of its own.
    Tap,
    /// `1 failed, 11 passed, 2 skipped in 0.12s`.
    Pytest,
}

impl Format {
    /// Reads the counts from a line, if it is a summary.
    pub(crate) fn read(self, line: &str) -> Option<Counts> {
        let line = without_colours(line);
        let line = line.trim();
        if let Self::Tap = self {
            return tap(line);
        }
        let summary = match self {
            Self::Libtest => line.strip_prefix("test result: ")?,
            Self::Vitest => line.strip_prefix("Tests ")?,
            Self::Pytest => {
                let line = line.trim_matches(['=', ' ']);
                let (summary, seconds) = line.rsplit_once(" in ")?;
                seconds.strip_suffix('s')?.parse::<f64>().ok()?;
                summary
            }
            Self::Plain | Self::Tap => line,
        };
        let words: Vec<&str> = summary
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let number_before = |name: &str| {
            words.windows(2).find_map(|pair| match pair {
                [number, word] if *word == name => number.parse::<u64>().ok(),
                _ => None,
            })
        };
        let (passed, failed) = (number_before("passed"), number_before("failed"));
        if matches!(self, Self::Plain) && (words.len() != 4 || passed.and(failed).is_none()) {
            return None;
        }
        passed.or(failed)?;
        Some(Counts {
            passed: passed.unwrap_or(0),
            failed: failed.unwrap_or(0),
            skipped: ["ignored", "skipped", "todo"]
                .into_iter()
                .filter_map(number_before)
                .sum(),
        })
    }
}

/// Reads one count of a TAP summary.
fn tap(line: &str) -> Option<Counts> {
    let (name, number) = line.strip_prefix("# ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    let mut counts = Counts::default();
    match name {
        "pass" => counts.passed = number,
        "fail" | "cancelled" => counts.failed = number,
        "skipped" | "todo" => counts.skipped = number,
        _ => return None,
    }
    Some(counts)
}

/// Reads the name of a failed test from a line of any of the programs, if it names one. For cargo it also reads the
/// name of a failed target: a target that fails without a failed test, such as documentation with a warning, is named
/// nowhere else.
pub(crate) fn failed(line: &str) -> Option<String> {
    let line = without_colours(line);
    let line = line.trim();
    let name = if let Some(target) = line.strip_prefix("error: ") {
        let (_, target) = target.split_once("to rerun pass `")?;
        target.strip_suffix('`')?
    } else if let Some(test) = line.strip_prefix("test ") {
        test.strip_suffix(" ... FAILED")?
    } else if let Some(test) = line.strip_prefix("not ok ") {
        test.split_once(" - ")?.1
    } else if let Some((test, _)) = line
        .strip_prefix("FAILED ")
        .and_then(|test| test.split_once(" - "))
        .filter(|(test, _)| test.contains("::"))
    {
        test
    } else {
        line.strip_prefix("FAILED  ")
            .or_else(|| line.strip_prefix("FAIL  "))?
    };
    Some(name.to_owned())
}

/// Removes terminal escape sequences (`ESC [ … letter`) from a line.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{Counts, Format, failed};

    fn counts(passed: u64, failed: u64, skipped: u64) -> Option<Counts> {
        Some(Counts {
            passed,
            failed,
            skipped,
        })
    }

    #[test]
    fn cargo_s_summary_lines_are_read() {
        let read = |line| Format::Libtest.read(line);
        let line = "test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; \
                    finished in 2.32s";
        assert_eq!(read(line), counts(7, 0, 1));
        let line = "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(read(line), counts(2, 1, 0));
        assert_eq!(read("test a_test_that_says_7_passed ... ok"), None);
        assert_eq!(read("running 7 tests"), None);
    }

    #[test]
    fn vitest_s_summary_is_read_with_and_without_colours() {
        let read = |line| Format::Vitest.read(line);
        assert_eq!(read("      Tests  12 passed (12)"), counts(12, 0, 0));
        assert_eq!(
            read("      Tests  1 failed | 11 passed | 2 skipped (14)"),
            counts(11, 1, 2)
        );
        let coloured =
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m5 passed\u{1b}[39m\u{1b}[22m (5)";
        assert_eq!(read(coloured), counts(5, 0, 0));
        assert_eq!(read(" Test Files  3 passed (3)"), None);
        assert_eq!(read("      Tests  no tests"), None);
    }

    #[test]
    fn a_plain_summary_stands_alone_on_its_line() {
        let read = |line| Format::Plain.read(line);
        assert_eq!(read("12 passed, 3 failed"), counts(12, 3, 0));
        assert_eq!(read("sign-in: 12 passed, 3 failed"), None);
        assert_eq!(read("12 passed"), None);
    }

    #[test]
    fn node_s_and_pytest_s_summaries_are_read() {
        let tap = |line| Format::Tap.read(line);
        assert_eq!(tap("# pass 7"), counts(7, 0, 0));
        assert_eq!(tap("# fail 2"), counts(0, 2, 0));
        assert_eq!(tap("# skipped 1"), counts(0, 0, 1));
        assert_eq!(tap("# tests 9"), None);
        assert_eq!(tap("# Subtest: a test that says pass 3"), None);
        let pytest = |line| Format::Pytest.read(line);
        assert_eq!(pytest("8 passed in 1.23s"), counts(8, 0, 0));
        let line = "==== 1 failed, 7 passed, 2 skipped in 0.50s ====";
        assert_eq!(pytest(line), counts(7, 1, 2));
        assert_eq!(pytest("tests/test_testing.py ........ [100%]"), None);
        assert_eq!(pytest("1 passed in the end"), None);
    }

    #[test]
    fn a_failure_is_named_by_each_program() {
        for (line, name) in [
            ("not ok 3 - a test starts", "a test starts"),
            (
                "FAILED tests/test_x.py::test_y - assert 1 == 2",
                "tests/test_x.py::test_y",
            ),
            ("test send::case_1 ... FAILED", "send::case_1"),
            (
                "FAILED  inbox: search and keyboard",
                "inbox: search and keyboard",
            ),
            (
                "\u{1b}[31m FAIL \u{1b}[39m src/ui/time.test.ts > times",
                "src/ui/time.test.ts > times",
            ),
            (
                "error: doctest failed, to rerun pass `-p wabakit-services --doc`",
                "-p wabakit-services --doc",
            ),
        ] {
            assert_eq!(failed(line).as_deref(), Some(name));
        }
        for line in [
            "test a ... ok",
            "error: 2 targets failed:",
            "test result: FAILED. 1 passed",
        ] {
            assert_eq!(failed(line), None);
        }
    }
}
