//! Submissions: what a form must be, and what happens when it comes again.

use std::time::Duration;

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use tanba_sandbox::{Options, Sandbox};

use crate::applicant::{Applicant, FIRST, RSA, SECOND, p256, sign, uuid};
use crate::client::Client;
use crate::openssl;

async fn sandbox() -> Sandbox {
    Sandbox::start(Options { issue_after: Duration::from_secs(60), ..Options::default() })
        .await
        .unwrap()
}

#[tokio::test]
async fn the_same_submission_again_is_the_same_application() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let (key, form) = (uuid(), applicant.form(&[("auth", &p256()), ("sign", &p256())]));
    let first = applicant.submit(&key, &form).await.of_status(201);
    let again = applicant.submit(&key, &form).await.of_status(200);
    assert_eq!(again["number"], first["number"]);

    sandbox.advance(Duration::from_secs(3_600));
    let anonymous =
        client.post("/v1/applications").header("Idempotency-Key", &key).json(&form).send().await;
    assert_eq!(anonymous.of_status(200)["number"], first["number"]);
    let stale = applicant.submit(&key, &form).await.of_status(200);
    assert_eq!(stale["number"], first["number"]);
    assert_eq!(sandbox.applications().len(), 1);
}

#[tokio::test]
async fn a_submission_is_repeated_neither_with_another_body_nor_with_another_token() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let (key, form) = (uuid(), applicant.form(&[("sign", &p256())]));
    applicant.submit(&key, &form).await.of_status(201);
    let other = applicant.form(&[("sign", &p256())]);
    applicant.submit(&key, &other).await.refused(409, "idempotency_conflict");
    let anonymous =
        client.post("/v1/applications").header("Idempotency-Key", &key).json(&other).send().await;
    anonymous.refused(409, "idempotency_conflict");
    let mut thief = Applicant::new(&client, SECOND);
    thief.identify().await;
    thief.submit(&key, &form).await.refused(401, "session_expired");
    assert_eq!(sandbox.applications().len(), 1);
}

#[tokio::test]
async fn a_key_is_part_of_one_application_only() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let key = p256();
    applicant.submit(&uuid(), &applicant.form(&[("sign", &key)])).await.of_status(201);
    applicant
        .submit(&uuid(), &applicant.form(&[("auth", &key)]))
        .await
        .refused(409, "csr_reused_key");
    let (one, both) = (p256(), uuid());
    let twice = applicant.form(&[("auth", &one), ("sign", &one)]);
    applicant.submit(&both, &twice).await.refused(409, "csr_reused_key");
    // A refused submission left nothing behind: neither its idempotency key nor its keys are used.
    applicant.submit(&both, &applicant.form(&[("sign", &one)])).await.of_status(201);
}

#[tokio::test]
async fn a_new_submission_needs_a_session_with_a_bound_identity() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.verify().await;
    applicant.prefill = json!({"iin": FIRST.0, "surname": "САНДБОКСОВ", "name": "ПРИМЕР", "patronymic": "ТЕСТОВИЧ"});
    let form = applicant.form(&[("sign", &p256())]);
    applicant.submit(&uuid(), &form).await.refused(409, "bad_request");
    let anonymous =
        client.post("/v1/applications").header("Idempotency-Key", &uuid()).json(&form).send().await;
    anonymous.refused(401, "session_expired");
    applicant.submit("not-a-uuid", &form).await.refused(400, "bad_request");
    let keyless = client.post("/v1/applications").token(&applicant.token).json(&form).send().await;
    keyless.refused(400, "bad_request");
}

#[tokio::test]
async fn a_form_that_breaks_a_rule_is_refused_by_the_name_of_the_rule() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let key = p256();
    let good = applicant.form(&[("sign", &key)]);
    let other_key_id = p256().public().key_id().to_string();
    let mut broken = applicant.csr(&key, None);
    *broken.last_mut().unwrap() ^= 1;
    let broken = Base64::encode_string(&broken);
    let with_email = Base64::encode_string(&applicant.csr(&key, Some("primer@example.kz")));
    let both = json!([good["requests"][0], applicant.asked("sign", &p256(), None)]);
    for (place, value, status, code) in [
        ("/agreement_version", json!("1999"), 409, "agreement_outdated"),
        ("/requests", json!([]), 400, "bad_request"),
        ("/requests", both, 400, "bad_request"),
        ("/requests/0/purpose", json!("seal"), 400, "bad_request"),
        ("/requests/0/csr", json!("%"), 422, "csr_invalid"),
        ("/requests/0/csr", json!("AAAA"), 422, "csr_invalid"),
        ("/requests/0/csr", json!(broken), 422, "csr_invalid"),
        ("/requests/0/csr", json!(with_email), 422, "csr_invalid"),
        ("/requests/0/key_id", json!(other_key_id), 422, "csr_invalid"),
    ] {
        let mut form = good.clone();
        *form.pointer_mut(place).unwrap() = value;
        applicant.submit(&uuid(), &form).await.refused(status, code);
    }
    let mut form = good.clone();
    form["email"] = json!("no address");
    applicant.submit(&uuid(), &form).await.refused(400, "bad_request");
    form["email"] = json!("primer@example.kz");
    applicant.submit(&uuid(), &form).await.refused(422, "csr_invalid");
    assert!(sandbox.applications().is_empty());
    applicant.submit(&uuid(), &good).await.of_status(201);
}

#[tokio::test]
async fn a_request_must_name_the_applicant_and_nobody_else() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    for (member, value) in [
        ("surname", json!("ДРУГОЙ")),
        ("name", json!("ДРУГОЙ")),
        ("patronymic", json!("ДРУГОЙ")),
        ("patronymic", Value::Null),
        ("iin", json!(SECOND.0)),
    ] {
        let right = applicant.prefill.clone();
        applicant.prefill[member] = value;
        let form = applicant.form(&[("sign", &p256())]);
        applicant.submit(&uuid(), &form).await.refused(422, "csr_subject_mismatch");
        applicant.prefill = right;
    }
}

#[tokio::test]
async fn requests_made_by_openssl_are_judged_like_ours() {
    let Some(openssl) = openssl::there() else { return };
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let subject =
        "/CN=САНДБОКСОВ ПРИМЕР/SN=САНДБОКСОВ/serialNumber=IIN500101100010/C=KZ/GN=ТЕСТОВИЧ";
    let store = "1.2.398.3.3.5=ASN1:SEQUENCE:store";
    for (kind, subject, extension, verdict) in [
        ("rsa:1024", subject, store, Some("csr_weak_key")),
        ("ec:secp384r1", subject, store, Some("csr_invalid")),
        ("ec:prime256v1", "/CN=САНДБОКСОВ ПРИМЕР", store, Some("csr_subject_mismatch")),
        ("ec:prime256v1", subject, "keyUsage=digitalSignature", Some("csr_invalid")),
        ("ec:prime256v1", subject, "1.2.398.3.3.5=ASN1:SEQUENCE:token", Some("csr_invalid")),
        ("ec:prime256v1", subject, store, None),
        ("rsa:3072", subject, store, None),
    ] {
        let (csr, key_id) = openssl.request(kind, subject, extension);
        let mut form = applicant.form(&[]);
        form["requests"] =
            json!([{"purpose": "sign", "key_id": key_id, "csr": Base64::encode_string(&csr)}]);
        let answer = applicant.submit(&uuid(), &form).await;
        match verdict {
            Some(code) => drop(answer.refused(422, code)),
            None => drop(answer.of_status(201)),
        }
    }
    openssl::judged("requests made by openssl req are accepted and refused as ours are");
}

#[tokio::test]
async fn an_application_can_be_withdrawn_until_it_is_issued() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let application =
        applicant.submit(&uuid(), &applicant.form(&[("sign", &p256())])).await.of_status(201);
    let number = application["number"].as_str().unwrap();
    let path = format!("/v1/applications/{number}");
    client.ask("DELETE", &path).send().await.refused(401, "session_expired");
    for _ in 0..2 {
        client.ask("DELETE", &path).token(&applicant.token).send().await.of_status(204);
    }
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(applicant.status(number).await["status"], "withdrawn");
    applicant.certificates(number).await.refused(409, "application_closed");
    client
        .get("/v1/applications/00000000000000")
        .send()
        .await
        .refused(404, "application_not_found");
    applicant.certificates("00000000000000").await.refused(404, "application_not_found");
}

#[tokio::test]
async fn a_number_ends_with_the_date_in_kazakhstan() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let application =
        applicant.submit(&uuid(), &applicant.form(&[("sign", &p256())])).await.of_status(201);
    let created = application["created_at"].as_str().unwrap();
    let created = tanba_core::time::UnixTime::parse_rfc3339(created).unwrap().almaty();
    let date = format!("{}{}{}", &created[8..10], &created[3..5], &created[..2]);
    assert!(application["number"].as_str().unwrap().ends_with(&date));
}

#[tokio::test]
async fn installation_is_proved_by_every_key_over_its_own_certificate() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let (auth, key) = (&*RSA, p256());
    let form = applicant.form(&[("auth", auth), ("sign", &key)]);
    let application = applicant.submit(&uuid(), &form).await.of_status(201);
    let number = application["number"].as_str().unwrap();
    let path = format!("/v1/applications/{number}/installed");
    let proof = |key: &tanba_core::crypto::PrivateKey, text: &str| json!({"key_id": key.public().key_id().to_string(), "signature": Base64::encode_string(&sign(key, text.as_bytes()))});
    let early = json!({"proofs": [proof(auth, "early")]});
    client.post(&path).json(&early).send().await.refused(409, "application_not_issued");
    sandbox.advance(Duration::from_secs(60));
    let certificates = applicant.certificates(number).await.of_status(200);
    let text = |at: usize, number: &str| {
        use sha2::Digest as _;
        let certificate =
            Base64::decode_vec(certificates["certificates"][at]["certificate"].as_str().unwrap())
                .unwrap();
        format!("nca-installed:{number}:{}", hex::encode(sha2::Sha256::digest(certificate)))
    };
    let (good_auth, good_sign) = (proof(auth, &text(0, number)), proof(&key, &text(1, number)));
    let mut nonsense = good_sign.clone();
    nonsense["signature"] = json!("!");
    for proofs in [
        json!([]),
        json!([good_auth]),
        json!([good_sign]),
        json!([good_auth, proof(&key, &text(0, number))]),
        json!([good_auth, proof(&key, &text(1, "00000000000000"))]),
        json!([good_auth, nonsense]),
    ] {
        client
            .post(&path)
            .json(&json!({"proofs": proofs}))
            .send()
            .await
            .refused(400, "bad_request");
    }
    assert_eq!(applicant.status(number).await["status"], "issued");
    let good = json!({"proofs": [good_sign, good_auth]});
    assert_eq!(client.post(&path).json(&good).send().await.of_status(200)["status"], "installed");
}
