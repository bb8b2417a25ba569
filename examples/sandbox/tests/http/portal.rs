//! The portal's refusals: numbers, one-time passwords, sessions.

use std::time::Duration;

use serde_json::json;
use tanba_sandbox::{Options, Sandbox};

use crate::applicant::{Applicant, FIRST, NO_PHONE, SECOND, other_than};
use crate::client::Client;

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

#[tokio::test]
async fn only_a_known_person_with_a_telephone_gets_a_session() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    for (iin, status, code) in [
        ("500101100011", 422, "iin_invalid"),
        ("50010110001", 422, "iin_invalid"),
        ("500707100075", 404, "subject_unknown"),
        (NO_PHONE, 404, "mcd_not_registered"),
    ] {
        let opening = json!({"template": "individual_remote", "iin": iin, "locale": "kk"});
        client.post("/v1/sessions").json(&opening).send().await.refused(status, code);
    }
}

#[tokio::test]
async fn what_has_not_the_shape_of_the_contract_is_a_bad_request() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let good = json!({"template": "individual_remote", "iin": FIRST.0, "locale": "kk"});
    for (member, value) in
        [("template", json!("ul_head")), ("locale", json!("de")), ("iin", json!(5))]
    {
        let mut bad = good.clone();
        bad[member] = value;
        client.post("/v1/sessions").json(&bad).send().await.refused(400, "bad_request");
    }
    for body in ["", "{", "null", "[]"] {
        client
            .post("/v1/sessions")
            .body("application/json", body)
            .send()
            .await
            .refused(400, "bad_request");
    }
    client
        .post("/v1/sessions")
        .body("text/plain", good.to_string())
        .send()
        .await
        .refused(400, "bad_request");
    let long = good.to_string() + &" ".repeat(70_000);
    client
        .post("/v1/sessions")
        .body("application/json", long)
        .send()
        .await
        .refused(400, "bad_request");
    client.get("/v1/agreement?lang=de").send().await.refused(400, "bad_request");
}

#[tokio::test]
async fn a_wrong_one_time_password_can_be_tried_three_times() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.open().await;
    applicant.try_otp("12345").await.refused(409, "bad_request");
    applicant.send_otp().await.of_status(202);
    let code = applicant.code("1414").await;
    for left in [2, 1] {
        let refusal = applicant.try_otp(&other_than(&code)).await.refused(422, "otp_wrong");
        assert_eq!(refusal["attempts_left"], left);
    }
    for tried in [&other_than(&code), &code] {
        let refused = applicant.try_otp(tried).await;
        assert!(refused.header("retry-after").is_some());
        let refusal = refused.refused(429, "otp_too_many");
        assert!((1..=120).contains(&refusal["retry_after_s"].as_u64().unwrap()));
    }
    sandbox.advance(Duration::from_secs(120));
    applicant.send_otp().await.of_status(202);
    applicant.try_otp(&applicant.code("1414").await).await.of_status(200);
}

#[tokio::test]
async fn a_one_time_password_expires_and_only_then_can_be_sent_again() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.open().await;
    let sent = applicant.send_otp().await.of_status(202);
    assert_eq!(
        (&sent["sender"], &sent["expires_in"], &sent["attempts_left"]),
        (&json!("1414"), &json!(120), &json!(3))
    );
    assert!(!sent["phone_mask"].as_str().unwrap().contains("0000000"));
    let code = applicant.code("1414").await;
    assert_eq!(code.len(), 5);
    sandbox.advance(Duration::from_secs(100));
    let early = applicant.send_otp().await.refused(429, "otp_resend_too_early");
    assert!((1..=20).contains(&early["retry_after_s"].as_u64().unwrap()));
    sandbox.advance(Duration::from_secs(20));
    applicant.try_otp(&code).await.refused(410, "otp_expired");
    applicant.send_otp().await.of_status(202);
    applicant.try_otp(&applicant.code("1414").await).await.of_status(200);
    applicant.send_otp().await.refused(409, "bad_request");
}

#[tokio::test]
async fn a_verified_session_stays_verified_when_the_answer_was_lost() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.verify().await;
    let again = applicant.try_otp("00000").await.of_status(200);
    assert_eq!(
        (&again["state"], &again["token"]),
        (&json!("otp_verified"), &json!(applicant.token))
    );
}

#[tokio::test]
async fn a_session_opens_to_its_own_token_alone() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let (mut first, mut second) = (Applicant::new(&client, FIRST), Applicant::new(&client, SECOND));
    first.open().await;
    second.open().await;
    let path = format!("/v1/sessions/{}/otp", first.sid);
    client.post(&path).send().await.refused(401, "session_expired");
    client.post(&path).token(&second.token).send().await.refused(401, "session_expired");
    client
        .post(&path)
        .header("Authorization", "Basic eDp5")
        .send()
        .await
        .refused(401, "session_expired");
    client
        .post("/v1/sessions/0/otp")
        .token(&first.token)
        .send()
        .await
        .refused(401, "session_expired");
    let answer = client.post(&path).token("").send().await;
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    client.post(&path).token(&first.token).send().await.of_status(202);
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_without_use_and_not_before() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.open().await;
    for _ in 0..3 {
        sandbox.advance(Duration::from_secs(29 * 60));
        applicant.send_otp().await.of_status(202);
    }
    sandbox.advance(Duration::from_secs(30 * 60));
    applicant.send_otp().await.refused(401, "session_expired");
}
