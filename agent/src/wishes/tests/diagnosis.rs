//! The diagnosis: every check has its words, and none tells anything of the person.

use std::time::Instant;

use super::*;
use crate::desktop::own::{Check, CheckState};
use crate::surroundings::{Port, Surroundings};
use crate::wishes::diagnosis::{ForPages, checks, run, text};

fn stand(world: &World) {
    world.ctx.surroundings.send_replace(Surroundings {
        port: Port::Taken(13579, Some("NCALayer".to_owned())),
        tls: Some(world.path("no-tls")),
        tray: Some(false),
        autostart: None,
    });
}

#[tokio::test]
async fn every_check_is_told_and_nothing_of_the_person_is() {
    let world = World::new().await;
    stand(&world);
    let all = checks(&world.ctx).await;
    let names: Vec<_> = all.iter().map(|check| check.name.as_str()).collect();
    let wanted = [
        "port",
        "tls",
        "roots",
        "keyring",
        "camera",
        "screen",
        "tray",
        "autostart",
        "gateway",
        "data",
        "clock",
    ];
    assert_eq!(names, wanted);
    let state = |name: &str| all.iter().find(|check| check.name == name).unwrap().state;
    assert_eq!(state("port"), CheckState::Bad);
    assert_eq!((state("tls"), state("data")), (CheckState::Bad, CheckState::Good));
    assert_eq!((state("keyring"), state("gateway")), (CheckState::Warning, CheckState::NotHere));
    // The scripted clock is behind the day on which this was written.
    assert_eq!((state("roots"), state("clock")), (CheckState::Good, CheckState::Bad));
    let text = text(&all, false, Locale::En);
    assert!(text.contains("NCALayer") && text.contains(env!("CARGO_PKG_VERSION")), "{text}");
    let folder = world.folder.path().to_str().unwrap();
    assert!(!text.contains(folder) && !text.contains("check-"), "{text}");
    assert!(all.iter().all(|check| check.state != CheckState::Bad || check.hint.is_some()));
    // What the diagnosis kept to try the keyring out is gone.
    let left = std::fs::read_dir(world.path("agent/secrets")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn pages_that_ask_again_and_again_are_told_what_was_found_a_moment_ago() {
    let world = World::new().await;
    stand(&world);
    let port = |checks: &[Check]| checks.iter().find(|check| check.name == "port").unwrap().state;
    let (now, later) = (Instant::now(), Duration::from_secs(5));
    assert_eq!(port(&ForPages::checks(&world.ctx, now).await), CheckState::Bad);
    world.ctx.surroundings.send_modify(|around| around.port = Port::Open(13579));
    assert_eq!(port(&ForPages::checks(&world.ctx, now).await), CheckState::Bad);
    assert_eq!(port(&ForPages::checks(&world.ctx, now + later).await), CheckState::Good);
}

#[tokio::test]
async fn the_window_looks_again_and_speaks_the_language_of_the_moment() {
    let mut world = World::new().await;
    stand(&world);
    let task_world = Arc::clone(&world.ctx);
    let (_raise, raised) = calm();
    let task = tokio::spawn(async move {
        run(&task_world, raised).await;
    });
    let mut window = world.window().await;
    let done = |own: &Own| {
        let Own::Diagnosis(view) = own else { panic!("{own:?}") };
        (!view.busy && !view.checks.is_empty()).then(|| view.clone())
    };
    let english = window.sees(done).await;
    window.does(Said::Again);
    window
        .sees(|own| {
            let Own::Diagnosis(view) = own else { panic!("{own:?}") };
            view.busy.then_some(())
        })
        .await;
    assert_eq!(window.sees(done).await.text, english.text);
    world.ctx.preferences.speak(Locale::Kk);
    let kazakh = window
        .sees(|own| done(own).filter(|view| view.locale == Locale::Kk && view.text != english.text))
        .await;
    assert!(kazakh.checks[0].hint.as_ref().unwrap().contains("бағдарламаны жабыңыз"));
    window.closes();
    ends(task).await;
}
