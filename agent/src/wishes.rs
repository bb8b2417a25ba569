//! What is done about each wish of the person.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::ctx::Ctx;
use crate::wish::Wish;

/// Carries out wishes as they come, until nobody can wish any more or the person wants the agent to end.
pub async fn carry_out(ctx: &Arc<Ctx>, mut wishes: mpsc::UnboundedReceiver<Wish>) {
    while let Some(wish) = wishes.recv().await {
        match wish {
            Wish::Quit => return,
            Wish::Language { locale } => ctx.preferences.speak(locale),
            Wish::Obtain
            | Wish::Resume { .. }
            | Wish::Keys
            | Wish::SignFile
            | Wish::VerifyFile
            | Wish::Sites
            | Wish::Autostart { .. }
            | Wish::Diagnose
            | Wish::About => {}
        }
    }
}
