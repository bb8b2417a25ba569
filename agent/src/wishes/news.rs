//! Tells by the desktop's notifications that an application has come to where the person can go on, or to its end: they may
//! have waited for days.

use std::collections::HashMap;
use std::sync::Arc;

use tanba::protocol::{Enrolment, Prompt};
use tokio::sync::broadcast::error::RecvError;
use tracing::debug;

use crate::ctx::Ctx;
use crate::desktop::notification;
use crate::desktop::own::status_words;
use crate::words::Words;

/// How many applications are remembered, so that none is told twice. Beyond that all are forgotten.
const TOLD: usize = 1000;

/// Tells what is worth it, until nothing can move any more. Where the desktop shows no notifications the tray's menu says
/// the same.
pub(super) async fn tell(ctx: &Arc<Ctx>) {
    let mut changes = ctx.changes.subscribe();
    let mut told = HashMap::new();
    loop {
        let shown = match changes.recv().await {
            Ok((_, shown)) => shown,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        let Some(state) = worth_telling(&shown) else { continue };
        if told.len() >= TOLD {
            told.clear();
        }
        if told.insert(shown.id.clone(), state) != Some(state) {
            let (title, body) = text(&Words::new(ctx.preferences.locale()), &shown, state);
            if let Err(error) = notification::show(&title, &body).await {
                debug!(%error, "news of an application were not shown");
            }
        }
    }
}

/// What to tell, as a key of the words.
fn worth_telling(shown: &Enrolment) -> Option<&'static str> {
    match &shown.prompt {
        Prompt::Install { application, .. } => {
            Some(application.as_ref().map_or("status-issued", |known| status_words(known.status)))
        }
        // Who gave an enrolment up that was never sent knows that.
        Prompt::Closed { status, .. } => shown.number.as_ref().map(|_| status_words(*status)),
        Prompt::Iin {}
        | Prompt::Otp { .. }
        | Prompt::Phone {}
        | Prompt::Selfie { .. }
        | Prompt::Liveness { .. }
        | Prompt::Pin { .. }
        | Prompt::Document { .. }
        | Prompt::ConfirmDocument { .. }
        | Prompt::Consent { .. }
        | Prompt::Agreement { .. }
        | Prompt::Form { .. }
        | Prompt::Folder {}
        | Prompt::Wait { .. }
        | Prompt::Done { .. } => None,
    }
}

/// A title, and how it stands. The number is not told: notifications are read over shoulders, and on locked screens.
fn text(words: &Words, shown: &Enrolment, state: &str) -> (String, String) {
    let title = words.get("notice-moved-title");
    let sandbox = match shown.environment {
        tanba::protocol::Environment::Sandbox => "SANDBOX. ",
        tanba::protocol::Environment::Production => "",
    };
    (format!("{sandbox}{title}"), words.get(state))
}

#[cfg(test)]
mod tests {
    use tanba::protocol::{Algorithm, Environment, Locale, Status, Template};

    use super::*;

    fn at(prompt: Prompt, number: Option<&str>) -> Enrolment {
        Enrolment {
            id: "x".to_owned(),
            environment: Environment::Sandbox,
            template: Template::IndividualRemote,
            algorithm: Algorithm::Rsa2048,
            step: 3,
            prompt,
            number: number.map(str::to_owned),
            problem: None,
        }
    }

    #[test]
    fn the_end_of_waiting_is_told_without_the_number_and_nothing_else_is() {
        let number = Some("27888601100404");
        let issued = at(Prompt::Install { application: None, keys: Vec::new() }, number);
        let state = worth_telling(&issued).unwrap();
        for locale in Locale::ALL {
            let (title, body) = text(&Words::new(locale), &issued, state);
            assert!(title.starts_with("SANDBOX") && !body.is_empty() && body != state);
            assert!(!format!("{title}{body}").contains("27888601100404"));
        }
        let closed =
            |number| at(Prompt::Closed { status: Status::Refused, application: None }, number);
        assert_eq!(worth_telling(&closed(number)), Some(status_words(Status::Refused)));
        assert_eq!(worth_telling(&closed(None)), None);
        assert_eq!(worth_telling(&at(Prompt::Iin {}, None)), None);
    }
}
