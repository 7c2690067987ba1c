use wabakit_domain::{
    account::NumberHealth,
    connect::{
        BrowserBinding, Candidate, ConnectMode, ConnectSession, LoginReturn, NumberProgress,
        Occasion, Problem, Refusal, RunnerLease, SessionRecord, SessionRemains, SessionState,
        SignupHints, Step, StepState, Unselectable, WabaProgress,
    },
    meta_error::MetaErrorRef,
    secret::SealedSecret,
};

use super::{Tenant, World, assert_refused, at, world::count};
use wabakit_ports::store::{ConnectWrite, Facts, StoreError};

/// Stores a running session, leased by "old" until [`at`] 60.
async fn running(w: &World, tenant: &Tenant) -> ConnectSession {
    let session = in_state(w.session(tenant).await, run(w, "old", 60));
    save(w, session).await.unwrap()
}

fn login(w: &World) -> LoginReturn {
    LoginReturn {
        grant: w.make.id(),
        code: Some(SealedSecret::new((0..=255).collect())),
    }
}

/// Makes the state of a run of this process until [`at`] `end`.
fn run(w: &World, owner: &str, end: i64) -> SessionState {
    SessionState::Running {
        login: login(w),
        runner: Some(RunnerLease {
            owner: owner.into(),
            until: at(end),
        }),
    }
}

fn failed(w: &World) -> SessionState {
    SessionState::Failed {
        login: Some(login(w)),
        problem: Refusal::MetaUnavailable.into(),
    }
}

fn changed(session: ConnectSession, change: impl FnOnce(&mut SessionRecord)) -> ConnectSession {
    let mut record = session.into_record();
    change(&mut record);
    ConnectSession::new(record)
}

fn in_state(session: ConnectSession, state: SessionState) -> ConnectSession {
    changed(session, |record| record.state = state)
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

/// Fills all fields of a session.
fn fill(w: &World, session: &mut SessionRecord) {
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
    session.state = SessionState::Failed {
        login: Some(login(w)),
        problem: problem.clone(),
    };
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
            .connect_session(tenant.org, tenant.owner.id, tenant.app.id)
            .into_record();
        session.mode = mode;
        if mode == ConnectMode::Sdk {
            session.binding = BrowserBinding::Confirmation;
            session.redirect_uri = None;
            session.return_to = Some("https://app.example/ö?a=b&c=%20#d".into());
            fill(&w, &mut session);
        }
        let session = ConnectSession::new(session);
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
    let full = changed(empty.clone(), |record| fill(&w, record));
    let saved = save(&w, full.clone()).await.unwrap();
    assert!(saved.version > full.version);
    let full = changed(full, |record| record.version = saved.version);
    assert_eq!(saved, full);
    assert_eq!(now(&w, &full).await, full);

    let cleared = changed(empty, |record| record.version = full.version);
    let saved = save(&w, cleared.clone()).await.unwrap();
    let found = now(&w, &full).await;
    assert_eq!(found, saved);
    let cleared = changed(cleared, |record| record.version = saved.version);
    assert_eq!(found, cleared);
}

pub async fn each_state_comes_back_with_its_own_columns(w: World) {
    let tenant = w.tenant().await;
    let problem = || Problem::new(Refusal::NumberNotFound).about(["n1".to_owned()]);
    let remains = || SessionRemains {
        grant: Some(w.make.id()),
        problem: Some(problem()),
    };
    let spent = LoginReturn {
        code: None,
        ..login(&w)
    };
    let states = [
        SessionState::AwaitingLogin,
        SessionState::AwaitingConfirmation(spent.clone()),
        run(&w, "host-1/4711", 30),
        SessionState::Running {
            login: spent,
            runner: None,
        },
        SessionState::AwaitingChoice {
            login: login(&w),
            why: Some(problem()),
        },
        SessionState::Failed {
            login: None,
            problem: problem(),
        },
        failed(&w),
        SessionState::Completed(w.make.id()),
        SessionState::Cancelled(remains()),
        SessionState::Expired(SessionRemains::default()),
    ];
    let mut session = w.session(&tenant).await;
    for state in states {
        session = save(&w, in_state(session, state.clone())).await.unwrap();
        assert_eq!(session.state, state);
        assert_eq!(now(&w, &session).await, session);
    }
}

pub async fn a_stale_session_is_refused(w: World) {
    let tenant = w.tenant().await;
    let session = w.session(&tenant).await;
    let first = in_state(session.clone(), failed(&w));
    let first = save(&w, first).await.unwrap();
    assert_refused!(save(&w, session.clone()).await, StoreError::Conflict);
    assert_eq!(now(&w, &session).await, first);
    assert_eq!(w.actions(tenant.org).await, ["connect.step"]);
    let unknown = changed(session, |record| record.id = w.make.id());
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
        SessionState::Completed(w.make.id()),
        SessionState::Cancelled(SessionRemains::default()),
        SessionState::Expired(SessionRemains::default()),
    ];
    let open = [
        SessionState::AwaitingLogin,
        SessionState::AwaitingConfirmation(login(&w)),
        run(&w, "one", 60),
        SessionState::AwaitingChoice {
            login: login(&w),
            why: None,
        },
        failed(&w),
    ];
    let mut expected = Vec::new();
    for age in 0..30_i64 {
        let session = w
            .make
            .connect_session(tenant.org, tenant.owner.id, tenant.app.id);
        let turn = usize::try_from(age).unwrap();
        let session = changed(session, |record| {
            // Stored in no order of their age.
            record.created_at = at(age * 7 % 30);
            let states: &[SessionState] = if turn < 3 { &over } else { &open };
            record.state = states[turn % states.len()].clone();
        });
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
    let free = SessionState::Running {
        login: login(&w),
        runner: None,
    };
    let free = in_state(running(&w, &other).await, free);
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
    assert_eq!(claimed[0].state.runner(), Some(&lease));
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

pub async fn a_process_that_lost_a_session_cannot_save_it(w: World) {
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
        let session = w
            .make
            .connect_session(tenant.org, tenant.owner.id, tenant.app.id);
        changed(session, |record| record.expires_at = at(end))
    };
    let later = expiring(&tenant, 20);
    let sooner = expiring(&other, 10);
    let not_yet = expiring(&tenant, 31);
    let over = SessionState::Completed(w.make.id());
    let over = in_state(expiring(&tenant, 10), over);
    let held = in_state(expiring(&tenant, 10), run(&w, "one", 31));
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
