//! What a page orders, and what comes of it.

use std::path::PathBuf;

use tanba::protocol::Locale;
use tanba_core::cms::SignedMessage;
use tanba_core::crypto::Digest;
use tanba_core::x509::certificate::Certificate;
use tanba_core::xml::sign::{SignError, What};

use crate::consent::NotAgreed;
use crate::desktop::Deed;

/// An order for signatures.
#[derive(Debug)]
pub struct Order {
    /// What is signed, and how.
    pub work: Work,
    /// Which keys the page would take.
    pub wanted: Wanted,
    /// Where keys may lie.
    pub places: Places,
    /// The language of the window.
    pub locale: Locale,
    /// A picture that the page sent, as bytes.
    pub logo: Option<Vec<u8>>,
}

/// An order for certificates.
#[derive(Debug)]
pub struct View {
    /// `ShowKey` for the certificate of one key, `ListKeys` for those of all keys that fit.
    pub deed: Deed,
    /// Which keys the page would take.
    pub wanted: Wanted,
    /// Where keys may lie.
    pub places: Places,
    /// The language of the window.
    pub locale: Locale,
}

/// What is signed, and how.
#[derive(Debug)]
pub enum Work {
    /// CMS messages, one for each content.
    Cms {
        /// What is signed.
        contents: Vec<Content>,
        /// Whether the content is in the message. A digest's never is; a message that gets one more signer stays as it is.
        attached: bool,
        /// Whether the authority's time stamp is added.
        stamped: bool,
    },
    /// XML documents with a signature in each.
    Xml {
        /// In UTF-8, without another declared encoding.
        documents: Vec<Vec<u8>>,
        /// What of each is signed.
        what: What,
    },
    /// Signatures alone.
    Raw {
        /// What is signed: bytes, digests or files.
        contents: Vec<Content>,
    },
}

/// What is signed.
#[derive(Debug)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A digest that the page made, with the hash function of the key that will be chosen; nobody checks its length.
    Digest(Vec<u8>),
    /// A file that this page's chooser gave. It is read in pieces.
    File(PathBuf),
    /// A message that gets one more signer. Only within CMS.
    Message(Box<SignedMessage>),
}

/// Which keys a page would take.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// What for.
    pub usage: Usage,
    /// Extended key usages, in dotted numbers: the certificate must have all of them.
    pub usages: Vec<String>,
    /// The holder's number, twelve digits.
    pub iin: Option<String>,
    /// The organisation's number, twelve digits.
    pub bin: Option<String>,
    /// The certificate's serial number, lower-case hexadecimal digits without leading zeros.
    pub serial: Option<String>,
    /// The one key that was chosen already, by the name that [`Signed`] or [`View`] gave: lower-case hexadecimal digits of
    /// the subject key identifier.
    pub key: Option<String>,
    /// To which roots the certificate must lead.
    pub chain: Chain,
    /// Whether a certificate that is not valid now may be taken; the window says so.
    pub expired: bool,
    /// Whether a revoked certificate may be taken; the window says so.
    pub revoked: bool,
}

impl Wanted {
    /// Whether the page wants to know who the person is, rather than a document signed.
    #[must_use]
    pub fn is_to_sign_in(&self) -> bool {
        let wants = |usage: &str| self.usages.iter().any(|wanted| wanted == usage);
        match self.usage {
            Usage::Auth => true,
            Usage::Sign => false,
            Usage::Any => wants(CLIENT_AUTH) && !wants(EMAIL_PROTECTION),
        }
    }
}

/// The extended usage of keys for signing in (RFC 5280, section 4.2.1.12).
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
/// The one by which keys for documents are known.
const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";

/// What a key is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Usage {
    /// Anything.
    #[default]
    Any,
    /// Signing documents.
    Sign,
    /// Signing in.
    Auth,
}

/// To which roots a certificate must lead.
#[derive(Debug, Clone, Default)]
pub enum Chain {
    /// Whatever it leads to is told to the person, and no more.
    #[default]
    Told,
    /// To the roots that this agent knows. Where it knows none, the window says so.
    Known,
    /// To one of these, which the page brought; the window says so.
    These(Vec<Certificate>),
    /// The page switched it off; the window says so.
    Off,
}

/// Where keys may lie.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Whether in files.
    pub files: bool,
    /// The file that the person chose for this page before.
    pub file: Option<PathBuf>,
    /// The names of tokens that the page would take, as people know them.
    pub tokens: Vec<String>,
}

/// What was made.
#[derive(Debug)]
pub struct Signed {
    /// One for each document, in the order's order.
    pub signatures: Vec<Signature>,
    /// The signer's.
    pub certificate: Certificate,
}

/// One signature.
#[derive(Debug)]
pub enum Signature {
    /// A CMS message in DER, or the bytes of a raw signature.
    Bytes(Vec<u8>),
    /// A signed XML document.
    Xml(String),
    /// A CMS message around a file that is not read yet.
    Around(Around),
}

/// A CMS message in DER around a file: what stands before it, the file, what stands after it.
#[derive(Debug)]
pub struct Around {
    /// Before the file's bytes.
    pub prefix: Vec<u8>,
    /// The file.
    pub file: PathBuf,
    /// How many bytes the file has.
    pub length: u64,
    /// What the file's bytes must give while they are sent: otherwise it was changed after it was signed.
    pub digest: Digest,
    /// After the file's bytes.
    pub suffix: Vec<u8>,
}

impl From<NotAgreed> for NotSigned {
    fn from(why: NotAgreed) -> Self {
        match why {
            NotAgreed::Cancelled => Self::Cancelled,
            NotAgreed::WrongPassword => Self::WrongPassword,
            NotAgreed::NoWindow => Self::NoWindow,
            NotAgreed::Busy => Self::Busy,
        }
    }
}

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub enum NotSigned {
    /// The person closed the window.
    #[error("the person closed the window")]
    Cancelled,
    /// The person closed the window after a password that did not open the file.
    #[error("the person closed the window after a wrong password")]
    WrongPassword,
    /// There is no screen to ask on.
    #[error("there is no screen to ask on")]
    NoWindow,
    /// Too many questions of this page wait already.
    #[error("too many questions of this page wait already")]
    Busy,
    /// There is nothing to sign.
    #[error("there is nothing to sign")]
    Empty,
    /// There are more documents than one window is for.
    #[error("more than {0} documents")]
    TooMany(usize),
    /// A digest has another length than those of the key that was chosen.
    #[error("a digest for this key has {expected} bytes")]
    OtherDigest {
        /// How many bytes it would have.
        expected: usize,
    },
    /// A document cannot be signed as XML.
    #[error("document {at} cannot be signed as XML: {error}")]
    Xml {
        /// Which, from 0.
        at: usize,
        /// Why.
        error: SignError,
    },
    /// What was to be stamped or co-signed is no message that can be.
    #[error("it is no signed message that one can add to: {0}")]
    NotAMessage(String),
    /// The bytes are what another kind of signature is made over: whoever had them signed raw could pretend that
    /// something else was signed.
    #[error("these bytes stand for another document and are not signed raw")]
    Disguised,
    /// The file cannot be read.
    #[error("the file cannot be read")]
    File(#[source] std::io::Error),
    /// The authority of time stamps does not answer, or gave none.
    #[error("no time stamp: {0}")]
    NoTimeStamp(String),
    /// We are broken.
    #[error("the agent failed")]
    Internal,
}
