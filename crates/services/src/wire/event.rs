use wabakit_domain::{Time, event as known, event::EventData, inbound};
use wabakit_wire::{
    content::Party,
    event::{
        AccountEvent, ConnectionEvent, ConversationEvent, ErasureEvent, Event, EventAccount,
        EventBody, FaultsEvent, GroupEvent, GroupParticipant, GroupPicture, GroupRole,
        GroupSetting, HistoryEvent, IdentityEvent, ManagementEvent, MediaEvent, MergeEvent,
        MessageEvent, ReconnectEvent, SendingEvent, SplitEvent, StatusEvent, TemplateEvent,
    },
    management::Management,
};

use super::{
    IntoWire, bare_conversation, message::bare_message, record, sending::duplicates, words,
};
use crate::send::own_wait;

/// Makes the wire form of an event. Windows of conversations and waits of messages are judged at `now`.
pub fn event(event: known::Event, now: Time) -> Event {
    Event {
        id: event.id.uuid(),
        sequence: event.sequence,
        timestamp: event.at,
        body: body(event.data, now),
    }
}

fn body(data: EventData, now: Time) -> EventBody {
    match data {
        EventData::MessageReceived(told) => EventBody::MessageReceived(message(told, now)),
        EventData::MessageEchoed(told) => EventBody::MessageEchoed(message(told, now)),
        EventData::MessageImported(told) => EventBody::MessageImported(message(told, now)),
        EventData::MessageUpdated(told) => EventBody::MessageUpdated(message(told, now)),
        EventData::MessageNotice(told) => EventBody::MessageNotice(message(told, now)),
        EventData::MessageQueued(told) => EventBody::MessageQueued(message(told, now)),
        EventData::MessageSending(told) => EventBody::MessageSending(sending(told, now)),
        EventData::MessageStatus(told) => EventBody::MessageStatus(told.into_wire()),
        EventData::MediaUpdated(told) => EventBody::MediaUpdated(told.into_wire()),
        EventData::ConversationUpdated(told) => EventBody::ConversationUpdated(ConversationEvent {
            conversation: bare_conversation(*told, now),
        }),
        EventData::ContactUpdated(told) => EventBody::ContactUpdated((*told).into_wire()),
        EventData::ContactMerged(told) => EventBody::ContactMerged(told.into_wire()),
        EventData::ContactIdentityChanged(told) => {
            EventBody::ContactIdentityChanged(told.into_wire())
        }
        EventData::ContactSplit(told) => EventBody::ContactSplit(told.into_wire()),
        EventData::ContactErased(told) => EventBody::ContactErased(told.into_wire()),
        EventData::CallUpdated(told) => EventBody::CallUpdated(message(told, now)),
        EventData::GroupUpdated(told) => EventBody::GroupUpdated((*told).into_wire()),
        EventData::TemplateCreated(told) => EventBody::TemplateCreated((*told).into_wire()),
        EventData::TemplateUpdated(told) => EventBody::TemplateUpdated(told.into_wire()),
        EventData::TemplateRemoved(told) => EventBody::TemplateRemoved((*told).into_wire()),
        EventData::AccountConnected(told) => EventBody::AccountConnected(AccountEvent {
            account: (*told).into_wire(),
        }),
        EventData::AccountDisconnected(told) => EventBody::AccountDisconnected(AccountEvent {
            account: (*told).into_wire(),
        }),
        EventData::AccountUpdated(told) => EventBody::AccountUpdated(told.into_wire()),
        EventData::AccountChanged(told) => EventBody::AccountUpdated(ManagementEvent {
            account_id: Some(told.account.uuid()),
            change: Management::Account((*told).into_wire()),
            extra: None,
        }),
        EventData::ConnectionStarted(told) => EventBody::ConnectionStarted(told.into_wire()),
        EventData::ConnectionFailed(told) => EventBody::ConnectionFailed(told.into_wire()),
        EventData::ConnectionCompleted(told) => EventBody::ConnectionCompleted(told.into_wire()),
        EventData::ConnectionCancelled(told) => EventBody::ConnectionCancelled(told.into_wire()),
        EventData::ConnectionNeedsReconnect(told) => {
            EventBody::ConnectionNeedsReconnect(told.into_wire())
        }
        EventData::AccountNotice(told) => EventBody::AccountNotice(told.into_wire()),
        EventData::AccountErrors(told) => EventBody::AccountErrors(told.into_wire()),
        EventData::HistoryProgress(told) => EventBody::HistoryProgress(told.into_wire()),
        EventData::WebhookTest {} => EventBody::WebhookTest {},
    }
}

fn message(event: known::MessageEvent, now: Time) -> MessageEvent {
    let message = *event.message;
    let from: Party = event.from.into_wire();
    let to = match (&message.job, &message.group_id) {
        (None, _) => None,
        (Some(_), Some(group)) => Some(group.to_string()),
        (Some(_), None) => from.phone.clone().or_else(|| from.user_id.clone()),
    };
    MessageEvent {
        message: bare_message(message, to, now),
        from,
    }
}

fn sending(event: known::SendingEvent, now: Time) -> SendingEvent {
    SendingEvent {
        message_id: event.message.uuid(),
        conversation_id: event.conversation.uuid(),
        account_id: event.account.uuid(),
        meta_message_id: event.wamid.into_wire(),
        status: event.status.into_wire(),
        errors: event.errors.into_wire(),
        attempt: event.job.attempt,
        dispatched_at: event.job.dispatched_at,
        duplicates: duplicates(&event.job),
        expires_at: event.job.expires_at,
        waiting: own_wait(&event.job, now).into_wire(),
    }
}

impl IntoWire<StatusEvent> for known::StatusEvent {
    fn into_wire(self) -> StatusEvent {
        StatusEvent {
            message_id: self.entry.message.uuid(),
            conversation_id: self.conversation.uuid(),
            account_id: self.account.uuid(),
            meta_message_id: self.wamid.into_wire(),
            status: self.status.into_wire(),
            entry: self.entry.into_wire(),
        }
    }
}

impl IntoWire<MergeEvent> for known::MergeEvent {
    fn into_wire(self) -> MergeEvent {
        let pairs = self.conversations.into_iter();
        MergeEvent {
            contact: (*self.contact).into_wire(),
            merged: self.merged.uuid(),
            conversations: pairs
                .map(|(gone, left)| [gone.uuid(), left.uuid()])
                .collect(),
        }
    }
}

impl IntoWire<IdentityEvent> for known::IdentityEvent {
    fn into_wire(self) -> IdentityEvent {
        IdentityEvent {
            contact: (*self.contact).into_wire(),
            previous: self.previous.into_wire(),
        }
    }
}

impl IntoWire<SplitEvent> for known::SplitEvent {
    fn into_wire(self) -> SplitEvent {
        SplitEvent {
            contact: (*self.contact).into_wire(),
            restored: (*self.restored).into_wire(),
            conversation_ids: self.conversations.into_wire(),
        }
    }
}

impl IntoWire<ManagementEvent> for known::ManagementEvent {
    fn into_wire(self) -> ManagementEvent {
        ManagementEvent {
            account_id: self.account.into_wire(),
            change: (*self.change).into_wire(),
            extra: self.extra,
        }
    }
}

impl IntoWire<GroupEvent> for known::GroupEvent {
    fn into_wire(self) -> GroupEvent {
        let change = self.change;
        GroupEvent {
            account_id: self.account.into_wire(),
            conversation_id: self.conversation.into_wire(),
            group_id: change.group_id.into_wire(),
            field: change.field,
            event: change.event,
            at: self.at,
            request_id: change.request_id,
            subject: change.subject.into_wire(),
            description: change.description.into_wire(),
            picture: change.picture.into_wire(),
            join_approval_mode: change.join_approval_mode,
            invite_link: change.invite_link,
            reason: change.reason,
            initiated_by: change.initiated_by,
            join_request_id: change.join_request_id,
            participants: self.people.into_wire(),
            errors: change.errors.into_wire(),
            extra: self.extra,
        }
    }
}

words!(inbound::GroupRole => GroupRole { Added, Removed, Failed, Requester, Initiator });
record!(inbound::GroupSetting => GroupSetting { text, applied: is_applied, errors });
record!(inbound::GroupPicture => GroupPicture { mime_type, sha256, applied: is_applied, errors });
record!(known::GroupParticipant => GroupParticipant { contact_id: contact, role, input, errors });

impl IntoWire<EventAccount> for known::AccountEvent {
    fn into_wire(self) -> EventAccount {
        let name = self.display_name.or(self.verified_name);
        EventAccount {
            id: self.account.uuid(),
            phone_number_id: self.phone_number_id.into_wire(),
            waba_id: self.waba_id.into_wire(),
            display_name: name.unwrap_or_else(|| self.display_phone_number.clone()),
            display_phone: self.display_phone_number,
            is_active: self.is_active,
            is_default: self.is_default,
            needs_registration: self.needs_registration,
            problem: self.problem,
            status: self.health.status,
            quality_rating: self.health.quality_rating,
            version: self.version,
        }
    }
}

impl IntoWire<ConnectionEvent> for known::ConnectionEvent {
    fn into_wire(self) -> ConnectionEvent {
        ConnectionEvent {
            session_id: self.session.uuid(),
            mode: self.mode.as_str().to_owned(),
            status: self.status.as_str().to_owned(),
            phone_number_ids: self.phone_numbers.into_wire(),
            error: self.refusal,
        }
    }
}

impl IntoWire<ReconnectEvent> for known::ReconnectEvent {
    fn into_wire(self) -> ReconnectEvent {
        ReconnectEvent {
            grant_id: self.grant.uuid(),
            state: self.state.as_str().to_owned(),
            reason: self.reason,
            account_ids: self.accounts.into_wire(),
        }
    }
}

record!(known::MediaEvent => MediaEvent {
    media_id: media, message_id: message, conversation_id: conversation, state,
});
record!(known::ErasureEvent => ErasureEvent { contact_id: contact });
record!(known::FaultsEvent => FaultsEvent { account_id: account, errors, extra });
record!(known::HistoryEvent => HistoryEvent { account_id: account, progress, phase, errors, extra });
record!(known::TemplateEvent => TemplateEvent {
    template_id: template, meta_template_id, waba_id, name, language, category, status, quality,
});
