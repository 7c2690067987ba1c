use wabakit_domain::{
    account::NumberHealth,
    connect::{
        BrowserBinding, Candidate, ConnectMode, ConnectSession, ConnectStatus, NumberProgress,
        Occasion, Problem, Refusal, RunnerLease, SignupHints, Step, StepState, Unselectable,
        WabaProgress,
    },
    meta_error::MetaErrorRef,
    secret::SealedSecret,
};

use super::{Tenant, World, assert_refused, at, world::count};
use wabakit_ports::store::{ConnectWrite, Facts, StoreError};

/// Stores a session that runs, held by "old" until [`at`] 60.
async fn running(w: &World, tenant: &Tenant) -> ConnectSession {
    let mut session = w.session(tenant).await;
    session.status = ConnectStatus::Running;
    session.runner = Some(RunnerLease {
        owner: "old".into(),
        until: at(60),
    });
    save(w, session).await.unwrap()
}

async fn save(w: &World, session: ConnectSession) -> Result<ConnectSession, StoreError> {
    let mut write = ConnectWrite::session(session);
    let org = write.session.org;
    write.audit = vec![w.make.event(org, "connect.step")];
    w.store.write(org, write).await.map(|done| done.session)
}

async fn now(w: &World, session: &ConnectSession) -> ConnectSession {
    let found = w.store.session(session.org, session.id).await.unwrap();
    found.unwrap()
}

/// Fills everything that a session can hold.
fn fill(w: &World, session: &mut ConnectSession) {
    let problem = Problem {
        refusal: Refusal::MissingScope,
        about: vec!["whatsapp_business_messaging".into(), "ü".into()],
        meta: Some(MetaErrorRef {
            code: 200,
            subcode: Some(-1),
            fbtrace_id: Some("Abc".into()),
            message: "(#200) \"no\" \\ 👋".into(),
        }),
        occasion: Occasion::Exchange,
        own_app: true,
    };
    let health = NumberHealth {
        status: Some("PENDING".into()),
        is_coexistence: true,
        ..NumberHealth::default()
    };
    session.status = ConnectStatus::Failed;
    session.grant = Some(w.make.id());
    session.code = Some(SealedSecret::new((0..=255).collect()));
    session.problem = Some(problem.clone());
    session.runner = Some(RunnerLease {
        owner: "host-1/4711".into(),
        until: at(30),
    });
    session.expires_at = at(86_400);
    session.updated_at = at(3);
    let progress = &mut session.progress;
    let record = &mut progress.steps[Step::Register as usize];
    record.state = StepState::Failed;
    record.started_at = Some(at(1));
    record.finished_at = Some(at(2));
    record.detail = Some("é".repeat(5_000));
    record.problem = Some(problem.clone());
    progress.candidates = vec![Candidate {
        phone_number_id: "n1".into(),
        display_phone_number: "+1 555".into(),
        verified_name: Some("Zoë".into()),
        waba_id: "w1".into(),
        waba_name: None,
        business_id: Some("b1".into()),
        business_name: Some("Bü".into()),
        health: health.clone(),
        unselectable: Some(Unselectable::InUse),
        already_connected: true,
        takes_over: true,
    }];
    let mut number = NumberProgress::new("n1".into());
    number.pin = Some(SealedSecret::new(vec![0, 1]));
    number.pin_given = true;
    number.registered_by_us = true;
    number.registration_problem = Some(problem);
    number.health = Some(health);
    progress.numbers = vec![number];
    progress.wabas = vec![WabaProgress {
        waba_id: "w1".into(),
        subscribed_by_us: true,
        confirmed: true,
    }];
    progress.hints = SignupHints {
        waba_id: Some("w1".into()),
        phone_number_id: Some("n1".into()),
        business_id: Some("b1".into()),
        event: Some("FINISH".into()),
    };
    progress.granted_wabas = vec!["w1".into(), "w9".into()];
    progress.confirmed = true;
}

pub async fn a_session_comes_back_whole(w: World) {
    let tenant = w.tenant().await;
    let modes = [
        ConnectMode::Redirect,
        ConnectMode::Popup,
        ConnectMode::Sdk,
        ConnectMode::Manual,
    ];
    for mode in modes {
        let mut session = w
            .make
            .connect_session(tenant.org, tenant.owner.id, tenant.app.id);
        session.mode = mode;
        if mode == ConnectMode::Sdk {
            session.binding = BrowserBinding::Confirmation;
            session.redirect_uri = None;
            session.return_to = Some("https://app.example/ö?a=b&c=%20#d".into());
            fill(&w, &mut session);
        }
        let event = w.make.event(tenant.org, "connect.started");
        let stored = w
            .store
            .create_session(session.clone(), vec![event].into())
            .await;
        stored.unwrap();
        assert_eq!(
            now(&w, &session).await,
            session,
            "as it was, its version too"
        );
    }
    assert_eq!(w.actions(tenant.org).await.len(), modes.len());
    let unknown = w.store.session(tenant.org, w.make.id()).await.unwrap();
    assert_eq!(unknown, None);
}

pub async fn a_sessions_change_is_stored_whole(w: World) {
    let tenant = w.tenant().await;
    let empty = w.session(&tenant).await;
    let mut full = empty.clone();
    fill(&w, &mut full);
    let saved = save(&w, full.clone()).await.unwrap();
    assert!(saved.version > full.version);
    full.version = saved.version;
    assert_eq!(saved, full);
    assert_eq!(now(&w, &full).await, full);

    let cleared = ConnectSession {
        version: full.version,
        ..empty
    };
    let saved = save(&w, cleared.clone()).await.unwrap();
    let found = now(&w, &full).await;
    assert_eq!(found, saved);
    let version = saved.version;
    assert_eq!(found, ConnectSession { version, ..cleared });
}

pub async fn a_stale_session_is_refused(w: World) {
    let tenant = w.tenant().await;
    let session = w.session(&tenant).await;
    let mut failed = session.clone();
    failed.status = ConnectStatus::Failed;
    let first = save(&w, failed).await.unwrap();
    assert_refused!(save(&w, session.clone()).await, StoreError::Conflict);
    assert_eq!(now(&w, &session).await, first);
    assert_eq!(w.actions(tenant.org).await, ["connect.step"]);
    let mut unknown = session;
    unknown.id = w.make.id();
    let refused = save(&w, unknown).await;
    assert_refused!(refused, StoreError::Missing(_) | StoreError::Conflict);
}

pub async fn only_one_of_twenty_saves_a_session(w: World) {
    let tenant = w.tenant().await;
    let session = w.session(&tenant).await;
    let results = w
        .race(|w, _| {
            let session = session.clone();
            async move { save(&w, session).await }
        })
        .await;
    assert_eq!(count(&results, Result::is_ok), 1);
    let conflict = |r: &Result<_, _>| matches!(r, Err(StoreError::Conflict));
    assert_eq!(count(&results, conflict), 19, "{results:?}");
    assert_eq!(w.actions(tenant.org).await, ["connect.step"]);
}

pub async fn open_sessions_are_the_orgs_youngest_first(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    w.session(&other).await;
    let over = [
        ConnectStatus::Completed,
        ConnectStatus::Cancelled,
        ConnectStatus::Expired,
    ];
    let open = [
        ConnectStatus::AwaitingLogin,
        ConnectStatus::AwaitingConfirmation,
        ConnectStatus::Running,
        ConnectStatus::AwaitingChoice,
        ConnectStatus::Failed,
    ];
    let mut expected = Vec::new();
    for age in 0..30_i64 {
        let mut session = w
            .make
            .connect_session(tenant.org, tenant.owner.id, tenant.app.id);
        // Stored neither oldest nor youngest first.
        session.created_at = at(age * 7 % 30);
        let turn = usize::try_from(age).unwrap();
        session.status = if turn < 3 { over[turn] } else { open[turn % 5] };
        w.store
            .create_session(session.clone(), Facts::default())
            .await
            .unwrap();
        if turn >= 3 {
            expected.push(session);
        }
    }
    expected.sort_by_key(|s| std::cmp::Reverse(s.created_at));
    expected.truncate(20);
    let found = w.store.open_sessions(tenant.org).await.unwrap();
    assert_eq!(found, expected);
}

pub async fn another_org_sees_no_session(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let session = w.session(&tenant).await;
    let found = w.store.session(other.org, session.id).await.unwrap();
    assert_eq!(found, None);
    assert_eq!(w.store.open_sessions(other.org).await.unwrap(), []);
}

pub async fn an_interrupted_session_is_claimed_once_its_lease_ends(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let held = running(&w, &tenant).await;
    let mut free = running(&w, &other).await;
    free.runner = None;
    let free = save(&w, free).await.unwrap();
    w.session(&tenant).await;
    let claim = |seconds, limit| {
        let claimed = w
            .store
            .claim_interrupted(at(seconds), "new", at(seconds + 60), limit);
        async { claimed.await.unwrap() }
    };
    assert_eq!(claim(59, 0).await, []);
    let claimed = claim(59, 10).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].id, free.id);
    assert_eq!(claimed[0], now(&w, &free).await);
    let claimed = claim(60, 10).await;
    assert_eq!(claimed.len(), 1, "the other is held anew");
    assert_eq!(claimed[0].id, held.id);
    let lease = RunnerLease {
        owner: "new".into(),
        until: at(120),
    };
    assert_eq!(claimed[0].runner, Some(lease));
    assert_eq!(claimed[0].progress, held.progress);
    assert_eq!(claim(61, 10).await, []);
}

pub async fn only_one_of_twenty_claims_an_interrupted_session(w: World) {
    let tenant = w.tenant().await;
    running(&w, &tenant).await;
    let claims = w
        .race(|w, turn| async move {
            let owner = format!("process {turn}");
            let claimed = w.store.claim_interrupted(at(60), &owner, at(120), 10).await;
            claimed.unwrap()
        })
        .await;
    assert_eq!(claims.iter().map(Vec::len).sum::<usize>(), 1);
}

pub async fn who_lost_a_session_can_save_it_no_more(w: World) {
    let tenant = w.tenant().await;
    let old = running(&w, &tenant).await;
    let claimed = w.store.claim_interrupted(at(60), "new", at(120), 10).await;
    let claimed = claimed.unwrap().remove(0);
    assert_refused!(save(&w, old).await, StoreError::Conflict);
    save(&w, claimed).await.expect("the new holder can");
}

pub async fn sessions_past_their_time_are_swept_unless_held(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let expiring = |tenant: &Tenant, end| {
        let mut session = w
            .make
            .connect_session(tenant.org, tenant.owner.id, tenant.app.id);
        session.expires_at = at(end);
        session
    };
    let later = expiring(&tenant, 20);
    let sooner = expiring(&other, 10);
    let not_yet = expiring(&tenant, 31);
    let mut over = expiring(&tenant, 10);
    over.status = ConnectStatus::Completed;
    let mut held = expiring(&tenant, 10);
    held.status = ConnectStatus::Running;
    held.runner = Some(RunnerLease {
        owner: "one".into(),
        until: at(31),
    });
    for session in [&later, &sooner, &not_yet, &over, &held] {
        w.store
            .create_session(session.clone(), Facts::default())
            .await
            .unwrap();
    }
    let sweep = |seconds, limit| {
        let found = w.store.expired_sessions(at(seconds), limit);
        async {
            let mut ids: Vec<_> = found.await.unwrap().iter().map(|s| s.id).collect();
            ids.sort();
            ids
        }
    };
    assert_eq!(sweep(9, 10).await, []);
    assert_eq!(sweep(10, 10).await, [sooner.id]);
    assert_eq!(sweep(30, 10).await, [later.id, sooner.id]);
    assert_eq!(sweep(30, 1).await.len(), 1);
    let all = [later.id, sooner.id, not_yet.id, held.id];
    assert_eq!(sweep(31, 10).await, all, "the lease has ended too");
}

pub async fn all_runners_are_released(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    for tenant in [&tenant, &other] {
        running(&w, tenant).await;
    }
    w.store.release_all_runners().await.unwrap();
    let claimed = w.store.claim_interrupted(at(0), "new", at(60), 10).await;
    assert_eq!(claimed.unwrap().len(), 2, "long before their leases' end");
}
