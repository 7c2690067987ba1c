//! A key and the system act like a person: within their scopes, and named in the audit log.

use uuid::Uuid;
use wabakit_domain::{
    audit::Actor,
    identity::Role,
    ids::{ApiKeyId, ContactId, ConversationId, MediaId, MessageId, OrgId},
    principal::{Principal, Scope, ScopeSet},
};
use wabakit_ports::store::{ChangeFilter, ConversationFilter, OutboxFilter};
use wabakit_services::{AuditFilter, AuditService, Caller, PageRequest, ServiceError, Whose};

use crate::support::{People, Receiver, sending::SendWorld};

const KEY: ApiKeyId = ApiKeyId(Uuid::from_u128(0x6e));

fn key(p: &People, scopes: &[Scope]) -> Caller {
    key_of(p.org.id, scopes)
}

fn key_of(org: OrgId, scopes: &[Scope]) -> Caller {
    Caller {
        principal: Principal::Key {
            key: KEY,
            scopes: ScopeSet::of(scopes),
        },
        ..Caller::system(org)
    }
}

async fn actors(p: &People, reader: &Caller) -> Vec<Actor> {
    let audit = AuditService::new(p.world.ports.clone());
    let filter = AuditFilter {
        action: Some("org.renamed".into()),
        ..AuditFilter::default()
    };
    let page = audit.list(reader, filter, PageRequest::default()).await;
    let verdict = audit.verify(reader).await.unwrap();
    assert_eq!(verdict.first_broken, None);
    page.unwrap()
        .rows
        .into_iter()
        .map(|entry| entry.event.actor)
        .collect()
}

#[tokio::test]
async fn a_key_acts_within_its_scopes_and_the_audit_log_names_it() {
    let p = People::new().await;
    let able = key(&p, &[Scope::TeamWrite, Scope::AuditRead]);
    p.orgs.rename(&able, "By a key").await.unwrap();
    p.orgs
        .rename(&Caller::system(p.org.id), "By the system")
        .await
        .unwrap();
    assert_eq!(actors(&p, &able).await, [Actor::System, Actor::Key(KEY)]);
    for scopes in [
        vec![],
        vec![Scope::TeamRead],
        vec![Scope::GraphCall, Scope::KeysWrite],
    ] {
        let unable = key(&p, &scopes);
        let refused = p.orgs.rename(&unable, "No").await;
        assert!(matches!(
            refused,
            Err(ServiceError::ScopeRequired(Scope::TeamWrite))
        ));
        assert!(p.team.invitations(&unable).await.is_err());
    }
}

#[tokio::test]
async fn acts_that_need_a_person_are_refused_to_keys_and_the_system() {
    let p = People::new().await;
    let member = p.person("pat@shrub.example", Role::Agent).await;
    for caller in [key(&p, &Scope::ALL), Caller::system(p.org.id)] {
        let forbidden = |result: Result<(), ServiceError>| {
            assert!(matches!(result, Err(ServiceError::Forbidden(_))));
        };
        forbidden(p.auth.logout(&caller).await);
        forbidden(p.auth.memberships(&caller).await.map(drop));
        forbidden(
            p.team
                .invite(&caller, "new@shrub.example", Role::Viewer)
                .await
                .map(drop),
        );
        forbidden(
            p.team
                .set_role(&caller, member.id, Role::Owner)
                .await
                .map(drop),
        );
        forbidden(p.team.password_reset(&caller, member.id).await.map(drop));
        forbidden(p.team.remove(&caller, member.id).await);
        forbidden(p.orgs.create(&caller, "Another").await.map(drop));
    }
}

/// Calls a use case with a key that has every scope except these, and with one that has only the first of them.
macro_rules! requires {
    ($org:expr, [$first:ident $(, $other:ident)*], $call:expr) => {{
        let enough = [Scope::$first $(, Scope::$other)*];
        let others: Vec<Scope> = Scope::ALL
            .into_iter()
            .filter(|scope| !enough.contains(scope))
            .collect();
        for (scopes, is_refused) in [(&others[..], true), (&enough[..1], false)] {
            let caller = key_of($org, scopes);
            let answer = $call(&caller).await.map(drop);
            let refused = format!("{answer:?}").contains("ScopeRequired");
            assert_eq!(refused, is_refused, "{} with {scopes:?}", stringify!($call));
        }
    }};
}

#[tokio::test]
async fn a_right_is_checked_where_it_is_used() {
    let r = Receiver::new().await;
    let org = r.account.org;
    let (accounts, account) = (&r.world.accounts, r.account.id);
    requires!(org, [AccountsRead, ConnectWrite], async |c| accounts
        .get(c, account)
        .await);
    requires!(org, [AccountsRead, ConnectWrite], async |c| accounts
        .status(c)
        .await);
    requires!(org, [AccountsRead, ConnectWrite], async |c| accounts
        .warnings(c)
        .await);

    let (inbox, none) = (&r.receive.inbox, Uuid::nil());
    let page = PageRequest::default;
    requires!(org, [ConversationsRead], async |c| {
        inbox
            .conversations(c, ConversationFilter::default(), PageRequest::default())
            .await
    });
    requires!(org, [ConversationsRead, ConversationsWrite], async |c| {
        inbox.conversation(c, ConversationId(none)).await
    });
    requires!(org, [MessagesRead], async |c| {
        inbox
            .messages(c, ConversationId(none), PageRequest::default())
            .await
    });
    requires!(org, [MessagesRead], async |c| inbox
        .message(c, MessageId(none))
        .await);
    requires!(org, [ConversationsRead], async |c| inbox
        .unread_count(c, 9)
        .await);
    requires!(org, [ContactsRead], async |c| inbox
        .contacts(c, None, page())
        .await);
    requires!(
        org,
        [ContactsRead, ContactsWrite, ConversationsWrite],
        async |c| { inbox.contact(c, ContactId(none)).await }
    );
    requires!(org, [ContactsWrite], async |c| inbox
        .export(c, ContactId(none))
        .await);

    let (log, media) = (&r.receive.webhooks, &r.receive.media);
    requires!(org, [WebhooksRead], async |c| log.health(c).await);
    requires!(org, [WebhooksRead, WebhooksWrite], async |c| {
        log.changes(
            c,
            Whose::Ours,
            ChangeFilter::default(),
            PageRequest::default(),
        )
        .await
    });
    requires!(org, [WebhooksRead, WebhooksWrite], async |c| {
        log.parked(c, Whose::Ours, None, PageRequest::default())
            .await
    });
    requires!(org, [MediaRead, MediaWrite], async |c| media
        .media(c, MediaId(none))
        .await);
    requires!(org, [MediaRead, MediaWrite], async |c| media
        .open(c, MediaId(none), None)
        .await);
    requires!(org, [EventsRead], async |c| r.receive.events.head(c).await);

    let sending = SendWorld::new().await;
    let (org, sending) = (sending.account.org, sending.process());
    requires!(org, [MessagesRead], async |c| {
        let list = sending
            .messages
            .list(c, OutboxFilter::default(), PageRequest::default());
        list.await
    });
    requires!(org, [MessagesRead], async |c| sending
        .messages
        .get(c, MessageId(none))
        .await);
    requires!(org, [MessagesRead], async |c| sending.queues.list(c).await);

    let p = People::new().await;
    requires!(p.org.id, [TeamRead, AuditRead], async |c| {
        p.team.members(c, PageRequest::default()).await
    });
}
