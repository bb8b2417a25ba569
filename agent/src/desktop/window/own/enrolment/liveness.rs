//! The video identification: instructions one after the other, and a picture after each.

use eframe::egui::{Align, Layout, RichText, Ui};
use tanba::protocol::{Answer, Challenge, Prompt};

use super::go_on;
use super::pictures::{Shot, words};
use super::preview::{Fit, Preview};
use super::selfie::most;
use super::stage::{Button, Screen, Stage, answered};
use super::start::bullet;
use crate::desktop::own::{EnrolmentDeed, EnrolmentView};
use crate::desktop::window::look;

/// How long the person has to follow an instruction, in seconds.
const TIME: f64 = 3.0;

#[derive(Default)]
pub(super) struct Liveness {
    by: By,
    trouble: Option<&'static str>,
    /// The instruction that a file was chosen for.
    asked: Option<Challenge>,
}

/// How pictures come to be.
#[derive(Default)]
enum By {
    /// That is to be decided.
    #[default]
    Undecided,
    /// Each is taken when its time is over: since when the person reads the present instruction, once they do.
    Camera(Preview, Option<(Challenge, f64)>),
    /// Each is a file.
    Files(Shot),
}

/// What is asked: the instruction, if the check has begun, its number, and how many there are.
fn wanted(stage: &Stage<'_>) -> (Option<Challenge>, usize, usize, u32) {
    match stage.prompt() {
        Some(Prompt::Liveness { challenges, next, attempts_left, .. }) => {
            let at = challenges.iter().position(|challenge| Some(*challenge) == *next);
            (*next, at.map_or(1, |at| at + 1), challenges.len(), *attempts_left)
        }
        Some(_) | None => (None, 0, 0, 0),
    }
}

fn instruction(challenge: Challenge) -> &'static str {
    match challenge {
        Challenge::Center => "enrol-liveness-center",
        Challenge::Closer => "enrol-liveness-closer",
        Challenge::TurnLeft => "enrol-liveness-turn_left",
        Challenge::TurnRight => "enrol-liveness-turn_right",
        Challenge::LookUp => "enrol-liveness-look_up",
        Challenge::Blink => "enrol-liveness-blink",
    }
}

impl Liveness {
    /// What is to be known before it begins.
    fn before(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, attempts: u32) {
        ui.label(stage.text("enrol-liveness-lead"));
        let mut hints = vec!["enrol-liveness-hint-light", "enrol-liveness-hint-alone"];
        match &self.by {
            By::Files(_) => hints = vec!["enrol-liveness-files"],
            By::Undecided | By::Camera(..) => hints.push("enrol-liveness-self"),
        }
        for hint in hints {
            bullet(ui, &stage.text(hint));
        }
        ui.label(
            RichText::new(stage.text_with("enrol-liveness-attempts", "n", &attempts.to_string()))
                .color(look::QUIET),
        );
    }

    /// The way without a camera, and why there is no way with one.
    fn undecided(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) {
        ui.label(RichText::new(stage.text("enrol-liveness-why")).color(look::QUIET));
        if let Some(trouble) = self.trouble {
            ui.label(RichText::new(stage.text(trouble)).color(look::RED));
        }
        let files = eframe::egui::Button::new(stage.text("enrol-liveness-by-files"));
        if ui.add_enabled(stage.free, files).clicked() {
            let mut shot = Shot::new(Fit::Face);
            shot.forget();
            self.by = By::Files(shot);
            stage.onwards = wanted(stage).0.is_none();
        }
    }

    /// The instruction, large, and which of how many it is.
    fn told(ui: &mut Ui, stage: &Stage<'_>, challenge: Challenge, at: usize, all: usize) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(stage.text(instruction(challenge))).size(26.0).strong());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let count = [("n", at.to_string()), ("all", all.to_string())];
                let count = [("n", count[0].1.as_str()), ("all", count[1].1.as_str())];
                let text = stage.words.get_with("enrol-liveness-count", &count);
                ui.label(RichText::new(text).color(look::QUIET));
            });
        });
    }
}

impl Screen for Liveness {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-liveness-title")
    }

    fn takes_the_keyboard(&self) -> bool {
        false
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let (next, at, all, attempts) = wanted(stage);
        match next {
            Some(challenge) => Self::told(ui, stage, challenge, at, all),
            None => self.before(ui, stage, attempts),
        }
        let (mut deed, mut lost) = (None, None);
        match &mut self.by {
            By::Undecided => self.undecided(ui, stage),
            By::Files(shot) => {
                if next.is_some() {
                    let most = most(stage);
                    shot.draw(ui, stage, most);
                }
            }
            By::Camera(preview, since) => {
                lost = preview.draw(ui, stage, Fit::Face).err();
                match next {
                    Some(challenge) => {
                        if since.is_none_or(|(told, _)| told != challenge) {
                            // It does not begin while the picture before is on its way, or before there is one.
                            *since = (stage.free && preview.newest().is_some())
                                .then_some((challenge, stage.now));
                        }
                        let left = since.map(|(_, since)| TIME - (stage.now - since));
                        countdown(ui, stage, left);
                        if left.is_some_and(|left| left <= 0.0) && stage.free {
                            let jpeg = preview
                                .newest()
                                .and_then(|frame| frame.jpeg(most(stage) as usize).ok());
                            *since = None;
                            deed = jpeg.and_then(|jpeg| {
                                answered(Answer::Liveness { challenge, jpeg: jpeg.into() })
                            });
                        }
                        ui.ctx().request_repaint_after_secs(0.1);
                    }
                    None => {
                        *since = None;
                        preview.offer_another(ui, stage);
                    }
                }
            }
        }
        if let Some(why) = lost {
            self.trouble = Some(words(why));
            self.by = By::Undecided;
        }
        deed
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        let begun = wanted(stage).0.is_some();
        let button = |key: &str, enabled| go_on(stage.words, key, enabled);
        match &self.by {
            By::Undecided => vec![button("enrol-camera-on", true)],
            By::Camera(preview, _) if !begun => vec![
                button("enrol-begin", preview.newest().is_some()),
                button("enrol-camera-off", true),
            ],
            By::Camera(..) => vec![button("enrol-camera-off", true)],
            By::Files(_) if !begun => {
                vec![button("enrol-begin", true), button("enrol-camera-on", true)]
            }
            By::Files(shot) if shot.is_taken() => shot.buttons(stage),
            By::Files(_) => vec![button("enrol-send", false), button("enrol-camera-on", true)],
        }
    }

    fn press(&mut self, button: usize, stage: &Stage<'_>) -> Option<EnrolmentDeed> {
        let next = wanted(stage).0;
        match (&mut self.by, next, button) {
            (By::Camera(..) | By::Files(_), None, 0) => {
                return answered(Answer::StartLiveness {});
            }
            (By::Files(shot), Some(challenge), _) if shot.is_taken() => {
                let jpeg = shot.press(button, stage, most(stage))?;
                return answered(Answer::Liveness { challenge, jpeg: jpeg.into() });
            }
            (By::Undecided | By::Files(_), _, _) => {
                self.trouble = None;
                self.by = By::Camera(Preview::switch_on(stage.outside), None);
            }
            (By::Camera(..), _, _) => self.by = By::Undecided,
        }
        None
    }

    fn news(&mut self, view: &EnrolmentView) {
        let prompt = view.enrolment.as_ref().map(|enrolment| &enrolment.prompt);
        let Some(Prompt::Liveness { next, .. }) = prompt else { return };
        // Each instruction has a picture of its own. One that did not arrive stays and can be sent again.
        if let By::Files(shot) = &mut self.by
            && self.asked != *next
        {
            shot.forget();
        }
        self.asked = *next;
    }
}

/// How much time is left to follow the instruction.
fn countdown(ui: &mut Ui, stage: &Stage<'_>, left: Option<f64>) {
    #[expect(clippy::cast_possible_truncation, reason = "three seconds")]
    let text = match left {
        Some(left) if left > 0.0 => {
            stage.text_with("enrol-liveness-in", "n", &(left.ceil() as i64).to_string())
        }
        Some(_) | None => stage.text("enrol-busy"),
    };
    ui.label(RichText::new(text).color(look::QUIET));
}
