use chrono::{DateTime, Duration};
use uuid::Uuid;
use wabakit_domain::{
    Time,
    account::{Account, NumberHealth},
    audit::{Actor, NewAuditEvent},
    connect::{
        BrowserBinding, ConnectMode, ConnectSession, LOGIN_WINDOW, Progress, SessionRecord,
        SessionState,
    },
    grant::{Expiry, Grant, GrantOrigin, GrantState, TokenKind},
    identity::{
        AuthSession, LinkKind, LinkMail, OneTimeLink, Org, PasswordHash, RefreshToken, ResetMaker,
        Role, TokenHash, User,
    },
    ids::{AuthSessionId, GrantId, IdBlock, MetaAppId, OrgId, UserId},
    meta_app::MetaApp,
    secret::{SealedSecret, SecretString},
    standing::Standing,
    teardown::{Teardown, TeardownAct, TeardownState},
};

use wabakit_ports::{
    fakes::SequentialIds,
    store::{Acceptance, DataKeyRow, RefreshRotation, SignIn},
    system::IdSource,
};

/// Returns the time so many seconds after 2026-01-01T00:00:00.123456Z, at which all tests begin.
pub fn at(seconds: i64) -> Time {
    let begin = DateTime::from_timestamp_micros(1_767_225_600_123_456).unwrap_or_default();
    begin + Duration::seconds(seconds)
}

/// Makes a hash that no password has.
pub fn password(text: &str) -> PasswordHash {
    PasswordHash(SecretString::from(text.to_owned()))
}

/// Makes valid rows that all differ, with increasing ids. A test changes the fields that it is about.
#[derive(Default)]
pub struct Fixtures(SequentialIds);

impl Fixtures {
    /// Returns the next id.
    pub fn id<T: From<Uuid>>(&self) -> T {
        self.0.next().into()
    }

    /// Returns a fresh block of ids.
    pub fn ids(&self) -> IdBlock {
        IdBlock::at(self.id())
    }

    /// Returns a hash that no other call returns.
    pub fn hash(&self) -> TokenHash {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(self.0.next().as_bytes());
        TokenHash(bytes)
    }

    /// Makes an organisation.
    pub fn org(&self) -> Org {
        Org {
            id: self.id(),
            name: "Acme".into(),
            created_at: at(0),
        }
    }

    /// Makes a person.
    pub fn user(&self, email: &str) -> User {
        User {
            id: self.id(),
            email: email.into(),
            name: "Ada".into(),
            is_operator: false,
            created_at: at(0),
            proven_at: None,
        }
    }

    /// Makes a sign-in of 30 days from [`at`] zero, whose first refresh token lives 7 days.
    pub fn sign_in(&self, org: OrgId, user: UserId) -> SignIn {
        let session = AuthSession {
            id: self.id(),
            user,
            org,
            cookie: self.hash(),
            created_at: at(0),
            expires_at: at(0) + Duration::days(30),
            last_seen_at: at(0),
            revoked_at: None,
            client: None,
            address: None,
        };
        SignIn {
            refresh: self.refresh_token(session.id),
            session,
        }
    }

    /// Makes a refresh token that lives 7 days from [`at`] zero.
    pub fn refresh_token(&self, session: AuthSessionId) -> RefreshToken {
        RefreshToken {
            id: self.id(),
            session,
            hash: self.hash(),
            created_at: at(0),
            expires_at: at(0) + Duration::days(7),
            used_at: None,
        }
    }

    /// Makes an exchange at `now` with a grace of ten seconds. The store fills in the next token's session and the
    /// event's organisation.
    pub fn rotation(&self, presented: TokenHash, now: Time) -> RefreshRotation {
        RefreshRotation {
            presented,
            next: self.refresh_token(self.id()),
            now,
            grace_since: now - Duration::seconds(10),
            reuse_audit: self.event(OrgId::PLATFORM, "auth.refresh_reused"),
        }
    }

    /// Makes an invitation as an agent, for 7 days from [`at`] zero.
    pub fn invitation(&self, org: OrgId, invited_by: UserId, email: &str) -> OneTimeLink {
        let kind = LinkKind::Invitation {
            email: email.into(),
            role: Role::Agent,
            invited_by,
        };
        self.link(org, kind)
    }

    /// Makes an invitation whose link was mailed.
    pub fn mailed_invitation(&self, org: OrgId, invited_by: UserId, email: &str) -> OneTimeLink {
        OneTimeLink {
            mail: Some(LinkMail::due(at(0))),
            ..self.invitation(org, invited_by, email)
        }
    }

    /// Makes the acceptance of an invitation at [`at`] 60: by a new person whose address is unknown, or by the only
    /// person with the address. The password is "secret".
    pub fn acceptance(&self, hash: TokenHash, org: OrgId, user: User, is_new: bool) -> Acceptance {
        let mut audit = self.event(org, "member.joined");
        audit.actor = Actor::User(user.id);
        audit.subject_id = user.id.to_string();
        Acceptance {
            hash,
            user,
            is_new,
            password: password("secret"),
            namesakes: i64::from(!is_new),
            now: at(60),
            audit,
        }
    }

    /// Makes a password reset from the command line, for 7 days from [`at`] zero.
    pub fn password_reset(&self, org: OrgId, user: UserId) -> OneTimeLink {
        self.password_reset_by(ResetMaker::CommandLine, org, user)
    }

    /// Makes a password reset, for 7 days from [`at`] zero.
    pub fn password_reset_by(&self, made_by: ResetMaker, org: OrgId, user: UserId) -> OneTimeLink {
        self.link(org, LinkKind::PasswordReset { user, made_by })
    }

    /// Makes a link that proves a person's address, for 7 days from [`at`] zero.
    pub fn address_proof(&self, org: OrgId, user: UserId) -> OneTimeLink {
        OneTimeLink {
            mail: Some(LinkMail::due(at(0))),
            ..self.link(org, LinkKind::AddressProof { user })
        }
    }

    fn link(&self, org: OrgId, kind: LinkKind) -> OneTimeLink {
        OneTimeLink {
            id: self.id(),
            org,
            kind,
            hash: self.hash(),
            created_at: at(0),
            expires_at: at(0) + Duration::days(7),
            mail: None,
        }
    }

    /// Makes a Meta app of an organisation or of the platform, with its own app id.
    pub fn meta_app(&self, org: OrgId) -> MetaApp {
        let id: MetaAppId = self.id();
        MetaApp {
            id,
            org,
            app_id: format!("9{:x}", id.uuid().as_u128() & 0xffff_ffff).into(),
            name: "Connect".into(),
            app_secret: SealedSecret::new(vec![1, 0, 255]),
            verify_token: SealedSecret::new(vec![2, 0, 254]),
            former_secret: None,
            graph_version: None,
            config_id: None,
            created_at: at(0),
            updated_at: at(0),
        }
    }

    /// Makes a new active grant of a system user, with a token.
    pub fn grant(&self, org: OrgId, meta_app: MetaAppId) -> Grant {
        Grant {
            id: self.id(),
            org,
            meta_app,
            origin: GrantOrigin::Login,
            token: Some(SealedSecret::new(vec![1, 2, 3])),
            token_kind: TokenKind::SystemUser,
            meta_user: Some("122100000000000001".into()),
            scopes: vec![
                "whatsapp_business_management".into(),
                "whatsapp_business_messaging".into(),
            ],
            expires: Expiry::Never,
            data_access_expires: Expiry::At(at(0) + Duration::days(90)),
            state: GrantState::Active,
            state_reason: None,
            checked_at: Some(at(0)),
            created_at: at(0),
            updated_at: at(0),
            version: 0,
        }
    }

    /// Makes an account to activate, of this number of a WABA.
    pub fn account(&self, grant: &Grant, waba: &str, number: &str) -> Account {
        Account {
            id: self.id(),
            org: grant.org,
            grant: grant.id,
            phone_number_id: number.into(),
            waba_id: waba.into(),
            waba_name: None,
            business_id: None,
            business_name: None,
            display_phone_number: "+1 555-010-0001".into(),
            verified_name: None,
            display_name: None,
            is_active: true,
            is_default: false,
            needs_registration: false,
            problem: None,
            registration_pin: None,
            health: NumberHealth::default(),
            standing: Standing::default(),
            last_verified_at: None,
            connected_at: at(0),
            disconnected_at: None,
            created_at: at(0),
            updated_at: at(0),
            version: 0,
        }
    }

    /// Makes a session whose person is still at Meta.
    pub fn connect_session(&self, org: OrgId, user: UserId, meta_app: MetaAppId) -> ConnectSession {
        ConnectSession::new(SessionRecord {
            id: self.id(),
            org,
            user,
            meta_app,
            mode: ConnectMode::Redirect,
            binding: BrowserBinding::Nonce,
            nonce: self.hash(),
            redirect_uri: Some("https://app.example/auth/meta-oauth/callback".into()),
            return_to: None,
            state: SessionState::AwaitingLogin,
            progress: Progress::default(),
            created_at: at(0),
            expires_at: at(0) + LOGIN_WINDOW,
            updated_at: at(0),
            version: 0,
        })
    }

    /// Makes a pending teardown, due at [`at`] zero.
    pub fn teardown(&self, org: OrgId, grant: GrantId, act: TeardownAct) -> Teardown {
        Teardown {
            id: self.id(),
            org,
            grant,
            act,
            state: TeardownState::Pending,
            attempts: 0,
            next_attempt_at: at(0),
            last_error: None,
            created_at: at(0),
            updated_at: at(0),
        }
    }

    /// Makes an event of the system.
    pub fn event(&self, org: OrgId, action: &str) -> NewAuditEvent {
        NewAuditEvent {
            id: self.id(),
            org,
            at: at(0),
            actor: Actor::System,
            action: action.into(),
            subject_kind: "org".into(),
            subject_id: org.to_string(),
            data: "{}".into(),
            request_id: None,
        }
    }

    /// Makes a data key that this ring key wraps.
    pub fn data_key(&self, org: OrgId, ring_key_id: &str) -> DataKeyRow {
        DataKeyRow {
            id: self.id(),
            org,
            ring_key_id: ring_key_id.into(),
            wrapped: vec![7, 0, 255],
            created_at: at(0),
            wrapped_at: at(0),
        }
    }
}
