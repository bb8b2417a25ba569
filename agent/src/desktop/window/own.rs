//! The person's own windows: which face shows which, and what they have in common.
//!
//! ```text
//! Raised      comes to the front when the person wants to see it again; keeps the title in its language
//!   Framed    the newest view, the language, the buttons below, Escape
//!     Content what this window is about
//! ```

mod about;
mod diagnosis;
mod enrolment;
mod home;
mod keys;
mod notice;
mod report;
mod sites;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(super) use self::tests::drawn;

use std::path::Path;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};

use eframe::egui::{
    Color32, Context, Key, RichText, Sense, Shape, Stroke, Ui, Vec2, ViewportCommand,
};
use tanba::protocol::Locale;

use super::super::line::{Reply, Told};
use super::super::own::{Own, Said};
use super::super::windows::Renderer;
use super::colours::{GREEN, TICK, UNSURE};
use super::face::{Drawn, Face};
use super::look::{self, Fact};
use super::{NeverShown, elsewhere, face, text};
use crate::words::Words;

/// Shows one of the person's own windows.
pub(super) fn show(own: Own, told: Receiver<Told>, renderer: Renderer) -> Result<(), NeverShown> {
    let (tell, passed_on) = channel();
    let bell = Bell { raised: own.raised(), told, tell };
    match own {
        Own::Home(view) => bell.show(Framed::new(home::Home::new(*view), passed_on), renderer),
        Own::Enrolment(view) => {
            let outside = enrolment::Outside::of_this_computer(renderer);
            bell.show(enrolment::Procedure::new(*view, passed_on, outside), renderer)
        }
        Own::Keys(view) => {
            let browse = move |prompt| elsewhere::choose(prompt, renderer);
            bell.show(Framed::new(keys::Keys::new(view, Box::new(browse)), passed_on), renderer)
        }
        Own::Sites(view) => bell.show(Framed::new(sites::Sites::new(view), passed_on), renderer),
        Own::Report(view) => bell.show(Framed::new(report::Report::new(view), passed_on), renderer),
        Own::Diagnosis(view) => {
            bell.show(Framed::new(diagnosis::Diagnosis::new(view), passed_on), renderer)
        }
        Own::About(view) => bell.show(Framed::new(about::About::new(view), passed_on), renderer),
        Own::Notice(view) => bell.show(Framed::new(notice::Notice::new(view), passed_on), renderer),
    }
}

/// Hears before the face does whether the window is wanted in front.
struct Bell {
    raised: u64,
    told: Receiver<Told>,
    tell: Sender<Told>,
}

impl Bell {
    fn show(self, face: impl Face, renderer: Renderer) -> Result<(), NeverShown> {
        face::show(Raised { title: face.title(), bell: self, face }, renderer)
    }
}

/// A window that comes to the front when the person wants to see it again, whatever face it has.
struct Raised<F> {
    bell: Bell,
    face: F,
    title: String,
}

impl<F: Face> Face for Raised<F> {
    fn is_question(&self) -> bool {
        self.face.is_question()
    }

    fn title(&self) -> String {
        self.face.title()
    }

    fn size(&self) -> Vec2 {
        self.face.size()
    }

    /// A window that others cover, or that is minimised, is the very one that is wanted in front.
    fn hear(&mut self, context: &Context) {
        while let Ok(told) = self.bell.told.try_recv() {
            if let Told::Own(own) = &told
                && own.raised() > self.bell.raised
            {
                self.bell.raised = own.raised();
                context.send_viewport_cmd(ViewportCommand::Minimized(false));
                context.send_viewport_cmd(ViewportCommand::Focus);
            }
            // The face holds the other end as long as it is drawn.
            let _ = self.bell.tell.send(told);
        }
        self.face.hear(context);
    }

    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn {
        let drawn = self.face.draw(ui, ready);
        let title = self.face.title();
        if title != self.title {
            self.title.clone_from(&title);
            ui.ctx().send_viewport_cmd(ViewportCommand::Title(title));
        }
        drawn
    }
}

/// What a window is about, and what can be done in it.
trait Content {
    /// Takes the newest view. One of another kind is not for this window, and is left.
    fn take(&mut self, own: Own);

    /// The language of the view.
    fn locale(&self) -> Locale;

    /// Whether the services are invented ones.
    fn sandbox(&self) -> bool;

    /// What the title bar says, as a key of the words' files.
    fn title(&self) -> &'static str;

    /// How wide the window is, in points.
    fn width(&self) -> f32 {
        look::WIDE
    }

    /// Whether nothing is lost if the window is closed.
    fn may_close(&self) -> bool {
        true
    }

    /// What the button says that closes the window, as a key of the words' files.
    fn close(&self) -> &'static str {
        "own-close"
    }

    /// The last word of the window, if it is another than that it was closed.
    fn last_word(&self) -> Reply {
        Reply::Closed
    }

    /// Buttons beside the one that closes the window, the rightmost first.
    fn buttons(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply>;

    /// All the rest.
    fn body(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply>;
}

/// The frame of a window: what it is about comes from the agent, and changes with the language.
struct Framed<C> {
    content: C,
    told: Receiver<Told>,
    words: Rc<Words>,
    locale: Locale,
}

impl<C: Content> Framed<C> {
    fn new(content: C, told: Receiver<Told>) -> Self {
        let locale = content.locale();
        Self { content, told, words: Rc::new(Words::new(locale)), locale }
    }

    fn listen(&mut self) {
        while let Ok(told) = self.told.try_recv() {
            match told {
                Told::Own(own) => self.content.take(*own),
                Told::Cards(_) | Told::Cannot(_) => {}
            }
        }
        if self.content.locale() != self.locale {
            self.locale = self.content.locale();
            self.words = Rc::new(Words::new(self.locale));
        }
    }
}

impl<C: Content> Face for Framed<C> {
    fn is_question(&self) -> bool {
        false
    }

    fn title(&self) -> String {
        let title = self.words.get(self.content.title());
        let sandbox = if self.content.sandbox() { "SANDBOX – " } else { "" };
        format!("{sandbox}Tanba – {title}")
    }

    fn size(&self) -> Vec2 {
        Vec2::new(self.content.width(), 480.0)
    }

    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn {
        self.listen();
        let words = Rc::clone(&self.words);
        let sandbox = self.content.sandbox();
        // Both parts draw the same content, one after the other.
        let content = std::cell::RefCell::new(&mut self.content);
        let buttons = |ui: &mut Ui| {
            let mut content = content.borrow_mut();
            let close = eframe::egui::Button::new(words.get(content.close()));
            let closed = ui.add_enabled(content.may_close(), close).clicked();
            (closed, content.buttons(ui, &words))
        };
        let body = |ui: &mut Ui| {
            let said = content.borrow_mut().body(ui, &words);
            // Lists inside have ended, and do not turn the pages instead.
            turn_pages(ui);
            said
        };
        let page = look::page(ui, &words, sandbox, buttons, body);
        let (mut closed, said) = page.buttons;
        // What can be lost is not lost by one key, nor by the corner of the window.
        let may_close = self.content.may_close();
        closed |= may_close && ui.input(|input| input.key_pressed(Key::Escape));
        if !may_close && ui.input(|input| input.viewport().close_requested()) {
            ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
        }
        let answer = if closed { Some(self.content.last_word()) } else { said.or(page.body) };
        Drawn { answer: answer.filter(|_| ready), height: page.height }
    }
}

/// What there is only to read has nothing that Tab could lead to: whoever has no mouse turns pages.
fn turn_pages(ui: &Ui) {
    let pages = ui.input(|input| {
        let pressed = |key| input.key_pressed(key);
        match (pressed(Key::PageDown), pressed(Key::PageUp)) {
            (true, false) => -0.8,
            (false, true) => 0.8,
            (true, true) | (false, false) => 0.0,
        }
    });
    if pages != 0.0 {
        ui.scroll_with_delta(Vec2::new(0.0, pages * ui.clip_rect().height()));
    }
}

/// How something came out, as a shape that is told apart without its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// A tick in a disc.
    Good,
    /// An exclamation mark in a triangle.
    Unsure,
    /// A cross in a square that stands on its corner.
    Bad,
    /// A dash in a ring.
    Nothing,
}

/// Draws a mark, so many points wide. The words beside it say the same to those who do not see it.
fn mark(ui: &mut Ui, mark: Mark, side: f32) {
    let (place, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    let (centre, half, painter) = (place.center(), side / 2.0, ui.painter());
    let at = |x: f32, y: f32| centre + Vec2::new(x * half, y * half);
    let line = |colour: Color32| Stroke::new(side / 9.0, colour);
    let white = line(TICK.now());
    match mark {
        Mark::Good => {
            painter.circle_filled(centre, half, GREEN);
            painter.line(vec![at(-0.46, 0.02), at(-0.14, 0.36), at(0.46, -0.34)], white);
        }
        Mark::Unsure => {
            let corners = vec![at(0.0, -0.94), at(1.0, 0.84), at(-1.0, 0.84)];
            painter.add(Shape::convex_polygon(corners, UNSURE.now(), Stroke::NONE));
            painter.line_segment([at(0.0, -0.3), at(0.0, 0.3)], white);
            painter.circle_filled(at(0.0, 0.58), side / 16.0, TICK);
        }
        Mark::Bad => {
            let corners = vec![at(0.0, -1.0), at(1.0, 0.0), at(0.0, 1.0), at(-1.0, 0.0)];
            painter.add(Shape::convex_polygon(corners, look::RED.now(), Stroke::NONE));
            painter.line_segment([at(-0.28, -0.28), at(0.28, 0.28)], white);
            painter.line_segment([at(0.28, -0.28), at(-0.28, 0.28)], white);
        }
        Mark::Nothing => {
            painter.circle_stroke(centre, half * 0.86, line(look::LINE.now()));
            painter.line_segment([at(-0.36, 0.0), at(0.36, 0.0)], line(look::LINE.now()));
        }
    }
}

/// A sentence that explains, less loud than what it explains.
fn quiet(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).color(look::QUIET));
}

/// Something that could not be done.
fn trouble(ui: &mut Ui, words: &Words, key: Option<&str>) {
    if let Some(key) = key {
        ui.label(RichText::new(words.get(key)).color(look::RED));
    }
}

/// A sentence with a mark before it.
fn marked(ui: &mut Ui, shape: Mark, text: RichText) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 9.0;
        mark(ui, shape, 18.0);
        ui.vertical(|ui| ui.label(text));
    });
}

/// The name of a file as it is shown.
fn file_name(path: &Path) -> String {
    text::name(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy())
}

/// The folder of a file as it is shown.
fn folder_name(path: &Path) -> String {
    text::name(&path.parent().unwrap_or(path).to_string_lossy())
}

/// One fact.
fn fact(words: &Words, key: &str, value: String) -> Fact {
    Fact { name: words.get(key), values: vec![value] }
}

/// Two buttons for something that lies in a folder: its path is copied, or its folder is shown by the system.
fn place(ui: &mut Ui, words: &Words, path: &Path, copied: &mut bool) -> Option<Reply> {
    let mut said = None;
    if ui.button(words.get("own-show-folder")).clicked() {
        said = Some(Reply::Said(Box::new(Said::ShowFolder { path: path.to_owned() })));
    }
    if ui.button(words.get("own-copy-path")).clicked() {
        ui.ctx().copy_text(path.to_string_lossy().into_owned());
        *copied = true;
    }
    if *copied {
        quiet(ui, &words.get("own-copied"));
    }
    said
}

/// What the person did, as the window says it.
fn said(said: Said) -> Option<Reply> {
    Some(Reply::Said(Box::new(said)))
}
