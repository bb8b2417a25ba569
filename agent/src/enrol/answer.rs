//! From the page's language to the core's: answers and choices.

use tanba::protocol as wire;
use tanba_core::crypto::Algorithm;
use tanba_core::enrolment::Answer;
use tanba_core::enrolment::gateway::{Challenge, DocumentKind, Locale, Side, Template};
use tanba_core::layout::Purpose;
use tanba_core::secret::{Password, SecretBytes};

use crate::ctx::Ctx;
use crate::error::Error;
use crate::page::Page;

/// Reads an answer; a folder handle becomes the folder.
///
/// # Errors
/// `UnknownFolder` for a handle that is not this page's.
pub fn read(ctx: &Ctx, page: &Page, answer: wire::Answer) -> Result<Answer, Error> {
    Ok(match answer {
        wire::Answer::Iin { iin } => Answer::Iin(iin),
        wire::Answer::Otp { code } => Answer::Otp(Password::new(code)),
        wire::Answer::ResendOtp {} => Answer::ResendOtp,
        wire::Answer::Phone { phone } => Answer::Phone(phone),
        wire::Answer::Selfie { jpeg } => Answer::Selfie(SecretBytes::new(jpeg.0)),
        wire::Answer::StartLiveness {} => Answer::StartLiveness,
        wire::Answer::Liveness { challenge, jpeg } => Answer::Liveness {
            challenge: self::challenge(challenge),
            picture: SecretBytes::new(jpeg.0),
        },
        wire::Answer::Pin { pin, repeat } => {
            Answer::Pin { pin: Password::new(pin), repeat: Password::new(repeat) }
        }
        wire::Answer::Document { document, side, jpeg } => Answer::Document {
            kind: match document {
                wire::DocumentKind::IdCard => DocumentKind::IdCard,
                wire::DocumentKind::Passport => DocumentKind::Passport,
            },
            side: match side {
                wire::DocumentSide::Front => Side::Front,
                wire::DocumentSide::Back => Side::Back,
            },
            picture: SecretBytes::new(jpeg.0),
        },
        wire::Answer::ConfirmDocument { truthful } => Answer::ConfirmDocument { truthful },
        wire::Answer::Consent { approve: true, pin } => {
            Answer::Consent { pin: Some(Password::new(pin.unwrap_or_default())) }
        }
        wire::Answer::Consent { approve: false, .. } => Answer::Consent { pin: None },
        wire::Answer::Agreement { version } => Answer::Agreement { version },
        wire::Answer::Form { email, storage: wire::Storage::Pkcs12 } => Answer::Form { email },
        wire::Answer::Folder { folder } => {
            let path = ctx.folders.path(page, &folder).ok_or(Error::UnknownFolder)?;
            Answer::Folder(path.to_str().ok_or(Error::UnknownFolder)?.to_owned())
        }
    })
}

/// Reads a template.
#[must_use]
pub fn template(template: wire::Template) -> Template {
    match template {
        wire::Template::IndividualRemote => Template::IndividualRemote,
    }
}

/// Reads an algorithm.
#[must_use]
pub fn algorithm(algorithm: wire::Algorithm) -> Algorithm {
    match algorithm {
        wire::Algorithm::Rsa2048 => Algorithm::Rsa2048,
        wire::Algorithm::P256 => Algorithm::P256,
        wire::Algorithm::Gost512 => Algorithm::Gost512,
    }
}

/// Reads a purpose.
#[must_use]
pub fn purpose(purpose: wire::Purpose) -> Purpose {
    match purpose {
        wire::Purpose::Auth => Purpose::Auth,
        wire::Purpose::Sign => Purpose::Sign,
    }
}

/// Reads a language.
#[must_use]
pub fn locale(locale: wire::Locale) -> Locale {
    match locale {
        wire::Locale::Kk => Locale::Kk,
        wire::Locale::Ru => Locale::Ru,
        wire::Locale::En => Locale::En,
    }
}

fn challenge(challenge: wire::Challenge) -> Challenge {
    match challenge {
        wire::Challenge::Center => Challenge::Center,
        wire::Challenge::Closer => Challenge::Closer,
        wire::Challenge::TurnLeft => Challenge::TurnLeft,
        wire::Challenge::TurnRight => Challenge::TurnRight,
        wire::Challenge::LookUp => Challenge::LookUp,
        wire::Challenge::Blink => Challenge::Blink,
    }
}
