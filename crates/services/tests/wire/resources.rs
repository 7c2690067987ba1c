//! Accounts, sessions, the team, queues, webhooks, the audit log: what is no message.

use std::{collections::HashMap, num::NonZeroU32};

use chrono::Duration;
use secrecy::SecretString;
use wabakit_domain::{
    account::{Account as DomainAccount, NumberHealth},
    audit::{self, Actor, NewAuditEvent},
    connect::{self, BrowserBinding, ConnectMode, Progress},
    delivery::{self, Lane},
    grant::{self, Expiry, Grant},
    identity::{self, LinkKind, Member, OneTimeLink, TokenHash},
    ids::OrgId,
    meta_app,
    outbound::{MediaKind, WaitReason},
    principal::Principal,
    secret::SealedSecret,
    standing::Standing,
};
use wabakit_services::{
    AccountView, AuditVerdict, Begun, Caller, ChangeOverview, ConnectionWarning, DeliveryOverview,
    InvitationView, PlatformHealth, Queue as ServiceQueue, QueueBlock, QueueOverview, Rate,
    RawAnswer, Refusal as SendRefusal, Rejections, Severity, SignedIn, StorageUse, TrafficMinute,
    Unsubscribed, Upload, WabaHealth, WarningAct, WebhookHealth as ServiceHealth, wire,
};

use wabakit_wire::{
    account::{Account, DisconnectAnswer},
    audit::AuditVerification,
    auth::{InvitationPreview, Org, User},
    connection::{PhoneNumber, Warning},
    contact::Erasure,
    event::{EventList, EventTicket},
    lists::{Listed, Paged},
    message::MessageError,
    org::{OrgDetail, OrgOverview},
    queue::Queue,
    send::{BulkAnswer, GraphAnswer},
    team::TeamMember,
    webhook::{
        OperatorWebhookHealth, ParkedItem, Replayed, TestDelivery, WebhookChange, WebhookDelivery,
        WebhookHealth, WebhookRejections,
    },
};

use super::{
    at, id, message, now, pin,
    samples::{fault, health, problem, progress},
    shown, word, written,
};

fn grant() -> Grant {
    Grant {
        id: id(20),
        org: id(2),
        meta_app: id(21),
        origin: grant::GrantOrigin::Login,
        token: Some(SealedSecret::new(vec![1, 2, 3])),
        token_kind: grant::TokenKind::User,
        meta_user: Some("10224510943".into()),
        scopes: vec!["whatsapp_business_management".into()],
        expires: Expiry::At(at(5_000_000)),
        data_access_expires: Expiry::At(at(500_000)),
        state: grant::GrantState::Active,
        state_reason: None,
        checked_at: Some(at(1)),
        created_at: at(0),
        updated_at: at(1),
        version: 2,
    }
}

fn account() -> DomainAccount {
    DomainAccount {
        id: id(3),
        org: id(2),
        grant: id(20),
        phone_number_id: "106540352242922".into(),
        waba_id: "102290129340398".into(),
        waba_name: word("Lucky Shrub"),
        business_id: Some("2329417887457253".into()),
        business_name: word("Lucky Shrub Inc."),
        display_phone_number: "+1 555-078-3881".into(),
        verified_name: word("Lucky Shrub"),
        display_name: word("Support line"),
        is_active: true,
        is_default: true,
        needs_registration: true,
        problem: word("pin_mismatch"),
        registration_pin: None,
        health: health(),
        standing: Standing::default(),
        last_verified_at: Some(at(2)),
        connected_at: at(1),
        disconnected_at: Some(at(3)),
        created_at: at(0),
        updated_at: at(4),
        version: 5,
    }
}

fn bare_account() -> DomainAccount {
    DomainAccount {
        waba_name: None,
        business_id: None,
        business_name: None,
        verified_name: None,
        display_name: None,
        is_active: false,
        is_default: false,
        needs_registration: false,
        problem: None,
        health: NumberHealth::default(),
        last_verified_at: None,
        disconnected_at: None,
        ..account()
    }
}

fn view(account: DomainAccount, grant: Grant) -> AccountView {
    AccountView {
        account,
        grant,
        app_id: Some("1029384756102938".into()),
        now: now(),
    }
}

fn attention() -> AccountView {
    view(account(), grant())
}

fn disconnected() -> AccountView {
    let gone = Grant {
        token: None,
        token_kind: grant::TokenKind::SystemUser,
        scopes: Vec::new(),
        expires: Expiry::Never,
        data_access_expires: Expiry::Unknown,
        state: grant::GrantState::Revoked,
        ..grant()
    };
    view(bare_account(), gone)
}

fn connected() -> AccountView {
    let fine = DomainAccount {
        needs_registration: false,
        problem: None,
        ..account()
    };
    view(fine, grant())
}

#[test]
fn accounts_and_the_connection_are_written_as_ever() {
    pin!(
        "accounts",
        [
            ("attention", wire::form::<Account>(attention())),
            ("disconnected", wire::form::<Account>(disconnected())),
            ("connected", wire::form::<Account>(connected())),
        ]
    );
    let gone = [
        Unsubscribed::Done,
        Unsubscribed::Pending,
        Unsubscribed::Failed,
        Unsubscribed::NotNeeded,
    ];
    let gone: Vec<_> = gone.into_iter().map(|state| (account(), state)).collect();
    pin!(
        "disconnect",
        [("answer", wire::form::<DisconnectAnswer>(gone))]
    );
    pin!(
        "connection_status",
        [
            (
                "connected",
                wire::connection_status(&[attention(), disconnected()])
            ),
            ("nothing", wire::connection_status(&[])),
        ]
    );
    pin!(
        "phone_number",
        [("number", wire::form::<PhoneNumber>(&attention()))]
    );
    let warnings = [Severity::Info, Severity::Warning, Severity::Critical];
    let warnings = warnings.into_iter().map(|severity| {
        let warning = ConnectionWarning {
            account: id(3),
            grant: id(20),
            severity,
            code: "token_invalid".into(),
            detail: "Meta no longer accepts the login.".into(),
            remedy: "Connect again.".into(),
            act: (severity != Severity::Info).then_some(WarningAct::Reconnect),
            at: at(3),
        };
        ("warning", wire::form::<Warning>(warning))
    });
    pin!("warnings", warnings);
}

fn record(mode: ConnectMode) -> connect::SessionRecord {
    connect::SessionRecord {
        id: id(30),
        org: id(2),
        user: id(9),
        meta_app: id(21),
        mode,
        binding: BrowserBinding::Nonce,
        nonce: TokenHash([7; 32]),
        redirect_uri: None,
        return_to: None,
        state: connect::SessionState::Failed {
            login: Some(login()),
            problem: problem(),
        },
        progress: progress(),
        created_at: at(0),
        expires_at: at(86_400),
        updated_at: at(3),
        version: 4,
    }
}

fn login() -> connect::LoginReturn {
    connect::LoginReturn {
        grant: id(20),
        code: None,
    }
}

fn states() -> [connect::SessionState; 8] {
    use connect::SessionState as S;
    let remains = connect::SessionRemains {
        grant: Some(id(20)),
        problem: None,
    };
    [
        S::AwaitingLogin,
        S::AwaitingConfirmation(login()),
        S::Running {
            login: login(),
            runner: None,
        },
        S::AwaitingChoice {
            login: login(),
            why: None,
        },
        S::Failed {
            login: Some(login()),
            problem: problem(),
        },
        S::Completed(id(20)),
        S::Cancelled(remains.clone()),
        S::Expired(remains),
    ]
}

#[test]
fn sessions_are_written_as_ever() {
    let accounts = || vec![wire::form::<Account>(connected())];
    let session = connect::ConnectSession::new;
    let of = |record| wire::connect_session(session(record), accounts(), now());
    let fresh = connect::SessionRecord {
        state: connect::SessionState::AwaitingLogin,
        progress: Progress::default(),
        ..record(ConnectMode::Redirect)
    };
    let fresh = wire::connect_session(session(fresh), Vec::new(), now());
    pin!(
        "sessions",
        [("failed", of(record(ConnectMode::Popup))), ("fresh", fresh)]
    );
    let modes = [
        ConnectMode::Redirect,
        ConnectMode::Popup,
        ConnectMode::Sdk,
        ConnectMode::Manual,
    ];
    let words = states().into_iter().zip(modes.into_iter().cycle());
    let words = words.map(|(state, mode)| {
        let status = state.status();
        let session = connect::SessionRecord {
            state,
            ..record(mode)
        };
        let json = serde_json::to_value(of(session)).unwrap();
        (
            status.as_str(),
            [json["status"].clone(), json["mode"].clone()],
        )
    });
    pin!("session_words", words);
    let answers = states().into_iter().map(|state| {
        let status = state.status();
        let session = connect::SessionRecord {
            state,
            progress: Progress::default(),
            ..record(ConnectMode::Sdk)
        };
        (status.as_str(), wire::oauth_answer(of(session)))
    });
    pin!("oauth_answers", answers);
    let begun = || Begun {
        session: id(30),
        state: "signed".into(),
        nonce: "nonce".into(),
        expires_at: at(3_600),
        app_id: "1029384756102938".into(),
        config_id: word("8001"),
        auth_url: "https://www.facebook.com/v25.0/dialog/oauth".into(),
        sdk: wabakit_ports::meta::SdkConfig {
            graph_version: "v25.0".into(),
            sdk_url: "https://connect.facebook.net/en_US/sdk.js".into(),
        },
    };
    pin!(
        "connect_starts",
        [
            (
                "redirect",
                wire::connect_start(begun(), ConnectMode::Redirect)
            ),
            ("sdk", wire::connect_start(begun(), ConnectMode::Sdk)),
        ]
    );
}

fn user() -> identity::User {
    identity::User {
        id: id(9),
        email: "ada@acme.example".into(),
        name: "Ada".into(),
        is_operator: true,
        created_at: at(0),
        proven_at: None,
    }
}

fn org() -> identity::Org {
    identity::Org {
        id: id(2),
        name: "Acme Coffee".into(),
        created_at: at(0),
    }
}

fn link(kind: LinkKind) -> OneTimeLink {
    OneTimeLink {
        id: id(40),
        org: id(2),
        kind,
        hash: TokenHash([1; 32]),
        created_at: at(0),
        expires_at: at(86_400),
        mail: None,
    }
}

fn invitation() -> LinkKind {
    LinkKind::Invitation {
        email: "bob@acme.example".into(),
        role: identity::Role::Agent,
        invited_by: id(9),
    }
}

#[test]
fn people_and_orgs_are_written_as_ever() {
    let signed_in = || SignedIn {
        access_token: SecretString::from("access"),
        refresh_token: SecretString::from("refresh"),
        cookie: None,
        known_client: None,
        expires_in: Duration::seconds(900),
        user: user(),
        org: org(),
        role: identity::Role::Owner,
    };
    pin!(
        "sign_ins",
        [
            ("tokens", wire::auth_answer(signed_in(), true)),
            ("cookie", wire::auth_answer(signed_in(), false)),
        ]
    );
    use identity::Role as R;
    let roles = [R::Owner, R::Admin, R::Agent, R::Viewer];
    let me = roles.into_iter().map(|role| {
        let caller = Caller {
            org: id(2),
            principal: Principal::Person {
                user: id(9),
                role,
                is_operator: true,
                session: id(41),
            },
            request_id: None,
        };
        (
            role.as_str(),
            wire::me(&caller, user(), vec![(org(), role)]),
        )
    });
    pin!("me", me);
    pin!("user", [("user", wire::form::<User>(user()))]);
    pin!("org", [("org", wire::form::<Org>((org(), R::Viewer)))]);
    pin!("org_detail", [("org", wire::form::<OrgDetail>(org()))]);
    let storage = [("with_a_quota", Some(20 << 30)), ("without", None)].map(|(name, quota)| {
        let used = 1_288_490_188;
        (name, wire::org(org(), StorageUse { used, quota }))
    });
    pin!("org_storage", storage);
    let overview = wabakit_services::OrgOverview {
        org: org(),
        members: 3,
        active_accounts: 2,
    };
    pin!(
        "org_overview",
        [("org", wire::form::<OrgOverview>(overview))]
    );
    let member = |last_seen_at| Member {
        user: user(),
        role: R::Agent,
        joined_at: at(1),
        last_seen_at,
    };
    pin!(
        "members",
        [
            ("seen", wire::form::<TeamMember>(member(Some(at(2))))),
            ("never", wire::form::<TeamMember>(member(None))),
        ]
    );
    pin!(
        "invitations",
        [
            (
                "new",
                wire::invitation(link(invitation()), word("https://x.example/join#t"))
            ),
            ("listed", wire::invitation(link(invitation()), None)),
        ]
    );
    let preview = InvitationView {
        email: "bob@acme.example".into(),
        role: R::Admin,
        org: org(),
        expires_at: at(86_400),
    };
    pin!(
        "invitation_preview",
        [("preview", wire::form::<InvitationPreview>(preview))]
    );
    let reset = link(LinkKind::PasswordReset {
        user: id(9),
        made_by: identity::ResetMaker::Member(id(8)),
    });
    pin!(
        "reset_link",
        [(
            "link",
            wire::reset_link(&reset, Some("https://waba.example/reset#secret".into()))
        )]
    );
    let app = |org| meta_app::MetaApp {
        id: id(21),
        org,
        app_id: "1029384756102938".into(),
        name: "Acme's own app".into(),
        app_secret: SealedSecret::new(vec![1]),
        former_secret: None,
        graph_version: None,
        verify_token: SealedSecret::new(vec![2]),
        config_id: word("8001").filter(|_| org != OrgId::PLATFORM),
        created_at: at(0),
        updated_at: at(0),
    };
    pin!(
        "meta_apps",
        [
            ("own", wire::meta_app(app(id(2)), "v25.0")),
            ("platform", wire::meta_app(app(OrgId::PLATFORM), "v25.0")),
        ]
    );
}

#[test]
fn queues_and_answers_of_sending_are_written_as_ever() {
    let block = QueueBlock {
        reason: WaitReason::AccountBlocked,
        until: at(600),
        code: Some(131_042),
    };
    let reasons = [
        WaitReason::Scheduled,
        WaitReason::Retry,
        WaitReason::PairLimit,
        WaitReason::Proof,
        WaitReason::Pace,
        WaitReason::Paused,
        WaitReason::NumberLimited,
        WaitReason::WabaLimited,
        WaitReason::TokenInvalid,
        WaitReason::AccountBlocked,
        WaitReason::NotConnected,
    ];
    let overview = QueueOverview {
        account: id(3),
        due: [1, 2, 3],
        waiting: reasons.into_iter().zip(1..).collect(),
        dispatching: 4,
        proving: 5,
        unknown: 6,
        failed: 7,
        stuck: 8,
        oldest_due: Some(at(1)),
        is_paused: true,
        block: Some(block),
        is_owned: true,
    };
    let queue = |overview| ServiceQueue {
        account: account(),
        rate: Rate {
            per_second: NonZeroU32::new(80).unwrap(),
        },
        overview,
        sent_last_minute: 9,
        counts_up_to: 10_000,
    };
    let quiet = QueueOverview {
        waiting: Vec::new(),
        oldest_due: None,
        block: None,
        ..overview.clone()
    };
    pin!(
        "queues",
        [
            ("busy", wire::form::<Queue>(queue(overview))),
            ("quiet", wire::form::<Queue>(queue(quiet))),
        ]
    );
    let refusal = |errors| SendRefusal {
        code: "invalid_message".into(),
        message: "The message is wrong.".into(),
        errors,
    };
    let results = vec![
        Ok(shown(message())),
        Err(refusal(vec![("/text/body".into(), "Too long.".into())])),
        Err(refusal(Vec::new())),
    ];
    pin!("bulk_answer", [("bulk", wire::form::<BulkAnswer>(results))]);
    let upload = Upload {
        id: id(50),
        org: id(2),
        key: "2/50".into(),
        sha256: [0xab; 32],
        mime_type: "image/jpeg".into(),
        filename: word("cup.jpg"),
        size: 84_213,
        created_at: at(0),
    };
    pin!(
        "uploaded",
        [("upload", wire::uploaded(upload, MediaKind::Image))]
    );
    let answer = RawAnswer {
        status: 200,
        body: serde_json::json!({"data": []}),
    };
    pin!(
        "graph_answer",
        [("answer", wire::form::<GraphAnswer>(answer))]
    );
    pin!(
        "known_errors",
        wire::known_errors().map(|error| ("error", error))
    );
    let explained = wire::form::<MessageError>(fault());
    pin!("message_error", [("error", explained)]);
}

#[test]
fn webhooks_are_written_as_ever() {
    use delivery::ParkedState as P;
    let parked = |state| delivery::ParkedItem {
        id: id(60),
        org: Some(id(2)),
        change: id(61),
        index: 2,
        field: "messages".into(),
        lane: Lane::Number("106540352242922".into()),
        state,
        reason: "unknown_number".into(),
        detail: "Nobody holds the number.".into(),
        attempts: 3,
        next_at: (state == P::Retrying).then(|| at(60)),
        raw: b"{}".to_vec(),
        created_at: at(5),
    };
    let states = [P::Parked, P::Retrying, P::Homeless, P::Unsupported];
    pin!(
        "parked_items",
        states.map(|state| (state.as_str(), wire::form::<ParkedItem>(parked(state))))
    );
    pin!(
        "raw_parked_item",
        [("raw", wire::raw_parked_item(parked(P::Parked), "{}".into()))]
    );
    let overview = |is_queued, states: &[P]| ChangeOverview {
        change: delivery::Change {
            id: id(61),
            delivery: id(62),
            org: Some(id(2)),
            lane: Lane::Waba("102290129340398".into()),
            entry_id: None,
            entry_time: None,
            field: "messages".into(),
            received_at: at(4),
            raw: b"{}".to_vec(),
        },
        size: 2,
        is_queued,
        parked: states.iter().map(|state| parked(*state)).collect(),
    };
    pin!(
        "changes",
        [
            ("queued", wire::form::<WebhookChange>(overview(true, &[]))),
            ("applied", wire::form::<WebhookChange>(overview(false, &[]))),
            (
                "parked",
                wire::form::<WebhookChange>(overview(false, &[P::Parked, P::Unsupported]))
            ),
            (
                "unsupported",
                wire::form::<WebhookChange>(overview(false, &[P::Unsupported]))
            ),
        ]
    );
    pin!(
        "raw_change",
        [("raw", wire::raw_change(overview(false, &[]), "{}".into()))]
    );
    let of_delivery = |app, problem| DeliveryOverview {
        id: id(62),
        app,
        received_at: at(4),
        size: 2,
        problem,
    };
    pin!(
        "deliveries",
        [
            (
                "fine",
                wire::form::<WebhookDelivery>(of_delivery(Some(id(21)), None))
            ),
            (
                "unreadable",
                wire::form::<WebhookDelivery>(of_delivery(None, word("not_json")))
            ),
        ]
    );
    let raw = |app| delivery::Delivery {
        id: id(62),
        app,
        received_at: at(4),
        body: b"{}".to_vec(),
    };
    pin!(
        "raw_deliveries",
        [
            ("own", wire::raw_delivery(&raw(Some(id(21))), "{}".into())),
            ("common", wire::raw_delivery(&raw(None), "{}".into())),
        ]
    );
    let rejected = |app, last_address| Rejections {
        minute: at(0),
        app,
        reason: "wrong_signature".into(),
        count: 3,
        last_address,
        last_at: at(30),
    };
    pin!(
        "rejections",
        [
            (
                "own",
                wire::form::<WebhookRejections>(rejected(Some(id(21)), word("192.0.2.1")))
            ),
            (
                "common",
                wire::form::<WebhookRejections>(rejected(None, None))
            ),
        ]
    );
    let minute = TrafficMinute {
        org: id(2),
        waba: "102290129340398".into(),
        minute: at(0),
        changes: 3,
        items: 5,
        parked: 1,
        latency_sum_ms: 31,
        latency_max_ms: 20,
        last_at: at(30),
    };
    let busy = WabaHealth {
        waba: "102290129340398".into(),
        name: word("Lucky Shrub"),
        last_at: Some(at(30)),
        per_minute: 0.6,
        latency_average_ms: Some(10.5),
        latency_max_ms: Some(20),
        parked: 1,
        minutes: vec![minute],
    };
    let quiet = WabaHealth {
        name: None,
        last_at: None,
        per_minute: 0.0,
        latency_average_ms: None,
        latency_max_ms: None,
        minutes: Vec::new(),
        ..busy.clone()
    };
    let health = ServiceHealth {
        per_minute: 0.6,
        last_at: Some(at(30)),
        wabas: vec![busy, quiet],
        queued: 1,
        parked: 2,
    };
    pin!(
        "webhook_health",
        [("health", wire::form::<WebhookHealth>(health))]
    );
    let platform = PlatformHealth {
        unsplit: 1,
        queued: 2,
        parked: 3,
        homeless: 4,
        rejected: 5,
        writer_pending: 6,
    };
    pin!(
        "platform_health",
        [("health", wire::form::<OperatorWebhookHealth>(platform))]
    );
    pin!("replayed", [("replayed", Replayed { replayed: 3 })]);
    pin!(
        "test_delivery",
        [(
            "test",
            TestDelivery {
                delivery_id: id(62)
            }
        )]
    );
}

#[test]
fn the_audit_log_and_lists_are_written_as_ever() {
    let entry = |actor, subject: &str| audit::AuditEvent {
        event: NewAuditEvent {
            id: id(70),
            org: id(2),
            at: at(0),
            actor,
            action: "connect.started".into(),
            subject_kind: "account".into(),
            subject_id: subject.into(),
            data: r#"{"b":1,"a":[2]}"#.into(),
            request_id: Some(id(71)),
        },
        sequence: 8,
        hash: [0xcd; 32],
    };
    let names = HashMap::from([(id(9), "Ada".to_owned())]);
    let of = |actor, subject| wire::audit_event(entry(actor, subject), &names);
    pin!(
        "audit_events",
        [
            ("user", of(Actor::User(id(9)), "3")),
            ("gone", of(Actor::User(id(8)), "3")),
            ("key", of(Actor::Key(id(7)), "3")),
            ("system", of(Actor::System, "")),
            ("operator", of(Actor::Operator, "")),
            ("meta", of(Actor::Meta, "")),
        ]
    );
    let verdict = |first_broken| {
        wire::form::<AuditVerification>(AuditVerdict {
            checked: 8,
            first_broken,
        })
    };
    pin!(
        "audit_verdicts",
        [("intact", verdict(None)), ("broken", verdict(Some(3)))]
    );
    let paged = |next_cursor| Paged {
        data: vec![wire::form::<OrgDetail>(org())],
        next_cursor,
    };
    pin!(
        "pages",
        [("first", paged(word("c"))), ("last", paged(None))]
    );
    let listed = Listed {
        data: vec![wire::form::<OrgDetail>(org())],
    };
    pin!("list", [("list", listed)]);
    let erasure = Erasure {
        success: true,
        messages: 3,
    };
    pin!("erasure", [("erasure", erasure)]);
    let list = EventList {
        data: Vec::new(),
        head: 7,
    };
    pin!("event_list", [("list", list)]);
    let ticket = EventTicket {
        ticket: "t".into(),
        expires_at: at(30),
    };
    pin!("event_ticket", [("ticket", ticket)]);
}
