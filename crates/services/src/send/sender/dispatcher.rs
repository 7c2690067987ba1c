//! Writes down what is about to be sent: one write for all numbers that want it at that moment.

use std::collections::HashSet;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wabakit_domain::ids::MessageId;
use wabakit_ports::store::{Dispatch, StoreError};

use super::super::SendPorts;

/// Numbers that may ask at once.
const QUEUE: usize = 1_024;

type Answer = Result<HashSet<MessageId>, StoreError>;

struct Entry {
    dispatch: Dispatch,
    marked: oneshot::Sender<Answer>,
}

/// Marks messages as dispatching.
pub(super) struct Dispatcher {
    ports: SendPorts,
    owner: Uuid,
    queue: mpsc::Sender<Entry>,
    waiting: Mutex<mpsc::Receiver<Entry>>,
}

impl Dispatcher {
    pub(super) fn new(ports: SendPorts, owner: Uuid) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        Self {
            ports,
            owner,
            queue,
            waiting: Mutex::new(waiting),
        }
    }

    /// Marks these, and answers which of them are marked: those alone may be sent, and are sent by the caller.
    ///
    /// # Errors
    /// When the database did not say that they are marked. They may be marked all the same.
    pub(super) async fn mark(&self, dispatch: Dispatch) -> Answer {
        let (marked, answer) = oneshot::channel();
        let gone = || StoreError::unavailable("the dispatcher has stopped");
        let entry = Entry { dispatch, marked };
        self.queue.send(entry).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    pub(super) async fn run(&self, stop: &CancellationToken) {
        let mut waiting = self.waiting.lock().await;
        let mut batch = Vec::new();
        loop {
            let count = tokio::select! {
                biased;
                count = waiting.recv_many(&mut batch, QUEUE) => count,
                () = stop.cancelled() => return,
            };
            if count == 0 {
                return;
            }
            self.write(std::mem::take(&mut batch)).await;
        }
    }

    async fn write(&self, batch: Vec<Entry>) {
        let mut all = Vec::with_capacity(batch.len());
        let mut callers = Vec::with_capacity(batch.len());
        for entry in batch {
            callers.push((entry.dispatch.messages.clone(), entry.marked));
            all.push(entry.dispatch);
        }
        let now = self.ports.base.now();
        let marked = self.ports.outbox.dispatch(self.owner, all, now).await;
        let marked = marked.map(|marked| marked.into_iter().collect::<HashSet<_>>());
        for (wanted, caller) in callers {
            let _ = caller.send(match &marked {
                Ok(marked) => Ok(wanted
                    .into_iter()
                    .map(|(id, _)| id)
                    .filter(|id| marked.contains(id))
                    .collect()),
                Err(error) => Err(StoreError::unavailable(error.to_string())),
            });
        }
    }
}
