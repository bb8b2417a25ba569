//! Documents that are read, and documents that are not.

use super::super::chars::is_char;
use super::super::{NotXml, Position, Rule};
use super::*;

fn error(text: &str) -> NotXml {
    parse(text, &Limits::DEFAULT).err().unwrap_or_else(|| panic!("{text:?} was read"))
}

fn rule(text: &str) -> Rule {
    let error = error(text);
    let NotXml::Malformed { rule, .. } = error else { panic!("{text:?}: {error}") };
    rule
}

#[test]
fn what_is_not_well_formed_is_refused_by_its_rule() {
    for (text, expected) in [
        ("", Rule::Top),
        ("  ", Rule::Top),
        ("x<a/>", Rule::Top),
        ("<a/>x", Rule::Top),
        ("<a/>&#32;", Rule::Top),
        ("<![CDATA[]]><a/>", Rule::Top),
        ("<a/><b/>", Rule::Top),
        ("<!-- only -->", Rule::Top),
        ("<a", Rule::Unclosed),
        ("<a ", Rule::Unclosed),
        ("<a>", Rule::Unclosed),
        ("<a><b></a>", Rule::EndTag),
        ("</a>", Rule::EndTag),
        ("<a></b>", Rule::EndTag),
        ("<a></a x>", Rule::EndTag),
        ("<a/></a>", Rule::EndTag),
        ("<p:a xmlns:p='u'></q:a>", Rule::EndTag),
        ("<1/>", Rule::Name),
        ("< a/>", Rule::Name),
        ("<a:/>", Rule::Name),
        ("<:a/>", Rule::Name),
        ("<a:b:c xmlns:a='u'/>", Rule::Space),
        ("<a/ >", Rule::Space),
        ("<a b='1'c='2'/>", Rule::Space),
        ("<a b/>", Rule::Attribute),
        ("<a b=1/>", Rule::Attribute),
        ("<a b='1/>", Rule::Attribute),
        ("<a b='<'/>", Rule::LessThan),
        ("<a b='1' b='2'/>", Rule::Twice),
        ("<a xmlns='u' xmlns='u'/>", Rule::Twice),
        ("<a xmlns:p='u' xmlns:p='v'/>", Rule::Twice),
        ("<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", Rule::Twice),
        ("<p:a/>", Rule::Prefix),
        ("<a p:b=''/>", Rule::Prefix),
        ("<a><b xmlns:p='u'/><p:c/></a>", Rule::Prefix),
        ("<xmlns:a/>", Rule::Prefix),
        ("<a xmlns:p=''/>", Rule::Namespace),
        ("<a xmlns:xml='u'/>", Rule::Namespace),
        ("<a xmlns:xmlns='u'/>", Rule::Namespace),
        ("<a xmlns='http://www.w3.org/XML/1998/namespace'/>", Rule::Namespace),
        ("<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", Rule::Namespace),
        ("<a>]]></a>", Rule::EndOfCdata),
        ("<a><!-- -- --></a>", Rule::Comment),
        ("<a><!-- ---></a>", Rule::Comment),
        ("<a><!-- ", Rule::Unclosed),
        ("<a><![CDATA[", Rule::Unclosed),
        ("<a><?b ", Rule::Unclosed),
        ("<a><? b?></a>", Rule::Name),
        ("<a><?b!?></a>", Rule::Space),
        ("<a><?b:c d?></a>", Rule::Space),
        ("<a><?XmL b?></a>", Rule::Instruction),
        (" <?xml version='1.0'?><a/>", Rule::Instruction),
        ("<?xml?><a/>", Rule::Instruction),
        ("<?xml encoding='utf-8'?><a/>", Rule::Declaration),
        ("<?xml version='1.0' standalone='maybe'?><a/>", Rule::Declaration),
        ("<?xml version='1.0' standalone='no' encoding='utf-8'?><a/>", Rule::Declaration),
        ("<?xml version='1.0' encoding='8'?><a/>", Rule::Declaration),
        ("<a>&</a>", Rule::Reference),
        ("<a>&amp</a>", Rule::Reference),
        ("<a>& amp;</a>", Rule::Reference),
        ("<a>&#;</a>", Rule::Reference),
        ("<a>&#x;</a>", Rule::Reference),
        ("<a>&#0;</a>", Rule::Reference),
        ("<a>&#xD800;</a>", Rule::Reference),
        ("<a>&#x110000;</a>", Rule::Reference),
        ("<a>&#99999999999999999999;</a>", Rule::Reference),
        ("<a>&#X41;</a>", Rule::Reference),
        ("<a b='&#xFFFE;'/>", Rule::Reference),
        ("<a>\u{1}</a>", Rule::Character),
        ("<a b='\u{1f}'/>", Rule::Character),
        ("<a><!--\u{fffe}--></a>", Rule::Character),
        ("<a><?b \u{ffff}?></a>", Rule::Character),
        ("<a><![CDATA[\0]]></a>", Rule::Character),
        ("<a><!B></a>", Rule::Markup),
    ] {
        assert_eq!(rule(text), expected, "{text:?}");
    }
}

#[test]
fn entities_and_document_types_are_refused() {
    let at = |line, column| Position { line, column };
    let doctype =
        "<?xml version='1.0'?>\n <!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>";
    assert_eq!(error(doctype), NotXml::Doctype(at(2, 2)));
    assert_eq!(error("<!DOCTYPE a><a/>"), NotXml::Doctype(at(1, 1)));
    assert_eq!(error("<a>қ &x;</a>"), NotXml::Entity(at(1, 6)));
    assert_eq!(error("<a b='&x;'/>"), NotXml::Entity(at(1, 7)));
    assert_eq!(error("<?xml version='1.1'?><a/>"), NotXml::Version);
}

#[test]
fn what_is_well_formed_is_read() {
    for text in [
        "<a/>",
        "\n<a />\n",
        "<?xml version=\"1.0\" encoding='utf-8' standalone = 'no' ?><?b?><!----><a></a ><?c d?>",
        "<a b = '\"' c\n=\"'\" d='>'/>",
        "<a>]] ]>&gt;<![CDATA[]]]]><![CDATA[>&x;<b>]]></a>",
        "<қол аты='мәні'><_.-1/></қол>",
        "<a xmlns='u' xmlns:p='u' b='' p:b=''><b xmlns=''/><p:xmlns/></a>",
        "<a xml:lang='kk' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
        "<a xml:b=''>&#x9;&#xA;&#xD;&#x20;&#xD7FF;&#xE000;&#xFFFD;&#x10FFFF;&#000000000000065;\u{7f}\u{85}</a>",
        "<xmla/>",
        "<a><?xmlb?></a>",
    ] {
        parse(text, &Limits::DEFAULT).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    }
    assert!(is_char('\u{10ffff}') && !is_char('\u{ffff}') && !is_char('\u{1f}'));
}

#[test]
fn a_hundred_thousand_elements_in_each_other_need_no_stack() {
    let depth = 100_000;
    let text = "<a>".repeat(depth) + &"</a>".repeat(depth);
    let read = move || {
        let deep = Limits { depth, ..Limits::DEFAULT };
        let document = parse(&text, &deep).unwrap();
        assert_eq!(document.end().index(), depth);
        assert_eq!(document.path(NodeId::new(depth - 1)).chars().count(), 201);
        parse(&text, &Limits::DEFAULT).err()
    };
    let thread = std::thread::Builder::new().stack_size(64 * 1024).spawn(read).unwrap();
    assert_eq!(thread.join().unwrap(), Some(NotXml::TooDeep(Position { line: 1, column: 769 })));
}

#[test]
fn what_is_too_much_is_refused() {
    let few = Limits { bytes: 100, depth: 2, nodes: 3 };
    let error = |text: &str| parse(text, &few).err();
    assert_eq!(error("<a><b/><c/></a>"), None);
    assert_eq!(error("<a b='' c=''/>"), None);
    assert_eq!(error("<a b='' c='' d=''/>"), Some(NotXml::TooMany));
    assert_eq!(error("<a><b/><c/>d</a>"), Some(NotXml::TooMany));
    assert!(matches!(error("<a><b><c/></b></a>"), Some(NotXml::TooDeep(_))));
    assert_eq!(error(&format!("<a>{}</a>", "x".repeat(94))), Some(NotXml::TooLarge));
}

/// Not a measurement: with work that grows as the square, this test would not end.
#[test]
fn many_attributes_and_namespaces_are_no_burden() {
    let many = 100_000;
    let attributes: String = (0..many).map(|n| format!(" a{n}=''")).collect();
    let namespaces: String = (0..many).map(|n| format!(" xmlns:n{n}='u{n}'")).collect();
    let children: String = (0..many).map(|n| format!("<n{n}:b xmlns:q='q' n{n}:c=''/>")).collect();
    let text = format!("<a{attributes}{namespaces}>{children}</a>");
    let document = parse(&text, &Limits::DEFAULT).unwrap();
    assert_eq!(document.in_scope(document.root()).len(), many);
    for method in [super::super::c14n::Method::INCLUSIVE, super::super::c14n::Method::EXCLUSIVE] {
        let mut length = 0;
        super::super::c14n::canonicalize(text.as_bytes(), &method, &mut |piece| {
            length += piece.len();
        })
        .unwrap();
        assert!(length > text.len() / 2);
    }
}

#[test]
fn an_error_names_the_line_and_the_character() {
    let NotXml::Malformed { at, .. } = error("<a>\n<ққ></қ></a>") else { panic!() };
    assert_eq!(at, Position { line: 2, column: 5 });
    assert_eq!(
        error("<a>\n<ққ></қ></a>").to_string(),
        "the XML document is not well-formed at line 2, column 5: the end tag is not that of the open element"
    );
}

#[test]
fn a_document_knows_its_parts() {
    let text = "<a><b x='1'>t<!--c--><![CDATA[d]]></b><b/>\n</a>";
    let document = parse(text, &Limits::DEFAULT).unwrap();
    let elements: Vec<NodeId> = document.elements_within(document.root()).collect();
    assert_eq!(elements.len(), 3);
    let b = elements[1];
    assert_eq!(document.path(b), "/a/b");
    assert_eq!(document.attribute(b, "x").as_deref(), Some("1"));
    assert_eq!(document.only_text(b), None);
    assert_eq!(document.children(b).count(), 3);
    assert_eq!(document.children(document.root()).count(), 3);
    assert_eq!(document.children(elements[2]).count(), 0);
    assert!(document.is_within(b, document.root()) && !document.is_within(document.root(), b));
    let element = document.element(b).unwrap();
    assert_eq!((element.open.of(text), element.close.of(text)), ("<b x='1'>", "</b>"));
}
