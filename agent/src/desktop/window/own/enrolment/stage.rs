//! What a screen is given, and what it must be able to do.

use eframe::egui::{Id, Ui, ViewportCommand};
use tanba::protocol::{Answer, Prompt};

use super::outside::Outside;
use crate::desktop::own::{EnrolmentDeed, EnrolmentView};
use crate::words::Words;

/// What a screen may look at while it is drawn.
pub(super) struct Stage<'a> {
    pub words: &'a Words,
    pub view: &'a EnrolmentView,
    pub outside: &'a Outside,
    /// Seconds since what is asked was told.
    pub elapsed: f64,
    /// The present second, to measure with.
    pub now: f64,
    /// Whether anything can be done: nothing is under way, and the screen has been there for a moment.
    pub free: bool,
    /// Whether the screen's first control shall get the keyboard now.
    pub focus: bool,
    /// The keyboard goes to the button that goes on, which Enter then presses; for one, because Enter was pressed in the
    /// last field.
    pub onwards: bool,
    /// Where it stays if that button cannot be pressed yet.
    pub or_back: Option<Id>,
}

impl Stage<'_> {
    /// What is asked now.
    pub(super) fn prompt(&self) -> Option<&Prompt> {
        self.view.enrolment.as_ref().map(|enrolment| &enrolment.prompt)
    }

    pub(super) fn text(&self, key: &str) -> String {
        self.words.get(key)
    }

    pub(super) fn text_with(&self, key: &str, name: &str, value: &str) -> String {
        self.words.get_with(key, &[(name, value)])
    }

    /// What is left of so many seconds that were told.
    pub(super) fn left(&self, seconds: u32) -> u32 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hours")]
        let elapsed = self.elapsed.max(0.0) as u32;
        seconds.saturating_sub(elapsed)
    }

    /// The person comes back from another window, and goes on.
    pub(super) fn come_back(&mut self, ui: &Ui) {
        ui.ctx().send_viewport_cmd(ViewportCommand::Focus);
        self.onwards = true;
    }

    /// Gives the keyboard to a control if it is the first of the screen.
    pub(super) fn first(&mut self, ui: &Ui, control: Id) {
        if std::mem::take(&mut self.focus) {
            ui.memory_mut(|memory| memory.request_focus(control));
        }
    }
}

/// A button at the foot of the window.
pub(super) struct Button {
    pub label: String,
    pub enabled: bool,
}

/// What one thing that is asked looks like.
pub(super) trait Screen {
    fn title(&self, stage: &Stage<'_>) -> String;

    /// Everything below the title. Gives what the person did there.
    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed>;

    /// The buttons at the foot; the first one goes on.
    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button>;

    /// One of these buttons was pressed.
    fn press(&mut self, button: usize, stage: &Stage<'_>) -> Option<EnrolmentDeed>;

    /// Whether the button that goes on has the keyboard at first, if nothing above it takes it. A camera is never
    /// switched on by a key that was pressed once too often.
    fn takes_the_keyboard(&self) -> bool {
        true
    }

    /// The same is asked still, but something has changed, or went wrong.
    fn news(&mut self, view: &EnrolmentView) {
        let _ = view;
    }
}

/// An answer as a deed.
pub(super) fn answered(answer: Answer) -> Option<EnrolmentDeed> {
    Some(EnrolmentDeed::Answer { answer })
}

/// The words for what is under way after a deed.
pub(super) fn under_way(deed: &EnrolmentDeed) -> &'static str {
    match deed {
        EnrolmentDeed::Start { .. }
        | EnrolmentDeed::Resume { .. }
        | EnrolmentDeed::Cancel
        | EnrolmentDeed::Back => "enrol-busy",
        EnrolmentDeed::Refresh => "enrol-wait-asking",
        EnrolmentDeed::Folder { .. } => "enrol-busy-keys",
        EnrolmentDeed::Install => "enrol-busy-install",
        EnrolmentDeed::Answer { answer } => match answer {
            Answer::Selfie { .. } | Answer::Liveness { .. } | Answer::Document { .. } => {
                "enrol-busy-picture"
            }
            Answer::Iin { .. }
            | Answer::Otp { .. }
            | Answer::ResendOtp {}
            | Answer::Phone { .. }
            | Answer::StartLiveness {}
            | Answer::Pin { .. }
            | Answer::ConfirmDocument { .. }
            | Answer::Consent { .. }
            | Answer::Agreement { .. }
            | Answer::Form { .. }
            | Answer::Folder { .. } => "enrol-busy-ask",
        },
    }
}

/// Minutes and seconds: `1:59`.
pub(super) fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
