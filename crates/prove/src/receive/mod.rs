//! Proofs of receiving: throughput, safety and latency.

pub(crate) mod bare;
pub(crate) mod pump;
mod tenants;
pub(crate) mod traffic;

pub(crate) mod crash;
pub(crate) mod live;
pub(crate) mod load;
pub(crate) mod peers;
pub(crate) mod scale;

pub(crate) use tenants::Tenants;

use wabakit_prove::{Probe, history::Line};

use crate::send::hex_of;

/// Reads the stored messages, each with its organisation.
pub(crate) async fn applied(database: &Probe) -> Vec<Line> {
    let org = hex_of(database.engine(), "org_id");
    let rows = format!("SELECT {org} || '|' || wamid AS value FROM messages");
    let rows = database.texts(&rows).await;
    let line = |row: &String| {
        let (org, wamid) = row.split_once('|').unwrap();
        Line::Applied {
            item: wamid.to_owned(),
            org: Some(org.to_owned()),
        }
    };
    rows.iter().map(line).collect()
}
