//! Connect sessions, and the accounts and grants that they make.

use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    account::Account,
    connect::ConnectSession,
    event::EventData,
    grant::{Grant, GrantOrigin, GrantState},
    ids::{
        ConnectSessionId, GrantId, MetaAppId, MetaUserId, OrgId, PhoneNumberId, TeardownId, WabaId,
    },
    teardown::Teardown,
};
use wabakit_ports::store::{
    ConnectOutcome, ConnectStore, ConnectWrite, Facts, LogHeads, StoreError, TeardownOutcome,
};

use super::{
    Conn, Store, hold,
    numbers::{self, AccountFact},
    teardowns,
};
use crate::{
    error::{Fault, Violation as _},
    rows::{SessionRow, TeardownRow},
    schema::{connect_sessions as sessions, grants, registration_attempts as attempts},
    types::{T, U},
    values::text,
};

/// Returns the condition of open sessions, word for word as in their indexes.
pub(super) fn is_open() -> SqlLiteral<Bool> {
    sql("status NOT IN ('completed', 'cancelled', 'expired')")
}

fn is_running() -> SqlLiteral<Bool> {
    sql("status = 'running'")
}

fn read_all(rows: Vec<SessionRow>) -> Result<Vec<ConnectSession>, StoreError> {
    rows.into_iter().map(ConnectSession::try_from).collect()
}

/// Tells whether a session of the organisation subscribed its app to a WABA. With a pasted token, the subscription is
/// ours to undo only then.
pub(super) async fn subscribed_by_us(
    conn: &mut Conn,
    org: OrgId,
    waba: &WabaId,
) -> Result<bool, Fault> {
    let rows: Vec<SessionRow> = sessions::table
        .filter(sessions::org_id.eq(U(org.0)))
        .select(SessionRow::as_select())
        .into_boxed::<super::Db>()
        .load(conn)
        .await?;
    Ok(read_all(rows)?
        .iter()
        .any(|session| session.has_subscribed(waba)))
}

async fn save_session(
    conn: &mut Conn,
    org: OrgId,
    session: &ConnectSession,
) -> Result<ConnectSession, Fault> {
    let mut row = SessionRow::try_from(session)?;
    row.org_id = U(org.0);
    row.version += 1;
    let saved: Option<SessionRow> = diesel::update(
        sessions::table
            .find(row.id)
            .filter(sessions::org_id.eq(row.org_id))
            .filter(sessions::version.eq(session.version)),
    )
    .set(row)
    .returning(SessionRow::as_returning())
    .get_result(conn)
    .await
    .optional()?;
    if let Some(saved) = saved {
        return Ok(saved.try_into()?);
    }
    let there: i64 = sessions::table
        .find(U(session.id.0))
        .filter(sessions::org_id.eq(U(org.0)))
        .count()
        .get_result(conn)
        .await?;
    Err(numbers::stale_or_missing(there, "the connect session"))
}

/// A stored session with its grant and accounts.
type Connected = (ConnectSession, Option<Grant>, Vec<Account>);

async fn write(
    conn: &mut Conn,
    org: OrgId,
    write: &ConnectWrite,
) -> Result<(Connected, Facts), Fault> {
    if !write.activate.is_empty() || !write.take_over.is_empty() {
        let mut orgs = vec![org];
        orgs.extend(write.take_over.iter().map(|taken| taken.from));
        numbers::hold_orgs(conn, orgs).await?;
    }
    let session = save_session(conn, org, &write.session).await?;
    let grant = match &write.grant {
        Some(new) if new.version == 0 => Some(numbers::insert_grant(conn, org, new).await?),
        Some(old) => Some(numbers::save_grant(conn, org, old).await?),
        None => None,
    };
    let (mut facts, mut ids) = (Facts::audit(&write.audit), write.ids);
    for taken in &write.take_over {
        let at = taken.audit.at;
        let lost = numbers::deactivate(conn, taken.from, taken.account, at).await?;
        let lost = lost.ok_or(StoreError::Conflict)?;
        let event = (at, EventData::AccountDisconnected as AccountFact);
        numbers::tell(&mut facts, &mut ids, &[lost], event)?;
        let default = numbers::promote_default(conn, taken.from, at).await?;
        let event = (at, EventData::AccountChanged as AccountFact);
        numbers::tell(&mut facts, &mut ids, default.as_slice(), event)?;
        facts.audit.push(taken.audit.clone());
    }
    let mut accounts = Vec::with_capacity(write.activate.len());
    for (position, account) in write.activate.iter().enumerate() {
        accounts.push(numbers::activate(conn, org, account, position == 0).await?);
    }
    if !accounts.is_empty() {
        let now = write.session.updated_at;
        numbers::release_parked(conn, &accounts, now).await?;
        numbers::sync_templates(conn, &accounts, now).await?;
        let event = (now, EventData::AccountConnected as AccountFact);
        numbers::tell(&mut facts, &mut ids, &accounts, event)?;
    }
    facts.events.extend(write.events.iter().cloned());
    for teardown in &write.teardowns {
        let mut row = TeardownRow::try_from(teardown)?;
        row.org_id = U(org.0);
        teardowns::insert(conn, row).await?;
    }
    Ok(((session, grant, accounts), facts))
}

async fn claim_interrupted(
    conn: &mut Conn,
    now: Time,
    owner: &str,
    until: Time,
    limit: i64,
) -> Result<Vec<ConnectSession>, Fault> {
    let nobody_holds = || {
        sessions::runner_until
            .is_null()
            .or(sessions::runner_until.le(Some(T(now))))
    };
    let ids: Vec<U> = sessions::table
        .filter(is_running())
        .filter(nobody_holds())
        .order((sessions::updated_at.asc(), sessions::id.asc()))
        .limit(limit)
        .select(sessions::id)
        .load(conn)
        .await?;
    // The update repeats the condition, because another process may have claimed some in between.
    let rows: Vec<SessionRow> = diesel::update(
        sessions::table
            .filter(sessions::id.eq_any(ids))
            .filter(is_running())
            .filter(nobody_holds()),
    )
    .set((
        sessions::runner_owner.eq(Some(owner)),
        sessions::runner_until.eq(Some(T(until))),
        sessions::version.eq(sessions::version + 1),
    ))
    .returning(SessionRow::as_returning())
    .get_results(conn)
    .await?;
    let mut claimed = read_all(rows)?;
    claimed.sort_unstable_by_key(|session| (session.updated_at, session.id));
    Ok(claimed)
}

async fn spend_registration(
    conn: &mut Conn,
    number: &str,
    now: Time,
    since: Time,
    limit: i64,
) -> Result<Option<i64>, Fault> {
    hold(conn, &format!("registrations of {number}")).await?;
    diesel::delete(
        attempts::table
            .filter(attempts::phone_number_id.eq(number))
            .filter(attempts::at.lt(T(since))),
    )
    .execute(conn)
    .await?;
    let made: i64 = attempts::table
        .filter(attempts::phone_number_id.eq(number))
        .count()
        .get_result(conn)
        .await?;
    if made >= limit {
        return Ok(None);
    }
    diesel::insert_into(attempts::table)
        .values((
            attempts::phone_number_id.eq(number),
            attempts::at.eq(T(now)),
        ))
        .execute(conn)
        .await?;
    Ok(Some(limit - made - 1))
}

#[async_trait]
impl ConnectStore for Store {
    async fn create_session(
        &self,
        session: ConnectSession,
        facts: Facts,
    ) -> Result<LogHeads, StoreError> {
        let create = self.0.record((session, facts), |conn, (session, facts)| {
            Box::pin(async move {
                diesel::insert_into(sessions::table)
                    .values(SessionRow::try_from(session)?)
                    .execute(conn)
                    .await
                    .or_duplicate(StoreError::Duplicate("a connect session with this id"))?;
                Ok(((), facts.clone()))
            })
        });
        Ok(create.await?.1)
    }

    async fn session(
        &self,
        org: OrgId,
        id: ConnectSessionId,
    ) -> Result<Option<ConnectSession>, StoreError> {
        self.0
            .read((org, id), |conn, &(org, id)| {
                Box::pin(async move {
                    let row = sessions::table
                        .find(U(id.0))
                        .filter(sessions::org_id.eq(U(org.0)))
                        .select(SessionRow::as_select())
                        .into_boxed::<super::Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(ConnectSession::try_from).transpose()?)
                })
            })
            .await
    }

    async fn open_sessions(&self, org: OrgId) -> Result<Vec<ConnectSession>, StoreError> {
        self.0
            .read(org, |conn, org| {
                Box::pin(async move {
                    let rows = sessions::table
                        .filter(sessions::org_id.eq(U(org.0)))
                        .filter(is_open())
                        .order((sessions::created_at.desc(), sessions::id.desc()))
                        .limit(20)
                        .select(SessionRow::as_select())
                        .into_boxed::<super::Db>()
                        .load(conn)
                        .await?;
                    Ok(read_all(rows)?)
                })
            })
            .await
    }

    async fn write(&self, org: OrgId, change: ConnectWrite) -> Result<ConnectOutcome, StoreError> {
        let write = self.0.record((org, change), |conn, (org, change)| {
            Box::pin(write(conn, *org, change))
        });
        let ((session, grant, accounts), heads) = write.await?;
        Ok(ConnectOutcome {
            session,
            grant,
            accounts,
            heads,
        })
    }

    async fn claim_interrupted(
        &self,
        now: Time,
        owner: &str,
        until: Time,
        limit: i64,
    ) -> Result<Vec<ConnectSession>, StoreError> {
        let input = (now, text(owner)?, until, limit);
        self.0
            .write(input, |conn, (now, owner, until, limit)| {
                Box::pin(claim_interrupted(conn, *now, owner, *until, *limit))
            })
            .await
    }

    async fn expired_sessions(
        &self,
        now: Time,
        limit: i64,
    ) -> Result<Vec<ConnectSession>, StoreError> {
        self.0
            .read((now, limit), |conn, &(now, limit)| {
                Box::pin(async move {
                    let rows = sessions::table
                        .filter(is_open())
                        .filter(sessions::expires_at.le(T(now)))
                        .filter(
                            sessions::runner_until
                                .is_null()
                                .or(sessions::runner_until.le(Some(T(now)))),
                        )
                        .order((sessions::expires_at.asc(), sessions::id.asc()))
                        .limit(limit)
                        .select(SessionRow::as_select())
                        .into_boxed::<super::Db>()
                        .load(conn)
                        .await?;
                    Ok(read_all(rows)?)
                })
            })
            .await
    }

    async fn spend_registration(
        &self,
        number: &PhoneNumberId,
        now: Time,
        since: Time,
        limit: i64,
    ) -> Result<Option<i64>, StoreError> {
        let input = (text(number.as_str())?, now, since, limit);
        self.0
            .write(input, |conn, (number, now, since, limit)| {
                Box::pin(spend_registration(conn, number, *now, *since, *limit))
            })
            .await
    }

    async fn claim_teardowns(
        &self,
        now: Time,
        until: Time,
        limit: i64,
    ) -> Result<Vec<Teardown>, StoreError> {
        self.0
            .write((now, until, limit), |conn, &(now, until, limit)| {
                Box::pin(teardowns::claim(conn, now, until, limit))
            })
            .await
    }

    async fn take_teardowns(
        &self,
        org: OrgId,
        ids: &[TeardownId],
        until: Time,
    ) -> Result<Vec<Teardown>, StoreError> {
        let ids: Vec<U> = ids.iter().map(|id| U(id.0)).collect();
        self.0
            .write((org, ids, until), |conn, (org, ids, until)| {
                Box::pin(teardowns::take(conn, *org, ids, *until))
            })
            .await
    }

    async fn finish_teardown(
        &self,
        org: OrgId,
        id: TeardownId,
        outcome: TeardownOutcome,
    ) -> Result<(), StoreError> {
        let finish = self
            .0
            .record((org, id, outcome), |conn, (org, id, outcome)| {
                Box::pin(teardowns::finish(conn, *org, *id, outcome))
            });
        finish.await.map(drop)
    }

    async fn unfinished_teardowns(&self, org: OrgId, grant: GrantId) -> Result<i64, StoreError> {
        self.0
            .read((org, grant), |conn, &(org, grant)| {
                Box::pin(async move { Ok(teardowns::unfinished(conn, org, grant).await?) })
            })
            .await
    }

    async fn living_grants_of(&self, app: MetaAppId, user: &MetaUserId) -> Result<i64, StoreError> {
        self.0
            .read((app, text(user.as_str())?), |conn, (app, user)| {
                Box::pin(async move {
                    let living = [GrantState::Active.as_str(), GrantState::Pending.as_str()];
                    let pasted = GrantOrigin::Pasted.as_str();
                    Ok(grants::table
                        .filter(grants::meta_app_id.eq(U(app.0)))
                        .filter(grants::meta_user_id.eq(user))
                        .filter(grants::state.eq_any(living).or(grants::origin.eq(pasted)))
                        .count()
                        .get_result(conn)
                        .await?)
                })
            })
            .await
    }

    async fn release_all_runners(&self) -> Result<(), StoreError> {
        self.0
            .write((), |conn, ()| {
                Box::pin(async move {
                    diesel::update(sessions::table.filter(sessions::runner_owner.is_not_null()))
                        .set((
                            sessions::runner_owner.eq(None::<String>),
                            sessions::runner_until.eq(None::<T>),
                            sessions::version.eq(sessions::version + 1),
                        ))
                        .execute(conn)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
