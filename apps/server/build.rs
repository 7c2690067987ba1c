//! Puts a placeholder page where the dashboard's build would be, so that cargo alone compiles the server.

use std::{fs, path::Path};

const PLACEHOLDER: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Wabakit</title>\
<p>The dashboard is not built. Install Node.js and npm, then run <code>cargo xtask dashboard</code>. \
The API is at <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p></html>\n";

fn main() -> std::io::Result<()> {
    let dist = Path::new("../dashboard/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    let index = dist.join("index.html");
    if !index.exists() {
        fs::create_dir_all(dist)?;
        fs::write(index, PLACEHOLDER)?;
    }
    Ok(())
}
