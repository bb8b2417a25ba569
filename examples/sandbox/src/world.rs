//! Everything the sandbox knows, behind one lock.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::SiteFile;
use crate::application::{Applications, At};
use crate::authority::{Authority, Ledger};
use crate::clock::{Clock, Moment};
use crate::digital_id::DigitalId;
use crate::fault::Faults;
use crate::person::Person;
use crate::session::Sessions;
use crate::sms::Telephones;

/// What does not change, and the state that does.
pub(crate) struct World {
    pub(crate) base: String,
    pub(crate) clock: Clock,
    pub(crate) authority: Authority,
    pub(crate) people: Vec<Person>,
    pub(crate) issue_after: Duration,
    pub(crate) site: Vec<SiteFile>,
    pub(crate) state: Mutex<State>,
}

/// What changes.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) telephones: Telephones,
    pub(crate) sessions: Sessions,
    pub(crate) digital_id: DigitalId,
    pub(crate) applications: Applications,
    pub(crate) ledger: Ledger,
    pub(crate) faults: Faults,
}

impl World {
    /// The state. Whoever panicked while holding it broke one request, not the sandbox.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn at(&self, now: Moment) -> At<'_> {
        At {
            authority: &self.authority,
            issue_after: self.issue_after,
            now,
            date: self.clock.date(),
        }
    }

    pub(crate) fn person_of_phone(&self, phone: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.phone.as_deref() == Some(phone))
    }
}
