use super::Waba;
use crate::endpoint::{Endpoint, Request};

/// `GET /{waba}`: reads one WABA.
#[derive(Debug, Clone)]
pub struct GetWaba {
    /// The WABA.
    pub waba_id: String,
    /// The fields wanted, separated by commas. One that Meta does not know fails the call.
    pub fields: String,
}

impl GetWaba {
    /// The fields of [`Waba`].
    pub const FIELDS: &str = "id,name,account_review_status,business_verification_status,country,\
        currency,health_status,message_template_namespace,on_behalf_of_business_info,\
        owner_business_info,ownership_type,status,timezone_id,\
        whatsapp_business_manager_messaging_limit";

    /// Asks for all fields of [`Waba`].
    pub fn new(waba_id: impl Into<String>) -> Self {
        Self {
            waba_id: waba_id.into(),
            fields: Self::FIELDS.to_owned(),
        }
    }
}

impl Endpoint for GetWaba {
    type Response = Waba;
    const NAME: &'static str = "GetWaba";

    fn request(&self) -> Request {
        Request::get([self.waba_id.as_str()]).query("fields", &self.fields)
    }
}
