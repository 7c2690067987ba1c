//! Address proofs: a person shows by a mailed link that an email address is theirs.

use chrono::Duration;
use serde_json::json;
use wabakit_domain::identity::LinkKind;
use wabakit_ports::store::StoreError;

use super::TeamService;
use crate::{Caller, Origin, ServiceError, audit::Trail, ports::hash_token};

const PROOF_LIFETIME: Duration = Duration::hours(24);

impl TeamService {
    /// Mails the caller a link that proves their address.
    ///
    /// # Errors
    /// When mail is not set up; when the address is proven already; [`ServiceError::TooMany`].
    pub async fn request_address_proof(
        &self,
        caller: &Caller,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let mail = self.required_mail()?;
        let id = caller.person()?.user;
        let identity = &self.ports.identity;
        let (user, _) = identity
            .user(id)
            .await?
            .ok_or(ServiceError::Unauthenticated)?;
        if user.proven_at.is_some() {
            let why = "Your address is proven already.";
            return Err(ServiceError::Conflict("address_proven", why.into()));
        }
        self.count_asked(&id.to_string(), origin)?;
        let kind = LinkKind::AddressProof { user: id };
        let new = self.new_link(caller.org, kind, (PROOF_LIFETIME, Some(mail)))?;
        let event = Trail::of(&self.ports, caller).event(
            "auth.address_proof_asked",
            ("user", id),
            &json!({"email": user.email}),
        );
        Ok(identity.create_link(new.link, vec![event]).await?)
    }

    /// Proves the caller's address by the token that was mailed to it. The caller must be the person who asked.
    /// Otherwise the reader of a mail could prove the address for somebody else.
    ///
    /// # Errors
    /// [`ServiceError::LinkGone`]; when another person has proven the address.
    pub async fn prove_address(&self, caller: &Caller, token: &str) -> Result<(), ServiceError> {
        let user = caller.person()?.user;
        let event =
            Trail::of(&self.ports, caller).event("auth.address_proven", ("user", user), &json!({}));
        let (hash, now) = (hash_token(token), self.ports.now());
        match self
            .ports
            .identity
            .prove_address(hash, user, now, event)
            .await
        {
            Ok(true) => Ok(()),
            Ok(false) => Err(ServiceError::LinkGone),
            Err(StoreError::Conflict) => {
                let why = "Another person has proven this address: sign in with that person's password, or choose a new one by mail.";
                Err(ServiceError::Conflict("address_taken", why.into()))
            }
            Err(error) => Err(error.into()),
        }
    }
}
