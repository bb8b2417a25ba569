//! "My keys": a real key file, the wrong password and the right one; what is taken out and put back.

use tanba_core::secret::Password;

use super::*;
use crate::desktop::CannotOpen;
use crate::desktop::own::{KeyFileState, KeyFileView, KeysDeed, KeysView};

fn view(own: &Own) -> &KeysView {
    let Own::Keys(view) = own else { panic!("{own:?}") };
    view
}

fn file(own: &Own, path: &Path) -> Option<KeyFileView> {
    view(own).files.iter().find(|file| file.path == path).cloned()
}

fn begin(world: &World) -> (tokio::task::JoinHandle<()>, watch::Sender<u64>) {
    let (raise, raised) = calm();
    let ctx = Arc::clone(&world.ctx);
    (tokio::spawn(async move { crate::wishes::keys::run(&ctx, raised).await }), raise)
}

fn opens(window: &Opened, path: &Path, password: &str) {
    let password = Password::new(password.to_owned());
    window.heard.try_send(Heard::Open(path.to_owned(), password)).unwrap();
}

#[tokio::test]
async fn a_key_file_is_opened_with_its_password_and_only_its_cards_are_shown() {
    let mut world = World::new().await;
    let path = world.key("known.p12");
    world.ctx.recent.used(&path);
    let (task, raise) = begin(&world);
    let mut window = world.window().await;
    let first = window.sees(|own| file(own, &path)).await;
    assert!(matches!(first.state, KeyFileState::Closed) && first.listed);
    opens(&window, &path, "wrong");
    let state = |own: &Own| file(own, &path).map(|file| file.state);
    window
        .sees(|own| {
            matches!(state(own)?, KeyFileState::Cannot(CannotOpen::WrongPassword)).then_some(())
        })
        .await;
    opens(&window, &path, PASSWORD);
    let cards = window
        .sees(|own| if let KeyFileState::Open(cards) = state(own)? { Some(cards) } else { None })
        .await;
    assert_eq!(cards.len(), 1);
    assert!(cards[0].refusal.is_none() && cards[0].notes.is_empty(), "{cards:?}");
    assert!(cards[0].algorithm.contains("34.10-2015"));
    let shown = serde_json::to_string(&*window.views.borrow()).unwrap();
    assert!(!shown.contains(PASSWORD));
    // One that only the window knew is remembered once it opened.
    let other = world.key("other.p12");
    opens(&window, &other, PASSWORD);
    window
        .sees(|own| matches!(file(own, &other)?.state, KeyFileState::Open(_)).then_some(()))
        .await;
    // Another language and another wish show at once.
    world.ctx.preferences.speak(Locale::Kk);
    raise.send(7).unwrap();
    window.sees(|own| (own.locale() == Locale::Kk && own.raised() == 7).then_some(())).await;
    window.closes();
    ends(task).await;
    assert_eq!(world.ctx.recent.list(), [other, path]);
}

#[tokio::test]
async fn a_file_goes_out_of_the_list_and_comes_back_and_stays_where_it_is() {
    let mut world = World::new().await;
    let path = world.key("known.p12");
    world.ctx.recent.used(&path);
    let (task, _raise) = begin(&world);
    let mut window = world.window().await;
    window.does(Said::Keys(KeysDeed::Forget { path: path.clone() }));
    window.sees(|own| (!file(own, &path)?.listed).then_some(())).await;
    assert!(world.ctx.recent.list().is_empty() && path.is_file());
    window.does(Said::Keys(KeysDeed::PutBack { path: path.clone() }));
    window.sees(|own| file(own, &path)?.listed.then_some(())).await;
    assert_eq!(world.ctx.recent.list(), std::slice::from_ref(&path));
    // What is done just before the window closes is done.
    window.does(Said::Keys(KeysDeed::Forget { path: path.clone() }));
    window.closes();
    ends(task).await;
    assert!(world.ctx.recent.list().is_empty());
    let (task, _raise) = begin(&world);
    let mut window = world.window().await;
    window.sees(|own| view(own).files.is_empty().then_some(())).await;
    window.closes();
    ends(task).await;
}

/// A journal of keys that a page led itself, in that folder.
fn journal(data: &Path, folder: &Path, state: &str) {
    const ID: &str = "3f2b8c9e-0000-4000-8000-000000000001";
    let key = "0123456789abcdef0123456789abcdef01234567";
    let text = serde_json::json!({
        "page": "tanba", "gateway": "",
        "journal": {
            "schema": "tanba-enrolment-1", "id": ID, "environment": "production",
            "template": "individual_remote", "algorithm": "p256", "locale": "kk",
            "created_at": 1_695_299_048, "iin": "********0010", "folder": folder,
            "idempotency_key": "x", "agreement_version": null, "email": null,
            "keys": [{
                "purpose": "sign", "key_id": key, "request": "", "secret": "x",
                "pending_file": "P256_1.pending.p12", "final_file": "P256_1.p12",
                "state": serde_json::from_str::<serde_json::Value>(state).unwrap(),
            }],
            "progress": "ready",
        },
    });
    std::fs::create_dir_all(data.join("enrolments")).unwrap();
    std::fs::write(data.join(format!("enrolments/{ID}.json")), text.to_string()).unwrap();
}

#[tokio::test]
async fn keys_of_enrolments_are_listed_and_those_that_wait_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    for (name, state, wanted) in [
        ("P256_1.pending.p12", "\"pending\"", KeyFileState::Waiting),
        (
            "P256_1.p12",
            r#"{"installed":{"file":"P256_1.p12","proof":"AA=="}}"#,
            KeyFileState::Closed,
        ),
    ] {
        std::fs::write(place(name), b"").unwrap();
        let mut world = World::prepared(|data| journal(data, folder.path(), state)).await;
        let (task, _raise) = begin(&world);
        let mut window = world.window().await;
        let found = window.sees(|own| file(own, &place(name))).await;
        assert_eq!(format!("{:?}", found.state), format!("{wanted:?}"));
        // One that is known from elsewhere stays hidden as well.
        window.does(Said::Keys(KeysDeed::Forget { path: place(name) }));
        window.closes();
        ends(task).await;
        let (task, _raise) = begin(&world);
        let mut window = world.window().await;
        window.sees(|own| view(own).files.is_empty().then_some(())).await;
        window.closes();
        ends(task).await;
    }
    let gone = folder.path().join("stick");
    let mut world = World::prepared(|data| journal(data, &gone, "\"pending\"")).await;
    let (task, _raise) = begin(&world);
    let mut window = world.window().await;
    let found = window.sees(|own| file(own, &gone.join("P256_1.pending.p12"))).await;
    assert!(matches!(found.state, KeyFileState::Away));
    window.closes();
    ends(task).await;
}
