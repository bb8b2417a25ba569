//! The procedure without a page: the window of the agent's own, from its first screen to the installed key files.

mod hands;
mod player;
mod room;

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tanba::protocol::{Answer, Code, Locale, Prompt};
use tanba_agent::wishes::enrolment;
use tanba_tests::judges::judged;
use tokio::sync::{mpsc, watch};

use crate::person::PASSWORD;
use hands::Hands;
use player::{Played, Player};
use room::Room;

/// Every key file of the folder opens with the password that was typed.
fn judge(room: &Room, prefix: &str) {
    let files = room.key_files();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(name.trim_start_matches("AUTH_").starts_with(prefix), "{name}");
        let opened = Command::new("openssl")
            .args(["pkcs12", "-noout", "-passin", &format!("pass:{PASSWORD}"), "-in"])
            .arg(file)
            .output()
            .unwrap();
        assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
        judged("OpenSSL", "a key file that was made in the agent's own window opens");
    }
    assert_eq!(room.sandbox().applications().len(), 1);
}

async fn walk(locale: Locale) {
    let Some(room) = Room::with_screen(locale).await else { return };
    if !tanba_tests::tools::all_here(&["openssl"]) {
        return;
    }
    let hands = Hands::at(&room).await;
    hands.walk().await;
    judge(&room, "RSA256_");
    judged("xdotool", "the agent's own window leads from its first screen to key files");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_leads_to_installed_keys_in_english() {
    walk(Locale::En).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_leads_to_installed_keys_in_russian() {
    walk(Locale::Ru).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_leads_to_installed_keys_in_kazakh() {
    walk(Locale::Kk).await;
}

/// A person who knows everything and does it right.
fn player(room: &Arc<Room>) -> Player {
    let (person, phone) = room.person();
    let (own, number) = (Arc::clone(room), phone.clone());
    Player {
        iin: person.iin,
        phone,
        folder: room.keys(),
        code: Box::new(move |sender| own.code(&number, sender)),
        leaves_at: None,
        resumes: false,
        mistakes: Mutex::default(),
        seen: Mutex::default(),
    }
}

/// Starts an agent whose person is played, and its window; waits until the person has closed it.
async fn play(room: &Room, player: &Arc<Player>) {
    let mut ctx = room.agent(Arc::new(Played(Arc::clone(player)))).await;
    // An agent of this process that has just ended holds its journals for a moment.
    let end = Instant::now() + Duration::from_secs(60);
    while player.resumes && enrolment::unfinished(&ctx).is_empty() {
        assert!(Instant::now() < end, "nothing is unfinished");
        drop(ctx);
        tokio::time::sleep(Duration::from_millis(200)).await;
        ctx = room.agent(Arc::new(Played(Arc::clone(player)))).await;
    }
    let (_raise, raised) = watch::channel(0);
    let window = enrolment::run(&ctx, raised, mpsc::unbounded_channel().1);
    tokio::time::timeout(Duration::from_secs(120), window).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_is_left_while_it_waits_and_another_agent_goes_on_to_the_keys() {
    let room = Arc::new(Room::without_screen(Locale::Ru).await);
    let mut first = player(&room);
    first.leaves_at = Some(|prompt| {
        matches!(prompt, Prompt::Wait { application: Some(_), .. } | Prompt::Install { .. })
    });
    let first = Arc::new(first);
    play(&room, &first).await;
    assert!(room.key_files().iter().all(|file| file.to_str().unwrap().ends_with(".pending.p12")));
    let last = first.seen.lock().unwrap().last().unwrap().clone();
    let number = last.unfinished.first().unwrap_or_else(|| panic!("{last:?}")).number.clone();
    assert_eq!(number.as_ref().map(String::len), Some(14));

    let mut second = player(&room);
    second.resumes = true;
    let second = Arc::new(second);
    play(&room, &second).await;
    let seen = second.seen.lock().unwrap();
    assert_eq!(seen[0].unfinished[0].number, number);
    assert_eq!(seen[0].unfinished[0].origin, None);
    let last = seen.last().unwrap().enrolment.clone().unwrap();
    assert!(matches!(last.prompt, Prompt::Done { .. }), "{last:?}");
    assert_eq!(last.number, number);
    if tanba_tests::tools::all_here(&["openssl"]) {
        judge(&room, "P256_");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_told_in_place_and_the_window_goes_on() {
    let room = Arc::new(Room::without_screen(Locale::Kk).await);
    let player = player(&room);
    player.mistakes.lock().unwrap().extend([
        Answer::Iin { iin: "123456789012".to_owned() },
        Answer::Agreement { version: "of another step".to_owned() },
    ]);
    let player = Arc::new(player);
    play(&room, &player).await;
    for code in [Code::IinInvalid, Code::NotExpected] {
        assert!(player.was_told(code), "{code:?}");
    }
    let last = player.seen.lock().unwrap().last().unwrap().clone();
    assert!(matches!(last.enrolment.unwrap().prompt, Prompt::Done { .. }));
    assert!(last.failure.is_none() && !last.busy);
    assert!(last.connected && last.sandbox);
}
