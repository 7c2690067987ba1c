//! Meta promises no order and no single delivery: whatever comes of a conversation, in whatever order and
//! however often, and however it is cut into batches, ends the same.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use proptest::{prelude::*, sample::Index};
use uuid::Uuid;
use wabakit_domain::{
    Time,
    conversation::Peer,
    ids::{AccountId, ConversationId, OrgId},
    inbound::{
        Fact, MediaContent, MessageContent, MessageFact, MetaFault, Origin, Party, StatusUpdate,
    },
    inbox::{Item, Needs, Plan, Snapshot, plan},
    message::{Direction, Message, ReportedStatus},
};

const ORG: OrgId = OrgId(Uuid::from_u128(1));
const ACCOUNT: AccountId = AccountId(Uuid::from_u128(2));

fn at(seconds: i64) -> Time {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

/// A store as small as can be: what was planned, in the form in which it is asked for. The timeline is what
/// `statuses` has.
#[derive(Default)]
struct Store {
    rows: Snapshot,
    media: usize,
    last_id: u128,
}

impl Store {
    fn apply(&mut self, items: &[Item]) {
        let asked = self.asked(&Needs::of(items));
        let mut ids = || {
            self.last_id += 1;
            Uuid::from_u128(self.last_id)
        };
        let plan = plan(items, asked, at(1_000), &mut ids);
        assert_eq!(plan.refused, []);
        self.write(plan);
    }

    /// Only what is asked for, so that a need that is not told shows.
    fn asked(&self, needs: &Needs) -> Snapshot {
        let rows = &self.rows;
        let mut found = Snapshot::default();
        let contacts: BTreeSet<_> = needs
            .contacts
            .iter()
            .filter_map(|key| rows.keys.get(key))
            .collect();
        found.keys.extend(
            rows.keys
                .iter()
                .filter(|(_, id)| contacts.contains(id))
                .map(owned),
        );
        found.contacts.extend(
            rows.contacts
                .iter()
                .filter(|(id, _)| contacts.contains(id))
                .map(owned),
        );
        let messages = needs.messages.iter();
        let messages = messages.filter_map(|key| rows.messages.get_key_value(key));
        found.messages.extend(messages.map(owned));
        let ids: BTreeSet<_> = found.messages.values().map(|m| m.id).collect();
        let threads: BTreeSet<_> = found.messages.values().map(|m| m.conversation).collect();
        let seen = rows.statuses.iter().filter(|(id, ..)| ids.contains(id));
        found.statuses.extend(seen.cloned());
        let conversations = rows
            .conversations
            .iter()
            .filter(|((_, peer), conversation)| {
                matches!(peer, Peer::Contact(id) if contacts.contains(id))
                    || threads.contains(&conversation.id)
            });
        found.conversations.extend(conversations.map(owned));
        let waiting = needs.messages.iter();
        let waiting = waiting.filter_map(|key| rows.waiting.get_key_value(key));
        found.waiting.extend(waiting.map(owned));
        found
    }

    fn write(&mut self, plan: Plan) {
        let rows = &mut self.rows;
        for merge in plan.merges {
            let into = |id: ConversationId| {
                let found = merge.conversations.iter().find(|(from, _)| *from == id);
                found.map_or(id, |(_, into)| *into)
            };
            rows.contacts.remove(&merge.from);
            for id in rows.keys.values_mut().filter(|id| **id == merge.from) {
                *id = merge.into;
            }
            for message in rows.messages.values_mut() {
                message.conversation = into(message.conversation);
                if message.contact == Some(merge.from) {
                    message.contact = Some(merge.into);
                }
            }
            rows.conversations
                .retain(|(_, peer), _| *peer != Peer::Contact(merge.from));
        }
        rows.contacts
            .extend(plan.contacts.into_iter().map(|c| (c.id, c)));
        rows.keys
            .extend(plan.keys.into_iter().map(|(org, key, id)| ((org, key), id)));
        for conversation in plan.conversations {
            let key = (conversation.account, conversation.peer.clone());
            rows.conversations.insert(key, conversation);
        }
        for message in plan.new_messages.into_iter().chain(plan.changed_messages) {
            let key = (message.account, message.wamid.clone().unwrap());
            rows.messages.insert(key, message);
        }
        for entry in plan.statuses {
            let key = (entry.message, entry.status, entry.participant);
            assert!(
                rows.statuses.insert(key),
                "a status is in the timeline once"
            );
        }
        for key in &plan.settled {
            rows.waiting.remove(key);
        }
        for waiting in plan.waiting {
            let key = (waiting.account, waiting.wamid.clone());
            rows.waiting.entry(key).or_default().push(waiting);
        }
        self.media += plan.media.len();
    }

    /// What a person sees in the end, with no word of how it came.
    fn seen(&self) -> Seen {
        let rows = &self.rows;
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
            media: self.media,
            waiting: waiting.map(|w| (w.wamid.to_string(), w.key())).collect(),
        }
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

fn owned<K: Clone, V: Clone>((key, value): (&K, &V)) -> (K, V) {
    (key.clone(), value.clone())
}

fn item(fact: Fact) -> Item {
    Item {
        org: ORG,
        accounts: vec![ACCOUNT],
        received_at: at(900),
        digest: None,
        fact,
    }
}

fn text(body: &str) -> MessageContent {
    MessageContent::Text { body: body.into() }
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

fn status(wamid: &str, status: ReportedStatus, seconds: i64) -> Item {
    let fault = MetaFault {
        code: 131_026,
        title: None,
        message: None,
        details: None,
        href: None,
    };
    item(Fact::Status(Box::new(StatusUpdate {
        wamid: wamid.into(),
        status,
        at: at(seconds),
        recipient: Party::default(),
        group_id: None,
        participant: None,
        opaque: None,
        pricing: None,
        conversation: None,
        errors: match status {
            ReportedStatus::Failed => vec![fault],
            _ => vec![],
        },
    })))
}

/// Everything that can be told of one conversation.
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
        // The fact that ties the person's keys together is always there.
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

        let seen = tangled.seen();
        prop_assert_eq!(seen.conversations, 1);
        prop_assert_eq!(seen.contacts, 1);
        prop_assert_eq!(seen, straight.seen());
    }
}
