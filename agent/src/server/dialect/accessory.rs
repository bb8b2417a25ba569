//! NCALayer about itself: which modules are there, and its own windows.
//!
//! What `installBundle`, `showSettings` and `showBundleManager` answer is not documented. Pages are known to ignore the
//! answers to the last two; those and the failure of the first have the shape that other answers of NCALayer's core
//! have.

use super::modules::{self, Module};
use super::reply::quoted;
use super::request::Request;

/// Modules that pages look for, in versions that were seen. Only what this agent does is told.
const BUNDLES: &str = concat!(
    r#"{"kz.gov.pki.api.layer.NCALayerServices":"0.7.3","#,
    r#""kz.gov.pki.osgi.layer.websocket":"0.4.1","#,
    r#""kz.gov.pki.osgi.layer.common":"0.3.4","#,
    r#""kz.gov.pki.knca.applet.knca_applet":"0.4.10","#,
    r#""kz.gov.pki.kalkan.xmldsig":"0.4.0","#,
    r#""kz.gov.pki.provider.knca_provider_util":"0.8.8","#,
    r#""kz.gov.pki.kalkan.knca_provider_jce_kalkan":"0.7.6"}"#
);

/// Answers a request to this module.
pub(super) fn answer(request: &Request) -> String {
    match request.method() {
        Ok("getBundles") => BUNDLES.to_owned(),
        Ok("getServices") => {
            let names: Vec<_> = Module::ALL.map(|module| quoted(module.name())).into();
            format!(r#"{{"services":[{}]}}"#, names.join(","))
        }
        // Our settings are behind the tray icon: a page does not open windows.
        Ok("showSettings" | "showBundleManager") => r#"{"success": true}"#.to_owned(),
        // Nothing is ever installed for a page.
        Ok("installBundle") => modules::NOT_FOUND.to_owned(),
        Ok(_) | Err(_) => r#"{"success": false,"errorCode": "UNKNOWN_METHOD"}"#.to_owned(),
    }
}
