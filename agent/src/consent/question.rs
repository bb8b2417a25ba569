//! A question of a page's: whether it may be asked, and that it was. Every window that a page causes goes through here.

use std::time::Instant;

use super::NotAgreed;
use crate::activity::Underway;
use crate::ctx::Ctx;
use crate::desktop::Asked;
use crate::page::Page;
use crate::sites::MayAsk;

/// A question that is before the person. One that is dropped without an answer was withdrawn by its page, which may not
/// do so for ever.
#[derive(Debug)]
pub struct Question<'a> {
    ctx: &'a Ctx,
    page: &'a Page,
    may_block: bool,
    answered: bool,
    _asking: Underway,
}

impl<'a> Question<'a> {
    /// Begins it, if the page may ask now. A page that may not learns nothing else than when the person closes its window,
    /// or has other windows open.
    ///
    /// # Errors
    /// `Busy` if it has to rest, `Cancelled` if the person wants no more questions of it.
    pub fn begin(ctx: &'a Ctx, page: &'a Page) -> Result<Self, NotAgreed> {
        let may_block = if ctx.settings.trial {
            // A site author's tests close as many windows as they like.
            false
        } else {
            match ctx.sites.may_ask(page, Instant::now()) {
                MayAsk::Yes { offer_block } => offer_block,
                MayAsk::Later => return Err(NotAgreed::Busy),
                MayAsk::No => return Err(NotAgreed::Cancelled),
            }
        };
        Ok(Self { ctx, page, may_block, answered: false, _asking: ctx.activity.asking() })
    }

    /// Whether the person is offered to be asked no more.
    #[must_use]
    pub const fn may_block(&self) -> bool {
        self.may_block
    }

    /// The person has answered, or closed the window.
    pub fn heard<T>(mut self, asked: Asked<T>) -> Asked<T> {
        self.answered = true;
        match &asked {
            Asked::Closed | Asked::Blocked if !self.ctx.settings.trial => {
                self.ctx.sites.closed(self.page, Instant::now());
            }
            Asked::Closed | Asked::Blocked | Asked::Answered(_) | Asked::NoScreen => {}
        }
        asked
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        if !self.answered && !self.ctx.settings.trial {
            self.ctx.sites.withdrawn(self.page, Instant::now());
        }
    }
}
