//! The agent is killed between "submit" and "installed", and started again: one application, no key lost.

use std::time::Duration;

use serde_json::{Value, json};
use tanba_sandbox::{Fault, FaultKind, Route};

use crate::person::{PASSWORD, Person, key_files, type_password};
use crate::socket::Socket;
use crate::world::World;

/// When the power goes.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// While the application travels: it arrived, and its answer never will.
    InSubmission,
    /// While the authority decides.
    InWaiting,
    /// After the certificates came.
    BeforeInstall,
    /// Right after the password was given.
    InInstall,
    /// After everything, before the authority knows.
    BeforeReport,
}

async fn resumed(world: &World, id: &str) -> (Socket, Value) {
    let mut socket = world.page().await;
    let listed = socket.call("enrolment.list", json!({})).await.unwrap();
    let found = listed.as_array().unwrap().iter().find(|enrolment| enrolment["id"] == id).cloned();
    (socket, found.unwrap_or_else(|| panic!("the enrolment is gone: {listed}")))
}

async fn survives(cut: Cut) {
    let Some(mut world) = World::start_with_screen().await else { return };
    let mut person = Person::begin(&world, 0, "p256").await;
    let fault = |route, kind| world.sandbox().inject(Fault { route, kind, times: 1 });
    match cut {
        Cut::InSubmission => fault(Route::Submit, FaultKind::DropAfterCommit),
        Cut::BeforeReport => fault(Route::Installed, FaultKind::ServerError),
        Cut::InWaiting | Cut::BeforeInstall | Cut::InInstall => {}
    }
    let id = person.id();
    person.submit().await.unwrap();
    match cut {
        Cut::InSubmission | Cut::InWaiting => {}
        Cut::BeforeInstall => person.wait_for_certificates().await,
        Cut::InInstall => {
            person.wait_for_certificates().await;
            let call = json!({ "enrolment": id });
            let hands = type_password(world.screen(), "A password for your new keys", PASSWORD);
            // The call is begun and left; the window's answer is under way when the power goes.
            let begun = tokio::time::timeout(Duration::from_secs(60), async {
                tokio::join!(person.socket.call("enrolment.install", call), hands).1;
            });
            let gone = async {
                while key_files(&world).iter().all(|name| name.ends_with(".pending.p12")) {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::select! { _ = begun => {}, () = gone => {} }
        }
        Cut::BeforeReport => {
            person.wait_for_certificates().await;
            person.install().await.unwrap();
        }
    }
    let (secrets, heard) = (person.secrets.clone(), person.socket.heard().to_owned());
    drop(person);
    world.kill_agent();
    assert_eq!(
        key_files(&world).iter().filter(|name| name.contains("AUTH_")).count().min(1),
        1,
        "{cut:?}"
    );
    // A window whose agent died closes itself; the next one must not be mistaken for it.
    while !world.screen().windows("Tanba").is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    world.start_agent();

    let (mut socket, mut now) = resumed(&world, &id).await;
    for _ in 0..300 {
        match now["prompt"]["kind"].as_str().unwrap() {
            "wait" => {
                tokio::time::sleep(Duration::from_millis(200)).await;
                now = socket.call("enrolment.refresh", json!({ "enrolment": id })).await.unwrap();
            }
            "install" => {
                let hands = type_password(world.screen(), "A password for your new keys", PASSWORD);
                let call = socket.call("enrolment.install", json!({ "enrolment": id }));
                now = tokio::join!(call, hands).0.unwrap();
            }
            "done" => break,
            other => panic!("{cut:?}: {other}: {now}"),
        }
    }
    assert_eq!(now["prompt"]["kind"], "done", "{cut:?}: {now}");
    let files = key_files(&world);
    assert!(
        files.len() == 2 && !files.iter().any(|name| name.contains("pending")),
        "{cut:?}: {files:?}"
    );
    assert_eq!(world.sandbox().applications().len(), 1, "{cut:?}");
    open_with_openssl(&world, &files);
    wait_until_reported(&world).await;
    world.assert_silent(&secrets, &(heard + socket.heard()));
}

async fn wait_until_reported(world: &World) {
    for _ in 0..700 {
        let applications = world.sandbox().applications();
        if applications.iter().all(|application| format!("{:?}", application.status) == "Installed")
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the authority was never told");
}

fn open_with_openssl(world: &World, files: &[String]) {
    if !tanba_tests::tools::all_here(&["openssl"]) {
        return;
    }
    for file in files {
        let output = std::process::Command::new("openssl")
            .args(["pkcs12", "-noout", "-in"])
            .arg(crate::person::home(world).join(file))
            .args(["-passin", &format!("pass:{PASSWORD}")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
        tanba_tests::judges::judged(
            "OpenSSL",
            "a key file that was written across a power cut opens",
        );
    }
}

#[tokio::test]
async fn a_power_cut_while_the_application_travels_makes_one_application() {
    survives(Cut::InSubmission).await;
}

#[tokio::test]
async fn a_power_cut_while_the_authority_decides_is_survived() {
    survives(Cut::InWaiting).await;
}

#[tokio::test]
async fn a_power_cut_before_the_installation_is_survived() {
    survives(Cut::BeforeInstall).await;
}

#[tokio::test]
async fn a_power_cut_in_the_middle_of_the_installation_is_survived() {
    survives(Cut::InInstall).await;
}

#[tokio::test]
async fn a_power_cut_before_the_report_is_survived() {
    survives(Cut::BeforeReport).await;
}
