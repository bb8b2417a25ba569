//! How the agent stands, as its tray shows it: made anew whenever something in it changes.

use std::sync::Arc;

use tanba_core::enrolment::gateway::Environment;
use tokio::sync::watch;

use crate::ctx::Ctx;
use crate::desktop::tray::{TrayState, TrayView};
use crate::surroundings::Port;

/// How the agent stands now.
#[must_use]
pub fn view(ctx: &Ctx) -> TrayView {
    let around = ctx.surroundings.borrow().clone();
    let unfinished = super::enrolment::unfinished(ctx);
    let doing = *ctx.activity.watch().borrow();
    let state = match around.port {
        Port::Taken(port, by) => TrayState::PortTaken(port, by),
        Port::Open(_) | Port::Silent => {
            if doing.asking > 0 || unfinished.iter().any(|one| one.needs_you) {
                TrayState::NeedsYou
            } else if doing.working > 0 {
                TrayState::Working
            } else {
                TrayState::Ready
            }
        }
    };
    TrayView {
        locale: ctx.preferences.locale(),
        sandbox: match ctx.settings.environment {
            Environment::Sandbox => true,
            Environment::Production => false,
        },
        state,
        unfinished,
        autostart: around.autostart,
    }
}

/// Tells how the agent stands until nobody looks any more.
pub async fn tell(ctx: Arc<Ctx>, views: watch::Sender<TrayView>) {
    let mut doing = ctx.activity.watch();
    let mut locales = ctx.preferences.locales();
    let mut changes = ctx.changes.subscribe();
    let mut around = ctx.surroundings.subscribe();
    loop {
        let now = view(&ctx);
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
            _ = around.changed() => {}
            () = views.closed() => return,
        }
    }
}
