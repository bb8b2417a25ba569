//! What a certificate of the National Certification Authority says of its holder, as plain data.
//!
//! The profile is not published; this is what its certificates have in common, with the names of the official
//! registry of object identifiers (<https://root.gov.kz/oid/>). Everything here is read, and nothing is judged.

mod role;
mod storage;

use const_oid::ObjectIdentifier;
use const_oid::db::{rfc3280, rfc4519, rfc5280};
use serde::{Deserialize, Serialize};

pub use self::role::{NotaryRole, Role};
pub use self::storage::{Identification, Policy, Storage};
use super::certificate::Certificate;
use super::oid;
use crate::crypto::KeyKind;

/// Extended key usage of keys that sign documents (RFC 9336).
pub(super) const DOCUMENT_SIGNING: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");

/// What a key is for, by its certificate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sign documents.
    Sign,
    /// To sign in.
    Auth,
    /// To do either.
    Both,
}

impl Purpose {
    /// The stable name, which is also serde's: `sign`, `auth` or `both`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Auth => "auth",
            Self::Both => "both",
        }
    }

    /// Whether documents may be signed.
    #[must_use]
    pub const fn signs(self) -> bool {
        matches!(self, Self::Sign | Self::Both)
    }

    /// Whether it serves for signing in.
    #[must_use]
    pub const fn authenticates(self) -> bool {
        matches!(self, Self::Auth | Self::Both)
    }
}

/// What a certificate says of its holder.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// The person's number, twelve digits, of SERIALNUMBER. A system of an organisation has none.
    pub iin: Option<String>,
    /// The organisation's number, twelve digits, of OU. An individual has none.
    pub bin: Option<String>,
    /// CN.
    pub common_name: Option<String>,
    /// SURNAME.
    pub surname: Option<String>,
    /// The given name: what stands in CN after the surname, since the profile has no field for it.
    pub given_name: Option<String>,
    /// G, which in this profile is the patronymic.
    pub patronymic: Option<String>,
    /// O.
    pub organisation: Option<String>,
    /// C, two letters.
    pub country: Option<String>,
    /// L: the city. In certificates up to 2020.
    pub locality: Option<String>,
    /// S: the region. In certificates up to 2020.
    pub region: Option<String>,
    /// businessCategory: the treasury's code of its client.
    pub business_category: Option<String>,
    /// DC, in order: the treasury's roles.
    pub domain_components: Vec<String>,
    /// UID: the object identifier of the information system that holds the key.
    pub system: Option<String>,
    /// The e-mail address: among the alternative names, or as E in the subject.
    pub email: Option<String>,
    /// The holder's roles, in the certificate's order.
    pub roles: Vec<Role>,
    /// What the key is for; `None` for authorities and services, whose keys are for neither. See
    /// [`Certificate::purpose`] for the rule.
    pub purpose: Option<Purpose>,
    /// In what the key is stored. Certificates before July 2022 do not tell.
    pub storage: Option<Storage>,
    /// The policies under which it was issued.
    pub policies: Vec<Policy>,
    /// How the holder was identified.
    pub identification: Option<Identification>,
}

impl Certificate {
    /// What the certificate says of its holder.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let name = self.subject_name();
        let first = |oid| name.values(oid).next().map(str::to_owned);
        let subject = &self.subject;
        Profile {
            iin: subject.iin.clone(),
            bin: subject.bin.clone(),
            common_name: subject.common_name.clone(),
            surname: subject.surname.clone(),
            given_name: given_name(subject.common_name.as_deref(), subject.surname.as_deref()),
            patronymic: subject.patronymic.clone(),
            organisation: subject.organisation.clone(),
            country: subject.country.clone(),
            locality: first(rfc4519::L),
            region: first(rfc4519::ST),
            business_category: first(rfc4519::BUSINESS_CATEGORY),
            domain_components: name.values(rfc4519::DC).map(str::to_owned).collect(),
            system: first(rfc4519::UID),
            email: self.email.clone().or_else(|| first(rfc3280::EMAIL_ADDRESS)),
            roles: self.extended_usages.iter().filter_map(|usage| Role::of(usage)).collect(),
            purpose: self.purpose(),
            storage: self.storage.as_ref().map(|storage| Storage::of(&storage.oid)),
            policies: self.policies.iter().map(|policy| Policy::of(policy)).collect(),
            identification: self
                .extended_usages
                .iter()
                .filter_map(|usage| Identification::of(usage))
                .max(),
        }
    }

    /// What the key is for; `None` for authorities and services, whose keys are for neither.
    ///
    /// The purpose follows from the extended key usages, and from the key usages where those are silent:
    ///
    /// | extended usages | purpose |
    /// |---|---|
    /// | authority, or neither of those below (time stamping, OCSP, servers) | none |
    /// | clientAuth and emailProtection | both |
    /// | clientAuth | auth |
    /// | emailProtection or documentSigning | sign; **both** for the one GOST 34.10-2015 key, see below |
    /// | only roles of Kazakhstan's arc | by key usage |
    /// | none, or any | by key usage |
    ///
    /// By key usage: no such extension, or digitalSignature alone, is *both*; with nonRepudiation *sign*; with
    /// keyEncipherment or keyAgreement instead *auth*. This is how keys were told apart before they had extended
    /// usages.
    ///
    /// Why GOST 34.10-2015 differs: with RSA the NCA gave every person two keys, one with nonRepudiation and
    /// emailProtection, the other with keyEncipherment and clientAuth. With GOST 34.10-2015 it gives one, which has
    /// nonRepudiation *and* keyEncipherment or keyAgreement, and of the extended usages emailProtection alone; people
    /// sign in with it because they have no other. To call it a signing key only would lock them out. A GOST key
    /// without keyEncipherment and keyAgreement is a signing key as any other. None of this weakens
    /// [`issued::check`](super::issued::check), which asks for keys of one purpose each.
    #[must_use]
    pub fn purpose(&self) -> Option<Purpose> {
        let usages = self.usages;
        if self.is_ca || !(usages.digital_signature || usages.non_repudiation) {
            return None;
        }
        let has = |usage| self.has_extended_usage(usage);
        let auth = has(oid::CLIENT_AUTH);
        let sign = has(oid::EMAIL_PROTECTION) || has(DOCUMENT_SIGNING);
        let only_roles = self
            .extended_usages
            .iter()
            .all(|usage| Role::of(usage).is_some() || Identification::of(usage).is_some());
        let secret = usages.key_encipherment || usages.key_agreement;
        let one_key_for_all =
            self.public_key.kind() == KeyKind::Gost512 && usages.non_repudiation && secret;
        match (auth, sign) {
            (true, true) => Some(Purpose::Both),
            (true, false) => Some(Purpose::Auth),
            (false, true) if one_key_for_all => Some(Purpose::Both),
            (false, true) => Some(Purpose::Sign),
            (false, false) if only_roles || has(rfc5280::ANY_EXTENDED_KEY_USAGE) => {
                Some(by_key_usage(self, one_key_for_all))
            }
            (false, false) => None,
        }
    }
}

fn given_name(common_name: Option<&str>, surname: Option<&str>) -> Option<String> {
    let rest = common_name?.strip_prefix(surname?)?.strip_prefix(' ')?.trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

fn by_key_usage(certificate: &Certificate, one_key_for_all: bool) -> Purpose {
    let usages = certificate.usages;
    let secret = usages.key_encipherment || usages.key_agreement;
    if !certificate.limits_usages() || one_key_for_all {
        Purpose::Both
    } else if usages.non_repudiation {
        Purpose::Sign
    } else if secret {
        Purpose::Auth
    } else {
        Purpose::Both
    }
}

impl std::fmt::Debug for Profile {
    /// The holder is left out: a name and an IIN are personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile")
            .field("roles", &self.roles)
            .field("purpose", &self.purpose)
            .field("storage", &self.storage)
            .field("policies", &self.policies)
            .field("identification", &self.identification)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
