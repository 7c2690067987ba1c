use wabakit_wire::connection::{
    ConnectionStatus, PhoneNumber, Warning, WarningAct, WarningSeverity,
};

use super::{IntoWire, words};
use crate::accounts::{self, AccountView, ConnectionWarning, Severity};

words!(Severity => WarningSeverity { Info, Warning, Critical });
words!(accounts::WarningAct => WarningAct { Reconnect, Register, Verify });

impl IntoWire<PhoneNumber> for &AccountView {
    fn into_wire(self) -> PhoneNumber {
        let account = self.account.clone();
        PhoneNumber {
            account_id: account.id.uuid(),
            display_name: account.shown_name().to_owned(),
            id: account.phone_number_id.into_wire(),
            display_phone: account.display_phone_number,
            is_active: account.is_active,
            quality_rating: account.health.quality_rating,
            status: account.health.status,
            last_verified: account.last_verified_at,
        }
    }
}

/// Makes the wire form of the connection's status. `accounts` begin with the default one, then the other active ones.
pub fn connection_status(accounts: &[AccountView]) -> ConnectionStatus {
    let active = || accounts.iter().filter(|view| view.account.is_active);
    let first = active().next();
    let account = first.map(|view| &view.account);
    let grant = first.map(|view| &view.grant);
    ConnectionStatus {
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
        phone_numbers: accounts.iter().map(IntoWire::into_wire).collect(),
        scopes: grant.map(|g| g.scopes.clone()).unwrap_or_default(),
    }
}

impl IntoWire<Warning> for ConnectionWarning {
    fn into_wire(self) -> Warning {
        Warning {
            account_id: Some(self.account.uuid()),
            grant_id: self.grant.uuid(),
            severity: self.severity.into_wire(),
            code: self.code,
            detail: self.detail,
            remedy: self.remedy,
            act: self.act.map(IntoWire::into_wire),
            at: self.at,
        }
    }
}
