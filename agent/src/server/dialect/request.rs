//! A request, before its module has read it.

use serde_json::{Map, Value};

use super::json;
use super::modules::Module;

/// More characters of `uuid` are not sent back.
const MAX_UUID: usize = 4096;

/// A JSON object from a page.
#[derive(Debug)]
pub(super) struct Request(Map<String, Value>);

impl Request {
    /// Reads a frame. An empty object is no request: some pages keep their socket awake with it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        json::object(text).filter(|object| !object.is_empty()).map(Self)
    }

    /// The module that is asked for, if it is one of ours. A request without any asks for the Applet.
    pub(super) fn module(&self) -> Option<Module> {
        match self.0.get("module") {
            None => Some(Module::Applet),
            Some(Value::String(name)) => Module::named(name),
            Some(_) => None,
        }
    }

    /// What else stands in the object.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The method.
    ///
    /// # Errors
    /// The words of Java's JSON reader if there is none.
    pub(super) fn method(&self) -> Result<&str, String> {
        match self.0.get("method") {
            Some(Value::String(method)) => Ok(method),
            Some(_) => Err("JSONObject[\"method\"] not a string.".to_owned()),
            None => Err("JSONObject[\"method\"] not found.".to_owned()),
        }
    }

    /// What the page wants to see again in the reply, as text; nothing is sent back for other values.
    pub(super) fn uuid(&self) -> Option<String> {
        let uuid = match self.0.get("uuid")? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        (1..=MAX_UUID).contains(&uuid.len()).then_some(uuid)
    }

    /// The arguments.
    pub(super) fn args(&self) -> Option<&Value> {
        self.0.get("args")
    }

    pub(super) fn args_mut(&mut self) -> Option<&mut Value> {
        self.0.get_mut("args")
    }

    /// The arguments by position; anything but an array counts as none.
    pub(super) fn into_list(mut self) -> Vec<Value> {
        match self.0.remove("args") {
            Some(Value::Array(args)) => args,
            Some(_) | None => Vec::new(),
        }
    }

    /// The arguments by name.
    pub(super) fn into_object(mut self) -> Option<Map<String, Value>> {
        match self.0.remove("args") {
            Some(Value::Object(args)) => Some(args),
            Some(_) | None => None,
        }
    }
}
