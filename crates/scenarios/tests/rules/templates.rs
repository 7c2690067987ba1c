//! Syncs of templates with Meta.

use chrono::Duration;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wabakit_domain::connect::Refusal;
use wabakit_ports::{meta::MetaErrorKind, store::TemplateSyncState};
use wabakit_services::{
    PageRequest, ServiceError, TemplateFilter, TemplatePorts, TemplateService, TemplateSettings,
    TemplateSyncOverview, TemplateValues,
};

use crate::support::{FakeTemplates, World, template_node};

/// A number is connected, so a sync is due.
struct Library {
    world: World,
    meta: FakeTemplates,
    templates: TemplateService,
}

impl Library {
    async fn of(count: usize) -> Self {
        let world = World::new().await;
        world.connected().await;
        let meta = FakeTemplates::with(count);
        let templates = service(&world, &meta);
        Self {
            world,
            meta,
            templates,
        }
    }

    async fn run(&self) -> usize {
        let stop = CancellationToken::new();
        self.templates.run_due_syncs(&stop).await.unwrap()
    }

    async fn request(&self) {
        let request = self.templates.request_sync(&self.world.admin, None);
        request.await.unwrap();
    }

    async fn seen(&self) -> TemplateSyncOverview {
        let seen = self.templates.sync_overview(&self.world.admin, None);
        seen.await.unwrap()
    }

    /// Counts the templates that are stored, page by page.
    async fn count(&self) -> usize {
        let (mut count, mut page) = (0, PageRequest::default());
        loop {
            let filter = TemplateFilter::default();
            let found = self.templates.list(&self.world.admin, filter, page);
            let found = found.await.unwrap();
            count += found.rows.len();
            match found.next {
                Some(next) => {
                    page = PageRequest {
                        after: Some(next),
                        ..PageRequest::default()
                    }
                }
                None => return count,
            }
        }
    }
}

/// Makes the service of a process.
fn service(world: &World, meta: &FakeTemplates) -> TemplateService {
    let ports = TemplatePorts {
        base: world.ports.clone(),
        templates: world.inbox.clone(),
        gateway: std::sync::Arc::new(meta.clone()),
    };
    TemplateService::new(ports, TemplateSettings::default())
}

fn counts(seen: &TemplateSyncOverview) -> [i64; 4] {
    [seen.done, seen.created, seen.updated, seen.removed]
}

#[tokio::test(flavor = "multi_thread")]
async fn six_thousand_templates_take_sixty_calls_and_a_killed_sync_goes_on_where_it_was() {
    let library = Library::of(6_000).await;
    library.meta.script(|script| script.hangs_at = Some(31));
    let stop = CancellationToken::new();
    // The process dies while it waits for the 31st page.
    tokio::select! {
        _ = library.templates.run_due_syncs(&stop) => panic!("it was to hang"),
        () = library.meta.hung.notified() => {}
    }
    let seen = library.seen().await;
    assert_eq!(
        (seen.state, seen.total),
        (TemplateSyncState::Running, Some(6_000))
    );
    assert_eq!(counts(&seen), [3_000, 3_000, 0, 0]);
    assert_eq!(
        library.run().await,
        0,
        "the lease of the dead process holds"
    );
    library.world.clock.advance(Duration::seconds(121));
    let other = service(&library.world, &library.meta);
    assert_eq!(other.run_due_syncs(&stop).await.unwrap(), 1);
    assert_eq!(library.meta.calls(), 61, "sixty pages, one of them twice");
    let seen = library.seen().await;
    assert_eq!(
        (seen.state, counts(&seen)),
        (TemplateSyncState::Done, [6_000, 6_000, 0, 0])
    );
    assert_eq!(library.count().await, 6_000);
    assert_eq!(library.run().await, 0, "nothing is due");
}

#[tokio::test]
async fn a_connection_asks_for_a_sync_and_the_schedule_repeats_it() {
    let library = Library::of(3).await;
    assert_eq!(library.run().await, 1);
    assert_eq!(counts(&library.seen().await), [3, 3, 0, 0]);
    library.meta.script(|script| {
        script.nodes.remove(0);
        script.nodes[0]["status"] = "PAUSED".into();
        script.nodes.push(template_node(9));
    });
    library.world.clock.advance(Duration::hours(5));
    assert_eq!(library.run().await, 0);
    library.world.clock.advance(Duration::hours(2));
    assert_eq!(library.run().await, 1);
    assert_eq!(counts(&library.seen().await), [3, 1, 1, 1]);
}

#[tokio::test]
async fn a_failed_call_is_retried_with_a_smaller_page_and_then_later_where_it_was() {
    let library = Library::of(250).await;
    let down = MetaErrorKind::Unavailable;
    library
        .meta
        .script(|script| script.faults = [down; 3].into());
    assert_eq!(library.run().await, 1);
    let seen = library.seen().await;
    assert_eq!(seen.state, TemplateSyncState::Running);
    assert_eq!(seen.error.unwrap().refusal, Refusal::MetaUnavailable);
    library.world.clock.advance(Duration::seconds(30));
    assert_eq!(library.run().await, 1);
    let seen = library.seen().await;
    assert_eq!((seen.state, seen.error), (TemplateSyncState::Done, None));
    assert_eq!(seen.done, 250);
}

#[tokio::test]
async fn a_limit_of_metas_stops_a_sync_for_as_long_as_meta_says() {
    let library = Library::of(250).await;
    let limited = MetaErrorKind::RateLimited(Some(Duration::minutes(7)));
    library
        .meta
        .script(|script| script.faults.push_back(limited));
    assert_eq!(library.run().await, 1);
    assert_eq!(
        library.seen().await.error.unwrap().refusal,
        Refusal::MetaRateLimited
    );
    library.world.clock.advance(Duration::minutes(6));
    assert_eq!(library.run().await, 0);
    library.world.clock.advance(Duration::minutes(2));
    // Meta's limits are nearly used up: others go first after each page.
    library.meta.script(|script| script.usage = Some(90));
    assert_eq!(library.run().await, 1);
    assert_eq!(library.seen().await.done, 100);
    library.meta.script(|script| script.usage = Some(20));
    library.world.clock.advance(Duration::minutes(6));
    assert_eq!(library.run().await, 1);
    let seen = library.seen().await;
    assert_eq!((seen.state, seen.done), (TemplateSyncState::Done, 250));
    assert_eq!(library.meta.calls(), 4);
}

#[tokio::test]
async fn a_refused_sync_fails_with_its_reason_and_a_lapsed_cursor_begins_again() {
    let library = Library::of(250).await;
    library
        .meta
        .script(|script| script.faults.push_back(MetaErrorKind::TokenInvalid));
    assert_eq!(library.run().await, 1);
    let seen = library.seen().await;
    assert_eq!(
        (seen.state, library.count().await),
        (TemplateSyncState::Failed, 0)
    );
    assert_eq!(seen.error.unwrap().refusal, Refusal::TokenInvalid);
    library.request().await;
    library.meta.script(|script| script.usage = Some(99));
    assert_eq!(library.run().await, 1);
    library.meta.script(|script| {
        script.usage = None;
        script.faults.push_back(MetaErrorKind::Refused);
    });
    library.world.clock.advance(Duration::minutes(6));
    assert_eq!(library.run().await, 1);
    assert_eq!(library.seen().await.done, 0, "the pass begins again");
    library.world.clock.advance(Duration::minutes(1));
    assert_eq!(library.run().await, 1);
    assert_eq!(counts(&library.seen().await)[0], 250);
    assert_eq!(library.count().await, 250);
}

#[tokio::test]
async fn a_stopped_process_gives_its_sync_up_at_once() {
    let library = Library::of(250).await;
    let stop = CancellationToken::new();
    stop.cancel();
    assert_eq!(library.templates.run_due_syncs(&stop).await.unwrap(), 1);
    assert_eq!(library.meta.calls(), 0);
    let other = service(&library.world, &library.meta);
    let stop = CancellationToken::new();
    assert_eq!(other.run_due_syncs(&stop).await.unwrap(), 1);
    assert_eq!(counts(&library.seen().await), [250, 250, 0, 0]);
}

fn body(name: &str, text: &str) -> Value {
    json!({"name": name, "language": "en_US", "category": "UTILITY",
        "components": [{"type": "BODY", "text": text}]})
}

#[tokio::test]
async fn a_create_tells_metas_category_and_is_in_the_library_at_once() {
    let library = Library::of(0).await;
    let admin = &library.world.admin;
    let created = library
        .templates
        .create(admin, None, body("late", "Your order is late."));
    let created = created.await.unwrap().record;
    assert_eq!(created.state.category(), "MARKETING");
    let (view, history) = library.templates.get(admin, created.id).await.unwrap();
    assert_eq!(view.record, created);
    assert_eq!(
        history[0].change.detail.as_deref(),
        Some("UTILITY became MARKETING")
    );
    // The sync knows it already.
    assert_eq!(library.run().await, 1);
    assert_eq!(counts(&library.seen().await), [1, 0, 0, 0]);
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_read_back_and_made_once() {
    let library = Library::of(0).await;
    let admin = &library.world.admin;
    library.meta.script(|script| script.lost = 1);
    for _ in 0..2 {
        let created = library
            .templates
            .create(admin, None, body("late", "Your order is late."));
        assert_eq!(created.await.unwrap().record.state.name(), "late");
        assert_eq!(
            (
                library.count().await,
                library.meta.script(|it| it.nodes.len())
            ),
            (1, 1)
        );
    }
    // The same name with another text is another template, and is refused.
    let other = library
        .templates
        .create(admin, None, body("late", "Nothing is late."));
    let other = other.await;
    assert!(
        matches!(other, Err(ServiceError::Conflict("already_exists", _))),
        "{other:?}"
    );
}

#[tokio::test]
async fn what_meta_would_refuse_is_named_before_meta_is_asked() {
    let library = Library::of(1).await;
    let admin = &library.world.admin;
    let wrong = json!({"name": "Not So", "language": "en_US", "category": "NEWS",
        "components": [{"type": "BODY", "text": "{{1}} stands first."}]});
    let refused = library.templates.create(admin, None, wrong).await;
    let Err(ServiceError::InvalidFields(faults)) = refused else {
        panic!("{refused:?}");
    };
    let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
    assert!(pointers.contains(&"/name"), "{pointers:?}");
    assert!(
        pointers.iter().any(|it| it.starts_with("/components/0")),
        "{pointers:?}"
    );
    assert_eq!(library.meta.script(|script| script.acts), 0);
}

#[tokio::test]
async fn edits_and_deletes_whose_answers_are_lost_are_read_back() {
    let library = Library::of(2).await;
    let admin = &library.world.admin;
    assert_eq!(library.run().await, 1);
    let filter = TemplateFilter::default;
    let page = library
        .templates
        .list(admin, filter(), PageRequest::default())
        .await
        .unwrap();
    let [first, second] = [0, 1].map(|n| page.rows[n].record.clone());
    for lost in [0, 1] {
        library.meta.script(|script| script.lost = lost);
        let text = format!("Your order is late: {lost} days.");
        let change = json!({"components": [{"type": "BODY", "text": text}]});
        let edited = library
            .templates
            .edit(admin, first.id, change)
            .await
            .unwrap()
            .record;
        assert_eq!(edited.state.node["components"][0]["text"], text.as_str());
    }
    library.meta.script(|script| script.lost = 1);
    library.templates.delete(admin, first.id).await.unwrap();
    let name = second.state.name().to_owned();
    library
        .templates
        .delete_name(admin, None, &name)
        .await
        .unwrap();
    assert_eq!(
        (
            library.count().await,
            library.meta.script(|it| it.nodes.len())
        ),
        (0, 0)
    );
    let again = library.templates.delete(admin, second.id).await;
    assert!(matches!(again, Err(ServiceError::NotFound(_))), "{again:?}");
}

#[tokio::test]
async fn a_template_says_what_a_message_needs_and_checks_it() {
    let library = Library::of(1).await;
    let admin = &library.world.admin;
    assert_eq!(library.run().await, 1);
    let page = library
        .templates
        .list(admin, TemplateFilter::default(), PageRequest::default());
    let id = page.await.unwrap().rows[0].record.id;
    let schema = library.templates.schema(admin, id).await.unwrap();
    assert_eq!(schema["required"], json!(["body.1"]));
    let named = |values: Value| TemplateValues::Named(values.as_object().unwrap().clone());
    let good = named(json!({"body.1": "7"}));
    assert!(
        library
            .templates
            .check(admin, id, &good)
            .await
            .unwrap()
            .is_ok()
    );
    let shown = library.templates.preview(admin, id, good).await.unwrap();
    assert_eq!(shown.body.as_deref(), Some("Order 7 is on its way."));
    let parameters = json!([{"type": "text", "text": "7"}]);
    let meta = TemplateValues::Components(json!([{"type": "body", "parameters": parameters}]));
    assert!(
        library
            .templates
            .check(admin, id, &meta)
            .await
            .unwrap()
            .is_ok()
    );
    for bad in [
        named(json!({})),
        named(json!({"body.1": "7", "body.2": "8"})),
        TemplateValues::Components(json!([])),
    ] {
        let check = library.templates.check(admin, id, &bad).await.unwrap();
        assert!(!check.is_ok() && check.meta_code().is_some(), "{bad:?}");
    }
}
