//! Definitions of templates: typed builders for what [`CreateTemplate`](crate::endpoints::CreateTemplate) and
//! [`EditTemplate`](crate::endpoints::EditTemplate) send.
//!
//! ```
//! use wabakit_graph::endpoints::TemplateCategory;
//! use wabakit_graph::template_definitions::{TemplateBody, TemplateButton, TemplateDefinition};
//!
//! let template = TemplateDefinition::new("order_shipped", "en_US", TemplateCategory::Utility)
//!     .header("Your order")
//!     .body(TemplateBody::new("Hi {{1}}, order {{2}} is on its way.").example(["Zoë", "TX-1"]))
//!     .footer("Juniper & Sage")
//!     .buttons([TemplateButton::url("Track", "https://shop.example/track/{{1}}").example("TX-1")]);
//! assert_eq!(template.to_json()["components"][1]["example"]["body_text"][0][1], "TX-1");
//! ```
//!
//! Source: Meta, WhatsApp Business Management API, "Templates", "Template components".

use serde_json::{Map, Value, json};

use crate::endpoints::TemplateCategory;
use crate::messages::object::{json_object, list, text};

json_object! {
    /// A template.
    pub struct TemplateDefinition;
    /// The header of a template. A string converts into a text header.
    pub struct TemplateHeader;
    /// The body of a template. A string converts into a body without parameters.
    pub struct TemplateBody;
    /// A button of a template.
    pub struct TemplateButton;
    /// A button for a one-time code.
    pub struct OtpButton;
    /// A card of a template's carousel.
    pub struct TemplateCardDefinition;
}

macro_rules! components {
    ($($name:ident)+) => {$(
        impl $name {
            /// Sets the header.
            pub fn header(self, header: impl Into<TemplateHeader>) -> Self {
                self.component(header.into())
            }

            /// Sets the body.
            pub fn body(self, body: impl Into<TemplateBody>) -> Self {
                self.component(body.into())
            }

            /// Sets the buttons, 1 to 10. Quick replies stand together, before or after the others.
            pub fn buttons(self, buttons: impl IntoIterator<Item = TemplateButton>) -> Self {
                self.component(json!({"type": "BUTTONS", "buttons": list(buttons)}))
            }

            /// Adds a component of any kind, in Meta's form.
            pub fn component(mut self, component: impl Into<Value>) -> Self {
                let components = self.0.entry("components").or_insert_with(|| json!([]));
                if let Value::Array(components) = components {
                    components.push(component.into());
                }
                self
            }
        }
    )+};
}

components! { TemplateDefinition TemplateCardDefinition }

impl TemplateDefinition {
    /// Creates a template. The name has 1 to 512 characters of `a-z 0-9 _`; the language is a code of Meta's list, such
    /// as `en_US`.
    pub fn new(
        name: impl Into<String>,
        language: impl Into<String>,
        category: TemplateCategory,
    ) -> Self {
        Self(Map::new())
            .set("name", text(name))
            .set("language", text(language))
            .set("category", category.as_str())
    }

    /// Creates an authentication template, whose texts are Meta's own. `expires_minutes`, 1 to 90, adds a footer.
    pub fn authentication(
        name: impl Into<String>,
        language: impl Into<String>,
        button: OtpButton,
        security_recommendation: bool,
        expires_minutes: Option<u8>,
    ) -> Self {
        let body = json!({"type": "BODY", "add_security_recommendation": security_recommendation});
        let template = Self::new(name, language, TemplateCategory::Authentication).component(body);
        let template = match expires_minutes {
            Some(minutes) => {
                template.component(json!({"type": "FOOTER", "code_expiration_minutes": minutes}))
            }
            None => template,
        };
        template.component(json!({"type": "BUTTONS", "buttons": [button.to_json()]}))
    }

    /// Creates a template from an entry of Meta's library. Its text is fixed.
    pub fn from_library(
        name: impl Into<String>,
        language: impl Into<String>,
        category: TemplateCategory,
        library_template_name: impl Into<String>,
    ) -> Self {
        Self::new(name, language, category)
            .set("library_template_name", text(library_template_name))
    }

    /// Gives the parameters names: `{{first_name}}` instead of `{{1}}`.
    pub fn named_parameters(self) -> Self {
        self.set("parameter_format", "NAMED")
    }

    /// Sets the footer, at most 60 characters, without parameters.
    pub fn footer(self, footer: impl Into<String>) -> Self {
        self.component(json!({"type": "FOOTER", "text": footer.into()}))
    }

    /// Sets how long Meta tries to deliver: 30 to 900 s for authentication, 30 to 43,200 for utility, 43,200 to 2,592,000
    /// for marketing; −1 means 30 days for the first two.
    pub fn ttl_seconds(self, seconds: i32) -> Self {
        self.set("message_send_ttl_seconds", seconds)
    }

    /// Adds a limited-time offer. The text has at most 16 characters. Marketing only, with an image or video as header
    /// and without footer.
    pub fn limited_time_offer(self, title: impl Into<String>, has_expiration: bool) -> Self {
        let offer = json!({"text": title.into(), "has_expiration": has_expiration});
        self.component(json!({"type": "LIMITED_TIME_OFFER", "limited_time_offer": offer}))
    }

    /// Adds a carousel of 2 to 10 cards, each with the same components. Marketing only.
    pub fn carousel(self, cards: impl IntoIterator<Item = TemplateCardDefinition>) -> Self {
        self.component(json!({"type": "CAROUSEL", "cards": list(cards)}))
    }

    /// Asks for permission to call. No buttons, carousel or offer may stand beside it.
    pub fn call_permission_request(self) -> Self {
        self.component(json!({"type": "call_permission_request"}))
    }

    /// Switches Meta's counting of clicks on links off.
    pub fn link_tracking_opt_out(self) -> Self {
        self.set("cta_url_link_tracking_opted_out", true)
    }

    /// Sets the highest price for 1,000 deliveries, in the smallest unit of the account's currency. Marketing only.
    pub fn max_price(self, bid_amount: u64) -> Self {
        let spec = json!({"bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": bid_amount});
        self.set("optimization_spec", spec)
    }
}

impl TemplateCardDefinition {
    /// Creates a card without components.
    pub fn new() -> Self {
        Self(Map::new())
    }
}

impl Default for TemplateCardDefinition {
    fn default() -> Self {
        Self::new()
    }
}

impl TemplateHeader {
    /// Creates a text header, at most 60 characters with at most one parameter.
    pub fn text(header: impl Into<String>) -> Self {
        Self::format("TEXT").set("text", text(header))
    }

    /// Creates an image header. The handle of an example comes from
    /// [`UploadSession`](crate::endpoints::UploadSession).
    pub fn image(handle: impl Into<String>) -> Self {
        Self::format("IMAGE").handle(handle)
    }

    /// Creates a video header.
    pub fn video(handle: impl Into<String>) -> Self {
        Self::format("VIDEO").handle(handle)
    }

    /// Creates a document header: PDF.
    pub fn document(handle: impl Into<String>) -> Self {
        Self::format("DOCUMENT").handle(handle)
    }

    /// Creates a header of a moving picture: MP4, at most 3.5 MB. Marketing Messages API only.
    pub fn gif(handle: impl Into<String>) -> Self {
        Self::format("GIF").handle(handle)
    }

    /// Creates a location header, whose place is given when a message is sent.
    pub fn location() -> Self {
        Self::format("LOCATION")
    }

    /// Creates a product header, for cards of a product carousel and single products.
    pub fn product() -> Self {
        Self::format("PRODUCT")
    }

    /// Sets the example of the text's parameter.
    pub fn example(self, value: impl Into<String>) -> Self {
        self.set("example", json!({"header_text": [value.into()]}))
    }

    /// Sets the example of the text's named parameter.
    pub fn named_example(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let example = json!({"param_name": name.into(), "example": value.into()});
        self.set("example", json!({"header_text_named_params": [example]}))
    }

    fn format(format: &str) -> Self {
        Self(Map::new()).set("type", "HEADER").set("format", format)
    }

    fn handle(self, handle: impl Into<String>) -> Self {
        self.set("example", json!({"header_handle": [handle.into()]}))
    }
}

impl<T: Into<String>> From<T> for TemplateHeader {
    fn from(header: T) -> Self {
        Self::text(header)
    }
}

impl TemplateBody {
    /// Creates a body, at most 1,024 characters. It does not begin or end with a parameter.
    pub fn new(body: impl Into<String>) -> Self {
        Self(Map::new()).set("type", "BODY").set("text", text(body))
    }

    /// Sets examples of the parameters, in their order. Meta requires them.
    pub fn example<V: Into<String>>(self, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        self.set("example", json!({"body_text": [values]}))
    }

    /// Sets examples of named parameters.
    pub fn named_examples<N: Into<String>, V: Into<String>>(
        self,
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let values = values
            .into_iter()
            .map(|(name, value)| json!({"param_name": name.into(), "example": value.into()}));
        self.set("example", json!({"body_text_named_params": list(values)}))
    }
}

impl<T: Into<String>> From<T> for TemplateBody {
    fn from(body: T) -> Self {
        Self::new(body)
    }
}

/// Each text has at most 25 characters where no other number is named.
impl TemplateButton {
    /// Creates a button of a type that this crate does not know.
    pub fn other(kind: impl Into<String>) -> Self {
        Self(Map::new()).set("type", text(kind))
    }

    /// Creates a button that answers. At most 10.
    pub fn quick_reply(title: impl Into<String>) -> Self {
        Self::titled("QUICK_REPLY", title)
    }

    /// Creates a button that opens a page. At most 2. The address may end with one parameter, and then needs an
    /// [`example`](Self::example).
    pub fn url(title: impl Into<String>, url: impl Into<String>) -> Self {
        Self::titled("URL", title).set("url", text(url))
    }

    /// Creates a button that calls a phone number. At most 1.
    pub fn phone_number(title: impl Into<String>, phone_number: impl Into<String>) -> Self {
        Self::titled("PHONE_NUMBER", title).set("phone_number", text(phone_number))
    }

    /// Creates a button that copies a code, of which this is an example of at most 15 characters. At most 1.
    pub fn copy_code(example: impl Into<String>) -> Self {
        Self::other("COPY_CODE").set("example", text(example))
    }

    /// Creates a button that opens a form (WhatsApp Flow) at a screen.
    pub fn flow(
        title: impl Into<String>,
        flow_id: impl Into<String>,
        navigate_screen: impl Into<String>,
    ) -> Self {
        Self::titled("FLOW", title)
            .set("flow_id", text(flow_id))
            .set("flow_action", "navigate")
            .set("navigate_screen", text(navigate_screen))
    }

    /// Creates a button that calls the business in WhatsApp. The text has at most 20 characters.
    pub fn voice_call(title: impl Into<String>) -> Self {
        Self::titled("VOICE_CALL", title)
    }

    /// Creates a button that asks for the person's phone number.
    pub fn request_contact_info() -> Self {
        Self::other("REQUEST_CONTACT_INFO")
    }

    /// Creates a button that opens the catalog.
    pub fn catalog() -> Self {
        Self::titled("CATALOG", "View catalog")
    }

    /// Creates a button that shows several products.
    pub fn products() -> Self {
        Self::titled("MPM", "View items")
    }

    /// Creates a button that shows one product.
    pub fn product() -> Self {
        Self::titled("SPM", "View")
    }

    /// Sets an example of the address's parameter.
    pub fn example(self, value: impl Into<String>) -> Self {
        self.set("example", json!([value.into()]))
    }

    fn titled(kind: &str, title: impl Into<String>) -> Self {
        Self::other(kind).set("text", text(title))
    }
}

impl OtpButton {
    /// Creates a button that copies the code.
    pub fn copy_code() -> Self {
        Self::new("COPY_CODE")
    }

    /// Creates a button that fills the code into an Android app: its package and the 11 characters of its signature hash.
    pub fn one_tap(package_name: impl Into<String>, signature_hash: impl Into<String>) -> Self {
        Self::new("ONE_TAP").app(package_name, signature_hash)
    }

    /// Creates a button that hands the code to an Android app without a tap. It accepts Meta's terms for that.
    pub fn zero_tap(package_name: impl Into<String>, signature_hash: impl Into<String>) -> Self {
        Self::new("ZERO_TAP")
            .set("zero_tap_terms_accepted", true)
            .app(package_name, signature_hash)
    }

    /// Adds an app. At most 5.
    pub fn app(
        mut self,
        package_name: impl Into<String>,
        signature_hash: impl Into<String>,
    ) -> Self {
        let app = json!({
            "package_name": package_name.into(),
            "signature_hash": signature_hash.into(),
        });
        let apps = self.0.entry("supported_apps").or_insert_with(|| json!([]));
        if let Value::Array(apps) = apps {
            apps.push(app);
        }
        self
    }

    /// Sets the text of the button that copies the code, at most 25 characters.
    pub fn text(self, title: impl Into<String>) -> Self {
        self.set("text", text(title))
    }

    fn new(kind: &str) -> Self {
        Self(Map::new()).set("type", "OTP").set("otp_type", kind)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use TemplateCategory::{Authentication, Marketing, Utility};

    fn base(category: &TemplateCategory, components: Value) -> Value {
        json!({
            "name": "n", "language": "en_US", "category": category.as_str(), "components": components,
        })
    }

    fn new(category: TemplateCategory) -> TemplateDefinition {
        TemplateDefinition::new("n", "en_US", category)
    }

    #[rstest]
    #[case(
        new(Marketing)
            .header("Fall Sale")
            .body(TemplateBody::new("Hi {{1}}, use {{2}} now!").example(["Mark", "FALL25"]))
            .footer("Not interested?")
            .buttons([TemplateButton::quick_reply("Stop promotions")]),
        Marketing,
        json!([
            {"format": "TEXT", "text": "Fall Sale", "type": "HEADER"},
            {"example": {"body_text": [["Mark", "FALL25"]]}, "text": "Hi {{1}}, use {{2}} now!", "type": "BODY"},
            {"text": "Not interested?", "type": "FOOTER"},
            {"buttons": [{"text": "Stop promotions", "type": "QUICK_REPLY"}], "type": "BUTTONS"},
        ])
    )]
    #[case(
        new(Marketing).body("Check out this new offer").buttons([
            TemplateButton::flow("Check out this offer!", "{{Flow-ID}}", "<SCREEN_ID>"),
        ]),
        Marketing,
        json!([
            {"text": "Check out this new offer", "type": "BODY"},
            {"buttons": [{"flow_action": "navigate", "flow_id": "{{Flow-ID}}", "navigate_screen": "<SCREEN_ID>",
                          "text": "Check out this offer!", "type": "FLOW"}], "type": "BUTTONS"},
        ])
    )]
    #[case(
        TemplateDefinition::authentication(
            "n", "en_US", OtpButton::copy_code().text("Copy Code"), true, Some(10),
        ),
        Authentication,
        json!([
            {"add_security_recommendation": true, "type": "BODY"},
            {"code_expiration_minutes": 10, "type": "FOOTER"},
            {"buttons": [{"otp_type": "COPY_CODE", "text": "Copy Code", "type": "OTP"}], "type": "BUTTONS"},
        ])
    )]
    #[case(
        TemplateDefinition::authentication(
            "n", "en_US", OtpButton::zero_tap("com.example.luckyshrub", "K8a/AINcGX7"), false, None,
        ),
        Authentication,
        json!([
            {"add_security_recommendation": false, "type": "BODY"},
            {"buttons": [{
                "otp_type": "ZERO_TAP", "type": "OTP", "zero_tap_terms_accepted": true,
                "supported_apps": [{"package_name": "com.example.luckyshrub", "signature_hash": "K8a/AINcGX7"}],
            }], "type": "BUTTONS"},
        ])
    )]
    #[case(
        new(Utility).header(TemplateHeader::image("4::aW")).body("b").buttons([
            TemplateButton::phone_number("Call", "15550051310"),
            TemplateButton::url("Shop", "https://www.luckyshrub.com/shop?promo={{1}}").example("summer2023"),
            TemplateButton::copy_code("250FF"),
            TemplateButton::voice_call("Call now").set("ttl_minutes", 1440),
            TemplateButton::request_contact_info(),
            TemplateButton::catalog(),
            TemplateButton::products(),
            TemplateButton::product(),
            TemplateButton::other("ORDER_DETAILS"),
        ]),
        Utility,
        json!([
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}},
            {"type": "BODY", "text": "b"},
            {"type": "BUTTONS", "buttons": [
                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "15550051310"},
                {"type": "URL", "text": "Shop", "url": "https://www.luckyshrub.com/shop?promo={{1}}",
                 "example": ["summer2023"]},
                {"type": "COPY_CODE", "example": "250FF"},
                {"type": "VOICE_CALL", "text": "Call now", "ttl_minutes": 1440},
                {"type": "REQUEST_CONTACT_INFO"},
                {"type": "CATALOG", "text": "View catalog"},
                {"type": "MPM", "text": "View items"},
                {"type": "SPM", "text": "View"},
                {"type": "ORDER_DETAILS"},
            ]},
        ])
    )]
    #[case(
        new(Marketing)
            .header(TemplateHeader::video("4::dm"))
            .limited_time_offer("Expiring!", true)
            .body("b")
            .carousel([TemplateCardDefinition::new().header(TemplateHeader::product()).body("card")])
            .call_permission_request(),
        Marketing,
        json!([
            {"type": "HEADER", "format": "VIDEO", "example": {"header_handle": ["4::dm"]}},
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Expiring!", "has_expiration": true}},
            {"type": "BODY", "text": "b"},
            {"type": "CAROUSEL", "cards": [{"components": [
                {"type": "HEADER", "format": "PRODUCT"}, {"type": "BODY", "text": "card"},
            ]}]},
            {"type": "call_permission_request"},
        ])
    )]
    fn each_component_is_written_as_meta_documents_it(
        #[case] template: TemplateDefinition,
        #[case] category: TemplateCategory,
        #[case] components: Value,
    ) {
        assert_eq!(template.to_json(), base(&category, components));
    }

    #[test]
    fn named_parameters_have_named_examples() {
        let template = new(Utility)
            .named_parameters()
            .header(TemplateHeader::text("Hi {{name}}").named_example("name", "Zoë"))
            .body(
                TemplateBody::new("Order {{order}} is here.").named_examples([("order", "TX-1")]),
            );
        let json = template.to_json();
        assert_eq!(json["parameter_format"], "NAMED");
        let header =
            json!({"header_text_named_params": [{"param_name": "name", "example": "Zoë"}]});
        assert_eq!(json["components"][0]["example"], header);
        let body = json!({"body_text_named_params": [{"param_name": "order", "example": "TX-1"}]});
        assert_eq!(json["components"][1]["example"], body);
    }

    #[test]
    fn settings_stand_beside_the_components() {
        let template = TemplateDefinition::from_library("n", "en_US", Utility, "delivery_update_1")
            .ttl_seconds(-1)
            .link_tracking_opt_out()
            .max_price(1200);
        let documented = json!({
            "name": "n", "language": "en_US", "category": "UTILITY",
            "library_template_name": "delivery_update_1", "message_send_ttl_seconds": -1,
            "cta_url_link_tracking_opted_out": true,
            "optimization_spec": {"bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": 1200},
        });
        assert_eq!(template.to_json(), documented);
    }
}
