//! What Meta posts, from its signature to the journal. Nothing of it is read here.

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

/// Why a delivery was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IngestRefusal {
    /// It is not Meta's: 401.
    #[error(transparent)]
    Signature(#[from] SignatureRefusal),
    /// There is no such route: 404.
    #[error("no Meta app has this route")]
    UnknownApp,
    /// It is not stored, or nobody knows whether it is: 503, and it comes again.
    #[error("the delivery could not be stored")]
    NotStored,
}

/// Why Meta's question is not answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChallengeFailure {
    /// It is not Meta's, or not for us: 403.
    #[error(transparent)]
    Refused(#[from] ChallengeRefusal),
    /// There is no such route: 404.
    #[error("no Meta app has this route")]
    UnknownApp,
    /// The verify token cannot be read now: 503.
    #[error("the verify token cannot be read now")]
    Unavailable,
}

/// A request whose body may be read: its route is there, and its signature is one by its form.
#[derive(Clone)]
pub struct Admission {
    app: Option<MetaAppId>,
    secrets: Arc<RouteSecrets>,
    signature: Signature,
}

/// Takes deliveries. One instance serves the whole process: it holds the opened secrets.
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

    /// Answers the `GET` by which Meta verifies the address of a route: the text to send back. `app` is the Meta
    /// app whose route it is, `None` for the common one.
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

    /// Decides by a request's head whether its body is worth reading: strangers cannot have bytes held that nobody
    /// signed. `app` is the Meta app whose route it is, `None` for the common one; `signature` is the value of
    /// [`wabakit_webhooks::SIGNATURE_HEADER`].
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

    /// Checks the signature over `body`, as it came, and stores the delivery. When this answers `Ok`, it is stored durably, and what it
    /// says will be applied. At most 3 MB are to be given.
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

    /// Counts a request that was refused, for the operator. `address` is where it came from.
    pub fn refused(
        &self,
        app: Option<MetaAppId>,
        reason: RejectionReason,
        address: Option<String>,
    ) {
        let now = self.ports.base.now();
        self.rejections.count(app, reason, address, now);
    }

    /// Sends a test through all that Meta's webhooks go through, as if Meta sent it to this number, or to the
    /// org's default number. When it is applied, the org's log says `webhook.test`.
    ///
    /// # Errors
    /// For others than admins; when no such number is connected; when the app's secret does not open; when it
    /// cannot be stored now.
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
        // Recorded before it is sent, as all that is done over the network.
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

    /// Each test has an id of its own, for a repeat of one is not applied.
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
