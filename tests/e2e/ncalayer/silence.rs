//! What a page learns before the person agreed: nothing of keys, names, tokens or files.

use std::path::Path;

use serde_json::{Value, json};

use super::hosted::Hosted;
use super::keys::{GOST, KeyFile, RSA};
use super::puppet::Mood;
use super::site::{HEARTBEAT, common};

const PAGE: &str = "https://page.example.kz";

/// Every method of every module that could tell something, with a path where one fits.
fn questions(path: &Path, folder: &Path) -> Vec<Value> {
    let (path, folder) = (path.to_str().unwrap(), folder.to_str().unwrap());
    let applet = |method: &str, args: Value| json!({ "method": method, "args": args });
    let accessory = |method: &str| json!({ "module": "kz.gov.pki.ncalayerservices.accessory", "method": method });
    let basics = |format: &str, storages: Value, outside: Value| {
        json!({ "module": "kz.gov.pki.knca.basics", "method": "sign", "args": {
            "allowedStorages": storages, "format": format, "data": if format == "xml" { "<a/>" } else { "MTEK" },
            "signingParams": { "decode": format != "xml", "outputCert": true, "allowExpired": true, "allowRevoked": true },
            "signerParams": { "extKeyUsageOids": [], "iin": outside, "bin": "", "serialNumber": "", "chain": [] },
        }})
    };
    let mut all = vec![
        common("getActiveTokens", &json!([])),
        common("getKeyInfo", &json!(["PKCS12"])),
        common("getKeyInfo", &json!(["AKKaztokenStore"])),
        common("signXml", &json!(["PKCS12", "SIGNATURE", "<a/>", "", ""])),
        common("signXml", &json!(["PKCS12", "AUTHENTICATION", "<a/>", "", ""])),
        common("signXmls", &json!(["PKCS12", "", ["<a/>", "<b/>"], "", ""])),
        common("createCAdESFromBase64", &json!(["PKCS12", "SIGNATURE", "MTEK", true])),
        common("createCAdESFromBase64Hash", &json!(["PKCS12", "SIGNATURE", "MTEK"])),
        common("createCMSSignatureFromBase64", &json!(["PKCS12", "SIGNATURE", "MTEK", false])),
        common("createCAdESFromFile", &json!(["PKCS12", "SIGNATURE", path, true])),
        common("createCAdESFromFile", &json!(["PKCS12", "SIGNATURE", path, false])),
        common("createCMSSignatureFromFile", &json!(["PKCS12", "SIGNATURE", path, true])),
        common("applyCAdEST", &json!(["PKCS12", "SIGNATURE", "MTEK"])),
        common("showFileChooser", &json!(["ALL", folder])),
        common("showFileChooser", &json!(["P12", path])),
        common("showFileChooser", &json!(["DIRECTORY", folder])),
        accessory("getBundles"),
        accessory("getServices"),
        accessory("showSettings"),
        accessory("showBundleManager"),
        applet("browseKeyStore", json!(["PKCS12", "P12", folder])),
        applet("getSlotCount", json!(["AKKaztokenStore"])),
        applet("loadSlotList", json!(["AKKaztokenStore"])),
        applet("showFileChooser", json!(["ALL", folder])),
        applet("getKeys", json!(["PKCS12", path, "Qwerty12", "ALL"])),
    ];
    for format in ["cms", "xml", "raw"] {
        all.push(basics(format, json!(["PKCS12"]), json!("")));
        all.push(basics(format, Value::Null, json!("123456789011")));
        all.push(basics(format, json!(["AKKaztokenStore"]), json!("123456789012")));
    }
    let alias = "02c7a21f2df78b99cb67323e2e255779bb6ae309";
    for method in ["getNotBefore", "getNotAfter", "getSubjectDN", "getIssuerDN"] {
        all.push(applet(method, json!(["PKCS12", path, alias, "Qwerty12"])));
    }
    all.push(applet("getRdnByOid", json!(["PKCS12", path, alias, "Qwerty12", "2.5.4.3", 0])));
    for method in ["signPlainData", "signXml"] {
        all.push(applet(method, json!(["PKCS12", path, alias, "Qwerty12", "<a/>"])));
    }
    all.push(applet(
        "createCMSSignature",
        json!(["PKCS12", path, alias, "Qwerty12", "MTEK", true]),
    ));
    let two = json!(["PKCS12", path, alias, "Qwerty12", path, true]);
    all.push(applet("createCMSSignatureFromFile", two));
    all.push(applet("verifyPlainData", json!(["PKCS12", path, alias, "Qwerty12", "MTEK", "MTEK"])));
    all.push(applet("verifyCMSSignatureFromFile", json!(["MTEK", path])));
    all
}

/// What a page hears that asks them all, and how many windows there were after each.
async fn transcript(agent: &Hosted, questions: &[Value]) -> Vec<(String, String, usize)> {
    let mut site = agent.site(PAGE).await;
    let mut heard = Vec::new();
    for question in questions {
        site.say(question.to_string()).await;
        let reply = site.hear().await;
        let name = format!("{} {}", question["method"], question["args"]);
        heard.push((name, reply, agent.puppet().windows().opened));
        // One reply, and no more.
        site.say(HEARTBEAT).await;
        assert_eq!(site.hear().await, HEARTBEAT);
    }
    heard
}

#[tokio::test]
async fn a_page_hears_the_same_whatever_keys_there_are_until_the_person_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let key: fn(KeyFile) -> _ = KeyFile::path;
    let questions = questions(&key(RSA), folder.path());
    let mut heard = Vec::new();
    for key in [RSA, GOST] {
        let agent = Hosted::start(key, Mood::Close).await;
        heard.push(transcript(&agent, &questions).await);
    }
    assert_eq!(heard[0], heard[1]);
    for (question, reply, _) in &heard[0] {
        // The holder of both, and the names in the files.
        for told in ["ТЕСТОВ", "123456789011", "RSA256", "GOST512", "BEGIN CERTIFICATE", "p12"]
        {
            assert!(!reply.contains(told), "{question}: {reply}");
        }
    }
}

#[tokio::test]
async fn a_page_hears_the_same_of_a_path_whether_there_is_a_file_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("there.p12");
    std::fs::copy(RSA.path(), &there).unwrap();
    let not_there = folder.path().join("gone.p12");
    let no_folder = folder.path().join("none");
    let mut heard = Vec::new();
    // A file, nothing, and a path through a file.
    for (path, folder) in [
        (&there, folder.path()),
        (&not_there, no_folder.as_path()),
        (&there.join("within"), there.as_path()),
    ] {
        let agent = Hosted::start(RSA, Mood::Close).await;
        let told = transcript(&agent, &questions(path, folder)).await;
        heard
            .push(told.into_iter().map(|(_, reply, windows)| (reply, windows)).collect::<Vec<_>>());
    }
    assert_eq!(heard[0], heard[1]);
    assert_eq!(heard[0], heard[2]);
}

#[tokio::test]
async fn a_path_that_was_chosen_for_one_page_is_worth_nothing_to_another() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("contract.txt");
    std::fs::write(&document, b"contract").unwrap();
    let agent = Hosted::start(RSA, Mood::Agree).await;
    agent.puppet().choose(document.clone());
    let chosen = common("showFileChooser", &json!(["ALL", ""]));
    let chosen = agent.site(PAGE).await.ask(&chosen).await;
    assert_eq!(chosen["responseObject"], json!(document.to_str().unwrap()), "{chosen}");
    let sign = common(
        "createCAdESFromFile",
        &json!(["PKCS12", "SIGNATURE", document.to_str().unwrap(), false]),
    );
    let before = agent.puppet().windows().opened;
    // The page that was given the path signs in one window.
    let reply = agent.site(PAGE).await.ask(&sign).await;
    assert_eq!(reply["code"], "200", "{reply}");
    assert_eq!(agent.puppet().windows().opened, before + 1);
    // Another one is shown the chooser first, as if there were no such path.
    let other = "https://other.example.kz";
    let reply = agent.site(other).await.ask(&sign).await;
    assert_eq!(reply["code"], "200", "{reply}");
    assert_eq!(agent.puppet().windows().opened, before + 3);
    agent.puppet().be(Mood::Close);
    let reply = agent.site("https://third.example.kz").await.ask(&sign).await;
    assert_eq!(reply, json!({ "code": "500", "message": "action.canceled" }));
    assert_eq!(agent.puppet().windows().opened, before + 4);
}
