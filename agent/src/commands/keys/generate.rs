//! `tanba keys generate`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use tanba_core::crypto::{Algorithm, PrivateKey};
use tanba_core::email::Email;
use tanba_core::layout::{Purpose, final_name};
use tanba_core::password::NewPassword;
use tanba_core::pkcs12::{self, Entry, Strength};
use tanba_core::x509::dn::TypedName;
use tanba_core::x509::request::{self, CertificateRequest};

use crate::commands::failure::{Failure, Problem};
use crate::commands::shell::Shell;
use crate::commands::table::Table;
use crate::commands::{Done, Form, input, output, password};
use crate::{files, folders};

pub(super) const EXAMPLE: &str = "\
Example: tanba keys generate --algorithm gost512 --subject 'CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ' \\
           --folder keys --password-file password.txt

The subject stands in the order in which it is typed, as RFC 4514 (CN=…,C=KZ) or OpenSSL (/CN=…/C=KZ) writes it:
CN, SURNAME, G (the patronymic), SERIALNUMBER, C, O, OU, L, S, BC, DC, UID, E, or numbers such as 2.5.4.12.
The key file is <PREFIX>_<key id>.p12, the request the same with .csr: PEM, or DER if its name ends in .der.
A password has 6 to 32 Latin letters, digits and #$^+=!*()@%&_?-. , with a small and a capital letter and a digit.";

/// Which key is made.
#[derive(Clone, Copy, ValueEnum, Debug)]
enum Kind {
    Rsa2048,
    P256,
    Gost512,
    /// Read and used, never made: the standard is withdrawn.
    #[value(hide = true)]
    Gost2004,
}

#[derive(Args, Debug)]
pub struct Generate {
    /// What kind of key.
    #[arg(long, value_enum)]
    algorithm: Kind,
    /// Whose key it is, as a distinguished name.
    #[arg(long, value_name = "DN")]
    subject: String,
    /// The folder for the key file.
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// A file whose first line is the new password; `-` reads standard input. Without it the password is asked.
    #[arg(long, value_name = "F")]
    password_file: Option<PathBuf>,
    /// Where the certificate request is written; by default beside the key file.
    #[arg(long, value_name = "OUT")]
    csr: Option<PathBuf>,
    #[command(flatten)]
    pub(super) form: Form,
}

/// What was made.
#[derive(Serialize)]
struct Made {
    algorithm: &'static str,
    key_id: String,
    subject: String,
    file: String,
    csr: String,
}

impl Generate {
    pub(super) fn run(&self, shell: &Shell) -> Result<Done, Failure> {
        let algorithm = match self.algorithm {
            Kind::Rsa2048 => Algorithm::Rsa2048,
            Kind::P256 => Algorithm::P256,
            Kind::Gost512 => Algorithm::Gost512,
            Kind::Gost2004 => return Err(Failure::new(Problem::NeverGenerated, "gost2004")),
        };
        let subject = TypedName::parse(&self.subject)
            .map_err(|error| Failure::new(Problem::NotASubject, &self.subject).detail(&error))?;
        files::look_for_folder(&self.folder)
            .map_err(|error| Failure::file(&error, &self.folder, true))?;
        if let Some(csr) = &self.csr {
            self.check_request_place(csr)?;
        }
        let password = password::new(shell, self.password_file.as_deref(), &self.folder)?;
        let key = (shell.provider.generate)(&shell.provider, algorithm).map_err(internal)?;
        let id = key.public().key_id();
        let request = self.request(&subject, &key, shell)?;
        let name = final_name(Purpose::Sign, algorithm, &id);
        let file = self.folder.join(&name);
        self.write_key(&name, key, &password, shell)?;
        let csr = self.csr.clone().unwrap_or_else(|| file.with_extension("csr"));
        if let Err(failure) = write_request(&csr, &request) {
            // Nobody could ever ask for a certificate for this key.
            let _ = std::fs::remove_file(&file);
            return Err(failure);
        }
        let subject = CertificateRequest::parse(&request).map_err(internal)?.subject_name;
        let made = Made {
            algorithm: algorithm.name(),
            key_id: id.to_string(),
            subject: subject.to_string(),
            file: file.display().to_string(),
            csr: csr.display().to_string(),
        };
        shell.answer(&made)?;
        let mut table = Table::new(shell);
        table.row("algorithm", made.algorithm);
        table.row("key-id", &made.key_id);
        table.row("subject", &made.subject);
        table.row("key-file", &made.file);
        table.row("request", &made.csr);
        shell.say(table.to_string().trim_end())?;
        Ok(Done::Good)
    }

    /// Before there is a key: a request that cannot be written would leave it without one.
    fn check_request_place(&self, csr: &Path) -> Result<(), Failure> {
        if csr == Path::new("-") {
            return Err(Failure::new(Problem::Usage, "--csr -"));
        }
        let (folder, _) = output::split(csr)?;
        files::look_for_folder(&folder).map_err(|error| Failure::file(&error, csr, true))?;
        output::refuse_existing(csr)
    }

    fn request(
        &self,
        subject: &TypedName,
        key: &PrivateKey,
        shell: &Shell,
    ) -> Result<Vec<u8>, Failure> {
        let email = match subject.email().map(Email::parse) {
            None => None,
            Some(Ok(email)) => Some(email),
            Some(Err(error)) => {
                return Err(Failure::new(Problem::NotASubject, &self.subject).detail(&error));
            }
        };
        // The authority has no use for a path: the folder is named as people do.
        let absolute = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let folder = folders::display_name(&absolute);
        let der = request::build_for(subject, email.as_ref(), &folder, key, &shell.provider)
            .map_err(internal)?;
        let read = CertificateRequest::parse(&der)
            .map_err(|error| Failure::new(Problem::NotASubject, &self.subject).detail(&error))?;
        read.verify().map_err(internal)?;
        Ok(der)
    }

    /// Writes the key file, opens it again and compares, before anybody hears of success.
    fn write_key(
        &self,
        name: &str,
        key: PrivateKey,
        password: &NewPassword,
        shell: &Shell,
    ) -> Result<(), Failure> {
        let path = self.folder.join(name);
        let entry = Entry::new(key, vec![]);
        let bytes =
            pkcs12::write(&entry, password.as_password(), Strength::Person, &shell.provider)
                .map_err(internal)?;
        files::write_new(&self.folder, name, &bytes)
            .map_err(|error| Failure::file(&error, &path, true))?;
        let again = files::read(&path, input::KEY_FILE)
            .map_err(|error| Failure::file(&error, &path, false))?;
        let opened = pkcs12::open(&again, password.as_password())
            .map_err(|error| password::not_opened(error, &path))?;
        let whole = opened.entries.iter().any(|one| one.key.pkcs8() == entry.key.pkcs8());
        if again == bytes && whole { Ok(()) } else { Err(Failure::new(Problem::Changed, &path)) }
    }
}

fn write_request(path: &Path, der: &[u8]) -> Result<(), Failure> {
    let binary = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("der"));
    let bytes =
        if binary { der.to_vec() } else { input::to_pem("CERTIFICATE REQUEST", der).into_bytes() };
    output::write_new(path, &bytes)
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::new(Problem::Internal, "").detail(&error)
}
