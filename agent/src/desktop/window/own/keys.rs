//! "My keys": the key files that are known here, and what is in them once their password was typed.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, Button, Frame, Layout, Margin, RichText, Spinner, Stroke, TextFormat, TextStyle, Ui,
    Vec2,
};
use tanba::protocol::Locale;

use super::super::cards;
use super::super::field::Field;
use super::super::key::Browsing;
use super::super::look;
use super::super::text;
use super::{Content, Mark, fact, file_name, folder_name, marked, place, quiet, said, trouble};
use crate::desktop::line::Reply;
use crate::desktop::own::{KeyFileState, KeyFileView, KeysDeed, KeysView, Own, Said};
use crate::desktop::{CannotOpen, FileKind, FilePrompt, FileWish, KeyCard};
use crate::words::Words;

/// How many characters of a password can be typed.
const TYPED: usize = 256;

/// How high the list of files is, in points, before it is scrolled.
const LIST: f32 = 5.0 * look::ROW;

/// How often a chooser is asked whether it is done.
const LOOK: Duration = Duration::from_millis(50);

/// For how many days before its end a key is said to end soon.
const SOON: i64 = 30;

const DAY: i64 = 24 * 60 * 60;

pub(super) struct Keys {
    view: KeysView,
    /// The file that is looked at.
    picked: Option<PathBuf>,
    /// A file that was chosen in another window, and that the agent does not know yet.
    chosen: Option<PathBuf>,
    password: Field,
    visible: bool,
    /// The password's field gets the keyboard when it is drawn next.
    focus: bool,
    copied: bool,
    browse: Browsing,
    browsing: Option<Receiver<Option<PathBuf>>>,
}

impl Keys {
    pub(super) fn new(view: KeysView, browse: Browsing) -> Self {
        let picked = view.files.first().map(|file| file.path.clone());
        Self {
            view,
            picked,
            chosen: None,
            password: Field::new(TYPED),
            visible: false,
            focus: true,
            copied: false,
            browse,
            browsing: None,
        }
    }

    /// The file that is looked at, and whether the agent knows it.
    fn picked(&self) -> Option<KeyFileView> {
        let path = self.picked.as_ref()?;
        let known = self.view.files.iter().find(|file| file.path == *path).cloned();
        known.or_else(|| Some(unknown(path)))
    }

    fn pick(&mut self, path: &Path) {
        self.picked = Some(path.to_owned());
        self.password.wipe();
        self.copied = false;
        self.focus = true;
    }

    /// Takes what another window has told.
    fn listen(&mut self, ui: &Ui) {
        let Some(browsing) = &self.browsing else { return };
        match browsing.try_recv() {
            Ok(chosen) => {
                self.browsing = None;
                if let Some(path) = chosen {
                    if self.view.files.iter().all(|file| file.path != path) {
                        self.chosen = Some(path.clone());
                    }
                    self.pick(&path);
                }
            }
            Err(TryRecvError::Empty) => ui.ctx().request_repaint_after(LOOK),
            Err(TryRecvError::Disconnected) => self.browsing = None,
        }
    }

    fn list(&mut self, ui: &mut Ui, words: &Words) {
        let heading = ui.label(words.get("own-keys-files")).id;
        let chosen = self.chosen.as_deref().map(unknown);
        let mut picked = None;
        look::sheet(ui, LIST, "files", |ui| {
            for file in self.view.files.iter().chain(&chosen) {
                let current = self.picked.as_ref() == Some(&file.path);
                let row = Button::selectable(current, row(ui, words, file))
                    .truncate()
                    .min_size(Vec2::new(ui.available_width(), 0.0));
                let row = ui.add(row).labelled_by(heading);
                if row.on_hover_text(text::name(&file.path.to_string_lossy())).clicked() {
                    picked = Some(file.path.clone());
                }
            }
        });
        if let Some(picked) = picked {
            self.pick(&picked);
        }
    }

    fn file(&mut self, ui: &mut Ui, words: &Words, file: &KeyFileView) -> Option<Reply> {
        look::details(
            ui,
            &[
                fact(words, "own-keys-file", file_name(&file.path)),
                fact(words, "window-folder", folder_name(&file.path)),
            ],
        );
        let path = || file.path.clone();
        let mut reply = None;
        let known = self.view.files.iter().any(|known| known.path == file.path);
        ui.horizontal_wrapped(|ui| {
            reply = place(ui, words, &file.path, &mut self.copied);
            if known && file.listed && ui.button(words.get("own-keys-forget")).clicked() {
                reply = said(Said::Keys(KeysDeed::Forget { path: path() }));
            }
            if known && !file.listed && ui.button(words.get("own-undo")).clicked() {
                reply = said(Said::Keys(KeysDeed::PutBack { path: path() }));
            }
        });
        if !file.listed {
            quiet(ui, &words.get("own-keys-forgotten"));
            return reply;
        }
        let opened = match &file.state {
            KeyFileState::Waiting => {
                marked(ui, Mark::Unsure, RichText::new(words.get("own-keys-waiting")));
                None
            }
            KeyFileState::Away => {
                marked(ui, Mark::Unsure, RichText::new(words.get("own-keys-away")));
                None
            }
            KeyFileState::Closed => self.ask(ui, words, file, None),
            KeyFileState::Cannot(why) => self.ask(ui, words, file, Some(*why)),
            KeyFileState::Opening => {
                ui.horizontal(|ui| {
                    ui.add(Spinner::new().size(18.0));
                    ui.label(words.get("window-key-opening"));
                });
                None
            }
            KeyFileState::Open(cards) => {
                for card in cards {
                    self.card(ui, words, card);
                }
                None
            }
        };
        reply.or(opened)
    }

    /// The password's field, and what is said of it.
    fn ask(
        &mut self,
        ui: &mut Ui,
        words: &Words,
        file: &KeyFileView,
        why: Option<CannotOpen>,
    ) -> Option<Reply> {
        let mut name = None;
        ui.horizontal(|ui| {
            name = Some(ui.label(words.get("window-password")).id);
            trouble(ui, words, self.password.hint());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.checkbox(&mut self.visible, words.get("window-password-show"));
            });
        });
        let name = name.unwrap_or_else(|| ui.id());
        let (field, enter) = self.password.draw(ui, name, self.visible);
        if std::mem::take(&mut self.focus) {
            ui.memory_mut(|memory| memory.request_focus(field));
        }
        if let Some(why) = why {
            trouble(ui, words, Some(reason(why)));
        }
        let open = look::accept(ui, &words.get("own-keys-show"), true).clicked();
        if !(open || enter) {
            return None;
        }
        // A wrong password is corrected in the same place.
        self.focus = true;
        Some(Reply::Open(file.path.clone(), self.password.take()))
    }

    fn card(&self, ui: &mut Ui, words: &Words, card: &KeyCard) {
        let margin = Margin::symmetric(12, 10);
        let stroke = Stroke::new(1.0, look::LINE);
        Frame::new().stroke(stroke).corner_radius(6).inner_margin(margin).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let name = if card.name.is_empty() {
                words.get("window-refusal-no-certificate")
            } else {
                text::name(&card.name)
            };
            look::title(ui, &name);
            if card.refusal.is_some() && card.valid == (0, 0) {
                look::details(ui, &[fact(words, "window-key-algorithm", card.algorithm.clone())]);
                return;
            }
            self.validity(ui, words, card);
            let mut facts = cards::facts(words, card);
            let purpose = cards::purpose(words, card);
            facts.extend(purpose.map(|purpose| fact(words, "own-keys-purpose", purpose)));
            look::details(ui, &facts);
            if let Some(refusal) = card.refusal {
                trouble(ui, words, Some(cards::reason(refusal)));
            }
            // That it is not valid now has been said above, with the day.
            for note in card.notes.iter().filter(|note| **note != crate::desktop::Note::NotValidNow)
            {
                look::warning(ui, &words.get(cards::sentence(*note)));
            }
        });
    }

    /// For how long a key is valid yet, in words and a shape.
    fn validity(&self, ui: &mut Ui, words: &Words, card: &KeyCard) {
        let (now, (from, to)) = (self.view.now, card.valid);
        let with_day = |key: &str, at: i64| words.get_with(key, &[("day", &words.day(at))]);
        if now > to {
            let text = RichText::new(with_day("own-keys-expired", to)).color(look::RED);
            marked(ui, Mark::Bad, text);
        } else if now < from {
            let text = RichText::new(with_day("own-keys-not-yet", from)).color(look::RED);
            marked(ui, Mark::Bad, text);
        } else {
            let days = to.saturating_sub(now) / DAY;
            let values = [("count", &*days.to_string()), ("day", &*words.day(to))];
            let text = RichText::new(words.get_with("own-keys-days", &values));
            marked(ui, if days < SOON { Mark::Unsure } else { Mark::Good }, text);
        }
    }
}

/// A file of which the agent has not heard yet.
fn unknown(path: &Path) -> KeyFileView {
    KeyFileView { path: path.to_owned(), state: KeyFileState::Closed, listed: true }
}

/// A file in one line: its name, its folder, how it stands.
fn row(ui: &Ui, words: &Words, file: &KeyFileView) -> LayoutJob {
    let font = TextStyle::Body.resolve(ui.style());
    let quiet = TextFormat::simple(font.clone(), look::QUIET.now());
    let ink =
        TextFormat::simple(font, if file.listed { look::INK.now() } else { look::QUIET.now() });
    let mut job = LayoutJob::default();
    job.append(&file_name(&file.path), 0.0, ink);
    let state = match &file.state {
        _ if !file.listed => Some("own-keys-row-forgotten"),
        KeyFileState::Waiting => Some("own-keys-row-waiting"),
        KeyFileState::Away => Some("own-keys-row-away"),
        KeyFileState::Open(_) => Some("own-keys-row-open"),
        KeyFileState::Closed | KeyFileState::Opening | KeyFileState::Cannot(_) => None,
    };
    if let Some(state) = state {
        job.append(&format!(" · {}", words.get(state)), 0.0, quiet.clone());
    }
    job.append(&format!(" · {}", folder_name(&file.path)), 0.0, quiet);
    job
}

fn reason(why: CannotOpen) -> &'static str {
    match why {
        CannotOpen::Missing => "window-key-missing",
        CannotOpen::Unreadable => "window-key-unreadable",
        CannotOpen::NotAKeyFile => "window-key-not-keys",
        CannotOpen::WrongPassword => "window-key-wrong-password",
        CannotOpen::Empty => "window-key-empty",
    }
}

impl Content for Keys {
    fn take(&mut self, own: Own) {
        if let Own::Keys(view) = own {
            if let Some(chosen) = &self.chosen
                && view.files.iter().any(|file| file.path == *chosen)
            {
                self.chosen = None;
            }
            self.view = view;
            if self.picked.is_none() {
                self.picked = self.view.files.first().map(|file| file.path.clone());
            }
        }
    }

    fn locale(&self) -> Locale {
        self.view.locale
    }

    fn sandbox(&self) -> bool {
        self.view.sandbox
    }

    fn title(&self) -> &'static str {
        "own-keys-title"
    }

    fn buttons(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply> {
        let another = Button::new(words.get("own-keys-another"));
        if ui.add_enabled(self.browsing.is_none(), another).clicked() {
            self.browsing = Some((self.browse)(FilePrompt {
                origin: None,
                locale: self.view.locale,
                sandbox: self.view.sandbox,
                kind: FileKind::Key,
                folder: self.picked.as_deref().and_then(Path::parent).map(Path::to_owned),
                wish: Some(FileWish::Keys),
            }));
        }
        self.listen(ui);
        None
    }

    fn body(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply> {
        look::title(ui, &words.get("own-keys-title"));
        quiet(ui, &words.get("own-keys-explain"));
        if self.view.files.is_empty() && self.chosen.is_none() {
            ui.label(words.get("own-keys-none"));
            return None;
        }
        self.list(ui, words);
        trouble(ui, words, self.view.trouble.as_deref());
        let file = self.picked()?;
        self.file(ui, words, &file)
    }
}
