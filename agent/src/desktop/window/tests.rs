//! Windows without a screen: what they show, what screen readers are told, and what keys do.

use std::collections::BTreeMap;

use eframe::egui::accesskit::{Node, NodeId, Role};
use eframe::egui::{
    Context, Event, Key, Modifiers, PointerButton, Pos2, RawInput, Rect, TextStyle, Vec2,
    ViewportId, ViewportInfo,
};
use tanba::protocol::Locale;

mod key;
mod questions;
mod trees;

use super::super::line::Reply;
use super::super::{FileKind, FilePrompt, FolderPrompt, NewPasswordPrompt};
use super::browse::Browse;
use super::chooser::Choice;
use super::face::Face;
use super::look;
use super::new_password::NewPassword;
use crate::words;

pub(super) const FIELD: &[Role] = &[Role::PasswordInput, Role::TextInput];
pub(super) const BUTTON: &[Role] = &[Role::Button, Role::CheckBox, Role::RadioButton];

/// A window that is drawn for nobody.
pub(super) struct Easel<F> {
    pub(super) face: F,
    context: Context,
    /// Everything that a screen reader has been told.
    pub(super) nodes: BTreeMap<NodeId, Node>,
    /// What has the keyboard.
    focus: Option<NodeId>,
    root: Option<NodeId>,
    /// How large the window is, in points, and how many pixels a point has.
    pub(super) screen: Vec2,
    scale: f32,
    /// Seconds; every frame is two later than the one before, which is long enough for a history of what was typed.
    time: f64,
}

impl<F: Face> Easel<F> {
    pub(super) fn new(face: F) -> Self {
        let context = Context::default();
        look::apply(&context);
        context.enable_accesskit();
        let screen = Vec2::new(face.size().x, 2_000.0);
        Self::with_screen(face, context, screen, 1.0)
    }

    fn with_screen(face: F, context: Context, screen: Vec2, scale: f32) -> Self {
        let (nodes, time) = (BTreeMap::new(), 0.0);
        let mut easel = Self { face, context, nodes, focus: None, root: None, screen, scale, time };
        // The first frame tells how high everything is, and asks for the keyboard.
        for _ in 0..2 {
            assert!(easel.frame(true, Vec::new()).is_none());
        }
        easel
    }

    pub(super) fn frame(&mut self, ready: bool, events: Vec<Event>) -> Option<Reply> {
        self.time += 2.0;
        let viewport =
            ViewportInfo { native_pixels_per_point: Some(self.scale), ..ViewportInfo::default() };
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.screen)),
            viewports: [(ViewportId::ROOT, viewport)].into_iter().collect(),
            time: Some(self.time),
            focused: true,
            events,
            ..RawInput::default()
        };
        let mut answer = None;
        let output = self.context.clone().run_ui(input, |ui| {
            look::follow(ui.ctx());
            super::face::name_window(ui.ctx(), &self.face.title());
            if let Some(reply) = self.face.draw(ui, ready).answer {
                answer = Some(reply);
            }
        });
        if let Some(update) = output.platform_output.accesskit_update {
            self.focus = Some(update.focus);
            self.root = update.tree.map(|tree| tree.root).or(self.root);
            self.nodes = update.nodes.into_iter().collect();
        }
        answer
    }

    pub(super) fn type_text(&mut self, text: &str) {
        assert!(self.frame(true, vec![Event::Text(text.to_owned())]).is_none());
    }

    pub(super) fn press(&mut self, key: Key, modifiers: Modifiers, ready: bool) -> Option<Reply> {
        let event =
            |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        self.frame(ready, vec![event(true), event(false)])
    }

    /// What a screen reader calls a control.
    pub(super) fn name(&self, node: &Node) -> String {
        let own = node.label().map(str::to_owned);
        let others = node.labelled_by().iter().filter_map(|id| {
            let label = self.nodes.get(id)?;
            label.label().or(label.value()).map(str::to_owned)
        });
        own.into_iter().chain(others).collect::<Vec<_>>().join(" ")
    }

    /// How many characters the fields for passwords hold, the fuller one first.
    pub(super) fn typed(&self) -> Vec<usize> {
        let fields = self.nodes.values().filter(|node| node.role() == Role::PasswordInput);
        let mut typed: Vec<_> =
            fields.map(|node| node.value().map_or(0, |text| text.chars().count())).collect();
        typed.sort_by_key(|count| std::cmp::Reverse(*count));
        typed
    }

    /// Presses the control of that name with the mouse. It must be there, and enabled unless `dead`.
    pub(super) fn click(&mut self, name: &str, dead: bool) -> Option<Reply> {
        // Whatever has moved comes to rest.
        for _ in 0..2 {
            assert!(self.frame(true, Vec::new()).is_none());
        }
        let (_, node) = self
            .nodes
            .iter()
            .find(|(_, node)| {
                BUTTON.contains(&node.role()) && node.label().is_some_and(|l| l.contains(name))
            })
            .unwrap_or_else(|| panic!("no {name} in {:?}", self.told()));
        assert_eq!(node.is_disabled(), dead, "{name}");
        let bounds = node.bounds().unwrap();
        let (x, y) = (f64::midpoint(bounds.x0, bounds.x1), f64::midpoint(bounds.y0, bounds.y1));
        #[expect(clippy::cast_possible_truncation, reason = "points on a screen")]
        let pos = Pos2::new(x as f32, y as f32);
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        let press = |pressed| Event::PointerButton { pos, button, pressed, modifiers };
        self.frame(true, vec![Event::PointerMoved(pos)]);
        self.frame(true, vec![press(true), press(false)])
    }

    /// Whether a control of that name is there, and whether it can be used.
    pub(super) fn control(&self, name: &str) -> Option<bool> {
        let named = |node: &&Node| {
            BUTTON.contains(&node.role()) && node.label().is_some_and(|label| label.contains(name))
        };
        self.nodes.values().find(named).map(|node| !node.is_disabled())
    }

    /// Everything that a screen reader could read out.
    pub(super) fn told(&self) -> Vec<String> {
        self.nodes
            .values()
            .flat_map(|node| [node.label(), node.value()])
            .flatten()
            .map(str::to_owned)
            .collect()
    }
}

fn password_prompt(locale: Locale, sandbox: bool) -> NewPasswordPrompt {
    NewPasswordPrompt {
        origin: format!("https://{}.example.kz", "a".repeat(200)),
        locale,
        sandbox,
        number: Some("27888601100404".to_owned()),
        files: vec!["RSA256_89abcdef0123456789abcdef0123456789abcdef.p12".to_owned()],
        folder: format!("/home/{}/ЭЦҚ", "b".repeat(200)),
    }
}

fn password_window() -> Easel<NewPassword> {
    Easel::new(NewPassword::new(password_prompt(Locale::En, true)))
}

fn browser(locale: Locale, sandbox: bool) -> Easel<Browse> {
    let prompt = FolderPrompt { origin: "https://egov.kz".to_owned(), locale, sandbox };
    Easel::new(Browse::new(Choice::of_folder(prompt)))
}

fn file_browser(kind: FileKind, locale: Locale, sandbox: bool) -> Easel<Browse> {
    let prompt = FilePrompt { origin: None, locale, sandbox, kind, folder: None, wish: None };
    Easel::new(Browse::new(Choice::of_file(prompt)))
}

pub(super) fn check_names(easel: &Easel<impl Face>, fields: usize, buttons: usize) {
    let of =
        |kinds: &'static [Role]| easel.nodes.values().filter(|node| kinds.contains(&node.role()));
    for node in of(FIELD).chain(of(BUTTON)) {
        assert!(!easel.name(node).trim().is_empty(), "nothing is known of {node:?}");
    }
    assert_eq!(of(FIELD).count(), fields);
    assert!(of(BUTTON).count() >= buttons);
}

#[test]
fn every_control_has_a_name_for_screen_readers_in_every_language() {
    for locale in Locale::ALL {
        check_names(&Easel::new(NewPassword::new(password_prompt(locale, true))), 2, 3);
        check_names(&browser(locale, true), 2, 4);
        check_names(&file_browser(FileKind::Key, locale, true), 1, 3);
    }
}

#[test]
fn who_asks_and_what_is_protected_is_told_in_full() {
    let easel = password_window();
    let prompt = password_prompt(Locale::En, true);
    let told = easel.told().join("\n");
    for whole in [&prompt.origin, &prompt.files[0], &prompt.folder, prompt.number.as_ref().unwrap()]
    {
        assert!(told.contains(whole.as_str()), "{whole} is not in {told}");
    }
}

#[test]
fn a_sandbox_is_named_in_title_and_window_and_nothing_else_is() {
    for locale in Locale::ALL {
        for sandbox in [true, false] {
            let password = Easel::new(NewPassword::new(password_prompt(locale, sandbox)));
            let folder = browser(locale, sandbox);
            let file = file_browser(FileKind::Any, locale, sandbox);
            let consent = key::window(key::prompt(locale, sandbox)).0;
            for (title, told) in [
                (password.face.title(), password.told()),
                (folder.face.title(), folder.told()),
                (file.face.title(), file.told()),
                (consent.face.title(), consent.told()),
            ] {
                assert_eq!(title.contains("SANDBOX"), sandbox, "{title}");
                assert_eq!(told.iter().any(|text| text.contains("SANDBOX")), sandbox, "{told:?}");
            }
        }
    }
}

#[test]
fn what_is_typed_is_read_out_by_nobody_and_comes_back_by_enter() {
    let mut easel = password_window();
    easel.type_text("Canary7");
    assert!(easel.press(Key::Enter, Modifiers::NONE, true).is_none(), "one field is not enough");
    easel.frame(true, Vec::new());
    easel.type_text("Canary7");
    easel.frame(true, Vec::new());
    assert!(!easel.told().iter().any(|text| text.contains("Canary") || text.contains("anary7")));
    let answer = easel.press(Key::Enter, Modifiers::NONE, true);
    assert!(matches!(
        answer,
        Some(Reply::NewPassword(password)) if password.as_password().expose() == "Canary7"
    ));
}

#[test]
fn nothing_is_accepted_in_the_first_half_second() {
    let mut easel = password_window();
    easel.type_text("Canary7");
    easel.press(Key::Enter, Modifiers::NONE, true);
    easel.frame(true, Vec::new());
    easel.type_text("Canary7");
    assert!(easel.press(Key::Enter, Modifiers::NONE, false).is_none());
    // The keyboard stays where it was, so that Enter can be pressed again.
    easel.frame(true, Vec::new());
    assert!(easel.press(Key::Enter, Modifiers::NONE, true).is_some());
}

#[test]
fn a_password_that_was_deleted_does_not_come_back() {
    let mut easel = password_window();
    easel.type_text("Canary7");
    easel.frame(true, Vec::new());
    assert_eq!(easel.typed(), [7, 0]);
    for _ in 0..7 {
        easel.press(Key::Backspace, Modifiers::NONE, true);
    }
    for _ in 0..3 {
        easel.press(Key::Z, Modifiers::COMMAND, true);
    }
    easel.frame(true, Vec::new());
    assert_eq!(easel.typed(), [0, 0]);
}

#[test]
fn more_than_can_be_a_password_is_not_taken_in() {
    let mut easel = password_window();
    for text in ["ә".repeat(60), "x".repeat(60)] {
        easel.type_text(&text);
    }
    easel.frame(true, Vec::new());
    assert_eq!(easel.typed(), [64, 0]);
}

#[test]
fn every_letter_of_every_window_can_be_drawn() {
    let easel = password_window();
    let font = TextStyle::Body.resolve(&easel.context.global_style());
    let texts = Locale::ALL.map(words::source).concat();
    for letter in
        texts.chars().chain("ӘәҒғҚқҢңӨөҰұҮүҺһІі…•".chars()).filter(|letter| !letter.is_control())
    {
        let drawn = easel.context.fonts_mut(|fonts| fonts.has_glyph(&font, letter));
        assert!(drawn, "{letter} would be a box");
    }
}
