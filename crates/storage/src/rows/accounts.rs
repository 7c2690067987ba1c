use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use wabakit_domain::{
    account::{Account, NumberHealth},
    ids::{AccountId, BusinessId, GrantId, OrgId},
    secret::SealedSecret,
};
use wabakit_ports::store::StoreError;

use crate::values::{opt_text, text};
use crate::{
    schema::whatsapp_accounts,
    types::{T, U},
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
        })
    }
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            id: AccountId(row.id.0),
            org: OrgId(row.org_id.0),
            grant: GrantId(row.grant_id.0),
            phone_number_id: row.phone_number_id.into(),
            waba_id: row.waba_id.into(),
            waba_name: row.waba_name,
            business_id: row.business_id.map(Into::into),
            business_name: row.business_name,
            display_phone_number: row.display_phone_number,
            verified_name: row.verified_name,
            display_name: row.display_name,
            is_active: row.is_active,
            is_default: row.is_default,
            needs_registration: row.needs_registration,
            problem: row.problem,
            registration_pin: row.registration_pin.map(SealedSecret::new),
            health: NumberHealth {
                quality_rating: row.quality_rating,
                status: row.status,
                throughput_level: row.throughput_level,
                messaging_limit: row.messaging_limit,
                name_status: row.name_status,
                code_verification_status: row.code_verification_status,
                is_coexistence: row.is_coexistence,
            },
            last_verified_at: row.last_verified_at.map(|at| at.0),
            connected_at: row.connected_at.0,
            disconnected_at: row.disconnected_at.map(|at| at.0),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        }
    }
}
