//! How the agent stands, as its tray shows it: made anew whenever something in it changes.

use std::sync::Arc;

use tanba_core::enrolment::gateway::Environment;
use tokio::sync::watch;

use crate::ctx::Ctx;
use crate::desktop::tray::{TrayState, TrayView};

/// Another program holds the port: which port, and which program, where the system tells it.
pub type Taken = Option<(u16, Option<String>)>;

/// How the agent stands now.
#[must_use]
pub fn view(ctx: &Ctx, taken: &Taken) -> TrayView {
    let unfinished = super::enrolment::unfinished(ctx);
    let doing = *ctx.activity.watch().borrow();
    let state = match taken {
        Some((port, by)) => TrayState::PortTaken(*port, by.clone()),
        None if doing.asking > 0 || unfinished.iter().any(|one| one.needs_you) => {
            TrayState::NeedsYou
        }
        None if doing.working > 0 => TrayState::Working,
        None => TrayState::Ready,
    };
    TrayView {
        locale: ctx.preferences.locale(),
        sandbox: match ctx.settings.environment {
            Environment::Sandbox => true,
            Environment::Production => false,
        },
        state,
        unfinished,
        autostart: super::autostart_status(),
    }
}

/// Tells how the agent stands until nobody looks any more.
pub async fn tell(
    ctx: Arc<Ctx>,
    mut taken: watch::Receiver<Taken>,
    views: watch::Sender<TrayView>,
) {
    let mut doing = ctx.activity.watch();
    let mut locales = ctx.preferences.locales();
    let mut changes = ctx.changes.subscribe();
    loop {
        let now = view(&ctx, &taken.borrow_and_update().clone());
        views.send_if_modified(|shown| {
            let news = *shown != now;
            *shown = now;
            news
        });
        // Senders live as long as the context does; that one fell behind is news as well.
        tokio::select! {
            _ = doing.changed() => {}
            _ = locales.changed() => {}
            _ = changes.recv() => {}
            _ = taken.changed() => {}
            () = views.closed() => return,
        }
    }
}
