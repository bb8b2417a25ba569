//! Canonical forms: the examples of RFC 3076 and RFC 3741 that need no document type, and what they leave out.

use super::super::document::{Document, NodeId};
use super::*;

fn canonical(document: &str, method: &Method) -> String {
    let mut bytes = Vec::new();
    canonicalize(document.as_bytes(), method, &mut |piece| bytes.extend_from_slice(piece)).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn find(document: &Document<'_>, local: &str) -> NodeId {
    let named = |id: &NodeId| {
        document.element(*id).is_some_and(|element| element.name.local(document.text) == local)
    };
    document.elements_within(document.root()).find(named).unwrap()
}

/// The canonical form of the first element of that name, without others.
fn of_element(
    text: &str,
    local: &str,
    without: &[&str],
    method: &Method,
) -> Result<String, NotCanonical> {
    read(text.as_bytes(), &Limits::DEFAULT, |document, _| {
        let mut bytes = Vec::new();
        let mut budget = 1 << 20;
        let mut sink = |piece: &[u8]| bytes.extend_from_slice(piece);
        let mut output = Output::new(&mut sink, &mut budget);
        let without: Vec<NodeId> = without.iter().map(|name| find(document, name)).collect();
        let part = Part { apex: Some(find(document, local)), without: &without };
        write(document, part, method, &mut output)?;
        Ok(String::from_utf8(bytes).unwrap())
    })
    .unwrap()
}

#[test]
fn instructions_and_comments_stand_as_in_rfc_3076_section_3_1() {
    let document = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\n\
        <doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->";
    assert_eq!(
        canonical(document, &Method::INCLUSIVE),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>"
    );
    assert_eq!(
        canonical(document, &Method::INCLUSIVE_WITH_COMMENTS),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\
         <?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->"
    );
}

#[test]
fn white_space_in_content_stays_as_in_rfc_3076_section_3_2() {
    let document = "<doc>\n   <clean>   </clean>\n   <dirty>   A   B   </dirty>\n   <mixed>\n      A\n      \
        <clean>   </clean>\n      B\n   </mixed>\n</doc>";
    assert_eq!(canonical(document, &Method::INCLUSIVE), document);
}

#[test]
fn tags_are_written_as_in_rfc_3076_section_3_3() {
    let document = "<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n   \
        <e4   name=\"elem4\"   id=\"elem4\"   ></e4>\n   <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" \
        attr=\"I'm\"\n      xmlns:b=\"http://www.ietf.org\"\n      xmlns:a=\"http://www.w3.org\"\n      \
        xmlns=\"http://example.org\"/>\n   <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n      \
        <e7 xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n            \
        <e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\" attr=\"default\"/>\n         </e8>\n      </e7>\n   </e6>\n</doc>";
    assert_eq!(
        canonical(document, &Method::INCLUSIVE),
        "<doc>\n   <e1></e1>\n   <e2></e2>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n   \
         <e4 id=\"elem4\" name=\"elem4\"></e4>\n   <e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" \
         xmlns:b=\"http://www.ietf.org\" attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" a:attr=\"out\"></e5>\n   \
         <e6 xmlns:a=\"http://www.w3.org\">\n      <e7 xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\">\n            \
         <e9 xmlns:a=\"http://www.ietf.org\" attr=\"default\"></e9>\n         </e8>\n      </e7>\n   </e6>\n</doc>"
    );
}

#[test]
fn characters_are_escaped_as_in_rfc_3076_section_3_4() {
    let document = "<doc>\n   <text>First line&#x0d;&#10;Second line</text>\n   <value>&#x32;</value>\n   \
        <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\n   \
        <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\n   \
        <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\n</doc>";
    assert_eq!(
        canonical(document, &Method::INCLUSIVE),
        "<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   \
         <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n   \
         <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n   \
         <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n</doc>"
    );
}

#[test]
fn line_ends_and_utf_16_come_out_as_line_feeds_in_utf_8() {
    assert_eq!(
        canonical(
            "<a b='1\r\n2'>x\r\ny\rz<!--c\r-->\r\n</a>\r\n",
            &Method::INCLUSIVE_WITH_COMMENTS
        ),
        "<a b=\"1 2\">x\ny\nz<!--c\n-->\n</a>"
    );
    let text = "<?xml version='1.0' encoding='UTF-16'?><а>©𐍈</а>";
    let utf16: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let mut bytes = Vec::new();
    canonicalize(&utf16, &Method::INCLUSIVE, &mut |piece| bytes.extend_from_slice(piece)).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), "<а>©𐍈</а>");
}

#[test]
fn an_element_takes_its_surroundings_along_only_in_the_inclusive_form() {
    // RFC 3741, section 2.2, and what stands around.
    let document = "<n0:local xmlns:n0=\"foo:bar\" xmlns:n3=\"ftp://example.org\" xmlns='d' xml:lang='kk' xml:id='i' a='b'>\
        <n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"/><e/></n1:elem2></n0:local>";
    let of = |method| of_element(document, "elem2", &[], &method).unwrap();
    assert_eq!(
        of(Method::INCLUSIVE),
        "<n1:elem2 xmlns=\"d\" xmlns:n0=\"foo:bar\" xmlns:n1=\"http://example.net\" xmlns:n3=\"ftp://example.org\" \
         xml:id=\"i\" xml:lang=\"en\"><n3:stuff></n3:stuff><e></e></n1:elem2>"
    );
    assert_eq!(
        of(Method { form: Form::Inclusive11, ..Method::INCLUSIVE }),
        "<n1:elem2 xmlns=\"d\" xmlns:n0=\"foo:bar\" xmlns:n1=\"http://example.net\" xmlns:n3=\"ftp://example.org\" \
         xml:lang=\"en\"><n3:stuff></n3:stuff><e></e></n1:elem2>"
    );
    assert_eq!(
        of(Method::EXCLUSIVE),
        "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff>\
         <e xmlns=\"d\"></e></n1:elem2>"
    );
    let prefixes = vec!["n0".to_owned(), String::new(), "absent".to_owned()];
    assert_eq!(
        of(Method { prefixes, ..Method::EXCLUSIVE }),
        "<n1:elem2 xmlns=\"d\" xmlns:n0=\"foo:bar\" xmlns:n1=\"http://example.net\" xml:lang=\"en\">\
         <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff><e></e></n1:elem2>"
    );
}

#[test]
fn a_default_namespace_that_is_undone_is_undone_where_it_was_said() {
    let document = "<a xmlns='u'><b xmlns=''><c/></b><d/></a>";
    for method in [Method::INCLUSIVE, Method::EXCLUSIVE] {
        assert_eq!(
            canonical(document, &method),
            "<a xmlns=\"u\"><b xmlns=\"\"><c></c></b><d></d></a>"
        );
        assert_eq!(of_element(document, "b", &[], &method).unwrap(), "<b><c></c></b>");
    }
    let used = "<p:a xmlns:p='p' xmlns='u'><b xmlns=''/><c/></p:a>";
    assert_eq!(
        canonical(used, &Method::EXCLUSIVE),
        "<p:a xmlns:p=\"p\"><b></b><c xmlns=\"u\"></c></p:a>"
    );
    let listed = Method { prefixes: vec![String::new()], ..Method::EXCLUSIVE };
    assert_eq!(
        canonical(used, &listed),
        "<p:a xmlns=\"u\" xmlns:p=\"p\"><b xmlns=\"\"></b><c></c></p:a>"
    );
}

#[test]
fn elements_are_left_out_with_all_that_is_in_them() {
    let document = "<a><b>1<c/>2</b><d>3<e>4</e>5</d><f/></a>";
    let of = |without: &[&str]| of_element(document, "a", without, &Method::INCLUSIVE).unwrap();
    assert_eq!(of(&["b"]), "<a><d>3<e>4</e>5</d><f></f></a>");
    assert_eq!(of(&["c", "e", "f"]), "<a><b>12</b><d>35</d></a>");
    assert_eq!(of(&["b", "c", "d"]), "<a><f></f></a>");
    assert_eq!(of(&["a"]), "");
}

#[test]
fn xml_base_around_an_element_is_refused_in_version_1_1() {
    let document = "<a xml:base='http://example.kz/'><b/></a>";
    let method = Method { form: Form::Inclusive11, ..Method::INCLUSIVE };
    assert_eq!(of_element(document, "b", &[], &method), Err(NotCanonical::Base));
    assert_eq!(canonical(document, &method), "<a xml:base=\"http://example.kz/\"><b></b></a>");
    assert_eq!(
        of_element(document, "b", &[], &Method::INCLUSIVE).unwrap(),
        "<b xml:base=\"http://example.kz/\"></b>"
    );
}

#[test]
fn the_exclusive_form_cannot_grow_without_limit() {
    let uri = "u".repeat(10_000);
    let document = format!("<a xmlns:p='{uri}'>{}</a>", "<p:b/>".repeat(200));
    assert_eq!(of_element(&document, "a", &[], &Method::EXCLUSIVE), Err(NotCanonical::TooLong));
    assert!(of_element(&document, "a", &[], &Method::INCLUSIVE).is_ok());
}

#[test]
fn methods_are_known_by_their_identifiers() {
    for form in [Form::Inclusive, Form::Inclusive11, Form::Exclusive] {
        for comments in [false, true] {
            let method = Method::new(form, comments);
            assert_eq!(Method::of(method.uri()), Some(method));
        }
    }
    assert_eq!(Method::of("http://www.w3.org/TR/1999/REC-xslt-19991116"), None);
}
