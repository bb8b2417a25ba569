//! A text to be read: scrolled by mouse and keys, and searched through.

use std::rc::Rc;

use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{
    Button, EventFilter, FontId, Frame, Id, Key, Label, Margin, Modifiers, Rect, Response,
    RichText, ScrollArea, Sense, Stroke, TextEdit, Ui, Vec2, WidgetInfo, WidgetType,
};

use super::colours::ACCENT;
use super::look;
use super::search::{LONGEST, Search};
use super::text::{self, Line};
use crate::words::Words;

/// How many characters a line of a document has; what is longer goes on in the next.
const COLUMNS: usize = 72;

/// How many lines are seen without scrolling.
const LINES: u8 = 9;

const FONT: f32 = 14.0;

/// How wide the field is in which one types what is searched for, in points.
const WANTED: f32 = 220.0;

/// A text, in lines.
pub(super) struct Reader {
    /// What screen readers read.
    whole: Rc<str>,
    lines: Vec<Line>,
    search: Search,
    /// The person wants to search, though all of it is seen.
    asked: bool,
    /// How far it is scrolled, and how far it shall be, in points.
    offset: f32,
    wanted: Option<f32>,
}

impl Reader {
    pub(super) fn new(content: &str) -> Self {
        let lines = text::lines(content, COLUMNS);
        let mut whole = String::new();
        for line in &lines {
            whole.extend(line.letters());
            if !line.goes_on {
                whole.push('\n');
            }
        }
        let search = Search::new(&lines);
        Self { whole: whole.into(), lines, search, asked: false, offset: 0.0, wanted: None }
    }

    /// Draws the text and what one searches it with.
    pub(super) fn draw(&mut self, ui: &mut Ui, words: &Words, name: &str) {
        let font = FontId::monospace(FONT);
        let row = ui.fonts_mut(|fonts| fonts.row_height(&font)).ceil();
        let seen = u8::try_from(self.lines.len()).unwrap_or(LINES).clamp(2, LINES);
        let height = f32::from(seen) * row;
        let find = ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::F));
        self.asked |= find;
        if self.asked || self.lines.len() > usize::from(LINES) {
            self.find(ui, words, find);
        }
        if let Some(found) = self.found(row, height) {
            self.wanted = Some(found);
        }
        let id = ui.id().with("document");
        let has_keyboard = ui.memory(|memory| memory.has_focus(id));
        let edge = if has_keyboard {
            Stroke::new(2.0, ACCENT)
        } else {
            ui.visuals().widgets.inactive.bg_stroke
        };
        let frame =
            Frame::new().fill(look::SHEET.now()).stroke(edge).corner_radius(5).inner_margin(
                // A thicker edge takes no room away.
                Margin::symmetric(
                    if has_keyboard { 9 } else { 10 },
                    if has_keyboard { 5 } else { 6 },
                ),
            );
        let sheet = frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.spacing_mut().interact_size.y = 0.0;
            let mut area = ScrollArea::both()
                .id_salt("text")
                .auto_shrink([false, false])
                .max_height(height)
                .min_scrolled_height(height);
            if let Some(offset) = self.wanted.take() {
                area = area.vertical_scroll_offset(offset);
            }
            let scrolled = area.show_rows(ui, row, self.lines.len(), |ui, rows| {
                for at in rows {
                    let Some(line) = self.lines.get(at) else { break };
                    ui.add(Label::new(line.job(&font, &self.search.marks(at))).extend());
                }
            });
            self.offset = scrolled.state.offset.y;
        });
        self.listen(ui, id, sheet.response.rect, name, (row, height));
    }

    /// The text as one thing that can have the keyboard.
    fn listen(&mut self, ui: &Ui, id: Id, place: Rect, name: &str, (row, page): (f32, f32)) {
        let sheet = ui.interact(place, id, Sense::focusable_noninteractive());
        sheet.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, name));
        let whole = Rc::clone(&self.whole);
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_role(Role::Document);
            node.set_label(name);
            node.set_value(&*whole);
        });
        if !sheet.has_focus() {
            return;
        }
        if sheet.gained_focus() {
            sheet.scroll_to_me(None);
        }
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let last = row * self.lines.len() as f32;
        let moved = [
            (Key::ArrowDown, row),
            (Key::ArrowUp, -row),
            (Key::PageDown, page - row),
            (Key::PageUp, row - page),
            (Key::Home, -last),
            (Key::End, last),
        ]
        .into_iter()
        .find_map(|(key, by)| ui.input(|input| input.key_pressed(key)).then_some(by));
        if let Some(moved) = moved {
            self.wanted = Some((self.offset + moved).clamp(0.0, (last - page).max(0.0)));
            ui.ctx().request_repaint();
        }
    }

    /// What is searched for, where it was found, and the ways to the next place and back.
    fn find(&mut self, ui: &mut Ui, words: &Words, asked: bool) {
        let mut step = ui.input_mut(|input| {
            let back = input.consume_key(Modifiers::SHIFT, Key::F3);
            let on = input.consume_key(Modifiers::NONE, Key::F3);
            (on || back).then_some(on)
        });
        ui.horizontal(|ui| {
            let name = ui.label(RichText::new(words.get("window-find")).color(look::QUIET)).id;
            let edit = TextEdit::singleline(&mut self.search.wanted)
                .char_limit(LONGEST)
                .desired_width(WANTED)
                .margin(Margin::symmetric(8, 5));
            let field = ui.add(edit).labelled_by(name);
            let enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if enter {
                step = Some(!ui.input(|input| input.modifiers.shift));
            }
            if asked || enter {
                field.request_focus();
            }
            let some = self.search.count().is_some_and(|(_, count)| count > 0);
            for (on, sign, key) in
                [(false, "⏶", "window-find-previous"), (true, "⏷", "window-find-next")]
            {
                if arrow(ui, sign, &words.get(key), some).clicked() {
                    step = Some(on);
                }
            }
            if let Some((here, count)) = self.search.count() {
                let numbers = [here, count].map(|number| words.number(number as u64));
                let text = if count == 0 {
                    words.get("window-find-none")
                } else {
                    words.get_with(
                        "window-find-count",
                        &[("shown", &numbers[0]), ("count", &numbers[1])],
                    )
                };
                let colour = if count == 0 { look::RED } else { look::QUIET };
                let told = ui.label(RichText::new(text).color(colour));
                // Screen readers say it without being asked.
                ui.ctx().accesskit_node_builder(told.id, |node| node.set_live(Live::Polite));
            }
        });
        if self.search.look() {
            step = None;
            self.wanted = Some(0.0);
            // What was found is counted in the next frame.
            ui.ctx().request_repaint();
        }
        if let Some(forward) = step {
            self.search.go(forward);
            self.wanted = Some(self.offset);
            ui.ctx().request_repaint();
        }
    }

    /// How far one has to scroll to see the place that was gone to just now, if it is out of sight.
    fn found(&self, row: f32, height: f32) -> Option<f32> {
        self.wanted?;
        let at = row * self.search.row()? as f32;
        let seen = self.offset..self.offset + height - row;
        (!seen.contains(&at)).then_some((at - height / 2.0).max(0.0))
    }
}

fn arrow(ui: &mut Ui, sign: &str, name: &str, enabled: bool) -> Response {
    let button = Button::new(sign).min_size(Vec2::splat(28.0));
    let button = ui
        .scope(|ui| {
            ui.spacing_mut().button_padding = Vec2::new(8.0, 4.0);
            ui.add_enabled(enabled, button)
        })
        .inner;
    button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, name));
    button.on_hover_text(name)
}
