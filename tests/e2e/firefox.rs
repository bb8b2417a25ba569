//! Firefox ESR, without a window and without a driver beside it, with a profile that is thrown away.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::SemaphorePermit;

use crate::browser::{TURN, trust_root_in};
use crate::children::Group;
use crate::line::Line;

/// How long something may take that a page does by itself. A machine under load is slow; nothing waits in vain.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often one looks.
const PAUSE: Duration = Duration::from_millis(50);

/// What the profile begins with: no first run, no updates, nothing that is fetched or sent at the start.
const SETTINGS: &str = r#"
user_pref("app.normandy.enabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.backup.enabled", false);
user_pref("browser.newtabpage.activity-stream.feeds.system.topsites", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.region.network.url", "");
user_pref("browser.safebrowsing.downloads.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.search.update", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("captivedetect.canonicalURL", "");
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.push.connection.enabled", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("extensions.systemAddon.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("geo.provider.network.url", "");
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("messaging-system.rsexperimentloader.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.dns.disablePrefetch", true);
user_pref("network.prefetch-next", false);
user_pref("network.trr.mode", 5);
user_pref("security.OCSP.enabled", 0);
user_pref("services.settings.server", "data:,nothing");
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.server", "data:,");
user_pref("toolkit.telemetry.unified", false);
"#;

/// A browser. Dropping it ends it.
pub(crate) struct Firefox {
    line: Arc<Line>,
    // The fields end in this order: first the browser, then the turn.
    _group: Group,
    _turn: SemaphorePermit<'static>,
}

/// A page in the browser.
pub(crate) struct Tab {
    line: Arc<Line>,
    context: String,
}

/// Writes the profile of a Firefox with this home that trusts a root, for servers only.
pub(crate) fn trust_root(home: &Path, root_pem: &str) {
    trust_root_in(&home.join("profile"), root_pem);
}

impl Firefox {
    /// Starts Firefox with a home of its own.
    pub(crate) async fn start(home: &Path) -> Self {
        let turn = TURN.acquire().await.unwrap();
        let profile = home.join("profile");
        std::fs::create_dir_all(&profile).unwrap();
        std::fs::write(profile.join("user.js"), SETTINGS).unwrap();
        let mut command = Command::new("firefox-esr");
        command
            .args(["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile"])
            .arg(&profile)
            .arg("about:blank")
            .env("HOME", home)
            .env("MOZ_CRASHREPORTER_DISABLE", "1")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CACHE_HOME")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(home.join("firefox.log")).unwrap());
        let mut group = Group::start(&mut command);
        let port = listening(&profile.join("WebDriverBiDiServer.json"), &mut group, home).await;
        let line = Arc::new(Line::connect(port, "/session").await);
        line.ask(None, "session.new", json!({ "capabilities": {} })).await.unwrap();
        let events = json!({ "events": ["log.entryAdded"] });
        line.ask(None, "session.subscribe", events).await.unwrap();
        Self { line, _group: group, _turn: turn }
    }

    /// Opens a page in a tab of its own and waits until it is loaded.
    pub(crate) async fn open(&self, url: &str) -> Tab {
        let made = self.line.ask(None, "browsingContext.create", json!({ "type": "tab" })).await;
        let context = made.unwrap()["context"].as_str().unwrap().to_owned();
        let tab = Tab { line: self.line.clone(), context };
        let params = json!({ "context": tab.context, "url": url, "wait": "complete" });
        tab.line.ask(None, "browsingContext.navigate", params).await.unwrap();
        tab
    }
}

/// Waits for the file in which Firefox writes where it listens.
async fn listening(file: &Path, group: &mut Group, home: &Path) -> u16 {
    let end = Instant::now() + PATIENCE;
    loop {
        let told = std::fs::read(file).unwrap_or_default();
        let port = serde_json::from_slice::<Value>(&told).ok();
        if let Some(port) = port.and_then(|told| told["ws_port"].as_u64()) {
            return port.try_into().unwrap();
        }
        let gone = group.child().try_wait().unwrap();
        if gone.is_some() || Instant::now() > end {
            let log = std::fs::read_to_string(home.join("firefox.log")).unwrap_or_default();
            panic!("Firefox does not listen ({gone:?}):\n{log}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

impl Tab {
    /// The value of an expression; a promise is waited for.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        let params = json!({
            "expression": expression,
            "target": { "context": self.context },
            "awaitPromise": true,
            "resultOwnership": "none",
            "userActivation": true,
        });
        let told = self.line.ask(None, "script.evaluate", params).await;
        let told = told.unwrap_or_else(|error| panic!("{error}\n{:?}", self.complaints()));
        assert_eq!(told["type"], "success", "{expression}: {}", told["exceptionDetails"]["text"]);
        plain(&told["result"])
    }

    /// What the page complained of: exceptions and errors on its console.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.line.complaints(&self.context)
    }
}

/// A value of WebDriver BiDi as JSON would have it.
fn plain(remote: &Value) -> Value {
    let value = &remote["value"];
    match remote["type"].as_str() {
        Some("string" | "number" | "boolean") => value.clone(),
        Some("array") => value.as_array().into_iter().flatten().map(plain).collect(),
        Some("object") => {
            let pairs = value.as_array().into_iter().flatten();
            pairs.map(|pair| (pair[0].as_str().unwrap().to_owned(), plain(&pair[1]))).collect()
        }
        // Neither DevTools nor JSON can tell `undefined` or a function.
        Some(_) | None => Value::Null,
    }
}

#[test]
fn values_of_the_page_become_json() {
    let string = |text: &str| json!({ "type": "string", "value": text });
    let list = json!({ "type": "array", "value": [string("x"), { "type": "number", "value": 7 }] });
    let whole = json!({ "type": "object", "value": [
        ["list", list], ["no", { "type": "null" }], ["unset", { "type": "undefined" }],
        ["yes", { "type": "boolean", "value": true }],
    ]});
    assert_eq!(plain(&whole), json!({ "list": ["x", 7], "no": null, "unset": null, "yes": true }));
}
