//! Parameters as pages send them, and what comes of them.

use serde_json::{Map, Value, json};
use tanba::protocol::Locale;

use super::*;
use crate::server::dialect::tests::world::{Will, World};
use crate::signing::{Chain, Content, Order, Work};

fn request(args: &Value) -> Value {
    json!({"module": "kz.gov.pki.knca.basics", "method": "sign", "args": args})
}

fn args(changes: &Value) -> Map<String, Value> {
    let mut args = json!({
        "allowedStorages": ["PKCS12"], "format": "cms", "data": "MTEK",
        "signingParams": {}, "signerParams": {"extKeyUsageOids": []}, "locale": "ru"
    });
    for (key, value) in changes.as_object().expect("changes") {
        args[key] = value.clone();
    }
    args.as_object().expect("an object").clone()
}

fn order(changes: &Value) -> Order {
    Params::parse(args(changes), false, None).expect("read").order
}

/// Code and details.
fn refused(mut args: Map<String, Value>, without: &str) -> (String, String) {
    args.remove(without);
    let text = Params::parse(args, false, None).expect_err("refused").text();
    let fault: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(fault["status"], false);
    assert!(fault["message"].is_string());
    let text = |key: &str| fault[key].as_str().expect("text").to_owned();
    (text("code"), text("details"))
}

#[tokio::test]
async fn the_dispatcher_says_what_the_original_says() {
    let world = World::closing().await;
    for (request, code, details) in [
        (
            json!({"apiVersion": 1, "method": "sign"}),
            "GENERAL_ERROR",
            "java.lang.IllegalArgumentException: Supported apiVersion is 2",
        ),
        (
            json!({"apiVersion": "3", "method": "sign"}),
            "GENERAL_ERROR",
            "java.lang.IllegalArgumentException: Supported apiVersion is 2",
        ),
        (
            json!({"class": "Other", "method": "sign"}),
            "GENERAL_ERROR",
            "java.lang.IllegalArgumentException: Other is not found",
        ),
        (
            json!({"method": "signs", "args": {}}),
            "GENERAL_ERROR",
            "java.lang.IllegalArgumentException: signs is not defined in NLBasics",
        ),
        (
            json!({"method": "generateCsr", "args": {}}),
            "GENERAL_ERROR",
            "java.lang.IllegalArgumentException: generateCsr is not defined in NLBasics",
        ),
        (
            json!({"method": "importCertificate"}),
            "GENERAL_ERROR",
            "java.lang.IllegalArgumentException: importCertificate is not defined in NLBasics",
        ),
        (
            json!({"method": "sign"}),
            "GENERAL_ERROR",
            "java.lang.IllegalArgumentException: sign demands arguments",
        ),
        (
            json!({"method": "sign", "args": []}),
            "GENERAL_ERROR",
            "java.lang.IllegalArgumentException: sign demands arguments",
        ),
        (
            json!({"apiVersion": 2, "class": "", "method": "sign", "args": {}}),
            "INVOCATION_ERROR",
            "org.json.JSONException: JSONObject[\"signingParams\"] not found.",
        ),
        (
            json!({"apiVersion": "2", "class": null, "method": "sign", "args": {}}),
            "INVOCATION_ERROR",
            "org.json.JSONException: JSONObject[\"signingParams\"] not found.",
        ),
        (
            json!({"args": {}}),
            "GENERAL_ERROR",
            "org.json.JSONException: JSONObject[\"method\"] not found.",
        ),
    ] {
        let mut request = request;
        request["module"] = "kz.gov.pki.knca.basics".into();
        let reply = world.json(&request).await;
        assert_eq!(reply["code"], code, "{request}");
        assert_eq!(reply["details"], details, "{request}");
        assert_eq!(reply["status"], false);
    }
    assert!(world.prompts().is_empty());
}

#[test]
fn what_is_missing_or_wrong_is_told_in_the_words_of_the_reader() {
    let json =
        |text: &str| ("INVOCATION_ERROR".to_owned(), format!("org.json.JSONException: {text}"));
    for (key, text) in [
        ("signingParams", "JSONObject[\"signingParams\"] not found."),
        ("signerParams", "JSONObject[\"signerParams\"] not found."),
        ("format", "JSONObject[\"format\"] not found."),
        ("data", "JSONObject[\"data\"] not found."),
    ] {
        assert_eq!(refused(args(&json!({})), key), json(text));
    }
    for (changes, text) in [
        (json!({"signingParams": 555}), "JSONObject[\"signingParams\"] is not a JSONObject."),
        (json!({"signerParams": null}), "JSONObject[\"signerParams\"] is not a JSONObject."),
        (json!({"format": 1}), "JSONObject[\"format\"] not a string."),
        (json!({"data": null}), "JSONObject[\"data\"] not a string."),
        (json!({"data": ["MTEK", 1]}), "JSONArray[1] not a string."),
        (json!({"signerParams": {}}), "JSONObject[\"extKeyUsageOids\"] not found."),
        (
            json!({"signerParams": {"extKeyUsageOids": null}}),
            "JSONObject[\"extKeyUsageOids\"] is not a JSONArray.",
        ),
        (json!({"signerParams": {"extKeyUsageOids": [1]}}), "JSONArray[0] not a string."),
        (
            json!({"signerParams": {"extKeyUsageOids": [], "chain": [1]}}),
            "JSONArray[0] not a string.",
        ),
    ] {
        assert_eq!(refused(args(&changes), ""), json(text), "{changes}");
    }
    for changes in [
        json!({"format": "pdf"}),
        json!({"data": []}),
        json!({"data": vec!["a"; 10_001]}),
        json!({"data": "*", "signingParams": {"decode": true}}),
        json!({"data": "", "signingParams": {"decode": true, "digested": true}}),
        json!({"format": "xml", "data": "/w==", "signingParams": {"decode": true}}),
        json!({"allowedStorages": ["Other"]}),
        json!({"signerParams": {"extKeyUsageOids": [], "chain": ["x"]}}),
    ] {
        assert_eq!(refused(args(&changes), "").0, "INVALID_SIGNING_PARAMS", "{changes}");
    }
}

#[test]
fn buttons_of_forms_say_true_and_false_as_text() {
    for (value, attached) in [
        (json!(true), true),
        (json!(false), false),
        (json!("true"), true),
        (json!("false"), false),
        (json!("FALSE"), false),
        (json!(null), true),
        (json!("no"), true),
        (json!(0), true),
    ] {
        let order = order(&json!({"signingParams": {"encapsulate": value}}));
        assert!(matches!(order.work, Work::Cms { attached: is, .. } if is == attached), "{value}");
    }
    for (value, stamped) in
        [(json!({}), true), (json!({"a": 1}), true), (json!(null), false), (json!(false), false)]
    {
        let order = order(&json!({"signingParams": {"tsaProfile": value}}));
        assert!(matches!(order.work, Work::Cms { stamped: is, .. } if is == stamped), "{value}");
    }
}

#[test]
fn data_is_text_unless_it_is_said_to_be_base64() {
    let contents = |changes: &Value| match order(changes).work {
        Work::Cms { contents, .. } | Work::Raw { contents } => contents,
        Work::Xml { .. } => panic!("no XML was asked for"),
    };
    assert!(matches!(&contents(&json!({}))[..], [Content::Bytes(bytes)] if bytes == b"MTEK"));
    let decode = json!({"signingParams": {"decode": "true"}});
    assert!(matches!(&contents(&decode)[..], [Content::Bytes(bytes)] if bytes == b"11\n"));
    let digest = json!({"format": "raw", "data": ["MTEK", "MTEK"],
                        "signingParams": {"decode": true, "digested": "true"}});
    let digests = contents(&digest);
    assert_eq!(digests.len(), 2);
    assert!(digests.iter().all(|one| matches!(one, Content::Digest(bytes) if bytes == b"11\n")));
}

#[test]
fn conditions_on_keys_are_taken_and_empty_ones_are_none() {
    let order = |signer: Value| order(&json!({"signerParams": signer}));
    let any = order(json!({"extKeyUsageOids": [], "iin": "", "bin": "", "serialNumber": "",
                           "chain": null}));
    assert!(matches!(any.wanted.chain, Chain::Known));
    assert!(any.wanted.iin.is_none() && any.wanted.bin.is_none() && any.wanted.serial.is_none());
    assert!(!any.wanted.expired && !any.wanted.revoked);
    let one = order(json!({"extKeyUsageOids": ["1.3.6.1.5.5.7.3.4", " 1.2.398.3.3.4.1.1 "],
                           "iin": "123456789011", "bin": 123_456_789_021_u64,
                           "serialNumber": "00ABcd", "chain": []}));
    assert_eq!(one.wanted.usages, ["1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.1"]);
    assert_eq!(one.wanted.iin.as_deref(), Some("123456789011"));
    assert_eq!(one.wanted.bin.as_deref(), Some("123456789021"));
    assert_eq!(one.wanted.serial.as_deref(), Some("abcd"));
    assert!(matches!(one.wanted.chain, Chain::Off));
    let lax =
        self::order(&json!({"signingParams": {"allowExpired": true, "allowRevoked": "true"}}));
    assert!(lax.wanted.expired && lax.wanted.revoked);
}

#[test]
fn storages_are_those_that_are_known_and_tokens_are_named() {
    let places = |list: Value, played: bool| {
        Params::parse(args(&json!({"allowedStorages": list})), played, None)
            .expect("read")
            .order
            .places
    };
    for list in [json!(null), json!([]), json!("PKCS12"), json!(["PKCS12", "AKKaztokenStore"])] {
        let places = places(list, false);
        assert!(places.files && places.tokens.is_empty());
    }
    let tokens = json!(["AKKaztokenStore", "AKKZIDCardStore", "AKKaztokenStore", "Other"]);
    let asked = places(tokens.clone(), false);
    assert!(!asked.files);
    assert_eq!(asked.tokens, ["KAZTOKEN", "Удостоверение личности"]);
    assert!(places(tokens, true).files, "a file plays them");
    assert!(!places(json!(["JKS"]), true).files);
}

#[test]
fn languages_and_pictures_are_taken_or_left() {
    for (locale, expected) in [
        (json!("ru"), Locale::Ru),
        (json!("en"), Locale::En),
        (json!("kk"), Locale::Kk),
        (json!("kz"), Locale::Kk),
        (json!(null), Locale::Kk),
        (json!(1), Locale::Kk),
    ] {
        assert_eq!(order(&json!({"locale": locale})).locale, expected);
    }
    let logo = |text: &str| order(&json!({"logo": text})).logo;
    assert_eq!(logo("MTEK").as_deref(), Some(&b"11\n"[..]));
    assert_eq!(logo(""), None);
    assert_eq!(logo("*"), None);
    assert_eq!(logo(&"A".repeat(50_004)), None);
    assert!(logo(&"A".repeat(50_000)).is_some());
}

#[tokio::test]
async fn results_are_lists_of_pem_and_of_documents() {
    let world = World::new(Will::Agree, true).await;
    let off = json!({"extKeyUsageOids": [], "chain": []});
    let sign = async |format: &str, data: Value, mut params: Value| {
        params["allowExpired"] = true.into();
        let args = json!({"format": format, "data": data, "signingParams": params,
                          "signerParams": off});
        let reply = world.json(&request(&args)).await;
        assert_eq!(reply["status"], true, "{reply}");
        reply["body"]["result"].clone()
    };
    for (data, count) in [(json!("MTEK"), 1), (json!(["MTEK", "MTEK", "MTEK"]), 3)] {
        let before = world.prompts().len();
        let result = sign("cms", data.clone(), json!({})).await;
        let list = result.as_array().expect("a list");
        assert_eq!(list.len(), count);
        for pem in list {
            let pem = pem.as_str().expect("text");
            assert!(
                pem.starts_with("-----BEGIN CMS-----\n") && pem.ends_with("-----END CMS-----\n")
            );
        }
        assert_eq!(world.prompts().len(), before + 1, "one window for all");
    }
    let xml = sign("xml", json!("<tag>data</tag>"), json!({})).await;
    let signed = xml[0].as_str().expect("text");
    assert!(signed.starts_with(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><tag>data<ds:Signature"
    ));
    let raw = sign("raw", json!("MTEK"), json!({})).await;
    assert_eq!(raw.as_array().map(Vec::len), Some(1));
    let raw = sign("raw", json!("MTEK"), json!({"outputCert": "true"})).await;
    assert_eq!(raw["signatures"].as_array().map(Vec::len), Some(1));
    assert!(
        raw["certificate"].as_str().expect("text").starts_with("-----BEGIN CERTIFICATE-----\n")
    );
}

#[tokio::test]
async fn what_cannot_be_signed_is_told_before_anything_is_shown() {
    let world = World::new(Will::Agree, true).await;
    let args = args(&json!({"format": "xml", "data": ["<a/>", "<this>is not a valid XML"]}));
    let reply = world.json(&request(&args.into())).await;
    assert_eq!(reply["code"], "INVALID_SIGNING_PARAMS");
    let details = reply["details"].as_str().expect("text");
    assert!(details.starts_with("org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: 25;"));
    assert!(world.prompts().is_empty());
}

#[tokio::test]
async fn what_could_have_been_signed_and_was_not_is_a_failure() {
    let world = World::new(Will::Agree, true).await;
    let stamped = json!({"signingParams": {"tsaProfile": {}, "allowExpired": "true"}});
    let reply = world.json(&request(&args(&stamped).into())).await;
    assert_eq!(reply["code"], "SIGNING_FAILURE", "{reply}");
    let short = json!({"format": "raw", "signingParams":
                       {"decode": true, "digested": true, "allowExpired": true}});
    let reply = world.json(&request(&args(&short).into())).await;
    assert_eq!(reply["code"], "INVALID_SIGNING_PARAMS", "{reply}");
}

#[tokio::test]
async fn a_person_without_a_key_or_a_password_says_no() {
    for (will, changes) in [
        (Will::Forget, json!({})),
        (Will::Close, json!({"allowedStorages": ["AKKaztokenStore"]})),
        (Will::Agree, json!({"signerParams": {"extKeyUsageOids": [], "iin": "000000000000"}})),
        // The key's certificate has ended, and the page does not let such keys through.
        (Will::Agree, json!({})),
    ] {
        let world = World::new(will, true).await;
        let text = request(&args(&changes).into()).to_string();
        assert_eq!(world.ask(&text).await.as_deref(), Some(r#"{"body":{},"status":true}"#));
        assert_eq!(world.prompts().len(), 1);
    }
}
