//! Lists: taken apart, and walked through.

use base64ct::{Base64, Encoding};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280::{
    ID_CE_AUTHORITY_KEY_IDENTIFIER, ID_CE_CRL_NUMBER, ID_CE_CRL_REASONS, ID_CE_DELTA_CRL_INDICATOR,
    ID_CE_FRESHEST_CRL, ID_CE_HOLD_INSTRUCTION_CODE, ID_CE_INVALIDITY_DATE, ID_CE_ISSUER_ALT_NAME,
    ID_CE_ISSUING_DISTRIBUTION_POINT, ID_PE_AUTHORITY_INFO_ACCESS,
};
use der::asn1::GeneralizedTime;
use der::{Decode, Encode};
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::pkix::AuthorityKeyIdentifier;
use x509_cert::ext::pkix::crl::IssuingDistributionPoint;
use x509_cert::ext::pkix::name::DistributionPointName;
use x509_cert::ext::{Extension, Extensions};
use x509_cert::time::Time;

use super::super::certificate::moment;
use super::super::distinguished::DistinguishedName;
use super::super::elements::{Element, Elements, NotAnElement, shortest};
use super::super::extension;
use super::super::revocation::Reason;
use super::{Crl, CrlNumber, Entry, Scope};
use crate::time::UnixTime;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const EXTENSIONS: u8 = 0xa0;

/// Numbers of lists have up to 20 bytes (section 5.2.3).
const MAX_NUMBER: usize = 20;

/// Since when a list also covers expired certificates (X.509, section 9.5.2.8).
const EXPIRED_CERTIFICATES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.60");

/// Extensions of entries that are understood, or cannot change a verdict.
const ENTRY_EXTENSIONS: [ObjectIdentifier; 3] =
    [ID_CE_CRL_REASONS, ID_CE_INVALIDITY_DATE, ID_CE_HOLD_INSTRUCTION_CODE];

/// Extensions of lists, likewise.
const LIST_EXTENSIONS: [ObjectIdentifier; 8] = [
    ID_CE_AUTHORITY_KEY_IDENTIFIER,
    ID_CE_CRL_NUMBER,
    ID_CE_DELTA_CRL_INDICATOR,
    ID_CE_FRESHEST_CRL,
    ID_CE_ISSUER_ALT_NAME,
    ID_CE_ISSUING_DISTRIBUTION_POINT,
    ID_PE_AUTHORITY_INFO_ACCESS,
    EXPIRED_CERTIFICATES,
];

impl Crl {
    pub(super) fn read(der: Vec<u8>) -> Option<Self> {
        let mut outer = Elements::within(&der, SEQUENCE).ok()?;
        let body = outer.next_of(SEQUENCE).ok()?;
        let body_end = der.len() - outer.left();
        let algorithm = outer.next_of(SEQUENCE).ok()?;
        let signature = outer.next_of(BIT_STRING).ok()?;
        if !outer.is_empty() {
            return None;
        }
        let mut parts = Elements::of(body.content);
        let version = parts.next_if(INTEGER).ok()?;
        if version.is_some_and(|version| version.content != [1]) {
            return None;
        }
        // Section 5.1.1.2: the algorithm is named twice, and both must agree.
        if parts.next_of(SEQUENCE).ok()?.whole != algorithm.whole {
            return None;
        }
        let issuer = DistinguishedName::read(parts.next_of(SEQUENCE).ok()?.whole).ok()?;
        let this_update = time(parts.next()?.ok()?)?;
        let next_update = match parts.next_if(UTC_TIME).ok()? {
            Some(element) => Some(time(element)?),
            None => match parts.next_if(GENERALIZED_TIME).ok()? {
                Some(element) => Some(time(element)?),
                None => None,
            },
        };
        let list = parts.next_if(SEQUENCE).ok()?.map_or(&[][..], |list| list.content);
        let list_end = body_end - parts.left();
        let extensions = match parts.next_if(EXTENSIONS).ok()? {
            Some(element) => Extensions::from_der(element.content).ok()?,
            None => Vec::new(),
        };
        // Section 5.1.2.1: whoever has extensions says so by the version.
        if !parts.is_empty()
            || (version.is_none() && !extensions.is_empty())
            || extensions.len() > extension::MAX_EXTENSIONS
            || extension::has_twins(&extensions)
        {
            return None;
        }
        let (entries, insisting_entry) = walk(list)?;
        let find = |oid| extension::find(&extensions, oid).ok();
        let authority_key = find(ID_CE_AUTHORITY_KEY_IDENTIFIER)?
            .map(AuthorityKeyIdentifier::from_der)
            .transpose()
            .ok()?
            .and_then(|key| key.key_identifier)
            .map(|id| id.as_bytes().to_vec());
        let scope = match find(ID_CE_ISSUING_DISTRIBUTION_POINT)? {
            Some(value) => scope(&IssuingDistributionPoint::from_der(value).ok()?)?,
            None => Scope::default(),
        };
        let covers_expired_since = match find(EXPIRED_CERTIFICATES)? {
            Some(value) => Some(generalized(value)?),
            None => None,
        };
        let number = |oid| match find(oid)? {
            Some(value) => number(value).map(Some),
            None => Some(None),
        };
        Some(Self {
            this_update,
            next_update,
            number: number(ID_CE_CRL_NUMBER)?,
            delta_of: number(ID_CE_DELTA_CRL_INDICATOR)?,
            entries,
            issuer,
            authority_key,
            scope,
            covers_expired_since,
            unknown_critical: insists(&extensions, &LIST_EXTENSIONS).or(insisting_entry),
            algorithm: AlgorithmIdentifierOwned::from_der(algorithm.whole).ok()?,
            signature: whole_bytes(signature.content)?.to_vec(),
            body: body_end - body.whole.len()..body_end,
            listed: list_end - list.len()..list_end,
            der,
        })
    }
}

/// The content of a BIT STRING of whole bytes.
fn whole_bytes(content: &[u8]) -> Option<&[u8]> {
    content.split_first().filter(|(unused, _)| **unused == 0).map(|(_, bytes)| bytes)
}

fn time(element: Element<'_>) -> Option<UnixTime> {
    Time::from_der(element.whole).ok().map(moment)
}

/// Reads a GeneralizedTime in DER.
pub(in super::super) fn generalized(der: &[u8]) -> Option<UnixTime> {
    let time = GeneralizedTime::from_der(der).ok()?;
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
    Some(UnixTime::from_secs(seconds))
}

fn number(der: &[u8]) -> Option<CrlNumber> {
    let mut elements = Elements::of(der);
    let content = shortest(elements.next_of(INTEGER).ok()?.content);
    let is_negative = content.first().is_none_or(|first| *first >= 0x80);
    if is_negative || !elements.is_empty() || content.len() > MAX_NUMBER + 1 {
        return None;
    }
    let digits = content.iter().position(|byte| *byte != 0).unwrap_or(content.len());
    Some(CrlNumber(content[digits..].to_vec()))
}

fn scope(point: &IssuingDistributionPoint) -> Option<Scope> {
    let mut scope = Scope {
        only_holders: point.only_contains_user_certs,
        only_authorities: point.only_contains_ca_certs,
        only_attributes: point.only_contains_attribute_certs,
        some_reasons: point.only_some_reasons.is_some(),
        indirect: point.indirect_crl,
        ..Scope::default()
    };
    match &point.distribution_point {
        Some(DistributionPointName::FullName(names)) => {
            scope.points = Some(names.iter().map(Encode::to_der).collect::<Result<_, _>>().ok()?);
        }
        Some(DistributionPointName::NameRelativeToCRLIssuer(_)) => scope.odd_point = true,
        None => {}
    }
    Some(scope)
}

fn insists(extensions: &[Extension], known: &[ObjectIdentifier]) -> Option<ObjectIdentifier> {
    let mut unknown = extensions.iter().filter(|one| one.critical && !known.contains(&one.extn_id));
    unknown.next().map(|one| one.extn_id)
}

/// Walks through all entries: how many there are, and whether one insists on what is not understood.
fn walk(list: &[u8]) -> Option<(usize, Option<ObjectIdentifier>)> {
    let (mut count, mut insisting) = (0, None);
    for entry in Elements::of(list) {
        let entry = split(entry.ok()?).ok()?;
        count += 1;
        if let Some(extensions) = entry.extensions
            && insisting.is_none()
            && may_insist(extensions.content)?
        {
            let extensions = Extensions::from_der(extensions.whole).ok()?;
            insisting = insists(&extensions, &ENTRY_EXTENSIONS);
        }
    }
    Some((count, insisting))
}

/// Whether one of the extensions is critical, at little cost: SEQUENCE { OID, BOOLEAN DEFAULT FALSE, OCTET STRING }.
fn may_insist(extensions: &[u8]) -> Option<bool> {
    let mut found = false;
    for extension in Elements::of(extensions) {
        let extension = extension.ok().filter(|one| one.tag == SEQUENCE)?;
        let mut parts = Elements::of(extension.content);
        parts.next_of(0x06).ok()?;
        found |= parts.next_if(0x01).ok()?.is_some();
        parts.next_of(0x04).ok()?;
        if !parts.is_empty() {
            return None;
        }
    }
    Some(found)
}

struct Parts<'a> {
    serial_number: &'a [u8],
    date: Element<'a>,
    extensions: Option<Element<'a>>,
}

/// SEQUENCE { userCertificate INTEGER, revocationDate Time, crlEntryExtensions Extensions OPTIONAL }.
fn split(entry: Element<'_>) -> Result<Parts<'_>, NotAnElement> {
    if entry.tag != SEQUENCE {
        return Err(NotAnElement);
    }
    let mut parts = Elements::of(entry.content);
    let serial_number = parts.next_of(INTEGER)?.content;
    let date = parts.next().ok_or(NotAnElement)??;
    let extensions = parts.next_if(SEQUENCE)?;
    if !parts.is_empty() || !matches!(date.tag, UTC_TIME | GENERALIZED_TIME) {
        return Err(NotAnElement);
    }
    Ok(Parts { serial_number, date, extensions })
}

/// Looks for a certificate among the entries.
pub(super) fn find(list: &[u8], serial_number: &[u8]) -> Option<Entry> {
    let wanted = shortest(serial_number);
    let mut found: Option<Entry> = None;
    for entry in Elements::of(list) {
        // The list was walked through before: there is nothing that is no entry.
        let Ok(parts) = entry.and_then(split) else { break };
        if shortest(parts.serial_number) != wanted {
            continue;
        }
        let entry = read_entry(&parts);
        if found.as_ref().is_none_or(|known| gravity(known.reason) < gravity(entry.reason)) {
            found = Some(entry);
        }
    }
    found
}

const fn gravity(reason: Reason) -> u8 {
    match reason {
        Reason::RemoveFromCrl => 0,
        Reason::CertificateHold => 1,
        Reason::Unspecified
        | Reason::KeyCompromise
        | Reason::CaCompromise
        | Reason::AffiliationChanged
        | Reason::Superseded
        | Reason::CessationOfOperation
        | Reason::PrivilegeWithdrawn
        | Reason::AaCompromise => 2,
    }
}

/// Reads an entry. What of it cannot be read makes it no less an entry: a date that is none counts as the beginning of
/// time, a reason that is none as not told.
fn read_entry(parts: &Parts<'_>) -> Entry {
    let revoked_at = time(parts.date).unwrap_or(UnixTime::from_secs(0));
    let extensions = parts.extensions.and_then(|all| Extensions::from_der(all.whole).ok());
    let (reason, invalid_since) = details(&extensions.unwrap_or_default());
    Entry { revoked_at, reason, invalid_since }
}

/// Reason and invalidity date among an entry's extensions. OCSP has them too (RFC 6960, section 4.4.5).
pub(in super::super) fn details(extensions: &[Extension]) -> (Reason, Option<UnixTime>) {
    let find = |oid| extension::find(extensions, oid).ok().flatten();
    let reason = match find(ID_CE_CRL_REASONS) {
        Some([0x0a, 1, number]) => Reason::of(*number),
        Some(_) | None => Reason::Unspecified,
    };
    (reason, find(ID_CE_INVALIDITY_DATE).and_then(generalized))
}

/// Takes the armour off a list.
pub(super) fn unarmoured(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (_, rest) = text.split_once("-----BEGIN X509 CRL-----")?;
    let (content, _) = rest.split_once("-----END X509 CRL-----")?;
    let packed: String = content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    Base64::decode_vec(&packed).ok()
}
