//! Errors in the shape of this module.

use crate::server::dialect::reply::quoted;
use crate::signing::NotSigned;

/// An error: its code, its fixed text, what more there is to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    code: &'static str,
    message: &'static str,
    details: String,
}

impl Fault {
    /// The dispatcher found no way to make the call.
    pub(super) fn argument(text: &str) -> Self {
        Self::general(format!("java.lang.IllegalArgumentException: {text}"))
    }

    /// The same, for what Java's JSON reader says before the dispatcher says anything. What the original answers then is
    /// not known.
    pub(super) fn json_general(text: &str) -> Self {
        Self::general(format!("org.json.JSONException: {text}"))
    }

    fn general(details: String) -> Self {
        Self { code: "GENERAL_ERROR", message: "General error.", details }
    }

    /// Java's JSON reader failed within the method.
    pub(super) fn json(text: &str) -> Self {
        Self {
            code: "INVOCATION_ERROR",
            message: "An invoked method threw an exception.",
            details: format!("org.json.JSONException: {text}"),
        }
    }

    /// Something in the parameters cannot be done.
    pub(super) fn params(text: &str) -> Self {
        Self {
            code: "INVALID_SIGNING_PARAMS",
            message: "Invalid signing parameters.",
            details: text.to_owned(),
        }
    }

    /// It could have been done, and was not.
    pub(super) fn signing(why: &NotSigned) -> Self {
        Self { code: "SIGNING_FAILURE", message: "Signing failed.", details: why.to_string() }
    }

    /// As it is sent.
    pub(super) fn text(&self) -> String {
        let Self { code, message, details } = self;
        let details = quoted(details);
        format!(
            "{{\"code\":\"{code}\",\"details\":{details},\"message\":\"{message}\",\"status\":false}}"
        )
    }
}
