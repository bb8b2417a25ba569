//! By what a signer names a certificate: the issuer's name and the serial number, or the subject key identifier.
//!
//! Read from the certificate's bytes, so that a certificate whose key or extensions we do not read is still found.

use der::asn1::ObjectIdentifier;

use super::element::{Element, Elements, Malformed, tag};

const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier =
    const_oid::db::rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER;
const MAX_EXTENSIONS: usize = 64;

/// The parts of a certificate by which it is named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Holder<'a> {
    /// The issuer's name in DER.
    pub(crate) issuer: &'a [u8],
    /// The value of the serial number, big-endian as in DER.
    pub(crate) serial: &'a [u8],
    pub(crate) key_identifier: Option<&'a [u8]>,
}

impl<'a> Holder<'a> {
    /// Looks into a certificate (RFC 5280, section 4.1).
    pub(crate) fn of(certificate: &'a [u8]) -> Result<Self, Malformed> {
        let outer = Element::only(certificate, tag::SEQUENCE)?;
        let mut body = outer.inside().expect(tag::SEQUENCE)?.inside();
        body.optional(tag::context_constructed(0))?;
        let serial = body.expect(tag::INTEGER)?.value;
        body.expect(tag::SEQUENCE)?;
        let issuer = body.expect(tag::SEQUENCE)?.whole;
        // Validity, subject and public key.
        for _ in 0..3 {
            body.expect(tag::SEQUENCE)?;
        }
        let mut key_identifier = None;
        while let Some(element) = body.next()? {
            if element.tag == tag::context_constructed(3) {
                key_identifier = subject_key_identifier(element)?;
            }
        }
        Ok(Self { issuer, serial, key_identifier })
    }
}

fn subject_key_identifier(extensions: Element<'_>) -> Result<Option<&[u8]>, Malformed> {
    let list = extensions.inside().expect(tag::SEQUENCE)?;
    for extension in list.all(MAX_EXTENSIONS)? {
        let mut parts = extension.inside();
        if parts.expect(tag::OID)?.value != SUBJECT_KEY_IDENTIFIER.as_bytes() {
            continue;
        }
        parts.optional(tag::BOOLEAN)?;
        let value = parts.expect(tag::OCTET_STRING)?.value;
        return Ok(Some(Elements::of(value).expect(tag::OCTET_STRING)?.value));
    }
    Ok(None)
}
