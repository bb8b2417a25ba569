//! NSS, which writes BER, is read, and reads ours.

use tanba_core::crypto::Algorithm;
use tanba_core::pkcs12::{self, Entry, Form, Strength};

use crate::bench::{Bench, judged};
use crate::{PASSWORD, key, open, password, pem, provider};

#[test]
fn files_of_nss_are_opened_and_nss_opens_ours() {
    let Some(openssl) = Bench::openssl() else { return };
    let Some((pk12util, certutil)) = Bench::nss() else { return };
    certutil.put("database", b"");
    certutil.run("-N -d . --empty-password");
    let database = certutil.path("").display().to_string();
    let key = key(Algorithm::P256);
    openssl.put("key.pem", &pem("PRIVATE KEY", key.pkcs8()));
    openssl.run("req -x509 -key key.pem -subj /CN=leaf -days 30 -outform DER -out leaf.der");
    let entry = Entry::new(key, vec![openssl.get("leaf.der")]);
    for form in [Form::Modern(Strength::Random), Form::Legacy] {
        let file = pkcs12::write(&entry, &password(PASSWORD), form, &provider()).unwrap();
        pk12util.put("ours.p12", &file);
        pk12util.run(&format!("-i ours.p12 -d {database} -W {PASSWORD}"));
        let list = certutil.run("-K -d .");
        assert!(list.contains(&entry.friendly_name), "{list}");
    }
    judged("NSS", "our files in both forms");
    for options in ["", "-c AES-128-CBC -C NONE", "-c DES-EDE3-CBC -C RC2-CBC"] {
        let name = &entry.friendly_name;
        let output = pk12util
            .try_run(&format!("-o theirs.p12 -d {database} -n {name} -W {PASSWORD} {options}"));
        if !output.status.success() {
            // What NSS offers differs from build to build.
            assert!(!options.is_empty(), "{output:?}");
            continue;
        }
        let opened = open(&pk12util.get("theirs.p12"), PASSWORD).unwrap();
        assert_eq!(opened.entries[0].key.pkcs8(), entry.key.pkcs8(), "{options}");
        assert_eq!(opened.entries[0].certificates, entry.certificates, "{options}");
    }
}
