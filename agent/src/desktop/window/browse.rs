//! Our own chooser of a folder, for machines whose desktop has none.
//!
//! What is chosen is the folder that the path names. Enter in the path goes there; nothing but the button accepts.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use eframe::egui::{
    self, Align, Frame, Key, Layout, Margin, RichText, ScrollArea, TextEdit, Ui, Vec2,
};

use super::super::FolderPrompt;
use super::super::line::Reply;
use super::face::{Drawn, Face};
use super::folder::{caption, home};
use super::look::{self, Fact};
use crate::words::Words;

const WIDTH: f32 = 640.0;
const LIST: f32 = 240.0;

/// How many folders are listed. Whoever has more types the path.
const LISTED: usize = 2_000;

/// Shows folders and goes through them.
pub(super) struct Browse {
    prompt: FolderPrompt,
    words: Rc<Words>,
    /// Where we are: a folder, unless `trouble` says otherwise.
    here: PathBuf,
    /// What stands in the field for the path.
    path: String,
    inside: Inside,
    trouble: Option<&'static str>,
    new: String,
}

/// The folders in a folder, by name.
#[derive(Default)]
struct Inside {
    names: Vec<(String, PathBuf)>,
    more: bool,
}

impl Browse {
    pub(super) fn new(prompt: &FolderPrompt) -> Self {
        let mut browse = Self {
            prompt: prompt.clone(),
            words: Rc::new(Words::new(prompt.locale)),
            here: PathBuf::new(),
            path: String::new(),
            inside: Inside::default(),
            trouble: None,
            new: String::new(),
        };
        browse.go(&home().unwrap_or_else(|| PathBuf::from("/")));
        browse
    }

    /// Goes to a folder. If there is none, the list is empty and nothing can be chosen.
    fn go(&mut self, folder: &Path) {
        self.here = folder.to_owned();
        self.path = folder.display().to_string();
        self.inside = Inside::default();
        self.trouble = match list(folder) {
            _ if !folder.is_absolute() || !folder.is_dir() => Some("window-folder-missing"),
            Ok(inside) => {
                self.inside = inside;
                None
            }
            Err(_) => Some("window-folder-unreadable"),
        };
    }

    /// The path, the list and the field for a new folder; says where to go next.
    fn body(&mut self, ui: &mut Ui) -> Option<PathBuf> {
        let mut next = None;
        look::title(ui, &self.words.get("window-folder-title"));
        ui.add_space(4.0);
        let origin = Fact {
            name: self.words.get("window-origin"),
            values: vec![self.prompt.origin.clone()],
        };
        look::facts(ui, &[origin]);
        ui.label(RichText::new(self.words.get("window-folder-explain")).color(look::QUIET));
        ui.add_space(2.0);
        let name = ui.label(self.words.get("window-folder-path")).id;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button(self.words.get("window-folder-up")).clicked() {
                    next = self.here.parent().map(Path::to_owned);
                }
                let field = line(&mut self.path, ui.available_width());
                let response = ui.add(field).labelled_by(name);
                if response.lost_focus() {
                    let typed = PathBuf::from(self.path.trim());
                    // A name that is no Unicode is shown with marks in place of what cannot be shown; as long as nobody
                    // types, the path itself stays as it is.
                    if self.path != self.here.display().to_string() {
                        next = Some(typed);
                    }
                }
            });
        });
        let heading =
            ui.label(RichText::new(self.words.get("window-folder-inside")).color(look::QUIET)).id;
        Frame::new()
            .fill(egui::Color32::WHITE)
            .stroke(ui.visuals().widgets.inactive.bg_stroke)
            .corner_radius(5)
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.set_height(LIST);
                if let Some(folder) = self.list(ui, heading) {
                    next = Some(folder);
                }
            });
        if let Some(folder) = self.new_folder(ui) {
            next = Some(folder);
        }
        next
    }

    fn list(&self, ui: &mut Ui, heading: egui::Id) -> Option<PathBuf> {
        let mut next = None;
        let note = match (self.trouble, self.inside.names.is_empty(), self.inside.more) {
            (Some(trouble), _, _) => Some((trouble, look::RED)),
            (None, true, _) => Some(("window-folder-none", look::QUIET)),
            (None, false, true) => Some(("window-folder-many", look::QUIET)),
            (None, false, false) => None,
        };
        let margin = Margin::symmetric(8, 6);
        let area = ScrollArea::vertical().auto_shrink([false, false]);
        Frame::new().inner_margin(margin).show(ui, |ui| {
            area.show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.spacing_mut().button_padding = Vec2::new(8.0, 4.0);
                for (name, folder) in &self.inside.names {
                    let row = egui::Button::selectable(false, name)
                        .min_size(Vec2::new(ui.available_width(), 0.0));
                    let row = ui.add(row).labelled_by(heading);
                    if row.clicked() {
                        next = Some(folder.clone());
                    }
                }
                if let Some((key, colour)) = note {
                    ui.label(RichText::new(self.words.get(key)).color(colour));
                }
            });
        });
        next
    }

    fn new_folder(&mut self, ui: &mut Ui) -> Option<PathBuf> {
        let mut made = None;
        let name =
            ui.label(RichText::new(self.words.get("window-folder-new")).color(look::QUIET)).id;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let possible = self.trouble.is_none() && is_name(&self.new);
                let create = egui::Button::new(self.words.get("window-folder-create"));
                let pressed = ui.add_enabled(possible, create).clicked();
                let field = ui.add(line(&mut self.new, ui.available_width())).labelled_by(name);
                let enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if possible && (pressed || enter) {
                    let folder = self.here.join(self.new.trim());
                    if make(&folder).is_ok() {
                        self.new.clear();
                        made = Some(folder);
                    } else {
                        self.trouble = Some("window-folder-not-created");
                    }
                }
            });
        });
        made
    }
}

impl Face for Browse {
    fn title(&self) -> String {
        caption(&self.prompt)
    }

    fn size(&self) -> Vec2 {
        Vec2::new(WIDTH, 640.0)
    }

    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn {
        let words = Rc::clone(&self.words);
        // What was typed but not gone to yet is not what the list shows, and is not accepted.
        let settled = self.trouble.is_none() && self.path == self.here.display().to_string();
        let buttons = |ui: &mut Ui| {
            let text = words.get("window-folder-choose");
            let accepted = look::accept(ui, &text, ready && settled).clicked();
            (accepted, ui.button(words.get("window-cancel")).clicked())
        };
        let page = look::page(ui, &words, self.prompt.sandbox, buttons, |ui| self.body(ui));
        let answer = match page.buttons {
            (_, true) => Some(Reply::Closed),
            (true, false) => Some(Reply::Folder(self.here.clone())),
            (false, false) => None,
        };
        if let Some(next) = page.body {
            self.go(&next);
        }
        Drawn { answer, height: page.height }
    }
}

fn line(text: &mut String, width: f32) -> TextEdit<'_> {
    TextEdit::singleline(text)
        .char_limit(4096)
        .desired_width(width)
        .margin(Margin::symmetric(10, 7))
}

/// The folders in `folder` whose names do not begin with a dot, in the order of their names.
fn list(folder: &Path) -> std::io::Result<Inside> {
    let mut inside = Inside::default();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('.') || !path.is_dir() {
            continue;
        }
        if inside.names.len() == LISTED {
            inside.more = true;
            break;
        }
        inside.names.push((name, path));
    }
    inside.names.sort_by_cached_key(|(name, _)| name.to_lowercase());
    Ok(inside)
}

/// A name of one folder, not a path.
fn is_name(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text != "." && text != ".." && !text.contains(std::path::is_separator)
}

/// Keys are for one person: so is a folder that is made for them.
fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use tanba::protocol::Locale;

    use super::*;

    fn browse(folder: &Path) -> Browse {
        let prompt = FolderPrompt {
            origin: "https://egov.kz".to_owned(),
            locale: Locale::Kk,
            sandbox: true,
        };
        let mut browse = Browse::new(&prompt);
        browse.go(folder);
        browse
    }

    #[test]
    fn folders_are_listed_by_name_without_hidden_ones_and_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["ЭЦП", "b", "A", ".hidden"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("file"), "").unwrap();
        let browse = browse(folder.path());
        let names: Vec<_> = browse.inside.names.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["A", "b", "ЭЦП"]);
        assert!(browse.trouble.is_none() && !browse.inside.more);
    }

    #[test]
    fn what_is_no_folder_cannot_be_chosen() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        for path in [
            folder.path().join("file"),
            folder.path().join("gone"),
            "relative".into(),
            PathBuf::new(),
        ] {
            let browse = browse(&path);
            assert_eq!(browse.trouble, Some("window-folder-missing"), "{path:?}");
            assert!(browse.inside.names.is_empty());
        }
    }

    #[test]
    fn a_name_that_is_a_path_makes_no_folder() {
        for name in ["", " ", ".", "..", "a/b", "/tmp/x"] {
            assert!(!is_name(name), "{name}");
        }
        assert!(is_name("ЭЦҚ кілттері"));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_folder_is_for_one_person() {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("ЭЦҚ");
        make(&folder).unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(make(&folder).is_err());
    }
}
