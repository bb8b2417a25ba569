//! OpenSSL and keytool judge what we write, and we read what OpenSSL writes.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the wall stands around the core; its judges are programs that read files"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stderr, reason = "a test without its judge says so")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

use rand_core::{OsRng, RngCore};
use tanba_core::crypto::{self, Algorithm, PrivateKey, Provider, PublicKey, RandomFailed};
use tanba_core::email::Email;
use tanba_core::iin::Iin;
use tanba_core::layout::Purpose;
use tanba_core::pkcs12::{self, Entry, OpenError, Strength};
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::issued::{self, Expected};
use tanba_core::x509::request::{self, CertificateRequest};
use tanba_core::x509::{Person, oid};
use tempfile::TempDir;

const PASSWORD: &str = "Qwerty12";

/// A folder in which another program is asked.
struct Bench {
    program: &'static str,
    folder: TempDir,
}

impl Bench {
    /// `None`, said aloud, if the program is not there; then the test proves nothing and passes, unless everything
    /// is required.
    fn of(program: &'static str, package: &str, version: &str) -> Option<Self> {
        if Command::new(program).arg(version).output().is_ok_and(|output| output.status.success()) {
            return Some(Self { program, folder: TempDir::new().unwrap() });
        }
        let line = format!("SKIPPED: apt install {package}");
        assert!(std::env::var_os("TANBA_REQUIRE_ALL").is_none(), "{line}");
        eprintln!("{line}");
        None
    }

    fn openssl() -> Option<Self> {
        Self::of("openssl", "openssl", "version")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn try_run(&self, arguments: &str) -> Output {
        Command::new(self.program)
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap()
    }

    /// Runs the program; returns both of its outputs.
    fn run(&self, arguments: &str) -> String {
        let output = self.try_run(arguments);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(output.status.success(), "{} {arguments}: {text}", self.program);
        text
    }
}

/// Notes that another program agreed, for the table of `cargo verify`.
/// What OpenSSL and Java know without further parts; GOST has judges of its own.
const KNOWN_TO_OPENSSL: [Algorithm; 2] = [Algorithm::Rsa2048, Algorithm::P256];

fn judged(who: &str, what: &str) {
    let Some(path) = std::env::var_os("TANBA_JUDGES") else { return };
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("JUDGE: {who}: {what}\n").as_bytes()).unwrap();
}

fn provider() -> Provider {
    crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed))
}

fn key(algorithm: Algorithm) -> PrivateKey {
    let provider = provider();
    (provider.generate)(&provider, algorithm).unwrap()
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn person() -> Person {
    let iin = Iin::parse("900101300176").unwrap();
    let text = str::to_owned;
    Person::new(iin, text("ӘБІЛҒАЗЫ"), text("ТЕСТ"), Some(text("ТЕСТҰЛЫ"))).unwrap()
}

fn request(key: &PrivateKey) -> Vec<u8> {
    let email = Email::parse("person@example.kz").unwrap();
    request::build(&person(), Some(&email), "/media/stick/кілттер", key, &provider()).unwrap()
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap().into_bytes()
}

/// The root's key is RSA-4096 as real ones are (we verify with it, and never make one), once for all tests.
fn root_key(bench: &Bench) -> &'static [u8] {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    KEY.get_or_init(|| {
        bench.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out root.key");
        bench.get("root.key")
    })
}

/// Two authorities and a certificate for our request, all by OpenSSL: the leaf, the issuing authority, the root.
fn issue(bench: &Bench, request: &[u8], usage: &str) -> [Vec<u8>; 3] {
    let policy = oid::SANDBOX_POLICY;
    let authority = format!(
        "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\ncertificatePolicies={policy}\n"
    );
    let (role, way) = (oid::ROLE_INDIVIDUAL, oid::IDENTIFIED_BY_DIGITAL_ID);
    let leaf = format!(
        "keyUsage=critical,digitalSignature,nonRepudiation\nextendedKeyUsage={usage},{role},{way}\n\
         certificatePolicies={},{policy}\nsubjectAltName=email:person@example.kz\n\
         subjectKeyIdentifier=hash\n",
        oid::POLICY_NCA
    );
    bench.put("authority.cnf", authority.as_bytes());
    bench.put("leaf.cnf", leaf.as_bytes());
    bench.put("leaf.csr", request);
    bench.put("root.key", root_key(bench));
    bench.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out issuing.key");
    bench.run("req -new -key root.key -subj /CN=SANDBOX-ROOT/C=KZ -out root.csr");
    bench.run("req -new -key issuing.key -subj /CN=SANDBOX-ISSUING/C=KZ -out issuing.csr");
    let issue = |arguments: &str| bench.run(&format!("x509 -req -sha256 -days 30 {arguments}"));
    issue("-in root.csr -signkey root.key -extfile authority.cnf -out root.pem");
    issue(
        "-in issuing.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile authority.cnf -out issuing.pem",
    );
    issue(
        "-in leaf.csr -inform DER -CA issuing.pem -CAkey issuing.key -CAcreateserial -extfile leaf.cnf -out leaf.pem",
    );
    ["leaf", "issuing", "root"].map(|name| {
        bench.run(&format!("x509 -in {name}.pem -outform DER -out {name}.der"));
        bench.get(&format!("{name}.der"))
    })
}

#[test]
fn openssl_verifies_our_requests_and_finds_the_profile_in_them() {
    let Some(bench) = Bench::openssl() else { return };
    for algorithm in KNOWN_TO_OPENSSL {
        let key = key(algorithm);
        bench.put("request.der", &request(&key));
        let text = bench.run(
            "req -inform DER -in request.der -verify -noout -text -nameopt utf8,sep_comma_plus",
        );
        assert!(text.contains("verify OK"), "{text}");
        for expected in [
            "Version: 1 (0x0)",
            "CN=ӘБІЛҒАЗЫ ТЕСТ,SN=ӘБІЛҒАЗЫ,serialNumber=IIN900101300176,C=KZ,GN=ТЕСТҰЛЫ",
            "X509v3 Subject Alternative Name",
            "email:person@example.kz",
            "1.2.398.3.3.5",
        ] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
        // The key store's extension, down to its bytes: OCTET STRING over SEQUENCE { OID, UTF8String }.
        let dump = bench.run("asn1parse -inform DER -in request.der");
        let at = dump.lines().position(|line| line.contains(":1.2.398.3.3.5")).unwrap();
        let hex = dump.lines().nth(at + 1).unwrap().split("[HEX DUMP]:").nth(1).unwrap();
        assert!(hex.contains("06082A830E0303050101"), "{hex}");
        let folder: String = "/media/stick/кілттер".bytes().map(|b| format!("{b:02X}")).collect();
        assert!(hex.ends_with(&format!("0C1B{folder}")), "{hex}");
        judged("OpenSSL", &format!("our request for {}", algorithm.name()));
    }
}

#[test]
fn we_read_requests_that_openssl_made() {
    let Some(bench) = Bench::openssl() else { return };
    for kind in ["RSA -pkeyopt rsa_keygen_bits:2048", "EC -pkeyopt ec_paramgen_curve:P-256"] {
        bench.run(&format!("genpkey -algorithm {kind} -out key.pem"));
        bench.run(
            "req -new -key key.pem -utf8 -subj /CN=A-B/SN=A/serialNumber=IIN900101300176/C=KZ \
             -addext subjectAltName=DNS:example.kz,email:a@example.kz -outform DER -out request.der",
        );
        let request = CertificateRequest::parse(&bench.get("request.der")).unwrap();
        assert_eq!(request.verify(), Ok(()));
        assert_eq!(request.subject.iin.as_deref(), Some("900101300176"));
        assert_eq!(request.email.as_deref(), Some("a@example.kz"));
        assert!(request.storage.is_none());
    }
}

#[test]
fn signatures_are_verified_both_ways() {
    let Some(bench) = Bench::openssl() else { return };
    let (provider, message) = (provider(), b"a contract".as_slice());
    bench.put("message", message);
    for algorithm in KNOWN_TO_OPENSSL {
        let key = key(algorithm);
        bench.put("public.pem", &pem("PUBLIC KEY", key.public().spki()));
        bench.put("private.pem", &pem("PRIVATE KEY", key.pkcs8()));
        bench.put("signature", &provider.sign_message(&key, message).unwrap());
        let text = bench.run("dgst -sha256 -verify public.pem -signature signature message");
        assert!(text.contains("Verified OK"), "{text}");
        bench.run("dgst -sha256 -sign private.pem -out theirs message");
        assert_eq!(key.public().verify(message, &bench.get("theirs")), Ok(()));
        let sound = bench.run("pkey -in private.pem -check -noout");
        assert!(sound.contains("Key is valid"), "{sound}");
        judged("OpenSSL", &format!("our {} key and its signature", algorithm.name()));
    }
}

#[test]
fn keys_of_openssl_are_read_and_kinds_that_we_do_not_use_are_named() {
    let Some(bench) = Bench::openssl() else { return };
    for (kind, expected) in [
        ("RSA -pkeyopt rsa_keygen_bits:2048", Ok("rsa2048")),
        ("EC -pkeyopt ec_paramgen_curve:P-256", Ok("p256")),
        ("RSA -pkeyopt rsa_keygen_bits:1024", Err(crypto::NotAPrivateKey::Unsupported)),
        ("RSA -pkeyopt rsa_keygen_bits:3072", Ok("rsa3072")),
        ("EC -pkeyopt ec_paramgen_curve:P-384", Err(crypto::NotAPrivateKey::Unsupported)),
        ("ED25519", Err(crypto::NotAPrivateKey::Unsupported)),
    ] {
        bench.run(&format!("genpkey -algorithm {kind} -out key.pem"));
        bench.run("pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out key.der");
        bench.run("pkey -in key.pem -pubout -outform DER -out public.der");
        let key = PrivateKey::from_pkcs8(&bench.get("key.der"));
        assert_eq!(
            key.as_ref().map(|key| key.kind().name()).map_err(|error| *error),
            expected.map(str::to_owned),
            "{kind}"
        );
        if let Ok(key) = key {
            assert_eq!(key.public().spki(), bench.get("public.der"));
            assert_eq!(key.public(), &PublicKey::from_spki(&bench.get("public.der")).unwrap());
        }
    }
}

#[test]
fn openssl_opens_a_file_with_a_key_alone() {
    let Some(bench) = Bench::openssl() else { return };
    for (algorithm, strength, count) in [
        (Algorithm::Rsa2048, Strength::Random, 2_048),
        (Algorithm::P256, Strength::Person, 600_000),
    ] {
        let key = key(algorithm);
        let public = key.public().spki().to_vec();
        let id = key.public().key_id().to_string();
        let entry = Entry::new(key, Vec::new());
        let file = pkcs12::write(&entry, &password(PASSWORD), strength, &provider()).unwrap();
        bench.put("pending.p12", &file);
        let text =
            bench.run("pkcs12 -in pending.p12 -passin pass:Qwerty12 -nodes -info -out key.pem");
        for expected in [
            format!("MAC: sha256, Iteration {count}"),
            format!("PBES2, PBKDF2, AES-256-CBC, Iteration {count}, PRF hmacWithSHA256"),
        ] {
            assert!(text.contains(&expected), "{expected} is missing in {text}");
        }
        assert!(!text.contains("Certificate bag") && !text.contains("Encrypted data"), "{text}");
        let bags = String::from_utf8(bench.get("key.pem")).unwrap();
        assert!(bags.contains(&format!("friendlyName: {id}")), "{bags}");
        let spaced: Vec<_> =
            id.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
        assert!(
            bags.to_lowercase().contains(&format!("localkeyid: {}", spaced.join(" "))),
            "{bags}"
        );
        bench.run("pkey -in key.pem -pubout -outform DER -out public.der");
        assert_eq!(bench.get("public.der"), public);
        assert!(
            !bench.try_run("pkcs12 -in pending.p12 -passin pass:qwerty12 -nodes").status.success()
        );
        judged("OpenSSL", &format!("our file with a {} key alone", algorithm.name()));
    }
}

#[test]
fn openssl_certifies_our_request_and_opens_the_file_with_the_result() {
    let Some(bench) = Bench::openssl() else { return };
    for (algorithm, purpose, usage) in [
        (Algorithm::Rsa2048, Purpose::Sign, "emailProtection"),
        (Algorithm::P256, Purpose::Auth, "clientAuth"),
    ] {
        let key = key(algorithm);
        let request = request(&key);
        let [leaf, issuing, root] = issue(&bench, &request, usage);
        let chain = [issuing.clone(), root.clone()];
        let now = Certificate::parse(&leaf).unwrap().not_before;
        let check = |purpose, now: UnixTime| {
            let expected = Expected {
                key: key.public(),
                request_der: &request,
                purpose,
                environment_is_sandbox: true,
                now,
            };
            issued::check(&leaf, &chain, &expected)
        };
        let certificate = check(purpose, now).unwrap();
        assert_eq!(certificate.subject.common_name.as_deref(), Some("ӘБІЛҒАЗЫ ТЕСТ"));
        assert_eq!(certificate.email.as_deref(), Some("person@example.kz"));
        assert!(check(purpose, now.plus_secs(31 * 86_400)).is_err());
        let text = bench.run("x509 -in leaf.pem -noout -ext subjectKeyIdentifier -serial");
        let plain: String = text.to_lowercase().chars().filter(|c| *c != ':').collect();
        assert!(plain.contains(&certificate.key_id.to_string()), "{text}");
        assert!(plain.contains(&format!("serial={}", certificate.serial)), "{text}");

        let public = key.public().spki().to_vec();
        let entry = Entry::new(key, vec![leaf, issuing, root]);
        let file =
            pkcs12::write(&entry, &password(PASSWORD), Strength::Person, &provider()).unwrap();
        bench.put("final.p12", &file);
        bench.run("pkcs12 -in final.p12 -passin pass:Qwerty12 -nodes -nocerts -out key.pem");
        bench.run("pkey -in key.pem -pubout -outform DER -out public.der");
        assert_eq!(bench.get("public.der"), public);
        // Whichever certificate carries the key's id is the client's: exactly the leaf.
        bench.run("pkcs12 -in final.p12 -passin pass:Qwerty12 -nokeys -clcerts -out client.pem");
        bench.run(
            "pkcs12 -in final.p12 -passin pass:Qwerty12 -nokeys -cacerts -out authorities.pem",
        );
        let client = String::from_utf8(bench.get("client.pem")).unwrap();
        assert_eq!(client.matches("BEGIN CERTIFICATE").count(), 1);
        let verdict = bench.run("verify -CAfile root.pem -untrusted authorities.pem client.pem");
        assert!(verdict.contains("client.pem: OK"), "{verdict}");
        judged("OpenSSL", &format!("our file with a {} key and its chain", algorithm.name()));
    }
}

#[test]
fn keytool_finds_the_key_and_its_chain_in_our_file() {
    let Some(openssl) = Bench::openssl() else { return };
    let Some(keytool) = Bench::of("keytool", "default-jre-headless", "-help") else { return };
    for algorithm in KNOWN_TO_OPENSSL {
        let key = key(algorithm);
        let id = key.public().key_id().to_string();
        let chain = issue(&openssl, &request(&key), "emailProtection");
        let entry = Entry::new(key, chain.to_vec());
        let file =
            pkcs12::write(&entry, &password(PASSWORD), Strength::Person, &provider()).unwrap();
        keytool.put("final.p12", &file);
        let text = keytool.run(
            "-J-Duser.language=en -list -v -storetype PKCS12 -keystore final.p12 -storepass Qwerty12",
        );
        for expected in [
            &format!("Alias name: {id}"),
            "Entry type: PrivateKeyEntry",
            "Certificate chain length: 3",
            "IIN900101300176",
        ] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
        // Listing reads certificates only; a request made from the entry needs the key itself.
        let made = keytool.run(&format!(
            "-certreq -alias {id} -storetype PKCS12 -keystore final.p12 -storepass Qwerty12 -file made.csr"
        ));
        assert!(!made.contains("Exception"), "{made}");
        openssl.put("made.csr", &keytool.get("made.csr"));
        let verdict = openssl.run("req -in made.csr -verify -noout");
        assert!(verdict.contains("verify OK"), "{verdict}");
        judged("keytool", &format!("our file with a {} key and its chain", algorithm.name()));
    }
}

#[test]
fn we_open_what_openssl_exports() {
    let Some(bench) = Bench::openssl() else { return };
    let key = key(Algorithm::P256);
    let chain = issue(&bench, &request(&key), "emailProtection");
    bench.put("private.pem", &pem("PRIVATE KEY", key.pkcs8()));
    bench.put("above.pem", &[bench.get("issuing.pem"), bench.get("root.pem")].concat());
    let whole = "-inkey private.pem -in leaf.pem -certfile above.pem";
    for (what, certificates, text) in [
        (whole.to_owned(), 3, PASSWORD),
        ("-inkey private.pem -in leaf.pem".to_owned(), 1, PASSWORD),
        ("-inkey private.pem -nocerts".to_owned(), 0, PASSWORD),
        (format!("{whole} -keypbe AES-128-CBC -certpbe AES-192-CBC"), 3, PASSWORD),
        (format!("{whole} -certpbe NONE"), 3, PASSWORD),
        (format!("{whole} -keypbe NONE -certpbe NONE"), 3, PASSWORD),
        (format!("{whole} -macalg sha1"), 3, PASSWORD),
        (format!("{whole} -macalg sha384"), 3, PASSWORD),
        (format!("{whole} -macalg sha512 -iter 100000"), 3, PASSWORD),
        (format!("{whole} -nomaciter -noiter"), 3, PASSWORD),
        (format!("{whole} -name Кілт"), 3, "Құпия🔑сөз"),
        (whole.to_owned(), 3, ""),
    ] {
        bench.run(&format!("pkcs12 -export {what} -passout pass:{text} -out theirs.p12"));
        let opened = pkcs12::open(&bench.get("theirs.p12"), &password(text)).unwrap();
        assert_eq!(opened.entries.len(), 1, "{what}");
        assert_eq!(opened.entries[0].key.pkcs8(), key.pkcs8(), "{what}");
        assert_eq!(opened.entries[0].certificates, chain[..certificates], "{what}");
        assert!(opened.extra_certificates.is_empty(), "{what}");
        if what.contains("-name") {
            assert_eq!(opened.entries[0].friendly_name, "Кілт");
        }
        let wrong = pkcs12::open(&bench.get("theirs.p12"), &password("Qwerty13")).unwrap_err();
        assert_eq!(wrong, OpenError::WrongPassword, "{what}");
    }
}

#[test]
fn files_of_openssl_that_we_do_not_read_are_called_unsupported() {
    let Some(bench) = Bench::openssl() else { return };
    let key = key(Algorithm::P256);
    bench.put("private.pem", &pem("PRIVATE KEY", key.pkcs8()));
    for what in ["-keypbe CAMELLIA-256-CBC", "-keypbe ARIA-256-CBC"] {
        bench.run(&format!(
            "pkcs12 -export -inkey private.pem -nocerts {what} -passout pass:Qwerty12 -out theirs.p12"
        ));
        let error = pkcs12::open(&bench.get("theirs.p12"), &password(PASSWORD)).unwrap_err();
        assert!(matches!(error, OpenError::Unsupported { .. }), "{what}: {error}");
    }
}
