//! `tanba.v1`: the calls, answers and notifications that a page and the agent exchange.
//!
//! JSON-RPC 2.0 over one WebSocket with the subprotocol [`SUBPROTOCOL`]; many calls may be in flight, and answers
//! come in any order. The table below is the contract: names are added, never renamed.

pub mod agent;
pub mod bytes;
pub mod enrol;
pub mod failure;
pub mod frame;
pub mod keys;
pub mod sign;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use agent::{
    AgentInfo, Camera, CameraProbe, CameraState, Check, CheckState, ChooseFolder, DiagnoseAgent,
    Diagnosis, Done, Environment, Folder, Info, Locale, SetLocale,
};
pub use bytes::Bytes;
pub use enrol::{
    Answer, AnswerPrompt, Application, CancelEnrolment, Challenge, DocumentKind, DocumentSide,
    Enrolment, EnrolmentChanged, InstallEnrolment, KeyFile, ListEnrolments, OtpSender, Prefill,
    Prompt, Recognised, RefreshEnrolment, ResumeEnrolment, StartEnrolment, Status, StatusChange,
    Storage, Template, WaitReason,
};
pub use failure::{Code, Failure};
pub use keys::{
    Algorithm, GenerateKey, GeneratedKey, InstallCertificate, InstalledKey, KeyState, KeySummary,
    ListKeys, Purpose, RequestStatus, Subject, SubmitRequest,
};
pub use sign::{SignCms, SignRaw, SignXml, Signatures, SignedXml, Signer};

/// What a page asks for in `Sec-WebSocket-Protocol`.
pub const SUBPROTOCOL: &str = "tanba.v1";

/// The port on which the agent listens, on 127.0.0.1 and ::1.
pub const PORT: u16 = 13579;

/// A call by its parameters: who can build the parameters can make the call.
pub trait Method: Serialize + DeserializeOwned {
    /// The name on the wire.
    const NAME: &'static str;
    /// What a successful call returns.
    type Reply: Serialize + DeserializeOwned;
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:literal => $call:ident -> $reply:ty,)*) => {
        /// Every call there is.
        #[derive(Debug)]
        pub enum Request {
            $($(#[$doc])* $call($call),)*
        }

        /// The names of all methods, in the order of the table.
        pub const METHODS: &[&str] = &[$($name,)*];

        impl Request {
            /// Reads a call by its name and parameters.
            ///
            /// # Errors
            /// `unknown_method` for a name that is not in the table, `bad_params` for parameters of another shape.
            pub fn parse(name: &str, params: serde_json::Value) -> Result<Self, Failure> {
                match name {
                    $($name => serde_json::from_value(params)
                        .map(Self::$call)
                        .map_err(|_| Failure::new(Code::BadParams)),)*
                    _ => Err(Failure::new(Code::UnknownMethod)),
                }
            }

            /// The name on the wire.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$call(_) => $name,)*
                }
            }
        }

        $(impl Method for $call {
            const NAME: &'static str = $name;
            type Reply = $reply;
        })*
    };
}

methods! {
    /// Says what agent this is.
    "agent.info" => AgentInfo -> Info,
    /// Says what works and what does not; nothing about the person.
    "agent.diagnose" => DiagnoseAgent -> Diagnosis,
    /// Says in which language this page wants the person to be asked.
    "locale.set" => SetLocale -> Done,
    /// Says whether this computer has a camera; never takes a picture.
    "camera.probe" => CameraProbe -> Camera,
    /// Lets the person choose a folder in the agent's own window.
    "folder.choose" => ChooseFolder -> Folder,
    /// Lists the keys that this page's enrolments made.
    "keys.list" => ListKeys -> Vec<KeySummary>,
    /// Makes one key for a page that leads the identification itself.
    "keys.generate" => GenerateKey -> GeneratedKey,
    /// Sends the certificate requests of keys made by `keys.generate`.
    "request.submit" => SubmitRequest -> Application,
    /// Asks for the state of an application.
    "request.status" => RequestStatus -> Application,
    /// Turns a pending key and its certificate into the final file.
    "certificate.install" => InstallCertificate -> InstalledKey,
    /// Begins an enrolment.
    "enrolment.start" => StartEnrolment -> Enrolment,
    /// Answers the prompt of an enrolment.
    "enrolment.answer" => AnswerPrompt -> Enrolment,
    /// Asks the remote services at once for news.
    "enrolment.refresh" => RefreshEnrolment -> Enrolment,
    /// Lists the enrolments that this page began.
    "enrolment.list" => ListEnrolments -> Vec<Enrolment>,
    /// Shows where an enrolment stands.
    "enrolment.resume" => ResumeEnrolment -> Enrolment,
    /// Ends an enrolment that was not submitted yet; what was sent is not unsent.
    "enrolment.cancel" => CancelEnrolment -> Enrolment,
    /// Asks for the new password in the agent's own window and writes the final files.
    "enrolment.install" => InstallEnrolment -> Enrolment,
    /// Signs documents as CMS messages.
    "sign.cms" => SignCms -> Signatures,
    /// Signs XML documents.
    "sign.xml" => SignXml -> SignedXml,
    /// Signs documents, and gives the signatures alone.
    "sign.raw" => SignRaw -> Signatures,
}
