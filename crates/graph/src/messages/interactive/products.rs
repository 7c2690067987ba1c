//! Products, catalogs and orders.

use serde_json::{Map, Value, json};

use super::InteractiveMessage;
use crate::messages::object::{json_object, list, text};

json_object! {
    /// Products under a title.
    pub struct ProductGroup;
}

impl InteractiveMessage {
    /// Creates a message with one product of a catalog. A body is optional.
    pub fn product(catalog_id: impl Into<String>, product_retailer_id: impl Into<String>) -> Self {
        let action = json!({
            "catalog_id": catalog_id.into(),
            "product_retailer_id": product_retailer_id.into(),
        });
        Self::other("product", action)
    }

    /// Creates a message with 1 to 30 products of a catalog in 1 to 10 sections, under the text header that Meta
    /// requires.
    pub fn product_list(
        header: impl Into<String>,
        body: impl Into<String>,
        catalog_id: impl Into<String>,
        sections: impl IntoIterator<Item = ProductGroup>,
    ) -> Self {
        let action = json!({"catalog_id": catalog_id.into(), "sections": list(sections)});
        Self::other("product_list", action)
            .header(header.into())
            .body(body)
    }

    /// Creates a message that opens the catalog. The product, if any, gives the picture.
    pub fn catalog(body: impl Into<String>, thumbnail: Option<&str>) -> Self {
        let parameters = thumbnail.map(|id| json!({"thumbnail_product_retailer_id": id}));
        Self::named("catalog_message", "catalog_message", parameters).body(body)
    }

    /// Creates an order to be paid, in Brazil, India or Singapore. `parameters` follow Meta's page of the country.
    pub fn order_details(body: impl Into<String>, parameters: impl Into<Value>) -> Self {
        Self::named("order_details", "review_and_pay", Some(parameters.into())).body(body)
    }

    /// Creates the new status of an order: `processing`, `partially_shipped`, `shipped`, `completed`, `canceled` or
    /// another.
    pub fn order_status(
        body: impl Into<String>,
        reference_id: impl Into<String>,
        status: impl Into<String>,
    ) -> Self {
        let parameters = json!({
            "reference_id": reference_id.into(),
            "order": {"status": status.into()},
        });
        Self::named("order_status", "review_order", Some(parameters)).body(body)
    }
}

impl ProductGroup {
    /// Creates a section of products by the shop's own ids. The title has at most 24 characters.
    pub fn new<P: Into<String>>(
        title: impl Into<String>,
        product_retailer_ids: impl IntoIterator<Item = P>,
    ) -> Self {
        let ids = product_retailer_ids.into_iter();
        let items = ids.map(|id| json!({"product_retailer_id": id.into()}));
        Self(Map::new())
            .set("title", text(title))
            .set("product_items", list(items))
    }
}
