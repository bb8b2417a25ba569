//! What a person agrees to: who asks, what for, and what exactly.

use serde::{Deserialize, Serialize};
use tanba::protocol::Locale;

/// Everything that the person sees before agreeing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsentPrompt {
    /// The page that asks, as its `Origin` header says; `None` for a program of this machine that has none.
    pub origin: Option<String>,
    /// The language of the window.
    pub locale: Locale,
    /// Whether the services are invented ones; the window says so in red.
    pub sandbox: bool,
    /// What will be done.
    pub deed: Deed,
    /// With how many documents.
    pub count: usize,
    /// The first of them: as many as fit a window.
    pub documents: Vec<Preview>,
    /// What the person must not overlook.
    pub warnings: Vec<Warning>,
    /// A picture that the page sent: PNG, JPEG or GIF, as bytes. Shown in a box that says whose it is, or not at all.
    pub logo: Option<Vec<u8>>,
    /// Whether the person is offered to be asked no more by this page: a window of it was closed a moment ago.
    #[serde(default)]
    pub may_block: bool,
}

/// What will be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Documents are signed.
    Sign,
    /// The same, with the authority's time stamp: it learns the signature's digest, and when it was made.
    SignAndStamp,
    /// The page wants to know who the person is: something is signed with a key for signing in.
    SignIn,
    /// The page gets the certificate of a key: name, IIN, BIN, dates.
    ShowKey,
    /// The page gets the certificates of all keys in a file.
    ListKeys,
    /// A signature that is there already gets a time stamp.
    Stamp,
}

/// One document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Preview {
    /// Its name, if it has one: files do.
    pub name: Option<String>,
    /// How many bytes it has; `None` if only its digest is there.
    pub length: Option<u64>,
    /// The digest that will be signed, or SHA-256 where the key decides which: name of the algorithm, lower-case hexadecimal
    /// digits.
    pub digest: (String, String),
    /// What can be read of it.
    pub shown: Shown,
}

/// What can be read of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Text: all of it, or as much as fits, and whether it is all.
    Text(String, bool),
    /// XML, likewise.
    Xml(String, bool),
    /// A picture: a whole file in PNG or JPEG, by its beginning; nobody has looked further yet.
    Picture(#[serde(with = "super::line::bytes")] Vec<u8>),
    /// Something of a known kind that cannot be shown here.
    Named(Kind),
    /// Something that is no text: only name, size and digest can be told.
    Binary,
    /// The page sent a digest and keeps the document to itself.
    DigestOnly,
}

/// What a document is that is not shown, by its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// PDF. Whoever draws it wrongly lets people sign what they have not seen, and whoever draws it rightly is a large
    /// program that reads hostile files. The person looks at it with their own program and compares the digest.
    Pdf,
    /// A picture that is too large for a window.
    LargePicture,
}

/// What the person must not overlook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// The page hides the document: it sent a digest.
    DigestOnly,
    /// The page switched off that certificates must lead to a root.
    ChainOff,
    /// The page brought roots of its own.
    OwnRoots,
    /// The page lets keys through whose certificate has expired.
    AllowExpired,
    /// The page lets keys through whose certificate was revoked.
    AllowRevoked,
    /// It is not known which roots are right, so that no certificate's chain can be checked.
    NoRoots,
    /// Not all documents are shown.
    NotAllShown,
    /// Of each XML document that is shown only one element is signed, which the page picked.
    PartSigned,
}
