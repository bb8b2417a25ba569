//! Wrong input gets a code, and nothing is lost by it: after each mistake the right answer still leads on.

use std::time::Duration;

use serde_json::{Value, json};
use tanba_sandbox::{Fault, FaultKind, Route};

use crate::leaks::Secret;
use crate::person::{Person, jpeg, key_files};
use crate::world::World;

async fn refused(person: &mut Person<'_>, answer: Value, code: &str) -> Value {
    let before = person.kind().to_owned();
    let failure = person.answer(answer.clone()).await.expect_err("a mistake was taken");
    assert_eq!(failure["code"], code, "{answer}: {failure}");
    assert_eq!(person.kind(), before, "the same is asked again");
    failure
}

#[tokio::test]
async fn a_wrong_iin_is_told_and_asked_again() {
    let world = World::start().await;
    let mut person = Person::begin(&world, 0, "p256").await;
    let iin = |iin: &str| json!({ "kind": "iin", "iin": iin });
    for wrong in [
        "",
        "500101100011",
        "12345678901",
        "５００１０１１０００１０",
        "500101100010x",
        "' OR 1=1 --",
    ] {
        refused(&mut person, iin(wrong), "iin_invalid").await;
    }
    let missing =
        world.sandbox().persons().into_iter().find(|person| person.phone.is_none()).unwrap();
    refused(&mut person, iin(&missing.iin), "mcd_not_registered").await;
    person.until("otp").await;
}

#[tokio::test]
async fn one_time_passwords_are_counted_and_lapse() {
    let world = World::start().await;
    let mut person = Person::begin(&world, 0, "p256").await;
    person.until("otp").await;
    let right = person.code("1414");
    let wrong = if right == "11111" { "22222" } else { "11111" };
    let code = |code: &str| json!({ "kind": "otp", "code": code });
    let failure = refused(&mut person, code(wrong), "otp_wrong").await;
    assert_eq!(failure["attempts_left"], 2);
    assert_eq!(person.now["prompt"]["attempts_left"], 2);
    refused(&mut person, code(wrong), "otp_wrong").await;
    let failure = refused(&mut person, code(wrong), "otp_too_many").await;
    assert!(failure["retry_after_s"].as_u64().is_some_and(|seconds| seconds > 0), "{failure}");
    refused(&mut person, json!({ "kind": "resend_otp" }), "otp_resend_too_early").await;

    // Another person's code, after its time.
    let mut second = Person::begin(&world, 1, "p256").await;
    second.until("otp").await;
    let code_in_time = second.code("1414");
    world.sandbox().advance(Duration::from_secs(121));
    refused(&mut second, code(&code_in_time), "otp_expired").await;
    let heard = person.socket.heard().to_owned();
    world.assert_silent(&person.secrets, &heard);
}

#[tokio::test]
async fn pictures_pins_and_consent_are_checked() {
    let world = World::start().await;
    let mut person = Person::begin(&world, 0, "p256").await;
    person.until("phone").await;
    refused(&mut person, json!({ "kind": "phone", "phone": "+7700" }), "phone_mismatch").await;
    refused(&mut person, json!({ "kind": "phone", "phone": "+77009999999" }), "phone_mismatch")
        .await;
    person.until("selfie").await;
    let selfie = |jpeg: &str| json!({ "kind": "selfie", "jpeg": jpeg });
    refused(&mut person, selfie("R0lGODlhAQABAAAAACw="), "image_not_jpeg").await;
    // The frame of a JPEG with nothing in it passes the agent and not the service.
    refused(&mut person, selfie("/9j/2Q=="), "image_not_jpeg").await;
    person.until("liveness").await;
    person.answer(json!({ "kind": "start_liveness" })).await.unwrap();
    let first = person.now["prompt"]["next"].as_str().unwrap().to_owned();
    let frame = |challenge: &str, name: &str| json!({ "kind": "liveness", "challenge": challenge, "jpeg": jpeg(name) });
    person.answer(frame(&first, "center")).await.unwrap();
    let next = person.now["prompt"]["next"].as_str().unwrap().to_owned();
    let failure = refused(&mut person, frame(&next, "center"), "liveness_failed").await;
    assert_eq!(failure["attempts_left"], 4);
    person.until("pin").await;
    let pin = |pin: &str, repeat: &str| json!({ "kind": "pin", "pin": pin, "repeat": repeat });
    refused(&mut person, pin("12345", "12345"), "pin_format").await;
    refused(&mut person, pin("1234", "1243"), "pin_mismatch").await;
    person.until("consent").await;
    let consent = |pin: &str| json!({ "kind": "consent", "approve": true, "pin": pin });
    refused(&mut person, consent("0000"), "pin_wrong").await;
    refused(&mut person, consent("00"), "pin_format").await;
    person.until("form").await;
    let form = json!({ "kind": "form", "email": "not an address", "storage": "PKCS12" });
    refused(&mut person, form, "email_invalid").await;
    person.until("folder").await;
    refused(&mut person, json!({ "kind": "folder", "folder": "/etc" }), "unknown_folder").await;
    assert_eq!(person.now["step"], 24);
    let heard = person.socket.heard().to_owned();
    world.assert_silent(&person.secrets, &heard);
}

#[tokio::test]
async fn consent_that_is_denied_ends_it_and_says_so() {
    let world = World::start().await;
    let mut person = Person::begin(&world, 0, "p256").await;
    person.until("consent").await;
    let failure = person.answer(json!({ "kind": "consent", "approve": false })).await.unwrap_err();
    assert_eq!(failure["code"], "consent_denied");
    assert_eq!(person.kind(), "closed");
    assert!(world.sandbox().applications().is_empty());
}

#[tokio::test]
async fn a_page_knows_only_what_it_began() {
    let world = World::start().await;
    let person = Person::begin(&world, 0, "p256").await;
    let mut stranger = world.page_of(Some("https://stranger.example")).await.unwrap();
    let call = json!({ "enrolment": person.id() });
    for method in ["resume", "refresh", "cancel", "install"] {
        let failure =
            stranger.call(&format!("enrolment.{method}"), call.clone()).await.unwrap_err();
        assert_eq!(failure["code"], "unknown_enrolment", "{method}");
    }
    assert_eq!(stranger.call("enrolment.list", json!({})).await.unwrap(), json!([]));
    assert_eq!(stranger.call("keys.list", json!({})).await.unwrap(), json!([]));
}

#[tokio::test]
async fn a_service_that_fails_or_is_silent_is_told_and_the_submission_is_repeated_as_one() {
    let Some(world) = World::start_with_screen().await else { return };
    let mut person = Person::begin(&world, 0, "p256").await;
    let fault = |route, kind, times| world.sandbox().inject(Fault { route, kind, times });
    fault(Route::Any, FaultKind::ServerError, 1);
    let iin = json!({ "kind": "iin", "iin": person.iin });
    refused(&mut person, iin.clone(), "gateway_failed").await;
    fault(Route::Any, FaultKind::NoAnswer, 1);
    refused(&mut person, iin, "gateway_unreachable").await;
    // The application arrives three times: once unheard, once refused by a failing service, once for good.
    fault(Route::Submit, FaultKind::DropAfterCommit, 1);
    fault(Route::Submit, FaultKind::ServerError, 1);
    person.submit().await.unwrap();
    person.wait_for_certificates().await;
    person.install().await.unwrap();
    assert_eq!(person.kind(), "done", "{}", person.now);
    assert_eq!(world.sandbox().applications().len(), 1);
    let files = key_files(&world);
    assert!(files.len() == 2 && !files.iter().any(|name| name.contains("pending")), "{files:?}");
    let heard = person.socket.heard().to_owned();
    let mut secrets = person.secrets;
    secrets.push(Secret::new("the telephone", &person.phone));
    world.assert_silent(&secrets, &heard);
}

#[tokio::test]
async fn certificates_for_other_keys_are_refused_and_the_pending_keys_kept() {
    let Some(world) = World::start_with_screen().await else { return };
    let mut person = Person::begin(&world, 0, "p256").await;
    let kind = FaultKind::WrongKeyCertificate;
    world.sandbox().inject(Fault { route: Route::Certificates, kind, times: 1 });
    person.submit().await.unwrap();
    let problem = loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        person.ask("enrolment.refresh").await.unwrap();
        if let Some(code) = person.now["problem"]["code"].as_str() {
            break code.to_owned();
        }
        assert_eq!(person.kind(), "wait");
    };
    assert_eq!(problem, "certificate_key_mismatch");
    let early = person.ask("enrolment.install").await.unwrap_err();
    assert_eq!(early["code"], "not_yet_issued");
    assert!(key_files(&world).iter().all(|name| name.ends_with(".pending.p12")));
    // The service comes to its senses.
    person.wait_for_certificates().await;
    person.install().await.unwrap();
    assert_eq!(person.kind(), "done");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_asked_for_again_before_any_key_exists() {
    let Some(world) = World::start_with_screen().await else { return };
    let mut person = Person::begin(&world, 0, "p256").await;
    person.until("folder").await;
    let folder = person.choose_folder().await;
    // The medium goes after it was chosen.
    let home = crate::person::home(&world);
    let away = home.with_file_name("away");
    std::fs::rename(&home, &away).unwrap();
    refused(&mut person, json!({ "kind": "folder", "folder": folder }), "folder_unwritable").await;
    std::fs::rename(&away, &home).unwrap();
    assert!(key_files(&world).is_empty());
    assert!(world.sandbox().applications().is_empty());
    person.answer(json!({ "kind": "folder", "folder": folder })).await.unwrap();
    person.wait_for_certificates().await;
}

#[tokio::test]
async fn a_window_that_is_closed_loses_nothing() {
    let Some(world) = World::start_with_screen().await else { return };
    let mut person = Person::begin(&world, 0, "p256").await;
    person.submit().await.unwrap();
    person.wait_for_certificates().await;
    let hands = async {
        let window = world.screen().window("A password for your new keys").await;
        while world.screen().is_there(&window) {
            world.screen().press("Escape");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let call = json!({ "enrolment": person.id() });
    let (outcome, ()) = tokio::join!(person.socket.call("enrolment.install", call), hands);
    assert_eq!(outcome.unwrap_err()["code"], "cancelled");
    assert!(key_files(&world).iter().all(|name| name.ends_with(".pending.p12")));
    person.install().await.unwrap();
    assert_eq!(person.kind(), "done");
}

#[tokio::test]
async fn a_session_that_ends_before_the_submission_asks_who_the_person_is_and_submits_the_same_keys()
 {
    let Some(world) = World::start_with_screen().await else { return };
    let mut person = Person::begin(&world, 0, "p256").await;
    person.until("folder").await;
    let folder = person.choose_folder().await;
    world.sandbox().advance(Duration::from_secs(31 * 60));
    person.answer(json!({ "kind": "folder", "folder": folder })).await.unwrap();
    assert_eq!(person.kind(), "iin", "{}", person.now);
    let keys = key_files(&world);
    assert_eq!(keys.len(), 2);
    let stranger = world
        .sandbox()
        .persons()
        .into_iter()
        .filter(|person| person.phone.is_some())
        .nth(1)
        .unwrap();
    refused(&mut person, json!({ "kind": "iin", "iin": stranger.iin }), "csr_subject_mismatch")
        .await;
    let failure = person.ask("enrolment.cancel").await.unwrap_err();
    assert_eq!(failure["code"], "not_expected", "what may have been sent is not dropped");
    person.until("wait").await;
    assert_eq!(key_files(&world), keys, "no other keys are made");
    person.wait_for_certificates().await;
    person.install().await.unwrap();
    assert_eq!(person.kind(), "done");
    assert_eq!(world.sandbox().applications().len(), 1);
}
