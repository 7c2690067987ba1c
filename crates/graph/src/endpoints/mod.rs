//! The endpoints that this crate knows, one request type each.
//!
//! | for | Meta's documentation |
//! |---|---|
//! | [`SendMessage`], [`MarkRead`] | WhatsApp Cloud API: Messages; Mark messages as read; Typing indicators |
//! | [`SendMarketing`] | WhatsApp: Marketing Messages API |
//! | [`UploadMedia`], [`GetMedia`], [`DownloadMedia`], [`DeleteMedia`] | WhatsApp Cloud API: Media |
//! | [`StartUpload`], [`GetUpload`], [`UploadPart`] | Graph API: Resumable upload |
//! | [`ListTemplates`] to [`UnpauseTemplate`] | WhatsApp Business Management API: Templates |
//! | [`PhoneNumbers`] to [`DeregisterPhone`], [`SetPin`], [`ChangeDisplayName`] | WhatsApp Cloud API: Business phone numbers; Registration; Two-step verification; Display names |
//! | [`GetBusinessProfile`], [`UpdateBusinessProfile`] | WhatsApp Cloud API: Business profiles |
//! | [`GetPhoneSettings`], [`UpdatePhoneSettings`] | WhatsApp Cloud API: Settings; Calling |
//! | [`GetConversationalAutomation`], [`UpdateConversationalAutomation`] | WhatsApp Cloud API: Conversational components |
//! | [`GetCommerceSettings`], [`UpdateCommerceSettings`] | WhatsApp Cloud API: Commerce settings |
//! | [`GetUsername`], [`SetUsername`], [`DeleteUsername`] | WhatsApp: Business usernames |
//! | [`ListBlockedUsers`], [`BlockUsers`], [`UnblockUsers`] | WhatsApp Cloud API: Block users |
//! | [`ListQrCodes`] to [`DeleteQrCode`] | WhatsApp Business Management API: QR codes |
//! | [`CreateGroup`] to [`ResetGroupInviteLink`] | WhatsApp Cloud API: Groups |
//! | [`ExchangeCode`], [`ExchangeLongLived`], [`DebugToken`], [`DeletePermissions`], [`Me`] | Facebook Login: Manual flow; Access tokens; Permissions; Debug token |
//! | [`RefreshSystemUserToken`] | Business Management APIs: System users. Its parameters are what others report |
//! | [`MeBusinesses`], [`OwnedWabas`], [`ClientWabas`], [`AssignedWabas`], [`GetWaba`] | WhatsApp Business Management API: WhatsApp Business Accounts |
//! | [`SubscribedApps`], [`SubscribeApp`], [`UnsubscribeApp`], [`OverridePhoneCallback`] | WhatsApp: Webhooks, overrides; Embedded Signup |
//! | [`AppSubscriptions`], [`SubscribeWebhooks`], [`UnsubscribeWebhooks`] | Graph API: Application subscriptions |
//! | [`SyncAppData`] | WhatsApp: Onboarding business app users (coexistence) |
//!
//! The addresses begin with <https://developers.facebook.com/documentation/business-messaging/whatsapp/>.

mod app_subscriptions;
mod block_list;
mod business_profile;
mod debug_token;
mod download_media;
mod groups;
mod health;
mod logins;
mod mark_read;
mod media;
mod phone_number;
mod phone_numbers;
mod phone_settings;
mod qr_codes;
mod raw;
mod resumable_upload;
mod send_marketing;
mod send_message;
mod subscriptions;
mod success;
mod table;
mod templates;
mod upload_media;
mod wabas;

pub use app_subscriptions::{
    AppSubscription, AppSubscriptions, SubscribeWebhooks, SubscribedField, UnsubscribeWebhooks,
};
pub use block_list::{
    BlockChanges, BlockUsers, BlockedUser, ListBlockedUsers, UnblockUsers, UserToBlock,
};
pub use business_profile::{
    BusinessProfile, BusinessProfiles, GetBusinessProfile, UpdateBusinessProfile,
};
pub use debug_token::{DebugToken, GranularScope, TokenInfo, TokenKind, TokenProblem};
pub use download_media::{Download, DownloadMedia};
pub use groups::{
    ApproveJoinRequests, CreateGroup, DeleteGroup, FailedJoinRequest, GetGroup, GetGroupInviteLink,
    GroupInfo, GroupInvite, GroupMember, GroupRequest, JoinDecisions, JoinRequest, ListGroups,
    ListJoinRequests, ListedGroup, RejectJoinRequests, RemoveGroupParticipants,
    ResetGroupInviteLink, UpdateGroup,
};
pub use health::{CanSendMessage, HealthEntity, HealthError, HealthStatus};
pub use logins::{
    Business, DeletePermissions, ExchangeCode, ExchangeLongLived, IssuedToken, Me, MeBusinesses,
    RefreshSystemUserToken, User,
};
pub use mark_read::MarkRead;
pub use media::{DeleteMedia, GetMedia, Media};
pub use phone_number::{
    AccountMode, CodeVerificationStatus, NameStatus, PhoneNumber, PhoneNumberStatus, Platform,
    QualityRating, Throughput, ThroughputLevel, WebhookConfiguration,
};
pub use phone_numbers::{
    CodeMethod, DeregisterPhone, GetPhoneNumber, PhoneNumbers, RegisterPhone, RequestCode,
    StartedSync, SyncAppData, SyncKind, VerifyCode,
};
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
pub use resumable_upload::{
    GetUpload, StartUpload, UploadPart, UploadProgress, UploadSession, UploadedFile,
};
pub use send_marketing::{ProductPolicy, SendMarketing};
pub use send_message::{MessageBody, SendMessage, SentMessage, SentTo};
pub use subscriptions::{
    AppData, OverrideCallback, OverridePhoneCallback, SubscribeApp, SubscribedApp, SubscribedApps,
    UnsubscribeApp,
};
pub use success::Success;
pub use templates::{
    CreateTemplate, CreatedTemplate, DeleteTemplate, DeleteTemplates, EditTemplate, GetTemplate,
    ListTemplates, MessageTemplate, PatchTemplate, PostTemplate, TemplateCategory, TemplateNode,
    TemplateNodes, TemplateQuality, TemplateStatus, UnpauseTemplate,
};
pub use upload_media::{UploadMedia, UploadedMedia};
pub use wabas::{
    AssignedWabas, BusinessVerificationStatus, ClientWabas, GetWaba, OwnedWabas, Waba,
};
