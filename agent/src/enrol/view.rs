//! From the core's language to the page's: where an enrolment stands, without anything that a page may not know.

use tanba::protocol as wire;
use tanba_core::crypto::Algorithm;
use tanba_core::enrolment::gateway::{
    Application, Challenge, DocumentKind, Environment, Locale, Recognised, Side, Status, Template,
};
use tanba_core::enrolment::prompt::{FinalFile, MAX_PICTURE, Sender, WaitReason};
use tanba_core::enrolment::{Enrolment, Prompt};
use tanba_core::layout::Purpose;
use tanba_core::time::UnixTime;
use tanba_core::x509::Person;

use crate::folders::display_name;

/// Shows an enrolment to its page.
pub(super) fn show(engine: &Enrolment, now: UnixTime) -> wire::Enrolment {
    let profile = engine.profile();
    wire::Enrolment {
        id: engine.id().to_owned(),
        environment: environment(profile.environment),
        template: match profile.template {
            Template::IndividualRemote => wire::Template::IndividualRemote,
        },
        algorithm: algorithm(profile.algorithm),
        step: engine.guide_step(),
        prompt: prompt(engine.prompt(now), now),
        number: engine.journal().and_then(|record| record.number()).map(str::to_owned),
        problem: engine.problem().map(super::codes::failure),
    }
}

/// Shows which services these are.
#[must_use]
pub fn environment(environment: Environment) -> wire::Environment {
    match environment {
        Environment::Sandbox => wire::Environment::Sandbox,
        Environment::Production => wire::Environment::Production,
    }
}

/// Shows an algorithm.
#[must_use]
pub(super) fn algorithm(algorithm: Algorithm) -> wire::Algorithm {
    match algorithm {
        Algorithm::Rsa2048 => wire::Algorithm::Rsa2048,
        Algorithm::P256 => wire::Algorithm::P256,
        Algorithm::Gost512 => wire::Algorithm::Gost512,
    }
}

/// Shows a purpose.
#[must_use]
pub(super) fn purpose(purpose: Purpose) -> wire::Purpose {
    match purpose {
        Purpose::Auth => wire::Purpose::Auth,
        Purpose::Sign => wire::Purpose::Sign,
    }
}

/// Shows a language.
#[must_use]
pub(super) fn locale(locale: Locale) -> wire::Locale {
    match locale {
        Locale::Kk => wire::Locale::Kk,
        Locale::Ru => wire::Locale::Ru,
        Locale::En => wire::Locale::En,
    }
}

fn seconds(until: UnixTime, now: UnixTime) -> u32 {
    u32::try_from(until.since(now).max(0)).unwrap_or(u32::MAX)
}

fn max_bytes() -> u32 {
    u32::try_from(MAX_PICTURE).expect("five megabytes fit into 32 bits")
}

fn prompt(prompt: Prompt, now: UnixTime) -> wire::Prompt {
    match prompt {
        Prompt::Iin => wire::Prompt::Iin {},
        Prompt::Otp { sender, phone, expires_at, resend_at, attempts_left } => wire::Prompt::Otp {
            sender: match sender {
                Sender::Portal => wire::OtpSender::Portal,
                Sender::DigitalId => wire::OtpSender::DigitalId,
            },
            phone,
            expires_in_s: seconds(expires_at, now),
            resend_in_s: seconds(resend_at, now),
            attempts_left,
        },
        Prompt::Phone => wire::Prompt::Phone {},
        Prompt::Selfie => wire::Prompt::Selfie { max_bytes: max_bytes() },
        Prompt::Liveness { challenges, next, attempts_left } => wire::Prompt::Liveness {
            challenges: challenges.into_iter().map(challenge).collect(),
            next: next.map(challenge),
            attempts_left,
            max_bytes: max_bytes(),
        },
        Prompt::Pin => wire::Prompt::Pin { digits: 4 },
        Prompt::Document { kind, side } => wire::Prompt::Document {
            documents: match kind {
                Some(kind) => vec![document(kind)],
                None => vec![wire::DocumentKind::IdCard, wire::DocumentKind::Passport],
            },
            side: match side {
                Side::Front => wire::DocumentSide::Front,
                Side::Back => wire::DocumentSide::Back,
            },
            max_bytes: max_bytes(),
        },
        Prompt::ConfirmDocument { kind, recognised, iin_matches } => {
            wire::Prompt::ConfirmDocument {
                document: document(kind),
                recognised: self::recognised(recognised, iin_matches),
            }
        }
        Prompt::Consent { service, items, expires_at } => {
            wire::Prompt::Consent { service, items, expires_in_s: seconds(expires_at, now) }
        }
        Prompt::Agreement { version, text } => wire::Prompt::Agreement { version, text },
        Prompt::Form { person } => {
            wire::Prompt::Form { prefill: prefill(person), storages: vec![wire::Storage::Pkcs12] }
        }
        Prompt::Folder => wire::Prompt::Folder {},
        Prompt::Wait { reason, application, retry_at } => wire::Prompt::Wait {
            reason: match reason {
                WaitReason::Moderation => wire::WaitReason::Moderation,
                WaitReason::Submission => wire::WaitReason::Submission,
                WaitReason::Issue => wire::WaitReason::Issue,
            },
            application: application.map(self::application),
            retry_in_s: seconds(retry_at, now),
        },
        Prompt::Install { application, keys } => wire::Prompt::Install {
            application: application.map(self::application),
            keys: keys.into_iter().map(key_file).collect(),
        },
        Prompt::Done { keys, folder } => wire::Prompt::Done {
            keys: keys.into_iter().map(key_file).collect(),
            folder: display_name(std::path::Path::new(&folder)),
        },
        Prompt::Closed { status, application } => wire::Prompt::Closed {
            status: self::status(status),
            application: application.map(self::application),
        },
    }
}

fn challenge(challenge: Challenge) -> wire::Challenge {
    match challenge {
        Challenge::Center => wire::Challenge::Center,
        Challenge::Closer => wire::Challenge::Closer,
        Challenge::TurnLeft => wire::Challenge::TurnLeft,
        Challenge::TurnRight => wire::Challenge::TurnRight,
        Challenge::LookUp => wire::Challenge::LookUp,
        Challenge::Blink => wire::Challenge::Blink,
    }
}

fn document(kind: DocumentKind) -> wire::DocumentKind {
    match kind {
        DocumentKind::IdCard => wire::DocumentKind::IdCard,
        DocumentKind::Passport => wire::DocumentKind::Passport,
    }
}

/// All but the last characters as `*`.
fn masked(text: &str, shown: usize) -> String {
    let count = text.chars().count();
    text.chars().enumerate().map(|(at, char)| if at + shown < count { '*' } else { char }).collect()
}

fn recognised(data: Recognised, iin_matches: bool) -> wire::Recognised {
    wire::Recognised {
        document_number: masked(&data.document_number, 3),
        iin: masked(&data.iin, 4),
        iin_matches,
        surname: data.surname,
        name: data.name,
        patronymic: data.patronymic,
        birth_date: data.birth_date,
        birth_place: data.birth_place,
        nationality: data.nationality,
        issuer: data.issuer,
        issued_at: data.issued_at,
        expires_at: data.expires_at,
    }
}

fn prefill(person: Person) -> wire::Prefill {
    wire::Prefill {
        iin: person.iin.masked(),
        surname: person.surname,
        name: person.name,
        patronymic: person.patronymic,
    }
}

pub(super) fn application(application: Application) -> wire::Application {
    let history = application
        .history
        .iter()
        .filter_map(|change| {
            let at = UnixTime::parse_rfc3339(&change.at).ok()?.as_secs();
            Some(wire::StatusChange { at, status: status(change.status) })
        })
        .collect();
    let status = status(application.status);
    wire::Application { number: application.number, status, history, reason: application.reason }
}

fn key_file(file: FinalFile) -> wire::KeyFile {
    wire::KeyFile {
        purpose: purpose(file.purpose),
        key_id: file.key_id.to_string(),
        file: file.file,
    }
}

fn status(status: Status) -> wire::Status {
    match status {
        Status::New => wire::Status::New,
        Status::Identified => wire::Status::Identified,
        Status::AwaitingHead => wire::Status::AwaitingHead,
        Status::ConfirmedByHead => wire::Status::ConfirmedByHead,
        Status::RefusedByHead => wire::Status::RefusedByHead,
        Status::AwaitingCsc => wire::Status::AwaitingCsc,
        Status::Issuing => wire::Status::Issuing,
        Status::Issued => wire::Status::Issued,
        Status::Installed => wire::Status::Installed,
        Status::Refused => wire::Status::Refused,
        Status::Withdrawn => wire::Status::Withdrawn,
        Status::Expired => wire::Status::Expired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_number_is_shown() {
        assert_eq!(masked("000101500004", 4), "********0004");
        assert_eq!(masked("12", 4), "12");
        assert_eq!(masked("", 3), "");
    }
}
