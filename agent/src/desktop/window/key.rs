//! The window in which a person chooses a key and agrees to what will be done with it.
//!
//! First a file and its password; Enter in the password's field opens the file. Then the keys in it. Enter never agrees.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use eframe::egui::{Align, Label, Layout, Ui, Vec2, ViewportCommand, WindowLevel};

use super::super::line::{Reply, Told};
use super::super::{CannotOpen, FileKind, FilePrompt, KeyPrompt};
use super::cards::Cards;
use super::consent::Consent;
use super::face::{Drawn, Face};
use super::key_file::{Form, State, Wish};
use super::look;
use super::text;
use crate::words::Words;

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
    /// Whether keys may lie in files.
    files: bool,
    tokens: Vec<String>,
    form: Form,
    stage: Stage,
    /// The keys have come and shall be in sight.
    look_down: bool,
    /// It was not drawn yet.
    opens: bool,
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

impl ChooseKey {
    pub(super) fn new(prompt: KeyPrompt, told: Receiver<Told>, browse: Browsing) -> Self {
        let words = Rc::new(Words::new(prompt.consent.locale));
        Self {
            origin: prompt.consent.origin.clone(),
            consent: Consent::new(prompt.consent, Rc::clone(&words)),
            files: prompt.files,
            tokens: prompt.tokens,
            form: Form::new(prompt.recent, prompt.file.as_deref(), Rc::clone(&words)),
            stage: Stage::File,
            look_down: false,
            opens: true,
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
                Ok(Told::Own(_)) | Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
                    ui.ctx().request_repaint_after(LOOK);
                }
            },
            Stage::Browsing(chosen) => match chosen.try_recv() {
                Ok(chosen) => self.browsed(ui, chosen.as_deref()),
                Err(TryRecvError::Empty) => ui.ctx().request_repaint_after(LOOK),
                Err(TryRecvError::Disconnected) => self.browsed(ui, None),
            },
            Stage::File | Stage::Keys(_) => {}
        }
    }

    fn cannot(&mut self, why: CannotOpen) {
        self.stage = Stage::File;
        self.form.cannot(why);
    }

    /// The other window is gone, with or without a file.
    fn browsed(&mut self, ui: &Ui, chosen: Option<&Path>) {
        ui.ctx().send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop));
        ui.ctx().send_viewport_cmd(ViewportCommand::Focus);
        self.stage = Stage::File;
        match chosen {
            Some(path) => self.form.choose(path),
            None => self.form.ask_again(),
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
            folder: self.form.path().and_then(|path| path.parent().map(Path::to_owned)),
            wish: None,
        };
        self.stage = Stage::Browsing((self.browse)(prompt));
        ui.ctx().request_repaint_after(LOOK);
    }

    fn grant(&mut self, ui: &Ui, wish: Wish, can_open: bool) -> Option<Reply> {
        match wish {
            Wish::Open if can_open => self.open(ui),
            Wish::Open => {
                // Enter has taken the keyboard away from the field.
                self.form.ask_again();
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
        let Some(path) = self.form.path().filter(|path| path.is_absolute()) else {
            self.cannot(CannotOpen::Missing);
            return None;
        };
        self.stage = Stage::Opening;
        ui.ctx().request_repaint_after(LOOK);
        Some(Reply::Open(path, self.form.take_password()))
    }

    /// How the form is shown, where it is.
    fn form_state(&self) -> Option<State> {
        match self.stage {
            _ if !self.files => None,
            Stage::File => Some(State::Open),
            Stage::Browsing(_) => Some(State::Waits),
            Stage::Opening => Some(State::Opening),
            Stage::Keys(_) => None,
        }
    }
}

/// Which file is open; says whether the person wants another.
fn opened(ui: &mut Ui, words: &Words, path: Option<&Path>) -> bool {
    let name = path.and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    look::from_the_right(ui, |ui| {
        let another = ui.button(words.get("window-key-another")).clicked();
        let label = words.get_with("window-key-keys", &[("path", &text::name(&name))]);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(label).truncate());
        });
        another
    })
}

/// What is said where no key can be chosen.
fn only_tokens(ui: &mut Ui, words: &Words, tokens: &[String]) {
    let tokens: Vec<_> = tokens.iter().map(|token| text::name(token)).collect();
    let tokens = tokens.join(", ");
    look::warning(ui, &words.get_with("window-tokens-only", &[("tokens", &tokens)]));
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
        let state = self.form_state();
        let path = self.form.path();
        let can_open = ready && state == Some(State::Open) && path.is_some();
        let (agree, deed, sandbox) =
            (self.consent.accept(), self.consent.deed, self.consent.sandbox);
        let look_down = std::mem::take(&mut self.look_down);
        let mut cards = match &mut self.stage {
            Stage::Keys(cards) => Some(cards),
            Stage::File | Stage::Browsing(_) | Stage::Opening => None,
        };
        let has_cards = cards.is_some();
        let taken = cards.as_ref().filter(|_| ready).and_then(|cards| cards.taken(ui));
        let settled = ready && cards.as_ref().is_none_or(|cards| cards.is_settled(ui));
        // Where nothing is to be typed any more, the button that cancels has the keyboard.
        let focus = look_down || std::mem::take(&mut self.opens) && state.is_none();
        let (form, consent, tokens) = (&mut self.form, &mut self.consent, &self.tokens);

        let buttons = |ui: &mut Ui| {
            let agreed = has_cards && look::agreed(ui, &agree, taken.is_some());
            let open = state.is_some()
                && look::accept(ui, &words.get("window-key-open"), can_open).clicked();
            let cancel = look::cancel(ui, &words.get("window-sign-cancel"), settled);
            cancel.focus(focus);
            (agreed, open, cancel.clicked)
        };
        let foot = |ui: &mut Ui| {
            let wish = state.and_then(|state| form.draw(ui, state));
            if state.is_some() {
                ui.add_space(6.0);
            }
            wish
        };
        let body = |ui: &mut Ui| {
            let blocked = consent.draw(ui, ready);
            let another = match &mut cards {
                Some(cards) => {
                    let another = opened(ui, &words, path.as_deref());
                    let keys = ui.scope(|ui| cards.draw(ui, &words, deed));
                    if look_down {
                        keys.response.scroll_to_me(Some(Align::BOTTOM));
                        ui.ctx().request_repaint();
                    }
                    another
                }
                None if state.is_none() => {
                    only_tokens(ui, &words, tokens);
                    false
                }
                None => false,
            };
            (another, blocked)
        };
        let page = look::page_with_foot(ui, &words, sandbox, foot, buttons, body);
        let (another, blocked) = page.body;
        if another {
            self.stage = Stage::File;
            self.form.ask_again();
        }
        let (agreed, open, cancelled) = page.buttons;
        let answer = if cancelled {
            Some(Reply::Closed)
        } else if blocked {
            Some(Reply::Blocked)
        } else if agreed {
            taken.map(Reply::Key)
        } else {
            let wish = if open { Some(Wish::Open) } else { page.foot };
            wish.and_then(|wish| self.grant(ui, wish, can_open))
        };
        Drawn { answer, height: page.height }
    }
}
