//! Faults on order: the next requests of a kind go wrong in a chosen way.

use std::time::Duration;

use serde::{Deserialize, Serialize};

macro_rules! routes {
    ($($(#[$doc:meta])* $variant:ident $method:literal $path:literal;)*) => {
        /// An operation of the contract, or all of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Route {
            /// Every operation of the contract; pages and lists of the sandbox itself never go wrong.
            Any,
            $(#[doc = concat!("`", $method, " ", $path, "`.")] $(#[$doc])* $variant,)*
        }

        impl Route {
            /// The operation of a request, by its method and the pattern of its path.
            pub(crate) fn of(method: &str, path: &str) -> Option<Self> {
                match (method, path) { $(($method, $path) => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

routes! {
    Info "GET" "/v1/info";
    CreateSession "POST" "/v1/sessions";
    SendOtp "POST" "/v1/sessions/{sid}/otp";
    VerifyOtp "POST" "/v1/sessions/{sid}/otp/verify";
    BindIdentity "POST" "/v1/sessions/{sid}/identity";
    DidSendCode "POST" "/did/v1/login";
    DidVerifyCode "POST" "/did/v1/login/verify";
    DidMe "GET" "/did/v1/me";
    DidSelfie "PUT" "/did/v1/me/selfie";
    DidLivenessStart "POST" "/did/v1/me/liveness";
    DidLivenessFrame "POST" "/did/v1/me/liveness/{lid}/frames";
    DidSetPin "PUT" "/did/v1/me/pin";
    DidAddDocument "POST" "/did/v1/me/documents";
    DidDocumentSide "PUT" "/did/v1/me/documents/{doc}/{side}";
    DidConfirmDocument "POST" "/did/v1/me/documents/{doc}/confirm";
    DidNotifications "GET" "/did/v1/me/notifications";
    DidConsent "GET" "/did/v1/consents/{consent}";
    DidApprove "POST" "/did/v1/consents/{consent}";
    Agreement "GET" "/v1/agreement";
    Submit "POST" "/v1/applications";
    Status "GET" "/v1/applications/{number}";
    Withdraw "DELETE" "/v1/applications/{number}";
    Certificates "GET" "/v1/applications/{number}/certificates";
    Installed "POST" "/v1/applications/{number}/installed";
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The answer is 500, and nothing was done.
    ServerError,
    /// The connection is closed before anything is done.
    NoAnswer,
    /// Everything is done, and then the connection is closed instead of an answer.
    DropAfterCommit,
    /// The certificates in the answer are for another key. Applies to [`Route::Certificates`] alone.
    WrongKeyCertificate,
    /// The request is answered that much later, in the machine's time.
    Delay(Duration),
}

/// An order for trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Which requests.
    pub route: Route,
    /// What happens to them.
    pub kind: FaultKind,
    /// To how many of them.
    pub times: u32,
}

impl Fault {
    fn meets(&self, route: Route) -> bool {
        let place = match self.kind {
            FaultKind::WrongKeyCertificate => route == Route::Certificates,
            FaultKind::ServerError
            | FaultKind::NoAnswer
            | FaultKind::DropAfterCommit
            | FaultKind::Delay(_) => true,
        };
        place && (self.route == Route::Any || self.route == route)
    }
}

/// Orders that wait for their requests, oldest first.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

/// How many orders may wait; more is a mistake in a loop.
const MOST: usize = 1_000;

impl Faults {
    pub(crate) fn order(&mut self, fault: Fault) {
        if fault.times > 0 && self.0.len() < MOST {
            self.0.push(fault);
        }
    }

    /// What is to happen to a request of this operation. An order that is used up is gone.
    pub(crate) fn next(&mut self, route: Route) -> Option<FaultKind> {
        let at = self.0.iter().position(|fault| fault.meets(route))?;
        let fault = self.0.get_mut(at)?;
        let kind = fault.kind;
        fault.times -= 1;
        if fault.times == 0 {
            self.0.remove(at);
        }
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_meets_its_operation_as_often_as_it_says() {
        let mut faults = Faults::default();
        faults.order(Fault { route: Route::Submit, kind: FaultKind::ServerError, times: 2 });
        faults.order(Fault { route: Route::Any, kind: FaultKind::NoAnswer, times: 1 });
        assert_eq!(faults.next(Route::Submit), Some(FaultKind::ServerError));
        assert_eq!(faults.next(Route::Status), Some(FaultKind::NoAnswer));
        assert_eq!(faults.next(Route::Status), None);
        assert_eq!(faults.next(Route::Submit), Some(FaultKind::ServerError));
        assert_eq!(faults.next(Route::Submit), None);
    }

    #[test]
    fn wrong_certificates_meet_only_the_request_for_certificates() {
        let mut faults = Faults::default();
        faults.order(Fault { route: Route::Any, kind: FaultKind::WrongKeyCertificate, times: 1 });
        assert_eq!(faults.next(Route::Status), None);
        assert_eq!(faults.next(Route::Certificates), Some(FaultKind::WrongKeyCertificate));
    }
}
