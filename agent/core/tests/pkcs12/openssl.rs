//! OpenSSL opens ours, and we open what OpenSSL writes in all its ways.

use der::Encode;
use tanba_core::crypto::{Algorithm, PrivateKey};
use tanba_core::pkcs12::{
    self, ChangeError, Entry, Form, OpenError, Opened, SkippedKind, Strength,
};
use tanba_core::x509::certificate::Certificate;

use crate::bench::{Bench, judged};
use crate::{PASSWORD, key, open, password, pem, provider};

/// A key in `key.pem`, and three certificates above each other in `leaf.pem`, `issuing.pem` and `root.pem`.
fn prepare(bench: &Bench, key: &PrivateKey) -> [Vec<u8>; 3] {
    bench.put("key.pem", &pem("PRIVATE KEY", key.pkcs8()));
    bench.put(
        "authority.cnf",
        b"basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n",
    );
    bench.put("leaf.cnf", b"subjectKeyIdentifier=hash\n");
    for name in ["root", "issuing"] {
        bench.run(&format!(
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"
        ));
        bench.run(&format!("req -new -key {name}.key -subj /CN={name} -out {name}.csr"));
    }
    bench.run("req -new -key key.pem -subj /CN=leaf -out leaf.csr");
    let issue = |arguments: &str| bench.run(&format!("x509 -req -days 30 {arguments}"));
    issue("-in root.csr -signkey root.key -extfile authority.cnf -out root.pem");
    issue(
        "-in issuing.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile authority.cnf -out issuing.pem",
    );
    issue(
        "-in leaf.csr -CA issuing.pem -CAkey issuing.key -CAcreateserial -extfile leaf.cnf -out leaf.pem",
    );
    bench.put("above.pem", &[bench.get("issuing.pem"), bench.get("root.pem")].concat());
    ["leaf", "issuing", "root"].map(|name| {
        bench.run(&format!("x509 -in {name}.pem -outform DER -out {name}.der"));
        bench.get(&format!("{name}.der"))
    })
}

/// What OpenSSL exports with these arguments.
fn exported(bench: &Bench, arguments: &str, text: &str) -> Vec<u8> {
    bench.run(&format!(
        "pkcs12 -export -provider default -provider legacy {arguments} -passout pass:{text} -out theirs.p12"
    ));
    bench.get("theirs.p12")
}

/// The content type of an encrypted safe (RFC 5652, section 8), as bytes.
const ENCRYPTED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06];

fn only_entry(opened: Opened, what: &str) -> Entry {
    let mut entries = opened.entries;
    assert_eq!(entries.len(), 1, "{what}");
    entries.remove(0)
}

#[test]
fn every_way_in_which_openssl_encrypts_is_read() {
    let Some(bench) = Bench::openssl() else { return };
    let key = key(Algorithm::P256);
    let chain = prepare(&bench, &key);
    let schemes = [
        "PBE-SHA1-3DES",
        "PBE-SHA1-2DES",
        "PBE-SHA1-RC2-40",
        "PBE-SHA1-RC2-128",
        "AES-128-CBC",
        "AES-192-CBC",
        "AES-256-CBC",
        "DES-EDE3-CBC",
        "NONE",
    ];
    for (at, key_scheme) in schemes.iter().enumerate() {
        // Each scheme for the key with three for the certificates, so that each is there too.
        for step in [0, 2, 5] {
            let certificate_scheme = schemes[(at + step) % schemes.len()];
            let mac =
                ["-macalg sha1", "-macalg sha256", "-macalg sha512", "-nomac", "-macalg sha224"]
                    [(at + step) % 5];
            let arguments = format!(
                "-inkey key.pem -in leaf.pem -certfile above.pem -name Кілт \
                 -keypbe {key_scheme} -certpbe {certificate_scheme} {mac}"
            );
            let file = exported(&bench, &arguments, PASSWORD);
            let opened =
                open(&file, PASSWORD).unwrap_or_else(|error| panic!("{arguments}: {error}"));
            assert_eq!(opened.has_mac, mac != "-nomac");
            assert!(opened.skipped.is_empty() && opened.extra_certificates.is_empty());
            let entry = only_entry(opened, &arguments);
            assert_eq!(entry.key.pkcs8(), key.pkcs8(), "{arguments}");
            assert_eq!(entry.certificates, chain, "{arguments}");
            assert_eq!(entry.friendly_name, "Кілт");
            let wrong = open(&file, "qwerty12").err();
            // OpenSSL leaves the certificates open wherever it leaves the key open.
            let is_encrypted = |oid: &[u8]| file.windows(oid.len()).any(|window| window == oid);
            let nothing_to_open =
                mac == "-nomac" && *key_scheme == "NONE" && !is_encrypted(&ENCRYPTED_DATA);
            let expected = (!nothing_to_open).then_some(OpenError::WrongPassword);
            assert_eq!(wrong, expected, "{arguments}");
        }
    }
}

#[test]
fn passwords_in_any_script_open_old_and_new_files() {
    let Some(bench) = Bench::openssl() else { return };
    let key = key(Algorithm::P256);
    prepare(&bench, &key);
    for text in ["", "Пароль1", "Құпия🔑сөз", "ä"] {
        for how in [
            "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-RC2-40 -macalg sha1",
            "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-RC2-40 -nomac",
            "-nomac",
            "-macalg sha384 -iter 100000",
            "-nomaciter -noiter",
        ] {
            let file = exported(&bench, &format!("-inkey key.pem -in leaf.pem {how}"), text);
            let opened = open(&file, text).unwrap_or_else(|error| panic!("{text} {how}: {error}"));
            assert_eq!(only_entry(opened, how).key.pkcs8(), key.pkcs8());
            assert_eq!(open(&file, &format!("{text}x")).unwrap_err(), OpenError::WrongPassword);
        }
    }
}

#[test]
fn a_key_alone_and_certificates_alone_are_read() {
    let Some(bench) = Bench::openssl() else { return };
    let key = key(Algorithm::Rsa2048);
    let chain = prepare(&bench, &key);
    let opened = open(&exported(&bench, "-inkey key.pem -nocerts", PASSWORD), PASSWORD).unwrap();
    let entry = only_entry(opened, "a key alone");
    assert_eq!(entry.key.pkcs8(), key.pkcs8());
    assert!(entry.certificates.is_empty());
    for (arguments, expected) in [
        ("-nokeys -in leaf.pem -certfile above.pem", &chain[..]),
        ("-nokeys -in leaf.pem -certpbe PBE-SHA1-RC2-40", &chain[..1]),
    ] {
        let opened = open(&exported(&bench, arguments, PASSWORD), PASSWORD).unwrap();
        assert!(opened.entries.is_empty());
        assert_eq!(opened.extra_certificates, expected);
    }
}

#[test]
fn keys_of_other_kinds_are_named_and_survive_a_change_of_password() {
    let Some(bench) = Bench::openssl() else { return };
    let (old, new) = (password(PASSWORD), password("Жаңа12"));
    for kind in
        ["ED25519", "EC -pkeyopt ec_paramgen_curve:P-384", "RSA -pkeyopt rsa_keygen_bits:1024"]
    {
        bench.run(&format!("genpkey -algorithm {kind} -out other.pem"));
        bench.run("req -x509 -key other.pem -subj /CN=other -days 30 -out other-leaf.pem");
        let arguments = "-inkey other.pem -in other-leaf.pem -name theirs";
        let file = exported(&bench, arguments, PASSWORD);
        let opened = open(&file, PASSWORD).unwrap();
        assert!(opened.entries.is_empty());
        assert_eq!(opened.extra_certificates.len(), 1);
        assert_eq!(opened.skipped[0].kind, SkippedKind::Key, "{kind}");
        assert_eq!(opened.skipped[0].friendly_name, "theirs");
        bench.run("pkcs8 -topk8 -nocrypt -in other.pem -outform DER -out before.der");
        for form in [Form::Modern(Strength::Random), Form::Legacy] {
            let changed = pkcs12::change_password(&file, &old, &new, form, &provider()).unwrap();
            bench.put("ours.p12", &changed);
            bench.run(
                "pkcs12 -legacy -in ours.p12 -passin pass:Жаңа12 -nodes -nocerts -out after.pem",
            );
            bench.run("pkcs8 -topk8 -nocrypt -in after.pem -outform DER -out after.der");
            assert_eq!(bench.get("after.der"), bench.get("before.der"), "{kind}");
            let bags = String::from_utf8(bench.get("after.pem")).unwrap();
            assert!(bags.contains("friendlyName: theirs"), "{bags}");
        }
    }
    judged("OpenSSL", "our change of the password of foreign keys");
}

#[test]
fn an_encryption_that_is_not_read_hides_only_what_it_encrypts() {
    let Some(bench) = Bench::openssl() else { return };
    let key = key(Algorithm::P256);
    let chain = prepare(&bench, &key);
    let whole = "-inkey key.pem -in leaf.pem";
    let file = exported(&bench, &format!("{whole} -certpbe CAMELLIA-256-CBC"), PASSWORD);
    let opened = open(&file, PASSWORD).unwrap();
    assert_eq!(opened.skipped[0].kind, SkippedKind::Safe);
    assert!(only_entry(opened, whole).certificates.is_empty());
    for scheme in ["CAMELLIA-128-CBC", "PBE-SHA1-RC4-128"] {
        let file = exported(&bench, &format!("{whole} -keypbe {scheme}"), PASSWORD);
        let opened = open(&file, PASSWORD).unwrap();
        assert_eq!(opened.skipped[0].kind, SkippedKind::Key);
        assert_eq!(opened.extra_certificates, chain[..1]);
        let (old, new) = (password(PASSWORD), password("Aa123456"));
        let error = pkcs12::change_password(&file, &old, &new, Form::Legacy, &provider());
        assert!(matches!(error, Err(ChangeError::WouldLose { .. })), "{error:?}");
        let alone = format!("-inkey key.pem -nocerts -keypbe {scheme}");
        let error = open(&exported(&bench, &alone, PASSWORD), PASSWORD).unwrap_err();
        assert!(matches!(error, OpenError::Unsupported { .. }), "{error}");
    }
}

#[test]
fn openssl_opens_our_files_in_both_forms() {
    let Some(bench) = Bench::openssl() else { return };
    for algorithm in [Algorithm::Rsa2048, Algorithm::P256] {
        let key = key(algorithm);
        let (public, id) = (key.public().spki().to_vec(), key.public().key_id().to_string());
        let chain = prepare(&bench, &key);
        let entry = Entry::new(key, chain.to_vec());
        let modern = "PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256";
        for (form, expected) in [
            (
                Form::Legacy,
                [
                    "MAC: sha1, Iteration 1024",
                    "MAC length: 20, salt length: 20",
                    "Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 1024",
                    "PKCS7 Encrypted data: pbeWithSHA1And40BitRC2-CBC, Iteration 1024",
                ]
                .map(str::to_owned),
            ),
            (
                Form::Modern(Strength::Random),
                [
                    "MAC: sha256, Iteration 2048".to_owned(),
                    "MAC length: 32, salt length: 16".to_owned(),
                    format!("Shrouded Keybag: {modern}"),
                    format!("PKCS7 Encrypted data: {modern}"),
                ],
            ),
        ] {
            for text in [PASSWORD, "Құпия🔑"] {
                let file = pkcs12::write(&entry, &password(text), form, &provider()).unwrap();
                bench.put("ours.p12", &file);
                let told = bench.run(&format!(
                    "pkcs12 -legacy -in ours.p12 -passin pass:{text} -nodes -info -out all.pem"
                ));
                for line in &expected {
                    assert!(told.contains(line), "{line} is missing in {told}");
                }
                let all = String::from_utf8(bench.get("all.pem")).unwrap();
                assert!(all.contains(&format!("friendlyName: {id}")), "{all}");
                assert_eq!(all.matches("BEGIN CERTIFICATE").count(), 3);
                bench.run("pkey -in all.pem -pubout -outform DER -out public.der");
                assert_eq!(bench.get("public.der"), public);
                let wrong = bench.try_run("pkcs12 -legacy -in ours.p12 -passin pass:wrong -nodes");
                assert!(!wrong.status.success());
            }
        }
        judged(
            "OpenSSL",
            &format!("our file of the authority's form with a {} key", algorithm.name()),
        );
    }
}

#[test]
fn openssl_finds_the_frame_of_our_gost_file_sound() {
    let Some(bench) = Bench::openssl() else { return };
    let entry = Entry::new(key(Algorithm::Gost512), Vec::new());
    for form in [Form::Legacy, Form::Modern(Strength::Random)] {
        let file = pkcs12::write(&entry, &password(PASSWORD), form, &provider()).unwrap();
        bench.put("ours.p12", &file);
        // Without an engine it cannot use such a key; the MAC it verifies all the same.
        let told = bench.run("pkcs12 -legacy -in ours.p12 -passin pass:Qwerty12 -nokeys -info");
        assert!(told.contains("Shrouded Keybag"), "{told}");
        assert!(
            !bench.try_run("pkcs12 -legacy -in ours.p12 -passin pass:x -nokeys").status.success()
        );
    }
    judged("OpenSSL", "the frame of our file with a gost512 key");
}

#[test]
fn several_keys_lie_in_one_file() {
    let Some(bench) = Bench::openssl() else { return };
    let keys = [key(Algorithm::P256), key(Algorithm::Rsa2048), key(Algorithm::P256)];
    let ids = keys.each_ref().map(|key| key.public().key_id().to_string());
    let chains = keys.each_ref().map(|key| prepare(&bench, key));
    let [one, two, three] = keys;
    let entries = [
        Entry::new(one, chains[0].to_vec()),
        Entry::new(two, chains[1][..1].to_vec()),
        Entry::new(three, Vec::new()),
    ];
    let extra = [chains[2][2].clone()];
    for form in [Form::Modern(Strength::Random), Form::Legacy] {
        let password = password(PASSWORD);
        let file = pkcs12::write_all(&entries, &extra, &password, form, &provider()).unwrap();
        let opened = open(&file, PASSWORD).unwrap();
        assert_eq!(opened.extra_certificates, extra);
        for (entry, again) in entries.iter().zip(&opened.entries) {
            assert_eq!(entry.key.pkcs8(), again.key.pkcs8());
            assert_eq!(entry.certificates, again.certificates);
        }
        bench.put("ours.p12", &file);
        bench.run("pkcs12 -legacy -in ours.p12 -passin pass:Qwerty12 -nodes -out all.pem");
        let all = String::from_utf8(bench.get("all.pem")).unwrap();
        assert_eq!(all.matches("BEGIN PRIVATE KEY").count(), 3);
        assert_eq!(all.matches("BEGIN CERTIFICATE").count(), 5);
        assert!(ids.iter().all(|id| all.contains(&format!("friendlyName: {id}"))), "{all}");
    }
    judged("OpenSSL", "our file with several keys");
}

#[test]
fn a_change_in_a_file_without_a_mac_never_gives_another_key() {
    let Some(bench) = Bench::openssl() else { return };
    let key = key(Algorithm::P256);
    prepare(&bench, &key);
    let arguments = "-inkey key.pem -in leaf.pem -iter 1 -nomac";
    let file = exported(&bench, arguments, PASSWORD);
    for at in 0..file.len() {
        for flip in [0x01, 0x80] {
            let mut changed = file.clone();
            changed[at] ^= flip;
            let Ok(opened) = open(&changed, PASSWORD) else { continue };
            assert!(!opened.has_mac);
            for entry in &opened.entries {
                assert_eq!(entry.key.pkcs8(), key.pkcs8(), "byte {at}");
                // A certificate may have been changed; one of another key is not given to this one.
                let certificate = entry.certificates.first().map(|der| Certificate::parse(der));
                if let Some(Ok(certificate)) = certificate {
                    assert_eq!(certificate.public_key, *key.public());
                }
            }
        }
    }
}

#[test]
fn ber_of_all_kinds_is_read_as_the_same_file() {
    // The outer frame of a file by hand: lengths not given, the safe in pieces.
    let entry = Entry::new(key(Algorithm::P256), Vec::new());
    let file = pkcs12::write(&entry, &password(PASSWORD), Strength::Random, &provider()).unwrap();
    let top = children(&file);
    let [version, safe, mac] = &top[..] else { panic!() };
    let parts = children(safe);
    let octets = children(&parts[1]).remove(0);
    let content = content(&octets);
    let mut pieces = vec![0x24, 0x80];
    for piece in content.chunks(100) {
        pieces.extend(der::asn1::OctetStringRef::new(piece).unwrap().to_der().unwrap());
    }
    pieces.extend([0, 0]);
    let ber = [
        &[0x30, 0x80][..],
        version,
        &[0x30, 0x80],
        &parts[0],
        &[0xa0, 0x80],
        &pieces,
        &[0, 0, 0, 0],
        mac,
        &[0, 0],
    ]
    .concat();
    let again = only_entry(open(&ber, PASSWORD).unwrap(), "BER");
    assert_eq!(again.key.pkcs8(), entry.key.pkcs8());
    let Some(bench) = Bench::openssl() else { return };
    bench.put("ber.p12", &ber);
    bench.run("pkcs12 -in ber.p12 -passin pass:Qwerty12 -nodes -out /dev/null");
}

fn content(element: &[u8]) -> &[u8] {
    use der::Decode;
    der::AnyRef::from_der(element).unwrap().value()
}

fn children(element: &[u8]) -> Vec<Vec<u8>> {
    use der::{Decode, Reader};
    let mut reader = der::SliceReader::new(content(element)).unwrap();
    let mut children = Vec::new();
    while !reader.is_finished() {
        children.push(der::AnyRef::decode(&mut reader).unwrap().to_der().unwrap());
    }
    children
}
