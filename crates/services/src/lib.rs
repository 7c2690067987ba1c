#![doc = include_str!("../README.md")]

mod accounts;
mod audit;
mod auth;
mod caller;
mod connect;
mod error;
mod meta_apps;
mod orgs;
mod ports;
mod team;

pub use accounts::{
    AccountChange, AccountService, AccountView, ConnectionWarning, ManualNumber, Severity,
    Unsubscribed,
};
pub use audit::{AuditService, AuditVerdict};
pub use auth::{AuthService, AuthSettings, Credentials, PasswordHasher, SignedIn};
pub use caller::{Caller, Origin};
pub use connect::{
    BeginConnect, Begun, CallbackParams, CallbackResult, ConnectService, ConnectSettings, Landing,
    OauthSubmission, TeardownReport,
};
pub use error::{Invalid, ServiceError};
pub use meta_apps::{EnvironmentApp, MetaAppService, NewMetaApp};
pub use orgs::OrgService;
pub use ports::Ports;
pub use team::{InvitationView, NewLink, TeamService};

/// Re-exported so that the layers above name the domain without another dependency.
pub use wabakit_domain as domain;
/// What lists are asked with.
pub use wabakit_ports::store::{AuditFilter, Limit, OrgOverview, Page, PageRequest};
