//! GOST keys: an application with them, the branch of the authority that answers it, and its stamps.
//!
//! That the signatures are right is judged elsewhere, by the GOST engine of OpenSSL; here the agent's core reads them.

use std::time::Duration;

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tanba_core::crypto::{Algorithm, HashAlgorithm, PrivateKey};
use tanba_core::layout::Purpose;
use tanba_core::time::UnixTime;
use tanba_core::tsp::{BadToken, Request, Response};
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::issued::{self, Expected};
use tanba_core::x509::oid;
use tanba_sandbox::{Fault, FaultKind, Options, Route, Sandbox};

use crate::applicant::{Applicant, FIRST, new_key, p256, sign, uuid};
use crate::client::Client;
use crate::openssl;

async fn quick() -> Sandbox {
    Sandbox::start(Options { issue_after: Duration::ZERO, ..Options::default() }).await.unwrap()
}

fn key() -> PrivateKey {
    new_key(Algorithm::Gost512)
}

fn der(value: &Value) -> Vec<u8> {
    Base64::decode_vec(value.as_str().unwrap()).unwrap()
}

fn ders(value: &Value) -> Vec<Vec<u8>> {
    value.as_array().unwrap().iter().map(der).collect()
}

#[tokio::test]
async fn gost_keys_are_certified_by_the_gost_branch_and_report_themselves_installed() {
    let sandbox = quick().await;
    let client = Client::of(&sandbox);
    let info = client.get("/v1/info").send().await.of_status(200);
    assert_eq!(info["key_algorithms"], json!(["rsa2048", "p256", "gost512"]));
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let keys = [key(), key()];
    let requests = [applicant.csr(&keys[0], None), applicant.csr(&keys[1], None)];
    let mut form = applicant.form(&[("auth", &keys[0]), ("sign", &keys[1])]);
    for (at, request) in requests.iter().enumerate() {
        form["requests"][at]["csr"] = json!(Base64::encode_string(request));
    }
    let application = applicant.submit(&uuid(), &form).await.of_status(201);
    let number = application["number"].as_str().unwrap();
    let answer = applicant.certificates(number).await.of_status(200);
    assert_eq!(answer["chain"], info["gost_chain"]);
    assert_ne!(answer["chain"], info["chain"]);
    let chain = ders(&answer["chain"]);
    let mut proofs = Vec::new();
    for (at, purpose) in [Purpose::Auth, Purpose::Sign].into_iter().enumerate() {
        let entry = &answer["certificates"][at];
        let leaf = der(&entry["certificate"]);
        let expected = Expected {
            key: keys[at].public(),
            request_der: &requests[at],
            purpose,
            environment_is_sandbox: true,
            now: now(),
        };
        let read = issued::check(&leaf, &chain, &expected).unwrap();
        assert_eq!(read.usages.non_repudiation, purpose == Purpose::Sign);
        // The national authority's number of a GOST key: its id as a positive number of full length.
        let (serial, id) = (&read.serial, keys[at].public().key_id().to_string());
        assert_eq!((serial.len(), &serial[2..]), (40, &id[2..]));
        assert!(("10".."80").contains(&&serial[..2]), "{serial}");
        let text = format!("nca-installed:{number}:{}", hex::encode(Sha256::digest(&leaf)));
        let signature = Base64::encode_string(&sign(&keys[at], text.as_bytes()));
        proofs.push(json!({"key_id": id, "signature": signature}));
    }
    let path = format!("/v1/applications/{number}/installed");
    let mut forged = proofs.clone();
    forged[0]["signature"] = forged[1]["signature"].clone();
    client.post(&path).json(&json!({"proofs": forged})).send().await.refused(400, "bad_request");
    let installed = client.post(&path).json(&json!({"proofs": proofs})).send().await;
    assert_eq!(installed.of_status(200)["status"], "installed");
}

#[tokio::test]
async fn keys_of_both_families_do_not_go_into_one_application() {
    let sandbox = quick().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let mixed = applicant.form(&[("auth", &p256()), ("sign", &key())]);
    applicant.submit(&uuid(), &mixed).await.refused(422, "csr_invalid");
    assert!(sandbox.applications().is_empty());
}

#[tokio::test]
async fn a_request_is_refused_when_its_signature_or_its_key_was_changed() {
    let sandbox = quick().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let key = key();
    let good = applicant.csr(&key, None);
    let signature = good.len() - 128;
    let reversed =
        [&good[..signature], &good[signature..].iter().rev().copied().collect::<Vec<_>>()].concat();
    let key_at =
        good.windows(128).position(|window| key.public().spki().ends_with(window)).unwrap();
    let mut broken = vec![reversed];
    for at in [signature, good.len() - 1, key_at, key_at + 100] {
        let mut changed = good.clone();
        changed[at] ^= 1;
        broken.push(changed);
    }
    for csr in broken {
        let mut form = applicant.form(&[("sign", &key)]);
        form["requests"][0]["csr"] = json!(Base64::encode_string(&csr));
        applicant.submit(&uuid(), &form).await.refused(422, "csr_invalid");
    }
}

#[tokio::test]
async fn the_fault_of_a_wrong_key_stays_within_the_branch() {
    let sandbox = quick().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let key = key();
    let application =
        applicant.submit(&uuid(), &applicant.form(&[("sign", &key)])).await.of_status(201);
    sandbox.inject(Fault {
        route: Route::Certificates,
        kind: FaultKind::WrongKeyCertificate,
        times: 1,
    });
    let answer =
        applicant.certificates(application["number"].as_str().unwrap()).await.of_status(200);
    let leaf = Certificate::parse(&der(&answer["certificates"][0]["certificate"])).unwrap();
    assert_eq!(leaf.public_key.algorithm(), Some(Algorithm::Gost512));
    assert_ne!(leaf.public_key, *key.public());
}

#[tokio::test]
async fn streebog_digests_are_stamped_by_the_gost_branch() {
    let sandbox = quick().await;
    let client = Client::of(&sandbox);
    let digest = HashAlgorithm::Streebog512.hash("келісім".as_bytes());
    let chain = ders(&client.get("/v1/info").send().await.of_status(200)["gost_chain"]);
    let issuing = Certificate::parse(&chain[0]).unwrap();
    let policy = const_oid::ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.4");
    for (request, given) in [
        (Request::new(&digest, [7; 8]), oid::SANDBOX_POLICY),
        (Request::new(&digest, [8; 8]).under(policy), policy),
    ] {
        let body = request.to_der().unwrap();
        let answer = client.post("/tsp").body("application/timestamp-query", body).send().await;
        let token = Response::parse(&answer.body).unwrap().token;
        let stamp = token.verify_answer(&request, &[]).unwrap();
        assert_eq!((stamp.policy, stamp.hash), (given, HashAlgorithm::Streebog512));
        stamp.certificate.verify_signed_by(&issuing).unwrap();
        let other = HashAlgorithm::Streebog512.hash("басқа".as_bytes());
        assert_eq!(token.verify(&other, &[]).err(), Some(BadToken::OtherImprint));
    }
    let other = Request::new(&HashAlgorithm::Sha256.hash(b"x"), [9; 8]).under(policy);
    let answer =
        client.post("/tsp").body("application/timestamp-query", other.to_der().unwrap()).send();
    assert!(Response::parse(&answer.await.body).is_err(), "the policy is of GOST stamps");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_branch_speaks_of_its_own_certificates_only() {
    let Some(openssl) = openssl::there() else { return };
    let sandbox = quick().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let mut serials = Vec::new();
    for (name, key) in [("gost.der", key()), ("other.der", p256())] {
        let form = applicant.form(&[("sign", &key)]);
        let number = applicant.submit(&uuid(), &form).await.of_status(201)["number"].clone();
        let number = number.as_str().unwrap();
        let answer = applicant.certificates(number).await.of_status(200);
        let leaf = der(&answer["certificates"][0]["certificate"]);
        serials.push(Certificate::parse(&leaf).unwrap().serial);
        openssl.write(name, leaf);
        openssl.run(&["x509", "-inform", "DER", "-in", name, "-out", name]);
    }
    assert!(sandbox.revoke(&serials[0]));
    openssl.write("gost.pem", sandbox.gost_issuing_pem());
    openssl.write("other.pem", sandbox.issuing_pem());
    let url = format!("{}/ocsp", sandbox.url());
    let ask = |of: &[&str]| {
        let rest = ["-url", &url, "-noverify", "-resp_text"];
        tokio::task::block_in_place(|| openssl.run(&[&["ocsp"], of, &rest].concat()))
    };
    let said = ask(&["-issuer", "gost.pem", "-cert", "gost.der", "-cert", "other.der"]);
    for expected in ["gost.der: revoked", "other.der: unknown", "1.2.398.3.10.1.1.2.3.2"] {
        assert!(said.contains(expected), "no {expected:?}: {said}");
    }
    let said = ask(&["-issuer", "other.pem", "-cert", "other.der", "-cert", "gost.der"]);
    for expected in ["other.der: good", "gost.der: unknown", "ecdsa-with-SHA256"] {
        assert!(said.contains(expected), "no {expected:?}: {said}");
    }
    for (path, has) in [
        ("/crl/issuing-gost.crl", true),
        ("/crl/issuing-delta-gost.crl", true),
        ("/crl/root-gost.crl", false),
        ("/crl/issuing.crl", false),
    ] {
        openssl.write("list.der", client.get(path).send().await.body);
        let text = openssl.run(&["crl", "-inform", "DER", "-in", "list.der", "-noout", "-text"]);
        assert_eq!(text.contains(&serials[0].to_uppercase()), has, "{path}: {text}");
    }
    for path in ["/cert/root-gost.cer", "/cert/issuing-gost.cer"] {
        let published = Certificate::parse(&client.get(path).send().await.body).unwrap();
        assert_eq!(published.public_key.algorithm(), Some(Algorithm::Gost512), "{path}");
    }
    assert_eq!(client.get("/cert/leaf-gost.cer").send().await.status, 404);
}

fn now() -> UnixTime {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    UnixTime::from_secs(i64::try_from(now.as_secs()).unwrap())
}
