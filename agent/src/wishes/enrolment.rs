//! "Obtain a signature…": drives an enrolment from a window of the person's own.

use crate::ctx::Ctx;
use crate::desktop::own::Unfinished;

/// Enrolments that have not come to their end, whoever began them, the oldest first.
#[must_use]
pub fn unfinished(_: &Ctx) -> Vec<Unfinished> {
    Vec::new()
}
