//! Runs every check, and reports times and counts. The dashboard's checks run beside the build and the tests.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Output, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::counts::{self, Counts, Format};
use crate::postgres::SharedServer;
use crate::project::{self, Project, Result};
use crate::{dashboard, linting, openapi, postgres, setup};

/// Runs all checks, cheap ones first.
pub(crate) fn test(project: &Project) -> ExitCode {
    let mut suite = Suite::default();
    if !suite.step("set-up", || setup::install_what_is_missing(project)) {
        return suite.end();
    }
    format(project, &mut suite);
    // The server embeds the dashboard, so it is built first.
    suite.step("dashboard build", || dashboard::build_if_stale(project));
    let mut dashboard = project.npm();
    dashboard.args(["run", "--silent", "check"]);
    let dashboard = Beside::start(dashboard);
    let is_built = rust_tests(project, &mut suite);
    suite.join("dashboard checks", Some(Format::Vitest), dashboard);
    if !is_built {
        return suite.end();
    }
    suite.step("openapi", || openapi::check(project));
    browser_tests(project, &mut suite);
    launcher_tests(project, &mut suite);
    // The bans are tests too (tests/arrows.rs). The licences are checked only where the tool is installed.
    if project::on_path(&["cargo-deny"]).is_some() {
        suite.step("cargo deny", || {
            let arguments = ["deny", "--offline", "check", "licenses", "bans", "sources"];
            project::succeed(project.cargo().args(arguments))
        });
    }
    suite.end()
}

/// Checks format, lints and types, without running tests.
pub(crate) fn check(project: &Project) -> ExitCode {
    let mut suite = Suite::default();
    if suite.step("packages", || {
        dashboard::node_is_usable().and_then(|()| dashboard::install_packages(project))
    }) {
        format(project, &mut suite);
        suite.step("dashboard lint", || {
            project::succeed(project.npm().args(["run", "lint"]))
        });
        suite.step("dashboard types", || {
            project::succeed(project.npm().args(["run", "typecheck"]))
        });
    }
    clippy(project, &mut suite);
    suite.end()
}

fn format(project: &Project, suite: &mut Suite) {
    let fmt = ["fmt", "--all", "--check"];
    suite.step("format", || project::succeed(project.cargo().args(fmt)));
}

fn clippy(project: &Project, suite: &mut Suite) {
    suite.step("clippy", || {
        let arguments = ["clippy", "--workspace", "--all-targets", "--locked"];
        project::succeed(
            project
                .cargo()
                .args(arguments)
                .args(["--", "-D", "warnings"]),
        )
    });
}

/// Builds the tests and the programs, and runs the tests. Returns whether everything was built, because later steps run
/// the programs. The build comes before the start of the shared PostgreSQL, which a program of testkit serves.
fn rust_tests(project: &Project, suite: &mut Suite) -> bool {
    let arguments = ["test", "--workspace", "--locked"];
    if !suite.step("build and lints", || {
        project::succeed(linting::cargo(project)?.args(arguments).arg("--no-run"))?;
        // Builds the programs with the same features, so that later steps compile nothing again.
        let others = ["build", "--workspace", "--bins", "--tests", "--examples"];
        let mut build = linting::cargo(project)?;
        project::succeed(build.args(others).args(["--benches", "--locked"]))
    }) {
        return false;
    }
    let mut server = None;
    if !suite.step("tests: postgresql", || {
        SharedServer::start().map(|own| server = Some(own))
    }) {
        return true;
    }
    let Ok(mut command) = linting::cargo(project) else {
        return false;
    };
    command.args(arguments).arg("--no-fail-fast");
    // Most tests wait for processes and databases, so two run on each core.
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    command.env("RUST_TEST_THREADS", (2 * cores).to_string());
    command.envs(
        server
            .as_ref()
            .map(|server| (postgres::VARIABLE, &server.url)),
    );
    suite.tests("tests", Format::Libtest, &mut command);
    true
}

fn browser_tests(project: &Project, suite: &mut Suite) {
    let mut command = project.npm();
    command.args(["run", "e2e"]);
    command.envs(setup::chromium().map(|path| ("CHROMIUM", path)));
    command.envs(
        project::built("wabakit-demo")
            .ok()
            .map(|path| ("WABAKIT_DEMO_BIN", path)),
    );
    suite.tests("browser tests", Format::Plain, &mut command);
}

/// Runs the tests of the sandbox's packages for Node.js and Python, with the built program.
fn launcher_tests(project: &Project, suite: &mut Suite) {
    let folder = project.path("apps/sandbox/launchers");
    let program = project::built("wabakit-sandbox").ok();
    let run = |program_of_tests: PathBuf, package: &str, arguments: &[&str]| {
        let mut command = Command::new(program_of_tests);
        command.current_dir(folder.join(package)).args(arguments);
        command.envs(program.as_ref().map(|path| ("WABAKIT_SANDBOX_BIN", path)));
        command.env("PYTHONPATH", "src");
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    let mut node = run("node".into(), "npm", &["--test", "--test-reporter=tap"]);
    suite.tests("npm launcher", Format::Tap, &mut node);
    let arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"];
    let python = setup::python().unwrap_or_else(|| "python3".into());
    let mut python = run(python, "pypi", &arguments);
    suite.tests("pypi launcher", Format::Pytest, &mut python);
}

/// A program that runs beside the steps. Its output is shown when it is joined.
struct Beside(JoinHandle<(io::Result<Output>, Duration)>);

impl Beside {
    fn start(mut command: Command) -> Self {
        Self(thread::spawn(move || {
            let started = Instant::now();
            let output = command.stdin(Stdio::null()).output();
            (output, started.elapsed())
        }))
    }

    /// Waits for the program's end. Returns its output and how long it ran.
    fn join(self) -> (Result<Output>, Duration) {
        match self.0.join() {
            Ok((output, took)) => (output.map_err(|error| error.to_string()), took),
            Err(_) => (Err("it was not waited for".to_owned()), Duration::ZERO),
        }
    }
}

#[derive(Debug)]
struct Suite {
    started: Instant,
    steps: Vec<Step>,
}

impl Default for Suite {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            steps: Vec::new(),
        }
    }
}

#[derive(Debug)]
struct Step {
    name: &'static str,
    took: Duration,
    counts: Counts,
    /// The reason why it failed.
    failure: Option<String>,
    /// The names of its failed tests.
    failed: Vec<String>,
}

impl Step {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            took: Duration::ZERO,
            counts: Counts::default(),
            failure: None,
            failed: Vec::new(),
        }
    }

    /// Reads counts and names from a line of its program's output.
    fn read(&mut self, format: Format, line: &str) {
        self.failed.extend(counts::failed(line));
        match (format, format.read(line)) {
            (Format::Libtest | Format::Tap, Some(read)) => self.counts += read,
            (Format::Vitest | Format::Plain | Format::Pytest, Some(read)) => self.counts = read,
            (_, None) => {}
        }
    }
}

impl Suite {
    /// Runs a step that counts no tests. Returns whether it succeeded.
    fn step(&mut self, name: &'static str, run: impl FnOnce() -> Result<()>) -> bool {
        self.counted(name, |_| run())
    }

    /// Runs a program that counts its tests.
    fn tests(&mut self, name: &'static str, format: Format, command: &mut Command) {
        self.counted(name, |step| {
            project::succeed_reading(command, |line| step.read(format, line))?;
            judge(step.counts)
        });
    }

    /// Waits for a program that ran beside the steps, and adds it as a step. With a format, it must have run tests.
    fn join(&mut self, name: &'static str, format: Option<Format>, beside: Beside) {
        println!("\n== {name}");
        let (output, took) = beside.join();
        let mut step = Step::new(name);
        let outcome = output.and_then(|output| {
            let shown = io::stdout().write_all(&output.stdout);
            shown
                .and_then(|()| io::stderr().write_all(&output.stderr))
                .map_err(|error| format!("its output cannot be shown: {error}"))?;
            if let Some(format) = format {
                for text in [&output.stdout, &output.stderr] {
                    for line in String::from_utf8_lossy(text).lines() {
                        step.read(format, line);
                    }
                }
            }
            match (output.status.success(), format) {
                (false, _) => Err(format!("it failed ({})", output.status)),
                (true, None) => Ok(()),
                (true, Some(_)) => judge(step.counts),
            }
        });
        self.push(step, took, outcome);
    }

    fn counted(&mut self, name: &'static str, run: impl FnOnce(&mut Step) -> Result<()>) -> bool {
        println!("\n== {name}");
        let started = Instant::now();
        let mut step = Step::new(name);
        let outcome = run(&mut step);
        self.push(step, started.elapsed(), outcome)
    }

    fn push(&mut self, mut step: Step, took: Duration, outcome: Result<()>) -> bool {
        if let Err(reason) = &outcome {
            println!("{reason}");
        }
        step.took = took;
        step.failure = outcome.err();
        let succeeded = step.failure.is_none();
        self.steps.push(step);
        succeeded
    }

    /// Adds up the counts of all steps. A failed step without a failed test counts as one failure.
    fn total(&self) -> Counts {
        let mut total = Counts::default();
        for step in &self.steps {
            total += step.counts;
            if step.failure.is_some() && step.counts.failed == 0 {
                total.failed += 1;
            }
        }
        total
    }

    /// Prints the summary, with the total counts as the last line.
    fn end(self) -> ExitCode {
        println!("\n{:20} {:>8}  result", "step", "time");
        for step in &self.steps {
            let Counts {
                passed,
                failed,
                skipped,
            } = step.counts;
            let mut result = if step.failure.is_some() {
                "FAILED"
            } else {
                "ok"
            }
            .to_owned();
            for (count, what) in [(passed, "passed"), (failed, "failed"), (skipped, "skipped")] {
                if count > 0 {
                    result.push_str(&format!(", {count} {what}"));
                }
            }
            println!(
                "{:20} {:>7.1}s  {result}",
                step.name,
                step.took.as_secs_f64()
            );
        }
        let all = self.started.elapsed();
        println!("{:20} {:>7.1}s", "all", all.as_secs_f64());

        let failed: Vec<_> = self
            .steps
            .iter()
            .filter(|step| step.failure.is_some())
            .collect();
        for step in &failed {
            println!(
                "FAILED {}: {}",
                step.name,
                step.failure.as_deref().unwrap_or_default()
            );
            for test in &step.failed {
                println!("    {test}");
            }
        }
        let total = self.total();
        println!("{} passed, {} failed", total.passed, total.failed);
        if failed.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Requires that tests ran and that none failed.
fn judge(counts: Counts) -> Result<()> {
    match counts {
        Counts {
            failed: 0,
            passed: 1..,
            ..
        } => Ok(()),
        Counts { failed: 0, .. } => Err("no test was counted".to_owned()),
        Counts { failed, .. } => Err(format!("{failed} tests failed")),
    }
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use super::{Counts, Suite, judge};

    fn counts(passed: u64, failed: u64) -> Counts {
        Counts {
            passed,
            failed,
            skipped: 0,
        }
    }

    #[test]
    fn a_failed_step_without_failed_tests_counts_as_one() {
        let mut suite = Suite::default();
        assert!(suite.step("good", || Ok(())));
        assert!(!suite.step("bad", || Err("no".to_owned())));
        assert!(!suite.counted("tests", |step| {
            step.counts = counts(3, 2);
            Err("2 tests failed".to_owned())
        }));
        assert_eq!(suite.total(), counts(3, 3));
        assert_eq!(suite.end(), ExitCode::FAILURE);
    }

    #[test]
    fn a_suite_without_failures_ends_well() {
        let mut suite = Suite::default();
        assert!(suite.counted("tests", |step| {
            step.counts = counts(3, 0);
            Ok(())
        }));
        assert_eq!(suite.total(), counts(3, 0));
        assert_eq!(suite.end(), ExitCode::SUCCESS);
    }

    #[test]
    fn a_test_program_that_counts_nothing_has_failed() {
        assert!(judge(counts(1, 0)).is_ok());
        assert!(judge(counts(0, 0)).is_err());
        assert!(judge(counts(5, 1)).is_err());
    }
}
