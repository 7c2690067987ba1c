//! Invitations and password resets. A link that is used is removed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use secrecy::ExposeSecret as _;
use wabakit_domain::{
    Time,
    audit::{Actor, NewAuditEvent},
    identity::{LinkKind, OneTimeLink, PasswordHash, ResetMaker, Role, Standing, TokenHash, User},
    ids::{LinkId, OrgId, UserId},
};
use wabakit_ports::store::{Acceptance, Facts, StoreError};

use super::{Conn, people};
use crate::{
    error::{Fault, Violation as _},
    rows::{LinkRow, UserRow, role_of},
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
    holding(conn, row).await
}

/// Reads a person's standing in an org.
async fn standing(conn: &mut Conn, org: OrgId, user: UserId) -> Result<Standing, Fault> {
    let is_operator: Option<bool> = users::table
        .find(U(user.0))
        .select(users::is_operator)
        .first(conn)
        .await
        .optional()?;
    let places: Vec<(U, String)> = memberships::table
        .filter(memberships::user_id.eq(U(user.0)))
        .select((memberships::org_id, memberships::role))
        .load(conn)
        .await?;
    let here = places.iter().find(|(place, _)| *place == U(org.0));
    Ok(Standing {
        role: here.map(|(_, role)| role_of(U(user.0), role)).transpose()?,
        is_elsewhere: places.iter().any(|(place, _)| *place != U(org.0)),
        is_operator: is_operator.unwrap_or_default(),
    })
}

/// Drops a link that its maker could not make now.
async fn holding(conn: &mut Conn, row: Option<LinkRow>) -> Result<Option<OneTimeLink>, Fault> {
    let Some(link) = row.map(OneTimeLink::try_from).transpose()? else {
        return Ok(None);
    };
    let holds = match &link.kind {
        LinkKind::Invitation {
            role, invited_by, ..
        } => standing(conn, link.org, *invited_by)
            .await?
            .may_invite(*role),
        LinkKind::PasswordReset { user, made_by } => {
            let maker = match made_by {
                ResetMaker::Member(maker) => Some(standing(conn, link.org, *maker).await?),
                ResetMaker::CommandLine | ResetMaker::Unrecorded => None,
            };
            let person = standing(conn, link.org, *user).await?;
            made_by.may_still_reset(maker.as_ref(), &person)
        }
    };
    Ok(holds.then_some(link))
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

/// Ends a person's password reset links, whichever org they were made in.
pub(super) async fn end_resets(conn: &mut Conn, user: UserId) -> QueryResult<()> {
    diesel::delete(links::table.filter(links::user_id.eq(U(user.0))))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends the invitations of an org that a person made and could not make in this role.
pub(super) async fn end_invitations_beyond(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    role: Option<Role>,
) -> QueryResult<()> {
    let beyond = Role::ALL
        .into_iter()
        .filter(|invited| role.is_none_or(|own| !own.may_manage(*invited)))
        .map(Role::as_str);
    diesel::delete(
        links::table
            .filter(links::org_id.eq(U(org.0)))
            .filter(links::kind.eq(LinkRow::INVITATION))
            .filter(links::invited_by.eq(U(user.0)))
            .filter(links::role.eq_any(beyond)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Uses a link up: of all who try, one gets it. A link that no longer holds goes unused.
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
    holding(conn, row).await
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
    let id: U = users::table
        .filter(users::email.eq(email))
        .select(users::id)
        .first(conn)
        .await?;
    people::hold_password(conn, UserId(id.0)).await?;
    let user = users::table
        .find(id)
        .select(UserRow::as_select())
        .first::<UserRow>(conn)
        .await?;
    // The password was proven, or chosen for a new person, before this transaction.
    if user.password_hash != acceptance.password.0.expose_secret() {
        return Err(StoreError::Conflict.into());
    }
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
    let Some(OneTimeLink {
        kind: LinkKind::PasswordReset { user, .. },
        ..
    }) = find(conn, hash, now).await?
    else {
        return Ok((None, Facts::default()));
    };
    // Before the link is taken, or somebody who joins another org could wait for the link while this waits for them.
    people::hold_password(conn, user).await?;
    if take(conn, hash, LinkRow::PASSWORD_RESET, now)
        .await?
        .is_none()
    {
        return Ok((None, Facts::default()));
    }
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
