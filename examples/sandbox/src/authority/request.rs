//! Certificate requests (PKCS#10, RFC 2986), read by the sandbox's own eyes.
//!
//! The agent's core can read them too; that both agree on a request is worth more when they do it apart.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc4519::{CN, COUNTRY_NAME, GIVEN_NAME, SERIAL_NUMBER, SN};
use const_oid::db::rfc5280::ID_CE_SUBJECT_ALT_NAME;
use const_oid::db::rfc5912::ID_EXTENSION_REQ;
use der::asn1::Any;
use der::{Decode as _, Encode as _, Tag, Tagged as _};
use tanba_core::x509::oid;
use thiserror::Error;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::{Extension, Extensions};
use x509_cert::name::Name;
use x509_cert::request::CertReq;

use super::SubjectKey;
use super::subject_key::RefusedKey;
use crate::person::Person;

/// The longest request that is looked at, in bytes.
const MAX_BYTES: usize = 16 * 1024;
/// The most extensions that are looked at.
const MAX_EXTENSIONS: usize = 16;

/// A request whose own signature is good.
#[derive(Debug, Clone)]
pub(crate) struct CertificateRequest {
    pub(crate) subject: Name,
    pub(crate) key: SubjectKey,
    pub(crate) email: Option<String>,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum RefusedRequest {
    #[error("the request is not a signed pkcs#10 request of the profile")]
    Invalid,
    #[error("the key is too weak")]
    WeakKey,
    #[error("the subject is not the applicant")]
    OtherSubject,
}

impl From<RefusedKey> for RefusedRequest {
    fn from(refused: RefusedKey) -> Self {
        match refused {
            RefusedKey::Weak => Self::WeakKey,
            RefusedKey::Unsupported => Self::Invalid,
        }
    }
}

impl CertificateRequest {
    /// Reads a request and verifies that its key signed it.
    pub(crate) fn parse(der: &[u8]) -> Result<Self, RefusedRequest> {
        if der.len() > MAX_BYTES {
            return Err(RefusedRequest::Invalid);
        }
        let request = CertReq::from_der(der).map_err(|_| RefusedRequest::Invalid)?;
        let key = SubjectKey::parse(&request.info.public_key)?;
        let signed = request.info.to_der().map_err(|_| RefusedRequest::Invalid)?;
        let signature = request.signature.as_bytes().ok_or(RefusedRequest::Invalid)?;
        if !key.signs_with(&request.algorithm) || key.verify(&signed, signature).is_err() {
            return Err(RefusedRequest::Invalid);
        }
        let extensions = extensions(&request)?;
        must_name_a_pkcs12_store(&extensions)?;
        Ok(Self { subject: request.info.subject, key, email: email(&extensions)? })
    }

    /// Checks that the subject is this person, with nothing left out, added or written as another type of string.
    pub(crate) fn must_name(&self, person: &Person) -> Result<(), RefusedRequest> {
        let mut named = Vec::new();
        for rdn in &self.subject.0 {
            // Each attribute stands alone in the profile; several in one would be another name.
            let [attribute] = rdn.0.as_slice() else { return Err(RefusedRequest::OtherSubject) };
            named.push((attribute.oid, attribute.value.tag(), attribute.value.value().to_vec()));
        }
        let mut expected: Vec<_> = subject_rules(person)
            .into_iter()
            .map(|rule| (rule.oid, rule.tag, rule.text.into_bytes()))
            .collect();
        named.sort();
        expected.sort();
        if named == expected { Ok(()) } else { Err(RefusedRequest::OtherSubject) }
    }
}

/// One attribute that a subject must have.
pub(crate) struct SubjectRule {
    /// The name that people and tools use for it.
    pub(crate) name: &'static str,
    pub(crate) text: String,
    oid: ObjectIdentifier,
    tag: Tag,
}

/// The subject of an individual: the patronymic stands in "given name", as the real certificates have it.
pub(crate) fn subject_rules(person: &Person) -> Vec<SubjectRule> {
    let rule = |name, oid, tag, text: String| SubjectRule { name, text, oid, tag };
    let mut rules = vec![
        rule("CN", CN, Tag::Utf8String, person.common_name()),
        rule("SURNAME", SN, Tag::Utf8String, person.surname.clone()),
        rule("SERIALNUMBER", SERIAL_NUMBER, Tag::PrintableString, format!("IIN{}", person.iin)),
        rule("C", COUNTRY_NAME, Tag::PrintableString, "KZ".to_owned()),
    ];
    if let Some(patronymic) = &person.patronymic {
        rules.push(rule("G", GIVEN_NAME, Tag::Utf8String, patronymic.clone()));
    }
    rules
}

fn extensions(request: &CertReq) -> Result<Extensions, RefusedRequest> {
    let mut wanted =
        request.info.attributes.iter().filter(|attribute| attribute.oid == ID_EXTENSION_REQ);
    let (Some(attribute), None) = (wanted.next(), wanted.next()) else {
        return Err(RefusedRequest::Invalid);
    };
    let [value] = attribute.values.as_slice() else { return Err(RefusedRequest::Invalid) };
    let extensions: Extensions = value.decode_as().map_err(|_| RefusedRequest::Invalid)?;
    if extensions.len() > MAX_EXTENSIONS { Err(RefusedRequest::Invalid) } else { Ok(extensions) }
}

fn one(
    extensions: &[Extension],
    oid: ObjectIdentifier,
) -> Result<Option<&Extension>, RefusedRequest> {
    let mut found = extensions.iter().filter(|extension| extension.extn_id == oid);
    let first = found.next();
    if found.next().is_some() { Err(RefusedRequest::Invalid) } else { Ok(first) }
}

/// The one e-mail address among the alternative names. Other kinds of names are not for persons.
fn email(extensions: &[Extension]) -> Result<Option<String>, RefusedRequest> {
    let Some(extension) = one(extensions, ID_CE_SUBJECT_ALT_NAME)? else { return Ok(None) };
    let names = SubjectAltName::from_der(extension.extn_value.as_bytes())
        .map_err(|_| RefusedRequest::Invalid)?;
    match names.0.as_slice() {
        [GeneralName::Rfc822Name(email)] => Ok(Some(email.to_string())),
        _ => Err(RefusedRequest::Invalid),
    }
}

/// The key-store extension: a sequence of the store's kind and the folder; here the kind is a PKCS#12 file.
fn must_name_a_pkcs12_store(extensions: &[Extension]) -> Result<(), RefusedRequest> {
    let extension = one(extensions, oid::KEY_STORAGE)?.ok_or(RefusedRequest::Invalid)?;
    let parts = Vec::<Any>::from_der(extension.extn_value.as_bytes())
        .map_err(|_| RefusedRequest::Invalid)?;
    let kind = parts.first().ok_or(RefusedRequest::Invalid)?;
    let kind: ObjectIdentifier = kind.decode_as().map_err(|_| RefusedRequest::Invalid)?;
    if kind == oid::KEY_STORAGE_PKCS12 { Ok(()) } else { Err(RefusedRequest::Invalid) }
}
