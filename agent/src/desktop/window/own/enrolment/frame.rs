//! How the window is divided: what it is about and how far one is at the top, what is asked in the middle, what can be
//! done at the foot.
//!
//! Controls are drawn in the order in which the keyboard goes through them: what is asked, the button that goes on, the
//! others.

use eframe::egui::{
    Align, Button as Press, CentralPanel, CornerRadius, Frame, Key, Layout, Margin, Panel, Pos2,
    Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, Vec2,
};
use tanba::protocol::{Code, Enrolment, Failure};

use super::Below;
use super::number::Number;
use super::place::{is_before_submission, is_over, part};
use super::stage::{Screen, Stage};
use crate::desktop::own::EnrolmentDeed;
use crate::desktop::window::look;

/// How many parts the guide has.
const PARTS: u8 = 4;

/// What the window is made of.
pub(super) struct Parts<'a> {
    pub screen: &'a mut dyn Screen,
    pub number: &'a mut Number,
    /// Whether the person is asked if they really want to end the enrolment.
    pub breaking_off: bool,
    /// What is under way, if it takes long.
    pub waiting_for: Option<&'static str>,
    pub is_busy: bool,
    /// How high the foot was last time, in points; it is measured anew.
    pub bottom: &'a mut f32,
}

/// What came of drawing it.
pub(super) struct Drawn {
    /// What the person did in the middle.
    pub did: Option<EnrolmentDeed>,
    /// What the person pressed at the foot.
    pub below: Option<Below>,
}

pub(super) fn draw(ui: &mut Ui, stage: &mut Stage<'_>, parts: Parts<'_>) -> Drawn {
    let Parts { screen, number, breaking_off, waiting_for, is_busy, bottom } = parts;
    if stage.view.sandbox {
        let band = Panel::top("sandbox").frame(Frame::new()).show_separator_line(false);
        band.show_inside(ui, |ui| look::sandbox_band(ui, stage.words));
    }
    let frame = Frame::new().fill(ui.visuals().panel_fill);
    CentralPanel::default()
        .frame(frame)
        .show_inside(ui, |ui| {
            let whole = ui.max_rect();
            let foot = (whole.max.y - *bottom).max(whole.min.y);
            let upper = Rect::from_min_max(whole.min, Pos2::new(whole.max.x, foot));
            let lower = Rect::from_min_max(Pos2::new(whole.min.x, foot), whole.max);
            let did = inside(ui, upper, |ui| {
                if let Some(enrolment) = &stage.view.enrolment {
                    head(ui, stage, number, enrolment);
                }
                middle(ui, stage, screen)
            });
            // Where the foot begins can only be known once it was drawn.
            let (below, height) = inside(ui, lower, |ui| {
                let below = self::foot(ui, stage, screen, breaking_off, waiting_for, is_busy);
                (below, ui.min_rect().height())
            });
            if (*bottom - height).abs() > 0.5 {
                *bottom = height;
                ui.ctx().request_repaint();
            }
            Drawn { did, below }
        })
        .inner
}

fn inside<T>(ui: &mut Ui, place: Rect, draw: impl FnOnce(&mut Ui) -> T) -> T {
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        ui.shrink_clip_rect(place);
        draw(ui)
    })
    .inner
}

/// How far one is, and the number of the application.
fn head(ui: &mut Ui, stage: &Stage<'_>, number: &mut Number, enrolment: &Enrolment) {
    let margin = Margin { left: 22, right: 22, top: 14, bottom: 6 };
    Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 5.0;
        let now = part(&enrolment.prompt);
        let done = is_over(&enrolment.prompt);
        bars(ui, now, done);
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            let name = stage.text(&format!("enrol-parts-{now}"));
            let values = [("n", now.to_string()), ("name", name)];
            let values = [("n", values[0].1.as_str()), ("name", values[1].1.as_str())];
            ui.label(RichText::new(stage.words.get_with("enrol-part", &values)).small().strong());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let step = enrolment.step.to_string();
                let step = stage.text_with("enrol-guide-step", "n", &step);
                let guide = stage.text_with("enrol-guide", "step", &step);
                ui.label(RichText::new(guide).small().color(look::QUIET));
            });
        });
        if let Some(known) = &enrolment.number {
            number.draw(ui, stage, known);
        }
    });
}

/// One bar for each part of the guide.
fn bars(ui: &mut Ui, now: u8, done: bool) {
    let gap = 6.0;
    let (place, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 6.0), Sense::hover());
    let width = (place.width() - gap * f32::from(PARTS - 1)) / f32::from(PARTS);
    for at in 0..PARTS {
        let left = place.min.x + f32::from(at) * (width + gap);
        let bar = Rect::from_min_size(Pos2::new(left, place.min.y), Vec2::new(width, 6.0));
        let colour = if at + 1 < now || done {
            ui.visuals().selection.stroke.color
        } else if at + 1 == now {
            ui.visuals().selection.stroke.color.gamma_multiply(0.55)
        } else {
            look::LINE.now().gamma_multiply(0.6)
        };
        ui.painter().rect_filled(bar, CornerRadius::same(3), colour);
    }
}

/// What is asked, below what went wrong the last time.
fn middle(ui: &mut Ui, stage: &mut Stage<'_>, screen: &mut dyn Screen) -> Option<EnrolmentDeed> {
    let margin = Margin { left: 22, right: 8, top: 8, bottom: 4 };
    Frame::new()
        .inner_margin(margin)
        .show(ui, |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                ui.set_max_width(ui.available_width() - 14.0);
                ui.spacing_mut().item_spacing.y = 9.0;
                look::title(ui, &screen.title(stage));
                wrong(ui, stage);
                if stage.view.without_keyring {
                    look::warning(ui, &stage.text("enrol-without-keyring"));
                }
                screen.body(ui, stage)
            })
        })
        .inner
        .inner
}

/// What went wrong last, what can be done about it, and how often.
fn wrong(ui: &mut Ui, stage: &Stage<'_>) {
    let problem = stage.view.enrolment.as_ref().and_then(|enrolment| enrolment.problem.as_ref());
    let Some(failure) = stage.view.failure.as_ref().or(problem) else { return };
    look::wrong(ui, &sentences(stage, failure).join(" "));
}

fn sentences(stage: &Stage<'_>, failure: &Failure) -> Vec<String> {
    if failure.code == Code::UnknownEnrolment {
        return vec![stage.text("enrol-gone"), stage.text("enrol-gone-hint")];
    }
    let code = failure.code.name();
    let mut sentences =
        vec![stage.text(&format!("err-{code}")), stage.text(&format!("hint-{code}"))];
    if let Some(left) = failure.attempts_left {
        sentences.push(stage.text_with("enrol-error-attempts", "n", &left.to_string()));
    }
    if let Some(after) = failure.retry_after_s {
        let left = stage.left(after);
        if left > 0 {
            sentences.push(stage.text_with("enrol-error-retry", "n", &left.to_string()));
        }
    }
    sentences
}

/// The buttons, and above them what is under way, or what becomes of it all when the window is closed.
fn foot(
    ui: &mut Ui,
    stage: &mut Stage<'_>,
    screen: &dyn Screen,
    breaking_off: bool,
    waiting_for: Option<&'static str>,
    is_busy: bool,
) -> Option<Below> {
    let margin = Margin { left: 22, right: 22, top: 6, bottom: 14 };
    Frame::new()
        .inner_margin(margin)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            if breaking_off {
                look::warning(ui, &stage.text("enrol-cancel-sure"));
                return sure(ui, stage);
            }
            told(ui, stage, waiting_for, is_busy);
            buttons(ui, stage, screen)
        })
        .inner
}

fn told(ui: &mut Ui, stage: &Stage<'_>, waiting_for: Option<&'static str>, is_busy: bool) {
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        if is_busy {
            ui.spinner();
            ui.label(stage.text(waiting_for.unwrap_or("enrol-busy")));
            return;
        }
        let key = match stage.view.enrolment.as_ref().map(|enrolment| &enrolment.prompt) {
            Some(prompt) if is_before_submission(prompt) => "enrol-closing-before",
            Some(prompt) if !is_over(prompt) => "enrol-closing-after",
            Some(_) | None => return,
        };
        let text = RichText::new(stage.text(key)).small().color(look::QUIET);
        ui.add(eframe::egui::Label::new(text).wrap());
    });
}

fn buttons(ui: &mut Ui, stage: &mut Stage<'_>, screen: &dyn Screen) -> Option<Below> {
    let mut below = None;
    look::from_the_right(ui, |ui| {
        for (at, button) in screen.buttons(stage).into_iter().enumerate() {
            let enabled = stage.free && button.enabled;
            let drawn = if at == 0 {
                look::accept(ui, &button.label, enabled)
            } else {
                ui.add_enabled(enabled, Press::new(&button.label))
            };
            if at == 0 {
                let first =
                    enabled && std::mem::take(&mut stage.focus) && screen.takes_the_keyboard();
                match (first || std::mem::take(&mut stage.onwards), stage.or_back.take()) {
                    // What cannot be pressed yet cannot have the keyboard.
                    (true, Some(field)) if !button.enabled => {
                        ui.memory_mut(|memory| memory.request_focus(field));
                    }
                    (true, _) => drawn.request_focus(),
                    (false, _) => {}
                }
            }
            if drawn.clicked() {
                below = Some(Below::Button(at));
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let Some(enrolment) = &stage.view.enrolment else { return };
            if is_over(&enrolment.prompt) {
                return;
            }
            let leave = Press::new(stage.text("enrol-later"));
            if ui.add_enabled(stage.free, leave).clicked() {
                below = Some(Below::Leave);
            }
            let cancel = Press::new(stage.text("enrol-cancel"));
            if is_before_submission(&enrolment.prompt)
                && ui.add_enabled(stage.free, cancel).clicked()
            {
                below = Some(Below::BreakOff);
            }
        });
    });
    below
}

/// Whether the person really wants to end it. Escape means no.
fn sure(ui: &mut Ui, stage: &Stage<'_>) -> Option<Below> {
    let mut below = None;
    look::from_the_right(ui, |ui| {
        if ui.button(stage.text("enrol-cancel-no")).clicked() {
            below = Some(Below::GoOn);
        }
        let yes = Press::new(stage.text("enrol-cancel-yes"));
        if ui.add_enabled(stage.free, yes).clicked() {
            below = Some(Below::Surely);
        }
    });
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        below = Some(Below::GoOn);
    }
    below
}
