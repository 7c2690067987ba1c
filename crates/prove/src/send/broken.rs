//! Proof `broken`: a server that breaks one promise on purpose, and the judge names the rule that is broken.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use wabakit_prove::{
    Engine, Probe,
    history::{self, Line, Rule, Verdict},
};

use super::{
    books,
    feed::{self, Call, Fed},
    site::{Owners, Setup, Site},
};
use crate::{
    receive::{
        applied,
        load::until_applied,
        pump::{Gate, Keep, Pump},
        traffic::org_of,
    },
    stage::{Programs, Stage},
};

const NUMBERS: usize = 4;
/// People that each number writes to.
const PEOPLE: usize = 10;
/// Messages in a call, all numbers together: two to each person.
const CALL: usize = 2 * PEOPLE * NUMBERS;
/// How long listeners may take to hear all. Those of a broken server may never hear it.
const PATIENCE: Duration = Duration::from_secs(8);

/// A broken promise as the server's setting names it, and the rule that it breaks.
const SENDING: [(&str, Option<Rule>); 5] = [
    ("", None),
    ("fencing", Some(Rule::AcceptedOnce)),
    ("deduplication", Some(Rule::AnswersAgree)),
    ("order", Some(Rule::InOrder)),
    ("tenancy", Some(Rule::TenantAlone)),
];
const RECEIVING: [(&str, Option<Rule>); 2] =
    [("", None), ("deduplication", Some(Rule::NothingInvented))];

pub(crate) async fn prove(programs: &Programs, messages: usize) {
    println!(
        "{:28} {:>8} {:>8}  the rule that must be broken, and others that are",
        "", "checked", "broken"
    );
    let mut caught = true;
    for (promise, rule) in SENDING {
        let verdict = sending(programs, promise, messages).await;
        caught &= show("sending", promise, rule, &verdict);
    }
    for (promise, rule) in RECEIVING {
        let verdict = receiving(programs, promise).await;
        caught &= show("receiving", promise, rule, &verdict);
    }
    assert!(caught, "the judge does not see every broken promise");
    println!("\nEach broken promise was seen, and a server that keeps all of them breaks no rule.");
}

/// Shows a judgement. Tells whether it is the right one.
fn show(what: &str, promise: &str, rule: Option<Rule>, verdict: &Verdict) -> bool {
    let others = Rule::ALL.into_iter().filter(|other| Some(*other) != rule);
    let others = others.filter(|other| verdict.count(*other).broken > 0);
    let others: Vec<String> = others.map(|rule| format!("{rule:?}")).collect();
    let others = others.join(", ");
    let Some(rule) = rule else {
        println!(
            "{:28} {:>8} {:>8}  none {others}",
            format!("{what}, nothing broken"),
            "",
            ""
        );
        if !verdict.holds() {
            println!("{verdict}");
        }
        return verdict.holds();
    };
    let count = verdict.count(rule);
    let others = match others.as_str() {
        "" => String::new(),
        others => format!(" ({others})"),
    };
    println!(
        "{:28} {:>8} {:>8}  {}{others}{}",
        format!("{what}, {promise} broken"),
        count.checked,
        count.broken,
        rule.sentence(),
        if count.broken == 0 { ": NOT SEEN" } else { "" }
    );
    count.broken > 0
}

/// Sends through two servers on one database. Every call is repeated once after its answer.
async fn sending(programs: &Programs, promise: &str, messages: usize) -> Verdict {
    let setup = Setup {
        numbers: NUMBERS,
        orgs: 2,
        throughput: "STANDARD",
        knobs: json!({}),
    };
    let mut site = Site::set(programs, Probe::new(Engine::Postgres).await, &setup).await;
    for number in &mut site.numbers {
        number.people = PEOPLE;
    }
    let vars = [
        ("WABAKIT_BROKEN", promise),
        ("WABAKIT_SEND_PROOF_SECONDS", "2"),
    ];
    let (mut first, mut second) = (site.serve(&vars), site.replica(&vars));
    let (owners, others) = (
        site.owners(&mut first).await,
        site.owners(&mut second).await,
    );
    let listeners = site.listen(&owners);
    let starts: Vec<usize> = (0..messages).step_by(CALL).collect();
    let calls = |odd: usize| -> Vec<Call> {
        let own = starts.iter().skip(odd).step_by(2);
        own.flat_map(|start| {
            let end = (start + CALL).min(messages);
            Call::bulk(&site.numbers, *start..end, "normal")
        })
        .collect()
    };
    let (mut fed, other) = tokio::join!(twice(&owners, calls(0)), twice(&others, calls(1)));
    fed.add(other);
    site.settle().await;
    let heads = tokio::time::timeout(PATIENCE, listeners.hear_out(&site.stage.database)).await;
    let mut heard = listeners.stop().await.lines;
    heard.extend(heads.unwrap_or_default());
    let lines = books::lines(&site, fed, heard).await;
    first.end().await;
    second.end().await;
    judged(&lines, "sending", promise)
}

/// Makes each call, and once more.
async fn twice(owners: &Owners, calls: Vec<Call>) -> Fed {
    let mut fed = Fed::default();
    for call in calls {
        feed::submit(owners, &call, &mut fed).await;
        feed::repeat(owners, &call, &mut fed).await;
    }
    fed
}

/// Delivers messages to one server, half of them twice.
async fn receiving(programs: &Programs, promise: &str) -> Verdict {
    let stage = Stage::set(programs, Engine::Sqlite).await;
    let tenants = stage.tenants(2).await;
    let mut server = stage.serve_with(&[], &[("WABAKIT_BROKEN", promise)]);
    let base = server.base().await;
    let pump = Pump {
        address: base.strip_prefix("http://").unwrap().parse().unwrap(),
        tenants,
        secret: stage.app_secret(),
        connections: 2,
        items: 1,
        pace: Some(60.0),
        repeats: 500,
        forgeries: 0,
        first_lane: stage.next_lanes(2),
        gate: Arc::new(Gate::default()),
    };
    let posted = pump.run(Duration::from_secs(2), Keep::Ids).await;
    until_applied(&stage.database).await;
    let mut lines = applied(&stage.database).await;
    server.end().await;
    lines.extend(posted.wamids.into_iter().map(|wamid| Line::Delivery {
        status: Some(200),
        org: org_of(&wamid),
        items: vec![wamid],
    }));
    judged(&lines, "receiving", promise)
}

fn judged(lines: &[Line], what: &str, promise: &str) -> Verdict {
    let promise = if promise.is_empty() {
        "nothing"
    } else {
        promise
    };
    history::keep(lines, &format!("broken-{promise}-{what}"));
    history::judge(lines)
}
