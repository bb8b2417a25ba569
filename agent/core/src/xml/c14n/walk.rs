//! From the nodes of a document to canonical bytes, in one pass and without recursion.

use std::collections::{BTreeMap, BTreeSet};

use super::super::chars::{is_space, name_len};
use super::super::document::{Attribute, Document, Element, Kind, NamespaceId, NodeId};
use super::super::value::Written;
use super::{Form, Method, NotCanonical, Output};

/// What is canonicalized.
#[derive(Clone, Copy)]
pub(in super::super) struct Part<'p> {
    /// An element with everything in it, or the whole document.
    pub(in super::super) apex: Option<NodeId>,
    /// Elements that are left out, with everything in them, in document order.
    pub(in super::super) without: &'p [NodeId],
}

/// Writes the canonical form of a part of a document.
pub(in super::super) fn write(
    document: &Document<'_>,
    part: Part<'_>,
    method: &Method,
    output: &mut Output<'_>,
) -> Result<(), NotCanonical> {
    let mut walk = Walk {
        document,
        method,
        output,
        open: Vec::new(),
        rendered: BTreeMap::new(),
        listed: method.prefixes.iter().map(String::as_str).collect(),
    };
    let (mut index, end) = match part.apex {
        None => (0, document.end().index()),
        Some(apex) => (apex.index(), document.after(apex).index()),
    };
    let mut without = part.without.iter().peekable();
    while let Some((id, kind)) = document.at(index).filter(|_| index < end) {
        walk.close(index);
        while without.next_if(|left_out| **left_out < id).is_some() {}
        if without.peek() == Some(&&id) {
            index = document.after(id).index();
            continue;
        }
        walk.node(id, kind)?;
        if walk.output.is_exhausted() {
            return Err(NotCanonical::TooLong);
        }
        index += 1;
    }
    walk.close(end);
    walk.output.flush();
    if walk.output.is_exhausted() { Err(NotCanonical::TooLong) } else { Ok(()) }
}

struct Walk<'w, 't, 's> {
    document: &'w Document<'t>,
    method: &'w Method,
    output: &'w mut Output<'s>,
    open: Vec<Open<'t>>,
    /// What each prefix was last said to mean; only the exclusive form asks.
    rendered: BTreeMap<&'t str, Vec<NamespaceId>>,
    /// The prefixes that the exclusive form treats as the inclusive one does.
    listed: BTreeSet<&'w str>,
}

/// An element whose end tag is to be written.
struct Open<'t> {
    after: usize,
    name: &'t str,
    /// The prefixes that its start tag declared.
    rendered: Vec<&'t str>,
}

impl<'w, 't> Walk<'w, 't, '_> {
    /// Writes the end tags of the elements that end before a node.
    fn close(&mut self, index: usize) {
        while let Some(element) = self.open.pop_if(|element| element.after <= index) {
            self.output.put("</");
            self.output.put(element.name);
            self.output.put(">");
            for prefix in element.rendered {
                if let Some(meanings) = self.rendered.get_mut(prefix) {
                    meanings.pop();
                }
            }
        }
    }

    fn node(&mut self, id: NodeId, kind: Kind) -> Result<(), NotCanonical> {
        let text = self.document.text;
        match kind {
            Kind::Element(_) => return self.element(id),
            Kind::Text(span) => self.output.text(span.of(text), Written::Text),
            Kind::Cdata(span) => self.output.text(span.of(text), Written::Verbatim),
            Kind::Comment(span) if self.method.comments => {
                self.at_top(id, |output| {
                    output.put("<!--");
                    output.verbatim(span.of(text));
                    output.put("-->");
                });
            }
            Kind::Comment(_) => {}
            Kind::Instruction(span) => {
                let (target, data) = span.of(text).split_at(name_len(span.of(text)));
                let data = data.trim_start_matches(|c| u8::try_from(c).is_ok_and(is_space));
                self.at_top(id, |output| {
                    output.put("<?");
                    output.put(target);
                    if !data.is_empty() {
                        output.put(" ");
                        output.verbatim(data);
                    }
                    output.put("?>");
                });
            }
        }
        Ok(())
    }

    /// What stands beside the outermost element has a line of its own.
    fn at_top(&mut self, id: NodeId, write: impl FnOnce(&mut Output<'_>)) {
        let top = self.document.parent(id).is_none();
        if top && id > self.document.root() {
            self.output.put("\n");
        }
        write(self.output);
        if top && id < self.document.root() {
            self.output.put("\n");
        }
    }

    fn element(&mut self, id: NodeId) -> Result<(), NotCanonical> {
        let Some(element) = self.document.element(id) else { return Ok(()) };
        let name = element.name.whole.of(self.document.text);
        let mut attributes: Vec<&Attribute> = self.document.attributes(element).iter().collect();
        let mut namespaces = match self.method.form {
            Form::Inclusive | Form::Inclusive11 => self.inclusive(id, element),
            Form::Exclusive => self.exclusive(id, element),
        };
        if self.open.is_empty() {
            self.inherit(id, &mut attributes)?;
        }
        namespaces.retain(|(prefix, _)| *prefix != "xml");
        self.output.put("<");
        self.output.put(name);
        for (prefix, namespace) in &namespaces {
            self.output.put(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.output.put(prefix);
            self.output.put("=\"");
            self.output.namespace(self.document.namespace(*namespace));
            self.output.put("\"");
        }
        self.attributes(attributes);
        self.output.put(">");
        let rendered = match self.method.form {
            Form::Inclusive | Form::Inclusive11 => Vec::new(),
            Form::Exclusive => self.remember(&namespaces),
        };
        self.open.push(Open { after: self.document.after(id).index(), name, rendered });
        Ok(())
    }

    /// All namespaces in scope of the first element, and what changes in those within.
    fn inclusive(&self, id: NodeId, element: &Element) -> Vec<(&'t str, NamespaceId)> {
        if self.open.is_empty() {
            return self.document.in_scope(id);
        }
        let mut changed: Vec<_> = self
            .document
            .declarations(element)
            .iter()
            .filter(|declaration| declaration.changes)
            .map(|declaration| (declaration.prefix.of(self.document.text), declaration.namespace))
            .collect();
        changed.sort_unstable();
        changed
    }

    /// The namespaces that the element and its attributes use, and those that are to be treated as inclusive, as far
    /// as they were not said before.
    fn exclusive(&self, id: NodeId, element: &Element) -> Vec<(&'t str, NamespaceId)> {
        let text = self.document.text;
        let mut used = vec![(element.name.prefix(text), element.namespace)];
        for attribute in self.document.attributes(element) {
            if attribute.namespace != NamespaceId::NONE {
                used.push((attribute.name.prefix(text), attribute.namespace));
            }
        }
        if !self.listed.is_empty() {
            let listed = |prefix: &str| self.listed.contains(prefix);
            if self.open.is_empty() {
                let in_scope = self.document.in_scope(id).into_iter();
                used.extend(in_scope.filter(|(prefix, _)| listed(prefix)));
            } else {
                let declared = self.document.declarations(element).iter();
                let declared = declared.map(|one| (one.prefix.of(text), one.namespace));
                used.extend(declared.filter(|(prefix, _)| listed(prefix)));
            }
        }
        used.sort_unstable();
        used.dedup();
        used.retain(|(prefix, namespace)| {
            let said = self.rendered.get(prefix).and_then(|meanings| meanings.last());
            said.copied().unwrap_or(NamespaceId::NONE) != *namespace
        });
        used
    }

    fn remember(&mut self, namespaces: &[(&'t str, NamespaceId)]) -> Vec<&'t str> {
        for (prefix, namespace) in namespaces {
            self.rendered.entry(prefix).or_default().push(*namespace);
        }
        namespaces.iter().map(|(prefix, _)| *prefix).collect()
    }

    /// The `xml:` attributes of the elements around the first one (section 2.4 of Canonical XML 1.0 and of 1.1).
    fn inherit(&mut self, id: NodeId, own: &mut Vec<&'w Attribute>) -> Result<(), NotCanonical> {
        let text = self.document.text;
        let is_xml = |one: &&Attribute| one.namespace == NamespaceId::XML;
        let mut there: BTreeSet<&str> =
            own.iter().copied().filter(is_xml).map(|one| one.name.local(text)).collect();
        for element in self.document.ancestors(id).filter_map(|id| self.document.element(id)) {
            // What is looked at costs as what is written, or many small parts of one document would cost nothing.
            let looked_at =
                self.document.attributes(element).len() + self.document.declarations(element).len();
            self.output.charge(looked_at);
            for attribute in self.document.attributes(element).iter().filter(is_xml) {
                let local = attribute.name.local(text);
                let inherited = match self.method.form {
                    Form::Inclusive => true,
                    Form::Inclusive11 if local == "base" => return Err(NotCanonical::Base),
                    Form::Inclusive11 => local == "lang" || local == "space",
                    Form::Exclusive => false,
                };
                if inherited && there.insert(local) {
                    own.push(attribute);
                }
            }
        }
        Ok(())
    }

    /// By namespace, then by name, both as strings of characters, whose order is that of their UTF-8.
    fn attributes(&mut self, mut attributes: Vec<&Attribute>) {
        let document = self.document;
        let key =
            |one: &Attribute| (document.namespace(one.namespace), one.name.local(document.text));
        if attributes.len() > 1 {
            attributes.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        }
        for attribute in attributes {
            self.output.put(" ");
            self.output.put(attribute.name.whole.of(document.text));
            self.output.put("=\"");
            self.output.attribute(attribute.value.of(document.text));
            self.output.put("\"");
        }
    }
}
