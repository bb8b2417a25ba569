//! The parts of a certificate whose bytes matter, as they came.
//!
//! Reading a name and writing it again may sort its sets anew; a hash over it would then be another. So names, the
//! key and the serial number are cut out of the certificate's own bytes.

use der::asn1::AnyRef;
use der::{Decode, Reader, SliceReader, Tag};

/// Slices of a certificate: each one whole element in DER, but for the serial number.
pub(super) struct Body<'a> {
    /// The content of the INTEGER, most significant byte first, with its sign.
    pub(super) serial_number: &'a [u8],
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) spki: &'a [u8],
}

impl<'a> Body<'a> {
    /// Cuts a certificate (RFC 5280, section 4.1) up.
    pub(super) fn of(certificate: &'a [u8]) -> Result<Self, der::Error> {
        let mut reader = SliceReader::new(first_element(certificate)?)?;
        reader.sequence(|body| {
            if body.peek_tag()?.is_context_specific() {
                body.tlv_bytes()?;
            }
            let serial_number = AnyRef::from_der(body.tlv_bytes()?)?;
            if der::Tagged::tag(&serial_number) != Tag::Integer {
                return Err(der::ErrorKind::Failed.into());
            }
            body.tlv_bytes()?;
            let issuer = body.tlv_bytes()?;
            body.tlv_bytes()?;
            let (subject, spki) = (body.tlv_bytes()?, body.tlv_bytes()?);
            body.read_slice(body.remaining_len())?;
            Ok(Self { serial_number: serial_number.value(), issuer, subject, spki })
        })
    }
}

/// The first element within a SEQUENCE, with its tag and length, byte by byte as it is.
pub(super) fn first_element(der: &[u8]) -> Result<&[u8], der::Error> {
    let mut reader = SliceReader::new(der)?;
    reader.sequence(|content| {
        let element = content.tlv_bytes()?;
        // What follows was read by the caller.
        content.read_slice(content.remaining_len())?;
        Ok(element)
    })
}
