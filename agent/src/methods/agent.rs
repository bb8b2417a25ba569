//! `agent.info`, `agent.diagnose` and `camera.probe`.

use std::sync::Arc;
use std::time::Instant;

use tanba::protocol::agent as wire;
use tanba::protocol::{Camera, Diagnosis, Info, METHODS};
use tanba_core::crypto::Algorithm;

use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::desktop::own::CheckState;
use crate::wishes::diagnosis::ForPages;

/// Says what agent this is: nothing about its user.
pub(super) fn info(ctx: &Ctx) -> Info {
    Info {
        name: "Tanba".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        environment: crate::enrol::environment(ctx.settings.environment),
        methods: METHODS.iter().map(|name| (*name).to_owned()).collect(),
        algorithms: Algorithm::ALL.iter().map(|algorithm| algorithm.name().to_owned()).collect(),
    }
}

/// Says whether there is a camera; drivers may be slow to open.
pub(super) async fn camera(ctx: &Ctx) -> Camera {
    let camera = Arc::clone(&ctx.camera);
    blocking(move || camera.probe()).await
}

/// Says what works: names and states, no texts, since those are for the person.
pub(super) async fn diagnose(ctx: &Arc<Ctx>) -> Diagnosis {
    let checks = ForPages::checks(ctx, Instant::now()).await.into_iter().map(|check| wire::Check {
        name: check.name,
        state: match check.state {
            CheckState::Good => wire::CheckState::Good,
            CheckState::Warning => wire::CheckState::Warning,
            CheckState::Bad => wire::CheckState::Bad,
            CheckState::NotHere => wire::CheckState::NotHere,
        },
    });
    Diagnosis { checks: checks.collect() }
}
