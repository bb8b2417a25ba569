//! In what a key is stored, under which policy and upon which identification a certificate was issued.

use const_oid::ObjectIdentifier;

use super::super::oid;

/// In what a key is stored: the content of the extension 1.2.398.3.3.5.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Storage {
    /// A PKCS#12 file.
    Pkcs12,
    /// A Java key store.
    Jks,
    /// The chip of an identity card.
    IdCard,
    /// Kaztoken.
    Kaztoken,
    /// eToken Java (72k).
    EtokenJava,
    /// eToken 5110.
    Etoken5110,
    /// JaCarta.
    JaCarta,
    /// aKey.
    AKey,
    /// A SIM card.
    Sim,
    /// The cloud of Certex.
    CertexCloud,
    /// Another, in dotted numbers.
    Other(String),
}

const STORAGES: [(Storage, ObjectIdentifier, &str); 10] = [
    (Storage::Pkcs12, oid::KEY_STORAGE_PKCS12, "pkcs12"),
    (Storage::Jks, oid::KEY_STORAGE_JKS, "jks"),
    (Storage::IdCard, oid::KEY_STORAGE_ID_CARD, "id_card"),
    (Storage::Kaztoken, oid::KEY_STORAGE_KAZTOKEN, "kaztoken"),
    (Storage::EtokenJava, oid::KEY_STORAGE_ETOKEN_JAVA, "etoken_java"),
    (Storage::Etoken5110, oid::KEY_STORAGE_ETOKEN_5110, "etoken_5110"),
    (Storage::JaCarta, oid::KEY_STORAGE_JACARTA, "jacarta"),
    (Storage::AKey, oid::KEY_STORAGE_AKEY, "akey"),
    (Storage::Sim, oid::KEY_STORAGE_SIM, "sim"),
    (Storage::CertexCloud, oid::KEY_STORAGE_CERTEX, "certex_cloud"),
];

impl Storage {
    pub(super) fn of(dotted: &str) -> Self {
        let known = STORAGES.iter().find(|(_, oid, _)| oid.to_string() == dotted);
        known.map_or_else(|| Self::Other(dotted.to_owned()), |(storage, ..)| storage.clone())
    }

    /// The stable name: `pkcs12`, `kaztoken` and so on, `other` for those without.
    #[must_use]
    pub fn code(&self) -> &'static str {
        STORAGES.iter().find(|(storage, ..)| storage == self).map_or("other", |row| row.2)
    }

    /// The identifier in dotted numbers.
    #[must_use]
    pub fn oid(&self) -> String {
        if let Self::Other(dotted) = self {
            return dotted.clone();
        }
        let known = STORAGES.iter().find(|(storage, ..)| storage == self);
        known.map_or_else(String::new, |row| row.1.to_string())
    }
}

/// Under which policy a certificate was issued.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Policy {
    /// The root authority's.
    Root,
    /// The NCA's rules, named by its older issuing authorities.
    NcaRules,
    /// The NCA's, since 2022 for everybody.
    Nca,
    /// Until 2022: signing keys of legal entities.
    LegalSign,
    /// Until 2022: authentication keys of legal entities.
    LegalAuth,
    /// Until 2022: signing keys of individuals.
    IndividualSign,
    /// Until 2022: authentication keys of individuals.
    IndividualAuth,
    /// TLS servers of the NCA itself.
    Ssl,
    /// Time stamps with GOST 34.310-2004.
    StampGost2004,
    /// Time stamps with RSA and SHA-256.
    StampRsa,
    /// Time stamps with GOST 34.310-2004 under a foreign identifier.
    StampGost2004Gt,
    /// Time stamps with GOST 34.10-2015.
    StampGost2015,
    /// Everything of a sandbox: without legal force.
    Sandbox,
    /// Another, in dotted numbers.
    Other(String),
}

const POLICIES: [(Policy, ObjectIdentifier, &str); 13] = [
    (Policy::Root, oid::POLICY_ROOT, "root"),
    (Policy::NcaRules, oid::POLICY_NCA_RULES, "nca_rules"),
    (Policy::Nca, oid::POLICY_NCA, "nca"),
    (Policy::LegalSign, oid::POLICY_LEGAL_SIGN, "legal_sign"),
    (Policy::LegalAuth, oid::POLICY_LEGAL_AUTH, "legal_auth"),
    (Policy::IndividualSign, oid::POLICY_INDIVIDUAL_SIGN, "individual_sign"),
    (Policy::IndividualAuth, oid::POLICY_INDIVIDUAL_AUTH, "individual_auth"),
    (Policy::Ssl, oid::POLICY_SSL, "ssl"),
    (Policy::StampGost2004, oid::POLICY_TSA_GOST2004, "stamp_gost2004"),
    (Policy::StampRsa, oid::POLICY_TSA_RSA, "stamp_rsa"),
    (Policy::StampGost2004Gt, oid::POLICY_TSA_GOST2004_GT, "stamp_gost2004_gt"),
    (Policy::StampGost2015, oid::POLICY_TSA_GOST2015, "stamp_gost2015"),
    (Policy::Sandbox, oid::SANDBOX_POLICY, "sandbox"),
];

impl Policy {
    pub(super) fn of(dotted: &str) -> Self {
        let known = POLICIES.iter().find(|(_, oid, _)| oid.to_string() == dotted);
        known.map_or_else(|| Self::Other(dotted.to_owned()), |(policy, ..)| policy.clone())
    }

    /// The stable name: `nca`, `individual_sign` and so on, `other` for those without.
    #[must_use]
    pub fn code(&self) -> &'static str {
        POLICIES.iter().find(|(policy, ..)| policy == self).map_or("other", |row| row.2)
    }

    /// The identifier in dotted numbers.
    #[must_use]
    pub fn oid(&self) -> String {
        if let Self::Other(dotted) = self {
            return dotted.clone();
        }
        let known = POLICIES.iter().find(|(policy, ..)| policy == self);
        known.map_or_else(String::new, |row| row.1.to_string())
    }
}

/// How a holder was identified before the certificate was issued. The more precise is the greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Identification {
    /// By an operator of a service centre (ЦОН).
    ServiceCentre,
    /// Remotely, in a way that is not told.
    Remote,
    /// Remotely, by Digital ID.
    DigitalId,
    /// Remotely, by the AI Platform.
    AiPlatform,
}

const WAYS: [(Identification, ObjectIdentifier, &str); 4] = [
    (Identification::ServiceCentre, oid::IDENTIFIED_IN_CENTRE, "service_centre"),
    (Identification::Remote, oid::IDENTIFIED_REMOTELY, "remote"),
    (Identification::DigitalId, oid::IDENTIFIED_BY_DIGITAL_ID, "digital_id"),
    (Identification::AiPlatform, oid::IDENTIFIED_BY_AI_PLATFORM, "ai_platform"),
];

impl Identification {
    pub(super) fn of(dotted: &str) -> Option<Self> {
        WAYS.iter().find(|(_, oid, _)| oid.to_string() == dotted).map(|(way, ..)| *way)
    }

    /// The stable name: `service_centre`, `remote`, `digital_id` or `ai_platform`.
    #[must_use]
    pub fn code(self) -> &'static str {
        WAYS.iter().find(|(way, ..)| *way == self).map_or("", |row| row.2)
    }

    /// The identifier in dotted numbers.
    #[must_use]
    pub fn oid(self) -> String {
        let known = WAYS.iter().find(|(way, ..)| *way == self);
        known.map_or_else(String::new, |row| row.1.to_string())
    }
}
