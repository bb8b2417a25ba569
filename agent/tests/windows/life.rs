//! Windows come and go: with whoever waits for them, and with the screen.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tanba_agent::desktop::Windows;
use tokio::time::timeout;

use crate::choosers::{FOLDER, ask_folder};
use crate::screen::{PATIENCE, Screen, until_answered};

/// How long a window may stay when nobody waits for it any more; a busy machine gets ten times as long.
const GONE: Duration = Duration::from_millis(200);

/// How long it takes from dropping the question until neither the window nor its process is there.
async fn time_to_go(screen: &Screen, windows: &Arc<Windows>) -> Duration {
    let answer = ask_folder(windows);
    let window = screen.window(FOLDER).await;
    let (_, pid) = screen.xdotool(&["getwindowpid", &window]);
    let process = format!("/proc/{}/cmdline", pid.trim());
    assert!(Path::new(&process).exists());
    // Of a process that has ended and was not waited for yet, nothing but its number is left.
    let lives = || std::fs::read(&process).is_ok_and(|command| !command.is_empty());
    let begun = Instant::now();
    answer.abort();
    while lives() || screen.xdotool(&["getwindowname", &window]).0 {
        assert!(begun.elapsed() < PATIENCE, "the window stays");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_goes_at_once_when_nobody_waits_for_it_any_more() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    let mut times = Vec::new();
    for _ in 0..5 {
        times.push(time_to_go(&screen, &windows).await);
    }
    times.sort();
    writeln!(std::io::stderr(), "a window is gone after {times:?}; {GONE:?} are allowed").unwrap();
    assert!(times[2] < GONE * 10, "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_that_is_lost_closes_the_window_and_one_that_comes_back_shows_the_next() {
    let Some(screen) = Screen::open_numbered() else { return };
    let windows = Arc::new(screen.windows());
    let answer = ask_folder(&windows);
    screen.window(FOLDER).await;
    let come_back = screen.lose();
    assert_eq!(timeout(PATIENCE, answer).await.unwrap().unwrap(), Err("closed"));
    let answer = ask_folder(&windows);
    assert_eq!(timeout(PATIENCE, answer).await.unwrap().unwrap(), Err("no screen"));
    let screen = come_back();
    let answer = ask_folder(&windows);
    screen.window(FOLDER).await;
    assert_eq!(until_answered(answer, || screen.keys(&["Escape"])).await, Err("closed"));
}
