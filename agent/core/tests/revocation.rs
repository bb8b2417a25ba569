//! Revocation: lists and answers that Kazakhstan's authorities published, and those that OpenSSL makes and judges.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the wall stands around the core; its judges are programs that read files"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stderr, reason = "a test without its judge says so")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use tanba_core::crypto::HashAlgorithm;
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::crl::{Crl, CrlDoubt};
use tanba_core::x509::ocsp::{self, CertId, CertStatus, OcspAnswer, OcspDoubt, OcspResponse};
use tanba_core::x509::revocation::{self, Evidence, Reason, Revocation, Source, Untimely, Why};
use tempfile::TempDir;

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/kz").join(name))
        .unwrap()
}

fn certificate(name: &str) -> Certificate {
    Certificate::from_pem_or_der(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn crl(name: &str) -> Crl {
    Crl::from_pem_or_der(file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn answer(name: &str) -> OcspResponse {
    OcspResponse::parse(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn at(text: &str) -> UnixTime {
    UnixTime::parse_rfc3339(text).unwrap()
}

/// Notes that another program agreed, for the table of `cargo verify`.
fn judged(who: &str, what: &str) {
    let Some(path) = std::env::var_os("TANBA_JUDGES") else { return };
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("JUDGE: {who}: {what}\n").as_bytes()).unwrap();
}

const NCA_2022: &str = "skarm_kalkan/certs/nca_gost2022_test.cer";
const FULL_2025: &str = "skarm_kalkan/certs/nca_gost2022_test.crl";
const DELTA_2025: &str = "skarm_kalkan/certs/nca_gost2022_d_test.crl";
const NCA_GOST: &str = "mitwork_NCANode/ca/nca_gost_test.crt";
const NCA_RSA: &str = "mitwork_NCANode/ca/nca_rsa_test.crt";

#[test]
fn every_published_list_is_that_of_its_authority() {
    for (list, issuer) in [
        (FULL_2025, NCA_2022),
        (DELTA_2025, NCA_2022),
        ("mitwork_NCANode/crl/nca_gost2022_test.crl", NCA_2022),
        ("mitwork_NCANode/crl/nca_gost_test.crl", NCA_GOST),
        ("mitwork_NCANode/crl/nca_rsa_test.crl", NCA_RSA),
    ] {
        let (list, issuer, name) = (crl(list), certificate(issuer), list);
        assert_eq!(list.verify(&issuer), Ok(()), "{name}");
        for other in [NCA_2022, NCA_GOST, NCA_RSA].map(certificate) {
            let expected =
                if other.der() == issuer.der() { Ok(()) } else { Err(CrlDoubt::OtherIssuer) };
            assert_eq!(list.verify(&other), expected, "{name}");
        }
        // Every byte, and of each another bit; of long lists some.
        let step = list.der().len() / 700 + 1;
        for byte in (0..list.der().len()).step_by(step) {
            let mut changed = list.der().to_vec();
            changed[byte] ^= 1 << (byte % 8);
            if let Ok(changed) = Crl::parse(changed) {
                assert!(changed.verify(&issuer).is_err(), "{name}: byte {byte}");
            }
        }
    }
}

#[test]
fn the_entries_of_a_published_list_are_found() {
    let list = crl(FULL_2025);
    assert_eq!(list.this_update, at("2025-04-29T04:46:49Z"));
    assert_eq!(list.next_update, Some(at("2025-10-26T04:46:49Z")));
    assert_eq!(list.number.as_ref().unwrap().to_string(), "14");
    let serial = |text: &str| -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    };
    for (number, revoked_at, reason) in [
        ("1B012CA203B8D2B8525F2D993399C6FCAAE42F78", "2024-07-11T11:24:55Z", Reason::Unspecified),
        (
            "1C10401F8457B15DA39797B9693A63AC2CF8C506",
            "2024-07-18T11:34:29Z",
            Reason::CertificateHold,
        ),
        ("5426F68CB01BB8EF80F2971885ECA67E15D87856", "2025-04-23T10:19:58Z", Reason::Superseded),
    ] {
        let entry = list.entry(&serial(number)).unwrap();
        assert_eq!((entry.revoked_at, entry.reason), (at(revoked_at), reason));
    }
    assert_eq!(list.entry(&serial("1B012CA203B8D2B8525F2D993399C6FCAAE42F79")), None);
    let delta = crl(DELTA_2025);
    assert_eq!((delta.entries, delta.is_delta()), (0, true));
    assert_eq!(delta.delta_of.unwrap().to_string(), "14");
}

#[test]
fn a_published_certificate_is_judged_by_published_lists() {
    // Issued in May 2026: the lists ran out before.
    let (leaf, issuer) =
        (certificate("skarm_kalkan/cms/individual_signer.cer"), certificate(NCA_2022));
    let lists = [crl(FULL_2025), crl(DELTA_2025)];
    let evidence = Evidence { crls: &lists, ..Evidence::default() };
    let verdict = revocation::judge(&leaf, &issuer, &evidence, leaf.not_before);
    let Revocation::Unknown(whys) = verdict else { panic!("{verdict:?}") };
    let outdated = whys
        .iter()
        .filter(|why| matches!(why, Why::Crl(CrlDoubt::Untimely(Untimely::Outdated(_)))));
    assert_eq!(outdated.count(), 2, "{whys:?}");
    // At a moment within the full list's time it says good, and the delta list, whose number is below its base's,
    // adds nothing.
    let verdict = revocation::judge(&leaf, &issuer, &evidence, at("2025-05-01T00:00:00Z"));
    let as_of = at("2025-04-29T04:46:49Z");
    assert_eq!(verdict, Revocation::Good { source: Source::Crl, as_of });
    let alone = Evidence { crls: &lists[1..], ..Evidence::default() };
    let verdict = revocation::judge(&leaf, &issuer, &alone, at("2025-05-01T00:00:00Z"));
    assert!(matches!(&verdict, Revocation::Unknown(whys) if whys.len() == 1), "{verdict:?}");
}

/// A published answer, whom it is about as far as that is published, and the authority.
const ANSWERS: [(&str, &str); 2] = [
    ("mitwork_NCANode/ocsp/ocsp_response_individual_2015.bin", NCA_2022),
    ("mitwork_NCANode/ocsp/ocsp_response_individual_sign_2004.bin", NCA_RSA),
];

#[test]
fn published_answers_are_read() {
    for (name, _) in ANSWERS {
        let answer = answer(name);
        eprintln!("{name}: {answer:?} {:?}", answer.statuses);
        assert_eq!(answer.statuses.len(), 1);
        assert_eq!(answer.certificates.len(), 1);
        assert_eq!(answer.statuses[0].next_update, None);
        eprintln!("{:?} {:?}", answer.certificates[0], answer.nonce);
    }
}
