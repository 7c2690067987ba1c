use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use wabakit_domain::{
    account::{Account, NumberHealth},
    ids::{AccountId, BusinessId, GrantId, OrgId},
    secret::SealedSecret,
};
use wabakit_ports::store::StoreError;

use crate::values::{json, opt_text, row, text};
use crate::{
    schema::whatsapp_accounts,
    types::{J, T, U},
};

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = whatsapp_accounts, treat_none_as_null = true)]
pub(crate) struct AccountRow {
    pub(crate) id: U,
    pub(crate) org_id: U,
    pub(crate) grant_id: U,
    pub(crate) phone_number_id: String,
    pub(crate) waba_id: String,
    pub(crate) waba_name: Option<String>,
    pub(crate) business_id: Option<String>,
    pub(crate) business_name: Option<String>,
    pub(crate) display_phone_number: String,
    pub(crate) verified_name: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) is_active: bool,
    pub(crate) is_default: bool,
    pub(crate) needs_registration: bool,
    pub(crate) problem: Option<String>,
    pub(crate) registration_pin: Option<Vec<u8>>,
    pub(crate) quality_rating: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) throughput_level: Option<String>,
    pub(crate) messaging_limit: Option<String>,
    pub(crate) name_status: Option<String>,
    pub(crate) code_verification_status: Option<String>,
    pub(crate) is_coexistence: bool,
    pub(crate) last_verified_at: Option<T>,
    pub(crate) connected_at: T,
    pub(crate) disconnected_at: Option<T>,
    pub(crate) created_at: T,
    pub(crate) updated_at: T,
    pub(crate) version: i64,
    pub(crate) standing: Option<J>,
}

impl TryFrom<&Account> for AccountRow {
    type Error = StoreError;

    fn try_from(account: &Account) -> Result<Self, StoreError> {
        let health = &account.health;
        Ok(Self {
            id: U(account.id.0),
            org_id: U(account.org.0),
            grant_id: U(account.grant.0),
            phone_number_id: text(account.phone_number_id.as_str())?,
            waba_id: text(account.waba_id.as_str())?,
            waba_name: opt_text(account.waba_name.as_deref())?,
            business_id: opt_text(account.business_id.as_ref().map(BusinessId::as_str))?,
            business_name: opt_text(account.business_name.as_deref())?,
            display_phone_number: text(&account.display_phone_number)?,
            verified_name: opt_text(account.verified_name.as_deref())?,
            display_name: opt_text(account.display_name.as_deref())?,
            is_active: account.is_active,
            is_default: account.is_default,
            needs_registration: account.needs_registration,
            problem: opt_text(account.problem.as_deref())?,
            registration_pin: account
                .registration_pin
                .as_ref()
                .map(|pin| pin.as_bytes().to_vec()),
            quality_rating: opt_text(health.quality_rating.as_deref())?,
            status: opt_text(health.status.as_deref())?,
            throughput_level: opt_text(health.throughput_level.as_deref())?,
            messaging_limit: opt_text(health.messaging_limit.as_deref())?,
            name_status: opt_text(health.name_status.as_deref())?,
            code_verification_status: opt_text(health.code_verification_status.as_deref())?,
            is_coexistence: health.is_coexistence,
            last_verified_at: account.last_verified_at.map(T),
            connected_at: T(account.connected_at),
            disconnected_at: account.disconnected_at.map(T),
            created_at: T(account.created_at),
            updated_at: T(account.updated_at),
            version: account.version,
            standing: match account.standing.notes().is_empty() {
                true => None,
                false => Some(json(&account.standing)?),
            },
        })
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(stored: AccountRow) -> Result<Self, StoreError> {
        let cell = row("whatsapp_accounts", stored.id.0);
        Ok(Self {
            id: AccountId(stored.id.0),
            org: OrgId(stored.org_id.0),
            grant: GrantId(stored.grant_id.0),
            phone_number_id: stored.phone_number_id.into(),
            waba_id: stored.waba_id.into(),
            waba_name: stored.waba_name,
            business_id: stored.business_id.map(Into::into),
            business_name: stored.business_name,
            display_phone_number: stored.display_phone_number,
            verified_name: stored.verified_name,
            display_name: stored.display_name,
            is_active: stored.is_active,
            is_default: stored.is_default,
            needs_registration: stored.needs_registration,
            problem: stored.problem,
            registration_pin: stored.registration_pin.map(SealedSecret::new),
            health: NumberHealth {
                quality_rating: stored.quality_rating,
                status: stored.status,
                throughput_level: stored.throughput_level,
                messaging_limit: stored.messaging_limit,
                name_status: stored.name_status,
                code_verification_status: stored.code_verification_status,
                is_coexistence: stored.is_coexistence,
            },
            last_verified_at: stored.last_verified_at.map(|at| at.0),
            connected_at: stored.connected_at.0,
            disconnected_at: stored.disconnected_at.map(|at| at.0),
            created_at: stored.created_at.0,
            updated_at: stored.updated_at.0,
            version: stored.version,
            standing: stored
                .standing
                .as_ref()
                .map(|told| cell("standing").json(told))
                .transpose()?
                .unwrap_or_default(),
        })
    }
}
