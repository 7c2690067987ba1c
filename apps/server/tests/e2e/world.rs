//! A server, its database and a sandbox for one test.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;
use wabakit_domain::{
    audit::Actor,
    identity::Role,
    ids::{OrgId, UserId},
};
use wabakit_prove::{APP_ID, Client, Meta, Probe, settings};
use wabakit_sandbox::{App, RunningSandbox, Sandbox, SandboxConfig};
use wabakit_server::{Assembly, Config, RunningServer, Safety};

pub(crate) use wabakit_prove::Engine::{self, Postgres, Sqlite};

/// Ids of the sandbox's built-in seed.
pub(crate) const JUNIPER_WABA: &str = "420000000000001";
pub(crate) const JUNIPER: &str = "530000000000001";
pub(crate) const DENTAL_WABA: &str = "420000000000002";
pub(crate) const FRONT_DESK: &str = "530000000000002";
pub(crate) const UNVERIFIED: &str = "530000000000003";
pub(crate) const EMERGENCIES: &str = "530000000000004";
pub(crate) const RECEPTION: &str = "530000000000005";
pub(crate) const LOCKED: &str = "530000000000006";
pub(crate) const LOCKED_PIN: &str = "830174";

pub(crate) const PASSWORD: &str = "Xylophone-canary-41-password";

/// A person who can sign in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) org: OrgId,
    pub(crate) user: UserId,
    pub(crate) email: String,
}

pub(crate) struct World {
    pub(crate) meta: Meta,
    pub(crate) database: Probe,
    pub(crate) vars: BTreeMap<String, String>,
    server: Option<RunningServer>,
    sandbox: RunningSandbox,
    _folder: TempDir,
}

/// Reads variables as `wabakit serve` does.
pub(crate) fn config(vars: &BTreeMap<String, String>) -> Config {
    Config::from_vars(&|name| vars.get(name).cloned()).unwrap()
}

impl World {
    /// Makes a world without a server.
    pub(crate) async fn without_server(engine: Engine) -> Self {
        Self::in_folder(engine, tempfile::tempdir().unwrap()).await
    }

    /// Makes a world without a server. The sandbox continues from the state in the folder's `sandbox`.
    pub(crate) async fn in_folder(engine: Engine, folder: TempDir) -> Self {
        let database = Probe::new(engine).await;
        let data = folder.path().join("data");
        let secret = settings("", "", Path::new(""))["META_APP_SECRET"].clone();
        let sandbox = Sandbox::start(SandboxConfig {
            apps: vec![App::new(APP_ID, secret)],
            ..SandboxConfig::new(folder.path().join("sandbox"))
        })
        .unwrap();
        let base = sandbox.base_url();
        Self {
            meta: Meta::at(&base),
            vars: settings(&base, database.url(), &data),
            database,
            server: None,
            sandbox,
            _folder: folder,
        }
    }

    pub(crate) async fn start(engine: Engine) -> Self {
        Self::with(engine, &[]).await
    }

    /// Makes a world with further variables.
    pub(crate) async fn with(engine: Engine, vars: &[(&str, &str)]) -> Self {
        let mut world = Self::without_server(engine).await;
        for (name, value) in vars {
            world.vars.insert((*name).to_owned(), (*value).to_owned());
        }
        world.serve().await;
        world
    }

    async fn serve(&mut self) {
        let server = wabakit_server::start(config(&self.vars), Safety::Production).await;
        self.server = Some(server.unwrap());
        self.hear_at(&self.base()).await;
    }

    /// Makes Meta send its webhooks to this server.
    pub(crate) async fn hear_at(&self, base: &str) {
        let callback = format!("{base}/api/webhooks/whatsapp");
        let token = &self.vars["WHATSAPP_VERIFY_TOKEN"];
        let subscribed = self.sandbox.subscribe(APP_ID, &callback, token).await;
        subscribed.unwrap();
    }

    /// Sends a message of a customer to a number. Returns the messages' ids.
    pub(crate) async fn customer_writes(
        &self,
        phone: &str,
        number: &str,
        mut message: Value,
    ) -> Vec<String> {
        message["to"] = number.into();
        let path = format!("phones/{phone}/messages");
        let sent = self.meta.order(&path, message).await;
        let ids = sent["ids"].as_array().unwrap().iter();
        ids.map(|id| id.as_str().unwrap().to_owned()).collect()
    }

    /// Restarts the server on the same database.
    pub(crate) async fn restart(&mut self) {
        self.take_server().stop().await;
        self.serve().await;
    }

    /// Starts the server again after it was stopped.
    pub(crate) async fn serve_again(&mut self) {
        self.serve().await;
    }

    pub(crate) fn take_server(&mut self) -> RunningServer {
        self.server.take().unwrap()
    }

    pub(crate) fn server(&self) -> &RunningServer {
        self.server.as_ref().unwrap()
    }

    pub(crate) fn base(&self) -> String {
        self.server().base_url()
    }

    /// Returns the metrics, from their own listener.
    pub(crate) async fn metrics(&self) -> String {
        let address = self.server().metrics_address().unwrap();
        let client = Client::program(&format!("http://{address}"));
        client.get("/metrics").await.text
    }

    /// Makes an organisation with an owner.
    pub(crate) async fn owner(&self, org: &str) -> Person {
        owner(&self.server().assembly, org, false).await
    }

    /// Makes another member of a person's organisation.
    pub(crate) async fn member(&self, of: &Person, role: Role) -> Person {
        let name = format!("{}-{}", role.as_str(), of.email);
        person(&self.server().assembly, of.org, &name, role, false).await
    }

    /// Returns a browser without a sign-in.
    pub(crate) fn browser(&self) -> Client {
        Client::browser(&self.base())
    }

    /// Returns a browser in which the person is signed in.
    pub(crate) async fn signed_in(&self, person: &Person) -> Client {
        let browser = self.browser();
        browser.sign_in(&person.email, PASSWORD).await;
        browser
    }

    /// Returns a program with the person's access token.
    pub(crate) async fn program(&self, person: &Person) -> Client {
        let program = Client::program(&self.base());
        program.take_tokens(&person.email, PASSWORD).await.1
    }

    /// Returns a browser of a new organisation's owner.
    pub(crate) async fn anybody(&self) -> Client {
        let owner = self.owner("Juniper").await;
        self.signed_in(&owner).await
    }
}

pub(crate) async fn owner(assembly: &Assembly, org: &str, is_operator: bool) -> Person {
    let made = assembly.orgs.create_by(Actor::System, org).await.unwrap();
    let email = format!("{}@acme.example", org.to_lowercase().replace(' ', "-"));
    person(assembly, made.id, &email, Role::Owner, is_operator).await
}

async fn person(
    assembly: &Assembly,
    org: OrgId,
    email: &str,
    role: Role,
    is_operator: bool,
) -> Person {
    let user = assembly
        .team
        .create_user(
            (email, "Somebody"),
            PASSWORD.into(),
            (org, role),
            is_operator,
        )
        .await
        .unwrap();
    Person {
        org,
        user: user.id,
        email: email.to_owned(),
    }
}

/// Returns the text of a field.
#[track_caller]
pub(crate) fn text(value: &Value, field: &str) -> String {
    let found = value[field].as_str();
    found
        .unwrap_or_else(|| panic!("no text {field} in {value}"))
        .to_owned()
}

/// Returns the step of a session by its name.
pub(crate) fn step<'a>(session: &'a Value, name: &str) -> &'a Value {
    let steps = session["steps"].as_array().unwrap();
    steps.iter().find(|step| step["step"] == name).unwrap()
}

/// Makes an outcome of Meta's dialog that shares these numbers.
pub(crate) fn sharing(numbers: &[&str]) -> Value {
    json!({"phoneNumbers": numbers})
}
