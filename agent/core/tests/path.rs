//! Certificates and paths: those that Kazakhstan's authorities published, and those that OpenSSL makes and judges.
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

use tanba_core::crypto::KeyKind;
use tanba_core::pkcs12;
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::{Certificate, NotACertificate};
use tanba_core::x509::path::{self, PathProblem, Use};
use tanba_core::x509::profile::{Policy, Purpose, Role, Storage};
use tempfile::TempDir;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/kz")
}

fn file(name: &str) -> Vec<u8> {
    fs::read(vectors().join(name)).unwrap()
}

fn certificate(name: &str) -> Certificate {
    Certificate::from_pem_or_der(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Notes that another program agreed, for the table of `cargo verify`.
fn judged(who: &str, what: &str) {
    let Some(path) = std::env::var_os("TANBA_JUDGES") else { return };
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("JUDGE: {who}: {what}\n").as_bytes()).unwrap();
}

/// All published certificates, by the paths of their files.
fn all() -> Vec<(String, Certificate)> {
    let mut found = Vec::new();
    let mut folders = vec![vectors()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            let is_certificate = [".cer", ".crt", ".cer.pem", "CERT_GOST.txt"];
            if path.is_dir() {
                folders.push(path);
            } else if is_certificate.iter().any(|end| name.ends_with(end)) {
                let read = Certificate::from_pem_or_der(&fs::read(&path).unwrap());
                found.push((name.clone(), read.unwrap_or_else(|error| panic!("{name}: {error}"))));
            }
        }
    }
    assert!(found.len() >= 27, "{}", found.len());
    found
}

/// The authorities among them, roots apart.
fn authorities() -> (Vec<Certificate>, Vec<Certificate>) {
    let authorities = all().into_iter().map(|(_, one)| one).filter(|one| one.is_ca);
    authorities.partition(Certificate::is_self_issued)
}

#[test]
fn every_published_certificate_leads_to_its_root_in_its_time() {
    let (roots, issuing) = authorities();
    for (name, certificate) in all() {
        // The key of this one is its own: nobody vouches for it, and it says so itself.
        if name.ends_with("test_gost512.cer.pem") {
            let problem =
                path::build(&certificate, &issuing, &roots, certificate.not_before, Use::Anything);
            assert!(matches!(problem, Err(PathProblem::UntrustedRoot(_))), "{problem:?}");
            continue;
        }
        // The end of 2018's authorities was reached before the end of some they had issued; the beginning always fits.
        let moment = certificate.not_before;
        let path = path::build(&certificate, &issuing, &roots, moment, Use::Anything)
            .unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert!(path.root().unwrap().is_self_issued());
        let expected = if certificate.is_ca && certificate.is_self_issued() {
            1
        } else if certificate.is_ca {
            2
        } else {
            3
        };
        assert_eq!(path.certificates().len(), expected, "{name}");
        let early =
            path::build(&certificate, &issuing, &roots, moment.plus_secs(-1), Use::Anything);
        assert!(matches!(early, Err(PathProblem::NotYetValid { .. })), "{name}");
        let late = certificate.not_after.plus_secs(1);
        let late = path::build(&certificate, &issuing, &roots, late, Use::Anything);
        assert!(matches!(late, Err(PathProblem::Expired { .. })), "{name}");
        let alone = path::build(&certificate, &[], &[], moment, Use::Anything).unwrap_err();
        assert!(alone.is_unknown(), "{name}: {alone}");
    }
}

/// The certificates in all published key files.
fn in_key_files() -> Vec<(String, Certificate)> {
    let passwords = ["Qwerty12", "Aa123456"].map(|text| Password::new(text.to_owned()));
    let mut found = Vec::new();
    let mut folders = vec![vectors()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".p12") {
                let bytes = fs::read(&path).unwrap();
                let opened = passwords.iter().find_map(|one| pkcs12::open(&bytes, one).ok());
                let opened = opened.unwrap_or_else(|| panic!("{name}"));
                let der = &opened.entries[0].certificates[0];
                found.push((name, Certificate::parse(der).unwrap()));
            }
        }
    }
    assert!(found.len() >= 17, "{}", found.len());
    found
}

#[test]
fn every_certificate_in_a_published_key_file_has_a_path_and_a_purpose() {
    let (roots, issuing) = authorities();
    for (name, certificate) in in_key_files() {
        let profile = certificate.profile();
        let file = name.rsplit('/').next().unwrap();
        let (expected, purpose) = match certificate.public_key.kind() {
            KeyKind::Gost512 => (Purpose::Both, Use::Authentication),
            KeyKind::Rsa { .. } if file.starts_with("AUTH_") => {
                (Purpose::Auth, Use::Authentication)
            }
            KeyKind::Rsa { .. } | KeyKind::P256 | KeyKind::Gost2004 => {
                (Purpose::Sign, Use::Signing)
            }
        };
        assert_eq!(profile.purpose, Some(expected), "{name}");
        assert!(!profile.roles.is_empty(), "{name}");
        assert!(profile.iin.is_some() || profile.bin.is_some(), "{name}");
        assert!(
            profile.roles.iter().all(|role| role.official_name().is_some()),
            "{name}: {profile:?}"
        );
        assert!(profile.policies.iter().all(|policy| policy.code() != "other"), "{name}");
        let path = path::build(&certificate, &issuing, &roots, certificate.not_before, purpose);
        assert_eq!(path.map(|path| path.certificates().len()), Ok(3), "{name}");
    }
}

#[test]
fn one_flipped_bit_anywhere_in_a_published_certificate_is_caught() {
    let (roots, issuing) = authorities();
    for name in [
        "skarm_kalkan/cms/individual_signer.cer",
        "mitwork_NCANode/certs/ceo_valid_sign_2004_gost.cer",
        "mitwork_NCANode/certs/individual_valid_sign_2004_rsa_auth.cer",
    ] {
        let sound = certificate(name);
        let holds = |leaf: &Certificate| {
            path::build(leaf, &issuing, &roots, sound.not_before, Use::Anything).is_ok()
        };
        assert!(holds(&sound), "{name}");
        // Every byte, and of each another bit, so that the test takes seconds and not minutes.
        for byte in 0..sound.der().len() {
            let mut changed = sound.der().to_vec();
            changed[byte] ^= 1 << (byte % 8);
            if let Ok(changed) = Certificate::parse(&changed) {
                assert!(!holds(&changed), "{name}: byte {byte}");
            }
        }
    }
}

#[test]
fn the_profiles_of_published_certificates_are_read() {
    let gost = certificate("skarm_kalkan/cms/individual_signer.cer");
    let profile = gost.profile();
    assert_eq!(gost.public_key.kind(), KeyKind::Gost512);
    assert_eq!(profile.iin.as_deref(), Some("123456789011"));
    assert_eq!((profile.bin, profile.organisation), (None, None));
    assert_eq!(profile.surname.as_deref(), Some("ТЕСТОВ"));
    assert_eq!(profile.given_name.as_deref(), Some("ТЕСТ"));
    assert_eq!(profile.patronymic.as_deref(), Some("ТЕСТОВИЧ"));
    assert_eq!(profile.roles, [Role::Individual]);
    assert_eq!(profile.purpose, Some(Purpose::Both));
    assert_eq!(profile.storage, Some(Storage::Pkcs12));
    assert_eq!(profile.policies, [Policy::Nca]);
    assert_eq!(
        gost.subject_name().to_string(),
        "CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ,G=ТЕСТОВИЧ"
    );
    assert_eq!(gost.serial, "6c425659bd2fc6dc587b871aede1857727cf8451");
    assert_eq!(gost.locators.ocsp, ["http://test.pki.gov.kz/ocsp/"]);
    assert_eq!(gost.locators.issuers, ["http://test.pki.gov.kz/cert/nca_gost2022_test.cer"]);
    assert_eq!(gost.locators.crls, ["http://test.pki.gov.kz/crl/nca_gost2022_test.crl"]);
    assert_eq!(gost.locators.delta_crls, ["http://test.pki.gov.kz/crl/nca_gost2022_d_test.crl"]);
    assert_eq!(gost.subject_key_id(), Some(&gost.key_id.as_bytes()[..]));

    let head = certificate("mitwork_NCANode/certs/ceo_valid_sign_2004_gost.cer").profile();
    assert_eq!(head.bin.as_deref(), Some("123456789021"));
    assert_eq!(head.organisation.as_deref(), Some("АО \"ТЕСТ\""));
    assert_eq!(head.roles, [Role::LegalEntity, Role::FirstHead]);
    assert_eq!(head.purpose, Some(Purpose::Sign));
    assert_eq!((head.storage, head.policies), (None, vec![Policy::LegalSign]));

    let auth = certificate(
        "danikarik_ncanode-go/personal/active/AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.cer",
    );
    let profile = auth.profile();
    assert_eq!(profile.purpose, Some(Purpose::Auth));
    assert_eq!(profile.locality.as_deref(), Some("НУР-СУЛТАН"));
    assert_eq!(profile.region.as_deref(), Some("НУР-СУЛТАН"));
    assert_eq!(profile.policies, [Policy::IndividualAuth]);
    // Its id is over the whole SubjectPublicKeyInfo, as the NCA had it until January 2022.
    assert_ne!(auth.subject_key_id(), Some(&auth.key_id.as_bytes()[..]));

    let personnel = certificate("skarm_kalkan/examples/test_CERT_GOST.txt");
    assert_eq!(personnel.profile().roles, [Role::LegalEntity, Role::HumanResources]);
    assert_eq!(personnel.authority_key_id(), Some(&[0x5b, 0x6a, 0x73, 0xe9][..]));
    assert_eq!(personnel.locators.crls.len(), 2);
    let issuing = certificate("malikzh_NCANode_history/nca_rsa.crt");
    assert_eq!(issuing.public_key.kind(), KeyKind::Rsa { bits: 4096 });
    assert_eq!(
        issuing.locators.crls,
        ["http://crl.root.gov.kz/rsa.crl", "http://crl1.root.gov.kz/rsa.crl"]
    );
    assert_eq!((issuing.profile().purpose, issuing.is_ca), (None, true));
}

#[test]
fn roles_have_the_names_of_the_official_registry() {
    let registry: serde_json::Value =
        serde_json::from_slice(&file("uelnur_qoltanba/oids-nuc.json")).unwrap();
    let mut known = 0;
    for (oid, name) in registry["roles"].as_object().unwrap() {
        let Some(role) = Role::of(oid) else { continue };
        assert_eq!(role.oid(), *oid);
        let Some(official) = role.official_name() else {
            // The arcs themselves, and nothing else.
            assert!(["1.2.398.3.3.4", "1.2.398.3.3.4.1", "1.2.398.3.3.4.2"].contains(&&**oid));
            continue;
        };
        known += 1;
        if !matches!(role, Role::InformationSystem(Some(_))) {
            assert_eq!(official, name.as_str().unwrap(), "{oid}");
        }
    }
    assert!(known > 150, "{known}");
}

/// A folder in which OpenSSL works.
struct Bench(TempDir);

impl Bench {
    fn new() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_ok_and(|out| out.status.success()) {
            return Some(Self(TempDir::new().unwrap()));
        }
        let line = "SKIPPED: apt install openssl";
        assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "{line}");
        eprintln!("{line}");
        None
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Whether it succeeded, and what it said.
    fn try_run(&self, arguments: &str) -> (bool, String) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    }

    fn run(&self, arguments: &str) {
        let (done, text) = self.try_run(arguments);
        assert!(done, "openssl {arguments}: {text}");
    }

    /// Makes a key and a certificate for it. Names of issuers and holders are those of the files.
    fn issue(&self, holder: &str, issuer: &str, days: &str, extensions: &str) {
        fs::write(self.path(&format!("{holder}.cnf")), extensions).unwrap();
        if !self.path(&format!("{holder}.key")).exists() {
            self.run(&format!(
                "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {holder}.key"
            ));
        }
        self.run(&format!(
            "req -new -key {holder}.key -subj /C=KZ/O=Toy/CN={holder} -out {holder}.csr"
        ));
        let signer = if issuer == holder {
            format!("-signkey {holder}.key")
        } else {
            format!("-CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial")
        };
        self.run(&format!(
            "x509 -req -sha256 -in {holder}.csr {signer} -extfile {holder}.cnf {days} -out {holder}.pem"
        ));
    }

    fn read(&self, name: &str) -> Certificate {
        let bytes = fs::read(self.path(&format!("{name}.pem"))).unwrap();
        Certificate::from_pem_or_der(&bytes).unwrap()
    }

    /// Whether OpenSSL finds a path at that moment, for that purpose (e-mail, unless said otherwise).
    fn verifies(&self, moment: UnixTime, leaf: &str, others: &[&str]) -> bool {
        let others: String = others.iter().map(|name| format!("-untrusted {name}.pem ")).collect();
        let moment = moment.as_secs();
        let (done, _) = self.try_run(&format!(
            "verify -x509_strict -attime {moment} -purpose smimesign -CAfile root.pem {others} {leaf}.pem"
        ));
        done
    }
}

const AUTHORITY: &str = "subjectKeyIdentifier=hash\nkeyUsage=critical,keyCertSign,cRLSign\n";
const LEAF: &str = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n\
                    keyUsage=critical,digitalSignature,nonRepudiation\n";

#[test]
fn openssl_and_we_agree_on_paths() {
    let Some(bench) = Bench::new() else { return };
    let authority = |more: &str| {
        let constraints = if more.contains("basicConstraints") {
            String::new()
        } else {
            "basicConstraints=critical,CA:true\n".to_owned()
        };
        format!("{AUTHORITY}authorityKeyIdentifier=keyid\n{constraints}{more}\n")
    };
    let root = format!("{AUTHORITY}basicConstraints=critical,CA:true\n");
    bench.issue("root", "root", "-days 3650", &root);
    let sound = authority("");
    let limited = authority("basicConstraints=critical,CA:true,pathlen:0\n");
    let mails = authority("nameConstraints=critical,permitted;email:example.kz\n");
    bench.issue("one", "root", "-days 900", &sound);
    bench.issue("two", "one", "-days 900", &sound);
    bench.issue("limited", "root", "-days 900", &limited);
    bench.issue("beyond", "limited", "-days 900", &sound);
    bench.issue("short", "root", "-days 10", &sound);
    bench.issue("mails", "root", "-days 900", &mails);
    bench.issue("narrow", "root", "-days 900", &authority("extendedKeyUsage=clientAuth\n"));
    bench.issue(
        "layman",
        "root",
        "-days 900",
        &format!("{LEAF}basicConstraints=critical,CA:false\nextendedKeyUsage=emailProtection\n"),
    );
    let sign = format!("{LEAF}extendedKeyUsage=emailProtection\n");
    let auth = format!("{LEAF}extendedKeyUsage=clientAuth\n");
    let within = format!("{sign}subjectAltName=email:a@example.kz\n");
    let without = format!("{sign}subjectAltName=email:a@elsewhere.kz\n");
    let insisting = format!("{sign}1.2.3.4=critical,ASN1:NULL\n");
    // The leaf, its issuer, its extensions, the intermediates, and whether the path holds.
    let cases: [(&str, &str, &str, &[&str], bool); 13] = [
        ("direct", "root", &sign, &[], true),
        ("deep", "two", &sign, &["two", "one"], true),
        ("gap", "two", &sign, &["two"], false),
        ("within-limit", "limited", &sign, &["limited"], true),
        ("beyond-limit", "beyond", &sign, &["beyond", "limited"], false),
        ("outlived", "short", &sign, &["short"], false),
        ("right-mail", "mails", &within, &["mails"], true),
        ("wrong-mail", "mails", &without, &["mails"], false),
        ("for-auth", "one", &auth, &["one"], false),
        ("below-narrow", "narrow", &sign, &["narrow"], false),
        ("below-layman", "layman", &sign, &["layman"], false),
        ("insisting", "one", &insisting, &["one"], false),
        ("in-disorder", "two", &sign, &["layman", "one", "short", "two"], true),
    ];
    let roots = [bench.read("root")];
    for (name, issuer, extensions, others, expected) in cases {
        bench.issue(name, issuer, "-days 365", extensions);
        let leaf = bench.read(name);
        let moment = leaf.not_before.plus_secs(100 * 86_400);
        let intermediates: Vec<_> = others.iter().map(|other| bench.read(other)).collect();
        let path = path::build(&leaf, &intermediates, &roots, moment, Use::Signing);
        assert_eq!(path.is_ok(), expected, "{name}: {path:?}");
        assert_eq!(bench.verifies(moment, name, others), expected, "OpenSSL on {name}");
        judged("OpenSSL", &format!("path {name}"));
        match (name, path) {
            ("gap", Err(problem)) => assert!(problem.is_unknown()),
            ("beyond-limit", Err(problem)) => {
                assert!(matches!(problem, PathProblem::TooManyAuthorities(_)), "{problem}");
            }
            ("outlived", Err(problem)) => {
                assert!(matches!(problem, PathProblem::Expired { .. }), "{problem}");
            }
            ("insisting", Err(PathProblem::CriticalExtension { extension, .. })) => {
                assert_eq!(extension, "1.2.3.4");
            }
            ("insisting", other) => panic!("{other:?}"),
            _ => {}
        }
    }
}

#[test]
fn cross_certificates_and_renewed_roots_lead_both_ways() {
    let Some(bench) = Bench::new() else { return };
    let authority = format!("{AUTHORITY}basicConstraints=critical,CA:true\n");
    bench.issue("old", "old", "-days 3650", &authority);
    bench.issue("new", "new", "-days 3650", &authority);
    bench.issue("issuing", "new", "-days 900", &authority);
    bench.issue(
        "leaf",
        "issuing",
        "-days 365",
        &format!("{LEAF}extendedKeyUsage=emailProtection\n"),
    );
    let (old, new) = (bench.read("old"), bench.read("new"));
    let (issuing, leaf) = (bench.read("issuing"), bench.read("leaf"));
    // The old root vouches for the new root's key.
    bench.issue("new", "old", "-days 900", &authority);
    let cross = bench.read("new");
    // It is the youngest of all: a second may have begun since the leaf was issued.
    let moment = cross.not_before;
    let others = [new.clone(), cross.clone(), issuing.clone()];
    for (root, length) in [(&old, 4), (&new, 3)] {
        let roots = std::slice::from_ref(root);
        let path = path::build(&leaf, &others, roots, moment, Use::Signing).unwrap();
        assert_eq!(path.certificates().len(), length);
        assert_eq!(path.root().unwrap().der(), root.der());
    }
    assert!(
        bench
            .try_run("verify -CAfile old.pem -untrusted new.pem -untrusted issuing.pem leaf.pem")
            .0
    );
    judged("OpenSSL", "path over a cross certificate");
}

#[test]
fn openssl_certificates_of_version_1_are_named() {
    let Some(bench) = Bench::new() else { return };
    bench.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out old.key");
    bench.run("req -new -key old.key -subj /CN=old -out old.csr");
    bench.run("x509 -req -in old.csr -signkey old.key -out old.pem");
    let bytes = fs::read(bench.path("old.pem")).unwrap();
    assert_eq!(Certificate::from_pem_or_der(&bytes).err(), Some(NotACertificate::OldVersion));
}
