//! Choosers of folders and files: ours where the desktop has none, zenity where it is there.

use std::path::PathBuf;
use std::sync::Arc;

use tanba::protocol::Locale;
use tanba_agent::desktop::{Asked, Desktop as _, FileKind, FilePrompt, FolderPrompt, Windows};
use tokio::task::JoinHandle;

use crate::screen::{Screen, is_answered, until_answered};

pub(crate) const FOLDER: &str = "A folder for keys";
const FILE: &str = "A certificate: https://pki.example.kz asks";

pub(crate) fn folder_prompt() -> FolderPrompt {
    FolderPrompt { origin: "https://pki.example.kz".to_owned(), locale: Locale::En, sandbox: true }
}

pub(crate) fn ask_folder(windows: &Arc<Windows>) -> JoinHandle<Result<PathBuf, &'static str>> {
    let windows = Arc::clone(windows);
    tokio::spawn(async move {
        match windows.choose_folder(folder_prompt()).await {
            Asked::Answered(folder) => Ok(folder),
            Asked::Closed | Asked::Blocked => Err("closed"),
            Asked::NoScreen => Err("no screen"),
        }
    })
}

fn file_prompt(kind: FileKind, folder: Option<PathBuf>) -> FilePrompt {
    let origin = Some("https://pki.example.kz".to_owned());
    FilePrompt { origin, locale: Locale::En, sandbox: false, kind, folder, wish: None }
}

fn ask_file(
    windows: &Arc<Windows>,
    kind: FileKind,
    folder: Option<PathBuf>,
) -> JoinHandle<Result<PathBuf, &'static str>> {
    let windows = Arc::clone(windows);
    tokio::spawn(async move {
        match windows.choose_file(file_prompt(kind, folder)).await {
            Asked::Answered(file) => Ok(file),
            Asked::Closed | Asked::Blocked => Err("closed"),
            Asked::NoScreen => Err("no screen"),
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_chosen_where_the_desktop_has_no_chooser() {
    let Some(screen) = Screen::open(&[]) else { return };
    let parent = tempfile::tempdir().unwrap();
    let home = parent.path().join("Әйгерім құжаттары");
    std::fs::create_dir(&home).unwrap();
    let windows = Arc::new(screen.windows().with_variable("HOME", &home));
    let answer = ask_folder(&windows);
    let window = screen.window(FOLDER).await;
    assert_eq!(until_answered(answer, || screen.press_accept(&window)).await, Ok(home.clone()));
    screen.gone(FOLDER).await;

    let answer = ask_folder(&windows);
    screen.window(FOLDER).await;
    assert_eq!(until_answered(answer, || screen.keys(&["Escape"])).await, Err("closed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn zenity_is_told_who_asks_and_goes_when_nobody_waits_for_it() {
    let Some(screen) = Screen::open(&["zenity"]) else { return };
    let home = tempfile::tempdir().unwrap();
    let windows = screen.windows().with_variable("HOME", home.path());
    let windows = Arc::new(windows.with_variable("PATH", std::env::var_os("PATH").unwrap()));
    let title = "SANDBOX. A folder for keys: https://pki.example.kz asks";
    let answer = ask_folder(&windows);
    screen.window(title).await;
    assert_eq!(
        until_answered(answer, || screen.keys(&["Return"])).await,
        Ok(home.path().to_owned())
    );
    let answer = ask_folder(&windows);
    screen.window(title).await;
    answer.abort();
    screen.gone(title).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_chosen_where_the_desktop_has_no_chooser() {
    let Some(screen) = Screen::open(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("root.cer");
    std::fs::write(&file, "").unwrap();
    let windows = Arc::new(screen.windows());
    let mut chosen = None;
    for _ in 0..12 {
        let begin = Some(folder.path().to_owned());
        let mut answer = ask_file(&windows, FileKind::Certificate, begin);
        let window = screen.window(FILE).await;
        screen.keys(&["ctrl+a", "BackSpace"]);
        screen.type_text(file.to_str().unwrap());
        screen.keys(&["Return"]);
        chosen = is_answered(&mut answer, &mut || screen.press_accept(&window), 15).await;
        if chosen.is_some() {
            break;
        }
        // A folder alone, or a name with a lost letter, is no file.
        assert_eq!(until_answered(answer, || screen.keys(&["Escape"])).await, Err("closed"));
        screen.gone(FILE).await;
    }
    assert_eq!(chosen, Some(Ok(file)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_chosen_for_a_page() {
    let Some(screen) = Screen::open(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let windows = Arc::new(screen.windows());
    let answer = ask_file(&windows, FileKind::Folder, Some(folder.path().to_owned()));
    let window = screen.window("A folder: https://pki.example.kz asks").await;
    let chosen = until_answered(answer, || screen.press_accept(&window)).await;
    assert_eq!(chosen, Ok(folder.path().to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn zenity_is_told_who_asks_for_a_file() {
    let Some(screen) = Screen::open(&["zenity"]) else { return };
    let home = tempfile::tempdir().unwrap();
    let windows = screen.windows().with_variable("HOME", home.path());
    let windows = Arc::new(windows.with_variable("PATH", std::env::var_os("PATH").unwrap()));
    let answer = ask_file(&windows, FileKind::Certificate, None);
    screen.window(FILE).await;
    answer.abort();
    screen.gone(FILE).await;
}

#[tokio::test]
async fn without_a_screen_no_file_is_chosen() {
    let windows = Windows::new(crate::screen::PROGRAM.into())
        .with_variable("DISPLAY", "")
        .with_variable("WAYLAND_DISPLAY", "");
    let prompt = file_prompt(FileKind::Any, None);
    assert!(matches!(windows.choose_file(prompt).await, Asked::NoScreen));
}
