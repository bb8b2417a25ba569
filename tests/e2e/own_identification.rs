//! A page that leads the identification itself: the agent makes the keys, submits them and installs the certificates.

use serde_json::{Value, json};
use tanba_agent::remote::Backend;
use tanba_agent::remote::http::Gateway;
use tanba_core::crypto::Algorithm;
use tanba_core::enrolment::gateway::{DocumentKind, Environment, Locale, Side, Template};
use tanba_core::enrolment::{Answer, Enrolment, Entropy, Event, Profile, Prompt, Step};
use tanba_core::secret::{Password, SecretBytes};

use crate::leaks::Secret;
use crate::person::{PASSWORD, PIN, key_files, press_until_gone, type_password};
use crate::pictures;
use crate::socket::Socket;
use crate::world::{World, now};

/// What the page does by itself: everything up to the form. Gives its session's token and the agreement's version.
async fn identified(world: &World, which: usize) -> (String, String) {
    let mut person = world.sandbox().persons().into_iter().filter(|person| person.phone.is_some());
    let person = person.nth(which).unwrap();
    let phone = person.phone.unwrap();
    let gateway = Gateway::new(&world.sandbox().url()).unwrap();
    let profile = Profile {
        environment: Environment::Sandbox,
        template: Template::IndividualRemote,
        algorithm: Algorithm::P256,
        locale: Locale::En,
    };
    let entropy = Entropy {
        id: "3f2b8c9e-0000-4000-8000-000000000001".to_owned(),
        idempotency_key: "3f2b8c9e-0000-4000-8000-000000000002".to_owned(),
        verifier: Password::new("v".repeat(64)),
    };
    let picture = |name: &str| SecretBytes::new(std::fs::read(pictures::path(name)).unwrap());
    let pin = || Password::new(PIN.to_owned());
    let code = |sender: &str| {
        let messages = world.sandbox().sms(&phone);
        Password::new(messages.into_iter().rfind(|sms| sms.sender == sender).unwrap().code.unwrap())
    };
    let mut engine = Enrolment::start(profile, entropy);
    let mut version = String::new();
    for _ in 0..80 {
        let answer = match engine.step(now()) {
            Step::Send(call) => {
                let reply = gateway.send(call, engine.credentials()).await;
                engine.receive(Event::Replied(reply), now()).unwrap();
                continue;
            }
            Step::Ask(prompt) => match prompt {
                Prompt::Iin => Answer::Iin(person.iin.clone()),
                Prompt::Otp { sender: tanba_core::enrolment::prompt::Sender::Portal, .. } => {
                    Answer::Otp(code("1414"))
                }
                Prompt::Otp { .. } => Answer::Otp(code("3116")),
                Prompt::Phone => Answer::Phone(phone.clone()),
                Prompt::Selfie => Answer::Selfie(picture("selfie")),
                Prompt::Liveness { next: None, .. } => Answer::StartLiveness,
                Prompt::Liveness { next: Some(challenge), .. } => {
                    Answer::Liveness { challenge, picture: picture(challenge.name()) }
                }
                Prompt::Pin => Answer::Pin { pin: pin(), repeat: pin() },
                Prompt::Document { side, .. } => {
                    let name = match side {
                        Side::Front => "front",
                        Side::Back => "back",
                    };
                    Answer::Document { kind: DocumentKind::IdCard, side, picture: picture(name) }
                }
                Prompt::ConfirmDocument { .. } => Answer::ConfirmDocument { truthful: true },
                Prompt::Consent { .. } => Answer::Consent { pin: Some(pin()) },
                Prompt::Agreement { version: shown, .. } => {
                    version.clone_from(&shown);
                    Answer::Agreement { version: shown }
                }
                Prompt::Form { .. } => {
                    let token = engine.credentials().session.as_ref().unwrap().expose().to_owned();
                    return (token, version);
                }
                Prompt::Folder
                | Prompt::Wait { .. }
                | Prompt::Install { .. }
                | Prompt::Done { .. } => break,
                Prompt::Closed { .. } => break,
            },
            other @ (Step::SendAgain(_)
            | Step::MakeKeys(_)
            | Step::WriteKeys(_)
            | Step::RemovePending(_)
            | Step::Wait(_)
            | Step::Stop) => panic!("{other:?}"),
        };
        engine.receive(Event::Answered(answer), now()).unwrap();
    }
    panic!("the form never comes");
}

async fn generate(
    socket: &mut Socket,
    world: &World,
    folder: &str,
    purpose: &str,
) -> Result<Value, Value> {
    let person =
        world.sandbox().persons().into_iter().find(|person| person.phone.is_some()).unwrap();
    let subject = json!({
        "iin": person.iin, "surname": person.surname, "name": person.name, "patronymic": person.patronymic,
    });
    let call =
        json!({ "algorithm": "p256", "purpose": purpose, "folder": folder, "subject": subject });
    socket.call("keys.generate", call).await
}

async fn folder(socket: &mut Socket, world: &World) -> String {
    let hands = async {
        let window = world.screen().window("SANDBOX").await;
        press_until_gone(world.screen(), &window).await;
    };
    let (folder, ()) = tokio::join!(socket.call("folder.choose", json!({})), hands);
    folder.unwrap()["handle"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn keys_that_a_page_asked_for_are_submitted_together_and_installed_one_by_one() {
    let Some(mut world) = World::start_with_screen().await else { return };
    let (session, agreement) = identified(&world, 0).await;
    let mut socket = world.page().await;
    let folder = folder(&mut socket, &world).await;
    let mut ids = Vec::new();
    for purpose in ["auth", "sign"] {
        let made = generate(&mut socket, &world, &folder, purpose).await.unwrap();
        assert!(made["file"].as_str().unwrap().ends_with(".pending.p12"), "{made}");
        ids.push(made["key_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(key_files(&world).len(), 2);
    // The keys are on the disk and in the journal: a power cut between making and submitting loses nothing.
    world.kill_agent();
    world.start_agent();
    let mut socket = world.page().await;
    let listed = socket.call("keys.list", json!({})).await.unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    let mut stranger = world.page_of(Some("https://stranger.example")).await.unwrap();
    let submit = json!({
        "keys": ids, "session": session, "template": "individual_remote", "agreement_version": agreement,
    });
    let failure = stranger.call("request.submit", submit.clone()).await.unwrap_err();
    assert_eq!(failure["code"], "unknown_key");
    let application = socket.call("request.submit", submit.clone()).await.unwrap();
    let again = socket.call("request.submit", submit).await.unwrap();
    assert_eq!(application["number"], again["number"]);
    assert_eq!(world.sandbox().applications().len(), 1);
    let number = application["number"].as_str().unwrap().to_owned();
    for _ in 0..100 {
        let status = socket.call("request.status", json!({ "number": number })).await.unwrap();
        if status["status"] == "issued" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let failure = stranger.call("request.status", json!({ "number": number })).await.unwrap_err();
    assert_eq!(failure["code"], "unknown_enrolment");
    for id in &ids {
        let hands = type_password(world.screen(), "Tanba", PASSWORD);
        let call = json!({ "key_id": id });
        let (installed, ()) = tokio::join!(socket.call("certificate.install", call), hands);
        let installed = installed.unwrap();
        assert!(installed["file"].as_str().unwrap().ends_with(&format!("{id}.p12")), "{installed}");
        // Once more is no harm and opens no window.
        let call = json!({ "key_id": id });
        assert_eq!(socket.call("certificate.install", call).await.unwrap(), installed);
    }
    let files = key_files(&world);
    assert!(files.len() == 2 && !files.iter().any(|name| name.contains("pending")), "{files:?}");
    let status = socket.call("request.status", json!({ "number": number })).await.unwrap();
    assert_eq!(status["status"], "installed");
    let secrets = [Secret::new("the session", &session), Secret::new("the password", PASSWORD)];
    world.assert_silent(&secrets, socket.heard());
}

#[tokio::test]
async fn keys_cannot_be_made_without_a_folder_or_for_nobody_and_not_without_end() {
    let Some(world) = World::start_with_screen().await else { return };
    let mut socket = world.page().await;
    let failure = generate(&mut socket, &world, "/etc", "auth").await.unwrap_err();
    assert_eq!(failure["code"], "unknown_folder");
    let folder = folder(&mut socket, &world).await;
    let subject = json!({ "iin": "500101100011", "surname": "A", "name": "B" });
    let call = json!({ "purpose": "auth", "folder": folder, "subject": subject });
    assert_eq!(socket.call("keys.generate", call).await.unwrap_err()["code"], "iin_invalid");
    assert!(key_files(&world).is_empty());
    let mut made = 0;
    let failure = loop {
        match generate(&mut socket, &world, &folder, "auth").await {
            Ok(_) => made += 1,
            Err(failure) => break failure,
        }
        assert!(made < 20, "a page makes keys without end");
    };
    assert_eq!((made, failure["code"].as_str()), (8, Some("busy")));
    let key = socket.call("keys.list", json!({})).await.unwrap()[0]["key_id"].clone();
    let failure = socket.call("certificate.install", json!({ "key_id": key })).await.unwrap_err();
    assert_eq!(failure["code"], "not_yet_issued");
    let call = json!({ "key_id": key, "certificate": "MAA=", "chain": ["MAA="] });
    let failure = socket.call("certificate.install", call).await.unwrap_err();
    assert_eq!(failure["code"], "certificate_invalid");
}
