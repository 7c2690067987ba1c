//! The command line.

mod env_file;
mod webhooks;

use std::{
    collections::HashMap,
    io::{BufRead, Write},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};
use wabakit_domain::{
    Time,
    audit::Actor,
    identity::Role,
    ids::{OrgId, ParkedItemId},
};
use wabakit_services::ServiceError;
use wabakit_vault::UnreadableDataKey;

pub use self::env_file::EnvFileError;
use crate::{Assembly, Config, Safety, StartError, SystemClock, SystemRandom, assembly, serve};

/// Connects WhatsApp Business numbers and keeps them connected.
#[derive(Parser)]
#[command(name = "wabakit", version)]
pub struct Cli {
    /// A file of NAME=value lines. Variables of the environment take precedence.
    #[arg(long, global = true, value_name = "PATH")]
    env_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

impl Cli {
    /// Reads the variables of the file of `--env-file`.
    ///
    /// # Errors
    /// When the file cannot be read; when a line is malformed.
    pub fn file_variables(&self) -> Result<HashMap<String, String>, EnvFileError> {
        match &self.env_file {
            Some(path) => env_file::read(path),
            None => Ok(HashMap::new()),
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve {
        /// Discard the webhooks that Meta sends, to measure the cost of the rest. On loopback only.
        #[arg(long, hide = true)]
        unsafe_null_journal: bool,
    },
    /// Migrate the database's schema.
    Migrate,
    /// Organisations.
    #[command(subcommand)]
    Org(OrgCommand),
    /// People.
    #[command(subcommand)]
    User(UserCommand),
    /// The token vault.
    #[command(subcommand)]
    Vault(VaultCommand),
    /// The audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Received webhooks.
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Print the OpenAPI document.
    Openapi,
}

#[derive(Subcommand)]
enum OrgCommand {
    /// Create an organisation. Prints its id.
    Create {
        /// Its name.
        #[arg(long)]
        name: String,
    },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Create a person. The password is read from standard input.
    Create(NewUser),
    /// Turn two-factor sign-in off for a person who lost the app and the recovery codes.
    EndTwoFactor(NamedUser),
    /// Print a link to choose a new password.
    ResetLink(NamedUser),
}

#[derive(Args)]
struct NamedUser {
    /// The person's email address.
    #[arg(long)]
    email: String,
    /// The organisation's id, if several people have the address.
    #[arg(long)]
    org: Option<OrgId>,
}

#[derive(Args)]
struct NewUser {
    /// The organisation's id.
    #[arg(long)]
    org: OrgId,
    /// The email address to sign in with.
    #[arg(long)]
    email: String,
    /// The person's name.
    #[arg(long)]
    name: String,
    /// owner, admin, agent or viewer.
    #[arg(long, default_value = "owner", value_parser = role)]
    role: Role,
    /// Also make the person an operator of the platform.
    #[arg(long)]
    operator: bool,
}

#[derive(Subcommand)]
enum VaultCommand {
    /// Wrap every data key with the current ENCRYPTION_KEY. Safe beside a running server. Can be run again.
    Rotate {
        /// Change nothing. Report which key wraps which data keys, and whether they open.
        #[arg(long)]
        check: bool,
    },
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Verify an organisation's audit chain.
    Verify {
        /// The organisation's id.
        #[arg(long)]
        org: OrgId,
    },
}

#[derive(Subcommand)]
enum WebhooksCommand {
    /// List parked items, newest first.
    Parked,
    /// Replay parked items or changes. Applying a change again changes nothing. Safe beside a running server.
    Replay(Replay),
}

#[derive(Args)]
#[group(required = true, multiple = true)]
struct Replay {
    /// All items that are parked, homeless or unsupported.
    #[arg(long, conflicts_with_all = ["item", "from", "to"])]
    parked: bool,
    /// One item.
    #[arg(long, conflicts_with_all = ["from", "to"])]
    item: Option<ParkedItemId>,
    /// All changes received at this time or later, such as 2026-11-20T08:00:00Z,
    #[arg(long, requires = "to")]
    from: Option<Time>,
    /// and before this time, whether applied or not.
    #[arg(long, requires = "from")]
    to: Option<Time>,
    /// Only items or changes of this organisation.
    #[arg(long)]
    org: Option<OrgId>,
}

/// The reason why a command failed.
#[derive(Debug, Error)]
pub enum CliError {
    /// The server's parts could not be started.
    #[error("{0}")]
    Start(#[from] StartError),
    /// A use case refused.
    #[error("{0}")]
    Service(#[from] ServiceError),
    /// The rotation of the vault stopped.
    #[error("{0}")]
    Rotate(#[from] wabakit_vault::RotateError),
    /// The database failed.
    #[error("{0}")]
    Store(#[from] wabakit_ports::store::StoreError),
    /// Reading or writing failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The command ran, and found a problem.
    #[error("{0}")]
    Found(String),
}

fn role(text: &str) -> Result<Role, &'static str> {
    Role::parse(text).ok_or("one of owner, admin, agent, viewer")
}

/// Runs a command.
///
/// # Errors
/// [`CliError`], with a sentence for the person who ran it.
pub async fn run(cli: Cli, vars: &dyn Fn(&str) -> Option<String>) -> Result<(), CliError> {
    let config = || Config::from_vars(vars).map_err(StartError::from);
    let assemble = async || Assembly::new(&config()?, Safety::Production).await;
    match cli.command {
        Command::Openapi => say(&openapi_json()?),
        Command::Serve {
            unsafe_null_journal,
        } => {
            let mut config = config()?;
            config.receive.null_journal = unsafe_null_journal;
            Box::pin(serve_until_told(config)).await
        }
        Command::Webhooks(command) => webhooks::run(&assemble().await?, command).await,
        Command::Migrate => {
            let database = assembly::open_database(&config()?).await?;
            database.migrate().await.map_err(StartError::from)?;
            say("The database's schema is up to date.")
        }
        Command::Org(OrgCommand::Create { name }) => {
            let org = assemble()
                .await?
                .orgs
                .create_by(Actor::Operator, &name)
                .await?;
            say(&org.id.to_string())
        }
        Command::User(UserCommand::Create(new)) => create_user(&assemble().await?, new).await,
        Command::User(UserCommand::EndTwoFactor(NamedUser { email, org })) => {
            let team = assemble().await?.team;
            team.end_two_factor_by_email(&email, org).await?;
            say("Two-factor sign-in is off, and all sign-ins of the person have ended.")
        }
        Command::User(UserCommand::ResetLink(NamedUser { email, org })) => {
            let config = config()?;
            let link = assemble()
                .await?
                .team
                .password_reset_by_email(&email, org)
                .await?;
            let mut url = config.public_url.clone();
            url.set_path("/reset");
            url.set_fragment(Some(link.token.expose_secret()));
            say(url.as_str())
        }
        Command::Vault(VaultCommand::Rotate { check: true }) => check_vault(&config()?).await,
        Command::Vault(VaultCommand::Rotate { check: false }) => rotate(&assemble().await?).await,
        Command::Audit(AuditCommand::Verify { org }) => {
            let verdict = assemble().await?.audit.verify_org(org).await?;
            match verdict.first_broken {
                None => say(&format!(
                    "{} entries, all as they were written.",
                    verdict.checked
                )),
                Some(entry) => Err(CliError::Found(format!(
                    "entry {entry} is not what was written"
                ))),
            }
        }
    }
}

async fn serve_until_told(config: Config) -> Result<(), CliError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut server = serve::start(config, Safety::Production).await?;
    tokio::select! {
        ended = server.wait() => return Ok(ended?),
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("draining");
    server.stop().await;
    Ok(())
}

async fn create_user(assembly: &Assembly, new: NewUser) -> Result<(), CliError> {
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password)?;
    let password = SecretString::from(password.trim_end_matches(['\r', '\n']));
    let place = (new.org, new.role);
    let user = assembly
        .team
        .create_user((&new.email, &new.name), password, place, new.operator)
        .await?;
    say(&user.id.to_string())
}

async fn rotate(assembly: &Assembly) -> Result<(), CliError> {
    let random = SystemRandom::default();
    let store = &*assembly.store;
    let done = wabakit_vault::rotate(
        store,
        &assembly.ring,
        &SystemClock,
        &random,
        wabakit_vault::MAX_CHUNK,
        |_| {},
    )
    .await?;
    for unreadable in &done.unreadable {
        say(&line_of(unreadable))?;
    }
    say(&format!(
        "{} data keys wrapped with ring key {}.",
        done.rewrapped,
        assembly.ring.primary_id()
    ))?;
    match done.unreadable.len() {
        0 => Ok(()),
        n => Err(CliError::Found(format!(
            "{n} data keys do not open and were left as they are"
        ))),
    }
}

/// Checks the vault without opening it, so that it can report the faults that prevent opening.
async fn check_vault(config: &Config) -> Result<(), CliError> {
    let database = assembly::open_database(config).await?;
    database.migrate().await.map_err(StartError::from)?;
    let store = wabakit_storage::store(&database);
    let ring = assembly::key_ring(config, &store, &SystemRandom::default()).await?;
    let report = wabakit_vault::check(&*store, &ring).await?;
    for key in &report.ring_keys {
        let standing = match (key.is_primary, key.is_configured) {
            (true, _) => "primary",
            (false, true) => "for reading only",
            (false, false) => "not configured",
        };
        say(&format!(
            "Ring key {} ({standing}) wraps {} data keys.",
            key.ring_key_id, key.data_keys
        ))?;
    }
    for unreadable in &report.unreadable {
        say(&line_of(unreadable))?;
    }
    if report.is_sound() {
        Ok(())
    } else {
        Err(CliError::Found("not every data key opens".into()))
    }
}

fn line_of(unreadable: &UnreadableDataKey) -> String {
    format!(
        "Data key {} of organisation {}: {}.",
        unreadable.id, unreadable.org, unreadable.why
    )
}

/// Renders the OpenAPI document in the form of docs/openapi.json.
fn openapi_json() -> Result<String, CliError> {
    let document = wabakit_http::openapi().to_pretty_json();
    Ok(document.map_err(std::io::Error::other)?)
}

fn say(line: &str) -> Result<(), CliError> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
