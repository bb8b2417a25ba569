//! The syntax of XML 1.0 without document types: text becomes tokens, each checked character by character.
//!
//! What needs more than one token to be judged (that tags match, namespaces, one element at the top) is judged by
//! [`document`](super::document).

use super::chars::{is_char, is_space, name_len};
use super::{NotXml, Position, Rule};

/// A part of a text, by bytes. Texts are shorter than 4 GiB.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Self {
        let place = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: place(start), end: place(end) }
    }

    pub(super) const fn start(self) -> usize {
        self.start as usize
    }

    pub(super) const fn end(self) -> usize {
        self.end as usize
    }

    pub(super) const fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(super) fn of(self, text: &str) -> &str {
        text.get(self.start()..self.end()).unwrap_or_default()
    }
}

/// A name as it is written: `local` or `prefix:local`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) whole: Span,
    /// How many bytes the prefix has; 0 if there is none.
    prefix: u32,
}

impl Name {
    pub(super) fn prefix(self, text: &str) -> &str {
        self.whole.of(text).get(..self.prefix as usize).unwrap_or_default()
    }

    pub(super) fn local(self, text: &str) -> &str {
        let skipped = if self.prefix == 0 { 0 } else { self.prefix as usize + 1 };
        self.whole.of(text).get(skipped..).unwrap_or_default()
    }
}

/// An attribute as it is written; the value stands between the quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenAttribute {
    pub(super) name: Name,
    pub(super) value: Span,
}

/// One part of a document.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token {
    /// A start tag, or the tag of an empty element.
    Start { name: Name, empty: bool },
    /// An end tag.
    End { name: Span },
    /// Text outside of CDATA, references included.
    Text(Span),
    /// What a CDATA section holds.
    Cdata(Span),
    /// What a comment holds.
    Comment(Span),
    /// What stands between `<?` and `?>`.
    Instruction(Span),
}

/// Reads tokens one after the other.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// How far it has read.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) fn position(&self, at: usize) -> Position {
        Position::of(self.text, at)
    }

    pub(super) fn error(&self, at: usize, rule: Rule) -> NotXml {
        NotXml::Malformed { at: self.position(at), rule }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, what: &str) -> bool {
        let there = self.rest().starts_with(what);
        if there {
            self.at += what.len();
        }
        there
    }

    /// Skips white space; says whether there was any.
    fn space(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        self.at > start
    }

    /// The next token and where it begins; the attributes of a start tag are put into `attributes`.
    pub(super) fn next(
        &mut self,
        attributes: &mut Vec<WrittenAttribute>,
    ) -> Result<Option<(usize, Token)>, NotXml> {
        let start = self.at;
        let token = match self.peek() {
            None => return Ok(None),
            Some(b'<') if self.take("</") => self.end_tag()?,
            Some(b'<') if self.take("<?") => self.instruction()?,
            Some(b'<') if self.take("<!") => self.declaration(start)?,
            Some(b'<') => {
                self.at += 1;
                self.start_tag(attributes)?
            }
            Some(_) => self.characters()?,
        };
        Ok(Some((start, token)))
    }

    fn name(&mut self) -> Result<Name, NotXml> {
        let start = self.at;
        let first = name_len(self.rest());
        if first == 0 {
            return Err(self.error(start, Rule::Name));
        }
        self.at += first;
        let mut prefix = 0;
        if self.take(":") {
            prefix = first;
            let second = name_len(self.rest());
            if second == 0 {
                return Err(self.error(self.at, Rule::Name));
            }
            self.at += second;
        }
        Ok(Name { whole: Span::new(start, self.at), prefix: Span::new(0, prefix).end })
    }

    fn start_tag(&mut self, attributes: &mut Vec<WrittenAttribute>) -> Result<Token, NotXml> {
        attributes.clear();
        let name = self.name()?;
        loop {
            let spaced = self.space();
            if self.take(">") {
                return Ok(Token::Start { name, empty: false });
            }
            if self.take("/>") {
                return Ok(Token::Start { name, empty: true });
            }
            if self.peek().is_none() {
                return Err(self.error(self.at, Rule::Unclosed));
            }
            if !spaced {
                return Err(self.error(self.at, Rule::Space));
            }
            let name = self.name()?;
            let value = self.equals_value()?;
            attributes.push(WrittenAttribute { name, value });
        }
    }

    /// `Eq AttValue`.
    fn equals_value(&mut self) -> Result<Span, NotXml> {
        self.space();
        if !self.take("=") {
            return Err(self.error(self.at, Rule::Attribute));
        }
        self.space();
        let quote = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => quote,
            _ => return Err(self.error(self.at, Rule::Attribute)),
        };
        self.at += 1;
        let start = self.at;
        loop {
            self.skip(|byte| !matches!(byte, b'<' | b'&' | b'"' | b'\''));
            match self.peek() {
                None => return Err(self.error(start, Rule::Attribute)),
                Some(byte) if byte == quote => break,
                Some(b'<') => return Err(self.error(self.at, Rule::LessThan)),
                Some(b'&') => self.reference()?,
                Some(_) => self.character()?,
            }
        }
        self.at += 1;
        Ok(Span::new(start, self.at - 1))
    }

    fn end_tag(&mut self) -> Result<Token, NotXml> {
        let name = self.name()?.whole;
        self.space();
        if self.take(">") {
            return Ok(Token::End { name });
        }
        Err(self.error(self.at, Rule::EndTag))
    }

    /// What begins with `<!`.
    fn declaration(&mut self, start: usize) -> Result<Token, NotXml> {
        if self.take("--") {
            let content = self.until("--", start)?;
            if !self.take(">") {
                return Err(self.error(content.end(), Rule::Comment));
            }
            return Ok(Token::Comment(content));
        }
        if self.take("[CDATA[") {
            return Ok(Token::Cdata(self.until("]]>", start)?));
        }
        if self.take("DOCTYPE") {
            return Err(NotXml::Doctype(self.position(start)));
        }
        Err(self.error(start, Rule::Markup))
    }

    fn instruction(&mut self) -> Result<Token, NotXml> {
        let start = self.at;
        let target = name_len(self.rest());
        if target == 0 {
            return Err(self.error(start, Rule::Name));
        }
        if self.rest()[..target].eq_ignore_ascii_case("xml") {
            return Err(self.error(start, Rule::Instruction));
        }
        self.at += target;
        if !self.rest().starts_with("?>") && !self.peek().is_some_and(is_space) {
            return Err(self.error(self.at, Rule::Space));
        }
        let content = self.until("?>", start)?;
        Ok(Token::Instruction(Span::new(start, content.end())))
    }

    /// Steps over bytes that are characters of XML in any case, as long as they are wanted.
    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let is_plain = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..) && *byte != 0xef;
        let plain = rest.iter().position(|byte| !is_plain(byte) || !wanted(*byte));
        self.at += plain.unwrap_or(rest.len());
    }

    /// Everything up to a mark, which is skipped too.
    fn until(&mut self, mark: &str, start: usize) -> Result<Span, NotXml> {
        let from = self.at;
        let first = mark.as_bytes().first().copied();
        self.skip(|byte| Some(byte) != first);
        while !self.rest().as_bytes().starts_with(mark.as_bytes()) {
            if self.peek().is_none() {
                return Err(self.error(start, Rule::Unclosed));
            }
            self.character()?;
            self.skip(|byte| Some(byte) != first);
        }
        let content = Span::new(from, self.at);
        self.at += mark.len();
        Ok(content)
    }

    fn characters(&mut self) -> Result<Token, NotXml> {
        let start = self.at;
        loop {
            self.skip(|byte| !matches!(byte, b'<' | b'&' | b']'));
            match self.peek() {
                None | Some(b'<') => return Ok(Token::Text(Span::new(start, self.at))),
                Some(b'&') => self.reference()?,
                Some(b']') if self.rest().starts_with("]]>") => {
                    return Err(self.error(self.at, Rule::EndOfCdata));
                }
                Some(_) => self.character()?,
            }
        }
    }

    /// Steps over one character, or over one byte of it: the text is Unicode already, so that only the characters
    /// below the space, U+FFFE and U+FFFF are not XML's.
    fn character(&mut self) -> Result<(), NotXml> {
        let bytes = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let wrong = match bytes {
            [b'\t' | b'\n' | b'\r' | b' '..=0x7f, ..] => false,
            [0..=0x1f, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => true,
            _ => false,
        };
        if wrong {
            return Err(self.error(self.at, Rule::Character));
        }
        self.at += 1;
        Ok(())
    }

    /// `Reference`: a character by its number, or one of the five entities.
    fn reference(&mut self) -> Result<(), NotXml> {
        let start = self.at;
        match decode_reference(self.rest()) {
            Some(Decoded::Char(_, len)) => {
                self.at += len;
                Ok(())
            }
            Some(Decoded::Unknown) => Err(NotXml::Entity(self.position(start))),
            None => Err(self.error(start, Rule::Reference)),
        }
    }

    /// The XML declaration, if the text begins with one; gives the encoding that it names.
    pub(super) fn xml_declaration(&mut self) -> Result<Option<&'t str>, NotXml> {
        if !self.rest().starts_with("<?xml")
            || !self.text.as_bytes().get(5).is_some_and(|b| is_space(*b))
        {
            return Ok(None);
        }
        self.at = 5;
        let version = self.pseudo_attribute("version")?;
        let encoding = self.pseudo_attribute("encoding")?;
        let standalone = self.pseudo_attribute("standalone")?;
        self.space();
        let ended = self.take("?>");
        let named = encoding.is_none_or(|name| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        });
        let said = standalone.is_none_or(|said| said == "yes" || said == "no");
        let Some(version) = version.filter(|_| ended && named && said) else {
            return Err(self.error(0, Rule::Declaration));
        };
        if version == "1.0" { Ok(encoding) } else { Err(NotXml::Version) }
    }

    fn pseudo_attribute(&mut self, name: &str) -> Result<Option<&'t str>, NotXml> {
        let start = self.at;
        if self.space() && self.take(name) {
            return Ok(Some(self.equals_value()?.of(self.text)));
        }
        self.at = start;
        Ok(None)
    }
}

/// A reference that was looked at.
pub(super) enum Decoded {
    /// The character that it stands for, and how many bytes the reference has.
    Char(char, usize),
    /// A well-formed reference to an entity that XML does not have by itself.
    Unknown,
}

/// Reads the reference that the text begins with; `None` if it is none.
pub(super) fn decode_reference(text: &str) -> Option<Decoded> {
    let body = text.strip_prefix('&')?;
    let Some(number) = body.strip_prefix('#') else {
        let len = name_len(body);
        if len == 0 || body.as_bytes().get(len) != Some(&b';') {
            return None;
        }
        let c = match &body[..len] {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => return Some(Decoded::Unknown),
        };
        return Some(Decoded::Char(c, len + 2));
    };
    let (radix, digits, before) = match number.strip_prefix('x') {
        Some(digits) => (16, digits, 3),
        None => (10, number, 2),
    };
    let mut value = 0u32;
    let mut len = 0;
    for c in digits.chars() {
        let Some(digit) = c.to_digit(radix) else { break };
        value = value.saturating_mul(radix).saturating_add(digit);
        len += 1;
    }
    if len == 0 || digits.as_bytes().get(len) != Some(&b';') {
        return None;
    }
    let c = char::from_u32(value).filter(|c| is_char(*c))?;
    Some(Decoded::Char(c, before + len + 1))
}
