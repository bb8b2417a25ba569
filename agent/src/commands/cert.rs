//! `tanba cert show`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use tanba_core::crypto::HashAlgorithm;
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::profile::Role;

use super::failure::{Failure, Problem};
use super::shell::Shell;
use super::table::Table;
use super::{Done, Form, WantsJson, input};

const EXAMPLE: &str = "\
Example: tanba cert show nca_gost_2022.cer --json

JSON: an object; a list of them if the file holds several certificates.";

/// What to do with certificates.
#[derive(Subcommand, Debug)]
pub enum Cert {
    /// Shows the certificate of a file: PEM, DER or base64.
    #[command(after_help = EXAMPLE)]
    Show(Show),
}

#[derive(Args, Debug)]
pub struct Show {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    form: Form,
}

/// A certificate for programs.
#[derive(Serialize, Debug)]
struct Shown {
    subject: String,
    issuer: String,
    serial: String,
    not_before: String,
    not_after: String,
    algorithm: String,
    key_id: String,
    iin: Option<String>,
    bin: Option<String>,
    surname: Option<String>,
    given_name: Option<String>,
    patronymic: Option<String>,
    organisation: Option<String>,
    email: Option<String>,
    roles: Vec<String>,
    purpose: Option<&'static str>,
    is_ca: bool,
    key_usage: Vec<String>,
    extended_key_usage: Vec<String>,
    policies: Vec<String>,
    storage: Option<&'static str>,
    identification: Option<&'static str>,
    subject_key_id: Option<String>,
    authority_key_id: Option<String>,
    ocsp: Vec<String>,
    issuers: Vec<String>,
    crls: Vec<String>,
    delta_crls: Vec<String>,
    sha256: String,
}

impl Cert {
    pub(super) fn run(&self, shell: &Shell) -> Result<Done, Failure> {
        let Self::Show(command) = self;
        let bytes = input::read(&command.file, input::CERTIFICATES)?;
        let all = Certificate::read_all(&bytes).map_err(|error| {
            Failure::new(Problem::NotACertificate, &command.file).detail(&error)
        })?;
        let shown: Vec<_> = all.iter().map(shown).collect();
        match shown.as_slice() {
            [one] => shell.answer(one)?,
            several => shell.answer(&several)?,
        }
        for one in &shown {
            shell.say(&table(one, shell).to_string())?;
        }
        Ok(Done::Good)
    }
}

impl WantsJson for Cert {
    fn wants_json(&self) -> bool {
        let Self::Show(command) = self;
        command.form.json
    }
}

/// The stable names of roles; dotted numbers for those without.
pub(super) fn roles(roles: &[Role]) -> Vec<String> {
    roles
        .iter()
        .map(|role| if let Role::Other(dotted) = role { dotted } else { role.code() }.to_owned())
        .collect()
}

fn shown(certificate: &Certificate) -> Shown {
    let profile = certificate.profile();
    let usages = certificate.usages;
    let key_usage = [
        ("digital_signature", usages.digital_signature),
        ("non_repudiation", usages.non_repudiation),
        ("key_encipherment", usages.key_encipherment),
        ("key_agreement", usages.key_agreement),
        ("certificate_sign", usages.certificate_sign),
        ("crl_sign", usages.crl_sign),
    ];
    Shown {
        subject: certificate.subject_name().to_string(),
        issuer: certificate.issuer_name().to_string(),
        serial: certificate.serial.clone(),
        not_before: certificate.not_before.rfc3339(),
        not_after: certificate.not_after.rfc3339(),
        algorithm: certificate.public_key.kind().name(),
        key_id: certificate.key_id.to_string(),
        iin: profile.iin,
        bin: profile.bin,
        surname: profile.surname,
        given_name: profile.given_name,
        patronymic: profile.patronymic,
        organisation: profile.organisation,
        email: profile.email,
        roles: roles(&profile.roles),
        purpose: profile.purpose.map(|purpose| purpose.name()),
        is_ca: certificate.is_ca,
        key_usage: key_usage
            .into_iter()
            .filter(|(_, has)| *has)
            .map(|(name, _)| name.to_owned())
            .collect(),
        extended_key_usage: certificate.extended_usages.clone(),
        policies: certificate.policies.clone(),
        storage: profile.storage.as_ref().map(|storage| storage.code()),
        identification: profile.identification.map(|way| way.code()),
        subject_key_id: certificate.subject_key_id().map(hex::encode),
        authority_key_id: certificate.authority_key_id().map(hex::encode),
        ocsp: certificate.locators.ocsp.clone(),
        issuers: certificate.locators.issuers.clone(),
        crls: certificate.locators.crls.clone(),
        delta_crls: certificate.locators.delta_crls.clone(),
        sha256: hex::encode(HashAlgorithm::Sha256.hash(certificate.der()).as_bytes()),
    }
}

fn table<'a>(shown: &Shown, shell: &'a Shell) -> Table<'a> {
    let mut table = Table::new(shell);
    table.row("subject", &shown.subject);
    table.row("issuer", &shown.issuer);
    table.row("serial", &shown.serial);
    table.row("not-before", &shown.not_before);
    table.row("not-after", &shown.not_after);
    table.row("algorithm", &shown.algorithm);
    table.row("key-id", &shown.key_id);
    table.optional("iin", shown.iin.as_deref());
    table.optional("bin", shown.bin.as_deref());
    table.optional("organisation", shown.organisation.as_deref());
    table.optional("email", shown.email.as_deref());
    table.list("roles", &shown.roles);
    table.optional("purpose", shown.purpose);
    table.list("key-usage", &shown.key_usage);
    table.list("extended-key-usage", &shown.extended_key_usage);
    table.list("policies", &shown.policies);
    table.optional("storage", shown.storage);
    table.optional("identification", shown.identification);
    table.list("ocsp", &shown.ocsp);
    table.list("crls", &shown.crls);
    table.row("sha256", &shown.sha256);
    table
}
