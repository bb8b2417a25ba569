//! Who the person is: the IIN, the one-time passwords, the telephone.

use eframe::egui::{Button as Press, Id, RichText, Ui};
use tanba::protocol::{Answer, OtpSender, Prompt};
use tanba_core::iin::Iin;

use super::go_on;
use super::stage::{Button, Screen, Stage, answered, clock};
use crate::desktop::own::{EnrolmentDeed, EnrolmentView};
use crate::desktop::window::field::Field;
use crate::desktop::window::look;

/// How many digits an IIN has.
const IIN: usize = 12;

/// How many digits a one-time password has, at least and at most.
const CODE: (usize, usize) = (4, 8);

/// Room for what is typed: more than is right, so that one sees that it is too much.
const TYPED: usize = 20;

/// A field with its name above it. Enter leads on to the button.
pub(super) fn field(
    ui: &mut Ui,
    stage: &mut Stage<'_>,
    field: &mut Field,
    key: &str,
    visible: bool,
) {
    let (id, enter) = named(ui, stage, field, key, visible);
    if enter {
        (stage.onwards, stage.or_back) = (true, Some(id));
    }
}

/// The same; says which control it is, and whether Enter was pressed in it.
pub(super) fn named(
    ui: &mut Ui,
    stage: &mut Stage<'_>,
    field: &mut Field,
    key: &str,
    visible: bool,
) -> (Id, bool) {
    let name = ui.label(stage.text(key)).id;
    let drawn = ui.scope(|ui| {
        ui.set_max_width(360.0);
        field.draw(ui, name, visible)
    });
    stage.first(ui, drawn.inner.0);
    drawn.inner
}

/// What is below a field: a quiet hint, or what is wrong.
pub(super) fn below(ui: &mut Ui, text: String, wrong: bool) {
    ui.label(RichText::new(text).color(if wrong { look::RED } else { look::QUIET }));
}

fn digits(text: &str) -> Option<usize> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text.len())
}

pub(super) struct IinScreen(Field);

impl IinScreen {
    pub(super) fn new() -> Self {
        Self(Field::new(TYPED))
    }

    fn is_right(&self) -> bool {
        Iin::parse(self.0.as_str().trim()).is_ok()
    }
}

impl Screen for IinScreen {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-iin-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        ui.label(stage.text("enrol-iin-lead"));
        field(ui, stage, &mut self.0, "enrol-iin-label", true);
        let typed = self.0.as_str().trim();
        match digits(typed) {
            None => below(ui, stage.text("enrol-iin-only-digits"), true),
            Some(0) => below(ui, stage.text("enrol-iin-hint"), false),
            Some(count) if count < IIN => {
                below(ui, stage.text_with("enrol-iin-digits", "n", &count.to_string()), false);
            }
            Some(_) if !self.is_right() => {
                let wrong =
                    format!("{} {}", stage.text("err-iin_invalid"), stage.text("hint-iin_invalid"));
                below(ui, wrong, true);
            }
            Some(count) => {
                below(ui, stage.text_with("enrol-iin-digits", "n", &count.to_string()), false);
            }
        }
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![go_on(stage.words, "enrol-iin-send", self.is_right())]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        answered(Answer::Iin { iin: self.0.as_str().trim().to_owned() })
    }
}

pub(super) struct PhoneScreen(Field);

impl PhoneScreen {
    pub(super) fn new() -> Self {
        Self(Field::new(TYPED))
    }
}

/// Whether it may be a number of Kazakhstan: `+7`, `8` or nothing, and ten digits.
fn is_phone(text: &str) -> bool {
    let plain: String = text.chars().filter(|char| !" -()\u{a0}".contains(*char)).collect();
    let rest = plain.strip_prefix("+7").or_else(|| plain.strip_prefix('8')).unwrap_or(&plain);
    digits(rest) == Some(10)
}

impl Screen for PhoneScreen {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text("enrol-phone-title")
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        ui.label(stage.text("enrol-phone-lead"));
        field(ui, stage, &mut self.0, "enrol-phone-label", true);
        below(ui, format!("+7 7__ ___ __ __ · {}", stage.text("enrol-phone-hint")), false);
        None
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        vec![go_on(stage.words, "enrol-phone-send", is_phone(self.0.as_str()))]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        answered(Answer::Phone { phone: self.0.as_str().trim().to_owned() })
    }
}

pub(super) struct OtpScreen {
    sender: OtpSender,
    code: Field,
    /// Another telephone number, if the person wants to mend it.
    phone: Option<Field>,
}

impl OtpScreen {
    pub(super) fn new(sender: OtpSender) -> Self {
        Self { sender, code: Field::new(TYPED), phone: None }
    }

    fn key(&self, portal: &'static str, digital_id: &'static str) -> &'static str {
        match self.sender {
            OtpSender::Portal => portal,
            OtpSender::DigitalId => digital_id,
        }
    }

    fn is_code(&self) -> bool {
        digits(self.code.as_str().trim()).is_some_and(|count| (CODE.0..=CODE.1).contains(&count))
    }

    /// Where it was sent, how long it counts, and how to get another.
    fn times(&self, ui: &mut Ui, stage: &Stage<'_>) -> Option<EnrolmentDeed> {
        let Some(Prompt::Otp { expires_in_s, resend_in_s, attempts_left, .. }) = stage.prompt()
        else {
            return None;
        };
        let left = stage.left(*expires_in_s);
        if left > 0 {
            below(ui, stage.text_with("enrol-otp-remaining", "n", &left.to_string()), false);
        } else {
            below(ui, stage.text("enrol-otp-expired"), true);
        }
        let attempts = attempts_left.to_string();
        below(ui, stage.text_with("enrol-otp-attempts", "n", &attempts), *attempts_left <= 1);
        let wait = stage.left(*resend_in_s);
        let again = ui.horizontal(|ui| {
            let again = Press::new(stage.text("enrol-otp-resend"));
            let again = ui.add_enabled(stage.free && wait == 0, again).clicked();
            if wait > 0 {
                below(ui, stage.text_with("enrol-otp-resend-wait", "time", &clock(wait)), false);
            }
            again
        });
        ui.ctx().request_repaint_after_secs(0.5);
        if again.inner { answered(Answer::ResendOtp {}) } else { None }
    }
}

impl Screen for OtpScreen {
    fn title(&self, stage: &Stage<'_>) -> String {
        stage.text(self.key("enrol-otp-title-1414", "enrol-otp-title-3116"))
    }

    fn body(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> Option<EnrolmentDeed> {
        let phone = match stage.prompt() {
            Some(Prompt::Otp { phone, .. }) => phone.as_deref(),
            Some(_) | None => None,
        };
        ui.label(match phone {
            Some(phone) => stage.text_with("enrol-otp-lead-phone", "phone", phone),
            None => stage.text("enrol-otp-lead"),
        });
        let number = self.key("1414", "3116");
        below(ui, stage.text_with("enrol-otp-sender", "sender", number), false);
        let label = self.key("enrol-otp-label-1414", "enrol-otp-label-3116");
        field(ui, stage, &mut self.code, label, true);
        let mut deed = self.times(ui, stage);
        // Digital ID sends to the number that was typed, which may have been mistyped.
        if self.sender == OtpSender::DigitalId {
            match &mut self.phone {
                None => {
                    let other = Press::new(stage.text("enrol-otp-other-phone"));
                    if ui.add_enabled(stage.free, other).clicked() {
                        self.phone = Some(Field::new(TYPED));
                    }
                }
                Some(other) => {
                    field(ui, stage, other, "enrol-phone-label", true);
                    let send = Press::new(stage.text("enrol-phone-send"));
                    if ui.add_enabled(stage.free && is_phone(other.as_str()), send).clicked() {
                        let phone = other.as_str().trim().to_owned();
                        deed = answered(Answer::Phone { phone });
                    }
                }
            }
        }
        deed
    }

    fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        let key = self.key("enrol-otp-send-1414", "enrol-otp-send-3116");
        vec![go_on(stage.words, key, self.is_code())]
    }

    fn press(&mut self, _: usize, _: &Stage<'_>) -> Option<EnrolmentDeed> {
        answered(Answer::Otp { code: self.code.as_str().trim().to_owned() })
    }

    fn news(&mut self, view: &EnrolmentView) {
        // Another password was sent, and the number is mended.
        if !view.busy && view.failure.is_none() && self.phone.is_some() {
            self.phone = None;
            self.code.wipe();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_as_people_write_them() {
        for good in ["+7 701 234-56-78", "87012345678", "7012345678", "+7(701)2345678"] {
            assert!(is_phone(good), "{good}");
        }
        for bad in ["", "+7", "+7 701 234 56 7", "+1 701 234 56 78", "seven", "770123456789"] {
            assert!(!is_phone(bad), "{bad}");
        }
    }
}
