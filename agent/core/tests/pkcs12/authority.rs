//! The authority's own files, as published in `tests/vectors/kz`.

use std::fs;
use std::path::{Path, PathBuf};

use tanba_core::crypto::{KeyKind, PrivateKey};
use tanba_core::pkcs12::{self, Entry, Form, OpenError, Strength};
use tanba_core::x509::certificate::Certificate;

use crate::{open, password, provider};

pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) bytes: Vec<u8>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/kz")
}

/// Every key file of the table in the folder's README, with the password that stands there.
pub(crate) fn samples() -> Vec<Sample> {
    let table = fs::read_to_string(folder().join("README.md")).unwrap();
    let samples: Vec<Sample> = table
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let name = cells.get(1).filter(|name| name.ends_with(".p12"))?;
            let bytes = fs::read(folder().join(name)).unwrap();
            Some(Sample { name: (*name).to_owned(), password: cells[6].to_owned(), bytes })
        })
        .collect();
    assert!(samples.len() > 15, "{}", samples.len());
    samples
}

#[test]
fn every_file_opens_with_its_password_and_holds_a_key_with_its_certificate() {
    let provider = provider();
    for Sample { name, password, bytes } in samples() {
        let opened = open(&bytes, &password).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            opened.has_mac && opened.skipped.is_empty() && opened.extra_certificates.is_empty()
        );
        let [entry] = &opened.entries[..] else { panic!("{name}: {opened:?}") };
        let [certificate] = &entry.certificates[..] else { panic!("{name}") };
        let certificate = Certificate::parse(certificate).unwrap();
        assert_eq!(certificate.public_key, *entry.key.public(), "{name}");
        // The id is the certificate's; older ones have another than ours.
        let id = &entry.friendly_name;
        let copy = PrivateKey::from_pkcs8(entry.key.pkcs8()).unwrap();
        assert_eq!(*id, Entry::new(copy, entry.certificates.clone()).friendly_name, "{name}");
        let file = name.rsplit('/').next().unwrap();
        let kind = match file.split('_').next().unwrap() {
            "AUTH" | "RSA256" => Some(KeyKind::Rsa { bits: 2048 }),
            "GOST512" => Some(KeyKind::Gost512),
            "GOSTKNCA" => Some(KeyKind::Gost2004),
            _ => None,
        };
        assert!(kind.is_none_or(|kind| kind == entry.key.kind()), "{name}: {kind:?}");
        assert!(file.starts_with("KEY_") || file.contains(id), "{name}: {id}");
        let signature = provider.sign_message(&entry.key, b"contract").unwrap();
        assert_eq!(certificate.public_key.verify(b"contract", &signature), Ok(()), "{name}");

        for wrong in ["", "qwerty12", "Qwerty12 ", "Құпия1"] {
            assert_eq!(open(&bytes, wrong).unwrap_err(), OpenError::WrongPassword, "{name}");
        }
    }
}

#[test]
fn a_file_that_was_cut_is_damaged_and_never_blamed_on_the_password() {
    for Sample { name, password, bytes } in samples() {
        for length in (0..bytes.len()).step_by(7) {
            let error = open(&bytes[..length], &password).unwrap_err();
            assert!(matches!(error, OpenError::Damaged { .. }), "{name}, {length}: {error}");
        }
    }
}

#[test]
fn their_passwords_are_changed_and_all_stays() {
    let provider = provider();
    let (new, other) = (password("Жаңа құпия 🔑"), password("Aa123456"));
    for Sample { name, password: old, bytes } in samples() {
        let before = open(&bytes, &old).unwrap();
        let mut file = bytes;
        let mut current = password(&old);
        for (next, form) in
            [(&new, Form::Legacy), (&other, Form::Modern(Strength::Random)), (&new, Form::Legacy)]
        {
            file = pkcs12::change_password(&file, &current, next, form, &provider).unwrap();
            let after = pkcs12::open(&file, next).unwrap();
            assert_eq!(after.entries[0].key.pkcs8(), before.entries[0].key.pkcs8(), "{name}");
            assert_eq!(after.entries[0].certificates, before.entries[0].certificates, "{name}");
            assert_eq!(after.entries[0].friendly_name, before.entries[0].friendly_name, "{name}");
            assert_eq!(pkcs12::open(&file, &current).unwrap_err(), OpenError::WrongPassword);
            current = password(next.expose());
        }
    }
}
