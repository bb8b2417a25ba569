//! "Sites": blocked, let ask again, forgotten, put back.

use super::*;
use crate::desktop::own::{SiteView, SitesDeed};
use crate::page::Page;

#[tokio::test]
async fn what_the_person_says_of_a_site_holds_and_can_be_taken_back() {
    const EGOV: &str = "https://egov.kz";
    let mut world = World::new().await;
    let page = Page::parse(Some(EGOV), &[]).unwrap();
    world.ctx.sites.agreed(&page, UnixTime::from_secs(7));
    world.ctx.sites.block("https://flood.kz", true);
    let before = world.ctx.sites.list();
    let (_raise, raised) = calm();
    let ctx = Arc::clone(&world.ctx);
    let task = tokio::spawn(async move { crate::wishes::sites::run(&ctx, raised).await });
    let mut window = world.window().await;
    let site = |own: &Own, origin: &str| -> Option<SiteView> {
        let Own::Sites(view) = own else { panic!("{own:?}") };
        view.sites.iter().find(|site| site.origin == origin).cloned()
    };
    let origin = || EGOV.to_owned();
    let made_up = "https://made-up.kz".to_owned();
    window.does(Said::Sites(SitesDeed::Block { origin: made_up }));
    window.does(Said::Sites(SitesDeed::Block { origin: origin() }));
    window.sees(|own| site(own, EGOV)?.blocked.then_some(())).await;
    let list = world.ctx.sites.list();
    assert!(list.len() == 2 && list.iter().all(|site| site.blocked), "{list:?}");
    window.does(Said::Sites(SitesDeed::Unblock { origin: origin() }));
    window.sees(|own| (!site(own, EGOV)?.blocked).then_some(())).await;
    window.does(Said::Sites(SitesDeed::Forget { origin: origin() }));
    window.sees(|own| (!site(own, EGOV)?.listed).then_some(())).await;
    assert_eq!(world.ctx.sites.list().len(), 1);
    window.does(Said::Sites(SitesDeed::PutBack { origin: origin() }));
    window.sees(|own| site(own, EGOV)?.listed.then_some(())).await;
    assert_eq!(world.ctx.sites.list(), before);
    // One that never had a yes is in no list once it may ask again, and can be blocked again by putting it back.
    let flood = || "https://flood.kz".to_owned();
    window.does(Said::Sites(SitesDeed::Unblock { origin: flood() }));
    window.sees(|own| (!site(own, &flood())?.listed).then_some(())).await;
    window.does(Said::Sites(SitesDeed::PutBack { origin: flood() }));
    window.sees(|own| (site(own, &flood())?.listed).then_some(())).await;
    assert_eq!(world.ctx.sites.list(), before);
    window.closes();
    ends(task).await;
}
