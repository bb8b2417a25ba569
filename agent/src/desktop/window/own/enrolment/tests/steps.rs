//! Each step: what it shows in every language, what it is called, and what comes of what is done.

use tanba::protocol::{
    Algorithm, Challenge, Code, DocumentSide, Failure, OtpSender, Status, WaitReason,
};

use super::super::super::super::tests::{BUTTON, FIELD};
use super::samples::{
    NUMBER, application, document, every, liveness, otp, recognised, unfinished, view,
};
use super::*;

/// The smallest file that begins and ends like a JPEG.
const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xD9];

fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture.jpg");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn every_step_is_told_in_every_language_and_every_control_has_a_name() {
    for locale in Locale::ALL {
        let words = crate::words::Words::new(locale);
        for (name, prompt) in every() {
            let number = samples::enrolment(prompt.clone()).number;
            let stand = Stand::of(view(locale, Some(prompt)));
            let text = stand.text();
            assert!(text.contains("SANDBOX"), "{name} in {locale:?}");
            // A key without words would stand for itself.
            for bad in ["enrol-", "err-", "hint-", "status-", "{", "$"] {
                assert!(!text.contains(bad), "{bad} of {name} in {locale:?}: {text}");
            }
            if let Some(number) = number {
                assert!(text.contains(&number), "{name} in {locale:?}");
                assert!(text.contains(&words.get("enrol-number-save")));
            }
            for node in stand.easel.nodes.values() {
                if FIELD.contains(&node.role()) || BUTTON.contains(&node.role()) {
                    let called = stand.easel.name(node);
                    assert!(!called.trim().is_empty(), "{name} in {locale:?}: {node:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_unfinished_can_be_gone_on_with_and_a_new_one_begun() {
    let mut start = view(Locale::En, None);
    start.unfinished = unfinished();
    let mut stand = Stand::of(start);
    let text = stand.text();
    for told in [NUMBER, "https://pki.example.kz", "Issued certificates", "No number yet"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let deed = stand.press(NUMBER);
    assert!(matches!(deed, EnrolmentDeed::Resume { enrolment } if enrolment == "first"));
    let mut stand = Stand::of(view(Locale::En, None));
    stand.touch("34.10-2015");
    let deed = stand.press("Start");
    assert!(matches!(deed, EnrolmentDeed::Start { algorithm: Algorithm::Gost512 }));
    // Until the agent has answered, nothing can be begun a second time.
    for _ in 0..2 {
        stand.easel.frame(true, Vec::new());
    }
    assert_eq!(stand.easel.control("Start"), Some(false));
}

#[test]
fn without_a_gateway_that_is_said_and_nothing_can_be_begun() {
    let mut start = view(Locale::En, None);
    start.connected = false;
    let stand = Stand::of(start);
    assert!(stand.text().contains("no gateway"), "{}", stand.text());
    assert_eq!(stand.easel.control("Start"), Some(false));
}

#[test]
fn an_iin_is_checked_as_it_is_typed_and_sent_by_enter_on_the_button() {
    let mut stand = Stand::asking(Prompt::Iin {});
    stand.easel.type_text("00010150000");
    stand.easel.frame(true, Vec::new());
    assert!(stand.text().contains("11 of 12 digits"), "{}", stand.text());
    assert_eq!(stand.easel.control("Send the request"), Some(false));
    assert!(stand.enter().is_none(), "it is not complete");
    stand.easel.type_text("4");
    stand.easel.frame(true, Vec::new());
    assert!(stand.text().contains("This is not an IIN"), "{}", stand.text());
    stand.easel.press(Key::Backspace, Modifiers::NONE, true);
    stand.easel.type_text("1");
    stand.easel.frame(true, Vec::new());
    // The first Enter leads to the button, the second presses it.
    assert!(stand.enter().is_none());
    let said = stand.enter();
    assert!(
        matches!(&said, Some(EnrolmentDeed::Answer { answer: Answer::Iin { iin } }) if iin == "000101500001"),
        "{said:?}"
    );
}

#[test]
fn what_went_wrong_is_told_in_place_and_what_was_typed_stays() {
    let mut stand = Stand::asking(Prompt::Iin {});
    stand.easel.type_text("000101500001");
    stand.easel.frame(true, Vec::new());
    stand.answer("Send the request");
    let mut failed = view(Locale::En, Some(Prompt::Iin {}));
    failed.failure = Some(Failure::new(Code::GatewayUnreachable));
    stand.show(failed.clone());
    assert!(stand.text().contains("The remote service did not answer."), "{}", stand.text());
    assert!(stand.text().contains("000101500001"));
    // Another language is spoken at once, and nothing is lost.
    failed.locale = Locale::Kk;
    stand.show(failed);
    assert!(stand.text().contains("ЖСН енгізіңіз") && stand.text().contains("000101500001"));
}

#[test]
fn a_one_time_password_has_its_time_its_attempts_and_another_one() {
    let mut stand = Stand::asking(otp(OtpSender::DigitalId));
    let text = stand.text();
    assert!(text.contains("+7******4567") && text.contains("Attempts left: 3"), "{text}");
    assert!(text.contains("Time left: 1"), "{text}");
    assert_eq!(stand.easel.control("Send again"), Some(false));
    // Every frame is two seconds.
    for _ in 0..60 {
        stand.easel.frame(true, Vec::new());
    }
    assert!(stand.text().contains("The time is over"), "{}", stand.text());
    assert!(matches!(stand.answer("Send again"), Answer::ResendOtp {}));
    stand.show(view(Locale::En, Some(otp(OtpSender::DigitalId))));
    stand.touch("Another phone number");
    assert_eq!(stand.easel.control("Get an SMS-code"), Some(false));
    let mut stand = Stand::asking(otp(OtpSender::Portal));
    assert_eq!(stand.easel.control("Another phone number"), None);
    stand.easel.type_text("04802");
    stand.easel.frame(true, Vec::new());
    let answer = stand.answer("Check the one-time password");
    assert!(matches!(answer, Answer::Otp { code } if code == "04802"));
}

#[test]
fn a_pin_is_typed_twice_and_read_out_by_nobody() {
    let mut stand = Stand::asking(Prompt::Pin { digits: 4 });
    stand.easel.type_text("7391");
    assert!(stand.enter().is_none());
    stand.easel.type_text("739");
    stand.easel.frame(true, Vec::new());
    assert_eq!(stand.easel.control("Set PIN-code"), Some(false));
    stand.easel.type_text("1");
    stand.easel.frame(true, Vec::new());
    assert!(!stand.text().contains("7391") && !stand.text().contains("739"), "{}", stand.text());
    let answer = stand.answer("Set PIN-code");
    assert!(matches!(answer, Answer::Pin { pin, repeat } if pin == "7391" && repeat == "7391"));
}

#[test]
fn the_camera_is_on_only_between_the_button_and_the_picture() {
    let mut stand = Stand::asking(Prompt::Selfie { max_bytes: 5 << 20 });
    assert_eq!(stand.trial.lit.get(), 0);
    // Enter does not switch it on.
    assert!(stand.enter().is_none());
    assert_eq!(stand.trial.lit.get(), 0);
    stand.touch("Switch on the camera");
    assert_eq!(stand.trial.lit.get(), 1);
    stand.touch("Take the picture");
    assert_eq!(stand.trial.lit.get(), 0);
    stand.touch("Try again");
    assert_eq!(stand.trial.lit.get(), 1);
    stand.touch("Take the picture");
    let Answer::Selfie { jpeg } = stand.answer("Send") else { panic!("no picture") };
    assert!(jpeg.0.starts_with(&[0xFF, 0xD8, 0xFF]));
    stand.show(view(Locale::En, Some(liveness(None))));
    stand.touch("Switch on the camera");
    assert_eq!(stand.trial.lit.get(), 1);
    // It goes with what was asked.
    stand.show(view(Locale::En, Some(Prompt::Pin { digits: 4 })));
    assert_eq!(stand.trial.lit.get(), 0);
}

#[test]
fn where_there_is_no_camera_that_is_said_and_a_file_does_it() {
    let mut stand = Stand::asking(Prompt::Selfie { max_bytes: 1_000 });
    for (why, told) in [
        (CannotCapture::None, "No webcam was found"),
        (CannotCapture::Busy, "Another program uses the webcam"),
        (CannotCapture::Denied, "may not be opened"),
        (CannotCapture::Failed, "gives no picture"),
    ] {
        *stand.trial.camera.borrow_mut() = Some(why);
        stand.touch("Switch on the camera");
        assert!(stand.text().contains(told), "{}", stand.text());
        assert_eq!(stand.trial.lit.get(), 0);
    }
    for (bytes, told) in [
        (&[0_u8; 1_001][..], "too large"),
        (b"GIF89a".as_slice(), "not a JPEG"),
        (JPEG, "if the photo is not good"),
    ] {
        let (_folder, path) = file(bytes);
        *stand.trial.file.borrow_mut() = Some(path);
        stand.touch("Choose a JPEG file");
        assert!(stand.text().contains(told), "{}", stand.text());
    }
    let answer = stand.answer("Send");
    assert!(matches!(answer, Answer::Selfie { jpeg } if jpeg.0 == JPEG));
}

#[test]
fn instructions_come_one_by_one_and_each_picture_is_taken_by_itself() {
    let mut stand = Stand::asking(liveness(None));
    stand.touch("Switch on the camera");
    assert!(matches!(stand.answer("Start"), Answer::StartLiveness {}));
    for challenge in [Challenge::Center, Challenge::TurnLeft] {
        let asked = view(Locale::En, Some(liveness(Some(challenge))));
        stand.agent.send(Told::Own(Box::new(Own::Enrolment(Box::new(asked))))).unwrap();
        // Three seconds are two frames here; the first begins them.
        let said = (0..8).find_map(|_| deed(stand.easel.frame(true, Vec::new())));
        let Some(EnrolmentDeed::Answer { answer: Answer::Liveness { challenge: of, jpeg } }) = said
        else {
            panic!("{said:?}: {}", stand.text());
        };
        assert_eq!(of, challenge);
        assert!(jpeg.0.starts_with(&[0xFF, 0xD8, 0xFF]));
        assert_eq!(stand.trial.lit.get(), 1);
    }
    assert!(stand.text().contains("Instruction 2 of 3"), "{}", stand.text());
    assert!(stand.text().contains("Turn your head to the left"));
}

#[test]
fn instructions_are_followed_with_files_where_there_is_no_camera() {
    let (_folder, path) = file(JPEG);
    let mut stand = Stand::asking(liveness(None));
    *stand.trial.file.borrow_mut() = Some(path);
    stand.touch("Without a camera");
    assert!(matches!(stand.answer("Start"), Answer::StartLiveness {}));
    for challenge in [Challenge::Center, Challenge::Blink] {
        stand.show(view(Locale::En, Some(liveness(Some(challenge)))));
        stand.touch("Choose a JPEG file");
        let answer = stand.answer("Send");
        assert!(matches!(answer, Answer::Liveness { challenge: of, .. } if of == challenge));
    }
}

#[test]
fn a_document_is_of_the_chosen_kind_and_its_data_are_confirmed_by_a_tick() {
    let (_folder, path) = file(JPEG);
    let mut stand = Stand::asking(document(DocumentSide::Front));
    *stand.trial.file.borrow_mut() = Some(path);
    stand.touch("Passport");
    stand.touch("Choose a JPEG file");
    let answer = stand.answer("Send");
    assert!(matches!(
        answer,
        Answer::Document {
            document: tanba::protocol::DocumentKind::Passport,
            side: DocumentSide::Front,
            ..
        }
    ));
    let mut stand = Stand::asking(recognised(false));
    let text = stand.text();
    for told in ["ӨМІРҒАЛИҚЫЗЫ", "01.01.2000", "is not the IIN"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert_eq!(stand.easel.control("Send"), Some(false));
    stand.touch("I confirm");
    assert!(matches!(stand.answer("Send"), Answer::ConfirmDocument { truthful: true }));
    let mut stand = Stand::asking(recognised(true));
    assert!(matches!(stand.answer("New pictures"), Answer::ConfirmDocument { truthful: false }));
}

#[test]
fn consent_takes_the_pin_or_says_no() {
    let consent = every().into_iter().find(|(name, _)| *name == "consent").unwrap().1;
    let mut stand = Stand::asking(consent.clone());
    assert_eq!(stand.easel.control("Give access"), Some(false));
    stand.easel.type_text("7391");
    stand.easel.frame(true, Vec::new());
    assert!(!stand.text().contains("7391"));
    let answer = stand.answer("Give access");
    assert!(matches!(answer, Answer::Consent { approve: true, pin: Some(pin) } if pin == "7391"));
    let mut stand = Stand::asking(consent);
    let answer = stand.answer("Refuse");
    assert!(matches!(answer, Answer::Consent { approve: false, pin: None }));
}

#[test]
fn agreement_form_and_folder_lead_to_the_application() {
    let one = |wanted: &str| every().into_iter().find(|(name, _)| *name == wanted).unwrap().1;
    let mut stand = Stand::asking(one("agreement"));
    assert_eq!(stand.easel.control("Verify"), Some(false));
    stand.touch("I have read the agreement");
    assert!(matches!(stand.answer("Verify"), Answer::Agreement { version } if version == "3"));
    stand.show(view(Locale::En, Some(one("form"))));
    stand.easel.type_text("nobody");
    stand.easel.frame(true, Vec::new());
    assert!(stand.text().contains("not an e-mail address"));
    assert_eq!(stand.easel.control("Continue"), Some(false));
    stand.easel.type_text("@example.com");
    stand.easel.frame(true, Vec::new());
    let answer = stand.answer("Continue");
    assert!(
        matches!(answer, Answer::Form { email: Some(email), .. } if email == "nobody@example.com")
    );
    stand.show(view(Locale::En, Some(Prompt::Folder {})));
    assert_eq!(stand.easel.control("Submit a request"), Some(false));
    *stand.trial.file.borrow_mut() = Some(PathBuf::from("/media/stick/ЭЦҚ"));
    stand.touch("Select a folder");
    assert!(stand.text().contains("/media/stick/ЭЦҚ"), "{}", stand.text());
    let deed = stand.press("Submit a request");
    assert!(
        matches!(deed, EnrolmentDeed::Folder { path } if path == std::path::Path::new("/media/stick/ЭЦҚ"))
    );
}

#[test]
fn while_it_waits_the_history_is_told_and_the_number_can_be_saved() {
    let waiting = Prompt::Wait {
        reason: WaitReason::Issue,
        application: Some(application(Status::Issuing)),
        retry_in_s: 65,
    };
    let mut stand = Stand::asking(waiting);
    let text = stand.text();
    for told in ["1 Mar 2026, 14:05", "New application", "asks by itself in"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let folder = tempfile::tempdir().unwrap();
    *stand.trial.file.borrow_mut() = Some(folder.path().to_owned());
    stand.touch("Save to a file");
    let saved = folder.path().join(format!("Tanba-{NUMBER}.txt"));
    assert!(std::fs::read_to_string(saved).unwrap().contains(NUMBER));
    assert!(stand.text().contains("Saved:"), "{}", stand.text());
    assert!(matches!(stand.press("Refresh"), EnrolmentDeed::Refresh));
    // What was sent cannot be broken off.
    assert_eq!(stand.easel.control("Break off"), None);
}

#[test]
fn breaking_off_is_asked_about_first() {
    let mut stand = Stand::asking(Prompt::Phone {});
    stand.touch("Break off");
    stand.touch("No, go on");
    stand.touch("Break off");
    assert!(matches!(stand.press("Yes, break off"), EnrolmentDeed::Cancel));
    let mut stand = Stand::asking(Prompt::Phone {});
    assert!(matches!(stand.press("To the list"), EnrolmentDeed::Back));
}

#[test]
fn what_takes_long_is_told_and_nothing_can_be_pressed_meanwhile() {
    let one = |wanted: &str| every().into_iter().find(|(name, _)| *name == wanted).unwrap().1;
    let mut stand = Stand::asking(one("install"));
    assert!(matches!(stand.press("Download certificates"), EnrolmentDeed::Install));
    for _ in 0..3 {
        stand.easel.frame(true, Vec::new());
    }
    assert!(stand.text().contains("Another window of Tanba is open"), "{}", stand.text());
    assert_eq!(stand.easel.control("Download certificates"), Some(false));
    stand.show(view(Locale::En, Some(one("done"))));
    assert!(stand.text().contains("Keep a copy"), "{}", stand.text());
    assert!(matches!(stand.press("To the main page"), EnrolmentDeed::Back));
}

#[test]
fn nothing_is_pressed_by_what_was_meant_for_the_step_before() {
    let mut stand = Stand::asking(Prompt::Iin {});
    let asked = view(Locale::En, Some(Prompt::Phone {}));
    stand.agent.send(Told::Own(Box::new(Own::Enrolment(Box::new(asked))))).unwrap();
    assert!(stand.easel.frame(true, Vec::new()).is_none());
    assert_eq!(stand.easel.control("To the list"), Some(false));
    stand.easel.frame(true, Vec::new());
    assert_eq!(stand.easel.control("To the list"), Some(true));
}

#[test]
fn that_there_is_no_keyring_is_said() {
    let mut without = view(Locale::En, Some(Prompt::Folder {}));
    without.without_keyring = true;
    assert!(Stand::of(without).text().contains("no keyring"));
}
