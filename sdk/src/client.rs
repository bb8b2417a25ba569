//! A client: calls with typed replies, and the notifications that come between them.

mod websocket;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::{broadcast, oneshot};

use crate::protocol::enrol::EnrolmentChanged;
use crate::protocol::frame::{Answer, Call, Id};
use crate::protocol::{Enrolment, Failure, Method};
pub use websocket::{ConnectError, Connector};

/// Why a call brought no reply.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The agent refused; the code says why.
    #[error("the agent refused: {}", .0.code.sentence())]
    Refused(Failure),
    /// The connection is closed. Connect again, and use `enrolment.resume` to see where things stand.
    #[error("the connection to the agent is closed")]
    Closed,
    /// The agent answered something that is not the method's reply.
    #[error("the agent's answer is not the method's reply")]
    BadReply(#[source] serde_json::Error),
    /// The parameters cannot be written as JSON.
    #[error("the parameters cannot be written as JSON")]
    BadCall(#[source] serde_json::Error),
}

impl CallError {
    /// The code, if the agent refused.
    #[must_use]
    pub fn code(&self) -> Option<crate::protocol::Code> {
        match self {
            Self::Refused(failure) => Some(failure.code),
            Self::Closed | Self::BadReply(_) | Self::BadCall(_) => None,
        }
    }
}

type Waiting = Arc<Mutex<Option<HashMap<Id, oneshot::Sender<Answer>>>>>;

/// A connection to the agent. Clones share it; it closes with the last of them.
#[derive(Debug, Clone)]
pub struct Client {
    next: Arc<AtomicU64>,
    waiting: Waiting,
    outgoing: tokio::sync::mpsc::Sender<String>,
    changes: broadcast::Sender<Enrolment>,
}

impl Client {
    /// Makes a call and waits for its reply: as long as it takes a person to answer a window, if one opens.
    ///
    /// # Errors
    /// Those of [`CallError`].
    pub async fn call<M: Method>(&self, call: M) -> Result<M::Reply, CallError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let frame = Call::new(number, &call).map_err(CallError::BadCall)?;
        let text = serde_json::to_string(&frame).map_err(CallError::BadCall)?;
        let (answered, answer) = oneshot::channel();
        match self.waiting.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(waiting) => waiting.insert(Id::Number(number), answered),
            None => return Err(CallError::Closed),
        };
        if self.outgoing.send(text).await.is_err() {
            return Err(CallError::Closed);
        }
        let answer = answer.await.map_err(|_| CallError::Closed)?;
        match answer.error {
            Some(error) => Err(CallError::Refused(error.data)),
            None => serde_json::from_value(answer.result.unwrap_or(Value::Null))
                .map_err(CallError::BadReply),
        }
    }

    /// Notices of enrolments that move by themselves, from now on.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Enrolment> {
        self.changes.subscribe()
    }
}

/// Gives an answer to its call, a notification to its listeners.
fn deliver(text: &str, waiting: &Waiting, changes: &broadcast::Sender<Enrolment>) {
    let Ok(answer) = serde_json::from_str::<Answer>(text) else { return };
    match (&answer.id, answer.method.as_deref()) {
        (Some(id), _) => {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(waiter) = waiting.as_mut().and_then(|waiting| waiting.remove(id)) {
                let _ = waiter.send(answer);
            }
        }
        (None, Some(EnrolmentChanged::NAME)) => {
            let enrolment = answer.params.map(serde_json::from_value::<Enrolment>);
            if let Some(Ok(enrolment)) = enrolment {
                let _ = changes.send(enrolment);
            }
        }
        // Notifications that this version does not know are for newer programs.
        (None, _) => {}
    }
}
