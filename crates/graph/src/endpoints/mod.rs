//! The endpoints that this crate knows, one request type each.

mod app_subscriptions;
mod assigned_wabas;
mod block_list;
mod business_profile;
mod client_wabas;
mod debug_token;
mod delete_media;
mod delete_permissions;
mod deregister_phone;
mod download_media;
mod exchange_code;
mod exchange_long_lived;
mod get_media;
mod get_phone_number;
mod get_waba;
mod health;
mod issued_token;
mod mark_read;
mod me;
mod me_businesses;
mod override_phone_callback;
mod owned_wabas;
mod phone_number;
mod phone_numbers;
mod phone_settings;
mod qr_codes;
mod raw;
mod register_phone;
mod request_code;
mod resumable_upload;
mod send_marketing;
mod send_message;
mod subscribe_app;
mod subscribe_webhooks;
mod subscribed_apps;
mod success;
mod table;
mod templates;
mod unsubscribe_app;
mod unsubscribe_webhooks;
mod upload_media;
mod verify_code;
mod waba;

pub use app_subscriptions::{AppSubscription, AppSubscriptions, SubscribedField};
pub use assigned_wabas::AssignedWabas;
pub use block_list::{
    BlockChanges, BlockUsers, BlockedUser, ListBlockedUsers, UnblockUsers, UserToBlock,
};
pub use business_profile::{
    BusinessProfile, BusinessProfiles, GetBusinessProfile, UpdateBusinessProfile,
};
pub use client_wabas::ClientWabas;
pub use debug_token::{DebugToken, GranularScope, TokenInfo, TokenKind, TokenProblem};
pub use delete_media::DeleteMedia;
pub use delete_permissions::DeletePermissions;
pub use deregister_phone::DeregisterPhone;
pub use download_media::{Download, DownloadMedia};
pub use exchange_code::ExchangeCode;
pub use exchange_long_lived::ExchangeLongLived;
pub use get_media::{GetMedia, Media};
pub use get_phone_number::GetPhoneNumber;
pub use get_waba::GetWaba;
pub use health::{CanSendMessage, HealthEntity, HealthError, HealthStatus};
pub use issued_token::IssuedToken;
pub use mark_read::MarkRead;
pub use me::{Me, User};
pub use me_businesses::{Business, MeBusinesses};
pub use override_phone_callback::OverridePhoneCallback;
pub use owned_wabas::OwnedWabas;
pub use phone_number::{
    AccountMode, CodeVerificationStatus, NameStatus, PhoneNumber, PhoneNumberStatus, Platform,
    QualityRating, Throughput, ThroughputLevel, WebhookConfiguration,
};
pub use phone_numbers::PhoneNumbers;
pub use phone_settings::{
    BotCommand, BusinessUsername, ChangeDisplayName, CommerceSettings, CommerceSettingsList,
    ConversationalAutomation, ConversationalAutomationOf, DeleteUsername, GetCommerceSettings,
    GetConversationalAutomation, GetPhoneSettings, GetUsername, PhoneSettings, SetPin, SetUsername,
    UpdateCommerceSettings, UpdateConversationalAutomation, UpdatePhoneSettings,
};
pub use qr_codes::{
    CreateQrCode, DeleteQrCode, GetQrCode, ListQrCodes, QrCode, QrImageFormat, UpdateQrCode,
};
pub use raw::{Raw, RawAnswer};
pub use register_phone::RegisterPhone;
pub use request_code::{CodeMethod, RequestCode};
pub use resumable_upload::{
    GetUpload, StartUpload, UploadPart, UploadProgress, UploadSession, UploadedFile,
};
pub use send_marketing::{ProductPolicy, SendMarketing};
pub use send_message::{MessageBody, SendMessage, SentMessage, SentTo};
pub use subscribe_app::{OverrideCallback, SubscribeApp};
pub use subscribe_webhooks::SubscribeWebhooks;
pub use subscribed_apps::{AppData, SubscribedApp, SubscribedApps};
pub use success::Success;
pub use templates::{
    CreateTemplate, CreatedTemplate, DeleteTemplate, DeleteTemplates, EditTemplate, GetTemplate,
    ListTemplates, MessageTemplate, TemplateCategory, TemplateQuality, TemplateStatus,
    UnpauseTemplate,
};
pub use unsubscribe_app::UnsubscribeApp;
pub use unsubscribe_webhooks::UnsubscribeWebhooks;
pub use upload_media::{UploadMedia, UploadedMedia};
pub use verify_code::VerifyCode;
pub use waba::{BusinessVerificationStatus, Waba};
