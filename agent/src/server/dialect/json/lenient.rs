//! JSON as `org.json` lets it pass, as far as pages are known to use it: keys without quotes, single quotes, `=`,
//! `=>` and `;` as separators, a separator before the closing bracket.
//!
//! What that reader lets pass beyond this (values without quotes, elements left out, text behind the object) is not
//! read: nobody is known to send it, and each such freedom is one more way to mean something else.

use serde_json::{Map, Value};

use super::{DEPTH, PARTS};

/// Reads a text that is one value.
pub(super) fn read(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text, left: PARTS };
    let value = reader.value(DEPTH)?;
    reader.space();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
    /// How many values may still come.
    left: usize,
}

/// Characters that end a key without quotes, as `JSONTokener` has them; other control characters do too.
const MARKS: &[char] =
    &[',', ':', ']', '}', '/', '\\', '"', '\'', '[', '{', ';', '=', '#', '(', ')'];

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn take(&mut self, mark: &str) -> bool {
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// One value; `depth` is how many brackets it may still open.
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        self.space();
        if self.take("{") {
            return self.object(depth.checked_sub(1)?);
        }
        if self.take("[") {
            return self.list(depth.checked_sub(1)?);
        }
        if self.rest.starts_with(['"', '\'']) {
            return self.quoted().map(Value::String);
        }
        // `true`, `false`, `null` or a number, and nothing else.
        let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        serde_json::from_str(word).ok()
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut object = Map::new();
        loop {
            self.space();
            if self.take("}") {
                return Some(Value::Object(object));
            }
            let key = self.key()?;
            self.space();
            if !(self.take("=>") || self.take("=") || self.take(":")) {
                return None;
            }
            object.insert(key, self.value(depth)?);
            self.space();
            if !(self.take(",") || self.take(";") || self.rest.starts_with('}')) {
                return None;
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        let mut list = Vec::new();
        loop {
            self.space();
            if self.take("]") {
                return Some(Value::Array(list));
            }
            list.push(self.value(depth)?);
            self.space();
            if !(self.take(",") || self.take(";") || self.rest.starts_with(']')) {
                return None;
            }
        }
    }

    fn key(&mut self) -> Option<String> {
        if self.rest.starts_with(['"', '\'']) {
            return self.quoted();
        }
        let end = self.rest.find(|c: char| c < ' ' || MARKS.contains(&c))?;
        let (key, rest) = self.rest.split_at(end);
        self.rest = rest;
        let key = key.trim();
        (!key.is_empty()).then(|| key.to_owned())
    }

    /// A text in quotes of either kind, with JSON's escapes and `\'`.
    fn quoted(&mut self) -> Option<String> {
        let quote = self.rest.chars().next()?;
        self.rest = &self.rest[quote.len_utf8()..];
        let mut text = String::new();
        loop {
            let at = self.rest.find(|c: char| c == quote || c == '\\' || c < ' ')?;
            let (plain, rest) = self.rest.split_at(at);
            text.push_str(plain);
            self.rest = rest;
            if self.take("\\") {
                text.push(self.escaped()?);
                continue;
            }
            // A control character, a line break for one, does not stand in a text.
            let mark = self.rest.chars().next().filter(|c| *c == quote)?;
            self.rest = &self.rest[mark.len_utf8()..];
            return Some(text);
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let escape = self.rest.chars().next()?;
        self.rest = &self.rest[escape.len_utf8()..];
        Some(match escape {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' | '\'' | '\\' | '/' => escape,
            'u' => {
                let first = self.unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(u32::from(first));
                }
                let second = if self.take("\\u") { self.unit()? } else { return None };
                char::decode_utf16([first, second]).next()?.ok()?
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.rest.get(..4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.rest = &self.rest[4..];
        u16::from_str_radix(digits, 16).ok()
    }
}
