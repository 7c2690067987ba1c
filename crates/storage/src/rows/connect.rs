use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use wabakit_domain::{
    connect::{
        BrowserBinding, ConnectMode, ConnectSession, ConnectStatus, LoginReturn, RunnerLease,
        SessionRecord, SessionRemains, SessionState,
    },
    ids::{ConnectSessionId, GrantId, MetaAppId, OrgId, UserId},
    secret::SealedSecret,
};
use wabakit_ports::store::StoreError;

use crate::values::{json, opt_text, row};
use crate::{
    schema::connect_sessions,
    types::{J, T, U},
};

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = connect_sessions, treat_none_as_null = true)]
pub(crate) struct SessionRow {
    pub(crate) id: U,
    pub(crate) org_id: U,
    pub(crate) user_id: U,
    pub(crate) meta_app_id: U,
    pub(crate) mode: String,
    pub(crate) binding: String,
    pub(crate) nonce: Vec<u8>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) return_to: Option<String>,
    pub(crate) status: String,
    pub(crate) grant_id: Option<U>,
    pub(crate) code: Option<Vec<u8>>,
    pub(crate) progress: J,
    pub(crate) problem: Option<J>,
    pub(crate) runner_owner: Option<String>,
    pub(crate) runner_until: Option<T>,
    pub(crate) created_at: T,
    pub(crate) expires_at: T,
    pub(crate) updated_at: T,
    pub(crate) version: i64,
}

const fn binding_name(binding: BrowserBinding) -> &'static str {
    match binding {
        BrowserBinding::Nonce => "nonce",
        BrowserBinding::Confirmation => "confirmation",
    }
}

fn parse_binding(name: &str) -> Option<BrowserBinding> {
    Some(match name {
        "nonce" => BrowserBinding::Nonce,
        "confirmation" => BrowserBinding::Confirmation,
        _ => return None,
    })
}

impl TryFrom<&ConnectSession> for SessionRow {
    type Error = StoreError;

    fn try_from(session: &ConnectSession) -> Result<Self, StoreError> {
        let runner = session.state.runner();
        let code = session.state.login().and_then(|login| login.code.as_ref());
        Ok(Self {
            id: U(session.id.0),
            org_id: U(session.org.0),
            user_id: U(session.user.0),
            meta_app_id: U(session.meta_app.0),
            mode: session.mode.as_str().to_owned(),
            binding: binding_name(session.binding).to_owned(),
            nonce: session.nonce.0.to_vec(),
            redirect_uri: opt_text(session.redirect_uri.as_deref())?,
            return_to: opt_text(session.return_to.as_deref())?,
            status: session.status().as_str().to_owned(),
            grant_id: session.grant().map(|id| U(id.0)),
            code: code.map(|code| code.as_bytes().to_vec()),
            progress: json(&session.progress)?,
            problem: session.problem().map(json).transpose()?,
            runner_owner: opt_text(runner.map(|lease| lease.owner.as_str()))?,
            runner_until: runner.map(|lease| T(lease.until)),
            created_at: T(session.created_at),
            expires_at: T(session.expires_at),
            updated_at: T(session.updated_at),
            version: session.version,
        })
    }
}

impl TryFrom<SessionRow> for ConnectSession {
    type Error = StoreError;

    fn try_from(stored: SessionRow) -> Result<Self, StoreError> {
        let cell = row("connect_sessions", stored.id.0);
        Ok(Self::new(SessionRecord {
            id: ConnectSessionId(stored.id.0),
            org: OrgId(stored.org_id.0),
            user: UserId(stored.user_id.0),
            meta_app: MetaAppId(stored.meta_app_id.0),
            mode: cell("mode").parsed(ConnectMode::parse(&stored.mode))?,
            binding: cell("binding").parsed(parse_binding(&stored.binding))?,
            nonce: cell("nonce").hash(&stored.nonce)?,
            state: state(&stored)?,
            redirect_uri: stored.redirect_uri,
            return_to: stored.return_to,
            progress: cell("progress").json(&stored.progress)?,
            created_at: stored.created_at.0,
            expires_at: stored.expires_at.0,
            updated_at: stored.updated_at.0,
            version: stored.version,
        }))
    }
}

/// Reads the state, and the other columns that this state has.
fn state(stored: &SessionRow) -> Result<SessionState, StoreError> {
    let cell = row("connect_sessions", stored.id.0);
    let grant = stored.grant_id.map(|id| GrantId(id.0));
    let login = grant.map(|grant| LoginReturn {
        grant,
        code: stored.code.clone().map(SealedSecret::new),
    });
    let needed = |login: Option<LoginReturn>| cell("grant_id").parsed(login);
    let problem = stored.problem.as_ref();
    let problem = problem.map(|problem| cell("problem").json(problem));
    let problem = problem.transpose()?;
    let remains = |problem| SessionRemains { grant, problem };
    let status = cell("status").parsed(ConnectStatus::parse(&stored.status))?;
    Ok(match status {
        ConnectStatus::AwaitingLogin => SessionState::AwaitingLogin,
        ConnectStatus::AwaitingConfirmation => SessionState::AwaitingConfirmation(needed(login)?),
        ConnectStatus::Running => SessionState::Running {
            login: needed(login)?,
            runner: (stored.runner_owner.clone())
                .zip(stored.runner_until.as_ref())
                .map(|(owner, until)| RunnerLease {
                    owner,
                    until: until.0,
                }),
        },
        ConnectStatus::AwaitingChoice => SessionState::AwaitingChoice {
            login: needed(login)?,
            why: problem,
        },
        ConnectStatus::Failed => SessionState::Failed {
            login,
            problem: cell("problem").parsed(problem)?,
        },
        ConnectStatus::Completed => SessionState::Completed(cell("grant_id").parsed(grant)?),
        ConnectStatus::Cancelled => SessionState::Cancelled(remains(problem)),
        ConnectStatus::Expired => SessionState::Expired(remains(problem)),
    })
}
