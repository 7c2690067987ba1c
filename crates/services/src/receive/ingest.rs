//! The webhook endpoint, from the signature to the journal. It reads nothing of a body.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::json;
use wabakit_domain::{
    account::Account,
    ids::{AccountId, DeliveryId, MetaAppId},
    inbound::TEST_FIELD,
    principal::Scope,
    secret::Purpose,
};
use wabakit_ports::store::{Limit, PageRequest};
use wabakit_webhooks::{ChallengeRefusal, Signature, SignatureRefusal, challenge, sign};

use super::{
    JournalWriter, ReceivePorts,
    rejections::{RejectionLog, RejectionReason},
    secrets::{RouteSecrets, SecretCache},
};
use crate::{Caller, ServiceError, audit::Trail};

/// The reason why a delivery was refused, with the HTTP status of the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IngestRefusal {
    /// The signature is missing or wrong: 401.
    #[error(transparent)]
    Signature(#[from] SignatureRefusal),
    /// No Meta app has this route: 404.
    #[error("no Meta app has this route")]
    UnknownApp,
    /// The delivery was not stored, or the database did not confirm it: 503. Meta sends it again.
    #[error("the delivery could not be stored")]
    NotStored,
}

/// The reason why the verification of an address was refused, with the HTTP status of the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChallengeFailure {
    /// The verify token or the request is wrong: 403.
    #[error(transparent)]
    Refused(#[from] ChallengeRefusal),
    /// No Meta app has this route: 404.
    #[error("no Meta app has this route")]
    UnknownApp,
    /// The verify token cannot be read now: 503.
    #[error("the verify token cannot be read now")]
    Unavailable,
}

/// A request whose body may be read: its route exists, and its signature is well-formed.
#[derive(Clone)]
pub struct Admission {
    app: Option<MetaAppId>,
    secrets: Arc<RouteSecrets>,
    signature: Signature,
}

/// Receives deliveries. One instance serves the whole process, because it caches the opened secrets.
#[derive(Clone)]
pub struct IngestService {
    ports: ReceivePorts,
    secrets: SecretCache,
    writer: JournalWriter,
    rejections: Arc<RejectionLog>,
}

impl IngestService {
    pub(super) const fn new(
        ports: ReceivePorts,
        secrets: SecretCache,
        writer: JournalWriter,
        rejections: Arc<RejectionLog>,
    ) -> Self {
        Self {
            ports,
            secrets,
            writer,
            rejections,
        }
    }

    /// Answers the `GET` by which Meta verifies an address, with the text to send back. `app` is the Meta app of the
    /// route, `None` for the common route.
    ///
    /// # Errors
    /// [`ChallengeFailure`].
    pub async fn challenge(
        &self,
        app: Option<MetaAppId>,
        query: &str,
    ) -> Result<String, ChallengeFailure> {
        let secrets = self.secrets.of(app).await;
        let secrets = secrets
            .map_err(|error| {
                tracing::error!(%error, "the verify tokens cannot be read");
                ChallengeFailure::Unavailable
            })?
            .ok_or(ChallengeFailure::UnknownApp)?;
        Ok(challenge(query, &secrets.verify_tokens)?)
    }

    /// Decides by the head of a request whether its body is worth reading, so that strangers cannot make this process
    /// hold unsigned bytes. `app` is the Meta app of the route, `None` for the common route. `signature` is the value
    /// of [`wabakit_webhooks::SIGNATURE_HEADER`].
    ///
    /// # Errors
    /// [`IngestRefusal`].
    pub async fn admit(
        &self,
        app: Option<MetaAppId>,
        signature: Option<&[u8]>,
    ) -> Result<Admission, IngestRefusal> {
        let secrets = self.secrets.of(app).await;
        let secrets = secrets
            .map_err(|error| {
                tracing::error!(%error, "the app secrets cannot be read");
                IngestRefusal::NotStored
            })?
            .ok_or(IngestRefusal::UnknownApp)?;
        Ok(Admission {
            app,
            secrets,
            signature: Signature::parse(signature)?,
        })
    }

    /// Checks the signature over the raw `body`, and stores the delivery. After `Ok` the delivery is durable, and will
    /// be applied. The caller limits the body to 3 MB.
    ///
    /// # Errors
    /// [`IngestRefusal`].
    pub async fn take(
        &self,
        admission: &Admission,
        body: Bytes,
    ) -> Result<DeliveryId, IngestRefusal> {
        let Admission {
            app,
            secrets,
            signature,
        } = admission;
        secrets.verifier.check(*signature, &body)?;
        let (now, bytes) = (self.ports.base.now(), body.len());
        let written = self.writer.write(*app, now, body).await;
        let delivery = written.map_err(|_| IngestRefusal::NotStored)?;
        let app = app.map(tracing::field::display);
        tracing::info!(%delivery, app, bytes, "webhook received");
        Ok(delivery)
    }

    /// Counts a refused request, for the operator. `address` is the client's address.
    pub fn refused(
        &self,
        app: Option<MetaAppId>,
        reason: RejectionReason,
        address: Option<String>,
    ) {
        let now = self.ports.base.now();
        self.rejections.count(app, reason, address, now);
    }

    /// Sends a test delivery to a number, or to the organisation's default number, through all stages that Meta's
    /// webhooks pass. When it is applied, the organisation's log has the event `webhook.test`.
    ///
    /// # Errors
    /// When no such number is connected; when the app's secret does not open; when the delivery cannot be stored now.
    pub async fn test_delivery(
        &self,
        caller: &Caller,
        account: Option<AccountId>,
    ) -> Result<DeliveryId, ServiceError> {
        caller.require(Scope::WebhooksWrite)?;
        let (account, app) = self.receiver(caller, account).await?;
        let base = &self.ports.base;
        let app = base
            .meta_apps
            .meta_app(caller.org, app)
            .await?
            .ok_or(ServiceError::NotFound("this Meta app"))?;
        let secret = self.secrets.open(&app, Purpose::AppSecret).await?;
        let secret = secret.ok_or(wabakit_domain::connect::Refusal::VaultUnavailable)?;
        let body = Bytes::from(self.test_body(&account));
        let route = (!app.is_platform()).then_some(app.id);
        let signature = sign(&secret, &body);
        // The entry is stored before the request, as for every act over the network.
        let event =
            Trail::of(base, caller).event("webhook.tested", ("account", account.id), &json!({}));
        base.audit.record(caller.org, vec![event]).await?;
        let taken = async {
            let admission = self.admit(route, Some(signature.as_bytes())).await?;
            self.take(&admission, body).await
        };
        taken.await.map_err(|refusal| match refusal {
            IngestRefusal::NotStored => {
                ServiceError::Unavailable(wabakit_ports::store::StoreError::unavailable(refusal))
            }
            other => ServiceError::internal(other),
        })
    }

    async fn receiver(
        &self,
        caller: &Caller,
        account: Option<AccountId>,
    ) -> Result<(Account, MetaAppId), ServiceError> {
        let accounts = &self.ports.base.accounts;
        let found = match account {
            Some(id) => accounts.account(caller.org, id).await?,
            None => {
                let page = PageRequest {
                    after: None,
                    limit: Limit::MAX,
                };
                let page = accounts.list_accounts(caller.org, true, page).await?;
                let mut rows = page.rows;
                rows.sort_by_key(|(account, _)| !account.is_default);
                rows.into_iter().next()
            }
        };
        let (account, grant) = found
            .filter(|(account, _)| account.is_active)
            .ok_or(ServiceError::NotFound("a connected number"))?;
        Ok((account, grant.meta_app))
    }

    /// Makes the body of a test. Each has an id of its own, because a repeated one would not be applied.
    fn test_body(&self, account: &Account) -> String {
        let base = &self.ports.base;
        json!({
            "object": "whatsapp_business_account",
            "entry": [{
                "id": account.waba_id,
                "time": base.now().timestamp(),
                "changes": [{
                    "field": TEST_FIELD,
                    "value": {
                        "messaging_product": "whatsapp",
                        "metadata": {
                            "display_phone_number": account.display_phone_number,
                            "phone_number_id": account.phone_number_id,
                        },
                        "test": base.ids.next(),
                    },
                }],
            }],
        })
        .to_string()
    }
}
