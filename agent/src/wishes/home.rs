//! "Show": the agent's own window, which opens all others. Some desktops have no tray.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::window::{Event, Window};
use crate::ctx::Ctx;
use crate::desktop::Heard;
use crate::desktop::own::{HomeView, Own, Said};
use crate::desktop::tray::TrayView;
use crate::wish::Wish;

/// Shows the window until the person closes it.
pub async fn run(
    ctx: &Arc<Ctx>,
    raised: watch::Receiver<u64>,
    mut standing: watch::Receiver<TrayView>,
    wishes: mpsc::UnboundedSender<Wish>,
) {
    let mut view =
        HomeView { tray: standing.borrow_and_update().clone(), raised: *raised.borrow() };
    let mut window = Window::open(ctx, Own::Home(Box::new(view.clone())), raised);
    loop {
        tokio::select! {
            event = window.next() => match event {
                None => return,
                Some(Event::Raised(count)) => view.raised = count,
                Some(Event::Heard(Heard::Said(Said::Wish(wish)))) => {
                    // Whoever carries wishes out opened this window.
                    let _ = wishes.send(wish);
                }
                // The language is part of how the agent stands.
                Some(Event::Locale(_) | Event::Heard(_)) => {}
            },
            changed = standing.changed() => match changed {
                Ok(()) => view.tray = standing.borrow_and_update().clone(),
                Err(_) => return,
            },
        }
        window.show(Own::Home(Box::new(view.clone())));
    }
}
