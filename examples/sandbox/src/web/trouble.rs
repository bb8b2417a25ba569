//! Around every request: ordered faults, and one line in the log.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::fault::{FaultKind, Route};
use crate::problem::{Code, Problem};
use crate::wire::Scissors;
use crate::world::World;

/// Tells the operation for certificates that they are to be for other keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct WrongKeys;

/// Lets the next ordered fault happen.
pub(super) async fn trouble(
    State(world): State<Arc<World>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let route = Route::of(request.method().as_str(), path.as_str());
    let fault = route.and_then(|route| world.state().faults.next(route));
    if let Some(fault) = fault {
        tracing::info!(path = path.as_str(), ?fault, "an ordered fault happens");
    }
    match fault {
        None => next.run(request).await,
        Some(FaultKind::ServerError) => {
            Problem::from(Code::Internal).detail("an ordered fault").into_response()
        }
        Some(FaultKind::NoAnswer) => {
            scissors.cut();
            Problem::from(Code::Internal).into_response()
        }
        Some(FaultKind::DropAfterCommit) => {
            let response = next.run(request).await;
            scissors.cut();
            response
        }
        Some(FaultKind::WrongKeyCertificate) => {
            request.extensions_mut().insert(WrongKeys);
            next.run(request).await
        }
        Some(FaultKind::Delay(by)) => {
            tokio::time::sleep(by).await;
            next.run(request).await
        }
    }
}

/// Writes one line: the pattern of the path, not the path, which may name a session or an application.
pub(super) async fn record(path: MatchedPath, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let began = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(%method, path = path.as_str(), status, micros, "answered");
    response
}
