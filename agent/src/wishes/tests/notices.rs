//! Notices: one after the other, none lost, and a recovery code not before it was kept.

use tokio::sync::broadcast;

use super::*;
use crate::desktop::FileWish;
use crate::desktop::own::{NoticeDeed, NoticeKind, NoticeView};
use crate::wishes::notices::{tell, tell_all};

fn view(own: &Own) -> &NoticeView {
    let Own::Notice(view) = own else { panic!("{own:?}") };
    view
}

fn cannot(what: &str) -> NoticeKind {
    NoticeKind::Cannot { what: what.to_owned(), hint: String::new() }
}

fn plain(number: &str) -> NoticeKind {
    NoticeKind::Number { number: number.to_owned(), recovery: None }
}

fn number() -> NoticeKind {
    let recovery = Some("K7QX-9M2P".to_owned());
    NoticeKind::Number { number: "27888601100404".to_owned(), recovery }
}

async fn shows(window: &mut Opened, kind: &NoticeKind, more: usize) {
    window.sees(|own| (view(own).kind == *kind && view(own).more == more).then_some(())).await;
}

#[tokio::test]
async fn notices_come_one_after_the_other_in_one_window() {
    let mut world = World::new().await;
    let (notices, coming) = broadcast::channel(16);
    let ctx = Arc::clone(&world.ctx);
    let task = tokio::spawn(async move { tell_all(&ctx, coming).await });
    notices.send(plain("1")).unwrap();
    let mut window = world.window().await;
    for what in ["2", "3", "4"] {
        notices.send(plain(what)).unwrap();
    }
    shows(&mut window, &plain("1"), 3).await;
    window.does(Said::Notice(NoticeDeed::Done));
    shows(&mut window, &plain("2"), 2).await;
    assert!(world.windows.try_recv().is_err(), "one window at a time");
    // Who closes the window has seen what was in it; what waits comes in another.
    window.closes();
    let mut window = world.window().await;
    shows(&mut window, &plain("3"), 1).await;
    world.ctx.preferences.speak(Locale::Kk);
    window.sees(|own| (own.locale() == Locale::Kk).then_some(())).await;
    window.does(Said::Notice(NoticeDeed::Done));
    shows(&mut window, &plain("4"), 0).await;
    window.does(Said::Notice(NoticeDeed::Done));
    drop(notices);
    ends(task).await;
    assert!(window.views.has_changed().is_err(), "the window was taken away");
}

#[tokio::test]
async fn the_answer_to_what_was_just_done_comes_first_and_to_the_front() {
    let mut world = World::new().await;
    let (notices, coming) = broadcast::channel(16);
    let ctx = Arc::clone(&world.ctx);
    let task = tokio::spawn(async move { tell_all(&ctx, coming).await });
    let port = NoticeKind::PortTaken { port: 13579, by: None };
    notices.send(port.clone()).unwrap();
    let mut window = world.window().await;
    notices.send(cannot("1")).unwrap();
    shows(&mut window, &cannot("1"), 1).await;
    // The older answer would be taken for the newer one.
    let signed = NoticeKind::Signed { path: world.path("contract.pdf.cms") };
    notices.send(signed.clone()).unwrap();
    shows(&mut window, &signed, 1).await;
    let raised = window.views.borrow().raised();
    notices.send(signed.clone()).unwrap();
    window.sees(|own| (own.raised() > raised).then_some(())).await;
    shows(&mut window, &signed, 1).await;
    window.does(Said::Notice(NoticeDeed::Done));
    shows(&mut window, &port, 0).await;
    // A number stays until it was kept.
    notices.send(number()).unwrap();
    shows(&mut window, &port, 1).await;
    window.does(Said::Notice(NoticeDeed::Done));
    shows(&mut window, &number(), 0).await;
    notices.send(cannot("2")).unwrap();
    shows(&mut window, &number(), 1).await;
    window.does(Said::Notice(NoticeDeed::Done));
    shows(&mut window, &cannot("2"), 0).await;
    window.does(Said::Notice(NoticeDeed::Done));
    drop(notices);
    ends(task).await;
}

#[tokio::test]
async fn a_number_is_saved_where_the_person_wants_it() {
    let mut world = World::new().await;
    let ctx = Arc::clone(&world.ctx);
    let task = tokio::spawn(async move { tell(&ctx, number()).await });
    let mut window = world.window().await;
    shows(&mut window, &number(), 0).await;
    world.chooses(world.path("gone"));
    window.does(Said::Notice(NoticeDeed::Save));
    window.sees(|own| view(own).trouble.clone()).await;
    world.chooses(world.folder.path().to_owned());
    window.does(Said::Notice(NoticeDeed::Save));
    let name = window.sees(|own| view(own).saved.clone()).await;
    let text = std::fs::read_to_string(world.path(&name)).unwrap();
    assert!(text.contains("27888601100404") && text.contains("K7QX-9M2P"), "{text}");
    let wishes: Vec<_> = world.person.prompts.lock().unwrap().iter().map(|one| one.wish).collect();
    assert_eq!(wishes, [Some(FileWish::Number); 2]);
    window.closes();
    ends(task).await;
}

#[tokio::test]
async fn a_window_with_a_recovery_code_that_breaks_down_comes_again() {
    let mut world = World::new().await;
    let ctx = Arc::clone(&world.ctx);
    let task = tokio::spawn(async move { tell(&ctx, number()).await });
    world.window().await.closes();
    let mut window = world.window().await;
    shows(&mut window, &number(), 0).await;
    // The person says that it was written down.
    window.does(Said::Notice(NoticeDeed::Done));
    ends(task).await;
    assert!(world.windows.try_recv().is_err());
}

#[tokio::test]
async fn without_a_screen_notices_end_and_hold_nothing_up() {
    let world = World::new().await;
    let World { ctx, windows, .. } = world;
    drop(windows);
    tell(&ctx, cannot("1")).await;
    tell(&ctx, number()).await;
}
