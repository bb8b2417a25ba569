//! What is done about each wish of the person. One window of each kind is open at a time: whoever wishes for it again sees
//! it come to the front.

pub mod about;
pub mod diagnosis;
pub mod enrolment;
pub mod home;
pub mod keys;
mod news;
pub mod notices;
pub mod report;
pub mod sign_file;
pub mod sites;
pub mod standing;
#[cfg(test)]
mod tests;
mod window;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt as _};
use tanba::protocol::Locale;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::autostart;
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::desktop::own::NoticeKind;
use crate::desktop::tray::TrayView;
use crate::wish::Wish;
use crate::words::Words;

/// A kind of window, of which one is open at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Home,
    Enrolment,
    Keys,
    SignFile,
    VerifyFile,
    Sites,
    Diagnosis,
    About,
}

/// Windows of the person's own that are open. They close when this is dropped.
#[derive(Default)]
struct Open {
    raised: HashMap<Kind, watch::Sender<u64>>,
    tasks: JoinSet<Kind>,
    /// With which enrolments the window of the procedure goes on, while it is open.
    resume: Option<mpsc::UnboundedSender<String>>,
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

    /// Opens the window of the procedure, or brings it to the front; it goes on with `enrolment`, if one is named.
    fn procedure(&mut self, ctx: Arc<Ctx>, enrolment: Option<String>) {
        if !self.raised.contains_key(&Kind::Enrolment) {
            let (resume, resumes) = mpsc::unbounded_channel();
            self.resume = Some(resume);
            self.show(Kind::Enrolment, |raised| {
                async move { enrolment::run(&ctx, raised, resumes).await }.boxed()
            });
        } else if let Some(raised) = self.raised.get(&Kind::Enrolment) {
            raised.send_modify(|count| *count += 1);
        }
        if let (Some(resume), Some(enrolment)) = (&self.resume, enrolment) {
            // A window that is being closed goes on with nothing.
            let _ = resume.send(enrolment);
        }
    }

    /// Brings everything that is open to the front; says whether anything was.
    fn raise_all(&self) -> bool {
        for raised in self.raised.values() {
            raised.send_modify(|count| *count += 1);
        }
        !self.raised.is_empty()
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

/// Asks, and asks anew whenever the person wishes for the same again: the desktop's own chooser of files may lie behind
/// other windows, and nobody can tell it to come to the front.
async fn asked_anew<T, F: Future<Output = T>>(
    raised: &mut watch::Receiver<u64>,
    mut ask: impl FnMut() -> F,
) -> T {
    loop {
        tokio::select! {
            // An answer that is there already is never thrown away.
            biased;
            answer = ask() => return answer,
            Ok(()) = raised.changed() => {}
        }
    }
}

/// Has the agent start with the session, or no longer.
async fn start_with_session(ctx: &Ctx, on: bool) {
    let set = blocking(move || autostart::set(on).map(|()| autostart::status().ok())).await;
    match set {
        Ok(status) => ctx.surroundings.send_modify(|around| around.autostart = status),
        Err(error) => {
            warn!(%error, "whether the agent starts with the session could not be changed");
            let foreign = error.kind() == io::ErrorKind::AlreadyExists;
            let why = if foreign { "foreign-entry" } else { "session" };
            cannot(ctx, ctx.preferences.locale(), "autostart", why);
        }
    }
}

/// Tells the person that something they wanted could not be done. The words are `cannot-<wish>` and `cannot-<why>`.
fn cannot(ctx: &Ctx, locale: Locale, wish: &str, why: &str) {
    let words = Words::new(locale);
    let what = words.get(&format!("cannot-{wish}"));
    let hint = words.get(&format!("cannot-{why}"));
    // Nobody may be there to tell it to.
    let _ = ctx.notices.send(NoticeKind::Cannot { what, hint });
}

/// Carries out wishes as they come, until nobody can wish any more or the person wants the agent to end; shows notices
/// meanwhile.
pub async fn carry_out(
    ctx: &Arc<Ctx>,
    (wisher, mut wishes): (mpsc::UnboundedSender<Wish>, mpsc::UnboundedReceiver<Wish>),
    notices: broadcast::Receiver<NoticeKind>,
    standing: watch::Receiver<TrayView>,
) {
    let mut open = Open::default();
    let mut notices = notices::tell_all(ctx, notices).boxed();
    let mut news = news::tell(ctx).boxed();
    loop {
        let wish = tokio::select! {
            wish = wishes.recv() => wish,
            () = open.one_closed() => continue,
            // Notices can come as long as the context is there.
            () = &mut notices => return,
            () = &mut news => return,
        };
        let Some(wish) = wish else { return };
        let world = Arc::clone(ctx);
        match wish {
            Wish::Quit => {
                info!("the person wants the agent to end");
                return;
            }
            Wish::Show if open.raise_all() => {}
            Wish::Show => {
                let (standing, wisher) = (standing.clone(), wisher.clone());
                open.show(Kind::Home, |raised| {
                    async move { home::run(&world, raised, standing, wisher).await }.boxed()
                });
            }
            Wish::Language { locale } => {
                blocking(move || world.preferences.speak(locale)).await;
            }
            Wish::Autostart { on } => start_with_session(ctx, on).await,
            Wish::Obtain => open.procedure(world, None),
            Wish::Resume { enrolment } => open.procedure(world, Some(enrolment)),
            Wish::Keys => open
                .show(Kind::Keys, |raised| async move { keys::run(&world, raised).await }.boxed()),
            Wish::SignFile => {
                open.show(Kind::SignFile, |raised| {
                    async move { sign_file::run(&world, raised).await }.boxed()
                });
            }
            Wish::VerifyFile => open.show(Kind::VerifyFile, |raised| {
                async move { report::run(&world, raised).await }.boxed()
            }),
            Wish::Sites => open.show(Kind::Sites, |raised| {
                async move { sites::run(&world, raised).await }.boxed()
            }),
            Wish::Diagnose => open.show(Kind::Diagnosis, |raised| {
                async move { diagnosis::run(&world, raised).await }.boxed()
            }),
            Wish::About => open.show(Kind::About, |raised| {
                async move { about::run(&world, raised).await }.boxed()
            }),
        }
    }
}
