//! Whose keys a page takes: `signerParams`.

use serde_json::{Map, Value};
use tanba_core::x509::certificate::Certificate;

use super::Fault;
use crate::signing::{Chain, Wanted};

/// More conditions of one kind are not read.
const MAX_USAGES: usize = 64;
/// More certificates of a page's own chain are not read.
const MAX_CHAIN: usize = 64;
/// Numbers are not longer.
const MAX_NUMBER: usize = 128;

/// Reads the conditions.
pub(super) fn wanted(signer: &mut Map<String, Value>) -> Result<Wanted, Fault> {
    let serial = number(signer, "serialNumber")?.map(|serial| {
        let digits = serial.trim_start_matches('0').to_ascii_lowercase();
        // What was only zeros is a number, too.
        if digits.is_empty() { "0".to_owned() } else { digits }
    });
    Ok(Wanted {
        usages: usages(signer)?,
        iin: number(signer, "iin")?,
        bin: number(signer, "bin")?,
        serial,
        chain: chain(signer.remove("chain"))?,
        ..Wanted::default()
    })
}

/// Required, and may be empty.
fn usages(signer: &Map<String, Value>) -> Result<Vec<String>, Fault> {
    const KEY: &str = "JSONObject[\"extKeyUsageOids\"]";
    let list = match signer.get("extKeyUsageOids") {
        Some(Value::Array(list)) => list,
        Some(_) => return Err(Fault::json(&format!("{KEY} is not a JSONArray."))),
        None => return Err(Fault::json(&format!("{KEY} not found."))),
    };
    if list.len() > MAX_USAGES {
        return Err(Fault::params("there are too many extKeyUsageOids"));
    }
    let usage = |(at, value): (usize, &Value)| {
        let usage = value.as_str().map(|usage| usage.trim().to_owned());
        usage.ok_or_else(|| Fault::json(&format!("JSONArray[{at}] not a string.")))
    };
    list.iter().enumerate().map(usage).collect()
}

/// A number as text; empty is no condition.
fn number(signer: &Map<String, Value>, key: &str) -> Result<Option<String>, Fault> {
    let text = match signer.get(key) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) | None => return Ok(None),
    };
    if text.len() > MAX_NUMBER {
        return Err(Fault::params(&format!("{key} is too long")));
    }
    Ok((!text.is_empty()).then_some(text))
}

/// Nothing: to the roots of Kazakhstan. A list: to these. An empty list: to whatever; the window says so.
fn chain(value: Option<Value>) -> Result<Chain, Fault> {
    let Some(Value::Array(list)) = value else { return Ok(Chain::Known) };
    if list.is_empty() {
        return Ok(Chain::Off);
    }
    if list.len() > MAX_CHAIN {
        return Err(Fault::params("the chain is too long"));
    }
    let certificate = |(at, value): (usize, &Value)| {
        let text =
            value.as_str().ok_or_else(|| Fault::json(&format!("JSONArray[{at}] not a string.")))?;
        Certificate::from_pem_or_der(text.as_bytes())
            .map_err(|error| Fault::params(&format!("chain[{at}]: {error}")))
    };
    list.iter().enumerate().map(certificate).collect::<Result<_, _>>().map(Chain::These)
}
