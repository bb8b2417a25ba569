//! The documents that a person agrees to: which there are, and what can be read of the one that was picked.

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Button, FontId, Frame, Label, Margin, RichText, ScrollArea, TextFormat, TextStyle, Ui,
    Vec2,
};

use super::super::{ConsentPrompt, Preview, Shown};
use super::look::{self, Fact};
use super::text::{self, Line};
use crate::words::Words;

/// How many characters a line of a document has; what is longer goes on in the next.
const COLUMNS: usize = 72;

/// How many digits of a digest stand in a line.
const DIGITS: usize = 32;

/// How many documents, and how many lines of one, are seen without scrolling.
const ROWS: u8 = 4;
const LINES: u8 = 9;

const FONT: f32 = 14.0;

/// Documents, one of which is shown.
pub(super) struct Documents {
    previews: Vec<Preview>,
    count: usize,
    picked: usize,
    /// The lines of the picked one, once it was drawn.
    lines: Option<Vec<Line>>,
}

impl Documents {
    pub(super) fn new(prompt: &mut ConsentPrompt) -> Self {
        let previews = std::mem::take(&mut prompt.documents);
        Self { previews, count: prompt.count, picked: 0, lines: None }
    }

    pub(super) fn draw(&mut self, ui: &mut Ui, words: &Words) {
        if self.previews.is_empty() {
            return;
        }
        if self.count > 1 {
            self.list(ui, words);
        }
        self.facts(ui, words);
        self.read(ui, words);
    }

    fn list(&mut self, ui: &mut Ui, words: &Words) {
        let (shown, count) = (words.number(self.previews.len() as u64), words.number(self.count as u64));
        let caption = if self.previews.len() < self.count {
            let numbers = [("shown", shown.as_str()), ("count", count.as_str())];
            words.get_with("window-documents-some", &numbers)
        } else {
            words.get_with("window-documents", &[("count", &count)])
        };
        let heading = ui.label(RichText::new(caption).color(look::QUIET)).id;
        let font = TextStyle::Body.resolve(ui.style());
        let mut picked = None;
        look::sheet(ui, f32::from(ROWS) * look::ROW, "documents", |ui| {
            for (at, preview) in self.previews.iter().enumerate() {
                let mut job = LayoutJob::default();
                let name = format!("{}. {}", at + 1, title(preview, words));
                job.append(&name, 0.0, TextFormat::simple(font.clone(), look::INK.now()));
                if let Some(length) = preview.length {
                    let size = format!(" · {}", words.size(length));
                    job.append(&size, 0.0, TextFormat::simple(font.clone(), look::QUIET.now()));
                }
                let row = Button::selectable(at == self.picked, job)
                    .truncate()
                    .min_size(Vec2::new(ui.available_width(), 0.0));
                if ui.add(row).labelled_by(heading).clicked() {
                    picked = Some(at);
                }
            }
        });
        if let Some(picked) = picked {
            self.picked = picked;
            self.lines = None;
        }
    }

    fn facts(&self, ui: &mut Ui, words: &Words) {
        let Some(preview) = self.previews.get(self.picked) else { return };
        let fact = |key: &str, value: String| Fact { name: words.get(key), values: vec![value] };
        let mut facts = Vec::new();
        facts.extend(
            preview.name.as_ref().map(|name| fact("window-document-name", text::name(name))),
        );
        facts.extend(
            preview.length.map(|length| fact("window-document-size", words.size(length))),
        );
        let (algorithm, digest) = &preview.digest;
        // Whoever compares needs all of it.
        let digits: Vec<char> = digest.chars().collect();
        let values = digits.chunks(DIGITS).map(|part| text::name(&part.iter().collect::<String>()));
        facts.push(Fact { name: text::name(algorithm), values: values.collect() });
        look::details(ui, &facts);
    }

    fn read(&mut self, ui: &mut Ui, words: &Words) {
        let Some(preview) = self.previews.get(self.picked) else { return };
        let (content, whole) = match &preview.shown {
            Shown::Text(content, whole) | Shown::Xml(content, whole) => (content, *whole),
            Shown::Binary => {
                ui.label(RichText::new(words.get("window-document-binary")).color(look::QUIET));
                return;
            }
            Shown::DigestOnly => {
                ui.label(RichText::new(words.get("window-document-hidden")).color(look::RED));
                return;
            }
        };
        let lines = self.lines.get_or_insert_with(|| text::lines(content, COLUMNS));
        let font = FontId::monospace(FONT);
        let row = ui.fonts_mut(|fonts| fonts.row_height(&font)).ceil();
        let seen = u8::try_from(lines.len()).unwrap_or(LINES).clamp(2, LINES);
        Frame::new()
            .fill(look::SHEET.now())
            .stroke(ui.visuals().widgets.inactive.bg_stroke)
            .corner_radius(5)
            .inner_margin(Margin::symmetric(10, 6))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.spacing_mut().interact_size.y = 0.0;
                ScrollArea::both()
                    .id_salt(("text", self.picked))
                    .auto_shrink([false, false])
                    .max_height(f32::from(seen) * row)
                    .min_scrolled_height(f32::from(seen) * row)
                    .show_rows(ui, row, lines.len(), |ui, rows| {
                        for line in lines.get(rows).unwrap_or_default() {
                            ui.add(Label::new(line.job(&font)).extend());
                        }
                    });
            });
        if !whole {
            let size = words.size(content.len().try_into().unwrap_or(u64::MAX));
            let note = words.get_with("window-document-cut", &[("size", &size)]);
            ui.label(RichText::new(note).color(look::RED));
        }
    }
}

fn title(preview: &Preview, words: &Words) -> String {
    let key = match &preview.shown {
        _ if preview.name.is_some() => return text::name(preview.name.as_deref().unwrap_or("")),
        Shown::Text(..) => "window-document-text",
        Shown::Xml(..) => "window-document-xml",
        Shown::Binary => "window-document-data",
        Shown::DigestOnly => "window-document-digest",
    };
    words.get(key)
}
