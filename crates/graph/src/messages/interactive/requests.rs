//! Messages that ask for something: a form, a location, an address, a phone number, a call.

use serde_json::{Map, Value, json};

use super::InteractiveMessage;
use crate::messages::object::{json_object, text};

json_object! {
    /// A form (WhatsApp Flow) and the button that opens it.
    pub struct FlowLaunch;
    /// An address that is asked for.
    pub struct AddressRequest;
    /// A button that calls the business in WhatsApp.
    pub struct VoiceCallButton;
}

impl InteractiveMessage {
    /// Creates a message with a button that opens a form.
    pub fn flow(body: impl Into<String>, flow: FlowLaunch) -> Self {
        Self::named("flow", "flow", Some(flow.into())).body(body)
    }

    /// Creates a request for the person's location.
    pub fn location_request(body: impl Into<String>) -> Self {
        Self::named("location_request_message", "send_location", None).body(body)
    }

    /// Creates a request for a postal address. Meta offers it in India and Singapore.
    pub fn address(body: impl Into<String>, address: AddressRequest) -> Self {
        Self::named("address_message", "address_message", Some(address.into())).body(body)
    }

    /// Creates a request for the phone number of a person who is known by a user id only.
    pub fn contact_info_request(body: impl Into<String>) -> Self {
        Self::named("request_contact_info", "request_contact_info", None).body(body)
    }

    /// Creates a request for permission to call the person.
    pub fn call_permission_request(body: impl Into<String>) -> Self {
        Self::named("call_permission_request", "call_permission_request", None).body(body)
    }

    /// Creates a message with a button that calls the business.
    pub fn voice_call(body: impl Into<String>, button: VoiceCallButton) -> Self {
        Self::named("voice_call", "voice_call", Some(button.into())).body(body)
    }
}

impl FlowLaunch {
    /// Opens a published form by its id. The button's text has at most 30 characters.
    pub fn id(flow_id: impl Into<String>, cta: impl Into<String>) -> Self {
        Self::new("flow_id", flow_id, cta)
    }

    /// Opens a form by its name.
    pub fn name(flow_name: impl Into<String>, cta: impl Into<String>) -> Self {
        Self::new("flow_name", flow_name, cta)
    }

    fn new(field: &str, flow: impl Into<String>, cta: impl Into<String>) -> Self {
        Self(Map::new())
            .set("flow_message_version", "3")
            .set(field, text(flow))
            .set("flow_cta", text(cta))
    }

    /// Sets the token that comes back with the answer.
    pub fn token(self, token: impl Into<String>) -> Self {
        self.set("flow_token", text(token))
    }

    /// Opens this screen, without asking the business's endpoint. `data` is an object, or null for none.
    pub fn navigate(self, screen: impl Into<String>, data: impl Into<Value>) -> Self {
        let mut payload = Map::from_iter([("screen".to_owned(), text(screen))]);
        let data = data.into();
        if !data.is_null() {
            payload.insert("data".to_owned(), data);
        }
        self.set("flow_action", "navigate")
            .set("flow_action_payload", payload)
    }

    /// Asks the business's endpoint for the first screen.
    pub fn data_exchange(self) -> Self {
        self.set("flow_action", "data_exchange")
    }

    /// Opens a draft, which only people of the business can see.
    pub fn draft(self) -> Self {
        self.set("mode", "draft")
    }
}

impl AddressRequest {
    /// Asks for an address in a country, given by its two letters.
    pub fn country(country: impl Into<String>) -> Self {
        Self(Map::new()).set("country", text(country))
    }

    /// Fills fields in advance, by Meta's names: `name`, `phone_number`, `in_pin_code`, …
    pub fn values(self, values: impl IntoIterator<Item = (String, String)>) -> Self {
        let values: Map<_, _> = (values.into_iter())
            .map(|(field, value)| (field, Value::String(value)))
            .collect();
        self.set("values", values)
    }
}

impl VoiceCallButton {
    /// Creates a button. Its text has at most 20 characters.
    pub fn new(display_text: impl Into<String>) -> Self {
        Self(Map::new()).set("display_text", text(display_text))
    }

    /// Sets how long the button works: 1 to 43,200 minutes, by default 7 days.
    pub fn ttl_minutes(self, minutes: u32) -> Self {
        self.set("ttl_minutes", minutes)
    }

    /// Sets the payload that comes with the call, for the webhook.
    pub fn payload(self, payload: impl Into<String>) -> Self {
        self.set("payload", text(payload))
    }
}

/// Makes the parameters of a link, which cards have too.
pub(super) fn link(display_text: String, url: String) -> Value {
    json!({"name": "cta_url", "parameters": {"display_text": display_text, "url": url}})
}
