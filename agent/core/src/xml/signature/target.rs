//! What references name: the document, or an element by its id (XML Signature 1.1, section 4.4.3.3).

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::document::{Attribute, Document, NamespaceId, NodeId};
use super::Uncheckable;

/// The namespace of `wsu:Id` in Web Services Security.
const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// Elements by their ids.
pub(in super::super) struct Targets<'t> {
    /// `None` where several have the id.
    by_id: BTreeMap<Cow<'t, str>, Option<NodeId>>,
}

/// What a reference names.
pub(super) struct Target {
    /// The element and its id; `None` is the whole document.
    pub(super) element: Option<(NodeId, String)>,
    /// Whether comments belong to it.
    pub(super) comments: bool,
}

impl<'t> Targets<'t> {
    /// All elements that have an id. There is no schema to say which attributes are ids: they are those that
    /// signatures use, `Id`, `ID`, `id`, `xml:id` and `wsu:Id`. An id that is there twice names nothing, or a
    /// reader could be shown another element than the one that was signed.
    pub(in super::super) fn of(document: &Document<'t>) -> Self {
        let mut by_id: BTreeMap<Cow<'t, str>, Option<NodeId>> = BTreeMap::new();
        for id in document.elements_within(document.root()) {
            let Some(element) = document.element(id) else { continue };
            for attribute in document.attributes(element) {
                if !is_id(document, attribute) {
                    continue;
                }
                let known = by_id.entry(document.value(attribute)).or_insert(Some(id));
                if *known != Some(id) {
                    *known = None;
                }
            }
        }
        Self { by_id }
    }

    /// The element that has an id.
    pub(in super::super) fn element(&self, id: &str) -> Result<NodeId, Uncheckable> {
        let known = self.by_id.get(id).ok_or(Uncheckable::NoElement)?;
        known.ok_or(Uncheckable::SeveralElements)
    }

    /// What an URI names: nothing (the document), `#id`, or one of the two XPointers that the standard wants.
    pub(super) fn resolve(&self, uri: Option<&str>) -> Result<Target, Uncheckable> {
        let uri = uri.ok_or(Uncheckable::Outside)?;
        if uri.is_empty() {
            return Ok(Target { element: None, comments: false });
        }
        let fragment = uri.strip_prefix('#').ok_or(Uncheckable::Outside)?;
        let (id, comments) = match fragment.strip_prefix("xpointer(") {
            None => (fragment, false),
            Some("/)") => return Ok(Target { element: None, comments: true }),
            Some(pointer) => (id_of(pointer).ok_or(Uncheckable::Outside)?, true),
        };
        Ok(Target { element: Some((self.element(id)?, id.to_owned())), comments })
    }
}

fn is_id(document: &Document<'_>, attribute: &Attribute) -> bool {
    let local = attribute.name.local(document.text);
    match attribute.namespace {
        NamespaceId::NONE => matches!(local, "Id" | "ID" | "id"),
        NamespaceId::XML => local == "id",
        namespace => local == "Id" && document.namespace(namespace) == WSU,
    }
}

/// The id in `id('x'))` or `id("x"))`.
fn id_of(pointer: &str) -> Option<&str> {
    let quoted = pointer.strip_prefix("id(")?.strip_suffix("))")?;
    ['\'', '"'].into_iter().find_map(|quote| quoted.strip_prefix(quote)?.strip_suffix(quote))
}
