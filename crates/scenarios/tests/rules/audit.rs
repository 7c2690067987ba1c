//! The audit log shows when it was tampered with.

use std::sync::Arc;

use async_trait::async_trait;
use rstest::rstest;
use wabakit_domain::{
    audit::{AuditEvent, NewAuditEvent},
    identity::Role,
    ids::OrgId,
};
use wabakit_ports::store::{AuditStore, Store, StoreError};
use wabakit_services::{
    AuditFilter, AuditService, AuditVerdict, Page, PageRequest, Ports, ServiceError,
};

use crate::support::{World, caller};

/// A store whose log somebody changed in the database.
struct Tampered(Arc<dyn Store>, fn(&mut Vec<AuditEvent>));

#[async_trait]
impl AuditStore for Tampered {
    async fn record(&self, org: OrgId, events: Vec<NewAuditEvent>) -> Result<(), StoreError> {
        self.0.record(org, events).await
    }

    async fn audit_log(
        &self,
        org: OrgId,
        filter: AuditFilter,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditEvent, i64>, StoreError> {
        self.0.audit_log(org, filter, page).await
    }

    async fn audit_chain(
        &self,
        org: OrgId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        let mut log = self.0.audit_chain(org, 0, 10_000).await?;
        (self.1)(&mut log);
        log.retain(|e| e.sequence > after);
        log.truncate(usize::try_from(limit).unwrap());
        Ok(log)
    }

    async fn audit_head(&self, org: OrgId) -> Result<(i64, [u8; 32]), StoreError> {
        self.0.audit_head(org).await
    }
}

async fn verdict(tamper: fn(&mut Vec<AuditEvent>)) -> AuditVerdict {
    let w = World::new().await;
    w.connected().await;
    let audit = Arc::new(Tampered(w.store.clone(), tamper));
    let service = AuditService::new(Ports {
        audit,
        ..w.ports.clone()
    });
    service.verify(&w.admin).await.unwrap()
}

#[tokio::test]
async fn an_untouched_log_is_whole() {
    let whole = verdict(|_| {}).await;
    assert_eq!(
        whole,
        AuditVerdict {
            checked: 11,
            first_broken: None
        }
    );
}

#[rstest]
#[case::changed(|log: &mut Vec<AuditEvent>| log[3].event.data = "{}".into(), 4)]
#[case::another_actor(|log: &mut Vec<AuditEvent>| log[2].event.actor = wabakit_domain::audit::Actor::Operator, 3)]
#[case::removed_inside(|log: &mut Vec<AuditEvent>| drop(log.remove(4)), 5)]
#[case::removed_at_the_end(|log: &mut Vec<AuditEvent>| drop(log.pop()), 11)]
#[case::removed_altogether(|log: &mut Vec<AuditEvent>| log.clear(), 1)]
#[case::swapped(|log: &mut Vec<AuditEvent>| log.swap(1, 2), 2)]
#[tokio::test]
async fn a_tampered_entry_is_found_at_its_sequence(
    #[case] tamper: fn(&mut Vec<AuditEvent>),
    #[case] place: i64,
) {
    assert_eq!(verdict(tamper).await.first_broken, Some(place));
}

#[tokio::test]
async fn the_end_rewritten_with_hashes_that_fit_is_found_by_the_head() {
    let rewritten = verdict(|log| {
        let end = log.len() - 1;
        let before = log[end - 1].clone();
        let mut event = log[end].event.clone();
        event.data = "{}".into();
        log[end] = AuditEvent::chain(event, before.sequence, &before.hash);
    })
    .await;
    assert_eq!(rewritten.first_broken, Some(11));
}

#[tokio::test]
async fn the_log_is_the_orgs_own_and_for_admins() {
    let w = World::new().await;
    w.connected().await;
    let service = AuditService::new(w.ports.clone());
    let list = |who| service.list(who, AuditFilter::default(), PageRequest::default());
    assert_eq!(list(&w.admin).await.unwrap().rows.len(), 11);
    let stranger = caller(2, 9, Role::Owner);
    assert_eq!(list(&stranger).await.unwrap().rows, []);
    let agent = caller(1, 5, Role::Agent);
    assert!(matches!(
        list(&agent).await,
        Err(ServiceError::Forbidden(_))
    ));
    assert!(matches!(
        service.verify(&agent).await,
        Err(ServiceError::Forbidden(_))
    ));
}
