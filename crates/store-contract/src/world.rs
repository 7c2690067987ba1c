use std::{future::Future, sync::Arc};

use tokio::{sync::Barrier, task::JoinSet};
use wabakit_domain::{
    account::Account,
    audit::AuditEvent,
    connect::{ConnectSession, SessionState},
    grant::Grant,
    identity::{Member, OneTimeLink, Org, Role, User},
    ids::{AccountId, OrgId},
    meta_app::MetaApp,
};

use super::{Fixtures, at, password};
use wabakit_ports::store::{
    ConnectWrite, DisconnectWrite, Disconnected, Facts, Limit, Page, PageRequest, SignIn, Store,
    StoreError,
};

/// A store, with fixtures to fill it.
#[derive(Clone)]
pub struct World {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Makes rows.
    pub make: Arc<Fixtures>,
}

/// An organisation in the store, with its owner and its own Meta app.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The organisation.
    pub org: OrgId,
    /// Its only member.
    pub owner: User,
    /// Its Meta app.
    pub app: MetaApp,
}

/// Connected numbers.
#[derive(Clone, Debug)]
pub struct Connected {
    /// The completed session that connected them.
    pub session: ConnectSession,
    /// Their grant.
    pub grant: Grant,
    /// Their accounts.
    pub accounts: Vec<Account>,
}

/// Everything that can be read of an organisation, to assert that nothing changed.
#[derive(PartialEq, Debug)]
pub struct Snapshot {
    org: Option<Org>,
    members: Vec<Member>,
    invitations: Vec<OneTimeLink>,
    apps: Vec<MetaApp>,
    accounts: Vec<(Account, Grant)>,
    sessions: Vec<ConnectSession>,
    log: Vec<AuditEvent>,
}

impl World {
    /// Makes a world over an empty store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            make: Arc::default(),
        }
    }

    /// Stores an organisation with its owner and Meta app. Its log stays empty.
    pub async fn tenant(&self) -> Tenant {
        let org = self.make.org();
        let id = org.id;
        self.store.create_org(org, vec![]).await.unwrap();
        let owner = self.member(id, Role::Owner).await;
        let app = self.make.meta_app(id);
        let app = self.store.upsert_meta_app(app, vec![]).await.unwrap();
        Tenant {
            org: id,
            owner,
            app,
        }
    }

    /// Stores a person as a member of an organisation.
    pub async fn member(&self, org: OrgId, role: Role) -> User {
        let mut user = self.make.user("");
        user.email = format!("{}@acme.example", user.id);
        self.store
            .create_user(user.clone(), password("secret"), Some((org, role)), vec![])
            .await
            .unwrap();
        user
    }

    /// Stores a sign-in.
    pub async fn sign_in(&self, org: OrgId, user: &User) -> SignIn {
        let sign_in = self.make.sign_in(org, user.id);
        self.store.sign_in(sign_in.clone(), vec![]).await.unwrap();
        sign_in
    }

    /// Stores a session that has just begun.
    pub async fn session(&self, tenant: &Tenant) -> ConnectSession {
        let session = self
            .make
            .connect_session(tenant.org, tenant.owner.id, tenant.app.id);
        self.store
            .create_session(session.clone(), Facts::default())
            .await
            .unwrap();
        self.store
            .session(tenant.org, session.id)
            .await
            .unwrap()
            .unwrap()
    }

    /// Stores a grant without accounts.
    pub async fn grant(&self, tenant: &Tenant) -> Grant {
        self.connect(tenant, &[]).await.grant
    }

    /// Makes a write that connects numbers, each given as (WABA, number), on a new grant of the tenant's app.
    pub async fn connecting(&self, tenant: &Tenant, numbers: &[(&str, &str)]) -> ConnectWrite {
        let mut session = self.session(tenant).await.into_record();
        let grant = self.make.grant(tenant.org, tenant.app.id);
        session.state = SessionState::Completed(grant.id);
        let session = ConnectSession::new(session);
        let accounts = numbers.iter();
        ConnectWrite {
            activate: accounts
                .map(|(waba, number)| self.make.account(&grant, waba, number))
                .collect(),
            grant: Some(grant),
            ids: self.make.ids(),
            ..ConnectWrite::session(session)
        }
    }

    /// Connects numbers, each given as (WABA, number).
    pub async fn connect(&self, tenant: &Tenant, numbers: &[(&str, &str)]) -> Connected {
        let write = self.connecting(tenant, numbers).await;
        self.write(tenant.org, write).await.unwrap()
    }

    /// Writes a change that contains a grant.
    pub async fn write(&self, org: OrgId, write: ConnectWrite) -> Result<Connected, StoreError> {
        let done = self.store.write(org, write).await?;
        Ok(Connected {
            session: done.session,
            grant: done.grant.unwrap(),
            accounts: done.accounts,
        })
    }

    /// Disconnects accounts at [`at`] 100, with teardowns due at [`at`] 200.
    pub async fn disconnect(&self, org: OrgId, accounts: &[AccountId]) -> Vec<Disconnected> {
        let write = DisconnectWrite {
            accounts: accounts
                .iter()
                .map(|id| (*id, self.make.id(), self.make.id()))
                .collect(),
            at: at(100),
            teardown_due: at(200),
            audit: accounts
                .iter()
                .map(|id| {
                    let mut event = self.make.event(org, "account.disconnected");
                    event.subject_id = id.to_string();
                    event
                })
                .collect(),
            ids: self.make.ids(),
        };
        self.store.disconnect(org, write).await.unwrap().0
    }

    /// Returns an account in its present state.
    pub async fn account(&self, account: &Account) -> Account {
        let found = self.store.account(account.org, account.id).await.unwrap();
        found.unwrap().0
    }

    /// Returns a grant in its present state.
    pub async fn grant_now(&self, grant: &Grant) -> Grant {
        let found = self.store.grant(grant.org, grant.id).await.unwrap();
        found.unwrap()
    }

    /// Returns the organisation's whole audit log, oldest first.
    pub async fn log(&self, org: OrgId) -> Vec<AuditEvent> {
        self.store.audit_chain(org, 0, 10_000).await.unwrap()
    }

    /// Returns the actions of the organisation's audit log, oldest first.
    pub async fn actions(&self, org: OrgId) -> Vec<String> {
        let log = self.log(org).await;
        log.into_iter().map(|e| e.event.action).collect()
    }

    /// Asserts that the organisation's audit log is a chain from 1 without a gap, and that the head is its end.
    pub async fn assert_chain(&self, org: OrgId) {
        let mut end = (0, [0; 32]);
        for event in self.log(org).await {
            assert_eq!(event.sequence, end.0 + 1, "the sequence has no gap");
            assert!(event.follows(&end.1), "{} breaks the chain", event.sequence);
            end = (event.sequence, event.hash);
        }
        assert_eq!(self.store.audit_head(org).await.unwrap(), end);
    }

    /// Returns everything that can be read of an organisation now.
    pub async fn snapshot(&self, org: OrgId) -> Snapshot {
        let store = &self.store;
        let max = Limit::MAX;
        Snapshot {
            org: store.org(org).await.unwrap(),
            members: store.members(org, page(None, max)).await.unwrap().rows,
            invitations: store.invitations(org, at(0)).await.unwrap(),
            apps: store.meta_apps(org).await.unwrap(),
            accounts: store
                .list_accounts(org, false, page(None, max))
                .await
                .unwrap()
                .rows,
            sessions: store.open_sessions(org).await.unwrap(),
            log: self.log(org).await,
        }
    }

    /// Runs a task twenty times at once.
    pub async fn race<T, F>(&self, each: impl Fn(Self, usize) -> F) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let start = Arc::new(Barrier::new(20));
        let mut tasks = JoinSet::new();
        for turn in 0..20 {
            let work = each(self.clone(), turn);
            let start = Arc::clone(&start);
            tasks.spawn(async move {
                start.wait().await;
                work.await
            });
        }
        tasks.join_all().await
    }
}

fn page<K>(after: Option<K>, limit: Limit) -> PageRequest<K> {
    PageRequest { after, limit }
}

/// Pages through a list of `all` with every limit up to one more than it has rows. Asserts that each time the pages
/// give exactly that list, are full, and end.
pub(super) async fn assert_pages<T, K, F>(all: &[T], list: impl Fn(PageRequest<K>) -> F)
where
    T: PartialEq + std::fmt::Debug,
    K: Copy,
    F: Future<Output = Result<Page<T, K>, StoreError>>,
{
    for limit in 1..=all.len() + 1 {
        let limit = Limit::new(u32::try_from(limit).unwrap());
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let found = list(page(after, limit)).await.unwrap();
            let full = found.rows.len() == limit.rows();
            assert!(full || found.next.is_none(), "only the last page is short");
            seen.extend(found.rows);
            assert!(seen.len() <= all.len(), "more rows than there are");
            after = found.next;
            assert_eq!(after.is_none(), seen.len() == all.len(), "ends at the end");
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, all, "by {}", limit.get());
    }
}

/// Counts the values for which a condition holds.
pub(super) fn count<T>(all: &[T], holds: impl Fn(&T) -> bool) -> usize {
    all.iter().filter(|one| holds(one)).count()
}
