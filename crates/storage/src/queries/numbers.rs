//! Changes of accounts and grants that several writes share.

use std::collections::BTreeSet;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    account::Account,
    delivery::{Lane, ParkedState},
    event::{AccountEvent, EventData},
    grant::Grant,
    ids::{AccountId, GrantId, IdBlock, MetaAppId, OrgId},
};
use wabakit_ports::store::{Facts, StoreError};

use super::{Conn, hold};
use crate::{
    error::{Fault, Violation as _},
    rows::{AccountRow, GrantRow},
    schema::{
        grants, parked_items as parked, template_syncs as syncs, whatsapp_accounts as accounts,
    },
    types::{T, U},
};

/// Makes the event about an account.
pub(super) type AccountFact = fn(Box<AccountEvent>) -> EventData;

const NUMBER_TAKEN: StoreError = StoreError::Duplicate("the number, active in another org,");

/// Holds the accounts of these organisations, in the order of their ids.
pub(super) async fn hold_orgs(conn: &mut Conn, mut orgs: Vec<OrgId>) -> Result<(), Fault> {
    orgs.sort_unstable();
    orgs.dedup();
    for org in orgs {
        hold(conn, &format!("accounts of {org}")).await?;
    }
    Ok(())
}

/// Saves an account, unless its version has changed since it was read.
pub(super) async fn save_account(
    conn: &mut Conn,
    org: OrgId,
    account: &Account,
) -> Result<AccountRow, Fault> {
    let mut row = AccountRow::try_from(account)?;
    row.org_id = U(org.0);
    row.version += 1;
    let saved = diesel::update(
        accounts::table
            .find(row.id)
            .filter(accounts::org_id.eq(row.org_id))
            .filter(accounts::version.eq(account.version)),
    )
    .set(row)
    .returning(AccountRow::as_returning())
    .get_result(conn)
    .await
    .optional()
    .or_duplicate(NUMBER_TAKEN)?;
    if let Some(saved) = saved {
        return Ok(saved);
    }
    let there: i64 = accounts::table
        .find(U(account.id.0))
        .filter(accounts::org_id.eq(U(org.0)))
        .count()
        .get_result(conn)
        .await?;
    Err(stale_or_missing(there, "the account"))
}

/// Saves a grant, unless its version has changed since it was read.
pub(super) async fn save_grant(conn: &mut Conn, org: OrgId, grant: &Grant) -> Result<Grant, Fault> {
    let mut row = GrantRow::try_from(grant)?;
    row.org_id = U(org.0);
    row.version += 1;
    let saved = diesel::update(
        grants::table
            .find(row.id)
            .filter(grants::org_id.eq(row.org_id))
            .filter(grants::version.eq(grant.version)),
    )
    .set(row)
    .returning(GrantRow::as_returning())
    .get_result(conn)
    .await
    .optional()?;
    if let Some(saved) = saved {
        return Ok(saved.try_into()?);
    }
    let there: i64 = grants::table
        .find(U(grant.id.0))
        .filter(grants::org_id.eq(U(org.0)))
        .count()
        .get_result(conn)
        .await?;
    Err(stale_or_missing(there, "the grant"))
}

/// Stores a new grant.
pub(super) async fn insert_grant(
    conn: &mut Conn,
    org: OrgId,
    grant: &Grant,
) -> Result<Grant, Fault> {
    let mut row = GrantRow::try_from(grant)?;
    row.org_id = U(org.0);
    row.version = 1;
    let stored = diesel::insert_into(grants::table)
        .values(row)
        .returning(GrantRow::as_returning())
        .get_result(conn)
        .await
        .or_duplicate(StoreError::Conflict)?;
    Ok(stored.try_into()?)
}

/// Returns the reason why an update of a version found no row.
pub(super) fn stale_or_missing(there: i64, what: &'static str) -> Fault {
    Fault::Store(if there == 0 {
        StoreError::Missing(what)
    } else {
        StoreError::Conflict
    })
}

/// Makes an account active. It reuses the organisation's row of the number, with its id, creation time and display
/// name. The caller holds the organisation.
pub(super) async fn activate(
    conn: &mut Conn,
    org: OrgId,
    account: &Account,
    default_if_none: bool,
) -> Result<Account, Fault> {
    let mut row = AccountRow::try_from(account)?;
    row.org_id = U(org.0);
    row.is_active = true;
    row.is_default = default_if_none && !has_default(conn, org).await?;
    // The row of the number, or of the account whose number has changed its id.
    let known: Vec<AccountRow> = accounts::table
        .filter(accounts::org_id.eq(row.org_id))
        .filter(
            accounts::phone_number_id
                .eq(row.phone_number_id.clone())
                .or(accounts::id.eq(row.id)),
        )
        .select(AccountRow::as_select())
        .into_boxed::<super::Db>()
        .load(conn)
        .await?;
    let is_own = |old: &AccountRow| old.phone_number_id == row.phone_number_id;
    let own = known.iter().position(is_own).unwrap_or(0);
    let stored: AccountRow = if let Some(old) = known.into_iter().nth(own) {
        row.id = old.id;
        row.created_at = old.created_at;
        row.display_name = old.display_name;
        row.is_default |= old.is_default;
        row.version = old.version + 1;
        diesel::update(accounts::table.find(row.id))
            .set(row)
            .returning(AccountRow::as_returning())
            .get_result(conn)
            .await
            .or_duplicate(NUMBER_TAKEN)?
    } else {
        row.version = 1;
        diesel::insert_into(accounts::table)
            .values(row)
            .returning(AccountRow::as_returning())
            .get_result(conn)
            .await
            .or_duplicate(NUMBER_TAKEN)?
    };
    Ok(stored.try_into()?)
}

/// Makes an account inactive, if it is active. The caller holds the organisation.
pub(super) async fn deactivate(
    conn: &mut Conn,
    org: OrgId,
    account: AccountId,
    at: Time,
) -> Result<Option<Account>, Fault> {
    let row: Option<AccountRow> = diesel::update(
        accounts::table
            .find(U(account.0))
            .filter(accounts::org_id.eq(U(org.0)))
            .filter(accounts::is_active),
    )
    .set((
        accounts::is_active.eq(false),
        accounts::is_default.eq(false),
        accounts::disconnected_at.eq(Some(T(at))),
        accounts::updated_at.eq(T(at)),
        accounts::version.eq(accounts::version + 1),
    ))
    .returning(AccountRow::as_returning())
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(Account::try_from).transpose()?)
}

async fn has_default(conn: &mut Conn, org: OrgId) -> QueryResult<bool> {
    let defaults: i64 = accounts::table
        .filter(accounts::org_id.eq(U(org.0)))
        .filter(accounts::is_default)
        .count()
        .get_result(conn)
        .await?;
    Ok(defaults > 0)
}

/// Takes the default mark from all accounts of the organisation but one. The caller holds the organisation. Returns
/// those that had it.
pub(super) async fn unmark_others(
    conn: &mut Conn,
    org: OrgId,
    keep: AccountId,
    at: Time,
) -> Result<Vec<Account>, Fault> {
    let rows: Vec<AccountRow> = diesel::update(
        accounts::table
            .filter(accounts::org_id.eq(U(org.0)))
            .filter(accounts::is_default)
            .filter(accounts::id.ne(U(keep.0))),
    )
    .set((
        accounts::is_default.eq(false),
        accounts::updated_at.eq(T(at)),
        accounts::version.eq(accounts::version + 1),
    ))
    .returning(AccountRow::as_returning())
    .get_results(conn)
    .await?;
    let accounts = rows.into_iter().map(Account::try_from);
    Ok(accounts.collect::<Result<_, _>>()?)
}

/// Makes the oldest active account the default, if the organisation has none. The caller holds the organisation.
/// Returns the account.
pub(super) async fn promote_default(
    conn: &mut Conn,
    org: OrgId,
    at: Time,
) -> Result<Option<Account>, Fault> {
    if has_default(conn, org).await? {
        return Ok(None);
    }
    let oldest: Option<U> = accounts::table
        .filter(accounts::org_id.eq(U(org.0)))
        .filter(accounts::is_active)
        .order((accounts::created_at.asc(), accounts::id.asc()))
        .select(accounts::id)
        .first(conn)
        .await
        .optional()?;
    let Some(oldest) = oldest else {
        return Ok(None);
    };
    let row: AccountRow = diesel::update(accounts::table.find(oldest))
        .set((
            accounts::is_default.eq(true),
            accounts::updated_at.eq(T(at)),
            accounts::version.eq(accounts::version + 1),
        ))
        .returning(AccountRow::as_returning())
        .get_result(conn)
        .await?;
    Ok(Some(row.try_into()?))
}

/// Queues the homeless items of these accounts' numbers and WABAs for a retry.
pub(super) async fn release_parked(
    conn: &mut Conn,
    activated: &[Account],
    now: Time,
) -> QueryResult<()> {
    let lanes: Vec<String> = activated
        .iter()
        .flat_map(Lane::of_account)
        .map(|lane| lane.key())
        .collect();
    let homeless = parked::table
        // Word for word as in the index.
        .filter(sql::<Bool>("state = 'homeless'"))
        .filter(parked::lane.eq_any(lanes));
    diesel::update(homeless)
        .set((
            parked::state.eq(ParkedState::Retrying.as_str()),
            parked::next_at.eq(T(now)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Asks for a sync of the templates of these accounts' WABAs: they may be new here, or nobody synced them meanwhile.
pub(super) async fn sync_templates(
    conn: &mut Conn,
    activated: &[Account],
    now: Time,
) -> QueryResult<()> {
    let wabas: BTreeSet<&str> = activated.iter().map(|it| it.waba_id.as_str()).collect();
    for waba in &wabas {
        diesel::insert_into(syncs::table)
            .values((
                syncs::waba_id.eq(*waba),
                syncs::revision.eq(0),
                syncs::state.eq("done"),
                syncs::fence.eq(0),
                syncs::next_at.eq(T(now)),
                syncs::pages.eq(0),
                syncs::done.eq(0),
                syncs::created.eq(0),
                syncs::updated.eq(0),
                syncs::removed.eq(0),
                syncs::failures.eq(0),
            ))
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
    }
    let resting = syncs::table
        .filter(syncs::waba_id.eq_any(wabas))
        .filter(syncs::state.ne("running"));
    diesel::update(resting)
        .set(syncs::next_at.eq(T(now)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds an event of each account to a write's facts.
pub(super) fn tell(
    facts: &mut Facts,
    ids: &mut IdBlock,
    accounts: &[Account],
    (at, event): (Time, AccountFact),
) -> Result<(), StoreError> {
    for account in accounts {
        let data = event(Box::new(AccountEvent::from(account)));
        facts.tell(ids, account.org, at, data)?;
    }
    Ok(())
}

/// Counts the active numbers of all organisations on a WABA under a Meta app.
pub(super) async fn active_on_waba(
    conn: &mut Conn,
    app: MetaAppId,
    waba: &str,
) -> QueryResult<i64> {
    accounts::table
        .inner_join(grants::table)
        .filter(accounts::waba_id.eq(waba))
        .filter(accounts::is_active)
        .filter(grants::meta_app_id.eq(U(app.0)))
        .count()
        .get_result(conn)
        .await
}

/// Counts the active accounts of a grant.
pub(super) async fn active_on_grant(conn: &mut Conn, grant: GrantId) -> QueryResult<i64> {
    accounts::table
        .filter(accounts::grant_id.eq(U(grant.0)))
        .filter(accounts::is_active)
        .count()
        .get_result(conn)
        .await
}
