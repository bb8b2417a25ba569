//! We verify what xmlsec1 signs by many templates, and notice what was changed.

use tanba_core::crypto::Algorithm;
use tanba_core::xml::{self, Covered, DigestCheck, XmlSignature};

use super::bench::{Bench, Person, judged};

const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const METHODS: [&str; 6] = [
    C14N,
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    EXCLUSIVE,
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
];

/// What is to be signed, for xmlsec1 to fill in.
struct Template {
    method: &'static str,
    signature: String,
    digest: &'static str,
    uri: &'static str,
    transforms: Vec<String>,
    object: &'static str,
}

impl Template {
    fn new(signature: &str) -> Self {
        Self {
            method: C14N,
            signature: format!("http://www.w3.org/2001/04/xmldsig-more#{signature}"),
            digest: "http://www.w3.org/2001/04/xmlenc#sha256",
            uri: "",
            transforms: vec![format!("<Transform Algorithm='{ENVELOPED}'/>")],
            object: "",
        }
    }

    fn write(&self) -> String {
        let transforms = match self.transforms.concat() {
            none if none.is_empty() => none,
            some => format!("<Transforms>{some}</Transforms>"),
        };
        format!(
            "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'>\n<SignedInfo><!-- a -->\n\
             <CanonicalizationMethod Algorithm='{}'/><SignatureMethod  Algorithm=\"{}\" /><Reference URI=\"{}\">{transforms}\
             <DigestMethod Algorithm='{}'></DigestMethod>\r\n<DigestValue/></Reference></SignedInfo><SignatureValue/>\
             <KeyInfo><X509Data/></KeyInfo>{}</Signature>",
            self.method, self.signature, self.uri, self.digest, self.object
        )
    }
}

/// The document, with a place for the signature.
fn document(signature: &str) -> String {
    format!(
        "<?xml version='1.0'?><?pi a?><!-- a --><r xmlns='urn:u' xmlns:x='urn:v' xmlns:y='urn:y' xml:lang='kk' xml:id='q'>\
         <!-- b --><x:data Id='part' y:b='&#13;' a=\"&quot;\">1<b xmlns='' xmlns:x='urn:w' x:c='\t'><!-- c --><d/><?pi ?></b>\r\n\
         <e xmlns:y='urn:y'/><![CDATA[<>]]></x:data><f xml:space='preserve' xmlns:z='urn:z'>{signature}</f></r><!-- d -->"
    )
}

const ID: &str = "--id-attr:Id urn:v:data --id-attr:Id http://www.w3.org/2000/09/xmldsig#:Object";

fn signed(bench: &Bench, template: &Template) -> String {
    bench.put("template.xml", document(&template.write()).as_bytes());
    bench.run(
        "xmlsec1",
        &format!(
            "--sign --privkey-pem key.pem,certificate.pem {ID} --output signed.xml template.xml"
        ),
    );
    String::from_utf8(bench.get("signed.xml")).unwrap()
}

fn only(document: &str) -> XmlSignature {
    let mut found = xml::signatures(document.as_bytes()).unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn check(bench: &Bench, person: &Person, template: &Template) -> XmlSignature {
    let signed = signed(bench, template);
    let signature = only(&signed);
    assert_eq!(signature.verify(&person.certificate.public_key), Ok(()), "{signed}");
    assert_eq!(signature.digest(), DigestCheck::Good, "{signed}");
    assert_eq!(signature.certificates, [person.certificate.der()]);
    if signature.references[0].covered == Covered::WholeDocument {
        assert_eq!(only(&signed.replace("a?>", "b?>")).digest(), DigestCheck::Bad);
    }
    signature
}

#[test]
fn we_verify_xmlsec_with_all_canonicalizations() {
    let Some(bench) = Bench::xmlsec() else { return };
    let person = bench.person(Algorithm::P256);
    for method in METHODS {
        for transform in METHODS {
            for (uri, enveloped) in [
                ("", true),
                ("#part", false),
                ("#part", true),
                ("#xpointer(/)", true),
                ("#xpointer(id('part'))", false),
            ] {
                let mut template = Template { method, uri, ..Template::new("ecdsa-sha256") };
                if !enveloped {
                    template.transforms.clear();
                }
                template.transforms.push(format!("<Transform Algorithm='{transform}'/>"));
                let signature = check(&bench, &person, &template);
                let comments = transform.ends_with("WithComments") && uri.contains("xpointer");
                assert_eq!(signature.references[0].comments, comments);
            }
        }
    }
    judged("xmlsec1", "its XML signatures with six canonicalizations verify here");
}

#[test]
fn we_verify_xmlsec_with_prefixes_that_are_not_exclusive() {
    let Some(bench) = Bench::xmlsec() else { return };
    let person = bench.person(Algorithm::P256);
    for list in ["", "#default", "y", "x y", " z  #default\t y x absent "] {
        for uri in ["", "#part"] {
            let mut template = Template { method: EXCLUSIVE, uri, ..Template::new("ecdsa-sha256") };
            if !uri.is_empty() {
                template.transforms.clear();
            }
            template.transforms.push(format!(
                "<Transform Algorithm='{EXCLUSIVE}'><InclusiveNamespaces xmlns='{EXCLUSIVE}' PrefixList='{list}'/></Transform>"
            ));
            check(&bench, &person, &template);
        }
    }
    judged("xmlsec1", "its XML signatures with an inclusive prefix list verify here");
}

#[test]
fn we_verify_xmlsec_with_all_algorithms() {
    let Some(bench) = Bench::xmlsec() else { return };
    let digests = [
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    ];
    for (algorithm, kind) in [(Algorithm::Rsa2048, "rsa"), (Algorithm::P256, "ecdsa")] {
        let person = bench.person(algorithm);
        for bits in ["256", "384", "512"] {
            for digest in digests {
                check(
                    &bench,
                    &person,
                    &Template { digest, ..Template::new(&format!("{kind}-sha{bits}")) },
                );
            }
        }
        judged("xmlsec1", &format!("its XML signatures with {} verify here", algorithm.name()));
    }
}

#[test]
fn we_call_sha_1_of_xmlsec_weak() {
    let Some(bench) = Bench::xmlsec() else { return };
    let person = bench.person(Algorithm::P256);
    let digest = "http://www.w3.org/2000/09/xmldsig#sha1";
    let signed = signed(&bench, &Template { digest, ..Template::new("ecdsa-sha256") });
    assert_eq!(only(&signed).verify(&person.certificate.public_key), Ok(()));
    assert_eq!(only(&signed).digest(), DigestCheck::Weak);
}

#[test]
fn we_say_that_an_object_is_all_that_xmlsec_signed() {
    let Some(bench) = Bench::xmlsec() else { return };
    let person = bench.person(Algorithm::P256);
    let object = "<Object Id='o'><a xmlns=''>content</a></Object>";
    let template =
        Template { uri: "#o", object, transforms: vec![], ..Template::new("ecdsa-sha256") };
    let signature = check(&bench, &person, &template);
    let path = "/r/f/Signature/Object".to_owned();
    assert_eq!(
        signature.references[0].covered,
        Covered::PartOfSignature { id: "o".to_owned(), path }
    );
    judged("xmlsec1", "its enveloping XML signatures verify here");
}
