//! Finds the businesses, WABAs and numbers that a login can reach: the union of all sources that answer.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use wabakit_domain::{
    connect::SignupHints,
    ids::{BusinessId, MetaUserId, WabaId},
};
use wabakit_graph::endpoints::{AssignedWabas, ClientWabas, MeBusinesses, OwnedWabas, Waba};
use wabakit_ports::meta::{Assets, MetaError, MetaErrorKind, NumberFacts, WabaFacts};

use crate::{caller::Caller, facts};

/// The number of calls that run at the same time.
const AT_ONCE: usize = 4;

/// The edges of a business that list WABAs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Owned,
    Client,
}

/// Collects the assets from every source.
pub(crate) async fn find(
    caller: &Caller,
    user: Option<&MetaUserId>,
    granted: &[WabaId],
    hints: &SignupHints,
) -> Result<Assets, MetaError> {
    let mut search = Search::default();
    let user_id = user.map_or("me", MetaUserId::as_str).to_owned();
    let (businesses, assigned) = futures::join!(
        caller.list(MeBusinesses),
        caller.list(AssignedWabas { user_id })
    );
    for business in search.heard("businesses", businesses).unwrap_or_default() {
        search.names.insert(business.id.into(), business.name);
    }
    for (business, edge, wabas) in walk(caller, search.portfolios(hints)).await {
        for waba in search
            .heard("a business's WABAs", wabas)
            .unwrap_or_default()
        {
            let owner = (edge == Edge::Owned).then(|| business.clone());
            search.add(facts::waba(waba), owner);
        }
    }
    for waba in search.heard("assigned WABAs", assigned).unwrap_or_default() {
        search.add(facts::waba(waba), None);
    }

    // WABAs that were named come first, in their order. The lists have reported most of them already.
    let named = named(granted, hints);
    let unknown: Vec<WabaId> = named
        .iter()
        .filter(|id| !search.wabas.contains_key(id))
        .cloned()
        .collect();
    for waba in each(unknown, |id| read_waba(caller.clone(), id)).await {
        if let Some(waba) = search.heard("a named WABA", waba) {
            search.add(facts::waba(waba), None);
        }
    }
    let order = search.order(named);
    let read = each(order, |waba| {
        read_numbers(caller.clone(), waba, hints.clone())
    })
    .await;
    search.finish(read)
}

/// Returns the WABAs that something other than a list named. Hints come from a browser: a text that is not one of
/// Meta's ids could name another node, so it is dropped.
fn named(granted: &[WabaId], hints: &SignupHints) -> Vec<WabaId> {
    hints
        .waba_id
        .iter()
        .chain(granted)
        .filter(|id| is_node_id(id.as_str()))
        .cloned()
        .collect()
}

fn is_node_id(id: &str) -> bool {
    (1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Calls Meta for each item, a few at a time, and returns the answers in the items' order.
async fn each<I, F, T>(items: Vec<I>, call: impl Fn(I) -> F) -> Vec<T>
where
    F: Future<Output = T>,
{
    stream::iter(items.into_iter().map(call))
        .buffered(AT_ONCE)
        .collect()
        .await
}

type Listed = (BusinessId, Edge, Result<Vec<Waba>, MetaError>);

async fn walk(caller: &Caller, businesses: Vec<BusinessId>) -> Vec<Listed> {
    let edges = businesses
        .into_iter()
        .flat_map(|id| [(id.clone(), Edge::Owned), (id, Edge::Client)])
        .collect();
    each(edges, |(id, edge)| list_edge(caller.clone(), id, edge)).await
}

async fn list_edge(caller: Caller, id: BusinessId, edge: Edge) -> Listed {
    let business_id = id.as_str().to_owned();
    let wabas = match edge {
        Edge::Owned => caller.list(OwnedWabas { business_id }).await,
        Edge::Client => caller.list(ClientWabas { business_id }).await,
    };
    (id, edge, wabas)
}

async fn read_waba(caller: Caller, id: WabaId) -> Result<Waba, MetaError> {
    caller.call(facts::get_waba(&id)).await
}

type Read = (WabaId, Result<Vec<NumberFacts>, MetaError>);

async fn read_numbers(caller: Caller, waba: WabaId, hints: SignupHints) -> Read {
    let numbers = caller.list(facts::get_numbers(&waba)).await;
    let facts = |number| facts::number(number, Some(&waba), &hints);
    let numbers = numbers.map(|numbers| numbers.into_iter().map(facts).collect());
    (waba, numbers)
}

/// The assets found so far.
#[derive(Default)]
struct Search {
    /// The businesses that the login or an owner names, with their names.
    names: BTreeMap<BusinessId, Option<String>>,
    wabas: BTreeMap<WabaId, WabaFacts>,
    /// The WABAs of the lists, in the order in which they first appeared.
    listed: Vec<WabaId>,
    /// Tells whether at least one source answered, even with an empty list.
    answered: bool,
    failures: Vec<MetaError>,
}

impl Search {
    fn heard<T>(&mut self, source: &str, answer: Result<T, MetaError>) -> Option<T> {
        match answer {
            Ok(answer) => {
                self.answered = true;
                Some(answer)
            }
            Err(error) => {
                tracing::info!(source, kind = ?error.kind, detail = error.detail, "left out");
                self.failures.push(error);
                None
            }
        }
    }

    /// Returns the businesses to search: those of the login, and the one that the signup named.
    fn portfolios(&self, hints: &SignupHints) -> Vec<BusinessId> {
        let hinted = hints
            .business_id
            .iter()
            .filter(|id| is_node_id(id.as_str()));
        let ids: BTreeSet<BusinessId> = self.names.keys().chain(hinted).cloned().collect();
        ids.into_iter().collect()
    }

    /// Adds a WABA, or adds what this source knows about it. `owner` is the business whose own list it was in.
    fn add(&mut self, mut waba: WabaFacts, owner: Option<BusinessId>) {
        waba.business_id = waba.business_id.or(owner);
        if let Some(business) = &waba.business_id {
            let name = self.names.entry(business.clone()).or_default();
            if name.is_none() {
                name.clone_from(&waba.business_name);
            }
        }
        match self.wabas.get_mut(&waba.id) {
            Some(known) => {
                known.name = known.name.take().or(waba.name);
                known.business_id = known.business_id.take().or(waba.business_id);
            }
            None => {
                self.listed.push(waba.id.clone());
                self.wabas.insert(waba.id.clone(), waba);
            }
        }
    }

    fn order(&self, named: Vec<WabaId>) -> Vec<WabaId> {
        let mut seen = BTreeSet::new();
        named
            .into_iter()
            .chain(self.listed.iter().cloned())
            .filter(|id| self.wabas.contains_key(id) && seen.insert(id.clone()))
            .collect()
    }

    fn finish(mut self, read: Vec<Read>) -> Result<Assets, MetaError> {
        let mut wabas = Vec::new();
        let mut unread = Vec::new();
        for (id, numbers) in read {
            match (self.wabas.remove(&id), numbers) {
                (Some(mut waba), Ok(numbers)) => {
                    let name = waba.business_id.as_ref().and_then(|id| self.names.get(id));
                    waba.business_name = name.cloned().flatten();
                    wabas.push((waba, numbers));
                }
                (_, Err(error)) => unread.push(error),
                (None, Ok(_)) => {}
            }
        }
        if wabas.iter().all(|(_, numbers)| numbers.is_empty()) {
            self.fail(unread)?;
        }
        Ok(Assets {
            businesses: self.names.len(),
            wabas,
        })
    }

    /// Decides, when no number was found, whether errors are the reason.
    fn fail(&mut self, unread: Vec<MetaError>) -> Result<(), MetaError> {
        let answered = self.answered;
        let counts = |error: &MetaError| !answered || rank(error) == 0 || error.is_transient();
        let failures = self.failures.drain(..).filter(counts).chain(unread);
        failures.min_by_key(rank).map_or(Ok(()), Err)
    }
}

/// Ranks errors: the lower, the more informative.
fn rank(error: &MetaError) -> u8 {
    match error.kind {
        MetaErrorKind::TokenInvalid | MetaErrorKind::AppMisconfigured => 0,
        MetaErrorKind::PermissionMissing => 1,
        _ if error.is_transient() => 2,
        _ => 3,
    }
}
