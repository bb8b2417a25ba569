//! Signatures that others made, as they are and changed in every place.

use std::collections::BTreeMap;

use super::*;
use crate::x509::certificate::Certificate;

macro_rules! sample {
    ($path:literal) => {
        include_bytes!(concat!("../../../../../tests/vectors/kz/", $path)).as_slice()
    };
}

const RSA: &[u8] = sample!(
    "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.xml"
);
const GOST: &[u8] = sample!("fedor35_ncalayer-rs/test_gost512.xml_simple.xml");
const GOST_BY_ID: &[u8] = sample!("fedor35_ncalayer-rs/test_gost512.xml_xpath.xml");

const SAMPLES: [&[u8]; 7] = [
    RSA,
    sample!(
        "danikarik_ncanode-go/personal/active/AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.xml"
    ),
    sample!(
        "danikarik_ncanode-go/personal/revoked/AUTH_RSA256_60d5a0346dd52fb5f3b9148e6cfbcd6cf323d119.xml"
    ),
    sample!(
        "danikarik_ncanode-go/personal/revoked/RSA256_346a7e57c2995259140b6fc375b6ff3bba7e852f.xml"
    ),
    GOST,
    sample!("fedor35_ncalayer-rs/test_gost512.xml_ns.xml"),
    GOST_BY_ID,
];

fn only(document: &[u8]) -> XmlSignature {
    let mut found = signatures(document).unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

/// The signature with its certificate's key, if it has one.
fn verified(signature: &XmlSignature) -> bool {
    let certificate = signature.certificates.first().map(|der| Certificate::parse(der));
    certificate.is_some_and(|read| read.is_ok_and(|one| signature.verify(&one.public_key).is_ok()))
}

fn is_good(signature: &XmlSignature) -> bool {
    verified(signature) && signature.digest() == DigestCheck::Good
}

fn path(names: &[&str]) -> String {
    names.iter().flat_map(|name| ["/", name]).collect()
}

fn text(document: &[u8]) -> &str {
    std::str::from_utf8(document).unwrap()
}

#[test]
fn what_others_signed_verifies() {
    for sample in SAMPLES {
        let signature = only(sample);
        assert!(is_good(&signature), "{signature:?}");
        assert_eq!(signature.certificates.len(), 1);
        assert_eq!(signature.references.len(), 1);
        assert_eq!(signature.references[0].later_signatures, 0);
    }
    let whole = only(RSA);
    assert_eq!((whole.path, whole.id), (path(&["root", "ds:Signature"]), None));
    assert_eq!(whole.algorithm, Ok(SignatureAlgorithm::RsaSha256));
    assert_eq!(whole.references[0].covered, Covered::WholeDocument);
    assert_eq!(whole.references[0].digest_algorithm, Some(HashAlgorithm::Sha256));
    let part = only(GOST_BY_ID);
    assert_eq!(part.algorithm, Ok(SignatureAlgorithm::Gost2015));
    let covered = Covered::Element { id: "part".to_owned(), path: path(&["root", "a"]) };
    assert_eq!(part.references[0].covered, covered);
}

/// Whether a changed document would still be taken for what its author signed: the certificate counts as another one
/// if any byte of it changed, since its issuer's signature is then broken.
fn passes(document: &[u8], certificate: &[u8]) -> bool {
    signatures(document).is_ok_and(|found| {
        found.len() == 1 && is_good(&found[0]) && found[0].certificates == [certificate]
    })
}

#[test]
fn one_changed_bit_anywhere_is_noticed() {
    for (sample, keep) in [(RSA, [0, 2, 5]), (GOST, [0, 1, 4])] {
        let certificate = only(sample).certificates.remove(0);
        let mut neutral: BTreeMap<String, usize> = BTreeMap::new();
        for bit in keep {
            for at in 0..sample.len() {
                let mut changed = sample.to_vec();
                changed[at] ^= 1 << bit;
                if passes(&changed, &certificate) {
                    let around = &sample[at.saturating_sub(12)..at + 1];
                    *neutral.entry(String::from_utf8_lossy(around).into_owned()).or_default() += 1;
                }
            }
        }
        // Only the letters of the declared encoding may be large or small.
        let allowed = |place: &String| {
            place.starts_with("ding=\"")
                || place.contains("encoding=\"")
                || place.contains("oding=\"")
        };
        assert!(neutral.keys().all(allowed), "{neutral:?}");
        assert!(neutral.len() <= 5, "{neutral:?}");
    }
}

#[test]
fn what_is_cut_off_is_noticed() {
    for sample in SAMPLES {
        for length in 0..sample.len() {
            assert!(signatures(&sample[..length]).is_err());
        }
    }
}

#[test]
fn white_space_and_line_ends_in_base64_do_not_count_but_elsewhere_they_do() {
    let certificate = only(GOST).certificates.remove(0);
    let (before, value) = text(GOST).split_once("<ds:SignatureValue>").unwrap();
    for (from, to) in [("&#13;\n", ""), ("&#13;", "&#9;"), ("\n", "\r\n"), ("\n", " ")] {
        let changed = format!("{before}<ds:SignatureValue>{}", value.replace(from, to));
        assert!(passes(changed.as_bytes(), &certificate), "{from:?} {to:?}");
    }
    // Line ends of the file are none of the document's; written as references they are.
    let crlf = text(GOST).replace('\n', "\r\n");
    assert!(passes(crlf.as_bytes(), &certificate));
    for (from, to) in
        [("&#13;\n", "\n"), (">\n<ds:Ref", "><ds:Ref"), (">\n<ds:Ref", ">&#13;\n<ds:Ref")]
    {
        let changed = text(GOST).replace(from, to);
        assert!(!passes(changed.as_bytes(), &certificate), "{from:?} {to:?}");
    }
    let (data, rest) = text(GOST).split_once("<ds:Signature ").unwrap();
    assert!(!passes(format!("{data}\n<ds:Signature {rest}").as_bytes(), &certificate));
}

#[test]
fn a_key_of_another_kind_or_person_does_not_verify() {
    let (rsa, gost) = (only(RSA), only(GOST));
    let other = Certificate::parse(&only(SAMPLES[1]).certificates[0]).unwrap().public_key;
    let bad = Err(NotVerified::Bad(BadSignature));
    assert_eq!(rsa.verify(&other), bad);
    assert_eq!(gost.verify(&other), bad);
}

fn changed(from: &str, to: &str) -> XmlSignature {
    assert!(text(RSA).contains(from), "{from}");
    only(text(RSA).replacen(from, to, 1).as_bytes())
}

#[test]
fn what_cannot_be_checked_is_not_called_bad() {
    use Uncheckable as U;
    let sha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    for (from, to, expected) in [
        (sha256, "http://www.w3.org/2000/09/xmldsig#hmac-sha1", U::SharedSecret),
        (sha256, "http://www.w3.org/2000/09/xmldsig#dsa-sha1", U::Signature),
        ("REC-xml-c14n-20010315\"", "REC-xml-c14n-2001\"", U::Canonicalization),
        ("</ds:Reference>", "</ds:Reference><ds:Object/>", U::Malformed),
        ("<ds:SignedInfo>", "<ds:SignedInfo>text", U::Malformed),
        ("<ds:X509Data>", "<ds:X509Data>text", U::Malformed),
        ("<ds:SignatureValue>", "<ds:SignatureValue>!", U::Malformed),
        ("<ds:SignatureValue>", "<ds:SignatureValue><!-- -->", U::Malformed),
        ("<ds:X509Certificate>", "<ds:X509Certificate>!", U::Malformed),
        ("<ds:DigestValue>", "<ds:DigestValue>=", U::Malformed),
        ("</ds:SignedInfo>", "</ds:SignedInfo><ds:SignedInfo/>", U::Malformed),
        ("</ds:Signature>", "<ds:KeyInfo/></ds:Signature>", U::Malformed),
    ] {
        let signature = changed(from, to);
        assert_eq!(signature.algorithm, Err(expected), "{to}");
        assert_eq!(signature.digest(), DigestCheck::Uncheckable(expected), "{to}");
        let key = Certificate::parse(&only(RSA).certificates[0]).unwrap().public_key;
        assert_eq!(signature.verify(&key), Err(NotVerified::Uncheckable(expected)), "{to}");
    }
    let enveloped =
        "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
    let transform = |name: &str| format!("<ds:Transform Algorithm=\"{name}\"/>");
    let xslt = transform("http://www.w3.org/TR/1999/REC-xslt-19991116");
    let base64 = transform("http://www.w3.org/2000/09/xmldsig#base64");
    let twice = format!("{}{enveloped}", transform("http://www.w3.org/2001/10/xml-exc-c14n#"));
    for (from, to, expected) in [
        ("URI=\"\"", "", U::Outside),
        ("URI=\"\"", "URI=\"http://example.kz/\"", U::Outside),
        ("URI=\"\"", "URI=\"file:///etc/passwd\"", U::Outside),
        ("URI=\"\"", "URI=\"#xpointer(//name)\"", U::Outside),
        ("URI=\"\"", "URI=\"#absent\"", U::NoElement),
        ("xmlenc#sha256", "xmlenc#sha224", U::Hash),
        (enveloped, &xslt, U::Transform),
        (enveloped, &base64, U::Transform),
        (enveloped, &twice, U::Transform),
    ] {
        let signature = changed(from, to);
        assert_eq!(signature.digest(), DigestCheck::Uncheckable(expected), "{to}");
        assert!(!verified(&signature), "{to}");
    }
}

#[test]
fn sha_1_is_recognised_and_not_believed() {
    let digest = HashAlgorithm::Sha1.hash(b"<root><name>NCANode</name></root>");
    let value = {
        use base64ct::Encoding;
        base64ct::Base64::encode_string(digest.as_bytes())
    };
    let document = text(RSA)
        .replace(
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2000/09/xmldsig#sha1",
        )
        .replace("ybvg7uzrmIoa6Q02yU8BiLjYNl64fr+yXCtg0kHwdv4=", &value)
        .replace("#rsa-sha256", "#rsa-sha1");
    let signature = only(document.as_bytes());
    assert_eq!(signature.digest(), DigestCheck::Weak);
    assert_eq!(signature.algorithm, Ok(SignatureAlgorithm::RsaSha1));
    let key = Certificate::parse(&signature.certificates[0]).unwrap().public_key;
    assert_eq!(signature.verify(&key), Err(NotVerified::Weak));
    let other = document.replace("NCANode", "NCAnode");
    assert_eq!(only(other.as_bytes()).digest(), DigestCheck::Bad);
}

#[test]
fn an_id_that_is_there_twice_names_nothing() {
    let by_id = text(GOST_BY_ID);
    for wrapped in [
        by_id.replace("<b/>", "<b Id=\"part\"/>"),
        by_id.replace("<b/>", "<b id='part'/>"),
        by_id.replace("<b/>", "<b xml:id='&#112;art'/>"),
        by_id.replace("<root>", "<root ID='part'>"),
        by_id.replace("<ds:Signature ", "<ds:Signature Id='part' "),
    ] {
        let several = DigestCheck::Uncheckable(Uncheckable::SeveralElements);
        assert_eq!(only(wrapped.as_bytes()).digest(), several, "{wrapped}");
    }
    // The element moved elsewhere is found there, and the report says where.
    let moved = by_id.replace("<a Id=\"part\"><x>1</x></a>", "<a/>");
    let moved = moved.replace("<b/>", "<b><a Id=\"part\"><x>1</x></a></b>");
    let signature = only(moved.as_bytes());
    assert!(is_good(&signature));
    let covered = Covered::Element { id: "part".to_owned(), path: path(&["root", "b", "a"]) };
    assert_eq!(signature.references[0].covered, covered);
    // What is not covered may change.
    assert!(is_good(&only(by_id.replace("<b/>", "<b>other</b>").as_bytes())));
}

#[test]
fn comments_do_not_count_unless_a_pointer_says_so() {
    let commented = text(RSA).replace("NCANode<", "NCA<!-- -->Node<");
    let signature = only(commented.as_bytes());
    assert!(is_good(&signature));
    assert!(!signature.references[0].comments);
    let pointer = |uri: &str| text(RSA).replace("URI=\"\"", &format!("URI=\"{uri}\""));
    let signature = only(pointer("#xpointer(/)").as_bytes());
    assert_eq!(signature.references[0].digest, DigestCheck::Good);
    assert!(signature.references[0].comments);
    let both = pointer("#xpointer(/)").replace("NCANode<", "NCA<!-- -->Node<");
    assert_eq!(only(both.as_bytes()).digest(), DigestCheck::Bad);
    let by_id = text(GOST_BY_ID).replace("#part", "#xpointer(id('part'))");
    assert_eq!(only(by_id.as_bytes()).digest(), DigestCheck::Good);
}

#[test]
fn too_much_is_not_looked_at() {
    let one = text(RSA).split_once("<ds:Signature").unwrap().1.split_once("</root>").unwrap().0;
    let many =
        |count: usize| format!("<root>{}</root>", format!("<ds:Signature{one}").repeat(count));
    assert_eq!(signatures(many(MAX_SIGNATURES).as_bytes()).unwrap().len(), MAX_SIGNATURES);
    assert_eq!(signatures(many(MAX_SIGNATURES + 1).as_bytes()), Err(NotRead::TooMany));
    assert_eq!(signatures(b"<root/>"), Ok(Vec::new()));
    assert!(matches!(signatures(b"<!DOCTYPE a><a/>"), Err(NotRead::NotXml(NotXml::Doctype(_)))));

    let reference =
        text(RSA).split_once("<ds:Reference").unwrap().1.split_once("</ds:Reference>").unwrap().0;
    let reference = format!("<ds:Reference{reference}</ds:Reference>");
    let references = |count: usize| text(RSA).replace(&reference, &reference.repeat(count));
    assert_eq!(only(references(MAX_REFERENCES).as_bytes()).references.len(), MAX_REFERENCES);
    let more = only(references(MAX_REFERENCES + 1).as_bytes());
    assert_eq!(more.algorithm, Err(Uncheckable::TooMuch));
}

#[test]
fn work_has_a_limit() {
    // A namespace that the exclusive form would repeat sixty gigabytes of.
    let uri = "u".repeat(1 << 20);
    let document = text(RSA)
        .replace("<root>", &format!("<root xmlns:p='{uri}'>{}", "<p:a/>".repeat(60_000)))
        .replace(
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
            "http://www.w3.org/2001/10/xml-exc-c14n#",
        );
    let signature = only(document.as_bytes());
    assert_eq!(signature.digest(), DigestCheck::Uncheckable(Uncheckable::TooMuch));
}
