//! The webhook of a status.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::knobs::Status;
use super::plan::Step;
use crate::clock::Time;
use crate::customer::{Person, contact, contact_of_sent};
use crate::graph::codes;
use crate::secrets;
use crate::state::{GroupStatuses, MessageIds, Quirks};
use crate::wamid;
use crate::webhooks::{Said, escaped};

/// The facts about an accepted message that its statuses need.
pub(crate) struct Sent {
    pub(crate) wamid: String,
    pub(crate) phone_id: Arc<str>,
    pub(crate) waba_id: Arc<str>,
    pub(crate) display_phone_number: String,
    pub(crate) recipient: Recipient,
    pub(crate) opaque: Option<String>,
    /// The pricing category. `service` is free of charge.
    pub(crate) category: &'static str,
    /// The template that Direct Send made of it.
    pub(crate) template_id: Option<String>,
    /// The time when it was accepted, in the sandbox's time.
    pub(crate) time: Time,
}

/// The recipient of a message.
pub(crate) enum Recipient {
    /// `by_number`: the webhook has the number, whatever the customer's identity.
    Person { person: Person, by_number: bool },
    /// Nobody: the business-scoped id is of no customer.
    Nobody { user_id: String },
    /// A group. `members` is empty where the sandbox does not know them.
    Group { id: String, members: Vec<Person> },
}

/// The forms in which statuses are told where Meta's vary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forms {
    message_ids: MessageIds,
    failed_contacts: bool,
    group_statuses: GroupStatuses,
}

impl Forms {
    pub(crate) fn of(quirks: &Quirks) -> Self {
        Self {
            message_ids: quirks.message_ids,
            failed_contacts: quirks.failed_contacts,
            group_statuses: quirks.group_statuses,
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    messaging_product: &'static str,
    metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<Value>,
    statuses: Vec<StatusBody<'a>>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    display_phone_number: &'a str,
    phone_number_id: &'a str,
}

#[derive(Clone, Serialize)]
struct StatusBody<'a> {
    id: String,
    status: Status,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_parent_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_participant_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant_recipient_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_participant_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_participant_parent_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    biz_opaque_callback_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<Conversation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<Pricing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Value>,
}

#[derive(Clone, Serialize)]
struct Conversation {
    id: String,
    origin: Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<Pricing>,
}

#[derive(Clone, Serialize)]
struct Origin {
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Clone, Serialize)]
struct Pricing {
    billable: bool,
    pricing_model: &'static str,
    category: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// Makes the updates' values in the form of v24.0 and later: without a conversation outside of groups, with pricing at
/// `sent` and on arrival, with contacts except for `failed`.
pub(super) fn said(sent: &Sent, step: &Step, forms: Forms) -> Vec<Said> {
    let status = bare(sent, step);
    let is_failed = step.status == Status::Failed;
    let tells_contact = !is_failed || forms.failed_contacts;
    match &sent.recipient {
        Recipient::Nobody { user_id } => {
            let status = StatusBody {
                recipient_user_id: Some(user_id),
                ..status
            };
            vec![update(sent, Vec::new(), vec![status])]
        }
        Recipient::Person { person, by_number } => {
            let status = of_person(status, sent, person, *by_number, forms.message_ids);
            let contact = tells_contact.then(|| match step.status {
                Status::Sent => contact_of_sent(person),
                _ => contact(person),
            });
            vec![update(sent, contact.into_iter().collect(), vec![status])]
        }
        Recipient::Group { id, members } => {
            let status = of_group(status, sent, step, id, forms.group_statuses);
            // A group's message is sent once, and then arrives at each member.
            if members.is_empty() || matches!(step.status, Status::Sent | Status::Failed) {
                return vec![update(sent, Vec::new(), vec![status])];
            }
            let of_member = |member| of_member(status.clone(), member, forms.group_statuses);
            match forms.group_statuses {
                GroupStatuses::Aggregated => {
                    let contacts = members.iter().map(contact).collect();
                    vec![update(
                        sent,
                        contacts,
                        members.iter().map(of_member).collect(),
                    )]
                }
                GroupStatuses::Single => members
                    .iter()
                    .map(|member| update(sent, vec![contact(member)], vec![of_member(member)]))
                    .collect(),
            }
        }
    }
}

/// Makes a status without its recipient.
fn bare<'a>(sent: &'a Sent, step: &Step) -> StatusBody<'a> {
    let time = sent.time.timestamp_millis() + i64::try_from(step.at_ms).unwrap_or_default();
    StatusBody {
        id: sent.wamid.clone(),
        status: step.status,
        timestamp: (time / 1_000).to_string(),
        recipient_id: None,
        recipient_user_id: None,
        recipient_parent_user_id: None,
        recipient_type: None,
        recipient_participant_id: None,
        participant_recipient_id: None,
        recipient_participant_user_id: None,
        recipient_participant_parent_user_id: None,
        biz_opaque_callback_data: sent.opaque.as_deref(),
        template_id: sent.template_id.as_deref(),
        conversation: None,
        pricing: step.has_price.then(|| price(sent.category)),
        errors: step.error.map(errors),
    }
}

fn price(category: &'static str) -> Pricing {
    let kind = match category {
        "service" => "free_customer_service",
        "group_service" => "free_group_customer_service",
        _ => "regular",
    };
    Pricing {
        billable: kind == "regular",
        pricing_model: "PMP",
        category,
        kind,
    }
}

fn of_person<'a>(
    mut status: StatusBody<'a>,
    sent: &Sent,
    person: &'a Person,
    by_number: bool,
    ids: MessageIds,
) -> StatusBody<'a> {
    status.id = match ids {
        MessageIds::AsAddressed => status.id,
        MessageIds::Phone => wamid::spelled(&sent.wamid, &person.number),
        MessageIds::UserId => wamid::spelled(&sent.wamid, &person.user_id),
    };
    if by_number || person.tells_number() {
        status.recipient_id = Some(&person.number);
    }
    if person.tells_user_id() {
        status.recipient_user_id = Some(&person.user_id);
        status.recipient_parent_user_id = person.parent_user_id.as_deref();
    }
    status
}

/// Adds the group. In the aggregated form the price is inside of the conversation, otherwise beside it.
fn of_group<'a>(
    mut status: StatusBody<'a>,
    sent: &Sent,
    step: &Step,
    id: &'a str,
    form: GroupStatuses,
) -> StatusBody<'a> {
    status.recipient_id = Some(id);
    status.recipient_type = Some("group");
    if step.status == Status::Failed {
        return status;
    }
    let category = match sent.category {
        "service" => "group_service",
        "utility" => "group_utility",
        "marketing" => "group_marketing",
        other => other,
    };
    let price = status.pricing.take().map(|_| price(category));
    let (inside, beside) = match form {
        GroupStatuses::Aggregated => (price, None),
        GroupStatuses::Single => (None, price),
    };
    status.pricing = beside;
    let tag = hex::encode(secrets::tag(&sent.phone_id, id));
    status.conversation = Some(Conversation {
        id: tag.chars().take(32).collect(),
        origin: Origin { kind: category },
        pricing: inside,
    });
    status
}

fn of_member<'a>(
    mut status: StatusBody<'a>,
    member: &'a Person,
    form: GroupStatuses,
) -> StatusBody<'a> {
    let number = member.tells_number().then_some(member.number.as_str());
    match form {
        GroupStatuses::Aggregated => status.recipient_participant_id = number,
        GroupStatuses::Single => status.participant_recipient_id = number,
    }
    if member.tells_user_id() {
        status.recipient_participant_user_id = Some(&member.user_id);
        status.recipient_participant_parent_user_id = member.parent_user_id.as_deref();
    }
    status
}

fn update(sent: &Sent, contacts: Vec<Value>, statuses: Vec<StatusBody<'_>>) -> Said {
    let body = Body {
        messaging_product: "whatsapp",
        metadata: Metadata {
            display_phone_number: &sent.display_phone_number,
            phone_number_id: &sent.phone_id,
        },
        contacts,
        statuses,
    };
    Said {
        waba_id: Arc::clone(&sent.waba_id),
        phone_id: Arc::clone(&sent.phone_id),
        value: escaped(&body),
    }
}

/// Makes the `errors` of a failed message.
fn errors(code: i64) -> Value {
    let (title, details) = codes::words(code);
    json!([{
        "code": code,
        "title": title,
        "message": title,
        "error_data": { "details": details },
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }])
}
