//! Group commit: events that arrive while a commit is under way share the next one.

use super::Event;
use crate::db::Core;
use crate::{Ctx, Error, Fault};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Events in one commit at most.
const BATCH: usize = 256;
/// Events that may wait for a commit; who comes then waits for room.
const QUEUE: usize = 1024;

struct Queued {
    ctx: Ctx,
    event: Event,
    done: oneshot::Sender<Result<(), Error>>,
}

/// The way to the sequencer.
#[derive(Clone)]
pub(crate) struct Sequencer(mpsc::Sender<Queued>);

impl Sequencer {
    /// Appends an event; on return it is durable.
    pub(crate) async fn append(&self, ctx: Ctx, event: Event) -> Result<(), Error> {
        let (done, reply) = oneshot::channel();
        let queued = Queued { ctx, event, done };
        if self.0.send(queued).await.is_err() {
            return Err(stopped());
        }
        reply.await.unwrap_or_else(|_| Err(stopped()))
    }
}

/// Starts the sequencer; it stops when the last way to it is gone.
pub(crate) fn start(core: Arc<Core>) -> Sequencer {
    let (queue, mut queued) = mpsc::channel(QUEUE);
    tokio::spawn(async move {
        let mut batch = Vec::with_capacity(BATCH);
        while queued.recv_many(&mut batch, BATCH).await > 0 {
            commit(&core, &mut batch).await;
        }
    });
    Sequencer(queue)
}

/// Writes a batch and answers everyone in it, empties it.
async fn commit(core: &Core, batch: &mut Vec<Queued>) {
    let results = match write(core, batch).await {
        Ok(results) => results,
        Err(error) => vec![Err(error); batch.len()],
    };
    for (queued, result) in batch.drain(..).zip(results) {
        // Whoever asked may be gone; the event stays.
        let _ = queued.done.send(result);
    }
}

/// One result for each event. An event that cannot be sealed (its organisation does not exist)
/// fails alone; when the database fails, all do.
async fn write(core: &Core, batch: &[Queued]) -> Result<Vec<Result<(), Error>>, Error> {
    let mut write = core.write().await?;
    let mut results = Vec::with_capacity(batch.len());
    for queued in batch {
        match write.audit(&queued.ctx, &queued.event).await {
            Err(error @ (Error::Database(_) | Error::Disk(_) | Error::Busy)) => return Err(error),
            result => results.push(result),
        }
    }
    write.commit().await?;
    Ok(results)
}

fn stopped() -> Error {
    Error::Database(Fault {
        kind: "closed",
        code: None,
        constraint: None,
    })
}
