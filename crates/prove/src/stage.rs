//! What every proof begins with: a sandbox, a database, an organisation with an owner.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::json;
use tempfile::TempDir;
use wabakit_prove::{APP_ID, Client, Engine, Meta, Probe, Process, run_to_end, settings};

/// The programs under proof.
pub(crate) struct Programs {
    pub(crate) server: PathBuf,
    pub(crate) sandbox: PathBuf,
}

/// A sandbox and a database that a server can be started on, again and again.
pub(crate) struct Stage {
    pub(crate) meta: Meta,
    pub(crate) database: Probe,
    pub(crate) sandbox: Process,
    vars: BTreeMap<String, String>,
    server: PathBuf,
    _folder: TempDir,
}

pub(crate) const EMAIL: &str = "owner@proof.example";
const PASSWORD: &str = "a long password for a proof";

impl Stage {
    pub(crate) async fn set(programs: &Programs, engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Probe::new(engine).await;
        let data = folder.path().join("data");
        let mut vars = settings("http://127.0.0.1:1", database.url(), &data);
        let sandbox_data = folder.path().join("sandbox").display().to_string();
        let secret = vars["META_APP_SECRET"].clone();
        let arguments = [
            "--port",
            "0",
            "--data",
            &sandbox_data,
            "--app-id",
            APP_ID,
            "--app-secret",
            &secret,
        ];
        let mut sandbox = Process::start(&programs.sandbox, &arguments, &BTreeMap::new());
        let base = sandbox.base().await;
        vars.extend(settings(&base, database.url(), &data));
        let stage = Self {
            meta: Meta::at(&base),
            database,
            sandbox,
            vars,
            server: programs.server.clone(),
            _folder: folder,
        };
        let org = stage
            .command(&["org", "create", "--name", "Proof"], "")
            .await;
        let new = [
            "user", "create", "--org", &org, "--email", EMAIL, "--name", "Owner",
        ];
        stage.command(&new, PASSWORD).await;
        stage
    }

    /// Runs a command of the server's to its end; answers what it printed.
    async fn command(&self, arguments: &[&str], input: &str) -> String {
        let output = run_to_end(&self.server, arguments, &self.vars, input).await;
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Starts the server.
    pub(crate) fn serve(&self) -> Process {
        Process::start(&self.server, &["serve"], &self.vars)
    }

    /// A browser in which the owner is signed in.
    pub(crate) async fn owner(&self, base: &str) -> Client {
        let browser = Client::browser(base);
        browser.sign_in(EMAIL, PASSWORD).await;
        browser
    }

    /// Connects, and holds that it succeeds.
    pub(crate) async fn connect(&self, owner: &Client) {
        owner.connect(&self.meta, json!({})).await.connected();
    }
}
