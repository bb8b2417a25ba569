//! Time stamps: published ones verify, OpenSSL accepts ours, and we accept OpenSSL's.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the wall stands around the core; its judges are programs that read files"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stderr, reason = "a test without its judge says so")]

#[path = "cms/bench.rs"]
mod bench;

use der::asn1::ObjectIdentifier;
use tanba_core::crypto::{Digest, HashAlgorithm, PrivateKey};
use tanba_core::time::UnixTime;
use tanba_core::tsp::{
    self, BadToken, Failure, NotAResponse, Request, Response, Status, TimeStamp, Token,
};
use tanba_core::x509::certificate::Certificate;

use bench::{Bench, DOCUMENTS, P256, RSA, TIME_STAMPS, judged, provider, sample};

/// 2026-03-01T09:05:00Z.
const NOW: UnixTime = UnixTime::from_secs(1_772_355_900);
const POLICY_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.2");
const POLICY_GOST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.4");

fn imprint(token: &Token) -> Digest {
    token.info.imprint.digest().unwrap()
}

#[test]
fn the_published_time_stamps_verify() {
    let response = Response::parse(&sample("mitwork_NCANode/tsp/tsp_response.bin")).unwrap();
    assert_eq!(response.status, Status::Granted);
    let token = Token::parse(&sample("mitwork_NCANode/tsp/tsp_token.bin")).unwrap();
    for (token, at) in
        [(&response.token, "2022-09-18T13:20:14Z"), (&token, token.info.time.rfc3339().as_str())]
    {
        let stamp = token.verify(&imprint(token), &[]).unwrap();
        assert_eq!(stamp.time.rfc3339(), at);
        assert_eq!(stamp.policy.to_string(), "1.2.398.3.3.2.6.1");
        assert_eq!(stamp.certificate.public_key.kind().name(), "gost2004");
        let name = stamp.certificate.subject.common_name.as_deref();
        assert_eq!(name, Some("СЕРВИС МЕТКИ ВРЕМЕНИ"));
    }
    let other = HashAlgorithm::Sha1.hash(b"other");
    assert_eq!(token.verify(&other, &[]).unwrap_err(), BadToken::OtherImprint);
}

#[test]
fn one_flipped_bit_of_a_time_stamp_is_noticed() {
    let der = sample("mitwork_NCANode/tsp/tsp_token.bin");
    let expected = imprint(&Token::parse(&der).unwrap());
    let unnoticed: Vec<usize> = (0..der.len())
        .filter(|at| {
            let mut changed = der.clone();
            changed[*at] ^= 1 << (at % 8);
            Token::parse(&changed).is_ok_and(|token| token.verify(&expected, &[]).is_ok())
        })
        .collect();
    // The message's version and the digest algorithms that it announces.
    let strange: Vec<_> =
        unnoticed.iter().filter(|at| !(23..26).contains(*at) && !(28..42).contains(*at)).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn openssl_stamps_what_we_ask_for() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("clock", RSA, TIME_STAMPS), ("curve", P256, TIME_STAMPS)]);
    for name in ["clock", "curve"] {
        for hash in [HashAlgorithm::Sha256, HashAlgorithm::Sha384, HashAlgorithm::Sha512] {
            let plain = Request::new(&hash.hash(b"contract"), [0x81, 2, 3, 4, 5, 6, 7, 8]);
            for request in [
                plain.clone(),
                plain.clone().under(POLICY_GOST),
                Request { nonce: None, ..plain.clone() },
                Request { with_certificate: false, ..plain.clone() },
            ] {
                let der = request.to_der().unwrap();
                let printed = {
                    bench.put("request.tsq", &der);
                    bench.run("ts -query -in request.tsq -text")
                };
                assert!(printed.contains(&format!("Hash Algorithm: {}", hash.name())), "{printed}");
                assert_eq!(Request::parse(&der).as_ref(), Ok(&request));
                let token = Response::parse(&bench.stamp(name, &der, "")).unwrap().token;
                let certificate = bench.get(&format!("{name}.der"));
                let given: &[&[u8]] =
                    if request.with_certificate { &[] } else { &[certificate.as_slice()] };
                let stamp: TimeStamp = token.verify_answer(&request, given).unwrap();
                assert_eq!(stamp.accuracy, Some(1_500_100));
                assert_eq!(stamp.policy, request.policy.unwrap_or(POLICY_RSA));
                assert_eq!(stamp.certificate.der(), certificate);
                assert!(token.info.ordered);
            }
        }
    }
    judged("its time stamps, asked for by us");
}

#[test]
fn a_time_stamp_of_somebody_or_something_else_is_refused() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[
        ("clock", RSA, TIME_STAMPS),
        ("alice", RSA, DOCUMENTS),
        ("meek", RSA, "keyUsage=critical,digitalSignature\nextendedKeyUsage=timeStamping"),
        (
            "busy",
            RSA,
            "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping,emailProtection",
        ),
    ]);
    let digest = HashAlgorithm::Sha256.hash(b"contract");
    let request = Request::new(&digest, [1; 8]);
    let token = |bytes: &[u8]| Response::parse(bytes).unwrap().token;
    let good = token(&bench.stamp("clock", &request.to_der().unwrap(), ""));
    assert!(good.verify_answer(&request, &[]).is_ok());
    for (other, expected) in [
        (Request::new(&digest, [2; 8]), BadToken::OtherNonce),
        (Request::new(&HashAlgorithm::Sha256.hash(b""), [1; 8]), BadToken::OtherImprint),
        (Request::new(&HashAlgorithm::Sha512.hash(b"contract"), [1; 8]), BadToken::OtherImprint),
        (request.clone().under(POLICY_GOST), BadToken::OtherPolicy),
    ] {
        assert_eq!(good.verify_answer(&other, &[]).unwrap_err(), expected);
    }
    // OpenSSL refuses to stamp with certificates that are not for it, so that ours has to.
    for name in ["alice", "meek", "busy"] {
        let key = PrivateKey::from_pkcs8(&bench.get(&format!("{name}.pk8"))).unwrap();
        let certificate = Certificate::parse(&bench.get(&format!("{name}.der"))).unwrap();
        let answer =
            tsp::stamp(&request, &[7], POLICY_RSA, NOW, (&certificate, &key, &provider())).unwrap();
        let refused = token(&answer).verify_answer(&request, &[]).unwrap_err();
        assert_eq!(refused, BadToken::NotAnAuthority, "{name}");
    }
}

#[test]
fn refusals_are_told_with_their_reason() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("clock", RSA, TIME_STAMPS)]);
    let request = Request::new(&HashAlgorithm::Streebog512.hash(b"contract"), [1; 8]);
    let refused = Response::parse(&bench.stamp("clock", &request.to_der().unwrap(), ""));
    let Err(NotAResponse::Refused { status, failure, text }) = refused else { panic!() };
    assert_eq!((status, failure), (Status::Rejected, Some(Failure::BadAlgorithm)));
    assert!(!text.is_empty());
    assert_eq!(Response::parse(b"<html>").unwrap_err(), NotAResponse::Malformed);

    bench.put("answer.tsr", &tsp::refuse(Failure::UnacceptedPolicy));
    let printed = bench.run("ts -reply -in answer.tsr -text");
    assert!(
        printed.contains("Rejected") && printed.contains("policy is not supported"),
        "{printed}"
    );
    for failure in [Failure::BadAlgorithm, Failure::BadDataFormat, Failure::SystemFailure] {
        let read = Response::parse(&tsp::refuse(failure)).unwrap_err();
        let NotAResponse::Refused { failure: told, .. } = &read else { panic!() };
        assert_eq!(*told, Some(failure));
        assert!(read.to_string().contains(&failure.to_string()), "{read}");
    }
}

#[test]
fn openssl_accepts_our_stamps() {
    let Some(bench) = Bench::openssl() else { return };
    bench.issue(&[("clock", RSA, TIME_STAMPS), ("curve", P256, TIME_STAMPS)]);
    bench.put("document", b"contract");
    for name in ["clock", "curve"] {
        let key = PrivateKey::from_pkcs8(&bench.get(&format!("{name}.pk8"))).unwrap();
        let certificate = Certificate::parse(&bench.get(&format!("{name}.der"))).unwrap();
        for options in ["-cert", "-cert -no_nonce", "", "-cert -tspolicy 1.2.398.3.3.2.6.4 -sha512"]
        {
            bench.run(&format!("ts -query -data document -out request.tsq {options}"));
            let request = Request::parse(&bench.get("request.tsq")).unwrap();
            assert_eq!(request.with_certificate, options.contains("-cert"));
            let authority = (&certificate, &key, &provider());
            let answer = tsp::stamp(&request, &[0, 0x80, 1], POLICY_RSA, NOW, authority).unwrap();
            bench.put("answer.tsr", &answer);
            let verify = "ts -verify -in answer.tsr -CAfile root.pem";
            let untrusted = format!("-untrusted {name}.pem");
            bench.run(&format!("{verify} -queryfile request.tsq {untrusted}"));
            bench.run(&format!("{verify} -data document {untrusted}"));
            let printed = bench.run("ts -reply -in answer.tsr -text");
            assert!(printed.contains("Time stamp: Mar  1 09:05:00 2026 GMT"), "{printed}");
            assert!(printed.contains("Serial number: 0x8001"), "{printed}");
            let token = Response::parse(&answer).unwrap().token;
            let given = [certificate.der()];
            let stamp = token.verify_answer(&request, &given).unwrap();
            assert_eq!((stamp.time, stamp.serial.as_str()), (NOW, "8001"));
        }
    }
    judged("our time stamps");
}
