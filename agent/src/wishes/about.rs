//! "About…": which program this is.

use std::sync::Arc;

use tokio::sync::watch;

use super::keys::NO_FOLDER;
use super::window::{Event, Window, is_sandbox, show_folder};
use crate::ctx::Ctx;
use crate::desktop::Heard;
use crate::desktop::own::{AboutView, Own, Said};

/// Shows the window until the person closes it.
pub async fn run(ctx: &Arc<Ctx>, raised: watch::Receiver<u64>) {
    let mut view = AboutView {
        locale: ctx.preferences.locale(),
        sandbox: is_sandbox(ctx),
        folder: std::path::absolute(&ctx.settings.data)
            .unwrap_or_else(|_| ctx.settings.data.clone()),
        trouble: None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        raised: *raised.borrow(),
    };
    let mut window = Window::open(ctx, Own::About(view.clone()), raised);
    while let Some(event) = window.next().await {
        match event {
            Event::Raised(count) => view.raised = count,
            Event::Locale(locale) => view.locale = locale,
            Event::Heard(Heard::Said(Said::ShowFolder { .. })) => {
                let shown = show_folder(&view.folder).await;
                view.trouble = (!shown).then(|| NO_FOLDER.to_owned());
            }
            Event::Heard(_) => {}
        }
        window.show(Own::About(view.clone()));
    }
}
