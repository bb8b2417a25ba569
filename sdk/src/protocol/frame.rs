//! JSON-RPC 2.0 frames.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::failure::{Code, Failure};
use super::{Method, Request};

/// A call as it travels.
#[derive(Debug, Serialize, Deserialize)]
pub struct Call {
    /// `2.0`.
    pub jsonrpc: Version,
    /// Chosen by the caller; a number or a string.
    pub id: Id,
    /// The method's name.
    pub method: String,
    /// The method's parameters, an object.
    #[serde(default = "no_params")]
    pub params: Value,
}

fn no_params() -> Value {
    Value::Object(serde_json::Map::new())
}

impl Call {
    /// Frames a call.
    ///
    /// # Errors
    /// When the parameters cannot be written as JSON; none of ours cannot.
    pub fn new<M: Method>(id: u64, call: &M) -> Result<Self, serde_json::Error> {
        Ok(Self {
            jsonrpc: Version::V2,
            id: Id::Number(id),
            method: M::NAME.to_owned(),
            params: serde_json::to_value(call)?,
        })
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// `parse_error` if it is no JSON-RPC call.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|_| Failure::new(Code::ParseError))
    }

    /// Reads what is called.
    ///
    /// # Errors
    /// Those of [`Request::parse`].
    pub fn request(self) -> Result<Request, Failure> {
        Request::parse(&self.method, self.params)
    }
}

/// The protocol's version: there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// JSON-RPC 2.0.
    #[serde(rename = "2.0")]
    V2,
}

/// What ties an answer to its call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Id {
    /// A number.
    Number(u64),
    /// A string.
    Text(String),
    /// Unknown: the call could not be read.
    Null,
}

/// What the agent sends: an answer, or a notification, which has no id.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    /// `2.0`.
    pub jsonrpc: Version,
    /// The id of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The name of a notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The content of a notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
    /// What a successful call returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why a call failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RpcError>,
}

/// A failure in JSON-RPC's shape: the number is for JSON-RPC, `data.code` is for programs.
#[derive(Debug, Serialize, Deserialize)]
pub struct RpcError {
    /// JSON-RPC's number.
    pub code: i32,
    /// One sentence in English, for developers.
    pub message: String,
    /// The failure.
    pub data: Failure,
}

impl Answer {
    /// An answer to a call.
    #[must_use]
    pub fn to(id: Id, outcome: Result<Value, Failure>) -> Self {
        let (result, error) = match outcome {
            Ok(value) => (Some(value), None),
            Err(data) => (
                None,
                Some(RpcError {
                    code: data.code.number(),
                    message: data.code.sentence().to_owned(),
                    data,
                }),
            ),
        };
        Self { jsonrpc: Version::V2, id: Some(id), method: None, params: None, result, error }
    }

    /// A notification.
    #[must_use]
    pub fn notification(method: &str, params: Value) -> Self {
        Self {
            jsonrpc: Version::V2,
            id: None,
            method: Some(method.to_owned()),
            params: Some(params),
            result: None,
            error: None,
        }
    }
}
