//! XML in texts of pages: what is taken off before it is signed, and what is told of what is wrong.
//!
//! Faults are told as NCALayer told them: by the name of Java's exception, the place and, for the common ones, the
//! sentence of Java's parser, Xerces. Pages show them to people and people put them into search engines. The places
//! are where our reader noticed the fault, which is not always where Xerces does.

use tanba_core::xml::sign::SignError;
use tanba_core::xml::{self, NotRead, NotXml, Position, Rule};

/// Copies of documents that are kept to tell faults by, in bytes of all of them together.
const COPIES: usize = 1 << 20;
/// XML declarations are not longer.
const DECLARATION: usize = 512;

/// The documents of a call.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// In UTF-8, without a mark and without a declaration.
    pub(super) bytes: Vec<Vec<u8>>,
    /// What faults are told by.
    pub(super) notes: Notes,
}

/// What is remembered of documents after they were given away.
#[derive(Debug, Default)]
pub(super) struct Notes(Vec<Note>);

#[derive(Debug)]
struct Note {
    /// How much was taken off before the document: lines, and characters of the last of these lines.
    off: Position,
    /// Where the document ends, without what was taken off.
    end: Position,
    /// The document, if there was room for it.
    copy: Option<String>,
}

impl Documents {
    /// Takes what is not signed off from texts. An XML declaration is: the text of a page is decoded already, whatever
    /// encoding it declares, and the declaration of NCALayer is put before the signed document.
    pub(super) fn of(texts: Vec<String>) -> Self {
        let mut documents = Self::default();
        let mut room = COPIES;
        for text in texts {
            let whole = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let document = without_declaration(whole);
            let note = Note {
                off: end_of(&whole[..whole.len() - document.len()]),
                end: end_of(document),
                copy: (document.len() <= room).then(|| {
                    room -= document.len();
                    document.to_owned()
                }),
            };
            documents.notes.0.push(note);
            documents.bytes.push(if document.len() == text.len() {
                text.into_bytes()
            } else {
                document.as_bytes().to_vec()
            });
        }
        documents
    }
}

impl Notes {
    /// What is told of a document that cannot be signed.
    pub(super) fn fault(&self, at: usize, error: SignError) -> String {
        match (error, self.0.get(at)) {
            (SignError::NotXml(fault), Some(note)) => note.fault(fault),
            (error, _) => error.to_string(),
        }
    }
}

impl Note {
    fn fault(&self, fault: NotXml) -> String {
        let (position, sentence) = match fault {
            NotXml::Malformed { at, rule } => self.broken(at, rule),
            NotXml::Doctype(at) => (
                at,
                "DOCTYPE is disallowed when the feature \
                 \"http://apache.org/xml/features/disallow-doctype-decl\" set to true."
                    .to_owned(),
            ),
            NotXml::Entity(at) => match self.rest(at).and_then(entity) {
                Some(name) => {
                    (at, format!("The entity \"{name}\" was referenced, but not declared."))
                }
                None => (at, NotXml::Entity(self.shifted(at)).to_string()),
            },
            NotXml::TooDeep(at) => return NotXml::TooDeep(self.shifted(at)).to_string(),
            NotXml::TooLarge
            | NotXml::TooMany
            | NotXml::Encoding
            | NotXml::DeclaredEncoding
            | NotXml::Version => return fault.to_string(),
        };
        let Position { line, column } = self.shifted(position);
        format!(
            "org.xml.sax.SAXParseException; lineNumber: {line}; columnNumber: {column}; {sentence}"
        )
    }

    fn broken(&self, at: Position, rule: Rule) -> (Position, String) {
        let sentence = match rule {
            Rule::Unclosed => {
                let sentence = "XML document structures must start and end within the same entity.";
                return (self.end, sentence.to_owned());
            }
            Rule::Top if at == self.end => "Premature end of file.",
            Rule::Top => match self.rest(at) {
                Some(rest) if rest.starts_with('<') => {
                    "The markup in the document following the root element must be well-formed."
                }
                Some(rest) if self.has_element_before(rest) => {
                    "Content is not allowed in trailing section."
                }
                Some(_) => "Content is not allowed in prolog.",
                None => return (at, rule.to_string()),
            },
            Rule::EndOfCdata => {
                "The character sequence \"]]>\" must not appear in content unless used to mark the \
                 end of a CDATA section."
            }
            Rule::Comment => "The string \"--\" is not permitted within comments.",
            Rule::Instruction => {
                "The processing instruction target matching \"[xX][mM][lL]\" is not allowed."
            }
            Rule::Markup => {
                "The content of elements must consist of well-formed character data or markup."
            }
            Rule::Character
            | Rule::Name
            | Rule::Space
            | Rule::Declaration
            | Rule::EndTag
            | Rule::Attribute
            | Rule::LessThan
            | Rule::Twice
            | Rule::Reference
            | Rule::Prefix
            | Rule::Namespace => return (at, rule.to_string()),
        };
        (at, sentence.to_owned())
    }

    /// The document from a place on.
    fn rest(&self, at: Position) -> Option<&str> {
        let lines = usize::try_from(at.line.checked_sub(1)?).ok()?;
        let columns = usize::try_from(at.column.checked_sub(1)?).ok()?;
        let mut rest = self.copy.as_deref()?;
        for _ in 0..lines {
            rest = rest.split_once('\n')?.1;
        }
        let (byte, _) = rest.char_indices().nth(columns)?;
        rest.get(byte..)
    }

    /// Whether an element begins before that rest of the document. What looks like one in a comment counts, too: more
    /// than a sentence does not depend on it.
    fn has_element_before(&self, rest: &str) -> bool {
        let copy = self.copy.as_deref().unwrap_or_default();
        let before = copy.get(..copy.len().saturating_sub(rest.len())).unwrap_or_default();
        before.match_indices('<').any(|(at, _)| {
            before[at + 1..].starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':')
        })
    }

    /// The place in the text as the page sent it.
    fn shifted(&self, at: Position) -> Position {
        let column = if at.line == 1 { at.column + self.off.column - 1 } else { at.column };
        Position { line: at.line + self.off.line - 1, column }
    }
}

/// The text behind its XML declaration, if it has one that is right but for the encoding; otherwise all of it, so that
/// whoever reads it finds the fault.
fn without_declaration(text: &str) -> &str {
    let Some(inside) = text.strip_prefix("<?xml") else { return text };
    if !inside.starts_with([' ', '\t', '\r', '\n']) {
        // An instruction whose name only begins so, or none.
        return text;
    }
    let Some(end) = inside.find("?>").filter(|end| *end <= DECLARATION) else { return text };
    let (declaration, rest) = text.split_at("<?xml".len() + end + "?>".len());
    // Nothing but the declaration can be wrong with this document.
    match xml::signatures(format!("{declaration}<a/>").as_bytes()) {
        Ok(_) | Err(NotRead::NotXml(NotXml::DeclaredEncoding)) => rest,
        Err(_) => text,
    }
}

/// The place behind the last character, as [`Position`] counts.
fn end_of(text: &str) -> Position {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX - 1) + 1;
    let start = text.rfind('\n').map_or(0, |end| end + 1);
    let line = text.bytes().filter(|byte| *byte == b'\n').count();
    Position { line: count(line), column: count(text[start..].chars().count()) }
}

/// The name in `&name;`.
fn entity(reference: &str) -> Option<&str> {
    let (name, _) = reference.strip_prefix('&')?.split_once(';')?;
    let plain = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
    ((1..=64).contains(&name.len()) && name.chars().all(plain)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        let documents = Documents::of(vec![text.to_owned()]);
        match xml::signatures(&documents.bytes[0]) {
            Err(NotRead::NotXml(fault)) => documents.notes.fault(0, SignError::NotXml(fault)),
            other => panic!("{text} is read: {other:?}"),
        }
    }

    fn sax(line: u32, column: u32, sentence: &str) -> String {
        format!(
            "org.xml.sax.SAXParseException; lineNumber: {line}; columnNumber: {column}; {sentence}"
        )
    }

    #[test]
    fn the_fault_that_was_recorded_is_told_as_it_was() {
        assert_eq!(
            fault("<this>is not a valid XML"),
            "org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: 25; XML document structures must start and end \
             within the same entity."
        );
    }

    #[test]
    fn faults_are_told_by_their_place_in_what_the_page_sent() {
        let unclosed = "XML document structures must start and end within the same entity.";
        for (text, line, column, sentence) in [
            ("<a>\n  <b></b>\n", 3, 1, unclosed),
            ("\u{feff}<?xml version='1.0'?><a>", 1, 25, unclosed),
            ("<?xml version='1.0'\nencoding='windows-1251'?>\n<a>қ", 3, 5, unclosed),
            ("", 1, 1, "Premature end of file."),
            ("<?xml version='1.0'?>", 1, 22, "Premature end of file."),
            ("text", 1, 1, "Content is not allowed in prolog."),
            ("<a/>\ntext", 1, 5, "Content is not allowed in trailing section."),
            (
                "<a/><b/>",
                1,
                5,
                "The markup in the document following the root element must be well-formed.",
            ),
            ("<a>&nbsp;</a>", 1, 4, "The entity \"nbsp\" was referenced, but not declared."),
            ("<a></b>", 1, 4, "the end tag is not that of the open element"),
        ] {
            let told = fault(text);
            let place = sax(line, column, sentence);
            assert!(
                told == place || (line > 1 && told.ends_with(sentence)),
                "{text:?}: {told}, not {place}"
            );
        }
        assert!(fault("<!DOCTYPE a><a/>").contains("DOCTYPE is disallowed"));
        assert_eq!(fault("<?xml version='1.1'?><a/>"), "the XML document is not of version 1.0");
        assert!(fault("<?xml encoding='UTF-8'?><a/>").starts_with("org.xml.sax."));
        assert!(fault(" <?xml version='1.0'?><a/>").contains("[xX][mM][lL]"));
    }

    #[test]
    fn a_declaration_is_taken_off_and_nothing_else() {
        for (text, left) in [
            ("<a/>", "<a/>"),
            ("\u{feff}<a/>", "<a/>"),
            ("<?xml version=\"1.0\"?><a/>", "<a/>"),
            ("<?xml version='1.0' encoding='windows-1251' standalone='yes'?>\n<a/>", "\n<a/>"),
            ("<?xml-stylesheet href='a'?><a/>", "<?xml-stylesheet href='a'?><a/>"),
            ("<?xml?><a/>", "<?xml?><a/>"),
            ("<?xml version='1.0'<a/>", "<?xml version='1.0'<a/>"),
        ] {
            let documents = Documents::of(vec![text.to_owned()]);
            assert_eq!(documents.bytes[0], left.as_bytes(), "{text}");
        }
    }

    #[test]
    fn what_is_remembered_of_documents_has_a_limit() {
        let text = format!("<a>{}</a>", " ".repeat(COPIES / 2));
        let documents = Documents::of(vec![text; 3]);
        let copies = documents.notes.0.iter().filter(|note| note.copy.is_some()).count();
        assert_eq!(copies, 1);
    }
}
