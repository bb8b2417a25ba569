//! The agent's windows on a real screen: Xvfb, a window manager, and a person made of xdotool.
#![cfg(all(feature = "desktop", target_os = "linux"))]
#![expect(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot run says which package it lacks; a screen that fails fails the test"
)]

mod choosers;
mod key;
mod life;
mod night;
mod own;
mod pictures;
mod samples;
mod screen;
mod spoken;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tanba::protocol::Locale;
use tanba_agent::desktop::{Asked, Desktop as _, NewPasswordPrompt, Windows};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::choosers::{FOLDER, ask_folder, folder_prompt};
use crate::screen::{PATIENCE, PROGRAM, Screen, is_answered, until_answered};

const TITLE: &str = "A password for your new keys";

fn password_prompt() -> NewPasswordPrompt {
    NewPasswordPrompt {
        origin: "https://pki.example.kz".to_owned(),
        locale: Locale::En,
        sandbox: true,
        number: Some("27888601100404".to_owned()),
        files: vec!["RSA256_89abcdef0123456789abcdef0123456789abcdef.p12".to_owned()],
        folder: "/home/aigerim/ЭЦҚ".to_owned(),
    }
}

/// The password, or what came instead of it.
fn ask_password(windows: &Arc<Windows>) -> JoinHandle<Result<String, &'static str>> {
    let windows = Arc::clone(windows);
    tokio::spawn(async move {
        match windows.new_password(password_prompt()).await {
            Asked::Answered(password) => Ok(password.as_password().expose().to_owned()),
            Asked::Closed | Asked::Blocked => Err("closed"),
            Asked::NoScreen => Err("no screen"),
        }
    })
}

/// Types a password twice, going on by `next`, and accepts by `accept`. A busy machine loses keys: then the window
/// accepts nothing, and one does what a person would, and begins again.
async fn type_twice(
    screen: &Screen,
    windows: &Arc<Windows>,
    password: &str,
    next: &str,
    accept: impl Fn(&str),
) -> Result<String, &'static str> {
    for _ in 0..12 {
        let mut answer = ask_password(windows);
        let window = screen.window(TITLE).await;
        screen.type_text(password);
        screen.keys(&[next]);
        screen.type_text(password);
        if let Some(answer) = is_answered(&mut answer, &mut || accept(&window), 15).await {
            screen.gone(TITLE).await;
            return answer;
        }
        assert_eq!(until_answered(answer, || screen.keys(&["Escape"])).await, Err("closed"));
        screen.gone(TITLE).await;
    }
    panic!("the window does not answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_typed_twice_comes_back_by_enter_and_by_the_button() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    let enter = |_: &str| screen.keys(&["Return"]);
    let typed = type_twice(&screen, &windows, "Abc#12$x", "Tab", enter).await;
    assert_eq!(typed, Ok("Abc#12$x".to_owned()));
    // Enter in the first field leads to the second.
    let press = |window: &str| screen.press_accept(window);
    let typed = type_twice(&screen, &windows, "Zyx987", "Return", press).await;
    assert_eq!(typed, Ok("Zyx987".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_that_are_weak_or_differ_are_not_accepted() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    for (first, second) in [("abcdef", "abcdef"), ("Abc#12x", "Abc#12y"), ("Abcde1<", "Abcde1<")] {
        let mut answer = ask_password(&windows);
        let window = screen.window(TITLE).await;
        screen.type_text(first);
        screen.keys(&["Tab"]);
        screen.type_text(second);
        for _ in 0..4 {
            screen.keys(&["Return"]);
            screen.press_accept(&window);
            let early = timeout(Duration::from_millis(300), &mut answer).await;
            assert!(early.is_err(), "{first} and {second} gave {early:?}");
        }
        assert_eq!(until_answered(answer, || screen.keys(&["Escape"])).await, Err("closed"));
        screen.gone(TITLE).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_stays_above_all_other_windows() {
    let Some(screen) = Screen::open(&["xprop"]) else { return };
    let windows = Arc::new(screen.windows());
    let answer = ask_password(&windows);
    let window = screen.window(TITLE).await;
    let is_above = || {
        let mut xprop = Command::new("xprop");
        xprop.env("DISPLAY", &screen.display).args(["-id", &window, "_NET_WM_STATE"]);
        String::from_utf8_lossy(&xprop.output().unwrap().stdout).contains("_STATE_ABOVE")
    };
    let above = timeout(PATIENCE, async {
        while !is_above() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    above.await.expect("the window manager keeps it above");
    answer.abort();
    screen.gone(TITLE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_breaks_down_is_no_answer() {
    let Some(screen) = Screen::open(&[]) else { return };
    let answer = ask_password(&Arc::new(screen.windows()));
    let window = screen.window(TITLE).await;
    screen.type_text("Abc#12$x");
    let (_, pid) = screen.xdotool(&["getwindowpid", &window]);
    let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::ABORT).unwrap();
    assert_eq!(timeout(PATIENCE, answer).await.unwrap().unwrap(), Err("closed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_come_one_at_a_time_and_go_when_nobody_waits_for_them() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    let first = ask_password(&windows);
    screen.window(TITLE).await;
    let second = ask_folder(&windows);
    // The second has had more time than the first needed.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((screen.shown(TITLE).len(), screen.shown(FOLDER).len()), (1, 0));
    first.abort();
    screen.gone(TITLE).await;
    screen.window(FOLDER).await;
    second.abort();
    screen.gone(FOLDER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_gl_is_missing_the_processor_draws() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = screen
        .windows()
        .with_variable("__EGL_VENDOR_LIBRARY_DIRS", "/nonexistent")
        .with_variable("__GLX_VENDOR_LIBRARY_NAME", "nonexistent")
        .with_variable("LIBGL_DRIVERS_PATH", "/nonexistent");
    let enter = |window: &str| {
        // A window that has just gone has no process.
        let (there, pid) = screen.xdotool(&["getwindowpid", window]);
        if let (true, Ok(command)) = (there, std::fs::read(format!("/proc/{}/cmdline", pid.trim())))
        {
            let text = String::from_utf8_lossy(&command);
            assert!(command.ends_with(b"window\0cpu\0") || command.is_empty(), "{text}");
        }
        screen.keys(&["Return"]);
    };
    let typed = type_twice(&screen, &Arc::new(windows), "Abc#12$x", "Tab", enter).await;
    assert_eq!(typed, Ok("Abc#12$x".to_owned()));
}

#[tokio::test]
async fn without_a_screen_nobody_is_asked() {
    let windows = Windows::new(PROGRAM.into())
        .with_variable("DISPLAY", "")
        .with_variable("WAYLAND_DISPLAY", "");
    assert!(matches!(windows.new_password(password_prompt()).await, Asked::NoScreen));
    assert!(matches!(windows.choose_folder(folder_prompt()).await, Asked::NoScreen));
}

#[tokio::test]
async fn a_screen_that_is_not_there_is_no_screen() {
    let windows = Windows::new(PROGRAM.into())
        .with_variable("DISPLAY", ":9999")
        .with_variable("WAYLAND_DISPLAY", "");
    assert!(matches!(windows.new_password(password_prompt()).await, Asked::NoScreen));
}

#[test]
fn a_window_whose_agent_died_closes_itself() {
    let Some(screen) = Screen::open(&[]) else { return };
    let mut window = Command::new(PROGRAM)
        .args(["window", "cpu"])
        .env("DISPLAY", &screen.display)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = window.stdin.take().unwrap();
    let prompt = r#"{"ask":"new_password","origin":"o","locale":"en","sandbox":false,"number":null,"files":[],"folder":"f"}"#;
    writeln!(stdin, "{prompt}").unwrap();
    let mut line = String::new();
    BufReader::new(window.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "\"shown\"\n");
    drop(stdin);
    assert!(window.wait().unwrap().success());
}

#[test]
fn a_window_that_is_asked_nonsense_ends() {
    for arguments in [&["window"][..], &["window", "vulkan"], &["window", "gl"]] {
        let mut window = Command::new(PROGRAM)
            .args(arguments)
            .env("DISPLAY", ":9999")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // A window that ended before it listened is as good.
        let _ = window.stdin.take().unwrap().write_all(b"{\"ask\":\"everything\"}\n");
        let output = window.wait_with_output().unwrap();
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}: {output:?}");
    }
}
