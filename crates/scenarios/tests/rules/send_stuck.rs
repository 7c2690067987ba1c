//! Stuck messages: accepted by Meta, and without news since.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    ids::MessageId,
    message::MessageStatus as S,
    outbound::{Certainty, Priority},
};
use wabakit_ports::store::{Limit, OutboxFilter, PageRequest};
use wabakit_services::{Acts, SendSettings, Sending, ShownMessage};

use crate::support::sending::{Act, SendWorld, failure, people};

const AFTER: u64 = 90;

async fn list(w: &SendWorld, process: &Sending, filter: OutboxFilter) -> Vec<ShownMessage> {
    let page = PageRequest {
        after: None,
        limit: Limit::MAX,
    };
    let found = process.messages.list(&w.world.admin, filter, page).await;
    found.unwrap().rows
}

/// Returns the list of stuck messages, the messages that are shown as stuck, and the queue's count.
async fn stuck(w: &SendWorld, process: &Sending) -> (Vec<MessageId>, Vec<MessageId>, i64) {
    let ids = |rows: Vec<ShownMessage>| rows.iter().map(|one| one.message.id).collect();
    let filter = OutboxFilter {
        stuck_before: Some(process.messages.stuck_before()),
        ..OutboxFilter::default()
    };
    let listed = list(w, process, filter).await;
    let mut shown = list(w, process, OutboxFilter::default()).await;
    shown.retain(|one| one.is_stuck);
    let queues = process.queues.list(&w.world.admin).await.unwrap();
    (ids(listed), ids(shown), queues[0].overview.stuck)
}

#[tokio::test(start_paused = true)]
async fn what_meta_took_is_found_when_nothing_was_heard_for_long_and_is_not_sent_again() {
    let w = SendWorld::new().await;
    let settings = SendSettings {
        stuck_after: Duration::from_secs(AFTER),
        ..SendSettings::default()
    };
    let process = Sending::new(w.ports.clone(), settings);
    let refused = Act::Fails(failure(Certainty::Refused, Some(131_008)));
    w.gateway.script([refused]);
    let stop = CancellationToken::new();
    let workers = process.sender.start(&stop);
    let failed = w.queue_one().await;
    w.until(failed, S::Failed).await;
    let ids = w.queue(people(2), Priority::Normal, "").await;
    for id in &ids {
        w.until(*id, S::Accepted).await;
    }
    sleep(Duration::from_secs(AFTER - 30)).await;
    assert_eq!(stuck(&w, &process).await, (vec![], vec![], 0));
    sleep(Duration::from_secs(60)).await;
    let both = vec![ids[1], ids[0]];
    assert_eq!(stuck(&w, &process).await, (both.clone(), both, 2));
    for id in &ids {
        assert_eq!(Acts::on(&w.message(*id).await), Acts::default());
    }
    sleep(Duration::from_secs(3 * AFTER)).await;
    assert_eq!(w.times(&ids), [1, 1]);
    stop.cancel();
    workers.join_all().await;
}
