//! Writes down what is about to be sent: one write for all numbers that want it at that moment.

use std::{collections::HashSet, time::Duration};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wabakit_domain::ids::MessageId;
use wabakit_ports::store::{Dispatch, StoreError};
use wabakit_work::Batcher;

use super::super::SendPorts;

/// Numbers that may ask at once.
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

    /// Marks these, and answers which of them are marked: those alone may be sent, and are sent by the caller.
    ///
    /// # Errors
    /// When the database did not say that they are marked, or the writer died. They may be marked all the same.
    pub(super) async fn mark(&self, dispatch: Dispatch) -> Answer {
        let marked = self.batcher.write(dispatch).await;
        marked.map_err(StoreError::unavailable)?
    }

    /// Marks what is asked until it is stopped, and then what waits still.
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
