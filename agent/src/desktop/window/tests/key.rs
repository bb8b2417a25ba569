//! The window in which a key is chosen, and the one that needs no key.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

use super::super::super::line::Told;
use super::super::super::{
    CannotOpen, ConsentPrompt, Deed, KeyCard, KeyPrompt, Note, Preview, Refusal, Shown, Warning,
};
use super::super::confirm::Confirm;
use super::super::key::ChooseKey;
use super::*;
use crate::words::Words;

const FILE: &str = "/home/aigerim/ЭЦҚ/GOST512_1.p12";

fn preview(name: Option<&str>, shown: Shown) -> Preview {
    let digest = ("SHA-256".to_owned(), "8f".repeat(32));
    Preview { name: name.map(str::to_owned), length: Some(1_234), digest, shown }
}

pub(super) fn consent(locale: Locale, sandbox: bool) -> ConsentPrompt {
    ConsentPrompt {
        origin: Some(format!("https://{}.example.kz", "a".repeat(200))),
        locale,
        sandbox,
        deed: Deed::Sign,
        count: 3,
        documents: vec![
            preview(None, Shown::Text("Мен келісемін\u{202e}.\nҚолы".to_owned(), false)),
            preview(Some("Шарт.pdf"), Shown::Binary),
            preview(None, Shown::Xml("<a>Құжат мәтіні</a>".to_owned(), true)),
        ],
        warnings: vec![
            Warning::DigestOnly,
            Warning::ChainOff,
            Warning::OwnRoots,
            Warning::AllowExpired,
            Warning::AllowRevoked,
            Warning::NoRoots,
            Warning::NotAllShown,
            Warning::PartSigned,
        ],
        logo: Some(b"GIF89a".to_vec()),
        may_block: false,
    }
}

pub(super) fn prompt(locale: Locale, sandbox: bool) -> KeyPrompt {
    KeyPrompt {
        consent: consent(locale, sandbox),
        recent: vec![FILE.into(), "/media/usb/AUTH_RSA256_2.p12".into()],
        file: None,
        files: true,
        tokens: Vec::new(),
    }
}

fn card(index: usize, name: &str, refusal: Option<Refusal>) -> KeyCard {
    KeyCard {
        index,
        name: name.to_owned(),
        organisation: Some("ТОО «Әлем»".to_owned()),
        iin: Some("850101300123".to_owned()),
        bin: Some("060340000017".to_owned()),
        purpose: Some("sign".to_owned()),
        algorithm: "ГОСТ 34.10-2015".to_owned(),
        valid: (1_740_000_000, 1_772_393_400),
        serial: "4b3fb466a47e79a92f282cdfa7b597a9064fb6f7".to_owned(),
        issuer: "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) 2022".to_owned(),
        refusal,
        notes: vec![Note::NotValidNow, Note::Revoked, Note::RevocationUnknown, Note::ChainUnknown],
    }
}

/// The window, and the agent's voice. Another window would choose `/home/aigerim/other.p12`.
pub(super) fn window(prompt: KeyPrompt) -> (Easel<ChooseKey>, Sender<Told>) {
    let (tell, told) = channel();
    let browse = |_| {
        let (tell, told) = channel();
        tell.send(Some(PathBuf::from("/home/aigerim/other.p12"))).unwrap();
        told
    };
    (Easel::new(ChooseKey::new(prompt, told, Box::new(browse))), tell)
}

fn words(locale: Locale) -> Words {
    Words::new(locale)
}

/// Types a password and opens the file with Enter.
fn open(easel: &mut Easel<ChooseKey>, password: &str) -> (PathBuf, String) {
    easel.type_text(password);
    match easel.press(Key::Enter, Modifiers::NONE, true) {
        Some(Reply::Open(path, password)) => (path, password.expose().to_owned()),
        other => panic!("{other:?}"),
    }
}

/// Lets the agent answer, and the half second after it pass.
fn tell(easel: &mut Easel<ChooseKey>, agent: &Sender<Told>, told: Told) {
    agent.send(told).unwrap();
    for _ in 0..3 {
        assert!(easel.frame(true, Vec::new()).is_none());
    }
}

fn opened(cards: Vec<KeyCard>, locale: Locale) -> Easel<ChooseKey> {
    let (mut easel, agent) = window(prompt(locale, true));
    open(&mut easel, "Canary7");
    tell(&mut easel, &agent, Told::Cards(cards));
    easel
}

#[test]
fn every_control_has_a_name_and_every_word_is_there() {
    for locale in Locale::ALL {
        let (easel, _agent) = window(prompt(locale, true));
        check_names(&easel, 2, 8);
        let refusals = [
            Refusal::NoCertificate,
            Refusal::OtherPurpose,
            Refusal::OtherUsage,
            Refusal::OtherPerson,
            Refusal::OtherOrganisation,
            Refusal::OtherSerial,
            Refusal::OtherRoot,
            Refusal::NotYetValid,
            Refusal::Expired,
            Refusal::Revoked,
        ];
        let mut cards: Vec<_> =
            refusals.iter().map(|refusal| card(0, "АСАНОВ АСАН", Some(*refusal))).collect();
        cards.push(card(1, "ӘЙГЕРІМ ҚОЖАХМЕТ", None));
        let keys = opened(cards, locale);
        check_names(&keys, 0, 10);
        for deed in [
            Deed::Sign,
            Deed::SignAndStamp,
            Deed::SignIn,
            Deed::ShowKey,
            Deed::ListKeys,
            Deed::Stamp,
        ] {
            let consent = ConsentPrompt { deed, count: 1, ..consent(locale, true) };
            let confirm = Easel::new(Confirm::new(consent));
            check_names(&confirm, 0, 2);
            for told in easel.told().iter().chain(&keys.told()).chain(&confirm.told()) {
                assert!(!told.starts_with("window-"), "{told} has no words in {locale:?}");
            }
        }
    }
}

#[test]
fn what_one_agrees_to_is_told_in_full() {
    let (mut easel, _agent) = window(prompt(Locale::Ru, false));
    let told = easel.told().join("\n");
    for part in [
        "aaaa.example.kz",
        "Подписать документы: 3",
        "1. Текст",
        "2. Шарт.pdf",
        "3. XML",
        "Мен келісемін[U+202E].",
        "Показано только начало",
        &format!("SHA-256: {}", "8f".repeat(16)),
        "Сайт скрывает документ",
        "Сайт отключил проверку цепочки",
        "Сайт прислал свои корневые",
        "с истёкшим сроком",
        "отозванные сертификаты",
        "Корневые сертификаты не известны",
        "Показаны не все",
        "Сайт прислал картинку; она не показана",
        "GOST512_1.p12",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(easel.click("3. XML", false).is_none());
    easel.frame(true, Vec::new());
    let told = easel.told().join("\n");
    assert!(told.contains("<a>Құжат мәтіні</a>") && !told.contains("Показано только"), "{told}");
    assert!(easel.click("2. Шарт.pdf", false).is_none());
    easel.frame(true, Vec::new());
    assert!(easel.told().join("\n").contains("Это не текст"));
}

#[test]
fn a_program_without_a_page_and_a_name_in_other_letters_are_said_to_be_that() {
    let mut asked = prompt(Locale::En, false);
    asked.consent.origin = None;
    assert!(window(asked.clone()).0.told().join("\n").contains("A program on this computer"));
    asked.consent.origin = Some("https://xn--80ao21a".to_owned());
    let told = window(asked).0.told().join("\n");
    assert!(told.contains("https://xn--80ao21a") && told.contains("Reads as: қаз"), "{told}");
}

#[test]
fn a_wrong_password_is_told_in_place_and_the_right_one_gives_the_only_key() {
    let (mut easel, agent) = window(prompt(Locale::Ru, true));
    assert_eq!(open(&mut easel, "Canary7"), (FILE.into(), "Canary7".to_owned()));
    easel.frame(true, Vec::new());
    assert!(easel.told().join("\n").contains("Файл открывается"));
    assert_eq!(easel.control("Открыть"), Some(false));
    tell(&mut easel, &agent, Told::Cannot(CannotOpen::WrongPassword));
    assert!(easel.told().iter().any(|text| text == "Неверный пароль."));
    assert_eq!(easel.typed(), [0]);
    // The keyboard is back in the password's field.
    assert_eq!(open(&mut easel, "Canary8").1, "Canary8");
    let cards =
        vec![card(0, "Бөтен", Some(Refusal::OtherPurpose)), card(1, "ӘЙГЕРІМ ҚОЖАХМЕТ", None)];
    tell(&mut easel, &agent, Told::Cards(cards));
    let told = easel.told().join("\n");
    for part in [
        "Данные выбранного ключа",
        "ӘЙГЕРІМ ҚОЖАХМЕТ",
        "850101300123",
        "060340000017",
        "ТОО «Әлем»",
        "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ",
        "4b3fb466a47e79a92f282cdfa7b597a9064fb6f7",
        "20.02.2025 02:20 – 02.03.2026 00:30 (UTC+5)",
        "до 02.03.2026",
        "Сертификат сейчас не действует.",
        "Не проверено, кем выпущен",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(!told.contains("anary"), "{told}");
    assert!(matches!(easel.click("Подписать", false), Some(Reply::Key(1))));
}

#[test]
fn a_key_with_a_reason_against_it_cannot_be_chosen() {
    let cards = vec![
        card(0, "Бірінші", None),
        card(1, "Екінші", Some(Refusal::Expired)),
        card(2, "Үшінші", None),
    ];
    let mut easel = opened(cards, Locale::Ru);
    assert_eq!(easel.control("Подписать"), Some(false), "nothing is picked of two");
    assert!(easel.click("Екінші", false).is_none());
    easel.frame(true, Vec::new());
    assert!(easel.told().join("\n").contains("Данные выбранного ключа"), "it can be looked at");
    assert!(easel.told().join("\n").contains("Срок действия сертификата истёк"));
    assert_eq!(easel.control("Подписать"), Some(false));
    assert!(easel.click("Үшінші", false).is_none());
    easel.frame(true, Vec::new());
    assert!(matches!(easel.click("Подписать", false), Some(Reply::Key(2))));

    let none = opened(vec![card(0, "Бөтен", Some(Refusal::OtherPurpose))], Locale::Ru);
    assert_eq!(none.control("Подписать"), Some(false));
    assert!(none.told().join("\n").contains("отсутствуют ключи для подписи"));
}

#[test]
fn all_keys_of_a_file_are_sent_without_picking_one() {
    let mut asked = prompt(Locale::Ru, false);
    asked.consent.deed = Deed::ListKeys;
    let (mut easel, agent) = window(asked);
    open(&mut easel, "Canary7");
    let cards = vec![card(3, "Бірінші", None), card(4, "Екінші", None)];
    tell(&mut easel, &agent, Told::Cards(cards));
    assert!(matches!(easel.click("Отправить", false), Some(Reply::Key(3))));
}

#[test]
fn nobody_agrees_by_enter_or_in_the_first_half_second() {
    let (mut easel, agent) = window(prompt(Locale::En, true));
    open(&mut easel, "Canary7");
    agent.send(Told::Cards(vec![card(0, "ӘЙГЕРІМ", None)])).unwrap();
    easel.frame(true, Vec::new());
    easel.frame(false, Vec::new());
    assert_eq!(easel.control("Sign"), Some(false));
    for _ in 0..6 {
        easel.frame(true, Vec::new());
        let answer = easel.press(Key::Enter, Modifiers::NONE, true);
        assert!(!matches!(answer, Some(Reply::Key(_))));
        assert!(easel.press(Key::Tab, Modifiers::NONE, true).is_none());
    }
    let mut confirm = Easel::new(Confirm::new(consent(Locale::En, true)));
    confirm.frame(false, Vec::new());
    assert_eq!(confirm.control("Sign"), Some(false));
    for _ in 0..6 {
        confirm.frame(true, Vec::new());
        let answer = confirm.press(Key::Enter, Modifiers::NONE, true);
        assert!(!matches!(answer, Some(Reply::Agreed)));
        assert!(confirm.press(Key::Tab, Modifiers::NONE, true).is_none());
    }
    assert!(matches!(confirm.click("Sign", false), Some(Reply::Agreed)));
}

#[test]
fn every_window_can_be_cancelled() {
    let (mut easel, _agent) = window(prompt(Locale::En, true));
    assert!(matches!(easel.click("Cancel", false), Some(Reply::Closed)));
    let (mut easel, _agent) = window(prompt(Locale::En, true));
    open(&mut easel, "Canary7");
    easel.frame(true, Vec::new());
    assert!(matches!(easel.click("Cancel", false), Some(Reply::Closed)));
    let mut keys = opened(vec![card(0, "ӘЙГЕРІМ", None)], Locale::En);
    assert!(matches!(keys.click("Cancel", false), Some(Reply::Closed)));
    let mut confirm = Easel::new(Confirm::new(consent(Locale::En, true)));
    assert!(matches!(confirm.click("Cancel", false), Some(Reply::Closed)));
}

#[test]
fn where_only_tokens_will_do_there_is_nothing_to_type() {
    let mut asked = prompt(Locale::Ru, false);
    asked.files = false;
    asked.tokens = vec!["KAZTOKEN".to_owned(), "eToken 5110".to_owned()];
    let (easel, _agent) = window(asked);
    check_names(&easel, 0, 1);
    assert!(easel.told().join("\n").contains("KAZTOKEN, eToken 5110"));
    assert_eq!(easel.control("Открыть"), None);
    assert_eq!(easel.control("Подписать"), None);
}

#[test]
fn another_file_is_taken_from_the_list_from_a_chooser_or_from_the_keyboard() {
    let (mut easel, agent) = window(prompt(Locale::En, true));
    assert!(easel.click("AUTH_RSA256_2.p12", false).is_none());
    easel.frame(true, Vec::new());
    let opened = open(&mut easel, "1");
    assert_eq!(opened.0, Path::new("/media/usb/AUTH_RSA256_2.p12"));
    tell(&mut easel, &agent, Told::Cards(vec![card(0, "ӘЙГЕРІМ", None)]));
    assert!(easel.click("Another file", false).is_none());
    easel.frame(true, Vec::new());
    assert!(easel.click("Choose file", false).is_none());
    for _ in 0..3 {
        easel.frame(true, Vec::new());
    }
    assert_eq!(open(&mut easel, "2").0, Path::new("/home/aigerim/other.p12"));

    let mut asked = prompt(Locale::En, true);
    asked.recent.clear();
    let (mut easel, _agent) = window(asked);
    assert_eq!(easel.control("Open"), Some(false));
    easel.type_text("keys.p12");
    easel.press(Key::Enter, Modifiers::NONE, true);
    easel.frame(true, Vec::new());
    easel.type_text("3");
    assert!(easel.press(Key::Enter, Modifiers::NONE, true).is_none(), "a path must be absolute");
    easel.frame(true, Vec::new());
    assert!(easel.told().join("\n").contains("There is no such file"));
}

#[test]
fn every_trouble_with_a_file_is_told() {
    for (why, text) in [
        (CannotOpen::Missing, "Такого файла нет."),
        (CannotOpen::Unreadable, "Этот файл нельзя прочитать."),
        (CannotOpen::NotAKeyFile, "Это не файл ключей, или он повреждён."),
        (CannotOpen::Empty, "Хранилище пустое."),
    ] {
        let (mut easel, agent) = window(prompt(Locale::Ru, true));
        open(&mut easel, "1");
        tell(&mut easel, &agent, Told::Cannot(why));
        assert!(easel.told().iter().any(|told| told == text), "{text}");
    }
    let (mut easel, agent) = window(prompt(Locale::Ru, true));
    open(&mut easel, "1");
    tell(&mut easel, &agent, Told::Cards(Vec::new()));
    assert!(easel.told().iter().any(|told| told == "Хранилище пустое."));
}

#[test]
fn a_title_says_what_is_done() {
    let titles = [Deed::Sign, Deed::SignIn, Deed::ShowKey].map(|deed| {
        let consent = ConsentPrompt { deed, ..consent(Locale::Ru, false) };
        Confirm::new(consent).title()
    });
    let expected = ["window-sign-title", "window-sign-in-title", "window-show-title"];
    for (title, key) in titles.iter().zip(expected) {
        assert_eq!(*title, format!("Tanba – {}", words(Locale::Ru).get(key)));
    }
}
