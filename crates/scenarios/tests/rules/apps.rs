//! Meta apps: the platform's, and the organisations' own.

use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode},
    identity::Role,
    secret::{ExposeSecret, Purpose},
};
use wabakit_ports::vault::Vault;
use wabakit_services::{BeginConnect, EnvironmentApp, MetaAppService, NewMetaApp, ServiceError};

use crate::support::{GlassVault, World, caller};

fn environment(secret: &str) -> EnvironmentApp {
    EnvironmentApp {
        app_id: "1001".into(),
        app_secret: secret.into(),
        verify_token: "canary-verify-token".into(),
        config_id: Some("config".into()),
    }
}

fn own() -> NewMetaApp {
    NewMetaApp {
        app_id: " 3003 ".into(),
        name: "Ours".into(),
        app_secret: "an app secret".into(),
        verify_token: "a verify token".into(),
        config_id: Some(" ".into()),
        graph_version: None,
    }
}

#[tokio::test]
async fn the_environments_app_is_written_only_when_it_changed_and_keeps_its_id() {
    let w = World::new().await;
    let apps = MetaAppService::new(w.ports.clone());
    let log = async || w.actions(wabakit_domain::ids::OrgId::PLATFORM).await.len();
    let before = log().await;
    let same = apps
        .install_environment_app(environment("canary-app-secret"))
        .await
        .unwrap();
    assert_eq!((same.id, log().await), (w.app, before));
    let changed = apps
        .install_environment_app(environment("another-secret"))
        .await
        .unwrap();
    assert_eq!((changed.id, log().await), (w.app, before + 1));
    let binding = changed.binding(Purpose::AppSecret);
    let opened = GlassVault.open(binding, &changed.app_secret).await.unwrap();
    assert_eq!(opened.expose_secret(), "another-secret");
}

#[tokio::test]
async fn an_orgs_own_app_is_its_own() {
    let w = World::new().await;
    let apps = MetaAppService::new(w.ports.clone());
    let app = apps.add(&w.admin, own()).await.unwrap();
    assert_eq!((app.app_id.as_str(), &app.config_id), ("3003", &None));
    let again = apps.add(&w.admin, own()).await.unwrap();
    assert_eq!(again.id, app.id);
    assert_eq!(apps.list(&w.admin).await.unwrap().len(), 2);
    let stranger = caller(2, 9, Role::Owner);
    assert_eq!(apps.list(&stranger).await.unwrap().len(), 1);
    let removed = apps.remove(&stranger, app.id).await;
    assert!(matches!(removed, Err(ServiceError::NotFound(_))));
    let begin = BeginConnect {
        mode: ConnectMode::Redirect,
        redirect_uri: None,
        return_to: None,
        meta_app: Some(app.id),
        nonce: None,
        binding: BrowserBinding::Nonce,
    };
    let begun = w.connect.begin(&stranger, begin).await;
    assert!(matches!(begun, Err(ServiceError::NotFound(_))));
    apps.remove(&w.admin, app.id).await.unwrap();
    let removed = apps.remove(&w.admin, w.app).await;
    assert!(
        matches!(removed, Err(ServiceError::NotFound(_))),
        "the platform's is not the org's"
    );
}

#[tokio::test]
async fn an_invalid_app_is_refused_by_the_name_of_the_field() {
    let w = World::new().await;
    let apps = MetaAppService::new(w.ports.clone());
    for (new, pointer) in [
        (
            NewMetaApp {
                app_id: "12x".into(),
                ..own()
            },
            "/appId",
        ),
        (
            NewMetaApp {
                name: String::new(),
                ..own()
            },
            "/name",
        ),
        (
            NewMetaApp {
                app_secret: "short".into(),
                ..own()
            },
            "/appSecret",
        ),
        (
            NewMetaApp {
                verify_token: "short".into(),
                ..own()
            },
            "/verifyToken",
        ),
    ] {
        match apps.add(&w.admin, new).await {
            Err(ServiceError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer),
            other => panic!("{other:?}"),
        }
    }
    let agent = caller(1, 5, Role::Agent);
    assert!(matches!(
        apps.add(&agent, own()).await,
        Err(ServiceError::Forbidden(_))
    ));
}

#[tokio::test]
async fn marks_that_the_clipboard_adds_are_not_stored() {
    let w = World::new().await;
    let apps = MetaAppService::new(w.ports.clone());
    for (before, after) in [
        ("", "\n"),
        ("\t ", "\r\n"),
        ("\u{feff}", "\u{a0}\u{200b}"),
        ("\u{202a}", "\u{202c}"),
        ("\u{2066}", "\u{2069}\u{200d}"),
        ("\u{ad}", "\u{3000}\u{85}"),
    ] {
        let around = |text: &str| format!("{before}{text}{after}");
        let new = NewMetaApp {
            app_id: around("3003"),
            name: "Ours".into(),
            app_secret: around("0123456789abcdef").into(),
            verify_token: around("a-verify-token").into(),
            config_id: Some(around("7007")),
            graph_version: None,
        };
        let app = apps.add(&w.admin, new).await.unwrap();
        assert_eq!(app.app_id.as_str(), "3003");
        assert_eq!(app.config_id.as_deref(), Some("7007"));
        for (purpose, sealed, kept) in [
            (Purpose::AppSecret, &app.app_secret, "0123456789abcdef"),
            (Purpose::VerifyToken, &app.verify_token, "a-verify-token"),
        ] {
            let opened = GlassVault.open(app.binding(purpose), sealed).await.unwrap();
            assert_eq!(opened.expose_secret(), kept);
        }
    }
}

#[tokio::test]
async fn a_pasted_value_in_two_pieces_is_refused_by_its_field() {
    let w = World::new().await;
    let apps = MetaAppService::new(w.ports.clone());
    let wrong = [
        (
            NewMetaApp {
                app_secret: "01234567\n89abcdef".into(),
                ..own()
            },
            "/appSecret",
        ),
        (
            NewMetaApp {
                app_secret: "01234567\u{200b}89abcdef".into(),
                ..own()
            },
            "/appSecret",
        ),
        (
            NewMetaApp {
                verify_token: "a-verify\u{feff}-token".into(),
                ..own()
            },
            "/verifyToken",
        ),
        (
            NewMetaApp {
                app_id: "30\n03".into(),
                ..own()
            },
            "/appId",
        ),
        (
            NewMetaApp {
                app_secret: "       1\n".into(),
                ..own()
            },
            "/appSecret",
        ),
        (
            NewMetaApp {
                verify_token: "a verify\ttoken".into(),
                ..own()
            },
            "/verifyToken",
        ),
        (
            NewMetaApp {
                config_id: Some("70 07".into()),
                ..own()
            },
            "/configId",
        ),
    ];
    for (new, pointer) in wrong {
        match apps.add(&w.admin, new).await {
            Err(ServiceError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_former_secret_is_kept_for_a_day_and_no_longer() {
    use chrono::Duration;
    use wabakit_ports::system::Clock;
    let w = World::new().await;
    let apps = MetaAppService::new(w.ports.clone());
    let with = |secret: &str| NewMetaApp {
        app_secret: secret.into(),
        ..own()
    };
    let opened = async |app: &wabakit_domain::meta_app::MetaApp| {
        let (sealed, until) = app.former_secret.clone()?;
        let secret = GlassVault
            .open(app.binding(Purpose::AppSecret), &sealed)
            .await
            .unwrap();
        Some((secret.expose_secret().to_owned(), until))
    };
    let first = apps.add(&w.admin, with("the-first-secret")).await.unwrap();
    assert_eq!(first.former_secret, None);
    let day = Duration::hours(24);
    let until = w.clock.now() + day;
    let second = apps.add(&w.admin, with("the-second-secret")).await.unwrap();
    assert_eq!(
        opened(&second).await,
        Some(("the-first-secret".to_owned(), until))
    );
    // Saving the same settings does not extend the time.
    w.clock.advance(Duration::hours(23));
    let same = apps.add(&w.admin, with("the-second-secret")).await.unwrap();
    assert_eq!(
        opened(&same).await,
        Some(("the-first-secret".to_owned(), until))
    );
    w.clock.advance(Duration::hours(2));
    let same = apps.add(&w.admin, with("the-second-secret")).await.unwrap();
    assert_eq!(opened(&same).await, None);
}

#[tokio::test]
async fn an_app_speaks_its_own_graph_version() {
    let w = World::new().await;
    let apps = MetaAppService::new(w.ports.clone());
    let saved = async |version: Option<&str>| {
        let new = NewMetaApp {
            graph_version: version.map(str::to_owned),
            ..own()
        };
        apps.add(&w.admin, new).await
    };
    assert_eq!(saved(None).await.unwrap().graph_version, None);
    let app = saved(Some(" v27.0\n")).await.unwrap();
    assert_eq!(app.graph_version.as_deref(), Some("v27.0"));
    let app = saved(None).await.unwrap();
    assert_eq!(app.graph_version.as_deref(), Some("v27.0"), "it is kept");
    for wrong in [
        "27", "v27", "v27.0/me", "v.0", "v27.0?x", "V27.0", "v027.0", "v-1.0",
    ] {
        match saved(Some(wrong)).await {
            Err(ServiceError::Invalid(invalid)) => assert_eq!(invalid.pointer, "/graphVersion"),
            other => panic!("{wrong}: {other:?}"),
        }
    }
    let begin = BeginConnect {
        mode: ConnectMode::Sdk,
        redirect_uri: None,
        return_to: None,
        meta_app: Some(app.id),
        nonce: None,
        binding: BrowserBinding::Nonce,
    };
    let begun = w.connect.begin(&w.admin, begin).await.unwrap();
    assert_eq!(begun.sdk.graph_version, "v27.0");
    let app = saved(Some("")).await.unwrap();
    assert_eq!(app.graph_version, None, "empty takes it away");
}
