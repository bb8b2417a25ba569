//! Known answers, and what must not verify.

use std::collections::HashMap;

use primeorder::elliptic_curve::Curve;
use primeorder::elliptic_curve::bigint::ArrayEncoding;
use rand_core::OsRng;

use super::super::{Curve512, Curve2004};
use super::*;
use crate::crypto::{HashAlgorithm, KeyKind, PrivateKey, PublicKey};

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

/// The blocks of known answers: one for each curve.
fn blocks() -> Vec<HashMap<&'static str, &'static str>> {
    include_str!("../../../../../../tests/vectors/kz/known-answers-gost.txt")
        .split("\n\n")
        .filter(|block| block.starts_with("curve"))
        .map(|block| block.lines().filter_map(|line| line.rsplit_once(' ')).collect())
        .collect()
}

fn check<C: Encoding>(block: &HashMap<&str, &str>, hash: HashAlgorithm, kind: KeyKind) {
    let secret = Secret::<C>::from_bytes(&bytes(block["d"])).unwrap();
    let nonce = Secret::<C>::from_bytes(&bytes(block["k"])).unwrap();
    let digest = hash.hash(block["msg"].as_bytes());
    assert_eq!(digest.as_bytes(), bytes(block["digest(wire)"]));
    let signature = sign_with(&secret, &nonce, digest.as_bytes()).unwrap();
    assert_eq!(signature, bytes(block["signature(KZ wire)"]));

    let public = PublicKey::from_spki(&bytes(block["spki"])).unwrap();
    assert_eq!(public.kind(), kind);
    assert_eq!(public.verify(b"hello", &signature), Ok(()));
    let pkcs8 = write_private(&secret).unwrap();
    let content = bytes(block["pkcs8.privateKey"]);
    assert!(pkcs8.windows(content.len()).any(|window| window == content));
    let key = PrivateKey::from_pkcs8(&pkcs8).unwrap();
    assert_eq!(*key.public(), public);
    assert_eq!(key.pkcs8(), pkcs8.as_slice());
}

#[test]
fn the_known_answers_come_out_byte_for_byte() {
    let blocks = blocks();
    assert_eq!(blocks.len(), 2);
    check::<Curve512>(&blocks[0], HashAlgorithm::Streebog512, KeyKind::Gost512);
    check::<Curve2004>(&blocks[1], HashAlgorithm::Gost34311, KeyKind::Gost2004);
}

/// The answers of KalkanCrypt itself: a key, its public key, and signatures that it made.
#[test]
fn the_vectors_of_the_authority_s_own_library_verify() {
    let text =
        include_str!("../../../../../../tests/vectors/kz/fedor35_ncalayer-rs/test_gost512.vectors");
    let known: HashMap<&str, &str> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let secret = Secret::<Curve512>::from_bytes(&bytes(known["d"])).unwrap();
    let public = PublicKey::from_spki(&bytes(known["spki"])).unwrap();
    assert_eq!(*PrivateKey::from_pkcs8(&write_private(&secret).unwrap()).unwrap().public(), public);
    let digest = HashAlgorithm::Streebog512.hash(known["msg"].as_bytes());
    assert_eq!(digest.as_bytes(), bytes(known["digest"]));
    assert_eq!(public.verify(known["msg"].as_bytes(), &bytes(known["sig"])), Ok(()));
    assert_eq!(public.verify(&bytes(known["cert_tbs"]), &bytes(known["cert_sig"])), Ok(()));
}

#[test]
fn numbers_out_of_range_are_refused() {
    fn all<C: Encoding + Curve<Uint: ArrayEncoding>>() {
        let pkcs8 = generate::<C>(&mut OsRng).unwrap();
        let digest = vec![7; C::LEN];
        let signature = sign::<C>(&mut OsRng, &pkcs8, &digest).unwrap();
        let point = read_secret::<C>(&pkcs8).unwrap().point();
        assert_eq!(verify(&point, &digest, &signature), Ok(()));
        let mut order = C::ORDER.as_ref().to_be_byte_array().to_vec();
        assert!(Secret::<C>::from_bytes(&order).is_none());
        assert!(Secret::<C>::from_bytes(&vec![0; C::LEN]).is_none());
        order.reverse();
        for half in [0..C::LEN, C::LEN..2 * C::LEN] {
            for value in [vec![0; C::LEN], order.clone(), vec![0xff; C::LEN]] {
                let mut changed = signature.clone();
                changed[half.clone()].copy_from_slice(&value);
                assert_eq!(verify(&point, &digest, &changed), Err(BadSignature));
            }
        }
        assert_eq!(verify(&point, &digest, &signature[1..]), Err(BadSignature));
        // Halves exchanged, or each the other way round, as other countries write them.
        let exchanged = [&signature[C::LEN..], &signature[..C::LEN]].concat();
        assert_eq!(verify(&point, &digest, &exchanged), Err(BadSignature));
        let reversed: Vec<u8> = signature.iter().rev().copied().collect();
        assert_eq!(verify(&point, &digest, &reversed), Err(BadSignature));
        // A digest of zero counts as one.
        let zero = vec![0; C::LEN];
        let signature = sign::<C>(&mut OsRng, &pkcs8, &zero).unwrap();
        assert_eq!(verify(&point, &zero, &signature), Ok(()));
    }
    all::<Curve512>();
    all::<Curve2004>();
}

#[test]
fn points_off_the_curve_are_no_keys() {
    for block in blocks() {
        let spki = bytes(block["spki"]);
        for at in spki.len() - 40..spki.len() {
            let mut changed = spki.clone();
            changed[at] ^= 1;
            assert!(PublicKey::from_spki(&changed).is_err(), "{at}");
        }
    }
}
