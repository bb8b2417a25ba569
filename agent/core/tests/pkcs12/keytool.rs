//! Java's stores are opened, and Java opens ours.

use tanba_core::crypto::{Algorithm, KeyKind};
use tanba_core::pkcs12::{self, ChangeError, Entry, Form, Opened, SkippedKind, Strength};

use crate::bench::{Bench, judged};
use crate::{PASSWORD, key, open, password, pem, provider};

/// Runs keytool on a store under a password, in English.
fn ask(bench: &Bench, store: &str, text: &str, arguments: &str) -> String {
    bench.run(&format!(
        "-J-Duser.language=en -J-Dfile.encoding=UTF-8 {arguments} -storetype PKCS12 -keystore {store} -storepass {text}"
    ))
}

/// A store of Java's own with two keys and one trusted certificate.
fn store(bench: &Bench, name: &str, options: &str) {
    for (alias, kind) in
        [("sign", "-keyalg RSA -keysize 2048"), ("auth", "-keyalg EC -groupname secp256r1")]
    {
        ask(
            bench,
            name,
            PASSWORD,
            &format!("{options} -genkeypair -alias {alias} {kind} -dname CN={alias}"),
        );
    }
    ask(bench, name, PASSWORD, &format!("{options} -exportcert -alias sign -file sign.der"));
    let import = "-importcert -noprompt -alias trusted -file other.der";
    let other = format!("other-{name}");
    ask(
        bench,
        &other,
        PASSWORD,
        "-genkeypair -alias other -keyalg EC -groupname secp256r1 -dname CN=other",
    );
    ask(bench, &other, PASSWORD, "-exportcert -alias other -file other.der");
    ask(bench, name, PASSWORD, &format!("{options} {import}"));
}

fn check_store(opened: &Opened, bench: &Bench) {
    let mut names: Vec<(&str, KeyKind)> =
        opened.entries.iter().map(|one| (one.friendly_name.as_str(), one.key.kind())).collect();
    names.sort_unstable();
    assert_eq!(names, [("auth", KeyKind::P256), ("sign", KeyKind::Rsa { bits: 2048 })]);
    let sign = opened.entries.iter().find(|one| one.friendly_name == "sign").unwrap();
    assert_eq!(sign.certificates, [bench.get("sign.der")]);
    assert_eq!(opened.extra_certificates, [bench.get("other.der")]);
}

#[test]
fn stores_of_java_are_opened_and_their_passwords_changed() {
    let Some(bench) = Bench::keytool() else { return };
    for (name, options) in [
        ("new.p12", ""),
        ("old.p12", "-J-Dkeystore.pkcs12.legacy"),
        (
            "open.p12",
            "-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE -J-Dkeystore.pkcs12.macAlgorithm=NONE",
        ),
    ] {
        store(&bench, name, options);
        let opened = open(&bench.get(name), PASSWORD).unwrap();
        assert!(opened.skipped.is_empty());
        assert_eq!(opened.has_mac, name != "open.p12");
        check_store(&opened, &bench);
        for form in [Form::Modern(Strength::Random), Form::Legacy] {
            let (old, new) = (password(PASSWORD), password("Aa123456"));
            let file = bench.get(name);
            let changed = pkcs12::change_password(&file, &old, &new, form, &provider()).unwrap();
            check_store(&open(&changed, "Aa123456").unwrap(), &bench);
            bench.put("changed.p12", &changed);
            let list = ask(&bench, "changed.p12", "Aa123456", "-list -v");
            for expected in
                ["contains 3 entries", "Alias name: sign", "Alias name: auth", "trustedCertEntry"]
            {
                assert!(list.contains(expected), "{expected} is missing in {list}");
            }
        }
        // Listing reads certificates only; a request needs the key itself.
        let made = ask(&bench, "changed.p12", "Aa123456", "-certreq -alias sign");
        assert!(made.contains("BEGIN NEW CERTIFICATE REQUEST"), "{made}");
    }
    judged("keytool", "our change of the password of a store with two keys");
}

#[test]
fn a_secret_of_java_is_named_and_not_lost() {
    let Some(bench) = Bench::keytool() else { return };
    let pair = "-genkeypair -alias auth -keyalg EC -groupname secp256r1 -dname CN=auth";
    ask(&bench, "store.p12", PASSWORD, pair);
    ask(&bench, "store.p12", PASSWORD, "-genseckey -alias hmac -keyalg HmacSHA256 -keysize 256");
    let file = bench.get("store.p12");
    let opened = open(&file, PASSWORD).unwrap();
    assert_eq!(opened.entries.len(), 1);
    assert_eq!(opened.skipped.len(), 1);
    assert_eq!(opened.skipped[0].kind, SkippedKind::Secret);
    assert_eq!(opened.skipped[0].friendly_name, "hmac");
    let (old, new) = (password(PASSWORD), password("Aa123456"));
    let error = pkcs12::change_password(&file, &old, &new, Form::Legacy, &provider()).unwrap_err();
    assert!(matches!(error, ChangeError::WouldLose { .. }), "{error}");
}

#[test]
fn java_uses_the_keys_of_our_files_in_both_forms() {
    let (Some(bench), Some(openssl)) = (Bench::keytool(), Bench::openssl()) else { return };
    for algorithm in [Algorithm::Rsa2048, Algorithm::P256] {
        let key = key(algorithm);
        let id = key.public().key_id().to_string();
        openssl.put("key.pem", &pem("PRIVATE KEY", key.pkcs8()));
        openssl.run("req -x509 -key key.pem -subj /CN=leaf -days 30 -outform DER -out leaf.der");
        let entry = Entry::new(key, vec![openssl.get("leaf.der")]);
        for form in [Form::Legacy, Form::Modern(Strength::Random)] {
            let file = pkcs12::write(&entry, &password(PASSWORD), form, &provider()).unwrap();
            bench.put("ours.p12", &file);
            let list = ask(&bench, "ours.p12", PASSWORD, "-list -v");
            assert!(list.contains(&format!("Alias name: {id}")), "{list}");
            assert!(list.contains("Entry type: PrivateKeyEntry"), "{list}");
            let made =
                ask(&bench, "ours.p12", PASSWORD, &format!("-certreq -alias {id} -file made.csr"));
            assert!(!made.contains("Exception"), "{made}");
            openssl.put("made.csr", &bench.get("made.csr"));
            assert!(openssl.run("req -in made.csr -verify -noout").contains("verify OK"));
        }
        judged(
            "keytool",
            &format!("our file of the authority's form with a {} key", algorithm.name()),
        );
    }
}
