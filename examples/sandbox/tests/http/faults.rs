//! Ordered faults: what they do to the request, and what they leave undone or done.

use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use tanba_sandbox::{Fault, FaultKind, Options, Route, Sandbox};

use crate::applicant::{Applicant, FIRST, PIN, VERIFIER, approval, p256, uuid};
use crate::client::{Ask, Client};
use crate::pictures::{FACE, face};

async fn sandbox() -> Sandbox {
    Sandbox::start(Options { issue_after: Duration::ZERO, ..Options::default() }).await.unwrap()
}

#[tokio::test]
async fn a_submission_whose_answer_was_lost_is_found_again() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let (key, form) = (uuid(), applicant.form(&[("sign", &p256())]));
    let submit = || {
        client
            .post("/v1/applications")
            .token(&applicant.token)
            .header("Idempotency-Key", &key)
            .json(&form)
    };

    sandbox.inject(Fault { route: Route::Submit, kind: FaultKind::ServerError, times: 1 });
    submit().send().await.refused(500, "internal");
    assert!(sandbox.applications().is_empty());

    sandbox.inject(Fault { route: Route::Submit, kind: FaultKind::NoAnswer, times: 2 });
    for _ in 0..2 {
        assert!(submit().try_send().await.is_err());
    }
    assert!(sandbox.applications().is_empty());

    sandbox.inject(Fault { route: Route::Submit, kind: FaultKind::DropAfterCommit, times: 1 });
    assert!(submit().try_send().await.is_err());
    let made = sandbox.applications();
    assert_eq!(made.len(), 1);
    assert_eq!(submit().send().await.of_status(200)["number"], made[0].number);
    assert_eq!(sandbox.applications().len(), 1);
}

/// Sends a request whose answer is lost, and then again.
async fn twice(sandbox: &Sandbox, route: Route, ask: impl Fn() -> Ask<'static>) -> Value {
    sandbox.inject(Fault { route, kind: FaultKind::DropAfterCommit, times: 1 });
    assert!(ask().try_send().await.is_err(), "{route:?}");
    let answer = ask().send().await;
    assert!((200..300).contains(&answer.status), "{route:?}: {answer:?}");
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

#[tokio::test]
async fn a_step_whose_answer_was_lost_can_be_repeated() {
    let sandbox = sandbox().await;
    let client: &'static Client = Box::leak(Box::new(Client::of(&sandbox)));
    let mut applicant = Applicant::new(client, FIRST);
    applicant.open().await;
    applicant.send_otp().await.of_status(202);
    let (sid, token, code) =
        (applicant.sid.clone(), applicant.token.clone(), applicant.code("1414").await);
    let portal = |path: &str| client.post(&format!("/v1/sessions/{sid}{path}")).token(&token);
    twice(&sandbox, Route::VerifyOtp, || portal("/otp/verify").json(&json!({"code": code}))).await;

    applicant.log_in().await;
    let did = applicant.did.clone();
    let put = |path: &str| client.put(&format!("/did/v1/me{path}")).token(&did);
    let post = |path: &str| client.post(&format!("/did/v1/me{path}")).token(&did);
    twice(&sandbox, Route::DidSelfie, || put("/selfie").jpeg(FACE)).await;
    let attempt = twice(&sandbox, Route::DidLivenessStart, || post("/liveness")).await;
    for (number, challenge) in (0..).zip(attempt["challenges"].as_array().unwrap()) {
        let (id, challenge) = (attempt["id"].as_str().unwrap(), challenge.as_str().unwrap());
        let path = format!("/liveness/{id}/frames?challenge={challenge}");
        twice(&sandbox, Route::DidLivenessFrame, || post(&path).jpeg(&face(number))).await;
    }
    let pin = json!({"pin": PIN, "repeat": PIN});
    twice(&sandbox, Route::DidSetPin, || put("/pin").json(&pin)).await;
    let kind = json!({"kind": "passport"});
    let document = twice(&sandbox, Route::DidAddDocument, || post("/documents").json(&kind)).await;
    let path = format!("/documents/{}", document["id"].as_str().unwrap());
    twice(&sandbox, Route::DidDocumentSide, || put(&format!("{path}/front")).jpeg(&face(1))).await;
    let read =
        twice(&sandbox, Route::DidDocumentSide, || put(&format!("{path}/back")).jpeg(&face(2)))
            .await;
    let confirmed = json!({"data": read["recognised"], "truthful": true});
    twice(&sandbox, Route::DidConfirmDocument, || {
        post(&format!("{path}/confirm")).json(&confirmed)
    })
    .await;

    let consent = format!("/did/v1/consents/{}", applicant.consent().await);
    twice(&sandbox, Route::DidConsent, || client.get(&consent).token(&did)).await;
    let code = twice(&sandbox, Route::DidApprove, || {
        client.post(&consent).token(&did).json(&approval(PIN))
    })
    .await;
    let identity =
        json!({"code": code["code"], "redirect_uri": "urn:tanba:step", "code_verifier": VERIFIER});
    let prefill =
        twice(&sandbox, Route::BindIdentity, || portal("/identity").json(&identity)).await;
    assert_eq!(prefill["iin"], FIRST.0);
}

#[tokio::test]
async fn certificates_for_another_key_come_once_and_the_right_ones_after() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let key = p256();
    let application =
        applicant.submit(&uuid(), &applicant.form(&[("sign", &key)])).await.of_status(201);
    let number = application["number"].as_str().unwrap();
    sandbox.inject(Fault { route: Route::Any, kind: FaultKind::WrongKeyCertificate, times: 1 });
    for right in [false, true] {
        let answer = applicant.certificates(number).await.of_status(200);
        let entry = &answer["certificates"][0];
        assert_eq!(entry["key_id"], key.public().key_id().to_string());
        let der = Base64::decode_vec(entry["certificate"].as_str().unwrap()).unwrap();
        let certificate = tanba_core::x509::certificate::Certificate::parse(&der).unwrap();
        assert_eq!(certificate.public_key == *key.public(), right);
    }
}

#[tokio::test]
async fn a_delayed_request_is_answered_in_the_end() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    sandbox.inject(Fault {
        route: Route::Info,
        kind: FaultKind::Delay(Duration::from_millis(50)),
        times: 1,
    });
    let began = Instant::now();
    client.get("/v1/info").send().await.of_status(200);
    assert!(began.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn pages_and_programs_can_order_faults_too() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    for (kind, times) in
        [("server_error", 2), ("no_answer", 1), ("drop_after_commit", 1), ("delay", 1)]
    {
        let order = json!({"route": "agreement", "kind": kind, "times": times});
        client.post("/sandbox/faults").json(&order).send().await.of_status(204);
    }
    let agreement = || client.get("/v1/agreement");
    client.get("/v1/info").send().await.of_status(200);
    agreement().send().await.refused(500, "internal");
    agreement().send().await.refused(500, "internal");
    assert!(agreement().try_send().await.is_err());
    assert!(agreement().try_send().await.is_err());
    for _ in 0..2 {
        agreement().send().await.of_status(200);
    }
    for order in [
        json!({"route": "agreement"}),
        json!({"route": "none", "kind": "delay"}),
        json!({"kind": "delay"}),
    ] {
        client.post("/sandbox/faults").json(&order).send().await.refused(400, "bad_request");
    }
}
