//! From tokens to a document: tags match, prefixes are bound, nothing stands twice, nothing is without limit.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::chars::all_space;
use super::super::reader::{Name, Reader, Span, Token, WrittenAttribute};
use super::super::value::{Written, plain};
use super::super::{NotXml, Rule};
use super::{
    Attribute, Declaration, Document, Element, Kind, Limits, NO_PARENT, NamespaceId, Node, NodeId,
    XML_NAMESPACE, XMLNS_NAMESPACE,
};

/// Reads a document.
pub(in super::super) fn parse<'t>(text: &'t str, limits: &Limits) -> Result<Document<'t>, NotXml> {
    // Places are kept in 32 bits.
    if text.len() > limits.bytes.min(u32::MAX as usize - 1) {
        return Err(NotXml::TooLarge);
    }
    let mut reader = Reader::new(text);
    let declared_encoding = reader.xml_declaration()?;
    let start = reader.at();
    let mut builder = Builder {
        limits,
        parts: 0,
        open: Vec::new(),
        root: None,
        names: BTreeMap::from([
            (Cow::Borrowed(""), NamespaceId::NONE),
            (Cow::Borrowed(XML_NAMESPACE), NamespaceId::XML),
        ]),
        bound: BTreeMap::from([("xml", vec![NamespaceId::XML])]),
        document: Document {
            text,
            nodes: Vec::new(),
            elements: Vec::new(),
            attributes: Vec::new(),
            declarations: Vec::new(),
            namespaces: vec![Cow::Borrowed(""), Cow::Borrowed(XML_NAMESPACE)],
            root: NodeId(0),
            declared_encoding,
            start,
        },
    };
    let mut attributes = Vec::new();
    while let Some((at, token)) = reader.next(&mut attributes)? {
        builder.take(&reader, at, token, &attributes)?;
    }
    builder.finish(&reader)
}

struct Builder<'t, 'l> {
    limits: &'l Limits,
    parts: usize,
    /// The elements that have no end yet.
    open: Vec<NodeId>,
    root: Option<NodeId>,
    names: BTreeMap<Cow<'t, str>, NamespaceId>,
    /// What each prefix means, the innermost last.
    bound: BTreeMap<&'t str, Vec<NamespaceId>>,
    document: Document<'t>,
}

impl<'t> Builder<'t, '_> {
    fn take(
        &mut self,
        reader: &Reader<'t>,
        at: usize,
        token: Token,
        attributes: &[WrittenAttribute],
    ) -> Result<(), NotXml> {
        let kind = match token {
            Token::Start { name, empty } => {
                return self.start(reader, at, (name, empty), attributes);
            }
            Token::End { name } => return self.end(reader, at, name),
            Token::Text(span) if self.open.is_empty() => {
                // The text that is white space between the parts at the top is none (XML 1.0, section 2.8).
                if all_space(span.of(self.document.text)) {
                    return Ok(());
                }
                return Err(reader.error(at, Rule::Top));
            }
            Token::Cdata(_) if self.open.is_empty() => return Err(reader.error(at, Rule::Top)),
            Token::Text(span) => Kind::Text(span),
            Token::Cdata(span) => Kind::Cdata(span),
            Token::Comment(span) => Kind::Comment(span),
            Token::Instruction(span) => Kind::Instruction(span),
        };
        self.push(kind)?;
        Ok(())
    }

    fn count(&mut self, parts: usize) -> Result<(), NotXml> {
        self.parts += parts;
        if self.parts > self.limits.nodes { Err(NotXml::TooMany) } else { Ok(()) }
    }

    fn push(&mut self, kind: Kind) -> Result<NodeId, NotXml> {
        self.count(1)?;
        let id = self.document.end();
        let parent = self.open.last().map_or(NO_PARENT, |parent| parent.0);
        self.document.nodes.push(Node { kind, parent, after: id.0 + 1 });
        Ok(id)
    }

    fn start(
        &mut self,
        reader: &Reader<'t>,
        at: usize,
        (name, empty): (Name, bool),
        attributes: &[WrittenAttribute],
    ) -> Result<(), NotXml> {
        let text = self.document.text;
        if self.open.len() >= self.limits.depth {
            return Err(NotXml::TooDeep(reader.position(at)));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(reader.error(at, Rule::Top));
        }
        self.count(attributes.len())?;
        let declarations = self.declare(reader, attributes)?;
        let namespace = self.resolve(reader, name, name.prefix(text))?;
        let attributes = self.resolve_attributes(reader, attributes)?;
        let number = u32::try_from(self.document.elements.len()).map_err(|_| NotXml::TooMany)?;
        let open = Span::new(at, reader.at());
        let close = Span::new(reader.at(), reader.at());
        let id = self.push(Kind::Element(number))?;
        let element = Element { name, namespace, open, close, attributes, declarations };
        self.document.elements.push(element);
        self.root.get_or_insert(id);
        self.open.push(id);
        if empty {
            self.close(id);
        }
        Ok(())
    }

    fn end(&mut self, reader: &Reader<'t>, at: usize, name: Span) -> Result<(), NotXml> {
        let text = self.document.text;
        let id = *self.open.last().ok_or_else(|| reader.error(at, Rule::EndTag))?;
        let Some(Kind::Element(number)) = self.document.at(id.index()).map(|(_, kind)| kind) else {
            return Err(reader.error(at, Rule::EndTag));
        };
        match self.document.elements.get_mut(number as usize) {
            Some(element) if element.name.whole.of(text) == name.of(text) => {
                element.close = Span::new(at, reader.at());
            }
            Some(_) | None => return Err(reader.error(at, Rule::EndTag)),
        }
        self.close(id);
        Ok(())
    }

    fn close(&mut self, id: NodeId) {
        let after = self.document.end().0;
        if let Some(node) = self.document.nodes.get_mut(id.index()) {
            node.after = after;
        }
        self.open.pop();
        let Some(element) = self.document.element(id) else { return };
        for declaration in self.document.declarations(element) {
            let prefix = declaration.prefix.of(self.document.text);
            if let Some(meanings) = self.bound.get_mut(prefix) {
                meanings.pop();
            }
        }
    }

    /// Takes the declarations of namespaces among the attributes.
    fn declare(
        &mut self,
        reader: &Reader<'t>,
        attributes: &[WrittenAttribute],
    ) -> Result<(u32, u32), NotXml> {
        let text = self.document.text;
        let from = self.document.declarations.len();
        for attribute in attributes {
            let Some(prefix) = declared_prefix(attribute, text) else { continue };
            let at = attribute.name.whole.start();
            let uri = plain(attribute.value.of(text), Written::Attribute);
            let name = prefix.of(text);
            let fits = match (name, &*uri) {
                ("xml", uri) => uri == XML_NAMESPACE,
                ("xmlns", _) | (_, XML_NAMESPACE | XMLNS_NAMESPACE) => false,
                (prefix, "") => prefix.is_empty(),
                _ => true,
            };
            if !fits {
                return Err(reader.error(at, Rule::Namespace));
            }
            let namespace = self.intern(uri);
            let meanings = self.bound.entry(name).or_default();
            let before = meanings.last().copied().unwrap_or(NamespaceId::NONE);
            meanings.push(namespace);
            let changes = before != namespace;
            self.document.declarations.push(Declaration { prefix, namespace, changes });
        }
        let declared = self.document.declarations.get(from..).unwrap_or_default();
        let mut prefixes: Vec<(&str, usize)> =
            declared.iter().map(|one| (one.prefix.of(text), one.prefix.start())).collect();
        prefixes.sort_unstable();
        if let Some(pair) = prefixes.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(reader.error(pair[1].1, Rule::Twice));
        }
        range(from, self.document.declarations.len())
    }

    fn resolve_attributes(
        &mut self,
        reader: &Reader<'t>,
        attributes: &[WrittenAttribute],
    ) -> Result<(u32, u32), NotXml> {
        let text = self.document.text;
        let from = self.document.attributes.len();
        for attribute in attributes.iter().filter(|one| declared_prefix(one, text).is_none()) {
            let namespace = match attribute.name.prefix(text) {
                // The default namespace is not for attributes.
                "" => NamespaceId::NONE,
                prefix => self.resolve(reader, attribute.name, prefix)?,
            };
            let WrittenAttribute { name, value } = *attribute;
            self.document.attributes.push(Attribute { name, namespace, value });
        }
        let own = self.document.attributes.get(from..).unwrap_or_default();
        if own.len() < 2 {
            return range(from, from + own.len());
        }
        let mut names: Vec<(NamespaceId, &str, usize)> = own
            .iter()
            .map(|one| (one.namespace, one.name.local(text), one.name.whole.start()))
            .collect();
        names.sort_unstable();
        if let Some(pair) =
            names.windows(2).find(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1))
        {
            return Err(reader.error(pair[1].2, Rule::Twice));
        }
        range(from, self.document.attributes.len())
    }

    fn resolve(
        &self,
        reader: &Reader<'t>,
        name: Name,
        prefix: &str,
    ) -> Result<NamespaceId, NotXml> {
        let meaning = self.bound.get(prefix).and_then(|meanings| meanings.last().copied());
        match meaning {
            Some(namespace) => Ok(namespace),
            None if prefix.is_empty() => Ok(NamespaceId::NONE),
            None => Err(reader.error(name.whole.start(), Rule::Prefix)),
        }
    }

    fn intern(&mut self, uri: Cow<'t, str>) -> NamespaceId {
        if let Some(id) = self.names.get(&uri) {
            return *id;
        }
        let id = NamespaceId(NodeId::new(self.document.namespaces.len()).0);
        self.document.namespaces.push(uri.clone());
        self.names.insert(uri, id);
        id
    }

    fn finish(mut self, reader: &Reader<'t>) -> Result<Document<'t>, NotXml> {
        if let Some(element) = self.open.last().and_then(|id| self.document.element(*id)) {
            return Err(reader.error(element.open.start(), Rule::Unclosed));
        }
        self.document.root = self.root.ok_or_else(|| reader.error(reader.at(), Rule::Top))?;
        Ok(self.document)
    }
}

/// The prefix that an attribute declares, if it declares one.
fn declared_prefix(attribute: &WrittenAttribute, text: &str) -> Option<Span> {
    let whole = attribute.name.whole;
    match whole.of(text) {
        "xmlns" => Some(Span::new(whole.end(), whole.end())),
        name if name.starts_with("xmlns:") => Some(Span::new(whole.start() + 6, whole.end())),
        _ => None,
    }
}

fn range(from: usize, to: usize) -> Result<(u32, u32), NotXml> {
    let place = |at| u32::try_from(at).map_err(|_| NotXml::TooMany);
    Ok((place(from)?, place(to)?))
}
