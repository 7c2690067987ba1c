//! The setting of every proof: a sandbox, a database, an organisation with an owner.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{
    listener::{Listeners, org_name},
    receive::{
        Tenants,
        load::{until_applied, until_long},
    },
};
use serde_json::{Value, json};
use tempfile::TempDir;
use wabakit_prove::{APP_ID, Client, Engine, Meta, Probe, Process, run_to_end, settings};

/// The programs to prove.
pub(crate) struct Programs {
    pub(crate) server: PathBuf,
    pub(crate) sandbox: PathBuf,
}

/// A sandbox and a database on which a server can be started repeatedly.
pub(crate) struct Stage {
    pub(crate) meta: Meta,
    pub(crate) database: Probe,
    pub(crate) sandbox: Process,
    vars: BTreeMap<String, String>,
    server: PathBuf,
    lanes: AtomicU64,
    /// The first organisation's name in a history.
    pub(crate) first_org: String,
    _folder: TempDir,
}

pub(crate) const EMAIL: &str = "owner@proof.example";
const PASSWORD: &str = "a long password for a proof";

impl Stage {
    pub(crate) async fn set(programs: &Programs, engine: Engine) -> Self {
        Self::on(programs, Probe::new(engine).await, None).await
    }

    /// Prepares a stage on this database, with a sandbox that begins with this seed.
    pub(crate) async fn on(programs: &Programs, database: Probe, seed: Option<Value>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut vars = settings("http://127.0.0.1:1", database.url(), &data);
        let sandbox_data = folder.path().join("sandbox").display().to_string();
        let secret = vars["META_APP_SECRET"].clone();
        let mut arguments = vec![
            "--port",
            "0",
            "--data",
            &sandbox_data,
            "--app-id",
            APP_ID,
            "--app-secret",
            &secret,
            "--log",
            "warn",
        ];
        let file = folder.path().join("seed.json").display().to_string();
        if let Some(seed) = seed {
            std::fs::write(&file, seed.to_string()).unwrap();
            arguments.extend(["--seed", &file]);
        }
        let mut sandbox = Process::start(&programs.sandbox, &arguments, &BTreeMap::new());
        let base = sandbox.base().await;
        vars.extend(settings(&base, database.url(), &data));
        let mut stage = Self {
            meta: Meta::at(&base),
            database,
            sandbox,
            vars,
            server: programs.server.clone(),
            lanes: AtomicU64::new(0),
            first_org: String::new(),
            _folder: folder,
        };
        stage.first_org = stage.add_org(EMAIL).await;
        stage
    }

    /// Creates an organisation with an owner, while no server runs. Returns its name in a history.
    pub(crate) async fn add_org(&self, email: &str) -> String {
        let org = self
            .command(&["org", "create", "--name", "Proof"], "")
            .await;
        self.add_owner(&org, email).await;
        org_name(&org)
    }

    async fn add_owner(&self, org: &str, email: &str) {
        let new = [
            "user", "create", "--org", org, "--email", email, "--name", "Owner",
        ];
        self.command(&new, PASSWORD).await;
    }

    /// Runs a command of the server to its end, and returns its output.
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

    fn vars_with(&self, more: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut vars = self.vars.clone();
        vars.insert("LOG_LEVEL".to_owned(), "info".to_owned());
        vars.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        vars
    }

    /// Starts the server so that a limit of its files' size fails its writes and does not end it: the system's signal
    /// is ignored.
    pub(crate) fn serve_with_limits(&self, more: &[(&str, &str)]) -> Process {
        let ignoring = "trap '' XFSZ; exec \"$0\" serve";
        let server = self.server.display().to_string();
        let vars = self.vars_with(more);
        Process::start(Path::new("/bin/sh"), &["-c", ignoring, &server], &vars)
    }

    /// Starts the server with more arguments and variables.
    pub(crate) fn serve_with(&self, arguments: &[&str], more: &[(&str, &str)]) -> Process {
        let vars = self.vars_with(more);
        let arguments: Vec<&str> = std::iter::once("serve")
            .chain(arguments.iter().copied())
            .collect();
        Process::start(&self.server, &arguments, &vars)
    }

    /// Starts the minimal handler.
    pub(crate) fn bare(&self) -> Process {
        let program = std::env::current_exe().unwrap();
        let secret = self.app_secret();
        Process::start(
            &program,
            &["--server", "-", "--sandbox", "-", "bare-handler", &secret],
            &BTreeMap::new(),
        )
    }

    /// Returns the secret that deliveries are signed with.
    pub(crate) fn app_secret(&self) -> String {
        self.vars["META_APP_SECRET"].clone()
    }

    /// Reserves numbers for this many connections.
    pub(crate) fn next_lanes(&self, count: u64) -> u64 {
        self.lanes.fetch_add(count, Ordering::Relaxed)
    }

    /// Creates organisations with three numbers each. The first two have an owner who listens.
    pub(crate) async fn tenants(&self, orgs: u64) -> Tenants {
        let mut server = self.serve();
        let owner = self.owner(&server.base().await).await;
        self.connect(&owner).await;
        server.end().await;
        let tenants = Tenants::make(&self.database, orgs).await;
        for org in 0..tenants.listened() {
            self.add_owner(&Tenants::org_id(org), &listener_of(org))
                .await;
        }
        tenants
    }

    /// Makes the sandbox send webhooks to the server at this address.
    pub(crate) async fn hear_at(&self, base: &str) {
        let order = json!({
            "appId": APP_ID,
            "callbackUrl": format!("{base}/api/webhooks/whatsapp"),
        });
        self.meta.order("webhooks/subscription", order).await;
    }

    /// Waits until the sandbox has delivered all webhooks, and all are applied. Deliveries that failed while no server
    /// took them are retried at once.
    pub(crate) async fn deliver(&self) {
        let meta = &self.meta;
        until_long("the sandbox to deliver every webhook", async || {
            let settled = meta
                .order("webhooks/settle", json!({"timeoutMs": 5_000}))
                .await;
            let due = meta.look("webhooks/queue?limit=1").await;
            let is_empty = due["data"].as_array().unwrap().is_empty();
            if is_empty && settled["settled"] == true {
                return Some(());
            }
            if settled["settled"] == true {
                // Meta retries later, so we move the clock.
                meta.order("clock", json!({"advanceSeconds": 3_600})).await;
            }
            None
        })
        .await;
        until_applied(&self.database).await;
    }

    /// Signs the owner of the first tenant in.
    pub(crate) async fn listener(&self, base: &str) -> Client {
        self.sign_in(base, &listener_of(0)).await
    }

    /// Listens to the logs of the first two tenants.
    pub(crate) async fn listen(&self, base: &str, tenants: Tenants) -> Listeners {
        let mut people = Vec::new();
        for org in 0..tenants.listened() {
            let client = self.sign_in(base, &listener_of(org)).await;
            people.push((Tenants::org_name(org), client));
        }
        Listeners::start(people)
    }

    /// Returns a browser in which the owner is signed in.
    pub(crate) async fn owner(&self, base: &str) -> Client {
        self.sign_in(base, EMAIL).await
    }

    /// Returns a browser in which this person is signed in.
    pub(crate) async fn sign_in(&self, base: &str, email: &str) -> Client {
        let browser = Client::browser(base);
        browser.sign_in(email, PASSWORD).await;
        browser
    }

    /// Connects, and asserts success.
    pub(crate) async fn connect(&self, owner: &Client) {
        owner.connect(&self.meta, json!({})).await.connected();
    }
}

/// Returns the address of a tenant's owner.
fn listener_of(org: u64) -> String {
    format!("listener{org}@proof.example")
}
