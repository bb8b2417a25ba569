//! What can be wrong with XML, and where.

use thiserror::Error;

/// A place in a document, as editors count: from one, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line; lines end with a line feed.
    pub line: u32,
    /// The character in the line.
    pub column: u32,
}

impl Position {
    /// The place of a byte of the text.
    pub(super) fn of(text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Self { line: count(line), column: count(before[start..].chars().count()) }
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why bytes are not XML that we read. The texts name the rule and the place, and quote nothing of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotXml {
    /// More than [`Limits::bytes`](super::Limits::bytes).
    #[error("the XML document is too large")]
    TooLarge,
    /// Elements stand in each other deeper than [`Limits::depth`](super::Limits::depth).
    #[error("the XML document is nested too deep at {0}")]
    TooDeep(Position),
    /// More elements, texts, attributes and the like than [`Limits::nodes`](super::Limits::nodes).
    #[error("the XML document has too many parts")]
    TooMany,
    /// Neither UTF-8 nor UTF-16 with a byte order mark, or damaged.
    #[error("the XML document is neither UTF-8 nor UTF-16 with a byte order mark")]
    Encoding,
    /// The declaration names another encoding than the document is in: convert it to UTF-8 and declare that.
    #[error(
        "the XML document declares another encoding than it has; only UTF-8 and UTF-16 are read"
    )]
    DeclaredEncoding,
    /// Another version than 1.0.
    #[error("the XML document is not of version 1.0")]
    Version,
    /// A document type declaration: entities could make a document say something else to each reader.
    #[error("the XML document has a document type declaration at {0}, which is not accepted")]
    Doctype(Position),
    /// A reference to another entity than the five that XML has by itself.
    #[error("the XML document refers to an entity that is not there, at {0}")]
    Entity(Position),
    /// A rule of XML 1.0 or of Namespaces in XML 1.0 is broken.
    #[error("the XML document is not well-formed at {at}: {rule}")]
    Malformed {
        /// Where.
        at: Position,
        /// Which.
        rule: Rule,
    },
}

/// A rule of XML 1.0 (fifth edition) or of Namespaces in XML 1.0 (third edition).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rule {
    /// Section 2.2.
    #[error("a character that XML does not have")]
    Character,
    /// Sections 2.3 and 3 of the namespaces.
    #[error("a name was expected")]
    Name,
    /// Section 2.3.
    #[error("white space was expected")]
    Space,
    /// Section 2.4.
    #[error("\"]]>\" does not stand in text")]
    EndOfCdata,
    /// Section 2.5.
    #[error("\"--\" does not stand in comments")]
    Comment,
    /// Section 2.6.
    #[error("no instruction is called xml")]
    Instruction,
    /// Section 2.8.
    #[error("the declaration is not as it must be")]
    Declaration,
    /// Section 2.1.
    #[error("only one element, comments and instructions stand at the top")]
    Top,
    /// Section 2.1.
    #[error("the element has no end")]
    Unclosed,
    /// Section 3.
    #[error("the end tag is not that of the open element")]
    EndTag,
    /// Section 3.1.
    #[error("an attribute needs = and a quoted value")]
    Attribute,
    /// Section 3.1.
    #[error("\"<\" does not stand in values of attributes")]
    LessThan,
    /// Section 3.1, and section 6.3 of the namespaces.
    #[error("the attribute is there twice")]
    Twice,
    /// Section 4.1.
    #[error("the character reference is not one")]
    Reference,
    /// Sections 2 and 3 of XML: what begins with "<" is none of its parts.
    #[error("no such markup")]
    Markup,
    /// Section 3 of the namespaces.
    #[error("the prefix is not bound to a namespace")]
    Prefix,
    /// Section 3 of the namespaces.
    #[error("the namespace cannot be bound so")]
    Namespace,
}
