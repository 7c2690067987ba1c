//! The endpoints that this crate knows, one request type each.

mod assigned_wabas;
mod client_wabas;
mod debug_token;
mod delete_permissions;
mod deregister_phone;
mod exchange_code;
mod exchange_long_lived;
mod get_phone_number;
mod get_waba;
mod health;
mod issued_token;
mod me;
mod me_businesses;
mod owned_wabas;
mod phone_number;
mod phone_numbers;
mod register_phone;
mod request_code;
mod subscribe_app;
mod subscribed_apps;
mod success;
mod unsubscribe_app;
mod verify_code;
mod waba;

pub use assigned_wabas::AssignedWabas;
pub use client_wabas::ClientWabas;
pub use debug_token::{DebugToken, GranularScope, TokenInfo, TokenKind, TokenProblem};
pub use delete_permissions::DeletePermissions;
pub use deregister_phone::DeregisterPhone;
pub use exchange_code::ExchangeCode;
pub use exchange_long_lived::ExchangeLongLived;
pub use get_phone_number::GetPhoneNumber;
pub use get_waba::GetWaba;
pub use health::{CanSendMessage, HealthEntity, HealthError, HealthStatus};
pub use issued_token::IssuedToken;
pub use me::{Me, User};
pub use me_businesses::{Business, MeBusinesses};
pub use owned_wabas::OwnedWabas;
pub use phone_number::{
    AccountMode, CodeVerificationStatus, NameStatus, PhoneNumber, PhoneNumberStatus, Platform,
    QualityRating, Throughput, ThroughputLevel, WebhookConfiguration,
};
pub use phone_numbers::PhoneNumbers;
pub use register_phone::RegisterPhone;
pub use request_code::{CodeMethod, RequestCode};
pub use subscribe_app::{OverrideCallback, SubscribeApp};
pub use subscribed_apps::{AppData, SubscribedApp, SubscribedApps};
pub use success::Success;
pub use unsubscribe_app::UnsubscribeApp;
pub use verify_code::VerifyCode;
pub use waba::{BusinessVerificationStatus, Waba};
