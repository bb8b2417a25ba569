//! The person's own windows: which face shows which.

mod plain;

use std::sync::mpsc::Receiver;

use super::super::line::Told;
use super::super::own::Own;
use super::super::windows::Renderer;
use super::{NeverShown, face};

/// Shows one of the person's own windows.
pub(super) fn show(own: Own, told: Receiver<Told>, renderer: Renderer) -> Result<(), NeverShown> {
    match own {
        own @ (Own::Enrolment(_)
        | Own::Keys(_)
        | Own::Sites(_)
        | Own::Report(_)
        | Own::Diagnosis(_)
        | Own::About(_)
        | Own::Notice(_)) => face::show(plain::Plain::new(own, told), renderer),
    }
}
