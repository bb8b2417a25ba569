//! Puts the outside world together: the one place that knows which real thing stands behind each trait.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tanba_core::enrolment::gateway::{CallError, Environment};
use tokio::sync::broadcast;

use crate::camera::CameraProbe;
use crate::clock::SystemClock;
use crate::ctx::{Ctx, Settings};
use crate::desktop::Desktop;
use crate::enrol::Enrolments;
use crate::files::FileError;
use crate::folders::Folders;
use crate::journals::Journals;
use crate::provider;
use crate::remote::Backend;
use crate::remote::http::{Gateway, NotAGateway};
use crate::secrets::{Files, Keyring, KeyringOrFile, SecretStore};
use crate::turn::Turns;

/// How long a gateway may take to say what it is, when it is met for the first time.
const FIRST_ANSWER: Duration = Duration::from_secs(10);
/// Notices that a slow page may be behind before it must ask for itself.
const CHANGES: usize = 256;

/// What a program settles before the agent begins.
pub struct Plan {
    /// The agent's own folder.
    pub data: PathBuf,
    /// The address of the gateway.
    pub gateway: String,
    /// Origins on plain http of this machine that may call.
    pub developer_origins: Vec<String>,
    /// Where the passwords of waiting keys are kept.
    pub secrets: SecretPlace,
    /// Who asks the person.
    pub desktop: Arc<dyn Desktop>,
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
    let gateway = Gateway::new(&plan.gateway)?;
    let environment = known_environment(&gateway, &plan.data).await?;
    let files = Files::new(plan.data.join("secrets"));
    let secrets: Arc<dyn SecretStore> = match plan.secrets {
        SecretPlace::Keyring => Arc::new(KeyringOrFile::new(Keyring::new("tanba"), files)),
        SecretPlace::File => Arc::new(files),
    };
    let ctx = Arc::new(Ctx {
        enrolments: Enrolments::new(Journals::in_folder(&plan.data, &gateway.address())?),
        settings: Settings {
            data: plan.data,
            environment,
            developer_origins: plan.developer_origins,
        },
        clock: Arc::new(SystemClock),
        desktop: plan.desktop,
        camera: camera_of_this_machine(),
        secrets,
        remote: Arc::new(gateway),
        provider: provider::aws_lc(),
        folders: Folders::default(),
        turns: Turns::default(),
        changes: broadcast::channel(CHANGES).0,
    });
    crate::enrol::wake_up(&ctx).await;
    Ok(ctx)
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
    Arc::new(crate::camera::Nokhwa)
}

#[cfg(not(feature = "desktop"))]
fn camera_of_this_machine() -> Arc<dyn CameraProbe> {
    Arc::new(crate::camera::NoCamera)
}
