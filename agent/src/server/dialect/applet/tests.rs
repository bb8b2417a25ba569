//! The applet's methods: what they give, and what becomes of passwords.

use serde_json::{Value, json};

use super::*;
use crate::server::dialect::tests::world::{SITE, Will, World};

/// The alias of the key in the file, which has it as its name.
const ALIAS: &str = "02c7a21f2df78b99cb67323e2e255779bb6ae309";
const CANARY: &str = "canary-5f3c";

fn call(method: &str, args: &Value) -> Value {
    json!({"method": method, "args": args})
}

/// What the page does first: the person chooses a file for it.
async fn browsed(world: &World) -> String {
    let reply = world.json(&call("browseKeyStore", &json!(["PKCS12", "P12", ""]))).await;
    assert_eq!(reply["errorCode"], "NONE", "{reply}");
    reply["result"].as_str().expect("a path").to_owned()
}

#[test]
fn passwords_are_dropped_wherever_they_stand() {
    let secret = json!(CANARY);
    for (request, left) in [
        (
            call("getKeys", &json!(["PKCS12", "p", secret, "ALL"])),
            json!(["PKCS12", "p", null, "ALL"]),
        ),
        (
            call("signXml", &json!(["PKCS12", "p", "a", secret, "x"])),
            json!(["PKCS12", "p", "a", null, "x"]),
        ),
        (
            call("signXml", &json!(["PKCS12", "p", "a", {"b": [secret]}])),
            json!(["PKCS12", "p", "a", null]),
        ),
        (call("getHash", &json!(["data", "SHA256"])), json!(["data", "SHA256"])),
        (call("getKeys", &json!({"password": secret})), json!(null)),
        (call("getKeyz", &json!(["PKCS12", "p", secret, "ALL"])), json!(null)),
        (json!({"method": 1, "args": [secret]}), json!(null)),
        (json!({"args": [secret]}), json!(null)),
    ] {
        let mut parsed = Request::parse(&request.to_string()).expect("an object");
        drop_password(&mut parsed);
        assert_eq!(parsed.args(), Some(&left), "{request}");
        assert!(!format!("{parsed:?}").contains(CANARY));
    }
}

#[tokio::test]
async fn calls_that_cannot_be_made_have_the_codes_of_the_applet() {
    let world = World::new(Will::Close, false).await;
    for (method, args, code) in [
        ("nothing", json!([]), "COMMON"),
        ("getKeys", json!(["PKCS12"]), "COMMON"),
        ("getKeys", json!([1, "p", "x", "ALL"]), "COMMON"),
        ("getKeys", json!(["Other", "p", "x", "ALL"]), "UNKNOWN_STORAGE"),
        ("getKeys", json!(["AKKaztokenStore", "p", "x", "ALL"]), "EMPTY_SLOT"),
        ("getKeys", json!(["PKCS12", "p", "x", "ALL"]), "COMMON"),
        ("loadSlotList", json!(["AKKaztokenStore"]), "EMPTY_SLOT"),
        ("loadSlotList", json!(["Other"]), "UNKNOWN_STORAGE"),
        ("browseKeyStore", json!(["JKS", "JKS", ""]), "UNKNOWN_STORAGE"),
        ("getRdnByOid", json!(["PKCS12", "p", "a", "x", "not an oid", 0]), "COMMON"),
        (
            "signXmlByElementId",
            json!(["PKCS12", "p", "a", "x", "<a/>", "a'b", "Id", ""]),
            "XML_PARSE_EXCEPTION",
        ),
        (
            "signXmlByElementId",
            json!(["PKCS12", "p", "a", "x", "<a/>", "a", "other", ""]),
            "XML_PARSE_EXCEPTION",
        ),
        ("verifyXml", json!(["<a"]), "XML_PARSE_EXCEPTION"),
        ("verifyXml", json!(["<a/>"]), "SIGNATURE_VALIDATION_ERROR"),
        ("verifyCMSSignature", json!(["*", "data"]), "SIGNATURE_VALIDATION_ERROR"),
        ("getHash", json!(["data", "MD5"]), "COMMON"),
    ] {
        let reply = world.json(&call(method, &args)).await;
        assert_eq!(reply["errorCode"], code, "{method} {args}");
    }
}

#[tokio::test]
async fn a_chooser_that_was_closed_gives_an_empty_path() {
    let world = World::new(Will::Close, false).await;
    for (method, args) in
        [("browseKeyStore", json!(["PKCS12", "P12", ""])), ("showFileChooser", json!(["ALL", ""]))]
    {
        let text = call(method, &args).to_string();
        let reply = world.ask(&text).await;
        assert_eq!(reply.as_deref(), Some(r#"{"result":"","errorCode":"NONE"}"#), "{method}");
    }
}

#[tokio::test]
async fn hashes_are_those_of_the_text() {
    let world = World::new(Will::Close, false).await;
    for (algorithm, digest) in [
        // FIPS 180-2, appendices A.1 and B.1.
        ("SHA1", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
        ("SHA256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    ] {
        let reply = world.json(&call("getHash", &json!(["abc", algorithm]))).await;
        assert_eq!(reply, json!({"result": digest, "errorCode": "NONE"}));
    }
}

#[tokio::test]
async fn keys_are_listed_once_and_then_known_for_a_while() {
    let world = World::new(Will::Agree, true).await;
    let path = browsed(&world).await;
    assert_eq!(path, world.key_file().to_str().expect("UTF-8"));
    let keys = world.json(&call("getKeys", &json!(["PKCS12", path, "x", "ALL"]))).await;
    let line = keys["result"].as_str().expect("lines").to_owned();
    let parts: Vec<_> = line.split('|').collect();
    assert_eq!((parts.len(), parts[0], parts[3]), (4, "ГОСТ", ALIAS), "{line}");
    let shown = world.prompts().len();
    let about = |method: &str| call(method, &json!(["PKCS12", path, ALIAS, "x"]));
    for method in ["getNotBefore", "getNotAfter"] {
        let reply = world.json(&about(method)).await;
        let text = reply["result"].as_str().expect("a moment");
        assert!(text.len() == 19 && text.as_bytes()[10] == b' ', "{text}");
    }
    for method in ["getSubjectDN", "getIssuerDN"] {
        let reply = world.json(&about(method)).await;
        assert!(reply["result"].as_str().expect("a name").contains("CN="));
    }
    let rdn = |oid: &str, index: u32| {
        call("getRdnByOid", &json!(["PKCS12", path, ALIAS, "x", oid, index]))
    };
    let number = world.json(&rdn("2.5.4.5", 0)).await;
    assert!(number["result"].as_str().expect("a value").starts_with("IIN"), "{number}");
    assert_eq!(world.json(&rdn("2.5.4.5", 9)).await["errorCode"], "RDN_NOT_FOUND");
    assert_eq!(world.prompts().len(), shown, "nothing is asked again");

    let program = Page::program();
    for _ in 0..2 {
        let shown = world.prompts().len();
        world.ask_as(&program, &about("getSubjectDN").to_string()).await;
        assert!(world.prompts().len() > shown, "programs are all alike");
    }
    let shown = world.prompts().len();
    let other = Page::parse(Some("https://evil.example"), &[]).expect("a page");
    world.ask_as(&other, &about("getSubjectDN").to_string()).await;
    assert!(world.prompts().len() > shown, "another site was told without a question");
    let shown = world.prompts().len();
    world.pass(16 * 60);
    world.json(&about("getSubjectDN")).await;
    assert_eq!(world.prompts().len(), shown + 1);
}

#[tokio::test]
async fn what_is_signed_verifies_and_what_was_changed_does_not() {
    let world = World::new(Will::Agree, true).await;
    let path = browsed(&world).await;
    let ask = async |method: &str, args: Value| {
        let reply = world.json(&call(method, &args)).await;
        assert_eq!(reply["errorCode"], "NONE", "{method}: {reply}");
        reply["result"].clone()
    };
    let raw = ask("signPlainData", json!(["PKCS12", path, ALIAS, "x", "шарт"])).await;
    for (data, good) in [("шарт", true), ("Шарт", false)] {
        let args = json!(["PKCS12", path, ALIAS, "x", data, raw]);
        assert_eq!(ask("verifyPlainData", args).await, json!(good));
    }
    for attached in [true, false] {
        let args = json!(["PKCS12", path, ALIAS, "x", "шарт", attached]);
        let cms = ask("createCMSSignature", args).await;
        for (data, good) in [("шарт", true), ("Шарт", false), ("", attached)] {
            assert_eq!(ask("verifyCMSSignature", json!([cms, data])).await, json!(good), "{data}");
        }
        let args = json!(["PKCS12", path, ALIAS, "x", "/etc/hostname", attached]);
        let cms = ask("createCMSSignatureFromFile", args).await;
        let document = world.document().to_str().expect("UTF-8");
        assert_eq!(ask("verifyCMSSignatureFromFile", json!([cms, document])).await, json!(true));
        assert_eq!(ask("verifyCMSSignature", json!([cms, "other"])).await, json!(false));
    }
    let xml = ask("signXml", json!(["PKCS12", path, ALIAS, "x", "<a>1</a>"])).await;
    assert_eq!(ask("verifyXml", json!([xml])).await, json!(true));
    let changed = xml.as_str().expect("text").replace(">1<", ">2<");
    assert_eq!(ask("verifyXml", json!([changed])).await, json!(false));
    let document = "<a><b Id=\"x\">1</b><c/></a>";
    let args = json!(["PKCS12", path, ALIAS, "x", document, "b", "Id", "c"]);
    let xml = ask("signXmlByElementId", args).await;
    assert!(xml.as_str().expect("text").contains("URI=\"#x\""));
    assert_eq!(ask("verifyXml", json!([xml, "Id", "c"])).await, json!(true));
    assert_eq!(ask("verifyXml", json!([xml])).await, json!(false), "only an element is signed");
}

#[tokio::test]
async fn a_password_of_a_page_reaches_nobody() {
    for will in [Will::Agree, Will::Forget, Will::Close] {
        let world = World::new(will, true).await;
        let path = match will {
            Will::Close => "/nowhere/key.p12".to_owned(),
            Will::Agree | Will::Forget => browsed(&world).await,
        };
        let key = |rest: Value| {
            let mut args = vec![json!("PKCS12"), json!(path), json!(ALIAS), json!(CANARY)];
            args.extend(rest.as_array().expect("a list").clone());
            Value::from(args)
        };
        for (method, args) in [
            ("getKeys", json!(["PKCS12", path, CANARY, "ALL"])),
            ("getNotBefore", key(json!([]))),
            ("getSubjectDN", key(json!([]))),
            ("getRdnByOid", key(json!(["2.5.4.3", 0]))),
            ("signPlainData", key(json!(["data"]))),
            ("verifyPlainData", key(json!(["data", "MA=="]))),
            ("createCMSSignature", key(json!(["data", true]))),
            ("createCMSSignatureFromFile", key(json!(["/x", true]))),
            ("signXml", key(json!(["<a/>"]))),
            ("signXmlByElementId", key(json!(["<a/>", "", "", ""]))),
            ("signXmll", key(json!(["<a/>"]))),
        ] {
            for module in [None, Some("kz.gov.pki.knca.applet.Applet")] {
                let mut request = call(method, &args);
                if let Some(module) = module {
                    request["module"] = module.into();
                }
                let reply = world.ask(&request.to_string()).await.expect("a reply");
                assert!(!reply.contains(CANARY), "{method}: {reply}");
                if will == Will::Forget && method.starts_with("sign") && method != "signXmll" {
                    let wrong = r#"{"result":-1,"errorCode":"WRONG_PASSWORD"}"#;
                    assert_eq!(reply, wrong, "{method}");
                }
            }
        }
        let prompts = world.prompts();
        assert!(!prompts.is_empty());
        assert!(prompts.iter().all(|prompt| prompt.contains(SITE) && !prompt.contains(CANARY)));
        assert_eq!(files_with(world.folder(), CANARY), Vec::<PathBuf>::new());
    }
}

/// Files below a folder in which a text stands.
fn files_with(folder: &std::path::Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else {
            let bytes = std::fs::read(&path).expect("a file");
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(path);
            }
        }
    }
    found
}
