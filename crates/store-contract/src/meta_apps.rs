use wabakit_domain::{ids::OrgId, meta_app::MetaApp, secret::SealedSecret};

use super::{World, assert_refused, at};
use wabakit_ports::store::{ConnectWrite, StoreError};

async fn stored(w: &World, app: MetaApp) -> MetaApp {
    w.store.upsert_meta_app(app, vec![]).await.unwrap()
}

async fn delete(w: &World, org: OrgId, app: &MetaApp) -> Result<bool, StoreError> {
    let event = w.make.event(org, "meta_app.deleted");
    w.store.delete_meta_app(org, app.id, vec![event]).await
}

pub async fn meta_apps_come_back_whole(w: World) {
    let tenant = w.tenant().await;
    let mut app = w.make.meta_app(tenant.org);
    app.name = "Ünïcode 🧩".repeat(300);
    app.app_secret = SealedSecret::new((0..=255).collect());
    app.config_id = Some("987".into());
    app.former_secret = Some((SealedSecret::new(vec![9, 0]), at(3)));
    app.graph_version = Some("v27.0".into());
    app.created_at = at(1);
    app.updated_at = at(2);
    let event = w.make.event(tenant.org, "meta_app.saved");
    let answer = w.store.upsert_meta_app(app.clone(), vec![event]).await;
    assert_eq!(answer.unwrap(), app);
    let found = w.store.meta_app(tenant.org, app.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&app));
    let found = w.store.meta_apps(tenant.org).await.unwrap();
    assert_eq!(found, [tenant.app, app], "oldest first");
    assert_eq!(w.actions(tenant.org).await, ["meta_app.saved"]);
}

pub async fn an_orgs_own_app_comes_before_the_platforms(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let platform = stored(&w, w.make.meta_app(OrgId::PLATFORM)).await;
    let mut own = w.make.meta_app(tenant.org);
    own.app_id = platform.app_id.clone();
    own.created_at = at(60);
    let own = stored(&w, own).await;
    let by_app_id = |org| {
        let (store, app_id) = (w.store.clone(), platform.app_id.clone());
        async move { store.meta_app_by_app_id(org, &app_id).await.unwrap() }
    };
    assert_eq!(by_app_id(tenant.org).await.as_ref(), Some(&own));
    assert_eq!(by_app_id(other.org).await.as_ref(), Some(&platform));
    let found = w.store.meta_app(other.org, platform.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&platform));
    let all = w.store.meta_apps(tenant.org).await.unwrap();
    assert_eq!(all, [tenant.app, platform, own]);
}

pub async fn another_org_sees_and_deletes_no_app(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let platform = stored(&w, w.make.meta_app(OrgId::PLATFORM)).await;
    let app = &tenant.app;
    let store = &w.store;
    assert_eq!(store.meta_app(other.org, app.id).await.unwrap(), None);
    let of_route = store.meta_app_of_route(app.id).await.unwrap();
    assert_eq!(of_route.as_ref(), Some(app), "a route names any app");
    let found = store.meta_app_by_app_id(other.org, &app.app_id).await;
    assert_eq!(found.unwrap(), None);
    let seen = store.meta_apps(other.org).await.unwrap();
    assert_eq!(seen, [other.app, platform.clone()]);
    assert!(!delete(&w, other.org, app).await.unwrap());
    assert!(!delete(&w, other.org, &platform).await.unwrap());
    assert!(w.actions(other.org).await.is_empty());
    let kept = store.meta_apps(tenant.org).await.unwrap();
    assert_eq!(kept, [tenant.app, platform]);
}

pub async fn an_app_is_replaced_by_its_app_id(w: World) {
    let tenant = w.tenant().await;
    let mut new = w.make.meta_app(tenant.org);
    new.app_id = tenant.app.app_id.clone();
    new.name = "Renamed".into();
    new.app_secret = SealedSecret::new(vec![5]);
    new.verify_token = SealedSecret::new(vec![6]);
    new.config_id = Some("1".into());
    new.former_secret = Some((SealedSecret::new(vec![7]), at(90)));
    new.graph_version = Some("v27.0".into());
    new.created_at = at(60);
    new.updated_at = at(60);
    let answer = stored(&w, new.clone()).await;
    new.id = tenant.app.id;
    new.created_at = tenant.app.created_at;
    assert_eq!(answer, new);
    let all = w.store.meta_apps(tenant.org).await.unwrap();
    assert_eq!(all, [new]);
}

pub async fn twenty_upserts_leave_one_app(w: World) {
    let org = w.tenant().await.org;
    let answers = w
        .race(|w, _| async move {
            let mut app = w.make.meta_app(org);
            app.app_id = "777".into();
            let event = w.make.event(org, "meta_app.saved");
            w.store.upsert_meta_app(app, vec![event]).await.unwrap()
        })
        .await;
    assert!(answers.iter().all(|app| app.id == answers[0].id));
    assert_eq!(w.store.meta_apps(org).await.unwrap().len(), 2);
    w.assert_chain(org).await;
}

pub async fn an_app_in_use_is_not_deleted(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    w.grant(&tenant).await;
    let refused = delete(&w, tenant.org, &tenant.app).await;
    assert_refused!(refused, StoreError::Forbidden(_));
    w.session(&other).await;
    let refused = delete(&w, other.org, &other.app).await;
    assert_refused!(refused, StoreError::Forbidden(_));
    for tenant in [tenant, other] {
        let kept = w.store.meta_app(tenant.org, tenant.app.id).await.unwrap();
        assert_eq!(kept, Some(tenant.app));
        assert!(w.actions(tenant.org).await.is_empty());
    }
}

pub async fn an_app_of_sessions_that_are_over_can_be_deleted(w: World) {
    let tenant = w.tenant().await;
    let session = w.session(&tenant).await.cancel().unwrap();
    let write = ConnectWrite::session(session.clone());
    w.store.write(tenant.org, write).await.unwrap();
    assert!(delete(&w, tenant.org, &tenant.app).await.unwrap());
    assert!(!delete(&w, tenant.org, &tenant.app).await.unwrap());
    assert_eq!(w.actions(tenant.org).await, ["meta_app.deleted"]);
    let kept = w.store.session(tenant.org, session.id).await.unwrap();
    assert!(kept.is_some(), "the session is history");
}
