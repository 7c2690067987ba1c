//! Events about accounts are in the write that changes them, or not at all.

use wabakit_domain::{
    account::Account,
    delivery::{Lane, ParkedState},
    event::{AccountEvent, EventData},
};

use super::{ReceiveWorld, phone, says};
use crate::{Tenant, assert_refused, at};
use wabakit_ports::store::{ConnectWrite, StoreError, TakenOver, VerifiedWrite};

fn told_of(account: &Account) -> Box<AccountEvent> {
    Box::new(AccountEvent::from(account))
}

/// Makes a write that connects numbers of a tenant, with an audit entry and an event.
async fn connecting(w: &ReceiveWorld, tenant: &Tenant, numbers: &[(&str, &str)]) -> ConnectWrite {
    let mut write = w.connect.connecting(tenant, numbers).await;
    let event = w.connect.make.event(tenant.org, "connect.completed");
    write.audit = vec![event];
    write.events = vec![super::events::test_event(w, tenant.org, 7)];
    write
}

pub async fn connecting_appends_an_event_for_each_account_and_then_the_given_ones(w: ReceiveWorld) {
    let tenant = w.connect.tenant().await;
    let write = connecting(&w, &tenant, &[("w", "n1"), ("w", "n2")]).await;
    let done = w.connect.store.write(tenant.org, write).await.unwrap();
    assert_eq!(done.heads, [(tenant.org, 3)]);
    let [first, second] = done.accounts.as_slice() else {
        panic!("{:?}", done.accounts);
    };
    assert!(first.is_default, "as it is stored");
    let expected = [
        EventData::AccountConnected(told_of(first)),
        EventData::AccountConnected(told_of(second)),
        EventData::WebhookTest {},
    ];
    assert_eq!(w.told(tenant.org).await, expected);
    assert_eq!(w.connect.actions(tenant.org).await, ["connect.completed"]);

    // Connected again, the account keeps its id in the event.
    let write = connecting(&w, &tenant, &[("w", "n1")]).await;
    let again = w.connect.store.write(tenant.org, write).await.unwrap();
    let told = w.told(tenant.org).await;
    assert_eq!(again.accounts[0].id, first.id);
    assert_eq!(
        told[3],
        EventData::AccountConnected(told_of(&again.accounts[0]))
    );
}

pub async fn a_refused_activation_leaves_no_account_no_entry_and_no_event(w: ReceiveWorld) {
    let tenant = w.connect.tenant().await;
    let taken = w.ours.number.phone_number_id.to_string();
    let change = w.queue(&w.ours.number, 1).await.remove(0);
    let mut item = w.parked(&change, 0, ParkedState::Homeless);
    (item.org, item.lane) = (None, Lane::Number("n1".into()));
    w.park(&change, vec![item]).await;
    let write = connecting(&w, &tenant, &[("w", "n1"), ("w", &taken)]).await;
    let before = w.connect.snapshot(tenant.org).await;
    let theirs = (
        w.connect.snapshot(w.ours.org).await,
        w.events(w.ours.org).await,
    );

    let refused = w.connect.store.write(tenant.org, write).await;
    assert_refused!(refused, StoreError::Duplicate(_));
    assert_eq!(w.connect.snapshot(tenant.org).await, before);
    assert!(w.events(tenant.org).await.is_empty());
    let heads = w.store.event_heads(&[tenant.org]).await.unwrap();
    assert!(
        heads.iter().all(|(_, end)| *end == 0),
        "no sequence is taken"
    );
    assert_eq!(w.connect.snapshot(w.ours.org).await, theirs.0);
    assert_eq!(w.events(w.ours.org).await, theirs.1);
    assert!(w.store.due_retries(at(9_000), 10).await.unwrap().is_empty());
}

pub async fn connecting_retries_homeless_items_of_its_numbers(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 4).await;
    let lanes = [
        Lane::Number("n1".into()),
        Lane::Waba("w".into()),
        Lane::Number("n2".into()),
    ];
    let mut parked = Vec::new();
    for (change, lane) in changes.iter().zip(&lanes) {
        let mut item = w.parked(change, 0, ParkedState::Homeless);
        (item.org, item.lane) = (None, lane.clone());
        w.park(change, vec![item.clone()]).await;
        parked.push(item.id);
    }
    // Items that are parked for another reason stay parked.
    let mut other = w.parked(&changes[3], 0, ParkedState::Unsupported);
    other.lane = lanes[0].clone();
    w.park(&changes[3], vec![other]).await;

    let tenant = w.connect.tenant().await;
    let mut write = connecting(&w, &tenant, &[("w", "n1")]).await;
    write.session = write.session.touched(at(5_000));
    w.connect.store.write(tenant.org, write).await.unwrap();
    assert!(w.store.due_retries(at(4_999), 10).await.unwrap().is_empty());
    let due = w.store.due_retries(at(5_000), 10).await.unwrap();
    let mut due: Vec<_> = due.into_iter().map(|(item, _)| item.id).collect();
    due.sort_unstable();
    assert_eq!(due, parked[..2]);
}

pub async fn a_takeover_has_an_event_in_the_org_that_loses_the_number(w: ReceiveWorld) {
    let tenant = w.connect.tenant().await;
    let lost = &w.ours.number;
    let mut write = connecting(&w, &tenant, &[("w", lost.phone_number_id.as_str())]).await;
    let mut audit = w.connect.make.event(w.ours.org, "account.taken_over");
    audit.at = at(50);
    write.take_over = vec![TakenOver {
        from: w.ours.org,
        account: lost.id,
        audit,
    }];
    let done = w.connect.store.write(tenant.org, write).await.unwrap();
    let mut heads = done.heads;
    heads.sort_unstable();
    let mut expected = vec![(w.ours.org, w.ours.log + 2), (tenant.org, 2)];
    expected.sort_unstable();
    assert_eq!(heads, expected);
    let expected = [
        EventData::AccountDisconnected(told_of(&w.connect.account(lost).await)),
        EventData::AccountChanged(told_of(&w.connect.account(&w.ours.second).await)),
    ];
    assert_eq!(w.told(w.ours.org).await, expected, "and the new default");
}

pub async fn disconnecting_has_events_for_the_account_and_the_new_default(w: ReceiveWorld) {
    let gone = w.connect.disconnect(w.ours.org, &[w.ours.number.id]).await;
    let expected = [
        EventData::AccountDisconnected(told_of(&gone[0].account)),
        EventData::AccountChanged(told_of(&w.connect.account(&w.ours.second).await)),
    ];
    assert_eq!(w.told(w.ours.org).await, expected);
    // Disconnecting it again changes nothing.
    w.connect.disconnect(w.ours.org, &[w.ours.number.id]).await;
    assert_eq!(w.told(w.ours.org).await.len(), 2);
}

pub async fn a_saved_account_has_an_event_and_so_has_the_former_default(w: ReceiveWorld) {
    let mut account = w.ours.second.clone();
    account.is_default = true;
    account.display_name = Some("Shop".into());
    let write = VerifiedWrite::account(account, w.ids(), vec![]);
    let save = w.connect.store.save_account(w.ours.org, write.clone());
    let (saved, heads) = save.await.unwrap();
    assert_eq!(heads, [(w.ours.org, w.ours.log + 2)]);
    let old = w.connect.account(&w.ours.number).await;
    assert!(!old.is_default);
    let expected = [
        EventData::AccountChanged(told_of(&old)),
        EventData::AccountChanged(told_of(&saved)),
    ];
    assert_eq!(w.told(w.ours.org).await, expected);
    let stale = w.connect.store.save_account(w.ours.org, write).await;
    assert_refused!(stale, StoreError::Conflict);
    assert_eq!(w.told(w.ours.org).await.len(), 2);
}

pub async fn accounts_are_found_by_their_grants(w: ReceiveWorld) {
    let (ours, theirs) = (&w.ours, &w.theirs);
    let on = async |org, grants: &[_]| {
        let found = w.connect.store.accounts_on_grants(org, grants).await;
        let ids = found.unwrap().into_iter().map(|account| account.id);
        ids.collect::<Vec<_>>()
    };
    let grant = ours.number.grant;
    assert_eq!(
        on(ours.org, &[grant]).await,
        [ours.number.id, ours.second.id]
    );
    let both = [grant, theirs.number.grant];
    assert_eq!(on(ours.org, &both).await.len(), 2, "only the org's own");
    assert!(on(ours.org, &[]).await.is_empty());
    w.connect.disconnect(ours.org, &[ours.number.id]).await;
    assert_eq!(on(ours.org, &[grant]).await, [ours.second.id]);
}

pub async fn writes_of_both_contexts_at_once_leave_no_gap(w: ReceiveWorld) {
    w.connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                let batch = || {
                    let person = phone(&format!("1555{turn:04}"));
                    let mut items = vec![
                        says(&w.ours.number, &format!("a.{turn}"), &person, 1),
                        says(&w.theirs.number, &format!("b.{turn}"), &person, 1),
                    ];
                    items.rotate_left(turn % 2);
                    w.batch(items)
                };
                let mut sides = [&w.ours, &w.theirs];
                sides.rotate_left(turn % 2);
                let events = sides.map(|side| super::events::test_event(&w, side.org, 0));
                match turn % 4 {
                    0 | 1 => super::queue::apply_until_done(&w, batch).await,
                    _ => drop(w.tell(events.to_vec()).await),
                }
            }
        })
        .await;
    // Ten batches of a contact, a conversation and a message each, and ten single events.
    for side in [&w.ours, &w.theirs] {
        w.assert_log_ends_at(side.org, side.log + 10 * 3 + 10).await;
    }
}
