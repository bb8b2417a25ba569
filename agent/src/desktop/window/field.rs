//! A field for a password, which leaves no copies behind.

use std::any::TypeId;
use std::ops::Range;

use eframe::egui::{self, Event, Key, Margin, TextBuffer, TextEdit, Ui};
use tanba_core::secret::Password;
use zeroize::{Zeroize as _, Zeroizing};

use super::caps;

/// What is typed into a field. It has its room from the beginning, so that no copy is left behind when it grows, and it
/// is wiped.
pub(super) struct Field {
    text: Zeroizing<String>,
    /// How many characters can be typed.
    most: usize,
    /// What was typed last was a capital letter without Shift.
    caps_lock: bool,
}

impl Field {
    pub(super) fn new(most: usize) -> Self {
        // A character of UTF-8 has four bytes at most.
        let text = Zeroizing::new(String::with_capacity(4 * most));
        Self { text, most, caps_lock: false }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether there are letters in it that are not Latin: most likely the keyboard is switched to another language.
    fn is_foreign(&self) -> bool {
        self.text.chars().any(|c| c.is_alphabetic() && !c.is_ascii())
    }

    /// What is most likely wrong with the keyboard, as a key of the words' files.
    pub(super) fn hint(&self) -> Option<&'static str> {
        if self.seems_locked() {
            Some("window-password-caps")
        } else if self.is_foreign() {
            Some("window-password-latin")
        } else {
            None
        }
    }

    /// Whether Caps Lock is on, or seems to be.
    fn seems_locked(&self) -> bool {
        caps::is_locked().unwrap_or(self.caps_lock && !self.text.is_empty())
    }

    /// Forgets what was typed. The room stays.
    pub(super) fn wipe(&mut self) {
        self.text.zeroize();
    }

    /// Takes what was typed, and forgets it.
    pub(super) fn take(&mut self) -> Password {
        let password = Password::new(self.text.as_str().to_owned());
        self.wipe();
        password
    }

    /// Draws the field; says which it is, and whether Enter was pressed in it.
    pub(super) fn draw(&mut self, ui: &mut Ui, name: egui::Id, visible: bool) -> (egui::Id, bool) {
        let most = self.most;
        let edit = TextEdit::singleline(self)
            .password(!visible)
            .char_limit(most)
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(10, 7));
        let mut output = edit.show(ui);
        // Nothing can be undone here: the history would keep what was typed and deleted.
        output.state.clear_undoer();
        output.state.store(ui.ctx(), output.response.id);
        let response = output.response.response.labelled_by(name);
        if response.has_focus()
            && let Some(locked) = ui.input(|input| caps_lock(&input.events))
        {
            self.caps_lock = locked;
        }
        let enter = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        (response.id, enter)
    }
}

/// Where the system does not tell whether Caps Lock is on, a letter that does not fit Shift does. `None` if no letter was typed.
fn caps_lock(events: &[Event]) -> Option<bool> {
    let mut shift = None;
    let mut locked = None;
    for event in events {
        if let Event::Key { pressed: true, modifiers, .. } = event {
            shift = Some(modifiers.shift);
        } else if let Event::Text(text) = event
            && let (Some(shift), Some(letter)) = (shift.take(), text.chars().next())
            && letter.is_lowercase() != letter.is_uppercase()
        {
            locked = Some(letter.is_uppercase() != shift);
        }
    }
    locked
}

impl TextBuffer for Field {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        &self.text
    }

    fn insert_text(&mut self, text: &str, char_index: usize) -> usize {
        let room = self.most.saturating_sub(self.text.chars().count());
        let at = self.byte_index_from_char_index(char_index);
        let fitting = text.char_indices().nth(room).map_or(text, |(end, _)| &text[..end]);
        self.text.insert_str(at, fitting);
        fitting.chars().count()
    }

    fn delete_char_range(&mut self, char_range: Range<usize>) {
        let (from, to) = (
            self.byte_index_from_char_index(char_range.start),
            self.byte_index_from_char_index(char_range.end),
        );
        self.text.drain(from..to);
    }

    fn clear(&mut self) {
        self.wipe();
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<Self>()
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::Modifiers;

    use super::*;

    fn typed(letter: &str, shift: bool) -> [Event; 2] {
        let modifiers = Modifiers { shift, ..Modifiers::NONE };
        let (key, physical_key, repeat) = (Key::A, None, false);
        let event = Event::Key { key, physical_key, pressed: true, repeat, modifiers };
        [event, Event::Text(letter.to_owned())]
    }

    #[test]
    fn a_capital_letter_without_shift_tells_of_caps_lock() {
        for (letter, shift, locked) in [
            ("a", false, Some(false)),
            ("A", true, Some(false)),
            ("A", false, Some(true)),
            ("a", true, Some(true)),
            ("Ә", false, Some(true)),
            ("1", false, None),
            ("!", true, None),
        ] {
            assert_eq!(caps_lock(&typed(letter, shift)), locked, "{letter} {shift}");
        }
        assert_eq!(caps_lock(&[Event::Text("A".to_owned())]), None);
    }
}
