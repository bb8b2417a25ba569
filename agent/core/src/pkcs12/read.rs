//! Opening a key file.

use der::Decode;
use der::asn1::{BmpString, OctetStringRef};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::bag::{
    self, CertificateBag, ContentInfo, EncryptedData, EncryptedPrivateKeyInfo, Pfx, SafeBag,
};
use super::pbe::{Budget, Decryption};
use super::{Entry, OpenError, Opened, damaged, mac};
use crate::crypto::{NotAPrivateKey, PrivateKey};
use crate::secret::Password;
use crate::x509::certificate::Certificate;

/// Honest files have some kilobytes.
const MAX_FILE: usize = 4 * 1024 * 1024;

/// Safes in a file, bags in all safes together, and safes within safes.
const MAX_SAFES: usize = 16;
const MAX_BAGS: usize = 64;
const MAX_DEPTH: usize = 4;

/// More authorities than stand above anybody's key.
const MAX_CHAIN: usize = 8;

/// Opens a file.
///
/// Nothing inside is looked at before the MAC vouches for it. The work that the file may ask for is limited before
/// it is done.
///
/// # Errors
/// [`OpenError`] tells a wrong password from damage and from what is not supported.
pub fn open(bytes: &[u8], password: &Password) -> Result<Opened, OpenError> {
    if bytes.len() > MAX_FILE {
        return Err(OpenError::Unsupported { what: "files of more than 4 MiB" });
    }
    let file = Pfx::from_der(bytes).map_err(damaged("the outer structure"))?;
    if file.version != 3 {
        return Err(OpenError::Unsupported { what: "the version of the file" });
    }
    if file.auth_safe.content_type != bag::DATA {
        return Err(OpenError::Unsupported { what: "integrity by a signature" });
    }
    let mac = file.mac_data.ok_or(OpenError::Unsupported { what: "a file without a MAC" })?;
    let safe = octets(&file.auth_safe, "the safe")?;
    let mut budget = Budget::new();
    mac::verify(&mac, password, safe, &mut budget)?;

    let mut found = Found {
        decryption: Decryption::new(password),
        budget,
        bags: 0,
        keys: Vec::new(),
        certificates: Vec::new(),
    };
    found.read_safe(safe)?;
    Ok(found.sorted())
}

fn octets<'a>(content: &ContentInfo<'a>, what: &'static str) -> Result<&'a [u8], OpenError> {
    let octets: OctetStringRef<'a> = content.content.decode_as().map_err(damaged(what))?;
    Ok(octets.as_bytes())
}

/// What was found so far, and what may still be done.
struct Found<'a> {
    decryption: Decryption<'a>,
    budget: Budget,
    bags: usize,
    keys: Vec<(PrivateKey, String)>,
    certificates: Vec<Vec<u8>>,
}

impl Found<'_> {
    /// `AuthenticatedSafe`, RFC 7292, section 4.1.
    fn read_safe(&mut self, safe: &[u8]) -> Result<(), OpenError> {
        let parts: Vec<ContentInfo<'_>> = Vec::from_der(safe).map_err(damaged("the safe"))?;
        if parts.len() > MAX_SAFES {
            return Err(OpenError::TooExpensive);
        }
        for part in &parts {
            if part.content_type == bag::DATA {
                self.read_bags(octets(part, "a safe")?, 0)?;
            } else if part.content_type == bag::ENCRYPTED_DATA {
                let data: EncryptedData<'_> =
                    part.content.decode_as().map_err(damaged("an encrypted safe"))?;
                if data.version != 0 || data.info.content_type != bag::DATA {
                    return Err(OpenError::Unsupported { what: "a kind of encrypted safe" });
                }
                let plain = self.decrypt(&data.info.algorithm, data.info.content.as_bytes())?;
                self.read_bags(&plain, 0)?;
            } else {
                return Err(OpenError::Unsupported { what: "a safe under a public key" });
            }
        }
        Ok(())
    }

    fn decrypt(
        &mut self,
        algorithm: &AlgorithmIdentifierRef<'_>,
        data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        self.decryption.decrypt(algorithm, data, &mut self.budget)
    }

    /// `SafeContents`, RFC 7292, section 4.2. Bags of revocation lists and of foreign secrets are passed over: they
    /// are nobody's key.
    fn read_bags(&mut self, contents: &[u8], depth: usize) -> Result<(), OpenError> {
        let bags: Vec<SafeBag<'_>> = Vec::from_der(contents).map_err(damaged("the bags"))?;
        self.bags += bags.len();
        if self.bags > MAX_BAGS || depth > MAX_DEPTH {
            return Err(OpenError::TooExpensive);
        }
        for bag in &bags {
            match bag.id {
                bag::SHROUDED_KEY_BAG => {
                    let shrouded: EncryptedPrivateKeyInfo<'_> =
                        bag.value.decode_as().map_err(damaged("an encrypted key"))?;
                    let plain = self.decrypt(&shrouded.algorithm, shrouded.data.as_bytes())?;
                    self.keep_key(&plain, bag)?;
                }
                bag::KEY_BAG => {
                    let plain =
                        Zeroizing::new(der::Encode::to_der(&bag.value).map_err(damaged("a key"))?);
                    self.keep_key(&plain, bag)?;
                }
                bag::CERTIFICATE_BAG => self.keep_certificate(bag)?,
                bag::NESTED_BAG => {
                    let nested = Zeroizing::new(
                        der::Encode::to_der(&bag.value).map_err(damaged("nested bags"))?,
                    );
                    self.read_bags(&nested, depth + 1)?;
                }
                bag::CRL_BAG | bag::SECRET_BAG => {}
                _ => return Err(OpenError::Unsupported { what: "a kind of bag" }),
            }
        }
        Ok(())
    }

    fn keep_key(&mut self, pkcs8: &[u8], bag: &SafeBag<'_>) -> Result<(), OpenError> {
        let key = PrivateKey::from_pkcs8(pkcs8).map_err(|error| match error {
            NotAPrivateKey::Malformed => OpenError::Damaged { what: "a key" },
            NotAPrivateKey::Unsupported => OpenError::Unsupported { what: "a kind of key" },
        })?;
        self.keys.push((key, friendly_name(bag)));
        Ok(())
    }

    fn keep_certificate(&mut self, bag: &SafeBag<'_>) -> Result<(), OpenError> {
        let certificate: CertificateBag<'_> =
            bag.value.decode_as().map_err(damaged("a certificate bag"))?;
        if certificate.id != bag::X509_CERTIFICATE {
            return Err(OpenError::Unsupported { what: "a kind of certificate" });
        }
        self.certificates.push(certificate.value.as_bytes().to_vec());
        Ok(())
    }

    /// Gives each key the certificate of its public key and those above it. The local key ids of the file are not
    /// believed: keys are compared.
    fn sorted(self) -> Opened {
        let read: Vec<Option<Certificate>> =
            self.certificates.iter().map(|der| Certificate::parse(der).ok()).collect();
        let mut used = vec![false; read.len()];
        let entries = self
            .keys
            .into_iter()
            .map(|(key, friendly_name)| {
                let chain = chain(&key, &read);
                for at in &chain {
                    used[*at] = true;
                }
                let certificates =
                    chain.into_iter().map(|at| self.certificates[at].clone()).collect();
                Entry { key, certificates, friendly_name }
            })
            .collect();
        let extra_certificates = self
            .certificates
            .iter()
            .zip(&used)
            .filter(|(_, used)| !**used)
            .map(|(der, _)| der.clone())
            .collect();
        Opened { entries, extra_certificates }
    }
}

/// The places of a key's certificate and of those above it, as far as the file has them.
fn chain(key: &PrivateKey, read: &[Option<Certificate>]) -> Vec<usize> {
    let own = |one: &Option<Certificate>| {
        one.as_ref().is_some_and(|certificate| certificate.public_key == *key.public())
    };
    let mut chain: Vec<usize> = read.iter().position(own).into_iter().collect();
    while let Some(last) = chain.last().and_then(|at| read[*at].as_ref()) {
        if last.is_self_issued() || chain.len() > MAX_CHAIN {
            break;
        }
        let above = read.iter().enumerate().find(|(at, one)| {
            !chain.contains(at)
                && one.as_ref().is_some_and(|one| last.verify_signed_by(one).is_ok())
        });
        match above {
            Some((at, _)) => chain.push(at),
            None => break,
        }
    }
    chain
}

/// The name that programs show for the key; empty if there is none that can be read.
fn friendly_name(bag: &SafeBag<'_>) -> String {
    bag.attributes
        .iter()
        .flat_map(|attributes| attributes.iter())
        .find(|attribute| attribute.oid == bag::FRIENDLY_NAME)
        .and_then(|attribute| attribute.values.get(0))
        .and_then(|value| value.decode_as::<BmpString>().ok())
        .map(|name| name.to_string())
        .unwrap_or_default()
}
