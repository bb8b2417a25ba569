//! Calls for signatures. Each shows the person one window, with the page's origin and all documents.

use serde::{Deserialize, Serialize};

use super::agent::Locale;
use super::bytes::Bytes;
use super::keys::Purpose;

/// Which keys would do. Without anything, every key does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// What the key is for. A key for something else is shown, and cannot be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The person's number, twelve digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iin: Option<String>,
    /// The organisation's number, twelve digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<String>,
}

const fn yes() -> bool {
    true
}

/// `sign.cms`: one CMS message (CAdES-BES) for each document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignCms {
    /// The documents, at least one.
    pub documents: Vec<Bytes>,
    /// Whether the documents are in the messages.
    #[serde(default = "yes")]
    pub attached: bool,
    /// Whether the authority's time stamp is added (CAdES-T).
    #[serde(default)]
    pub time_stamp: bool,
    /// Which keys would do.
    #[serde(default)]
    pub signer: Signer,
    /// The language of the window; without one that of `locale.set`, or the person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

/// `sign.xml`: an enveloped XML signature in each document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignXml {
    /// The documents, at least one.
    pub documents: Vec<String>,
    /// The `XPath` of the element that is signed; it has an attribute `Id`. Without one the whole document is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// The `XPath` of the element in which the signature becomes the last child; needed with `element`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Which keys would do.
    #[serde(default)]
    pub signer: Signer,
    /// The language of the window; without one that of `locale.set`, or the person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

/// `sign.raw`: signatures alone: RSA PKCS#1 v1.5 with SHA-256; ECDSA in DER with SHA-256; GOST r and s, both
/// little-endian, with Streebog-512.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignRaw {
    /// What is signed, at least one.
    pub documents: Vec<Bytes>,
    /// Which keys would do.
    #[serde(default)]
    pub signer: Signer,
    /// The language of the window; without one that of `locale.set`, or the person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

/// Signatures, in the order of their documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatures {
    /// CMS messages in DER, or the bytes of signatures.
    pub signatures: Vec<Bytes>,
    /// The signer's certificate in DER.
    pub certificate: Bytes,
}

/// Signed XML documents, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedXml {
    /// The documents, each with its signature.
    pub documents: Vec<String>,
    /// The signer's certificate in DER.
    pub certificate: Bytes,
}
