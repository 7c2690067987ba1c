//! Lists of sent messages and queues.

use wabakit_domain::{
    contact::ContactKey,
    ids::GroupId,
    inbound::Party,
    message::MessageStatus,
    outbound::{Priority, SendStep, WaitReason},
};

use super::OutboxWorld;
use crate::{
    at,
    receive::{echo, known, phone, says, whole},
    world::assert_pages,
};
use wabakit_ports::store::{Addressee, OutboxFilter};

pub async fn sent_messages_are_paged_newest_first_and_filtered(w: OutboxWorld) {
    let mut messages: Vec<_> = ["1", "2", "1", "3"].map(|to| w.compose(to)).to_vec();
    for n in [0, 3] {
        messages[n].job.client_reference = Some("order 7".into());
    }
    let ids = w.ids_of(messages).await;
    let second = w.enqueue(&w.ours.second, vec![w.compose("1")]).await[0].id;
    w.enqueue(&w.theirs.number, vec![w.compose("1")]).await;
    let (number, from) = (&w.ours.number, phone("1"));
    // Messages that were not sent from here are not in the list.
    w.apply(vec![
        says(number, "in", &from, 1),
        echo(number, "echo", &from, 2),
    ])
    .await;
    w.apply(vec![w.step(ids[1], SendStep::Cancel)]).await;

    let mut all = Vec::new();
    for id in [second, ids[3], ids[2], ids[1], ids[0]] {
        all.push(w.now(id).await);
    }
    let list = |filter, page| w.store.sent(w.ours.org, filter, page);
    assert_pages(&all, |page| list(OutboxFilter::default(), page)).await;
    let found = |filter| {
        let w = w.clone();
        async move {
            let page = w.store.sent(w.ours.org, filter, whole()).await.unwrap();
            page.rows.iter().map(|one| one.id).collect::<Vec<_>>()
        }
    };
    let by_account = OutboxFilter {
        account: Some(number.id),
        ..OutboxFilter::default()
    };
    let expected = [ids[3], ids[2], ids[1], ids[0]];
    assert_eq!(found(by_account.clone()).await, expected);
    let cancelled = OutboxFilter {
        status: Some(MessageStatus::Cancelled),
        ..OutboxFilter::default()
    };
    assert_eq!(found(cancelled).await, [ids[1]]);
    let referred = OutboxFilter {
        client_reference: Some("order 7".into()),
        ..OutboxFilter::default()
    };
    assert_eq!(found(referred.clone()).await, [ids[3], ids[0]]);
    let all_of_these = OutboxFilter {
        status: Some(MessageStatus::Queued),
        ..by_account
    };
    assert_eq!(found(all_of_these).await, [ids[3], ids[2], ids[0]]);
    let nobodys = OutboxFilter {
        account: Some(w.ours.second.id),
        ..referred
    };
    assert_eq!(found(nobodys).await, []);
}

pub async fn each_status_lists_the_messages_that_show_it(w: OutboxWorld) {
    let waits = w.one().await;
    let dispatching = w.begin().await.id;
    let proving = w.begin().await.id;
    let failed = w.begin().await.id;
    let underway = w.begin().await.id;
    w.apply(vec![
        w.unknown(proving, 1, 2_000),
        w.failed(failed, 1),
        w.accepted(underway, 1, "wamid.1"),
    ])
    .await;
    let theirs = w.enqueue(&w.theirs.number, vec![w.compose("1")]).await;
    let of = async |account, status, reference: Option<&str>| {
        let filter = OutboxFilter {
            account,
            status: Some(status),
            client_reference: reference.map(str::to_owned),
            ..OutboxFilter::default()
        };
        let page = w.store.sent(w.ours.org, filter, whole()).await.unwrap();
        let shown = page.rows.iter().all(|one| one.status == status);
        assert!(shown, "{status:?}: {:?}", page.rows);
        page.rows.iter().map(|one| one.id).collect::<Vec<_>>()
    };
    let number = Some(w.ours.number.id);
    for account in [None, number] {
        let expected = [
            (MessageStatus::Queued, vec![waits]),
            (MessageStatus::Sending, vec![proving, dispatching]),
            (MessageStatus::Failed, vec![failed]),
            (MessageStatus::Accepted, vec![underway]),
            (MessageStatus::Delivered, vec![]),
        ];
        for (status, ids) in expected {
            assert_eq!(of(account, status, None).await, ids, "{status:?}");
        }
    }
    let other = Some(w.ours.second.id);
    assert_eq!(of(other, MessageStatus::Sending, None).await, []);
    let theirs_too = Some(theirs[0].account);
    assert_eq!(of(theirs_too, MessageStatus::Queued, None).await, []);
    assert_eq!(of(theirs_too, MessageStatus::Sending, None).await, []);
    // By a reference, too, and page by page.
    let referred = w.with(|job| job.client_reference = Some("order 7".into()));
    let referred = w.ids_of(vec![referred]).await[0];
    let owner = w.id();
    let lease = w.lease(owner, w.ours.number.id, 100).await.unwrap();
    for (status, found) in [
        (MessageStatus::Queued, vec![referred]),
        (MessageStatus::Sending, vec![]),
    ] {
        assert_eq!(of(number, status, Some("order 7")).await, found);
    }
    let begun = w.dispatch(owner, lease.epoch, &[referred], 100).await;
    assert_eq!(begun, [referred]);
    for (status, found) in [
        (MessageStatus::Queued, vec![]),
        (MessageStatus::Sending, vec![referred]),
    ] {
        assert_eq!(of(number, status, Some("order 7")).await, found);
    }
    let mut sending = Vec::new();
    for id in [referred, proving, dispatching] {
        sending.push(w.now(id).await);
    }
    let filter = OutboxFilter {
        status: Some(MessageStatus::Sending),
        ..OutboxFilter::default()
    };
    assert_pages(&sending, |page| {
        w.store.sent(w.ours.org, filter.clone(), page)
    })
    .await;
}

pub async fn addressees_are_known_by_any_key_in_their_order(w: OutboxWorld) {
    let (org, number) = (w.ours.org, &w.ours.number);
    w.apply(vec![says(number, "1", &known("5511987654321", "BR.1"), 1)])
        .await;
    let mut group = w.compose("");
    group.party = Party::default();
    group.group_id = Some(GroupId::from("g.1"));
    w.enqueue(number, vec![group]).await;
    let person = |party: &Party| Addressee::Person(ContactKey::of(party).remove(0));
    let (other_form, user) = (phone("551187654321"), crate::receive::user("BR.1"));
    let asked = vec![
        (org, number.id, person(&phone("15550100"))),
        (org, number.id, person(&other_form)),
        (org, w.ours.second.id, person(&user)),
        (org, number.id, Addressee::Group(GroupId::from("g.1"))),
        (
            org,
            w.ours.second.id,
            Addressee::Group(GroupId::from("g.1")),
        ),
        (w.theirs.org, w.theirs.number.id, person(&user)),
        (
            w.theirs.org,
            number.id,
            Addressee::Group(GroupId::from("g.1")),
        ),
        (org, number.id, person(&user)),
    ];
    let found = w.store.addressees(asked).await.unwrap();
    let contact = w.contact(org).await;
    let is_there: Vec<_> = found
        .iter()
        .map(|of| (of.contact.is_some(), of.conversation.is_some()))
        .collect();
    let expected = [
        (false, false),
        (true, true),
        (true, false),
        (false, true),
        (false, false),
        (false, false),
        (false, false),
        (true, true),
    ];
    assert_eq!(is_there, expected);
    assert_eq!(found[1].contact, Some(contact));
    let window = found[1].conversation.as_ref().unwrap();
    assert_eq!(window.account, number.id);
    assert!(window.window_until().is_some());
    assert_eq!(found[1], found[7]);
    assert!(w.store.addressees(vec![]).await.unwrap().is_empty());
}

pub async fn a_queue_tells_what_waits_and_why(w: OutboxWorld) {
    let begun = w.begin().await;
    let proving = w.begin().await;
    let unknown = w.begin().await;
    let failed = w.begin().await;
    let of = |priority, due_at, wait| {
        w.with(|job| (job.priority, job.due_at, job.wait) = (priority, at(due_at), wait))
    };
    let later = Some(WaitReason::Scheduled);
    w.ids_of(vec![
        of(Priority::High, 5, None),
        of(Priority::Low, 3, None),
        of(Priority::Low, 50, later),
        of(Priority::Low, 200, later),
        of(Priority::Normal, 200, later),
        of(Priority::Normal, 300, Some(WaitReason::Retry)),
    ])
    .await;
    w.apply(vec![
        w.unknown(proving.id, 1, 2_000),
        w.unknown(unknown.id, 1, 900),
        w.step(unknown.id, SendStep::Unproven { as_failed: false }),
        w.failed(failed.id, 1),
    ])
    .await;
    let queue = w.overview(100).await;
    assert_eq!(queue.due, [1, 0, 2]);
    assert_eq!(queue.waiting.len(), 2);
    for waiting in [(WaitReason::Scheduled, 2), (WaitReason::Retry, 1)] {
        assert!(queue.waiting.contains(&waiting), "{:?}", queue.waiting);
    }
    assert_eq!((queue.dispatching, queue.proving), (1, 1));
    assert_eq!((queue.unknown, queue.failed), (1, 1));
    assert_eq!(queue.oldest_due, Some(at(3)));
    assert_eq!(w.overview(4).await.due, [0, 0, 1]);
    let nothing = w.queue_of(w.ours.org, w.ours.second.id, 100, 10).await;
    assert_eq!(nothing.due, [0; 3]);
    assert_eq!((nothing.waiting, nothing.oldest_due), (vec![], None));
    assert!(!nothing.is_owned && !nothing.is_paused);
    w.apply(vec![w.accepted(begun.id, 1, "wamid.1")]).await;
    assert_eq!(w.overview(100).await.dispatching, 0);
}

pub async fn counts_of_a_queue_end_where_asked(w: OutboxWorld) {
    let due = (0..5).map(|n| w.with(|job| job.flow = format!("{}", n % 2)));
    w.ids_of(due.collect()).await;
    let later = |_| w.with(|job| (job.due_at, job.wait) = (at(900), Some(WaitReason::Scheduled)));
    w.ids_of((0..4).map(later).collect()).await;
    let count = |most| w.queue_of(w.ours.org, w.ours.number.id, 10, most);
    let queue = count(3).await;
    assert_eq!(queue.due, [0, 3, 0]);
    assert_eq!(queue.waiting, [(WaitReason::Scheduled, 3)]);
    let queue = count(5).await;
    assert_eq!(queue.due, [0, 5, 0]);
    assert_eq!(queue.waiting, [(WaitReason::Scheduled, 4)]);
}
