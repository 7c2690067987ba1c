//! Requests about signing in.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The way in which a browser stays signed in.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionKind {
    /// By the cookie alone. The answer has no tokens.
    Cookie,
}

/// Address and password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Login {
    #[schema(example = "owner@acme.example")]
    pub(crate) email: String,
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    pub(crate) password: SecretString,
    /// The organisation, for people in several. The default is the one that they joined first.
    pub(crate) org_id: Option<Uuid>,
    pub(crate) session: Option<SessionKind>,
    /// A code of the authenticator app or a recovery code, if two-factor sign-in is on. Blanks and hyphens are ignored.
    #[schema(value_type = Option<String>, example = "123456")]
    pub(crate) code: Option<SecretString>,
}

/// A refresh token to exchange.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refresh {
    #[schema(value_type = String)]
    pub(crate) refresh_token: SecretString,
}

/// The old password and the new.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangePassword {
    #[schema(value_type = String, format = Password)]
    pub(crate) current_password: SecretString,
    /// 12 to 200 characters.
    #[schema(value_type = String, format = Password)]
    pub(crate) new_password: SecretString,
}

/// The address of an account whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestPasswordReset {
    #[schema(example = "owner@acme.example")]
    pub(crate) email: String,
}

/// The token of a link that proves an address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProveAddress {
    /// The fragment of the link.
    #[schema(value_type = String)]
    pub(crate) token: SecretString,
}

/// A reset link's token and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResetPassword {
    /// The fragment of the link.
    #[schema(value_type = String)]
    pub(crate) token: SecretString,
    /// 12 to 200 characters.
    #[schema(value_type = String, format = Password)]
    pub(crate) new_password: SecretString,
}

/// An invitation's token.
#[derive(Deserialize, ToSchema)]
pub(crate) struct InspectInvitation {
    /// The fragment of the link.
    #[schema(value_type = String)]
    pub(crate) token: SecretString,
}

/// An invitation to take, with the name and password to sign in with.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AcceptInvitation {
    /// The fragment of the link.
    #[schema(value_type = String)]
    pub(crate) token: SecretString,
    #[schema(example = "Ada Admin")]
    pub(crate) name: String,
    /// 12 to 200 characters. A person who has an account with this address joins with it by its password.
    #[schema(value_type = String, format = Password)]
    pub(crate) password: SecretString,
    pub(crate) session: Option<SessionKind>,
    /// A code, as for signing in, if two-factor sign-in is on for the existing person.
    #[schema(value_type = Option<String>, example = "123456")]
    pub(crate) code: Option<SecretString>,
}
