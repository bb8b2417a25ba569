//! The identity, judged by OpenSSL.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

/// Runs `openssl`; `None` if it is not installed and does not have to be.
fn openssl(folder: &Path, arguments: &[&str]) -> Option<(bool, String)> {
    match Command::new("openssl").current_dir(folder).args(arguments).output() {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
        }
        Err(_) if std::env::var_os("TANBA_REQUIRE_ALL").is_none() => {
            eprintln!("SKIPPED: apt install openssl");
            None
        }
        Err(error) => panic!("openssl is needed: {error}"),
    }
}

fn written() -> (tempfile::TempDir, Identity) {
    let folder = tempfile::tempdir().unwrap();
    let identity = make(NOW).unwrap();
    write(&identity, folder.path()).unwrap();
    (folder, identity)
}

/// A certificate for `name`, signed by a root like ours whose key was kept, and that root, in `folder`.
fn forge(folder: &Path, names: Vec<SanType>) {
    let (params, key) = root(NOW).unwrap();
    let mut forged = leaf(NOW).unwrap();
    forged.subject_alt_names = names;
    let issuer = Issuer::from_params(&params, &*key);
    let forged = forged.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
    fs::write(folder.join("forged.pem"), forged.pem()).unwrap();
    fs::write(folder.join("kept.pem"), params.self_signed(&*key).unwrap().pem()).unwrap();
}

const AT: &str = "1800000000";

#[test]
fn openssl_trusts_the_leaf_for_this_machine() {
    let (folder, _) = written();
    for name in
        [["-verify_ip", "127.0.0.1"], ["-verify_ip", "::1"], ["-verify_hostname", "localhost"]]
    {
        let arguments = [
            &["verify", "-x509_strict", "-purpose", "sslserver", "-attime", AT, "-CAfile", ROOT][..],
            &name,
            &[LEAF],
        ];
        let Some((accepted, text)) = openssl(folder.path(), &arguments.concat()) else { return };
        assert!(accepted, "{name:?}: {text}");
    }
}

#[test]
fn openssl_trusts_the_leaf_for_no_other_name_and_no_other_purpose() {
    let (folder, _) = written();
    for more in [
        ["-verify_ip", "127.0.0.2"],
        ["-verify_hostname", "example.com"],
        ["-purpose", "smimesign"],
        ["-purpose", "sslclient"],
    ] {
        let arguments = [&["verify", "-attime", AT, "-CAfile", ROOT][..], &more, &[LEAF]].concat();
        let Some((accepted, text)) = openssl(folder.path(), &arguments) else { return };
        assert!(!accepted, "{more:?}: {text}");
    }
}

#[test]
fn the_root_says_critically_for_which_names_it_speaks() {
    let (folder, _) = written();
    let Some((_, text)) = openssl(folder.path(), &["x509", "-in", ROOT, "-noout", "-text"]) else {
        return;
    };
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let after = |title: &str| {
        let at = lines
            .iter()
            .position(|line| *line == title)
            .unwrap_or_else(|| panic!("no {title} in {text}"));
        lines[at + 1..].iter().take(4).copied().collect::<Vec<_>>().join("\n")
    };
    let names = after("X509v3 Name Constraints: critical");
    for expected in [
        "Permitted:",
        "DNS:localhost",
        "IP:127.0.0.1/255.255.255.255",
        "IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF",
    ] {
        assert!(names.contains(expected), "{expected} is not in {names}");
    }
    assert!(after("X509v3 Basic Constraints: critical").starts_with("CA:TRUE, pathlen:0"));
    assert!(after("X509v3 Key Usage: critical").starts_with("Certificate Sign\n"));
    assert!(
        text.contains("Subject: CN = Tanba local root ")
            || text.contains("Subject: CN=Tanba local root ")
    );
}

#[test]
fn even_with_the_root_key_nobody_could_vouch_for_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let dns = |name: &str| SanType::DnsName(name.try_into().unwrap());
    let ip = |address: &str| SanType::IpAddress(address.parse().unwrap());
    let cases: [(Vec<SanType>, bool); 6] = [
        (vec![dns("localhost"), ip("127.0.0.1")], true),
        (vec![dns("example.com")], false),
        (vec![ip("127.0.0.2")], false),
        (vec![ip("192.168.0.1")], false),
        (vec![ip("fe80::1")], false),
        (vec![dns("localhost"), dns("egov.kz")], false),
    ];
    for (names, expected) in cases {
        let label = format!("{names:?}");
        forge(folder.path(), names);
        let arguments = ["verify", "-attime", AT, "-CAfile", "kept.pem", "forged.pem"];
        let Some((accepted, text)) = openssl(folder.path(), &arguments) else { return };
        assert_eq!(accepted, expected, "{label}: {text}");
        assert!(expected || text.contains("permitted subtree violation"), "{label}: {text}");
    }
}

#[test]
fn the_pair_lives_from_yesterday_for_397_days() {
    let identity = make(NOW).unwrap();
    for pem in [identity.root_pem(), identity.leaf_pem()] {
        let period = certificate(pem).unwrap().tbs_certificate.validity;
        let (begin, end) =
            (period.not_before.to_unix_duration(), period.not_after.to_unix_duration());
        assert_eq!(begin.as_secs(), 1_800_000_000 - 86_400);
        assert_eq!((end - begin).as_secs() + 1, 397 * 86_400);
    }
}

#[test]
fn a_clock_that_no_certificate_can_hold_is_an_error() {
    for seconds in [i64::MIN, -1, 0, i64::MAX] {
        assert!(
            matches!(make(UnixTime::from_secs(seconds)), Err(IdentityError::Clock)),
            "{seconds}"
        );
    }
}

#[test]
fn the_only_private_key_on_the_disk_is_the_leafs() {
    let (folder, identity) = written();
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let text = fs::read_to_string(entry.path()).unwrap();
        assert_eq!(text.contains("PRIVATE"), entry.file_name() == LEAF_KEY, "{text}");
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, [".lock", LEAF_KEY, LEAF, ROOT]);
    let key = KeyPair::from_pem(identity.expose_leaf_key()).unwrap();
    assert_eq!(
        key.public_key_raw(),
        public_key(&certificate(identity.leaf_pem()).unwrap()).unwrap()
    );
    assert_ne!(
        key.public_key_raw(),
        public_key(&certificate(identity.root_pem()).unwrap()).unwrap()
    );
    assert!(!format!("{identity:?}").contains("PRIVATE"));
}

#[cfg(unix)]
#[test]
fn only_this_user_can_read_the_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("a/tls");
    ensure(&folder, NOW).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join(LEAF_KEY)), 0o600);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(matches!(ensure(&folder, NOW), Err(IdentityError::FolderNotPrivate(_))));
}

#[test]
fn an_identity_is_made_kept_and_renewed_thirty_days_before_its_end() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("tls");
    let (first, change) = ensure(&folder, NOW).unwrap();
    assert_eq!(change, Change::Made);
    let last_day = first.not_after().plus_secs(-30 * 86_400);
    let (kept, change) = ensure(&folder, last_day).unwrap();
    assert_eq!((change, kept.leaf_pem()), (Change::Kept, first.leaf_pem()));
    let (second, change) = ensure(&folder, last_day.plus_secs(1)).unwrap();
    assert_eq!(change, Change::Renewed);
    assert_ne!(second.root_pem(), first.root_pem());
    assert_eq!(read(&folder).unwrap().unwrap().leaf_pem(), second.leaf_pem());
}

#[test]
fn an_identity_from_the_future_is_renewed() {
    let folder = tempfile::tempdir().unwrap();
    ensure(folder.path(), NOW.plus_secs(10 * 86_400)).unwrap();
    assert_eq!(ensure(folder.path(), NOW).unwrap().1, Change::Renewed);
}

/// What a crash between two renames, or somebody's hand, leaves behind.
#[test]
fn files_that_do_not_belong_together_are_replaced() {
    let other = make(NOW).unwrap();
    let damages: [(&str, Option<&str>); 6] = [
        (LEAF_KEY, Some(other.expose_leaf_key())),
        (LEAF, Some(other.leaf_pem())),
        (ROOT, Some(other.root_pem())),
        (LEAF, None),
        (LEAF_KEY, Some("not a key")),
        (ROOT, Some("\u{fffd}")),
    ];
    for (name, content) in damages {
        let (folder, _) = written();
        match content {
            Some(text) => fs::write(folder.path().join(name), text).unwrap(),
            None => fs::remove_file(folder.path().join(name)).unwrap(),
        }
        assert!(matches!(read(folder.path()), Err(IdentityError::Damaged(_))), "{name}");
        assert_eq!(ensure(folder.path(), NOW).unwrap().1, Change::Renewed, "{name}");
        assert!(read(folder.path()).unwrap().is_some(), "{name}");
    }
}

#[test]
fn two_programs_at_once_end_up_with_the_same_identity() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let leaves = std::thread::scope(|scope| {
        let both =
            [(); 2].map(|()| scope.spawn(|| ensure(path, NOW).unwrap().0.leaf_pem().to_owned()));
        both.map(|thread| thread.join().unwrap())
    });
    assert_eq!(leaves[0], leaves[1]);
}

#[test]
fn the_pin_is_what_openssl_computes() {
    let (folder, identity) = written();
    let Some((_, key)) = openssl(folder.path(), &["x509", "-in", LEAF, "-noout", "-pubkey"]) else {
        return;
    };
    fs::write(folder.path().join("key.pem"), key).unwrap();
    openssl(
        folder.path(),
        &["pkey", "-pubin", "-in", "key.pem", "-outform", "DER", "-out", "key.der"],
    )
    .unwrap();
    openssl(folder.path(), &["dgst", "-sha256", "-binary", "-out", "hash", "key.der"]).unwrap();
    let (_, pin) = openssl(folder.path(), &["base64", "-in", "hash"]).unwrap();
    assert_eq!(identity.spki_sha256_base64(), pin.trim());
}
