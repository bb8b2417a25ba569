//! The recorded pairs: each request is sent to the agent, and what it answers is compared with what NCALayer answered.
//!
//! Signatures cannot be equal, and were stripped by whoever recorded them: those of the agent are verified instead.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use tanba_examples::scripted::Behaviour;
use tokio_tungstenite::tungstenite::Message;

use super::keys::RSA;
use super::page::Page;
use super::verdict::{Bench, Over, certificate_of};

/// In what way an answer is not the recorded one.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Differs {
    /// It is this one.
    Answer(&'static str),
    /// An array of one message instead of the message.
    ArrayOfOne,
    /// XML without line breaks.
    NoLineBreaks,
    /// The recorder left fields out.
    MoreFields,
}
use Differs::{Answer, ArrayOfOne, MoreFields, NoLineBreaks};

const NOT_KAZTOKEN: &str = r#"{"success": false,"errorCode": "MODULE_NOT_FOUND"}"#;
const COMPACT: &str = "sites drop white space before they verify, and a signature with line breaks fails there; newer NCALayers write none";
const ARRAY: &str = "since October 2024 NCALayer answers an array for one message too";

/// What differs, and why.
const DIFFERENCES: &[(usize, Differs, &str)] = &[
    (0, Answer(NOT_KAZTOKEN), "recorded with KAZTOKEN desktop; NCALayer has no such module"),
    (2, Answer(r#"{"responseObject":[],"code":"200"}"#), "no token is connected: files play them"),
    (5, MoreFields, "the recorder left one of the fields of a key"),
    (23, NoLineBreaks, COMPACT),
    (24, NoLineBreaks, COMPACT),
    (25, NoLineBreaks, COMPACT),
    (27, NoLineBreaks, COMPACT),
    (28, NoLineBreaks, COMPACT),
    (29, NoLineBreaks, COMPACT),
    (35, ArrayOfOne, ARRAY),
    (38, ArrayOfOne, ARRAY),
    (39, ArrayOfOne, ARRAY),
    (40, ArrayOfOne, ARRAY),
    (41, ArrayOfOne, ARRAY),
    (48, NoLineBreaks, COMPACT),
];

/// The fields of a key, as the authority's own module has them.
const KEY_FIELDS: [&str; 12] = [
    "algorithm",
    "alias",
    "authorityKeyIdentifier",
    "certNotAfter",
    "certNotBefore",
    "issuerCn",
    "issuerDn",
    "keyId",
    "pem",
    "serialNumber",
    "subjectCn",
    "subjectDn",
];

/// What stands where a signature was.
const STRIPPED: &str = "Actual signature stripped to protect private data";
const PEM: [&str; 2] = ["-----BEGIN CMS-----\n", "-----END CMS-----\n"];

struct Pair {
    index: usize,
    /// What the person was told.
    told: String,
    request: String,
    recorded: Value,
}

fn pairs() -> Vec<Pair> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/ncalayer/recorded-pairs.json");
    let pairs: Vec<Value> = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let json = |value: &Value| serde_json::from_str::<Value>(value.as_str().unwrap()).unwrap();
    let read = |(index, pair): (usize, &Value)| Pair {
        index,
        told: text(&json(&pair["task"])["text"]),
        request: text(&pair["request"]),
        recorded: json(&pair["response"]),
    };
    pairs.iter().enumerate().map(read).collect()
}

impl Pair {
    /// Whoever recorded did not always do what the text says (#37); the answer tells.
    fn is_cancelled(&self) -> bool {
        self.recorded == json!({ "body": {}, "status": true })
            || self.recorded["message"] == "action.canceled"
    }

    fn shows_a_window(&self) -> bool {
        let shows_none = ["ничего не отобразится", "никак не отобразится", "Удостовреьтесь"];
        !shows_none.iter().any(|words| self.told.contains(words))
            && !self.request.contains("getActiveTokens")
    }

    fn difference(&self) -> Option<Differs> {
        let row = DIFFERENCES.iter().find(|(index, ..)| *index == self.index);
        row.map(|(_, differs, _)| *differs)
    }

    /// What has to be answered, in the recorded shape.
    fn expected(&self) -> Value {
        let mut expected = self.recorded.clone();
        match self.difference() {
            Some(Answer(text)) => return serde_json::from_str(text).unwrap(),
            Some(ArrayOfOne) => {
                let result = &mut expected["body"]["result"];
                *result = json!([result.take()]);
            }
            Some(NoLineBreaks | MoreFields) | None => {}
        }
        expected
    }
}

/// The texts in an answer that stand where signatures were recorded; everything else must be the same.
fn signatures(expected: &Value, got: &Value, lines: bool) -> Result<Vec<String>, String> {
    let differ = || Err(format!("{got} instead of {expected}"));
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => {
            let keys = |object: &serde_json::Map<String, Value>| -> BTreeSet<String> {
                object.keys().cloned().collect()
            };
            if keys(expected) != keys(got) {
                return differ();
            }
            let found: Result<Vec<_>, _> =
                expected.iter().map(|(key, value)| signatures(value, &got[key], lines)).collect();
            Ok(found?.concat())
        }
        (Value::Array(expected), Value::Array(got)) if expected.len() == got.len() => {
            let pairs = expected.iter().zip(got);
            let found: Result<Vec<_>, _> =
                pairs.map(|(expected, got)| signatures(expected, got, lines)).collect();
            Ok(found?.concat())
        }
        (Value::String(expected), Value::String(got)) if expected == STRIPPED => {
            match Base64::decode_vec(got) {
                Ok(der) if der.first() == Some(&0x30) => Ok(vec![got.clone()]),
                Ok(_) | Err(_) => differ(),
            }
        }
        (Value::String(expected), Value::String(got)) if expected.starts_with(PEM[0]) => {
            let body = got.strip_prefix(PEM[0]).and_then(|rest| rest.strip_suffix(PEM[1]));
            if body.is_some_and(|body| body.ends_with('\n') && !body.contains('\r')) {
                Ok(vec![got.clone()])
            } else {
                differ()
            }
        }
        (Value::String(expected), Value::String(got)) if expected.starts_with("<?xml") => {
            let expected =
                if lines { expected.clone() } else { expected.replace(['\r', '\n'], "") };
            if without_values(&expected) == without_values(got) {
                Ok(vec![got.clone()])
            } else {
                differ()
            }
        }
        _ if expected == got => Ok(vec![]),
        _ => differ(),
    }
}

/// Signed XML without what differs from key to key.
fn without_values(document: &str) -> String {
    let mut document = document.to_owned();
    for name in ["SignatureValue", "X509Certificate"] {
        let (begin, end) = (format!("<ds:{name}>"), format!("</ds:{name}>"));
        let (Some(from), Some(to)) = (document.find(&begin), document.find(&end)) else { continue };
        document.replace_range(from + begin.len()..to, "");
    }
    document
}

/// Judges what stands where a signature was recorded: it is over what was asked for, by a key that was asked for.
fn judge(bench: &Bench, pair: &Pair, signature: &str) {
    let request: Value = serde_json::from_str(&pair.request).unwrap();
    let (method, arguments) = (request["method"].as_str().unwrap(), &request["args"]);
    let decoded = |text: &Value| Base64::decode_vec(text.as_str().unwrap()).unwrap();
    let whose = if signature.starts_with("<?xml") {
        bench.xml(signature)
    } else if method == "sign" {
        let params = &arguments["signingParams"];
        let data = arguments["data"].as_str().unwrap_or("MTEK");
        let document = match params["decode"] == true {
            true => Base64::decode_vec(data).unwrap(),
            false => data.as_bytes().to_vec(),
        };
        let over = if params["digested"] == true {
            Over::Unknown
        } else if params["encapsulate"] == false {
            Over::Document(&document)
        } else {
            Over::Itself
        };
        bench.message(signature.as_bytes(), over, params["tsaProfile"].is_object())
    } else if method == "createCAdESFromBase64Hash" {
        bench.message(signature.as_bytes(), Over::Unknown, false)
    } else {
        let document = decoded(&arguments[2]);
        let over = if arguments[3] == true { Over::Itself } else { Over::Document(&document) };
        bench.message(signature.as_bytes(), over, method == "createCMSSignatureFromBase64")
    };
    let wanted = usize::from(arguments[1] == "AUTHENTICATION");
    assert_eq!(whose, wanted, "#{}: another key signed", pair.index);
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_requests_are_answered_as_they_were() {
    let agent = RSA.agent(RSA.files(), Behaviour::Approve).await;
    let bench = Bench::new(&RSA, &agent);
    let mut page = Page::open(&agent, "https://sigex.kz").await;
    assert_eq!(page.hear().await, r#"{"result":{"version":"1.4"}}"#);
    let mut wrong = Vec::new();
    for pair in pairs() {
        let behaviour = if pair.is_cancelled() { Behaviour::Cancel } else { Behaviour::Approve };
        agent.person.behave(behaviour);
        let windows = agent.person.diary().prompts().len();
        let text = page.ask(&pair.request).await;
        let mut got: Value = serde_json::from_str(&text).unwrap();
        let shown = agent.person.diary().prompts().len() - windows;
        if shown != usize::from(pair.shows_a_window()) {
            wrong.push(format!("#{}: {shown} windows were shown: {got}", pair.index));
        }
        if pair.difference() == Some(MoreFields) {
            // All fields are there; what was recorded is compared in its kind.
            let key = got["responseObject"].take();
            let fields: Vec<_> = key.as_object().into_iter().flatten().collect();
            if !fields.iter().map(|(name, _)| name.as_str()).eq(KEY_FIELDS) {
                wrong.push(format!("#{}: {key}", pair.index));
            }
            let valid = certificate_of(&RSA.files()[0]).not_before.as_secs();
            if key["certNotBefore"] != format!("{valid}000") {
                wrong.push(format!("#{}: {}", pair.index, key["certNotBefore"]));
            }
            got["responseObject"] = pair.recorded["responseObject"].clone();
        }
        if pair.difference().is_some_and(|differs| differs != MoreFields)
            && signatures(&pair.recorded, &got, true).is_ok()
        {
            wrong.push(format!("#{}: it does not differ, and is listed", pair.index));
        }
        let lines = pair.difference() != Some(NoLineBreaks);
        match signatures(&pair.expected(), &got, lines) {
            Ok(signatures) => {
                tokio::task::block_in_place(|| {
                    signatures.iter().for_each(|signature| judge(&bench, &pair, signature));
                });
            }
            Err(why) => wrong.push(format!("#{}: {why}", pair.index)),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(agent.person.diary().most_open(), 1);
    let (farewell, ()) = tokio::join!(page.closed(), agent.stop());
    assert!(matches!(farewell, Message::Close(Some(_))), "{farewell:?}");
}

#[test]
fn every_difference_has_its_pair_and_its_reason() {
    let pairs = pairs();
    assert_eq!(pairs.len(), 50);
    for (index, _, reason) in DIFFERENCES {
        assert!(pairs.get(*index).is_some() && !reason.is_empty(), "#{index}");
    }
    let mut listed: Vec<_> = DIFFERENCES.iter().map(|(index, ..)| index).collect();
    listed.dedup();
    assert_eq!(listed.len(), DIFFERENCES.len());
}

#[test]
fn another_answer_is_noticed() {
    let recorded = json!({ "responseObject": STRIPPED, "code": "200" });
    let message = "MIIB";
    assert_eq!(
        signatures(&recorded, &json!({ "responseObject": message, "code": "200" }), true),
        Ok(vec![message.to_owned()])
    );
    for other in [
        json!({ "responseObject": message, "code": 200 }),
        json!({ "responseObject": message, "code": "200", "message": "" }),
        json!({ "responseObject": "MIIB\n", "code": "200" }),
        json!({ "responseObject": [message], "code": "200" }),
        json!({ "code": "200" }),
    ] {
        assert!(signatures(&recorded, &other, true).is_err(), "{other}");
    }
}
