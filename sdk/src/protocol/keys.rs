//! Calls about keys, certificate requests and certificates.

use serde::{Deserialize, Serialize};

use super::bytes::Bytes;
use super::enrol::Template;

/// What a key is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sign in.
    Auth,
    /// To sign documents.
    Sign,
}

/// The kind of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// RSA with 2048 bits.
    #[default]
    Rsa2048,
    /// ECDSA on the curve P-256.
    P256,
    /// ST RK GOST R 34.10-2015 with 512 bits.
    Gost512,
}

/// `keys.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListKeys {}

/// A key as a page may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySummary {
    /// SHA-1 of the public key (RFC 5280, section 4.2.1.2, method 1), 40 hexadecimal digits.
    pub key_id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Its kind.
    pub algorithm: Algorithm,
    /// How far it has come.
    pub state: KeyState,
    /// The name of its file, without the folder.
    pub file: String,
    /// The application it belongs to, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// How far a key has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It waits for its certificate.
    Pending,
    /// Its file is final.
    Installed,
}

/// `keys.generate`: makes one key in a chosen folder, for a page that leads the identification itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerateKey {
    /// The kind of the key.
    #[serde(default)]
    pub algorithm: Algorithm,
    /// What it is for.
    pub purpose: Purpose,
    /// A handle of `folder.choose`.
    pub folder: String,
    /// Whose key it is.
    pub subject: Subject,
}

/// The person of a certificate request.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Twelve digits, the last a check digit.
    pub iin: String,
    /// Family name.
    pub surname: String,
    /// Given name.
    pub name: String,
    /// Patronymic, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patronymic: Option<String>,
    /// For notices about the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subject(…)")
    }
}

/// A key that waits for its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedKey {
    /// SHA-1 of the public key, 40 hexadecimal digits.
    pub key_id: String,
    /// The certificate request, PKCS#10 in DER.
    pub request: Bytes,
    /// The name of the pending file, without the folder.
    pub file: String,
}

/// `request.submit`: sends the requests of one or two pending keys as one application.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmitRequest {
    /// Ids of keys made by `keys.generate`.
    pub keys: Vec<String>,
    /// The token of the page's identified session with the remote service.
    pub session: String,
    /// The template of the certificates.
    pub template: Template,
    /// Which user agreement the person accepted.
    pub agreement_version: String,
    /// For notices about the keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl std::fmt::Debug for SubmitRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SubmitRequest").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// `request.status`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestStatus {
    /// Fourteen digits.
    pub number: String,
}

/// `certificate.install`: asks for the new password in the agent's own window and writes the final file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstallCertificate {
    /// The pending key.
    pub key_id: String,
    /// The certificate in DER; without it the agent fetches it by the application's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Bytes>,
    /// The certificates above it, in DER, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<Bytes>,
}

/// A key in its final file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledKey {
    /// SHA-1 of the public key, 40 hexadecimal digits.
    pub key_id: String,
    /// The name of the final file, without the folder.
    pub file: String,
}
