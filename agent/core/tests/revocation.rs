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
use tanba_core::pkcs12;
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::crl::{Crl, CrlDoubt};
use tanba_core::x509::ocsp::{self, CertId, OcspAnswer, OcspDoubt, OcspResponse};
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

/// The certificate in a published key file.
fn in_key_file(name: &str, password: &str) -> Certificate {
    let opened = pkcs12::open(&file(name), &Password::new(password.to_owned())).unwrap();
    Certificate::parse(&opened.entries[0].certificates[0]).unwrap()
}

fn verdict(
    leaf: &Certificate,
    issuer: &Certificate,
    response: &OcspResponse,
    nonce: Option<&[u8]>,
    moment: UnixTime,
) -> Revocation {
    let nonce = nonce.map(<[u8]>::to_vec);
    let answers = [OcspAnswer { response: response.clone(), nonce }];
    let evidence = Evidence { answers: &answers, max_age: 600, ..Evidence::default() };
    revocation::judge(leaf, issuer, &evidence, moment)
}

const GOOD_ANSWER: &str = "mitwork_NCANode/ocsp/ocsp_response_individual_sign_2004.bin";
const UNISSUED_ANSWER: &str = "mitwork_NCANode/ocsp/ocsp_response_individual_2015.bin";

#[test]
fn a_published_answer_is_believed_for_ten_minutes_and_with_its_nonce() {
    let folder = "malikzh_NCANode_WithTestData";
    let leaf = in_key_file(&format!("{folder}/KEY_INDIVIDUAL_VALID_SIGN_2004.p12"), "Qwerty12");
    let (issuer, response) = (certificate(NCA_RSA), answer(GOOD_ANSWER));
    let nonce = [0xb5, 0xe5, 0xc9, 0xb5, 0x52, 0xcb, 0xca, 0xc4];
    let made = at("2022-09-02T16:53:59Z");
    let judge = |nonce, moment| verdict(&leaf, &issuer, &response, nonce, moment);
    let good = Revocation::Good { source: Source::Ocsp, as_of: made };
    assert_eq!(judge(Some(&nonce[..]), made), good);
    assert_eq!(judge(None, made.plus_secs(600)), good);
    let doubt = |doubt: OcspDoubt| Revocation::Unknown(vec![doubt.into()]);
    let old = OcspDoubt::Untimely(Untimely::TooOld(made));
    assert_eq!(judge(None, made.plus_secs(601)), doubt(old));
    assert_eq!(judge(Some(&[0; 8]), made), doubt(OcspDoubt::OtherNonce));
    let other = certificate(NCA_GOST);
    let wrong = verdict(&leaf, &other, &response, None, made);
    assert_eq!(wrong, doubt(OcspDoubt::OtherCertificate));
}

#[test]
fn a_certificate_that_was_never_issued_is_on_hold_since_1970() {
    // The responder says so of a certificate that it does not know (RFC 6960, section 2.2).
    let folder = "malikzh_NCANode_WithTestData";
    let leaf = in_key_file(&format!("{folder}/KEY_INDIVIDUAL_VALID_2015.p12"), "Aa123456");
    let (issuer, response) = (certificate(NCA_2022), answer(UNISSUED_ANSWER));
    let made = response.produced_at;
    let Revocation::Revoked(revoked) = verdict(&leaf, &issuer, &response, None, made) else {
        panic!()
    };
    assert_eq!((revoked.at, revoked.reason), (UnixTime::from_secs(0), Reason::CertificateHold));
    assert!(revoked.is_unissued() && revoked.counts_at(leaf.not_before));
}

#[test]
fn one_flipped_bit_in_a_published_answer_is_caught() {
    let folder = "malikzh_NCANode_WithTestData";
    for (answer, key, password, issuer) in [
        (GOOD_ANSWER, "KEY_INDIVIDUAL_VALID_SIGN_2004.p12", "Qwerty12", NCA_RSA),
        (UNISSUED_ANSWER, "KEY_INDIVIDUAL_VALID_2015.p12", "Aa123456", NCA_2022),
    ] {
        let leaf = in_key_file(&format!("{folder}/{key}"), password);
        let (issuer, bytes) = (certificate(issuer), file(answer));
        let made = OcspResponse::parse(&bytes).unwrap().produced_at;
        for byte in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[byte] ^= 1 << (byte % 8);
            let Ok(changed) = OcspResponse::parse(&changed) else { continue };
            let verdict = verdict(&leaf, &issuer, &changed, None, made);
            assert!(
                matches!(verdict, Revocation::Unknown(_)),
                "{answer}, byte {byte}: {verdict:?}"
            );
        }
    }
}

/// A folder in which OpenSSL is an authority with a database.
struct Bench(TempDir);

const CONFIGURATION: &str = "
[ca]
default_ca = toy
[toy]
database = index.txt
serial = serial
crlnumber = crlnumber
new_certs_dir = .
default_md = sha256
default_days = 365
default_crl_days = 30
policy = any
copy_extensions = none
unique_subject = no
[any]
commonName = supplied
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
keyUsage = critical,digitalSignature,nonRepudiation
extendedKeyUsage = emailProtection
[responder]
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
[impostor]
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
[list]
authorityKeyIdentifier = keyid
";

impl Bench {
    fn new(algorithm: &str) -> Option<Self> {
        if !Command::new("openssl").arg("version").output().is_ok_and(|out| out.status.success()) {
            let line = "SKIPPED: apt install openssl";
            assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "{line}");
            eprintln!("{line}");
            return None;
        }
        let bench = Self(TempDir::new().unwrap());
        for (name, text) in [
            ("ca.cnf", CONFIGURATION),
            ("index.txt", ""),
            ("serial", "1000"),
            ("crlnumber", "0100"),
        ] {
            fs::write(bench.path(name), text).unwrap();
        }
        bench.run(&format!("genpkey -algorithm {algorithm} -out root.key"));
        bench.run("req -x509 -new -key root.key -subj /CN=root -days 3650 -config ca.cnf -extensions root -out root.pem");
        Some(bench)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new("openssl");
        command.args(arguments.split_whitespace()).current_dir(self.0.path()).env("LC_ALL", "C");
        command
    }

    fn run(&self, arguments: &str) -> String {
        let output = self.command(arguments).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(output.status.success(), "openssl {arguments}: {text}");
        text
    }

    fn issue(&self, name: &str, extensions: &str) -> Certificate {
        self.run(&format!(
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"
        ));
        self.run(&format!(
            "req -new -key {name}.key -subj /CN={name} -config ca.cnf -out {name}.csr"
        ));
        self.run(&format!(
            "ca -batch -config ca.cnf -cert root.pem -keyfile root.key -in {name}.csr -extensions {extensions} -notext -out {name}.pem"
        ));
        self.read(name)
    }

    fn read(&self, name: &str) -> Certificate {
        let bytes = fs::read(self.path(&format!("{name}.pem"))).unwrap();
        Certificate::from_pem_or_der(&bytes).unwrap()
    }

    fn revoke(&self, name: &str, how: &str) {
        self.run(&format!(
            "ca -config ca.cnf -cert root.pem -keyfile root.key -revoke {name}.pem {how}"
        ));
    }

    fn list(&self) -> Crl {
        self.run("ca -config ca.cnf -cert root.pem -keyfile root.key -gencrl -crlexts list -out list.pem");
        Crl::from_pem_or_der(fs::read(self.path("list.pem")).unwrap()).unwrap()
    }

    /// OpenSSL's answer to a question of ours, by the holder of a certificate.
    fn ask(&self, request: &[u8], signer: &str) -> OcspResponse {
        fs::write(self.path("request.der"), request).unwrap();
        self.run(&format!(
            "ocsp -index index.txt -CA root.pem -rsigner {signer}.pem -rkey {signer}.key -reqin request.der \
             -respout response.der -ndays 7"
        ));
        OcspResponse::parse(&fs::read(self.path("response.der")).unwrap()).unwrap()
    }
}

#[test]
fn lists_of_openssl_are_read_as_openssl_reads_them() {
    for algorithm in ["EC -pkeyopt ec_paramgen_curve:P-256", "RSA -pkeyopt rsa_keygen_bits:2048"] {
        let Some(bench) = Bench::new(algorithm) else { return };
        let root = bench.read("root");
        let reasons = [
            ("sound", ""),
            ("plain", " "),
            ("moved", "-crl_reason affiliationChanged"),
            ("held", "-crl_reason CACompromise"),
            ("stolen", "-crl_compromise 20250102030405Z"),
        ];
        for (name, how) in reasons {
            bench.issue(name, "leaf");
            if !how.is_empty() {
                bench.revoke(name, how);
            }
        }
        let list = bench.list();
        assert_eq!((list.entries, list.verify(&root)), (4, Ok(())));
        assert_eq!(list.number.as_ref().unwrap().to_string(), "256");
        assert!(bench.run("crl -in list.pem -CAfile root.pem -noout").contains("verify OK"));
        let moment = list.this_update;
        let evidence = Evidence { crls: std::slice::from_ref(&list), ..Evidence::default() };
        for (name, how) in reasons {
            let leaf = bench.read(name);
            let verdict = revocation::judge(&leaf, &root, &evidence, moment);
            let openssl = bench
                .command(&format!(
                    "verify -CAfile root.pem -CRLfile list.pem -crl_check {name}.pem"
                ))
                .output()
                .unwrap();
            assert_eq!(openssl.status.success(), how.is_empty(), "{name}");
            match (how.is_empty(), verdict) {
                (true, Revocation::Good { source, as_of }) => {
                    assert_eq!((source, as_of), (Source::Crl, moment));
                }
                (false, Revocation::Revoked(revoked)) => {
                    let suspect = (name == "stolen").then(|| at("2025-01-02T03:04:05Z"));
                    assert_eq!(revoked.invalid_since, suspect);
                    assert_eq!(revoked.reason == Reason::KeyCompromise, name == "stolen");
                }
                (_, other) => panic!("{name}: {other:?}"),
            }
            judged("OpenSSL", &format!("revocation list on {name}"));
        }
    }
}

#[test]
fn openssl_answers_our_questions_and_we_judge_the_answers() {
    let Some(bench) = Bench::new("EC -pkeyopt ec_paramgen_curve:P-256") else { return };
    let root = bench.read("root");
    let [good, bad, stranger] = ["good", "bad", "stranger"].map(|name| bench.issue(name, "leaf"));
    bench.issue("responder", "responder");
    bench.issue("impostor", "impostor");
    bench.revoke("bad", "-crl_reason superseded");
    // What is not in the database is not known there.
    let index = fs::read_to_string(bench.path("index.txt")).unwrap();
    let known: Vec<_> = index.lines().filter(|line| !line.contains("CN=stranger")).collect();
    fs::write(bench.path("index.txt"), format!("{}\n", known.join("\n"))).unwrap();
    let nonce = [0x5a; 32];
    for hash in [HashAlgorithm::Sha1, HashAlgorithm::Sha256] {
        for signer in ["responder", "root"] {
            for leaf in [&good, &bad, &stranger] {
                let id = CertId::of(leaf, &root, hash);
                let question = ocsp::request(&[id], Some(&nonce)).unwrap();
                let response = bench.ask(&question, signer);
                let moment = response.produced_at;
                let verdict = verdict(leaf, &root, &response, Some(&nonce), moment);
                let name = leaf.subject.common_name.as_deref().unwrap();
                match (name, verdict) {
                    ("good", Revocation::Good { source: Source::Ocsp, .. }) => {}
                    ("bad", Revocation::Revoked(revoked)) => {
                        assert_eq!(revoked.reason, Reason::Superseded);
                    }
                    ("stranger", Revocation::Unknown(whys)) => {
                        assert_eq!(whys, [Why::Ocsp(OcspDoubt::UnknownThere)]);
                    }
                    (name, other) => panic!("{name} by {signer}: {other:?}"),
                }
                judged("OpenSSL", &format!("our question about {name}, answered by {signer}"));
            }
        }
    }
    // One question about several; an answer by somebody who was not appointed.
    let ids = [&good, &bad].map(|leaf| CertId::of(leaf, &root, HashAlgorithm::Sha256));
    let question = ocsp::request(&ids, Some(&nonce)).unwrap();
    let response = bench.ask(&question, "responder");
    assert_eq!(response.statuses.len(), 2);
    let moment = response.produced_at;
    let judge = |leaf, response| verdict(leaf, &root, response, Some(&nonce), moment);
    assert!(matches!(judge(&good, &response), Revocation::Good { .. }));
    assert!(matches!(judge(&bad, &response), Revocation::Revoked(_)));
    let false_one = bench.ask(&question, "impostor");
    assert_eq!(
        judge(&good, &false_one),
        Revocation::Unknown(vec![Why::Ocsp(OcspDoubt::NotAppointed)])
    );
    assert_eq!(
        judge(&bad, &false_one),
        Revocation::Unknown(vec![Why::Ocsp(OcspDoubt::NotAppointed)])
    );
    let text = bench.run("ocsp -reqin request.der -text");
    assert!(text.contains("Hash Algorithm: sha256") && text.contains("OCSP Nonce"), "{text}");
    // OpenSSL agrees on the impostor.
    let openssl = bench
        .command(
            "ocsp -respin response.der -no_nonce -issuer root.pem -cert good.pem -CAfile root.pem",
        )
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&[openssl.stdout, openssl.stderr].concat()).into_owned();
    assert!(text.contains("Response Verify Failure"), "{text}");
    judged("OpenSSL", "an answer of an impostor");
}
