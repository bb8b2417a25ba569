//! Answers to requests for time stamps: TimeStampResp (RFC 3161, section 2.4.2).

use std::fmt;

use thiserror::Error;

use super::MAX_MESSAGE;
use super::token::{NotAToken, Token};
use crate::ber;
use crate::cms::element::{Element, Malformed, tag};

/// More text of an authority than this is cut off.
const MAX_TEXT: usize = 500;

/// How an authority decided (RFC 3161, section 2.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The stamp is there.
    Granted,
    /// The stamp is there, and something is not as it was asked for.
    GrantedWithModifications,
    /// No.
    Rejected,
    /// Not yet.
    Waiting,
    /// No: the authority's key is about to be revoked.
    RevocationWarning,
    /// No: the authority's key is revoked.
    Revoked,
}

impl Status {
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Granted => 0,
            Self::GrantedWithModifications => 1,
            Self::Rejected => 2,
            Self::Waiting => 3,
            Self::RevocationWarning => 4,
            Self::Revoked => 5,
        }
    }

    fn of(number: u64) -> Option<Self> {
        [
            Self::Granted,
            Self::GrantedWithModifications,
            Self::Rejected,
            Self::Waiting,
            Self::RevocationWarning,
            Self::Revoked,
        ]
        .into_iter()
        .find(|status| u64::from(status.number()) == number)
    }
}

/// Why an authority refused: PKIFailureInfo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The hash function is not supported: ask with another.
    BadAlgorithm,
    /// The request is not permitted or not supported.
    BadRequest,
    /// The request has the wrong format.
    BadDataFormat,
    /// The authority's clock is not available: try later.
    TimeNotAvailable,
    /// The policy is not supported: ask with another, or none.
    UnacceptedPolicy,
    /// An extension is not supported.
    UnacceptedExtension,
    /// More was asked for than is available.
    AdditionalInfoNotAvailable,
    /// The authority is broken: try later.
    SystemFailure,
}

impl Failure {
    /// All of them.
    const ALL: [Self; 8] = [
        Self::BadAlgorithm,
        Self::BadRequest,
        Self::BadDataFormat,
        Self::TimeNotAvailable,
        Self::UnacceptedPolicy,
        Self::UnacceptedExtension,
        Self::AdditionalInfoNotAvailable,
        Self::SystemFailure,
    ];

    /// The number of its bit.
    pub(super) const fn bit(self) -> usize {
        match self {
            Self::BadAlgorithm => 0,
            Self::BadRequest => 2,
            Self::BadDataFormat => 5,
            Self::TimeNotAvailable => 14,
            Self::UnacceptedPolicy => 15,
            Self::UnacceptedExtension => 16,
            Self::AdditionalInfoNotAvailable => 17,
            Self::SystemFailure => 25,
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::BadAlgorithm => "the hash function is not supported",
            Self::BadRequest => "the request is not permitted",
            Self::BadDataFormat => "the request has the wrong format",
            Self::TimeNotAvailable => "its clock is not available",
            Self::UnacceptedPolicy => "the policy is not supported",
            Self::UnacceptedExtension => "an extension is not supported",
            Self::AdditionalInfoNotAvailable => "more was asked for than is available",
            Self::SystemFailure => "it is out of order",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Why an answer has no time stamp.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAResponse {
    /// The bytes are no answer: perhaps a web server's page.
    #[error("the answer is no time stamp response")]
    Malformed,
    /// The authority gave no stamp.
    #[error("the authority gave no time stamp{}", reason(*failure, text))]
    Refused {
        /// How it decided.
        status: Status,
        /// Why, if it says; the first reason if there are several.
        failure: Option<Failure>,
        /// What it says to people; without control characters, and cut off when long.
        text: String,
    },
    /// There is a token, and it cannot be read.
    #[error(transparent)]
    Token(#[from] NotAToken),
}

fn reason(failure: Option<Failure>, text: &str) -> String {
    let failure = failure.map(|failure| format!(": {failure}")).unwrap_or_default();
    let text = if text.is_empty() { String::new() } else { format!(" ({text})") };
    failure + &text
}

/// An answer with a time stamp. Nothing of it is verified: see [`Token::verify_answer`].
#[derive(Clone, Debug)]
pub struct Response {
    /// How the authority decided: granted, or granted with modifications.
    pub status: Status,
    /// The token.
    pub token: Token,
}

impl Response {
    /// Reads an answer, in DER or BER.
    ///
    /// # Errors
    /// [`NotAResponse`]; among others if the authority refused, with its reason.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAResponse> {
        if bytes.len() > MAX_MESSAGE {
            return Err(NotAResponse::Malformed);
        }
        let der = ber::to_der(bytes, ber::Limits::USUAL).map_err(|_| NotAResponse::Malformed)?;
        let (status, failure, text, token) =
            read(&der).map_err(|Malformed| NotAResponse::Malformed)?;
        match (status, token) {
            (Status::Granted | Status::GrantedWithModifications, Some(token)) => {
                Ok(Self { status, token: Token::parse(token)? })
            }
            (Status::Granted | Status::GrantedWithModifications, None) => {
                Err(NotAResponse::Malformed)
            }
            (
                Status::Rejected | Status::Waiting | Status::RevocationWarning | Status::Revoked,
                _,
            ) => Err(NotAResponse::Refused { status, failure, text }),
        }
    }
}

type Parts<'a> = (Status, Option<Failure>, String, Option<&'a [u8]>);

fn read(der: &[u8]) -> Result<Parts<'_>, Malformed> {
    let mut parts = Element::only(der, tag::SEQUENCE)?.inside();
    let mut info = parts.expect(tag::SEQUENCE)?.inside();
    let token = parts.optional(tag::SEQUENCE)?.map(|element| element.whole);
    parts.end()?;
    let status = Status::of(info.expect(tag::INTEGER)?.small()?).ok_or(Malformed)?;
    let text = match info.optional(tag::SEQUENCE)? {
        Some(texts) => text(texts)?,
        None => String::new(),
    };
    let failure = match info.optional(tag::BIT_STRING)? {
        Some(bits) => failure(bits.value),
        None => None,
    };
    info.end()?;
    Ok((status, failure, text, token))
}

fn text(texts: Element<'_>) -> Result<String, Malformed> {
    let mut all = String::new();
    for text in texts.all(16)? {
        if text.tag != tag::UTF8_STRING {
            return Err(Malformed);
        }
        let separator = if all.is_empty() { "" } else { "; " };
        all.push_str(separator);
        all.push_str(std::str::from_utf8(text.value).map_err(|_| Malformed)?);
    }
    Ok(all.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect())
}

fn failure(bits: &[u8]) -> Option<Failure> {
    let bits = bits.get(1..)?;
    let set = |bit: usize| bits.get(bit / 8).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
    Failure::ALL.into_iter().find(|failure| set(failure.bit()))
}
