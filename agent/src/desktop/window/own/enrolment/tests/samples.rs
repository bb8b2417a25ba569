//! One of everything that can be asked.

use tanba::protocol::{
    Algorithm, Application, Challenge, DocumentKind, DocumentSide, Enrolment, Environment, KeyFile,
    Locale, OtpSender, Prefill, Prompt, Purpose, Recognised, Status, StatusChange, Storage,
    Template, WaitReason,
};

use crate::desktop::own::{EnrolmentView, Unfinished};

pub(super) const NUMBER: &str = "27888601100404";

pub(super) fn view(locale: Locale, prompt: Option<Prompt>) -> EnrolmentView {
    EnrolmentView {
        locale,
        sandbox: true,
        connected: true,
        enrolment: prompt.map(enrolment),
        unfinished: Vec::new(),
        failure: None,
        busy: false,
        without_keyring: false,
        raised: 0,
    }
}

pub(super) fn enrolment(prompt: Prompt) -> Enrolment {
    let number = matches!(
        prompt,
        Prompt::Wait { reason: WaitReason::Issue, .. }
            | Prompt::Install { .. }
            | Prompt::Done { .. }
    );
    Enrolment {
        id: "one".to_owned(),
        environment: Environment::Sandbox,
        template: Template::IndividualRemote,
        algorithm: Algorithm::Gost512,
        step: 10,
        number: number.then(|| NUMBER.to_owned()),
        prompt,
        problem: None,
    }
}

pub(super) fn unfinished() -> Vec<Unfinished> {
    let one = |id: &str, origin: Option<&str>, number: Option<&str>, state: &str| Unfinished {
        id: id.to_owned(),
        origin: origin.map(str::to_owned),
        number: number.map(str::to_owned),
        state: state.to_owned(),
        needs_you: true,
    };
    vec![
        one("first", Some("https://pki.example.kz"), Some(NUMBER), "status-issued"),
        one("second", None, None, "enrol-state-identification"),
    ]
}

pub(super) fn otp(sender: OtpSender) -> Prompt {
    let phone = Some("+7******4567".to_owned());
    Prompt::Otp { sender, phone, expires_in_s: 120, resend_in_s: 100, attempts_left: 3 }
}

pub(super) fn liveness(next: Option<Challenge>) -> Prompt {
    let challenges = next.map(|_| vec![Challenge::Center, Challenge::TurnLeft, Challenge::Blink]);
    let challenges = challenges.unwrap_or_default();
    Prompt::Liveness { challenges, next, attempts_left: 5, max_bytes: 5 << 20 }
}

pub(super) fn document(side: DocumentSide) -> Prompt {
    let documents = match side {
        DocumentSide::Front => vec![DocumentKind::IdCard, DocumentKind::Passport],
        DocumentSide::Back => vec![DocumentKind::Passport],
    };
    Prompt::Document { documents, side, max_bytes: 5 << 20 }
}

pub(super) fn recognised(iin_matches: bool) -> Prompt {
    let text = |text: &str| Some(text.to_owned());
    Prompt::ConfirmDocument {
        document: DocumentKind::IdCard,
        recognised: Recognised {
            document_number: "******789".to_owned(),
            iin: "********0004".to_owned(),
            iin_matches,
            surname: "ӘБІЛҚАСЫМОВА".to_owned(),
            name: "ҚҰРАЛАЙ".to_owned(),
            patronymic: text("ӨМІРҒАЛИҚЫЗЫ"),
            birth_date: "2000-01-01".to_owned(),
            birth_place: text("ШЫҒЫС ҚАЗАҚСТАН ОБЛЫСЫ"),
            nationality: text("ҚАЗАҚ"),
            issuer: text("ҚР ІШКІ ІСТЕР МИНИСТРЛІГІ"),
            issued_at: text("2021-03-05"),
            expires_at: "2031-03-04".to_owned(),
        },
    }
}

pub(super) fn application(status: Status) -> Application {
    let change = |at, status| StatusChange { at, status };
    Application {
        number: NUMBER.to_owned(),
        status,
        history: vec![
            change(1_772_355_900, Status::New),
            change(1_772_355_901, Status::Identified),
            change(1_772_355_960, status),
        ],
        reason: None,
    }
}

fn keys() -> Vec<KeyFile> {
    let file =
        |purpose, file: &str| KeyFile { purpose, key_id: "8f".repeat(20), file: file.to_owned() };
    vec![
        file(Purpose::Auth, "AUTH_GOST512_89abcdef0123456789abcdef0123456789abcdef.p12"),
        file(Purpose::Sign, "GOST512_89abcdef0123456789abcdef0123456789abcdef.p12"),
    ]
}

/// Every prompt, by the name of its picture.
pub(super) fn every() -> Vec<(&'static str, Prompt)> {
    let wait = |reason, application| Prompt::Wait { reason, application, retry_in_s: 65 };
    let text = "1. Келісім мәтіні: Ұлттық куәландырушы орталық.\n".repeat(30);
    let prefill = Prefill {
        iin: "********0004".to_owned(),
        surname: "ӘБІЛҚАСЫМОВА".to_owned(),
        name: "ҚҰРАЛАЙ".to_owned(),
        patronymic: Some("ӨМІРҒАЛИҚЫЗЫ".to_owned()),
    };
    vec![
        ("iin", Prompt::Iin {}),
        ("otp", otp(OtpSender::Portal)),
        ("otp-did", otp(OtpSender::DigitalId)),
        ("phone", Prompt::Phone {}),
        ("selfie", Prompt::Selfie { max_bytes: 5 << 20 }),
        ("liveness", liveness(None)),
        ("liveness-left", liveness(Some(Challenge::TurnLeft))),
        ("pin", Prompt::Pin { digits: 4 }),
        ("front", document(DocumentSide::Front)),
        ("back", document(DocumentSide::Back)),
        ("confirm", recognised(true)),
        (
            "consent",
            Prompt::Consent {
                service: "Ұлттық куәландырушы орталық".to_owned(),
                items: vec!["Жеке куәлік".to_owned()],
                expires_in_s: 300,
            },
        ),
        ("agreement", Prompt::Agreement { version: "3".to_owned(), text }),
        ("form", Prompt::Form { prefill, storages: vec![Storage::Pkcs12] }),
        ("folder", Prompt::Folder {}),
        ("moderation", wait(WaitReason::Moderation, None)),
        ("submission", wait(WaitReason::Submission, None)),
        ("issue", wait(WaitReason::Issue, Some(application(Status::Issuing)))),
        (
            "install",
            Prompt::Install { application: Some(application(Status::Issued)), keys: keys() },
        ),
        ("done", Prompt::Done { keys: keys(), folder: "ЭЦҚ кілттері".to_owned() }),
        (
            "closed",
            Prompt::Closed {
                status: Status::Refused,
                application: Some(Application {
                    reason: Some("Құжат жарамсыз".to_owned()),
                    ..application(Status::Refused)
                }),
            },
        ),
    ]
}
