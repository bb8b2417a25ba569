//! The part of a window in which a key file and its password are asked for.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, Button, Id, Key, Layout, RichText, Spinner, TextFormat, TextStyle, Ui, Vec2,
};
use tanba_core::secret::Password;

use super::super::CannotOpen;
use super::browse::line;
use super::field::Field;
use super::look;
use super::text;
use crate::words::Words;

/// How many characters of a password can be typed.
const TYPED: usize = 256;

/// How high the list of recent files is, in points, before it is scrolled.
const RECENT: f32 = 2.5 * look::ROW;

/// A key file and its password, as far as they are known.
pub(super) struct Form {
    words: Rc<Words>,
    recent: Vec<PathBuf>,
    file: KeyFile,
    password: Field,
    visible: bool,
    trouble: Option<&'static str>,
    /// Which field gets the keyboard when it is drawn next.
    focus: Option<Focus>,
}

/// Whether something can be typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It can.
    Open,
    /// Another window lets the person choose a file.
    Waits,
    /// The agent opens the file.
    Opening,
}

/// What the person wants.
#[derive(Clone, Copy)]
pub(super) enum Wish {
    /// To choose a file in another window.
    Browse,
    /// To see the keys in the file.
    Open,
}

#[derive(Clone, Copy)]
enum Focus {
    File,
    Password,
}

/// A path, and how it stands in its field: a name that is no Unicode is shown with marks in place of what cannot be
/// shown, and stays what it is as long as nobody types.
#[derive(Default)]
struct KeyFile {
    path: PathBuf,
    text: String,
}

impl KeyFile {
    fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), text: path.display().to_string() }
    }

    fn path(&self) -> PathBuf {
        if self.text == self.path.display().to_string() {
            self.path.clone()
        } else {
            PathBuf::from(self.text.trim())
        }
    }
}

impl Form {
    /// Begins with the file that was chosen before, or else with the one that was used last.
    pub(super) fn new(recent: Vec<PathBuf>, file: Option<&Path>, words: Rc<Words>) -> Self {
        let file = file.or(recent.first().map(PathBuf::as_path));
        Self {
            focus: Some(if file.is_some() { Focus::Password } else { Focus::File }),
            file: file.map(KeyFile::new).unwrap_or_default(),
            recent,
            password: Field::new(TYPED),
            visible: false,
            trouble: None,
            words,
        }
    }

    /// The file, if it has a name.
    pub(super) fn path(&self) -> Option<PathBuf> {
        Some(self.file.path()).filter(|path| !path.as_os_str().is_empty())
    }

    /// What was typed, which is forgotten here.
    pub(super) fn take_password(&mut self) -> Password {
        self.trouble = None;
        self.password.take()
    }

    pub(super) fn choose(&mut self, path: &Path) {
        self.file = KeyFile::new(path);
        self.trouble = None;
        self.ask_again();
    }

    /// Gives the keyboard to the password's field.
    pub(super) fn ask_again(&mut self) {
        self.focus = Some(Focus::Password);
    }

    /// Tells why the file was not opened, and gives the keyboard to what should be corrected.
    pub(super) fn cannot(&mut self, why: CannotOpen) {
        let (trouble, focus) = match why {
            CannotOpen::Missing => ("window-key-missing", Focus::File),
            CannotOpen::Unreadable => ("window-key-unreadable", Focus::File),
            CannotOpen::NotAKeyFile => ("window-key-not-keys", Focus::File),
            CannotOpen::WrongPassword => ("window-key-wrong-password", Focus::Password),
            CannotOpen::Empty => ("window-key-empty", Focus::File),
        };
        self.trouble = Some(trouble);
        self.focus = Some(focus);
    }

    pub(super) fn draw(&mut self, ui: &mut Ui, state: State) -> Option<Wish> {
        let wish = ui.add_enabled_ui(state == State::Open, |ui| self.fields(ui)).inner;
        if state == State::Opening {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(18.0));
                ui.label(self.words.get("window-key-opening"));
            });
        } else if let Some(trouble) = self.trouble {
            ui.label(RichText::new(self.words.get(trouble)).color(look::RED));
        }
        wish
    }

    /// The recent files, the path and the password.
    fn fields(&mut self, ui: &mut Ui) -> Option<Wish> {
        let mut wish = None;
        let name = ui.label(self.words.get("window-key-file")).id;
        if !self.recent.is_empty() {
            self.recent(ui, name);
        }
        let path = look::from_the_right(ui, |ui| {
            if ui.button(self.words.get("window-key-browse")).clicked() {
                wish = Some(Wish::Browse);
            }
            ui.add(line(&mut self.file.text, ui.available_width())).labelled_by(name)
        });
        if path.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
            self.focus = Some(Focus::Password);
        }
        if self.ask_password(ui, path.id) {
            wish = Some(Wish::Open);
        }
        wish
    }

    fn recent(&mut self, ui: &mut Ui, heading: Id) {
        let font = TextStyle::Body.resolve(ui.style());
        let current = self.file.path();
        let mut picked = None;
        look::sheet(ui, RECENT, "recent", |ui| {
            for path in &self.recent {
                let mut job = LayoutJob::default();
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                let ink = TextFormat::simple(font.clone(), look::INK.now());
                job.append(&text::name(&name), 0.0, ink);
                if let Some(folder) = path.parent() {
                    let quiet = TextFormat::simple(font.clone(), look::QUIET.now());
                    let folder = format!(" · {}", text::name(&folder.to_string_lossy()));
                    job.append(&folder, 0.0, quiet);
                }
                let row = Button::selectable(*path == current, job)
                    .truncate()
                    .min_size(Vec2::new(ui.available_width(), 0.0));
                let row = ui.add(row).labelled_by(heading);
                if row.on_hover_text(text::name(&path.to_string_lossy())).clicked() {
                    picked = Some(path.clone());
                }
            }
        });
        if let Some(picked) = picked {
            self.choose(&picked);
        }
    }

    /// The password's field and what is said of it; says whether Enter was pressed in it.
    fn ask_password(&mut self, ui: &mut Ui, path: Id) -> bool {
        let mut name = None;
        ui.horizontal(|ui| {
            name = Some(ui.label(self.words.get("window-password")).id);
            if let Some(hint) = self.password.hint() {
                ui.label(RichText::new(self.words.get(hint)).color(look::RED));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.checkbox(&mut self.visible, self.words.get("window-password-show"));
            });
        });
        let name = name.unwrap_or(path);
        let (password, enter) = self.password.draw(ui, name, self.visible);
        if let Some(focus) = self.focus.take() {
            let field = match focus {
                Focus::File => path,
                Focus::Password => password,
            };
            ui.memory_mut(|memory| memory.request_focus(field));
        }
        enter
    }
}
