//! Which screen shows what is asked, and whether the same is asked still.

use tanba::protocol::{DocumentSide, OtpSender, Prompt, WaitReason};

use super::stage::Screen;
use super::{application, confirm, document, end, identify, liveness, pin, selfie, start, wait};
use crate::desktop::own::EnrolmentView;

/// What is asked, and in which enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    enrolment: Option<String>,
    asked: Asked,
}

/// What is asked, without what may change while it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Start,
    Iin,
    Otp(OtpSender),
    Phone,
    Selfie,
    Liveness,
    Pin,
    Document(DocumentSide),
    Confirm,
    Consent,
    Agreement,
    Form,
    Folder,
    Wait(WaitReason),
    Install,
    Done,
    Closed,
}

impl Place {
    pub(super) fn of(view: &EnrolmentView) -> Self {
        let Some(enrolment) = &view.enrolment else {
            return Self { enrolment: None, asked: Asked::Start };
        };
        let asked = match &enrolment.prompt {
            Prompt::Iin {} => Asked::Iin,
            Prompt::Otp { sender, .. } => Asked::Otp(*sender),
            Prompt::Phone {} => Asked::Phone,
            Prompt::Selfie { .. } => Asked::Selfie,
            Prompt::Liveness { .. } => Asked::Liveness,
            Prompt::Pin { .. } => Asked::Pin,
            Prompt::Document { side, .. } => Asked::Document(*side),
            Prompt::ConfirmDocument { .. } => Asked::Confirm,
            Prompt::Consent { .. } => Asked::Consent,
            Prompt::Agreement { .. } => Asked::Agreement,
            Prompt::Form { .. } => Asked::Form,
            Prompt::Folder {} => Asked::Folder,
            Prompt::Wait { reason, .. } => Asked::Wait(*reason),
            Prompt::Install { .. } => Asked::Install,
            Prompt::Done { .. } => Asked::Done,
            Prompt::Closed { .. } => Asked::Closed,
        };
        Self { enrolment: Some(enrolment.id.clone()), asked }
    }

    /// Which enrolment is led.
    pub(super) fn enrolment(&self) -> Option<&str> {
        self.enrolment.as_deref()
    }

    /// A fresh screen for what is asked.
    pub(super) fn screen(&self, view: &EnrolmentView) -> Box<dyn Screen> {
        match self.asked {
            Asked::Start => Box::new(start::Start::default()),
            Asked::Iin => Box::new(identify::IinScreen::new()),
            Asked::Otp(sender) => Box::new(identify::OtpScreen::new(sender)),
            Asked::Phone => Box::new(identify::PhoneScreen::new()),
            Asked::Selfie => Box::new(selfie::Selfie::default()),
            Asked::Liveness => Box::new(liveness::Liveness::default()),
            Asked::Pin => Box::new(pin::Pin::new()),
            Asked::Document(side) => Box::new(document::Document::new(side, view)),
            Asked::Confirm => Box::new(confirm::Confirm::default()),
            Asked::Consent => Box::new(confirm::Consent::new()),
            Asked::Agreement => Box::new(application::Agreement::default()),
            Asked::Form => Box::new(application::Form::default()),
            Asked::Folder => Box::new(application::Folder::default()),
            Asked::Wait(reason) => Box::new(wait::Wait(reason)),
            Asked::Install => Box::new(end::Install),
            Asked::Done => Box::new(end::Done),
            Asked::Closed => Box::new(end::Closed),
        }
    }
}

/// In which of the guide's four parts what is asked lies, counted from one; none before an enrolment.
pub(super) fn part(prompt: &Prompt) -> u8 {
    match prompt {
        Prompt::Iin {} | Prompt::Otp { sender: OtpSender::Portal, .. } => 1,
        Prompt::Otp { sender: OtpSender::DigitalId, .. }
        | Prompt::Phone {}
        | Prompt::Selfie { .. }
        | Prompt::Liveness { .. }
        | Prompt::Pin { .. }
        | Prompt::Document { .. }
        | Prompt::ConfirmDocument { .. }
        | Prompt::Consent { .. }
        | Prompt::Wait { reason: WaitReason::Moderation, .. } => 2,
        Prompt::Agreement { .. }
        | Prompt::Form { .. }
        | Prompt::Folder {}
        | Prompt::Wait { reason: WaitReason::Submission, .. } => 3,
        Prompt::Wait { reason: WaitReason::Issue, .. }
        | Prompt::Install { .. }
        | Prompt::Done { .. }
        | Prompt::Closed { .. } => 4,
    }
}

/// Whether the application has not been sent yet, so that the person can end it.
pub(super) fn is_before_submission(prompt: &Prompt) -> bool {
    match prompt {
        Prompt::Iin {}
        | Prompt::Otp { .. }
        | Prompt::Phone {}
        | Prompt::Selfie { .. }
        | Prompt::Liveness { .. }
        | Prompt::Pin { .. }
        | Prompt::Document { .. }
        | Prompt::ConfirmDocument { .. }
        | Prompt::Consent { .. }
        | Prompt::Agreement { .. }
        | Prompt::Form { .. }
        | Prompt::Folder {}
        | Prompt::Wait { reason: WaitReason::Moderation, .. } => true,
        Prompt::Wait { reason: WaitReason::Submission | WaitReason::Issue, .. }
        | Prompt::Install { .. }
        | Prompt::Done { .. }
        | Prompt::Closed { .. } => false,
    }
}

/// Whether it has come to its end.
pub(super) fn is_over(prompt: &Prompt) -> bool {
    matches!(prompt, Prompt::Done { .. } | Prompt::Closed { .. })
}
