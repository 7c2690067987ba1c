use std::sync::Arc;

use wabakit_domain::{
    Time,
    account::Account,
    contact::Contact,
    delivery::{Change, Delivery, Lane, ParkedItem, ParkedState},
    event::{Event, EventData, NewEvent},
    ids::{ChangeId, IdBlock, JournalBatchId, OrgId, Wamid},
    inbound::{Fact, MessageContent, MessageFact, Origin, Party, StatusUpdate},
    inbox::Item,
    media::Media,
    message::{Direction, Message, ReportedStatus},
};

use crate::{Tenant, World, at};
use wabakit_ports::store::{
    Applied, ApplyBatch, ConversationFilter, ConversationOverview, EventPage, Facts, JournalBatch,
    Limit, LogHeads, MessageDetail, PageRequest, QueueLimit, QueuedChange, ReceiveStore,
    SplitWrite, Store, StoreError,
};

/// A store that receives for two organisations.
#[derive(Clone)]
pub struct ReceiveWorld {
    /// The organisations and accounts, in the same database.
    pub connect: World,
    /// The store.
    pub store: Arc<dyn ReceiveStore>,
    /// The organisation that a rule is about.
    pub ours: Side,
    /// An organisation that must not be affected.
    pub theirs: Side,
}

/// An organisation with two active numbers of one WABA.
#[derive(Clone, Debug)]
pub struct Side {
    /// The organisation.
    pub tenant: Tenant,
    /// Its id.
    pub org: OrgId,
    /// A number.
    pub number: Account,
    /// Its second number.
    pub second: Account,
    /// The end of its log when both numbers were connected.
    pub log: i64,
}

/// No limit.
pub const ALL: QueueLimit = QueueLimit {
    changes: 10_000,
    per_lane: 10_000,
    bytes: usize::MAX,
};

impl ReceiveWorld {
    /// Makes two organisations in empty stores over one database.
    pub async fn new(connect: Arc<dyn Store>, store: Arc<dyn ReceiveStore>) -> Self {
        let connect = World::new(connect);
        let mut ours = Side::new(&connect, ["waba-1", "1065550001", "1065550002"]).await;
        let mut theirs = Side::new(&connect, ["waba-2", "1065550003", "1065550004"]).await;
        for (org, end) in store.event_heads(&[ours.org, theirs.org]).await.unwrap() {
            let side = [&mut ours, &mut theirs].into_iter().find(|s| s.org == org);
            side.unwrap().log = end;
        }
        Self {
            connect,
            store,
            ours,
            theirs,
        }
    }

    /// Returns the next id.
    pub fn id<T: From<uuid::Uuid>>(&self) -> T {
        self.connect.make.id()
    }

    /// Returns a fresh block of ids.
    pub fn ids(&self) -> IdBlock {
        self.connect.make.ids()
    }

    /// Makes a batch of deliveries with these bodies, received at [`at`] zero.
    pub fn journal_batch(&self, bodies: &[&[u8]]) -> JournalBatch {
        self.journal_batch_at(at(0), bodies)
    }

    /// Makes a batch of deliveries with these bodies, received at this time.
    pub fn journal_batch_at(&self, received_at: Time, bodies: &[&[u8]]) -> JournalBatch {
        let mut ids = self.ids();
        let id = JournalBatchId(ids.base());
        let deliveries = bodies.iter().map(|body| Delivery {
            id: ids.next().unwrap().into(),
            app: None,
            received_at,
            body: body.to_vec(),
        });
        JournalBatch {
            id,
            deliveries: deliveries.collect(),
        }
    }

    /// Makes a change with these bytes, of an account's number.
    pub fn change(&self, of: &Account, delivery: &Delivery, raw: &[u8]) -> Change {
        Change {
            id: self.id(),
            delivery: delivery.id,
            org: Some(of.org),
            lane: Lane::Number(of.phone_number_id.clone()),
            entry_id: Some(of.waba_id.to_string()),
            entry_time: None,
            field: "messages".into(),
            received_at: delivery.received_at,
            raw: raw.to_vec(),
        }
    }

    /// Journals a delivery, and splits it into these changes.
    pub async fn queue_at(
        &self,
        received_at: Time,
        changes: impl IntoIterator<Item = (&Account, &[u8])>,
    ) -> Vec<Change> {
        let batch = self.journal_batch_at(received_at, &[b"{}"]);
        let (id, delivery) = (batch.id, batch.deliveries[0].clone());
        let changes = changes.into_iter();
        let changes = changes.map(|(of, raw)| self.change(of, &delivery, raw));
        let changes: Vec<_> = changes.collect();
        self.store.append(batch).await.unwrap();
        let write = SplitWrite {
            batches: vec![id],
            changes: changes.clone(),
            unreadable: vec![],
        };
        self.store.split(write).await.unwrap();
        changes
    }

    /// Queues so many changes of one number, received at [`at`] zero.
    pub async fn queue(&self, of: &Account, count: usize) -> Vec<Change> {
        let changes = (0..count).map(|_| (of, b"{}".as_slice()));
        self.queue_at(at(0), changes).await
    }

    /// Returns all queued changes of a number's partition.
    pub async fn waiting(&self, of: &Account) -> Vec<QueuedChange> {
        let partition = Lane::Number(of.phone_number_id.clone()).partition();
        self.store.queued(partition, None, ALL).await.unwrap()
    }

    /// Makes a batch that only applies these items, at [`at`] 1,000.
    pub fn batch(&self, items: Vec<Item>) -> ApplyBatch {
        ApplyBatch {
            dequeue: vec![],
            replayed: vec![],
            unpark: vec![],
            items,
            park: vec![],
            audit: vec![],
            ids: self.ids(),
            now: at(1_000),
        }
    }

    /// Makes a batch that takes a change off the queue and applies these items.
    pub fn batch_of(&self, change: ChangeId, items: Vec<Item>) -> ApplyBatch {
        ApplyBatch {
            dequeue: vec![change],
            ..self.batch(items)
        }
    }

    /// Applies items in one batch.
    pub async fn apply(&self, items: Vec<Item>) -> Applied {
        self.store.apply(self.batch(items)).await.unwrap()
    }

    /// Applies items, each in its own batch.
    pub async fn apply_each(&self, items: impl IntoIterator<Item = Item>) {
        for item in items {
            self.apply(vec![item]).await;
        }
    }

    /// Makes an item of a change that could not be applied.
    pub fn parked(&self, change: &Change, index: i32, state: ParkedState) -> ParkedItem {
        ParkedItem {
            id: self.id(),
            org: change.org,
            change: change.id,
            index,
            field: change.field.clone(),
            lane: change.lane.clone(),
            state,
            reason: "invalid_item".into(),
            detail: "it cannot be read".into(),
            attempts: 1,
            next_at: None,
            raw: b"{\"a\":\0\xff}".to_vec(),
            created_at: at(1_000),
        }
    }

    /// Takes a change off the queue and parks these items of it.
    pub async fn park(&self, change: &Change, park: Vec<ParkedItem>) {
        let batch = ApplyBatch {
            park,
            ..self.batch_of(change.id, vec![])
        };
        self.store.apply(batch).await.unwrap();
    }

    /// Returns the end of an organisation's log before the rule began.
    pub fn begin_of(&self, org: OrgId) -> i64 {
        let sides = [&self.ours, &self.theirs].into_iter();
        sides
            .filter(|side| side.org == org)
            .map(|side| side.log)
            .sum()
    }

    /// Returns an organisation's events since the rule began.
    pub async fn events(&self, org: OrgId) -> Vec<Event> {
        let begin = self.begin_of(org);
        match self.store.events_after(org, begin, 100_000).await.unwrap() {
            EventPage::Events { events, head } => {
                assert_eq!(events.last().map_or(begin, |event| event.sequence), head);
                events
            }
            EventPage::Gone { oldest } => panic!("gone up to {oldest}"),
        }
    }

    /// Returns the data of an organisation's events since the rule began.
    pub async fn told(&self, org: OrgId) -> Vec<EventData> {
        let events = self.events(org).await.into_iter();
        events.map(|event| event.data).collect()
    }

    /// Asserts that an organisation's log continues without a gap to this sequence.
    pub async fn assert_log_ends_at(&self, org: OrgId, head: i64) {
        let events = self.events(org).await;
        let sequences: Vec<_> = events.iter().map(|event| event.sequence).collect();
        let begin = self.begin_of(org);
        assert_eq!(sequences, (begin + 1..=head).collect::<Vec<_>>());
    }

    /// Appends events by a write of another context: it begins a connect session.
    pub async fn tell(&self, events: Vec<NewEvent>) -> LogHeads {
        let tenant = &self.ours.tenant;
        let make = &self.connect.make;
        let session = make.connect_session(tenant.org, tenant.owner.id, tenant.app.id);
        let facts = Facts {
            audit: vec![],
            events,
        };
        let begun = self.connect.store.create_session(session, facts);
        begun.await.unwrap()
    }

    /// Returns the organisation's conversations, the newest first.
    pub async fn conversations(&self, org: OrgId) -> Vec<ConversationOverview> {
        let filter = ConversationFilter::default();
        let page = self.store.conversations(org, filter, whole()).await;
        page.unwrap().rows
    }

    /// Returns the organisation's only conversation.
    pub async fn conversation(&self, org: OrgId) -> ConversationOverview {
        let mut all = self.conversations(org).await;
        assert_eq!(all.len(), 1, "there is one conversation");
        all.remove(0)
    }

    /// Returns a conversation's messages, newest first.
    pub async fn thread(&self, of: &ConversationOverview) -> Vec<MessageDetail> {
        let conversation = &of.conversation;
        let page = self
            .store
            .messages(conversation.org, conversation.id, whole());
        page.await.unwrap().rows
    }

    /// Returns all messages of the organisation's only conversation, newest first.
    pub async fn only_thread(&self, org: OrgId) -> Vec<MessageDetail> {
        self.thread(&self.conversation(org).await).await
    }

    /// Returns the organisation's only message with this id of Meta's.
    pub async fn message(&self, org: OrgId, wamid: &str) -> MessageDetail {
        let mut found = Vec::new();
        for conversation in self.conversations(org).await {
            let thread = self.thread(&conversation).await.into_iter();
            found.extend(thread.filter(|m| m.message.wamid == Some(wamid.into())));
        }
        assert_eq!(found.len(), 1, "{wamid} is there once");
        found.remove(0)
    }

    /// Returns the organisation's contacts, newest first.
    pub async fn contacts(&self, org: OrgId) -> Vec<Contact> {
        let page = self.store.contacts(org, None, whole()).await;
        page.unwrap().rows
    }

    /// Returns the organisation's only contact.
    pub async fn contact(&self, org: OrgId) -> Contact {
        let mut all = self.contacts(org).await;
        assert_eq!(all.len(), 1, "there is one contact");
        all.remove(0)
    }

    /// Returns the file of a message.
    pub async fn media_of(&self, org: OrgId, message: &Message) -> Media {
        let id = message.media.expect("the message has a file");
        self.store.media(org, id).await.unwrap().unwrap()
    }

    /// Returns everything that an organisation sees of its inbox, to assert that nothing changed.
    pub async fn seen_by(&self, org: OrgId) -> impl PartialEq + std::fmt::Debug + use<> {
        let conversations = self.conversations(org).await;
        let mut threads = Vec::new();
        for conversation in &conversations {
            threads.push(self.thread(conversation).await);
        }
        let scope = wabakit_ports::store::Scope::Org(org);
        let changes = self.store.changes(
            scope,
            wabakit_ports::store::ChangeFilter::default(),
            whole(),
        );
        (
            self.contacts(org).await,
            conversations,
            threads,
            self.events(org).await,
            changes.await.unwrap().rows,
            self.store.parked(scope, None, whole()).await.unwrap().rows,
            self.store.traffic(org, at(-100_000)).await.unwrap(),
        )
    }
}

impl Side {
    async fn new(world: &World, [waba, number, second]: [&str; 3]) -> Self {
        let tenant = world.tenant().await;
        let connected = world
            .connect(&tenant, &[(waba, number), (waba, second)])
            .await;
        let [number, second] = <[Account; 2]>::try_from(connected.accounts).unwrap();
        Self {
            org: tenant.org,
            tenant,
            number,
            second,
            log: 0,
        }
    }
}

/// Returns the longest first page.
pub fn whole<K>() -> PageRequest<K> {
    PageRequest {
        after: None,
        limit: Limit::MAX,
    }
}

/// Makes a person who is known by a number.
pub fn phone(number: &str) -> Party {
    Party {
        phone: Some(number.into()),
        ..Party::default()
    }
}

/// Makes a person who is known by a business-scoped id.
pub fn user(id: &str) -> Party {
    Party {
        user_id: Some(id.into()),
        ..Party::default()
    }
}

/// Makes a person who is known by both.
pub fn known(number: &str, id: &str) -> Party {
    Party {
        user_id: Some(id.into()),
        ..phone(number)
    }
}

/// Returns the person with a WhatsApp name.
pub fn named(party: Party, name: &str) -> Party {
    Party {
        profile_name: Some(name.into()),
        ..party
    }
}

/// Makes a text.
pub fn text(body: &str) -> MessageContent {
    MessageContent::Text { body: body.into() }
}

/// Makes an item of a fact that an account's number received at [`at`] 900.
pub fn item(to: &Account, fact: Fact) -> Item {
    Item {
        org: to.org,
        accounts: vec![to.id],
        received_at: at(900),
        told_at: None,
        extra: None,
        digest: None,
        fact,
    }
}

/// Makes a message that a person wrote to a number at [`at`] `seconds`.
pub fn fact(wamid: &str, from: &Party, seconds: i64, content: MessageContent) -> MessageFact {
    MessageFact {
        wamid: wamid.into(),
        direction: Direction::Inbound,
        party: from.clone(),
        group_id: None,
        at: at(seconds),
        origin: Origin::Live,
        context: None,
        referral: None,
        content,
    }
}

/// Makes an item of a message that a person wrote to a number at [`at`] `seconds`.
pub fn wrote(
    to: &Account,
    wamid: &str,
    from: &Party,
    seconds: i64,
    content: MessageContent,
) -> Item {
    of_message(to, fact(wamid, from, seconds, content))
}

/// Makes an item of a text that a person wrote to a number at [`at`] `seconds`. Its body is its id.
pub fn says(to: &Account, wamid: &str, from: &Party, seconds: i64) -> Item {
    wrote(to, wamid, from, seconds, text(wamid))
}

/// Makes an item of a text that the business wrote on its phone at [`at`] `seconds`. Its body is its id.
pub fn echo(by: &Account, wamid: &str, to: &Party, seconds: i64) -> Item {
    let fact = MessageFact {
        direction: Direction::Outbound,
        origin: Origin::Echo,
        ..fact(wamid, to, seconds, text(wamid))
    };
    of_message(by, fact)
}

/// Makes an item of a message.
pub fn of_message(to: &Account, fact: MessageFact) -> Item {
    item(to, Fact::Message(Box::new(fact)))
}

/// Makes a status of a message, reported for [`at`] `seconds`.
pub fn status(wamid: &str, status: ReportedStatus, seconds: i64) -> StatusUpdate {
    StatusUpdate {
        wamid: Wamid::from(wamid),
        status,
        at: at(seconds),
        recipient: Party::default(),
        group_id: None,
        participant: None,
        opaque: None,
        pricing: None,
        conversation: None,
        errors: vec![],
        extra: None,
    }
}

/// Makes an item of a new status.
pub fn reported(by: &Account, wamid: &str, what: ReportedStatus, seconds: i64) -> Item {
    of_status(by, status(wamid, what, seconds))
}

/// Makes an item of a status.
pub fn of_status(by: &Account, status: StatusUpdate) -> Item {
    item(by, Fact::Status(Box::new(status)))
}

/// Asserts that a write was refused, and returns the error.
pub fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>) -> StoreError {
    result.expect_err("the write is refused")
}
