//! xmlsec1 verifies what we sign, and refuses it when it was changed.

use tanba_core::crypto::Algorithm;
use tanba_core::xml::sign::{LineBreaks, Options, What, sign};

use super::bench::{Bench, judged, provider};

/// What xmlsec1 knows.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::Rsa2048, Algorithm::P256];

/// No namespace has what is escaped in it: xmlsec1 does not escape it.
const DOCUMENTS: [&str; 6] = [
    "<a/>",
    "<tag>data</tag>",
    "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- c --><?pi x?>\n<a b='1'\t>\u{442}<!-- d --><b/>\r\n</a>\n<?e?><!-- f -->",
    "<a xmlns='urn:u' xmlns:x='urn:v' xml:lang=\"kk'\" xml:space='preserve'> <![CDATA[<&]]>&#13;&#xA;\t</a >",
    "<a xmlns:ds='urn:other'><ds:b xmlns='urn:c'><c xmlns=''/></ds:b></a>",
    "<ds:Signature xmlns:ds='urn:other'/>",
];

const VERIFY: &str = "--verify --trusted-pem certificate.pem";

fn verifies(bench: &Bench, signed: &[u8], more: &str) -> bool {
    bench.put("signed.xml", signed);
    bench.try_run("xmlsec1", &format!("{VERIFY} {more} signed.xml")).status.success()
}

#[test]
fn xmlsec_verifies_our_enveloped_signatures() {
    let Some(bench) = Bench::xmlsec() else { return };
    for algorithm in ALGORITHMS {
        let person = bench.person(algorithm);
        for document in DOCUMENTS {
            for line_breaks in [LineBreaks::None, LineBreaks::Wrapped] {
                let options = Options { line_breaks, declaration: true, ..Options::default() };
                let signed = sign(
                    document.as_bytes(),
                    &options,
                    &person.certificate,
                    &person.key,
                    &provider(),
                );
                let signed = String::from_utf8(signed.unwrap()).unwrap();
                assert!(verifies(&bench, signed.as_bytes(), ""), "{signed}");
                let changed = signed.replacen("</", "x</", 1);
                assert!(!verifies(&bench, changed.as_bytes(), ""), "{changed}");
            }
        }
        let text = "<?xml version='1.0' encoding='UTF-16'?><\u{448}\u{430}\u{440}\u{442}/>";
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let signed =
            sign(&utf16, &Options::default(), &person.certificate, &person.key, &provider());
        assert!(verifies(&bench, &signed.unwrap(), ""));
        judged("xmlsec1", &format!("our enveloped XML signatures with {}", algorithm.name()));
    }
}

#[test]
fn xmlsec_verifies_our_signatures_of_elements() {
    let Some(bench) = Bench::xmlsec() else { return };
    let document = "<r xmlns='urn:u' xmlns:x='urn:v' xml:lang='kk'><!-- a --><data Id='part' x:y='&#10;'><!-- b -->1\
        <x:b xmlns:x='urn:w'/><b xmlns=''/></data><s xml:space='preserve' xmlns:z='urn:z'/></r>";
    for algorithm in ALGORITHMS {
        let person = bench.person(algorithm);
        for parent in ["/*", "//*[local-name()='s']"] {
            for line_breaks in [LineBreaks::None, LineBreaks::Wrapped] {
                let what = What::parse("//*[@Id='part']", parent).unwrap();
                let options = Options { what, line_breaks, declaration: false };
                let signed = sign(
                    document.as_bytes(),
                    &options,
                    &person.certificate,
                    &person.key,
                    &provider(),
                );
                let signed = String::from_utf8(signed.unwrap()).unwrap();
                assert!(verifies(&bench, signed.as_bytes(), "--id-attr:Id urn:u:data"), "{signed}");
                let changed = signed.replace(">1<", ">2<");
                assert!(
                    !verifies(&bench, changed.as_bytes(), "--id-attr:Id urn:u:data"),
                    "{changed}"
                );
            }
        }
        judged("xmlsec1", &format!("our XML signatures of elements with {}", algorithm.name()));
    }
}

/// xmlsec1 goes by the letter: of several enveloped signatures, only the last is over what is there.
#[test]
fn xmlsec_verifies_the_last_of_several_signatures() {
    let Some(bench) = Bench::xmlsec() else { return };
    let person = bench.person(Algorithm::P256);
    let sign = |document: &[u8]| {
        sign(document, &Options::default(), &person.certificate, &person.key, &provider()).unwrap()
    };
    let twice = sign(&sign(b"<a><b/></a>"));
    assert!(verifies(&bench, &twice, "--node-xpath /a/*[3]"));
    assert!(!verifies(&bench, &twice, "--node-xpath /a/*[2]"));
    judged("xmlsec1", "the second of our XML signatures of one document");
}
