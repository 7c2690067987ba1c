//! Interactive messages in Meta's form.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Extra, Media,
    content::{id, optional_id, or_empty},
};

/// `interactive`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Interactive {
    /// The header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Words>,
    /// The footer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<Words>,
    /// The action: `type` and `action`.
    #[serde(flatten)]
    pub action: Action,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The header of an interactive message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Header {
    /// A text, up to 60 characters.
    Text {
        /// The text.
        text: String,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// An image.
    Image {
        /// The value.
        image: Media,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A video.
    Video {
        /// The value.
        video: Media,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A document.
    Document {
        /// The value.
        document: Media,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
}

/// `{"text": …}`: a body or a footer.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Words {
    /// The text.
    pub text: String,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

impl<T: Into<String>> From<T> for Words {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            extra: Extra::new(),
        }
    }
}

/// `type` and `action`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "action", rename_all = "snake_case")]
pub enum Action {
    /// 1 to 3 reply buttons.
    Button(Buttons),
    /// A list with up to 10 rows.
    List(List),
    /// A button that opens a page.
    CtaUrl(Named<CtaUrl>),
    /// A form.
    Flow(Named<Flow>),
    /// One product of a catalog.
    Product(Product),
    /// Several products, up to 30.
    ProductList(ProductList),
    /// The catalog.
    CatalogMessage(Named<Extra>),
    /// A request for the person's location.
    LocationRequestMessage(Named<Extra>),
    /// A request for an address. Meta says that it works in India and Singapore.
    AddressMessage(Named<Extra>),
    /// 2 to 10 cards side by side.
    Carousel(Carousel),
    /// A button that calls the business in WhatsApp.
    VoiceCall(Named<Extra>),
    /// A request for permission to call.
    CallPermissionRequest(Named<Extra>),
    /// A request for the person's phone number.
    RequestContactInfo(Named<Extra>),
    /// An order to be paid.
    OrderDetails(Named<Extra>),
    /// The status of an order.
    OrderStatus(Named<Extra>),
}

/// `{"name": …, "parameters": …}`: the form of most actions.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Named<P> {
    /// Meta's name of the action.
    pub name: String,
    /// The parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<P>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Reply buttons.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Buttons {
    /// 1 to 3.
    pub buttons: Vec<Button>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A reply button.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Button {
    /// `reply`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The content of the button.
    pub reply: Reply,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The content of a reply button.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reply {
    /// The id that returns with the tap. Up to 256 characters, and different from the other ids.
    pub id: String,
    /// The text, up to 20 characters.
    pub title: String,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct List {
    /// The text of the button that opens the list, up to 20 characters.
    pub button: String,
    /// The sections, 1 to 10.
    pub sections: Vec<Section>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A section of a list.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Section {
    /// The title, up to 24 characters. Required when there are several sections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The rows, up to 10 in the whole list.
    pub rows: Vec<Row>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A row of a list.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Row {
    /// The id that returns with the choice. Up to 200 characters, and different from the other ids.
    pub id: String,
    /// The title, up to 24 characters.
    pub title: String,
    /// The description, up to 72 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A button that opens a page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CtaUrl {
    /// The button's text, up to 20 characters.
    pub display_text: String,
    /// The page.
    pub url: String,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A form.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Flow {
    /// The version: `3`.
    pub flow_message_version: String,
    /// The flow's id, …
    #[serde(
        default,
        deserialize_with = "optional_id",
        skip_serializing_if = "Option::is_none"
    )]
    pub flow_id: Option<String>,
    /// … or its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_name: Option<String>,
    /// The button's text, up to 30 characters.
    pub flow_cta: String,
    /// The token that returns with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_token: Option<String>,
    /// `navigate` or `data_exchange`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action: Option<String>,
    /// The first screen and its data, for `navigate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action_payload: Option<Value>,
    /// `draft` or `published`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A product.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Product {
    /// The catalog.
    #[serde(deserialize_with = "id")]
    pub catalog_id: String,
    /// The shop's own id.
    #[serde(deserialize_with = "id")]
    pub product_retailer_id: String,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Several products.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProductList {
    /// The catalog.
    #[serde(deserialize_with = "id")]
    pub catalog_id: String,
    /// The sections, 1 to 10.
    pub sections: Vec<ProductSection>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Products under a title.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ProductSection {
    /// The title, up to 24 characters. Required when there are several sections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The products, up to 30 in the whole message.
    pub product_items: Vec<ProductItem>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A product of a section.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProductItem {
    /// The shop's own id.
    #[serde(deserialize_with = "id")]
    pub product_retailer_id: String,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Cards side by side.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Carousel {
    /// The cards, 2 to 10.
    pub cards: Vec<Card>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A card of a carousel.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Card {
    /// Its index, from 0.
    pub card_index: u32,
    /// `cta_url`, `product`, …
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// An image or a video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The text, up to 160 characters and two line breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Words>,
    /// Its button.
    #[serde(
        default,
        deserialize_with = "or_empty",
        skip_serializing_if = "Extra::is_empty"
    )]
    pub action: Extra,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}
