//! The OpenAPI file and the client that is generated from it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::dashboard;
use crate::project::{self, Project, Result};

const SPECIFICATION: &str = "docs/openapi.json";
const CLIENT: &str = "apps/dashboard/src/api/schema.d.ts";
const REFUSALS: &str = "apps/dashboard/src/api/refusals.ts";

/// Writes all files.
pub(crate) fn regenerate(project: &Project) -> Result<()> {
    let specification = generate(project)?;
    write(&project.path(SPECIFICATION), &specification)?;
    dashboard::node_is_usable()?;
    dashboard::install_packages(project)?;
    project::succeed(project.npm().args(["run", "generate"]))
}

/// Compares the committed files with the output of the built server.
pub(crate) fn check(project: &Project) -> Result<()> {
    let scratch = project.scratch()?;
    let mut server = Command::new(project::built("wabakit")?);
    let specification = project::output(server.arg("openapi"))?;
    same(project, SPECIFICATION, &specification)?;
    let client = scratch.join("schema.d.ts");
    let mut generate_client = project.npm();
    generate_client.args(["exec", "--", "openapi-typescript"]);
    generate_client
        .arg(project.path(SPECIFICATION))
        .arg("-o")
        .arg(&client);
    project::succeed(&mut generate_client)?;
    same(project, CLIENT, &read(&client)?)?;
    let refusals = scratch.join("refusals.ts");
    let mut generate_refusals = project.npm();
    generate_refusals.args(["exec", "--", "node", "scripts/refusals.mjs"]);
    generate_refusals
        .arg(project.path(SPECIFICATION))
        .arg(&refusals);
    project::succeed(&mut generate_refusals)?;
    same(project, REFUSALS, &read(&refusals)?)
}

fn generate(project: &Project) -> Result<Vec<u8>> {
    let mut command = project.cargo();
    command.args([
        "run",
        "--quiet",
        "--package",
        "wabakit-server",
        "--",
        "openapi",
    ]);
    project::output(&mut command)
}

fn same(project: &Project, committed: &str, generated: &[u8]) -> Result<()> {
    match first_difference(&read(&project.path(committed))?, generated) {
        None => Ok(()),
        Some(line) => Err(format!(
            "{committed} is not what the code generates (line {line} differs): \
             run cargo xtask openapi and commit the result"
        )),
    }
}

/// Returns the number, from 1, of the first line in which two files differ.
fn first_difference(one: &[u8], two: &[u8]) -> Option<usize> {
    if one == two {
        return None;
    }
    let lines = one
        .split(|byte| *byte == b'\n')
        .zip(two.split(|byte| *byte == b'\n'));
    Some(lines.take_while(|(one, two)| one == two).count() + 1)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content)
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference(b"a\nb\n", b"a\nb\n"), None);
        assert_eq!(first_difference(b"a\nb\n", b"a\nc\n"), Some(2));
        assert_eq!(first_difference(b"a\n", b"a\nb\n"), Some(2));
        assert_eq!(first_difference(b"a", b"a\n"), Some(2));
    }
}
