//! The window in which a person chooses a key and agrees to what will be done with it.
//!
//! First a file and its password; Enter in the password's field opens the file. Then the keys in it. Enter never agrees.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, Button, Id, Key, Label, Layout, RichText, Spinner, TextFormat, TextStyle, Ui, Vec2,
    ViewportCommand, WindowLevel,
};

use super::super::line::{Reply, Told};
use super::super::{CannotOpen, FileKind, FilePrompt, KeyPrompt};
use super::browse::line;
use super::cards::Cards;
use super::consent::Consent;
use super::face::{Drawn, Face};
use super::field::Field;
use super::look;
use super::text;
use crate::words::Words;

/// How many characters of a password can be typed.
const TYPED: usize = 256;

/// How high the list of recent files is, in points, before it is scrolled.
const RECENT: f32 = 3.5 * look::ROW;

/// How often somebody who works for this window is asked whether it is done.
const LOOK: Duration = Duration::from_millis(50);

/// Lets the person choose a file in another window, and tells it once.
pub(super) type Browsing = Box<dyn Fn(FilePrompt) -> Receiver<Option<PathBuf>>>;

/// Asks for a key.
pub(super) struct ChooseKey {
    words: Rc<Words>,
    consent: Consent,
    /// The page that asks, for the title of a chooser.
    origin: Option<String>,
    recent: Vec<PathBuf>,
    /// Whether keys may lie in files.
    files: bool,
    tokens: Vec<String>,
    stage: Stage,
    file: KeyFile,
    password: Field,
    visible: bool,
    trouble: Option<&'static str>,
    /// Which field gets the keyboard when it is drawn next.
    focus: Option<Focus>,
    /// The lower part has changed and shall be in sight.
    look_down: bool,
    told: Receiver<Told>,
    browse: Browsing,
}

enum Stage {
    /// A file and its password are asked for.
    File,
    /// Another window lets the person choose a file.
    Browsing(Receiver<Option<PathBuf>>),
    /// The agent opens the file.
    Opening,
    /// It is open.
    Keys(Cards),
}

#[derive(Clone, Copy, PartialEq, Eq)]
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

/// What the person did in the lower part.
enum Wish {
    Browse,
    Open,
    Another,
}

impl ChooseKey {
    pub(super) fn new(prompt: KeyPrompt, told: Receiver<Told>, browse: Browsing) -> Self {
        let words = Rc::new(Words::new(prompt.consent.locale));
        let file = prompt.file.as_deref().or(prompt.recent.first().map(PathBuf::as_path));
        Self {
            origin: prompt.consent.origin.clone(),
            consent: Consent::new(prompt.consent, Rc::clone(&words)),
            focus: Some(if file.is_some() { Focus::Password } else { Focus::File }),
            file: file.map(KeyFile::new).unwrap_or_default(),
            recent: prompt.recent,
            files: prompt.files,
            tokens: prompt.tokens,
            stage: Stage::File,
            password: Field::new(TYPED),
            visible: false,
            trouble: None,
            look_down: false,
            words,
            told,
            browse,
        }
    }

    /// Takes what the agent or another window has told meanwhile.
    fn listen(&mut self, ui: &Ui) {
        match &self.stage {
            Stage::Opening => match self.told.try_recv() {
                Ok(Told::Cards(cards)) if !cards.is_empty() => {
                    self.stage = Stage::Keys(Cards::new(cards, self.consent.deed));
                    self.look_down = true;
                }
                Ok(Told::Cards(_)) => self.cannot(CannotOpen::Empty),
                Ok(Told::Cannot(why)) => self.cannot(why),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
                    ui.ctx().request_repaint_after(LOOK);
                }
            },
            Stage::Browsing(chosen) => match chosen.try_recv() {
                Ok(chosen) => self.browsed(ui, chosen),
                Err(TryRecvError::Empty) => ui.ctx().request_repaint_after(LOOK),
                Err(TryRecvError::Disconnected) => self.browsed(ui, None),
            },
            // A click on a button that has just gone says nothing.
            Stage::File | Stage::Keys(_) => {}
        }
    }

    fn cannot(&mut self, why: CannotOpen) {
        self.stage = Stage::File;
        let (trouble, focus) = match why {
            CannotOpen::Missing => ("window-key-missing", Focus::File),
            CannotOpen::Unreadable => ("window-key-unreadable", Focus::File),
            CannotOpen::NotAKeyFile => ("window-key-not-keys", Focus::File),
            CannotOpen::WrongPassword => ("window-key-wrong-password", Focus::Password),
            CannotOpen::Empty => ("window-key-empty", Focus::File),
        };
        self.trouble = Some(trouble);
        self.focus = Some(focus);
        self.look_down = true;
    }

    /// The other window is gone, with or without a file.
    fn browsed(&mut self, ui: &Ui, chosen: Option<PathBuf>) {
        ui.ctx().send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop));
        ui.ctx().send_viewport_cmd(ViewportCommand::Focus);
        self.stage = Stage::File;
        self.focus = Some(Focus::Password);
        if let Some(path) = chosen {
            self.file = KeyFile::new(&path);
            self.trouble = None;
        }
    }

    /// Opens another window, which must not be hidden by this one.
    fn start_browsing(&mut self, ui: &Ui) {
        ui.ctx().send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::Normal));
        let prompt = FilePrompt {
            origin: self.origin.clone(),
            locale: self.consent.locale,
            sandbox: self.consent.sandbox,
            kind: FileKind::Key,
            folder: self.file.path().parent().map(Path::to_owned),
        };
        self.stage = Stage::Browsing((self.browse)(prompt));
        ui.ctx().request_repaint_after(LOOK);
    }

    fn grant(&mut self, ui: &Ui, wish: Wish, can_open: bool) -> Option<Reply> {
        match wish {
            Wish::Open if can_open => self.open(ui),
            Wish::Open | Wish::Another => {
                // Enter has taken the keyboard away from the field.
                self.stage = Stage::File;
                self.focus = Some(Focus::Password);
                None
            }
            Wish::Browse => {
                self.start_browsing(ui);
                None
            }
        }
    }

    /// Has the file opened, if there can be one.
    fn open(&mut self, ui: &Ui) -> Option<Reply> {
        let path = self.file.path();
        if !path.is_absolute() {
            self.cannot(CannotOpen::Missing);
            return None;
        }
        self.trouble = None;
        self.stage = Stage::Opening;
        ui.ctx().request_repaint_after(LOOK);
        Some(Reply::Open(path, self.password.take()))
    }

    /// The lower part of the window.
    fn lower(&mut self, ui: &mut Ui) -> Option<Wish> {
        if !self.files {
            self.only_tokens(ui);
            return None;
        }
        let (words, deed) = (Rc::clone(&self.words), self.consent.deed);
        if let Stage::Keys(cards) = &mut self.stage {
            let another = opened(ui, &words, &self.file);
            cards.draw(ui, &words, deed);
            return another.then_some(Wish::Another);
        }
        let waits = matches!(self.stage, Stage::File);
        let wish = ui.add_enabled_ui(waits, |ui| self.choose_file(ui)).inner;
        if matches!(self.stage, Stage::Opening) {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(18.0));
                ui.label(self.words.get("window-key-opening"));
            });
        } else if let Some(trouble) = self.trouble {
            ui.label(RichText::new(self.words.get(trouble)).color(look::RED));
        }
        wish
    }

    fn only_tokens(&self, ui: &mut Ui) {
        let tokens: Vec<_> = self.tokens.iter().map(|token| text::name(token)).collect();
        let tokens = tokens.join(", ");
        look::warning(ui, &self.words.get_with("window-tokens-only", &[("tokens", &tokens)]));
    }

    /// The recent files, the path and the password.
    fn choose_file(&mut self, ui: &mut Ui) -> Option<Wish> {
        let mut wish = None;
        let name = ui.label(self.words.get("window-key-file")).id;
        if !self.recent.is_empty() {
            self.recent(ui, name);
        }
        let path = from_the_right(ui, |ui| {
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
                let ink = TextFormat::simple(font.clone(), look::INK);
                job.append(&text::name(&name), 0.0, ink);
                if let Some(folder) = path.parent() {
                    let quiet = TextFormat::simple(font.clone(), look::QUIET);
                    let folder = format!(" · {}", text::name(&folder.to_string_lossy()));
                    job.append(&folder, 0.0, quiet);
                }
                let row = Button::selectable(*path == current, job)
                    .truncate()
                    .min_size(Vec2::new(ui.available_width(), 0.0));
                let row = ui.add(row).labelled_by(heading);
                if row.on_hover_text(text::name(&path.to_string_lossy())).clicked() {
                    picked = Some(KeyFile::new(path));
                }
            }
        });
        if let Some(picked) = picked {
            self.file = picked;
            self.trouble = None;
            self.focus = Some(Focus::Password);
        }
    }

    /// The password's field and what is said of it; says whether Enter was pressed in it.
    fn ask_password(&mut self, ui: &mut Ui, path: Id) -> bool {
        let mut name = None;
        ui.horizontal(|ui| {
            name = Some(ui.label(self.words.get("window-password")).id);
            let hint = if self.password.seems_locked() {
                Some("window-password-caps")
            } else if self.password.is_foreign() {
                Some("window-password-latin")
            } else {
                None
            };
            if let Some(hint) = hint {
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

/// Which file is open; says whether the person wants another.
fn opened(ui: &mut Ui, words: &Words, file: &KeyFile) -> bool {
    let path = file.path();
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    from_the_right(ui, |ui| {
        let another = ui.button(words.get("window-key-another")).clicked();
        let label = words.get_with("window-key-keys", &[("path", &text::name(&name))]);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(label).truncate());
        });
        another
    })
}

/// One row, whose first control is at its right end.
fn from_the_right<T>(ui: &mut Ui, row: impl FnOnce(&mut Ui) -> T) -> T {
    ui.horizontal(|ui| ui.with_layout(Layout::right_to_left(Align::Center), row).inner).inner
}

impl Face for ChooseKey {
    fn title(&self) -> String {
        self.consent.title()
    }

    fn size(&self) -> Vec2 {
        Vec2::new(look::WIDE, 640.0)
    }

    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn {
        self.listen(ui);
        let words = Rc::clone(&self.words);
        let taken = match &self.stage {
            Stage::Keys(cards) if ready => cards.taken(ui),
            Stage::Keys(_) | Stage::File | Stage::Browsing(_) | Stage::Opening => None,
        };
        let can_open =
            ready && matches!(self.stage, Stage::File) && !self.file.text.trim().is_empty();
        let (agree, files) = (self.consent.accept(), self.files);
        let in_keys = matches!(self.stage, Stage::Keys(_));
        let buttons = |ui: &mut Ui| {
            let agreed = in_keys && look::agreed(ui, &agree, taken.is_some());
            let open = files
                && !in_keys
                && look::accept(ui, &words.get("window-key-open"), can_open).clicked();
            (agreed, open, ui.button(words.get("window-sign-cancel")).clicked())
        };
        let sandbox = self.consent.sandbox;
        let page = look::page(ui, &words, sandbox, buttons, |ui| {
            self.consent.draw(ui);
            ui.add_space(2.0);
            let lower = ui.scope(|ui| self.lower(ui));
            if std::mem::take(&mut self.look_down) {
                lower.response.scroll_to_me(Some(Align::BOTTOM));
                ui.ctx().request_repaint();
            }
            lower.inner
        });
        let (agreed, open, cancelled) = page.buttons;
        let answer = if cancelled {
            Some(Reply::Closed)
        } else if agreed {
            taken.map(Reply::Key)
        } else {
            let wish = if open { Some(Wish::Open) } else { page.body };
            wish.and_then(|wish| self.grant(ui, wish, can_open))
        };
        Drawn { answer, height: page.height }
    }
}
