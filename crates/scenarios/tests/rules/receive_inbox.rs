//! The inbox: who may do what, and that no organisation reaches another's.

use bytes::Bytes;
use futures::TryStreamExt as _;
use serde_json::Value;
use wabakit_domain::{
    contact::Contact,
    conversation::{Conversation, ConversationState},
    identity::Role,
};
use wabakit_services::{
    Assignee, Caller, ConversationChange, ConversationFilter, InboxService, ServiceError,
};

use crate::support::{Receiver, caller, id_of, texts};

async fn conversation(r: &Receiver) -> Conversation {
    let page = Default::default();
    let found = r
        .receive
        .inbox
        .conversations(&r.world.admin, Default::default(), page)
        .await;
    found.unwrap().rows.remove(0).conversation
}

async fn contact(r: &Receiver) -> Contact {
    let found = r
        .receive
        .inbox
        .contacts(&r.world.admin, None, Default::default())
        .await;
    found.unwrap().rows.remove(0)
}

fn close() -> ConversationChange {
    ConversationChange {
        state: Some(ConversationState::Closed),
        unread: Some(0),
        ..ConversationChange::default()
    }
}

#[tokio::test]
async fn agents_change_conversations_and_viewers_look() {
    let r = Receiver::new().await;
    r.receive(&texts("waba", "n1", &["a", "b"])).await;
    let inbox = &r.receive.inbox;
    let (viewer, agent) = (caller(1, 5, Role::Viewer), caller(1, 6, Role::Agent));
    let id = conversation(&r).await.id;
    let seen = inbox.conversation(&viewer, id).await.unwrap();
    assert_eq!(seen.conversation.unread, 2);
    assert_eq!(
        inbox
            .messages(&viewer, id, Default::default())
            .await
            .unwrap()
            .rows
            .len(),
        2
    );
    let refused = inbox.change(&viewer, id, close()).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden(_))));
    let mut push = r.receive.events.subscribe(r.world.admin.org);
    push.borrow_and_update();
    let changed = inbox
        .change(&agent, id, close())
        .await
        .unwrap()
        .conversation;
    assert_eq!(
        (changed.state, changed.unread),
        (ConversationState::Closed, 0)
    );
    assert_eq!(
        r.kinds(r.world.admin.org).await.last(),
        Some(&"conversation.updated")
    );
    assert!(push.has_changed().unwrap(), "and others see it at once");
    r.receive(&texts("waba", "n1", &["c"])).await;
    let reopened = conversation(&r).await;
    assert_eq!(
        (reopened.state, reopened.unread),
        (ConversationState::Open, 1)
    );
}

#[tokio::test]
async fn a_conversation_is_given_to_members_only() {
    let r = Receiver::new().await;
    r.receive(&texts("waba", "n1", &["a"])).await;
    let id = conversation(&r).await.id;
    let give = |to| ConversationChange {
        assignee: Some(to),
        ..ConversationChange::default()
    };
    let stranger = give(Assignee::User(id_of(&caller(2, 9, Role::Owner))));
    let refused = r.receive.inbox.change(&r.world.admin, id, stranger).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    r.receive
        .inbox
        .change(&r.world.admin, id, give(Assignee::Nobody))
        .await
        .unwrap();
}

async fn every_act(inbox: &InboxService, who: &Caller, c: &Conversation, p: &Contact) -> Vec<bool> {
    let message = c.last_message.unwrap();
    vec![
        inbox.conversation(who, c.id).await.is_ok(),
        inbox.messages(who, c.id, Default::default()).await.is_ok(),
        inbox.message(who, message).await.is_ok(),
        inbox.contact(who, p.id).await.is_ok(),
        inbox.change(who, c.id, close()).await.is_ok(),
        inbox.rename(who, p.id, Some("Zo".into())).await.is_ok(),
        inbox.export(who, p.id).await.is_ok(),
        inbox.erase(who, p.id).await.is_ok(),
    ]
}

#[tokio::test]
async fn each_role_has_its_rights_and_another_org_has_none() {
    let r = Receiver::new().await;
    r.receive(&texts("waba", "n1", &["a"])).await;
    let (c, p) = (conversation(&r).await, contact(&r).await);
    for (who, acts) in [
        (caller(2, 2, Role::Owner), 0),
        (caller(1, 5, Role::Viewer), 4),
        (caller(1, 6, Role::Agent), 6),
        (caller(1, 7, Role::Admin), 8),
    ] {
        let done = every_act(&r.receive.inbox, &who, &c, &p).await;
        let expected: Vec<bool> = (0..8).map(|act| act < acts).collect();
        assert_eq!(done, expected, "{who:?}");
    }
    let stranger = caller(2, 2, Role::Owner);
    let found = r
        .receive
        .inbox
        .conversations(&stranger, Default::default(), Default::default())
        .await;
    assert!(found.unwrap().rows.is_empty());
}

#[tokio::test]
async fn a_name_that_the_org_gave_is_kept_and_taken_away_again() {
    let r = Receiver::new().await;
    r.receive(&texts("waba", "n1", &["a"])).await;
    let inbox = &r.receive.inbox;
    let id = contact(&r).await.id;
    let name = inbox
        .rename(&r.world.admin, id, Some("  Zoë at work ".into()))
        .await
        .unwrap()
        .name;
    assert_eq!(name.as_deref(), Some("Zoë at work"));
    for bad in ["x".repeat(201), "two\nlines".to_owned()] {
        let refused = inbox.rename(&r.world.admin, id, Some(bad)).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    }
    let filter = ConversationFilter {
        search: Some(" at WORK ".into()),
        ..ConversationFilter::default()
    };
    let found = inbox
        .conversations(&r.world.admin, filter, Default::default())
        .await
        .unwrap();
    assert_eq!(found.rows.len(), 1);
    let taken = inbox
        .rename(&r.world.admin, id, Some("  ".into()))
        .await
        .unwrap();
    assert_eq!(taken.name, None);
}

#[tokio::test]
async fn an_export_holds_every_message_of_the_contact_and_no_others() {
    let r = Receiver::new().await;
    let many: Vec<String> = (0..120).map(|n| format!("t{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    r.receive(&texts("waba", "n1", &many)).await;
    let mut other = texts("waba", "n1", &["not theirs"]);
    let value = &mut other["entry"][0]["changes"][0]["value"];
    value["contacts"][0]["wa_id"] = "491719999".into();
    value["messages"][0]["from"] = "491719999".into();
    let zoe = contact(&r).await;
    r.receive(&other).await;
    let pieces = r
        .receive
        .inbox
        .export(&r.world.admin, zoe.id)
        .await
        .unwrap();
    let pieces: Vec<Bytes> = pieces.try_collect().await.unwrap();
    assert!(pieces.len() > 3, "it comes page by page");
    let read: Value = serde_json::from_slice(&pieces.concat()).unwrap();
    assert_eq!(read["contact"]["phone"], "491510000");
    let messages = read["conversations"][0]["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 120);
    assert!(!read.to_string().contains("not theirs"));
    assert_eq!(
        r.world
            .find(r.world.admin.org, "contact.exported")
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn an_erased_contact_is_nowhere_any_more_and_the_erasure_is_recorded_without_a_name() {
    let r = Receiver::new().await;
    r.receive(&texts("waba", "n1", &["canary"])).await;
    let zoe = contact(&r).await;
    assert_eq!(
        r.receive.inbox.erase(&r.world.admin, zoe.id).await.unwrap(),
        1
    );
    let told = format!("{:?}", r.events(r.world.admin.org).await);
    assert!(!told.contains("canary") && !told.contains("491510000") && !told.contains("Zoë"));
    assert_eq!(
        r.kinds(r.world.admin.org).await.last(),
        Some(&"contact.erased")
    );
    let recorded = r.world.find(r.world.admin.org, "contact.erased").await;
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].event.data, "{}");
    let again = r.receive.inbox.erase(&r.world.admin, zoe.id).await;
    assert!(matches!(again, Err(ServiceError::NotFound(_))));
}
