//! Writes placeholder pages in place of the dashboard's build, so that cargo alone compiles the server.

use std::{fs, path::Path};

const PLACEHOLDER: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Wabakit</title>\
<p>The dashboard is not built. Install Node.js and npm, then run <code>cargo xtask dashboard</code>. \
The API is at <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p></html>\n";

fn main() -> std::io::Result<()> {
    let dist = Path::new("../dashboard/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    for page in ["index.html", "auth.html"].map(|name| dist.join(name)) {
        if !page.exists() {
            fs::create_dir_all(dist)?;
            fs::write(page, PLACEHOLDER)?;
        }
    }
    Ok(())
}
