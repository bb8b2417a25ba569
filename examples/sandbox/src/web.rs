//! The HTTP face: who may come in, which path leads where.

mod application;
mod digital_id;
mod gate;
mod pki;
mod portal;
mod reading;
mod toys;
mod trouble;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};

use crate::digital_id::picture;
use crate::world::World;

/// The largest request that is not a picture, in bytes.
const MAX_JSON: usize = 64 * 1024;

/// All routes. Those of the contract come first and are the only ones that faults may meet.
pub(crate) fn router(world: Arc<World>) -> Router {
    let pictures = Router::new()
        .route("/did/v1/me/selfie", put(digital_id::selfie))
        .route("/did/v1/me/liveness/{lid}/frames", post(digital_id::liveness_frame))
        .route("/did/v1/me/documents/{doc}/{side}", put(digital_id::document_side))
        .layer(DefaultBodyLimit::max(picture::MAX_BYTES));
    let contract = Router::new()
        .route("/v1/info", get(portal::info))
        .route("/v1/sessions", post(portal::create_session))
        .route("/v1/sessions/{sid}/otp", post(portal::send_otp))
        .route("/v1/sessions/{sid}/otp/verify", post(portal::verify_otp))
        .route("/v1/sessions/{sid}/identity", post(portal::bind_identity))
        .route("/v1/agreement", get(portal::agreement))
        .route("/did/v1/login", post(digital_id::send_code))
        .route("/did/v1/login/verify", post(digital_id::verify_code))
        .route("/did/v1/me", get(digital_id::me))
        .route("/did/v1/me/liveness", post(digital_id::liveness_start))
        .route("/did/v1/me/pin", put(digital_id::set_pin))
        .route("/did/v1/me/documents", post(digital_id::add_document))
        .route("/did/v1/me/documents/{doc}/confirm", post(digital_id::confirm_document))
        .route("/did/v1/me/notifications", get(digital_id::notifications))
        .route("/did/v1/consents/{consent}", get(digital_id::consent).post(digital_id::decide))
        .route("/v1/applications", post(application::submit))
        .route("/v1/applications/{number}", get(application::status).delete(application::withdraw))
        .route("/v1/applications/{number}/certificates", get(application::certificates))
        .route("/v1/applications/{number}/installed", post(application::installed))
        .layer(DefaultBodyLimit::max(MAX_JSON))
        .merge(pictures)
        .route_layer(from_fn_with_state(world.clone(), trouble::trouble));
    let others = Router::new()
        .route("/", get(toys::front))
        .route("/nca-gateway.openapi.yaml", get(toys::contract))
        .route("/sandbox/persons", get(toys::persons))
        .route("/sandbox/sms", get(toys::sms))
        .route("/sandbox/clock", get(toys::clock).post(toys::advance))
        .route("/sandbox/faults", post(toys::faults))
        .route("/portal", get(toys::to_portal))
        .route("/portal/", get(toys::portal_index))
        .route("/portal/{*path}", get(toys::portal_file))
        .route("/cert/{file}", get(pki::certificate))
        .route("/crl/{file}", get(pki::list))
        .route("/ocsp", post(pki::ocsp))
        .route("/ocsp/{*request}", get(pki::ocsp_by_get))
        .route("/tsp", post(pki::stamp))
        .layer(DefaultBodyLimit::max(MAX_JSON));
    contract
        .merge(others)
        .route_layer(from_fn(trouble::record))
        .fallback(|| async { (StatusCode::NOT_FOUND, "SANDBOX: there is nothing here\n") })
        .layer(from_fn(gate::gate))
        .with_state(world)
}
