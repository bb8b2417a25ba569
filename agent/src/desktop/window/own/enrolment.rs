//! The window that leads through the whole procedure of obtaining keys: one thing at a time, and where one stands.
//!
//! What is asked for is shown by a screen of its own, which lives as long as the same thing is asked for: what was typed
//! stays where it is when something goes wrong. The camera belongs to a screen, and goes with it.

mod application;
mod confirm;
mod document;
mod end;
mod frame;
mod identify;
mod liveness;
mod number;
mod outside;
mod pictures;
mod pin;
mod place;
mod preview;
mod selfie;
mod stage;
mod start;
#[cfg(test)]
mod tests;
mod wait;

use std::rc::Rc;
use std::sync::mpsc::Receiver;

use eframe::egui::{Ui, Vec2};

use super::super::face::{Drawn, Face};
use super::super::look;
use crate::desktop::line::{Reply, Told};
use crate::desktop::own::{EnrolmentDeed, EnrolmentView, Own, Said};
use crate::words::Words;
use number::Number;
pub(super) use outside::Outside;
use place::Place;
use stage::{Button, Screen, Stage};

/// How high the window is, in points: as much as a small screen has. It stays so, whatever is asked.
const HEIGHT: f32 = 640.0;

/// For how long, in seconds, nothing can be pressed on a new screen: a key that was meant for the one before must not be
/// an answer.
const GUARD: f64 = 0.5;

/// After how long, in seconds, the person is told what takes so long.
const LONG: f64 = 1.0;

/// The whole procedure.
pub(super) struct Procedure {
    view: EnrolmentView,
    words: Rc<Words>,
    told: Receiver<Told>,
    outside: Outside,
    place: Place,
    screen: Box<dyn Screen>,
    number: Number,
    /// When the screen was first drawn, and when what is asked was told, in seconds.
    since: Option<f64>,
    arrived: Option<f64>,
    /// What is under way since when: the agent has not answered yet.
    under_way: Option<(&'static str, Option<f64>)>,
    /// Whether the keyboard still has to be given to the screen's first control.
    to_focus: bool,
    /// Whether the person is asked if they really want to end the enrolment.
    breaking_off: bool,
    /// How high the lower part of the window was last time, in points.
    bottom: f32,
}

impl Procedure {
    pub(super) fn new(view: EnrolmentView, told: Receiver<Told>, outside: Outside) -> Self {
        let place = Place::of(&view);
        Self {
            words: Rc::new(Words::new(view.locale)),
            screen: place.screen(&view),
            place,
            view,
            told,
            outside,
            number: Number::default(),
            since: None,
            arrived: None,
            under_way: None,
            to_focus: true,
            breaking_off: false,
            bottom: 90.0,
        }
    }

    /// Takes what the agent has told meanwhile.
    fn listen(&mut self) {
        while let Ok(told) = self.told.try_recv() {
            match told {
                Told::Own(own) => {
                    if let Own::Enrolment(view) = *own {
                        self.show(*view);
                    }
                }
                Told::Cards(_) | Told::Cannot(_) => {}
            }
        }
    }

    fn show(&mut self, view: EnrolmentView) {
        if view.locale != self.view.locale {
            self.words = Rc::new(Words::new(view.locale));
        }
        if !view.busy {
            self.under_way = None;
        } else if self.under_way.is_none() {
            self.under_way = Some(("enrol-busy", None));
        }
        // The same is told again when something else has changed: times go on counting from when they were told first.
        if view.enrolment != self.view.enrolment {
            self.arrived = None;
        }
        let place = Place::of(&view);
        self.view = view;
        if place == self.place {
            self.screen.news(&self.view);
            return;
        }
        if place.enrolment() != self.place.enrolment() {
            self.number = Number::default();
        }
        self.screen = place.screen(&self.view);
        self.place = place;
        (self.since, self.to_focus, self.breaking_off) = (None, true, false);
    }

    /// What the person did becomes a line to the agent; nothing else can be done until it answers.
    fn say(&mut self, ui: &Ui, deed: EnrolmentDeed) -> Reply {
        let now = ui.input(|input| input.time);
        self.under_way = Some((stage::under_way(&deed), Some(now)));
        self.breaking_off = false;
        let of = self.view.enrolment.as_ref().map(|led| led.id.clone());
        Reply::Said(Box::new(Said::Enrolment { of, deed }))
    }

    /// What is under way, once that takes long enough to be told.
    fn waiting_for(&mut self, now: f64) -> Option<&'static str> {
        let (what, since) = self.under_way.as_mut()?;
        (now - *since.get_or_insert(now) >= LONG).then_some(*what)
    }
}

fn title(words: &Words, sandbox: bool) -> String {
    let title = words.get("enrol-title");
    if sandbox { format!("SANDBOX – Tanba – {title}") } else { format!("Tanba – {title}") }
}

/// What the lower part of the window was used for.
enum Below {
    Button(usize),
    Leave,
    BreakOff,
    GoOn,
    Surely,
}

impl Face for Procedure {
    fn is_question(&self) -> bool {
        false
    }

    fn title(&self) -> String {
        title(&self.words, self.view.sandbox)
    }

    fn size(&self) -> Vec2 {
        Vec2::new(look::WIDE + 40.0, HEIGHT)
    }

    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn {
        self.listen();
        let now = ui.input(|input| input.time);
        let since = *self.since.get_or_insert(now);
        let arrived = *self.arrived.get_or_insert(now);
        let settled = now - since >= GUARD;
        if !settled {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(GUARD));
        }
        let waiting_for = self.waiting_for(now);
        if self.under_way.is_some() {
            ui.ctx().request_repaint_after_secs(0.2);
        }
        let words = Rc::clone(&self.words);
        let mut stage = Stage {
            words: &words,
            view: &self.view,
            outside: &self.outside,
            elapsed: now - arrived,
            now,
            free: ready && settled && self.under_way.is_none(),
            focus: self.to_focus,
            onwards: false,
            or_back: None,
        };
        let drawn = frame::draw(
            ui,
            &mut stage,
            frame::Parts {
                screen: &mut *self.screen,
                number: &mut self.number,
                breaking_off: self.breaking_off,
                waiting_for,
                is_busy: self.under_way.is_some(),
                bottom: &mut self.bottom,
            },
        );
        // A button that cannot be pressed yet cannot have the keyboard, and one that can be only later shall not take it.
        self.to_focus = stage.focus && !(ready && settled);
        let deed = match (drawn.did, drawn.below) {
            (Some(deed), _) => Some(deed),
            (None, Some(Below::Button(at))) => self.screen.press(at, &stage),
            (None, Some(Below::Leave)) => Some(EnrolmentDeed::Back),
            (None, Some(Below::BreakOff)) => {
                self.breaking_off = true;
                None
            }
            (None, Some(Below::GoOn)) => {
                self.breaking_off = false;
                None
            }
            (None, Some(Below::Surely)) => Some(EnrolmentDeed::Cancel),
            (None, None) => None,
        };
        let answer = deed.map(|deed| self.say(ui, deed));
        Drawn { answer, height: HEIGHT }
    }
}

/// The button that goes on, with whether it can be pressed.
fn go_on(words: &Words, key: &str, enabled: bool) -> Button {
    Button { label: words.get(key), enabled }
}
