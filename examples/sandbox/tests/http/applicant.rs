//! Somebody who goes through the procedure, step by step, and can stop at any of them.

use std::sync::LazyLock;

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use rand_core::{OsRng, RngCore as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tanba_core::crypto::{Algorithm, PrivateKey, Provider, RandomFailed, pure};
use tanba_core::email::Email;
use tanba_core::iin::Iin;
use tanba_core::x509::{self, request};

use crate::client::{Answer, Client};
use crate::pictures::{FACE, face};

pub(crate) const FIRST: (&str, &str) = ("500101100010", "+77000000001");
pub(crate) const SECOND: (&str, &str) = ("500202200026", "+77000000002");
pub(crate) const NO_PHONE: &str = "500303100039";
pub(crate) const DIFFERENT: (&str, &str) = ("500404200044", "+77000000004");
pub(crate) const EXPIRED: (&str, &str) = ("500505100057", "+77000000005");

pub(crate) const PIN: &str = "4711";
pub(crate) const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters";

/// RSA keys take long to make: all tests share one.
pub(crate) static RSA: LazyLock<PrivateKey> = LazyLock::new(|| new_key(Algorithm::Rsa2048));

fn provider() -> Provider {
    pure(|buffer| OsRng.try_fill_bytes(buffer).map_err(|_| RandomFailed))
}

pub(crate) fn new_key(algorithm: Algorithm) -> PrivateKey {
    (provider().generate)(&provider(), algorithm).unwrap()
}

pub(crate) fn p256() -> PrivateKey {
    new_key(Algorithm::P256)
}

pub(crate) fn sign(key: &PrivateKey, message: &[u8]) -> Vec<u8> {
    provider().sign_message(key, message).unwrap()
}

pub(crate) struct Applicant<'a> {
    pub(crate) client: &'a Client,
    pub(crate) iin: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) sid: String,
    pub(crate) token: String,
    pub(crate) did: String,
    pub(crate) prefill: Value,
}

impl<'a> Applicant<'a> {
    pub(crate) fn new(client: &'a Client, (iin, phone): (&'static str, &'static str)) -> Self {
        let (sid, token, did) = Default::default();
        Self { client, iin, phone, sid, token, did, prefill: Value::Null }
    }

    /// The newest code that this sender sent to the telephone.
    pub(crate) async fn code(&self, sender: &str) -> String {
        let path = format!("/sandbox/sms?phone={}", self.phone.replace('+', "%2B"));
        let inbox = self.client.get(&path).send().await.of_status(200);
        let sms = inbox.as_array().unwrap().iter().rfind(|sms| sms["sender"] == sender).unwrap();
        sms["code"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn open(&mut self) {
        let opening = json!({"template": "individual_remote", "iin": self.iin, "locale": "ru"});
        let session = self.client.post("/v1/sessions").json(&opening).send().await.of_status(201);
        self.sid = session["sid"].as_str().unwrap().to_owned();
        self.token = session["token"].as_str().unwrap().to_owned();
    }

    pub(crate) async fn send_otp(&self) -> Answer {
        self.client.post(&format!("/v1/sessions/{}/otp", self.sid)).token(&self.token).send().await
    }

    pub(crate) async fn try_otp(&self, code: &str) -> Answer {
        let path = format!("/v1/sessions/{}/otp/verify", self.sid);
        self.client.post(&path).token(&self.token).json(&json!({"code": code})).send().await
    }

    /// Through the portal to the verified one-time password.
    pub(crate) async fn verify(&mut self) {
        self.open().await;
        self.send_otp().await.of_status(202);
        let session = self.try_otp(&self.code("1414").await).await.of_status(200);
        assert_eq!(session["state"], "otp_verified");
    }

    pub(crate) async fn did_send(&self) -> Answer {
        self.client.post("/did/v1/login").json(&json!({"phone": self.phone})).send().await
    }

    pub(crate) async fn did_try(&self, code: &str) -> Answer {
        let log_in = json!({"phone": self.phone, "code": code});
        self.client.post("/did/v1/login/verify").json(&log_in).send().await
    }

    /// Logs in to Digital ID and gives the account.
    pub(crate) async fn log_in(&mut self) -> Value {
        self.did_send().await.of_status(202);
        let account = self.did_try(&self.code("3116").await).await.of_status(200);
        self.did = account["token"].as_str().unwrap().to_owned();
        account
    }

    pub(crate) async fn account(&self) -> Value {
        self.client.get("/did/v1/me").token(&self.did).send().await.of_status(200)
    }

    pub(crate) async fn selfie(&self, picture: &[u8]) -> Answer {
        self.client.put("/did/v1/me/selfie").token(&self.did).jpeg(picture).send().await
    }

    pub(crate) async fn start_liveness(&self) -> Answer {
        self.client.post("/did/v1/me/liveness").token(&self.did).send().await
    }

    pub(crate) async fn frame(&self, id: &Value, challenge: &Value, picture: &[u8]) -> Answer {
        let (id, challenge) = (id.as_str().unwrap(), challenge.as_str().unwrap());
        let path = format!("/did/v1/me/liveness/{id}/frames?challenge={challenge}");
        self.client.post(&path).token(&self.did).jpeg(picture).send().await
    }

    pub(crate) async fn liveness(&self) {
        let attempt = self.start_liveness().await.of_status(201);
        let challenges = attempt["challenges"].as_array().unwrap();
        assert!(challenges.len() >= 3 && challenges[0] == "center");
        for (number, challenge) in (0..).zip(challenges) {
            let progress =
                self.frame(&attempt["id"], challenge, &face(number)).await.of_status(200);
            let rest = challenges.get(usize::from(number) + 1);
            assert_eq!(progress.get("next"), rest);
            assert_eq!(progress["state"], if rest.is_some() { "running" } else { "passed" });
        }
    }

    pub(crate) async fn set_pin(&self, pin: &str, repeat: &str) -> Answer {
        let pin = json!({"pin": pin, "repeat": repeat});
        self.client.put("/did/v1/me/pin").token(&self.did).json(&pin).send().await
    }

    /// To the account's PIN.
    pub(crate) async fn until_pin(&mut self) {
        self.log_in().await;
        self.selfie(FACE).await.of_status(204);
        self.liveness().await;
        self.set_pin(PIN, PIN).await.of_status(204);
    }

    pub(crate) async fn add_document(&self) -> Value {
        let kind = json!({"kind": "id_card"});
        self.client
            .post("/did/v1/me/documents")
            .token(&self.did)
            .json(&kind)
            .send()
            .await
            .of_status(201)
    }

    pub(crate) async fn side(&self, document: &Value, side: &str, picture: &[u8]) -> Answer {
        let path = format!("/did/v1/me/documents/{}/{side}", document["id"].as_str().unwrap());
        self.client.put(&path).token(&self.did).jpeg(picture).send().await
    }

    /// Both sides of a new document; gives it with its recognised data.
    pub(crate) async fn photograph(&self) -> Value {
        let document = self.add_document().await;
        assert_eq!(
            self.side(&document, "front", &face(10)).await.of_status(200)["state"],
            "needs_back"
        );
        self.side(&document, "back", &face(11)).await.of_status(200)
    }

    pub(crate) async fn confirm(&self, document: &Value, data: &Value) -> Answer {
        let path = format!("/did/v1/me/documents/{}/confirm", document["id"].as_str().unwrap());
        let confirmed = json!({"data": data, "truthful": true});
        self.client.post(&path).token(&self.did).json(&confirmed).send().await
    }

    /// To the linked account.
    pub(crate) async fn link(&mut self) {
        self.until_pin().await;
        let document = self.photograph().await;
        let linked = self.confirm(&document, &document["recognised"]).await.of_status(200);
        assert_eq!(linked["state"], "linked");
    }

    /// The consent that is asked for now.
    pub(crate) async fn consent(&self) -> String {
        let notes = self
            .client
            .get("/did/v1/me/notifications")
            .token(&self.did)
            .send()
            .await
            .of_status(200);
        let note = &notes.as_array().unwrap()[0];
        assert_eq!(note["kind"], "access_request");
        note["consent"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn decide(&self, consent: &str, decision: &Value) -> Answer {
        self.client
            .post(&format!("/did/v1/consents/{consent}"))
            .token(&self.did)
            .json(decision)
            .send()
            .await
    }

    /// Approves and gives the code.
    pub(crate) async fn approve(&self) -> String {
        let consent = self.consent().await;
        let code = self.decide(&consent, &approval(PIN)).await.of_status(200);
        code["code"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn bind(&self, code: &str, verifier: &str) -> Answer {
        let identity =
            json!({"code": code, "redirect_uri": "urn:tanba:step", "code_verifier": verifier});
        let path = format!("/v1/sessions/{}/identity", self.sid);
        self.client.post(&path).token(&self.token).json(&identity).send().await
    }

    /// All of the identification: everything before the agreement.
    pub(crate) async fn identify(&mut self) {
        self.verify().await;
        self.link().await;
        self.prefill = self.bind(&self.approve().await, VERIFIER).await.of_status(200);
    }

    /// A certificate request for the person of the form, by the agent's own code.
    pub(crate) fn csr(&self, key: &PrivateKey, email: Option<&str>) -> Vec<u8> {
        let text = |name: &str| self.prefill[name].as_str().map(str::to_owned);
        let person = x509::Person {
            iin: Iin::parse(&text("iin").unwrap()).unwrap(),
            surname: text("surname").unwrap(),
            name: text("name").unwrap(),
            patronymic: text("patronymic"),
        };
        let email = email.map(|email| Email::parse(email).unwrap());
        request::build(&person, email.as_ref(), "/media/кілттер", key, &provider()).unwrap()
    }

    /// One entry of a form.
    pub(crate) fn asked(&self, purpose: &str, key: &PrivateKey, email: Option<&str>) -> Value {
        json!({
            "purpose": purpose,
            "key_id": key.public().key_id().to_string(),
            "csr": Base64::encode_string(&self.csr(key, email)),
        })
    }

    /// A form without an e-mail address that asks for these certificates.
    pub(crate) fn form(&self, keys: &[(&str, &PrivateKey)]) -> Value {
        let requests: Vec<_> =
            keys.iter().map(|(purpose, key)| self.asked(purpose, key, None)).collect();
        json!({
            "template": "individual_remote",
            "agreement_version": "sandbox-2026-1",
            "storage": "PKCS12",
            "requests": requests,
        })
    }

    pub(crate) async fn submit(&self, key: &str, form: &Value) -> Answer {
        let ask =
            self.client.post("/v1/applications").token(&self.token).header("Idempotency-Key", key);
        ask.json(form).send().await
    }

    pub(crate) async fn status(&self, number: &str) -> Value {
        let path = format!("/v1/applications/{number}");
        self.client.get(&path).token(&self.token).send().await.of_status(200)
    }

    pub(crate) async fn certificates(&self, number: &str) -> Answer {
        self.client.get(&format!("/v1/applications/{number}/certificates")).send().await
    }
}

/// An approval with this PIN, bound to [`VERIFIER`].
pub(crate) fn approval(pin: &str) -> Value {
    json!({"decision": "approve", "pin": pin, "code_challenge": challenge(VERIFIER)})
}

pub(crate) fn challenge(verifier: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(verifier))
}

/// Another code than this one.
pub(crate) fn other_than(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()
}

/// A new idempotency key.
pub(crate) fn uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}
