//! Builders of interactive messages.

use serde_json::json;

use super::{
    Action, Button, Buttons, Card, Carousel, CtaUrl, Extra, Flow, Header, Interactive, List, Media,
    Named, Product, ProductItem, ProductList, ProductSection, Reply, Row, Section, Words,
};

/// Makes an object with these fields. Empty ones are left out.
fn fields<const N: usize>(fields: [(&str, Option<String>); N]) -> Extra {
    (fields.into_iter())
        .filter_map(|(key, value)| Some((key.to_owned(), value?.into())))
        .collect()
}

fn named<P>(name: &str, parameters: Option<P>) -> Named<P> {
    Named {
        name: name.to_owned(),
        parameters,
        extra: Extra::new(),
    }
}

impl Interactive {
    /// Creates a message with any action under a text.
    pub fn new(body: impl Into<String>, action: Action) -> Self {
        Self {
            header: None,
            body: Some(Words::from(body)),
            footer: None,
            action,
            extra: Extra::new(),
        }
    }

    /// Creates a message with 1 to 3 reply buttons, each with an id and a title.
    pub fn buttons<I: Into<String>, T: Into<String>>(
        body: impl Into<String>,
        buttons: impl IntoIterator<Item = (I, T)>,
    ) -> Self {
        let buttons = (buttons.into_iter())
            .map(|(id, title)| Button {
                kind: "reply".to_owned(),
                reply: Reply {
                    id: id.into(),
                    title: title.into(),
                    extra: Extra::new(),
                },
                extra: Extra::new(),
            })
            .collect();
        let extra = Extra::new();
        Self::new(body, Action::Button(Buttons { buttons, extra }))
    }

    /// Creates a list that a button opens.
    pub fn list(
        body: impl Into<String>,
        button: impl Into<String>,
        sections: impl IntoIterator<Item = Section>,
    ) -> Self {
        let list = List {
            button: button.into(),
            sections: sections.into_iter().collect(),
            extra: Extra::new(),
        };
        Self::new(body, Action::List(list))
    }

    /// Creates a button that opens a page.
    pub fn cta_url(
        body: impl Into<String>,
        display_text: impl Into<String>,
        url: impl Into<String>,
    ) -> Self {
        let parameters = CtaUrl {
            display_text: display_text.into(),
            url: url.into(),
            extra: Extra::new(),
        };
        Self::new(body, Action::CtaUrl(named("cta_url", Some(parameters))))
    }

    /// Creates a form.
    pub fn flow(body: impl Into<String>, flow: Flow) -> Self {
        Self::new(body, Action::Flow(named("flow", Some(flow))))
    }

    /// Creates a message with one product of a catalog and no text of its own.
    pub fn product(catalog: impl Into<String>, product: impl Into<String>) -> Self {
        Self {
            header: None,
            body: None,
            footer: None,
            action: Action::Product(Product {
                catalog_id: catalog.into(),
                product_retailer_id: product.into(),
                extra: Extra::new(),
            }),
            extra: Extra::new(),
        }
    }

    /// Creates a message with several products of a catalog, under the header that Meta requires.
    pub fn product_list(
        header: impl Into<String>,
        body: impl Into<String>,
        catalog: impl Into<String>,
        sections: impl IntoIterator<Item = ProductSection>,
    ) -> Self {
        let list = ProductList {
            catalog_id: catalog.into(),
            sections: sections.into_iter().collect(),
            extra: Extra::new(),
        };
        Self::new(body, Action::ProductList(list)).header_text(header)
    }

    /// Creates a message with the catalog, illustrated by one product.
    pub fn catalog(body: impl Into<String>, thumbnail: Option<String>) -> Self {
        let parameters =
            thumbnail.map(|product| fields([("thumbnail_product_retailer_id", Some(product))]));
        Self::new(
            body,
            Action::CatalogMessage(named("catalog_message", parameters)),
        )
    }

    /// Creates a request for the person's location.
    pub fn location_request(body: impl Into<String>) -> Self {
        Self::new(
            body,
            Action::LocationRequestMessage(named("send_location", None)),
        )
    }

    /// Creates a request for an address in a country, given as two letters.
    pub fn address(body: impl Into<String>, country: impl Into<String>) -> Self {
        let parameters = fields([("country", Some(country.into()))]);
        Self::new(
            body,
            Action::AddressMessage(named("address_message", Some(parameters))),
        )
    }

    /// Creates a carousel of 2 to 10 cards. It numbers the cards.
    pub fn carousel(body: impl Into<String>, cards: impl IntoIterator<Item = Card>) -> Self {
        let cards = ((0..).zip(cards))
            .map(|(card_index, card)| Card { card_index, ..card })
            .collect();
        let extra = Extra::new();
        Self::new(body, Action::Carousel(Carousel { cards, extra }))
    }

    /// Creates a button that calls the business in WhatsApp.
    pub fn voice_call(body: impl Into<String>, display_text: impl Into<String>) -> Self {
        let parameters = fields([("display_text", Some(display_text.into()))]);
        Self::new(
            body,
            Action::VoiceCall(named("voice_call", Some(parameters))),
        )
    }

    /// Creates a request for permission to call.
    pub fn call_permission(body: impl Into<String>) -> Self {
        Self::new(
            body,
            Action::CallPermissionRequest(named("call_permission_request", None)),
        )
    }

    /// Creates a request for the person's phone number.
    pub fn contact_info(body: impl Into<String>) -> Self {
        Self::new(
            body,
            Action::RequestContactInfo(named("request_contact_info", None)),
        )
    }

    /// Creates an order to be paid. `parameters` follow Meta's documentation for the country.
    pub fn order_details(body: impl Into<String>, parameters: Extra) -> Self {
        Self::new(
            body,
            Action::OrderDetails(named("review_and_pay", Some(parameters))),
        )
    }

    /// Creates a status of an order: `processing`, `shipped`, `completed`, …
    pub fn order_status(
        body: impl Into<String>,
        reference: impl Into<String>,
        status: impl Into<String>,
    ) -> Self {
        let mut parameters = fields([("reference_id", Some(reference.into()))]);
        parameters.insert("order".to_owned(), json!({"status": status.into()}));
        Self::new(
            body,
            Action::OrderStatus(named("review_order", Some(parameters))),
        )
    }

    /// Sets a text as the header.
    pub fn header_text(self, text: impl Into<String>) -> Self {
        self.header(Header::Text {
            text: text.into(),
            extra: Extra::new(),
        })
    }

    /// Sets the header.
    pub fn header(mut self, header: Header) -> Self {
        self.header = Some(header);
        self
    }

    /// Sets the footer.
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.footer = Some(Words::from(text));
        self
    }
}

impl Header {
    /// Creates a header with an image.
    pub fn image(image: Media) -> Self {
        Self::Image {
            image,
            extra: Extra::new(),
        }
    }

    /// Creates a header with a video.
    pub fn video(video: Media) -> Self {
        Self::Video {
            video,
            extra: Extra::new(),
        }
    }

    /// Creates a header with a document.
    pub fn document(document: Media) -> Self {
        Self::Document {
            document,
            extra: Extra::new(),
        }
    }
}

impl Section {
    /// Creates a section of rows.
    pub fn new(title: impl Into<String>, rows: impl IntoIterator<Item = Row>) -> Self {
        Self {
            title: Some(title.into()),
            rows: rows.into_iter().collect(),
            extra: Extra::new(),
        }
    }
}

impl Row {
    /// Creates a row with an id and a title.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            ..Self::default()
        }
    }

    /// Sets the second line.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

impl Flow {
    /// Creates a published flow by its id. `cta` is the text of the button that opens it.
    pub fn new(id: impl Into<String>, cta: impl Into<String>) -> Self {
        Self {
            flow_message_version: "3".to_owned(),
            flow_id: Some(id.into()),
            flow_cta: cta.into(),
            ..Self::default()
        }
    }

    /// Sets the token that returns with the answer.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.flow_token = Some(token.into());
        self
    }
}

impl ProductSection {
    /// Creates a section of products by the shop's own ids.
    pub fn new<P: Into<String>>(
        title: impl Into<String>,
        products: impl IntoIterator<Item = P>,
    ) -> Self {
        let item = |product: P| ProductItem {
            product_retailer_id: product.into(),
            extra: Extra::new(),
        };
        Self {
            title: Some(title.into()),
            product_items: products.into_iter().map(item).collect(),
            extra: Extra::new(),
        }
    }
}

impl Card {
    /// Creates a card with an image or video, and a button that opens a page.
    pub fn cta_url(
        header: Header,
        body: impl Into<String>,
        display_text: impl Into<String>,
        url: impl Into<String>,
    ) -> Self {
        let mut action = fields([("name", Some("cta_url".to_owned()))]);
        let parameters = json!({"display_text": display_text.into(), "url": url.into()});
        action.insert("parameters".to_owned(), parameters);
        Self {
            card_index: 0,
            kind: Some("cta_url".to_owned()),
            header: Some(header),
            body: Some(Words::from(body)),
            action,
            extra: Extra::new(),
        }
    }
}
