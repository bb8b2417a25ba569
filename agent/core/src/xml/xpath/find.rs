//! From the steps of a path to an element.

use std::collections::BTreeMap;

use super::super::document::{Document, Kind, NodeId};
use super::{Condition, Predicate, Step, Test, XPath};

impl XPath {
    /// The first element in the document to which the path leads. Each step looks at each element at most once.
    pub(in super::super) fn find(&self, document: &Document<'_>) -> Option<NodeId> {
        let scope = scope(document);
        // `None` is the document itself, the parent of its outermost element.
        let mut found: Vec<Option<NodeId>> = vec![None];
        for step in &self.steps {
            found = step.take(document, &scope, &found);
        }
        found.first().copied().flatten()
    }
}

impl Step {
    /// From places in document order to the next ones.
    fn take(
        &self,
        document: &Document<'_>,
        scope: &Scope<'_>,
        from: &[Option<NodeId>],
    ) -> Vec<Option<NodeId>> {
        let parents = if self.anywhere { with_all_below(document, from) } else { from.to_vec() };
        let mut found = Vec::new();
        for parent in parents {
            let mut children = children(document, parent);
            children.retain(|id| self.name.fits(document, scope, *id));
            for predicate in &self.predicates {
                predicate.keep(document, scope, &mut children);
            }
            found.extend(children);
        }
        // Children of a later parent may stand before those of one around it.
        found.sort_unstable();
        found.into_iter().map(Some).collect()
    }
}

fn children(document: &Document<'_>, parent: Option<NodeId>) -> Vec<NodeId> {
    match parent {
        None => vec![document.root()],
        Some(parent) => document
            .children(parent)
            .filter(|(_, kind)| matches!(kind, Kind::Element(_)))
            .map(|(id, _)| id)
            .collect(),
    }
}

/// The places and all elements inside them, each once, in document order.
fn with_all_below(document: &Document<'_>, from: &[Option<NodeId>]) -> Vec<Option<NodeId>> {
    let mut all = Vec::new();
    let mut seen = None;
    for place in from {
        let within = match place {
            None => {
                all.push(None);
                document.root()
            }
            Some(id) if seen.is_some_and(|end| *id < end) => continue,
            Some(id) => *id,
        };
        seen = Some(document.after(within));
        all.extend(document.elements_within(within).map(Some));
    }
    all
}

impl Predicate {
    fn keep(&self, document: &Document<'_>, scope: &Scope<'_>, among: &mut Vec<NodeId>) {
        match self {
            Self::Position(position) => {
                let kept = among.get(position - 1).copied();
                among.clear();
                among.extend(kept);
            }
            Self::All(conditions) => {
                among.retain(|id| {
                    conditions.iter().all(|condition| condition.holds(document, scope, *id))
                });
            }
        }
    }
}

impl Test {
    fn fits(&self, document: &Document<'_>, scope: &Scope<'_>, id: NodeId) -> bool {
        match self {
            Self::Any => true,
            Self::Name { prefix, local } => {
                scope.get(&**prefix).is_some_and(|uri| document.is(id, uri, local))
            }
        }
    }
}

/// What prefixes of an expression mean: what they mean at the outermost element. None is no namespace.
type Scope<'d> = BTreeMap<&'d str, &'d str>;

fn scope<'d>(document: &'d Document<'_>) -> Scope<'d> {
    let in_scope = document.in_scope(document.root()).into_iter();
    let mut scope: Scope<'d> =
        in_scope.map(|(prefix, namespace)| (prefix, document.namespace(namespace))).collect();
    scope.insert("", "");
    scope
}

impl Condition {
    fn holds(&self, document: &Document<'_>, scope: &Scope<'_>, id: NodeId) -> bool {
        let Some(element) = document.element(id) else { return false };
        let text = document.text;
        match self {
            Self::Attribute { prefix, local, value } => {
                let Some(uri) = scope.get(&**prefix) else { return false };
                document.attributes(element).iter().any(|attribute| {
                    attribute.name.local(text) == local
                        && document.namespace(attribute.namespace) == *uri
                        && value.as_ref().is_none_or(|value| document.value(attribute) == *value)
                })
            }
            Self::LocalName(name) => element.name.local(text) == name,
            Self::Name(name) => element.name.whole.of(text) == name,
            Self::Namespace(uri) => document.namespace(element.namespace) == uri,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Limits;
    use super::super::super::document::parse;
    use super::*;

    #[test]
    fn paths_lead_to_the_first_element_that_fits() {
        let text = "<r xmlns:p='u'><a n='1'/><a n='2' Id='x'><b n='3'/><a n='4'><b n='5'/></a></a>\
            <p:a n='6' p:q='z'/><c xmlns='u' n='7'><b n='8'/></c></r>";
        let document = parse(text, &Limits::DEFAULT).unwrap();
        for (expression, expected) in [
            ("/r/a", Some("1")),
            ("r/a", Some("1")),
            ("/r/a[2]", Some("2")),
            ("/r/a[3]", None),
            ("/*/*[2]/*[2]/b", Some("5")),
            ("//b", Some("3")),
            ("//a//b", Some("3")),
            ("//a/a/b", Some("5")),
            ("//a[b]", None),
            ("//b[2]", None),
            ("//a[2]", Some("2")),
            ("//*[@Id='x']", Some("2")),
            ("//*[@Id]", Some("2")),
            ("//*[@Id='y']", None),
            ("//a[@Id='x' and @n='2']/b", Some("3")),
            ("//a[@n][2]", Some("2")),
            ("//a[2][@n='1']", None),
            ("//p:a", Some("6")),
            ("//p:b", Some("8")),
            ("//q:a", None),
            ("//*[@p:q='z']", Some("6")),
            ("//*[@q='z']", None),
            ("/r/c", None),
            ("//*[local-name()='c']", Some("7")),
            ("//*[name()='p:a']", Some("6")),
            ("//*[namespace-uri()='u' and local-name()='b']", Some("8")),
            ("//r//r", None),
        ] {
            let found = XPath::parse(expression).ok().and_then(|path| path.find(&document));
            let number = found.and_then(|id| document.attribute(id, "n"));
            assert_eq!(number.as_deref(), expected, "{expression}");
        }
    }

    #[test]
    fn many_steps_over_many_elements_are_no_burden() {
        let text = format!("{}{}{}", "<a>".repeat(250), "<a/>".repeat(50_000), "</a>".repeat(250));
        let document = parse(&text, &Limits::DEFAULT).unwrap();
        let path = XPath::parse(&"//*".repeat(100)).unwrap();
        assert_eq!(path.find(&document).map(NodeId::index), Some(99));
    }
}
