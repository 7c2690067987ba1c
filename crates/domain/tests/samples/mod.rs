//! Sample values of each kind, with every field filled, to pin the stored and the wire forms.
//!
//! Other crates include this file by its path, so that each form is pinned with the same values.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test that includes this uses a part of it"
)]

mod contents;
mod events;
mod management;
mod sessions;

pub use contents::{bare_contents, contents};
pub use events::events;
pub use management::managements;
pub use sessions::{health, problem, progress};

use uuid::Uuid;
use wabakit_domain::{
    Time,
    contact::Contact,
    conversation::{Conversation, ConversationState, Peer, SendTurn},
    group::{Dated, Group},
    ids::{ContactId, ConversationId, MessageId, OrgId},
    inbound::{
        Context, ConversationWindow, MessageContent, MetaFault, Party, Pricing, Referral,
        ReferredProduct, StatusUpdate,
    },
    inbox::WaitingFor,
    media::{Media, MediaState},
    message::{Direction, Message, MessageStatus, ReportedStatus, StatusEntry},
    outbound::{Job, JobState, Priority, WaitReason},
};

/// A time on 21 September 2026, some seconds and microseconds after 13:33:20.
pub fn at(seconds: i64) -> Time {
    Time::from_timestamp_micros((1_790_000_000 + seconds) * 1_000_000 + 123_456).unwrap()
}

/// An id of ours.
pub fn id<I: From<Uuid>>(n: u128) -> I {
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + n).into()
}

pub fn word(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub fn party() -> Party {
    Party {
        phone: word("16505551234"),
        user_id: Some("US.13491208655302741918".into()),
        parent_user_id: Some("US.ENT.506847293015".into()),
        profile_name: word("Ada \"the\" Lovelace"),
        username: word("ada"),
        identity_key_hash: word("DF2lS5v2W6x="),
    }
}

pub fn fault() -> MetaFault {
    MetaFault {
        code: 131_047,
        title: word("Re-engagement message"),
        message: word("More than 24 hours have passed"),
        details: word("Message failed to send because …"),
        href: word("https://developers.facebook.com/errors"),
    }
}

/// A fault with a code alone.
pub fn bare_fault() -> MetaFault {
    MetaFault {
        code: 1,
        title: None,
        message: None,
        details: None,
        href: None,
    }
}

pub fn pricing() -> Pricing {
    Pricing {
        billable: Some(true),
        model: word("PMP"),
        kind: word("regular"),
        category: word("utility"),
    }
}

pub fn context() -> Context {
    Context {
        message_id: Some("wamid.HBgA".into()),
        from: word("16505551234"),
        forwarded: true,
        frequently_forwarded: true,
        referred_product: Some(ReferredProduct {
            catalog_id: "194836987003835".into(),
            product_retailer_id: "di9ozbzfi4".into(),
        }),
    }
}

pub fn referral() -> Referral {
    Referral {
        source_url: word("https://fb.me/3cr4Wqqkv"),
        source_id: word("120226305854810726"),
        source_type: word("ad"),
        headline: word("Chat with us"),
        body: word("Summer succulents"),
        media_type: word("image"),
        image_url: word("https://scontent.example/1.jpg"),
        video_url: word("https://scontent.example/1.mp4"),
        thumbnail_url: word("https://scontent.example/t.jpg"),
        ctwa_clid: word("Aff-n8ZTODiE79d22KtAwQKj9e"),
        welcome_message: word("Hi there!"),
    }
}

/// Returns a job that waits for a retry, with every field.
pub fn job() -> Job {
    Job {
        state: JobState::Queued,
        priority: Priority::High,
        flow: "summer".into(),
        due_at: at(60),
        expires_at: at(86_400),
        attempt: 2,
        epoch: 7,
        dispatched_at: Some(at(30)),
        // Version 1 had none of these.
        token: None,
        in_doubt: 1,
        duplicates: vec![],
        wait: Some(WaitReason::Retry),
        turn: SendTurn::default(),
        holds_until: None,
        guard: None,
        client_reference: word("order-17"),
        author: Some(id(9)),
    }
}

/// Returns a job without attempts, with required fields only.
pub fn bare_job() -> Job {
    Job {
        state: JobState::Queued,
        priority: Priority::Normal,
        flow: String::new(),
        due_at: at(60),
        expires_at: at(86_400),
        attempt: 0,
        epoch: 0,
        dispatched_at: None,
        token: None,
        in_doubt: 0,
        duplicates: vec![],
        wait: None,
        turn: SendTurn::default(),
        holds_until: None,
        guard: None,
        client_reference: None,
        author: None,
    }
}

/// Returns a customer's text, with required fields only.
pub fn bare_message() -> Message {
    Message {
        id: id(1),
        org: id(2),
        account: id(3),
        conversation: id(4),
        contact: None,
        group_id: None,
        wamid: None,
        direction: Direction::Inbound,
        content: MessageContent::Text { body: "Hi".into() },
        context: None,
        quoted: None,
        referral: None,
        status: MessageStatus::Received,
        errors: Vec::new(),
        pricing: None,
        media: None,
        at: at(0),
        edited_at: None,
        revoked_at: None,
        created_at: at(1),
        extra: None,
        job: None,
    }
}

/// Returns a message that was sent from here, with every field.
pub fn message() -> Message {
    Message {
        contact: Some(id(5)),
        group_id: Some("Y2FwaV9ncm91cDox".into()),
        wamid: Some("wamid.HBgB".into()),
        direction: Direction::Outbound,
        context: Some(context()),
        referral: Some(referral()),
        status: MessageStatus::Queued,
        errors: vec![fault(), bare_fault()],
        pricing: Some(pricing()),
        media: Some(id(6)),
        edited_at: Some(at(2)),
        job: Some(Box::new(job())),
        ..bare_message()
    }
}

/// Returns a revoked message.
pub fn revoked_message() -> Message {
    Message {
        contact: Some(id(5)),
        wamid: Some("wamid.HBgC".into()),
        revoked_at: Some(at(3)),
        ..bare_message()
    }
}

pub fn status_entry() -> StatusEntry {
    StatusEntry {
        message: id(1),
        status: ReportedStatus::Failed,
        participant: word("16505551234"),
        at: at(4),
        errors: vec![fault()],
        pricing: Some(pricing()),
        extra: None,
    }
}

pub fn bare_status_entry() -> StatusEntry {
    StatusEntry {
        message: id(1),
        status: ReportedStatus::Read,
        participant: None,
        at: at(4),
        errors: Vec::new(),
        pricing: None,
        extra: None,
    }
}

pub fn contact() -> Contact {
    Contact {
        phone: word("16505551234"),
        user_id: Some("US.13491208655302741918".into()),
        parent_user_id: Some("US.ENT.506847293015".into()),
        name: word("Ada (VIP)"),
        profile_name: word("Ada"),
        username: word("ada"),
        opted_out: true,
        ..bare_contact()
    }
}

pub fn bare_contact() -> Contact {
    let mut contact = Contact::new(id::<ContactId>(5), id::<OrgId>(2), at(0));
    contact.updated_at = at(1);
    contact
}

/// Returns a conversation with a person, in a free entry point's window.
pub fn conversation() -> Conversation {
    Conversation {
        id: id(4),
        org: id(2),
        account: id(3),
        peer: Peer::Contact(id(5)),
        state: ConversationState::Open,
        assignee: Some(id(9)),
        unread: 3,
        last_message_at: at(5),
        last_message: Some(id::<MessageId>(1)),
        last_inbound_at: Some(at(5)),
        free_entry_at: Some(at(4)),
        free_entry_until: Some(at(259_200)),
        // Version 1 had none of these.
        window_refused_at: None,
        user_id: None,
        is_phone_stale: false,
        group: None,
        turn: SendTurn::default(),
        created_at: at(0),
        updated_at: at(6),
    }
}

/// Returns a closed conversation with a group that never wrote.
pub fn bare_conversation() -> Conversation {
    Conversation {
        id: id::<ConversationId>(4),
        peer: Peer::Group("Y2FwaV9ncm91cDox".into()),
        state: ConversationState::Closed,
        assignee: None,
        unread: 0,
        last_message: None,
        last_inbound_at: None,
        free_entry_at: None,
        free_entry_until: None,
        ..conversation()
    }
}

/// Returns a conversation with a group of which everything is known.
pub fn group_conversation() -> Conversation {
    let text = |text: &str, seconds| Dated {
        value: word(text),
        at: Some(at(seconds)),
    };
    let group = Group {
        subject: text("Order 4711", 1),
        description: text("What is left to do", 2),
        join_approval_mode: text("approval_required", 3),
        is_suspended: Dated {
            value: true,
            at: Some(at(4)),
        },
        is_deleted: Dated {
            value: false,
            at: Some(at(1)),
        },
    };
    Conversation {
        group: Some(Box::new(group)),
        ..bare_conversation()
    }
}

pub fn media() -> Media {
    Media {
        id: id(6),
        org: id(2),
        account: id(3),
        message: id(1),
        conversation: id(4),
        meta_media_id: Some("1166846181421424".into()),
        link: word("https://lookaside.example/1"),
        mime_type: word("image/jpeg"),
        sha256: word("dI5Z"),
        filename: word("cup.jpg"),
        state: MediaState::Stored,
        attempts: 1,
        next_at: None,
        key: word("2/6"),
        size: Some(84_213),
        error: None,
        created_at: at(0),
        stored_at: Some(at(2)),
    }
}

/// Returns every kind of fact that can arrive before its message.
pub fn waiting() -> Vec<WaitingFor> {
    vec![
        WaitingFor::Status(Box::new(StatusUpdate {
            wamid: "wamid.HBgB".into(),
            status: ReportedStatus::Delivered,
            at: at(4),
            recipient: party(),
            group_id: Some("Y2FwaV9ncm91cDox".into()),
            participant: word("16505551234"),
            opaque: word("0199"),
            pricing: Some(pricing()),
            conversation: Some(ConversationWindow {
                id: "c6b3".into(),
                expires_at: Some(at(9)),
                origin: word("utility"),
            }),
            errors: vec![fault()],
            extra: None,
        })),
        WaitingFor::Status(Box::new(StatusUpdate {
            wamid: "wamid.HBgB".into(),
            status: ReportedStatus::Sent,
            at: at(4),
            recipient: Party::default(),
            group_id: None,
            participant: None,
            opaque: None,
            pricing: None,
            conversation: None,
            errors: Vec::new(),
            extra: None,
        })),
        WaitingFor::Edit {
            content: Box::new(MessageContent::Text { body: "New".into() }),
            at: at(4),
        },
        WaitingFor::Revoke { at: at(4) },
    ]
}
