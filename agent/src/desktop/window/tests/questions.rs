//! What a person does in a window that asks: cancels, reads, searches, wants to be asked no more.

use super::super::super::{ConsentPrompt, Shown};
use super::super::confirm::Confirm;
use super::key::consent;
use super::*;

fn confirm(change: impl FnOnce(&mut ConsentPrompt)) -> Easel<Confirm> {
    let mut prompt = consent(Locale::En, false);
    change(&mut prompt);
    Easel::new(Confirm::new(prompt))
}

/// A window with one long text.
fn reading() -> Easel<Confirm> {
    confirm(|prompt| {
        let lines: Vec<_> = (1..=60).map(|n| format!("{n}. ҚОЛЫ: келісемін")).collect();
        prompt.documents.truncate(1);
        prompt.documents[0].shown = Shown::Text(lines.join("\n"), true);
        prompt.count = 1;
    })
}

/// What is seen, and not what screen readers are told besides.
fn seen(easel: &Easel<Confirm>) -> Vec<String> {
    let labels = easel.nodes.values().filter(|node| node.role() == Role::Label);
    labels.filter_map(|node| node.value().or(node.label()).map(str::to_owned)).collect()
}

fn rest(easel: &mut Easel<Confirm>) {
    for _ in 0..6 {
        assert!(easel.frame(true, Vec::new()).is_none());
    }
}

#[test]
fn enter_cancels_at_once_but_not_too_early_and_not_by_being_held_down() {
    let mut window = confirm(|_| {});
    let enter = |pressed| Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    assert!(window.frame(false, vec![enter(true)]).is_none());
    // It was not let go meanwhile: egui tells that this is the same press.
    assert!(window.frame(true, vec![enter(true)]).is_none());
    assert!(window.frame(true, vec![enter(false)]).is_none());
    let answer = window.press(Key::Enter, Modifiers::NONE, true);
    assert!(matches!(answer, Some(Reply::Closed)), "the button that cancels has the keyboard");
}

#[test]
fn a_folder_is_not_chosen_by_enter() {
    let mut window = browser(Locale::En, false);
    let answer = window.press(Key::Enter, Modifiers::NONE, true);
    assert!(matches!(answer, Some(Reply::Closed)));
}

#[test]
fn a_page_can_be_silenced_where_that_is_offered_and_only_on_purpose() {
    const NO_MORE: &str = "No more questions of this site";
    assert_eq!(confirm(|_| {}).control(NO_MORE), None);
    let mut window = confirm(|prompt| prompt.may_block = true);
    assert!(window.told().iter().any(|text| text.starts_with("You have just closed a window")));
    for _ in 0..20 {
        assert!(window.press(Key::Tab, Modifiers::NONE, true).is_none());
        let answer = window.press(Key::Enter, Modifiers::NONE, true);
        assert!(!matches!(answer, Some(Reply::Blocked | Reply::Agreed)));
    }
    window.frame(false, Vec::new());
    assert_eq!(window.control(NO_MORE), Some(false));
    assert!(matches!(window.click(NO_MORE, false), Some(Reply::Blocked)));
}

#[test]
fn a_document_is_searched_by_keyboard_alone() {
    let mut window = reading();
    assert!(!seen(&window).join("\n").contains("42. ҚОЛЫ"), "it is out of sight");
    window.press(Key::F, Modifiers::COMMAND, true);
    window.type_text("42. қолы");
    rest(&mut window);
    let told = seen(&window);
    assert!(told.iter().any(|text| text == "1 of 1"), "{told:?}");
    assert!(told.join("\n").contains("42. ҚОЛЫ"), "{told:?}");
    for _ in 0..5 {
        window.press(Key::Backspace, Modifiers::NONE, true);
    }
    window.type_text("ҚОЛЫ:");
    window.press(Key::A, Modifiers::COMMAND, true);
    window.type_text("келісемін");
    rest(&mut window);
    assert!(seen(&window).iter().any(|text| text == "1 of 60"), "{:?}", seen(&window));
    window.press(Key::F3, Modifiers::SHIFT, true);
    rest(&mut window);
    let told = seen(&window);
    assert!(told.iter().any(|text| text == "60 of 60"), "{told:?}");
    assert!(told.iter().any(|text| text.starts_with("60. ")), "{told:?}");
    window.press(Key::Enter, Modifiers::NONE, true);
    rest(&mut window);
    assert!(seen(&window).iter().any(|text| text == "1 of 60"), "Enter leads on");
    window.type_text("x");
    rest(&mut window);
    assert!(seen(&window).iter().any(|text| text == "Not found"));
}

#[test]
fn a_document_is_scrolled_by_keyboard() {
    let mut window = reading();
    while window.focus.is_none_or(|id| window.nodes[&id].role() != Role::Document) {
        assert!(window.press(Key::Tab, Modifiers::NONE, true).is_none());
    }
    window.press(Key::End, Modifiers::NONE, true);
    rest(&mut window);
    assert!(seen(&window).iter().any(|text| text.starts_with("60. ")), "{:?}", seen(&window));
    window.press(Key::Home, Modifiers::NONE, true);
    rest(&mut window);
    assert!(seen(&window).iter().any(|text| text == "1. ҚОЛЫ: келісемін"));
}
