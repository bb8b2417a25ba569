//! Paths to elements: the part of XPath 1.0 with which pages say what is signed, and where the signature goes.
//!
//! Steps from the top or from anywhere (`/`, `//`), names with and without prefix, `*`, and predicates of places,
//! attributes and names: `/form/field[2]`, `//*[@Id='x']`, `/*[local-name()='form' and @version]`. A name without
//! prefix is one in no namespace, and a prefix means what it means at the outermost element. Where several elements
//! fit, it is the first in the document, as Java's `XPathConstants.NODE` has it, which NCALayer asks for.

mod find;
mod parse;

use thiserror::Error;

/// The longest expression that is read, in bytes.
pub const MAX_EXPRESSION: usize = 2 * 1024;

/// A path that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XPath {
    steps: Vec<Step>,
}

/// Why an expression is not a path that we follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAPath {
    /// More than [`MAX_EXPRESSION`] bytes.
    #[error("the XPath expression is too long")]
    TooLong,
    /// The character, counted from one, at which it is another kind of expression, or none.
    #[error("the XPath expression is none of those that are supported, from character {0} on")]
    Unsupported(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    /// `//`: from anywhere below, not only directly below.
    anywhere: bool,
    name: Test,
    predicates: Vec<Predicate>,
}

/// Which elements a step, or a predicate, means.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// `*`
    Any,
    /// `name`, in no namespace, or `prefix:name`.
    Name { prefix: String, local: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Predicate {
    /// `[2]`: that one of those that are left, counted from one.
    Position(usize),
    /// `[a and b]`: all of these are true.
    All(Vec<Condition>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// `@name`, or `@name='value'`.
    Attribute { prefix: String, local: String, value: Option<String> },
    /// `local-name()='name'`
    LocalName(String),
    /// `name()='name'`
    Name(String),
    /// `namespace-uri()='uri'`
    Namespace(String),
}
