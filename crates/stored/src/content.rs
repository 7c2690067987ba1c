//! The content of messages.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wabakit_domain::{
    Time,
    ids::{GroupId, MetaMediaId, Wamid},
    inbound,
};

use crate::{
    form::{Boxed, Many, Opt, forms},
    people::PartyForm,
};

forms!(
    ContentForm: inbound::MessageContent,
    MediaForm: inbound::MediaContent,
    OrderItemForm: inbound::OrderItem,
    CallForm: inbound::Call,
    CardForm: inbound::ContactCard,
    NameForm: inbound::ContactName,
    LabelledForm: inbound::Labelled,
    AddressForm: inbound::PostalAddress,
    FaultForm: inbound::MetaFault,
);

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "inbound::MessageContent",
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub(crate) enum ContentForm {
    Text {
        body: String,
    },
    Image(#[serde(with = "MediaForm")] inbound::MediaContent),
    Video(#[serde(with = "MediaForm")] inbound::MediaContent),
    Audio(#[serde(with = "MediaForm")] inbound::MediaContent),
    Document(#[serde(with = "MediaForm")] inbound::MediaContent),
    Sticker(#[serde(with = "MediaForm")] inbound::MediaContent),
    MediaPlaceholder,
    Location {
        latitude: f64,
        longitude: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    Contacts {
        #[serde(with = "Many::<CardForm>")]
        contacts: Vec<inbound::ContactCard>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<String>,
    },
    Reaction {
        message_id: Wamid,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    Button {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    ButtonReply {
        id: String,
        title: String,
    },
    ListReply {
        id: String,
        title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    FormReply {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        response: Value,
    },
    CallPermissionReply {
        response: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Time>,
        #[serde(default)]
        is_permanent: bool,
    },
    Order {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        catalog_id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(with = "Many::<OrderItemForm>")]
        items: Vec<inbound::OrderItem>,
    },
    System {
        kind: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            with = "Opt::<PartyForm>"
        )]
        now: Option<inbound::Party>,
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            with = "Opt::<Boxed<PartyForm>>"
        )]
        previous: Option<Box<inbound::Party>>,
    },
    RequestWelcome,
    Edit {
        original_message_id: Wamid,
        #[serde(with = "Boxed::<ContentForm>")]
        content: Box<inbound::MessageContent>,
    },
    Revoke {
        original_message_id: Wamid,
    },
    Template {
        name: String,
        language: String,
        components: Value,
    },
    Interactive {
        kind: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        options: Vec<String>,
    },
    Pin {
        message_id: Wamid,
        pinned: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expiration_days: Option<u8>,
    },
    Call(#[serde(with = "CallForm")] inbound::Call),
    Unsupported {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        #[serde(
            default,
            skip_serializing_if = "Vec::is_empty",
            with = "Many::<FaultForm>"
        )]
        errors: Vec<inbound::MetaFault>,
        raw: Value,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::MediaContent", rename_all = "camelCase")]
pub(crate) struct MediaForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meta_media_id: Option<MetaMediaId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
    #[serde(default)]
    voice: bool,
    #[serde(default)]
    animated: bool,
    #[serde(skip)]
    link: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::OrderItem", rename_all = "camelCase")]
pub(crate) struct OrderItemForm {
    product_retailer_id: String,
    quantity: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item_price: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::Call", rename_all = "camelCase")]
pub(crate) struct CallForm {
    call_id: Wamid,
    #[serde(with = "PartyForm")]
    party: inbound::Party,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group_id: Option<GroupId>,
    by_customer: bool,
    event: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration: Option<i64>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<Boxed<MediaForm>>"
    )]
    recording: Option<Box<inbound::MediaContent>>,
    #[serde(skip)]
    transcript: Option<Box<inbound::MediaContent>>,
    #[serde(skip)]
    errors: Vec<inbound::MetaFault>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::ContactCard", rename_all = "camelCase")]
pub(crate) struct CardForm {
    #[serde(default, with = "NameForm")]
    name: inbound::ContactName,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<LabelledForm>"
    )]
    phones: Vec<inbound::Labelled>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<LabelledForm>"
    )]
    emails: Vec<inbound::Labelled>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<LabelledForm>"
    )]
    urls: Vec<inbound::Labelled>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<AddressForm>"
    )]
    addresses: Vec<inbound::PostalAddress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    birthday: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::ContactName", rename_all = "camelCase")]
pub(crate) struct NameForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formatted_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::Labelled", rename_all = "camelCase")]
pub(crate) struct LabelledForm {
    #[serde(default)]
    value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wa_id: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::PostalAddress", rename_all = "camelCase")]
pub(crate) struct AddressForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zip: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::MetaFault", rename_all = "camelCase")]
pub(crate) struct FaultForm {
    code: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    details: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    href: Option<String>,
}
