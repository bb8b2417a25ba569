//! The dialect as pages see it: text in, text out.

pub(in crate::server::dialect) mod world;

use serde_json::{Value, json};

use tanba::protocol::Locale;

use self::world::{SITE, Will, World};
use super::*;
use crate::consent::Question;
use crate::desktop::FileKind;
use crate::signing::{self, NotSigned};

/// Whether a reply is of a family, by its keys.
fn family(reply: &Value) -> &'static str {
    let has = |key: &str| reply.get(key).is_some();
    match () {
        () if has("status") => "basics",
        () if reply["code"].is_string() => "commonUtils",
        () if has("errorCode") && !has("success") => "applet",
        () if has("success") => "core",
        () => "bare",
    }
}

#[tokio::test]
async fn what_was_recorded_and_needs_no_key_is_answered_to_the_byte() {
    let world = World::closing().await;
    const UTILS: &str = "kz.gov.pki.knca.commonUtils";
    let mismatch = |method: &str| {
        format!(
            "{{\"code\":\"500\",\"message\":\"java.lang.IllegalArgumentException: argument type mismatch. Method: {method}\"}}"
        )
    };
    let call = |method: &str, args: &str| {
        format!("{{\"module\":\"{UTILS}\",\"method\":\"{method}\",\"args\":{args}}}")
    };
    let canceled = r#"{"code":"500","message":"action.canceled"}"#;
    let basics = |signing: &str| {
        format!(
            "{{\"module\":\"kz.gov.pki.knca.basics\",\"method\":\"sign\",\"args\":{{\"allowedStorages\":null,\
             \"format\":\"cms\",\"data\":\"MTEK\",\"signingParams\":{signing},\
             \"signerParams\":{{\"extKeyUsageOids\":[]}},\"locale\":\"ru\"}}}}"
        )
    };
    let token = "[\"AKKaztokenStore\"";
    for (request, reply) in [
        (format!("{{\"module\":\"{UTILS}\",\"method\":\"getActiveTokens\"}}"), r#"{"responseObject":[],"code":"200"}"#.to_owned()),
        (call("getKeyInfo", "[null]"), mismatch("getKeyInfo")),
        (call("getKeyInfo", "[1]"), mismatch("getKeyInfo")),
        (call("getKeyInfo", &format!("{token}]")), canceled.to_owned()),
        (
            call("createCAdESFromBase64", &format!("{token},123,\"MTEK\",false]")),
            mismatch("createCAdESFromBase64"),
        ),
        (
            call("createCAdESFromBase64Hash", &format!("{token},\"123\",\"\"]")),
            r#"{"code":"500"}"#.to_owned(),
        ),
        (
            call("createCMSSignatureFromBase64", &format!("{token},[7,7,7],\"MTEK\",false]")),
            mismatch("createCMSSignatureFromBase64"),
        ),
        (call("signXml", &format!("{token},\"123\",555,\"\",\"\"]")), mismatch("signXml")),
        (
            call("signXml", &format!("{token},\"123\",\"<this>is not a valid XML\",\"\",\"\"]")),
            "{\"code\":\"500\",\"message\":\"org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: 25; XML \
             document structures must start and end within the same entity.\"}"
                .to_owned(),
        ),
        (call("changeLocale", "[2]"), mismatch("changeLocale")),
        (call("changeLocale", "[\"en\"]"), r#"{"code":"200"}"#.to_owned()),
        (call("changeLocale", "[\"kz\"]"), r#"{"code":"200"}"#.to_owned()),
        (
            basics("555"),
            "{\"code\":\"INVOCATION_ERROR\",\"details\":\"org.json.JSONException: JSONObject[\\\"signingParams\\\"] is \
             not a JSONObject.\",\"message\":\"An invoked method threw an exception.\",\"status\":false}"
                .to_owned(),
        ),
        (basics("{}"), r#"{"body":{},"status":true}"#.to_owned()),
        (
            r#"{"module":"kz.digiflow.mobile.extensions","method":"getVersion"}"#.to_owned(),
            r#"{"success": false,"errorCode": "MODULE_NOT_FOUND"}"#.to_owned(),
        ),
    ] {
        assert_eq!(world.ask(&request).await.as_deref(), Some(reply.as_str()), "{request}");
    }
}

#[tokio::test]
async fn no_reply_is_due_to_what_is_no_object() {
    let world = World::closing().await;
    for text in ["", "x", "[]", "{", "{a:b}", "{\"module\":1,,}", "--heartbeat-"] {
        assert_eq!(world.ask(text).await, None, "{text}");
    }
    assert!(world.prompts().is_empty());
}

#[tokio::test]
async fn every_object_gets_one_reply_of_one_family() {
    let world = World::closing().await;
    let mut requests = vec![
        json!({"a": 1}),
        json!({"method": 1}),
        json!({"method": "x"}),
        json!({"module": null, "method": "sign"}),
        json!({"module": 1}),
        json!({"module": ""}),
        json!({"module": "KZ.GOV.PKI.KNCA.COMMONUTILS", "method": "getActiveTokens"}),
    ];
    for module in Module::ALL {
        for method in [json!(null), json!(1), json!("x"), json!("sign"), json!("getKeyInfo")] {
            for args in [json!(null), json!([]), json!({}), json!("x"), json!([1, [2]])] {
                requests.push(json!({"module": module.name(), "method": method, "args": args}));
            }
        }
        requests.push(json!({"module": module.name()}));
    }
    // Some pages keep their socket awake so; nobody waits for a reply.
    assert_eq!(world.ask("{ }").await, None);
    for request in requests {
        let text = request.to_string();
        let reply = world.ask(&text).await.unwrap_or_else(|| panic!("no reply to {text}"));
        let reply: Value = serde_json::from_str(&reply).expect("JSON");
        let expected = match request["module"].as_str().map(Module::named) {
            Some(Some(Module::CommonUtils)) => "commonUtils",
            Some(Some(Module::Basics)) => "basics",
            Some(Some(Module::Applet)) => "applet",
            Some(Some(Module::Accessory) | None) => "core",
            None if request.get("module").is_none() => "applet",
            None => "core",
        };
        assert_eq!(family(&reply), expected, "{text}: {reply}");
    }
}

#[tokio::test]
async fn the_core_tells_what_is_there() {
    let world = World::closing().await;
    let ask = async |method: &str| {
        let request = json!({"module": "kz.gov.pki.ncalayerservices.accessory", "method": method,
                   "symname": "kz.example.bundle"});
        world.json(&request).await
    };
    let bundles = ask("getBundles").await;
    assert_eq!(bundles["kz.gov.pki.api.layer.NCALayerServices"], "0.7.3");
    assert!(bundles.as_object().expect("bare").values().all(Value::is_string));
    let services = ask("getServices").await;
    assert_eq!(services["services"].as_array().map(Vec::len), Some(Module::ALL.len()));
    assert_eq!(ask("showSettings").await, json!({"success": true}));
    assert_eq!(ask("showBundleManager").await, json!({"success": true}));
    assert_eq!(ask("installBundle").await["success"], false);
    assert!(world.prompts().is_empty());
}

#[tokio::test]
async fn the_language_is_everybodys_and_russian_at_first() {
    let world = World::closing().await;
    let change = async |language: &str| {
        let request = json!({"module": Module::CommonUtils.name(), "method": "changeLocale",
                             "args": [language]});
        assert_eq!(world.json(&request).await, json!({"code": "200"}));
        world.dialect.locale(&world.ctx)
    };
    assert_eq!(world.dialect.locale(&world.ctx), Locale::Ru);
    assert_eq!(change("kk").await, Locale::Kk);
    assert_eq!(change("kz").await, Locale::Kk);
    assert_eq!(change("").await, Locale::Ru);
    assert_eq!(change("en").await, Locale::En);
    let request = json!({"method": "setLocale", "args": ["kk"]});
    assert_eq!(world.json(&request).await, json!({"errorCode": "NONE"}));
    assert_eq!(world.dialect.locale(&world.ctx), Locale::Kk);
}

#[tokio::test]
async fn a_site_is_told_nothing_before_the_person_agreed() {
    let world = World::closing().await;
    let there = world.key_file().to_str().expect("UTF-8").to_owned();
    let missing = format!("{there}.missing");
    for (module, method, args) in [
        (Some(Module::CommonUtils), "createCAdESFromFile", json!(["PKCS12", "", "PATH", false])),
        (
            Some(Module::CommonUtils),
            "createCMSSignatureFromFile",
            json!(["PKCS12", "", "PATH", true]),
        ),
        (Some(Module::CommonUtils), "showFileChooser", json!(["ALL", "PATH"])),
        (None, "getKeys", json!(["PKCS12", "PATH", "x", "ALL"])),
        (None, "getSubjectDN", json!(["PKCS12", "PATH", "", "x"])),
        (None, "signPlainData", json!(["PKCS12", "PATH", "", "x", "data"])),
        (None, "createCMSSignatureFromFile", json!(["PKCS12", "PATH", "", "x", "PATH", true])),
        (None, "verifyCMSSignatureFromFile", json!(["MA==", "PATH"])),
        (None, "browseKeyStore", json!(["PKCS12", "P12", "PATH"])),
    ] {
        let mut replies = Vec::new();
        for path in [&there, &missing] {
            let mut request = json!({"method": method, "args": args});
            if let Some(module) = module {
                request["module"] = module.name().into();
            }
            let text = request.to_string().replace("PATH", path);
            let reply = world.ask(&text).await.expect("a reply");
            assert!(!reply.contains(path.as_str()), "{reply}");
            replies.push(reply);
        }
        assert_eq!(replies[0], replies[1], "{method}");
    }
    assert!(!world.prompts().iter().any(|prompt| prompt.contains(&there)), "a path was taken");
    assert!(world.prompts().iter().all(|prompt| prompt.contains(SITE)));
}

#[tokio::test]
async fn damaged_requests_get_a_whole_reply_or_none() {
    let world = World::closing().await;
    let samples = [
        r#"{"module":"kz.gov.pki.knca.basics","method":"sign","args":{"allowedStorages":["PKCS12"],"format":"xml","data":["<a>1</a>"],"signingParams":{"decode":"true","tsaProfile":{}},"signerParams":{"extKeyUsageOids":["1.2.3"],"chain":[]},"locale":"ru","logo":"MA=="}}"#,
        r#"{"module":"kz.gov.pki.knca.commonUtils","method":"signXml","args":["PKCS12","SIGNATURE","<?xml version='1.0'?><a Id='1'>&amp;</a>","/a","/a"],"uuid":"7"}"#,
        r#"{module:'kz.gov.pki.knca.commonUtils';method='createCMSSignatureFromBase64',args=>['PKCS12','',"MIIB",true,]}"#,
        r#"{"method":"signXmlByElementId","args":["PKCS12","/x","ab","secret","<a><b Id='1'/></a>","b","Id","a"]}"#,
        r#"{"method":"verifyCMSSignature","args":["MIAGCSqGSIb3DQEHAqCAMIACAQE=","data"]}"#,
    ];
    // Numbers that look random, and are the same in every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut number = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    for round in 0..2000 {
        let mut text: Vec<char> = samples[round % samples.len()].chars().collect();
        for _ in 0..=number(3) {
            let at = number(text.len());
            let other = ['"', '\'', '\\', '{', ']', ',', '<', '&', '0', 'ж', '\u{0}'][number(11)];
            match number(3) {
                0 => text[at] = other,
                1 => text.insert(at, other),
                _ => drop(text.drain(at..(at + number(9)).min(text.len()))),
            }
        }
        let text: String = text.into_iter().collect();
        if let Some(reply) = world.ask(&text).await {
            let reply: Result<Value, _> = serde_json::from_str(&reply);
            assert!(reply.is_ok_and(|reply| reply.is_object()), "{text}");
        }
    }
}

#[tokio::test]
async fn a_site_whose_choosers_are_closed_or_withdrawn_rests_and_a_blocked_one_has_none() {
    let world = World::new(Will::Close, false).await;
    let page = |name: &str| Page::parse(Some(name), &[]).expect("a page");
    let choose = async |page: &Page| {
        signing::choose_file(&world.ctx, page, FileKind::Any, None, Locale::Ru).await
    };
    let closes = page("https://closes.kz");
    for _ in 0..3 {
        assert!(matches!(choose(&closes).await, Err(NotSigned::Cancelled)));
    }
    assert!(matches!(choose(&closes).await, Err(NotSigned::Busy)));
    let blocked = page("https://blocked.kz");
    world.ctx.sites.block(blocked.as_str(), true);
    assert!(matches!(choose(&blocked).await, Err(NotSigned::Cancelled)));
    assert_eq!(world.prompts().len(), 3, "no window for those who may not ask");
    let flashes = page("https://flashes.kz");
    let again = (0..100).find(|_| Question::begin(&world.ctx, &flashes).is_err());
    assert!(again.is_some_and(|times| times > 3), "{again:?}");
    // Nobody keeps the person from their own files.
    for _ in 0..10 {
        assert!(matches!(choose(&Page::terminal()).await, Err(NotSigned::Cancelled)));
    }
}
