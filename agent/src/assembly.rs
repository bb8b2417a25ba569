//! Puts the outside world together: the one place that knows which real thing stands behind each trait.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tanba_core::enrolment::gateway::{CallError, Environment};
use tanba_core::x509::certificate::Certificate;
use tokio::sync::{broadcast, watch};

use crate::activity::Activity;
use crate::authorities::Authorities;
use crate::camera::CameraProbe;
use crate::chosen::ChosenFiles;
use crate::clock::{Clock, SystemClock};
use crate::ctx::{Ctx, Settings};
use crate::desktop::Desktop;
use crate::enrol::Enrolments;
use crate::files::FileError;
use crate::folders::Folders;
use crate::journals::Journals;
use crate::locales::Locales;
use crate::preferences::{Preferences, language_of_the_system};
use crate::provider;
use crate::recent::RecentKeys;
use crate::remote::http::{Gateway, NotAGateway};
use crate::remote::{Backend, Unconnected};
use crate::secrets::{Files, Keyring, KeyringOrFile, SecretStore};
use crate::sites::Sites;
use crate::turn::Turns;
use crate::wishes::diagnosis;

/// How long a gateway may take to say what it is, when it is met for the first time.
const FIRST_ANSWER: Duration = Duration::from_secs(10);
/// The national authority's time stamps.
const TIME_STAMPS: &str = "http://tsp.pki.gov.kz";
/// Notices that a slow page may be behind before it must ask for itself.
const CHANGES: usize = 256;

/// What a program settles before the agent begins. [`Plan::new`] is a person's own agent.
pub struct Plan {
    /// The agent's own folder.
    pub data: PathBuf,
    /// The address of the gateway; without one no keys can be obtained, and everything else works.
    pub gateway: Option<String>,
    /// Origins on plain http of this machine that may call.
    pub developer_origins: Vec<String>,
    /// Where the passwords of waiting keys are kept.
    pub secrets: SecretPlace,
    /// Who asks the person.
    pub desktop: Arc<dyn Desktop>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The address of the authority of time stamps; by default the one that belongs to the gateway.
    pub time_stamps: Option<String>,
    /// Certificates to which keys must lead, or that lead to them; beside those in the folder `roots` of the agent's own.
    pub authorities: Vec<Certificate>,
    /// Whether this agent is one that site authors test with: every page of this machine may call, and key files play
    /// tokens.
    pub trial: bool,
}

impl Plan {
    /// An agent on the computer's clock that keeps secrets in the keyring.
    #[must_use]
    pub fn new(data: PathBuf, gateway: Option<String>, desktop: Arc<dyn Desktop>) -> Self {
        Self {
            data,
            gateway,
            developer_origins: Vec::new(),
            secrets: SecretPlace::Keyring,
            desktop,
            clock: Arc::new(SystemClock),
            time_stamps: None,
            authorities: Vec::new(),
            trial: false,
        }
    }
}

/// Where the passwords of waiting keys are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretPlace {
    /// The system's keyring; a private file, loudly, where there is none.
    Keyring,
    /// A private file: for tests, demonstrations and machines without a session.
    File,
}

/// Why the agent cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    /// The agent's own folder cannot be used.
    #[error("the agent's folder cannot be used")]
    Data(#[from] FileError),
    /// The gateway's address is none.
    #[error(transparent)]
    Gateway(#[from] NotAGateway),
    /// The gateway did not say what it is.
    #[error("the gateway does not answer")]
    Silent(#[source] CallError),
}

/// Makes the context, and goes on with the enrolments of earlier runs.
///
/// # Errors
/// Those of [`CannotStart`].
pub async fn assemble(plan: Plan) -> Result<Arc<Ctx>, CannotStart> {
    crate::files::private_folder(&plan.data)?;
    let (remote, address, environment) = services(plan.gateway.as_deref(), &plan.data).await?;
    let files = Files::new(plan.data.join("secrets"));
    let secrets: Arc<dyn SecretStore> = match plan.secrets {
        SecretPlace::Keyring => Arc::new(KeyringOrFile::new(Keyring::new("tanba"), files)),
        SecretPlace::File => Arc::new(files),
    };
    let mut authorities = Authorities::in_folder(&plan.data.join("roots"));
    authorities.add(plan.authorities);
    let time_stamps = plan.time_stamps.unwrap_or_else(|| match environment {
        Environment::Sandbox => format!("{address}/tsp"),
        Environment::Production => TIME_STAMPS.to_owned(),
    });
    let ctx = Arc::new(Ctx {
        enrolments: Enrolments::new(Journals::in_folder(&plan.data, &address)?),
        recent: RecentKeys::in_folder(&plan.data),
        preferences: Preferences::in_folder(&plan.data, language_of_the_system()),
        locales: Locales::default(),
        sites: Sites::in_folder(&plan.data),
        settings: Settings {
            data: plan.data,
            environment,
            developer_origins: plan.developer_origins,
            trial: plan.trial,
            time_stamps,
            authorities,
        },
        clock: plan.clock,
        desktop: plan.desktop,
        camera: camera_of_this_machine(),
        secrets,
        remote,
        provider: provider::aws_lc(),
        folders: Folders::default(),
        chosen: ChosenFiles::default(),
        surroundings: watch::Sender::default(),
        diagnosed: diagnosis::ForPages::default(),
        activity: Activity::default(),
        turns: Turns::default(),
        notices: broadcast::channel(CHANGES).0,
        changes: broadcast::channel(CHANGES).0,
    });
    crate::enrol::wake_up(&ctx).await;
    Ok(ctx)
}

/// Whom enrolments are sent to, the address they are filed under, and what these services are.
async fn services(
    gateway: Option<&str>,
    data: &Path,
) -> Result<(Arc<dyn Backend>, String, Environment), CannotStart> {
    let Some(address) = gateway else {
        return Ok((Arc::new(Unconnected), String::new(), Environment::Production));
    };
    let gateway = Gateway::new(address)?;
    let environment = known_environment(&gateway, data).await?;
    let address = gateway.address();
    Ok((Arc::new(gateway), address, environment))
}

/// Which services the gateway stands for. What it said at an earlier start holds, so that the agent listens at once
/// and without a network; a gateway that never answered is no gateway. Whatever it says later, certificates are
/// checked against what the enrolment began with.
async fn known_environment(gateway: &Gateway, data: &Path) -> Result<Environment, CannotStart> {
    const NAME: &str = "environment.json";
    let kept = crate::files::read(&data.join(NAME), 4096).ok();
    let known = kept.and_then(|text| serde_json::from_slice::<(String, Environment)>(&text).ok());
    if let Some((address, environment)) = known
        && address == gateway.address()
    {
        return Ok(environment);
    }
    let asked = tokio::time::timeout(FIRST_ANSWER, gateway.info()).await;
    let info = asked.unwrap_or(Err(CallError::Unreachable)).map_err(CannotStart::Silent)?;
    if let Ok(text) = serde_json::to_vec(&(gateway.address(), info.environment)) {
        // Not kept, it is asked again at the next start.
        if let Err(error) = crate::files::replace(data, NAME, &text) {
            tracing::warn!(%error, "what the gateway is could not be kept");
        }
    }
    Ok(info.environment)
}

#[cfg(feature = "desktop")]
fn camera_of_this_machine() -> Arc<dyn CameraProbe> {
    Arc::new(crate::camera::OfThisComputer::default())
}

#[cfg(not(feature = "desktop"))]
fn camera_of_this_machine() -> Arc<dyn CameraProbe> {
    Arc::new(crate::camera::NoCamera)
}
