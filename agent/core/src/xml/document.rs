//! A document as a flat list of its parts in document order, each knowing where it stands in the text.
//!
//! ```text
//! <a>x<b/></a>   ──▶   0 element a (after 3)   1 text x (after 2)   2 element b (after 3)
//! ```
//!
//! Nothing is copied out of the text, and nothing walks it recursively: what is inside an element are the nodes from
//! its own number up to `after`.

mod build;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub(super) use self::build::parse;
use super::NotXml;
use super::reader::{Name, Span};
use super::value::{Written, plain};

/// The namespace of `xml:lang` and the like.
pub(super) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of `xmlns`.
pub(super) const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// How much is read before a document is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest document, in bytes; of UTF-16 also its text in UTF-8. At most 4 GiB, whatever is given.
    pub bytes: usize,
    /// How deep elements may stand in each other.
    pub depth: usize,
    /// How many elements, texts, comments, instructions, attributes and declarations of namespaces there may be.
    pub nodes: usize,
}

impl Limits {
    /// 64 MiB, 256 levels, eight million parts.
    pub const DEFAULT: Self = Self { bytes: 64 << 20, depth: 256, nodes: 8 << 20 };
}

/// The number of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct NodeId(u32);

impl NodeId {
    fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number of a namespace; equal numbers are equal namespaces.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct NamespaceId(u32);

impl NamespaceId {
    /// That of names in no namespace.
    pub(super) const NONE: Self = Self(0);
    /// That of the prefix `xml`.
    pub(super) const XML: Self = Self(1);
}

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Its number among the elements.
    Element(u32),
    /// Text, as it is written.
    Text(Span),
    /// What a CDATA section holds.
    Cdata(Span),
    /// What a comment holds.
    Comment(Span),
    /// What stands between `<?` and `?>`.
    Instruction(Span),
}

#[derive(Clone, Copy, Debug)]
struct Node {
    kind: Kind,
    /// `NO_PARENT` at the top.
    parent: u32,
    after: u32,
}

const NO_PARENT: u32 = u32::MAX;

/// An element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    pub(super) name: Name,
    pub(super) namespace: NamespaceId,
    /// From `<` to `>`.
    pub(super) open: Span,
    /// The end tag; empty, behind the start tag, if there is none.
    pub(super) close: Span,
    attributes: (u32, u32),
    declarations: (u32, u32),
}

/// An attribute that declares no namespace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute {
    pub(super) name: Name,
    pub(super) namespace: NamespaceId,
    pub(super) value: Span,
}

/// A declaration of a namespace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declaration {
    /// Empty for the default namespace.
    pub(super) prefix: Span,
    pub(super) namespace: NamespaceId,
    /// Whether the prefix meant something else, or nothing, before.
    pub(super) changes: bool,
}

/// A document that is well-formed.
pub(super) struct Document<'t> {
    pub(super) text: &'t str,
    nodes: Vec<Node>,
    elements: Vec<Element>,
    attributes: Vec<Attribute>,
    declarations: Vec<Declaration>,
    namespaces: Vec<Cow<'t, str>>,
    root: NodeId,
    /// The encoding that the document declares.
    pub(super) declared_encoding: Option<&'t str>,
    /// Where the first part of the document begins: behind the XML declaration.
    pub(super) start: usize,
}

impl<'t> Document<'t> {
    /// The element that holds all others.
    pub(super) const fn root(&self) -> NodeId {
        self.root
    }

    /// One behind the last node.
    pub(super) fn end(&self) -> NodeId {
        NodeId::new(self.nodes.len())
    }

    /// The node with that number in document order.
    pub(super) fn at(&self, index: usize) -> Option<(NodeId, Kind)> {
        self.nodes.get(index).map(|node| (NodeId::new(index), node.kind))
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }

    /// The first node behind everything that is inside this one.
    pub(super) fn after(&self, id: NodeId) -> NodeId {
        self.node(id).map_or(self.end(), |node| NodeId(node.after))
    }

    pub(super) fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).filter(|node| node.parent != NO_PARENT).map(|node| NodeId(node.parent))
    }

    /// The elements around a node, the nearest first; no more than [`Limits::depth`].
    pub(super) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// Whether a node is the other one or inside of it.
    pub(super) fn is_within(&self, inner: NodeId, outer: NodeId) -> bool {
        inner >= outer && inner < self.after(outer)
    }

    /// The nodes directly inside an element.
    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = (NodeId, Kind)> + '_ {
        let end = self.after(id);
        let first = Some(NodeId(id.0 + 1)).filter(|first| *first < end);
        std::iter::successors(first, move |id| Some(self.after(*id)).filter(|next| *next < end))
            .filter_map(|id| self.at(id.index()))
    }

    /// All elements inside an element, and itself, in document order.
    pub(super) fn elements_within(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        (id.index()..self.after(id).index()).filter_map(|index| {
            self.at(index).filter(|(_, kind)| matches!(kind, Kind::Element(_))).map(|(id, _)| id)
        })
    }

    /// The element with that number of a node.
    pub(super) fn element(&self, id: NodeId) -> Option<&Element> {
        match self.node(id)?.kind {
            Kind::Element(number) => self.elements.get(number as usize),
            Kind::Text(_) | Kind::Cdata(_) | Kind::Comment(_) | Kind::Instruction(_) => None,
        }
    }

    pub(super) fn attributes(&self, element: &Element) -> &[Attribute] {
        let (from, to) = element.attributes;
        self.attributes.get(from as usize..to as usize).unwrap_or_default()
    }

    pub(super) fn declarations(&self, element: &Element) -> &[Declaration] {
        let (from, to) = element.declarations;
        self.declarations.get(from as usize..to as usize).unwrap_or_default()
    }

    pub(super) fn namespace(&self, id: NamespaceId) -> &str {
        self.namespaces.get(id.0 as usize).map_or("", |name| name)
    }

    /// Whether the node is an element of that name.
    pub(super) fn is(&self, id: NodeId, namespace: &str, local: &str) -> bool {
        self.element(id).is_some_and(|element| {
            element.name.local(self.text) == local && self.namespace(element.namespace) == namespace
        })
    }

    /// The value of an attribute that has that local name and is in no namespace.
    pub(super) fn attribute(&self, id: NodeId, local: &str) -> Option<Cow<'t, str>> {
        let element = self.element(id)?;
        let found = self.attributes(element).iter().find(|attribute| {
            attribute.namespace == NamespaceId::NONE && attribute.name.local(self.text) == local
        })?;
        Some(self.value(found))
    }

    pub(super) fn value(&self, attribute: &Attribute) -> Cow<'t, str> {
        plain(attribute.value.of(self.text), Written::Attribute)
    }

    /// The namespaces in scope at an element: prefix and namespace, each prefix once, without those that are undone.
    pub(super) fn in_scope(&self, id: NodeId) -> Vec<(&'t str, NamespaceId)> {
        let mut all: Vec<(&'t str, NamespaceId)> = std::iter::once(id)
            .chain(self.ancestors(id))
            .filter_map(|id| self.element(id))
            .flat_map(|element| self.declarations(element))
            .map(|declaration| (declaration.prefix.of(self.text), declaration.namespace))
            .collect();
        // The sort is stable, and the nearest declaration of a prefix comes first.
        all.sort_by_key(|(prefix, _)| *prefix);
        all.dedup_by_key(|(prefix, _)| *prefix);
        all.retain(|(_, namespace)| *namespace != NamespaceId::NONE);
        all
    }

    /// The text of an element that holds nothing else; `None` if it does.
    pub(super) fn only_text(&self, id: NodeId) -> Option<String> {
        let mut whole = String::new();
        for (_, kind) in self.children(id) {
            match kind {
                Kind::Text(span) => whole += &plain(span.of(self.text), Written::Text),
                Kind::Cdata(span) => whole += &plain(span.of(self.text), Written::Verbatim),
                Kind::Element(_) | Kind::Comment(_) | Kind::Instruction(_) => return None,
            }
        }
        Some(whole)
    }

    /// Where an element stands, for people: the names on the way to it, as they are written. At most 200 characters;
    /// what is longer begins with an ellipsis.
    pub(super) fn path(&self, id: NodeId) -> String {
        let mut names: Vec<&str> = std::iter::once(id)
            .chain(self.ancestors(id))
            .filter_map(|id| self.element(id))
            .map(|element| element.name.whole.of(self.text))
            .scan(0, |length, name| {
                *length += name.len() + 1;
                (*length <= 200).then_some(name)
            })
            .collect();
        let whole = names.len() == self.ancestors(id).count() + 1;
        names.push(if whole { "" } else { "…" });
        names.reverse();
        names.join("/")
    }
}

/// Checks that a document may declare the encoding that it declares.
pub(super) fn check_encoding(
    document: &Document<'_>,
    encoding: super::encoding::Encoding,
) -> Result<(), NotXml> {
    let fits = document.declared_encoding.is_none_or(|name| encoding.may_be_declared(name));
    if fits { Ok(()) } else { Err(NotXml::DeclaredEncoding) }
}
