//! Revocation lists (RFC 5280, section 5): in each branch one of the root, one of the issuing authority, and its delta.
//!
//! Lists are made when they are asked for. The number of the issuing authority's list grows with each revocation. Its
//! delta is always against list number 1, which was empty: it repeats all revocations, and fits any older list.

use const_oid::AssociatedOid;
use der::Encode;
use der::asn1::{BitString, OctetString, Uint};
use der::pem::{LineEnding, encode_string};
use tanba_core::time::UnixTime;
use x509_cert::certificate::Version;
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BaseCrlNumber, CrlNumber};
use x509_cert::serial_number::SerialNumber;

use super::certificate::time;
use super::key::key_id;
use super::{AuthorityError, Branch, DAY, Ledger, Signer};

/// The number of the first list.
const FIRST: u64 = 1;

impl Branch {
    /// The root's list. It is empty: the issuing authority is never revoked.
    pub(crate) fn root_crl(&self, now: UnixTime) -> Result<Vec<u8>, AuthorityError> {
        list(&self.root, FIRST, &[], None, now)
    }

    /// The issuing authority's full list.
    pub(crate) fn issuing_crl(
        &self,
        ledger: &Ledger,
        now: UnixTime,
    ) -> Result<Vec<u8>, AuthorityError> {
        let revoked = ledger.revoked(self.family());
        list(&self.issuing, number(&revoked), &revoked, None, now)
    }

    /// The issuing authority's delta against its first list.
    pub(crate) fn delta_crl(
        &self,
        ledger: &Ledger,
        now: UnixTime,
    ) -> Result<Vec<u8>, AuthorityError> {
        let revoked = ledger.revoked(self.family());
        list(&self.issuing, number(&revoked), &revoked, Some(FIRST), now)
    }
}

/// A list as PEM.
pub(crate) fn pem(der: &[u8]) -> Result<String, AuthorityError> {
    encode_string("X509 CRL", LineEnding::LF, der)
        .map_err(|_| AuthorityError::Refused { what: "a list in pem" })
}

fn number(revoked: &[(&[u8], UnixTime)]) -> u64 {
    FIRST + u64::try_from(revoked.len()).unwrap_or(u64::MAX - FIRST)
}

fn list(
    signer: &Signer,
    number: u64,
    revoked: &[(&[u8], UnixTime)],
    delta_of: Option<u64>,
    now: UnixTime,
) -> Result<Vec<u8>, AuthorityError> {
    let entries: Vec<_> = revoked
        .iter()
        .map(|(serial, at)| {
            Ok(RevokedCert {
                serial_number: SerialNumber::new(serial)?,
                revocation_date: time(*at)?,
                crl_entry_extensions: None,
            })
        })
        .collect::<Result<_, AuthorityError>>()?;
    let mut extensions = vec![
        extension(
            false,
            &AuthorityKeyIdentifier {
                key_identifier: Some(OctetString::new(key_id(&signer.key.public()?))?),
                ..Default::default()
            },
        )?,
        extension(false, &CrlNumber(Uint::new(&number.to_be_bytes())?))?,
    ];
    if let Some(base) = delta_of {
        extensions.push(extension(true, &BaseCrlNumber(Uint::new(&base.to_be_bytes())?))?);
    }
    let tbs_cert_list = TbsCertList {
        version: Version::V2,
        signature: signer.key.algorithm(),
        issuer: signer.name().clone(),
        this_update: time(now)?,
        next_update: Some(time(now.plus_secs(DAY))?),
        // An empty list must be absent (RFC 5280, section 5.1.2.6).
        revoked_certificates: (!entries.is_empty()).then_some(entries),
        crl_extensions: Some(extensions),
    };
    let signature = BitString::from_bytes(&signer.key.sign(&tbs_cert_list.to_der()?)?)?;
    Ok(CertificateList { tbs_cert_list, signature_algorithm: signer.key.algorithm(), signature }
        .to_der()?)
}

fn extension<E: AssociatedOid + Encode>(
    critical: bool,
    value: &E,
) -> Result<Extension, AuthorityError> {
    Ok(Extension { extn_id: E::OID, critical, extn_value: OctetString::new(value.to_der()?)? })
}
