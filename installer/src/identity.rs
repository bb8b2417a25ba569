//! A root that can vouch for this machine only, and one leaf for the agent's port.
//!
//! ```text
//! make:  root key ──signs──▶ root.pem   (name constraints: localhost, 127.0.0.1, ::1)
//!            └──────signs──▶ leaf.pem   (127.0.0.1, ::1, localhost; serverAuth; 397 days)
//!        the root's key is dropped here: it never leaves `make`, and never reaches the disk
//! ```
//!
//! Because the root's key is gone, nobody can sign a second certificate with it, not even the owner of the machine:
//! renewal makes a new pair, and the old root is taken out of the trust stores.

mod folder;

use aws_lc_rs::{digest, rand, signature};
use base64ct::{Base64, Encoding as _};
use der::{DecodePem as _, Encode as _};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, SanType,
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;
use tanba_core::time::UnixTime;
use x509_cert::Certificate;
use zeroize::Zeroizing;

pub use folder::{Change, LEAF, LEAF_KEY, ROOT, ensure, read, write};

const DAY: i64 = 24 * 60 * 60;

/// The whole life of a certificate, in days: browsers refuse a server certificate that lives longer than 398.
const LIFE_DAYS: i64 = 397;

/// How many days before its end an identity is renewed.
const RENEW_DAYS: i64 = 30;

/// The agent's TLS identity: two certificates and the key of one of them.
pub struct Identity {
    root_pem: String,
    leaf_pem: String,
    leaf_key: Zeroizing<String>,
    pin: String,
    not_before: UnixTime,
    not_after: UnixTime,
}

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The library of algorithms refused; the machine may have no randomness yet.
    #[error("the keys or certificates could not be made")]
    NotMade(#[source] rcgen::Error),
    /// The operating system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandom,
    /// The clock shows a time that no certificate can hold.
    #[error("the clock of this machine shows a time that a certificate cannot hold; set it")]
    Clock,
    /// Others may look into the folder: take their rights away, or name another folder.
    #[error("other users of this machine may open the folder {}; make its mode 0700", .0.display())]
    FolderNotPrivate(PathBuf),
    /// What lies in the folder is not an identity of ours; [`ensure`] replaces it.
    #[error("the files do not make up an identity: {0}")]
    Damaged(&'static str),
    /// The folder cannot be read or written.
    #[error("the folder of the identity cannot be used")]
    Folder(#[from] std::io::Error),
}

impl Identity {
    /// The root, PEM: what a browser is told to trust.
    #[must_use]
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The leaf, PEM: what the agent shows on its port.
    #[must_use]
    pub fn leaf_pem(&self) -> &str {
        &self.leaf_pem
    }

    /// The leaf's private key, PKCS#8 PEM.
    #[must_use]
    pub fn expose_leaf_key(&self) -> &str {
        &self.leaf_key
    }

    /// The last second in which both certificates are valid.
    #[must_use]
    pub fn not_after(&self) -> UnixTime {
        self.not_after
    }

    /// Whether it is time for a new one: less than thirty days are left, or the identity is not valid yet.
    #[must_use]
    pub fn is_due(&self, now: UnixTime) -> bool {
        now < self.not_before || self.not_after.since(now) < RENEW_DAYS * DAY
    }

    /// Puts an identity together from its three files, and checks that they belong together: the key is the leaf's,
    /// the root signed the leaf and itself, and both are valid at the same time.
    ///
    /// # Errors
    /// [`IdentityError::Damaged`] if anything does not fit.
    pub fn parse(
        root_pem: String,
        leaf_pem: String,
        leaf_key: Zeroizing<String>,
    ) -> Result<Self, IdentityError> {
        let root = certificate(&root_pem)?;
        let leaf = certificate(&leaf_pem)?;
        signed_by(&root, &root)?;
        signed_by(&leaf, &root)?;
        let key = Zeroizing::new(
            KeyPair::from_pem(&leaf_key)
                .map_err(|_| IdentityError::Damaged("no key in leaf.key"))?,
        );
        if rcgen::PublicKeyData::der_bytes(&*key) != public_key(&leaf)? {
            return Err(IdentityError::Damaged("leaf.key belongs to another certificate"));
        }
        let period = leaf.tbs_certificate.validity;
        let seconds = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs())
                .map(UnixTime::from_secs)
                .map_err(|_| IdentityError::Clock)
        };
        let (not_before, not_after) = (seconds(period.not_before)?, seconds(period.not_after)?);
        let pin = spki_sha256_base64(&leaf_pem)?;
        Ok(Self { root_pem, leaf_pem, leaf_key, pin, not_before, not_after })
    }

    /// SHA-256 of the leaf's SubjectPublicKeyInfo in base64, as Chromium's switch
    /// `--ignore-certificate-errors-spki-list` wants it.
    #[must_use]
    pub fn spki_sha256_base64(&self) -> &str {
        &self.pin
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("not_after", &self.not_after).finish_non_exhaustive()
    }
}

/// SHA-256 of a certificate's SubjectPublicKeyInfo (DER), in base64 with padding: 44 characters.
///
/// # Errors
/// [`IdentityError::Damaged`] if `leaf_pem` is not one certificate in PEM.
pub fn spki_sha256_base64(leaf_pem: &str) -> Result<String, IdentityError> {
    let leaf = certificate(leaf_pem)?;
    let spki = leaf.tbs_certificate.subject_public_key_info.to_der().map_err(|_| NOT_OURS)?;
    Ok(Base64::encode_string(digest::digest(&digest::SHA256, &spki).as_ref()))
}

/// Makes a new root and its only leaf. Both begin a day before `now`, for clocks that are behind, and live 397 days.
///
/// # Errors
/// [`IdentityError::NotMade`] and [`IdentityError::NoRandom`] if the machine cannot make keys,
/// [`IdentityError::Clock`] if `now` is not a time that a certificate can hold.
pub fn make(now: UnixTime) -> Result<Identity, IdentityError> {
    let (root_params, root_key) = root(now)?;
    let root_pem = root_params.self_signed(&*root_key).map_err(IdentityError::NotMade)?.pem();
    let leaf_key = Zeroizing::new(KeyPair::generate().map_err(IdentityError::NotMade)?);
    let leaf_pem = leaf(now)?
        .signed_by(&*leaf_key, &Issuer::from_params(&root_params, &*root_key))
        .map_err(IdentityError::NotMade)?
        .pem();
    // The root's key ends here, wiped. Nothing that is returned can lead back to it.
    drop(root_key);
    Identity::parse(root_pem, leaf_pem, Zeroizing::new(leaf_key.serialize_pem()))
}

/// The root: RFC 5280, sections 4.2.1.9 (no further authority below it) and 4.2.1.10 (for which names it may speak).
///
/// Names of other kinds (e-mail, URI) are not constrained by it; the extended key usage takes their place, since
/// browsers and OpenSSL refuse whatever such a root signs for another purpose than TLS servers.
fn root(now: UnixTime) -> Result<(CertificateParams, Zeroizing<KeyPair>), IdentityError> {
    let mut number = [0; 8];
    rand::fill(&mut number).map_err(|_| IdentityError::NoRandom)?;
    let name = number.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut params = lifetime(now)?;
    params.distinguished_name = common_name(&format!("Tanba local root {name}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::V4(Ipv4Addr::LOCALHOST.octets(), [0xff; 4])),
            GeneralSubtree::IpAddress(CidrSubnet::V6(Ipv6Addr::LOCALHOST.octets(), [0xff; 16])),
        ],
        excluded_subtrees: Vec::new(),
    });
    let key = Zeroizing::new(KeyPair::generate().map_err(IdentityError::NotMade)?);
    Ok((params, key))
}

fn leaf(now: UnixTime) -> Result<CertificateParams, IdentityError> {
    let mut params = lifetime(now)?;
    params.distinguished_name = common_name("Tanba on this computer");
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.subject_alt_names = vec![
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        SanType::DnsName("localhost".try_into().expect("localhost is ASCII")),
    ];
    Ok(params)
}

fn common_name(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

/// A certificate holds years from 1 to 9999; here the epoch is the beginning and 2200 the end, which leaves no way
/// for the arithmetic below to fail.
fn lifetime(now: UnixTime) -> Result<CertificateParams, IdentityError> {
    const YEAR_2200: i64 = 7_258_118_400;
    let begin = u64::try_from(now.plus_secs(-DAY).as_secs()).map_err(|_| IdentityError::Clock)?;
    if now.as_secs() > YEAR_2200 {
        return Err(IdentityError::Clock);
    }
    let mut params = CertificateParams::default();
    params.not_before = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(begin);
    // RFC 5280 counts the last second in, so a life of exactly 397 days ends one second before the round number.
    params.not_after =
        params.not_before + Duration::from_secs(LIFE_DAYS.unsigned_abs() * DAY.unsigned_abs() - 1);
    Ok(params)
}

const NOT_OURS: IdentityError = IdentityError::Damaged("a certificate is not one of ours");

fn certificate(pem: &str) -> Result<Certificate, IdentityError> {
    Certificate::from_pem(pem).map_err(|_| NOT_OURS)
}

/// The point of a P-256 key, uncompressed: the content of the BIT STRING.
fn public_key(certificate: &Certificate) -> Result<&[u8], IdentityError> {
    certificate
        .tbs_certificate
        .subject_public_key_info
        .subject_public_key
        .as_bytes()
        .ok_or(NOT_OURS)
}

/// Checks that `by` signed `certificate` with ECDSA on P-256 and SHA-256, the only way in which we sign.
fn signed_by(certificate: &Certificate, by: &Certificate) -> Result<(), IdentityError> {
    let to_be_signed = certificate.tbs_certificate.to_der().map_err(|_| NOT_OURS)?;
    let signature = certificate.signature.as_bytes().ok_or(NOT_OURS)?;
    signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, public_key(by)?)
        .verify(&to_be_signed, signature)
        .map_err(|_| IdentityError::Damaged("the root did not sign the leaf"))
}

#[cfg(test)]
mod tests;
