//! Accounts and grants.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    account::Account,
    event::EventData,
    grant::{Grant, GrantOrigin, GrantState},
    ids::{AccountId, GrantId, MetaAppId, OrgId, PhoneNumberId, TeardownId, WabaId},
    teardown::{Teardown, TeardownAct, TeardownState},
};
use wabakit_ports::store::{
    AccountStore, DisconnectWrite, Disconnected, Facts, LogHeads, NumberHolder, Page, PageRequest,
    StoreError, VerifiedWrite,
};

use super::{
    Conn, Db, Store, connect, hold,
    numbers::{self, AccountFact},
    teardowns,
};
use crate::{
    error::Fault,
    rows::{AccountRow, GrantRow, TeardownRow},
    schema::{grants, whatsapp_accounts as accounts},
    types::{T, U},
    values::text,
};

fn pair((account, grant): (AccountRow, GrantRow)) -> Result<(Account, Grant), StoreError> {
    Ok((account.try_into()?, grant.try_into()?))
}

fn number_texts(numbers: &[PhoneNumberId]) -> Result<Vec<String>, StoreError> {
    numbers.iter().map(|number| text(number.as_str())).collect()
}

async fn list(
    conn: &mut Conn,
    org: OrgId,
    active_only: bool,
    page: PageRequest<AccountId>,
) -> Result<Page<(Account, Grant), AccountId>, Fault> {
    let mut query = accounts::table
        .inner_join(grants::table)
        .filter(accounts::org_id.eq(U(org.0)))
        .order(accounts::id.asc())
        .limit(page.limit.get() + 1)
        .select((AccountRow::as_select(), GrantRow::as_select()))
        .into_boxed::<Db>();
    if active_only {
        query = query.filter(accounts::is_active.eq(true));
    }
    if let Some(after) = page.after {
        query = query.filter(accounts::id.gt(U(after.0)));
    }
    let rows: Vec<(AccountRow, GrantRow)> = query.load(conn).await?;
    let rows = rows.into_iter().map(pair).collect::<Result<_, _>>()?;
    Ok(Page::cut(rows, page.limit, |(account, _)| account.id))
}

async fn save(
    conn: &mut Conn,
    org: OrgId,
    write: &VerifiedWrite,
) -> Result<(Account, Facts), Fault> {
    let account = &write.account;
    let mut changed = Vec::new();
    if account.is_default {
        numbers::hold_orgs(conn, vec![org]).await?;
        changed = numbers::unmark_others(conn, org, account.id, account.updated_at).await?;
    }
    let saved = Account::try_from(numbers::save_account(conn, org, account).await?)?;
    if let Some(grant) = &write.grant {
        numbers::save_grant(conn, org, grant).await?;
    }
    changed.push(saved.clone());
    let (mut facts, mut ids) = (write.facts.clone(), write.ids);
    let event = (account.updated_at, EventData::AccountChanged as AccountFact);
    numbers::tell(&mut facts, &mut ids, &changed, event)?;
    Ok((saved, facts))
}

fn read(rows: Vec<AccountRow>) -> Result<Vec<Account>, StoreError> {
    rows.into_iter().map(Account::try_from).collect()
}

/// Holds the Meta app and WABA of each of these accounts, in the order in which all disconnects do. So of two
/// disconnects at once, exactly one is the last of its WABA.
async fn hold_wabas(conn: &mut Conn, org: OrgId, ids: &[U]) -> Result<(), Fault> {
    let mut wabas: Vec<(U, String)> = accounts::table
        .inner_join(grants::table)
        .filter(accounts::org_id.eq(U(org.0)))
        .filter(accounts::id.eq_any(ids))
        .select((grants::meta_app_id, accounts::waba_id))
        .load(conn)
        .await?;
    wabas.sort_unstable_by(|a, b| (a.0.0, &a.1).cmp(&(b.0.0, &b.1)));
    wabas.dedup();
    for (app, waba) in wabas {
        hold(conn, &format!("numbers of {} on {waba}", app.0)).await?;
    }
    Ok(())
}

async fn disconnect(
    conn: &mut Conn,
    org: OrgId,
    write: &DisconnectWrite,
) -> Result<(Vec<Disconnected>, Facts), Fault> {
    numbers::hold_orgs(conn, vec![org]).await?;
    let ids: Vec<U> = write.accounts.iter().map(|(id, ..)| U(id.0)).collect();
    hold_wabas(conn, org, &ids).await?;
    let mut disconnected: Vec<Disconnected> = Vec::new();
    let (mut facts, mut ids) = (Facts::default(), write.ids);
    for (position, (id, unsubscribe, release)) in write.accounts.iter().enumerate() {
        let Some(account) = numbers::deactivate(conn, org, *id, write.at).await? else {
            continue;
        };
        let mut needed = Vec::new();
        let (app, origin) = grants::table
            .find(U(account.grant.0))
            .select((grants::meta_app_id, grants::origin))
            .first::<(U, String)>(conn)
            .await?;
        let is_ours = origin == GrantOrigin::Login.as_str();
        let waba = account.waba_id.as_str();
        if numbers::active_on_waba(conn, MetaAppId(app.0), waba).await? == 0
            && (is_ours || connect::subscribed_by_us(conn, org, &account.waba_id).await?)
        {
            let act = TeardownAct::Unsubscribe(account.waba_id.clone());
            insert_teardown(conn, *unsubscribe, &account, act, write).await?;
            needed.push(*unsubscribe);
        }
        if numbers::active_on_grant(conn, account.grant).await? == 0 {
            revoke(conn, org, account.grant, write).await?;
            let act = TeardownAct::ReleaseGrant { revoke: is_ours };
            insert_teardown(conn, *release, &account, act, write).await?;
            needed.push(*release);
        }
        disconnected.push(Disconnected {
            account,
            teardowns: needed,
        });
        facts.audit.extend(write.audit.get(position).cloned());
    }
    let gone: Vec<Account> = disconnected.iter().map(|d| d.account.clone()).collect();
    let event = (write.at, EventData::AccountDisconnected as AccountFact);
    numbers::tell(&mut facts, &mut ids, &gone, event)?;
    if !disconnected.is_empty() {
        let default = numbers::promote_default(conn, org, write.at).await?;
        let event = (write.at, EventData::AccountChanged as AccountFact);
        numbers::tell(&mut facts, &mut ids, default.as_slice(), event)?;
    }
    Ok((disconnected, facts))
}

async fn revoke(
    conn: &mut Conn,
    org: OrgId,
    grant: GrantId,
    write: &DisconnectWrite,
) -> QueryResult<()> {
    diesel::update(
        grants::table
            .find(U(grant.0))
            .filter(grants::org_id.eq(U(org.0))),
    )
    .set((
        grants::state.eq(GrantState::Revoked.as_str()),
        grants::updated_at.eq(T(write.at)),
        grants::version.eq(grants::version + 1),
    ))
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_teardown(
    conn: &mut Conn,
    id: TeardownId,
    account: &Account,
    act: TeardownAct,
    write: &DisconnectWrite,
) -> Result<(), Fault> {
    let teardown = Teardown {
        id,
        org: account.org,
        grant: account.grant,
        act,
        state: TeardownState::Pending,
        attempts: 0,
        next_attempt_at: write.teardown_due,
        last_error: None,
        created_at: write.at,
        updated_at: write.at,
    };
    teardowns::insert(conn, TeardownRow::try_from(&teardown)?).await
}

#[async_trait]
impl AccountStore for Store {
    async fn list_accounts(
        &self,
        org: OrgId,
        active_only: bool,
        page: PageRequest<AccountId>,
    ) -> Result<Page<(Account, Grant), AccountId>, StoreError> {
        self.0
            .read((org, active_only, page), |conn, &(org, active, page)| {
                Box::pin(list(conn, org, active, page))
            })
            .await
    }

    async fn account(
        &self,
        org: OrgId,
        id: AccountId,
    ) -> Result<Option<(Account, Grant)>, StoreError> {
        self.0
            .read((org, id), |conn, &(org, id)| {
                Box::pin(async move {
                    let row = accounts::table
                        .inner_join(grants::table)
                        .filter(accounts::id.eq(U(id.0)))
                        .filter(accounts::org_id.eq(U(org.0)))
                        .select((AccountRow::as_select(), GrantRow::as_select()))
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(pair).transpose()?)
                })
            })
            .await
    }

    async fn accounts_of_numbers(
        &self,
        org: OrgId,
        numbers: &[PhoneNumberId],
    ) -> Result<Vec<Account>, StoreError> {
        let input = (org, number_texts(numbers)?);
        self.0
            .read(input, |conn, (org, numbers)| {
                Box::pin(async move {
                    let rows = accounts::table
                        .filter(accounts::org_id.eq(U(org.0)))
                        .filter(accounts::phone_number_id.eq_any(numbers))
                        .order(accounts::id.asc())
                        .select(AccountRow::as_select())
                        .into_boxed::<super::Db>()
                        .load(conn)
                        .await?;
                    Ok(read(rows)?)
                })
            })
            .await
    }

    async fn accounts_of_digits(
        &self,
        org: OrgId,
        digits: &[String],
    ) -> Result<Vec<Account>, StoreError> {
        self.0
            .read((org, digits.to_vec()), |conn, (org, digits)| {
                Box::pin(async move {
                    // Meta writes a number in several ways, so the digits are compared here. An organisation has few
                    // numbers.
                    let rows = accounts::table
                        .filter(accounts::org_id.eq(U(org.0)))
                        .order(accounts::id.asc())
                        .select(AccountRow::as_select())
                        .into_boxed::<super::Db>()
                        .load(conn)
                        .await?;
                    let mut all: Vec<Account> = read(rows)?;
                    all.retain(|account| digits.contains(&account.digits()));
                    Ok(all)
                })
            })
            .await
    }

    async fn active_holders_elsewhere(
        &self,
        org: OrgId,
        numbers: &[PhoneNumberId],
    ) -> Result<Vec<NumberHolder>, StoreError> {
        let input = (org, number_texts(numbers)?);
        self.0
            .read(input, |conn, (org, numbers)| {
                Box::pin(async move {
                    let rows = accounts::table
                        .inner_join(grants::table)
                        .filter(accounts::phone_number_id.eq_any(numbers))
                        .filter(accounts::is_active)
                        .filter(accounts::org_id.ne(U(org.0)))
                        .order(accounts::id.asc())
                        .select((AccountRow::as_select(), GrantRow::as_select()))
                        .load(conn)
                        .await?;
                    let holder =
                        |row| pair(row).map(|(account, grant)| NumberHolder { account, grant });
                    Ok(rows.into_iter().map(holder).collect::<Result<_, _>>()?)
                })
            })
            .await
    }

    async fn active_on_waba(&self, app: MetaAppId, waba: &WabaId) -> Result<i64, StoreError> {
        self.0
            .read((app, text(waba.as_str())?), |conn, (app, waba)| {
                Box::pin(async move { Ok(numbers::active_on_waba(conn, *app, waba).await?) })
            })
            .await
    }

    async fn grant(&self, org: OrgId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        self.0
            .read((org, id), |conn, &(org, id)| {
                Box::pin(async move {
                    let row = grants::table
                        .find(U(id.0))
                        .filter(grants::org_id.eq(U(org.0)))
                        .select(GrantRow::as_select())
                        .into_boxed::<super::Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(Grant::try_from).transpose()?)
                })
            })
            .await
    }

    async fn accounts_on_grants(
        &self,
        org: OrgId,
        grants: &[GrantId],
    ) -> Result<Vec<Account>, StoreError> {
        let grants: Vec<U> = grants.iter().map(|id| U(id.0)).collect();
        self.0
            .read((org, grants), |conn, (org, grants)| {
                Box::pin(async move {
                    let rows = accounts::table
                        .filter(accounts::grant_id.eq_any(grants))
                        .filter(accounts::is_active)
                        .filter(accounts::org_id.eq(U(org.0)))
                        .order(accounts::id.asc())
                        .select(AccountRow::as_select())
                        .into_boxed::<super::Db>()
                        .load(conn)
                        .await?;
                    Ok(read(rows)?)
                })
            })
            .await
    }

    async fn save_account(
        &self,
        org: OrgId,
        write: VerifiedWrite,
    ) -> Result<(Account, LogHeads), StoreError> {
        self.0
            .record((org, write), |conn, (org, write)| {
                Box::pin(save(conn, *org, write))
            })
            .await
    }

    async fn save_grant(
        &self,
        org: OrgId,
        grant: Grant,
        facts: Facts,
    ) -> Result<(Grant, LogHeads), StoreError> {
        self.0
            .record((org, grant, facts), |conn, (org, grant, facts)| {
                Box::pin(async move {
                    let saved = numbers::save_grant(conn, *org, grant).await?;
                    Ok((saved, facts.clone()))
                })
            })
            .await
    }

    async fn disconnect(
        &self,
        org: OrgId,
        write: DisconnectWrite,
    ) -> Result<(Vec<Disconnected>, LogHeads), StoreError> {
        self.0
            .record((org, write), |conn, (org, write)| {
                Box::pin(disconnect(conn, *org, write))
            })
            .await
    }
}
