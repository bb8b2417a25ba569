//! What a page is told of a refusal: a code for each reason.

use tanba::protocol::{Code, Failure};
use tanba_core::enrolment::{Reason, Refusal};

/// What a page is told of a refusal by the engine.
#[must_use]
pub fn failure(refusal: &Refusal) -> Failure {
    let mut failure = Failure::new(code(&refusal.reason));
    failure.attempts_left = refusal.attempts_left;
    failure.retry_after_s = refusal.retry_after_s;
    failure
}

fn code(reason: &Reason) -> Code {
    match reason {
        Reason::NotExpected => Code::NotExpected,
        Reason::Closed => Code::EnrolmentClosed,
        Reason::Iin => Code::IinInvalid,
        Reason::Phone => Code::PhoneMismatch,
        Reason::OtpFormat => Code::OtpWrong,
        Reason::OtpExpired => Code::OtpExpired,
        Reason::ResendTooEarly => Code::OtpResendTooEarly,
        Reason::PinFormat => Code::PinFormat,
        Reason::PinMismatch => Code::PinMismatch,
        Reason::NotJpeg => Code::ImageNotJpeg,
        Reason::TooLarge => Code::ImageTooLarge,
        Reason::Email => Code::EmailInvalid,
        Reason::Agreement => Code::AgreementOutdated,
        Reason::ConsentDenied => Code::ConsentDenied,
        Reason::FolderUnwritable => Code::FolderUnwritable,
        Reason::DiskFull => Code::DiskFull,
        Reason::Secrets => Code::SecretsUnavailable,
        Reason::KeyLost => Code::KeyLost,
        Reason::Crypto => Code::Internal,
        Reason::OtherKey => Code::CertificateKeyMismatch,
        Reason::Certificate => Code::CertificateInvalid,
        Reason::Service(code) => {
            let known = Code::ALL.iter().copied().find(|known| known.name() == code);
            // A service's own "internal" says nothing about this agent.
            known.filter(|known| *known != Code::Internal).unwrap_or(Code::GatewayFailed)
        }
        Reason::Unreachable => Code::GatewayUnreachable,
        Reason::Failed => Code::GatewayFailed,
    }
}
