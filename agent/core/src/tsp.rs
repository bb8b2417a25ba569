//! Time stamps (RFC 3161, with RFC 5816): requested, verified, and made by an authority.
//!
//! ```text
//! digest ─▶ Request ─▶ (the authority) ─▶ Response::parse ─▶ Token ─▶ verify ─▶ TimeStamp
//! ```
//!
//! A token is a CMS message of the authority's over the digest and the time. Here it is checked that it is that, and
//! of whom; whether that authority is trusted is for the caller to find out, at the time that the stamp tells.
//! Requests go to the NCA by HTTP POST as `application/timestamp-query` (section 3.4).

mod answer;
mod info;
mod request;
mod response;
mod token;

use const_oid::ObjectIdentifier;

pub use self::answer::{CannotStamp, refuse, stamp};
pub use self::info::{Imprint, Info};
pub use self::request::{NotARequest, Request};
pub use self::response::{Failure, NotAResponse, Response, Status};
pub use self::token::{BadToken, NotAToken, TimeStamp, Token};

/// The type of a token's content: id-ct-TSTInfo.
pub const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// More bytes than any request or answer has.
const MAX_MESSAGE: usize = 1024 * 1024;
