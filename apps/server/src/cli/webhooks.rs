//! The commands about received webhooks. They run beside a running server, in writes that are small enough not to block
//! it.

use uuid::Uuid;
use wabakit_domain::{
    audit::{Actor, NewAuditEvent},
    delivery::ParkedItem,
    ids::OrgId,
};
use wabakit_ports::{
    store::{Limit, PageRequest, Replay as Which, Scope},
    system::IdSource,
};

use super::{CliError, Replay, WebhooksCommand, say};
use crate::{Assembly, SystemIds};

pub(super) async fn run(assembly: &Assembly, command: WebhooksCommand) -> Result<(), CliError> {
    match command {
        WebhooksCommand::Parked => parked(assembly).await,
        WebhooksCommand::Replay(replay) => again(assembly, &replay).await,
    }
}

async fn parked(assembly: &Assembly) -> Result<(), CliError> {
    let mut page = PageRequest {
        after: None,
        limit: Limit::MAX,
    };
    loop {
        let items = assembly.inbox.parked(Scope::Platform, None, page).await?;
        for item in &items.rows {
            say(&line_of(item))?;
        }
        page.after = items.next;
        if page.after.is_none() {
            return Ok(());
        }
    }
}

fn line_of(item: &ParkedItem) -> String {
    let org = item.org.map_or("-".to_owned(), |org| org.to_string());
    format!(
        "{} {} org {org} {} {} {}: {}",
        item.id,
        item.state.as_str(),
        item.lane.key(),
        item.field,
        item.reason,
        item.detail
    )
}

async fn again(assembly: &Assembly, replay: &Replay) -> Result<(), CliError> {
    let which = match (replay.item, replay.from, replay.to) {
        (Some(item), ..) => Which::Item(item),
        (None, Some(from), Some(to)) if from < to => Which::Range(from, to),
        (None, Some(_), Some(_)) => {
            return Err(CliError::Found("--to must be after --from".into()));
        }
        _ if replay.parked => Which::Parked,
        _ => {
            return Err(CliError::Found(
                "say what: --parked, --item, or --from and --to".into(),
            ));
        }
    };
    let scope = replay.org.map_or(Scope::Platform, Scope::Org);
    let mut audit = vec![entry(assembly, replay.org, &which)];
    let (mut replayed, mut after) = (0, None);
    loop {
        let now = assembly.ports.clock.now();
        let round =
            assembly
                .inbox
                .replay(scope, which.clone(), after, now, std::mem::take(&mut audit));
        let (count, last) = round.await?;
        replayed += count;
        if count == 0 || last.is_none() {
            break;
        }
        after = last;
    }
    match (replayed, &which) {
        (0, Which::Item(item)) => Err(CliError::Found(format!("there is no parked item {item}"))),
        _ => say(&format!("{replayed} are applied again.")),
    }
}

/// Makes the audit entry, in the log of the organisation or of the platform.
fn entry(assembly: &Assembly, org: Option<OrgId>, which: &Which) -> NewAuditEvent {
    let org = org.unwrap_or(OrgId::PLATFORM);
    let subject: Option<Uuid> = match which {
        Which::Item(item) => Some(item.uuid()),
        _ => None,
    };
    NewAuditEvent {
        id: SystemIds::default().next().into(),
        org,
        at: assembly.ports.clock.now(),
        actor: Actor::Operator,
        action: "webhook.replayed".to_owned(),
        subject_kind: "parked_item".to_owned(),
        subject_id: subject.map(|id| id.to_string()).unwrap_or_default(),
        data: "{}".to_owned(),
        request_id: None,
    }
}
