//! The window in which a person makes up the password of new key files.
//!
//! Enter accepts on the button that accepts, and in the second field once all rules are met; in the first field it
//! leads to the second. Escape, Cancel and closing the window give no password.

use std::any::TypeId;
use std::ops::Range;

use eframe::egui::{
    self, Align, CentralPanel, Frame, Key, Layout, Margin, Panel, RichText, ScrollArea, TextBuffer,
    TextEdit, Ui, Vec2,
};
use tanba_core::password::{NewPassword as Password, Rule, broken_rules};
use tanba_core::secret::Password as Typed;
use zeroize::{Zeroize as _, Zeroizing};

use super::super::NewPasswordPrompt;
use super::super::line::Reply;
use super::face::{Drawn, Face};
use super::look;
use crate::words::Words;

/// How much can be typed: more than is allowed, so that the rule about the length is seen to break.
const TYPED: usize = 64;

const WIDTH: f32 = 600.0;

/// Asks for a new password, twice.
pub(super) struct NewPassword {
    prompt: NewPasswordPrompt,
    words: Words,
    first: Field,
    second: Field,
    visible: bool,
    /// The first field gets the focus when the window opens.
    focused: bool,
}

impl NewPassword {
    pub(super) fn new(prompt: NewPasswordPrompt) -> Self {
        let words = Words::new(prompt.locale);
        let (first, second) = (Field::new(), Field::new());
        Self { prompt, words, first, second, visible: false, focused: false }
    }

    fn facts(&self) -> Vec<(String, Vec<String>)> {
        let fact = |key: &str, values: Vec<String>| (self.words.get(key), values);
        let mut facts = vec![fact("window-origin", vec![self.prompt.origin.clone()])];
        facts.extend(self.prompt.number.clone().map(|number| fact("window-number", vec![number])));
        facts.push(fact("window-files", self.prompt.files.clone()));
        facts.push(fact("window-folder", vec![self.prompt.folder.clone()]));
        facts
    }

    /// Both fields; says whether Enter was pressed in the second.
    fn fields(&mut self, ui: &mut Ui) -> bool {
        let name = ui.label(self.words.get("window-password")).id;
        let mut enter = [false; 2];
        ui.horizontal(|ui| {
            let show = self.words.get("window-password-show");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.checkbox(&mut self.visible, show);
                let width = ui.available_width();
                let (id, pressed) = self.first.draw(ui, name, width, self.visible);
                enter[0] = pressed;
                if !self.focused {
                    self.focused = true;
                    ui.memory_mut(|memory| memory.request_focus(id));
                }
            });
        });
        let name = ui.label(self.words.get("window-password-repeat")).id;
        let (id, pressed) = self.second.draw(ui, name, ui.available_width(), self.visible);
        enter[1] = pressed;
        if enter[0] {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        enter[1]
    }

    /// The rules, and whether all of them are met.
    fn rules(&self, ui: &mut Ui) -> bool {
        let typed = self.first.as_str();
        let broken = broken_rules(typed);
        ui.label(RichText::new(self.words.get("window-password-rules")).color(look::QUIET));
        let mut all = true;
        let mut rule = |name: &str, met: bool| {
            all &= met;
            look::rule(ui, &self.words, &self.words.get(&format!("window-password-{name}")), met);
        };
        for each in Rule::ALL {
            // Nothing that was typed breaks no rule about characters, but a tick would look like praise.
            rule(each.name(), !typed.is_empty() && !broken.contains(&each));
        }
        rule("same", !typed.is_empty() && typed == self.second.as_str());
        let foreign =
            |field: &Field| field.as_str().chars().any(|c| c.is_alphabetic() && !c.is_ascii());
        let latin = if foreign(&self.first) || foreign(&self.second) {
            "window-password-latin"
        } else {
            ""
        };
        // The line keeps its place when it is empty, so that nothing jumps while somebody types.
        let latin = if latin.is_empty() { " ".to_owned() } else { self.words.get(latin) };
        ui.label(RichText::new(latin).color(look::RED));
        all
    }

    fn body(&mut self, ui: &mut Ui) -> (bool, bool) {
        look::title(ui, &self.words.get("window-password-title"));
        ui.add_space(4.0);
        look::facts(ui, &self.facts());
        ui.add_space(6.0);
        let enter = self.fields(ui);
        ui.add_space(2.0);
        let met = self.rules(ui);
        look::warning(ui, &self.words.get("window-password-warning"));
        (enter, met)
    }

    /// Takes what was typed, and forgets both fields.
    fn take(&mut self) -> Option<Reply> {
        let password = Typed::new(self.first.as_str().to_owned());
        let password = Password::parse(password).ok()?;
        self.first.0.zeroize();
        self.second.0.zeroize();
        Some(Reply::NewPassword(password))
    }
}

impl Face for NewPassword {
    fn title(&self) -> String {
        let title = self.words.get("window-password-title");
        if self.prompt.sandbox {
            format!("SANDBOX – Tanba – {title}")
        } else {
            format!("Tanba – {title}")
        }
    }

    fn size(&self) -> Vec2 {
        Vec2::new(WIDTH, 720.0)
    }

    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn {
        let mut height = 0.0;
        if self.prompt.sandbox {
            let band = Panel::top("sandbox").frame(Frame::new()).show_separator_line(false);
            height += band
                .show_inside(ui, |ui| look::sandbox_band(ui, &self.words))
                .response
                .rect
                .height();
        }
        let buttons = Panel::bottom("buttons")
            .frame(Frame::new().inner_margin(Margin::symmetric(look::MARGIN, 16)));
        let (mut met, mut enter) = (false, false);
        let (mut accepted, mut cancelled) = (false, false);
        // The lower panel has to be laid out first; it shows what the last frame found out.
        let broken = broken_rules(self.first.as_str());
        let complete = broken.is_empty() && self.first.as_str() == self.second.as_str();
        let bottom = buttons.show_inside(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let text = self.words.get("window-password-accept");
                accepted = look::accept(ui, &text, ready && complete).clicked();
                cancelled = ui.button(self.words.get("window-cancel")).clicked();
            });
        });
        height += bottom.response.rect.height();
        let middle = Frame::new().inner_margin(Margin::symmetric(look::MARGIN, 16));
        CentralPanel::default().frame(middle).show_inside(ui, |ui| {
            let inside =
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| self.body(ui));
            (enter, met) = inside.inner;
            height += inside.content_size.y + 32.0;
        });
        let answer = if cancelled {
            Some(Reply::Closed)
        } else if met && ready && (accepted || enter) {
            self.take()
        } else {
            None
        };
        Drawn { answer, height }
    }
}

/// What is typed into a field. It has its room from the beginning, so that no copy is left behind when it grows, and it
/// is wiped.
struct Field(Zeroizing<String>);

impl Field {
    fn new() -> Self {
        // A character of UTF-8 has four bytes at most.
        Self(Zeroizing::new(String::with_capacity(4 * TYPED)))
    }

    /// Draws the field; says which it is, and whether Enter was pressed in it.
    fn draw(&mut self, ui: &mut Ui, name: egui::Id, width: f32, visible: bool) -> (egui::Id, bool) {
        let edit = TextEdit::singleline(self)
            .password(!visible)
            .char_limit(TYPED)
            .desired_width(width)
            .margin(Margin::symmetric(10, 7));
        let mut output = edit.show(ui);
        // Nothing can be undone here: the history would keep what was typed and deleted.
        output.state.clear_undoer();
        output.state.store(ui.ctx(), output.response.id);
        let response = output.response.response.labelled_by(name);
        let enter = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        (response.id, enter)
    }
}

impl TextBuffer for Field {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    fn insert_text(&mut self, text: &str, char_index: usize) -> usize {
        let room = TYPED.saturating_sub(self.0.chars().count());
        let at = self.byte_index_from_char_index(char_index);
        let fitting = text.char_indices().nth(room).map_or(text, |(end, _)| &text[..end]);
        self.0.insert_str(at, fitting);
        fitting.chars().count()
    }

    fn delete_char_range(&mut self, char_range: Range<usize>) {
        let (from, to) = (
            self.byte_index_from_char_index(char_range.start),
            self.byte_index_from_char_index(char_range.end),
        );
        self.0.drain(from..to);
    }

    fn clear(&mut self) {
        // The room stays.
        self.0.zeroize();
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<Self>()
    }
}
