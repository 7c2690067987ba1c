//! Accounts and the grants that they stand on.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{
    Time, account, grant,
    ids::{AppId, BusinessId},
};
use wabakit_services::{AccountView, Unsubscribed};

/// Whether and when something ends.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExpiryKind {
    At,
    Never,
    /// Meta did not say.
    Unknown,
}

/// When something ends.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Expiry {
    kind: ExpiryKind,
    /// The time, where `kind` is `at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime<Utc>>,
}

impl From<grant::Expiry> for Expiry {
    fn from(expiry: grant::Expiry) -> Self {
        Self {
            kind: match expiry {
                grant::Expiry::At(_) => ExpiryKind::At,
                grant::Expiry::Never => ExpiryKind::Never,
                grant::Expiry::Unknown => ExpiryKind::Unknown,
            },
            at: expiry.at(),
        }
    }
}

/// Where a grant stands.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GrantState {
    Active,
    /// Meta no longer accepts the token.
    Dead,
    /// Given up by us; the token is destroyed.
    Revoked,
    /// The token does not open with this server's encryption keys.
    Quarantined,
}

/// What kind of token a grant holds.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenKind {
    User,
    SystemUser,
    Unknown,
}

/// How a grant is kept alive.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Renewal {
    /// The server renews it.
    Automatic,
    /// Only a person can, by connecting again.
    Manual,
    /// It does not end.
    NotNeeded,
}

/// The Meta authorisation behind an account. Never the token itself.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrantView {
    id: Uuid,
    state: GrantState,
    token_kind: TokenKind,
    /// The rights that it carries.
    #[schema(example = json!(["whatsapp_business_management", "whatsapp_business_messaging"]))]
    scopes: Vec<String>,
    /// The token's own clock.
    token_expiry: Expiry,
    /// The second clock: 90 days for a person's token.
    data_access_expiry: Expiry,
    renewal: Renewal,
    /// A clock runs out within seven days.
    is_expiring: bool,
    /// Whole days until the first clock runs out; below zero once it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    days_left: Option<i64>,
    /// Meta's id of the app that the grant was given to.
    meta_app_id: String,
}

impl GrantView {
    fn of(grant: grant::Grant, app_id: String, now: Time) -> Self {
        Self {
            id: grant.id.uuid(),
            state: match grant.state {
                grant::GrantState::Active | grant::GrantState::Pending => GrantState::Active,
                grant::GrantState::Dead => GrantState::Dead,
                grant::GrantState::Revoked => GrantState::Revoked,
                grant::GrantState::Quarantined => GrantState::Quarantined,
            },
            token_kind: match grant.token_kind {
                grant::TokenKind::User => TokenKind::User,
                grant::TokenKind::SystemUser => TokenKind::SystemUser,
                grant::TokenKind::Unknown => TokenKind::Unknown,
            },
            token_expiry: grant.expires.into(),
            data_access_expiry: grant.data_access_expires.into(),
            renewal: match grant.renewal() {
                grant::Renewal::Automatic => Renewal::Automatic,
                grant::Renewal::Manual => Renewal::Manual,
                grant::Renewal::NotNeeded => Renewal::NotNeeded,
            },
            is_expiring: grant.is_expiring(now),
            days_left: grant.ends_at().map(|at| (at - now).num_days()),
            meta_app_id: app_id,
            scopes: grant.scopes,
        }
    }
}

/// Whether an account works.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountState {
    Connected,
    /// Somebody must do something: `problem` says what.
    NeedsAttention,
    Disconnected,
}

/// Why something is not as it should be, and what to do.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Reason {
    /// Stable.
    #[schema(example = "token_invalid")]
    pub(crate) code: String,
    /// What is the matter, in a sentence.
    pub(crate) detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remedy: Option<String>,
}

/// A phone number connected to the organisation.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    id: Uuid,
    /// Meta's id of the number.
    #[schema(example = "106540352242922")]
    phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    #[schema(example = "102290129340398")]
    waba_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    waba_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_name: Option<String>,
    /// The number in international form.
    #[schema(example = "+1 555 010 0001")]
    display_phone: String,
    /// The organisation's own name for it, else the verified name, else the number.
    display_name: String,
    /// The name that WhatsApp shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_name: Option<String>,
    is_active: bool,
    is_default: bool,
    state: AccountState,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Reason>,
    /// It cannot send before it is registered.
    needs_registration: bool,
    /// As Meta writes it: GREEN, YELLOW, RED, UNKNOWN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "GREEN")]
    quality_rating: Option<String>,
    /// As Meta writes it: CONNECTED, PENDING, …
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CONNECTED")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    throughput_level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messaging_limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_verification_status: Option<String>,
    /// The number also lives in the WhatsApp Business app.
    is_coexistence: bool,
    grant: GrantView,
    /// When Meta was last asked about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_verified_at: Option<DateTime<Utc>>,
    connected_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnected_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// Counts the changes; a change that names an old one is refused.
    version: i64,
}

impl From<AccountView> for Account {
    fn from(view: AccountView) -> Self {
        let state = state(&view.account, &view.grant, view.now);
        let warnings = match state {
            AccountState::NeedsAttention => view.warnings(),
            AccountState::Connected | AccountState::Disconnected => Vec::new(),
        };
        let problem = warnings.into_iter().next().map(|warning| Reason {
            code: warning.code,
            detail: warning.detail,
            remedy: Some(warning.remedy),
        });
        let AccountView {
            account,
            grant,
            app_id,
            now,
        } = view;
        Self {
            id: account.id.uuid(),
            display_name: account.shown_name().to_owned(),
            phone_number_id: account.phone_number_id.into_string(),
            waba_id: account.waba_id.into_string(),
            waba_name: account.waba_name,
            business_id: account.business_id.map(BusinessId::into_string),
            business_name: account.business_name,
            display_phone: account.display_phone_number,
            verified_name: account.verified_name,
            is_active: account.is_active,
            is_default: account.is_default,
            state,
            problem,
            needs_registration: account.needs_registration,
            quality_rating: account.health.quality_rating,
            status: account.health.status,
            throughput_level: account.health.throughput_level,
            messaging_limit: account.health.messaging_limit,
            name_status: account.health.name_status,
            code_verification_status: account.health.code_verification_status,
            is_coexistence: account.health.is_coexistence,
            grant: GrantView::of(
                grant,
                app_id.map(AppId::into_string).unwrap_or_default(),
                now,
            ),
            last_verified_at: account.last_verified_at,
            connected_at: account.connected_at,
            disconnected_at: account.disconnected_at,
            created_at: account.created_at,
            updated_at: account.updated_at,
            version: account.version,
        }
    }
}

fn state(account: &account::Account, grant: &grant::Grant, now: Time) -> AccountState {
    if !account.is_active {
        AccountState::Disconnected
    } else if grant.needs_reconnect(now) || account.needs_registration || account.problem.is_some()
    {
        AccountState::NeedsAttention
    } else {
        AccountState::Connected
    }
}

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChangeAccount {
    /// A name of the organisation's own; empty takes it away.
    #[schema(example = "Support line")]
    pub(crate) display_name: Option<String>,
    /// `true` makes it the default. To take the default away, make another account the default.
    pub(crate) is_default: Option<bool>,
    /// The version that was seen: refused with 409 when somebody changed the account since.
    pub(crate) version: Option<i64>,
}

/// The two-step verification PIN.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct Pin {
    /// Six digits; left out, the PIN that the server made is used.
    #[schema(value_type = Option<String>, format = Password)]
    pub(crate) pin: Option<SecretString>,
}

/// Which account to disconnect.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Disconnect {
    /// All of the organisation's without it.
    pub(crate) account_id: Option<Uuid>,
}

/// Whether the app was unsubscribed from the account's WABA.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnsubscribedState {
    /// Yes, and read back from Meta.
    Done,
    /// Not yet: it is tried again.
    Pending,
    /// Meta refuses for good; the audit log says why.
    Failed,
    /// Another active number stands on the WABA.
    NotNeeded,
}

/// What became of one account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisconnectedAccount {
    account_id: Uuid,
    unsubscribed: UnsubscribedState,
}

/// What was disconnected.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisconnectAnswer {
    success: bool,
    accounts: Vec<DisconnectedAccount>,
}

impl DisconnectAnswer {
    pub(crate) fn of(gone: Vec<(account::Account, Unsubscribed)>) -> Self {
        let accounts = gone
            .into_iter()
            .map(|(account, unsubscribed)| DisconnectedAccount {
                account_id: account.id.uuid(),
                unsubscribed: match unsubscribed {
                    Unsubscribed::Done => UnsubscribedState::Done,
                    Unsubscribed::Pending => UnsubscribedState::Pending,
                    Unsubscribed::Failed => UnsubscribedState::Failed,
                    Unsubscribed::NotNeeded => UnsubscribedState::NotNeeded,
                },
            });
        Self {
            success: true,
            accounts: accounts.collect(),
        }
    }
}
