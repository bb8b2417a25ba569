//! libxml2 reads what we read, refuses what we refuse, and writes the same canonical forms.

use std::fmt::Write;

use tanba_core::xml::c14n::{Form, Method, canonicalize};
use tanba_core::xml::{Limits, NotXml};

use super::bench::{Bench, judged};

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const TEXTS: [&str; 16] = [
    "text",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "&amp;",
    "&lt;&gt;",
    "&#13;",
    "&#xA;",
    "&#9;",
    "қ𐍈",
    "&quot;'",
    "<![CDATA[ <&]> \r\n]]>",
    "<!-- c\r\n -->",
    "<?pi  a \r\n?>",
];
const VALUES: [&str; 10] =
    ["", "v", " a  b ", "\n\t", "\r\n", "&#13;&#10;&#9;", "&lt;>&amp;", "&quot;", "қ", "&#32;"];
const PREFIXES: [&str; 4] = ["", "a", "b", "c"];
/// Without what is escaped: libxml2 writes namespaces as they are, against section 2.3 of Canonical XML.
const NAMESPACES: [&str; 3] = ["urn:1", "urn:2", "http://example.kz/?a=b"];

/// An element that may use prefixes nobody declared; then it is to be refused.
fn element(dice: &mut Dice, depth: usize, text: &mut String) {
    let prefix = dice.one(&PREFIXES[..if depth == 0 { 1 } else { 4 }]);
    let colon = if prefix.is_empty() { "" } else { ":" };
    let name = format!("{prefix}{colon}{}", dice.one(&["x", "y", "қол"]));
    write!(text, "<{name}").unwrap();
    for prefix in PREFIXES {
        // The first declares nearly all, so that most documents are good.
        if dice.below(20) < if depth == 0 { 19 } else { 4 } {
            let undone = prefix.is_empty() && dice.below(3) == 0;
            let uri = if undone { "" } else { dice.one(&NAMESPACES) };
            let colon = if prefix.is_empty() { "" } else { ":" };
            write!(text, "\n xmlns{colon}{prefix}='{uri}'").unwrap();
        }
    }
    for local in ["p", "q", "a:p", "b:q", "c:r", "xml:lang", "xml:space"] {
        if dice.below(6) == 0 {
            let value = if local == "xml:space" { "preserve" } else { dice.one(&VALUES) };
            write!(text, " {local} = \"{value}\"").unwrap();
        }
    }
    if dice.below(6) == 0 {
        text.push_str("/>");
        return;
    }
    text.push('>');
    for _ in 0..dice.below(6) {
        if depth < 5 && dice.below(2) == 0 {
            element(dice, depth + 1, text);
        } else {
            text.push_str(dice.one(&TEXTS));
        }
    }
    write!(text, "</{name} >").unwrap();
}

fn document(dice: &mut Dice) -> String {
    let mut text = dice
        .one(&["", "<?xml version=\"1.0\" encoding='UTF-8'?>", "<!-- a\r -->\n<?b?>"])
        .to_owned();
    element(dice, 0, &mut text);
    text += dice.one(&["", "\n", "<!-- z --><?y  x ?>\r\n"]);
    text
}

fn canonical(text: &str, form: Form) -> Result<Vec<u8>, NotXml> {
    let mut bytes = Vec::new();
    let method = Method { form, ..Method::INCLUSIVE_WITH_COMMENTS };
    canonicalize(text.as_bytes(), &method, &mut |piece| bytes.extend_from_slice(piece))?;
    Ok(bytes)
}

fn libxml2() -> Option<Bench> {
    Bench::with(&[("xmllint", "libxml2-utils")])
}

#[test]
fn libxml2_writes_the_same_canonical_forms() {
    let Some(bench) = libxml2() else { return };
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut read = 0;
    for _ in 0..300 {
        let text = document(&mut dice);
        bench.put("document.xml", text.as_bytes());
        for (form, option) in [
            (Form::Inclusive, "--c14n"),
            (Form::Inclusive11, "--c14n11"),
            (Form::Exclusive, "--exc-c14n"),
        ] {
            let theirs = bench.try_run("xmllint", &format!("{option} --nonet document.xml"));
            let accepted = theirs.status.success() && theirs.stderr.is_empty();
            match canonical(&text, form) {
                Ok(ours) => {
                    assert!(accepted, "{text}\n{}", String::from_utf8_lossy(&theirs.stderr));
                    let theirs = String::from_utf8_lossy(&theirs.stdout);
                    assert_eq!(String::from_utf8_lossy(&ours), theirs, "{text}");
                    read += 1;
                }
                Err(error) => assert!(!accepted, "{error}: {text}"),
            }
        }
    }
    assert!(read > 450, "{read}");
    judged("libxml2", "canonical forms of 300 documents are the same");
}

/// What one puts into documents to break them; no U+0000, at which libxml2 believes the document to end.
const BREAKERS: [&str; 39] = [
    "<",
    ">",
    "&",
    ";",
    "\"",
    "'",
    "=",
    ":",
    "/",
    "!",
    "?",
    "-",
    "--",
    "[",
    "]",
    "]]>",
    " ",
    "\t",
    "\r",
    "\n",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{fffe}",
    "\u{feff}",
    "қ",
    "·",
    "1",
    "xml",
    "xmlns",
    "xml:",
    "a:",
    "&#",
    "&#x",
    "&lt",
    "<!--",
    "-->",
    "<![CDATA[",
    "?>",
];

const SEEDS: [&str; 4] = [
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone='no'?><a xmlns:b='urn:b' b:c=\"d\"><!-- e --><b:f/>&#xA;</a>",
    "<a><?b c?><![CDATA[ d ]]>&amp;&#9;e</a >\n<!-- f -->",
    "<x:a xmlns:x='urn:x' xmlns='urn:y' x:b = '' b=''><c xmlns=\"\"/>\r\n</x:a>",
    "<қ ә=\"ғ\"/>",
];

#[test]
fn libxml2_refuses_what_we_refuse() {
    let Some(bench) = libxml2() else { return };
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut texts = Vec::new();
    for number in 0..4_000 {
        let mut text: Vec<char> = SEEDS[number % SEEDS.len()].chars().collect();
        for _ in 0..=dice.below(2) {
            let from = dice.below(text.len());
            let to = (from + dice.below(3)).min(text.len());
            text.splice(from..to, dice.one(&BREAKERS).chars());
        }
        let text: String = text.into_iter().collect();
        bench.put(&format!("{number}.xml"), text.as_bytes());
        texts.push(text);
    }
    let names: Vec<String> = (0..texts.len()).map(|number| format!("{number}.xml")).collect();
    let mut refused = vec![false; texts.len()];
    for some in names.chunks(1_000) {
        let output = bench.try_run("xmllint", &format!("--noout --nonet {}", some.join(" ")));
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            // Warnings, and what it has against names of namespaces, which are any strings to us.
            if line.contains("warning : ") || line.contains("is not a valid URI") {
                continue;
            }
            let number = line.split(".xml").next().and_then(|number| number.parse::<usize>().ok());
            if let Some(refused) = number.and_then(|number| refused.get_mut(number)) {
                *refused = true;
            }
        }
    }
    let mut differences = Vec::new();
    for (text, refused) in texts.iter().zip(&refused) {
        let ours = canonical(text, Form::Inclusive);
        if ours.is_ok() == *refused {
            differences.push(format!("{text:?}: {:?}", ours.err()));
        }
    }
    assert!(differences.is_empty(), "{}\n{}", differences.len(), differences.join("\n"));
    assert!(refused.iter().filter(|refused| !**refused).count() > 200);
    assert_eq!(Limits::DEFAULT.depth, 256);
    judged("libxml2", "refuses the same of 4,000 broken documents");
}
