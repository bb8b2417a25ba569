//! The authority, judged by OpenSSL: certificates, revocation lists, OCSP and time stamps.

use std::time::Duration;

use base64ct::{Base64, Encoding as _};
use tanba_sandbox::{Options, Sandbox};

use crate::applicant::{Applicant, FIRST, RSA, p256, uuid};
use crate::client::Client;
use crate::openssl::{self, OpenSsl};

/// A sandbox that has issued an RSA certificate to sign in and a P-256 one to sign, all files of it for OpenSSL.
struct Issued {
    sandbox: Sandbox,
    serials: Vec<String>,
}

async fn issued(openssl: &OpenSsl) -> Issued {
    let sandbox = Sandbox::start(Options { issue_after: Duration::ZERO, ..Options::default() })
        .await
        .unwrap();
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let email = Some("primer@example.kz");
    let mut form = applicant.form(&[]);
    form["email"] = email.into();
    form["requests"] =
        vec![applicant.asked("auth", &RSA, email), applicant.asked("sign", &p256(), email)].into();
    let number = applicant.submit(&uuid(), &form).await.of_status(201)["number"]
        .as_str()
        .unwrap()
        .to_owned();
    let application = applicant.status(&number).await;
    let serials = application["requests"].as_array().unwrap().iter();
    let serials = serials.map(|request| request["serial"].as_str().unwrap().to_owned()).collect();
    for entry in
        applicant.certificates(&number).await.of_status(200)["certificates"].as_array().unwrap()
    {
        let der = Base64::decode_vec(entry["certificate"].as_str().unwrap()).unwrap();
        let purpose = entry["purpose"].as_str().unwrap();
        openssl.write(&format!("{purpose}.der"), der);
        openssl.run(&[
            "x509",
            "-inform",
            "DER",
            "-in",
            &format!("{purpose}.der"),
            "-out",
            &format!("{purpose}.pem"),
        ]);
    }
    openssl.write("root.pem", sandbox.root_pem());
    openssl.write("issuing.pem", sandbox.issuing_pem());
    openssl.write("crls.pem", sandbox.crl_pems());
    openssl.write("chain.pem", sandbox.issuing_pem() + &sandbox.root_pem());
    Issued { sandbox, serials }
}

const VERIFY: [&str; 8] = [
    "verify",
    "-x509_strict",
    "-CAfile",
    "root.pem",
    "-untrusted",
    "issuing.pem",
    "-CRLfile",
    "crls.pem",
];

#[tokio::test]
async fn openssl_verifies_the_chain_with_revocation_lists() {
    let Some(openssl) = openssl::there() else { return };
    let Issued { sandbox, serials } = issued(&openssl).await;
    for (purpose, extra) in [("auth", "sslclient"), ("sign", "smimesign")] {
        let mut arguments = VERIFY.to_vec();
        let file = format!("{purpose}.pem");
        arguments.extend(["-crl_check_all", "-purpose", extra, "-explicit_policy"]);
        arguments.extend(["-policy", "1.3.6.1.4.1.32473.398.1", &file]);
        openssl.run(&arguments);
    }
    assert!(sandbox.revoke(&serials[1]));
    assert!(!sandbox.revoke("00"));
    openssl.write("crls.pem", sandbox.crl_pems());
    let with = |file| [&VERIFY[..], &["-crl_check_all", file]].concat();
    openssl.run(&with("auth.pem"));
    let revoked = openssl.try_run(&with("sign.pem"));
    assert!(String::from_utf8_lossy(&revoked.stderr).contains("certificate revoked"));
    openssl::judged(
        "certificates verify to the sandbox's root with all revocation lists; a revoked one does not",
    );
}

#[tokio::test]
async fn the_profile_is_the_national_authoritys_with_the_mark_of_the_sandbox() {
    let Some(openssl) = openssl::there() else { return };
    let Issued { sandbox, .. } = issued(&openssl).await;
    let text = |file: &str| {
        openssl.run(&[
            "x509",
            "-in",
            file,
            "-noout",
            "-text",
            "-nameopt",
            "utf8,sep_comma_plus,sname",
        ])
    };
    let url = sandbox.url();
    let subject =
        "Subject: CN=САНДБОКСОВ ПРИМЕР,SN=САНДБОКСОВ,serialNumber=IIN500101100010,C=KZ,GN=ТЕСТОВИЧ";
    let common = [
        subject.to_owned(),
        "Issuer: CN=TANBA SANDBOX ISSUING CA 2026,C=KZ".to_owned(),
        "1.2.398.3.3.4.1.1, 1.2.398.3.3.4.3.2.1".to_owned(),
        "Policy: 1.2.398.3.3.2\n".to_owned(),
        "Policy: 1.3.6.1.4.1.32473.398.1".to_owned(),
        "email:primer@example.kz".to_owned(),
        format!("OCSP - URI:{url}/ocsp"),
        format!("CA Issuers - URI:{url}/cert/issuing.cer"),
        format!("URI:{url}/crl/issuing.crl"),
        format!("URI:{url}/crl/issuing-delta.crl"),
        "X509v3 Freshest CRL".to_owned(),
        "1.2.398.3.3.5: ".to_owned(),
    ];
    for (file, own) in [
        (
            "auth.pem",
            [
                "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment\n",
                "TLS Web Client Authentication, ",
            ],
        ),
        (
            "sign.pem",
            [
                "X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation\n",
                "E-mail Protection, ",
            ],
        ),
    ] {
        let text = text(file);
        for expected in common.iter().map(String::as_str).chain(own) {
            assert!(text.contains(expected), "{file} has no {expected:?}:\n{text}");
        }
        assert!(!text.contains("Basic Constraints") && !text.contains("кілттер"), "{text}");
    }
    let ids = openssl.run(&["x509", "-in", "auth.pem", "-noout", "-ext", "subjectKeyIdentifier"]);
    assert!(ids.replace(':', "").to_lowercase().contains(&RSA.public().key_id().to_string()));
    for (file, constraint) in
        [("root.pem", "CA:TRUE, pathlen:1"), ("issuing.pem", "CA:TRUE, pathlen:0")]
    {
        let text = text(file);
        for expected in
            [constraint, "Certificate Sign, CRL Sign", "SANDBOX", "1.3.6.1.4.1.32473.398.1"]
        {
            assert!(text.contains(expected), "{file} has no {expected:?}:\n{text}");
        }
    }
    assert!(text("issuing.pem").contains(&format!("URI:{url}/crl/root.crl")));
    openssl::judged("certificates have the profile of the national authority");
}

#[tokio::test]
async fn published_certificates_and_lists_are_what_openssl_reads() {
    let Some(openssl) = openssl::there() else { return };
    let Issued { sandbox, serials } = issued(&openssl).await;
    assert!(sandbox.revoke(&serials[0]));
    let client = Client::of(&sandbox);
    for (path, issuer, media_type) in [
        ("/cert/root.cer", "root.pem", "application/pkix-cert"),
        ("/cert/issuing.cer", "root.pem", "application/pkix-cert"),
        ("/crl/root.crl", "root.pem", "application/pkix-crl"),
        ("/crl/issuing.crl", "issuing.pem", "application/pkix-crl"),
        ("/crl/issuing-delta.crl", "issuing.pem", "application/pkix-crl"),
    ] {
        let answer = client.get(path).send().await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(media_type)));
        openssl.write("published.der", answer.body);
        let kind = if path.starts_with("/cert") { "x509" } else { "crl" };
        openssl.run(&[kind, "-inform", "DER", "-in", "published.der", "-out", "published.pem"]);
        if kind == "x509" {
            openssl.run(&["verify", "-CAfile", issuer, "published.pem"]);
            continue;
        }
        let said =
            openssl.run(&["crl", "-in", "published.pem", "-CAfile", issuer, "-noout", "-text"]);
        assert!(said.contains("verify OK"), "{said}");
        assert_eq!(
            said.contains(&serials[0].to_uppercase()),
            path != "/crl/root.crl",
            "{path}: {said}"
        );
        assert_eq!(
            said.contains("Delta CRL Indicator: critical"),
            path.contains("delta"),
            "{path}"
        );
        assert!(said.contains("X509v3 CRL Number"), "{path}");
    }
    openssl::judged("published certificates and revocation lists are read and verified");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openssl_gets_good_revoked_and_unknown_from_the_responder() {
    let Some(openssl) = openssl::there() else { return };
    let Issued { sandbox, serials } = issued(&openssl).await;
    assert!(sandbox.revoke(&serials[1]));
    let url = format!("{}/ocsp", sandbox.url());
    for digest in ["-sha1", "-sha256"] {
        let asked = [
            "ocsp",
            "-issuer",
            "issuing.pem",
            digest,
            "-cert",
            "auth.pem",
            digest,
            "-cert",
            "sign.pem",
            digest,
        ];
        let rest = ["-serial", "0x4711", "-url", &url, "-CAfile", "chain.pem", "-resp_text"];
        // The program waits for the answer: the sandbox's runtime must go on meanwhile.
        let said = tokio::task::block_in_place(|| openssl.run(&[&asked[..], &rest].concat()));
        for expected in [
            "Response verify OK",
            "auth.pem: good",
            "sign.pem: revoked",
            "0x4711: unknown",
            "OCSP Nonce",
        ] {
            assert!(said.contains(expected), "{digest}: no {expected:?}: {said}");
        }
        assert!(!said.contains("WARNING"), "{said}");
    }
    openssl::judged("ocsp answers good, revoked and unknown are verified, with nonce");
}

#[tokio::test]
async fn the_responder_answers_requests_in_the_path_and_malformed_ones() {
    let Some(openssl) = openssl::there() else { return };
    let Issued { sandbox, .. } = issued(&openssl).await;
    let client = Client::of(&sandbox);
    openssl.run(&[
        "ocsp",
        "-issuer",
        "issuing.pem",
        "-cert",
        "auth.pem",
        "-no_nonce",
        "-reqout",
        "request.der",
    ]);
    let request = Base64::encode_string(&openssl.read("request.der"));
    let path =
        format!("/ocsp/{}", request.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"));
    let answer = client.get(&path).send().await;
    assert_eq!(answer.header("content-type"), Some("application/ocsp-response"));
    openssl.write("answer.der", answer.body);
    let judge = [
        "ocsp",
        "-respin",
        "answer.der",
        "-issuer",
        "issuing.pem",
        "-cert",
        "auth.pem",
        "-CAfile",
        "chain.pem",
    ];
    let said = openssl.run(&judge);
    assert!(said.contains("Response verify OK") && said.contains("auth.pem: good"), "{said}");
    for body in [vec![], vec![0x30, 0x80], vec![0x30; 20_000]] {
        let answer = client.post("/ocsp").body("application/ocsp-request", body).send().await;
        openssl.write("answer.der", answer.body);
        let said = openssl.try_run(&["ocsp", "-respin", "answer.der", "-resp_text"]);
        assert!(String::from_utf8_lossy(&said.stdout).contains("malformedrequest"));
    }
}

#[tokio::test]
async fn openssl_verifies_time_stamps_of_three_digests() {
    let Some(openssl) = openssl::there() else { return };
    let Issued { sandbox, .. } = issued(&openssl).await;
    let client = Client::of(&sandbox);
    openssl.write("document", "келісім");
    let stamp = async |more: &[&str]| {
        openssl.run(&[&["ts", "-query", "-data", "document", "-out", "query.tsq"], more].concat());
        let query = openssl.read("query.tsq");
        let answer = client.post("/tsp").body("application/timestamp-query", query).send().await;
        assert_eq!(answer.header("content-type"), Some("application/timestamp-reply"));
        openssl.write("reply.tsr", answer.body);
        openssl.run(&["ts", "-reply", "-in", "reply.tsr", "-text"])
    };
    let verify =
        ["ts", "-verify", "-queryfile", "query.tsq", "-in", "reply.tsr", "-CAfile", "chain.pem"];
    for digest in ["-sha256", "-sha384", "-sha512"] {
        let text = stamp(&[digest, "-cert"]).await;
        assert!(
            text.contains("Status: Granted.") && text.contains("Accuracy: 0x01 seconds"),
            "{text}"
        );
        assert!(openssl.run(&verify).contains("Verification: OK"));
    }
    stamp(&["-sha256", "-cert", "-no_nonce", "-tspolicy", "1.3.6.1.4.1.32473.398.1"]).await;
    openssl.run(&verify);
    stamp(&["-sha256", "-cert"]).await;
    openssl.write("document", "басқа келісім");
    let other = ["ts", "-verify", "-data", "document", "-in", "reply.tsr", "-CAfile", "chain.pem"];
    assert!(!openssl.try_run(&other).status.success(), "a stamp is of one document");
    for (more, failure) in [
        (["-sha1", "-cert"], "unrecognized or unsupported algorithm"),
        (["-tspolicy", "1.2.3.4"], "the requested TSA policy is not supported"),
    ] {
        let text = stamp(&more).await;
        assert!(text.contains("Status: Rejected.") && text.contains(failure), "{text}");
    }
    openssl::judged(
        "time stamps of SHA-256, SHA-384 and SHA-512 are verified; of another document they are not",
    );
}

#[tokio::test]
async fn a_stamp_without_its_certificate_names_it_all_the_same() {
    let Some(openssl) = openssl::there() else { return };
    let Issued { sandbox, .. } = issued(&openssl).await;
    let client = Client::of(&sandbox);
    openssl.write("document", "келісім");
    openssl.run(&["ts", "-query", "-data", "document", "-sha256", "-out", "query.tsq"]);
    let answer = client
        .post("/tsp")
        .body("application/timestamp-query", openssl.read("query.tsq"))
        .send()
        .await;
    openssl.write("reply.tsr", answer.body);
    openssl.run(&["ts", "-reply", "-in", "reply.tsr", "-token_out", "-out", "token.der"]);
    let printed = openssl.run(&["cms", "-cmsout", "-print", "-inform", "DER", "-in", "token.der"]);
    assert!(
        printed.contains("id-smime-aa-signingCertificateV2")
            && printed.contains("certificates:\n      <ABSENT>"),
        "{printed}"
    );
}
