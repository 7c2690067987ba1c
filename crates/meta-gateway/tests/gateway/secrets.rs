//! Secrets that do not open: the error of each, and that no request reaches Meta.

use rstest::rstest;
use wabakit_domain::{
    ids::{GrantId, PhoneNumberId, WabaId},
    secret::Purpose,
};
use wabakit_ports::{
    meta::{MetaError, MetaErrorKind as Kind, MetaGateway},
    store::StoreError,
    vault::VaultError,
};

use crate::support::{APP_SECRET, Meta, TOKEN, Trouble, access, app, grant, sealed};

async fn without(purpose: Purpose, trouble: Trouble) -> MetaError {
    let meta = Meta::start().await;
    *meta.vault.trouble.lock().unwrap() = Some((purpose, trouble));
    let code = sealed(grant().binding(Purpose::AuthorizationCode), "code");
    let pin = sealed(grant().binding(Purpose::RegistrationPin), "604182");
    let number = PhoneNumberId::from("201");
    let error = match purpose {
        Purpose::AuthorizationCode => {
            let done = meta
                .gateway
                .exchange_code(&app(), &grant(), &code, None)
                .await;
            done.unwrap_err()
        }
        _ => meta
            .gateway
            .register(&access(), &number, &pin)
            .await
            .unwrap_err(),
    };
    assert!(meta.calls().await.is_empty(), "Meta was called");
    assert!(!format!("{error} {error:?}").contains("canary"));
    error
}

#[rstest]
#[case::quarantines_the_grant(Purpose::AccessToken, Kind::TokenUnreadable)]
#[case::quarantines_the_login(Purpose::AuthorizationCode, Kind::TokenUnreadable)]
#[case::is_no_fault_of_the_grant(Purpose::AppSecret, Kind::AppMisconfigured)]
#[case::leaves_the_token_alone(Purpose::RegistrationPin, Kind::Refused)]
#[tokio::test]
async fn a_secret_that_never_will_open(#[case] purpose: Purpose, #[case] kind: Kind) {
    assert_eq!(without(purpose, || VaultError::CannotOpen).await.kind, kind);
}

#[rstest]
#[case(|| VaultError::UnknownKey)]
#[case(|| VaultError::Store(StoreError::unavailable("down")))]
#[tokio::test]
async fn a_vault_that_cannot_now_condemns_nothing(
    #[values(
        Purpose::AccessToken,
        Purpose::AuthorizationCode,
        Purpose::AppSecret,
        Purpose::RegistrationPin
    )]
    purpose: Purpose,
    #[case] trouble: Trouble,
) {
    let error = without(purpose, trouble).await;
    assert_eq!(error.kind, Kind::VaultUnavailable);
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_token_sealed_for_another_grant_is_not_sent() {
    let meta = Meta::start().await;
    let mut access = access();
    access.grant.id = GrantId(uuid::Uuid::from_u128(10));
    let error = meta
        .gateway
        .waba(&access, &WabaId::from("101"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::TokenUnreadable);
    assert!(meta.calls().await.is_empty());
}

#[tokio::test]
async fn a_grant_whose_token_was_destroyed_must_be_reconnected() {
    let meta = Meta::start().await;
    let mut access = access();
    access.grant.token = None;
    let error = meta.gateway.revoke(&access).await.unwrap_err();
    assert_eq!(error.kind, Kind::TokenInvalid);
    assert!(meta.calls().await.is_empty());
}

#[tokio::test]
async fn the_gateway_shows_no_secret() {
    let meta = Meta::start().await;
    let shown = format!("{:?} {:?}", meta.gateway, access());
    assert!(
        !shown.contains(TOKEN) && !shown.contains(APP_SECRET),
        "{shown}"
    );
}
