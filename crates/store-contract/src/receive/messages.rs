//! Messages and their statuses.

use wabakit_domain::{
    conversation::ConversationState,
    event::EventData,
    inbound::{
        Call, Context, ConversationWindow, Fact, MediaContent, MessageContent, MessageFact,
        MetaFault, Origin, Party, Pricing, Referral, StatusUpdate,
    },
    inbox::Item,
    message::{Direction, MessageStatus, ReportedStatus},
};

use super::{
    ReceiveWorld, echo, events::keep_all, fact, item, known, named, of_message, of_status, phone,
    reported, says, status, text, user, wrote,
};
use crate::at;
use wabakit_ports::store::ConversationChange;

use ReportedStatus::{Delivered, Failed, Played, Read, Sent};

fn fault() -> MetaFault {
    MetaFault {
        code: 131_047,
        title: Some("Re-engagement".into()),
        message: Some("more than 24 hours".into()),
        details: Some("Ü \u{1f600}".into()),
        href: Some("https://developers.example/errors".into()),
    }
}

pub async fn a_message_comes_back_whole(w: ReceiveWorld) {
    let person = Party {
        parent_user_id: Some("DE.ENT.9".into()),
        username: Some("ada".into()),
        ..named(known("4915112345678", "DE.1"), "Ada 👋")
    };
    let sent = MessageFact {
        context: Some(Context {
            message_id: Some("wamid.before".into()),
            from: Some("1555".into()),
            forwarded: true,
            ..Context::default()
        }),
        referral: Some(Referral {
            source_id: Some("ad-1".into()),
            headline: Some("Sale".into()),
            ..Referral::default()
        }),
        ..fact("wamid.1", &person, 5, text("line\ntab\t Ünï 👋 \" \\"))
    };
    w.apply(vec![of_message(&w.ours.number, sent.clone())])
        .await;
    let found = w.message(w.ours.org, "wamid.1").await;
    let message = &found.message;
    assert_eq!(message.org, w.ours.org);
    assert_eq!(message.account, w.ours.number.id);
    assert_eq!(message.direction, Direction::Inbound);
    assert_eq!(message.content, sent.content);
    assert_eq!(message.context, sent.context);
    assert_eq!(message.referral, sent.referral);
    assert_eq!(message.status, MessageStatus::Received);
    assert_eq!((message.at, message.created_at), (at(5), at(1_000)));
    assert_eq!(found.media, None);
    assert_eq!(found.timeline, []);
    let by_id = w.store.message(w.ours.org, message.id).await.unwrap();
    assert_eq!(by_id.as_ref(), Some(&found));
    let contact = w.contact(w.ours.org).await;
    assert_eq!(message.contact, Some(contact.id));
    assert_eq!(contact.phone.as_deref(), Some("4915112345678"));
    assert_eq!(contact.user_id, person.user_id);
    assert_eq!(contact.parent_user_id, person.parent_user_id);
    assert_eq!(contact.profile_name, person.profile_name);
    assert_eq!(contact.username, person.username);
    let overview = w.conversation(w.ours.org).await;
    assert_eq!(overview.contact, Some(contact));
    assert_eq!(overview.last_message.as_ref(), Some(message));
    let conversation = overview.conversation;
    assert_eq!(conversation.id, message.conversation);
    assert_eq!(conversation.last_message_at, at(5));
    assert_eq!(conversation.last_inbound_at, Some(at(5)));
    assert_eq!((conversation.unread, conversation.assignee), (1, None));
    assert_eq!(conversation.state, ConversationState::Open);
    let found = w
        .store
        .conversation(w.ours.org, conversation.id)
        .await
        .unwrap();
    assert_eq!(found.unwrap().conversation, conversation);
}

pub async fn a_repeat_of_a_message_changes_nothing(w: ReceiveWorld) {
    let person = named(phone("15550100"), "Ada");
    let first = says(&w.ours.number, "wamid.1", &person, 5);
    w.apply(vec![first.clone(), first.clone()]).await;
    let before = w.seen_by(w.ours.org).await;
    w.apply_each([first.clone(), first]).await;
    assert_eq!(w.seen_by(w.ours.org).await, before);
    assert_eq!(w.only_thread(w.ours.org).await.len(), 1);
}

pub async fn the_same_id_at_another_number_is_another_message(w: ReceiveWorld) {
    let person = phone("15550100");
    for number in [&w.ours.number, &w.ours.second, &w.theirs.number] {
        w.apply(vec![says(number, "wamid.1", &person, 5)]).await;
    }
    assert_eq!(w.conversations(w.ours.org).await.len(), 2);
    assert_eq!(w.contacts(w.ours.org).await.len(), 1);
    assert_eq!(w.only_thread(w.theirs.org).await.len(), 1);
}

pub async fn a_large_batch_is_applied_whole(w: ReceiveWorld) {
    let items = (0..1_000).map(|n| {
        let (wamid, person) = (format!("wamid.{n}"), format!("1555{:07}", n % 40));
        says(&w.ours.number, &wamid, &phone(&person), n)
    });
    w.apply(items.collect()).await;
    let statuses = (0..1_000).map(|n| reported(&w.ours.number, &format!("out.{n}"), Sent, n));
    w.apply(statuses.collect()).await;
    let conversations = w.conversations(w.ours.org).await;
    assert_eq!(conversations.len(), 40);
    assert!(
        conversations
            .iter()
            .all(|found| found.conversation.unread == 25)
    );
    let newest: Vec<_> = conversations
        .iter()
        .map(|c| c.conversation.last_message_at)
        .collect();
    assert_eq!(newest, (960..1_000).rev().map(at).collect::<Vec<_>>());
    w.assert_log_ends_at(w.ours.org, w.ours.log + 1_000 + 40 + 40)
        .await;
}

pub async fn statuses_in_every_order_end_the_same(w: ReceiveWorld) {
    let sets: [(&[ReportedStatus], MessageStatus); 6] = [
        (&[Sent, Delivered, Read], MessageStatus::Read),
        (&[Sent, Read], MessageStatus::Read),
        (&[Sent, Delivered, Read, Played], MessageStatus::Played),
        (&[Sent, Failed], MessageStatus::Failed),
        (&[Failed, Delivered, Sent], MessageStatus::Delivered),
        (&[Failed], MessageStatus::Failed),
    ];
    let mut turn = 0;
    for (set, end) in sets {
        for order in orders(set) {
            turn += 1;
            let wamid = format!("wamid.{turn}");
            let person = phone("15550100");
            w.apply(vec![echo(&w.ours.number, &wamid, &person, turn)])
                .await;
            for one in &order {
                let mut told = status(&wamid, *one, turn + rank(*one));
                if *one == Failed {
                    told.errors = vec![fault()];
                }
                // Each status arrives twice.
                let told = of_status(&w.ours.number, told);
                w.apply(vec![told.clone()]).await;
                w.apply(vec![told]).await;
            }
            let found = w.message(w.ours.org, &wamid).await;
            assert_eq!(found.message.status, end, "{order:?}");
            let errors = match end {
                MessageStatus::Failed => vec![fault()],
                _ => vec![],
            };
            assert_eq!(found.message.errors, errors, "{order:?}");
            let timeline: Vec<_> = found.timeline.iter().map(|s| s.status).collect();
            let mut expected = set.to_vec();
            expected.sort_by_key(|one| rank(*one));
            assert_eq!(timeline, expected, "in order of time");
        }
    }
}

/// Returns when a status is reported, in seconds after its message.
fn rank(status: ReportedStatus) -> i64 {
    match status {
        Sent => 1,
        Delivered => 2,
        Read => 3,
        Played => 4,
        Failed => 5,
    }
}

fn orders(of: &[ReportedStatus]) -> Vec<Vec<ReportedStatus>> {
    if of.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for n in 0..of.len() {
        let mut rest = of.to_vec();
        let first = rest.remove(n);
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, first);
            order
        }));
    }
    all
}

pub async fn a_status_has_one_event_and_comes_back_whole(w: ReceiveWorld) {
    w.apply(vec![echo(&w.ours.number, "wamid.1", &phone("15550100"), 0)])
        .await;
    let failed = StatusUpdate {
        errors: vec![fault()],
        pricing: Some(Pricing {
            billable: Some(false),
            model: Some("PMP".into()),
            kind: Some("regular".into()),
            category: Some("service".into()),
        }),
        ..status("wamid.1", Failed, 7)
    };
    for _ in 0..2 {
        w.apply(vec![of_status(&w.ours.number, failed.clone())])
            .await;
    }
    let found = w.message(w.ours.org, "wamid.1").await;
    assert_eq!(found.message.status, MessageStatus::Failed);
    assert_eq!(found.message.errors, failed.errors);
    assert_eq!(found.message.pricing, failed.pricing);
    assert_eq!(found.timeline.len(), 1);
    let entry = &found.timeline[0];
    assert_eq!((entry.status, entry.at), (Failed, at(7)));
    assert_eq!(entry.errors, failed.errors);
    assert_eq!(entry.pricing, failed.pricing);
    let told: Vec<_> = told_statuses(&w).await;
    assert_eq!(told, [("wamid.1".to_owned(), MessageStatus::Failed)]);
}

async fn told_statuses(w: &ReceiveWorld) -> Vec<(String, MessageStatus)> {
    let told = w.told(w.ours.org).await.into_iter();
    told.filter_map(|data| match data {
        EventData::MessageStatus(event) => Some((event.wamid.unwrap().into_string(), event.status)),
        _ => None,
    })
    .collect()
}

pub async fn statuses_of_a_groups_members_stand_beside_each_other(w: ReceiveWorld) {
    let to_group = MessageFact {
        group_id: Some("group-1".into()),
        ..echo_fact("wamid.1", &Party::default(), 0)
    };
    w.apply(vec![of_message(&w.ours.number, to_group)]).await;
    for participant in [Some("15550100"), Some("15550101"), None, Some("15550100")] {
        let told = StatusUpdate {
            group_id: Some("group-1".into()),
            participant: participant.map(str::to_owned),
            ..status("wamid.1", Delivered, 3)
        };
        w.apply(vec![of_status(&w.ours.number, told)]).await;
    }
    let found = w.message(w.ours.org, "wamid.1").await;
    let mut members: Vec<_> = found.timeline.into_iter().map(|s| s.participant).collect();
    members.sort();
    let (ada, bob) = ("15550100".to_owned(), "15550101".to_owned());
    assert_eq!(members, [None, Some(ada), Some(bob)]);
}

fn echo_fact(wamid: &str, to: &Party, seconds: i64) -> MessageFact {
    MessageFact {
        direction: Direction::Outbound,
        origin: Origin::Echo,
        ..fact(wamid, to, seconds, text(wamid))
    }
}

pub async fn a_status_waits_for_its_message(w: ReceiveWorld) {
    w.apply(vec![
        reported(&w.ours.number, "wamid.1", Read, 3),
        reported(&w.ours.number, "wamid.1", Sent, 1),
    ])
    .await;
    w.apply(vec![reported(&w.ours.number, "wamid.1", Read, 3)])
        .await;
    assert!(w.events(w.ours.org).await.is_empty(), "nothing to tell yet");
    // A message of another number with that id is not the one that they wait for.
    w.apply(vec![echo(&w.ours.second, "wamid.1", &phone("15550101"), 0)])
        .await;
    assert!(told_statuses(&w).await.is_empty());
    w.apply(vec![echo(&w.ours.number, "wamid.1", &phone("15550100"), 0)])
        .await;
    let all = w.conversations(w.ours.org).await;
    let own = all
        .iter()
        .find(|c| c.conversation.account == w.ours.number.id);
    let found = w.thread(own.unwrap()).await.remove(0);
    assert_eq!(found.message.status, MessageStatus::Read);
    let timeline: Vec<_> = found.timeline.iter().map(|s| s.status).collect();
    assert_eq!(timeline, [Sent, Read]);
    assert_eq!(told_statuses(&w).await.len(), 2);
    // Nothing waits any more.
    let mut retention = keep_all();
    retention.waiting = at(1_000_000);
    assert_eq!(w.store.prune(retention, 10).await.unwrap(), 0);
    let before = w.seen_by(w.ours.org).await;
    w.apply(vec![reported(&w.ours.number, "wamid.1", Sent, 1)])
        .await;
    assert_eq!(w.seen_by(w.ours.org).await, before);
}

pub async fn a_fact_that_waits_too_long_lapses(w: ReceiveWorld) {
    let early = Item {
        received_at: at(100),
        ..reported(&w.ours.number, "wamid.1", Read, 3)
    };
    let late = Item {
        received_at: at(200),
        ..reported(&w.ours.number, "wamid.1", Delivered, 2)
    };
    w.apply(vec![early, late]).await;
    let mut retention = keep_all();
    retention.waiting = at(150);
    assert_eq!(w.store.prune(retention, 10).await.unwrap(), 1);
    assert_eq!(w.store.prune(retention, 10).await.unwrap(), 0);
    w.apply(vec![echo(&w.ours.number, "wamid.1", &phone("15550100"), 0)])
        .await;
    let found = w.message(w.ours.org, "wamid.1").await;
    assert_eq!(found.message.status, MessageStatus::Delivered);
}

fn edit(wamid: &str, of: &str, body: &str, seconds: i64) -> MessageFact {
    let content = MessageContent::Edit {
        original_message_id: of.into(),
        content: Box::new(text(body)),
    };
    fact(wamid, &phone("15550100"), seconds, content)
}

fn revoke(wamid: &str, of: &str, seconds: i64) -> MessageFact {
    let content = MessageContent::Revoke {
        original_message_id: of.into(),
    };
    fact(wamid, &phone("15550100"), seconds, content)
}

pub async fn edits_and_revokes_change_their_message_before_and_after_it(w: ReceiveWorld) {
    let person = phone("15550100");
    let to = &w.ours.number;
    w.apply(vec![says(to, "after", &person, 1)]).await;
    let amendments = ["after", "before"]
        .into_iter()
        .enumerate()
        .flat_map(|(n, of)| {
            let id = |what: &str| format!("{what}.{n}");
            // The older edit arrives last.
            [
                edit(&id("second"), of, "second", 20),
                edit(&id("first"), of, "first", 10),
                revoke(&id("revoke"), of, 30),
            ]
        });
    w.apply_each(amendments.map(|fact| of_message(to, fact)))
        .await;
    w.apply(vec![says(to, "before", &person, 1)]).await;
    for wamid in ["after", "before"] {
        let message = w.message(w.ours.org, wamid).await.message;
        assert_eq!(message.content, text("second"), "{wamid}");
        assert_eq!(message.edited_at, Some(at(20)), "{wamid}");
        assert_eq!(message.revoked_at, Some(at(30)), "{wamid}");
        assert_eq!(message.at, at(1), "it keeps its place");
    }
    let overview = w.conversation(w.ours.org).await;
    assert_eq!(
        overview.conversation.unread, 2,
        "amendments are nothing to read"
    );
    let last = overview.last_message.unwrap();
    assert!(!last.content.amends_another(), "nor the last line");
    let updates = w.told(w.ours.org).await.into_iter();
    let updates = updates.filter(|data| matches!(data, EventData::MessageUpdated(_)));
    // The second edit and the revoke, and the first edit too if it was applied before the second.
    assert!((4..=5).contains(&updates.count()));
}

pub async fn an_unsupported_message_is_understood_later(w: ReceiveWorld) {
    let person = phone("15550100");
    let unsupported = MessageContent::Unsupported {
        kind: Some("hologram".into()),
        errors: vec![fault()],
        raw: serde_json::json!({"id": "wamid.1", "big": 9_007_199_254_740_993_i64}),
    };
    w.apply(vec![wrote(
        &w.ours.number,
        "wamid.1",
        &person,
        1,
        unsupported.clone(),
    )])
    .await;
    let found = w.message(w.ours.org, "wamid.1").await.message;
    assert_eq!(found.content, unsupported, "kept as it came");
    w.apply(vec![wrote(
        &w.ours.number,
        "wamid.1",
        &person,
        1,
        image("1"),
    )])
    .await;
    let found = w.message(w.ours.org, "wamid.1").await;
    assert_eq!(
        without_link(found.message.content),
        without_link(image("1"))
    );
    assert!(found.media.is_some(), "its file is fetched");
    assert_eq!(w.conversation(w.ours.org).await.conversation.unread, 1);
    w.apply(vec![wrote(
        &w.ours.number,
        "wamid.1",
        &person,
        1,
        unsupported,
    )])
    .await;
    let found = w.message(w.ours.org, "wamid.1").await.message;
    assert_eq!(found.content.kind(), "image", "and not forgotten again");
}

/// Makes a picture at Meta.
pub(super) fn image(meta_media_id: &str) -> MessageContent {
    MessageContent::Image(MediaContent {
        meta_media_id: Some(meta_media_id.into()),
        mime_type: Some("image/jpeg".into()),
        sha256: Some("c2hh".into()),
        caption: Some("Grüße".into()),
        filename: None,
        voice: false,
        animated: false,
        link: Some("https://lookaside.example/1".into()),
    })
}

/// Returns the content as it is stored: the link expires in minutes, so only the file has it.
fn without_link(content: MessageContent) -> MessageContent {
    match content {
        MessageContent::Image(media) => MessageContent::Image(MediaContent {
            link: None,
            ..media
        }),
        other => other,
    }
}

pub async fn an_echo_is_the_business_writing_and_having_read(w: ReceiveWorld) {
    let person = phone("15550100");
    w.apply(vec![says(&w.ours.number, "wamid.1", &person, 1)])
        .await;
    w.apply(vec![echo(&w.ours.number, "wamid.2", &person, 2)])
        .await;
    let overview = w.conversation(w.ours.org).await;
    assert_eq!(overview.conversation.unread, 0);
    assert_eq!(overview.conversation.last_inbound_at, Some(at(1)));
    let message = overview.last_message.unwrap();
    assert_eq!(message.direction, Direction::Outbound);
    assert_eq!(message.status, MessageStatus::Sent);
    let told = w.told(w.ours.org).await;
    assert_eq!(told.last().map(EventData::kind), Some("message.echoed"));
}

fn imported(
    w: &ReceiveWorld,
    wamid: &str,
    seconds: i64,
    direction: Direction,
    status: Option<ReportedStatus>,
) -> Item {
    let fact = MessageFact {
        direction,
        origin: Origin::History { status },
        ..fact(wamid, &phone("15550100"), seconds, text(wamid))
    };
    of_message(&w.ours.number, fact)
}

pub async fn an_import_is_nothing_to_read(w: ReceiveWorld) {
    w.apply(vec![
        imported(&w, "wamid.1", 1, Direction::Inbound, None),
        imported(&w, "wamid.2", 2, Direction::Outbound, Some(Read)),
        imported(&w, "wamid.3", 3, Direction::Outbound, Some(Delivered)),
        imported(&w, "wamid.4", 4, Direction::Outbound, None),
    ])
    .await;
    let overview = w.conversation(w.ours.org).await;
    assert_eq!(overview.conversation.unread, 0);
    assert_eq!(w.store.unread_count(w.ours.org, 10).await.unwrap(), 0);
    let thread = w.thread(&overview).await.into_iter();
    let statuses: Vec<_> = thread.map(|found| found.message.status).collect();
    let expected = [
        MessageStatus::Sent,
        MessageStatus::Delivered,
        MessageStatus::Read,
        MessageStatus::Received,
    ];
    assert_eq!(statuses, expected, "newest first");
    let told = w.told(w.ours.org).await.into_iter();
    let imports = told.filter(|data| matches!(data, EventData::MessageImported(_)));
    assert_eq!(imports.count(), 4);
}

pub async fn an_import_behind_newer_messages_moves_no_conversation(w: ReceiveWorld) {
    w.apply(vec![says(&w.ours.number, "wamid.9", &phone("15550100"), 9)])
        .await;
    w.apply(vec![imported(&w, "wamid.1", 1, Direction::Inbound, None)])
        .await;
    let overview = w.conversation(w.ours.org).await;
    assert_eq!(overview.conversation.last_message_at, at(9));
    assert_eq!(overview.conversation.unread, 1);
    let last = overview.last_message.unwrap();
    assert_eq!(last.wamid, Some("wamid.9".into()));
}

pub async fn a_groups_messages_are_one_conversation(w: ReceiveWorld) {
    let (ada, bob) = (named(phone("15550100"), "Ada"), named(user("US.2"), "Bob"));
    let in_group = |wamid: &str, from: &Party, seconds| MessageFact {
        group_id: Some("group-1".into()),
        ..fact(wamid, from, seconds, text(wamid))
    };
    let to_group = MessageFact {
        group_id: Some("group-1".into()),
        ..echo_fact("wamid.3", &Party::default(), 3)
    };
    w.apply(vec![of_message(
        &w.ours.number,
        in_group("wamid.1", &ada, 1),
    )])
    .await;
    w.apply(vec![
        of_message(&w.ours.number, in_group("wamid.2", &bob, 2)),
        of_message(&w.ours.number, to_group),
    ])
    .await;
    let overview = w.conversation(w.ours.org).await;
    assert_eq!(overview.contact, None);
    let peer = wabakit_domain::conversation::Peer::Group("group-1".into());
    assert_eq!(overview.conversation.peer, peer);
    let thread = w.thread(&overview).await;
    let names: Vec<_> = thread
        .iter()
        .map(|found| found.message.contact.is_some())
        .collect();
    assert_eq!(names, [false, true, true]);
    assert_ne!(thread[1].message.contact, thread[2].message.contact);
    assert_eq!(w.contacts(w.ours.org).await.len(), 2);
    // The same person without the group is another conversation.
    w.apply(vec![says(&w.ours.number, "wamid.4", &ada, 4)])
        .await;
    assert_eq!(w.conversations(w.ours.org).await.len(), 2);
    assert_eq!(w.contacts(w.ours.org).await.len(), 2);
}

pub async fn a_call_is_one_message_from_ring_to_end(w: ReceiveWorld) {
    let call = |event: &str, seconds| Call {
        call_id: "wacid.1".into(),
        party: phone("15550100"),
        group_id: None,
        by_customer: true,
        event: event.into(),
        status: None,
        at: at(seconds),
        started_at: None,
        ended_at: None,
        duration: None,
        recording: None,
        transcript: None,
        errors: vec![],
    };
    let ended = Call {
        status: Some("COMPLETED".into()),
        started_at: Some(at(2)),
        ended_at: Some(at(9)),
        duration: Some(7),
        ..call("terminate", 9)
    };
    let items = [
        call("connect", 1),
        ended.clone(),
        ended.clone(),
        call("connect", 1),
    ];
    for call in items {
        w.apply(vec![item(&w.ours.number, Fact::Call(Box::new(call)))])
            .await;
    }
    let found = w.message(w.ours.org, "wacid.1").await.message;
    let expected = Call { at: at(1), ..ended };
    assert_eq!(found.content, MessageContent::Call(expected));
    let overview = w.conversation(w.ours.org).await;
    assert_eq!(
        overview.conversation.last_inbound_at,
        Some(at(1)),
        "it opens the window"
    );
    let told = w.told(w.ours.org).await.into_iter();
    let calls = told.filter(|data| matches!(data, EventData::CallUpdated(_)));
    assert_eq!(calls.count(), 2, "a repeat is not told");
}

pub async fn a_free_entry_points_window_is_kept(w: ReceiveWorld) {
    let from_ad = MessageFact {
        referral: Some(Referral::default()),
        ..fact("wamid.1", &phone("15550100"), 1, text("hi"))
    };
    w.apply(vec![of_message(&w.ours.number, from_ad)]).await;
    w.apply(vec![echo(
        &w.ours.number,
        "wamid.2",
        &phone("15550100"),
        60,
    )])
    .await;
    let three_days = at(1) + chrono::Duration::hours(72);
    let found = w.conversation(w.ours.org).await.conversation;
    assert_eq!(found.window_until(), Some(three_days));
    let longer = three_days + chrono::Duration::seconds(30);
    let told = StatusUpdate {
        conversation: Some(ConversationWindow {
            id: "c1".into(),
            expires_at: Some(longer),
            origin: Some("referral_conversion".into()),
        }),
        ..status("wamid.2", Sent, 61)
    };
    w.apply(vec![of_status(&w.ours.number, told)]).await;
    let found = w.conversation(w.ours.org).await.conversation;
    assert_eq!(found.free_entry_until, Some(longer));
}

pub async fn a_customers_message_opens_a_closed_conversation(w: ReceiveWorld) {
    let person = phone("15550100");
    w.apply(vec![says(&w.ours.number, "wamid.1", &person, 1)])
        .await;
    let id = w.conversation(w.ours.org).await.conversation.id;
    let close = ConversationChange {
        state: Some(ConversationState::Closed),
        ..ConversationChange::default()
    };
    let closing = w
        .store
        .change_conversation(w.ours.org, id, close, vec![], at(2), w.ids());
    closing.await.unwrap();
    w.apply(vec![echo(&w.ours.number, "wamid.2", &person, 3)])
        .await;
    let state = w.conversation(w.ours.org).await.conversation.state;
    assert_eq!(
        state,
        ConversationState::Closed,
        "the business' own does not"
    );
    w.apply(vec![says(&w.ours.number, "wamid.3", &person, 4)])
        .await;
    let found = w.conversation(w.ours.org).await.conversation;
    assert_eq!((found.state, found.unread), (ConversationState::Open, 1));
}

pub async fn an_item_that_cannot_be_applied_stops_the_whole_batch(w: ReceiveWorld) {
    let change = w.queue(&w.ours.number, 1).await.remove(0);
    let good = says(&w.ours.number, "wamid.1", &phone("15550100"), 1);
    let nobody = says(&w.ours.number, "wamid.2", &Party::default(), 1);
    let mut nowhere = says(&w.ours.number, "wamid.3", &phone("15550100"), 1);
    nowhere.accounts.clear();
    let before = w.seen_by(w.ours.org).await;
    for bad in [nobody, nowhere] {
        let batch = w.batch_of(change.id, vec![good.clone(), bad]);
        let refused = super::refused(w.store.apply(batch).await);
        assert!(matches!(
            refused,
            wabakit_ports::store::StoreError::Forbidden(_)
        ));
        assert_eq!(w.seen_by(w.ours.org).await, before);
    }
    assert_eq!(w.waiting(&w.ours.number).await.len(), 1);
}
