//! Choosing a key: a file and its password, several times if need be, then one of the keys in it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, ready};
use tanba::protocol::Locale;
use tanba_agent::desktop::{
    Asked, CannotOpen, ConsentPrompt, Deed, Desktop as _, KeyCard, KeyOpener, KeyPrompt, Preview,
    Refusal, Shown, Windows,
};
use tanba_core::secret::Password;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::screen::{PATIENCE, Screen, is_answered, until_answered};

const TITLE: &str = "Signing data";
const CHOOSER: &str = "A key file: https://pki.example.kz asks";
const RIGHT: &str = "Abc#12$x";
const WRONG: &str = "Zyx987";

/// Opens every file with one password; the first key in it cannot be taken, the second can.
#[derive(Default)]
struct Opener {
    tried: Mutex<Vec<(PathBuf, String)>>,
    /// It never has done.
    hangs: bool,
}

impl KeyOpener for Opener {
    fn open(
        &self,
        file: PathBuf,
        password: Password,
    ) -> BoxFuture<'_, Result<Vec<KeyCard>, CannotOpen>> {
        let right = password.expose() == RIGHT;
        self.tried.lock().unwrap().push((file, password.expose().to_owned()));
        if self.hangs {
            return std::future::pending().boxed();
        }
        let cards = vec![card(0, Some(Refusal::OtherPurpose)), card(1, None)];
        ready(if right { Ok(cards) } else { Err(CannotOpen::WrongPassword) }).boxed()
    }
}

impl Opener {
    /// Waits until a password was tried on a file; says whether it was within a few seconds.
    async fn has_tried(&self, file: &str, password: &str) -> bool {
        for _ in 0..60 {
            let last = self.tried.lock().unwrap().last().cloned();
            if last.is_some_and(|(path, typed)| path.to_str() == Some(file) && typed == password) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }
}

fn card(index: usize, refusal: Option<Refusal>) -> KeyCard {
    KeyCard {
        index,
        name: "ҚОЖАХМЕТ ӘЙГЕРІМ".to_owned(),
        organisation: None,
        iin: Some("850101300123".to_owned()),
        bin: None,
        purpose: Some("sign".to_owned()),
        algorithm: "RSA 2048".to_owned(),
        valid: (1_740_000_000, 1_803_393_400),
        serial: "4b3fb466a47e79a92f282cdfa7b597a9064fb6f7".to_owned(),
        issuer: "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA) 2022".to_owned(),
        refusal,
        notes: Vec::new(),
    }
}

fn consent() -> ConsentPrompt {
    let digest = ("SHA-256".to_owned(), "8f".repeat(32));
    let shown = Shown::Text("Мен келісемін".to_owned(), true);
    ConsentPrompt {
        origin: Some("https://pki.example.kz".to_owned()),
        locale: Locale::En,
        sandbox: false,
        deed: Deed::Sign,
        count: 1,
        documents: vec![Preview { name: None, length: Some(26), digest, shown }],
        warnings: Vec::new(),
        logo: None,
        may_block: false,
    }
}

fn prompt(file: Option<&str>) -> KeyPrompt {
    let file = file.map(PathBuf::from);
    KeyPrompt { consent: consent(), recent: Vec::new(), file, files: true, tokens: Vec::new() }
}

fn ask_key(
    windows: &Arc<Windows>,
    opener: &Arc<Opener>,
    file: Option<&str>,
) -> JoinHandle<Result<usize, &'static str>> {
    let (windows, opener) = (Arc::clone(windows), Arc::clone(opener));
    let prompt = prompt(file);
    tokio::spawn(async move {
        match windows.choose_key(prompt, &*opener).await {
            Asked::Answered(index) => Ok(index),
            Asked::Closed | Asked::Blocked => Err("closed"),
            Asked::NoScreen => Err("no screen"),
        }
    })
}

/// Types a password and Enter into the field that has the keyboard, again and again: a busy machine loses keys.
async fn try_password(screen: &Screen, opener: &Opener, file: &str, password: &str) -> bool {
    for _ in 0..4 {
        screen.keys(&["ctrl+a", "BackSpace"]);
        screen.type_text(password);
        screen.keys(&["Return"]);
        if opener.has_tried(file, password).await {
            return true;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_corrected_and_the_only_key_is_taken() {
    let Some(screen) = Screen::open(&[]) else { return };
    let (windows, opener) = (Arc::new(screen.windows()), Arc::new(Opener::default()));
    let file = "/home/aigerim/GOST512_1.p12";
    for _ in 0..12 {
        let mut answer = ask_key(&windows, &opener, None);
        let window = screen.window(TITLE).await;
        // No file is known: the keyboard is in the path. Enter leads to the password.
        screen.type_text(file);
        screen.keys(&["Return"]);
        let tried = try_password(&screen, &opener, file, WRONG).await
            && try_password(&screen, &opener, file, RIGHT).await;
        if tried
            && let Some(answer) =
                is_answered(&mut answer, &mut || screen.press_accept(&window), 15).await
        {
            assert_eq!(answer, Ok(1));
            return;
        }
        assert_eq!(until_answered(answer, || screen.keys(&["Escape"])).await, Err("closed"));
        screen.gone(TITLE).await;
    }
    panic!("the window does not answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_opens_and_does_not_sign() {
    let Some(screen) = Screen::open(&[]) else { return };
    let (windows, opener) = (Arc::new(screen.windows()), Arc::new(Opener::default()));
    let file = "/home/aigerim/GOST512_1.p12";
    let mut answer = ask_key(&windows, &opener, Some(file));
    screen.window(TITLE).await;
    assert!(try_password(&screen, &opener, file, RIGHT).await);
    for key in ["Return", "Tab", "Return", "KP_Enter"] {
        screen.keys(&[key]);
        if let Ok(answer) = timeout(Duration::from_millis(500), &mut answer).await {
            // The second control may be the one that cancels.
            assert_eq!(answer.unwrap(), Err("closed"));
            return;
        }
    }
    assert_eq!(until_answered(answer, || screen.keys(&["Escape"])).await, Err("closed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_closes_while_a_file_is_opened_for_it() {
    let Some(screen) = Screen::open(&[]) else { return };
    let opener = Arc::new(Opener { hangs: true, ..Opener::default() });
    let windows = Arc::new(screen.windows());
    let answer = ask_key(&windows, &opener, Some("/k.p12"));
    screen.window(TITLE).await;
    assert!(try_password(&screen, &opener, "/k.p12", RIGHT).await);
    assert_eq!(until_answered(answer, || screen.keys(&["Escape"])).await, Err("closed"));

    let answer = ask_key(&windows, &opener, Some("/k.p12"));
    screen.window(TITLE).await;
    assert!(try_password(&screen, &opener, "/k.p12", RIGHT).await);
    answer.abort();
    screen.gone(TITLE).await;
}

/// Presses the button beside the path until the chooser is there.
async fn open_chooser(screen: &Screen, window: &str) -> String {
    for _ in 0..100 {
        if !screen.shown(CHOOSER).is_empty() {
            return screen.window(CHOOSER).await;
        }
        screen.click(window, 105, 163);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    panic!("the chooser does not come");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_chosen_in_another_window() {
    let Some(screen) = Screen::open(&[]) else { return };
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("RSA256_2.p12");
    std::fs::write(&file, "").unwrap();
    let file = file.to_str().unwrap();
    let windows = Arc::new(screen.windows().with_variable("HOME", home.path()));
    let opener = Arc::new(Opener::default());
    for attempt in 1..8 {
        let answer = ask_key(&windows, &opener, None);
        let window = screen.window(TITLE).await;
        let chooser = open_chooser(&screen, &window).await;
        // Keys that come too early are lost; whoever noticed that gives the window more time.
        tokio::time::sleep(Duration::from_millis(500 * attempt)).await;
        screen.keys(&["ctrl+a", "BackSpace"]);
        screen.type_text(file);
        screen.keys(&["Return"]);
        let mut done = false;
        for _ in 0..15 {
            screen.press_accept(&chooser);
            tokio::time::sleep(Duration::from_millis(300)).await;
            if screen.shown(CHOOSER).is_empty() {
                screen.xdotool(&["windowactivate", "--sync", &window]);
                done = try_password(&screen, &opener, file, RIGHT).await;
                break;
            }
        }
        answer.abort();
        screen.gone(CHOOSER).await;
        screen.gone(TITLE).await;
        if done {
            return;
        }
    }
    panic!("the file was not opened");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_window_goes_with_the_first() {
    let Some(screen) = Screen::open(&[]) else { return };
    let (windows, opener) = (Arc::new(screen.windows()), Arc::new(Opener::default()));
    let answer = ask_key(&windows, &opener, None);
    let window = screen.window(TITLE).await;
    open_chooser(&screen, &window).await;
    answer.abort();
    screen.gone(TITLE).await;
    screen.gone(CHOOSER).await;

    let answer = ask_key(&windows, &opener, None);
    let window = screen.window(TITLE).await;
    open_chooser(&screen, &window).await;
    screen.xdotool(&["windowactivate", "--sync", &window]);
    let cancelled = until_answered(answer, || {
        screen.xdotool(&["windowactivate", "--sync", &window]);
        screen.keys(&["Escape"]);
    });
    assert_eq!(cancelled.await, Err("closed"));
    screen.gone(CHOOSER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agreement_needs_the_button() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    let ask = || {
        let windows = Arc::clone(&windows);
        tokio::spawn(async move {
            let consent = ConsentPrompt { deed: Deed::Stamp, ..consent() };
            match windows.confirm(consent).await {
                Asked::Answered(()) => "agreed",
                Asked::Closed | Asked::Blocked => "closed",
                Asked::NoScreen => "no screen",
            }
        })
    };
    let answer = ask();
    let window = screen.window("Time stamp").await;
    assert_eq!(until_answered(answer, || screen.press_accept(&window)).await, "agreed");
    screen.gone("Time stamp").await;
    let answer = ask();
    screen.window("Time stamp").await;
    assert_eq!(until_answered(answer, || screen.keys(&["Escape"])).await, "closed");
}

/// What comes of a window that says `first` at once and `next` whenever the agent has said something.
async fn broken(first: &str, next: &str) -> Asked<usize> {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/windows/broken.sh");
    let windows =
        Windows::new(program.into()).with_variable("FIRST", first).with_variable("NEXT", next);
    let opener = Opener::default();
    timeout(PATIENCE, windows.choose_key(prompt(None), &opener)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_chooses_what_cannot_be_chosen_is_no_answer() {
    let open = format!(
        "\"shown\"\n{{\"open\":{{\"password\":\"{}\",\"file\":\"2f\"}}}}",
        hex::encode(RIGHT)
    );
    assert!(matches!(broken(&open, r#"{"key":1}"#).await, Asked::Answered(1)));
    for next in
        [r#"{"key":0}"#, r#"{"key":2}"#, "{}", r#"{"file":"2f"}"#, "\"agreed\"", "\"shown\""]
    {
        assert!(matches!(broken(&open, next).await, Asked::Closed), "{next}");
    }
    // Nothing was opened, or not with the right password.
    let nothing = "\"shown\"\n{\"key\":1}";
    assert!(matches!(broken(nothing, "").await, Asked::Closed));
    let wrong = "\"shown\"\n{\"open\":{\"password\":\"00\",\"file\":\"2f\"}}";
    assert!(matches!(broken(wrong, r#"{"key":1}"#).await, Asked::Closed));
    // More than the agent reads.
    let endless = format!("\"shown\"\n{}", "x".repeat(20_000));
    assert!(matches!(broken(&endless, "").await, Asked::Closed));
}
