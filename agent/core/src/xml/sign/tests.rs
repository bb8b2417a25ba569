//! What we sign: read again by ourselves, and compared byte by byte with what others wrote.

use super::super::{Covered, DigestCheck, XmlSignature, signatures};
use super::*;
use crate::crypto::{Algorithm, tests as crypto};
use crate::layout::Purpose;
use crate::pkcs12;
use crate::secret::Password;
use crate::x509::toy_authority::Recipe;

macro_rules! sample {
    ($path:literal) => {
        include_bytes!(concat!("../../../../../tests/vectors/kz/", $path)).as_slice()
    };
}

/// Somebody who signs.
struct Person {
    key: PrivateKey,
    certificate: Certificate,
}

impl Person {
    fn of(file: &[u8], password: &str) -> Self {
        let opened = pkcs12::open(file, &Password::new(password.to_owned())).unwrap();
        let entry = opened.entries.into_iter().next().unwrap();
        let certificate = Certificate::parse(&entry.certificates[0]).unwrap();
        Self { key: entry.key, certificate }
    }

    fn gost() -> Self {
        Self::of(
            sample!("skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12"),
            "Qwerty12",
        )
    }

    fn p256() -> Self {
        let key = crypto::key(Algorithm::P256);
        let certificate = Recipe::leaf(key.public(), Purpose::Sign).issue(&key);
        Self { certificate: Certificate::parse(&certificate).unwrap(), key }
    }

    fn sign(&self, document: &[u8], options: &Options) -> Result<Vec<u8>, SignError> {
        sign(document, options, &self.certificate, &self.key, &crypto::provider())
    }
}

fn all_good(document: &[u8], people: &[&Person]) -> Vec<XmlSignature> {
    let found = signatures(document).unwrap();
    assert_eq!(found.len(), people.len());
    for (signature, person) in found.iter().zip(people) {
        assert_eq!(signature.verify(person.key.public()), Ok(()));
        assert_eq!(signature.digest(), DigestCheck::Good, "{signature:?}");
        assert_eq!(signature.certificates, [person.certificate.der()]);
    }
    found
}

fn part(element: &str, parent: &str) -> Options {
    Options { what: What::parse(element, parent).unwrap(), ..Options::default() }
}

const ALL_LINE_BREAKS: [LineBreaks; 2] = [LineBreaks::None, LineBreaks::Wrapped];

#[test]
fn what_we_sign_is_what_others_signed_with_the_same_key() {
    for (key, signed) in [
        (
            sample!(
                "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.p12"
            ),
            sample!(
                "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.xml"
            ),
        ),
        (
            sample!(
                "danikarik_ncanode-go/personal/active/AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.p12"
            ),
            sample!(
                "danikarik_ncanode-go/personal/active/AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.xml"
            ),
        ),
    ] {
        let person = Person::of(key, "Qwerty12");
        let signed = std::str::from_utf8(signed).unwrap();
        let (before, rest) = signed.split_once("<ds:Signature ").unwrap();
        let (_, after) = rest.split_once("</ds:Signature>").unwrap();
        let options = Options { line_breaks: LineBreaks::Wrapped, ..Options::default() };
        let ours = person.sign(format!("{before}{after}").as_bytes(), &options).unwrap();
        assert_eq!(std::str::from_utf8(&ours).unwrap(), signed);
    }
}

#[test]
fn the_digest_of_a_small_document_is_the_recorded_one() {
    let certificate = sample!(
        "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.cer"
    );
    let pem =
        std::str::from_utf8(certificate).map(|pem| der::pem::decode_vec(pem.as_bytes()).unwrap().1);
    let certificate = Certificate::parse(&pem.unwrap_or(certificate.to_vec())).unwrap();
    let options = Options { declaration: true, ..Options::default() };
    let signed =
        Draft::prepare(b"<tag>data</tag>", &options, &certificate).unwrap().finish(&[1]).unwrap();
    let signed = String::from_utf8(signed).unwrap();
    // Recorded from NCALayer.
    assert!(
        signed.contains(
            "<ds:DigestValue>soDZFGIUsZ1x0sK/7x1bJvtGeQsO0BKOVwAvKxC3RJY=</ds:DigestValue>"
        )
    );
    assert!(signed.starts_with(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><tag>data<ds:Signature \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>"
    ));
    assert!(
        signed.ends_with("</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></tag>")
    );
    assert!(!signed.contains('\n'));
}

#[test]
fn documents_of_all_shapes_are_signed_and_stay_what_they_were() {
    let people = [Person::gost(), Person::p256()];
    for document in [
        "<a/>",
        "<a></a>",
        "<p:a  xmlns:p='urn:u' />",
        "\u{feff}<?xml version='1.0' encoding=\"UTF-8\"?>\r\n<!-- c --><?pi x?>\n<a b='1'\t>т<b/>\r\n</a>\n<!-- d --><?e?>\n",
        "<a xmlns='urn:u&#9;&amp;&quot;' xmlns:x='urn:v' xml:lang=\"kk'\" xml:space='preserve'> <![CDATA[<&]]>&#13;&#xA; </a >",
        "<a xmlns:ds='urn:other'><ds:b/></a>",
        "<ds:Signature xmlns:ds='urn:other'/>",
    ] {
        for person in &people {
            for line_breaks in ALL_LINE_BREAKS {
                let options = Options { line_breaks, ..Options::default() };
                let signed = person.sign(document.as_bytes(), &options).unwrap();
                all_good(&signed, &[person]);
                let signed = String::from_utf8(signed).unwrap();
                let (before, rest) = signed.rsplit_once("<ds:Signature xmlns:ds=\"http").unwrap();
                let (added, after) =
                    rest.rsplit_once("</ds:Signature>").map_or(("", rest), |(added, after)| {
                        if after.is_empty() {
                            added.split_once("</ds:Signature>").unwrap_or(("", ""))
                        } else {
                            (added, after)
                        }
                    });
                assert_eq!(added.contains('\n'), line_breaks == LineBreaks::Wrapped);
                let without = format!("{before}{after}");
                let closed = document.replace("/>", ">");
                assert!(
                    without == document || without.starts_with(closed.trim_end_matches('\n')),
                    "{without}"
                );
            }
        }
    }
}

#[test]
fn a_document_in_utf_16_stays_in_utf_16() {
    let person = Person::p256();
    let text = "<?xml version='1.0' encoding='utf-16'?><шарт>𐍈<бос/></шарт>";
    for (mark, bytes) in
        [([0xfe, 0xff], u16::to_be_bytes as fn(u16) -> [u8; 2]), ([0xff, 0xfe], u16::to_le_bytes)]
    {
        let document: Vec<u8> =
            mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect();
        let options = Options { declaration: true, ..Options::default() };
        let signed = person.sign(&document, &options).unwrap();
        all_good(&signed, &[&person]);
        let kept = document.len() - "</шарт>".len() * 2 + "шарт".len();
        assert_eq!(signed[..kept], document[..kept]);
        assert!(signed.ends_with(&document[kept..]));
        // And an element by its path.
        let text = "<қ><а Id='б'/></қ>";
        let document: Vec<u8> =
            mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect();
        let signed = person.sign(&document, &part("//а", "/қ")).unwrap();
        all_good(&signed, &[&person]);
    }
}

#[test]
fn each_signature_covers_the_ones_before() {
    let (first, second, third) = (Person::gost(), Person::p256(), Person::gost());
    let mut document = b"<a><b>1</b></a>".to_vec();
    for (person, line_breaks) in [&first, &second, &third].into_iter().zip([
        LineBreaks::None,
        LineBreaks::Wrapped,
        LineBreaks::None,
    ]) {
        document = person.sign(&document, &Options { line_breaks, ..Options::default() }).unwrap();
    }
    let found = all_good(&document, &[&first, &second, &third]);
    let later: Vec<usize> = found.iter().map(|one| one.references[0].later_signatures).collect();
    assert_eq!(later, [2, 1, 0]);

    let text = String::from_utf8(document).unwrap();
    let digests = |text: &str| -> Vec<DigestCheck> {
        signatures(text.as_bytes()).unwrap().iter().map(XmlSignature::digest).collect()
    };
    use DigestCheck::{Bad, Good};
    assert_eq!(digests(&text.replace("<b>1", "<b>2")), [Bad, Bad, Bad]);
    // What somebody puts between them or into a later one is not taken away with it.
    assert_eq!(
        digests(&text.replace("</ds:Signature></a>", "</ds:Signature>x</a>")),
        [Bad, Bad, Bad]
    );
    let object = text.replace("</ds:Signature></a>", "<ds:Object>2</ds:Object></ds:Signature></a>");
    assert_eq!(digests(&object), [Bad, Bad, Good]);
    for (from, to) in [
        ("</ds:KeyInfo></ds:Signature></a>", "<c>3</c></ds:KeyInfo></ds:Signature></a>"),
        (
            "</ds:X509Data></ds:KeyInfo></ds:Signature></a>",
            "<b>3</b></ds:X509Data></ds:KeyInfo></ds:Signature></a>",
        ),
        ("</ds:KeyInfo></ds:Signature></a>", "</ds:KeyInfo><?sum 3?></ds:Signature></a>"),
        (
            "</ds:KeyInfo></ds:Signature></a>",
            "<ds:KeyName sum='3'/></ds:KeyInfo></ds:Signature></a>",
        ),
    ] {
        let hidden = text.replace(from, to);
        assert_ne!(hidden, text, "{from}");
        assert_eq!(digests(&hidden), [Bad, Bad, Good], "{to}");
        // And the last one, which does not cover itself, says so.
        let found = signatures(hidden.as_bytes()).unwrap();
        let unsigned: Vec<bool> = found.iter().map(|one| one.has_unsigned_content).collect();
        assert_eq!(unsigned, [false, false, true], "{to}");
    }
    // The first taken away is missed by those that cover it.
    let (before, rest) = text.split_once("<ds:Signature ").unwrap();
    let (_, after) = rest.split_once("</ds:Signature>").unwrap();
    assert_eq!(digests(&format!("{before}{after}")), [Bad, Bad]);
}

#[test]
fn an_element_is_signed_by_its_id() {
    let person = Person::p256();
    let document = "<r xmlns='urn:u' xmlns:x='urn:v' xml:lang='kk'><data Id='ідент&amp;&quot;1'><!-- c -->1<x:b/></data><s/></r>";
    for (element, parent) in [
        ("//*[local-name()='data']", "/*"),
        ("//*[@Id]", "//*[local-name()='s']"),
        ("/*/*[1]", "/*/*[2]"),
    ] {
        for line_breaks in ALL_LINE_BREAKS {
            let options = Options { line_breaks, ..part(element, parent) };
            let signed = person.sign(document.as_bytes(), &options).unwrap();
            let found = all_good(&signed, &[&person]);
            let covered =
                Covered::Element { id: "ідент&\"1".to_owned(), path: "/r/data".to_owned() };
            assert_eq!(found[0].references[0].covered, covered);
            let changed = String::from_utf8(signed).unwrap().replace(">1<", ">2<");
            assert_eq!(signatures(changed.as_bytes()).unwrap()[0].digest(), DigestCheck::Bad);
        }
    }
    // Two elements, two signatures, then one over all.
    let document = "<r><a Id='1'/><a Id='2'/></r>";
    let once = person.sign(document.as_bytes(), &part("//a[1]", "/r")).unwrap();
    let twice = person.sign(&once, &part("//a[2]", "/r")).unwrap();
    let all = person.sign(&twice, &Options::default()).unwrap();
    let found = all_good(&all, &[&person, &person, &person]);
    assert!(found.iter().all(|one| one.references[0].later_signatures == 0));
}

#[test]
fn what_cannot_be_signed_is_said() {
    let person = Person::p256();
    let error = |document: &str, element: &str, parent: &str| {
        person.sign(document.as_bytes(), &part(element, parent)).err()
    };
    let document = "<r><a Id='1'><b/></a><c id='2'/><d Id=''/><e Id='x(y)'/></r>";
    assert_eq!(error(document, "//a", "/r"), None);
    assert_eq!(error(document, "//z", "/r"), Some(SignError::NoElement));
    assert_eq!(error(document, "//a", "//z"), Some(SignError::NoParent));
    let relative = "<r xmlns:x='u'><a Id='1'/><b/></r>";
    assert_eq!(error(relative, "", ""), Some(SignError::RelativeNamespace));
    assert_eq!(error("<r xmlns='urn:a'><a xmlns=''/></r>", "", ""), None);
    assert_eq!(error(document, "//a", "//a"), Some(SignError::ParentInside));
    assert_eq!(error(document, "//a", "//b"), Some(SignError::ParentInside));
    assert_eq!(error(document, "/r", "//b"), Some(SignError::ParentInside));
    for element in ["//b", "//c", "//d", "//e"] {
        assert_eq!(error(document, element, "/r"), Some(SignError::NoId), "{element}");
    }
    assert_eq!(error("<r><a Id='1'/><b id='1'/></r>", "//a", "/r"), Some(SignError::NoId));
    assert!(matches!(
        error("<!DOCTYPE a><a/>", "", ""),
        Some(SignError::NotXml(NotXml::Doctype(_)))
    ));
    assert!(matches!(error("<a>", "", ""), Some(SignError::NotXml(NotXml::Malformed { .. }))));
    assert_eq!(
        error("<?xml version='1.0' encoding='windows-1251'?><a/>", "", ""),
        Some(SignError::NotXml(NotXml::DeclaredEncoding))
    );

    let other = Person::gost();
    let provider = crypto::provider();
    let mixed = sign(b"<a/>", &Options::default(), &other.certificate, &person.key, &provider);
    assert_eq!(mixed.err(), Some(SignError::OtherKey));
    let draft = Draft::prepare(b"<a/>", &Options::default(), &person.certificate).unwrap();
    assert_eq!(draft.finish(&[1, 2, 3]).err(), Some(SignError::Encoding));

    assert_eq!(What::parse("", ""), Ok(What::Document));
    assert_eq!(What::parse(" / ", "/"), Ok(What::Document));
    assert!(What::parse("/a", "").is_err() && What::parse("", "/a").is_err());
}
