use std::{collections::HashMap, sync::Arc, time::Duration};

use moka::sync::Cache;
use wabakit_domain::delivery::{Lane, Route};
use wabakit_ports::store::{ChangeStore, StoreError};

/// The accounts that have connected each number, cached for a moment. That nobody has is cached too.
#[derive(Clone)]
pub(super) struct Routes {
    changes: Arc<dyn ChangeStore>,
    known: Cache<Lane, Arc<[Route]>>,
}

/// By lane: the route of a number, or the routes of a WABA's active numbers in any organisation.
pub(super) type RoutesOf = HashMap<Lane, Arc<[Route]>>;

const REMEMBERED: Duration = Duration::from_secs(1);
const AT_MOST: u64 = 50_000;

impl Routes {
    pub(super) fn new(changes: Arc<dyn ChangeStore>) -> Self {
        Self {
            changes,
            known: Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(REMEMBERED)
                .build(),
        }
    }

    pub(super) async fn of<'l>(
        &self,
        lanes: impl IntoIterator<Item = &'l Lane>,
    ) -> Result<RoutesOf, StoreError> {
        let mut found = RoutesOf::new();
        let mut asked = Vec::new();
        for lane in lanes {
            if found.contains_key(lane) {
                continue;
            }
            match self.known.get(lane) {
                Some(routes) => {
                    found.insert(lane.clone(), routes);
                }
                None => {
                    found.insert(lane.clone(), Arc::default());
                    asked.push(lane.clone());
                }
            }
        }
        found.extend(self.ask(asked).await?);
        Ok(found)
    }

    /// Returns the current routes, without the cache.
    pub(super) async fn now(&self, lanes: Vec<Lane>) -> Result<RoutesOf, StoreError> {
        self.ask(lanes).await
    }

    async fn ask(&self, lanes: Vec<Lane>) -> Result<RoutesOf, StoreError> {
        let (mut numbers, mut wabas) = (Vec::new(), Vec::new());
        for lane in &lanes {
            match lane.named() {
                Lane::Number(number) => numbers.push(number.clone()),
                Lane::Waba(waba) => wabas.push(waba.clone()),
                Lane::Nowhere | Lane::Own(..) => {}
            }
        }
        let routes = match numbers.is_empty() && wabas.is_empty() {
            true => Vec::new(),
            false => self.changes.routes(&numbers, &wabas).await?,
        };
        let mut by_number: HashMap<_, Vec<Route>> = HashMap::new();
        let mut by_waba: HashMap<_, Vec<Route>> = HashMap::new();
        for route in routes {
            let of_number = by_number.entry(route.phone_number_id.clone()).or_default();
            of_number.push(route.clone());
            by_waba
                .entry(route.waba_id.clone())
                .or_default()
                .push(route);
        }
        let mut found = RoutesOf::new();
        for lane in lanes {
            let routes = match lane.named() {
                Lane::Number(number) => by_number.get(number),
                Lane::Waba(waba) => by_waba.get(waba),
                Lane::Nowhere | Lane::Own(..) => None,
            };
            let routes: Arc<[Route]> = routes.cloned().unwrap_or_default().into();
            self.known.insert(lane.clone(), routes.clone());
            found.insert(lane, routes);
        }
        Ok(found)
    }
}
