//! Chromium, without a window, with a camera that is not one and a profile that is thrown away.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use tanba_tests::tools;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::children::{Group, pictures_folder};
use crate::line::Line;

/// How long something may take that a page does by itself. A machine under load is slow; nothing waits in vain.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a page is asked whether it is so far.
const PAUSE: Duration = Duration::from_millis(50);

/// One browser at a time: two would only make each other slow.
pub(crate) static TURN: Semaphore = Semaphore::const_new(1);

/// A browser. Dropping it ends it.
pub(crate) struct Browser {
    line: Arc<Line>,
    // The fields end in this order: first the browser, then the turn.
    _group: Group,
    _turn: SemaphorePermit<'static>,
}

/// A page in a browser.
pub(crate) struct Page {
    line: Arc<Line>,
    session: String,
}

/// Makes a browser with this home trust a root, for servers only.
pub(crate) fn trust_root(home: &Path, root_pem: &str) {
    trust_root_in(&home.join(".pki/nssdb"), root_pem);
}

/// Makes a database of NSS in a folder that trusts a root, for servers only.
pub(crate) fn trust_root_in(folder: &Path, root_pem: &str) {
    std::fs::create_dir_all(folder).unwrap();
    let root = folder.join("root.pem");
    std::fs::write(&root, root_pem).unwrap();
    let database = format!("sql:{}", folder.display());
    let certutil = |arguments: &[&str]| {
        let told =
            Command::new("certutil").args(["-d", &database]).args(arguments).output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    };
    certutil(&["-N", "--empty-password"]);
    certutil(&["-A", "-t", "C,,", "-n", "root of the test", "-i", root.to_str().unwrap()]);
}

impl Browser {
    /// Starts Chromium with a home of its own.
    pub(crate) async fn start(home: &Path) -> Self {
        let turn = TURN.acquire().await.unwrap();
        let program = tools::CHROMIUM.iter().find_map(|name| tools::in_path(name)).unwrap();
        let profile = home.join("profile");
        let mut command = Command::new(program);
        command
            .args(["--headless=new", "--remote-debugging-port=0", "--window-size=1280,1000"])
            // The pages are ours, and containers often forbid what the sandbox needs.
            .args(["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"])
            .args(["--no-first-run", "--no-default-browser-check", "--disable-breakpad"])
            .args(["--disable-background-networking", "--disable-component-update"])
            .args(["--disable-sync", "--disable-quic", "--disable-extensions"])
            .args(["--disable-default-apps", "--metrics-recording-only", "--mute-audio"])
            .args(["--password-store=basic", "--use-fake-device-for-media-stream"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .env("HOME", home)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CACHE_HOME")
            .env_remove("DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(home.join("chromium.log")).unwrap());
        let mut group = Group::start(&mut command);
        let (port, path) = listening(&profile.join("DevToolsActivePort"), &mut group, home).await;
        let line = Arc::new(Line::connect(port, &path).await);
        Self { line, _group: group, _turn: turn }
    }

    /// Lets pages of an origin do without a question what a person would be asked for, as `videoCapture`.
    pub(crate) async fn grant(&self, origin: &str, permissions: &[&str]) {
        let params = json!({ "origin": origin, "permissions": permissions });
        self.line.ask(None, "Browser.grantPermissions", params).await.unwrap();
    }

    /// Opens a page in a tab of its own and waits until it is loaded.
    pub(crate) async fn open(&self, url: &str) -> Page {
        let made = self.line.ask(None, "Target.createTarget", json!({ "url": "about:blank" }));
        let target = made.await.unwrap()["targetId"].clone();
        let params = json!({ "targetId": target, "flatten": true });
        let attached = self.line.ask(None, "Target.attachToTarget", params).await.unwrap();
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        let page = Page { line: self.line.clone(), session };
        for domain in ["Page", "Runtime", "Log"] {
            page.ask(&format!("{domain}.enable"), json!({})).await;
        }
        page.go(url).await;
        page
    }
}

/// Waits for the file in which Chromium writes where it listens: the port, then the path.
async fn listening(file: &Path, group: &mut Group, home: &Path) -> (u16, String) {
    let end = Instant::now() + PATIENCE;
    loop {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let mut lines = text.lines();
        if let (Some(Ok(port)), Some(path)) = (lines.next().map(str::parse), lines.next()) {
            return (port, path.to_owned());
        }
        let gone = group.child().try_wait().unwrap();
        if gone.is_some() || Instant::now() > end {
            let log = std::fs::read_to_string(home.join("chromium.log")).unwrap_or_default();
            panic!("Chromium does not listen ({gone:?}):\n{log}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

impl Page {
    async fn ask(&self, method: &str, params: Value) -> Value {
        self.line
            .ask(Some(&self.session), method, params)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{}", self.complaints().join("\n")))
    }

    /// Goes to an address and waits until it is loaded.
    pub(crate) async fn go(&self, url: &str) {
        let gone = self.ask("Page.navigate", json!({ "url": url })).await;
        assert!(gone["errorText"].is_null(), "{url}: {}", gone["errorText"]);
        self.wait_until("document.readyState === 'complete' && location.href !== 'about:blank'")
            .await;
    }

    /// The value of an expression; a promise is waited for.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        let told = self
            .ask(
                "Runtime.evaluate",
                json!({
                    "expression": expression,
                    "awaitPromise": true,
                    "returnByValue": true,
                    "userGesture": true,
                }),
            )
            .await;
        assert!(told["exceptionDetails"].is_null(), "{expression}: {}", told["exceptionDetails"]);
        told["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(crate) async fn wait_until(&self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        let whole = format!("Boolean({expression})");
        loop {
            // While a page is being left, there is nothing that could evaluate.
            let params = json!({ "expression": whole, "returnByValue": true });
            let told = self.line.ask(Some(&self.session), "Runtime.evaluate", params).await;
            if told.as_ref().is_ok_and(|told| told["result"]["value"] == true) {
                return;
            }
            if Instant::now() > end {
                let picture = self.picture("waited-in-vain").await;
                let body = self.evaluate("document.body.innerText").await;
                panic!(
                    "waited in vain for: {expression}\n{}\nthe page shows: {body}\npicture: {}",
                    self.complaints().join("\n"),
                    picture.display()
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until an element is there and can be seen.
    pub(crate) async fn wait_for(&self, selector: &str) {
        self.wait_until(&format!("document.querySelector({})?.checkVisibility()", json!(selector)))
            .await;
    }

    /// Waits for an element and presses the left button of the mouse in its middle.
    pub(crate) async fn click(&self, selector: &str) {
        let quoted = json!(selector);
        // The element must be what a person would hit there: nothing lies over it, it is not disabled, and it stands
        // still, since a page that is being laid out moves away under the mouse.
        self.wait_until(&format!(
            "(() => {{ const e = document.querySelector({quoted});
               if (!e || e.disabled) return false;
               e.scrollIntoView({{ block: 'center', behavior: 'instant' }});
               const b = e.getBoundingClientRect();
               const hit = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
               const place = b.x + ' ' + b.y, still = e.tanbaPlace === place;
               e.tanbaPlace = place;
               return still && hit !== null && (e.contains(hit) || hit.control === e || hit.contains(e)); }})()"
        ))
        .await;
        let middle = self
            .evaluate(&format!(
                "(() => {{ const b = document.querySelector({quoted}).getBoundingClientRect();
                   return [b.x + b.width / 2, b.y + b.height / 2]; }})()"
            ))
            .await;
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({
                "type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1,
            });
            self.ask("Input.dispatchMouseEvent", params).await;
        }
    }

    /// Puts a text into a field in the place of what it holds, as typing would.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        self.wait_for(selector).await;
        self.evaluate(&format!(
            "(() => {{ const e = document.querySelector({}); e.focus(); e.select(); }})()",
            json!(selector)
        ))
        .await;
        self.ask("Input.insertText", json!({ "text": text })).await;
    }

    /// Presses a key: `Tab`, `Enter`, `Escape`, `Space`, or one character.
    pub(crate) async fn press(&self, key: &str) {
        let (key, code, number, text) = match key {
            "Tab" => ("Tab", "Tab", 9, ""),
            "Enter" => ("Enter", "Enter", 13, "\r"),
            "Escape" => ("Escape", "Escape", 27, ""),
            "Space" => (" ", "Space", 32, " "),
            one => (one, "", 0, one),
        };
        let kind = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        for kind in [kind, "keyUp"] {
            let text = if kind == "keyUp" { "" } else { text };
            let params = json!({
                "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number, "text": text,
            });
            self.ask("Input.dispatchKeyEvent", params).await;
        }
    }

    /// Chooses files in a file field, whether it can be seen or not.
    pub(crate) async fn choose_files(&self, selector: &str, files: &[PathBuf]) {
        let quoted = json!(selector);
        self.wait_until(&format!("document.querySelector({quoted})")).await;
        let found = self
            .ask(
                "Runtime.evaluate",
                json!({ "expression": format!("document.querySelector({quoted})") }),
            )
            .await;
        let params = json!({ "files": files, "objectId": found["result"]["objectId"] });
        self.ask("DOM.setFileInputFiles", params).await;
    }

    /// The text of an element.
    pub(crate) async fn text(&self, selector: &str) -> String {
        self.wait_for(selector).await;
        let expression = format!("document.querySelector({}).innerText", json!(selector));
        self.evaluate(&expression).await.as_str().unwrap().to_owned()
    }

    /// Saves what the page looks like, for people, and says where.
    pub(crate) async fn picture(&self, name: &str) -> PathBuf {
        let taken = self.ask("Page.captureScreenshot", json!({ "format": "png" })).await;
        let file = pictures_folder().join(format!("{name}.png"));
        let png = Base64::decode_vec(taken["data"].as_str().unwrap()).unwrap();
        std::fs::write(&file, png).unwrap();
        file
    }

    /// What the page complained of: exceptions, errors on its console, resources that did not come.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.line.complaints(&self.session)
    }
}
