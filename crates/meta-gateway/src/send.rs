//! The port `SendGateway`: makes one request, and reports what is known of its outcome.

use async_trait::async_trait;
use futures::{StreamExt as _, TryStreamExt as _};
use wabakit_domain::{
    explain::{Retry, explain},
    ids::{MetaMediaId, PhoneNumberId, Wamid},
    inbound::{MetaFault, Party},
};
use wabakit_graph::{
    GraphError, Method, Replay,
    endpoints::{MarkRead, Raw, SendMessage, UploadMedia},
};
use wabakit_ports::meta::{
    Certainty, GrantAccess, MediaUpload, MetaError, MetaErrorKind, RawAnswer, RawMethod,
    RawRequest, SendFailure, SendGateway, SendReceipt,
};

use crate::{
    GraphGateway,
    errors::{Asked, kind, meta_error},
};

#[async_trait]
impl SendGateway for GraphGateway {
    async fn send(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        body: &str,
        opaque: &str,
    ) -> Result<SendReceipt, SendFailure> {
        let caller = self.caller(access).await.map_err(not_allowed)?;
        let message = SendMessage {
            phone_number_id: number.as_str(),
            message: body.into(),
            opaque: Some(opaque),
        };
        let answer = caller.client.call(&caller.credentials, &message).await;
        let answer = answer.map_err(|error| failure(&error))?;
        let recipient = answer.body.recipient.unwrap_or_default();
        Ok(SendReceipt {
            wamid: Wamid::from(answer.body.id),
            recipient: Party {
                phone: recipient.wa_id,
                user_id: recipient.user_id.map(Into::into),
                ..Party::default()
            },
            message_status: answer.body.message_status,
            usage_percent: answer.usage.highest_percent(),
        })
    }

    async fn mark_read(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        message: &Wamid,
        typing: bool,
    ) -> Result<(), MetaError> {
        let endpoint = MarkRead {
            phone_number_id: number.as_str().to_owned(),
            message_id: message.as_str().to_owned(),
            typing,
        };
        self.caller(access).await?.call(endpoint).await.map(drop)
    }

    async fn upload(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        file: MediaUpload,
    ) -> Result<MetaMediaId, MetaError> {
        let caller = self.caller(access).await?;
        let upload = UploadMedia {
            phone_number_id: number.as_str().to_owned(),
            mime_type: file.mime_type,
            file_name: file.filename,
            size: file.size,
            content: file.bytes.map_err(Into::into).boxed(),
        };
        let answer = caller
            .client
            .upload_media(&caller.credentials, upload)
            .await;
        answer
            .map(|uploaded| MetaMediaId::from(uploaded.body.id))
            .map_err(|error| meta_error(Asked::AsGrant, &error))
    }

    async fn raw(&self, access: &GrantAccess, request: RawRequest) -> Result<RawAnswer, MetaError> {
        let caller = self.caller(access).await?;
        let raw = Raw {
            method: match request.method {
                RawMethod::Get => Method::Get,
                RawMethod::Post => Method::Post,
                RawMethod::Delete => Method::Delete,
            },
            path: request.path,
            query: request.query,
            body: request.body,
        };
        let answer = caller.client.raw(&caller.credentials, raw).await;
        let answer = answer.map_err(|error| meta_error(Asked::AsGrant, &error))?;
        Ok(RawAnswer {
            status: answer.body.status,
            body: answer.body.body,
        })
    }
}

/// Makes the failure for a token or an app secret that could not be opened. No request was made.
fn not_allowed(error: MetaError) -> SendFailure {
    SendFailure {
        certainty: Certainty::NotAllowed,
        fault: None,
        http_status: None,
        retry_after: None,
        usage_percent: None,
        detail: error.detail,
    }
}

fn failure(error: &GraphError) -> SendFailure {
    SendFailure {
        certainty: certainty(error),
        fault: error.meta().and_then(|meta| {
            Some(MetaFault {
                code: meta.code?,
                title: meta.user_title.clone(),
                message: Some(meta.message.clone()).filter(|message| !message.is_empty()),
                details: meta.details.clone().or_else(|| meta.user_message.clone()),
                href: None,
            })
        }),
        http_status: error.http_status(),
        retry_after: error.retry_after(),
        usage_percent: error.usage().highest_percent(),
        detail: error.to_string(),
    }
}

/// Decides what is known of a message whose request failed. A code that the table of `explain` knows decides. Without a
/// code, it depends on how far the request came.
fn certainty(error: &GraphError) -> Certainty {
    // A wrong app secret is not the message's fault either.
    if matches!(
        kind(Asked::AsGrant, error),
        MetaErrorKind::TokenInvalid | MetaErrorKind::AppMisconfigured
    ) {
        return Certainty::NotAllowed;
    }
    let code = error.meta().and_then(|meta| meta.code);
    match (code.map(|code| explain(code).retry), error.replay()) {
        (Some(Retry::Safe), _) | (_, Replay::RejectedBeforeProcessing) => Certainty::NotTaken,
        (Some(Retry::Unknown), _) | (_, Replay::Ambiguous) => Certainty::Unknown,
        // Meta answered with a success that cannot be read, or with a body that is too long.
        (_, Replay::Final) if error.may_have_been_sent() => Certainty::Unknown,
        (_, Replay::Final) => Certainty::Refused,
    }
}
