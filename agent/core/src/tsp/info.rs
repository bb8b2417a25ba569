//! What a time stamp says: TSTInfo (RFC 3161, section 2.4.2).

use const_oid::ObjectIdentifier;
use der::{Decode, Encode};
use spki::AlgorithmIdentifierOwned;

use crate::cms::element::{Element, Malformed, tag, wrap, write_oid};
use crate::crypto::{Digest, HashAlgorithm};
use crate::time::UnixTime;

/// More extensions than anybody writes.
const MAX_EXTENSIONS: usize = 32;

/// What was stamped: MessageImprint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imprint {
    /// The hash function; its identifier if it is unknown here.
    pub hash: Result<HashAlgorithm, ObjectIdentifier>,
    /// The digest.
    pub digest: Vec<u8>,
}

impl Imprint {
    /// Whether it is this digest.
    #[must_use]
    pub fn is(&self, digest: &Digest) -> bool {
        self.hash == Ok(digest.algorithm()) && self.digest == digest.as_bytes()
    }

    /// The digest, if its function is known and has that length.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        Digest::new(self.hash.ok()?, &self.digest)
    }

    pub(super) fn read(element: Element<'_>) -> Result<Self, Malformed> {
        let mut parts = element.inside();
        let algorithm = parts.expect(tag::SEQUENCE)?;
        let digest = parts.expect(tag::OCTET_STRING)?.value.to_vec();
        parts.end()?;
        let identifier =
            AlgorithmIdentifierOwned::from_der(algorithm.whole).map_err(|_| Malformed)?;
        let hash = HashAlgorithm::of(&identifier).ok_or(identifier.oid);
        if hash.is_ok_and(|hash| hash.digest_len() != digest.len()) {
            return Err(Malformed);
        }
        Ok(Self { hash, digest })
    }

    pub(super) fn write(digest: &Digest) -> Vec<u8> {
        let identifier = digest.algorithm().identifier().to_der();
        let identifier = identifier.expect("an identifier with NULL can be written");
        wrap(tag::SEQUENCE, &[&identifier, &wrap(tag::OCTET_STRING, &[digest.as_bytes()])])
    }
}

/// What a time stamp says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Info {
    /// Under which policy it was made.
    pub policy: ObjectIdentifier,
    /// What was stamped.
    pub imprint: Imprint,
    /// The stamp's number, big-endian, without leading zeros.
    pub serial: Vec<u8>,
    /// When it was made; parts of a second are dropped.
    pub time: UnixTime,
    /// How exact the time is, in microseconds, if the authority says.
    pub accuracy: Option<u64>,
    /// Whether the order of all stamps of this authority is that of their times.
    pub ordered: bool,
    /// The number that the request sent along, big-endian, without leading zeros.
    pub nonce: Option<Vec<u8>>,
}

impl Info {
    /// Reads it.
    pub(super) fn read(der: &[u8]) -> Result<Self, Malformed> {
        let mut parts = Element::only(der, tag::SEQUENCE)?.inside();
        if parts.expect(tag::INTEGER)?.small()? != 1 {
            return Err(Malformed);
        }
        let policy = parts.expect(tag::OID)?.oid()?;
        let imprint = Imprint::read(parts.expect(tag::SEQUENCE)?)?;
        let serial = number(parts.expect(tag::INTEGER)?)?;
        let time = crate::cms::moment(parts.expect(tag::GENERALIZED_TIME)?)?;
        let accuracy = match parts.optional(tag::SEQUENCE)? {
            Some(element) => Some(accuracy(element)?),
            None => None,
        };
        let ordered = match parts.optional(tag::BOOLEAN)? {
            Some(element) => element.value != [0],
            None => false,
        };
        let nonce = match parts.optional(tag::INTEGER)? {
            Some(element) => Some(number(element)?),
            None => None,
        };
        // The authority's name: a hint only, its certificate says who it is.
        parts.optional(tag::context_constructed(0))?;
        if let Some(extensions) = parts.optional(tag::context_constructed(1))? {
            refuse_critical(extensions)?;
        }
        parts.end()?;
        Ok(Self { policy, imprint, serial, time, accuracy, ordered, nonce })
    }

    /// Writes it; `None` if the time has no place in a GeneralizedTime, or the imprint no known function.
    pub(super) fn write(&self) -> Option<Vec<u8>> {
        let mut der = vec![wrap(tag::INTEGER, &[&[1]]), write_oid(self.policy)];
        der.push(Imprint::write(&self.imprint.digest()?));
        der.push(write_number(&self.serial));
        let seconds = u64::try_from(self.time.as_secs()).ok()?;
        let since = std::time::Duration::from_secs(seconds);
        let time = der::asn1::GeneralizedTime::from_unix_duration(since).ok()?;
        der.push(time.to_der().ok()?);
        if let Some(accuracy) = self.accuracy {
            let (seconds, below) = (accuracy / 1_000_000, accuracy % 1_000_000);
            let part = |tag, number: u64| match number {
                0 => Vec::new(),
                number => {
                    let mut element = write_number(&number.to_be_bytes());
                    element[0] = tag;
                    element
                }
            };
            der.push(wrap(
                tag::SEQUENCE,
                &[
                    &part(tag::INTEGER, seconds),
                    &part(tag::context(0), below / 1_000),
                    &part(tag::context(1), below % 1_000),
                ],
            ));
        }
        if self.ordered {
            der.push(wrap(tag::BOOLEAN, &[&[0xff]]));
        }
        der.extend(self.nonce.as_deref().map(write_number));
        let parts: Vec<&[u8]> = der.iter().map(Vec::as_slice).collect();
        Some(wrap(tag::SEQUENCE, &parts))
    }
}

/// The bytes of a number that is compared and shown, without the zero in front. Some make it of random bytes, and so
/// negative, which means nothing here.
pub(super) fn number(element: Element<'_>) -> Result<Vec<u8>, Malformed> {
    match element.value {
        [] => Err(Malformed),
        [0, rest @ ..] if !rest.is_empty() => Ok(rest.to_vec()),
        all => Ok(all.to_vec()),
    }
}

/// An INTEGER that is not negative, from big-endian bytes.
pub(super) fn write_number(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = &bytes[zeros..];
    match digits.first() {
        None | Some(0x80..) => wrap(tag::INTEGER, &[&[0], digits]),
        Some(_) => wrap(tag::INTEGER, &[digits]),
    }
}

/// Seconds, `[0]` milliseconds and `[1]` microseconds, each below 1000 but the first, as microseconds.
fn accuracy(element: Element<'_>) -> Result<u64, Malformed> {
    let mut parts = element.inside();
    let mut part = |tag| -> Result<u64, Malformed> {
        parts.optional(tag)?.map_or(Ok(0), |element| element.small())
    };
    let (seconds, millis, micros) =
        (part(tag::INTEGER)?, part(tag::context(0))?, part(tag::context(1))?);
    parts.end()?;
    if millis > 999 || micros > 999 {
        return Err(Malformed);
    }
    let seconds = seconds.checked_mul(1_000_000).ok_or(Malformed)?;
    seconds.checked_add(millis * 1_000 + micros).ok_or(Malformed)
}

/// A critical extension that is not understood makes the stamp useless (RFC 5280, section 4.2); none is known here.
fn refuse_critical(extensions: Element<'_>) -> Result<(), Malformed> {
    for extension in extensions.all(MAX_EXTENSIONS)? {
        let mut parts = extension.inside();
        parts.expect(tag::OID)?;
        if parts.optional(tag::BOOLEAN)?.is_some_and(|critical| critical.value != [0]) {
            return Err(Malformed);
        }
    }
    Ok(())
}
