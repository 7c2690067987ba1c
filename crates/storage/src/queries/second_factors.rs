//! Second factors and their recovery codes.

use async_trait::async_trait;
use diesel::{dsl::exists, prelude::*};
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time, audit::NewAuditEvent, identity::TokenHash, ids::UserId, second_factor::SecondFactor,
    secret::SealedSecret,
};
use wabakit_ports::store::{Facts, SecondFactorEnd, SecondFactorStore, StoreError};

use super::{Conn, Store, hold, sign_ins};
use crate::{
    error::Fault,
    rows::{RecoveryCodeRow, SecondFactorRow},
    schema::{memberships, recovery_codes as codes, second_factors as factors},
    types::{T, U},
};

#[async_trait]
impl SecondFactorStore for Store {
    async fn second_factor(&self, user: UserId) -> Result<Option<SecondFactor>, StoreError> {
        self.0
            .read(user, |conn, user| Box::pin(find(conn, *user)))
            .await
    }

    async fn begin_second_factor(
        &self,
        user: UserId,
        secret: SealedSecret,
        now: Time,
    ) -> Result<(), StoreError> {
        let row = SecondFactorRow::waiting(user, secret, now);
        self.0
            .write(row, |conn, row| Box::pin(begin(conn, row)))
            .await
    }

    async fn confirm_second_factor(
        &self,
        factor: SecondFactor,
        recovery_codes: Vec<TokenHash>,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError> {
        let input = (factor, recovery_codes, audit);
        let (confirmed, _) = self
            .0
            .record(input, |conn, (factor, recovery_codes, audit)| {
                Box::pin(confirm(conn, factor, recovery_codes, audit))
            })
            .await?;
        Ok(confirmed)
    }

    async fn accept_step(&self, user: UserId, step: i64) -> Result<bool, StoreError> {
        self.0
            .write((user, step), |conn, &(user, step)| {
                Box::pin(async move {
                    let fresh = factors::last_step
                        .is_null()
                        .or(factors::last_step.lt(Some(step)).assume_not_null());
                    let of_person = factors::table
                        .find(U(user.0))
                        .filter(factors::confirmed_at.is_not_null())
                        .filter(fresh);
                    let accepted = diesel::update(of_person)
                        .set(factors::last_step.eq(Some(step)))
                        .execute(conn)
                        .await?;
                    Ok(accepted > 0)
                })
            })
            .await
    }

    async fn replace_recovery_codes(
        &self,
        user: UserId,
        recovery_codes: Vec<TokenHash>,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError> {
        let input = (user, recovery_codes, audit);
        let (replaced, _) = self
            .0
            .record(input, |conn, (user, recovery_codes, audit)| {
                Box::pin(replace(conn, *user, recovery_codes, audit))
            })
            .await?;
        Ok(replaced)
    }

    async fn use_recovery_code(
        &self,
        user: UserId,
        code: TokenHash,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError> {
        let (used, _) = self
            .0
            .record((user, code, audit), |conn, (user, code, audit)| {
                Box::pin(async move {
                    let used = diesel::delete(codes::table.find((U(user.0), code.0.to_vec())))
                        .execute(conn)
                        .await?;
                    Ok(recorded(used > 0, audit))
                })
            })
            .await?;
        Ok(used)
    }

    async fn end_second_factor(&self, end: SecondFactorEnd) -> Result<bool, StoreError> {
        let (ended, _) = self
            .0
            .record(end, |conn, end| Box::pin(end_one(conn, end)))
            .await?;
        Ok(ended)
    }
}

/// Returns the facts of a write. They are empty if it changed nothing.
fn recorded(is_done: bool, events: &[NewAuditEvent]) -> (bool, Facts) {
    match is_done {
        true => (true, Facts::audit(events)),
        false => (false, Facts::default()),
    }
}

async fn hold_factor(conn: &mut Conn, user: U) -> QueryResult<()> {
    hold(conn, &format!("second factor of {}", user.0)).await
}

async fn find(conn: &mut Conn, user: UserId) -> Result<Option<SecondFactor>, Fault> {
    let row: Option<SecondFactorRow> = factors::table
        .find(U(user.0))
        .select(SecondFactorRow::as_select())
        .into_boxed::<super::Db>()
        .first(conn)
        .await
        .optional()?;
    let left = codes::table
        .filter(codes::user_id.eq(U(user.0)))
        .count()
        .get_result(conn)
        .await?;
    Ok(row.map(|row| row.with_codes(left)))
}

async fn begin(conn: &mut Conn, row: &SecondFactorRow) -> Result<(), Fault> {
    hold_factor(conn, row.user_id).await?;
    let waiting = factors::table.find(row.user_id);
    diesel::delete(waiting.filter(factors::confirmed_at.is_null()))
        .execute(conn)
        .await?;
    let left = factors::table.find(row.user_id);
    let confirmed: bool = diesel::select(exists(left)).get_result(conn).await?;
    if confirmed {
        return Err(StoreError::Forbidden("two-factor sign-in is on already").into());
    }
    diesel::insert_into(factors::table)
        .values(row.clone())
        .execute(conn)
        .await?;
    Ok(())
}

async fn confirm(
    conn: &mut Conn,
    factor: &SecondFactor,
    recovery_codes: &[TokenHash],
    events: &[NewAuditEvent],
) -> Result<(bool, Facts), Fault> {
    let user = U(factor.user.0);
    hold_factor(conn, user).await?;
    let waiting = factors::table
        .find(user)
        .filter(factors::confirmed_at.is_null())
        .filter(factors::secret.eq(factor.secret.as_bytes().to_vec()));
    let confirmed = diesel::update(waiting)
        .set((
            factors::confirmed_at.eq(factor.confirmed_at.map(T)),
            factors::last_step.eq(factor.last_step),
        ))
        .execute(conn)
        .await?;
    if confirmed > 0 {
        insert(conn, user, recovery_codes).await?;
    }
    Ok(recorded(confirmed > 0, events))
}

async fn replace(
    conn: &mut Conn,
    user: UserId,
    recovery_codes: &[TokenHash],
    events: &[NewAuditEvent],
) -> Result<(bool, Facts), Fault> {
    let user = U(user.0);
    hold_factor(conn, user).await?;
    let confirmed = factors::table
        .find(user)
        .filter(factors::confirmed_at.is_not_null());
    let is_on: bool = diesel::select(exists(confirmed)).get_result(conn).await?;
    if is_on {
        diesel::delete(codes::table.filter(codes::user_id.eq(user)))
            .execute(conn)
            .await?;
        insert(conn, user, recovery_codes).await?;
    }
    Ok(recorded(is_on, events))
}

async fn insert(conn: &mut Conn, user: U, recovery_codes: &[TokenHash]) -> QueryResult<()> {
    let row = |code: &TokenHash| RecoveryCodeRow {
        user_id: user,
        hash: code.0.to_vec(),
    };
    for code in recovery_codes {
        diesel::insert_into(codes::table)
            .values(row(code))
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn end_one(conn: &mut Conn, end: &SecondFactorEnd) -> Result<(bool, Facts), Fault> {
    let user = U(end.user.0);
    hold_factor(conn, user).await?;
    if let Some(org) = end.only_in {
        let elsewhere: i64 = memberships::table
            .filter(memberships::user_id.eq(user))
            .filter(memberships::org_id.ne(U(org.0)))
            .count()
            .get_result(conn)
            .await?;
        if elsewhere > 0 {
            return Ok(recorded(false, &[]));
        }
    }
    diesel::delete(codes::table.filter(codes::user_id.eq(user)))
        .execute(conn)
        .await?;
    let ended = diesel::delete(factors::table.find(user))
        .execute(conn)
        .await?;
    if ended > 0 {
        sign_ins::end_all(conn, end.user, None, end.keep, end.now).await?;
    }
    Ok(recorded(ended > 0, &end.audit))
}
