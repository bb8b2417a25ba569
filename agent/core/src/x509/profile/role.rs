//! Who a holder is, as the extended key usages of Kazakhstan's arc tell.

use super::super::oid;

/// Who a holder is. Most holders have several roles: an employee of a legal entity has that of the entity too.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// Физическое лицо.
    Individual,
    /// Информационная система физического лица.
    IndividualSystem,
    /// Юридическое лицо/совместное предпринимательство.
    LegalEntity,
    /// Первый руководитель юридического лица.
    FirstHead,
    /// Лицо, наделенное правом подписи.
    RightOfSignature,
    /// Лицо, наделенное правом подписи финансовых документов.
    FinancialSignature,
    /// Сотрудник отдела кадров.
    HumanResources,
    /// Сотрудник организации.
    Employee,
    /// Информационная система юридического лица, with its number in the registry where it has one.
    InformationSystem(Option<u32>),
    /// Администратор НУЦ РК.
    NcaAdministrator,
    /// Менеджер НУЦ РК.
    NcaSupervisor,
    /// Оператор НУЦ РК.
    NcaOperator,
    /// A client of the treasury's information system K2.
    TreasuryClient,
    /// Somebody with a role in the notaries' information system.
    Notary(NotaryRole),
    /// An extended key usage that is neither known here nor one of the Internet's, in dotted numbers.
    Other(String),
}

/// A role in «Е-нотариат», 1.2.398.6.1.1.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotaryRole {
    /// Нотариус.
    Notary,
    /// Сотрудник КРС МЮ РК.
    RegistrationCommittee,
    /// Сотрудник РНП.
    RepublicanChamber,
    /// Сотрудник ТНП.
    TerritorialChamber,
    /// Сотрудник ДЮ.
    JusticeDepartment,
    /// Администратор системы.
    Administrator,
    /// Контент модератор.
    Moderator,
}

/// The roles whose identifier has nothing variable in it, with their stable code and official name.
const FIXED: [(Role, const_oid::ObjectIdentifier, &str, &str); 12] = [
    (Role::Individual, oid::ROLE_INDIVIDUAL, "individual", "Физическое лицо"),
    (
        Role::IndividualSystem,
        oid::ROLE_INDIVIDUAL_SYSTEM,
        "individual_system",
        "Информационная система физического лица",
    ),
    (
        Role::LegalEntity,
        oid::ROLE_LEGAL,
        "legal_entity",
        "Юридическое лицо/совместное предпринимательство",
    ),
    (
        Role::FirstHead,
        oid::ROLE_HEAD,
        "first_head",
        "Первый руководитель юридического лица/совместное предпринимательство",
    ),
    (
        Role::RightOfSignature,
        oid::ROLE_SIGNER,
        "right_of_signature",
        "Лицо, наделенное правом подписи",
    ),
    (
        Role::FinancialSignature,
        oid::ROLE_FINANCE,
        "financial_signature",
        "Лицо, наделенное правом подписи финансовых документов",
    ),
    (Role::HumanResources, oid::ROLE_PERSONNEL, "human_resources", "Сотрудник отдела кадров"),
    (Role::Employee, oid::ROLE_EMPLOYEE, "employee", "Сотрудник организации"),
    (
        Role::NcaAdministrator,
        oid::ROLE_NCA_ADMINISTRATOR,
        "nca_administrator",
        "Администратор НУЦ РК",
    ),
    (Role::NcaSupervisor, oid::ROLE_NCA_SUPERVISOR, "nca_manager", "Менеджер НУЦ РК"),
    (Role::NcaOperator, oid::ROLE_NCA_OPERATOR, "nca_operator", "Оператор НУЦ РК"),
    (Role::TreasuryClient, oid::ROLE_TREASURY, "treasury_client", "Информационные системы К2"),
];

/// In the order of their numbers, from 1.
const NOTARIES: [(NotaryRole, &str, &str); 7] = [
    (NotaryRole::Notary, "notary", "Нотариус"),
    (NotaryRole::RegistrationCommittee, "notary_registration_committee", "Сотрудник КРС МЮ РК"),
    (NotaryRole::RepublicanChamber, "notary_republican_chamber", "Сотрудник РНП"),
    (NotaryRole::TerritorialChamber, "notary_territorial_chamber", "Сотрудник ТНП"),
    (NotaryRole::JusticeDepartment, "notary_justice_department", "Сотрудник ДЮ"),
    (NotaryRole::Administrator, "notary_administrator", "Администратор системы"),
    (NotaryRole::Moderator, "notary_moderator", "Контент модератор"),
];

/// Extended key usages of the Internet (RFC 5280, section 4.2.1.12, and later ones) are usages, not roles.
const INTERNET: [&str; 2] = ["1.3.6.1.5.5.7.3.", "2.5.29.37.0"];

/// Ways of identification stand among the extended key usages, and are no roles either.
const IDENTIFICATION: &str = "1.2.398.3.3.4.3";

impl Role {
    /// The role with this identifier; `None` for the Internet's usages and for ways of identification.
    #[must_use]
    pub fn of(dotted: &str) -> Option<Self> {
        if INTERNET.iter().any(|usage| dotted.starts_with(usage))
            || is_within(dotted, IDENTIFICATION)
        {
            return None;
        }
        if let Some((role, ..)) = FIXED.iter().find(|(_, oid, ..)| oid.to_string() == dotted) {
            return Some(role.clone());
        }
        let system = oid::ROLE_SYSTEM.to_string();
        if dotted == system {
            return Some(Self::InformationSystem(None));
        }
        if let Some(number) = number_below(dotted, &system) {
            return Some(Self::InformationSystem(Some(number)));
        }
        let notary = number_below(dotted, &oid::ROLE_NOTARIES.to_string())
            .and_then(|number| usize::try_from(number).ok()?.checked_sub(1))
            .and_then(|at| NOTARIES.get(at));
        match notary {
            Some((role, ..)) => Some(Self::Notary(*role)),
            None => Some(Self::Other(dotted.to_owned())),
        }
    }

    /// Its identifier in dotted numbers.
    #[must_use]
    pub fn oid(&self) -> String {
        match self {
            Self::InformationSystem(None) => oid::ROLE_SYSTEM.to_string(),
            Self::InformationSystem(Some(number)) => format!("{}.{number}", oid::ROLE_SYSTEM),
            Self::Notary(role) => {
                let at = NOTARIES.iter().position(|(known, ..)| known == role).unwrap_or_default();
                format!("{}.{}", oid::ROLE_NOTARIES, at + 1)
            }
            Self::Other(dotted) => dotted.clone(),
            Self::Individual
            | Self::IndividualSystem
            | Self::LegalEntity
            | Self::FirstHead
            | Self::RightOfSignature
            | Self::FinancialSignature
            | Self::HumanResources
            | Self::Employee
            | Self::NcaAdministrator
            | Self::NcaSupervisor
            | Self::NcaOperator
            | Self::TreasuryClient => {
                self.fixed().map_or_else(String::new, |row| row.1.to_string())
            }
        }
    }

    /// Its stable name: `individual`, `legal_entity`, `first_head` and so on, `other` for those without.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InformationSystem(_) => "information_system",
            Self::Notary(role) => notary(*role).map_or("notary", |row| row.1),
            Self::Other(_) => "other",
            Self::Individual
            | Self::IndividualSystem
            | Self::LegalEntity
            | Self::FirstHead
            | Self::RightOfSignature
            | Self::FinancialSignature
            | Self::HumanResources
            | Self::Employee
            | Self::NcaAdministrator
            | Self::NcaSupervisor
            | Self::NcaOperator
            | Self::TreasuryClient => self.fixed().map_or("other", |row| row.2),
        }
    }

    /// Its name in the official registry, in Russian; `None` for those that are not known here.
    #[must_use]
    pub fn official_name(&self) -> Option<&'static str> {
        match self {
            Self::InformationSystem(_) => Some("Информационная система юридического лица"),
            Self::Notary(role) => notary(*role).map(|row| row.2),
            Self::Other(_) => None,
            Self::Individual
            | Self::IndividualSystem
            | Self::LegalEntity
            | Self::FirstHead
            | Self::RightOfSignature
            | Self::FinancialSignature
            | Self::HumanResources
            | Self::Employee
            | Self::NcaAdministrator
            | Self::NcaSupervisor
            | Self::NcaOperator
            | Self::TreasuryClient => self.fixed().map(|row| row.3),
        }
    }

    fn fixed(
        &self,
    ) -> Option<&'static (Self, const_oid::ObjectIdentifier, &'static str, &'static str)> {
        FIXED.iter().find(|(role, ..)| role == self)
    }
}

fn notary(role: NotaryRole) -> Option<&'static (NotaryRole, &'static str, &'static str)> {
    NOTARIES.iter().find(|(known, ..)| *known == role)
}

/// The number directly below an arc.
fn number_below(dotted: &str, arc: &str) -> Option<u32> {
    dotted.strip_prefix(arc)?.strip_prefix('.')?.parse().ok()
}

fn is_within(dotted: &str, arc: &str) -> bool {
    dotted.strip_prefix(arc).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
