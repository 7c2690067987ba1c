//! People and their memberships.

use diesel::{dsl::exists, prelude::*};
use diesel_async::RunQueryDsl;
use secrecy::ExposeSecret as _;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    identity::{Member, PasswordHash, Role, User},
    ids::{AuthSessionId, OrgId, UserId},
};
use wabakit_ports::store::{
    Facts, MembershipChange, Namesake, Namesakes, OrgOverview, Page, PageRequest, StoreError,
};

use super::{Conn, Db, hold, links, sign_ins};
use crate::{
    error::{Fault, Violation as _},
    rows::{MembershipRow, OrgRow, UserRow, role_of},
    schema::{memberships, orgs, users, whatsapp_accounts as accounts},
    types::{T, U},
    values::text,
};

pub(super) const NO_ORG: StoreError = StoreError::Missing("the organisation");
const NO_USER: StoreError = StoreError::Missing("the person");

/// Holds the members of an organisation, their roles and its invitations.
pub(super) async fn hold_members(conn: &mut Conn, org: OrgId) -> QueryResult<()> {
    hold(conn, &format!("members of {org}")).await
}

/// Holds a person's password, and everything that is decided by it.
pub(super) async fn hold_password(conn: &mut Conn, user: UserId) -> QueryResult<()> {
    hold(conn, &format!("password of {user}")).await
}

/// Holds the people of an address.
pub(super) async fn hold_address(conn: &mut Conn, email: &str) -> QueryResult<()> {
    hold(conn, &format!("address {email}")).await
}

/// The most people of an address that are sorted by their last use.
const NAMESAKES: i64 = 50;

/// Counts the people of an address.
pub(super) async fn count_by_email(conn: &mut Conn, email: &str) -> QueryResult<i64> {
    users::table
        .filter(users::email.eq(email))
        .count()
        .get_result(conn)
        .await
}

/// Lists the people of an address: members of the organisation first, then the proven person, then others by latest
/// use.
pub(super) async fn by_email(
    conn: &mut Conn,
    email: &str,
    org: Option<OrgId>,
    limit: usize,
) -> Result<Namesakes, Fault> {
    let places = || memberships::table.filter(memberships::user_id.eq(users::id));
    let here = places().filter(memberships::org_id.eq(U(org.unwrap_or(OrgId::PLATFORM).0)));
    let rows: Vec<UserRow> = users::table
        .filter(users::email.eq(email))
        .order((
            exists(here).desc(),
            users::proven_at.is_not_null().desc(),
            exists(places()).desc(),
            users::created_at.desc(),
            users::id.desc(),
        ))
        .limit(NAMESAKES)
        .select(UserRow::as_select())
        .into_boxed::<super::Db>()
        .load(conn)
        .await?;
    let ids: Vec<U> = rows.iter().map(|row| row.id).collect();
    let uses: Vec<(U, U, T, Option<T>)> = memberships::table
        .filter(memberships::user_id.eq_any(ids))
        .order(memberships::joined_at.desc())
        .limit(NAMESAKES * 10)
        .select((
            memberships::user_id,
            memberships::org_id,
            memberships::joined_at,
            memberships::last_seen_at,
        ))
        .load(conn)
        .await?;
    let used = |user: &User| {
        let own = uses.iter().filter(|(id, ..)| id.0 == user.id.0);
        own.map(|(_, _, joined, seen)| seen.map_or(joined.0, |seen| seen.0))
            .max()
    };
    let is_here = |user: &User| {
        uses.iter()
            .any(|(id, place, ..)| id.0 == user.id.0 && org.is_some_and(|org| org.0 == place.0))
    };
    let mut people: Vec<Namesake> = rows
        .into_iter()
        .map(|row| {
            let (user, password) = row.with_password();
            Namesake {
                is_member: used(&user).is_some(),
                user,
                password,
            }
        })
        .collect();
    people.sort_by_key(|one| {
        let user = &one.user;
        std::cmp::Reverse((is_here(user), user.proven_at.is_some(), used(user)))
    });
    people.truncate(limit);
    Ok(Namesakes {
        people,
        count: count_by_email(conn, email).await?,
    })
}

/// Tells whether another member of the organisation than this person has an address.
pub(super) async fn is_taken(
    conn: &mut Conn,
    org: OrgId,
    email: &str,
    but: Option<UserId>,
) -> QueryResult<bool> {
    let members = memberships::table
        .inner_join(users::table)
        .filter(memberships::org_id.eq(U(org.0)))
        .filter(users::email.eq(email))
        .filter(users::id.ne(U(but.map_or(uuid::Uuid::nil(), |user| user.0))));
    diesel::select(exists(members)).get_result(conn).await
}

/// Replaces a person's password. Ends their sign-ins except one, and their password reset links.
pub(super) async fn replace_password(
    conn: &mut Conn,
    user: UserId,
    password: &PasswordHash,
    keep: Option<AuthSessionId>,
    now: Time,
) -> Result<(), Fault> {
    hold_password(conn, user).await?;
    let password = text(password.0.expose_secret())?;
    let changed = diesel::update(users::table.find(U(user.0)))
        .set(users::password_hash.eq(password))
        .execute(conn)
        .await?;
    if changed == 0 {
        return Err(NO_USER.into());
    }
    sign_ins::end_all(conn, user, None, keep, now).await?;
    links::end_resets(conn, user).await?;
    Ok(())
}

/// Makes a person a member of an organisation, unless they are one. It ends their password reset links, because the
/// password now opens more.
pub(super) async fn join(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    role: Role,
    at: Time,
) -> Result<(), Fault> {
    diesel::insert_into(memberships::table)
        .values(MembershipRow {
            org_id: U(org.0),
            user_id: U(user.0),
            role: role.as_str().to_owned(),
            joined_at: T(at),
            last_seen_at: None,
        })
        .on_conflict((memberships::org_id, memberships::user_id))
        .do_nothing()
        .execute(conn)
        .await
        .or_unrelated(NO_ORG)?;
    links::end_resets(conn, user).await?;
    Ok(())
}

/// Lists all organisations with their counts, in one query.
pub(super) async fn list_orgs(
    conn: &mut Conn,
    page: PageRequest<OrgId>,
) -> Result<Page<OrgOverview, OrgId>, Fault> {
    let mut query = orgs::table
        .order(orgs::id.asc())
        .limit(page.limit.get() + 1)
        .select((
            OrgRow::as_select(),
            memberships::table
                .filter(memberships::org_id.eq(orgs::id))
                .count()
                .single_value(),
            accounts::table
                .filter(accounts::org_id.eq(orgs::id))
                .filter(accounts::is_active)
                .count()
                .single_value(),
        ))
        .into_boxed::<Db>();
    if let Some(after) = page.after {
        query = query.filter(orgs::id.gt(U(after.0)));
    }
    let rows: Vec<(OrgRow, Option<i64>, Option<i64>)> = query.load(conn).await?;
    let overview = |(org, members, active): (OrgRow, Option<i64>, Option<i64>)| OrgOverview {
        org: org.into(),
        members: members.unwrap_or_default(),
        active_accounts: active.unwrap_or_default(),
    };
    let rows = rows.into_iter().map(overview).collect();
    Ok(Page::cut(rows, page.limit, |overview| overview.org.id))
}

/// Stores a person, with a membership if one is given.
pub(super) async fn create_user(
    conn: &mut Conn,
    row: &UserRow,
    membership: Option<(OrgId, Role)>,
    events: &[NewAuditEvent],
) -> Result<((), Facts), Fault> {
    const TAKEN: StoreError = StoreError::Duplicate("the email address");
    if let Some((org, _)) = membership {
        hold_members(conn, org).await?;
        if is_taken(conn, org, &row.email, None).await? {
            return Err(TAKEN.into());
        }
    }
    hold_address(conn, &row.email).await?;
    diesel::insert_into(users::table)
        .values(row.clone())
        .execute(conn)
        .await
        .or_duplicate(TAKEN)?;
    if let Some((org, role)) = membership {
        join(conn, org, UserId(row.id.0), role, row.created_at.0).await?;
    }
    Ok(((), Facts::audit(events)))
}

pub(super) type MemberRow = (UserRow, MembershipRow);

pub(super) fn member((user, place): MemberRow) -> Result<Member, StoreError> {
    Ok(Member {
        role: role_of(user.id, &place.role)?,
        user: user.into(),
        joined_at: place.joined_at.0,
        last_seen_at: place.last_seen_at.map(|at| at.0),
    })
}

pub(super) async fn members(
    conn: &mut Conn,
    org: OrgId,
    page: PageRequest<UserId>,
) -> Result<Page<Member, UserId>, Fault> {
    let mut query = memberships::table
        .inner_join(users::table)
        .filter(memberships::org_id.eq(U(org.0)))
        .order(memberships::user_id.asc())
        .limit(page.limit.get() + 1)
        .select((UserRow::as_select(), MembershipRow::as_select()))
        .into_boxed::<Db>();
    if let Some(after) = page.after {
        query = query.filter(memberships::user_id.gt(U(after.0)));
    }
    let rows: Vec<MemberRow> = query.load(conn).await?;
    let rows = rows.into_iter().map(member).collect::<Result<_, _>>()?;
    Ok(Page::cut(rows, page.limit, |member| member.user.id))
}

/// Changes a membership, unless no owner would be left. It ends the invitations that the member made and may no longer
/// make.
pub(super) async fn change_membership(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    change: &MembershipChange,
    now: Time,
    events: &[NewAuditEvent],
) -> Result<((), Facts), Fault> {
    hold_members(conn, org).await?;
    let place = memberships::table.find((U(org.0), U(user.0)));
    let changed = match change {
        MembershipChange::SetRole(role) => {
            diesel::update(place)
                .set(memberships::role.eq(role.as_str()))
                .execute(conn)
                .await?
        }
        MembershipChange::Remove => {
            sign_ins::end_all(conn, user, Some(org), None, now).await?;
            links::end_resets(conn, user).await?;
            diesel::delete(place).execute(conn).await?
        }
    };
    if changed == 0 {
        return Err(StoreError::Missing("the member").into());
    }
    let role = match change {
        MembershipChange::SetRole(role) => Some(*role),
        MembershipChange::Remove => None,
    };
    links::end_invitations_beyond(conn, org, user, role).await?;
    let owners: i64 = memberships::table
        .filter(memberships::org_id.eq(U(org.0)))
        .filter(memberships::role.eq(Role::Owner.as_str()))
        .count()
        .get_result(conn)
        .await?;
    if owners == 0 {
        return Err(StoreError::Forbidden("an organisation needs an owner").into());
    }
    Ok(((), Facts::audit(events)))
}
