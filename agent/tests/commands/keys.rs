//! `tanba keys`.

use crate::bench::{AUTH, Bench, GOST512, OLD, PASSWORD, RSA, vector};

const NEW: &str = "Zharyq2026";

fn show(bench: &Bench, file: &str) -> serde_json::Value {
    bench.tanba(&["keys", "show", file, "--password-file", "password", "--json"]).good().json()
}

#[test]
fn published_keys_are_shown_with_all_that_was_promised() {
    let bench = Bench::new();
    for (file, algorithm, purpose) in [
        (RSA, "rsa2048", "sign"),
        (AUTH, "rsa2048", "auth"),
        (GOST512, "gost512", "both"),
        (OLD, "rsa2048", "sign"),
    ] {
        let path = vector(file);
        let keys = show(&bench, path.to_str().expect("text"));
        let key = &keys[0];
        assert_eq!(keys.as_array().map(Vec::len), Some(1), "{file}");
        let mut names: Vec<_> = key.as_object().expect("an object").keys().cloned().collect();
        names.sort();
        assert_eq!(
            names,
            [
                "algorithm",
                "bin",
                "has_certificate",
                "iin",
                "issuer",
                "key_id",
                "matches_certificate",
                "not_after",
                "not_before",
                "purpose",
                "roles",
                "serial",
                "subject"
            ]
        );
        assert_eq!(key["algorithm"], algorithm, "{file}");
        assert_eq!(key["purpose"], purpose, "{file}");
        assert_eq!(key["has_certificate"], true);
        assert_eq!(key["matches_certificate"], true);
        assert_eq!(key["key_id"].as_str().map(str::len), Some(40));
        assert!(key["subject"].as_str().expect("text").contains("CN=ТЕСТ"), "{key}");
        assert!(key["issuer"].as_str().expect("text").contains("C=KZ"), "{key}");
        assert!(key["not_after"].as_str().expect("text").ends_with('Z'), "{key}");
        let iin = key["iin"].as_str().expect("text");
        assert!(iin.len() == 12 && iin.starts_with("1234567890"), "{key}");
    }
}

#[test]
fn people_are_told_in_their_language() {
    let bench = Bench::new();
    let path = vector(RSA);
    let arguments = ["keys", "show", path.to_str().expect("text"), "--password-file", "password"];
    for (locale, word) in [("kk_KZ.UTF-8", "Иесі"), ("ru_RU.UTF-8", "Владелец"), ("C", "Subject")]
    {
        let output = bench.command(&arguments).env("LC_ALL", locale).output().expect("it runs");
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success() && text.contains(word), "{text}");
    }
}

#[test]
fn a_password_comes_from_standard_input_without_its_line_end() {
    let bench = Bench::new();
    let path = vector(RSA);
    let arguments =
        ["keys", "show", path.to_str().expect("text"), "--password-file", "-", "--json"];
    for input in
        [PASSWORD.to_owned(), format!("{PASSWORD}\r\nmore"), format!("\u{feff}{PASSWORD}\n")]
    {
        bench.tanba_with(&arguments, input.as_bytes()).good();
    }
    bench.tanba_with(&arguments, b"Wrong1pass\n").failed(1, "wrong_password", "RSA256_11c7");
    bench.tanba_with(&arguments, b"\xff\xfe\n").failed(2, "not_a_password_file", "-");
}

#[test]
fn what_cannot_be_shown_says_why() {
    let bench = Bench::new();
    bench.put("text", b"hello");
    bench.put("wrong", b"Wrong1pass\n");
    let path = vector(GOST512);
    let path = path.to_str().expect("text");
    let show = |file, password| {
        bench.tanba(&["keys", "show", file, "--password-file", password, "--json"])
    };
    show(path, "wrong").failed(1, "wrong_password", path);
    show(path, "nowhere").failed(2, "no_such_file", "nowhere");
    show("nowhere.p12", "password").failed(2, "no_such_file", "nowhere.p12");
    show("text", "password").failed(2, "not_a_key_file", "text");
    show(".", "password").failed(2, "cannot_read", ".");
    bench.tanba(&["keys", "show", path, "--json"]).failed(2, "no_terminal", "--password-file");
}

#[test]
fn keys_are_made_with_requests_that_others_accept() {
    let subject = "CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ,G=ТЕСТОВИЧ";
    for (algorithm, prefix, judged) in
        [("rsa2048", "RSA256", true), ("p256", "P256", true), ("gost512", "GOST512", false)]
    {
        let bench = Bench::new();
        bench.put("password", format!("{NEW}\n").as_bytes());
        let made = bench
            .tanba(&[
                "keys",
                "generate",
                "--algorithm",
                algorithm,
                "--subject",
                subject,
                "--folder",
                ".",
                "--password-file",
                "password",
                "--json",
            ])
            .good()
            .json();
        let id = made["key_id"].as_str().expect("text");
        let (file, csr) = (format!("{prefix}_{id}.p12"), format!("{prefix}_{id}.csr"));
        assert_eq!(bench.names(), {
            let mut names = vec!["password".to_owned(), csr.clone(), file.clone()];
            names.sort();
            names
        });
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(bench.path(&file)).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let key = &show(&bench, &file)[0];
        assert_eq!((&key["key_id"], &key["algorithm"]), (&made["key_id"], &made["algorithm"]));
        assert_eq!(key["has_certificate"], false);
        assert!(key["matches_certificate"].is_null() && key["subject"].is_null());
        let shown = bench.tanba(&["csr", "show", &csr, "--json"]).good().json();
        assert_eq!(shown["subject"], subject);
        assert_eq!((&shown["key_id"], &shown["signature"]), (&made["key_id"], &"good".into()));
        assert_eq!(shown["iin"], "123456789011");
        if judged {
            bench.agrees("openssl", &format!("req -verify -noout -in {csr}"), "a request verifies");
            let pass = format!("pkcs12 -in {file} -nodes -passin pass:{NEW} -out key.pem");
            bench.agrees("openssl", &pass, "a new key file opens");
        }
    }
}

#[test]
fn what_must_not_be_made_is_refused_before_anything_is_written() {
    let bench = Bench::new();
    bench.put("weak", b"password\n");
    bench.put("there.csr", b"mine");
    let generate = |algorithm: &str, subject: &str, folder: &str, password: &str, csr: &str| {
        bench.tanba(&[
            "keys",
            "generate",
            "--algorithm",
            algorithm,
            "--subject",
            subject,
            "--folder",
            folder,
            "--password-file",
            password,
            "--csr",
            csr,
            "--json",
        ])
    };
    generate("gost2004", "CN=A", ".", "password", "a.csr").failed(1, "never_generated", "gost512");
    generate("p256", "CN=A,XX=B", ".", "password", "a.csr").failed(2, "not_a_subject", "6");
    generate("p256", "CN=A", "gone", "password", "a.csr").failed(2, "no_such_file", "gone");
    generate("p256", "CN=A", ".", "weak", "a.csr").failed(1, "weak_password", "upper, digit");
    generate("p256", "CN=A", ".", "password", "there.csr").failed(1, "exists", "there.csr");
    generate("p256", "CN=A", ".", "password", "gone/a.csr").failed(2, "no_such_file", "gone");
    generate("p256", "CN=A", ".", "password", "-").failed(2, "usage", "--csr -");
    assert_eq!(bench.get("there.csr"), b"mine");
    assert_eq!(bench.names(), ["password", "there.csr", "weak"]);
    let unknown = generate("rsa1024", "CN=A", ".", "password", "a.csr");
    assert_eq!((unknown.code, &unknown.json()["error"]["code"]), (2, &"usage".into()));
}

#[test]
fn a_request_is_der_if_its_name_says_so() {
    let bench = Bench::new();
    bench
        .tanba(&[
            "keys",
            "generate",
            "--algorithm",
            "p256",
            "--subject",
            "/C=KZ/CN=A\\/B/E=a@b.kz",
            "--folder",
            ".",
            "--password-file",
            "password",
            "--csr",
            "request.der",
        ])
        .good();
    assert_eq!(bench.get("request.der")[0], 0x30);
    bench.agrees("openssl", "req -verify -noout -inform DER -in request.der", "a request in DER");
    let shown = bench.tanba(&["csr", "show", "request.der", "--json"]).good().json();
    assert_eq!(
        (&shown["subject"], &shown["email"]),
        (&"C=KZ,CN=A/B,E=a@b.kz".into(), &"a@b.kz".into())
    );
    let mut changed = bench.get("request.der");
    let last = changed.len() - 1;
    changed[last] ^= 1;
    bench.put("changed.der", &changed);
    let said = bench.tanba(&["csr", "show", "changed.der", "--json"]);
    assert_eq!((said.code, &said.json()["signature"]), (1, &"bad".into()));
}

#[test]
fn a_password_is_changed_in_place_with_nothing_lost() {
    for (vector, legacy) in [(RSA, false), (RSA, true), (GOST512, false), (OLD, true)] {
        let bench = Bench::new();
        bench.put("new", format!("{NEW}\n").as_bytes());
        bench.take(vector, "key.p12");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::Permissions::from_mode(0o640);
            std::fs::set_permissions(bench.path("key.p12"), mode).expect("set");
        }
        let before = show(&bench, "key.p12");
        let mut arguments = vec![
            "keys",
            "passwd",
            "key.p12",
            "--password-file",
            "password",
            "--new-password-file",
            "new",
        ];
        arguments.extend(legacy.then_some("--legacy"));
        bench.tanba(&arguments).good();
        assert_eq!(bench.names(), ["key.p12", "new", "password"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(bench.path("key.p12")).expect("there").permissions();
            assert_eq!(mode.mode() & 0o777, 0o640);
        }
        bench.tanba(&["keys", "show", "key.p12", "--password-file", "password", "--json"]).failed(
            1,
            "wrong_password",
            "key.p12",
        );
        bench.put("password", format!("{NEW}\n").as_bytes());
        assert_eq!(show(&bench, "key.p12"), before);
        if vector == RSA {
            let form = if legacy { "-legacy" } else { "" };
            let arguments = format!("pkcs12 {form} -in key.p12 -noout -passin pass:{NEW}");
            bench.agrees("openssl", &arguments, "a file with another password opens");
        }
    }
}

#[test]
fn a_password_that_cannot_be_changed_leaves_the_file_as_it_was() {
    let bench = Bench::new();
    bench.take(RSA, "key.p12");
    let bytes = bench.get("key.p12");
    bench.put("weak", b"short\n");
    bench.put("new", format!("{NEW}\n").as_bytes());
    bench.put("wrong", b"Wrong1pass\n");
    let change = |file: &str, old: &str, new: &str| {
        bench.tanba(&[
            "keys",
            "passwd",
            file,
            "--password-file",
            old,
            "--new-password-file",
            new,
            "--json",
        ])
    };
    change("key.p12", "wrong", "new").failed(1, "wrong_password", "key.p12");
    change("key.p12", "password", "weak").failed(1, "weak_password", "weak");
    change("gone.p12", "password", "new").failed(2, "no_such_file", "gone.p12");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("key.p12", bench.path("link.p12")).expect("linked");
        change("link.p12", "password", "new").failed(1, "is_a_link", "link.p12");
    }
    assert_eq!(bench.get("key.p12"), bytes);
    let both = format!("{PASSWORD}\n{NEW}\n");
    let arguments =
        ["keys", "passwd", "key.p12", "--password-file", "-", "--new-password-file", "-"];
    bench.tanba_with(&arguments, both.as_bytes()).good();
    assert_ne!(bench.get("key.p12"), bytes);
}
