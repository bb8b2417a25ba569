//! The stores of keys that pages name.

use crate::ctx::Ctx;
use crate::signing::Places;
use crate::words::Words;

/// A store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    /// Key files: `PKCS12`.
    Files,
    /// A token or a card. None is ever connected: this agent does not read any.
    Token(Token),
    /// Java's own key files, which this agent does not read.
    JavaFiles,
}

/// A token or a card, by its name on the wire and, where they have one in all languages, by the name on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    name: &'static str,
    label: Option<&'static str>,
}

const TOKENS: [Token; 6] = [
    Token { name: "AKKaztokenStore", label: Some("KAZTOKEN") },
    Token { name: "AKKZIDCardStore", label: None },
    Token { name: "AKEToken72KStore", label: Some("eToken 72K (Java)") },
    Token { name: "AKEToken5110Store", label: Some("eToken 5110") },
    Token { name: "AKJaCartaStore", label: Some("JaCarta") },
    Token { name: "AKAKEYStore", label: Some("AKEY") },
];

impl Storage {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "PKCS12" => Some(Self::Files),
            "JKS" => Some(Self::JavaFiles),
            other => TOKENS.into_iter().find(|token| token.name == other).map(Self::Token),
        }
    }

    /// As people call it.
    pub(super) fn label(self, words: &Words) -> String {
        match self {
            Self::Files => "PKCS#12".to_owned(),
            Self::JavaFiles => "Java KeyStore".to_owned(),
            Self::Token(Token { label: Some(label), .. }) => label.to_owned(),
            Self::Token(Token { label: None, .. }) => words.get("window-token-id-card"),
        }
    }

    /// Whether a key of this store can be had here.
    pub(super) fn is_here(self, ctx: &Ctx) -> bool {
        match self {
            Self::Files => true,
            Self::Token(_) => ctx.settings.trial,
            Self::JavaFiles => false,
        }
    }
}

/// Key files, of which the person chooses one.
pub(super) fn files() -> Places {
    Places { files: true, ..Places::default() }
}
