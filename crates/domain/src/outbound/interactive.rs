//! Interactive messages in Meta's shape, and their builders.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extra, Media};

/// `interactive`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Interactive {
    /// Above the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Words>,
    /// Below the text, in small letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<Words>,
    /// What can be done: `type` and `action`.
    #[serde(flatten)]
    pub action: Action,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What stands above the text.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Header {
    /// Words, to 60 characters.
    Text {
        /// They.
        text: String,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A picture.
    Image {
        /// It.
        image: Media,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A film.
    Video {
        /// It.
        video: Media,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A file.
    Document {
        /// It.
        document: Media,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
}

/// `{"text": …}`: the body and the footer.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Words {
    /// The text.
    pub text: String,
    /// What is not modelled.
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
    /// A list to choose from: to 10 rows.
    List(List),
    /// A button that opens a page.
    CtaUrl(Named<CtaUrl>),
    /// A form.
    Flow(Named<Flow>),
    /// One product of a catalog.
    Product(Product),
    /// Several products: to 30.
    ProductList(ProductList),
    /// The catalog.
    CatalogMessage(Named<Extra>),
    /// Asks for the place where the person is.
    LocationRequestMessage(Named<Extra>),
    /// Asks for an address. Meta says that it is for India and Singapore.
    AddressMessage(Named<Extra>),
    /// 2 to 10 cards side by side.
    Carousel(Carousel),
    /// A button that calls the business in WhatsApp.
    VoiceCall(Named<Extra>),
    /// Asks whether the business may call.
    CallPermissionRequest(Named<Extra>),
    /// Asks for the person's phone number.
    RequestContactInfo(Named<Extra>),
    /// An order to be paid.
    OrderDetails(Named<Extra>),
    /// What became of an order.
    OrderStatus(Named<Extra>),
}

/// `{"name": …, "parameters": …}`: most actions.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Named<P> {
    /// Meta's name of the action.
    pub name: String,
    /// What it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<P>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Reply buttons.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Buttons {
    /// 1 to 3.
    pub buttons: Vec<Button>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A reply button.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Button {
    /// `reply`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it says.
    pub reply: Reply,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a reply button says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reply {
    /// Comes back with the tap; to 256 characters, unlike the others' ids.
    pub id: String,
    /// To 20 characters.
    pub title: String,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct List {
    /// What the button says that opens it; to 20 characters.
    pub button: String,
    /// 1 to 10.
    pub sections: Vec<Section>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A part of a list.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Section {
    /// To 24 characters; needed where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// To 10 in the whole list.
    pub rows: Vec<Row>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A row of a list.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Row {
    /// Comes back with the choice; to 200 characters, unlike the others' ids.
    pub id: String,
    /// To 24 characters.
    pub title: String,
    /// To 72 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A button that opens a page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CtaUrl {
    /// What it says; to 20 characters.
    pub display_text: String,
    /// The page.
    pub url: String,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A form.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Flow {
    /// `3`.
    pub flow_message_version: String,
    /// Which flow, by id …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_id: Option<String>,
    /// … or by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_name: Option<String>,
    /// What the button says; to 30 characters.
    pub flow_cta: String,
    /// Comes back with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_token: Option<String>,
    /// `navigate` or `data_exchange`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action: Option<String>,
    /// The first screen and its data, of `navigate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action_payload: Option<Value>,
    /// `draft` or `published`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A product.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Product {
    /// The catalog.
    pub catalog_id: String,
    /// The shop's own id.
    pub product_retailer_id: String,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Several products.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProductList {
    /// The catalog.
    pub catalog_id: String,
    /// 1 to 10.
    pub sections: Vec<ProductSection>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Products under a title.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ProductSection {
    /// To 24 characters; needed where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// To 30 in the whole message.
    pub product_items: Vec<ProductItem>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One product of several.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProductItem {
    /// The shop's own id.
    pub product_retailer_id: String,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Cards side by side.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Carousel {
    /// 2 to 10.
    pub cards: Vec<Card>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A card of a carousel.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Card {
    /// Its place, from 0.
    pub card_index: u32,
    /// `cta_url`, `product`, …
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A picture or a film.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// To 160 characters and two line breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Words>,
    /// Its button.
    #[serde(default, skip_serializing_if = "Extra::is_empty")]
    pub action: Extra,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}
