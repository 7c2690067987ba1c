//! The guards of a message are checked when it is queued, and again when it is sent.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::advance;
use wabakit_domain::{
    ids::MessageId,
    inbound::{Fact, MarketingPreference, MessageContent, MessageFact, Origin, Party},
    message::{Direction, MessageStatus as S},
};
use wabakit_services::Sending;

use crate::support::sending::{Running, SendWorld};

const ADA: &str = "15550001";

fn template(category: Option<&str>) -> Value {
    let mut body = json!({"to": ADA, "type": "template",
        "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    if let Some(category) = category {
        body["category"] = category.into();
    }
    body
}

fn text() -> Value {
    json!({"to": ADA, "type": "text", "text": {"body": "hello"}})
}

async fn submit(w: &SendWorld, process: &Sending, body: Value) -> MessageId {
    let sent = process.messages.submit(&w.world.admin, None, body).await;
    sent.unwrap().value.message.id
}

async fn prefers(w: &SendWorld, value: &str) {
    let preference = MarketingPreference {
        party: Party {
            phone: Some(ADA.into()),
            ..Party::default()
        },
        value: value.into(),
        detail: None,
        signup_id: None,
        at: Some(w.now()),
    };
    w.apply(Fact::Preference(preference)).await;
}

async fn pause(w: &SendWorld, process: &Sending, is_paused: bool) {
    let (admin, account) = (&w.world.admin, w.account.id);
    let queue = match is_paused {
        true => process.queues.pause(admin, account).await,
        false => process.queues.resume(admin, account).await,
    };
    queue.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_person_who_opts_out_while_a_message_waits_does_not_get_it() {
    let w = SendWorld::new().await;
    let process = w.process();
    let running = Running::start(&process);
    pause(&w, &process, true).await;
    let marketing = submit(&w, &process, template(Some("marketing"))).await;
    let unsaid = submit(&w, &process, template(None)).await;
    let utility = submit(&w, &process, template(Some("utility"))).await;
    prefers(&w, "stop").await;
    pause(&w, &process, false).await;
    w.until(utility, S::Accepted).await;
    for id in [marketing, unsaid] {
        let message = w.until(id, S::Failed).await;
        let error = &message.errors[0];
        assert_eq!(
            (error.code, error.title.as_deref()),
            (131_050, Some("opted_out"))
        );
        let words = "This person asked to get no more marketing messages.";
        assert_eq!(error.message.as_deref(), Some(words));
        assert_eq!(w.times(&[id]), [0]);
    }
    // A retry by a person needs the same guard.
    process
        .messages
        .retry(&w.world.admin, unsaid, false)
        .await
        .unwrap();
    w.until(unsaid, S::Failed).await;
    prefers(&w, "resume").await;
    process
        .messages
        .retry(&w.world.admin, unsaid, false)
        .await
        .unwrap();
    w.until(unsaid, S::Accepted).await;
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_person_who_opts_in_again_gets_the_waiting_message() {
    let w = SendWorld::new().await;
    let process = w.process();
    let running = Running::start(&process);
    pause(&w, &process, true).await;
    let id = submit(&w, &process, template(Some("marketing"))).await;
    prefers(&w, "stop").await;
    prefers(&w, "resume").await;
    pause(&w, &process, false).await;
    w.until(id, S::Accepted).await;
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_window_that_closes_while_a_message_waits_stops_it_unless_it_ignores_that() {
    let w = SendWorld::new().await;
    let process = w.process();
    let running = Running::start(&process);
    w.hears(ADA, "wamid.in.1").await;
    pause(&w, &process, true).await;
    let mut later = text();
    later["expiresAt"] = json!((w.now() + chrono::Duration::days(3)).to_rfc3339());
    let waits = submit(&w, &process, later.clone()).await;
    later["ignoreWindow"] = true.into();
    let ignores = submit(&w, &process, later).await;
    advance(Duration::from_secs(25 * 3_600)).await;
    pause(&w, &process, false).await;
    w.until(ignores, S::Accepted).await;
    let message = w.until(waits, S::Failed).await;
    let error = &message.errors[0];
    assert_eq!(
        (error.code, error.title.as_deref()),
        (131_047, Some("window_closed"))
    );
    assert!(error.message.as_ref().unwrap().contains("24-hour window"));
    assert_eq!(w.times(&[waits]), [0]);
    // The customer writes again, so the message may be sent.
    w.hears(ADA, "wamid.in.2").await;
    process
        .messages
        .retry(&w.world.admin, waits, false)
        .await
        .unwrap();
    w.until(waits, S::Accepted).await;
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_scheduled_message_is_guarded_at_its_time() {
    let w = SendWorld::new().await;
    let process = w.process();
    let running = Running::start(&process);
    let mut body = template(Some("marketing"));
    body["scheduledAt"] = json!((w.now() + chrono::Duration::hours(2)).to_rfc3339());
    let id = submit(&w, &process, body).await;
    advance(Duration::from_secs(3_600)).await;
    prefers(&w, "stop").await;
    assert_eq!(w.message(id).await.status, S::Queued);
    advance(Duration::from_secs(3_600)).await;
    let message = w.until(id, S::Failed).await;
    assert_eq!(message.errors[0].code, 131_050);
    assert_eq!(w.times(&[id]), [0]);
    running.end().await;
}

/// Receives a message from this number and this user id.
async fn writes(w: &SendWorld, wamid: &str, phone: &str, user_id: &str) {
    let fact = MessageFact {
        wamid: wamid.into(),
        direction: Direction::Inbound,
        party: Party {
            phone: Some(phone.into()),
            user_id: Some(user_id.into()),
            ..Party::default()
        },
        group_id: None,
        at: w.now(),
        origin: Origin::Live,
        context: None,
        referral: None,
        content: MessageContent::Text { body: "hi".into() },
    };
    w.apply(Fact::Message(Box::new(fact))).await;
}

#[tokio::test(start_paused = true)]
async fn a_message_to_a_number_that_was_passed_on_is_not_sent() {
    let w = SendWorld::new().await;
    let process = w.process();
    let running = Running::start(&process);
    writes(&w, "wamid.in.1", ADA, "US.1").await;
    pause(&w, &process, true).await;
    let mut unguarded = text();
    unguarded["ignoreWindow"] = true.into();
    let mut stopped = Vec::new();
    for body in [text(), unguarded, template(None), template(Some("utility"))] {
        stopped.push(submit(&w, &process, body).await);
    }
    advance(Duration::from_secs(60)).await;
    writes(&w, "wamid.in.2", ADA, "US.2").await;
    let to_new = submit(&w, &process, text()).await;
    pause(&w, &process, false).await;
    w.until(to_new, S::Accepted).await;
    for id in stopped.clone() {
        let message = w.until(id, S::Failed).await;
        let error = &message.errors[0];
        assert_eq!(error.title.as_deref(), Some("number_passed_on"));
        assert_eq!(w.times(&[id]), [0]);
    }
    // A retry by a person does not send it either.
    let again = process.messages.retry(&w.world.admin, stopped[1], false);
    again.await.unwrap();
    let message = w.until(stopped[1], S::Failed).await;
    assert_eq!(message.errors[0].title.as_deref(), Some("number_passed_on"));
    assert_eq!(w.times(&[stopped[1]]), [0]);
    running.end().await;
}
