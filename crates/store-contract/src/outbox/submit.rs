//! Submitting messages, with and without idempotency keys.

use wabakit_domain::{
    conversation::SendTurn,
    event::EventData,
    ids::GroupId,
    inbound::{Context, Party},
    message::{Direction, MessageStatus},
    outbound::{Job, Priority, WaitReason},
};

use super::{OutboxWorld, world::named};
use crate::{assert_refused, at, receive::phone};
use wabakit_ports::store::{StoreError, Submitted};

pub async fn a_submitted_message_comes_back_whole(w: OutboxWorld) {
    let mut compose = w.with(|job| {
        job.priority = Priority::Low;
        job.flow = "spring".into();
        job.due_at = at(60);
        job.expires_at = at(120);
        job.wait = Some(WaitReason::Scheduled);
        job.client_reference = Some("order 7".into());
        job.author = Some(w.ours.tenant.owner.id);
    });
    compose.context = Some(Context {
        message_id: Some("wamid.asked".into()),
        ..Context::default()
    });
    let calls = vec![w.submission(&w.ours.number, vec![compose.clone()])];
    let (answers, heads) = w.store.submit(calls, w.ids(), at(0)).await.unwrap();
    let Submitted::Queued(messages) = &answers[0] else {
        panic!("{answers:?}");
    };
    let message = &messages[0];
    assert_eq!(message.id, compose.message);
    assert_eq!(message.org, w.ours.org);
    assert_eq!(message.account, w.ours.number.id);
    assert_eq!(message.direction, Direction::Outbound);
    assert_eq!(message.status, MessageStatus::Queued);
    assert_eq!(message.wamid, None);
    assert_eq!(message.content, compose.content);
    assert_eq!(message.context, compose.context);
    assert_eq!((message.at, message.created_at), (at(0), at(0)));
    let turn = SendTurn {
        at: at(60),
        number: 1,
    };
    let job = Job {
        turn,
        ..compose.job
    };
    assert_eq!(message.job.as_deref(), Some(&job));
    assert_eq!(
        w.now(message.id).await,
        *message,
        "stored as it is answered"
    );
    let body = w.store.body(w.ours.org, message.id).await.unwrap();
    assert_eq!(body, Some(compose.body));

    let conversation = w.conversation(w.ours.org).await;
    assert_eq!(conversation.conversation.id, message.conversation);
    assert_eq!(conversation.last_message.as_ref(), Some(message));
    assert_eq!(conversation.contact.map(|c| c.id), message.contact);
    let told = w.told(w.ours.org).await;
    assert_eq!(heads, [(w.ours.org, w.ours.log + told.len() as i64)]);
    match told.last() {
        Some(EventData::MessageQueued(event)) => {
            assert_eq!(*event.message, *message);
            assert_eq!(event.from, phone("15550100"));
        }
        other => panic!("{other:?}"),
    }
}

pub async fn calls_are_answered_in_their_order(w: OutboxWorld) {
    let to = ["15550100", "15550101", "15550100", "15550102"];
    let messages: Vec<_> = to.iter().map(|to| w.compose(to)).collect();
    let ids: Vec<_> = messages.iter().map(|one| one.message).collect();
    let calls = vec![
        w.submission(&w.ours.number, messages[..2].to_vec()),
        w.submission(&w.theirs.number, messages[2..3].to_vec()),
        w.submission(&w.ours.second, messages[3..].to_vec()),
    ];
    let (answers, heads) = w.store.submit(calls, w.ids(), at(0)).await.unwrap();
    let mut queued = Vec::new();
    for answer in answers {
        match answer {
            Submitted::Queued(messages) => queued.extend(messages),
            other => panic!("{other:?}"),
        }
    }
    let answered: Vec<_> = queued.iter().map(|message| message.id).collect();
    assert_eq!(answered, ids);
    assert_eq!(queued[3].account, w.ours.second.id);
    let mut ends = Vec::new();
    for org in [w.ours.org, w.theirs.org] {
        let end = w.begin_of(org) + w.events(org).await.len() as i64;
        w.assert_log_ends_at(org, end).await;
        ends.push((org, end));
    }
    let mut heads = heads;
    heads.sort_unstable();
    ends.sort_unstable();
    assert_eq!(heads, ends);
    assert_eq!(w.contacts(w.ours.org).await.len(), 3);
    assert_eq!(w.contacts(w.theirs.org).await.len(), 1);
}

pub async fn a_group_is_written_to(w: OutboxWorld) {
    let mut compose = w.compose("");
    compose.party = Party::default();
    compose.group_id = Some(GroupId::from("g.1"));
    let message = w.enqueue(&w.ours.number, vec![compose]).await.remove(0);
    assert_eq!(message.group_id, Some(GroupId::from("g.1")));
    assert_eq!(w.now(message.id).await, message);
    let again = w.compose("");
    let again = wabakit_domain::outbound::Compose {
        party: Party::default(),
        group_id: Some(GroupId::from("g.1")),
        ..again
    };
    let second = w.enqueue(&w.ours.number, vec![again]).await.remove(0);
    assert_eq!(second.conversation, message.conversation);
}

pub async fn a_message_that_is_refused_stops_every_call(w: OutboxWorld) {
    let mut nobody = w.compose("");
    nobody.party = Party::default();
    let calls = vec![
        w.call(&w.ours.number, "first", 1),
        w.submission(&w.ours.number, vec![w.compose("15550101"), nobody]),
    ];
    assert_refused!(w.submit(calls).await, StoreError::Forbidden(_));
    assert!(w.conversations(w.ours.org).await.is_empty());
    assert!(w.contacts(w.ours.org).await.is_empty());
    assert!(w.events(w.ours.org).await.is_empty());
    assert!(w.all_due(100).await.is_empty());
    let kept = w.store.repeated(w.ours.org, named("first", 1)).await;
    assert_eq!(kept.unwrap(), None);
}

pub async fn a_repeated_call_is_answered_as_the_first(w: OutboxWorld) {
    let ask = |fingerprint| w.store.repeated(w.ours.org, named("a", fingerprint));
    assert_eq!(ask(1).await.unwrap(), None);
    let first = w.submit(vec![w.call(&w.ours.number, "a", 1)]).await;
    assert!(matches!(first.unwrap()[0], Submitted::Queued(_)));
    let before = w.seen_by(w.ours.org).await;
    let calls = vec![
        w.call(&w.ours.number, "a", 1),
        w.call(&w.ours.second, "a", 2),
    ];
    let repeated = Submitted::Repeated("a 1".into());
    let (answers, heads) = w.store.submit(calls, w.ids(), at(5)).await.unwrap();
    assert_eq!(answers, [repeated.clone(), Submitted::KeyReused]);
    assert_eq!(heads, [], "nothing was told");
    assert_eq!(ask(1).await.unwrap(), Some(repeated));
    assert_eq!(ask(2).await.unwrap(), Some(Submitted::KeyReused));
    assert_eq!(w.seen_by(w.ours.org).await, before);

    // New calls beside it are queued, and another organisation has its own keys.
    let calls = vec![
        w.call(&w.ours.number, "a", 1),
        w.call(&w.ours.number, "b", 1),
        w.call(&w.theirs.number, "a", 2),
    ];
    let answers = w.submit(calls).await.unwrap();
    assert!(matches!(answers[0], Submitted::Repeated(_)));
    assert!(matches!(&answers[1], Submitted::Queued(new) if new.len() == 1));
    assert!(matches!(&answers[2], Submitted::Queued(new) if new.len() == 1));
}

pub async fn a_call_that_comes_twice_at_once_is_queued_once(w: OutboxWorld) {
    let calls = vec![
        w.call(&w.ours.number, "a", 1),
        w.call(&w.ours.number, "a", 1),
        w.call(&w.ours.number, "a", 2),
    ];
    let answers = w.submit(calls).await.unwrap();
    assert!(matches!(answers[0], Submitted::Queued(_)));
    assert_eq!(answers[1], Submitted::Repeated("a 1".into()));
    assert_eq!(answers[2], Submitted::KeyReused);
    assert_eq!(w.only_thread(w.ours.org).await.len(), 1);
}

pub async fn only_one_of_twenty_repeats_is_queued(w: OutboxWorld) {
    let answers = w
        .connect
        .race(|_, _| {
            let w = w.clone();
            async move { submit_until_done(&w, || w.call(&w.ours.number, "a", 1)).await }
        })
        .await;
    let queued = answers
        .iter()
        .filter(|answer| matches!(answer, Submitted::Queued(_)));
    assert_eq!(queued.count(), 1);
    assert_eq!(w.only_thread(w.ours.org).await.len(), 1);
}

/// Submits as the service does: again after a conflict.
async fn submit_until_done(
    w: &OutboxWorld,
    call: impl Fn() -> wabakit_ports::store::Submission,
) -> Submitted {
    for _ in 0..100 {
        match w.submit(vec![call()]).await {
            Ok(mut answers) => return answers.remove(0),
            Err(StoreError::Conflict) => tokio::task::yield_now().await,
            Err(other) => panic!("{other}"),
        }
    }
    panic!("a call finds no end of conflicts");
}

pub async fn calls_at_once_leave_no_gap_in_the_log(w: OutboxWorld) {
    w.connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                let by = match turn % 2 {
                    0 => w.ours.number.clone(),
                    _ => w.theirs.number.clone(),
                };
                submit_until_done(&w, || {
                    let messages = vec![w.compose("15550100"), w.compose("15550101")];
                    w.submission(&by, messages)
                })
                .await;
            }
        })
        .await;
    for org in [w.ours.org, w.theirs.org] {
        // Two contacts, two conversations and twenty messages.
        w.assert_log_ends_at(org, w.begin_of(org) + 2 + 2 + 20)
            .await;
        assert_eq!(w.contacts(org).await.len(), 2);
    }
    assert_eq!(w.all_due(0).await.len(), 2, "each person's first");
}

pub async fn a_thousand_messages_of_one_call_are_queued_in_order(w: OutboxWorld) {
    let messages = (0..1_000).map(|n| w.compose(&format!("1555{n:05}")));
    let messages: Vec<_> = messages.collect();
    let ids: Vec<_> = messages.iter().map(|one| one.message).collect();
    assert_eq!(w.ids_of(messages).await, ids);
    assert_eq!(w.all_due(0).await, ids);
    assert_eq!(w.events(w.ours.org).await.len(), 3_000);
}

pub async fn names_of_calls_are_forgotten_after_their_time(w: OutboxWorld) {
    w.submit(vec![w.call(&w.ours.number, "old", 1)])
        .await
        .unwrap();
    let young = vec![w.call(&w.ours.number, "young", 1)];
    w.store.submit(young, w.ids(), at(100)).await.unwrap();
    let mut retention = crate::receive::events::keep_all();
    let prune = |keep| w.receive.store.prune(keep, 10);
    assert_eq!(prune(retention).await.unwrap(), 0);
    retention.idempotency_keys = at(100);
    assert_eq!(prune(retention).await.unwrap(), 1);
    assert_eq!(prune(retention).await.unwrap(), 0);
    let ask = |key| w.store.repeated(w.ours.org, named(key, 1));
    assert_eq!(ask("old").await.unwrap(), None);
    assert!(ask("young").await.unwrap().is_some());
    let again = w.submit(vec![w.call(&w.ours.number, "old", 2)]).await;
    assert!(matches!(again.unwrap()[0], Submitted::Queued(_)));
}

pub async fn a_call_is_recorded_once_and_its_repeat_not_again(w: OutboxWorld) {
    let entry = |action: &str| vec![w.connect.make.event(w.ours.org, action)];
    let many = vec![w.compose("15550100"), w.compose("15550101")];
    let mut bulk = w.submission(&w.ours.number, many);
    bulk.audit = entry("message.bulk_queued");
    let mut call = w.call(&w.ours.number, "key", 1);
    call.audit = entry("message.queued");
    let mut repeat = w.call(&w.ours.number, "key", 1);
    repeat.audit = entry("message.queued");
    let calls = vec![bulk, call.clone(), repeat.clone()];
    w.store.submit(calls, w.ids(), at(0)).await.unwrap();
    w.store.submit(vec![repeat], w.ids(), at(1)).await.unwrap();
    let expected = ["message.bulk_queued", "message.queued"];
    assert_eq!(w.connect.actions(w.ours.org).await, expected);
    w.connect.assert_chain(w.ours.org).await;
    assert!(w.connect.actions(w.theirs.org).await.is_empty());
}
