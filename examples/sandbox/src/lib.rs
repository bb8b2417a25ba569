//! SANDBOX: the remote services of an enrolment on one machine, for tests and demonstrations. **Not a certification
//! authority**: nothing that it issues has legal force, and everything that it issues says so.
//!
//! It plays the portal with the mobile citizens database, the SMS of 1414 and 3116, Digital ID, and the certification
//! authority with revocation lists, OCSP and time stamps. Its people are invented. Faces are not recognised and
//! documents are not read: what cannot be told from a picture's structure is simulated.
//!
//! ```
//! # tokio_test(async {
//! use tanba_sandbox::{Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default()).await?;
//! assert!(sandbox.url().starts_with("http://127.0.0.1:"));
//! let person = &sandbox.persons()[0];
//! assert!(sandbox.sms(person.phone.as_deref().unwrap()).is_empty());
//! # Ok::<(), tanba_sandbox::StartError>(()) });
//! # fn tokio_test<T>(test: impl Future<Output = Result<T, tanba_sandbox::StartError>>) {
//! #     tokio::runtime::Runtime::new().unwrap().block_on(test).unwrap();
//! # }
//! ```

#![forbid(unsafe_code)]

mod application;
mod authority;
mod clock;
mod digital_id;
mod fault;
mod otp;
mod person;
mod problem;
mod sealed;
mod session;
mod sms;
mod web;
mod wire;
mod world;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tanba_core::time::UnixTime;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use application::Status;
pub use authority::AuthorityError;
pub use fault::{Fault, FaultKind, Route};
pub use person::{Person, Situation};
pub use sms::Sms;

use authority::Family;
use clock::Clock;
use wire::{Door, Scissors};
use world::World;

/// The contract of the services, an OpenAPI 3.1 document in YAML.
pub const CONTRACT: &str = include_str!("../nca-gateway.openapi.yaml");

/// How a sandbox is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// From an application's submission to its issue, on the sandbox's clock.
    pub issue_after: Duration,
    /// Files that are served under `/portal/`; `/portal/` itself is `index.html`.
    pub site: Vec<SiteFile>,
    /// The time that certificates, revocation lists and stamps carry at the start; it runs on from there. By default it is
    /// the machine's, by which other programs judge them.
    pub dated: Option<UnixTime>,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 0, issue_after: Duration::from_secs(2), site: Vec::new(), dated: None }
    }
}

/// A file of the portal page.
#[derive(Debug, Clone, Copy)]
pub struct SiteFile {
    /// Its path under `/portal/`, such as `screens/otp.js`.
    pub path: &'static str,
    /// Its media type, such as `text/html; charset=utf-8`.
    pub content_type: &'static str,
    /// Its content.
    pub body: &'static [u8],
}

/// Why a sandbox did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The port is taken or may not be used: choose another.
    #[error("the port cannot be used")]
    Port(#[source] io::Error),
    /// The authority could not be made; that is a defect of the sandbox.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

/// An application as tests count them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationView {
    /// Fourteen digits.
    pub number: String,
    /// The keys that it asks certificates for: 40 hexadecimal digits each.
    pub key_ids: Vec<String>,
    /// Where it stands.
    pub status: Status,
}

/// A running sandbox. It stops when this is dropped.
pub struct Sandbox {
    world: Arc<World>,
    /// Dropping it tells the server to end.
    _stop: oneshot::Sender<()>,
}

impl Sandbox {
    /// Starts a sandbox on the current tokio runtime.
    ///
    /// # Errors
    /// [`StartError`] if the port cannot be had.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))
            .await
            .map_err(StartError::Port)?;
        let address = listener.local_addr().map_err(StartError::Port)?;
        let base = format!("http://{address}");
        let clock = Clock::start(options.dated);
        let world = Arc::new(World {
            authority: authority::Authority::new(&base, clock.date())?,
            base,
            clock,
            people: person::everybody(),
            issue_after: options.issue_after,
            site: options.site,
            state: Default::default(),
        });
        let (stop, stopped) = oneshot::channel();
        let router = web::router(world.clone()).into_make_service_with_connect_info::<Scissors>();
        tokio::spawn(async move {
            let server = axum::serve(Door(listener), router).with_graceful_shutdown(async {
                // It ends with an error, because nothing is ever sent: the sender is dropped.
                let _ended = stopped.await;
            });
            if let Err(error) = server.await {
                tracing::error!(error = &error as &dyn std::error::Error, "the server ended");
            }
        });
        Ok(Self { world, _stop: stop })
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        self.world.base.clone()
    }

    /// The certificate of the root above RSA and P-256 keys.
    ///
    /// # Panics
    /// If the authority cannot write its own data, which is a defect of the sandbox.
    #[must_use]
    pub fn root_pem(&self) -> String {
        self.root_of(Family::International)
    }

    /// The certificate of the authority that issues for RSA and P-256 keys.
    ///
    /// # Panics
    /// If the authority cannot write its own data, which is a defect of the sandbox.
    #[must_use]
    pub fn issuing_pem(&self) -> String {
        self.issuing_of(Family::International)
    }

    /// The revocation lists of that issuing authority and of its root, as `openssl verify -CRLfile` reads them.
    ///
    /// # Panics
    /// If the authority cannot write its own data, which is a defect of the sandbox.
    #[must_use]
    pub fn crl_pems(&self) -> String {
        self.lists_of(Family::International)
    }

    /// The certificate of the root above GOST keys.
    ///
    /// # Panics
    /// If the authority cannot write its own data, which is a defect of the sandbox.
    #[must_use]
    pub fn gost_root_pem(&self) -> String {
        self.root_of(Family::Gost)
    }

    /// The certificate of the authority that issues for GOST keys.
    ///
    /// # Panics
    /// If the authority cannot write its own data, which is a defect of the sandbox.
    #[must_use]
    pub fn gost_issuing_pem(&self) -> String {
        self.issuing_of(Family::Gost)
    }

    /// The revocation lists of that issuing authority and of its root.
    ///
    /// # Panics
    /// If the authority cannot write its own data, which is a defect of the sandbox.
    #[must_use]
    pub fn gost_crl_pems(&self) -> String {
        self.lists_of(Family::Gost)
    }

    fn root_of(&self, family: Family) -> String {
        self.world.authority.branch(family).root.pem().expect("it was encoded when it was made")
    }

    fn issuing_of(&self, family: Family) -> String {
        self.world.authority.branch(family).issuing.pem().expect("it was encoded when it was made")
    }

    fn lists_of(&self, family: Family) -> String {
        let branch = self.world.authority.branch(family);
        let (state, now) = (self.world.state(), self.world.clock.date());
        let lists = [branch.issuing_crl(&state.ledger, now), branch.root_crl(now)];
        lists
            .into_iter()
            .map(|der| {
                der.and_then(|der| authority::crl_pem(&der))
                    .expect("serial numbers were encoded before")
            })
            .collect()
    }

    /// The invented people.
    #[must_use]
    pub fn persons(&self) -> Vec<Person> {
        self.world.people.clone()
    }

    /// Moves the sandbox's clock on. Certificates keep to the machine's clock.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
    }

    /// The messages on a telephone, oldest first.
    #[must_use]
    pub fn sms(&self, phone: &str) -> Vec<Sms> {
        self.world.state().telephones.of(phone)
    }

    /// Orders a fault for the next matching requests.
    pub fn inject(&self, fault: Fault) {
        self.world.state().faults.order(fault);
    }

    /// Revokes a certificate by its serial number in hexadecimal; `false` if no such certificate was issued.
    #[must_use]
    pub fn revoke(&self, serial: &str) -> bool {
        hex::decode(serial)
            .is_ok_and(|serial| self.world.state().ledger.revoke(&serial, self.world.clock.date()))
    }

    /// All applications as they stand now, in the order of their numbers.
    ///
    /// # Panics
    /// If the authority cannot write its own data, which is a defect of the sandbox.
    #[must_use]
    pub fn applications(&self) -> Vec<ApplicationView> {
        let mut state = self.world.state();
        let state = &mut *state;
        let at = self.world.at(self.world.clock.now());
        let all =
            state.applications.all(&at, &mut state.ledger).expect("requests were read before");
        all.into_iter()
            .map(|application| ApplicationView {
                number: application.number.clone(),
                key_ids: application.wanted.iter().map(|wanted| wanted.key_id.clone()).collect(),
                status: application.status(),
            })
            .collect()
    }
}
