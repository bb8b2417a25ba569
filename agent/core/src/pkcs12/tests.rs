//! Round trips through our own files, and what hostile ones meet. Other programs' files are in
//! `agent/core/tests/pkcs12`.

mod change;
mod integrity;
mod matching;

use der::asn1::OctetStringRef;
use der::{Decode, Encode};

use super::bag::{self, ContentInfo, Pfx, SafeBag};
use super::mac::Hash;
use super::spelling::Spelling;
use super::*;
use crate::crypto::{Algorithm, tests as crypto};
use crate::layout::Purpose;
use crate::secret::Password;
use crate::x509::toy_authority::{Authorities, Recipe};

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}

fn key(algorithm: Algorithm) -> PrivateKey {
    match algorithm {
        Algorithm::Rsa2048 => PrivateKey::from_pkcs8(crypto::rsa_key().pkcs8()).unwrap(),
        Algorithm::P256 | Algorithm::Gost512 => crypto::key(algorithm),
    }
}

/// A key with its certificate and the two above it.
fn full_entry(algorithm: Algorithm) -> Entry {
    let (authorities, key) = (Authorities::new(), key(algorithm));
    let leaf = Recipe::leaf(key.public(), Purpose::Sign).issue(&authorities.issuing);
    Entry::new(key, [vec![leaf], authorities.chain()].concat())
}

fn written(entry: &Entry, text: &str) -> Vec<u8> {
    write(entry, &password(text), Strength::Random, &crypto::provider()).unwrap()
}

fn opened(file: &[u8], text: &str) -> Entry {
    let mut opened = open(file, &password(text)).unwrap();
    assert_eq!((opened.entries.len(), opened.extra_certificates.len()), (1, 0));
    opened.entries.remove(0)
}

#[test]
fn what_is_written_is_read_back() {
    for algorithm in Algorithm::ALL {
        for entry in [Entry::new(key(algorithm), Vec::new()), full_entry(algorithm)] {
            let again = opened(&written(&entry, "Qwerty12"), "Qwerty12");
            assert_eq!(again.key.pkcs8(), entry.key.pkcs8());
            assert_eq!(again.certificates, entry.certificates);
            assert_eq!(again.friendly_name, entry.key.public().key_id().to_string());
        }
    }
}

#[test]
fn passwords_in_any_script_open_what_they_closed() {
    let entry = Entry::new(key(Algorithm::P256), Vec::new());
    let long = "ұзын".repeat(200);
    for text in ["", " ", "Пароль1", "құпиясөз", "🔑key", &long] {
        let file = written(&entry, text);
        assert_eq!(opened(&file, text).key.pkcs8(), entry.key.pkcs8(), "{text}");
        let wrong = open(&file, &password(&format!("{text}x"))).unwrap_err();
        assert_eq!(wrong, OpenError::WrongPassword);
    }
}

#[test]
fn a_persons_password_is_stretched_and_a_random_one_is_not() {
    for (strength, iterations) in [(Strength::Person, 600_000), (Strength::Random, 2_048)] {
        let entry = Entry::new(key(Algorithm::P256), Vec::new());
        let file = write(&entry, &password("Qwerty12"), strength, &crypto::provider()).unwrap();
        let read = Pfx::from_der(&file).unwrap();
        assert_eq!(read.mac_data.unwrap().iterations, iterations);
        // INTEGER of three or two bytes: the derivation's count stands in the file as well.
        let number = iterations.to_der().unwrap();
        let times = file.windows(number.len()).filter(|window| *window == number).count();
        assert!(times >= 2, "{times}");
        assert_eq!(opened(&file, "Qwerty12").key.pkcs8(), entry.key.pkcs8());
    }
}

#[test]
fn two_files_of_one_key_share_no_secret_bytes() {
    let entry = full_entry(Algorithm::P256);
    let (one, other) = (written(&entry, "Qwerty12"), written(&entry, "Qwerty12"));
    assert_ne!(one, other);
    for file in [&one, &other] {
        let scalar = &entry.key.pkcs8()[36..68];
        assert!(!file.windows(scalar.len()).any(|window| window == scalar));
        let name = "ТЕСТОВ".as_bytes();
        assert!(!file.windows(name.len()).any(|window| window == name), "the name lies open");
    }
}

#[test]
fn a_flipped_bit_anywhere_never_gives_another_key() {
    let entry = Entry::new(key(Algorithm::P256), Vec::new());
    let file = written(&entry, "Qwerty12");
    for at in 0..file.len() {
        for bit in [0x01, 0x80] {
            let mut changed = file.clone();
            changed[at] ^= bit;
            match open(&changed, &password("Qwerty12")) {
                Ok(opened) => {
                    // Nothing outside the MAC decides which key it is.
                    assert_eq!(opened.entries.len(), 1, "byte {at}");
                    assert_eq!(opened.entries[0].key.pkcs8(), entry.key.pkcs8(), "byte {at}");
                }
                Err(
                    OpenError::WrongPassword
                    | OpenError::Damaged { .. }
                    | OpenError::Unsupported { .. }
                    | OpenError::TooExpensive,
                ) => {}
            }
        }
    }
}

#[test]
fn a_file_that_was_cut_or_has_a_tail_is_damaged() {
    let file = written(&Entry::new(key(Algorithm::P256), Vec::new()), "Qwerty12");
    for length in 0..file.len() {
        let error = open(&file[..length], &password("Qwerty12")).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{length}: {error}");
    }
    let tail = [file, vec![0]].concat();
    let error = open(&tail, &password("Qwerty12")).unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
}

/// Wraps a safe of our making with a sound MAC, so that what is inside is really looked at.
fn sealed(safe: &[u8]) -> Vec<u8> {
    let spelling = Spelling::standard(&password("Qwerty12"));
    write::seal(safe, Hash::Sha256, &spelling, &[7; 16], 1).unwrap()
}

/// Wraps a safe with a MAC that nobody computed, for what is judged before the MAC is.
fn unsealed(safe: &[u8], iterations: u32) -> Vec<u8> {
    let content = OctetStringRef::new(safe).unwrap().into();
    Pfx {
        version: 3,
        auth_safe: ContentInfo { content_type: bag::DATA, content },
        mac_data: Some(Hash::Sha512.data(&[0; 64], &[7; 16], iterations).unwrap()),
    }
    .to_der()
    .unwrap()
}

fn safe_of(bags: &[u8], times: usize) -> Vec<u8> {
    let part = || ContentInfo {
        content_type: bag::DATA,
        content: OctetStringRef::new(bags).unwrap().into(),
    };
    (0..times).map(|_| part()).collect::<Vec<_>>().to_der().unwrap()
}

fn bags_of(id: const_oid::ObjectIdentifier, value: &[u8], times: usize) -> Vec<u8> {
    let bag = || SafeBag { id, value: der::AnyRef::from_der(value).unwrap(), attributes: None };
    (0..times).map(|_| bag()).collect::<Vec<_>>().to_der().unwrap()
}

fn error_of(file: &[u8]) -> OpenError {
    open(file, &password("Qwerty12")).unwrap_err()
}

#[test]
fn work_without_end_is_refused_before_it_is_done() {
    let empty = safe_of(&[0x30, 0], 1);
    assert_eq!(error_of(&unsealed(&empty, 10_000_001)), OpenError::TooExpensive);
    assert_eq!(error_of(&unsealed(&empty, u32::MAX)), OpenError::TooExpensive);
    let zero = error_of(&unsealed(&empty, 0));
    assert!(matches!(zero, OpenError::Damaged { .. }));
    assert_eq!(error_of(&sealed(&safe_of(&[0x30, 0], 65))), OpenError::TooExpensive);
    let many = bags_of(bag::SECRET_BAG, &[0x05, 0], 513);
    assert_eq!(error_of(&sealed(&safe_of(&many, 1))), OpenError::TooExpensive);
    let keys = bags_of(bag::KEY_BAG, key(Algorithm::P256).pkcs8(), 65);
    assert_eq!(error_of(&sealed(&safe_of(&keys, 1))), OpenError::TooExpensive);
    let mut nested = bags_of(bag::SECRET_BAG, &[0x05, 0], 1);
    for _ in 0..6 {
        nested = bags_of(bag::NESTED_BAG, &nested, 1);
    }
    assert_eq!(error_of(&sealed(&safe_of(&nested, 1))), OpenError::TooExpensive);
    let deep = [0x30, 0x80].repeat(1_000);
    assert_eq!(error_of(&deep), OpenError::TooExpensive);
    assert_eq!(error_of(&sealed(&deep)), OpenError::TooExpensive);
    let huge = vec![0x30; 4 * 1024 * 1024 + 1];
    assert!(matches!(error_of(&huge), OpenError::Unsupported { .. }));
}

#[test]
fn a_broken_structure_is_damage_under_any_password() {
    for safe in [&[0x30, 0x03, 0x02][..], &[0x30, 0x02, 0x05, 0x00], &[]] {
        let error = error_of(&unsealed(safe, 1));
        assert_eq!(error, OpenError::Damaged { what: "the safe" });
    }
    assert_eq!(error_of(&unsealed(&safe_of(&[0x30, 0], 1), 1)), OpenError::WrongPassword);
}

#[test]
fn changes_under_a_sound_mac_never_give_another_key() {
    // Whoever knows the password can seal anything; so the inside is hostile too.
    let entry = full_entry(Algorithm::P256);
    let file = written(&entry, "Qwerty12");
    let read = Pfx::from_der(&file).unwrap();
    let safe: OctetStringRef<'_> = read.auth_safe.content.decode_as().unwrap();
    let mut random = 1_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 16).unwrap() % below
    };
    let mut survived = 0;
    for _ in 0..500 {
        let mut changed = safe.as_bytes().to_vec();
        for _ in 0..=next(2) {
            let at = next(changed.len());
            changed[at] = next(256).to_le_bytes()[0];
        }
        if next(8) == 0 {
            changed.truncate(next(changed.len()));
        }
        if let Ok(opened) = open(&sealed(&changed), &password("Qwerty12")) {
            survived += 1;
            for found in &opened.entries {
                assert_eq!(found.key.pkcs8(), entry.key.pkcs8());
            }
        }
    }
    assert!(survived > 0, "changes of names and certificates leave the file readable");
}

#[test]
fn plain_and_nested_bags_are_read() {
    let key = key(Algorithm::P256);
    let plain = bags_of(bag::KEY_BAG, key.pkcs8(), 1);
    let nested = bags_of(bag::NESTED_BAG, &plain, 1);
    for bags in [plain, nested] {
        let file = sealed(&safe_of(&bags, 1));
        let entry = opened(&file, "Qwerty12");
        assert_eq!(entry.key.pkcs8(), key.pkcs8());
        assert_eq!(entry.friendly_name, "");
    }
    let unknown = bags_of(const_oid::ObjectIdentifier::new_unwrap("1.2.3.4"), &[0x05, 0], 1);
    assert!(matches!(error_of(&sealed(&safe_of(&unknown, 1))), OpenError::Unsupported { .. }));
}

#[test]
fn certificates_go_to_the_key_that_they_are_for() {
    let authorities = Authorities::new();
    let (mine, other) = (key(Algorithm::P256), key(Algorithm::P256));
    let leaf = Recipe::leaf(mine.public(), Purpose::Sign).issue(&authorities.issuing);
    let stranger = Recipe::leaf(other.public(), Purpose::Sign).issue(&authorities.issuing);
    let [issuing, root] = authorities.chain().try_into().unwrap();
    // Written in disorder, with somebody else's certificate and one that is none.
    let odd = vec![0x30, 0];
    let bags: Vec<u8> = [&root, &stranger, &leaf, &odd, &issuing]
        .iter()
        .flat_map(|der| {
            let value = OctetStringRef::new(der).unwrap();
            let value = bag::CertificateBag { id: bag::X509_CERTIFICATE, value: value.into() }
                .to_der()
                .unwrap();
            bags_of(bag::CERTIFICATE_BAG, &value, 1)
        })
        .collect();
    // Each is a safe of its own, one after the other.
    let mut parts = vec![bags_of(bag::KEY_BAG, mine.pkcs8(), 1)];
    let mut rest = bags.as_slice();
    while !rest.is_empty() {
        let length = der::Header::decode(&mut der::SliceReader::new(rest).unwrap()).unwrap();
        let total =
            usize::try_from((length.length + length.encoded_len().unwrap()).unwrap()).unwrap();
        parts.push(rest[..total].to_vec());
        rest = &rest[total..];
    }
    let safe = parts
        .iter()
        .map(|bags| ContentInfo {
            content_type: bag::DATA,
            content: OctetStringRef::new(bags).unwrap().into(),
        })
        .collect::<Vec<_>>()
        .to_der()
        .unwrap();
    let opened = open(&sealed(&safe), &password("Qwerty12")).unwrap();
    assert_eq!(opened.entries.len(), 1);
    assert_eq!(opened.entries[0].certificates, [leaf, issuing, root]);
    assert_eq!(opened.extra_certificates, [stranger, odd]);
}

#[test]
fn a_certificate_of_another_key_is_not_written() {
    let entry = full_entry(Algorithm::P256);
    let other = Entry::new(key(Algorithm::P256), entry.certificates);
    let error = |entry: &Entry| {
        write(entry, &password("Qwerty12"), Strength::Random, &crypto::provider()).unwrap_err()
    };
    assert_eq!(error(&other), WriteError::OtherKey);
    let broken = Entry::new(other.key, vec![vec![0x30, 0]]);
    assert_eq!(error(&broken), WriteError::Certificate);
    let named = |name: String| Entry {
        key: key(Algorithm::P256),
        certificates: Vec::new(),
        friendly_name: name,
    };
    assert_eq!(error(&named("a\nb".to_owned())), WriteError::FriendlyName);
    assert_eq!(error(&named("a".repeat(256))), WriteError::FriendlyName);
    let no_luck =
        crate::crypto::Provider { fill_random: |_| Err(RandomFailed), ..crypto::provider() };
    let entry = Entry::new(key(Algorithm::P256), Vec::new());
    let error = write(&entry, &password("Qwerty12"), Strength::Random, &no_luck).unwrap_err();
    assert_eq!(error, WriteError::Random(RandomFailed));
}
