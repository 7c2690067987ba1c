use wabakit_domain::{Time, account as known, grant};
use wabakit_wire::account::{
    Account, AccountState, DisconnectAnswer, DisconnectedAccount, Expiry, ExpiryKind, GrantState,
    GrantView, Reason, Renewal, TokenKind, UnsubscribedState,
};

use super::{IntoWire, words};
use crate::accounts::{AccountView, ConnectionWarning, Unsubscribed};

words!(grant::TokenKind => TokenKind { User, SystemUser, Unknown });
words!(grant::Renewal => Renewal { Automatic, Manual, NotNeeded });
words!(Unsubscribed => UnsubscribedState { Done, Pending, Failed, NotNeeded });

impl IntoWire<Expiry> for grant::Expiry {
    fn into_wire(self) -> Expiry {
        Expiry {
            kind: match self {
                Self::At(_) => ExpiryKind::At,
                Self::Never => ExpiryKind::Never,
                Self::Unknown => ExpiryKind::Unknown,
            },
            at: self.at(),
        }
    }
}

impl IntoWire<GrantState> for grant::GrantState {
    fn into_wire(self) -> GrantState {
        match self {
            Self::Active | Self::Pending => GrantState::Active,
            Self::Dead => GrantState::Dead,
            Self::Revoked => GrantState::Revoked,
            Self::Quarantined => GrantState::Quarantined,
        }
    }
}

fn grant(grant: grant::Grant, app_id: String, now: Time) -> GrantView {
    GrantView {
        id: grant.id.uuid(),
        state: grant.state.into_wire(),
        token_kind: grant.token_kind.into_wire(),
        token_expiry: grant.expires.into_wire(),
        data_access_expiry: grant.data_access_expires.into_wire(),
        renewal: grant.renewal().into_wire(),
        is_expiring: grant.is_expiring(now),
        days_left: grant.ends_at().map(|at| (at - now).num_days()),
        meta_app_id: app_id,
        scopes: grant.scopes,
    }
}

impl IntoWire<Reason> for ConnectionWarning {
    fn into_wire(self) -> Reason {
        Reason {
            code: self.code,
            detail: self.detail,
            remedy: Some(self.remedy),
        }
    }
}

impl IntoWire<Account> for AccountView {
    fn into_wire(self) -> Account {
        let state = state(&self.account, &self.grant, self.now);
        let warnings = match state {
            AccountState::NeedsAttention => self.warnings(),
            AccountState::Connected | AccountState::Disconnected => Vec::new(),
        };
        let status = self.account.shown_status(self.now).map(ToOwned::to_owned);
        let Self {
            account,
            grant: held,
            app_id,
            now,
        } = self;
        Account {
            id: account.id.uuid(),
            display_name: account.shown_name().to_owned(),
            phone_number_id: account.phone_number_id.into_wire(),
            waba_id: account.waba_id.into_wire(),
            waba_name: account.waba_name,
            business_id: account.business_id.into_wire(),
            business_name: account.business_name,
            display_phone: account.display_phone_number,
            verified_name: account.verified_name,
            is_active: account.is_active,
            is_default: account.is_default,
            state,
            problem: warnings.into_iter().next().into_wire(),
            needs_registration: account.needs_registration,
            quality_rating: account.health.quality_rating,
            status,
            throughput_level: account.health.throughput_level,
            messaging_limit: account.health.messaging_limit,
            name_status: account.health.name_status,
            code_verification_status: account.health.code_verification_status,
            is_coexistence: account.health.is_coexistence,
            grant: grant(held, app_id.into_wire().unwrap_or_default(), now),
            last_verified_at: account.last_verified_at,
            connected_at: account.connected_at,
            disconnected_at: account.disconnected_at,
            created_at: account.created_at,
            updated_at: account.updated_at,
            version: account.version,
        }
    }
}

fn state(account: &known::Account, grant: &grant::Grant, now: Time) -> AccountState {
    if !account.is_active {
        AccountState::Disconnected
    } else if grant.needs_reconnect(now)
        || account.needs_registration
        || account.trouble(now).is_some()
    {
        AccountState::NeedsAttention
    } else {
        AccountState::Connected
    }
}

impl IntoWire<DisconnectAnswer> for Vec<(known::Account, Unsubscribed)> {
    fn into_wire(self) -> DisconnectAnswer {
        let accounts = self
            .into_iter()
            .map(|(account, unsubscribed)| DisconnectedAccount {
                account_id: account.id.uuid(),
                unsubscribed: unsubscribed.into_wire(),
            });
        DisconnectAnswer {
            success: true,
            accounts: accounts.collect(),
            default_account_id: None,
        }
    }
}
