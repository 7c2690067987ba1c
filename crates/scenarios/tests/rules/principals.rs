//! A key and the system act as a person does: within their scopes, and named in the audit log.

use uuid::Uuid;
use wabakit_domain::{
    audit::Actor,
    identity::Role,
    ids::ApiKeyId,
    principal::{Principal, Scope, ScopeSet},
};
use wabakit_services::{AuditFilter, AuditService, Caller, PageRequest, ServiceError};

use crate::support::People;

const KEY: ApiKeyId = ApiKeyId(Uuid::from_u128(0x6e));

fn key(p: &People, scopes: &[Scope]) -> Caller {
    Caller {
        principal: Principal::Key {
            key: KEY,
            scopes: ScopeSet::of(scopes),
        },
        ..Caller::system(p.org.id)
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
async fn what_only_a_person_can_do_is_refused_to_keys_and_the_system() {
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
