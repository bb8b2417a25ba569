//! The tray's icon in a real panel: what it shows, what its menu does, and what becomes of it when others fail.

use serde_json::json;
use tanba_tests::judges::judged;

use super::item::until;
use super::session::ICON;
use crate::world::World;

const ENGLISH: &[&str] = &[
    "Ready",
    "SANDBOX · What is made here has no legal force",
    "Obtain a signature…",
    "My keys…",
    "Sign a file…",
    "Verify a file…",
    "Sites allowed…",
    "Language (Тіл, Язык)",
    "Start with the session",
    "Diagnose…",
    "About Tanba…",
    "Quit",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_real_panel_shows_the_icon_and_its_menu_is_obeyed() {
    let Some(mut world) = World::with_session().await else { return };
    world.session().start_panel();
    world.start_agent();
    let bus = world.session().connect();
    let item = bus.item(world.agent_mut().process());
    item.wait_for_tray();
    judged("xfce4-panel", "the icon in its tray");

    assert_eq!(item.labels(), ENGLISH);
    assert!(item.menu()[..2].iter().all(|entry| !entry.enabled), "the state is no wish");
    assert_eq!(item.status(), "Active");
    let sizes: Vec<_> = item.pictures().iter().map(|(width, _, _)| *width).collect();
    assert_eq!(sizes, [22, 24, 32, 48]);

    // A language that is chosen is spoken at once, and has the mark.
    let spoken = |name: &str| item.entry(name).unwrap().checked;
    assert_eq!((spoken("English"), spoken("Қазақша")), (Some(true), Some(false)));
    item.choose("Қазақша");
    until("the menu is in Kazakh", || item.labels().contains(&"Шығу".to_owned()));
    assert_eq!((spoken("English"), spoken("Қазақша")), (Some(false), Some(true)));
    open_menu_and_take_picture(&world, "tray-kk");
    item.choose("Русский");
    until("the menu is in Russian", || item.labels().contains(&"Выйти".to_owned()));
    open_menu_and_take_picture(&world, "tray-ru");
    item.choose("English");
    until("the menu is in English", || item.labels() == ENGLISH);
    open_menu_and_take_picture(&world, "tray-en");

    // The check mark says how things are, and the entry changes them.
    let starts = || item.entry("Start with the session").unwrap().checked;
    let entry = world.home().join(".config/autostart/kz.tanba.Tanba.desktop");
    assert_eq!(starts(), Some(false));
    item.choose("Start with the session");
    until("it starts with the session", || starts() == Some(true));
    assert!(entry.is_file());
    item.choose("Start with the session");
    until("it starts with the session no longer", || starts() == Some(false));
    assert!(!entry.exists());

    // A question on the screen: the icon says so.
    let calm = item.pictures();
    let mut page = world.page().await;
    let asked = tokio::spawn(async move { page.call("folder.choose", json!({})).await });
    until("the icon wants attention", || item.status() == "NeedsAttention");
    assert_ne!(item.pictures(), calm);
    assert_eq!(item.labels()[0], "Waits for you");
    world.screen().window("A folder for keys").await;
    world.screen().picture("tray-needs-you");
    asked.abort();
    until("the icon is calm again", || item.status() == "Active" && item.pictures() == calm);

    item.choose("Quit");
    until("the agent has ended", || !item.is_there() && world.agent_mut().has_ended());
}

/// Opens the menu with the mouse, as a person does, for whoever looks at the pictures later.
fn open_menu_and_take_picture(world: &World, name: &str) {
    let screen = world.screen();
    let bare = screen.windows("").len();
    screen.click_at(ICON.0, ICON.1);
    until("the menu is open", || screen.windows("").len() > bare);
    screen.picture(name);
    screen.press("Escape");
    until("the menu is closed", || screen.windows("").len() <= bare);
}

#[tokio::test]
async fn the_icon_comes_to_a_tray_that_comes_late_and_back_to_one_that_was_restarted() {
    let Some(mut world) = World::with_session().await else { return };
    world.start_agent();
    let bus = world.session().connect();
    let item = bus.item(world.agent_mut().process());
    until("the log says that there is no tray", || world.log().contains("no tray yet"));
    for _ in 0..2 {
        world.session().start_panel();
        item.wait_for_tray();
        assert_eq!(item.labels(), ENGLISH);
        world.session().end_panel();
        until("the tray is gone", || bus.icons().is_empty());
    }
    judged("xfce4-panel", "the icon that was there first");
}

#[tokio::test]
async fn without_a_bus_and_when_it_breaks_down_the_agent_goes_on() {
    let Some(mut world) = World::with_session().await else { return };
    world.session().start_panel();
    world.start_agent();
    let bus = world.session().connect();
    bus.item(world.agent_mut().process()).wait_for_tray();
    drop(bus);
    world.session().end_bus();
    let mut page = world.page().await;
    page.call("agent.info", json!({})).await.unwrap();
    until("nothing in the agent is busy", || world.agent_mut().sleeps());
    page.call("agent.info", json!({})).await.unwrap();

    world.kill_agent();
    world.start_agent();
    until("the log says that there is no tray", || world.log().contains("no icon in the tray"));
    world.page().await.call("agent.info", json!({})).await.unwrap();
}
