#![doc = include_str!("../README.md")]

mod accounts;
mod audit;
mod auth;
mod caller;
mod connect;
mod error;
mod events;
mod mail;
mod meta_apps;
mod orgs;
mod overview;
mod pasted;
mod ports;
mod receive;
mod send;
mod team;
mod templates;
pub mod wire;

pub use accounts::{
    AccountChange, AccountService, AccountView, ConnectionWarning, ManualNumber, Severity,
    Unsubscribed, WarningAct,
};
pub use audit::{AuditService, AuditVerdict};
pub use auth::{
    AuthService, AuthSettings, Credentials, NewSecondFactor, PasswordHasher, Revocation, SignedIn,
};
pub use caller::{Caller, CallingPerson, Origin};
pub use connect::{
    BeginConnect, Begun, CallbackParams, CallbackResult, ConnectService, ConnectSettings,
    ConnectTry, Landing, OauthSubmission, TeardownReport,
};
pub use error::{Invalid, ServiceError};
pub use events::SubscriberPorts;
pub use mail::{MailService, MailSettings};
pub use meta_apps::{EnvironmentApp, MetaAppService, NewMetaApp};
pub use orgs::OrgService;
pub use overview::OverviewService;
pub use ports::Ports;
pub use receive::{
    Admission, ApplierLoop, ChallengeFailure, ContactExport, EventService, InboxService,
    IngestRefusal, IngestService, JournalWriter, LocalBus, MediaFile, MediaService, NotStored,
    PlatformHealth, ProcessorSettings, Receive, ReceivePorts, ReceiveSettings, RejectionReason,
    ReplayRequest, RetentionSettings, SplitterLoop, StorageUse, WabaHealth, WebhookHealth,
    WebhookLogService, Whose, WriterSettings,
};
pub use send::{
    Acts, Answered, Defaults, MessageService, NewUpload, Queue, QueueService, Rate, RawCall,
    RawService, Refusal, SendError, SendMeter, SendPorts, SendSettings, SendTotals, Sender,
    Sending, ShownMessage, SubmitSettings, UnknownPolicy, UploadService, Waiting, own_wait,
};
pub use team::{InvitationView, NewLink, TeamService};
pub use templates::{
    TemplatePorts, TemplateService, TemplateSettings, TemplateSyncOverview, TemplateValues,
    TemplateView,
};

/// Re-exported, so that the layers above name the domain without a dependency of their own.
pub use wabakit_domain as domain;
/// A file's bytes.
pub use wabakit_ports::blob::{Blob, BlobError};
/// The method of a raw call, and Meta's answer.
pub use wabakit_ports::meta::{RawAnswer, RawMethod};
/// The filters, pages and rows of lists.
pub use wabakit_ports::store::{
    Assignee, AuditFilter, ChangeFilter, ChangeOverview, ConversationChange, ConversationFilter,
    ConversationOverview, DeliveryOverview, EventPage, Limit, MessageCounts, MessageDay,
    MessageDetail, OrgOverview, Page, PageRequest, Rejections, TimeKey, TrafficMinute,
};
/// The filter of the list of sent messages, the state of a queue, and an uploaded file.
pub use wabakit_ports::store::{OutboxFilter, QueueBlock, QueueOverview, Upload};
/// The filter and the cursor of the list of templates.
pub use wabakit_ports::store::{TemplateFilter, TemplateKey};
/// The header with Meta's signature, and the reasons why a signature or a challenge is refused.
pub use wabakit_webhooks::{ChallengeRefusal, SIGNATURE_HEADER, SignatureRefusal};
