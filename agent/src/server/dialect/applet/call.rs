//! The methods of the applet, by name and number of arguments, without passwords.

use const_oid::ObjectIdentifier;
use serde_json::Value;
use tanba_core::crypto::HashAlgorithm;
use zeroize::Zeroize as _;

use crate::server::dialect::request::Request;
use crate::signing::Usage;

/// A call with arguments of the right types.
#[derive(Debug)]
pub(super) enum Call {
    BrowseKeyStore { storage: String, folder: String },
    ShowFileChooser { extension: String, folder: String },
    LoadSlotList { storage: String },
    SetLocale(String),
    GetKeys { storage: String, path: String, usage: Usage },
    About { key: Key, fact: Fact },
    Sign { key: Key, sources: Sources },
    Check(Asked),
    Hash { data: String, algorithm: HashAlgorithm },
}

/// Which key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) storage: String,
    pub(super) path: String,
    pub(super) alias: String,
}

/// What a page asks of a certificate.
#[derive(Debug)]
pub(super) enum Fact {
    NotBefore,
    NotAfter,
    Subject,
    Issuer,
    /// A part of the subject's name: of those of one kind, which.
    Rdn {
        oid: ObjectIdentifier,
        index: usize,
    },
    /// Whether a raw signature is that of the certificate's holder.
    Verifies {
        data: String,
        signature: String,
    },
}

/// What is signed.
#[derive(Debug)]
pub(super) enum Sources {
    Plain(String),
    Cms {
        text: String,
        attached: bool,
    },
    CmsOfFile {
        path: String,
        attached: bool,
    },
    /// The paths are empty for the whole document.
    Xml {
        text: String,
        element: String,
        parent: String,
    },
}

/// What is to be checked.
#[derive(Debug)]
pub(super) enum Asked {
    Cms {
        signature: String,
        data: String,
    },
    CmsOfFile {
        signature: String,
        path: String,
    },
    /// Whether the signature may be over an element.
    Xml {
        text: String,
        element: bool,
    },
}

/// Where the password stands among the arguments, if the method has one.
fn password_at(method: &str) -> Option<usize> {
    match method {
        "getKeys" => Some(2),
        "getNotBefore"
        | "getNotAfter"
        | "getSubjectDN"
        | "getIssuerDN"
        | "getRdnByOid"
        | "signPlainData"
        | "verifyPlainData"
        | "createCMSSignature"
        | "createCMSSignatureFromFile"
        | "signXml"
        | "signXmlByElementId" => Some(3),
        _ => None,
    }
}

/// Methods without a password.
const WITHOUT: [&str; 8] = [
    "browseKeyStore",
    "loadSlotList",
    "showFileChooser",
    "setLocale",
    "verifyCMSSignature",
    "verifyCMSSignatureFromFile",
    "verifyXml",
    "getHash",
];

/// Takes the password out of a request and forgets it. Of a method that is not ours nothing is kept: where the password
/// stands in it nobody knows.
pub(in crate::server::dialect) fn drop_password(request: &mut Request) {
    let method = request.method().unwrap_or_default();
    let at = password_at(method);
    let harmless = WITHOUT.contains(&method);
    let Some(args) = request.args_mut() else { return };
    match (args, at) {
        (Value::Array(args), Some(at)) => {
            if let Some(password) = args.get_mut(at) {
                wipe(password);
            }
        }
        (Value::Array(_), None) if harmless => {}
        (args, _) => wipe(args),
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(list) => list.iter_mut().for_each(wipe),
        Value::Object(object) => object.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    *value = Value::Null;
}

/// Arguments that are still to be read.
struct Args(std::vec::IntoIter<Value>);

impl Args {
    fn text(&mut self) -> Option<String> {
        if let Value::String(text) = self.0.next()? { Some(text) } else { None }
    }

    fn flag(&mut self) -> Option<bool> {
        self.0.next()?.as_bool()
    }

    fn index(&mut self) -> Option<usize> {
        usize::try_from(self.0.next()?.as_u64()?).ok()
    }

    /// Storage, path, alias, and the place where the password was.
    fn key(&mut self) -> Option<Key> {
        let key = Key { storage: self.text()?, path: self.text()?, alias: self.text()? };
        self.0.next()?;
        Some(key)
    }
}

impl Call {
    /// Reads a call whose password was dropped. `None` if there is no such method, or an argument has another type.
    pub(super) fn parse(method: &str, args: Vec<Value>) -> Option<Self> {
        let count = args.len();
        let mut args = Args(args.into_iter());
        let args = &mut args;
        Some(match (method, count) {
            ("browseKeyStore", 3) => {
                let storage = args.text()?;
                let _extension = args.text()?;
                Self::BrowseKeyStore { storage, folder: args.text()? }
            }
            ("showFileChooser", 2) => {
                Self::ShowFileChooser { extension: args.text()?, folder: args.text()? }
            }
            ("loadSlotList", 1) => Self::LoadSlotList { storage: args.text()? },
            ("setLocale", 1) => Self::SetLocale(args.text()?),
            ("getKeys", 4) => {
                let (storage, path) = (args.text()?, args.text()?);
                args.0.next()?;
                Self::GetKeys { storage, path, usage: usage(&args.text()?) }
            }
            ("getNotBefore", 4) => Self::About { key: args.key()?, fact: Fact::NotBefore },
            ("getNotAfter", 4) => Self::About { key: args.key()?, fact: Fact::NotAfter },
            ("getSubjectDN", 4) => Self::About { key: args.key()?, fact: Fact::Subject },
            ("getIssuerDN", 4) => Self::About { key: args.key()?, fact: Fact::Issuer },
            ("getRdnByOid", 6) => {
                let (key, oid) = (args.key()?, args.text()?);
                let fact =
                    Fact::Rdn { oid: ObjectIdentifier::new(&oid).ok()?, index: args.index()? };
                Self::About { key, fact }
            }
            ("verifyPlainData", 6) => {
                let key = args.key()?;
                let fact = Fact::Verifies { data: args.text()?, signature: args.text()? };
                Self::About { key, fact }
            }
            ("signPlainData", 5) => {
                Self::Sign { key: args.key()?, sources: Sources::Plain(args.text()?) }
            }
            ("createCMSSignature", 6) => {
                let key = args.key()?;
                let sources = Sources::Cms { text: args.text()?, attached: args.flag()? };
                Self::Sign { key, sources }
            }
            ("createCMSSignatureFromFile", 6) => {
                let key = args.key()?;
                let sources = Sources::CmsOfFile { path: args.text()?, attached: args.flag()? };
                Self::Sign { key, sources }
            }
            ("signXml", 5) => {
                let key = args.key()?;
                let (element, parent) = (String::new(), String::new());
                Self::Sign { key, sources: Sources::Xml { text: args.text()?, element, parent } }
            }
            ("signXmlByElementId", 8) => Self::sign_element(args)?,
            ("verifyCMSSignature", 2) => {
                Self::Check(Asked::Cms { signature: args.text()?, data: args.text()? })
            }
            ("verifyCMSSignatureFromFile", 2) => {
                Self::Check(Asked::CmsOfFile { signature: args.text()?, path: args.text()? })
            }
            ("verifyXml", 1) => Self::Check(Asked::Xml { text: args.text()?, element: false }),
            ("verifyXml", 3) => {
                let asked = Asked::Xml { text: args.text()?, element: true };
                // Where the signature is and what the id is called, it says itself.
                let (_attribute, _parent) = (args.text()?, args.text()?);
                Self::Check(asked)
            }
            ("getHash", 2) => {
                let data = args.text()?;
                let algorithm = match args.text()?.as_str() {
                    "SHA1" => HashAlgorithm::Sha1,
                    "SHA256" => HashAlgorithm::Sha256,
                    "GOST34311" => HashAlgorithm::Gost34311,
                    _ => return None,
                };
                Self::Hash { data, algorithm }
            }
            _ => return None,
        })
    }

    /// Elements by their whole name; the signature goes to the first parent of that name, the outermost element if there
    /// is none named. Ids are in the attribute `Id`, as in everything that is signed here: another name of it makes a
    /// path that is refused.
    fn sign_element(args: &mut Args) -> Option<Self> {
        let (key, text) = (args.key()?, args.text()?);
        let (name, attribute, parent) = (args.text()?, args.text()?, args.text()?);
        let path = |name: &str| format!("//*[name()='{name}']");
        let element = match (name.as_str(), attribute.as_str()) {
            ("", _) => String::new(),
            (name, "Id" | "") => path(name),
            (_, _) => "id()".to_owned(),
        };
        let parent = match parent.as_str() {
            "" if element.is_empty() => String::new(),
            "" => "/*".to_owned(),
            parent => path(parent),
        };
        Some(Self::Sign { key, sources: Sources::Xml { text, element, parent } })
    }
}

fn usage(word: &str) -> Usage {
    match word {
        "SIGN" => Usage::Sign,
        "AUTH" => Usage::Auth,
        _ => Usage::Any,
    }
}
