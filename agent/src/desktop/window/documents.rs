//! The documents that a person agrees to: which there are, and what can be read of the one that was picked.

use std::collections::BTreeMap;

use eframe::egui::text::LayoutJob;
use eframe::egui::{Button, RichText, TextFormat, TextStyle, Ui, Vec2};

use super::super::{ConsentPrompt, Kind, Preview, Shown};
use super::look::{self, Fact};
use super::picture::Picture;
use super::reader::Reader;
use super::text;
use crate::words::Words;

/// How many digits of a digest stand in a line.
const DIGITS: usize = 32;

/// How many documents are seen without scrolling.
const ROWS: u8 = 4;

/// Documents, one of which is shown.
pub(super) struct Documents {
    previews: Vec<Preview>,
    count: usize,
    picked: usize,
    /// The text of the picked one, once it was drawn.
    text: Option<Reader>,
    /// Pictures that were picked once, by their numbers.
    pictures: BTreeMap<usize, Picture>,
}

impl Documents {
    pub(super) fn new(prompt: &mut ConsentPrompt) -> Self {
        let previews = std::mem::take(&mut prompt.documents);
        Self { previews, count: prompt.count, picked: 0, text: None, pictures: BTreeMap::new() }
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
        let (shown, count) =
            (words.number(self.previews.len() as u64), words.number(self.count as u64));
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
            self.text = None;
        }
    }

    fn facts(&self, ui: &mut Ui, words: &Words) {
        let Some(preview) = self.previews.get(self.picked) else { return };
        let fact = |key: &str, value: String| Fact { name: words.get(key), values: vec![value] };
        let mut facts = Vec::new();
        facts.extend(
            preview.name.as_ref().map(|name| fact("window-document-name", text::name(name))),
        );
        facts.extend(preview.length.map(|length| fact("window-document-size", words.size(length))));
        let (algorithm, digest) = &preview.digest;
        // Whoever compares needs all of it.
        let digits: Vec<char> = digest.chars().collect();
        let values = digits.chunks(DIGITS).map(|part| text::name(&part.iter().collect::<String>()));
        facts.push(Fact { name: text::name(algorithm), values: values.collect() });
        look::details(ui, &facts);
    }

    fn read(&mut self, ui: &mut Ui, words: &Words) {
        let Some(preview) = self.previews.get_mut(self.picked) else { return };
        let name = title(preview, words);
        let note = match &mut preview.shown {
            Shown::Text(content, whole) | Shown::Xml(content, whole) => {
                let reader = self.text.get_or_insert_with(|| Reader::new(content));
                reader.draw(ui, words, &name);
                if !*whole {
                    let size = words.size(content.len().try_into().unwrap_or(u64::MAX));
                    let note = words.get_with("window-document-cut", &[("size", &size)]);
                    ui.label(RichText::new(note).color(look::RED));
                }
                return;
            }
            Shown::Picture(bytes) => {
                let picture = self.pictures.entry(self.picked);
                let picture = picture.or_insert_with(|| Picture::new(std::mem::take(bytes)));
                picture.draw(ui, words, &name);
                return;
            }
            Shown::Named(Kind::Pdf) => "window-document-no-pdf",
            Shown::Named(Kind::LargePicture) => "window-document-no-picture",
            Shown::Binary => "window-document-binary",
            Shown::DigestOnly => {
                ui.label(RichText::new(words.get("window-document-hidden")).color(look::RED));
                return;
            }
        };
        ui.label(RichText::new(words.get(note)).color(look::QUIET));
    }
}

fn title(preview: &Preview, words: &Words) -> String {
    let key = match &preview.shown {
        _ if preview.name.is_some() => return text::name(preview.name.as_deref().unwrap_or("")),
        Shown::Text(..) => "window-document-text",
        Shown::Xml(..) => "window-document-xml",
        Shown::Picture(_) | Shown::Named(Kind::LargePicture) => "window-document-picture",
        Shown::Named(Kind::Pdf) => "window-document-pdf",
        Shown::Binary => "window-document-data",
        Shown::DigestOnly => "window-document-digest",
    };
    words.get(key)
}
