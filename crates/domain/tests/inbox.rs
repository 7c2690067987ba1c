//! Meta promises neither order nor single delivery. In whatever order, however often, and in whatever batches the
//! facts of a conversation arrive, the result is the same.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Store, at, item, status, text};
use proptest::{prelude::*, sample::Index};
use wabakit_domain::{
    inbound::{Fact, MediaContent, MessageContent, MessageFact, Origin, Party},
    inbox::Item,
    message::{Direction, Message, ReportedStatus},
};

/// Returns what a person sees in the end, without how it came about.
fn seen(store: &Store) -> Seen {
    let rows = &store.rows;
    let messages = rows.messages.iter().map(|((_, wamid), message)| {
        let timeline = rows.statuses.iter().filter(|(id, ..)| *id == message.id);
        let timeline = timeline.map(|(_, status, _)| *status).collect();
        (wamid.to_string(), (line(message), timeline))
    });
    let waiting = rows.waiting.values().flatten();
    Seen {
        messages: messages.collect(),
        conversations: rows
            .messages
            .values()
            .map(|m| m.conversation)
            .collect::<BTreeSet<_>>()
            .len(),
        contacts: rows.contacts.len(),
        keys: rows
            .keys
            .keys()
            .map(|(_, key)| key.value().to_owned())
            .collect(),
        media: store.files.len(),
        waiting: waiting.map(|w| (w.wamid.to_string(), w.key())).collect(),
    }
}

#[derive(PartialEq, Debug)]
struct Seen {
    messages: BTreeMap<String, (String, BTreeSet<ReportedStatus>)>,
    conversations: usize,
    contacts: usize,
    keys: BTreeSet<String>,
    media: usize,
    waiting: BTreeSet<(String, String)>,
}

fn line(message: &Message) -> String {
    let Message {
        direction,
        content,
        status,
        errors,
        pricing,
        media,
        at,
        edited_at,
        revoked_at,
        ..
    } = message;
    let has_file = media.is_some();
    format!(
        "{direction:?} {at} {status:?} {errors:?} {pricing:?} {has_file} {edited_at:?} {revoked_at:?} {content:?}"
    )
}

fn message(
    wamid: &str,
    party: &Party,
    origin: Origin,
    seconds: i64,
    content: MessageContent,
) -> Item {
    item(Fact::Message(Box::new(MessageFact {
        wamid: wamid.into(),
        direction: match origin {
            Origin::Live => Direction::Inbound,
            _ => Direction::Outbound,
        },
        party: party.clone(),
        group_id: None,
        at: at(seconds),
        origin,
        context: None,
        referral: None,
        content,
    })))
}

/// All facts that one conversation can have.
fn facts() -> Vec<Item> {
    use Origin::{Echo, History, Live};
    use ReportedStatus::{Delivered, Failed, Played, Read, Sent};
    let phone = Party {
        phone: Some("5511987654321".into()),
        ..Party::default()
    };
    let other_form = Party {
        phone: Some("551187654321".into()),
        ..Party::default()
    };
    let user = Party {
        user_id: Some("BR.1".into()),
        ..Party::default()
    };
    let both = Party {
        user_id: Some("BR.1".into()),
        ..phone.clone()
    };
    let edit = |of: &str, body| MessageContent::Edit {
        original_message_id: of.into(),
        content: Box::new(text(body)),
    };
    let revoke = |of: &str| MessageContent::Revoke {
        original_message_id: of.into(),
    };
    let unsupported = MessageContent::Unsupported {
        kind: None,
        errors: vec![],
        raw: serde_json::Value::Null,
    };
    let image = MessageContent::Image(MediaContent {
        meta_media_id: Some("1".into()),
        mime_type: None,
        sha256: None,
        caption: None,
        filename: None,
        voice: false,
        animated: false,
        link: None,
    });
    let imported = History {
        status: Some(Delivered),
    };
    vec![
        message("in.both", &both, Live, 1, text("hello")),
        message("in.phone", &phone, Live, 2, text("hello?")),
        message("in.user", &user, Live, 3, text("anyone?")),
        message("in.form", &other_form, Live, 4, image.clone()),
        message("in.odd", &both, Live, 5, unsupported.clone()),
        message("in.odd", &both, Live, 5, image.clone()),
        message("edit.1", &user, Live, 10, edit("in.phone", "first")),
        message("edit.2", &user, Live, 11, edit("in.phone", "second")),
        message("edit.3", &user, Live, 12, edit("in.never", "lost")),
        message("revoke.1", &user, Live, 13, revoke("in.user")),
        message("odd.edited", &both, Live, 6, text("plain")),
        message(
            "odd.edit",
            &both,
            Live,
            7,
            MessageContent::Edit {
                original_message_id: "odd.edited".into(),
                content: Box::new(unsupported),
            },
        ),
        message("out.1", &phone, Echo, 20, text("yes")),
        status("out.1", Sent, 21),
        status("out.1", Delivered, 22),
        status("out.1", Read, 23),
        message("out.2", &user, Echo, 30, image),
        status("out.2", Sent, 31),
        status("out.2", Failed, 32),
        message("out.3", &phone, Echo, 40, text("both")),
        message("out.3", &phone, imported, 40, text("both")),
        status("out.3", Failed, 41),
        status("out.3", Delivered, 42),
        message("out.4", &phone, Echo, 50, text("played")),
        status("out.4", Played, 51),
        status("out.4", Read, 50),
        status("out.5", Sent, 60),
        message("revoke.2", &phone, Echo, 61, revoke("out.1")),
    ]
}

proptest! {
    #[test]
    fn any_order_repetition_and_cutting_ends_the_same(
        taken in proptest::collection::vec(any::<bool>(), facts().len()),
        shuffled in Just(facts()).prop_map(|all| (0..all.len()).collect::<Vec<_>>()).prop_shuffle(),
        repeats in proptest::collection::vec(any::<(Index, Index)>(), 0..20),
        cuts in proptest::collection::vec(1..10_usize, 60),
    ) {
        let all = facts();
        // The fact that links the person's keys is always present.
        let is_taken = |n: usize| n == 0 || taken[n];
        let mut order: Vec<usize> = shuffled.into_iter().filter(|n| is_taken(*n)).collect();
        for (what, place) in repeats {
            let what = order[what.index(order.len())];
            order.insert(place.index(order.len() + 1), what);
        }

        let mut straight = Store::default();
        let items: Vec<_> = (0..all.len()).filter(|n| is_taken(*n)).map(|n| all[n].clone()).collect();
        straight.apply(&items);

        let mut tangled = Store::default();
        let mut left: Vec<_> = order.iter().map(|n| all[*n].clone()).collect();
        for cut in cuts {
            let rest = left.split_off(cut.min(left.len()));
            tangled.apply(&left);
            left = rest;
        }
        prop_assert!(left.is_empty());

        let end = seen(&tangled);
        prop_assert_eq!(end.conversations, 1);
        prop_assert_eq!(end.contacts, 1);
        prop_assert_eq!(end, seen(&straight));
    }
}
