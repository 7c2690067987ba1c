//! Due messages of a number's queue.

use wabakit_domain::{
    ids::MessageId,
    outbound::{Compose, Priority, SendStep, WaitReason},
};

use super::{EVERY, OutboxWorld};
use crate::{
    at,
    receive::{known, says},
};
use wabakit_ports::store::{Deferral, DueLimit, DueMessage};

fn ids(due: &[DueMessage]) -> Vec<MessageId> {
    due.iter().map(|due| due.id).collect()
}

/// Makes messages of a flow, each due a second after the one before.
fn flow(w: &OutboxWorld, priority: Priority, name: &str, count: i64) -> Vec<Compose> {
    let one = |n| {
        let mut compose = w.compose(&w.stranger());
        compose.job.priority = priority;
        compose.job.flow = name.into();
        compose.job.due_at = at(n);
        compose
    };
    (0..count).map(one).collect()
}

fn flows(due: &[DueMessage]) -> Vec<&str> {
    due.iter().map(|due| due.flow.as_str()).collect()
}

pub async fn what_is_due_comes_whole_and_in_order(w: OutboxWorld) {
    let mut messages = vec![
        w.with(|job| job.due_at = at(5)),
        w.compose("15550101"),
        w.compose("15550102"),
    ];
    messages[0].job.flow = String::new();
    let queued = w.enqueue(&w.ours.number, messages.clone()).await;
    let due = w.due(100, EVERY).await;
    let order = [queued[1].id, queued[2].id, queued[0].id];
    assert_eq!(ids(&due), order, "longest due first, then as they came");
    let whole = DueMessage {
        id: queued[0].id,
        org: w.ours.org,
        conversation: queued[0].conversation,
        priority: Priority::Normal,
        flow: String::new(),
        due_at: at(5),
        expires_at: at(86_400),
        attempt: 0,
        body: messages[0].body.clone(),
        guard: None,
        window_until: None,
        opted_out: false,
        is_passed_on: false,
    };
    assert_eq!(due[2], whole);
}

pub async fn what_is_early_expired_or_no_longer_queued_is_not_due(w: OutboxWorld) {
    let messages = vec![
        w.with(|job| job.due_at = at(100)),
        w.with(|job| job.expires_at = at(100)),
        w.compose("15550101"),
        w.compose("15550102"),
    ];
    let all = w.ids_of(messages).await;
    w.apply(vec![w.step(all[3], SendStep::Cancel)]).await;
    assert_eq!(w.all_due(99).await, [all[1], all[2]]);
    assert_eq!(w.all_due(100).await, [all[2], all[0]]);
    assert_eq!(w.all_due(-1).await, []);
}

pub async fn numbers_have_queues_of_their_own(w: OutboxWorld) {
    let second = w.enqueue(&w.ours.second, vec![w.compose("1")]).await;
    let theirs = w.enqueue(&w.theirs.number, vec![w.compose("1")]).await;
    let own = w.one().await;
    assert_eq!(w.all_due(0).await, [own]);
    for (account, message) in [(w.ours.second.id, &second), (w.theirs.number.id, &theirs)] {
        let due = w.store.due(account, None, vec![], at(0), EVERY).await;
        assert_eq!(ids(&due.unwrap()), [message[0].id]);
    }
}

pub async fn a_higher_priority_comes_first_however_young(w: OutboxWorld) {
    let mut messages = flow(&w, Priority::Low, "bulk", 30);
    messages.extend(flow(&w, Priority::Normal, "", 2));
    let mut replies = flow(&w, Priority::High, "", 10);
    replies.iter_mut().for_each(|one| one.job.due_at = at(90));
    messages.extend(replies);
    let all = w.ids_of(messages).await;
    let (bulk, others) = all.split_at(30);
    let (normal, high) = others.split_at(2);
    let order = [high, normal, bulk].concat();
    assert_eq!(w.all_due(100).await, order);
    for (messages, per_flow) in [(6, 10), (6, 2), (11, 1), (20, 3)] {
        let limit = DueLimit { messages, per_flow };
        let due = w.due(100, limit).await;
        assert_eq!(ids(&due), order[..messages], "however they take turns");
    }
    assert_eq!(w.all_due(80).await, order[10..], "no reply is due yet");
}

pub async fn flows_take_turns_in_rounds(w: OutboxWorld) {
    let mut messages = flow(&w, Priority::Low, "a", 20);
    messages.extend(flow(&w, Priority::Low, "b", 3));
    messages.extend(flow(&w, Priority::Low, "c", 20));
    let all = w.ids_of(messages).await;
    let (a, b, c) = (&all[..20], &all[20..23], &all[23..]);
    let limit = DueLimit {
        messages: 14,
        per_flow: 2,
    };
    let rounds = [
        &a[..2],
        &b[..2],
        &c[..2],
        &a[2..4],
        &b[2..],
        &c[2..4],
        &a[4..6],
        &c[4..5],
    ];
    assert_eq!(ids(&w.due(100, limit).await), rounds.concat());
    let limit = DueLimit {
        messages: 3,
        per_flow: 10,
    };
    assert_eq!(ids(&w.due(100, limit).await), a[..3]);
    let limit = DueLimit {
        messages: 0,
        per_flow: 1,
    };
    assert!(w.due(100, limit).await.is_empty());
    assert_eq!(w.due(100, EVERY).await.len(), 43);
}

pub async fn the_turn_goes_on_after_the_flow_that_was_last(w: OutboxWorld) {
    let mut messages = Vec::new();
    for name in ["", "a", "b", "c"] {
        messages.extend(flow(&w, Priority::Normal, name, 3));
    }
    messages.extend(flow(&w, Priority::Low, "x", 1));
    messages.extend(flow(&w, Priority::Low, "a", 1));
    w.ids_of(messages).await;
    let limit = DueLimit {
        messages: 4,
        per_flow: 1,
    };
    let after = |priority, name: &str| {
        let after = Some((priority, name.to_owned()));
        let account = w.ours.number.id;
        w.store.due(account, after, vec![], at(100), limit)
    };
    for (last, order) in [
        ("", ["a", "b", "c", ""]),
        ("a", ["b", "c", "", "a"]),
        ("aa", ["b", "c", "", "a"]),
        ("c", ["", "a", "b", "c"]),
        ("zzz", ["", "a", "b", "c"]),
    ] {
        let due = after(Priority::Normal, last).await.unwrap();
        assert_eq!(flows(&due), order, "after {last:?}");
    }
    // Priorities have turns of their own.
    let due = after(Priority::Low, "a").await.unwrap();
    assert_eq!(flows(&due), ["", "a", "b", "c"]);
    let many = DueLimit {
        messages: 100,
        per_flow: 10,
    };
    let last = Some((Priority::Low, "a".to_owned()));
    let due = w
        .store
        .due(w.ours.number.id, last, vec![], at(100), many)
        .await;
    assert_eq!(flows(&due.unwrap())[12..], ["x", "a"]);
}

pub async fn what_is_in_work_is_left_out(w: OutboxWorld) {
    let messages = flow(&w, Priority::Normal, "a", 12);
    let queued = w.enqueue(&w.ours.number, messages).await;
    let all: Vec<_> = queued.iter().map(|one| one.id).collect();
    let thread = |n: usize| queued[n].conversation;
    let held = vec![thread(0), thread(2), thread(5), w.id()];
    let limit = DueLimit {
        messages: 4,
        per_flow: 2,
    };
    let account = w.ours.number.id;
    let due = w.store.due(account, None, held, at(100), limit).await;
    assert_eq!(ids(&due.unwrap()), [all[1], all[3], all[4], all[6]]);
}

pub async fn a_message_that_is_put_off_waits_and_says_why(w: OutboxWorld) {
    let begun = w.begin().await;
    let queued = w.one().await;
    let put_off = |message| Deferral {
        message,
        due_at: at(50),
        wait: WaitReason::PairLimit,
        holds_until: None,
    };
    let before = w.now(begun.id).await;
    let log = w.events(w.ours.org).await.len();
    let deferrals = vec![put_off(queued), put_off(begun.id), put_off(w.id())];
    w.store.defer(deferrals).await.unwrap();
    let job = w.job(queued).await;
    assert_eq!(
        (job.due_at, job.wait),
        (at(50), Some(WaitReason::PairLimit))
    );
    assert_eq!(w.now(begun.id).await, before, "it is no longer queued");
    assert_eq!(w.events(w.ours.org).await.len(), log, "nothing is told");
    assert_eq!(w.all_due(49).await, []);
    assert_eq!(w.all_due(50).await, [queued]);
}

pub async fn a_number_that_is_another_persons_by_now_is_told(w: OutboxWorld) {
    let by = &w.ours.number;
    w.apply(vec![says(by, "in.1", &known("15550100", "US.1"), 1)])
        .await;
    let ids = w
        .ids_of(vec![w.compose("15550100"), w.compose("15550199")])
        .await;
    assert!(w.due(100, EVERY).await.iter().all(|due| !due.is_passed_on));
    w.apply(vec![says(by, "in.2", &known("15550100", "US.2"), 900)])
        .await;
    let new = w.ids_of(vec![w.compose("15550100")]).await[0];
    for due in w.due(100, EVERY).await {
        assert_eq!(due.is_passed_on, due.id == ids[0], "{}", due.id == new);
    }
    let due = w.due(100, EVERY).await;
    assert_eq!(due.len(), 3);
}
