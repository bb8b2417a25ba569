//! Judgement of signed messages: CMS, XML and raw signatures, one report per signer.
//!
//! ```text
//! message ─┐                        ┌ digest      is this what was signed?
//! content  ├─▶ cms · xml · raw ─▶ Signer ┤ signature   is it the key's?
//! trust   ─┘                        │ timestamp   since when is that provable?
//!                                   │ chain       do we trust who says whose key it is?
//!                                   └ revocation  was it still theirs?
//! ```
//!
//! Each part of the answer is a [`Finding`]: good, bad, unknown (it could not be checked, and why) or absent. Nothing is
//! good because nothing was found against it.
//!
//! # The moment
//! A signature with a time stamp whose signature, imprint and chain hold is judged at the moment that the stamp tells:
//! what expired or was revoked later does not matter. All others are judged at [`Trust::at`]; the time that a signer
//! claims is reported and proves nothing. A time stamp itself is judged at its own moment; where it must be known that
//! nobody was revoked ([`Demand::Known`]), that holds for its authority too. Once the key of an authority is in other
//! hands, its moments are whatever those write: an authority that was revoked for that counts for nothing, and one for time
//! stamps only if its revocation says that it was for another reason (RFC 3161, section 4).
//!
//! Revocation lists that a message carries were chosen by its maker. They are believed when they say "revoked"; "good"
//! they may say of moments before they were made.
//!
//! # What makes a signer valid
//! Digest, signature and chain are good, and the signer's certificate was not revoked. Whether it must be *known* that
//! it was not is the caller's choice, [`Demand`]. A time stamp that is there and *bad* makes the
//! signer invalid too: somebody changed it, perhaps to have another moment count. One that is *unknown*, because the root of
//! its authority is not at hand, proves nothing: the signer is judged as if it were not there, and the report says so. A
//! key whose certificate allows neither digital signatures nor non-repudiation signs nothing.
//!
//! Of XML, a signer is valid if what the signature covers is what was signed. That may be a part of the document: then
//! [`Signer::covers`] and the reason `covers_part` say which, and whoever uses the rest uses what nobody signed.

mod chain;
mod cms;
mod finding;
mod json;
mod raw;
mod stamp;
#[cfg(test)]
mod tests;
mod xml;

pub use self::cms::cms;
pub use self::finding::{Finding, Reason, State};
pub use self::raw::raw;
pub use self::stamp::Stamp;
pub use self::xml::xml;

use crate::time::UnixTime;
use crate::x509::certificate::Certificate;
use crate::x509::crl::Crl;
use crate::x509::ocsp::OcspAnswer;

/// Whether a signature counts while it cannot be found out whether its certificate was revoked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Demand {
    /// It does not: every certificate below the root must be known as not revoked.
    Known,
    /// It does, unless the certificate is known as revoked. For checks without a network; the report still says
    /// *unknown*.
    IfKnown,
}

/// What is trusted, what is known, and the moment. Only the roots are believed; the rest may come from anywhere.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// The roots.
    pub roots: &'a [Certificate],
    /// Certificates that may lead to the roots, beside those that messages carry themselves.
    pub intermediates: &'a [Certificate],
    /// Revocation lists, of any authorities.
    pub crls: &'a [Crl],
    /// Answers of OCSP responders, about any certificates.
    pub answers: &'a [OcspAnswer],
    /// The moment at which signatures without a time stamp are judged.
    pub at: UnixTime,
    /// How old, in seconds, lists and answers may be that do not say when the next ones come.
    pub max_age: i64,
    /// What if it is unknown whether a certificate was revoked.
    pub revocation: Demand,
}

/// What is known of one signature.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The signer's certificate, if it was found and can be read.
    pub certificate: Option<Certificate>,
    /// What is signed, in words of the format: `content`, or of an XML document `document`, `#id` and so on: see [`xml`].
    pub covers: Vec<String>,
    /// Whether the signature is the certificate's holder's.
    pub signature: Finding,
    /// Whether the content is the one that was signed.
    pub digest: Finding,
    /// Whether a path leads from the certificate to a root.
    pub chain: Finding,
    /// Whether the signer's certificate was not revoked.
    pub revocation: Finding,
    /// When it was signed, as the signer says.
    pub signing_time: Option<UnixTime>,
    /// The time stamp, the best of them if there are several.
    pub timestamp: Option<Stamp>,
    /// The moment for which chain and revocation were judged.
    pub judged_at: UnixTime,
    /// The path that was found, the signer's certificate first and the root last; without one the certificate alone.
    pub path: Vec<Certificate>,
    /// Whether all that must hold does.
    pub is_valid: bool,
}

/// What is known of a message.
#[derive(Clone, Debug)]
pub struct Report {
    /// One for each signature, in the message's order.
    pub signers: Vec<Signer>,
}

impl Report {
    /// Whether there are signatures, and all of them are valid.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !self.signers.is_empty() && self.signers.iter().all(|signer| signer.is_valid)
    }
}
