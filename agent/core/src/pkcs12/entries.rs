//! From what a file holds to keys with their certificates.

use super::bag;
use super::contents::{Bag, Contents, Safe, Value};
use super::holder::Holder;
use super::{Entry, OpenError, Opened, Skipped, SkippedKind};
use crate::crypto::{NotAPrivateKey, PrivateKey};
use crate::x509::certificate::Certificate;

/// More authorities than stand above anybody's key.
const MAX_CHAIN: usize = 8;

/// Signatures of certificates that are looked at for one file. Honest files need one per certificate.
const MAX_VERIFICATIONS: usize = 256;

/// Gives each key the certificate of its public key and those above it.
pub(super) fn sorted(contents: Contents) -> Result<Opened, OpenError> {
    let mut found = Found::default();
    let has_mac = contents.has_mac;
    for safe in contents.safes {
        match safe {
            Safe::Read { bags, .. } => found.take(bags)?,
            Safe::Unread { why } => found.skip(SkippedKind::Safe, String::new(), why),
        }
    }
    if !has_mac {
        found.check_pairs()?;
    }
    let opened = found.opened(has_mac);
    // A file of which nothing can be used says why; an empty one is just that.
    match opened.skipped.first() {
        Some(first) if opened.entries.is_empty() && opened.extra_certificates.is_empty() => {
            Err(OpenError::Unsupported { what: first.why })
        }
        _ => Ok(opened),
    }
}

struct FoundKey {
    key: PrivateKey,
    friendly_name: String,
    local_key_id: Option<Vec<u8>>,
}

struct FoundCertificate {
    der: Vec<u8>,
    /// `None` if it cannot be read: then it belongs to nobody.
    holder: Option<Holder>,
    /// `None` if its profile is not read: then it is no link of a chain, but for its lower end.
    read: Option<Certificate>,
    local_key_id: Option<Vec<u8>>,
    used: bool,
}

#[derive(Default)]
struct Found {
    keys: Vec<FoundKey>,
    certificates: Vec<FoundCertificate>,
    skipped: Vec<Skipped>,
    verifications: usize,
}

impl Found {
    fn skip(&mut self, kind: SkippedKind, friendly_name: String, why: &'static str) {
        self.skipped.push(Skipped { kind, friendly_name, why });
    }

    /// The depth was limited when the bags were read.
    fn take(&mut self, bags: Vec<Bag>) -> Result<(), OpenError> {
        for bag in bags {
            let (friendly_name, local_key_id) = (bag.friendly_name(), bag.local_key_id());
            match bag.value {
                Value::Key(pkcs8) => match PrivateKey::from_pkcs8(&pkcs8) {
                    Ok(key) => self.keys.push(FoundKey { key, friendly_name, local_key_id }),
                    Err(NotAPrivateKey::Unsupported) => {
                        self.skip(SkippedKind::Key, friendly_name, "a kind of key");
                    }
                    Err(NotAPrivateKey::Malformed) => {
                        return Err(OpenError::Damaged { what: "a key" });
                    }
                },
                Value::Certificate(der) => {
                    let (holder, read) = (Holder::of(&der), Certificate::parse(&der).ok());
                    let one = FoundCertificate { der, holder, read, local_key_id, used: false };
                    self.certificates.push(one);
                }
                Value::Bags(bags) => self.take(bags)?,
                Value::Unread { why } => self.skip(SkippedKind::Key, friendly_name, why),
                Value::Other(_) => {
                    let (kind, why) = match bag.id {
                        bag::CERTIFICATE_BAG => (SkippedKind::Certificate, "a kind of certificate"),
                        bag::CRL_BAG => (SkippedKind::RevocationList, "a revocation list"),
                        bag::SECRET_BAG => (SkippedKind::Secret, "a secret of another program"),
                        _ => (SkippedKind::Other, "a kind of bag"),
                    };
                    self.skip(kind, friendly_name, why);
                }
            }
        }
        Ok(())
    }

    /// Without a MAC, a change of a GOST key would make another key of it, which nothing but its certificate tells.
    fn check_pairs(&self) -> Result<(), OpenError> {
        for key in self.keys.iter().filter(|key| key.local_key_id.is_some()) {
            let mut tied = self
                .certificates
                .iter()
                .filter(|one| one.local_key_id == key.local_key_id)
                .filter_map(|one| one.holder.as_ref())
                .peekable();
            if tied.peek().is_some() && !tied.any(|one| one.public_key == *key.key.public()) {
                return Err(OpenError::Damaged { what: "a key that its certificate is not for" });
            }
        }
        Ok(())
    }

    fn opened(mut self, has_mac: bool) -> Opened {
        let keys = std::mem::take(&mut self.keys);
        let entries = keys
            .into_iter()
            .map(|found| {
                let chain = self.chain(&found);
                let certificates = chain
                    .into_iter()
                    .map(|at| {
                        self.certificates[at].used = true;
                        self.certificates[at].der.clone()
                    })
                    .collect();
                Entry { key: found.key, certificates, friendly_name: found.friendly_name }
            })
            .collect();
        let unused = self.certificates.into_iter().filter(|one| !one.used);
        let extra_certificates = unused.map(|one| one.der).collect();
        Opened { entries, extra_certificates, skipped: self.skipped, has_mac }
    }

    /// The places of a key's certificate and of those above it, as far as the file has them.
    fn chain(&mut self, found: &FoundKey) -> Vec<usize> {
        let mut chain: Vec<usize> = self.own(found).into_iter().collect();
        while let Some(last) = chain.last().and_then(|at| self.certificates[*at].read.as_ref()) {
            if last.is_self_issued() || chain.len() > MAX_CHAIN {
                break;
            }
            let mut above = None;
            for (at, one) in self.certificates.iter().enumerate() {
                let Some(one) = &one.read else { continue };
                if chain.contains(&at) || !last.names_as_issuer(one) {
                    continue;
                }
                self.verifications += 1;
                if self.verifications > MAX_VERIFICATIONS {
                    return chain;
                }
                if last.verify_signed_by(one).is_ok() {
                    above = Some(at);
                    break;
                }
            }
            match above {
                Some(at) => chain.push(at),
                None => break,
            }
        }
        chain
    }

    /// The place of the key's own certificate. Keys are compared; of several certificates of one key, the local key
    /// id chooses.
    fn own(&self, found: &FoundKey) -> Option<usize> {
        let own = |one: &FoundCertificate| {
            one.holder.as_ref().is_some_and(|holder| holder.public_key == *found.key.public())
        };
        let tied = |one: &FoundCertificate| {
            found.local_key_id.is_some() && one.local_key_id == found.local_key_id
        };
        self.certificates
            .iter()
            .position(|one| tied(one) && own(one))
            .or_else(|| self.certificates.iter().position(own))
    }
}
