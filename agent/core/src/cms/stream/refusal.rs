//! Why bytes are not a signed message, and where.

use thiserror::Error;

/// Where in a message something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Where {
    /// The frame: ContentInfo, SignedData and the elements around the content.
    #[error("its frame")]
    Frame,
    /// The set of digest algorithms.
    #[error("its digest algorithms")]
    DigestAlgorithms,
    /// The type of the content.
    #[error("the type of its content")]
    ContentType,
    /// The certificates.
    #[error("its certificates")]
    Certificates,
    /// The revocation lists and answers.
    #[error("its revocation lists")]
    Revocation,
    /// The set of signers.
    #[error("its set of signers")]
    Signers,
    /// That signer, counted from 0.
    #[error("its signer {0} (counted from 0)")]
    Signer(usize),
}

/// Why bytes are not a signed message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotCms {
    /// A CMS message of another kind, such as an encrypted one.
    #[error("the message is CMS, but not a signed one")]
    OtherKind,
    /// A part of it cannot be read.
    #[error("the message is malformed in {part} at or before byte {at}")]
    Malformed {
        /// Which part.
        part: Where,
        /// Bytes from the message's beginning to where it was noticed.
        at: u64,
    },
    /// It ends too early.
    #[error("the message ends too early, after {at} bytes")]
    Truncated {
        /// How many bytes there were.
        at: u64,
    },
    /// Something follows it.
    #[error("something follows the message from byte {at} on")]
    Tail {
        /// The first byte that is too much.
        at: u64,
    },
    /// More than [`MAX_SKELETON`](super::MAX_SKELETON) bytes besides the content.
    #[error("the message has more than 16 MiB besides its content")]
    TooLarge,
    /// Elements are nested too deep.
    #[error("the message is nested too deep at byte {at}")]
    TooDeep {
        /// Where.
        at: u64,
    },
    /// More than [`MAX_SIGNERS`](super::MAX_SIGNERS) signers or [`MAX_CERTIFICATES`](super::MAX_CERTIFICATES) certificates or lists.
    #[error("the message has too many elements in {0}")]
    TooMany(Where),
}
