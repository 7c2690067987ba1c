//! Marks messages as dispatching, in one write for all numbers that ask at the same moment.

use std::{collections::HashSet, time::Duration};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wabakit_domain::ids::MessageId;
use wabakit_ports::store::{Dispatch, StoreError};
use wabakit_work::Batcher;

use super::super::SendPorts;

/// The most requests of numbers that may wait.
const QUEUE: usize = 1_024;

type Answer = Result<HashSet<MessageId>, StoreError>;

/// Marks messages as dispatching.
pub(super) struct Dispatcher {
    ports: SendPorts,
    owner: Uuid,
    batcher: Batcher<Dispatch, Answer>,
}

impl Dispatcher {
    pub(super) fn new(ports: SendPorts, owner: Uuid) -> Self {
        Self {
            ports,
            owner,
            batcher: Batcher::by_count(QUEUE, QUEUE, Duration::MAX),
        }
    }

    /// Marks these messages, and returns the marked ones. The caller sends those, and no others.
    ///
    /// # Errors
    /// When the database did not confirm the write, or the writer died. The messages may be marked nevertheless.
    pub(super) async fn mark(&self, dispatch: Dispatch) -> Answer {
        let marked = self.batcher.write(dispatch).await;
        marked.map_err(StoreError::unavailable)?
    }

    /// Serves requests until it is stopped, and then the waiting ones.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        self.batcher.run(stop, |batch| self.write(batch)).await;
    }

    async fn write(&self, batch: Vec<Dispatch>) -> Vec<Answer> {
        let ids = |dispatch: &Dispatch| dispatch.messages.iter().map(|(id, _)| *id).collect();
        let wanted: Vec<HashSet<MessageId>> = batch.iter().map(ids).collect();
        let now = self.ports.base.now();
        let marked = self.ports.outbox.dispatch(self.owner, batch, now).await;
        let marked = marked.map(|marked| marked.into_iter().collect::<HashSet<_>>());
        let answers = wanted.into_iter().map(|wanted| match &marked {
            Ok(marked) => Ok(&wanted & marked),
            Err(error) => Err(StoreError::unavailable(error.to_string())),
        });
        answers.collect()
    }
}
