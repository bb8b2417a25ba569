//! What is done about each wish of the person. One window of each kind is open at a time: whoever wishes for it again sees
//! it come to the front.

pub mod about;
pub mod diagnosis;
pub mod enrolment;
pub mod keys;
pub mod notices;
pub mod report;
pub mod sign_file;
pub mod sites;
pub mod standing;
#[cfg(test)]
mod tests;
mod window;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tanba::protocol::Locale;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::ctx::Ctx;
use crate::desktop::own::NoticeKind;
use crate::desktop::tray::TrayView;
use crate::wish::Wish;
use crate::words::Words;

/// A kind of window, of which one is open at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    SignFile,
}

/// Windows of the person's own that are open. They close when this is dropped.
#[derive(Default)]
struct Open {
    raised: HashMap<Kind, watch::Sender<u64>>,
    tasks: JoinSet<Kind>,
}

impl Open {
    /// Opens a window, or brings the one that is open already to the front.
    fn show(
        &mut self,
        kind: Kind,
        run: impl FnOnce(watch::Receiver<u64>) -> BoxFuture<'static, ()>,
    ) {
        if let Some(raised) = self.raised.get(&kind) {
            raised.send_modify(|count| *count += 1);
            return;
        }
        let (sender, raised) = watch::channel(0);
        self.raised.insert(kind, sender);
        let window = run(raised);
        self.tasks.spawn(async move {
            window.await;
            kind
        });
    }

    /// Waits until one of the windows is closed; for ever if none is open.
    async fn one_closed(&mut self) {
        match self.tasks.join_next().await {
            Some(Ok(kind)) => drop(self.raised.remove(&kind)),
            Some(Err(error)) => {
                // Which one it was is not known. All others are still there and are only not raised any more.
                warn!(%error, "a window broke down");
                self.raised.clear();
            }
            None => std::future::pending().await,
        }
    }
}

/// Whether the agent starts with the session; `None` where that cannot be told.
fn autostart_status() -> Option<bool> {
    None
}

/// Tells the person that something they wanted could not be done. The words are `cannot-<wish>` and `cannot-<why>`.
fn cannot(ctx: &Ctx, locale: Locale, wish: &str, why: &str) {
    let words = Words::new(locale);
    let what = words.get(&format!("cannot-{wish}"));
    let hint = words.get(&format!("cannot-{why}"));
    // Nobody may be there to tell it to.
    let _ = ctx.notices.send(NoticeKind::Cannot { what, hint });
}

/// Carries out wishes as they come, until nobody can wish any more or the person wants the agent to end.
pub async fn carry_out(
    ctx: &Arc<Ctx>,
    (wisher, mut wishes): (mpsc::UnboundedSender<Wish>, mpsc::UnboundedReceiver<Wish>),
    mut notices: broadcast::Receiver<NoticeKind>,
    standing: watch::Receiver<TrayView>,
) {
    let _ = (&wisher, &standing);
    let mut open = Open::default();
    loop {
        let wish = tokio::select! {
            wish = wishes.recv() => wish,
            () = open.one_closed() => continue,
            notice = notices.recv() => {
                let _ = notice;
                continue;
            }
        };
        let Some(wish) = wish else { return };
        let world = Arc::clone(ctx);
        match wish {
            Wish::Quit => {
                info!("the person wants the agent to end");
                return;
            }
            Wish::Language { locale } => ctx.preferences.speak(locale),
            Wish::SignFile => {
                open.show(Kind::SignFile, |_| {
                    Box::pin(async move { sign_file::run(&world).await })
                });
            }
            Wish::Show
            | Wish::Obtain
            | Wish::Resume { .. }
            | Wish::Keys
            | Wish::VerifyFile
            | Wish::Sites
            | Wish::Autostart { .. }
            | Wish::Diagnose
            | Wish::About => {}
        }
    }
}
