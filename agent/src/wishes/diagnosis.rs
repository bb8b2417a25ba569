//! "Diagnose…": looks at everything that the agent needs, and says what works and what to do about what does not.

mod checks;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, FutureExt as _};
use tanba::protocol::Locale;
use tokio::sync::{Mutex, watch};

use self::checks::Found;
use super::window::{Event, Window, is_sandbox};
use crate::ctx::Ctx;
use crate::desktop::Heard;
use crate::desktop::own::{Check, CheckState, DiagnosisView, Own, Said};
use crate::words::Words;

/// For how long pages are told the same.
const FRESH: Duration = Duration::from_secs(5);

/// Looks at everything, and tells it in the person's language. Takes a few seconds if services do not answer.
pub async fn checks(ctx: &Arc<Ctx>) -> Vec<Check> {
    let words = Words::new(ctx.preferences.locale());
    checks::all(ctx).await.iter().map(|found| found.told(&words)).collect()
}

/// What pages are told: looking writes a file, asks the remote services and opens the cameras, and pages ask as often as
/// they like.
#[derive(Debug, Default)]
pub struct ForPages(Mutex<Option<(Instant, Vec<Check>)>>);

impl ForPages {
    /// What was found a moment before `now`, or what is found now. Who asks meanwhile waits for the same; that a page goes
    /// away ends nothing.
    pub async fn checks(ctx: &Arc<Ctx>, now: Instant) -> Vec<Check> {
        let ctx = Arc::clone(ctx);
        let looking = tokio::spawn(async move {
            let mut last = ctx.diagnosed.0.lock().await;
            if let Some((at, found)) = &*last
                && now.saturating_duration_since(*at) < FRESH
            {
                return found.clone();
            }
            let found = checks(&ctx).await;
            *last = Some((now, found.clone()));
            found
        });
        looking.await.unwrap_or_default()
    }
}

/// A diagnosis as a text that can be given to somebody who helps: nothing of the person is in it.
#[must_use]
pub fn text(checks: &[Check], sandbox: bool, locale: Locale) -> String {
    let words = Words::new(locale);
    let services = if sandbox { " · SANDBOX" } else { "" };
    let mut lines = vec![format!(
        "Tanba {} · {} {}{services}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )];
    for check in checks {
        let state = words.get(match check.state {
            CheckState::Good => "own-check-good",
            CheckState::Warning => "own-check-warning",
            CheckState::Bad => "own-check-bad",
            CheckState::NotHere => "own-check-not-here",
        });
        let name = words.get(&format!("check-{}", check.name));
        lines.push(format!("{name}: {state}. {}", check.text));
    }
    lines.join("\n")
}

/// Shows the window until the person closes it.
pub async fn run(ctx: &Arc<Ctx>, raised: watch::Receiver<u64>) {
    let mut found: Vec<Found> = Vec::new();
    let mut count = *raised.borrow();
    let view = |found: &[Found], busy: bool, raised: u64| {
        let locale = ctx.preferences.locale();
        let words = Words::new(locale);
        let checks: Vec<_> = found.iter().map(|found| found.told(&words)).collect();
        let text = text(&checks, is_sandbox(ctx), locale);
        Own::Diagnosis(DiagnosisView {
            locale,
            sandbox: is_sandbox(ctx),
            checks,
            text,
            busy,
            raised,
        })
    };
    let mut window = Window::open(ctx, view(&found, true, count), raised);
    let look = || -> BoxFuture<'_, Vec<Found>> { checks::all(ctx).boxed() };
    let mut work = Some(look());
    loop {
        let looked = async {
            match &mut work {
                Some(work) => work.await,
                None => std::future::pending().await,
            }
        };
        let event = tokio::select! {
            event = window.next() => event,
            looked = looked => {
                (work, found) = (None, looked);
                window.show(view(&found, false, count));
                continue;
            }
        };
        match event {
            None => return,
            Some(Event::Raised(now)) => count = now,
            Some(Event::Locale(_)) => {}
            Some(Event::Heard(Heard::Said(Said::Again))) if work.is_none() => work = Some(look()),
            Some(Event::Heard(_)) => {}
        }
        window.show(view(&found, work.is_some(), count));
    }
}
