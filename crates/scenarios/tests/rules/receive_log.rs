//! The log of webhooks: health, masking, and who may act.

use chrono::Duration;
use serde_json::json;
use wabakit_domain::{delivery::ParkedState, identity::Role, principal::Principal};
use wabakit_services::{
    Caller, ChangeFilter, RejectionReason, ReplayRequest, ServiceError, WebhookLogService, Whose,
};

use crate::support::{Receiver, caller, delivery, texts};

fn operator() -> Caller {
    let mut caller = caller(9, 9, Role::Viewer);
    if let Principal::Person { is_operator, .. } = &mut caller.principal {
        *is_operator = true;
    }
    caller
}

async fn first_change(log: &WebhookLogService, who: &Caller) -> wabakit_domain::ids::ChangeId {
    let found = log
        .changes(
            who,
            Whose::Ours,
            ChangeFilter::default(),
            Default::default(),
        )
        .await;
    found.unwrap().rows[0].change.id
}

#[tokio::test]
async fn health_lists_each_waba_and_silent_ones_too() {
    let r = Receiver::new().await;
    r.connected(1, "n2", "quiet").await;
    r.post(&texts("waba", "n1", &["a", "b"])).await.unwrap();
    r.world.clock.advance(Duration::milliseconds(400));
    r.settle().await;
    r.post(&texts("waba", "n1", &["c"])).await.unwrap();
    r.split().await;
    r.receive.count().await.unwrap();
    let health = r.receive.webhooks.health(&r.world.admin).await.unwrap();
    let names: Vec<_> = health.wabas.iter().map(|waba| waba.waba.as_str()).collect();
    assert_eq!(names, ["quiet", "waba"]);
    let (quiet, busy) = (&health.wabas[0], &health.wabas[1]);
    assert_eq!((quiet.last_at, quiet.latency_max_ms), (None, None));
    assert_eq!(
        (busy.latency_average_ms, busy.latency_max_ms),
        (Some(400.0), Some(400))
    );
    assert_eq!(busy.per_minute, 0.2, "one in five minutes");
    assert_eq!(busy.name.as_deref(), Some("WABA waba"));
    assert_eq!((health.queued, health.parked), (1, 0));
}

#[tokio::test]
async fn metas_bytes_are_masked_until_an_admin_reveals_them_and_that_is_recorded() {
    let r = Receiver::new().await;
    r.receive(&texts("waba", "n1", &["canary"])).await;
    let log = &r.receive.webhooks;
    let viewer = caller(1, 5, Role::Viewer);
    let id = first_change(log, &viewer).await;
    let (_, raw) = log.change(&viewer, Whose::Ours, id, false).await.unwrap();
    assert!(!raw.contains("canary") && !raw.contains("491510000") && raw.contains("\"n1\""));
    let refused = log.change(&viewer, Whose::Ours, id, true).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden(_))));
    let (_, raw) = log
        .change(&r.world.admin, Whose::Ours, id, true)
        .await
        .unwrap();
    assert!(raw.contains("canary") && raw.contains("491510000"));
    let recorded = r.world.find(r.world.admin.org, "webhook.revealed").await;
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].event.subject_id, id.to_string());
}

#[tokio::test]
async fn an_org_sees_and_moves_its_own_only() {
    let r = Receiver::new().await;
    r.receive(&delivery("waba", "news_of_tomorrow", json!({"x": 1})))
        .await;
    let log = &r.receive.webhooks;
    let stranger = caller(2, 2, Role::Owner);
    let item = r.parked().await[0].id;
    let change = first_change(log, &r.world.admin).await;
    let not_found =
        |answer: Result<(), ServiceError>| matches!(answer, Err(ServiceError::NotFound(_)));
    assert!(not_found(
        log.change(&stranger, Whose::Ours, change, false)
            .await
            .map(drop)
    ));
    assert!(not_found(
        log.parked_item(&stranger, Whose::Ours, item, false)
            .await
            .map(drop)
    ));
    assert!(not_found(log.discard(&stranger, Whose::Ours, item).await));
    let replay = ReplayRequest::Item(item);
    assert!(not_found(
        log.replay(&stranger, Whose::Ours, replay).await.map(drop)
    ));
    assert_eq!(
        log.replay(&stranger, Whose::Ours, ReplayRequest::Parked)
            .await
            .unwrap(),
        0
    );
    assert!(
        log.changes(
            &stranger,
            Whose::Ours,
            ChangeFilter::default(),
            Default::default()
        )
        .await
        .unwrap()
        .rows
        .is_empty()
    );
    assert_eq!(
        r.parked().await[0].state,
        ParkedState::Unsupported,
        "untouched"
    );
}

#[tokio::test]
async fn looking_after_everybodys_is_for_operators() {
    let r = Receiver::new().await;
    r.receive(&delivery("waba", "news_of_tomorrow", json!({"x": 1})))
        .await;
    let log = &r.receive.webhooks;
    let (owner, operator) = (caller(1, 1, Role::Owner), operator());
    let item = r.parked().await[0].id;
    let change = first_change(log, &r.world.admin).await;
    let delivery = log
        .deliveries(&operator, false, Default::default())
        .await
        .unwrap()
        .rows[0]
        .id;
    let all = Whose::Everybody;
    for (who, may) in [(&owner, false), (&operator, true)] {
        let since = r.world.clock.advance(Duration::zero());
        let answers = [
            log.platform_health(who).await.is_ok(),
            log.deliveries(who, false, Default::default()).await.is_ok(),
            log.delivery(who, delivery, true).await.is_ok(),
            log.rejections(who, since).await.is_ok(),
            log.changes(who, all, ChangeFilter::default(), Default::default())
                .await
                .is_ok(),
            log.change(who, all, change, true).await.is_ok(),
            log.parked(who, all, None, Default::default()).await.is_ok(),
            log.parked_item(who, all, item, true).await.is_ok(),
            log.replay(who, all, ReplayRequest::Parked).await.is_ok(),
            log.discard(who, all, item).await.is_ok(),
        ];
        assert_eq!(answers, [may; 10]);
    }
    let recorded = r.world.actions(wabakit_domain::ids::OrgId::PLATFORM).await;
    for action in ["webhook.revealed", "webhook.replayed", "webhook.discarded"] {
        assert!(
            recorded.contains(&action.to_owned()),
            "{action} in the platform's log"
        );
    }
}

#[tokio::test]
async fn replaying_and_discarding_are_for_admins_and_are_recorded() {
    let r = Receiver::new().await;
    r.receive(&delivery("waba", "news_of_tomorrow", json!({"x": 1})))
        .await;
    let log = &r.receive.webhooks;
    let agent = caller(1, 6, Role::Agent);
    let item = r.parked().await[0].id;
    let refused = log.replay(&agent, Whose::Ours, ReplayRequest::Parked).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden(_))));
    assert!(matches!(
        log.discard(&agent, Whose::Ours, item).await,
        Err(ServiceError::Forbidden(_))
    ));
    assert_eq!(
        log.replay(&r.world.admin, Whose::Ours, ReplayRequest::Parked)
            .await
            .unwrap(),
        1
    );
    r.receive.retry().await.unwrap();
    let parked = r.parked().await;
    assert_eq!(
        (parked[0].state, parked[0].attempts),
        (ParkedState::Unsupported, 2),
        "still not modelled"
    );
    log.discard(&r.world.admin, Whose::Ours, parked[0].id)
        .await
        .unwrap();
    assert!(r.parked().await.is_empty());
    let actions = r.world.actions(r.world.admin.org).await;
    assert!(actions.contains(&"webhook.replayed".to_owned()));
    assert!(actions.contains(&"webhook.discarded".to_owned()));
}

#[tokio::test]
async fn the_operator_sees_waiting_deliveries_and_rejections() {
    let r = Receiver::new().await;
    r.receive(&texts("waba9", "n9", &["x"])).await;
    r.post(&texts("waba", "n1", &["y"])).await.unwrap();
    r.split().await;
    r.post(&texts("waba", "n1", &["z"])).await.unwrap();
    r.receive
        .ingest
        .refused(None, RejectionReason::MissingSignature, None);
    r.receive.count().await.unwrap();
    let health = r
        .receive
        .webhooks
        .platform_health(&operator())
        .await
        .unwrap();
    assert_eq!((health.unsplit, health.queued, health.parked), (1, 1, 0));
    assert_eq!(
        (health.homeless, health.rejected, health.writer_pending),
        (1, 1, 0)
    );
}
