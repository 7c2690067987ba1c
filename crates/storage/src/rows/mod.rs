//! The rows of tables, and their conversions to and from the domain's types.

mod accounts;
mod connect;
mod data_keys;
mod grants;
mod identity;
mod meta_apps;
mod second_factors;
mod teardowns;

pub(crate) use accounts::AccountRow;
pub(crate) use connect::SessionRow;
pub(crate) use data_keys::KeyRow;
pub(crate) use grants::GrantRow;
pub(crate) use identity::{
    AuthSessionRow, LinkRow, MembershipRow, OrgRow, RefreshRow, UserRow, role_of,
};
pub(crate) use meta_apps::MetaAppRow;
pub(crate) use second_factors::{RecoveryCodeRow, SecondFactorRow};
pub(crate) use teardowns::TeardownRow;
