//! The whole procedure of an individual, and what the services say on the way.

use std::collections::BTreeSet;
use std::time::Duration;

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tanba_core::crypto::PrivateKey;
use tanba_core::layout::Purpose;
use tanba_core::time::UnixTime;
use tanba_core::x509::issued::{self, Expected, NotIssuedForUs};
use tanba_sandbox::{Options, Sandbox, Status};

use crate::applicant::{Applicant, FIRST, RSA, SECOND, p256, sign, uuid};
use crate::client::Client;
use crate::contract::CONTRACT;

async fn slow() -> Sandbox {
    let options = Options { issue_after: Duration::from_secs(1_200), ..Options::default() };
    Sandbox::start(options).await.unwrap()
}

fn proofs(number: &str, certificates: &Value, keys: &[&PrivateKey]) -> Value {
    let proofs = certificates["certificates"].as_array().unwrap().iter().map(|entry| {
        let certificate = Base64::decode_vec(entry["certificate"].as_str().unwrap()).unwrap();
        let key = keys.iter().find(|key| entry["key_id"] == key.public().key_id().to_string()).unwrap();
        let text = format!("nca-installed:{number}:{}", hex::encode(Sha256::digest(&certificate)));
        json!({"key_id": entry["key_id"], "signature": Base64::encode_string(&sign(key, text.as_bytes()))})
    });
    json!({"proofs": proofs.collect::<Vec<_>>()})
}

#[tokio::test]
async fn an_individual_gets_both_certificates_and_reports_them_installed() {
    let sandbox = slow().await;
    let client = Client::of(&sandbox);
    let info = client.get("/v1/info").send().await.of_status(200);
    assert_eq!(info["environment"], "sandbox");
    for lang in ["kk", "ru", "en"] {
        let agreement =
            client.get(&format!("/v1/agreement?lang={lang}")).send().await.of_status(200);
        assert_eq!(agreement["version"], info["agreement_version"]);
        assert!(agreement["text"].as_str().unwrap().starts_with("SANDBOX"));
    }

    let mut applicant = Applicant::new(&client, FIRST);
    applicant.verify().await;
    applicant.link().await;
    let consent = applicant.consent().await;
    let path = format!("/did/v1/consents/{consent}");
    let asked = client
        .get(&path)
        .token(&applicant.did)
        .header("Accept-Language", "kk")
        .send()
        .await
        .of_status(200);
    assert!(asked["service"].as_str().unwrap().contains("(SANDBOX)"));
    applicant.prefill = applicant
        .bind(&applicant.approve().await, "a-verifier-of-at-least-forty-three-characters")
        .await
        .of_status(200);
    assert_eq!(applicant.prefill["subject_rules"]["SERIALNUMBER"], format!("IIN{}", FIRST.0));

    let (auth, key) = (&*RSA, p256());
    let mut form = applicant.form(&[]);
    form["email"] = json!("primer@example.kz");
    form["requests"] = json!([
        applicant.asked("auth", auth, Some("primer@example.kz")),
        applicant.asked("sign", &key, Some("primer@example.kz")),
    ]);
    let submitted = applicant.submit(&uuid(), &form).await;
    let location = submitted.header("location").unwrap().to_owned();
    let application = submitted.of_status(201);
    let number = application["number"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("/v1/applications/{number}"));
    assert_eq!((number.len(), &application["status"]), (14, &json!("new")));
    applicant.certificates(&number).await.refused(409, "application_not_issued");

    sandbox.advance(Duration::from_secs(1));
    assert_eq!(applicant.status(&number).await["status"], "identified");
    sandbox.advance(Duration::from_secs(600));
    assert_eq!(applicant.status(&number).await["status"], "issuing");
    sandbox.advance(Duration::from_secs(600));
    let issued = applicant.status(&number).await;
    assert_eq!(issued["status"], "issued");
    assert!(issued.get("next_poll_s").is_none());
    let statuses: Vec<_> =
        issued["history"].as_array().unwrap().iter().map(|line| &line["status"]).collect();
    assert_eq!(statuses, ["new", "identified", "issuing", "issued"]);
    let times: Vec<_> = issued["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["at"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted());

    let certificates = applicant.certificates(&number).await.of_status(200);
    assert_eq!(certificates["chain"], info["chain"]);
    let proofs = proofs(&number, &certificates, &[auth, &key]);
    let installed = format!("/v1/applications/{number}/installed");
    for _ in 0..2 {
        let application = client.post(&installed).json(&proofs).send().await.of_status(200);
        assert_eq!(application["status"], "installed");
        assert_eq!(application["history"].as_array().unwrap().len(), 5);
    }
    let path = format!("/v1/applications/{number}");
    client
        .ask("DELETE", &path)
        .token(&applicant.token)
        .send()
        .await
        .refused(409, "application_closed");

    let applications = sandbox.applications();
    assert_eq!(applications.len(), 1);
    assert_eq!(applications[0].status, Status::Installed);
    assert_eq!(applications[0].key_ids, [auth, &key].map(|key| key.public().key_id().to_string()));

    let account = applicant.account().await;
    assert_eq!(
        (&account["state"], &account["documents"][0]["state"]),
        (&json!("linked"), &json!("linked"))
    );
    let all: BTreeSet<_> = CONTRACT
        .operations
        .iter()
        .filter(|operation| !operation.later)
        .map(|operation| operation.id.clone())
        .collect();
    assert_eq!(*client.called.lock().unwrap(), all, "every operation of the contract was called");
}

#[tokio::test]
async fn operations_that_come_later_are_not_there() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let client = Client::of(&sandbox);
    let later: Vec<_> = CONTRACT.operations.iter().filter(|operation| operation.later).collect();
    assert!(!later.is_empty());
    for operation in later {
        let method = if operation.method == "GET" { "GET" } else { "POST" };
        assert_eq!(
            client.ask(method, &operation.path.replace(['{', '}'], "")).send().await.status,
            404,
            "{}",
            operation.id
        );
    }
}

#[tokio::test]
async fn a_number_alone_shows_neither_name_nor_iin() {
    let sandbox = slow().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let application =
        applicant.submit(&uuid(), &applicant.form(&[("sign", &p256())])).await.of_status(201);
    assert_eq!(application["applicant"]["full_name"], "САНДБОКСОВ ПРИМЕР ТЕСТОВИЧ");
    let number = application["number"].as_str().unwrap();
    let path = format!("/v1/applications/{number}");
    let stranger = client.get(&path).send().await.of_status(200);
    assert_eq!(stranger["applicant"]["full_name"], "С*** П*** Т***");
    assert!(
        !stranger.to_string().contains(FIRST.0) && !stranger.to_string().contains("САНДБОКСОВ")
    );

    let mut other = Applicant::new(&client, SECOND);
    other.identify().await;
    assert_eq!(other.status(number).await["applicant"], stranger["applicant"]);
    client
        .ask("DELETE", &path)
        .token(&other.token)
        .send()
        .await
        .refused(404, "application_not_found");
}

#[tokio::test]
async fn an_unchanged_application_is_not_sent_again() {
    let sandbox = slow().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let application =
        applicant.submit(&uuid(), &applicant.form(&[("sign", &p256())])).await.of_status(201);
    let path = format!("/v1/applications/{}", application["number"].as_str().unwrap());
    let first = client.get(&path).send().await;
    assert_eq!(first.header("retry-after"), Some("5"));
    sandbox.advance(Duration::from_secs(1_200));
    let look = |tag: &str| client.get(&path).header("If-None-Match", tag).send();
    let changed = look(first.header("etag").unwrap()).await;
    let tag = changed.header("etag").unwrap().to_owned();
    assert_eq!(changed.of_status(200)["status"], "issued");
    let unchanged = look(&tag).await;
    assert_eq!((unchanged.status, unchanged.header("etag")), (304, Some(tag.as_str())));
}

#[tokio::test]
async fn an_account_that_exists_goes_on_where_it_stands() {
    let sandbox = slow().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, SECOND);
    assert_eq!(applicant.log_in().await["state"], "new");
    applicant.selfie(crate::pictures::FACE).await.of_status(204);
    sandbox.advance(Duration::from_secs(120));
    assert_eq!(applicant.log_in().await["state"], "selfie_done");
    applicant.liveness().await;
    sandbox.advance(Duration::from_secs(120));
    assert_eq!(applicant.log_in().await["state"], "liveness_done");
    applicant.set_pin("4711", "4711").await.of_status(204);
    let document = applicant.photograph().await;
    sandbox.advance(Duration::from_secs(120));
    assert_eq!(applicant.log_in().await["state"], "document_pending");
    applicant.confirm(&document, &document["recognised"]).await.of_status(200);
    sandbox.advance(Duration::from_secs(120));
    assert_eq!(applicant.log_in().await["state"], "linked");

    applicant.verify().await;
    let code = applicant.approve().await;
    applicant.prefill =
        applicant.bind(&code, "a-verifier-of-at-least-forty-three-characters").await.of_status(200);
    assert!(applicant.prefill.get("patronymic").is_none());
    applicant
        .submit(&uuid(), &applicant.form(&[("auth", &p256()), ("sign", &p256())]))
        .await
        .of_status(201);
}

#[tokio::test]
async fn the_agents_core_takes_the_certificates_for_a_sandboxs_and_not_for_real_ones() {
    let sandbox = slow().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, SECOND);
    applicant.identify().await;
    let (auth, key) = (&*RSA, p256());
    let (auth_csr, sign_csr) = (applicant.csr(auth, None), applicant.csr(&key, None));
    let mut form = applicant.form(&[("auth", auth), ("sign", &key)]);
    form["requests"][0]["csr"] = json!(Base64::encode_string(&auth_csr));
    form["requests"][1]["csr"] = json!(Base64::encode_string(&sign_csr));
    let application = applicant.submit(&uuid(), &form).await.of_status(201);
    sandbox.advance(Duration::from_secs(1_200));
    let answer =
        applicant.certificates(application["number"].as_str().unwrap()).await.of_status(200);
    let der = |value: &Value| Base64::decode_vec(value.as_str().unwrap()).unwrap();
    let chain: Vec<_> = answer["chain"].as_array().unwrap().iter().map(der).collect();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let check = |at: usize, key: &PrivateKey, request: &[u8], purpose, environment_is_sandbox| {
        let expected = Expected {
            key: key.public(),
            request_der: request,
            purpose,
            environment_is_sandbox,
            now: UnixTime::from_secs(i64::try_from(now).unwrap()),
        };
        issued::check(&der(&answer["certificates"][at]["certificate"]), &chain, &expected)
    };
    assert!(check(0, auth, &auth_csr, Purpose::Auth, true).is_ok());
    assert!(check(1, &key, &sign_csr, Purpose::Sign, true).is_ok());
    assert_eq!(
        check(1, &key, &sign_csr, Purpose::Sign, false).unwrap_err(),
        NotIssuedForUs::WrongEnvironment
    );
    assert_eq!(
        check(1, &key, &sign_csr, Purpose::Auth, true).unwrap_err(),
        NotIssuedForUs::OtherPurpose
    );
}
