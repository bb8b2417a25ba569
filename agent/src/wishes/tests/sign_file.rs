//! Signing a file beside itself: what is written, under which name, and what is told where nothing is.

use tanba_core::cms::SignedMessage;
use tokio::sync::broadcast;

use super::*;
use crate::desktop::own::NoticeKind;
use crate::desktop::{FileWish, PERSON};
use crate::wishes::sign_file::run;

/// Carries the wish out, and gives what the person was told.
async fn signed(world: &World, told: &mut broadcast::Receiver<NoticeKind>) -> Option<NoticeKind> {
    tokio::time::timeout(PATIENCE, run(&world.ctx, calm().1)).await.unwrap();
    told.try_recv().ok()
}

fn names(world: &World) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(world.path("papers"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_message_lies_beside_the_file_and_never_over_another() {
    let world = World::new().await;
    let mut told = world.ctx.notices.subscribe();
    std::fs::create_dir(world.path("papers")).unwrap();
    let document = world.path("papers/Келісімшарт №1.txt");
    std::fs::write(&document, "мәтін").unwrap();
    *world.person.key.lock().unwrap() = Some(world.key("key.p12"));
    for name in ["Келісімшарт №1.txt.cms", "Келісімшарт №1.txt (2).cms"] {
        world.chooses(document.clone());
        let notice = signed(&world, &mut told).await;
        let path = world.path("papers").join(name);
        assert_eq!(notice, Some(NoticeKind::Signed { path: path.clone() }));
        // As open as the document: a signature is made to be passed on.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode(&path) & 0o777, mode(&document) & 0o644);
        }
        let message = SignedMessage::parse(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(message.content(), Some("мәтін".as_bytes()));
        assert_eq!(message.signers().len(), 1);
    }
    assert_eq!(names(&world).len(), 3, "{:?}", names(&world));
    let prompts = world.person.prompts.lock().unwrap();
    assert!(prompts.iter().all(|prompt| prompt.wish == Some(FileWish::Sign)));
    let asked = world.person.asked.lock().unwrap();
    assert_eq!(asked[0].consent.origin.as_deref(), Some(PERSON));
    assert_eq!(asked[0].consent.documents[0].name.as_deref(), Some("Келісімшарт №1.txt"));
    // The person at the agent is no site.
    assert!(world.ctx.sites.list().is_empty());
}

#[tokio::test]
async fn whoever_changes_their_mind_is_told_nothing_and_nothing_is_written() {
    let world = World::new().await;
    let mut told = world.ctx.notices.subscribe();
    std::fs::create_dir(world.path("papers")).unwrap();
    assert_eq!(signed(&world, &mut told).await, None, "no file was chosen");
    let document = world.path("papers/a.txt");
    std::fs::write(&document, "a").unwrap();
    for _ in 0..5 {
        world.chooses(document.clone());
        assert_eq!(signed(&world, &mut told).await, None, "the window was closed");
    }
    assert_eq!(names(&world), ["a.txt"]);
    // The person's own windows do not make the person wait.
    *world.person.key.lock().unwrap() = Some(world.key("key.p12"));
    world.chooses(document);
    assert!(matches!(signed(&world, &mut told).await, Some(NoticeKind::Signed { .. })));
}

#[tokio::test]
async fn a_file_that_is_gone_is_told_in_words_for_people() {
    let world = World::new().await;
    let mut told = world.ctx.notices.subscribe();
    *world.person.key.lock().unwrap() = Some(world.key("key.p12"));
    world.chooses(world.path("gone.txt"));
    let Some(NoticeKind::Cannot { what, hint }) = signed(&world, &mut told).await else {
        panic!("nothing was told");
    };
    assert!(what.contains("not signed") && hint.contains("cannot be read"), "{what} {hint}");
}
