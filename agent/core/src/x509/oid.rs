//! The object identifiers of Kazakhstan's National Certification Authority (NCA), and the sandbox's own.
//!
//! The arc 1.2.398 is Kazakhstan's; its official registry is <https://root.gov.kz/oid/>.

use const_oid::ObjectIdentifier;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// The extension that says in what a key is stored: SEQUENCE { OID of the storage, UTF8String folder OPTIONAL }.
/// A request names the folder; the authority leaves it out of the certificate.
pub const KEY_STORAGE: ObjectIdentifier = oid("1.2.398.3.3.5");
/// A key in a PKCS#12 file.
pub const KEY_STORAGE_PKCS12: ObjectIdentifier = oid("1.2.398.3.3.5.1.1");

/// The NCA's certificate policy of 2022 and later.
pub const POLICY_NCA: ObjectIdentifier = oid("1.2.398.3.3.2");
/// Older policy: signing keys of legal entities.
pub const POLICY_LEGAL_SIGN: ObjectIdentifier = oid("1.2.398.3.3.2.1");
/// Older policy: authentication keys of legal entities.
pub const POLICY_LEGAL_AUTH: ObjectIdentifier = oid("1.2.398.3.3.2.2");
/// Older policy: signing keys of individuals.
pub const POLICY_INDIVIDUAL_SIGN: ObjectIdentifier = oid("1.2.398.3.3.2.3");
/// Older policy: authentication keys of individuals.
pub const POLICY_INDIVIDUAL_AUTH: ObjectIdentifier = oid("1.2.398.3.3.2.4");
/// Time stamps signed with RSA and SHA-256.
pub const POLICY_TSA_RSA: ObjectIdentifier = oid("1.2.398.3.3.2.6.2");

/// Role, as an extended key usage: an individual.
pub const ROLE_INDIVIDUAL: ObjectIdentifier = oid("1.2.398.3.3.4.1.1");
/// Role: a legal entity.
pub const ROLE_LEGAL: ObjectIdentifier = oid("1.2.398.3.3.4.1.2");
/// Role within a legal entity: its first head.
pub const ROLE_HEAD: ObjectIdentifier = oid("1.2.398.3.3.4.1.2.1");
/// Role within a legal entity: somebody with the right of signature.
pub const ROLE_SIGNER: ObjectIdentifier = oid("1.2.398.3.3.4.1.2.2");
/// Role within a legal entity: somebody with the right to sign financial documents.
pub const ROLE_FINANCE: ObjectIdentifier = oid("1.2.398.3.3.4.1.2.3");
/// Role within a legal entity: an employee of its personnel department.
pub const ROLE_PERSONNEL: ObjectIdentifier = oid("1.2.398.3.3.4.1.2.4");
/// Role within a legal entity: an employee.
pub const ROLE_EMPLOYEE: ObjectIdentifier = oid("1.2.398.3.3.4.1.2.5");
/// Role within a legal entity: an information system.
pub const ROLE_SYSTEM: ObjectIdentifier = oid("1.2.398.3.3.4.1.2.6");

/// How the holder was identified, as an extended key usage: in a service centre.
pub const IDENTIFIED_IN_CENTRE: ObjectIdentifier = oid("1.2.398.3.3.4.3.1");
/// How the holder was identified: remotely.
pub const IDENTIFIED_REMOTELY: ObjectIdentifier = oid("1.2.398.3.3.4.3.2");
/// How the holder was identified: by Digital ID.
pub const IDENTIFIED_BY_DIGITAL_ID: ObjectIdentifier = oid("1.2.398.3.3.4.3.2.1");

/// Extended key usage of keys that sign in (RFC 5280, section 4.2.1.12).
pub const CLIENT_AUTH: ObjectIdentifier = const_oid::db::rfc5280::ID_KP_CLIENT_AUTH;
/// Extended key usage of keys that sign documents (RFC 5280, section 4.2.1.12).
pub const EMAIL_PROTECTION: ObjectIdentifier = const_oid::db::rfc5280::ID_KP_EMAIL_PROTECTION;

/// Policy of everything that a sandbox issues, its authorities included: nothing of it has legal force.
///
/// The number 32473 belongs to nobody and stands for examples (RFC 5612), which is what a sandbox's certificates
/// are. An arc of our own under 2.25 would need a UUID of 128 bits, and `const-oid` holds 32 bits per arc.
pub const SANDBOX_POLICY: ObjectIdentifier = oid("1.3.6.1.4.1.32473.398.1");

/// The word in the common name of a sandbox's authorities, beside [`SANDBOX_POLICY`].
pub const SANDBOX_WORD: &str = "SANDBOX";
