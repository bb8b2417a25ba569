//! Digital ID's refusals: pictures, attempts, PINs, documents, consent, the bound code.

use std::time::Duration;

use serde_json::json;
use tanba_sandbox::{Options, Sandbox};

use crate::applicant::{
    Applicant, DIFFERENT, EXPIRED, FIRST, PIN, SECOND, VERIFIER, approval, challenge, other_than,
};
use crate::client::Client;
use crate::pictures::{FACE, FLAT, FLAT_444, GRAY, PROGRESSIVE, face, face_of};

const LARGEST: usize = 5 * 1024 * 1024;

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

#[tokio::test]
async fn only_a_registered_telephone_can_log_in() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    Applicant::new(&client, ("", "+77000000009")).did_send().await.refused(422, "phone_mismatch");
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.did_try("12345").await.refused(410, "otp_expired");
    let sent = applicant.did_send().await.of_status(202);
    assert_eq!((&sent["sender"], &sent["resend_in"]), (&json!("3116"), &json!(119)));
    let code = applicant.code("3116").await;
    let refusal = applicant.did_try(&other_than(&code)).await.refused(422, "otp_wrong");
    assert_eq!(refusal["attempts_left"], 2);
    applicant.did_send().await.refused(429, "otp_resend_too_early");
    sandbox.advance(Duration::from_secs(119));
    applicant.log_in().await;
    client.get("/did/v1/me").send().await.refused(401, "session_expired");
    sandbox.advance(Duration::from_secs(30 * 60));
    client.get("/did/v1/me").token(&applicant.did).send().await.refused(401, "session_expired");
}

#[tokio::test]
async fn a_selfie_is_a_jpeg_of_sane_size_that_shows_something() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.log_in().await;
    for bytes in [&b""[..], b"\x89PNG\r\n\x1a\n", &FACE[..FACE.len() - 2]] {
        applicant.selfie(bytes).await.refused(415, "image_not_jpeg");
    }
    let as_png =
        client.put("/did/v1/me/selfie").token(&applicant.did).body("image/png", FACE).send().await;
    as_png.refused(415, "image_not_jpeg");
    applicant.selfie(&face_of(LARGEST + 1)).await.refused(413, "image_too_large");
    for picture in [FLAT, FLAT_444] {
        applicant.selfie(picture).await.refused(422, "selfie_no_face");
    }
    assert_eq!(applicant.account().await["state"], "new");
    for picture in [&face_of(LARGEST)[..], GRAY, PROGRESSIVE, FACE] {
        applicant.selfie(picture).await.of_status(204);
    }
    assert_eq!(applicant.account().await["state"], "selfie_done");
}

#[tokio::test]
async fn steps_out_of_their_order_change_nothing() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.log_in().await;
    applicant.start_liveness().await.refused(409, "bad_request");
    applicant.set_pin(PIN, PIN).await.refused(409, "bad_request");
    let documents = client.post("/did/v1/me/documents").token(&applicant.did);
    documents.json(&json!({"kind": "passport"})).send().await.refused(409, "bad_request");
    assert_eq!(applicant.account().await["state"], "new");
    let notes =
        client.get("/did/v1/me/notifications").token(&applicant.did).send().await.of_status(200);
    assert_eq!(notes, json!([]));
    applicant.selfie(FACE).await.of_status(204);
    let attempt = applicant.start_liveness().await.of_status(201);
    let second = &attempt["challenges"][1];
    applicant.frame(&attempt["id"], second, &face(1)).await.refused(409, "bad_request");
    applicant.frame(&json!("0"), &json!("center"), &face(1)).await.refused(409, "bad_request");
    applicant.frame(&attempt["id"], &json!("smile"), &face(1)).await.refused(400, "bad_request");
    applicant.frame(&attempt["id"], &json!("center"), &face(1)).await.of_status(200);
}

#[tokio::test]
async fn a_still_picture_fails_the_video_identification_five_times_at_most() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.log_in().await;
    applicant.selfie(FACE).await.of_status(204);
    for left in [4, 3, 2, 1] {
        let attempt = applicant.start_liveness().await.of_status(201);
        applicant.frame(&attempt["id"], &attempt["challenges"][0], FACE).await.of_status(200);
        let failed = applicant.frame(&attempt["id"], &attempt["challenges"][1], FACE).await;
        assert_eq!(failed.refused(422, "liveness_failed")["attempts_left"], left);
        assert_eq!(applicant.account().await["liveness_attempts_left"], left);
        let over = applicant.frame(&attempt["id"], &attempt["challenges"][1], &face(1)).await;
        over.refused(409, "bad_request");
    }
    let attempt = applicant.start_liveness().await.of_status(201);
    applicant.frame(&attempt["id"], &attempt["challenges"][0], FACE).await.of_status(200);
    let last = applicant.frame(&attempt["id"], &attempt["challenges"][1], FACE).await;
    last.refused(403, "liveness_exhausted");
    applicant.start_liveness().await.refused(403, "liveness_exhausted");
    assert_eq!(applicant.account().await["state"], "exhausted");
}

#[tokio::test]
async fn a_pin_is_four_digits_typed_twice() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.log_in().await;
    applicant.selfie(FACE).await.of_status(204);
    applicant.liveness().await;
    applicant.set_pin("471", "471").await.refused(422, "pin_format");
    applicant.set_pin("4711", "4712").await.refused(422, "pin_mismatch");
    applicant.set_pin("4711", "4711").await.of_status(204);
}

#[tokio::test]
async fn a_document_needs_two_different_sides_in_their_order() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.until_pin().await;
    let document = applicant.add_document().await;
    assert!(document.get("recognised").is_none());
    applicant.side(&document, "back", FACE).await.refused(409, "bad_request");
    applicant.side(&document, "front", b"GIF89a").await.refused(415, "image_not_jpeg");
    applicant.side(&document, "edge", FACE).await.refused(400, "bad_request");
    applicant.side(&document, "front", FACE).await.of_status(200);
    applicant.side(&document, "back", FACE).await.refused(422, "document_unreadable");
    let read = applicant.side(&document, "back", GRAY).await.of_status(200);
    assert_eq!(
        (&read["state"], &read["recognised"]["iin"]),
        (&json!("needs_confirmation"), &json!(FIRST.0))
    );
    let path = format!("/did/v1/me/documents/{}/confirm", document["id"].as_str().unwrap());
    let doubted = json!({"data": read["recognised"], "truthful": false});
    client
        .post(&path)
        .token(&applicant.did)
        .json(&doubted)
        .send()
        .await
        .refused(400, "bad_request");
    applicant.confirm(&json!({"id": "0"}), &read["recognised"]).await.refused(409, "bad_request");
    for _ in 0..2 {
        let linked = applicant.confirm(&document, &read["recognised"]).await.of_status(200);
        assert_eq!(linked["state"], "linked");
    }
}

#[tokio::test]
async fn an_expired_document_is_not_linked() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, EXPIRED);
    applicant.until_pin().await;
    let document = applicant.photograph().await;
    applicant.confirm(&document, &document["recognised"]).await.refused(422, "document_expired");
    assert_eq!(applicant.account().await["state"], "document_pending");
}

#[tokio::test]
async fn a_document_that_differs_from_the_state_database_goes_to_a_moderator() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, DIFFERENT);
    applicant.until_pin().await;
    let document = applicant.photograph().await;
    let checked = applicant.confirm(&document, &document["recognised"]).await.of_status(200);
    assert_eq!(checked["state"], "moderation");
    assert_eq!(applicant.account().await["state"], "moderation");
    let documents = client.post("/did/v1/me/documents").token(&applicant.did);
    documents.json(&json!({"kind": "id_card"})).send().await.refused(409, "moderation_pending");
    applicant.selfie(FACE).await.refused(409, "moderation_pending");
}

#[tokio::test]
async fn data_that_the_person_changed_go_to_a_moderator() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.until_pin().await;
    let document = applicant.photograph().await;
    let mut data = document["recognised"].clone();
    data["name"] = json!("ДРУГОЙ");
    assert_eq!(applicant.confirm(&document, &data).await.of_status(200)["state"], "moderation");
}

#[tokio::test]
async fn a_wrong_pin_gives_no_code_and_locks_after_five_tries() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.link().await;
    let consent = applicant.consent().await;
    for left in [4, 3, 2, 1] {
        let refusal = applicant.decide(&consent, &approval("0000")).await.refused(403, "pin_wrong");
        assert_eq!(refusal["attempts_left"], left);
    }
    for pin in ["0000", PIN] {
        let refusal = applicant.decide(&consent, &approval(pin)).await.refused(429, "pin_locked");
        assert!((800..=900).contains(&refusal["retry_after_s"].as_u64().unwrap()));
    }
    sandbox.advance(Duration::from_secs(15 * 60));
    applicant.decide(&consent, &approval(PIN)).await.refused(410, "consent_expired");
    assert_eq!(applicant.approve().await.len(), 64);
}

#[tokio::test]
async fn an_approval_needs_a_pin_and_a_challenge() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.link().await;
    let consent = applicant.consent().await;
    let good = approval(PIN);
    for (member, value) in [
        ("code_challenge", json!(null)),
        ("code_challenge", json!("short")),
        ("code_challenge_method", json!("plain")),
        ("redirect_uri", json!("https://example.kz/")),
    ] {
        let mut bad = good.clone();
        bad[member] = value;
        applicant.decide(&consent, &bad).await.refused(400, "bad_request");
    }
    let mut without = good.clone();
    without.as_object_mut().unwrap().remove("pin");
    applicant.decide(&consent, &without).await.refused(422, "pin_format");
    let mut spoken_out = good;
    spoken_out["code_challenge_method"] = json!("S256");
    spoken_out["redirect_uri"] = json!("urn:tanba:step");
    applicant.decide(&consent, &spoken_out).await.of_status(200);
    assert_ne!(applicant.consent().await, consent, "an answered request is not asked again");
}

#[tokio::test]
async fn an_approval_may_be_repeated_and_then_only_the_newest_code_counts() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.verify().await;
    applicant.link().await;
    let consent = applicant.consent().await;
    let mut codes = Vec::new();
    for _ in 0..2 {
        let code = applicant.decide(&consent, &approval(PIN)).await.of_status(200);
        codes.push(code["code"].as_str().unwrap().to_owned());
    }
    applicant.decide(&consent, &approval("0000")).await.refused(403, "pin_wrong");
    applicant.bind(&codes[0], VERIFIER).await.refused(410, "consent_expired");
    applicant.bind(&codes[1], VERIFIER).await.of_status(200);
    sandbox.advance(Duration::from_secs(10 * 60));
    applicant.decide(&consent, &approval(PIN)).await.refused(410, "consent_expired");
}

#[tokio::test]
async fn a_denied_consent_stays_denied_and_another_can_be_given() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.link().await;
    let consent = applicant.consent().await;
    for decision in [json!({"decision": "deny"}), approval(PIN)] {
        applicant.decide(&consent, &decision).await.refused(403, "consent_denied");
    }
    assert_ne!(applicant.consent().await, consent);
    applicant.approve().await;
    let seen =
        client.get(&format!("/did/v1/consents/{consent}")).token(&applicant.did).send().await;
    seen.refused(403, "consent_denied");
}

#[tokio::test]
async fn a_consent_is_seen_only_by_its_person() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let (mut first, mut second) = (Applicant::new(&client, FIRST), Applicant::new(&client, SECOND));
    first.link().await;
    second.link().await;
    let consent = first.consent().await;
    second.decide(&consent, &approval(PIN)).await.refused(410, "consent_expired");
    let path = format!("/did/v1/consents/{consent}");
    client.get(&path).token(&second.did).send().await.refused(410, "consent_expired");
    client.get(&path).token(&first.did).send().await.of_status(200);
    let notes =
        client.get("/did/v1/me/notifications").token(&first.did).send().await.of_status(200);
    assert_eq!(notes[0]["viewed"], true);
}

#[tokio::test]
async fn a_code_is_redeemed_once_by_who_knows_the_verifier() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.open().await;
    applicant.bind("0", VERIFIER).await.refused(409, "bad_request");
    applicant.verify_again(&sandbox).await;
    applicant.link().await;
    let code = applicant.approve().await;
    let other = VERIFIER.replace('a', "b");
    assert_ne!(challenge(&other), challenge(VERIFIER));
    applicant.bind(&code, &other).await.refused(400, "bad_request");
    applicant.bind(&code, VERIFIER).await.refused(410, "consent_expired");
    let code = applicant.approve().await;
    applicant.bind(&code, "too short").await.refused(400, "bad_request");
    let prefill = applicant.bind(&code, VERIFIER).await.of_status(200);
    assert_eq!(prefill["surname"], "САНДБОКСОВ");
    // The answer may have been lost: the same call is answered again, another code is not.
    assert_eq!(applicant.bind(&code, VERIFIER).await.of_status(200), prefill);
    applicant.bind("0", VERIFIER).await.refused(410, "consent_expired");
}

#[tokio::test]
async fn a_code_lives_five_minutes() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.verify().await;
    applicant.link().await;
    let code = applicant.approve().await;
    sandbox.advance(Duration::from_secs(5 * 60));
    applicant.bind(&code, VERIFIER).await.refused(410, "consent_expired");
}

#[tokio::test]
async fn the_identified_person_must_be_the_one_who_began() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.verify().await;
    let mut somebody_else = Applicant::new(&client, SECOND);
    somebody_else.link().await;
    let code = somebody_else.approve().await;
    applicant.bind(&code, VERIFIER).await.refused(409, "document_mismatch");
}

impl Applicant<'_> {
    /// Verifies a session that is already open.
    async fn verify_again(&mut self, sandbox: &Sandbox) {
        sandbox.advance(Duration::from_secs(120));
        self.send_otp().await.of_status(202);
        self.try_otp(&self.code("1414").await).await.of_status(200);
    }
}
