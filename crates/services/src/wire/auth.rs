use secrecy::ExposeSecret as _;
use wabakit_domain::{identity, ids::AuthSessionId, principal::Scope};
use wabakit_wire::auth::{AuthAnswer, InvitationPreview, Me, Org, Role, SignIn, User};

use super::{IntoWire, words};
use crate::{Caller, auth::SignedIn, team::InvitationView};

words!(both identity::Role => Role { Owner, Admin, Agent, Viewer });

impl IntoWire<User> for identity::User {
    fn into_wire(self) -> User {
        User {
            id: self.id.uuid(),
            email: self.email,
            name: self.name,
            is_operator: self.is_operator,
            email_proven: self.proven_at.is_some(),
        }
    }
}

impl IntoWire<Org> for (identity::Org, identity::Role) {
    fn into_wire(self) -> Org {
        Org {
            id: self.0.id.uuid(),
            name: self.0.name,
            role: self.1.into_wire(),
        }
    }
}

/// Makes the wire form of a sign-in. `with_tokens` adds the tokens, for clients that keep no cookie.
pub fn auth_answer(signed_in: SignedIn, with_tokens: bool) -> AuthAnswer {
    let told =
        |token: &secrecy::SecretString| with_tokens.then(|| token.expose_secret().to_owned());
    AuthAnswer {
        access_token: told(&signed_in.access_token),
        refresh_token: told(&signed_in.refresh_token),
        expires_in: signed_in.expires_in.num_seconds(),
        user: signed_in.user.into_wire(),
        org: (signed_in.org, signed_in.role).into_wire(),
    }
}

/// Makes the wire form of the caller. `None` when the caller is in no organisation any more.
pub fn me(
    caller: &Caller,
    user: identity::User,
    orgs: Vec<(identity::Org, identity::Role)>,
) -> Option<Me> {
    let current = orgs.iter().find(|(org, _)| org.id == caller.org)?.clone();
    Some(Me {
        permissions: permissions(current.1, user.is_operator),
        user: user.into_wire(),
        org: current.into_wire(),
        orgs: orgs.into_wire(),
    })
}

/// Makes the wire form of a person's own sign-in, seen by the sign-in `current`.
pub fn sign_in(
    (session, org): (identity::AuthSession, identity::Org),
    current: AuthSessionId,
) -> SignIn {
    SignIn {
        id: session.id.uuid(),
        org_name: org.name,
        created_at: session.created_at,
        last_used_at: session.last_seen_at,
        expires_at: session.expires_at,
        client: session.client,
        address: session.address,
        current: session.id == current,
    }
}

fn permissions(role: identity::Role, is_operator: bool) -> Vec<String> {
    let mut may = vec!["accounts.read", "team.read"];
    if role.scopes().contains(Scope::ConnectWrite) {
        may.extend([
            "accounts.manage",
            "team.manage",
            "audit.read",
            "meta_apps.manage",
            "org.manage",
        ]);
    }
    if role.may_manage(identity::Role::Owner) {
        may.push("owners.manage");
    }
    if is_operator {
        may.push("platform.operate");
    }
    may.into_iter().map(str::to_owned).collect()
}

impl IntoWire<InvitationPreview> for InvitationView {
    fn into_wire(self) -> InvitationPreview {
        InvitationPreview {
            email: self.email,
            org_name: self.org.name,
            role: self.role.into_wire(),
            expires_at: self.expires_at,
        }
    }
}
