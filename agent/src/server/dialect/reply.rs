//! Replies as text, written as NCALayer writes them: no spaces, keys in the order in which they were recorded, texts
//! escaped as `org.json` escapes them.

use std::fmt::Write as _;

use base64ct::{Base64, Encoding};

use crate::signing;

/// What is encoded at once: three bytes are four characters, so that pieces fit together, and a large message does not
/// stand in memory once more.
const PIECE: usize = 3 << 14;

/// A reply to one request.
#[derive(Debug)]
pub(super) enum Reply {
    /// All of it.
    Text(String),
    /// A reply whose middle is the base64 of a message around a file, in one line, which the socket sends in pieces:
    /// before it, the message, after it.
    Around {
        /// The reply up to the message, its opening quote included.
        before: String,
        /// The message, in DER around a file that is not read yet.
        around: signing::Around,
        /// The reply from the message's closing quote on.
        after: String,
    },
}

/// A value in a reply.
#[derive(Debug)]
pub(super) enum Body {
    /// A text.
    Text(String),
    /// Texts.
    Texts(Vec<String>),
    /// Bytes, sent as base64 in one line.
    Base64(Vec<u8>),
    /// True or false.
    Flag(bool),
    /// Names and texts, in this order.
    Object(Vec<(&'static str, String)>),
    /// A message around a file.
    Around(signing::Around),
}

impl Body {
    /// The reply with this value in it.
    pub(super) fn between(self, mut before: String, after: &str) -> Reply {
        match self {
            Self::Text(text) => quote(&text, &mut before),
            Self::Texts(texts) => {
                list(&mut before, '[', ']', texts, |text, to| quote(&text, to));
            }
            Self::Base64(bytes) => {
                before.push('"');
                before.reserve(bytes.len().div_ceil(3) * 4 + after.len() + 1);
                for piece in bytes.chunks(PIECE) {
                    before.push_str(&Base64::encode_string(piece));
                }
                before.push('"');
            }
            Self::Flag(flag) => before.push_str(if flag { "true" } else { "false" }),
            Self::Object(fields) => list(&mut before, '{', '}', fields, |(name, text), to| {
                quote(name, to);
                to.push(':');
                quote(&text, to);
            }),
            Self::Around(around) => {
                before.push('"');
                return Reply::Around { before, around, after: format!("\"{after}") };
            }
        }
        before.push_str(after);
        Reply::Text(before)
    }
}

fn list<T>(
    to: &mut String,
    open: char,
    close: char,
    parts: Vec<T>,
    write: impl Fn(T, &mut String),
) {
    to.push(open);
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            to.push(',');
        }
        write(part, to);
    }
    to.push(close);
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut to = String::with_capacity(text.len() + 2);
    quote(text, &mut to);
    to
}

/// Writes a text in quotes. Beside what JSON demands, `org.json` escapes the slash of `</`, and characters that
/// browsers once took for line breaks, or did not show.
fn quote(text: &str, to: &mut String) {
    to.push('"');
    let mut rest = text;
    let special = |c: char| {
        c < ' '
            || matches!(c, '"' | '\\' | '<')
            || ('\u{80}'..'\u{a0}').contains(&c)
            || ('\u{2000}'..'\u{2100}').contains(&c)
    };
    while let Some(at) = rest.find(special) {
        let (plain, more) = rest.split_at(at);
        to.push_str(plain);
        let mut characters = more.chars();
        match characters.next() {
            Some('<') if more.starts_with("</") => {
                to.push_str("<\\/");
                characters.next();
            }
            Some('<') => to.push('<'),
            Some(c @ ('"' | '\\')) => to.extend(['\\', c]),
            Some('\u{8}') => to.push_str("\\b"),
            Some('\t') => to.push_str("\\t"),
            Some('\n') => to.push_str("\\n"),
            Some('\u{c}') => to.push_str("\\f"),
            Some('\r') => to.push_str("\\r"),
            Some(other) => {
                // Writing to a string does not fail.
                let _ = write!(to, "\\u{:04x}", u32::from(other));
            }
            None => {}
        }
        rest = characters.as_str();
    }
    to.push_str(rest);
    to.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_they_were_recorded_and_come_back_as_they_were() {
        for (text, written) in [
            ("", "\"\""),
            ("шарт 😀", "\"шарт 😀\""),
            ("<a>\r\n</a></", "\"<a>\\r\\n<\\/a><\\/\""),
            ("</</<", "\"<\\/<\\/<\""),
            ("a/b\"c\\d", "\"a/b\\\"c\\\\d\""),
            (
                "\u{0}\u{8}\t\u{c}\u{1f}\u{7f}\u{85}\u{2028}",
                "\"\\u0000\\b\\t\\f\\u001f\u{7f}\\u0085\\u2028\"",
            ),
        ] {
            assert_eq!(quoted(text), written);
            assert_eq!(serde_json::from_str::<String>(written).expect("JSON"), text);
        }
    }

    #[test]
    fn values_stand_where_they_belong() {
        let text = |body: Body| match body.between("{\"a\":".to_owned(), "}") {
            Reply::Text(text) => text,
            Reply::Around { .. } => "around".to_owned(),
        };
        assert_eq!(text(Body::Text("<".into())), "{\"a\":\"<\"}");
        assert_eq!(text(Body::Texts(vec![])), "{\"a\":[]}");
        assert_eq!(text(Body::Texts(vec!["b".into(), "c".into()])), "{\"a\":[\"b\",\"c\"]}");
        assert_eq!(text(Body::Base64(vec![0xff, 0xef])), "{\"a\":\"/+8=\"}");
        assert_eq!(text(Body::Flag(false)), "{\"a\":false}");
        let long = vec![0x5a; PIECE * 2 + 1];
        let whole = format!("{{\"a\":\"{}\"}}", Base64::encode_string(&long));
        assert_eq!(text(Body::Base64(long)), whole);
        let fields = vec![("b", "c".to_owned()), ("d", "\n".to_owned())];
        assert_eq!(text(Body::Object(fields)), "{\"a\":{\"b\":\"c\",\"d\":\"\\n\"}}");
    }
}
