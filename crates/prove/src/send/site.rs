//! The setting of the proofs: connected numbers, and a sandbox that accepts their messages and sends statuses.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde_json::{Value, json};
use wabakit_prove::{Client, Probe, Process};

use crate::{
    listener::Listeners,
    receive::load::until_long,
    stage::{EMAIL, Programs, Stage},
};

/// Numbers in a WABA.
const OF_A_WABA: usize = 5;
/// People that one number writes to: enough that Meta's limit for one recipient is not reached.
const PEOPLE: usize = 40_000;

/// A stage whose organisations have several connected numbers.
pub(crate) struct Site {
    pub(crate) stage: Stage,
    /// The numbers of all organisations in turn.
    pub(crate) numbers: Vec<Number>,
    orgs: Vec<Org>,
    pub(crate) port: String,
}

/// An organisation of a site.
#[derive(Clone)]
pub(crate) struct Org {
    /// Its place among all of them.
    pub(crate) place: usize,
    /// Its name in a history.
    pub(crate) name: String,
    email: String,
}

/// The owners of a site's organisations, signed in at one server.
#[derive(Clone)]
pub(crate) struct Owners(Vec<Client>);

impl Owners {
    /// Returns the owner of this organisation.
    pub(crate) fn of(&self, org: &Org) -> &Client {
        &self.0[org.place]
    }

    /// Returns the same people at another server of the same database.
    pub(crate) fn moved_to(&self, base: &str) -> Self {
        Self(self.0.iter().map(|owner| owner.moved_to(base)).collect())
    }
}

/// A connected number.
#[derive(Clone)]
pub(crate) struct Number {
    /// Our id of it.
    pub(crate) account: String,
    /// Meta's id of it.
    pub(crate) phone: String,
    /// How many people it writes to, in turn.
    pub(crate) people: usize,
    /// The people that it writes to. Numbers of different organisations write to the same people.
    pub(crate) circle: usize,
    pub(crate) org: Org,
}

/// The settings of a site.
pub(crate) struct Setup {
    pub(crate) numbers: usize,
    /// The organisations that they belong to, in turn.
    pub(crate) orgs: usize,
    /// `STANDARD` or `HIGH`.
    pub(crate) throughput: &'static str,
    /// The sandbox's settings of sending, over those of every proof: no window, no messaging limit.
    pub(crate) knobs: Value,
}

impl Site {
    pub(crate) async fn set(programs: &Programs, database: Probe, setup: &Setup) -> Self {
        let stage = Stage::on(programs, database, Some(seed(setup))).await;
        let mut knobs = json!({"window": "open", "tiers": "off"});
        for (name, value) in setup.knobs.as_object().unwrap() {
            knobs[name] = value.clone();
        }
        stage.meta.order("sending/knobs", knobs).await;
        stage
            .meta
            .order("quirks", json!({"noRateLimit": true}))
            .await;
        let port = free_port().to_string();
        let mut orgs = Vec::new();
        for place in 0..setup.orgs {
            let (email, name) = match place {
                0 => (EMAIL.to_owned(), stage.first_org.clone()),
                _ => {
                    let email = format!("owner{place}@proof.example");
                    let name = stage.add_org(&email).await;
                    (email, name)
                }
            };
            orgs.push(Org { place, name, email });
        }
        let mut site = Self {
            stage,
            numbers: Vec::new(),
            orgs,
            port,
        };
        let mut server = site.serve(&[]);
        let base = server.base().await;
        site.stage.hear_at(&base).await;
        for org in site.orgs.clone() {
            let phones: Vec<String> = places_of(setup, org.place).into_iter().map(phone).collect();
            site.connect(&base, &org, &phones).await;
        }
        server.end().await;
        site.numbers.sort_by(|a, b| a.phone.cmp(&b.phone));
        for (place, number) in site.numbers.iter_mut().enumerate() {
            number.circle = place / setup.orgs;
        }
        site
    }

    async fn connect(&mut self, base: &str, org: &Org, phones: &[String]) {
        let count = phones.len();
        let owner = self.stage.sign_in(base, &org.email).await;
        let shared = json!({"phoneNumbers": phones});
        let landing = owner.connect(&self.stage.meta, shared).await;
        if count > 1 {
            let session = landing.get("pending").to_owned();
            assert_ne!(session, "", "{}", landing.url);
            let chosen = json!({"phoneNumberIds": phones});
            let _ = owner.act(&session, "choose", chosen).await.ok();
            until_long("the numbers to be connected", async || {
                let session = owner.session(&session).await;
                let status = session["status"].as_str().unwrap();
                assert!(["running", "completed"].contains(&status), "{session}");
                (status == "completed").then_some(())
            })
            .await;
        } else {
            landing.connected();
        }
        let answer = owner.get("/api/accounts?active=true&limit=100").await.ok();
        let accounts = answer["data"].as_array().unwrap();
        assert_eq!(accounts.len(), count, "{answer}");
        self.numbers.extend(accounts.iter().map(|account| Number {
            account: account["id"].as_str().unwrap().to_owned(),
            phone: account["phoneNumberId"].as_str().unwrap().to_owned(),
            people: PEOPLE,
            circle: 0,
            org: org.clone(),
        }));
    }

    /// Starts the server, always at the same address, because webhooks go there.
    pub(crate) fn serve(&self, more: &[(&str, &str)]) -> Process {
        let mut vars = vec![("PORT", self.port.as_str())];
        vars.extend(more);
        self.stage.serve_with(&[], &vars)
    }

    /// Starts another server beside it, on the same database.
    pub(crate) fn replica(&self, more: &[(&str, &str)]) -> Process {
        self.stage.serve_with(&[], more)
    }

    /// Signs the owners in at this server.
    pub(crate) async fn owners(&self, server: &mut Process) -> Owners {
        self.owners_at(&server.base().await).await
    }

    /// Signs the owners in at the server with this address.
    pub(crate) async fn owners_at(&self, base: &str) -> Owners {
        let mut owners = Vec::new();
        for org in &self.orgs {
            owners.push(self.stage.sign_in(base, &org.email).await);
        }
        Owners(owners)
    }

    /// Listens to the logs of all organisations.
    pub(crate) fn listen(&self, owners: &Owners) -> Listeners {
        let of = |org: &Org| (org.name.clone(), owners.of(org).clone());
        Listeners::start(self.orgs.iter().map(of).collect())
    }

    /// Pauses or resumes all queues.
    pub(crate) async fn act_on_queues(&self, owners: &Owners, act: &str) {
        for number in &self.numbers {
            let path = format!("/api/queues/{}/{act}", number.account);
            let owner = owners.of(&number.org);
            let _ = owner.post(&path, json!({})).await.ok();
        }
    }

    /// Reads the sandbox's counts of accepted messages.
    pub(crate) async fn summary(&self) -> Value {
        self.stage.meta.look("ledger/summary").await
    }

    /// Counts the messages that the sandbox accepted.
    pub(crate) async fn accepted(&self) -> u64 {
        let summary = self.stage.meta.look("ledger/summary?spans=false").await;
        summary["accepted"].as_u64().unwrap()
    }

    /// Counts the messages in these states of the queue.
    pub(crate) async fn queued(&self, states: &str) -> i64 {
        let count = format!("SELECT COUNT(*) AS value FROM outbox WHERE queue IN ({states})");
        self.stage.database.number(&count).await
    }

    /// Waits until the queue is empty, all statuses are applied, and no proof is awaited.
    pub(crate) async fn settle(&self) {
        let patience = Duration::from_secs(1_200);
        until_within(patience, "every message to be sent", async || {
            (self.queued("0, 1").await == 0).then_some(())
        })
        .await;
        self.stage.deliver().await;
        until_long("the proofs to come or to be given up", async || {
            (self.queued("0, 1, 2").await == 0).then_some(())
        })
        .await;
    }
}

/// Waits like `until`, for this time.
pub(crate) async fn until_within<T>(
    patience: Duration,
    what: &str,
    ask: impl AsyncFnMut() -> Option<T>,
) -> T {
    let waited = tokio::time::timeout(patience, async {
        let mut ask = ask;
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    match waited.await {
        Ok(answer) => answer,
        Err(_) => panic!("waited in vain for {what}"),
    }
}

/// Finds a port for a server that is killed and comes back where webhooks go. The port is outside the range that
/// connections take by themselves: one of them could take it while the server is away.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = NEXT.fetch_add(1, Ordering::Relaxed) * 131;
        let port = 10_000 + (std::process::id() * 7 + next) % 20_000;
        let port = u16::try_from(port).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn phone(place: usize) -> String {
    format!("530{place:012}")
}

/// Returns the places of an organisation's numbers, from 1.
fn places_of(setup: &Setup, org: usize) -> Vec<usize> {
    (org + 1..=setup.numbers).step_by(setup.orgs).collect()
}

/// One business with several numbers, a few to a WABA. Each WABA belongs to one organisation.
fn seed(setup: &Setup) -> Value {
    let number = |place: &usize| {
        json!({
            "id": phone(*place),
            "displayPhoneNumber": format!("+1 555-{:03}-{:04}", place / 10_000, place % 10_000),
            "verifiedName": format!("Number {place}"),
            "throughput": setup.throughput,
        })
    };
    let wabas: Vec<Value> = (0..setup.orgs)
        .flat_map(|org| {
            let numbers: Vec<Value> = places_of(setup, org).iter().map(number).collect();
            let wabas: Vec<Vec<Value>> = numbers.chunks(OF_A_WABA).map(<[_]>::to_vec).collect();
            wabas
        })
        .enumerate()
        .map(|(place, numbers)| json!({"name": format!("WABA {place}"), "phoneNumbers": numbers}))
        .collect();
    json!({
        "users": [{"name": "Dana Whitfield"}],
        "businesses": [{"name": "Proof", "messagingLimitTier": "TIER_UNLIMITED", "wabas": wabas}],
    })
}
