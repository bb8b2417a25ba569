//! The person's own windows, operated by the keyboard: each shows what it is given, and tells what the person did.

use std::path::PathBuf;
use std::sync::Arc;

use tanba::protocol::Locale;
use tanba_agent::desktop::own::{
    AboutView, KeyFileState, KeyFileView, KeysView, NoticeDeed, NoticeKind, NoticeView, Own,
    ReportDeed, ReportView, Said, SignerView, SiteView, SitesDeed, SitesView, Verdict,
};
use tanba_agent::desktop::{Asked, CannotOpen, Desktop as _, HEARD, Heard, KeyCard, Windows};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::screen::{PATIENCE, Screen, until_answered};

/// How often keys are pressed again where a busy machine lost them.
const TRIES: u32 = 12;

/// A window that is open, and what is heard of it.
struct Open {
    views: watch::Sender<Own>,
    heard: mpsc::Receiver<Heard>,
    ended: JoinHandle<&'static str>,
}

fn open(windows: &Arc<Windows>, own: Own) -> Open {
    let (views, shown) = watch::channel(own);
    let (tell, heard) = mpsc::channel(HEARD);
    let windows = Arc::clone(windows);
    let ended = tokio::spawn(async move {
        match windows.own(shown, tell).await {
            Asked::Answered(()) => "answered",
            Asked::Closed | Asked::Blocked => "closed",
            Asked::NoScreen => "no screen",
        }
    });
    Open { views, heard, ended }
}

impl Open {
    /// What the person did next, if that comes soon.
    async fn hears(&mut self) -> Option<Heard> {
        let soon = std::time::Duration::from_secs(2);
        timeout(soon, self.heard.recv()).await.ok().flatten()
    }

    /// Goes backwards through the controls and presses each, until what comes of it is `wanted`.
    async fn press_until<T>(
        &mut self,
        screen: &Screen,
        wanted: impl Fn(&Said) -> Option<T>,
    ) -> Option<T> {
        for _ in 0..TRIES {
            screen.keys(&["shift+Tab", "space"]);
            while let Some(Heard::Said(said)) = self.hears().await {
                if let Some(found) = wanted(&said) {
                    return Some(found);
                }
            }
            if self.ended.is_finished() {
                return None;
            }
        }
        None
    }

    async fn closes(self, screen: &Screen) {
        assert_eq!(until_answered(self.ended, || screen.keys(&["Escape"])).await, "closed");
    }
}

fn card() -> KeyCard {
    KeyCard {
        index: 0,
        name: "ҚОЖАХМЕТ ӘЙГЕРІМ".to_owned(),
        organisation: Some("ТОО «Әлем»".to_owned()),
        iin: Some("850101300123".to_owned()),
        bin: Some("060340000017".to_owned()),
        purpose: Some("sign".to_owned()),
        algorithm: "RSA 2048".to_owned(),
        valid: (1_740_000_000, 1_803_393_400),
        serial: "4b3fb466a47e79a92f282cdfa7b597a9064fb6f7".to_owned(),
        issuer: "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA) 2022".to_owned(),
        refusal: None,
        notes: Vec::new(),
    }
}

fn keys(locale: Locale, state: KeyFileState) -> Own {
    let file = |path: &str, state| KeyFileView { path: PathBuf::from(path), state, listed: true };
    let files = vec![
        file("/home/aigerim/ЭЦҚ/GOST512_1.p12", state),
        file("/home/aigerim/ЭЦҚ/RSA256_2.pending.p12", KeyFileState::Waiting),
    ];
    let now = 1_802_000_000;
    Own::Keys(KeysView { locale, sandbox: false, now, files, trouble: None, raised: 0 })
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_opened_by_the_keyboard_and_shown() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    let mut window = open(&windows, keys(Locale::En, KeyFileState::Closed));
    screen.window("My keys").await;
    let mut typed = None;
    for _ in 0..TRIES {
        // The keyboard is in the password's field.
        screen.keys(&["ctrl+a", "BackSpace"]);
        screen.type_text("Abc#12$x");
        screen.keys(&["Return"]);
        if let Some(Heard::Open(path, password)) = window.hears().await {
            assert_eq!(path, PathBuf::from("/home/aigerim/ЭЦҚ/GOST512_1.p12"));
            typed = Some(password.expose().to_owned());
            if typed.as_deref() == Some("Abc#12$x") {
                break;
            }
            let cannot = KeyFileState::Cannot(CannotOpen::WrongPassword);
            window.views.send_replace(keys(Locale::En, cannot));
        }
    }
    assert_eq!(typed.as_deref(), Some("Abc#12$x"));
    window.views.send_replace(keys(Locale::Kk, KeyFileState::Open(vec![card()])));
    // Another language shows at once, in the title bar too; xdotool finds no name in Kazakh.
    screen.gone("My keys").await;
    window.closes(&screen).await;
    screen.gone("Tanba").await;
}

fn sites(raised: u64) -> Own {
    let site = |origin: &str, blocked: bool| SiteView {
        origin: origin.to_owned(),
        agreed: (!blocked).then_some((1_740_000_000, 1_772_000_000)),
        count: 7,
        blocked,
        listed: true,
    };
    let sites = vec![site("https://xn--80ao21a:8443", false), site("https://flood.kz", true)];
    Own::Sites(SitesView { locale: Locale::En, sandbox: false, sites, raised })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_blocked_by_the_keyboard() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    for _ in 0..TRIES {
        let mut window = open(&windows, sites(0));
        screen.window("Sites").await;
        let blocked = window.press_until(&screen, |said| {
            let Said::Sites(SitesDeed::Block { origin }) = said else { return None };
            Some(origin.clone())
        });
        if let Some(origin) = blocked.await {
            assert_eq!(origin, "https://xn--80ao21a:8443");
            window.closes(&screen).await;
            return;
        }
        window.ended.abort();
        screen.gone("Sites").await;
    }
    panic!("the window does not answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_wanted_again_comes_to_the_front() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    let first = open(&windows, sites(0));
    let window = screen.window("Sites").await;
    let about = Own::About(AboutView {
        locale: Locale::En,
        sandbox: true,
        folder: "/home/aigerim/.local/share/tanba".into(),
        trouble: None,
        version: "1.2.3".to_owned(),
        raised: 0,
    });
    let second = open(&windows, about);
    let other = screen.window("About").await;
    let active = || screen.xdotool(&["getactivewindow"]).1.trim().to_owned();
    assert_eq!(active(), other);
    first.views.send_replace(sites(1));
    let came = timeout(PATIENCE, async {
        while active() != window {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    });
    came.await.expect("it came to the front");
    first.closes(&screen).await;
    screen.window("About").await;
    second.closes(&screen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_nobody_sees_comes_to_the_front() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    let first = open(&windows, sites(0));
    let window = screen.window("Sites").await;
    // It is smaller than the one above it, whatever the texts are, and behind its middle.
    let place = ["windowsize", &window, "420", "240", "windowmove", &window, "430", "330"];
    let second = open(&windows, report(Verdict::Invalid));
    let other = screen.window("Check of signatures").await;
    let active = || screen.xdotool(&["getactivewindow"]).1.trim().to_owned();
    let comes = async |raised: u64| {
        first.views.send_replace(sites(raised));
        let came = timeout(PATIENCE, async {
            while active() != window {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        });
        came.await.expect("it came to the front");
    };
    assert!(screen.xdotool(&place).0);
    assert!(screen.xdotool(&["windowactivate", "--sync", &other]).0);
    comes(1).await;
    assert!(screen.xdotool(&["windowminimize", "--sync", &window]).0);
    comes(2).await;
    first.closes(&screen).await;
    screen.window("Check of signatures").await;
    second.closes(&screen).await;
}

fn report(verdict: Verdict) -> Own {
    let finding = |name: &str, state: &str, why: &[&str]| {
        (
            format!("cmd-label-{name}"),
            state.to_owned(),
            why.iter().map(|why| (*why).to_owned()).collect(),
        )
    };
    let signer = SignerView {
        name: Some("ҚОЖАХМЕТ ӘЙГЕРІМ".to_owned()),
        organisation: Some("ТОО «Әлем»".to_owned()),
        iin: Some("850101300123".to_owned()),
        bin: Some("060340000017".to_owned()),
        findings: vec![
            finding("signature", "good", &[]),
            finding("digest", "bad", &["Содержимое не то, что было подписано."]),
            finding("chain", "unknown", &["Цепочка не ведёт к доверенному корневому сертификату."]),
            finding("revocation", "absent", &[]),
        ],
        signed_at: Some(1_740_000_000),
        stamped_at: None,
        covers: Vec::new(),
        is_valid: false,
    };
    Own::Report(ReportView {
        locale: Locale::En,
        sandbox: false,
        path: "/home/aigerim/Шарт.pdf.cms".into(),
        content: None,
        lacks_content: false,
        signers: if matches!(verdict, Verdict::Looking(..)) { vec![] } else { vec![signer] },
        left_out: 0,
        verdict,
        raised: 0,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_read_and_another_file_is_wanted_by_the_keyboard() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    for _ in 0..TRIES {
        let mut window = open(&windows, report(Verdict::Looking(300 << 20, 1 << 30)));
        screen.window("Check of signatures").await;
        window.views.send_replace(report(Verdict::Invalid));
        let wanted = window.press_until(&screen, |said| {
            matches!(said, Said::Report(ReportDeed::Another)).then_some(())
        });
        if wanted.await.is_some() {
            window.closes(&screen).await;
            return;
        }
        window.ended.abort();
        screen.gone("Check of signatures").await;
    }
    panic!("the window does not answer");
}

fn notice(kind: NoticeKind, more: usize) -> Own {
    Own::Notice(NoticeView {
        locale: Locale::En,
        sandbox: true,
        kind,
        more,
        saved: None,
        printed: None,
        trouble: None,
        raised: 0,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_does_not_go_by_one_key_and_the_next_notice_comes_in_its_window() {
    let Some(screen) = Screen::open(&[]) else { return };
    let windows = Arc::new(screen.windows());
    let number = || NoticeKind::Number {
        number: "27888601100404".to_owned(),
        recovery: Some("K7QX-9M2P-4TRW-8HNB".to_owned()),
    };
    let is_done =
        |heard: Option<Heard>| matches!(heard, Some(Heard::Said(Said::Notice(NoticeDeed::Done))));
    let mut window = open(&windows, notice(number(), 1));
    screen.window("The number of your application").await;
    for _ in 0..3 {
        screen.keys(&["Escape"]);
        assert!(!is_done(window.hears().await), "it was not kept");
    }
    let mut done = false;
    for _ in 0..TRIES {
        // The last control is the box: "I wrote it down". Pressed twice it is empty again, and Escape does nothing.
        screen.keys(&["shift+Tab", "space", "Escape"]);
        done = is_done(window.hears().await);
        if done {
            break;
        }
    }
    assert!(done, "it can be closed once it was written down");
    let taken = NoticeKind::PortTaken { port: 13579, by: Some("NCALayer".to_owned()) };
    window.views.send_replace(notice(taken, 0));
    screen.window("Web pages do not find Tanba").await;
    // The agent takes the window away when nothing is left to be said.
    drop(window.views);
    screen.gone("Web pages do not find Tanba").await;
}
