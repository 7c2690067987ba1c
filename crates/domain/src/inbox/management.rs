//! Updates of numbers, WABAs and templates.

use super::{AccountPatch, Item, Planner};
use crate::{
    event::{EventData, ManagementEvent},
    inbound::{Management, NumberUpdate, WabaUpdate},
};

impl Planner<'_> {
    pub(super) fn management(&mut self, item: &Item, management: &Management) {
        let patch = patch_of(management);
        if let Some(patch) = &patch {
            for account in &item.accounts {
                self.plan.accounts.push((item.org, *account, patch.clone()));
            }
        }
        let event = ManagementEvent {
            account: match item.accounts.as_slice() {
                &[account] => Some(account),
                _ => None,
            },
            change: Box::new(management.clone()),
        };
        let data = match management {
            Management::Template { .. } => EventData::TemplateUpdated(event),
            Management::Number { .. } | Management::Waba(_) => EventData::AccountUpdated(event),
            Management::Other { .. } => EventData::AccountNotice(event),
        };
        self.event(item.org, data);
    }
}

/// Returns the changes to the accounts, if there are any.
fn patch_of(management: &Management) -> Option<AccountPatch> {
    let some = |value: &str| Some(value.to_owned());
    let patch = match management {
        Management::Number { update, .. } => match update {
            NumberUpdate::Name {
                decision,
                requested_name,
                ..
            } => AccountPatch {
                name_status: decision.clone(),
                verified_name: requested_name
                    .clone()
                    .filter(|_| decision.as_deref() == Some("APPROVED")),
                ..AccountPatch::default()
            },
            NumberUpdate::Quality {
                event,
                current_limit,
                max_daily_conversations,
                ..
            } => AccountPatch {
                throughput_level: event
                    .as_deref()
                    .filter(|event| *event == "THROUGHPUT_UPGRADE")
                    .and(some("HIGH")),
                messaging_limit: max_daily_conversations
                    .as_deref()
                    .map(tier)
                    .or_else(|| current_limit.clone()),
                ..AccountPatch::default()
            },
            _ => return None,
        },
        Management::Waba(WabaUpdate::Capability {
            max_daily_conversations_per_business: Some(limit),
            ..
        }) => AccountPatch {
            messaging_limit: Some(tier(limit)),
            ..AccountPatch::default()
        },
        Management::Waba(WabaUpdate::Account {
            event, ban_state, ..
        }) => match (event.as_str(), ban_state.as_deref()) {
            (_, Some("DISABLE")) => AccountPatch {
                status: some("BANNED"),
                problem: some("waba_disabled"),
                ..AccountPatch::default()
            },
            (_, Some("REINSTATE")) => AccountPatch {
                status: some("CONNECTED"),
                ..AccountPatch::default()
            },
            ("ACCOUNT_RESTRICTION", _) => AccountPatch {
                status: some("RESTRICTED"),
                problem: some("waba_restricted"),
                ..AccountPatch::default()
            },
            (
                "PARTNER_REMOVED"
                | "PARTNER_APP_UNINSTALLED"
                | "ACCOUNT_DELETED"
                | "ACCOUNT_OFFBOARDED",
                _,
            ) => AccountPatch {
                problem: some("access_removed"),
                ..AccountPatch::default()
            },
            _ => return None,
        },
        _ => return None,
    };
    (patch != AccountPatch::default()).then_some(patch)
}

/// Returns a limit as a tier's name: some versions of Meta's API send numbers, others names.
fn tier(limit: &str) -> String {
    match limit {
        "50" => "TIER_50",
        "250" => "TIER_250",
        "1000" => "TIER_1K",
        "2000" => "TIER_2K",
        "10000" => "TIER_10K",
        "100000" => "TIER_100K",
        "-1" => "TIER_UNLIMITED",
        other => other,
    }
    .to_owned()
}
