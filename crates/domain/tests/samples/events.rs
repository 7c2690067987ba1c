use wabakit_domain::account::NumberHealth;
use wabakit_domain::connect::{ConnectMode, ConnectStatus};
use wabakit_domain::contact::{Contact, ContactTimes, PassedOn};
use wabakit_domain::event::{
    AccountEvent, ConnectionEvent, ErasureEvent, EventData as E, FaultsEvent, GroupEvent,
    GroupParticipant, HistoryEvent, IdentityEvent, ManagementEvent, MediaEvent, MergeEvent,
    MessageEvent, ReconnectEvent, SendingEvent, SplitEvent, StatusEvent, TemplateEvent,
};
use wabakit_domain::grant::GrantState;
use wabakit_domain::inbound::{GroupChange, GroupPicture, GroupRole, GroupSetting, Party};
use wabakit_domain::media::MediaState;
use wabakit_domain::message::{Message, MessageStatus};

use super::{
    at, bare_contact, bare_conversation, bare_fault, bare_job, bare_message, bare_status_entry,
    contact, contents, conversation, fault, group_conversation, id, job, managements, message,
    party, revoked_message, status_entry, word,
};

fn told(message: Message, from: Party) -> MessageEvent {
    MessageEvent {
        message: Box::new(message),
        from,
    }
}

fn of_call() -> MessageEvent {
    let content = contents()
        .into_iter()
        .find(|content| content.kind() == "call");
    let message = Message {
        content: content.unwrap(),
        ..bare_message()
    };
    told(message, party())
}

fn management(about: usize) -> ManagementEvent {
    let change = managements().swap_remove(about);
    ManagementEvent {
        account: Some(id(3)),
        change: Box::new(change),
        extra: None,
    }
}

/// Returns every type of event with every field, and some also without optional fields.
pub fn events() -> Vec<(&'static str, E)> {
    let queued = Message {
        group_id: None,
        ..message()
    };
    let bare_queued = Message {
        job: Some(Box::new(bare_job())),
        ..bare_message()
    };
    let to_user_id = Party {
        phone: None,
        ..party()
    };
    vec![
        (
            "message_received",
            E::MessageReceived(told(bare_message(), party())),
        ),
        (
            "message_echoed",
            E::MessageEchoed(told(bare_message(), Party::default())),
        ),
        (
            "message_imported",
            E::MessageImported(told(bare_message(), party())),
        ),
        (
            "message_updated",
            E::MessageUpdated(told(revoked_message(), party())),
        ),
        ("message_queued", E::MessageQueued(told(queued, party()))),
        (
            "message_queued_group",
            E::MessageQueued(told(message(), Party::default())),
        ),
        (
            "message_queued_bare",
            E::MessageQueued(told(bare_queued, to_user_id)),
        ),
        (
            "message_sending",
            E::MessageSending(SendingEvent {
                message: id(1),
                conversation: id(4),
                account: id(3),
                wamid: Some("wamid.HBgB".into()),
                status: MessageStatus::Queued,
                job: job(),
                errors: vec![fault(), bare_fault()],
            }),
        ),
        (
            "message_sending_bare",
            E::MessageSending(SendingEvent {
                message: id(1),
                conversation: id(4),
                account: id(3),
                wamid: None,
                status: MessageStatus::Cancelled,
                job: bare_job(),
                errors: Vec::new(),
            }),
        ),
        (
            "message_status",
            E::MessageStatus(StatusEvent {
                conversation: id(4),
                account: id(3),
                wamid: Some("wamid.HBgB".into()),
                status: MessageStatus::Failed,
                entry: status_entry(),
            }),
        ),
        (
            "message_status_bare",
            E::MessageStatus(StatusEvent {
                conversation: id(4),
                account: id(3),
                wamid: None,
                status: MessageStatus::Read,
                entry: bare_status_entry(),
            }),
        ),
        (
            "media_updated",
            E::MediaUpdated(MediaEvent {
                media: id(6),
                message: id(1),
                conversation: id(4),
                state: MediaState::Stored,
            }),
        ),
        (
            "conversation_updated",
            E::ConversationUpdated(Box::new(conversation())),
        ),
        (
            "conversation_updated_bare",
            E::ConversationUpdated(Box::new(bare_conversation())),
        ),
        ("contact_updated", E::ContactUpdated(Box::new(contact()))),
        (
            "contact_updated_bare",
            E::ContactUpdated(Box::new(bare_contact())),
        ),
        (
            "contact_merged",
            E::ContactMerged(MergeEvent {
                contact: Box::new(contact()),
                merged: id(7),
                conversations: vec![(id(8), id(4))],
            }),
        ),
        (
            "contact_erased",
            E::ContactErased(ErasureEvent { contact: id(5) }),
        ),
        ("call_updated", E::CallUpdated(of_call())),
        ("template_updated", E::TemplateUpdated(management(0))),
        ("account_updated", E::AccountUpdated(management(6))),
        (
            "account_notice",
            E::AccountNotice(ManagementEvent {
                account: None,
                ..management(16)
            }),
        ),
        (
            "account_errors",
            E::AccountErrors(FaultsEvent {
                account: Some(id(3)),
                errors: vec![fault(), bare_fault()],
                extra: None,
            }),
        ),
        (
            "account_errors_bare",
            E::AccountErrors(FaultsEvent {
                account: None,
                errors: Vec::new(),
                extra: None,
            }),
        ),
        (
            "history_progress",
            E::HistoryProgress(HistoryEvent {
                account: Some(id(3)),
                progress: Some(50),
                phase: Some(1),
                errors: vec![fault()],
                extra: None,
            }),
        ),
        (
            "history_progress_bare",
            E::HistoryProgress(HistoryEvent {
                account: None,
                progress: None,
                phase: None,
                errors: Vec::new(),
                extra: None,
            }),
        ),
        ("webhook_test", E::WebhookTest {}),
        (
            "account_connected",
            E::AccountConnected(Box::new(account(true))),
        ),
        (
            "account_disconnected",
            E::AccountDisconnected(Box::new(account(false))),
        ),
        (
            "account_changed",
            E::AccountChanged(Box::new(account(true))),
        ),
        (
            "connection_started",
            E::ConnectionStarted(connection(ConnectStatus::AwaitingLogin, None)),
        ),
        (
            "connection_failed",
            E::ConnectionFailed(connection(ConnectStatus::Failed, Some("no_waba"))),
        ),
        (
            "connection_completed",
            E::ConnectionCompleted(ConnectionEvent {
                phone_numbers: vec!["106540352242922".into()],
                ..connection(ConnectStatus::Completed, None)
            }),
        ),
        (
            "connection_cancelled",
            E::ConnectionCancelled(connection(ConnectStatus::Expired, None)),
        ),
        (
            "connection_needs_reconnect",
            E::ConnectionNeedsReconnect(ReconnectEvent {
                grant: id(21),
                state: GrantState::Dead,
                reason: Some("The session has been invalidated".into()),
                accounts: vec![id(3)],
            }),
        ),
        (
            "connection_needs_reconnect_bare",
            E::ConnectionNeedsReconnect(ReconnectEvent {
                grant: id(21),
                state: GrantState::Quarantined,
                reason: None,
                accounts: Vec::new(),
            }),
        ),
        (
            "message_notice",
            E::MessageNotice(told(bare_message(), party())),
        ),
        (
            "contact_identity_changed",
            E::ContactIdentityChanged(IdentityEvent {
                contact: Box::new(Contact {
                    passed_on: Some(PassedOn {
                        phone: "16505550000".into(),
                        at: at(1),
                        to: id(7),
                    }),
                    book_name: Some("Ada L.".into()),
                    times: ContactTimes {
                        told: Some(at(1)),
                        phone: Some(at(1)),
                        book: Some(at(2)),
                        preference: Some(at(3)),
                    },
                    apart: vec![id(7)],
                    ..contact()
                }),
                previous: contact().ids(),
            }),
        ),
        (
            "contact_split",
            E::ContactSplit(SplitEvent {
                contact: Box::new(contact()),
                restored: Box::new(bare_contact()),
                conversations: vec![id(8)],
            }),
        ),
        (
            "message_imported_quoting",
            E::MessageImported(told(
                Message {
                    quoted: Some(id(9)),
                    ..bare_message()
                },
                party(),
            )),
        ),
        (
            "conversation_updated_group",
            E::ConversationUpdated(Box::new(group_conversation())),
        ),
        ("group_updated", E::GroupUpdated(Box::new(group_event()))),
        (
            "group_updated_bare",
            E::GroupUpdated(Box::new(GroupEvent {
                account: None,
                conversation: None,
                change: GroupChange {
                    field: "group_status_update".into(),
                    ..GroupChange::default()
                },
                people: Vec::new(),
                at: None,
                extra: None,
            })),
        ),
        (
            "template_created",
            E::TemplateCreated(Box::new(template_event())),
        ),
        (
            "template_removed",
            E::TemplateRemoved(Box::new(template_event())),
        ),
    ]
}

fn template_event() -> TemplateEvent {
    TemplateEvent {
        template: id(22),
        meta_template_id: "9007199254740993".into(),
        waba_id: "102290129340398".into(),
        name: "order_update".into(),
        language: "en_US".into(),
        category: "UTILITY".into(),
        status: "APPROVED".into(),
        quality: "GREEN".into(),
    }
}

/// Returns an update of a group with every field.
fn group_event() -> GroupEvent {
    let setting = |text: &str, is_applied| GroupSetting {
        text: word(text),
        is_applied,
        errors: Vec::new(),
    };
    let participant = |role| GroupParticipant {
        contact: Some(id(5)),
        role,
        input: None,
        errors: Vec::new(),
    };
    GroupEvent {
        account: Some(id(3)),
        conversation: Some(id(4)),
        change: GroupChange {
            field: "group_settings_update".into(),
            event: word("group_settings_update"),
            group_id: Some("Y2FwaV9ncm91cDox".into()),
            request_id: word("req-1"),
            subject: Some(setting("Order 4711", true)),
            description: Some(GroupSetting {
                errors: vec![fault()],
                ..setting("What is left", false)
            }),
            picture: Some(GroupPicture {
                mime_type: word("image/jpeg"),
                sha256: word("dI5Z"),
                is_applied: false,
                errors: vec![bare_fault()],
            }),
            join_approval_mode: word("auto_approve"),
            invite_link: word("https://chat.whatsapp.com/LINK"),
            reason: word("invite_link"),
            initiated_by: word("business"),
            join_request_id: word("join-1"),
            errors: vec![fault()],
        },
        people: vec![
            participant(GroupRole::Added),
            participant(GroupRole::Removed),
            GroupParticipant {
                contact: None,
                input: word("nobody"),
                errors: vec![fault()],
                ..participant(GroupRole::Failed)
            },
            participant(GroupRole::Requester),
            participant(GroupRole::Initiator),
        ],
        at: Some(at(5)),
        extra: Some(serde_json::json!({"new": true})),
    }
}

/// Returns an account with every field, or without optional ones.
fn account(is_whole: bool) -> AccountEvent {
    let whole = |text: &str| is_whole.then(|| text.to_owned());
    AccountEvent {
        account: id(3),
        phone_number_id: "106540352242922".into(),
        waba_id: "102290129340398".into(),
        display_phone_number: "+1 631-555-5555".into(),
        verified_name: whole("Lucky Shrub"),
        display_name: whole("Shop"),
        is_active: is_whole,
        is_default: is_whole,
        needs_registration: is_whole,
        problem: whole("pin_mismatch"),
        health: NumberHealth {
            quality_rating: whole("GREEN"),
            status: whole("CONNECTED"),
            throughput_level: whole("STANDARD"),
            messaging_limit: whole("TIER_250"),
            name_status: whole("APPROVED"),
            code_verification_status: whole("VERIFIED"),
            is_coexistence: is_whole,
        },
        version: 7,
    }
}

fn connection(status: ConnectStatus, refusal: Option<&str>) -> ConnectionEvent {
    ConnectionEvent {
        session: id(20),
        mode: ConnectMode::Popup,
        status,
        phone_numbers: Vec::new(),
        refusal: refusal.map(str::to_owned),
    }
}
