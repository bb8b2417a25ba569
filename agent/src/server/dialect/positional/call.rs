//! The twelve methods, by name and number of arguments as Java finds them, and the types of their arguments.

use serde_json::Value;

/// A call with arguments of the right types.
#[derive(Debug)]
pub(super) enum Call {
    /// `getActiveTokens`
    ActiveTokens,
    /// `getKeyInfo`
    KeyInfo { storage: String },
    /// `signXml` and `signXmls`
    Xml {
        storage: String,
        key_type: String,
        texts: Vec<String>,
        /// Whether the page gets a list.
        many: bool,
        /// The XPath of what is signed; empty for the document.
        element: String,
        /// The XPath of where the signature goes.
        parent: String,
    },
    /// `createCAdES…` and, with a time stamp, `createCMSSignature…`
    Cms { storage: String, key_type: String, source: Source, attached: bool, stamped: bool },
    /// `applyCAdEST`
    Stamp { storage: String, message: String },
    /// `showFileChooser`
    ChooseFile { extension: String, folder: String },
    /// `changeLocale`
    Locale(String),
}

/// What is signed as CMS.
#[derive(Debug)]
pub(super) enum Source {
    /// In base64.
    Base64(String),
    /// A digest of it, in base64.
    Hash(String),
    /// At that path.
    File(String),
}

/// Why a call is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// No method has that name and number of arguments.
    NoMethod,
    /// An argument has another type.
    Type,
}

/// Arguments that are still to be read.
struct Args(std::vec::IntoIter<Value>);

impl Args {
    /// The next one, a text. `null` is none.
    fn text(&mut self) -> Result<String, Misfit> {
        match self.0.next() {
            Some(Value::String(text)) => Ok(text),
            Some(_) | None => Err(Misfit::Type),
        }
    }

    /// The next one, `true` or `false`: not a text that says so.
    fn flag(&mut self) -> Result<bool, Misfit> {
        match self.0.next() {
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) | None => Err(Misfit::Type),
        }
    }

    /// The next one, a list of texts.
    fn texts(&mut self) -> Result<Vec<String>, Misfit> {
        match self.0.next() {
            Some(Value::Array(list)) => Self(list.into_iter()).rest(),
            Some(_) | None => Err(Misfit::Type),
        }
    }

    fn rest(mut self) -> Result<Vec<String>, Misfit> {
        (0..self.0.len()).map(|_| self.text()).collect()
    }
}

impl Call {
    pub(super) fn parse(method: &str, args: Vec<Value>) -> Result<Self, Misfit> {
        let count = args.len();
        let mut args = Args(args.into_iter());
        let args = &mut args;
        Ok(match (method, count) {
            ("getActiveTokens", 0) => Self::ActiveTokens,
            ("getKeyInfo", 1) => Self::KeyInfo { storage: args.text()? },
            ("signXml", 5) => Self::xml(args, false)?,
            ("signXmls", 5) => Self::xml(args, true)?,
            ("createCAdESFromBase64", 4) => Self::cms(args, Source::Base64, false)?,
            ("createCAdESFromFile", 4) => Self::cms(args, Source::File, false)?,
            ("createCMSSignatureFromBase64", 4) => Self::cms(args, Source::Base64, true)?,
            ("createCMSSignatureFromFile", 4) => Self::cms(args, Source::File, true)?,
            ("createCAdESFromBase64Hash", 3) => Self::Cms {
                storage: args.text()?,
                key_type: args.text()?,
                source: Source::Hash(args.text()?),
                attached: false,
                stamped: false,
            },
            ("applyCAdEST", 3) => {
                let storage = args.text()?;
                // No key stamps, so that it does not matter which keys the page would take.
                let _key_type = args.text()?;
                Self::Stamp { storage, message: args.text()? }
            }
            ("showFileChooser", 2) => {
                Self::ChooseFile { extension: args.text()?, folder: args.text()? }
            }
            ("changeLocale", 1) => Self::Locale(args.text()?),
            _ => return Err(Misfit::NoMethod),
        })
    }

    fn xml(args: &mut Args, many: bool) -> Result<Self, Misfit> {
        Ok(Self::Xml {
            storage: args.text()?,
            key_type: args.text()?,
            texts: if many { args.texts()? } else { vec![args.text()?] },
            many,
            element: args.text()?,
            parent: args.text()?,
        })
    }

    fn cms(args: &mut Args, source: fn(String) -> Source, stamped: bool) -> Result<Self, Misfit> {
        Ok(Self::Cms {
            storage: args.text()?,
            key_type: args.text()?,
            source: source(args.text()?),
            attached: args.flag()?,
            stamped,
        })
    }
}
