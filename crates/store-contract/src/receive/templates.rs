//! Templates: syncs, webhooks, and who sees them.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;
use wabakit_domain::{
    Time,
    connect::{Problem, Refusal},
    event::EventData,
    ids::{OrgId, TemplateSyncId, WabaId},
    inbound::{Fact, Management, TemplateRef, TemplateUpdate},
    inbox::Item,
    template_record::{MOST_HISTORY, PageFacts, TemplateAuthor, TemplatePart, TemplateRecord},
};
use wabakit_ports::store::{
    Limit, PageRequest, StoreError, SyncEnd, SyncEndWrite, SyncPageWrite, TemplateFilter,
    TemplateSync, TemplateSyncState,
};

use super::{ReceiveWorld, item, whole};
use crate::{assert_refused, at};

const OWNER: Uuid = Uuid::from_u128(77);

/// Makes Meta's node of a template.
pub fn node(id: u32, name: &str, status: &str) -> Value {
    json!({
        "id": id.to_string(), "name": name, "language": "en_US", "status": status, "category": "UTILITY",
        "quality_score": {"score": "GREEN"}, "correct_category": "",
        "components": [{"type": "BODY", "text": format!("Text of {name} \u{fffd}")}],
    })
}

fn nodes(count: u32) -> Vec<Value> {
    (0..count)
        .map(|n| node(n, &format!("name_{n:03}"), "APPROVED"))
        .collect()
}

impl ReceiveWorld {
    async fn claim(&self, now: Time) -> Vec<TemplateSync> {
        let until = now + Duration::seconds(60);
        let claimed = self
            .store
            .claim_template_syncs(OWNER, now, until, self.id(), 10);
        claimed.await.unwrap()
    }

    /// Takes the sync of our WABA.
    async fn take(&self, now: Time) -> TemplateSync {
        let claimed = self.claim(now).await;
        let mut ours = claimed.into_iter();
        ours.find(|sync| sync.waba == self.ours.number.waba_id)
            .expect("it is due")
    }

    fn page(
        &self,
        sync: &TemplateSync,
        nodes: Vec<Value>,
        next: Option<&str>,
        now: Time,
    ) -> SyncPageWrite {
        SyncPageWrite {
            fence: sync.fence,
            page: PageFacts {
                waba: sync.waba.clone(),
                nodes,
                read_at: now,
            },
            next: next.map(ToOwned::to_owned),
            total: None,
            until: now + Duration::seconds(60),
            now,
            ids: self.ids(),
        }
    }

    async fn save(&self, sync: &TemplateSync, nodes: Vec<Value>, now: Time) -> TemplateSync {
        let write = self.page(sync, nodes, Some("further"), now);
        self.store.save_template_page(write).await.unwrap().0
    }

    async fn end(&self, sync: &TemplateSync, end: SyncEnd, now: Time) -> TemplateSync {
        let write = SyncEndWrite {
            waba: sync.waba.clone(),
            fence: sync.fence,
            end,
            next_at: now + Duration::hours(6),
            now,
            ids: self.ids(),
        };
        self.store.end_template_sync(write).await.unwrap().0
    }

    /// Syncs our WABA by one whole pass of these pages.
    pub async fn sync(&self, pages: Vec<Vec<Value>>, now: Time) -> TemplateSync {
        let org = self.ours.org;
        let run: TemplateSyncId = self.id();
        let request = self
            .store
            .request_template_sync(org, None, run, now, vec![]);
        request.await.unwrap();
        let sync = self.take(now).await;
        assert_eq!(sync.run, Some(run));
        for nodes in pages {
            self.save(&sync, nodes, now).await;
        }
        self.end(&sync, SyncEnd::Whole, now).await
    }

    /// Returns the templates that an organisation sees.
    pub async fn templates_of(&self, org: OrgId) -> Vec<TemplateRecord> {
        let filter = TemplateFilter::default();
        let page = self.store.templates(org, filter, whole()).await;
        page.unwrap().rows
    }

    async fn template_named(&self, name: &str) -> TemplateRecord {
        let all = self.templates_of(self.ours.org).await.into_iter();
        let mut named = all.filter(|it| it.state.name() == name);
        named.next().expect("the template is there")
    }
}

fn told(w: &ReceiveWorld, id: &str, update: TemplateUpdate, seconds: i64) -> Item {
    let template = TemplateRef {
        id: id.into(),
        name: None,
        language: None,
    };
    let management = Management::Template { template, update };
    Item {
        told_at: Some(at(seconds)),
        ..item(&w.ours.number, Fact::Management(Box::new(management)))
    }
}

fn status(event: &str) -> TemplateUpdate {
    TemplateUpdate::Status {
        event: event.into(),
        reason: None,
        category: None,
        disable_date: None,
        title: None,
        description: None,
        rejection: None,
        recommendation: None,
    }
}

fn kinds(told: &[EventData]) -> Vec<&'static str> {
    told.iter().map(EventData::kind).collect()
}

pub async fn a_sync_tells_new_changed_and_gone_apart(w: ReceiveWorld) {
    let pages = vec![
        vec![node(1, "a", "APPROVED"), node(2, "b", "PENDING")],
        vec![node(3, "c", "APPROVED")],
    ];
    let first = w.sync(pages, at(2_000)).await;
    assert_eq!(
        (first.done, first.created, first.updated, first.removed),
        (3, 3, 0, 0)
    );
    assert_eq!(
        (first.state, first.synced_at),
        (TemplateSyncState::Done, Some(at(2_000)))
    );
    let before = w.templates_of(w.ours.org).await;
    let pages = vec![vec![
        node(1, "a", "APPROVED"),
        node(2, "b", "APPROVED"),
        node(4, "d", "PENDING"),
    ]];
    let second = w.sync(pages, at(3_000)).await;
    assert_eq!(
        (second.done, second.created, second.updated, second.removed),
        (3, 1, 1, 1)
    );
    let after = w.templates_of(w.ours.org).await;
    let names: Vec<_> = after
        .iter()
        .map(|it| (it.state.name(), it.state.status()))
        .collect();
    let expected = [("a", "APPROVED"), ("b", "APPROVED"), ("d", "PENDING")];
    assert_eq!(
        names,
        expected.map(|(name, status)| (name, status.to_owned()))
    );
    assert_eq!(after[0], before[0], "what is as before is not written");
    assert_eq!((after[1].id, after[1].version), (before[1].id, 2));
    let told = w.told(w.ours.org).await;
    assert_eq!(
        kinds(&told),
        [
            "template.created",
            "template.created",
            "template.created",
            "template.created",
            "template.updated",
            "template.removed"
        ]
    );
    let (_, history) = w
        .store
        .template(w.ours.org, after[1].id)
        .await
        .unwrap()
        .unwrap();
    let steps: Vec<_> = history
        .iter()
        .map(|it| (it.change.from.as_deref(), it.change.to.as_deref()))
        .collect();
    assert_eq!(
        steps,
        [(Some("PENDING"), Some("APPROVED")), (None, Some("PENDING"))]
    );
    assert!(history.iter().all(|it| it.by == TemplateAuthor::Sync));
}

pub async fn a_pass_without_news_changes_no_template_and_tells_nothing(w: ReceiveWorld) {
    w.sync(vec![nodes(40)], at(2_000)).await;
    let (before, events) = (
        w.templates_of(w.ours.org).await,
        w.events(w.ours.org).await.len(),
    );
    // Links to examples and the date beside a score are made anew for each read.
    let mut again = nodes(40);
    again[0]["components"][0]["example"] = json!({"header_handle": ["https://cdn/1?oe=9"]});
    again[1]["quality_score"]["date"] = json!(1_764_547_200);
    again[2]["previous_category"] = json!(null);
    let second = w.sync(vec![again], at(3_000)).await;
    assert_eq!(
        (
            second.done,
            second.created + second.updated + second.removed
        ),
        (40, 0)
    );
    assert_eq!(second.revision, 1, "only the first pass changed templates");
    assert_eq!(w.templates_of(w.ours.org).await, before);
    assert_eq!(w.events(w.ours.org).await.len(), events);
}

pub async fn an_interrupted_pass_goes_on_at_its_cursor_and_removes_only_what_is_gone(
    w: ReceiveWorld,
) {
    w.sync(vec![nodes(6)], at(2_000)).await;
    let request = w
        .store
        .request_template_sync(w.ours.org, None, w.id(), at(3_000), vec![]);
    request.await.unwrap();
    let mut all = nodes(6);
    let dead = w.take(at(3_000)).await;
    w.save(&dead, all.drain(..3).collect(), at(3_001)).await;
    assert!(w.claim(at(3_030)).await.is_empty(), "its lease still holds");
    let next = w.take(at(3_100)).await;
    assert_eq!(
        (next.cursor.as_deref(), next.pages, next.done),
        (Some("further"), 1, 3)
    );
    assert_eq!((next.run, next.fence), (dead.run, dead.fence + 1));
    // The one that was thought dead is late.
    let late = w.page(&dead, vec![node(90, "late", "APPROVED")], None, at(3_101));
    assert_refused!(w.store.save_template_page(late).await, StoreError::Conflict);
    w.save(&next, all.drain(..2).collect(), at(3_102)).await;
    let done = w.end(&next, SyncEnd::Whole, at(3_103)).await;
    assert_eq!((done.done, done.removed), (5, 1));
    let names: Vec<_> = w
        .templates_of(w.ours.org)
        .await
        .iter()
        .map(|it| it.state.name().to_owned())
        .collect();
    assert_eq!(
        names,
        ["name_000", "name_001", "name_002", "name_003", "name_004"]
    );
}

pub async fn a_pass_that_failed_removes_nothing_and_begins_again(w: ReceiveWorld) {
    w.sync(vec![nodes(3)], at(2_000)).await;
    let request = w
        .store
        .request_template_sync(w.ours.org, None, w.id(), at(3_000), vec![]);
    request.await.unwrap();
    let sync = w.take(at(3_000)).await;
    w.save(&sync, vec![node(0, "name_000", "APPROVED")], at(3_000))
        .await;
    let problem = Problem::new(Refusal::MetaUnavailable);
    let later = SyncEnd::Later {
        problem: Some(problem.clone()),
        restart: true,
    };
    let waits = w.end(&sync, later, at(3_000)).await;
    assert_eq!(
        (waits.state, waits.failures),
        (TemplateSyncState::Running, 1)
    );
    assert_eq!((waits.cursor, waits.error.as_ref()), (None, Some(&problem)));
    let sync = w.take(at(90_000)).await;
    assert_eq!((sync.done, sync.pages), (0, 0));
    let failed = w.end(&sync, SyncEnd::Failed(problem), at(90_000)).await;
    assert_eq!(failed.state, TemplateSyncState::Failed);
    assert_eq!(w.templates_of(w.ours.org).await.len(), 3);
}

pub async fn twenty_claims_at_once_take_a_sync_once(w: ReceiveWorld) {
    let claims = w
        .connect
        .race(|_, _| {
            let w = w.clone();
            async move { w.claim(at(2_000)).await }
        })
        .await;
    let claims: Vec<_> = claims.into_iter().flatten().collect();
    let ours = claims
        .iter()
        .filter(|sync| sync.waba == w.ours.number.waba_id);
    assert_eq!(ours.count(), 1);
    assert_eq!(
        claims.len(),
        2,
        "one for each WABA, asked for by its connection"
    );
}

pub async fn a_request_joins_a_sync_that_runs(w: ReceiveWorld) {
    let first = w.take(at(2_000)).await;
    w.save(&first, vec![node(1, "a", "APPROVED")], at(2_000))
        .await;
    let run: TemplateSyncId = w.id();
    let waba = w.ours.number.waba_id.clone();
    let store = &w.store;
    let asked = store.request_template_sync(w.ours.org, Some(waba.clone()), run, at(2_001), vec![]);
    assert_eq!(asked.await.unwrap().0, [waba]);
    let seen = store.template_syncs(w.ours.org).await.unwrap();
    assert_eq!(
        (seen[0].run, seen[0].done, seen[0].cursor.as_deref()),
        (Some(run), 1, Some("further"))
    );
    let other = WabaId::from("waba-2");
    let refused = store.request_template_sync(w.ours.org, Some(other), run, at(2_002), vec![]);
    assert_refused!(refused.await, StoreError::Missing(_));
}

pub async fn a_template_is_seen_by_whoever_has_an_active_number_on_its_waba(w: ReceiveWorld) {
    w.sync(vec![nodes(2)], at(2_000)).await;
    let id = w.templates_of(w.ours.org).await[0].id;
    assert!(w.templates_of(w.theirs.org).await.is_empty());
    assert_eq!(w.store.template(w.theirs.org, id).await.unwrap(), None);
    assert!(kinds(&w.told(w.theirs.org).await).is_empty());
    // Another organisation connects a number of the same WABA.
    w.connect
        .connect(&w.theirs.tenant, &[("waba-1", "1065550009")])
        .await;
    assert_eq!(w.templates_of(w.theirs.org).await.len(), 2);
    w.sync(
        vec![vec![
            node(0, "name_000", "PAUSED"),
            node(7, "new", "PENDING"),
        ]],
        at(3_000),
    )
    .await;
    for org in [w.ours.org, w.theirs.org] {
        let told = kinds(&w.told(org).await);
        let told: Vec<_> = told
            .into_iter()
            .filter(|kind| kind.starts_with("template."))
            .collect();
        let end = ["template.created", "template.updated", "template.removed"];
        assert_eq!(told.last_chunk::<3>(), Some(&end), "{org}");
    }
    // The WABA goes to the other organisation alone.
    w.connect
        .disconnect(w.ours.org, &[w.ours.number.id, w.ours.second.id])
        .await;
    assert!(w.templates_of(w.ours.org).await.is_empty());
    assert!(w.store.template_syncs(w.ours.org).await.unwrap().is_empty());
    assert_eq!(w.templates_of(w.theirs.org).await.len(), 2);
}

pub async fn templates_are_paged_by_name_and_filtered(w: ReceiveWorld) {
    let mut all = nodes(5);
    all[1]["language"] = json!("pt-BR");
    all[2]["name"] = json!("name_001");
    all[2]["language"] = json!("en_US");
    all[3]["category"] = json!("MARKETING");
    all[3]["quality_score"] = json!({"score": "RED"});
    all[4]["status"] = json!("REJECTED");
    all[4]["components"][0]["text"] = json!("100% OFF_er");
    w.sync(vec![all], at(2_000)).await;
    let mut names = Vec::new();
    let mut page = PageRequest {
        after: None,
        limit: Limit::new(2),
    };
    loop {
        let found = w
            .store
            .templates(w.ours.org, TemplateFilter::default(), page.clone())
            .await
            .unwrap();
        names.extend(
            found
                .rows
                .iter()
                .map(|it| (it.state.name().to_owned(), it.state.language())),
        );
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    let expected = [
        ("name_000", "en_US"),
        ("name_001", "en_US"),
        ("name_001", "pt_BR"),
        ("name_003", "en_US"),
        ("name_004", "en_US"),
    ];
    assert_eq!(
        names,
        expected.map(|(name, language)| (name.to_owned(), language.to_owned()))
    );
    let word = |word: &str| vec![word.to_owned()];
    let none = TemplateFilter::default;
    for (filter, count) in [
        (
            TemplateFilter {
                statuses: vec!["REJECTED".into(), "APPROVED".into()],
                ..none()
            },
            5,
        ),
        (
            TemplateFilter {
                statuses: word("REJECTED"),
                ..none()
            },
            1,
        ),
        (
            TemplateFilter {
                categories: word("MARKETING"),
                ..none()
            },
            1,
        ),
        (
            TemplateFilter {
                languages: word("pt_BR"),
                ..none()
            },
            1,
        ),
        (
            TemplateFilter {
                qualities: word("RED"),
                ..none()
            },
            1,
        ),
        (
            TemplateFilter {
                name: Some("name_001".into()),
                ..none()
            },
            2,
        ),
        (
            TemplateFilter {
                waba: Some("waba-2".into()),
                ..none()
            },
            0,
        ),
        (
            TemplateFilter {
                query: Some("100% off_".into()),
                ..none()
            },
            1,
        ),
        (
            TemplateFilter {
                query: Some("NAME_00".into()),
                ..none()
            },
            5,
        ),
        (
            TemplateFilter {
                query: Some("e%0".into()),
                ..none()
            },
            0,
        ),
    ] {
        let found = w
            .store
            .templates(w.ours.org, filter.clone(), whole())
            .await
            .unwrap();
        assert_eq!(found.rows.len(), count, "{filter:?}");
    }
}

pub async fn a_webhook_changes_a_template_by_metas_time(w: ReceiveWorld) {
    w.sync(vec![vec![node(1, "a", "PENDING")]], at(2_000)).await;
    let rejected = TemplateUpdate::Status {
        event: "REJECTED".into(),
        reason: Some("INVALID_FORMAT".into()),
        category: None,
        disable_date: None,
        title: None,
        description: None,
        rejection: Some("A variable stands last.".into()),
        recommendation: Some("Add words behind it.".into()),
    };
    let category = TemplateUpdate::Category {
        previous: Some("UTILITY".into()),
        new: Some("MARKETING".into()),
        current: None,
        correct: None,
        takes_effect_at: None,
    };
    let quality = TemplateUpdate::Quality {
        previous: Some("GREEN".into()),
        new: Some("RED".into()),
    };
    // They arrive in any order, and two of them are older than what is known.
    w.apply(vec![
        told(&w, "1", rejected, 2_100),
        told(&w, "1", status("APPROVED"), 2_050),
        told(&w, "1", quality, 2_010),
        told(&w, "1", category, 2_020),
        told(&w, "1", status("PAUSED"), 1_000),
    ])
    .await;
    let template = w.template_named("a").await;
    let state = &template.state;
    assert_eq!(
        (state.status(), state.category(), state.quality()),
        ("REJECTED".into(), "MARKETING".into(), "RED".into())
    );
    assert_eq!(state.rejected_reason(), Some("INVALID_FORMAT"));
    assert_eq!(
        state.notice.as_ref().and_then(|it| it.rejection.as_deref()),
        Some("A variable stands last.")
    );
    assert_eq!(
        (state.previous_category(), template.version),
        (Some("UTILITY"), 2)
    );
    let (_, history) = w
        .store
        .template(w.ours.org, template.id)
        .await
        .unwrap()
        .unwrap();
    let told_now: Vec<_> = history.iter().map(|it| (it.change.part, it.at)).collect();
    assert_eq!(
        told_now,
        [
            (TemplatePart::Status, at(2_100)),
            (TemplatePart::Category, at(2_020)),
            (TemplatePart::Quality, at(2_010)),
            (TemplatePart::Status, at(2_000))
        ]
    );
    assert!(history[..3].iter().all(|it| it.by == TemplateAuthor::Meta));
    // A page that was read before keeps what was told since, and one that was read later is the newer fact.
    w.sync(vec![vec![node(1, "a", "PENDING")]], at(2_060)).await;
    let kept = w.template_named("a").await.state;
    assert_eq!(
        (kept.status(), kept.category()),
        ("REJECTED".into(), "UTILITY".into())
    );
    w.sync(vec![vec![node(1, "a", "PENDING")]], at(2_200)).await;
    let state = w.template_named("a").await.state;
    assert_eq!((state.status(), state.notice), ("PENDING".into(), None));
}

pub async fn a_category_to_come_is_kept_with_its_time(w: ReceiveWorld) {
    w.sync(vec![vec![node(1, "a", "APPROVED")]], at(2_000))
        .await;
    let coming = TemplateUpdate::Category {
        previous: None,
        new: Some("UTILITY".into()),
        current: None,
        correct: Some("MARKETING".into()),
        takes_effect_at: Some(at(90_000).timestamp()),
    };
    w.apply(vec![told(&w, "1", coming, 2_100)]).await;
    let state = w.template_named("a").await.state;
    assert_eq!(
        (state.category(), state.correct_category().as_deref()),
        ("UTILITY".into(), Some("MARKETING"))
    );
    let in_seconds = state.category_changes_at.map(|at| at.timestamp());
    assert_eq!(in_seconds, Some(at(90_000).timestamp()));
    let done = TemplateUpdate::Category {
        previous: Some("UTILITY".into()),
        new: Some("MARKETING".into()),
        current: None,
        correct: None,
        takes_effect_at: None,
    };
    w.apply(vec![told(&w, "1", done, 90_000)]).await;
    let state = w.template_named("a").await.state;
    assert_eq!(
        (
            state.category(),
            state.correct_category(),
            state.category_changes_at
        ),
        ("MARKETING".into(), None, None)
    );
}

pub async fn a_webhook_that_tells_a_part_asks_for_a_sync(w: ReceiveWorld) {
    let done = w
        .sync(vec![vec![node(1, "a", "APPROVED")]], at(2_000))
        .await;
    let next = done.next_at.unwrap();
    let due = async || {
        w.store.template_syncs(w.ours.org).await.unwrap()[0]
            .next_at
            .unwrap()
    };
    w.apply(vec![told(&w, "1", status("PAUSED"), 2_100)]).await;
    assert_eq!(due().await, next, "it told all");
    let text = TemplateUpdate::Components {
        body: Some("New text".into()),
        title: None,
        footer: None,
        buttons: vec![],
    };
    w.apply(vec![told(&w, "1", text, 2_100)]).await;
    let template = w.template_named("a").await;
    assert_eq!(template.state.node["components"][0]["text"], "New text");
    // Batches of this world are applied at 1,000: before the last sync, so it rests first.
    assert_eq!(due().await, at(1_060));
    w.sync(vec![vec![node(1, "a", "APPROVED")]], at(3_000))
        .await;
    w.apply(vec![told(&w, "unheard-of", status("APPROVED"), 3_100)])
        .await;
    assert_eq!(due().await, at(1_060));
    let told = kinds(&w.told(w.ours.org).await);
    assert_eq!(
        told.last(),
        Some(&"template.updated"),
        "each webhook is told as before"
    );
}

pub async fn a_wish_during_a_sync_is_heard_after_it(w: ReceiveWorld) {
    let sync = w.take(at(2_000)).await;
    w.apply(vec![told(&w, "unheard-of", status("APPROVED"), 2_100)])
        .await;
    let done = w.end(&sync, SyncEnd::Whole, at(2_010)).await;
    assert_eq!(done.next_at, Some(at(1_005)));
}

pub async fn another_orgs_webhook_changes_no_template(w: ReceiveWorld) {
    w.sync(vec![vec![node(1, "a", "APPROVED")]], at(2_000))
        .await;
    let theirs = Item {
        org: w.theirs.org,
        accounts: vec![w.theirs.number.id],
        ..told(&w, "1", status("DISABLED"), 2_100)
    };
    w.apply(vec![theirs]).await;
    assert_eq!(w.template_named("a").await.state.status(), "APPROVED");
}

pub async fn a_history_keeps_the_newest_entries(w: ReceiveWorld) {
    w.sync(
        vec![vec![node(1, "a", "APPROVED"), node(2, "b", "APPROVED")]],
        at(2_000),
    )
    .await;
    let most = usize::try_from(MOST_HISTORY).unwrap();
    for n in 0..(most + 20) {
        let event = if n % 2 == 0 { "PAUSED" } else { "APPROVED" };
        let seconds = 2_100 + i64::try_from(n).unwrap();
        w.apply(vec![told(&w, "1", status(event), seconds)]).await;
    }
    let template = w.template_named("a").await;
    let (_, history) = w
        .store
        .template(w.ours.org, template.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(history.len(), most);
    let oldest = history.last().unwrap().at;
    assert_eq!(oldest, at(2_120), "the oldest went");
    let other = w.template_named("b").await;
    let (_, history) = w
        .store
        .template(w.ours.org, other.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(history.len(), 1);
}

pub async fn a_waba_without_an_active_number_is_synced_no_more(w: ReceiveWorld) {
    w.connect
        .disconnect(w.ours.org, &[w.ours.number.id, w.ours.second.id])
        .await;
    let waba = w.ours.number.waba_id.clone();
    assert!(
        w.store
            .accounts_for_templates(&waba)
            .await
            .unwrap()
            .is_empty()
    );
    let sync = w.take(at(2_000)).await;
    let idle = w.end(&sync, SyncEnd::Idle, at(2_000)).await;
    assert_eq!((idle.state, idle.next_at), (TemplateSyncState::Done, None));
    assert!(
        w.claim(at(900_000))
            .await
            .iter()
            .all(|sync| sync.waba != waba)
    );
    // Connecting again asks for a sync.
    w.connect
        .connect(&w.ours.tenant, &[("waba-1", "1065550001")])
        .await;
    assert_eq!(
        w.store.accounts_for_templates(&waba).await.unwrap().len(),
        1
    );
    assert_eq!(w.take(at(900_001)).await.pages, 0);
}
