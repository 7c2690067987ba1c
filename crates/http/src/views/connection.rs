//! The connection as a whole: status, numbers, warnings.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_services::{AccountView, ConnectionWarning, Severity};

/// A number, in the short form of the status.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneNumber {
    /// Meta's id of the number.
    id: String,
    /// Our id of the account.
    account_id: Uuid,
    display_phone: String,
    display_name: String,
    is_active: bool,
    #[schema(required)]
    quality_rating: Option<String>,
    #[schema(required)]
    status: Option<String>,
    #[schema(required)]
    last_verified: Option<DateTime<Utc>>,
}

impl From<&AccountView> for PhoneNumber {
    fn from(AccountView { account, .. }: &AccountView) -> Self {
        Self {
            id: account.phone_number_id.to_string(),
            account_id: account.id.uuid(),
            display_phone: account.display_phone_number.clone(),
            display_name: account.shown_name().to_owned(),
            is_active: account.is_active,
            quality_rating: account.health.quality_rating.clone(),
            status: account.health.status.clone(),
            last_verified: account.last_verified_at,
        }
    }
}

/// Whether the organisation is connected. The single fields speak of the default account, and are null when
/// nothing is connected.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionStatus {
    /// Always true: the question was answered.
    success: bool,
    /// A number is active.
    connected: bool,
    #[schema(required)]
    business_name: Option<String>,
    #[schema(required, example = "+1 555 010 0001")]
    phone_number: Option<String>,
    #[schema(required)]
    waba_id: Option<String>,
    #[schema(required)]
    token_expires_at: Option<DateTime<Utc>>,
    #[schema(required)]
    data_access_expires_at: Option<DateTime<Utc>>,
    /// A clock of an active account runs out within seven days.
    is_expiring: bool,
    /// An active account works only after a new login.
    needs_reconnect: bool,
    #[schema(required)]
    created_at: Option<DateTime<Utc>>,
    #[schema(required)]
    last_connected: Option<DateTime<Utc>>,
    phone_numbers: Vec<PhoneNumber>,
}

impl ConnectionStatus {
    /// `accounts` begin with the default one, then the other active ones.
    pub(crate) fn of(accounts: &[AccountView]) -> Self {
        let active = || accounts.iter().filter(|view| view.account.is_active);
        let first = active().next();
        let account = first.map(|view| &view.account);
        let grant = first.map(|view| &view.grant);
        Self {
            success: true,
            connected: first.is_some(),
            business_name: account
                .and_then(|a| a.business_name.clone().or_else(|| a.verified_name.clone())),
            phone_number: account.map(|a| a.display_phone_number.clone()),
            waba_id: account.map(|a| a.waba_id.to_string()),
            token_expires_at: grant.and_then(|g| g.expires.at()),
            data_access_expires_at: grant.and_then(|g| g.data_access_expires.at()),
            is_expiring: active().any(|view| view.grant.is_expiring(view.now)),
            needs_reconnect: active().any(|view| view.grant.needs_reconnect(view.now)),
            created_at: account.map(|a| a.created_at),
            last_connected: account.map(|a| a.connected_at),
            phone_numbers: accounts.iter().map(PhoneNumber::from).collect(),
        }
    }
}

/// How urgent a warning is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WarningSeverity {
    Info,
    Warning,
    Critical,
}

/// Something that needs attention.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Warning {
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<Uuid>,
    grant_id: Uuid,
    severity: WarningSeverity,
    /// Stable.
    #[schema(example = "data_access_expiring")]
    code: String,
    detail: String,
    remedy: String,
    /// When it stops working, or when it was found.
    at: DateTime<Utc>,
}

impl From<ConnectionWarning> for Warning {
    fn from(warning: ConnectionWarning) -> Self {
        Self {
            account_id: Some(warning.account.uuid()),
            grant_id: warning.grant.uuid(),
            severity: match warning.severity {
                Severity::Info => WarningSeverity::Info,
                Severity::Warning => WarningSeverity::Warning,
                Severity::Critical => WarningSeverity::Critical,
            },
            code: warning.code,
            detail: warning.detail,
            remedy: warning.remedy,
            at: warning.at,
        }
    }
}

/// A number with a token, as a person copied them from Meta.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddPhoneNumber {
    #[schema(example = "106540352242922")]
    pub(crate) phone_number_id: String,
    #[schema(example = "102290129340398")]
    pub(crate) waba_id: String,
    /// Sealed before it is stored, and never shown again.
    #[schema(value_type = String, format = Password)]
    pub(crate) access_token: SecretString,
    /// Taken for compatibility: what Meta says of the number is what counts.
    #[serde(rename = "displayPhone")]
    pub(crate) _display_phone: Option<String>,
    /// Which Meta app the token is of; found out without it.
    pub(crate) app_id: Option<String>,
}
