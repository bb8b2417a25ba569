//! Enrolments that have not come to their end, in a line each: for the tray's menu, and for the choice in the window.

use tanba::protocol::{Application, Enrolment as Shown, Prompt, WaitReason};

use crate::ctx::Ctx;
use crate::desktop::own::{Unfinished, status_words};
use crate::enrol;
use crate::page::Page;

/// Unfinished enrolments of this computer, whoever began them, the oldest first. One of which nothing was said yet is none.
#[must_use]
pub fn unfinished(ctx: &Ctx) -> Vec<Unfinished> {
    enrol::all(ctx).into_iter().filter_map(|(page, shown)| line(&page, shown)).collect()
}

fn line(page: &Page, shown: Shown) -> Option<Unfinished> {
    let (state, needs_you) = state(&shown.prompt)?;
    let origin = (*page != Page::terminal()).then(|| page.as_str().to_owned());
    let (id, number) = (shown.id, shown.number);
    // A page asks for itself until the application is sent: what somebody left half-way in a page is not urgent.
    let needs_you = needs_you && (number.is_some() || origin.is_none());
    Some(Unfinished { id, origin, number, state: state.to_owned(), needs_you })
}

/// How it stands, as a key of the words, and whether it waits for the person.
fn state(prompt: &Prompt) -> Option<(&'static str, bool)> {
    Some(match prompt {
        Prompt::Iin {} | Prompt::Done { .. } | Prompt::Closed { .. } => return None,
        Prompt::Otp { .. }
        | Prompt::Phone {}
        | Prompt::Selfie { .. }
        | Prompt::Liveness { .. }
        | Prompt::Pin { .. }
        | Prompt::Document { .. }
        | Prompt::ConfirmDocument { .. } => ("enrol-state-identification", true),
        Prompt::Consent { .. } | Prompt::Agreement { .. } | Prompt::Form { .. } => {
            ("enrol-state-application", true)
        }
        Prompt::Folder {} => ("enrol-state-folder", true),
        Prompt::Wait { reason, application, .. } => (waiting(*reason, application.as_ref()), false),
        Prompt::Install { application, .. } => {
            (application.as_ref().map_or("status-issued", |known| status_words(known.status)), true)
        }
    })
}

fn waiting(reason: WaitReason, application: Option<&Application>) -> &'static str {
    match (reason, application) {
        (WaitReason::Moderation, _) => "enrol-state-moderation",
        (WaitReason::Submission, None) => "enrol-state-submission",
        (WaitReason::Issue, None) => "status-issuing",
        (WaitReason::Submission | WaitReason::Issue, Some(known)) => status_words(known.status),
    }
}

#[cfg(test)]
mod tests {
    use tanba::protocol::{Locale, Status};

    use super::*;
    use crate::words::Words;

    fn known(status: Status) -> Option<Application> {
        let number = "27888601100404".to_owned();
        Some(Application { number, status, history: Vec::new(), reason: None })
    }

    #[test]
    fn what_is_unfinished_is_told_with_words_that_are_there_and_what_is_not_is_not_told() {
        let wait = |reason, application| Prompt::Wait { reason, application, retry_in_s: 5 };
        for (prompt, told) in [
            (Prompt::Iin {}, None),
            (Prompt::Phone {}, Some(("enrol-state-identification", true))),
            (
                Prompt::Agreement { version: String::new(), text: String::new() },
                Some(("enrol-state-application", true)),
            ),
            (Prompt::Folder {}, Some(("enrol-state-folder", true))),
            (wait(WaitReason::Moderation, None), Some(("enrol-state-moderation", false))),
            (wait(WaitReason::Submission, None), Some(("enrol-state-submission", false))),
            (wait(WaitReason::Issue, None), Some(("status-issuing", false))),
            (wait(WaitReason::Issue, known(Status::New)), Some(("status-new", false))),
            (Prompt::Install { application: None, keys: vec![] }, Some(("status-issued", true))),
            (
                Prompt::Install { application: known(Status::Issued), keys: vec![] },
                Some(("status-issued", true)),
            ),
            (Prompt::Done { keys: vec![], folder: String::new() }, None),
            (Prompt::Closed { status: Status::Refused, application: None }, None),
        ] {
            assert_eq!(state(&prompt), told, "{prompt:?}");
            for (key, locale) in
                told.iter().flat_map(|told| Locale::ALL.map(|locale| (told.0, locale)))
            {
                assert_ne!(Words::new(locale).get(key), key);
            }
        }
    }
}
