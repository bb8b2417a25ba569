//! Published messages of Kazakhstan's PKI.

use std::ops::Range;

use tanba_core::cms::{Draft, SignedMessage, decode_armour};
use tanba_core::crypto::{Digest, HashAlgorithm};
use tanba_core::tsp::Token;
use tanba_core::x509::certificate::Certificate;

use crate::bench::sample;

/// What is in a detached message.
enum Detached {
    No,
    File(&'static str),
    Text(&'static str),
}

impl Detached {
    fn digests(&self, hash: HashAlgorithm) -> Vec<Digest> {
        match self {
            Self::No => Vec::new(),
            Self::File(file) => vec![hash.hash(&sample(file))],
            Self::Text(text) => vec![hash.hash(text.as_bytes())],
        }
    }
}

/// File, its content, names of the hash and the key, whether it has a time stamp.
const SAMPLES: [(&str, Detached, HashAlgorithm, &str, bool); 7] = [
    (
        "danikarik_ncanode-go/personal/active/AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.cms",
        Detached::No,
        HashAlgorithm::Sha256,
        "rsa2048",
        false,
    ),
    (
        "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.cms",
        Detached::No,
        HashAlgorithm::Sha256,
        "rsa2048",
        false,
    ),
    (
        "danikarik_ncanode-go/personal/revoked/AUTH_RSA256_60d5a0346dd52fb5f3b9148e6cfbcd6cf323d119.cms",
        Detached::No,
        HashAlgorithm::Sha256,
        "rsa2048",
        false,
    ),
    (
        "danikarik_ncanode-go/personal/revoked/RSA256_346a7e57c2995259140b6fc375b6ff3bba7e852f.cms",
        Detached::No,
        HashAlgorithm::Sha256,
        "rsa2048",
        false,
    ),
    (
        "skarm_kalkan/cms/individual_attached.der",
        Detached::No,
        HashAlgorithm::Streebog512,
        "gost512",
        true,
    ),
    (
        "skarm_kalkan/cms/individual_detached.der",
        Detached::File("skarm_kalkan/cms/individual_document.txt"),
        HashAlgorithm::Streebog512,
        "gost512",
        true,
    ),
    (
        "skarm_kalkan/examples/CMS_for_double_sign.txt",
        Detached::Text("Hello World"),
        HashAlgorithm::Gost34311,
        "gost2004",
        false,
    ),
];

#[test]
fn every_published_message_verifies() {
    for (file, content, hash, kind, stamped) in SAMPLES {
        let message = SignedMessage::parse(&decode_armour(&sample(file)).unwrap()).unwrap();
        assert_eq!(message.attached.is_none(), !matches!(content, Detached::No), "{file}");
        let [signer] = message.signers() else { panic!("{file}") };
        let check = message.check(signer, &content.digests(hash));
        assert!(check.is_good(), "{file}: {check:?}");
        let certificate = check.certificate.unwrap();
        assert_eq!(certificate.public_key.kind().name(), kind, "{file}");
        assert!(signer.signed.as_ref().unwrap().signing_time.is_some(), "{file}");
        assert_eq!(signer.time_stamps().len(), usize::from(stamped), "{file}");
        for token in signer.time_stamps() {
            let token = Token::parse(&token).unwrap();
            let stamp = token.verify_over(&signer.signature, &[]).unwrap();
            assert_eq!(stamp.policy.to_string(), "1.2.398.3.3.2.6.4", "{file}");
            assert_eq!(stamp.hash, HashAlgorithm::Streebog512, "{file}");
            let signed_at = signer.signed.as_ref().unwrap().signing_time.unwrap();
            assert!((0..60).contains(&stamp.time.since(signed_at)), "{file}");
            assert_eq!(
                stamp.certificate.subject.common_name.as_deref(),
                Some("TIME-STAMPING AUTHORITY")
            );
        }
    }
}

#[test]
fn what_is_written_anew_is_what_was_read() {
    for (file, content, ..) in SAMPLES {
        let der = decode_armour(&sample(file)).unwrap();
        let message = SignedMessage::parse(&der).unwrap();
        let written = match content {
            Detached::File(_) | Detached::Text(_) => message.to_detached(),
            Detached::No => message.to_attached(message.content().unwrap()),
        };
        assert_eq!(written, der, "{file}");
    }
}

/// Whether everything is right: the signer, its time stamps, and that its authority signed its certificate.
fn is_right(der: &[u8], digests: &[Digest], authority: &Certificate, stamps: usize) -> bool {
    let Ok(message) = SignedMessage::parse(der) else { return false };
    let [signer] = message.signers() else { return false };
    let check = message.check(signer, digests);
    let trusted = check
        .certificate
        .as_ref()
        .is_some_and(|certificate| certificate.verify_signed_by(authority).is_ok());
    let tokens = signer.time_stamps();
    check.is_good()
        && trusted
        && tokens.len() == stamps
        && tokens.iter().all(|token| {
            Token::parse(token).is_ok_and(|token| token.verify_over(&signer.signature, &[]).is_ok())
        })
}

/// Flips one bit of every byte; returns the bytes at which nobody noticed.
fn unnoticed(file: &str, authority: &str, digests: &[Digest], stamps: usize) -> Vec<usize> {
    let der = decode_armour(&sample(file)).unwrap();
    let authority = sample(authority);
    let unarmoured = der::pem::decode_vec(&authority).map(|(_, der)| der);
    let authority = Certificate::parse(&unarmoured.unwrap_or(authority)).unwrap();
    assert!(is_right(&der, digests, &authority, stamps), "{file}");
    (0..der.len())
        .filter(|at| {
            let mut changed = der.clone();
            changed[*at] ^= 1 << (at % 8);
            is_right(&changed, digests, &authority, stamps)
        })
        .collect()
}

/// What no signature covers, and no check needs: the message's version, and the digest algorithms that it announces,
/// which only tell a reader in one pass what to compute (RFC 5652, section 5.1).
fn assert_only(unnoticed: &[usize], neutral: &[Range<usize>]) {
    let strange: Vec<_> =
        unnoticed.iter().filter(|at| !neutral.iter().any(|range| range.contains(at))).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn one_flipped_bit_is_noticed_with_rsa() {
    let unnoticed = unnoticed(SAMPLES[1].0, "mitwork_NCANode/ca/nca_rsa_test.crt", &[], 0);
    assert_only(&unnoticed, &[25..26, 28..43]);
}

#[test]
fn one_flipped_bit_is_noticed_with_gost_2015() {
    let unnoticed = unnoticed(SAMPLES[4].0, "skarm_kalkan/certs/nca_gost2022_test.cer", &[], 1);
    // The second two are those of the time stamp's message.
    assert_only(&unnoticed, &[25..26, 28..42, 1769..1770, 1772..1786]);
}

#[test]
fn one_flipped_bit_is_noticed_with_gost_2004() {
    let digests = SAMPLES[6].1.digests(HashAlgorithm::Gost34311);
    let unnoticed = unnoticed(SAMPLES[6].0, "mitwork_NCANode/ca/nca_gost_test.crt", &digests, 0);
    assert_only(&unnoticed, &[25..26, 28..42]);
}

/// A message of the authority's own programs, made anew from its certificate, moment, signature and time stamp.
#[test]
fn what_is_made_is_byte_for_byte_what_their_programs_make() {
    for (file, content) in [
        ("skarm_kalkan/cms/individual_attached.der", None),
        (
            "skarm_kalkan/cms/individual_detached.der",
            Some(sample("skarm_kalkan/cms/individual_document.txt")),
        ),
    ] {
        let der = sample(file);
        let theirs = SignedMessage::parse(&der).unwrap();
        let signer = &theirs.signers()[0];
        let document = content.as_deref().or(theirs.content()).unwrap();
        let digest = HashAlgorithm::Streebog512.hash(document);
        let at = signer.signed.as_ref().unwrap().signing_time.unwrap();
        let certificate = Certificate::parse(&sample("skarm_kalkan/cms/individual_signer.cer"));
        let certificate = certificate
            .unwrap_or_else(|_| Certificate::parse(theirs.certificates().next().unwrap()).unwrap());
        let draft = Draft::new(&certificate, &digest, at).unwrap();
        let mut ours = SignedMessage::new();
        let index = ours.add_signer(draft.assemble(&signer.signature).unwrap()).unwrap();
        ours.add_time_stamp(index, &signer.time_stamps()[0]).unwrap();
        let written = match content {
            Some(_) => ours.to_detached(),
            None => ours.to_attached(document),
        };
        assert_eq!(written, der, "{file}");
    }
}
