use wabakit_domain::{
    audit::Actor,
    identity::{LinkKind, LinkMail, OneTimeLink, ResetMaker, Role, TokenHash, User},
    ids::OrgId,
    secret::ExposeSecret,
};

use super::{World, assert_refused, at, password, world::count};
use wabakit_ports::store::{Acceptance, MembershipChange, Namesake, Namesakes, StoreError};

const WEEK: i64 = 7 * 86_400;

fn accepting(w: &World, org: OrgId, hash: TokenHash) -> Acceptance {
    let user = w.make.user("new@acme.example");
    Acceptance {
        password: password("chosen"),
        ..w.make.acceptance(hash, org, user, true)
    }
}

async fn password_of(w: &World, user: &User) -> String {
    let (_, hash) = w.store.user(user.id).await.unwrap().unwrap();
    hash.0.expose_secret().to_owned()
}

pub async fn a_link_is_found_until_it_ends(w: World) {
    let tenant = w.tenant().await;
    let invitation = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    let reset = w.make.password_reset(tenant.org, tenant.owner.id);
    let by_admin = ResetMaker::Member(tenant.owner.id);
    let by_admin = w
        .make
        .password_reset_by(by_admin, tenant.org, tenant.owner.id);
    let before = ResetMaker::Unrecorded;
    let before = w
        .make
        .password_reset_by(before, tenant.org, tenant.owner.id);
    let own = w
        .make
        .password_reset_by(ResetMaker::Person, tenant.org, tenant.owner.id);
    let proof = w.make.address_proof(tenant.org, tenant.owner.id);
    for link in [invitation, reset, by_admin, before, own, proof] {
        let event = w.make.event(tenant.org, "link.created");
        w.store
            .create_link(link.clone(), vec![event])
            .await
            .unwrap();
        let found = w.store.link(link.hash, at(WEEK - 1)).await.unwrap();
        assert_eq!(found.as_ref(), Some(&link));
        assert_eq!(w.store.link(link.hash, at(WEEK)).await.unwrap(), None);
    }
    assert_eq!(w.store.link(w.make.hash(), at(0)).await.unwrap(), None);
    assert_eq!(w.actions(tenant.org).await.len(), 6);
}

pub async fn a_new_invitation_replaces_the_orgs_older_one(w: World) {
    let (one, two) = (w.tenant().await, w.tenant().await);
    let invite = |org, by: &User, email| w.make.invitation(org, by.id, email);
    let older = invite(one.org, &one.owner, "new@acme.example");
    let elsewhere = invite(two.org, &two.owner, "new@acme.example");
    let another = invite(one.org, &one.owner, "two@acme.example");
    let newer = invite(one.org, &one.owner, "new@acme.example");
    for link in [&older, &elsewhere, &another, &newer] {
        w.store.create_link(link.clone(), vec![]).await.unwrap();
    }
    assert_eq!(w.store.link(older.hash, at(0)).await.unwrap(), None);
    for link in [elsewhere, another, newer] {
        let found = w.store.link(link.hash, at(0)).await.unwrap();
        assert_eq!(found, Some(link));
    }
}

pub async fn a_member_is_not_invited_again(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let email = &tenant.owner.email;
    let again = w.make.invitation(tenant.org, tenant.owner.id, email);
    let event = w.make.event(tenant.org, "invitation.created");
    let refused = w.store.create_link(again.clone(), vec![event]).await;
    assert_refused!(refused, StoreError::Duplicate(_));
    assert_eq!(w.store.link(again.hash, at(0)).await.unwrap(), None);
    assert!(w.actions(tenant.org).await.is_empty());
    let elsewhere = w.make.invitation(other.org, other.owner.id, email);
    w.store.create_link(elsewhere, vec![]).await.unwrap();
}

pub async fn invitations_are_the_orgs_own_and_newest_first(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let mut expected = Vec::new();
    for (n, created) in [20, 30, 10].into_iter().enumerate() {
        let email = format!("n{n}@acme.example");
        let mut link = w.make.invitation(tenant.org, tenant.owner.id, &email);
        link.created_at = at(created);
        w.store.create_link(link.clone(), vec![]).await.unwrap();
        expected.push(link);
    }
    let mut over = w
        .make
        .invitation(tenant.org, tenant.owner.id, "over@acme.example");
    over.expires_at = at(60);
    let reset = w.make.password_reset(tenant.org, tenant.owner.id);
    let theirs = w
        .make
        .invitation(other.org, other.owner.id, "n1@acme.example");
    for link in [over, reset, theirs] {
        w.store.create_link(link, vec![]).await.unwrap();
    }
    expected.swap(0, 1);
    let open = w.store.invitations(tenant.org, at(60)).await.unwrap();
    assert_eq!(open, expected);
}

pub async fn another_org_takes_back_no_link(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let link = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let revoke = |org| {
        let event = w.make.event(org, "invitation.revoked");
        let (store, id) = (w.store.clone(), link.id);
        async move { store.revoke_link(org, id, vec![event]).await.unwrap() }
    };
    assert!(!revoke(other.org).await);
    assert!(w.store.link(link.hash, at(0)).await.unwrap().is_some());
    assert!(w.actions(other.org).await.is_empty());
    assert!(revoke(tenant.org).await);
    assert!(w.store.link(link.hash, at(0)).await.unwrap().is_none());
    assert!(!revoke(tenant.org).await, "it is gone already");
    assert_eq!(w.actions(tenant.org).await, ["invitation.revoked"]);
}

pub async fn accepting_makes_a_person_with_a_place(w: World) {
    let tenant = w.tenant().await;
    let link = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let acceptance = accepting(&w, tenant.org, link.hash);
    let (user, audit) = (acceptance.user.clone(), acceptance.audit.clone());
    let accepted = w.store.accept_invitation(acceptance).await.unwrap();
    assert_eq!(accepted.as_ref(), Some(&user));
    let member = w.store.member(tenant.org, user.id).await.unwrap().unwrap();
    assert_eq!((&member.user, member.role), (&user, Role::Agent));
    assert_eq!((member.joined_at, member.last_seen_at), (at(60), None));
    assert_eq!(password_of(&w, &user).await, "chosen");
    assert_eq!(w.log(tenant.org).await[0].event, audit);
    assert_eq!(w.store.link(link.hash, at(60)).await.unwrap(), None);
    let open = w.store.invitations(tenant.org, at(60)).await.unwrap();
    assert_eq!(open, []);
}

pub async fn accepting_keeps_name_and_password_of_who_is_known(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let known = w.member(other.org, Role::Owner).await;
    let link = w.make.invitation(tenant.org, tenant.owner.id, &known.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let mut acceptance = w
        .make
        .acceptance(link.hash, tenant.org, known.clone(), false);
    acceptance.user.name = "Mallory".into();
    let accepted = w.store.accept_invitation(acceptance).await.unwrap();
    assert_eq!(accepted.as_ref(), Some(&known));
    assert_eq!(password_of(&w, &known).await, "secret");
    let places = w.store.memberships(known.id).await.unwrap();
    let places: Vec<_> = places.iter().map(|(org, role)| (org.id, *role)).collect();
    assert_eq!(
        places,
        [(other.org, Role::Owner), (tenant.org, Role::Agent)]
    );
    let event = w.log(tenant.org).await.remove(0).event;
    assert_eq!(event.actor, Actor::User(known.id));
    assert_eq!(event.subject_id, known.id.to_string());
    w.assert_chain(tenant.org).await;
}

pub async fn a_link_that_is_over_or_of_another_kind_is_not_accepted(w: World) {
    let tenant = w.tenant().await;
    let mut over = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    over.expires_at = at(60);
    let open = w
        .make
        .invitation(tenant.org, tenant.owner.id, "two@acme.example");
    let reset = w.make.password_reset(tenant.org, tenant.owner.id);
    for link in [&over, &open, &reset] {
        w.store.create_link(link.clone(), vec![]).await.unwrap();
    }
    for hash in [over.hash, reset.hash, w.make.hash()] {
        let acceptance = accepting(&w, tenant.org, hash);
        let accepted = w.store.accept_invitation(acceptance).await.unwrap();
        assert_eq!(accepted, None);
    }
    let event = w.make.event(tenant.org, "password.reset");
    let used = w
        .store
        .reset_password(open.hash, password("x"), at(60), event)
        .await;
    assert_eq!(used.unwrap(), None);
    assert_eq!(password_of(&w, &tenant.owner).await, "secret");
    assert!(w.actions(tenant.org).await.is_empty());
    for link in [open, reset] {
        let found = w.store.link(link.hash, at(60)).await.unwrap();
        assert_eq!(found, Some(link), "neither was used up");
    }
}

pub async fn only_one_of_twenty_accepts_an_invitation(w: World) {
    let tenant = w.tenant().await;
    let link = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let org = tenant.org;
    let accepted = w
        .race(|w, _| async move {
            let acceptance = accepting(&w, org, link.hash);
            w.store.accept_invitation(acceptance).await.unwrap()
        })
        .await;
    assert_eq!(count(&accepted, Option::is_some), 1);
    assert_eq!(w.actions(org).await, ["member.joined"]);
    let page = wabakit_ports::store::PageRequest::default();
    let members = w.store.members(org, page).await.unwrap();
    assert_eq!(members.rows.len(), 2);
}

pub async fn a_password_reset_works_once_and_ends_all_sign_ins(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let link = w.make.password_reset(tenant.org, tenant.owner.id);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let own = w.sign_in(tenant.org, &tenant.owner).await;
    let theirs = w.sign_in(other.org, &other.owner).await;
    let reset = |text: &str| {
        let event = w.make.event(tenant.org, "password.reset");
        w.store
            .reset_password(link.hash, password(text), at(60), event)
    };
    assert_eq!(reset("first").await.unwrap(), Some(tenant.owner.id));
    assert_eq!(reset("second").await.unwrap(), None);
    assert_eq!(password_of(&w, &tenant.owner).await, "first");
    assert_eq!(w.actions(tenant.org).await, ["password.reset"]);
    let ended = w.store.principal(own.session.id, at(60)).await.unwrap();
    assert_eq!(ended, None);
    let kept = w.store.principal(theirs.session.id, at(60)).await.unwrap();
    assert!(kept.is_some());
}

pub async fn only_one_of_twenty_resets_a_password(w: World) {
    let tenant = w.tenant().await;
    let link = w.make.password_reset(tenant.org, tenant.owner.id);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let org = tenant.org;
    let reset = w
        .race(|w, turn| async move {
            let event = w.make.event(org, "password.reset");
            let text = password(&turn.to_string());
            let done = w.store.reset_password(link.hash, text, at(60), event).await;
            done.unwrap().map(|_| turn)
        })
        .await;
    let winners: Vec<_> = reset.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1);
    let now = password_of(&w, &tenant.owner).await;
    assert_eq!(now, winners[0].to_string());
    assert_eq!(w.actions(org).await, ["password.reset"]);
}

/// Stores a link and tells whether it is found.
async fn holds(w: &World, link: OneTimeLink) -> bool {
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    w.store.link(link.hash, at(1)).await.unwrap().is_some()
}

async fn place(w: &World, org: OrgId, user: &User, change: MembershipChange) {
    let changed = w
        .store
        .change_membership(org, user.id, change, at(1), vec![]);
    changed.await.unwrap();
}

/// Has a person who is known join another org.
async fn join(w: &World, org: OrgId, by: &User, person: &User) {
    let link = w.make.invitation(org, by.id, &person.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let acceptance = w.make.acceptance(link.hash, org, person.clone(), false);
    let joined = w.store.accept_invitation(acceptance).await.unwrap();
    assert_eq!(joined.as_ref(), Some(person));
}

pub async fn a_reset_link_reaches_no_further_than_its_maker_does_now(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let admin = w.member(tenant.org, Role::Admin).await;
    let agent = w.member(tenant.org, Role::Agent).await;
    let reset = |maker, user: &User| w.make.password_reset_by(maker, tenant.org, user.id);
    let by_admin = ResetMaker::Member(admin.id);
    assert!(holds(&w, reset(by_admin, &agent)).await);
    assert!(!holds(&w, reset(by_admin, &tenant.owner)).await);
    assert!(!holds(&w, reset(by_admin, &other.owner)).await);
    assert!(!holds(&w, reset(ResetMaker::CommandLine, &other.owner)).await);
    assert!(!holds(&w, reset(ResetMaker::Member(agent.id), &agent)).await);
    assert!(!holds(&w, reset(ResetMaker::Member(w.make.id()), &agent)).await);

    let mut operator = w.make.user("operator@acme.example");
    operator.is_operator = true;
    let seat = Some((tenant.org, Role::Viewer));
    let made = w
        .store
        .create_user(operator.clone(), password("secret"), seat, vec![]);
    made.await.unwrap();
    assert!(!holds(&w, reset(by_admin, &operator)).await);
    assert!(!holds(&w, reset(ResetMaker::Unrecorded, &operator)).await);
    assert!(holds(&w, reset(ResetMaker::CommandLine, &operator)).await);

    join(&w, other.org, &other.owner, &agent).await;
    assert!(!holds(&w, reset(by_admin, &agent)).await);
    assert!(!holds(&w, reset(ResetMaker::Unrecorded, &agent)).await);
    assert!(holds(&w, reset(ResetMaker::CommandLine, &agent)).await);
}

pub async fn what_changes_a_persons_reach_ends_their_reset_links(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    for act in ["password", "another link", "removal", "joining"] {
        let person = w.member(tenant.org, Role::Agent).await;
        let colleague = w.make.password_reset(tenant.org, tenant.owner.id);
        assert!(holds(&w, colleague.clone()).await);
        let link = w.make.password_reset(tenant.org, person.id);
        assert!(holds(&w, link.clone()).await);
        match act {
            "password" => {
                let changed = w
                    .store
                    .set_password(person.id, password("new"), None, at(1), vec![]);
                changed.await.unwrap();
            }
            "another link" => {
                let another = w.make.password_reset(tenant.org, person.id);
                assert!(holds(&w, another.clone()).await);
                let event = w.make.event(tenant.org, "password.reset");
                let used = w
                    .store
                    .reset_password(another.hash, password("new"), at(1), event);
                assert_eq!(used.await.unwrap(), Some(person.id));
            }
            "removal" => place(&w, tenant.org, &person, MembershipChange::Remove).await,
            _ => join(&w, other.org, &other.owner, &person).await,
        }
        let event = w.make.event(tenant.org, "password.reset");
        let used = w
            .store
            .reset_password(link.hash, password("stolen"), at(1), event);
        assert_eq!(used.await.unwrap(), None, "after: {act}");
        assert_ne!(password_of(&w, &person).await, "stolen");
        let kept = w.store.link(colleague.hash, at(1)).await.unwrap();
        assert!(kept.is_some(), "another person's link stays after: {act}");
    }
}

pub async fn an_invitation_ends_with_its_makers_right(w: World) {
    let tenant = w.tenant().await;
    let maker = w.member(tenant.org, Role::Owner).await;
    let invite = |email: &str, role| {
        let mut link = w.make.invitation(tenant.org, maker.id, email);
        link.kind = LinkKind::Invitation {
            email: email.to_owned(),
            role,
            invited_by: maker.id,
        };
        link
    };
    let (owner, admin) = (
        invite("a@acme.example", Role::Owner),
        invite("b@acme.example", Role::Admin),
    );
    let by_other = w
        .make
        .invitation(tenant.org, tenant.owner.id, "c@acme.example");
    for link in [&owner, &admin, &by_other] {
        assert!(holds(&w, link.clone()).await);
    }
    let open = || async {
        let mut open: Vec<_> = w.store.invitations(tenant.org, at(1)).await.unwrap();
        open.sort_by_key(|link| link.id);
        open.into_iter().map(|link| link.id).collect::<Vec<_>>()
    };
    place(
        &w,
        tenant.org,
        &maker,
        MembershipChange::SetRole(Role::Admin),
    )
    .await;
    assert_eq!(open().await, [admin.id, by_other.id]);
    place(&w, tenant.org, &maker, MembershipChange::Remove).await;
    assert_eq!(open().await, [by_other.id]);
    for link in [owner, admin] {
        let acceptance = accepting(&w, tenant.org, link.hash);
        let accepted = w.store.accept_invitation(acceptance).await.unwrap();
        assert_eq!(accepted, None);
    }
}

/// Links of before makers' rights were followed: nothing has taken them away.
pub async fn a_link_that_no_longer_holds_is_not_used(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let outsider = &other.owner;
    let invitation = w
        .make
        .invitation(tenant.org, outsider.id, "new@acme.example");
    assert!(!holds(&w, invitation.clone()).await);
    let acceptance = accepting(&w, tenant.org, invitation.hash);
    assert_eq!(w.store.accept_invitation(acceptance).await.unwrap(), None);
    let reset = w.make.password_reset(tenant.org, outsider.id);
    assert!(!holds(&w, reset.clone()).await);
    let event = w.make.event(tenant.org, "password.reset");
    let used = w
        .store
        .reset_password(reset.hash, password("stolen"), at(1), event);
    assert_eq!(used.await.unwrap(), None);
    assert_eq!(password_of(&w, outsider).await, "secret");
    assert!(w.actions(tenant.org).await.is_empty());
}

/// Races twenty invitations of one new address in as many orgs. Returns who made the person, and their links.
async fn race_to_be_first(w: &World, mailed: bool) -> (usize, Vec<OneTimeLink>) {
    let mut links = Vec::new();
    for _ in 0..20 {
        let tenant = w.tenant().await;
        let by = tenant.owner.id;
        let link = match mailed {
            true => w.make.mailed_invitation(tenant.org, by, "new@acme.example"),
            false => w.make.invitation(tenant.org, by, "new@acme.example"),
        };
        w.store.create_link(link.clone(), vec![]).await.unwrap();
        links.push(link);
    }
    let accepted = w
        .race(|w, turn| {
            let link = links[turn].clone();
            async move {
                let mut acceptance = accepting(&w, link.org, link.hash);
                acceptance.password = password(&turn.to_string());
                (turn, w.store.accept_invitation(acceptance).await)
            }
        })
        .await;
    let known = |(_, result): &(_, Result<_, _>)| matches!(result, Err(StoreError::Conflict));
    assert_eq!(count(&accepted, known), 19, "{accepted:?}");
    let mut made = accepted
        .iter()
        .filter(|(_, result)| matches!(result, Ok(Some(_))));
    let winner = made.next().expect("one of them makes the person").0;
    for (turn, link) in links.iter().enumerate() {
        let left = w.store.link(link.hash, at(1)).await.unwrap();
        assert_eq!(
            left.is_some(),
            turn != winner,
            "the others can still be taken"
        );
    }
    (winner, links)
}

pub async fn one_of_two_first_invitations_makes_the_person(w: World) {
    let (winner, _) = race_to_be_first(&w, false).await;
    let person = only_person(&w, "new@acme.example").await;
    assert_eq!(w.store.memberships(person.id).await.unwrap().len(), 1);
    assert_eq!(password_of(&w, &person).await, winner.to_string());
    assert_eq!(person.proven_at, None);
}

async fn only_person(w: &World, email: &str) -> User {
    let found = w.store.people_by_email(email, None, 5).await.unwrap();
    assert_eq!((found.count, found.people.len()), (1, 1));
    found.people.into_iter().next().unwrap().user
}

pub async fn one_of_twenty_proves_an_address_and_others_may_have_it_unproven(w: World) {
    let (winner, links) = race_to_be_first(&w, true).await;
    let person = only_person(&w, "new@acme.example").await;
    assert_eq!(person.proven_at, Some(at(60)));
    // The database itself refuses a second one, whatever a caller believes to know.
    let loser = &links[usize::from(winner == 0)];
    let mut second = accepting(&w, loser.org, loser.hash);
    second.namesakes = 1;
    let refused = w.store.accept_invitation(second).await;
    assert_refused!(refused, StoreError::Conflict);
    // A link that was shown binds nobody, and is refused because of nobody.
    let tenant = w.tenant().await;
    let shown = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(shown.clone(), vec![]).await.unwrap();
    let mut third = accepting(&w, tenant.org, shown.hash);
    third.namesakes = 1;
    let other = w.store.accept_invitation(third).await.unwrap().unwrap();
    assert_eq!(other.proven_at, None);
    let of = |org| w.store.people_by_email("new@acme.example", org, 5);
    let ids = |found: Namesakes| -> Vec<_> { found.people.iter().map(|one| one.user.id).collect() };
    assert_eq!(ids(of(None).await.unwrap()), [person.id, other.id]);
    let here = of(Some(tenant.org)).await.unwrap();
    assert_eq!(ids(here), [other.id, person.id], "its member comes first");
    let first = w.store.people_by_email("new@acme.example", None, 1).await;
    let first = first.unwrap();
    assert_eq!((first.people.len(), first.count), (1, 2));
}

pub async fn a_mailed_invitation_proves_the_address_of_who_is_known(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let known = w.member(other.org, Role::Agent).await;
    let link = w
        .make
        .mailed_invitation(tenant.org, tenant.owner.id, &known.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    assert_eq!(
        w.store.link(link.hash, at(1)).await.unwrap(),
        Some(link.clone())
    );
    let acceptance = w
        .make
        .acceptance(link.hash, tenant.org, known.clone(), false);
    let joined = w.store.accept_invitation(acceptance).await.unwrap();
    assert_eq!(joined.unwrap().proven_at, Some(at(60)));
    assert_eq!(only_person(&w, &known.email).await.proven_at, Some(at(60)));
}

pub async fn a_reset_by_a_link_that_was_shown_takes_the_proof_back(w: World) {
    for mailed in [false, true] {
        let tenant = w.tenant().await;
        let email = format!("{mailed}@acme.example");
        let link = w
            .make
            .mailed_invitation(tenant.org, tenant.owner.id, &email);
        w.store.create_link(link.clone(), vec![]).await.unwrap();
        let acceptance = accepting(&w, tenant.org, link.hash);
        let person = w.store.accept_invitation(acceptance).await.unwrap();
        let person = person.unwrap();
        let mut reset = w.make.password_reset(tenant.org, person.id);
        reset.mail = link.mail.filter(|_| mailed);
        w.store.create_link(reset.clone(), vec![]).await.unwrap();
        let event = w.make.event(tenant.org, "password.reset");
        let used = w
            .store
            .reset_password(reset.hash, password("new"), at(61), event);
        assert_eq!(used.await.unwrap(), Some(person.id));
        let proven = only_person(&w, &email).await.proven_at.is_some();
        assert_eq!(proven, mailed, "only mail shows that it is still theirs");
    }
}

pub async fn one_of_twenty_proves_an_address_by_a_link(w: World) {
    let mut asked = Vec::new();
    for _ in 0..20 {
        let org = w.tenant().await.org;
        let user = w.make.user("same@acme.example");
        let place = Some((org, Role::Agent));
        let made = w
            .store
            .create_user(user.clone(), password("x"), place, vec![]);
        made.await.unwrap();
        let link = w.make.address_proof(org, user.id);
        assert!(holds(&w, link.clone()).await);
        asked.push((user.id, link));
    }
    let prove = |w: World, user, link: OneTimeLink| async move {
        let event = w.make.event(link.org, "address.proven");
        w.store.prove_address(link.hash, user, at(60), event).await
    };
    let (user, link) = asked[0].clone();
    let other = prove(w.clone(), asked[1].0, link.clone()).await;
    assert!(!other.unwrap(), "it is for who asked");
    let proven = w
        .race(|w, turn| {
            let (user, link) = asked[turn].clone();
            prove(w, user, link)
        })
        .await;
    assert_eq!(count(&proven, |done| matches!(done, Ok(true))), 1);
    let refused = |done: &Result<_, _>| matches!(done, Err(StoreError::Conflict));
    assert_eq!(count(&proven, refused), 19, "{proven:?}");
    let again = prove(w.clone(), user, link).await;
    assert!(matches!(again, Ok(false) | Err(StoreError::Conflict)));
    let found = w.store.people_by_email("same@acme.example", None, 50).await;
    let found = found.unwrap();
    assert_eq!(found.count, 20);
    let proven = |one: &Namesake| one.user.proven_at == Some(at(60));
    assert_eq!(count(&found.people, proven), 1);
    assert!(proven(&found.people[0]), "the proven one comes first");
}

pub async fn a_due_mail_is_claimed_once_until_its_lease_ends(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let by = tenant.owner.id;
    let mut first = w.make.mailed_invitation(tenant.org, by, "a@acme.example");
    first.mail = Some(LinkMail::due(at(10)));
    let second = w.make.address_proof(tenant.org, by);
    let later = OneTimeLink {
        mail: Some(LinkMail::due(at(100))),
        ..w.make.password_reset(tenant.org, by)
    };
    let shown = w.make.invitation(tenant.org, by, "b@acme.example");
    for link in [&first, &second, &later, &shown] {
        assert!(holds(&w, link.clone()).await);
    }
    let claim = |now, until, limit| w.store.claim_mails(at(now), at(until), limit);
    assert_eq!(claim(-1, 60, 10).await.unwrap(), []);
    let due = claim(20, 60, 10).await.unwrap();
    let ids: Vec<_> = due.iter().map(|due| due.link.id).collect();
    assert_eq!(ids, [second.id, first.id], "who waits longest first");
    assert_eq!(due[0].to, tenant.owner.email);
    assert_eq!(due[1].to, "a@acme.example");
    for due in &due {
        assert_eq!(due.org.id, tenant.org);
        assert_eq!(due.by.as_ref(), Some(&tenant.owner.name));
    }
    assert_eq!(claim(59, 90, 10).await.unwrap(), []);
    assert_eq!(claim(60, 90, 1).await.unwrap().len(), 1, "it was not told");

    let sent = LinkMail {
        due_at: None,
        attempts: 1,
        sent_at: Some(at(61)),
        failure: Some("slow".into()),
    };
    let finish = |org| {
        let event = w.make.event(org, "mail.sent");
        w.store
            .finish_mail(org, first.id, sent.clone(), vec![event])
    };
    finish(other.org).await.unwrap();
    assert!(w.actions(other.org).await.is_empty());
    finish(tenant.org).await.unwrap();
    let found = w.store.link(first.hash, at(62)).await.unwrap().unwrap();
    assert_eq!(found.mail, Some(sent.clone()));
    let week = claim(WEEK - 1, WEEK, 10).await.unwrap();
    assert_eq!(week.len(), 2, "all but what was sent");
    assert_eq!(
        claim(WEEK, WEEK + 1, 10).await.unwrap(),
        [],
        "they are over"
    );
}

pub async fn only_one_of_twenty_claims_a_mail(w: World) {
    let tenant = w.tenant().await;
    let link = w
        .make
        .mailed_invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(link, vec![]).await.unwrap();
    let claimed = w
        .race(|w, _| async move { w.store.claim_mails(at(1), at(60), 5).await.unwrap() })
        .await;
    assert_eq!(count(&claimed, |due| due.len() == 1), 1);
}

pub async fn an_invitation_makes_no_second_member_of_one_address(w: World) {
    let tenant = w.tenant().await;
    let link = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let made = w.make.user("new@acme.example");
    let place = Some((tenant.org, Role::Agent));
    let created = w.store.create_user(made, password("x"), place, vec![]);
    created.await.unwrap();
    let mut acceptance = accepting(&w, tenant.org, link.hash);
    acceptance.namesakes = 1;
    let refused = w.store.accept_invitation(acceptance).await;
    assert_refused!(refused, StoreError::Duplicate(_));
    only_person(&w, "new@acme.example").await;
}

pub async fn a_password_that_changed_since_it_was_proven_joins_nothing(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let owner = &other.owner;
    let link = w.make.invitation(tenant.org, tenant.owner.id, &owner.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let acceptance = Acceptance {
        password: password("an older one"),
        ..w.make
            .acceptance(link.hash, tenant.org, owner.clone(), false)
    };
    let refused = w.store.accept_invitation(acceptance).await;
    assert_refused!(refused, StoreError::Conflict);
    assert_eq!(w.store.member(tenant.org, owner.id).await.unwrap(), None);
    assert!(w.store.link(link.hash, at(1)).await.unwrap().is_some());
}

pub async fn pruning_takes_links_that_are_over_and_no_others(w: World) {
    let tenant = w.tenant().await;
    let mut links = Vec::new();
    for (n, end) in [10, 20, 30, 40].into_iter().enumerate() {
        let email = format!("n{n}@acme.example");
        let mut link = w.make.invitation(tenant.org, tenant.owner.id, &email);
        link.expires_at = at(end);
        w.store.create_link(link.clone(), vec![]).await.unwrap();
        links.push(link);
    }
    let before = at(35);
    let pruned = w.store.prune_identity(before, 2).await.unwrap();
    assert_eq!(pruned, 2, "at most so many at once");
    assert_eq!(w.store.prune_identity(before, 2).await.unwrap(), 1);
    assert_eq!(w.store.prune_identity(before, 2).await.unwrap(), 0);
    // Seen from before their end, to tell a link that is gone from one that is over.
    let left = w.store.invitations(tenant.org, at(0)).await.unwrap();
    assert_eq!(left, [links.remove(3)]);
}
