//! The menu as data, in every language: snapshots of what a person reads, and what each entry wishes.

use std::fmt::Write as _;

use super::*;

fn view(locale: Locale, state: TrayState) -> TrayView {
    TrayView { locale, sandbox: false, state, unfinished: vec![], autostart: Some(true) }
}

fn application(id: &str, number: Option<&str>, state: &str, needs_you: bool) -> Unfinished {
    Unfinished {
        id: id.to_owned(),
        origin: None,
        number: number.map(str::to_owned),
        state: state.to_owned(),
        needs_you,
    }
}

fn two() -> Vec<Unfinished> {
    vec![
        application("a", Some("20261101000017"), "status-issued", true),
        application("b", None, "status-new", false),
    ]
}

fn print(look: &Look) -> String {
    fn line(out: &mut String, depth: usize, entry: &Entry) {
        let indent = "  ".repeat(depth);
        let Entry { key, text, deed } = entry;
        match deed {
            Deed::Parts => writeln!(out, "{indent}────"),
            Deed::Says => writeln!(out, "{indent}({text})"),
            Deed::Wishes(wish) => {
                writeln!(out, "{indent}{text}  ← {key}: {}", serde_json::to_string(wish).unwrap())
            }
            Deed::Ticks(on, wish) => {
                let mark = if *on { '☑' } else { '☐' };
                writeln!(
                    out,
                    "{indent}{mark} {text}  ← {key}: {}",
                    serde_json::to_string(wish).unwrap()
                )
            }
            Deed::Opens(entries) => {
                writeln!(out, "{indent}{text} ▸").unwrap();
                for entry in entries {
                    line(out, depth + 1, entry);
                }
                Ok(())
            }
        }
        .unwrap();
    }
    let mut out = String::new();
    writeln!(out, "[{:?}] {}: {}", look.sign, look.title, look.hint.replace('\n', " / ")).unwrap();
    for entry in &look.menu {
        line(&mut out, 0, entry);
    }
    out
}

/// All that the tray can look like in one language.
fn album(locale: Locale) -> String {
    let taken = TrayState::PortTaken(13579, Some("NCALayer".to_owned()));
    let views = [
        view(locale, TrayState::Ready),
        TrayView { autostart: None, sandbox: true, ..view(locale, TrayState::Working) },
        TrayView { unfinished: two(), ..view(locale, TrayState::NeedsYou) },
        TrayView { autostart: Some(false), ..view(locale, taken) },
        view(locale, TrayState::PortTaken(13579, None)),
    ];
    views.iter().map(|view| print(&Look::of(view))).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_menu_reads_as_it_was_read_over_in_every_language() {
    for (locale, expected) in [
        (Locale::Kk, include_str!("kk.txt")),
        (Locale::Ru, include_str!("ru.txt")),
        (Locale::En, include_str!("en.txt")),
    ] {
        let album = album(locale);
        if std::env::var_os("TANBA_WRITE_SNAPSHOTS").is_some() {
            let file = format!("src/desktop/tray/look/{}.txt", locale.code());
            std::fs::write(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file), album)
                .unwrap();
        } else {
            assert_eq!(album, expected, "read it over; TANBA_WRITE_SNAPSHOTS=1 writes it down");
        }
    }
}

#[test]
fn many_applications_do_not_make_a_menu_higher_than_the_screen() {
    let unfinished: Vec<_> =
        (0..40).map(|index| application(&index.to_string(), None, "status-new", false)).collect();
    let look = Look::of(&TrayView { unfinished, ..view(Locale::En, TrayState::Ready) });
    let resumed: Vec<_> =
        look.menu.iter().filter(|entry| entry.key.starts_with("resume-")).collect();
    assert_eq!(resumed.len(), APPLICATIONS);
    assert_eq!(resumed.last().unwrap().key, "resume-39", "the newest are there");
    let all = look.menu.iter().find(|entry| entry.key == "applications").unwrap();
    assert_eq!(
        (all.text.as_str(), &all.deed),
        ("All applications (40)…", &Deed::Wishes(Wish::Obtain))
    );
}

#[test]
fn another_program_s_name_cannot_spread_over_the_menu() {
    let name = format!("a\nb\u{7}{}", "c".repeat(1000));
    let look = Look::of(&view(Locale::En, TrayState::PortTaken(1, Some(name))));
    assert!(
        look.menu[0].text.starts_with("Pages cannot reach Tanba: a b ccc"),
        "{}",
        look.menu[0].text
    );
    assert!(look.menu[0].text.chars().count() < 100);
}

#[test]
fn a_status_as_long_as_a_sentence_keeps_the_number_and_whose_turn_it_is() {
    let unfinished = vec![application("a", Some("20261101000017"), "status-awaiting_head", true)];
    let look = Look::of(&TrayView { unfinished, ..view(Locale::Ru, TrayState::Ready) });
    let text = &look.menu[2].text;
    assert!(text.contains("20261101000017") && text.ends_with("(ждёт Вас)"), "{text}");
    assert!(text.chars().count() <= WIDTH + 20, "{text}");
}

#[test]
fn no_key_is_there_twice_and_languages_do_not_change_keys() {
    let keys = |locale| {
        let view = TrayView { sandbox: true, unfinished: two(), ..view(locale, TrayState::Ready) };
        Look::of(&view).menu.into_iter().map(|entry| entry.key).collect::<Vec<_>>()
    };
    let kazakh = keys(Locale::Kk);
    let mut once = kazakh.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), kazakh.len());
    assert!(Locale::ALL.into_iter().all(|locale| keys(locale) == kazakh));
}
