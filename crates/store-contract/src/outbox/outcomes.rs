//! Outcomes of attempts, as they are stored.

use wabakit_domain::{
    event::EventData,
    inbound::{Context, MessageFact, Party},
    message::{
        MessageStatus as S,
        ReportedStatus::{Delivered, Failed, Sent},
    },
    outbound::{JobState, Outcome, SendStep, WaitReason},
};

use super::{EVERY, OutboxWorld, token};
use crate::{
    assert_refused, at,
    receive::{echo, fact, of_message, phone, reported, text},
};
use wabakit_ports::store::StoreError;

async fn timeline(w: &OutboxWorld, id: wabakit_domain::ids::MessageId) -> usize {
    let found = w.receive.store.message(w.ours.org, id).await.unwrap();
    found.unwrap().timeline.len()
}

pub async fn an_answer_is_written_and_told(w: OutboxWorld) {
    let begun = w.begin().await;
    let applied = w.apply(vec![w.accepted(begun.id, 1, "wamid.1")]).await;
    let message = w.now(begun.id).await;
    assert_eq!(message.status, S::Accepted);
    assert_eq!(message.wamid, Some("wamid.1".into()));
    let told = w.told(w.ours.org).await;
    assert_eq!(
        applied.heads,
        [(w.ours.org, w.ours.log + told.len() as i64)]
    );
    let job = message.job.clone().unwrap();
    assert_eq!((job.state, job.attempt), (JobState::Underway, 1));
    match told.last() {
        Some(EventData::MessageSending(event)) => {
            assert_eq!(event.message, begun.id);
            assert_eq!(event.conversation, message.conversation);
            assert_eq!(event.account, w.ours.number.id);
            assert_eq!((&event.wamid, event.status), (&message.wamid, S::Accepted));
            assert_eq!((&event.job, &event.errors), (&*job, &vec![]));
        }
        other => panic!("{other:?}"),
    }
    // From now on it is found by Meta's id.
    w.apply(vec![reported(&w.ours.number, "wamid.1", Delivered, 905)])
        .await;
    assert_eq!(w.now(begun.id).await.status, S::Delivered);
    w.apply(vec![w.accepted(begun.id, 1, "wamid.1")]).await;
    assert_eq!(w.now(begun.id).await.status, S::Delivered);
    assert_eq!(w.events(w.ours.org).await.len(), told.len() + 1);
}

pub async fn a_refusal_is_kept_with_its_reason(w: OutboxWorld) {
    let begun = w.begin().await;
    w.apply(vec![w.failed(begun.id, 1)]).await;
    let message = w.now(begun.id).await;
    assert_eq!(message.status, S::Failed);
    assert_eq!(message.errors[0].code, 131_008);
    assert_eq!(w.overview(10).await.failed, 1);
    w.apply(vec![w.retry(begun.id)]).await;
    assert!(w.now(begun.id).await.errors.is_empty());
    assert_eq!(w.all_due(1_000).await, [begun.id]);
    assert_eq!(w.overview(1_000).await.failed, 0);
}

pub async fn what_is_tried_again_waits_and_says_why(w: OutboxWorld) {
    let begun = w.begin().await;
    let outcome = Outcome::Again {
        due_at: at(1_060),
        wait: WaitReason::Retry,
        fault: None,
    };
    let step = SendStep::Outcome {
        token: token(1),
        outcome,
    };
    w.apply(vec![w.step(begun.id, step)]).await;
    assert_eq!(w.all_due(1_059).await, []);
    assert_eq!(w.all_due(1_060).await, [begun.id]);
    let job = w.job(begun.id).await;
    assert_eq!((job.wait, job.attempt), (Some(WaitReason::Retry), 1));
    w.begin_again(&begun).await;
    let job = w.job(begun.id).await;
    assert_eq!((job.wait, job.attempt), (None, 2));
}

pub async fn a_status_with_our_id_proves_before_the_answer(w: OutboxWorld) {
    let begun = w.begin().await;
    w.apply(vec![w.unknown(begun.id, 1, 2_000)]).await;
    assert_eq!(w.overview(0).await.proving, 1);
    w.apply(vec![w.proof(begun.id, "wamid.1", Sent)]).await;
    let message = w.now(begun.id).await;
    assert_eq!(message.status, S::Sent);
    assert_eq!(message.wamid, Some("wamid.1".into()));
    assert_eq!(message.job.unwrap().state, JobState::Underway);
    assert_eq!(w.overview(0).await.proving, 0);
    w.apply(vec![w.proof(begun.id, "wamid.1", Sent)]).await;
    assert_eq!(timeline(&w, begun.id).await, 1, "a repeat is known");
}

pub async fn a_proof_stops_what_is_queued_again(w: OutboxWorld) {
    let begun = w.begin().await;
    w.apply(vec![w.unknown(begun.id, 1, 900)]).await;
    let unproven = SendStep::Unproven { as_failed: false };
    w.apply(vec![w.step(begun.id, unproven), w.retry(begun.id)])
        .await;
    assert_eq!(w.all_due(1_000).await, [begun.id]);
    w.apply(vec![w.proof(begun.id, "wamid.1", Delivered)]).await;
    assert_eq!(w.all_due(1_000).await, []);
    let again = w
        .dispatch(begun.owner, begun.epoch, &[begun.id], 1_000)
        .await;
    assert_eq!(again, [], "it arrived");
    assert_eq!(w.now(begun.id).await.status, S::Delivered);
}

pub async fn an_attempt_in_doubt_is_remembered(w: OutboxWorld) {
    let begun = w.begin().await;
    w.apply(vec![w.unknown(begun.id, 1, 900)]).await;
    let unproven = SendStep::Unproven { as_failed: true };
    w.apply(vec![w.step(begun.id, unproven), w.retry(begun.id)])
        .await;
    let due = w.due(1_000, EVERY).await;
    assert_eq!(due.iter().map(|due| due.attempt).collect::<Vec<_>>(), [1]);
    w.begin_again(&begun).await;
    let job = w.job(begun.id).await;
    assert_eq!((job.attempt, job.in_doubt), (2, 1));
    assert_eq!(job.token, Some(token(2)));
}

pub async fn a_straggler_of_another_marking_changes_nothing(w: OutboxWorld) {
    let begun = w.begin().await;
    let outcome = Outcome::Again {
        due_at: at(1_060),
        wait: WaitReason::Retry,
        fault: None,
    };
    let step = SendStep::Outcome {
        token: token(9),
        outcome,
    };
    let straggler = [w.step(begun.id, step), w.failed(begun.id, 9)];
    let before = w.seen_by(w.ours.org).await;
    w.apply(straggler.to_vec()).await;
    assert_eq!(w.seen_by(w.ours.org).await, before);
    w.apply(vec![w.unknown(begun.id, 1, 2_000)]).await;
    let before = w.seen_by(w.ours.org).await;
    w.apply(straggler.to_vec()).await;
    assert_eq!(w.seen_by(w.ours.org).await, before);
    assert_eq!(w.job(begun.id).await.state, JobState::Proving);
    assert_eq!(w.job(begun.id).await.token, Some(token(1)));
}

pub async fn a_second_acceptance_is_kept_as_a_duplicate(w: OutboxWorld) {
    let begun = w.begin().await;
    w.apply(vec![w.unknown(begun.id, 1, 900)]).await;
    let unproven = SendStep::Unproven { as_failed: false };
    w.apply(vec![w.step(begun.id, unproven), w.retry(begun.id)])
        .await;
    w.begin_again(&begun).await;
    w.apply(vec![w.accepted(begun.id, 2, "wamid.2")]).await;
    w.apply(vec![w.accepted(begun.id, 1, "wamid.1")]).await;
    let message = w.now(begun.id).await;
    assert_eq!(message.status, S::Accepted);
    assert_eq!(message.wamid, Some("wamid.2".into()));
    assert_eq!(message.job.unwrap().duplicates, ["wamid.1".into()]);
}

pub async fn a_status_that_waits_is_applied_when_the_answer_names_it(w: OutboxWorld) {
    let begun = w.begin().await;
    w.apply(vec![reported(&w.ours.number, "wamid.1", Delivered, 905)])
        .await;
    assert_eq!(w.now(begun.id).await.status, S::Sending);
    w.apply(vec![w.accepted(begun.id, 1, "wamid.1")]).await;
    assert_eq!(w.now(begun.id).await.status, S::Delivered);
    assert_eq!(timeline(&w, begun.id).await, 1);
}

pub async fn a_retry_begins_anew_under_another_name(w: OutboxWorld) {
    let begun = w.begin().await;
    w.apply(vec![
        w.accepted(begun.id, 1, "wamid.1"),
        w.proof(begun.id, "wamid.1", Sent),
    ])
    .await;
    w.apply(vec![w.proof(begun.id, "wamid.1", Failed)]).await;
    assert_eq!(w.now(begun.id).await.status, S::Failed);
    assert_eq!(timeline(&w, begun.id).await, 2);
    w.apply(vec![w.retry(begun.id)]).await;
    assert_eq!(timeline(&w, begun.id).await, 0);
    let job = w.job(begun.id).await;
    assert_eq!((job.due_at, job.expires_at), (at(1_000), at(90_000)));
    w.begin_again(&begun).await;
    w.apply(vec![w.proof(begun.id, "wamid.1", Sent)]).await;
    assert_eq!(w.now(begun.id).await.status, S::Sending, "that is over");
    w.apply(vec![
        w.accepted(begun.id, 2, "wamid.2"),
        w.proof(begun.id, "wamid.2", Sent),
    ])
    .await;
    let message = w.now(begun.id).await;
    assert_eq!(message.status, S::Sent);
    assert_eq!(message.wamid, Some("wamid.2".into()));
    assert_eq!(timeline(&w, begun.id).await, 1);
    w.apply(vec![reported(&w.ours.number, "wamid.2", Delivered, 950)])
        .await;
    assert_eq!(w.now(begun.id).await.status, S::Delivered);
}

pub async fn a_name_that_another_message_has_stays_with_it(w: OutboxWorld) {
    let begun = w.begin_to("15550100").await;
    w.apply(vec![echo(&w.ours.number, "wamid.1", &phone("15550100"), 5)])
        .await;
    w.apply(vec![w.accepted(begun.id, 1, "wamid.1")]).await;
    let message = w.now(begun.id).await;
    assert_eq!((message.status, message.wamid), (S::Accepted, None));
    assert_eq!(w.only_thread(w.ours.org).await.len(), 2);
}

pub async fn an_act_that_is_refused_changes_nothing(w: OutboxWorld) {
    let begun = w.begin().await;
    let queued = w.one().await;
    let before = w.seen_by(w.ours.org).await;
    for items in [
        vec![w.step(begun.id, SendStep::Cancel)],
        vec![w.step(queued, SendStep::Cancel), w.retry(begun.id)],
        vec![w.step(queued, SendStep::Dismiss)],
        vec![w.step(w.id(), SendStep::Cancel)],
    ] {
        let applied = w.receive.store.apply(w.batch(items)).await;
        assert_refused!(applied, StoreError::Forbidden(_));
    }
    assert_eq!(w.seen_by(w.ours.org).await, before);
    w.apply(vec![w.step(queued, SendStep::Cancel)]).await;
    assert_eq!(w.now(queued).await.status, S::Cancelled);
    assert_eq!(w.all_due(100).await, []);
}

pub async fn cancel_and_dispatch_at_once_have_one_winner(w: OutboxWorld) {
    let owner = w.id();
    let epoch = w.lease(owner, w.ours.number.id, 0).await.unwrap().epoch;
    let messages = (0..20).map(|n| w.compose(&format!("155501{n:02}")));
    let ids = w.ids_of(messages.collect()).await;
    let won = w
        .connect
        .race(|_, turn| {
            let (w, id) = (w.clone(), [ids[turn]]);
            async move {
                let cancel = w.batch(vec![w.step(id[0], SendStep::Cancel)]);
                let cancelling = w.receive.store.apply(cancel);
                let (cancelled, begun) = tokio::join!(cancelling, w.dispatch(owner, epoch, &id, 1));
                (id[0], cancelled.is_ok(), !begun.is_empty())
            }
        })
        .await;
    for (id, is_cancelled, is_begun) in won {
        assert!(is_cancelled != is_begun, "one of both");
        let status = match is_begun {
            true => S::Sending,
            false => S::Cancelled,
        };
        assert_eq!(w.now(id).await.status, status);
    }
}

pub async fn an_answer_to_what_we_sent_names_it_by_our_id(w: OutboxWorld) {
    let begun = w.begin_to("15550100").await;
    w.apply(vec![w.accepted(begun.id, 1, "wamid.1")]).await;
    let person = phone("15550100");
    let context = |of: &str| {
        Some(Context {
            message_id: Some(of.into()),
            ..Context::default()
        })
    };
    let answered = MessageFact {
        context: context("wamid.1"),
        ..fact("in.1", &person, 20, text("Thanks"))
    };
    w.apply(vec![of_message(&w.ours.number, answered)]).await;
    let received = w.receive.message(w.ours.org, "in.1").await.message;
    assert_eq!(received.quoted, Some(begun.id));
    // Our answer to it names their id.
    let mut compose = w.compose("15550100");
    compose.context = context("in.1");
    let queued = w.enqueue(&w.ours.number, vec![compose]).await;
    assert_eq!(queued[0].quoted, Some(received.id));
    assert_eq!(w.now(queued[0].id).await.quoted, Some(received.id));
}

pub async fn metas_answer_teaches_who_the_recipient_is(w: OutboxWorld) {
    let contact = async |id| {
        let contact = w.now(id).await.contact.unwrap();
        let found = w.receive.store.contact(w.ours.org, contact).await;
        found.unwrap().unwrap()
    };
    let party = |phone: Option<&str>, user: Option<&str>| Party {
        phone: phone.map(str::to_owned),
        user_id: user.map(Into::into),
        ..Party::default()
    };
    let begun = w.begin_to("15550100").await;
    for (named, user) in [
        (None, None),
        (Some(party(None, None)), None),
        (Some(party(Some("15550100"), Some("US.1"))), Some("US.1")),
    ] {
        let outcome = Outcome::Accepted {
            wamid: format!("wamid.{user:?}.{}", named.is_some()).into(),
            recipient: named,
        };
        let token = token(1);
        w.apply(vec![w.step(begun.id, SendStep::Outcome { token, outcome })])
            .await;
        let known = contact(begun.id).await;
        assert_eq!(known.user_id, user.map(Into::into));
        assert_eq!(known.phone.as_deref(), Some("15550100"));
    }
    // Meta names another number than the one that the message was sent to.
    let begun = w.begin_to("15550200").await;
    let outcome = Outcome::Accepted {
        wamid: "wamid.other".into(),
        recipient: Some(party(Some("15550299"), None)),
    };
    let token = token(1);
    w.apply(vec![w.step(begun.id, SendStep::Outcome { token, outcome })])
        .await;
    assert_eq!(contact(begun.id).await.phone.as_deref(), Some("15550299"));
}
