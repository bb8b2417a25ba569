//! The person's own windows without a screen: what they show, what screen readers are told, what clicking says.

use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};

use eframe::egui::{Key, Modifiers};
use tanba::protocol::Locale;

use super::super::tests::{Easel, check_names};
use super::*;
use crate::desktop::own::{
    AboutView, Check, CheckState, DiagnosisView, KeyFileState, KeyFileView, KeysDeed, KeysView,
    NoticeDeed, NoticeKind, NoticeView, ReportDeed, ReportView, SignerView, SiteView, SitesDeed,
    SitesView, Verdict,
};
use crate::desktop::{CannotOpen, FileWish, KeyCard, Note, Refusal};

const NOW: i64 = 1_772_000_000;

/// A window of any kind but the procedure's. Another window chooses nothing.
pub(in super::super) fn drawn(own: Own, told: Receiver<Told>) -> Box<dyn Face> {
    match own {
        Own::Enrolment(_) => panic!("not one of these"),
        Own::Home(view) => Box::new(Framed::new(home::Home::new(*view), told)),
        Own::Keys(view) => {
            Box::new(Framed::new(keys::Keys::new(view, Box::new(|_| channel().1)), told))
        }
        Own::Sites(view) => Box::new(Framed::new(sites::Sites::new(view), told)),
        Own::Report(view) => Box::new(Framed::new(report::Report::new(view), told)),
        Own::Diagnosis(view) => Box::new(Framed::new(diagnosis::Diagnosis::new(view), told)),
        Own::About(view) => Box::new(Framed::new(about::About::new(view), told)),
        Own::Notice(view) => Box::new(Framed::new(notice::Notice::new(view), told)),
    }
}

/// A window, and the agent's voice.
fn window<C: Content>(content: C) -> (Easel<Framed<C>>, Sender<Told>) {
    let (tell, told) = channel();
    (Easel::new(Framed::new(content, told)), tell)
}

/// Lets the agent show something else.
fn show<C: Content>(easel: &mut Easel<Framed<C>>, agent: &Sender<Told>, own: Own) {
    agent.send(Told::Own(Box::new(own))).unwrap();
    for _ in 0..3 {
        assert!(easel.frame(true, Vec::new()).is_none());
    }
}

/// What the person did, where something was done.
fn did(reply: Option<Reply>) -> Said {
    match reply {
        Some(Reply::Said(said)) => *said,
        other => panic!("{other:?}"),
    }
}

/// Presses Escape; says whether the window closes.
fn escapes<C: Content>(easel: &mut Easel<Framed<C>>) -> bool {
    easel.press(Key::Escape, Modifiers::NONE, true).is_some_and(|reply| reply.is_last())
}

fn no_key_is_shown(told: &[String], locale: Locale) {
    for text in told {
        let bare = ["own-", "check-", "notice-", "window-", "cmd-", "status-"]
            .iter()
            .any(|prefix| text.contains(prefix) && !text.contains("tanba-"));
        assert!(!bare, "{text} has no words in {locale:?}");
    }
}

fn contains(easel: &Easel<Framed<impl Content>>, parts: &[&str]) {
    let told = easel.told().join("\n");
    for part in parts {
        assert!(told.contains(part), "{part} is not in {told}");
    }
}

fn card(name: &str, valid: (i64, i64), refusal: Option<Refusal>) -> KeyCard {
    KeyCard {
        index: 0,
        name: name.to_owned(),
        organisation: Some("ТОО «Әлем»".to_owned()),
        iin: Some("850101300123".to_owned()),
        bin: Some("060340000017".to_owned()),
        purpose: Some("sign".to_owned()),
        algorithm: "ГОСТ 34.10-2015 (512)".to_owned(),
        valid,
        serial: "4b3fb466a47e79a92f282cdfa7b597a9064fb6f7".to_owned(),
        issuer: "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) 2022".to_owned(),
        refusal,
        notes: vec![Note::ChainUnknown],
    }
}

fn file(path: &str, state: KeyFileState) -> KeyFileView {
    KeyFileView { path: PathBuf::from(path), state, listed: true }
}

fn keys(locale: Locale) -> KeysView {
    let files = vec![
        file("/home/aigerim/ЭЦҚ/GOST512_1.p12", KeyFileState::Closed),
        file("/home/aigerim/ЭЦҚ/RSA256_2.pending.p12", KeyFileState::Waiting),
        file("/media/usb/AUTH_RSA256_3.p12", KeyFileState::Away),
    ];
    KeysView { locale, sandbox: true, now: NOW, files, trouble: None, raised: 0 }
}

fn keys_window(view: KeysView) -> (Easel<Framed<keys::Keys>>, Sender<Told>) {
    window(keys::Keys::new(
        view,
        Box::new(|prompt| {
            assert_eq!(prompt.wish, Some(FileWish::Keys));
            let (tell, told) = channel();
            tell.send(Some(PathBuf::from("/home/aigerim/other.p12"))).unwrap();
            told
        }),
    ))
}

/// Types a password and Enter.
fn open(easel: &mut Easel<Framed<keys::Keys>>, password: &str) -> (PathBuf, String) {
    easel.type_text(password);
    match easel.press(Key::Enter, Modifiers::NONE, true) {
        Some(Reply::Open(path, password)) => (path, password.expose().to_owned()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_are_shown_once_their_password_was_right() {
    for locale in Locale::ALL {
        let (mut easel, agent) = keys_window(keys(locale));
        check_names(&easel, 1, 8);
        no_key_is_shown(&easel.told(), locale);
        let mut view = keys(locale);
        let day = 24 * 60 * 60;
        view.files[0].state = KeyFileState::Open(vec![
            card("ӘЙГЕРІМ ҚОЖАХМЕТ", (NOW - day, NOW + 5 * day), None),
            card("АСАНОВ АСАН", (NOW - 9 * day, NOW - day), None),
            card("", (0, 0), Some(Refusal::NoCertificate)),
        ]);
        view.trouble = Some("own-no-folder".to_owned());
        show(&mut easel, &agent, Own::Keys(view));
        check_names(&easel, 0, 6);
        no_key_is_shown(&easel.told(), locale);
    }
    let (mut easel, agent) = keys_window(keys(Locale::Ru));
    assert_eq!(
        open(&mut easel, "Canary7"),
        ("/home/aigerim/ЭЦҚ/GOST512_1.p12".into(), "Canary7".to_owned())
    );
    let mut view = keys(Locale::Ru);
    view.files[0].state = KeyFileState::Cannot(CannotOpen::WrongPassword);
    show(&mut easel, &agent, Own::Keys(view.clone()));
    contains(&easel, &["Неверный пароль."]);
    // The keyboard is back in the field, which is empty.
    assert_eq!(open(&mut easel, "Canary8").1, "Canary8");
    let valid = (NOW - 9, NOW + 5 * 24 * 60 * 60);
    view.files[0].state = KeyFileState::Open(vec![card("ӘЙГЕРІМ ҚОЖАХМЕТ", valid, None)]);
    show(&mut easel, &agent, Own::Keys(view.clone()));
    contains(
        &easel,
        &["ӘЙГЕРІМ ҚОЖАХМЕТ", "850101300123", "ТОО «Әлем»", "Осталось дней: 5", "Назначение"],
    );
    assert!(!easel.told().join("\n").contains("anary"));
    view.files[0].state = KeyFileState::Open(vec![card("А", (1, 1_740_000_000), None)]);
    show(&mut easel, &agent, Own::Keys(view));
    contains(&easel, &["Срок действия истёк: 20.02.2025"]);
}

#[test]
fn files_are_taken_out_put_back_shown_and_chosen() {
    let (mut easel, agent) = keys_window(keys(Locale::En));
    let path = PathBuf::from("/home/aigerim/ЭЦҚ/GOST512_1.p12");
    let said = did(easel.click("Out of the list", false));
    assert!(matches!(said, Said::Keys(KeysDeed::Forget { path: one }) if one == path));
    let said = did(easel.click("Show in folder", false));
    assert!(matches!(said, Said::ShowFolder { path: one } if one == path));
    let mut view = keys(Locale::En);
    view.files[0].listed = false;
    show(&mut easel, &agent, Own::Keys(view));
    contains(&easel, &["the file itself is where it was"]);
    assert_eq!(easel.control("Show keys"), None);
    let said = did(easel.click("Put back", false));
    assert!(matches!(said, Said::Keys(KeysDeed::PutBack { path: one }) if one == path));
    // One that waits, and one that is away, cannot be opened.
    for (name, text) in [("RSA256_2", "wait for their certificates"), ("AUTH_RSA256_3", "USB")] {
        assert!(easel.click(name, false).is_none());
        easel.frame(true, Vec::new());
        contains(&easel, &[text]);
        assert_eq!(easel.control("Show keys"), None);
    }
    assert!(easel.click("Another file", false).is_none());
    for _ in 0..3 {
        easel.frame(true, Vec::new());
    }
    contains(&easel, &["other.p12"]);
    assert_eq!(open(&mut easel, "x").0, PathBuf::from("/home/aigerim/other.p12"));
    assert!(escapes(&mut easel));
}

#[test]
fn a_computer_without_keys_says_what_to_do() {
    for locale in Locale::ALL {
        let view = KeysView { files: Vec::new(), ..keys(locale) };
        let (mut easel, _agent) = keys_window(view);
        check_names(&easel, 0, 2);
        no_key_is_shown(&easel.told(), locale);
        assert!(escapes(&mut easel));
    }
}

fn sites(locale: Locale) -> SitesView {
    let site = |origin: &str, blocked: bool| SiteView {
        origin: origin.to_owned(),
        agreed: (!blocked).then_some((1_740_000_000, 1_772_000_000)),
        count: 7,
        blocked,
        listed: true,
    };
    let sites = vec![site("https://xn--80ao21a:8443", false), site("https://flood.kz", true)];
    SitesView { locale, sandbox: false, sites, raised: 0 }
}

#[test]
fn sites_are_blocked_let_ask_again_forgotten_and_put_back() {
    for locale in Locale::ALL {
        let (easel, _agent) = window(sites::Sites::new(sites(locale)));
        check_names(&easel, 0, 5);
        no_key_is_shown(&easel.told(), locale);
        contains(&easel, &["https://xn--80ao21a:8443", "қаз", "2025"]);
    }
    let (mut easel, agent) = window(sites::Sites::new(sites(Locale::En)));
    contains(&easel, &["every use of a key asks you"]);
    let said = did(easel.click("Block", false));
    let first = "https://xn--80ao21a:8443";
    assert!(matches!(said, Said::Sites(SitesDeed::Block { origin }) if origin == first));
    let said = did(easel.click("Forget", false));
    assert!(matches!(said, Said::Sites(SitesDeed::Forget { origin }) if origin == first));
    let mut view = sites(Locale::En);
    view.sites[0].listed = false;
    show(&mut easel, &agent, Own::Sites(view));
    let said = did(easel.click("Put back", false));
    assert!(matches!(said, Said::Sites(SitesDeed::PutBack { origin }) if origin == first));
    assert!(easel.click("https://flood.kz", false).is_none());
    easel.frame(true, Vec::new());
    contains(&easel, &["refused without being shown", "never"]);
    let said = did(easel.click("Let it ask again", false));
    assert!(matches!(said, Said::Sites(SitesDeed::Unblock { origin }) if origin.contains("flood")));
    assert!(escapes(&mut easel));
    let none = SitesView { sites: Vec::new(), ..sites(Locale::Ru) };
    contains(&window(sites::Sites::new(none)).0, &["ни на что не соглашались"]);
}

fn report(locale: Locale, verdict: Verdict) -> ReportView {
    let finding = |name: &str, state: &str, why: &[&str]| {
        (
            format!("cmd-label-{name}"),
            state.to_owned(),
            why.iter().map(|why| (*why).to_owned()).collect(),
        )
    };
    let signer = SignerView {
        name: Some("ӘЙГЕРІМ ҚОЖАХМЕТ".to_owned()),
        organisation: Some("ТОО «Әлем»".to_owned()),
        iin: Some("850101300123".to_owned()),
        bin: None,
        findings: vec![
            finding("signature", "good", &[]),
            finding("digest", "bad", &["changed\u{202e}"]),
            finding("chain", "unknown", &["no root"]),
            finding("revocation", "absent", &[]),
            finding("timestamp", "good", &[]),
        ],
        signed_at: Some(1_740_000_000),
        stamped_at: Some(1_740_000_001),
        covers: vec!["#part".to_owned()],
        is_valid: false,
    };
    ReportView {
        locale,
        sandbox: false,
        path: "/home/aigerim/Шарт.pdf.cms".into(),
        content: None,
        lacks_content: false,
        verdict,
        signers: vec![signer],
        left_out: 0,
        raised: 0,
    }
}

#[test]
fn every_verdict_is_in_words_and_every_finding_has_its_reason() {
    for locale in Locale::ALL {
        for verdict in [
            Verdict::Valid,
            Verdict::ValidSoFar,
            Verdict::Unconfirmed,
            Verdict::Invalid,
            Verdict::Damaged,
            Verdict::None,
            Verdict::Cannot("why".to_owned()),
            Verdict::Looking(1 << 20, 5 << 30),
        ] {
            let (easel, _agent) = window(report::Report::new(report(locale, verdict)));
            check_names(&easel, 0, 3);
            no_key_is_shown(&easel.told(), locale);
        }
    }
    let (mut easel, agent) =
        window(report::Report::new(report(Locale::Ru, Verdict::Looking(1 << 20, 4 << 20))));
    contains(&easel, &["Файл проверяется", "1024 КБ"]);
    assert_eq!(easel.control("Ещё раз"), Some(false), "one check at a time");
    show(&mut easel, &agent, Own::Report(report(Locale::Ru, Verdict::Invalid)));
    contains(
        &easel,
        &[
            "Подпись недействительна",
            "Шарт.pdf.cms",
            "ӘЙГЕРІМ ҚОЖАХМЕТ",
            "850101300123",
            "Содержимое: не в порядке\nchanged[U+202E]",
            "no root",
            "#part",
            "20.02.2025",
        ],
    );
    let said = did(easel.click("Ещё раз", false));
    assert!(matches!(said, Said::Report(ReportDeed::Again)));
    let said = did(easel.click("Другой файл", false));
    assert!(matches!(said, Said::Report(ReportDeed::Another)));
    assert_eq!(easel.control("Выбрать подписанный файл"), None);
    let lacking = ReportView { lacks_content: true, ..report(Locale::Ru, Verdict::Unconfirmed) };
    show(&mut easel, &agent, Own::Report(lacking));
    contains(&easel, &["Нужен подписанный файл"]);
    let said = did(easel.click("Выбрать подписанный файл", false));
    assert!(matches!(said, Said::Report(ReportDeed::Content)));
    assert!(escapes(&mut easel));
}

fn diagnosis(locale: Locale) -> DiagnosisView {
    let check = |name: &str, state, hint: Option<&str>| Check {
        name: name.to_owned(),
        state,
        text: format!("{name} text"),
        hint: hint.map(str::to_owned),
    };
    DiagnosisView {
        locale,
        sandbox: false,
        checks: vec![
            check("port", CheckState::Bad, Some("end it")),
            check("tls", CheckState::Good, None),
            check("keyring", CheckState::Warning, Some("unlock it")),
            check("tray", CheckState::NotHere, None),
        ],
        text: "Tanba 0.1.0\nport: bad".to_owned(),
        busy: false,
        raised: 0,
    }
}

#[test]
fn what_would_be_copied_of_a_diagnosis_is_shown_before() {
    for locale in Locale::ALL {
        let (easel, _agent) = window(diagnosis::Diagnosis::new(diagnosis(locale)));
        check_names(&easel, 0, 3);
        no_key_is_shown(&easel.told(), locale);
    }
    let (mut easel, agent) = window(diagnosis::Diagnosis::new(diagnosis(Locale::En)));
    contains(&easel, &["Port for web pages: does not work", "port text", "end it"]);
    assert!(!easel.told().iter().any(|text| text.contains("Tanba 0.1.0\nport: bad")));
    assert_eq!(easel.control("Copy this text"), None);
    assert!(easel.click("Copy…", false).is_none());
    easel.frame(true, Vec::new());
    contains(&easel, &["Tanba 0.1.0\nport: bad", "Exactly this text is copied"]);
    assert!(easel.click("Copy this text", false).is_none());
    easel.frame(true, Vec::new());
    contains(&easel, &["Copied"]);
    assert!(matches!(did(easel.click("Again", false)), Said::Again));
    show(&mut easel, &agent, Own::Diagnosis(DiagnosisView { busy: true, ..diagnosis(Locale::Kk) }));
    assert_eq!(easel.control("Қайта тексеру"), Some(false));
    contains(&easel, &["Тексерілуде"]);
    assert!(easel.face.title().contains("Диагностика"), "another language shows at once");
    assert!(escapes(&mut easel));
}

#[test]
fn the_program_says_what_it_is_and_whose_it_is_not() {
    for locale in Locale::ALL {
        let view = AboutView {
            locale,
            sandbox: true,
            folder: "/home/aigerim/.local/share/tanba".into(),
            trouble: None,
            version: "1.2.3".to_owned(),
            raised: 0,
        };
        let (mut easel, _agent) = window(about::About::new(view));
        check_names(&easel, 0, 3);
        no_key_is_shown(&easel.told(), locale);
        contains(
            &easel,
            &["Tanba 1.2.3", "MIT OR Apache-2.0", "github.com", ".local/share", "SANDBOX"],
        );
        assert!(easel.face.title().contains("SANDBOX"));
        assert!(escapes(&mut easel));
    }
}

fn notice(locale: Locale, kind: NoticeKind) -> NoticeView {
    NoticeView {
        locale,
        sandbox: false,
        kind,
        more: 0,
        saved: None,
        printed: None,
        trouble: None,
        raised: 0,
    }
}

fn number(recovery: Option<&str>) -> NoticeKind {
    let number = "27888601100404".to_owned();
    NoticeKind::Number { number, recovery: recovery.map(str::to_owned) }
}

const CODE: &str = "K7QX-9M2P-4TRW-8HNB";

#[test]
fn every_notice_says_what_happened_and_what_to_do() {
    let why = |why: &str| NoticeKind::SecretsInFile { why: why.to_owned() };
    for locale in Locale::ALL {
        for (kind, fields, buttons) in [
            (why("absent"), 0, 1),
            (why("locked"), 0, 1),
            (why("denied"), 0, 1),
            (why("silent"), 0, 1),
            (why("broken"), 0, 1),
            (number(Some(CODE)), 2, 5),
            (number(None), 1, 4),
            (NoticeKind::Moved { number: None, state: "status-issued".to_owned() }, 0, 1),
            (NoticeKind::Signed { path: "/home/aigerim/Шарт.pdf.cms".into() }, 0, 3),
            (NoticeKind::Cannot { what: "W".to_owned(), hint: "H".to_owned() }, 0, 1),
            (NoticeKind::PortTaken { port: 13579, by: Some("NCALayer".to_owned()) }, 0, 1),
            (NoticeKind::PortTaken { port: 13579, by: None }, 0, 1),
        ] {
            let (mut easel, _agent) = window(notice::Notice::new(notice(locale, kind.clone())));
            check_names(&easel, fields, buttons);
            no_key_is_shown(&easel.told(), locale);
            // Closing says that it was seen, so that the next one can come.
            let seen = easel.press(Key::Escape, Modifiers::NONE, true);
            assert_eq!(seen.is_none(), kind == number(Some(CODE)), "{kind:?}");
            assert!(seen.is_none_or(|seen| !seen.is_last()));
        }
    }
    let taken = NoticeKind::PortTaken { port: 13579, by: Some("NCALayer".to_owned()) };
    contains(&window(notice::Notice::new(notice(Locale::En, taken))).0, &["13579", "NCALayer"]);
}

#[test]
fn a_recovery_code_is_kept_before_its_window_closes() {
    let begin = || window(notice::Notice::new(notice(Locale::En, number(Some(CODE)))));
    let is_done = |reply| matches!(did(reply), Said::Notice(NoticeDeed::Done));
    let (mut easel, _agent) = begin();
    contains(&easel, &["27888601100404", CODE, "shown only once"]);
    assert_eq!(easel.control("Close"), Some(false));
    assert!(easel.click("I wrote it down", false).is_none());
    assert!(is_done(easel.click("Close", false)));

    let (mut easel, _agent) = begin();
    assert!(easel.click("Copy", false).is_none());
    assert!(is_done(easel.press(Key::Escape, Modifiers::NONE, true)));

    let (mut easel, agent) = begin();
    assert!(matches!(did(easel.click("Save…", false)), Said::Notice(NoticeDeed::Save)));
    assert!(matches!(did(easel.click("Print", false)), Said::Notice(NoticeDeed::Print)));
    let kind = number(Some(CODE));
    let view = NoticeView { printed: Some(false), ..notice(Locale::En, kind.clone()) };
    show(&mut easel, &agent, Own::Notice(view.clone()));
    contains(&easel, &["Nothing can be printed here"]);
    assert_eq!(easel.control("Close"), Some(false));
    let saved = Some("Tanba 27888601100404.txt".to_owned());
    show(&mut easel, &agent, Own::Notice(NoticeView { saved, more: 2, ..view }));
    contains(&easel, &["Saved: Tanba 27888601100404.txt", "More notices: 2"]);
    assert!(is_done(easel.click("Next", false)));
    // The next one begins anew.
    show(&mut easel, &agent, Own::Notice(notice(Locale::En, number(Some("OTHER")))));
    assert_eq!(easel.control("Close"), Some(false));
}

#[test]
fn what_is_only_read_is_reached_without_a_mouse() {
    let mut view = keys(Locale::En);
    let valid = (NOW - 9, NOW + 9);
    view.files[0].state =
        KeyFileState::Open(vec![card("FIRST", valid, None), card("LAST", valid, None)]);
    let (mut easel, _agent) = keys_window(view);
    easel.screen.y = 400.0;
    let top = |easel: &Easel<Framed<keys::Keys>>| {
        let last = easel.nodes.values().find(|node| node.value() == Some("LAST"));
        last.and_then(|node| node.bounds()).map(|bounds| bounds.y0).unwrap()
    };
    let turn = |easel: &mut Easel<Framed<keys::Keys>>, key| {
        assert!(easel.press(key, Modifiers::NONE, true).is_none());
        for _ in 0..4 {
            easel.frame(true, Vec::new());
        }
    };
    easel.frame(true, Vec::new());
    assert!(top(&easel) > 400.0);
    for _ in 0..4 {
        turn(&mut easel, Key::PageDown);
    }
    assert!(top(&easel) < 400.0, "its end is in sight");
    for _ in 0..4 {
        turn(&mut easel, Key::PageUp);
    }
    assert!(top(&easel) > 400.0);
}

#[test]
fn nothing_is_done_in_the_first_half_second() {
    let (mut easel, _agent) = window(sites::Sites::new(sites(Locale::En)));
    assert!(easel.press(Key::Escape, Modifiers::NONE, false).is_none());
}
