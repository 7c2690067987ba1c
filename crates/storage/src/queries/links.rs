//! Invitations and password resets. A link that is used is removed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    audit::{Actor, NewAuditEvent},
    identity::{LinkKind, OneTimeLink, PasswordHash, TokenHash, User},
    ids::{LinkId, OrgId, UserId},
};
use wabakit_ports::store::{Acceptance, Facts, StoreError};

use super::{Conn, people};
use crate::{
    error::{Fault, Violation as _},
    rows::{LinkRow, UserRow},
    schema::{memberships, one_time_links as links, users},
    types::{T, U},
};

pub(super) async fn create(
    conn: &mut Conn,
    link: &OneTimeLink,
    events: &[NewAuditEvent],
) -> Result<((), Facts), Fault> {
    let row = LinkRow::try_from(link)?;
    if let LinkKind::Invitation { email, .. } = &link.kind {
        people::hold_members(conn, link.org).await?;
        let members: i64 = memberships::table
            .inner_join(users::table)
            .filter(memberships::org_id.eq(row.org_id))
            .filter(users::email.eq(email))
            .count()
            .get_result(conn)
            .await?;
        if members > 0 {
            return Err(StoreError::Duplicate("the member").into());
        }
        diesel::delete(
            links::table
                .filter(links::org_id.eq(row.org_id))
                .filter(links::email.eq(email)),
        )
        .execute(conn)
        .await?;
    }
    diesel::insert_into(links::table)
        .values(row)
        .execute(conn)
        .await
        .or_duplicate(StoreError::Duplicate("the link"))?;
    Ok(((), Facts::audit(events)))
}

pub(super) async fn find(
    conn: &mut Conn,
    hash: TokenHash,
    now: Time,
) -> Result<Option<OneTimeLink>, Fault> {
    let row = links::table
        .filter(links::hash.eq(hash.0.to_vec()))
        .filter(links::expires_at.gt(T(now)))
        .select(LinkRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(OneTimeLink::try_from).transpose()?)
}

pub(super) async fn invitations(
    conn: &mut Conn,
    org: OrgId,
    now: Time,
) -> Result<Vec<OneTimeLink>, Fault> {
    let rows: Vec<LinkRow> = links::table
        .filter(links::org_id.eq(U(org.0)))
        .filter(links::kind.eq(LinkRow::INVITATION))
        .filter(links::expires_at.gt(T(now)))
        .order((links::created_at.desc(), links::id.desc()))
        .limit(200)
        .select(LinkRow::as_select())
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(OneTimeLink::try_from)
        .collect::<Result<_, _>>()?)
}

pub(super) async fn revoke(
    conn: &mut Conn,
    org: OrgId,
    id: LinkId,
    events: &[NewAuditEvent],
) -> Result<(bool, Facts), Fault> {
    let removed = diesel::delete(
        links::table
            .find(U(id.0))
            .filter(links::org_id.eq(U(org.0))),
    )
    .execute(conn)
    .await?;
    Ok(match removed {
        0 => (false, Facts::default()),
        _ => (true, Facts::audit(events)),
    })
}

/// Uses a link up: of all who try, one gets it.
async fn take(
    conn: &mut Conn,
    hash: TokenHash,
    kind: &'static str,
    now: Time,
) -> Result<Option<OneTimeLink>, Fault> {
    let row: Option<LinkRow> = diesel::delete(
        links::table
            .filter(links::hash.eq(hash.0.to_vec()))
            .filter(links::kind.eq(kind))
            .filter(links::expires_at.gt(T(now))),
    )
    .returning(LinkRow::as_returning())
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(OneTimeLink::try_from).transpose()?)
}

pub(super) async fn accept(
    conn: &mut Conn,
    acceptance: &Acceptance,
) -> Result<(Option<User>, Facts), Fault> {
    let link = take(conn, acceptance.hash, LinkRow::INVITATION, acceptance.now).await?;
    let Some(OneTimeLink {
        org,
        kind: LinkKind::Invitation { email, role, .. },
        ..
    }) = link
    else {
        return Ok((None, Facts::default()));
    };
    let new_user = User {
        email: email.clone(),
        ..acceptance.new_user.clone()
    };
    let made = diesel::insert_into(users::table)
        .values(UserRow::new(&new_user, &acceptance.password)?)
        .on_conflict(users::email)
        .do_nothing()
        .execute(conn)
        .await
        .or_duplicate(StoreError::Duplicate("the person"))?;
    let user: UserRow = users::table
        .filter(users::email.eq(email))
        .select(UserRow::as_select())
        .first(conn)
        .await?;
    let user = User::from(user);
    people::join(conn, org, user.id, role, acceptance.now).await?;
    let mut event = acceptance.audit.clone();
    event.org = org;
    if made == 0 {
        event.actor = Actor::User(user.id);
        event.subject_id = user.id.to_string();
    }
    Ok((Some(user), vec![event].into()))
}

pub(super) async fn reset_password(
    conn: &mut Conn,
    hash: TokenHash,
    password: &PasswordHash,
    now: Time,
    event: &NewAuditEvent,
) -> Result<(Option<UserId>, Facts), Fault> {
    let link = take(conn, hash, LinkRow::PASSWORD_RESET, now).await?;
    let Some(OneTimeLink {
        kind: LinkKind::PasswordReset { user },
        ..
    }) = link
    else {
        return Ok((None, Facts::default()));
    };
    people::replace_password(conn, user, password, None, now).await?;
    Ok((Some(user), vec![event.clone()].into()))
}

/// Removes links that were over before.
pub(super) async fn prune(conn: &mut Conn, before: Time, limit: i64) -> QueryResult<usize> {
    let over: Vec<U> = links::table
        .filter(links::expires_at.lt(T(before)))
        .limit(limit)
        .select(links::id)
        .load(conn)
        .await?;
    diesel::delete(links::table.filter(links::id.eq_any(over)))
        .execute(conn)
        .await
}
