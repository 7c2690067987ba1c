//! Mails of links: which are due, and which process sends them.

use wabakit_domain::identity::{LinkMail, OneTimeLink};

use super::{
    World, at,
    links::{WEEK, holds},
    world::count,
};

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
