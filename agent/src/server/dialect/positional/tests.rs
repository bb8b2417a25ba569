//! Methods and their arguments, and what a person's yes or no makes of them.

use serde_json::{Value, json};
use tanba_core::cms::{SignedMessage, decode_armour};

use crate::server::dialect::tests::world::{Will, World};

fn call(method: &str, args: &Value) -> Value {
    json!({"module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args})
}

#[tokio::test]
async fn calls_are_looked_at_as_the_dispatcher_does_and_nothing_is_shown() {
    let world = World::new(Will::Agree, false).await;
    let mismatch = |method: &str| {
        format!("java.lang.IllegalArgumentException: argument type mismatch. Method: {method}")
    };
    for (method, args, text) in [
        ("other", json!([]), "NoSuchMethodException other".to_owned()),
        ("getKeyInfo", json!([]), "NoSuchMethodException getKeyInfo".to_owned()),
        ("getKeyInfo", json!({"a": 1}), "NoSuchMethodException getKeyInfo".to_owned()),
        ("getActiveTokens", json!([1]), "NoSuchMethodException getActiveTokens".to_owned()),
        (
            "createCAdESFromBase64",
            json!(["PKCS12", "", "MTEK", "false"]),
            mismatch("createCAdESFromBase64"),
        ),
        ("signXmls", json!(["PKCS12", "", "<a/>", "", ""]), mismatch("signXmls")),
        ("signXmls", json!(["PKCS12", "", ["<a/>", 1], "", ""]), mismatch("signXmls")),
        ("showFileChooser", json!(["ALL", null]), mismatch("showFileChooser")),
        ("getKeyInfo", json!([""]), "storageName.param.empty".to_owned()),
        ("getKeyInfo", json!(["  "]), "storageName.param.empty".to_owned()),
        ("getKeyInfo", json!(["pkcs12"]), "storage.unknown".to_owned()),
        ("getKeyInfo", json!(["JKS"]), "storage.unknown".to_owned()),
        ("getKeyInfo", json!(["AKKaztokenStore"]), "storage.empty".to_owned()),
        ("createCAdESFromFile", json!(["AKAKEYStore", "", "/x", true]), "storage.empty".to_owned()),
        ("applyCAdEST", json!(["AKAKEYStore", "", "MA=="]), "storage.empty".to_owned()),
        (
            "createCAdESFromBase64",
            json!(["PKCS12", "", "*", true]),
            "the text is not base64".to_owned(),
        ),
    ] {
        let reply = world.json(&call(method, &args)).await;
        assert_eq!(reply, json!({"code": "500", "message": text}), "{method} {args}");
    }
    let reply = world.json(&json!({"module": "kz.gov.pki.knca.commonUtils"})).await;
    assert_eq!(reply, json!({"code": "500", "message": "JSONObject[\"method\"] not found."}));
    for args in [
        json!(["PKCS12", "", "<a/>", "count(//a)", "/a"]),
        json!(["PKCS12", "", "<!DOCTYPE a><a/>", "", ""]),
        json!(["PKCS12", "", "<a><b Id='1'/></a>", "//c", "/a"]),
    ] {
        let reply = world.json(&call("signXml", &args)).await;
        assert_eq!(reply["code"], "500", "{args}");
    }
    assert_eq!(
        world.json(&call("applyCAdEST", &json!(["PKCS12", "", "MTEK"]))).await["code"],
        "500"
    );
    assert!(world.prompts().is_empty());
}

#[tokio::test]
async fn the_mark_of_a_call_comes_back_from_calls_that_were_made() {
    let world = World::new(Will::Close, true).await;
    let ask = async |method: &str, args: Value, uuid: Value| {
        let mut request = call(method, &args);
        request["uuid"] = uuid;
        world.ask(&request.to_string()).await.expect("a reply")
    };
    let tokens = async |uuid: Value| ask("getActiveTokens", json!([]), uuid).await;
    assert_eq!(tokens(json!("a\"b")).await, r#"{"responseObject":[],"code":"200","uuid":"a\"b"}"#);
    assert_eq!(tokens(json!(7)).await, r#"{"responseObject":[],"code":"200","uuid":"7"}"#);
    for uuid in [json!(""), json!(null), json!([1]), json!("x".repeat(5000))] {
        assert_eq!(tokens(uuid).await, r#"{"responseObject":[],"code":"200"}"#);
    }
    assert_eq!(
        ask("changeLocale", json!(["ru"]), json!("m")).await,
        r#"{"code":"200","uuid":"m"}"#
    );
    assert_eq!(
        ask("getKeyInfo", json!(["PKCS12"]), json!("m")).await,
        r#"{"code":"500","message":"action.canceled","uuid":"m"}"#
    );
    for (method, args) in [("other", json!([])), ("getKeyInfo", json!([1]))] {
        assert!(!ask(method, args, json!("m")).await.contains("uuid"), "{method}");
    }
}

#[tokio::test]
async fn a_key_that_the_person_shows_is_told_with_all_fields() {
    let world = World::new(Will::Agree, true).await;
    for storage in ["PKCS12", "AKKaztokenStore"] {
        let reply = world.json(&call("getKeyInfo", &json!([storage]))).await;
        assert_eq!(reply["code"], "200", "{reply}");
        let info = &reply["responseObject"];
        let text = |key: &str| info[key].as_str().unwrap_or_else(|| panic!("{key} in {info}"));
        assert_eq!(text("alias"), "02c7a21f2df78b99cb67323e2e255779bb6ae309");
        assert_eq!(text("keyId"), text("alias"));
        assert!(text("subjectDn").starts_with("CN=") && text("issuerDn").contains("CN="));
        assert!(text("subjectDn").contains(text("subjectCn")));
        assert!(text("issuerDn").contains(text("issuerCn")));
        let moment = |key: &str| text(key).parse::<i64>().expect("milliseconds");
        assert!(moment("certNotAfter") > moment("certNotBefore"));
        assert!(text("certNotBefore").ends_with("000"));
        for hexadecimal in ["serialNumber", "authorityKeyIdentifier", "keyId"] {
            let digits = text(hexadecimal).bytes();
            assert!(digits.clone().all(|digit| digit.is_ascii_hexdigit()), "{hexadecimal}");
        }
        assert!(text("pem").starts_with("-----BEGIN CERTIFICATE-----\n"));
        assert_eq!(info.as_object().map(serde_json::Map::len), Some(12));
    }
}

#[tokio::test]
async fn messages_come_as_one_line_of_base64() {
    let world = World::new(Will::Agree, true).await;
    let chosen = world.json(&call("showFileChooser", &json!(["ALL", ""]))).await;
    let path = chosen["responseObject"].as_str().expect("a path").to_owned();
    let digest = "MjVkNGYyYTg2ZGViNWUyNTc0YmIzMjEwYjY3YmIyNGZjYzRhZmIxOWY5M2E3YjY1YTA1N2RhYTg3NGE5ZDE4ZSAgLQo=";
    for (method, args, attached) in [
        ("createCAdESFromBase64", json!(["PKCS12", "SIGNATURE", "MTEK", true]), Some(3)),
        ("createCAdESFromBase64", json!(["PKCS12", "123", "MTEK", false]), None),
        ("createCAdESFromBase64Hash", json!(["PKCS12", "SIGNATURE", digest]), None),
        ("createCAdESFromFile", json!(["PKCS12", "SIGNATURE", path, false]), None),
        ("createCAdESFromFile", json!(["PKCS12", "SIGNATURE", path, true]), Some(9000)),
    ] {
        let reply = world.json(&call(method, &args)).await;
        let text = reply["responseObject"].as_str().unwrap_or_else(|| panic!("{method}: {reply}"));
        let der = decode_armour(text.as_bytes()).expect("base64");
        let message = SignedMessage::parse(&der).expect("a message");
        assert_eq!(message.attached, attached, "{method} {args}");
        assert_eq!(message.signers().len(), 1);
    }
}

#[tokio::test]
async fn documents_come_back_with_their_signature() {
    let world = World::new(Will::Agree, true).await;
    let xml = "<?xml version=\"1.0\" encoding=\"windows-1251\"?><tag>шарт</tag>";
    let one = world.json(&call("signXml", &json!(["PKCS12", "SIGNATURE", xml, "", ""]))).await;
    let before =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><tag>шарт<ds:Signature ";
    assert!(one["responseObject"].as_str().expect("a document").starts_with(before), "{one}");
    let windows = world.prompts().len();
    let args = json!(["PKCS12", "SIGNATURE", [xml, "<a/>"], "", ""]);
    let many = world.json(&call("signXmls", &args)).await;
    let list = many["responseObject"].as_array().expect("a list");
    assert_eq!(list.len(), 2);
    assert!(list[0].as_str().expect("text").starts_with(before));
    assert_eq!(world.prompts().len(), windows + 1, "one window for all");
}

#[tokio::test]
async fn a_person_who_forgot_the_password_gave_up() {
    let world = World::new(Will::Forget, true).await;
    let args = json!(["PKCS12", "SIGNATURE", "MTEK", true]);
    let reply = world.json(&call("createCAdESFromBase64", &args)).await;
    assert_eq!(reply, json!({"code": "500", "message": "action.canceled"}));
}

#[tokio::test]
async fn methods_that_stamp_ask_first_and_fail_without_the_authority() {
    let world = World::new(Will::Agree, true).await;
    let args = json!(["PKCS12", "SIGNATURE", "MTEK", true]);
    let cades = world.json(&call("createCAdESFromBase64", &args)).await;
    let message = cades["responseObject"].as_str().expect("a message");
    for (method, args, deed) in [
        ("createCMSSignatureFromBase64", args, "sign_and_stamp"),
        ("createCMSSignatureFromBase64", json!(["PKCS12", "", message, true]), "sign_and_stamp"),
        ("applyCAdEST", json!(["PKCS12", "", message]), "stamp"),
    ] {
        let windows = world.prompts().len();
        let reply = world.json(&call(method, &args)).await;
        let text = reply["message"].as_str().expect("a text");
        assert!(text.starts_with("no time stamp"), "{method}: {text}");
        let prompts = world.prompts();
        assert_eq!(prompts.len(), windows + 1, "{method}");
        assert!(prompts[windows].contains(&format!("\"deed\":\"{deed}\"")), "{method}");
    }
}
