//! One-time links: invitations, password resets and address proofs. A used link is deleted.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use secrecy::ExposeSecret as _;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    identity::{
        LinkKind, LinkMail, OneTimeLink, PasswordHash, ResetMaker, Role, Standing, TokenHash, User,
    },
    ids::{LinkId, OrgId, UserId},
};
use wabakit_ports::store::{Acceptance, DueMail, Facts, StoreError};

use super::{Conn, people};
use crate::{
    error::{Fault, Violation as _},
    rows::{LinkRow, OrgRow, UserRow, role_of},
    schema::{memberships, one_time_links as links, orgs, users},
    types::{T, U},
    values::text,
};

pub(super) async fn create(
    conn: &mut Conn,
    link: &OneTimeLink,
    events: &[NewAuditEvent],
) -> Result<((), Facts), Fault> {
    let row = LinkRow::try_from(link)?;
    if let LinkKind::Invitation { email, .. } = &link.kind {
        people::hold_members(conn, link.org).await?;
        if people::is_taken(conn, link.org, email, None).await? {
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
        .into_boxed::<super::Db>()
        .first(conn)
        .await
        .optional()?;
    holding(conn, row).await
}

/// Reads a person's standing in an organisation.
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

/// Returns the link, unless its maker could not make it now.
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
        LinkKind::AddressProof { .. } => true,
        LinkKind::PasswordReset { user, made_by } => {
            let maker = match made_by {
                ResetMaker::Member(maker) => Some(standing(conn, link.org, *maker).await?),
                ResetMaker::CommandLine | ResetMaker::Person | ResetMaker::Unrecorded => None,
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
        .into_boxed::<super::Db>()
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

/// Ends a person's password reset links, in whichever organisation they were made.
pub(super) async fn end_resets(conn: &mut Conn, user: UserId) -> QueryResult<()> {
    diesel::delete(links::table.filter(links::user_id.eq(U(user.0))))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends the invitations of an organisation that a person made and could not make in this role.
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

/// Takes a link: of all who try, one gets it. A link that no longer holds is not used up.
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

/// Accepts an invitation. It takes locks in the order of all writes about people: members, address, password, link.
pub(super) async fn accept(
    conn: &mut Conn,
    acceptance: &Acceptance,
) -> Result<(Option<User>, Facts), Fault> {
    let Some(OneTimeLink {
        org,
        kind: LinkKind::Invitation { email, role, .. },
        mail,
        ..
    }) = find(conn, acceptance.hash, acceptance.now).await?
    else {
        return Ok((None, Facts::default()));
    };
    people::hold_members(conn, org).await?;
    people::hold_address(conn, &email).await?;
    people::hold_password(conn, acceptance.user.id).await?;
    let taken = take(conn, acceptance.hash, LinkRow::INVITATION, acceptance.now).await?;
    if taken.is_none() {
        return Ok((None, Facts::default()));
    }
    let user = joining(conn, acceptance, email, mail.is_some()).await?;
    if people::is_taken(conn, org, &user.email, Some(user.id)).await? {
        return Err(StoreError::Duplicate("the member").into());
    }
    people::join(conn, org, user.id, role, acceptance.now).await?;
    let mut event = acceptance.audit.clone();
    event.org = org;
    Ok((Some(user), vec![event].into()))
}

/// Creates the person who accepts an invitation, or checks that the known person has not changed since the password was
/// compared.
async fn joining(
    conn: &mut Conn,
    acceptance: &Acceptance,
    email: String,
    proves: bool,
) -> Result<User, Fault> {
    // The password was compared with those of the address before this transaction began.
    if people::count_by_email(conn, &email).await? != acceptance.namesakes {
        return Err(StoreError::Conflict.into());
    }
    let proven_at = proves.then_some(acceptance.now);
    if acceptance.is_new {
        let user = User {
            email,
            proven_at,
            ..acceptance.user.clone()
        };
        diesel::insert_into(users::table)
            .values(UserRow::new(&user, &acceptance.password)?)
            .execute(conn)
            .await
            .or_duplicate(StoreError::Conflict)?;
        return Ok(user);
    }
    let row: Option<UserRow> = users::table
        .find(U(acceptance.user.id.0))
        .filter(users::email.eq(&email))
        .filter(users::password_hash.eq(acceptance.password.0.expose_secret()))
        .select(UserRow::as_select())
        .into_boxed::<super::Db>()
        .first(conn)
        .await
        .optional()?;
    let mut user = User::from(row.ok_or(StoreError::Conflict)?);
    if user.proven_at.is_none() && proves {
        prove(conn, user.id, acceptance.now).await?;
        user.proven_at = proven_at;
    }
    Ok(user)
}

/// Marks a person's address as proven.
///
/// # Errors
/// [`StoreError::Conflict`] when another person has proven it.
async fn prove(conn: &mut Conn, user: UserId, now: Time) -> Result<(), Fault> {
    diesel::update(users::table.find(U(user.0)))
        .set(users::proven_at.eq(Some(T(now))))
        .execute(conn)
        .await
        .or_duplicate(StoreError::Conflict)?;
    Ok(())
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
        mail,
        ..
    }) = find(conn, hash, now).await?
    else {
        return Ok((None, Facts::default()));
    };
    // Held before the link is taken. Otherwise a person who joins another organisation could wait for the link, while
    // this waits for the person.
    people::hold_password(conn, user).await?;
    if take(conn, hash, LinkRow::PASSWORD_RESET, now)
        .await?
        .is_none()
    {
        return Ok((None, Facts::default()));
    }
    people::replace_password(conn, user, password, None, now).await?;
    if mail.is_none() {
        // The link was shown to its maker, who may have chosen the password. So the address is no longer proven.
        diesel::update(users::table.find(U(user.0)))
            .set(users::proven_at.eq(None::<T>))
            .execute(conn)
            .await?;
    }
    Ok((Some(user), vec![event.clone()].into()))
}

/// Proves a person's address by a link. It takes locks in the same order as accepting an invitation.
pub(super) async fn prove_address(
    conn: &mut Conn,
    hash: TokenHash,
    user: UserId,
    now: Time,
    event: &NewAuditEvent,
) -> Result<(bool, Facts), Fault> {
    let found = find(conn, hash, now).await?;
    let is_theirs = found.is_some_and(|link| link.kind == LinkKind::AddressProof { user });
    if !is_theirs
        || take(conn, hash, LinkRow::ADDRESS_PROOF, now)
            .await?
            .is_none()
    {
        return Ok((false, Facts::default()));
    }
    prove(conn, user, now).await?;
    Ok((true, vec![event.clone()].into()))
}

/// Finds links whose mail is due.
pub(super) async fn due_mails(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<U>, Fault> {
    Ok(links::table
        .filter(links::mail_due_at.is_not_null())
        .filter(links::mail_due_at.le(Some(T(now))))
        .filter(links::expires_at.gt(T(now)))
        .order((links::mail_due_at.asc(), links::id.asc()))
        .limit(limit)
        .select(links::id)
        .load(conn)
        .await?)
}

/// Claims these mails, except those that another process has claimed in the meantime.
pub(super) async fn claim_mails(
    conn: &mut Conn,
    due: &[U],
    now: Time,
    until: Time,
) -> Result<Vec<DueMail>, Fault> {
    let rows: Vec<LinkRow> = diesel::update(
        links::table
            .filter(links::id.eq_any(due))
            .filter(links::mail_due_at.le(Some(T(now)))),
    )
    .set(links::mail_due_at.eq(Some(T(until))))
    .returning(LinkRow::as_returning())
    .get_results(conn)
    .await?;
    let mut claimed: Vec<OneTimeLink> = rows
        .into_iter()
        .map(OneTimeLink::try_from)
        .collect::<Result<_, _>>()?;
    claimed.sort_by_key(|link| due.iter().position(|id| id.0 == link.id.0));
    let of_org: Vec<U> = claimed.iter().map(|link| U(link.org.0)).collect();
    let orgs: Vec<OrgRow> = orgs::table
        .filter(orgs::id.eq_any(of_org))
        .select(OrgRow::as_select())
        .into_boxed::<super::Db>()
        .load(conn)
        .await?;
    let named = claimed.iter().flat_map(|link| match &link.kind {
        LinkKind::Invitation { invited_by, .. } => [Some(*invited_by), None],
        LinkKind::PasswordReset { user, made_by } => match made_by {
            ResetMaker::Member(maker) => [Some(*user), Some(*maker)],
            _ => [Some(*user), None],
        },
        LinkKind::AddressProof { user } => [Some(*user), None],
    });
    let named: Vec<U> = named.flatten().map(|user| U(user.0)).collect();
    let people: Vec<UserRow> = users::table
        .filter(users::id.eq_any(named))
        .select(UserRow::as_select())
        .into_boxed::<super::Db>()
        .load(conn)
        .await?;
    let person = |id: UserId| people.iter().find(|row| row.id.0 == id.0);
    let name = |id: UserId| person(id).map(|row| row.name.clone());
    let mails = claimed.into_iter().filter_map(|link| {
        let (to, by) = match &link.kind {
            LinkKind::Invitation {
                email, invited_by, ..
            } => (email.clone(), name(*invited_by)),
            LinkKind::PasswordReset { user, made_by } => {
                let by = match made_by {
                    ResetMaker::Member(maker) => name(*maker),
                    _ => None,
                };
                (person(*user)?.email.clone(), by)
            }
            LinkKind::AddressProof { user } => (person(*user)?.email.clone(), name(*user)),
        };
        let org = orgs
            .iter()
            .find(|row| row.id.0 == link.org.0)?
            .clone()
            .into();
        Some(DueMail { link, org, to, by })
    });
    Ok(mails.collect())
}

pub(super) async fn finish_mail(
    conn: &mut Conn,
    org: OrgId,
    link: LinkId,
    mail: &LinkMail,
    events: &[NewAuditEvent],
) -> Result<((), Facts), Fault> {
    let failure = mail.failure.as_deref().map(text).transpose()?;
    let changed = diesel::update(
        links::table
            .find(U(link.0))
            .filter(links::org_id.eq(U(org.0))),
    )
    .set((
        links::mail_due_at.eq(mail.due_at.map(T)),
        links::mail_attempts.eq(mail.attempts),
        links::mailed_at.eq(mail.sent_at.map(T)),
        links::mail_failure.eq(failure),
    ))
    .execute(conn)
    .await?;
    Ok(match changed {
        0 => ((), Facts::default()),
        _ => ((), Facts::audit(events)),
    })
}

/// Deletes links that ended before a time.
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
