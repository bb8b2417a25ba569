//! The checks. None says anything of the person: no path, no name, no number of theirs.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tanba::protocol::CameraState;
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;

use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::desktop::own::{Check, CheckState};
use crate::files;
use crate::secrets::{Kept, SecretStore};
use crate::server::tls;
use crate::surroundings::Port;

/// How long the remote services may take to say what they are.
const GATEWAY: Duration = Duration::from_secs(10);
/// For how many days before its end the TLS identity is said to end soon.
const SOON: i64 = 14;
const DAY: i64 = 24 * 60 * 60;
/// No clock that is right is before 2026-01-01 or behind 2100-01-01.
const SANE: std::ops::Range<i64> = 1_767_225_600..4_102_444_800;

/// What was found, in no language yet. The words are `check-<name>-<how>`, what to do `check-<name>-<how>-hint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) name: &'static str,
    pub(super) state: CheckState,
    how: &'static str,
    values: Vec<(&'static str, String)>,
}

impl Found {
    fn new(name: &'static str, state: CheckState, how: &'static str) -> Self {
        Self { name, state, how, values: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// As the person reads it.
    pub(super) fn told(&self, words: &crate::words::Words) -> Check {
        let values: Vec<_> = self.values.iter().map(|(name, text)| (*name, &**text)).collect();
        let key = format!("check-{}-{}", self.name, self.how);
        let hint = format!("{key}-hint");
        let told = words.get_with(&hint, &values);
        Check {
            name: self.name.to_owned(),
            state: self.state,
            text: words.get_with(&key, &values),
            hint: (told != hint).then_some(told),
        }
    }
}

/// Everything, side by side where it may take long.
pub(super) async fn all(ctx: &Arc<Ctx>) -> Vec<Found> {
    let around = ctx.surroundings.borrow().clone();
    let now = ctx.clock.now();
    let (world, folder) = (Arc::clone(ctx), around.tls);
    let here = blocking(move || {
        let identity = folder.map(|folder| identity(&folder, now));
        let begins = identity.as_ref().and_then(|(_, begins)| *begins);
        let tls = identity
            .map_or_else(|| Found::new("tls", CheckState::NotHere, "none"), |(found, _)| found);
        (tls, data(&world.settings.data), clock(now, begins))
    });
    let secrets = Arc::clone(&ctx.secrets);
    let camera = Arc::clone(&ctx.camera);
    let ((tls, data, clock), keyring, camera, gateway) = tokio::join!(
        here,
        blocking(move || keyring(&*secrets)),
        blocking(move || camera.probe().state),
        gateway(ctx),
    );
    vec![
        port(&around.port),
        tls,
        roots(ctx),
        keyring,
        self::camera(camera),
        screen(),
        tray(around.tray),
        autostart(around.autostart),
        gateway,
        data,
        clock,
    ]
}

fn port(port: &Port) -> Found {
    match port {
        Port::Open(port) => Found::new("port", CheckState::Good, "open").with("port", port),
        Port::Taken(port, Some(by)) => {
            let by: String = by.chars().filter(|letter| !letter.is_control()).take(40).collect();
            Found::new("port", CheckState::Bad, "by").with("port", port).with("program", &by)
        }
        Port::Taken(port, None) => Found::new("port", CheckState::Bad, "taken").with("port", port),
        Port::Silent => Found::new("port", CheckState::Bad, "silent"),
    }
}

/// The TLS identity, and when it begins to be valid.
fn identity(folder: &Path, now: UnixTime) -> (Found, Option<UnixTime>) {
    let found = |state, how| Found::new("tls", state, how);
    match tls::acceptor(folder) {
        Ok(_) => {}
        Err(tls::TlsError::File(_)) => return (found(CheckState::Bad, "missing"), None),
        Err(tls::TlsError::Damaged) => return (found(CheckState::Bad, "damaged"), None),
    }
    let read = files::read(&folder.join("leaf.pem"), 64 * 1024).ok();
    let leaf = read.and_then(|bytes| Certificate::read_all(&bytes).ok()?.into_iter().next());
    let Some(leaf) = leaf else { return (found(CheckState::Good, "there"), None) };
    let days = leaf.not_after.as_secs().saturating_sub(now.as_secs()) / DAY;
    let found = if now > leaf.not_after {
        found(CheckState::Bad, "expired")
    } else if days < SOON {
        found(CheckState::Warning, "soon").with("count", &days)
    } else {
        found(CheckState::Good, "valid").with("count", &days)
    };
    (found, Some(leaf.not_before))
}

fn roots(ctx: &Ctx) -> Found {
    match ctx.settings.authorities.roots.len() {
        0 => Found::new("roots", CheckState::Warning, "none"),
        count => Found::new("roots", CheckState::Good, "there").with("count", &count),
    }
}

/// Asks nobody to unlock it, and keeps nothing.
fn keyring(secrets: &dyn SecretStore) -> Found {
    match secrets.probe() {
        Ok(Kept::Keyring) => Found::new("keyring", CheckState::Good, "there"),
        Ok(Kept::File(_)) => Found::new("keyring", CheckState::Warning, "file"),
        Err(trouble) => Found::new("keyring", CheckState::Warning, trouble.name()),
    }
}

fn camera(state: CameraState) -> Found {
    match state {
        CameraState::Present => Found::new("camera", CheckState::Good, "there"),
        CameraState::Busy => Found::new("camera", CheckState::Warning, "busy"),
        CameraState::Denied => Found::new("camera", CheckState::Bad, "denied"),
        CameraState::None => Found::new("camera", CheckState::Warning, "none"),
    }
}

/// On X11 and Wayland a program is told by its environment where the screen is.
fn screen() -> Found {
    let told = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let needs = cfg!(all(unix, not(target_os = "macos")));
    if needs && !["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(told) {
        Found::new("screen", CheckState::Bad, "none")
    } else {
        Found::new("screen", CheckState::Good, "there")
    }
}

fn tray(there: Option<bool>) -> Found {
    match there {
        Some(true) => Found::new("tray", CheckState::Good, "there"),
        Some(false) => Found::new("tray", CheckState::Warning, "none"),
        None => Found::new("tray", CheckState::NotHere, "unwanted"),
    }
}

/// That it is off is the person's choice, and nothing bad.
fn autostart(on: Option<bool>) -> Found {
    match on {
        Some(true) => Found::new("autostart", CheckState::Good, "on"),
        Some(false) => Found::new("autostart", CheckState::NotHere, "off"),
        None => Found::new("autostart", CheckState::NotHere, "unknown"),
    }
}

async fn gateway(ctx: &Ctx) -> Found {
    if !ctx.remote.is_connected() {
        return Found::new("gateway", CheckState::NotHere, "none");
    }
    match tokio::time::timeout(GATEWAY, ctx.remote.info()).await {
        Ok(Ok(info)) if info.environment == ctx.settings.environment => {
            Found::new("gateway", CheckState::Good, "there")
        }
        Ok(Ok(_)) => Found::new("gateway", CheckState::Bad, "other"),
        Ok(Err(_)) | Err(_) => Found::new("gateway", CheckState::Bad, "silent"),
    }
}

/// The agent's own folder: whether it can be written, and whether only its user can look into it.
fn data(folder: &Path) -> Found {
    if files::try_out(folder).is_err() {
        Found::new("data", CheckState::Bad, "unwritable")
    } else if !is_private(folder) {
        Found::new("data", CheckState::Bad, "open")
    } else {
        Found::new("data", CheckState::Good, "private")
    }
}

#[cfg(unix)]
fn is_private(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(folder).is_ok_and(|known| known.permissions().mode() & 0o077 == 0)
}

/// Elsewhere a user's own folder is private by what lies above it.
#[cfg(not(unix))]
fn is_private(_: &Path) -> bool {
    true
}

/// A clock that is wrong makes certificates expired, or not yet valid.
fn clock(now: UnixTime, identity_begins: Option<UnixTime>) -> Found {
    if !SANE.contains(&now.as_secs()) || identity_begins.is_some_and(|begins| now < begins) {
        Found::new("clock", CheckState::Bad, "wrong")
    } else {
        Found::new("clock", CheckState::Good, "sane")
    }
}
