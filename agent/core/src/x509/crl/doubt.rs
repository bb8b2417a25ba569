//! Why a list says nothing of a certificate.

use thiserror::Error;

use super::super::revocation::Untimely;
use super::CrlNumber;

/// Why a list says nothing of a certificate.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CrlDoubt {
    /// It is the list of an authority with another name.
    #[error("the revocation list is another authority's")]
    OtherIssuer,
    /// The issuer's key may not sign lists (keyUsage without cRLSign).
    #[error("the issuer may not sign revocation lists")]
    IssuerMayNotSign,
    /// It names another key of an authority with this name.
    #[error("the revocation list is signed with another key of the issuer")]
    OtherKey,
    /// It was changed, or forged.
    #[error("the signature of the revocation list does not verify")]
    BadSignature,
    /// It is not of the right time.
    #[error("the revocation list is not of the right time: {0}")]
    Untimely(#[from] Untimely),
    /// It does not cover this certificate: it is a part of the authority's lists, and the wrong one.
    #[error("the revocation list does not cover the certificate")]
    OutOfScope,
    /// It covers some reasons only, and the certificate is not on it.
    #[error("the revocation list covers some reasons only")]
    SomeReasonsOnly,
    /// It is a list of several authorities, which is not believed here.
    #[error("the revocation list is an indirect one")]
    Indirect,
    /// It, or one of its entries, has a critical extension that is not understood; the extension in dotted numbers.
    #[error("the revocation list insists on the extension {0}, which is not understood")]
    CriticalExtension(String),
    /// It is a delta list without a full list on which it builds.
    #[error("the delta list builds on list {base}, and no such or later one is at hand")]
    NoBase {
        /// The number of the list on which it builds.
        base: CrlNumber,
    },
    /// It is a delta list that is older than the full list at hand, or than its own base: the authority erred.
    #[error("the delta list is older than the full list")]
    OlderThanBase,
    /// The certificate is on hold by a list that may be outdated: holds can be lifted.
    #[error("a revocation list that ran out says that the certificate is on hold")]
    OldHold,
}
