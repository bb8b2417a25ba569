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
/// A key in a Java key store.
pub const KEY_STORAGE_JKS: ObjectIdentifier = oid("1.2.398.3.3.5.1.2");
/// A key in the chip of an identity card.
pub const KEY_STORAGE_ID_CARD: ObjectIdentifier = oid("1.2.398.3.3.5.2.1");
/// A key in a Kaztoken.
pub const KEY_STORAGE_KAZTOKEN: ObjectIdentifier = oid("1.2.398.3.3.5.2.2");
/// A key in an eToken Java.
pub const KEY_STORAGE_ETOKEN_JAVA: ObjectIdentifier = oid("1.2.398.3.3.5.2.3");
/// A key in an eToken 5110.
pub const KEY_STORAGE_ETOKEN_5110: ObjectIdentifier = oid("1.2.398.3.3.5.2.4");
/// A key in a JaCarta.
pub const KEY_STORAGE_JACARTA: ObjectIdentifier = oid("1.2.398.3.3.5.2.5");
/// A key in an aKey.
pub const KEY_STORAGE_AKEY: ObjectIdentifier = oid("1.2.398.3.3.5.2.6");
/// A key in a SIM card.
pub const KEY_STORAGE_SIM: ObjectIdentifier = oid("1.2.398.3.3.5.2.7");
/// A key in the cloud of Certex.
pub const KEY_STORAGE_CERTEX: ObjectIdentifier = oid("1.2.398.3.3.5.3.1");

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
/// The root authority's policy.
pub const POLICY_ROOT: ObjectIdentifier = oid("1.2.398.3.1.2");
/// The NCA's rules, which its older authorities' certificates name as their policy.
pub const POLICY_NCA_RULES: ObjectIdentifier = oid("1.2.398.3.3.1.1");
/// Older policy: TLS servers of the NCA itself.
pub const POLICY_SSL: ObjectIdentifier = oid("1.2.398.3.3.2.5");
/// Time stamps signed with GOST 34.310-2004.
pub const POLICY_TSA_GOST2004: ObjectIdentifier = oid("1.2.398.3.3.2.6.1");
/// Time stamps signed with GOST 34.310-2004 under the identifier 1.3.6.1.4.1.6801.1.2.2.
pub const POLICY_TSA_GOST2004_GT: ObjectIdentifier = oid("1.2.398.3.3.2.6.3");
/// Time stamps signed with GOST 34.10-2015.
pub const POLICY_TSA_GOST2015: ObjectIdentifier = oid("1.2.398.3.3.2.6.4");
/// Time stamps signed with RSA and SHA-256.
pub const POLICY_TSA_RSA: ObjectIdentifier = oid("1.2.398.3.3.2.6.2");

/// Role, as an extended key usage: an individual.
pub const ROLE_INDIVIDUAL: ObjectIdentifier = oid("1.2.398.3.3.4.1.1");
/// Role: an information system of an individual.
pub const ROLE_INDIVIDUAL_SYSTEM: ObjectIdentifier = oid("1.2.398.3.3.4.1.1.1");
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
/// Role within a legal entity: an information system. Below it each registered system has a number of its own.
pub const ROLE_SYSTEM: ObjectIdentifier = oid("1.2.398.3.3.4.1.2.6");
/// Role within the NCA: administrator.
pub const ROLE_NCA_ADMINISTRATOR: ObjectIdentifier = oid("1.2.398.3.3.4.2.1");
/// Role within the NCA: its registry's name for the one who decides on applications.
pub const ROLE_NCA_SUPERVISOR: ObjectIdentifier = oid("1.2.398.3.3.4.2.2");
/// Role within the NCA: operator.
pub const ROLE_NCA_OPERATOR: ObjectIdentifier = oid("1.2.398.3.3.4.2.3");
/// Role: a client of the treasury (the information system K2).
pub const ROLE_TREASURY: ObjectIdentifier = oid("1.2.398.5.19.1.2.2.1");
/// Roles in the notaries' information system; each has a number below it.
pub const ROLE_NOTARIES: ObjectIdentifier = oid("1.2.398.6.1.1.1");

/// How the holder was identified, as an extended key usage: in a service centre.
pub const IDENTIFIED_IN_CENTRE: ObjectIdentifier = oid("1.2.398.3.3.4.3.1");
/// How the holder was identified: remotely.
pub const IDENTIFIED_REMOTELY: ObjectIdentifier = oid("1.2.398.3.3.4.3.2");
/// How the holder was identified: by Digital ID.
pub const IDENTIFIED_BY_DIGITAL_ID: ObjectIdentifier = oid("1.2.398.3.3.4.3.2.1");
/// How the holder was identified: by the AI Platform.
pub const IDENTIFIED_BY_AI_PLATFORM: ObjectIdentifier = oid("1.2.398.3.3.4.3.2.2");

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
