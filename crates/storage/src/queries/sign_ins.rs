//! Sign-ins and their refresh tokens.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    identity::{AuthSession, Org, SignedInPerson, TokenHash},
    ids::{AuthSessionId, OrgId, UserId},
};
use wabakit_ports::store::{Facts, RefreshRotation, Rotation, SignIn, StoreError, WhichSignIns};

use super::{Conn, Db, hold};
use crate::{
    error::{Fault, Violation as _},
    rows::{AuthSessionRow, OrgRow, RefreshRow, UserRow, role_of},
    schema::{auth_sessions as sessions, memberships, orgs, refresh_tokens as tokens, users},
    types::{T, U},
};

pub(super) async fn store(
    conn: &mut Conn,
    sign_in: &SignIn,
    events: &[NewAuditEvent],
) -> Result<((), Facts), Fault> {
    let session = &sign_in.session;
    diesel::insert_into(sessions::table)
        .values(AuthSessionRow::try_from(session)?)
        .execute(conn)
        .await
        .or_duplicate(StoreError::Duplicate("the sign-in"))?;
    diesel::insert_into(tokens::table)
        .values(RefreshRow::new(&sign_in.refresh, session.id))
        .execute(conn)
        .await
        .or_duplicate(StoreError::Duplicate("the refresh token"))?;
    note_use(conn, session.org, session.user, session.last_seen_at).await?;
    Ok(((), Facts::audit(events)))
}

async fn note_use(conn: &mut Conn, org: OrgId, user: UserId, now: Time) -> QueryResult<()> {
    diesel::update(memberships::table.find((U(org.0), U(user.0))))
        .set(memberships::last_seen_at.eq(Some(T(now))))
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn touch(
    conn: &mut Conn,
    session: AuthSessionId,
    now: Time,
    expires_at: Time,
) -> Result<(), Fault> {
    // A sign-in that has ended in the meantime stays ended.
    let living = sessions::table
        .find(U(session.0))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(T(now)));
    let whose: Option<(U, U)> = diesel::update(living)
        .set((
            sessions::last_seen_at.eq(T(now)),
            sessions::expires_at.eq(T(expires_at)),
        ))
        .returning((sessions::org_id, sessions::user_id))
        .get_result(conn)
        .await
        .optional()?;
    if let Some((org, user)) = whose {
        note_use(conn, OrgId(org.0), UserId(user.0), now).await?;
    }
    Ok(())
}

/// The key by which a sign-in is found.
#[derive(Clone, Copy)]
pub(super) enum Key {
    Id(AuthSessionId),
    Cookie(TokenHash),
}

/// Finds the principal of a sign-in that has not ended, if the person is still a member.
pub(super) async fn principal(
    conn: &mut Conn,
    key: Key,
    now: Time,
) -> Result<Option<SignedInPerson>, Fault> {
    let place = memberships::org_id
        .eq(sessions::org_id)
        .and(memberships::user_id.eq(sessions::user_id));
    let query = sessions::table
        .inner_join(users::table)
        .inner_join(orgs::table)
        .inner_join(memberships::table.on(place))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(T(now)))
        .select((
            AuthSessionRow::as_select(),
            UserRow::as_select(),
            OrgRow::as_select(),
            memberships::role,
        ))
        .into_boxed::<Db>();
    let query = match key {
        Key::Id(id) => query.filter(sessions::id.eq(U(id.0))),
        Key::Cookie(cookie) => query.filter(sessions::cookie.eq(cookie.0.to_vec())),
    };
    let found: Option<(AuthSessionRow, UserRow, OrgRow, String)> =
        query.first(conn).await.optional()?;
    let Some((session, user, org, role)) = found else {
        return Ok(None);
    };
    Ok(Some(SignedInPerson {
        session: session.try_into()?,
        role: role_of(user.id, &role)?,
        user: user.into(),
        org: org.into(),
    }))
}

/// Ends one sign-in, and records it if it had not ended.
pub(super) async fn end(
    conn: &mut Conn,
    session: AuthSessionId,
    now: Time,
    events: &[NewAuditEvent],
) -> Result<((), Facts), Fault> {
    let ended = diesel::update(
        sessions::table
            .find(U(session.0))
            .filter(sessions::revoked_at.is_null())
            .filter(sessions::expires_at.gt(T(now))),
    )
    .set(sessions::revoked_at.eq(Some(T(now))))
    .execute(conn)
    .await?;
    Ok(match ended {
        0 => ((), Facts::default()),
        _ => ((), Facts::audit(events)),
    })
}

/// The most sign-ins that are listed.
const LISTED: i64 = 200;

/// Lists a person's open sign-ins with their organisations, last used first.
pub(super) async fn list(
    conn: &mut Conn,
    user: UserId,
    now: Time,
) -> Result<Vec<(AuthSession, Org)>, Fault> {
    let rows: Vec<(AuthSessionRow, OrgRow)> = sessions::table
        .inner_join(orgs::table)
        .filter(sessions::user_id.eq(U(user.0)))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(T(now)))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .limit(LISTED)
        .select((AuthSessionRow::as_select(), OrgRow::as_select()))
        .load(conn)
        .await?;
    let pair = |(session, org): (AuthSessionRow, OrgRow)| {
        Ok::<_, StoreError>((session.try_into()?, org.into()))
    };
    Ok(rows.into_iter().map(pair).collect::<Result<_, _>>()?)
}

/// Ends some of a person's open sign-ins. Records the entries of their organisations.
pub(super) async fn end_some(
    conn: &mut Conn,
    user: UserId,
    which: WhichSignIns,
    now: Time,
    events: &[NewAuditEvent],
) -> Result<(usize, Facts), Fault> {
    let ended = diesel::update(sessions::table)
        .set(sessions::revoked_at.eq(Some(T(now))))
        .filter(sessions::user_id.eq(U(user.0)))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(T(now)))
        .returning(sessions::org_id)
        .into_boxed::<Db>();
    let ended = match which {
        WhichSignIns::One(id) => ended.filter(sessions::id.eq(U(id.0))),
        WhichSignIns::AllBut(id) => ended.filter(sessions::id.ne(U(id.0))),
    };
    let orgs: Vec<U> = ended.load(conn).await?;
    let concerned = |event: &&NewAuditEvent| orgs.contains(&U(event.org.0));
    let events: Vec<_> = events.iter().filter(concerned).cloned().collect();
    Ok((orgs.len(), Facts::audit(&events)))
}

/// Ends a person's sign-ins except one, in one organisation or everywhere.
pub(super) async fn end_all(
    conn: &mut Conn,
    user: UserId,
    org: Option<OrgId>,
    keep: Option<AuthSessionId>,
    now: Time,
) -> QueryResult<()> {
    let mut ended = diesel::update(sessions::table)
        .set(sessions::revoked_at.eq(Some(T(now))))
        .filter(sessions::user_id.eq(U(user.0)))
        .filter(sessions::revoked_at.is_null())
        .into_boxed::<Db>();
    if let Some(org) = org {
        ended = ended.filter(sessions::org_id.eq(U(org.0)));
    }
    if let Some(keep) = keep {
        ended = ended.filter(sessions::id.ne(U(keep.0)));
    }
    ended.execute(conn).await?;
    Ok(())
}

/// Exchanges a refresh token. The grace counts from its first use, so that a token that is used again and again does
/// not stay valid.
pub(super) async fn rotate(
    conn: &mut Conn,
    rotation: &RefreshRotation,
) -> Result<(Rotation, Facts), Fault> {
    let now = rotation.now;
    let hash = rotation.presented.0;
    hold(conn, &format!("refresh token {hash:x?}")).await?;
    let presented: Option<RefreshRow> = tokens::table
        .filter(tokens::hash.eq(hash.to_vec()))
        .filter(tokens::expires_at.gt(T(now)))
        .select(RefreshRow::as_select())
        .into_boxed::<super::Db>()
        .first(conn)
        .await
        .optional()?;
    let nothing = Facts::default;
    let Some(presented) = presented else {
        return Ok((Rotation::Unknown, nothing()));
    };
    let session = AuthSessionId(presented.session_id.0);
    let Some(who) = principal(conn, Key::Id(session), now).await? else {
        return Ok((Rotation::Unknown, nothing()));
    };
    if presented
        .used_at
        .is_some_and(|used| used.0 < rotation.grace_since)
    {
        let mut event = rotation.reuse_audit.clone();
        event.org = who.org.id;
        let ((), facts) = end(conn, session, now, &[event]).await?;
        return Ok((Rotation::Reused(session), facts));
    }
    if presented.used_at.is_none() {
        diesel::update(tokens::table.find(presented.id))
            .set(tokens::used_at.eq(Some(T(now))))
            .execute(conn)
            .await?;
    }
    diesel::insert_into(tokens::table)
        .values(RefreshRow::new(&rotation.next, session))
        .execute(conn)
        .await
        .or_duplicate(StoreError::Duplicate("the refresh token"))?;
    Ok((Rotation::Rotated(Box::new(who)), nothing()))
}

/// Deletes sign-ins that ended before a time with their tokens, and expired tokens.
pub(super) async fn prune(conn: &mut Conn, before: Time, limit: i64) -> QueryResult<usize> {
    let before = T(before);
    let over: Vec<U> = sessions::table
        .filter(
            sessions::expires_at
                .lt(before)
                .or(sessions::revoked_at.lt(Some(before)).assume_not_null()),
        )
        .limit(limit)
        .select(sessions::id)
        .load(conn)
        .await?;
    let sign_ins = diesel::delete(sessions::table.filter(sessions::id.eq_any(over)))
        .execute(conn)
        .await?;
    let over: Vec<U> = tokens::table
        .filter(tokens::expires_at.lt(before))
        .limit(limit)
        .select(tokens::id)
        .load(conn)
        .await?;
    let refresh_tokens = diesel::delete(tokens::table.filter(tokens::id.eq_any(over)))
        .execute(conn)
        .await?;
    Ok(sign_ins + refresh_tokens)
}
