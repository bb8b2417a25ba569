//! "Sites…": those that the person agreed to something for, and those that may not ask.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;

use super::window::{Event, Window, is_sandbox};
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::desktop::Heard;
use crate::desktop::own::{Own, Said, SiteView, SitesDeed, SitesView};
use crate::sites::Site;

/// Shows the window until the person closes it.
pub async fn run(ctx: &Arc<Ctx>, raised: watch::Receiver<u64>) {
    let mut sites = Sites {
        ctx: Arc::clone(ctx),
        view: SitesView {
            locale: ctx.preferences.locale(),
            sandbox: is_sandbox(ctx),
            sites: ctx.sites.list().into_iter().map(|site| shown(&site)).collect(),
            raised: *raised.borrow(),
        },
        forgotten: HashMap::new(),
    };
    let mut window = Window::open(ctx, Own::Sites(sites.view.clone()), raised);
    while let Some(event) = window.next().await {
        match event {
            Event::Raised(count) => {
                sites.view.raised = count;
                sites.refresh();
            }
            Event::Locale(locale) => sites.view.locale = locale,
            Event::Heard(Heard::Said(Said::Sites(deed))) => sites.heard(deed).await,
            Event::Heard(_) => {}
        }
        window.show(Own::Sites(sites.view.clone()));
    }
}

struct Sites {
    ctx: Arc<Ctx>,
    view: SitesView,
    /// Sites that were taken out of the list in this window, as they were.
    forgotten: HashMap<String, Site>,
}

impl Sites {
    async fn heard(&mut self, deed: SitesDeed) {
        let ctx = Arc::clone(&self.ctx);
        let (SitesDeed::Block { origin: of }
        | SitesDeed::Unblock { origin: of }
        | SitesDeed::Forget { origin: of }
        | SitesDeed::PutBack { origin: of }) = &deed;
        // What the window was not shown it has made up.
        if !self.view.sites.iter().any(|site| site.origin == *of) {
            return;
        }
        match deed {
            SitesDeed::Block { origin } => blocking(move || ctx.sites.block(&origin, true)).await,
            SitesDeed::Unblock { origin } => {
                blocking(move || ctx.sites.block(&origin, false)).await;
            }
            SitesDeed::Forget { origin } => {
                let known = ctx.sites.list().into_iter().find(|site| site.origin == origin);
                let Some(site) = known else { return };
                self.forgotten.insert(origin.clone(), site);
                blocking(move || ctx.sites.forget(&origin)).await;
            }
            SitesDeed::PutBack { origin } => {
                let Some(site) = self.forgotten.remove(&origin) else { return };
                blocking(move || ctx.sites.put_back(&site)).await;
            }
        }
        self.refresh();
    }

    /// Looks at the list again. Whoever is in the window stays at its place, so that the person finds it there.
    fn refresh(&mut self) {
        let mut known: Vec<_> = self.ctx.sites.list().iter().map(shown).collect();
        for site in &mut self.view.sites {
            match known.iter().position(|one| one.origin == site.origin) {
                Some(at) => *site = known.swap_remove(at),
                // One that was let ask again and never did is in no list; it has the same face as one that was taken out.
                None => {
                    (site.listed, site.blocked) = (false, false);
                    if !self.forgotten.contains_key(&site.origin) {
                        let origin = site.origin.clone();
                        let was = Site { origin, agreed: None, count: 0, blocked: true };
                        self.forgotten.insert(site.origin.clone(), was);
                    }
                }
            }
        }
        self.view.sites.extend(known);
    }
}

fn shown(site: &Site) -> SiteView {
    SiteView {
        origin: site.origin.clone(),
        agreed: site.agreed,
        count: site.count,
        blocked: site.blocked,
        listed: true,
    }
}
