//! The procedure of obtaining keys, led in a window of the agent's own: the engine's third face, beside a page's and the
//! terminal's.
//!
//! ```text
//! window ──deed──▶ one at a time: later ones wait ──▶ crate::enrol ──▶ view ──▶ window
//!                  the engine moves by itself, time passes, the language changes ──┘
//! ```
//! Closing the window stops nothing: what was begun runs to its end, and the enrolment stays where it stands.

mod lead;
mod standing;

use std::sync::Arc;

use futures_util::future::OptionFuture;
use tokio::sync::{broadcast, mpsc, watch};
use tracing::warn;

use crate::ctx::Ctx;
use crate::desktop::own::{EnrolmentDeed, EnrolmentView};
use crate::desktop::{Asked, HEARD, Heard, Own, Said};
use lead::Lead;

pub use standing::unfinished;

/// Shows the window until the person closes it. It goes on with the enrolments that come from `resumes`, each as soon as
/// the person can leave the one before.
pub async fn run(
    ctx: &Arc<Ctx>,
    mut raised: watch::Receiver<u64>,
    mut resumes: mpsc::UnboundedReceiver<String>,
) {
    let mut lead = Lead::new(ctx, *raised.borrow_and_update());
    let mut changes = ctx.changes.subscribe();
    let mut locales = ctx.preferences.locales();
    if let Ok(enrolment) = resumes.try_recv() {
        lead.resume(&enrolment);
    }
    let (views, shown) = watch::channel(own(lead.view()));
    let (tell, mut heard) = mpsc::channel(HEARD);
    let mut window = ctx.desktop.own(shown, tell);
    let mut work = None;
    loop {
        let mut news = News::Perhaps;
        tokio::select! {
            asked = &mut window => return ended(&asked),
            // What is heard while something is under way waits for its turn; the window offers nothing meanwhile.
            Some(heard) = heard.recv(), if work.is_none() => {
                if let Some((of, deed)) = deed(heard) {
                    work = lead.begin(of.as_deref(), deed);
                    news = News::Surely;
                }
            }
            Some(outcome) = OptionFuture::from(work.as_mut()) => {
                work = None;
                lead.done(outcome);
                news = News::Surely;
            }
            changed = changes.recv() => match changed {
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return,
            },
            Some(enrolment) = resumes.recv(), if work.is_none() => lead.resume(&enrolment),
            Ok(()) = raised.changed() => lead.raise(*raised.borrow_and_update()),
            Ok(()) = locales.changed() => {}
            () = tokio::time::sleep(lead.rest()) => {}
        }
        match news {
            News::Surely => {
                views.send_replace(own(lead.view()));
            }
            News::Perhaps => {
                let view = own(lead.view());
                views.send_if_modified(|old| {
                    !same(old, &view) && {
                        *old = view;
                        true
                    }
                });
            }
        }
    }
}

/// Whether the window must be told even if it shows the same: it waits for an answer to what the person did.
enum News {
    Surely,
    Perhaps,
}

fn own(view: EnrolmentView) -> Own {
    Own::Enrolment(Box::new(view))
}

fn same(old: &Own, new: &Own) -> bool {
    matches!((old, new), (Own::Enrolment(old), Own::Enrolment(new)) if old == new)
}

fn deed(heard: Heard) -> Option<(Option<String>, EnrolmentDeed)> {
    match heard {
        Heard::Said(Said::Enrolment { of, deed }) => Some((of, deed)),
        Heard::Said(
            Said::Wish(_)
            | Said::Keys(_)
            | Said::Sites(_)
            | Said::Report(_)
            | Said::Notice(_)
            | Said::Again
            | Said::ShowFolder { .. },
        )
        | Heard::Open(..) => {
            warn!("the window of the procedure said what belongs to another window");
            None
        }
    }
}

fn ended(asked: &Asked<()>) {
    match asked {
        Asked::Answered(()) | Asked::Closed | Asked::Blocked => {}
        Asked::NoScreen => {
            warn!(
                "there is no screen for the window of the procedure; `tanba enrol` leads through it in a terminal"
            );
        }
    }
}
