//! Drives the sandbox with published clients of the Cloud API, and writes the results into a document.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::project::{self, Project, Result};

/// The proof's name and description.
pub(crate) const PROOF: (&str, &str) = (
    "clients",
    "published clients of the Cloud API send, upload, set and receive with the sandbox (needs their registries)",
);

/// The areas that each client touches, in order.
const AREAS: [&str; 5] = ["sending", "media", "profile", "settings", "webhooks"];
/// The outcome of an area for which a client has no calls.
const NONE: &str = "none";
/// The beginning of the outcome of a client that could not be installed.
const NOT_INSTALLED: &str = "not installed";
/// The variable with a folder that holds the PHP client as composer installs it, for machines without Packagist.
const PHP_VENDOR: &str = "SANDBOX_PHP_VENDOR";
/// The PHP client, as its composer.json pins it.
const PHP_CLIENT: &str = "netflie/whatsapp-cloud-api 3.0.0";
/// The document with the table, and the lines around it.
const PAGE: &str = "docs/sandbox-for-other-clients.md";
const MARKS: [&str; 2] = [
    "<!-- table of clients: begin -->",
    "<!-- table of clients: end -->",
];

/// Runs all clients, and writes the table. It fails if something of a client fails.
pub(crate) fn prove(project: &Project) -> Result<()> {
    let build = ["build", "--locked", "--package", "wabakit-sandbox"];
    project::succeed(project.cargo().args(build))?;
    let mut lines = Vec::new();
    for client in prepare(project)? {
        let mut client = match client {
            Client::Ready(command) => command,
            Client::Missing { name, reason } => {
                lines
                    .extend(AREAS.map(|area| format!("{name}\t{area}\t{NOT_INSTALLED}: {reason}")));
                continue;
            }
        };
        let sandbox = Sandbox::start(project)?;
        client.env("SANDBOX_URL", &sandbox.url);
        // The Rust client reads its address there.
        client.env("API_BASE_URL_FOR_TESTING", &sandbox.url);
        let run = project::succeed_reading(&mut client, |line| lines.push(line.to_owned()));
        sandbox.stop()?;
        run?;
    }
    let rows = rows(&lines);
    let page = project.path(PAGE);
    let text = fs::read_to_string(&page).map_err(|error| format!("{PAGE}: {error}"))?;
    let text = with_table(&text, &table(&rows))?;
    fs::write(&page, text).map_err(|error| format!("{PAGE}: {error}"))?;
    let failures: Vec<String> = rows.iter().flat_map(Row::failures).collect();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\n"))
    }
}

/// A client that can be run, or the reason why it cannot.
enum Client {
    Ready(Command),
    Missing { name: String, reason: String },
}

/// Installs the clients in their pinned versions.
fn prepare(project: &Project) -> Result<Vec<Client>> {
    let folder = |name: &str| project.path("apps/sandbox/clients").join(name);
    let scratch = project.scratch()?;
    let node = folder("node");
    let mut install = Command::new("npm");
    install
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&node);
    project::succeed(&mut install)?;
    let python = folder("python");
    let environment = scratch.join("clients-python");
    let mut make = Command::new("python3");
    project::succeed(make.args(["-m", "venv"]).arg(&environment))?;
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--requirement",
        "requirements.txt",
    ];
    let interpreter = environment.join("bin/python");
    project::succeed(Command::new(&interpreter).args(pip).current_dir(&python))?;
    let target = scratch.join("clients-rust");
    let mut build = project.cargo();
    // It is no crate of the workspace, so its lints do not hold.
    build.env_remove("RUSTC_WORKSPACE_WRAPPER");
    build.args(["build", "--locked", "--manifest-path"]);
    build.arg(folder("rust").join("Cargo.toml"));
    project::succeed(build.arg("--target-dir").arg(&target))?;
    let run = |program: PathBuf, folder: &Path, file: Option<&str>| {
        let mut command = Command::new(program);
        command.current_dir(folder).args(file);
        Client::Ready(command)
    };
    let php = prepare_php(&folder("php"), &scratch).unwrap_or_else(|reason| Client::Missing {
        name: PHP_CLIENT.to_owned(),
        reason,
    });
    Ok(vec![
        run(interpreter, &python, Some("pywa_client.py")),
        run("node".into(), &node, Some("kapso.js")),
        run(
            target.join("debug/sandbox-client-rust"),
            &folder("rust"),
            None,
        ),
        php,
        run("node".into(), &node, Some("http.js")),
    ])
}

/// Checks that a folder holds packages as composer installs them.
fn php_vendor(folder: &Path) -> Result<PathBuf> {
    if folder.join("autoload.php").is_file() {
        Ok(folder.to_owned())
    } else {
        Err(format!("{PHP_VENDOR} names a folder without autoload.php"))
    }
}

/// Installs the PHP client by composer, or takes it from the folder that a variable names.
fn prepare_php(folder: &Path, scratch: &Path) -> Result<Client> {
    let vendor = if let Some(given) = env::var_os(PHP_VENDOR) {
        php_vendor(Path::new(&given))?
    } else {
        let vendor = scratch.join("clients-php");
        let mut install = Command::new("composer");
        let arguments = ["install", "--no-interaction", "--no-progress", "--quiet"];
        install.args(arguments).current_dir(folder);
        project::succeed(install.env("COMPOSER_VENDOR_DIR", &vendor)).map_err(|error| {
            format!(
                "composer did not bring it from Packagist ({error}), and {PHP_VENDOR} is not set"
            )
        })?;
        vendor
    };
    let mut run = Command::new("php");
    run.arg("netflie.php").current_dir(folder);
    run.env(PHP_VENDOR, vendor);
    Ok(Client::Ready(run))
}

/// A sandbox with a folder of its own.
struct Sandbox {
    child: Child,
    folder: PathBuf,
    url: String,
}

impl Sandbox {
    fn start(project: &Project) -> Result<Self> {
        let folder = project.scratch()?.join("clients-sandbox");
        // A run that was broken off may have left it.
        drop(fs::remove_dir_all(&folder));
        let mut command = Command::new(project::built("wabakit-sandbox")?);
        command.args([
            "--port",
            "0",
            "--until-stdin-ends",
            "--log",
            "warn",
            "--data",
        ]);
        command
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let failed = |error: std::io::Error| format!("the sandbox does not start: {error}");
        let mut child = command.spawn().map_err(failed)?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output)
                .read_line(&mut line)
                .map_err(failed)?;
        }
        let url = line
            .split_whitespace()
            .last()
            .unwrap_or_default()
            .to_owned();
        if url.is_empty() {
            return Err("the sandbox does not start".to_owned());
        }
        Ok(Self { child, folder, url })
    }

    fn stop(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let ended = self.child.wait();
        drop(fs::remove_dir_all(&self.folder));
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("the sandbox failed ({status})")),
            Err(error) => Err(format!("the sandbox did not end: {error}")),
        }
    }
}

/// The outcomes of one client.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    client: String,
    /// One for each area; `None` where the client said nothing.
    outcomes: [Option<String>; AREAS.len()],
}

impl Row {
    /// Returns the reason why the client could not be installed.
    fn missing(&self) -> Option<&str> {
        let first = self.outcomes.first()?.as_deref()?;
        first.starts_with(NOT_INSTALLED).then_some(first)
    }

    fn failures(&self) -> Vec<String> {
        if let Some(reason) = self.missing() {
            return vec![format!("{}: {reason}", self.client)];
        }
        let pairs = AREAS.iter().zip(&self.outcomes);
        pairs
            .filter_map(|(area, outcome)| {
                let reason = outcome.as_deref().unwrap_or("it said nothing");
                let is_good = matches!(reason, "ok" | NONE);
                (!is_good).then(|| format!("{}, {area}: {reason}", self.client))
            })
            .collect()
    }
}

/// Reads the lines of all clients: client, area and outcome, separated by tabs. Other lines are not for us.
fn rows(lines: &[String]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in lines {
        let mut fields = line.split('\t');
        let (Some(client), Some(area), Some(outcome)) =
            (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let Some(place) = AREAS.iter().position(|known| *known == area) else {
            continue;
        };
        if rows.last().is_none_or(|row| row.client != client) {
            rows.push(Row {
                client: client.to_owned(),
                outcomes: Default::default(),
            });
        }
        if let Some(cell) = rows.last_mut().and_then(|row| row.outcomes.get_mut(place)) {
            *cell = Some(outcome.to_owned());
        }
    }
    rows
}

/// Writes the rows as a table, with the reasons of failures below it.
fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "| client | {} |\n|---|{}\n",
        AREAS.join(" | "),
        "---|".repeat(AREAS.len())
    );
    for row in rows {
        let cells = row.outcomes.iter().map(|outcome| match outcome.as_deref() {
            Some("ok") => "yes",
            Some(NONE) => "the client has no call",
            Some(reason) if reason.starts_with(NOT_INSTALLED) => "not run",
            _ => "no",
        });
        text.push_str(&format!(
            "| {} | {} |\n",
            row.client,
            cells.collect::<Vec<_>>().join(" | ")
        ));
    }
    for failure in rows.iter().flat_map(Row::failures) {
        text.push_str(&format!("\n- {failure}"));
    }
    text
}

/// Replaces what stands between the marks of a page.
fn with_table(page: &str, table: &str) -> Result<String> {
    let [begin, end] = MARKS;
    let parts = page.split_once(begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(end)?;
        Some((before, after))
    });
    let (before, after) = parts.ok_or_else(|| format!("{PAGE} has no place for the table"))?;
    Ok(format!(
        "{before}{begin}\n{}\n{end}{after}",
        table.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::{rows, table, with_table};

    #[test]
    fn a_client_s_lines_become_a_row_and_failures_are_named() {
        let lines = [
            "npm notice: something else",
            "pywa 4.5.0\tsending\tok",
            "pywa 4.5.0\tprofile\tUnknown path",
            "pywa 4.5.0\tdancing\tok",
            "crate 1\tsending\tok",
            "crate 1\tmedia\tok",
            "crate 1\tprofile\tnone",
            "crate 1\tsettings\tnone",
            "crate 1\twebhooks\tok",
        ];
        let rows = rows(&lines.map(str::to_owned));
        assert_eq!(rows.len(), 2);
        let [pywa, other] = rows.as_slice() else {
            return;
        };
        assert_eq!(pywa.failures().len(), 4);
        assert!(
            pywa.failures()
                .contains(&"pywa 4.5.0, profile: Unknown path".to_owned())
        );
        assert!(
            pywa.failures()
                .contains(&"pywa 4.5.0, media: it said nothing".to_owned())
        );
        assert!(other.failures().is_empty());
        let table = table(&rows);
        assert!(
            table.contains("| pywa 4.5.0 | yes | no | no | no | no |"),
            "{table}"
        );
        let none = "the client has no call";
        assert!(table.contains(&format!("| crate 1 | yes | yes | {none} | {none} | yes |")));
    }

    #[test]
    fn a_client_that_is_not_installed_fails_once_and_its_row_says_so() {
        let lines = super::AREAS.map(|area| format!("php 1\t{area}\tnot installed: no registry"));
        let rows = rows(&lines);
        let failures: Vec<String> = rows.iter().flat_map(super::Row::failures).collect();
        assert_eq!(failures, ["php 1: not installed: no registry"]);
        let table = table(&rows);
        assert!(
            table.contains("| php 1 | not run | not run | not run | not run | not run |"),
            "{table}"
        );
        assert!(
            table.contains("\n- php 1: not installed: no registry"),
            "{table}"
        );
    }

    #[test]
    fn a_folder_without_the_packages_is_named_as_the_reason() {
        let empty = std::env::temp_dir().join("wabakit-no-such-folder");
        let given = super::php_vendor(&empty);
        assert_eq!(
            given,
            Err("SANDBOX_PHP_VENDOR names a folder without autoload.php".to_owned())
        );
    }

    #[test]
    fn only_the_table_of_the_page_is_replaced() {
        let page = "a\n<!-- table of clients: begin -->\nold\n<!-- table of clients: end -->\nb\n";
        let new = "a\n<!-- table of clients: begin -->\nnew\n<!-- table of clients: end -->\nb\n";
        assert_eq!(with_table(page, "new\n").as_deref(), Ok(new));
        assert!(with_table("no marks", "new").is_err());
    }
}
