//! Our own chooser of files and folders, for machines whose desktop has none.
//!
//! What is chosen is what the path names. Enter in the path goes there; nothing but the button accepts.

#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use eframe::egui::{
    self, Align, Frame, Key, Layout, Margin, RichText, ScrollArea, TextEdit, Ui, Vec2,
};

use super::super::FileKind;
use super::super::line::Reply;
use super::chooser::Choice;
use super::consent::origin;
use super::face::{Drawn, Face};
use super::look::{self, Fact};
use super::text;
use crate::words::Words;

const WIDTH: f32 = 640.0;
const LIST: f32 = 240.0;

/// How many files and folders are listed. Whoever has more types the path.
const LISTED: usize = 2_000;

/// Shows folders, and files if one is wanted, and goes through them.
pub(super) struct Browse {
    choice: Choice,
    words: Rc<Words>,
    origin: Vec<Fact>,
    /// Where we are: a folder, unless `trouble` says otherwise.
    here: PathBuf,
    /// The file in it that was picked.
    picked: Option<PathBuf>,
    /// What stands in the field for the path.
    path: String,
    inside: Inside,
    trouble: Option<&'static str>,
    new: String,
    /// The window opens: the path, or the button that cancels, gets the keyboard.
    focus: bool,
}

/// What is in a folder: folders by name, then files by name.
#[derive(Default)]
struct Inside {
    names: Vec<Entry>,
    more: bool,
}

struct Entry {
    name: String,
    path: PathBuf,
    is_folder: bool,
}

impl Browse {
    pub(super) fn new(choice: Choice) -> Self {
        let mut browse = Self {
            words: Rc::clone(&choice.words),
            origin: if choice.wish.is_some() {
                Vec::new()
            } else {
                origin(choice.origin.as_deref(), &choice.words)
            },
            here: PathBuf::new(),
            picked: None,
            path: String::new(),
            inside: Inside::default(),
            trouble: None,
            new: String::new(),
            focus: true,
            choice,
        };
        let begin = browse.choice.begin.take();
        browse.go(&begin.unwrap_or_else(|| PathBuf::from("/")));
        browse
    }

    fn wants_files(&self) -> bool {
        self.choice.kind != FileKind::Folder
    }

    /// What can be chosen: the picked file, or where we are.
    fn chosen(&self) -> &Path {
        self.picked.as_deref().unwrap_or(&self.here)
    }

    /// Goes to a folder, or picks a file. If there is none, the list is empty and nothing can be chosen.
    fn go(&mut self, path: &Path) {
        let is_file = self.wants_files() && path.is_absolute() && path.is_file();
        let folder = if is_file { path.parent().unwrap_or(path) } else { path };
        self.picked = is_file.then(|| path.to_owned());
        self.here = folder.to_owned();
        self.path = path.display().to_string();
        self.inside = Inside::default();
        let endings = self.wants_files().then(|| self.choice.endings());
        self.trouble = match list(folder, endings) {
            _ if !folder.is_absolute() || !folder.is_dir() => Some(if self.wants_files() {
                "window-file-missing"
            } else {
                "window-folder-missing"
            }),
            Ok(inside) => {
                self.inside = inside;
                None
            }
            Err(_) => Some("window-folder-unreadable"),
        };
    }

    /// The words of the title, of what is explained below it, and of the button.
    fn texts(&self) -> (&'static str, Option<&'static str>, &'static str) {
        if self.choice.for_new_keys {
            let explain = Some("window-folder-explain");
            return ("window-folder-title", explain, "window-folder-choose");
        }
        if let Some(wished) = self.choice.wished() {
            let is_folder = self.choice.kind == FileKind::Folder;
            let choose = if is_folder { "window-folder-choose" } else { "window-file-choose" };
            return (wished, None, choose);
        }
        match self.choice.kind {
            FileKind::Folder => ("window-file-title-folder", None, "window-folder-choose"),
            FileKind::Any => {
                let explain = Some("window-file-explain");
                ("window-file-title-any", explain, "window-file-choose")
            }
            FileKind::Key => ("window-file-title-key", None, "window-file-choose"),
            FileKind::Certificate => ("window-file-title-certificate", None, "window-file-choose"),
            FileKind::RevocationList => ("window-file-title-list", None, "window-file-choose"),
            FileKind::Picture => ("window-file-title-picture", None, "window-file-choose"),
        }
    }

    /// The path, the list and the field for a new folder; says where to go next.
    fn body(&mut self, ui: &mut Ui) -> Option<PathBuf> {
        let mut next = None;
        let (title, explained, _) = self.texts();
        look::title(ui, &self.words.get(title));
        ui.add_space(4.0);
        if !self.origin.is_empty() {
            look::facts(ui, &self.origin);
        }
        if let Some(explained) = explained {
            ui.label(RichText::new(self.words.get(explained)).color(look::QUIET));
        }
        ui.add_space(2.0);
        let (path, inside) = if self.wants_files() {
            ("window-file-path", "window-file-inside")
        } else {
            ("window-folder-path", "window-folder-inside")
        };
        let name = ui.label(self.words.get(path)).id;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button(self.words.get("window-folder-up")).clicked() {
                    next = self.here.parent().map(Path::to_owned);
                }
                let field = line(&mut self.path, ui.available_width());
                let response = ui.add(field).labelled_by(name);
                if self.wants_files() && std::mem::take(&mut self.focus) {
                    response.request_focus();
                }
                if response.lost_focus() {
                    let typed = PathBuf::from(self.path.trim());
                    // A name that is no Unicode is shown with marks in place of what cannot be shown; as long as nobody
                    // types, the path itself stays as it is.
                    if self.path != self.chosen().display().to_string() {
                        next = Some(typed);
                    }
                }
            });
        });
        let heading = ui.label(RichText::new(self.words.get(inside)).color(look::QUIET)).id;
        Frame::new()
            .fill(look::SHEET.now())
            .stroke(ui.visuals().widgets.inactive.bg_stroke)
            .corner_radius(5)
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.set_height(LIST);
                if let Some(folder) = self.list(ui, heading) {
                    next = Some(folder);
                }
            });
        if self.choice.for_new_keys
            && let Some(folder) = self.new_folder(ui)
        {
            next = Some(folder);
        }
        next
    }

    fn list(&self, ui: &mut Ui, heading: egui::Id) -> Option<PathBuf> {
        let mut next = None;
        let note = match (self.trouble, self.inside.names.is_empty(), self.inside.more) {
            (Some(trouble), _, _) => Some((trouble, look::RED)),
            (None, true, _) if self.wants_files() => Some(("window-file-none", look::QUIET)),
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
                for entry in &self.inside.names {
                    let picked = self.picked.as_ref() == Some(&entry.path);
                    // A stroke tells a folder from a file where both are listed.
                    let stroke = if entry.is_folder && self.wants_files() { "/" } else { "" };
                    let name = format!("{}{stroke}", text::name(&entry.name));
                    let row = egui::Button::selectable(picked, name)
                        .truncate()
                        .min_size(Vec2::new(ui.available_width(), 0.0));
                    let row = ui.add(row).labelled_by(heading);
                    if row.clicked() {
                        next = Some(entry.path.clone());
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
        self.choice.caption()
    }

    fn size(&self) -> Vec2 {
        Vec2::new(WIDTH, 640.0)
    }

    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn {
        let words = Rc::clone(&self.words);
        // What was typed but not gone to yet is not what the list shows, and is not accepted.
        let settled = self.trouble.is_none()
            && self.path == self.chosen().display().to_string()
            && self.wants_files() == self.picked.is_some();
        let (_, _, choose) = self.texts();
        // Where a file is wanted, its name is typed; a folder is chosen from the list.
        let mut focus_cancel = !self.wants_files() && std::mem::take(&mut self.focus);
        let buttons = |ui: &mut Ui| {
            let accepted = look::accept(ui, &words.get(choose), ready && settled).clicked();
            let cancel = look::cancel(ui, &words.get("window-cancel"), ready);
            cancel.focus(std::mem::take(&mut focus_cancel));
            (accepted, cancel.clicked)
        };
        let page = look::page(ui, &words, self.choice.sandbox, buttons, |ui| self.body(ui));
        let answer = match page.buttons {
            (_, true) => Some(Reply::Closed),
            (true, false) => {
                let chosen = self.chosen().to_owned();
                let reply = self.choice.reply(chosen.clone());
                if reply.is_none() {
                    // It was there when it was listed.
                    self.go(&chosen);
                }
                reply
            }
            (false, false) => None,
        };
        if let Some(next) = page.body {
            self.go(&next);
        }
        Drawn { answer, height: page.height }
    }
}

/// A field for a path.
pub(super) fn line(text: &mut String, width: f32) -> TextEdit<'_> {
    TextEdit::singleline(text)
        .char_limit(4096)
        .desired_width(width)
        .margin(Margin::symmetric(10, 7))
}

/// The folders in `folder` whose names do not begin with a dot, in the order of their names. With `endings` also the
/// files that end in one of them, or all files if there is none.
fn list(folder: &Path, endings: Option<&[&str]>) -> std::io::Result<Inside> {
    let mut inside = Inside::default();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_folder = path.is_dir();
        let fits =
            is_folder || endings.is_some_and(|endings| path.is_file() && ends_in(&path, endings));
        if name.starts_with('.') || !fits {
            continue;
        }
        if inside.names.len() == LISTED {
            inside.more = true;
            break;
        }
        inside.names.push(Entry { name, path, is_folder });
    }
    inside.names.sort_by_cached_key(|entry| (!entry.is_folder, entry.name.to_lowercase()));
    Ok(inside)
}

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    endings.is_empty()
        || ending.is_some_and(|ending| endings.iter().any(|one| one.eq_ignore_ascii_case(ending)))
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
