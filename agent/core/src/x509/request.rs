//! Certificate requests: PKCS#10 (RFC 2986) in the NCA's profile.
//!
//! ```text
//! person, e-mail, folder, public key ──prepare──▶ Draft ──finish──▶ request
//!                                      can fail           signature
//! ```
//!
//! The request has no key usages: the service learns with the application which request is for which purpose.

use std::fmt;

use const_oid::db::rfc5912::ID_EXTENSION_REQ;
use der::asn1::SetOfVec;
use der::{Any, Decode, Encode};
use spki::SubjectPublicKeyInfoOwned;
use thiserror::Error;
use x509_cert::attr::Attribute;
use x509_cert::ext::Extension;
use x509_cert::name::RdnSequence;
use x509_cert::request::{CertReq, CertReqInfo, ExtensionReq, Version};

use super::distinguished::DistinguishedName;
use super::dn::TypedName;
use super::extension::{self, KeyStorage};
use super::name::{NotAPerson, Person, Subject};
use super::signed::{self, Signed};
use crate::crypto::{
    BadSignature, CryptoError, NotAPublicKey, PrivateKey, Provider, PublicKey, SignatureAlgorithm,
};
use crate::email::Email;

/// Requests have about 1.1 kB; more than this is not read.
pub const MAX_REQUEST: usize = 16 * 1024;

/// Why a request could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RequestError {
    /// A part of the person's name cannot stand in it: ask again.
    #[error(transparent)]
    Person(#[from] NotAPerson),
    /// The folder's name is too long or has control characters: choose another.
    #[error("the folder's name cannot stand in a request")]
    Folder,
    /// The key could not sign.
    #[error(transparent)]
    Key(#[from] CryptoError),
    /// What was to be written does not fit the standard: a fault of ours.
    #[error("the request could not be written")]
    Encoding,
}

/// Makes a request and signs it with its key.
///
/// `storage_folder` is where the person keeps the key file, as the NCA's profile has it.
///
/// # Errors
/// [`RequestError`] says what has to change.
pub fn build(
    person: &Person,
    email: Option<&Email>,
    storage_folder: &str,
    key: &PrivateKey,
    provider: &Provider,
) -> Result<Vec<u8>, RequestError> {
    let draft = Draft::prepare(person, email, storage_folder, key.public())?;
    let signature = provider.sign_message(key, draft.to_be_signed())?;
    draft.finish(&signature)
}

/// As [`build`], for a holder of any kind whose whole name was typed.
///
/// # Errors
/// [`RequestError`] says what has to change.
pub fn build_for(
    name: &TypedName,
    email: Option<&Email>,
    storage_folder: &str,
    key: &PrivateKey,
    provider: &Provider,
) -> Result<Vec<u8>, RequestError> {
    let draft = Draft::prepare_for(name, email, storage_folder, key.public())?;
    let signature = provider.sign_message(key, draft.to_be_signed())?;
    draft.finish(&signature)
}

/// A request that lacks only its signature.
pub struct Draft {
    info: Vec<u8>,
    algorithm: SignatureAlgorithm,
}

impl Draft {
    /// Writes everything but the signature.
    ///
    /// # Errors
    /// Those of [`build`], but for the key's.
    pub fn prepare(
        person: &Person,
        email: Option<&Email>,
        storage_folder: &str,
        public_key: &PublicKey,
    ) -> Result<Self, RequestError> {
        person.check()?;
        let name = person.to_name().map_err(|_| RequestError::Encoding)?;
        Self::of_name(&name, email, storage_folder, public_key)
    }

    /// As [`Draft::prepare`], for a holder of any kind.
    ///
    /// # Errors
    /// Those of [`build_for`], but for the key's.
    pub fn prepare_for(
        name: &TypedName,
        email: Option<&Email>,
        storage_folder: &str,
        public_key: &PublicKey,
    ) -> Result<Self, RequestError> {
        Self::of_name(name.sequence(), email, storage_folder, public_key)
    }

    fn of_name(
        name: &RdnSequence,
        email: Option<&Email>,
        storage_folder: &str,
        public_key: &PublicKey,
    ) -> Result<Self, RequestError> {
        if storage_folder.len() > extension::MAX_FOLDER
            || storage_folder.chars().any(char::is_control)
        {
            return Err(RequestError::Folder);
        }
        let info = info(name, email, storage_folder, public_key)
            .and_then(|info| info.to_der())
            .map_err(|_| RequestError::Encoding)?;
        Ok(Self { info, algorithm: public_key.signature_algorithm() })
    }

    /// The bytes to sign: `CertificationRequestInfo` in DER.
    #[must_use]
    pub fn to_be_signed(&self) -> &[u8] {
        &self.info
    }

    /// Adds the signature that [`Provider::sign`] made. It is not verified here; [`CertificateRequest::verify`] is.
    ///
    /// # Errors
    /// [`RequestError::Encoding`] if no request can hold such a signature.
    pub fn finish(self, signature: &[u8]) -> Result<Vec<u8>, RequestError> {
        signed::assemble(&self.info, self.algorithm, signature).map_err(|_| RequestError::Encoding)
    }
}

fn info(
    name: &RdnSequence,
    email: Option<&Email>,
    storage_folder: &str,
    public_key: &PublicKey,
) -> Result<CertReqInfo, der::Error> {
    let mut extensions = Vec::with_capacity(2);
    if let Some(email) = email {
        extensions.push(extension::email_name(email)?);
    }
    extensions.push(extension::pkcs12_storage(storage_folder)?);
    let mut values = SetOfVec::new();
    values.insert(Any::encode_from(&extensions)?)?;
    let mut attributes = SetOfVec::new();
    attributes.insert(Attribute { oid: ID_EXTENSION_REQ, values })?;
    Ok(CertReqInfo {
        version: Version::V1,
        subject: name.clone(),
        public_key: SubjectPublicKeyInfoOwned::from_der(public_key.spki())?,
        attributes,
    })
}

/// A certificate request that was read. Its signature is checked only by [`CertificateRequest::verify`].
#[derive(Clone)]
pub struct CertificateRequest {
    /// The key that the certificate is asked for.
    pub public_key: PublicKey,
    /// Whom it names.
    pub subject: Subject,
    /// The same name, whole.
    pub subject_name: DistinguishedName,
    /// The e-mail address among its alternative names.
    pub email: Option<String>,
    /// In what the key is stored.
    pub storage: Option<KeyStorage>,
    signed: Signed,
}

/// Why bytes are not a request that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotARequest {
    /// More than [`MAX_REQUEST`] bytes.
    #[error("the certificate request is too large")]
    TooLarge,
    /// No PKCS#10, or a part of it cannot be read.
    #[error("the certificate request is malformed")]
    Malformed,
    /// Its key is weak, malformed or of another kind.
    #[error("the certificate request has no key that we use")]
    Key(#[from] NotAPublicKey),
}

impl CertificateRequest {
    /// Reads a request in DER.
    ///
    /// # Errors
    /// [`NotARequest`] tells damage from keys that are not used.
    pub fn parse(der: &[u8]) -> Result<Self, NotARequest> {
        if der.len() > MAX_REQUEST {
            return Err(NotARequest::TooLarge);
        }
        let request = CertReq::from_der(der).map_err(|_| NotARequest::Malformed)?;
        let spki = request.info.public_key.to_der().map_err(|_| NotARequest::Malformed)?;
        let public_key = PublicKey::from_spki(&spki)?;
        Self::read(&request.info, public_key, der).map_err(|_| NotARequest::Malformed)
    }

    fn read(info: &CertReqInfo, public_key: PublicKey, der: &[u8]) -> Result<Self, der::Error> {
        let extensions = requested_extensions(info)?;
        Ok(Self {
            public_key,
            subject: Subject::read(&info.subject)?,
            subject_name: DistinguishedName::read(&info.subject.to_der()?)?,
            email: extension::read_email(&extensions)?,
            storage: extension::read_storage(&extensions)?,
            signed: Signed::parse(der)?,
        })
    }

    /// Verifies that the holder of the key signed the request.
    ///
    /// # Errors
    /// [`BadSignature`] if not.
    pub fn verify(&self) -> Result<(), BadSignature> {
        self.signed.verify(&self.public_key)
    }
}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateRequest({})", self.public_key.key_id())
    }
}

/// The extensions in the attribute extensionRequest (RFC 2985, section 5.4.2), of which there may be one.
fn requested_extensions(info: &CertReqInfo) -> Result<Vec<Extension>, der::Error> {
    let mut found = info.attributes.iter().filter(|attribute| attribute.oid == ID_EXTENSION_REQ);
    let Some(attribute) = found.next() else { return Ok(Vec::new()) };
    let value = attribute.values.get(0).ok_or(der::ErrorKind::Failed)?;
    if found.next().is_some() || attribute.values.len() != 1 {
        return Err(der::ErrorKind::Failed.into());
    }
    Ok(value.decode_as::<ExtensionReq>()?.0)
}

#[cfg(test)]
mod tests {
    use super::super::oid;
    use super::super::toy_authority::person;
    use super::*;
    use crate::crypto::{Algorithm, tests as crypto};

    fn request(key: &PrivateKey) -> Vec<u8> {
        let email = Email::parse("person@example.kz").unwrap();
        build(&person(), Some(&email), "/keys/мои", key, &crypto::provider()).unwrap()
    }

    #[test]
    fn a_request_says_what_the_profile_asks_for() {
        for key in [&crypto::key(Algorithm::P256), crypto::rsa_key()] {
            let request = CertificateRequest::parse(&request(key)).unwrap();
            assert_eq!(request.verify(), Ok(()));
            assert_eq!(request.public_key, *key.public());
            assert_eq!(request.subject.common_name.as_deref(), Some("ТЕСТОВ ТЕСТ"));
            assert_eq!(request.subject.surname.as_deref(), Some("ТЕСТОВ"));
            assert_eq!(request.subject.patronymic.as_deref(), Some("ТЕСТОВИЧ"));
            assert_eq!(request.subject.iin.as_deref(), Some("900101300176"));
            assert_eq!(request.subject.country.as_deref(), Some("KZ"));
            assert_eq!((request.subject.bin, request.subject.organisation), (None, None));
            assert_eq!(request.email.as_deref(), Some("person@example.kz"));
            let storage = request.storage.unwrap();
            assert_eq!(storage.oid, oid::KEY_STORAGE_PKCS12.to_string());
            assert_eq!(storage.folder.as_deref(), Some("/keys/мои"));
        }
    }

    #[test]
    fn e_mail_and_patronymic_may_be_missing() {
        let key = crypto::key(Algorithm::P256);
        let person = Person { patronymic: None, ..person() };
        let der = build(&person, None, "", &key, &crypto::provider()).unwrap();
        let request = CertificateRequest::parse(&der).unwrap();
        assert_eq!((request.subject.patronymic, request.email), (None, None));
        assert_eq!(request.storage.unwrap().folder.as_deref(), Some(""));
    }

    #[test]
    fn a_changed_request_does_not_verify() {
        let key = crypto::key(Algorithm::P256);
        let der = request(&key);
        for at in 0..der.len() {
            let mut changed = der.clone();
            changed[at] ^= 0x04;
            if let Ok(request) = CertificateRequest::parse(&changed) {
                assert_eq!(request.verify(), Err(BadSignature), "byte {at}");
            }
        }
        for length in 0..der.len() {
            assert!(CertificateRequest::parse(&der[..length]).is_err());
        }
        let mut longer = der;
        longer.push(0);
        assert_eq!(CertificateRequest::parse(&longer).err(), Some(NotARequest::Malformed));
        let huge = vec![0x30; MAX_REQUEST + 1];
        assert_eq!(CertificateRequest::parse(&huge).err(), Some(NotARequest::TooLarge));
    }

    #[test]
    fn a_signature_of_another_key_does_not_verify() {
        let (key, other) = (crypto::key(Algorithm::P256), crypto::key(Algorithm::P256));
        let provider = crypto::provider();
        let draft = Draft::prepare(&person(), None, "folder", key.public()).unwrap();
        let signature = provider.sign_message(&other, draft.to_be_signed()).unwrap();
        let request = CertificateRequest::parse(&draft.finish(&signature).unwrap()).unwrap();
        assert_eq!(request.verify(), Err(BadSignature));
    }

    #[test]
    fn names_that_cannot_stand_in_a_request_are_named() {
        let key = crypto::key(Algorithm::P256);
        let long = "Ә".repeat(65);
        let with = |change: &dyn Fn(&mut Person)| {
            let mut person = person();
            change(&mut person);
            build(&person, None, "", &key, &crypto::provider()).err()
        };
        for bad in ["", " ", "A\n", "A\u{0}", " A", "A\u{202e}B", &long] {
            let bad = || bad.to_owned();
            let error = |part| Some(RequestError::Person(part));
            assert_eq!(with(&|person| person.surname = bad()), error(NotAPerson::Surname));
            assert_eq!(with(&|person| person.name = bad()), error(NotAPerson::Name));
            let patronymic = with(&|person| person.patronymic = Some(bad()));
            assert_eq!(patronymic, error(NotAPerson::Patronymic));
        }
        assert_eq!(with(&|person| person.surname = "Ә".repeat(64)), None);
        let folder = |folder: &str| build(&person(), None, folder, &key, &crypto::provider()).err();
        assert_eq!(folder("a\nb"), Some(RequestError::Folder));
        assert_eq!(folder(&"a".repeat(4097)), Some(RequestError::Folder));
    }

    #[test]
    fn a_long_common_name_is_cut_and_the_surname_is_not() {
        let key = crypto::key(Algorithm::P256);
        let person = Person { surname: "Ә".repeat(64), name: "ЕСІМ".to_owned(), ..person() };
        let der = build(&person, None, "", &key, &crypto::provider()).unwrap();
        let subject = CertificateRequest::parse(&der).unwrap().subject;
        assert_eq!(subject.common_name, Some("Ә".repeat(64)));
        assert_eq!(subject.surname, Some("Ә".repeat(64)));
    }

    #[test]
    fn nothing_of_the_person_is_printed() {
        let key = crypto::key(Algorithm::P256);
        let request = CertificateRequest::parse(&request(&key)).unwrap();
        let shown = format!("{request:?} {:?} {:?}", request.subject, request.storage);
        for secret in ["ТЕСТ", "900101300176", "мои", "example"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert_eq!(format!("{:?}", person()), "Person(********0176)");
    }
}
