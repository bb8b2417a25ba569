//! The world of a test: the remote services, the agent, a browser's trust and a screen, all in one folder that ends
//! with the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tanba::client::{Client, Connector};
use tanba_core::time::UnixTime;
use tanba_installer::identity;
use tanba_sandbox::{Options, Sandbox, SiteFile};
use tanba_tests::tools::all_here;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::agent::{self, Agent};
use crate::browser::{Browser, trust_root};
use crate::desktop::session::{self, Session};
use crate::leaks::{self, Secret};
use crate::screen::{self, Screen};
use crate::socket::Socket;

/// The agent's log in its own folder.
const LOG: &str = "tanba.log";

/// A world.
pub(crate) struct World {
    // What runs ends before its folder goes.
    agent: Option<Agent>,
    session: Option<Session>,
    screen: Option<Screen>,
    sandbox: Sandbox,
    services: Option<Runtime>,
    root_pem: String,
    folder: TempDir,
}

/// The present second.
pub(crate) fn now() -> UnixTime {
    let seconds = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    UnixTime::from_secs(seconds.try_into().unwrap())
}

/// The files of the portal page as they lie in the project. They live as long as the tests do.
fn site() -> Vec<SiteFile> {
    fn collect(root: &Path, folder: &Path, site: &mut Vec<SiteFile>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, site);
                continue;
            }
            let content_type = match path.extension().and_then(|end| end.to_str()) {
                Some("html") => "text/html; charset=utf-8",
                Some("css") => "text/css; charset=utf-8",
                Some("js") => "text/javascript; charset=utf-8",
                Some("json") => "application/json",
                Some("svg") => "image/svg+xml",
                Some(_) | None => continue,
            };
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            site.push(SiteFile {
                path: name.leak(),
                content_type,
                body: fs::read(&path).unwrap().leak(),
            });
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/portal");
    let mut site = Vec::new();
    collect(&root, &root, &mut site);
    site
}

impl World {
    /// A world without a screen: the agent answers `no_window` where it would open one.
    pub(crate) async fn start() -> Self {
        let mut world = Self::assemble(false).await;
        world.start_agent();
        world
    }

    /// A world with a screen; none when the tools for one are missing.
    pub(crate) async fn start_with_screen() -> Option<Self> {
        let mut commands = screen::COMMANDS.to_vec();
        commands.push("zenity");
        if !all_here(&commands) {
            return None;
        }
        let mut world = Self::assemble(true).await;
        world.start_agent();
        Some(world)
    }

    /// A world with a screen and a person's session, in which nothing runs yet; none when the tools for one are missing.
    pub(crate) async fn with_session() -> Option<Self> {
        if !all_here(&[screen::COMMANDS, session::COMMANDS].concat()) {
            return None;
        }
        let mut world = Self::assemble(true).await;
        world.session = Some(Session::start(&world.home(), world.screen().display()));
        Some(world)
    }

    async fn assemble(with_screen: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "keys", "tls"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let (identity, _) = identity::ensure(&folder.path().join("tls"), now()).unwrap();
        let issue_after = Duration::from_secs(2);
        let options = Options { site: site(), issue_after, ..Options::default() };
        // The services have threads of their own: they answer while a test waits for the agent to start.
        let services = Runtime::new().unwrap();
        let sandbox = services.spawn(Sandbox::start(options)).await.unwrap().unwrap();
        let screen = with_screen.then(|| Screen::start(&folder.path().join("home")));
        let root_pem = identity.root_pem().to_owned();
        let services = Some(services);
        Self { agent: None, session: None, screen, sandbox, services, root_pem, folder }
    }

    /// Starts the agent, or starts it again after it was killed; the port may be another then.
    pub(crate) fn start_agent(&mut self) {
        let mut command = Command::new(agent::program());
        if self.session.is_none() {
            command.arg("serve");
        }
        command
            .args(["--port", "0", "--log", "trace", "--secrets", "file"])
            .args(["--gateway", &self.sandbox.url(), "--developer-origin", &self.sandbox.url()])
            .arg("--data")
            .arg(self.data())
            .arg("--tls")
            .arg(self.folder.path().join("tls"))
            .env("HOME", self.home())
            .env("LC_ALL", "C.UTF-8")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CACHE_HOME");
        if let Some(screen) = &self.screen {
            command.env("DISPLAY", screen.display());
        }
        if let Some(session) = &self.session {
            command.env("DBUS_SESSION_BUS_ADDRESS", session.address());
        }
        let errors = self.folder.path().join("agent.errors");
        self.agent =
            Some(Agent::start(&mut command, &errors).unwrap_or_else(|why| panic!("{why}")));
    }

    /// The home of the person.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The session of a world that has one.
    pub(crate) fn session(&mut self) -> &mut Session {
        self.session.as_mut().expect("this world has a session")
    }

    /// Ends the agent as a power cut would.
    pub(crate) fn kill_agent(&mut self) {
        self.agent.take().expect("the agent runs").kill();
    }

    /// The running agent.
    pub(crate) fn agent(&self) -> &Agent {
        self.agent.as_ref().expect("the agent runs")
    }

    /// The running agent, to end it.
    pub(crate) fn agent_mut(&mut self) -> &mut Agent {
        self.agent.as_mut().expect("the agent runs")
    }

    /// The local root, PEM.
    pub(crate) fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The remote services.
    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The screen of a world that has one.
    pub(crate) fn screen(&self) -> &Screen {
        self.screen.as_ref().expect("this world has a screen")
    }

    /// The agent's own folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("agent")
    }

    /// A page's end of the socket, as the portal page has it.
    pub(crate) async fn page(&self) -> Socket {
        let origin = self.sandbox.url();
        Socket::open(self.agent().port(), &self.root_pem, Some(&origin)).await.unwrap()
    }

    /// A page's end of the socket, as a page of any origin has it, if the agent lets it in.
    pub(crate) async fn page_of(
        &self,
        origin: Option<&str>,
    ) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
        Socket::open(self.agent().port(), &self.root_pem, origin).await
    }

    /// A client of the SDK.
    pub(crate) async fn client(&self) -> Client {
        Connector::new("https://program.example.kz", self.root_pem.as_bytes())
            .port(self.agent().port())
            .connect()
            .await
            .unwrap()
    }

    /// A browser that trusts the agent and may use its camera on the portal page.
    pub(crate) async fn browser(&self) -> Browser {
        let home = self.folder.path().join("browser");
        fs::create_dir(&home).unwrap();
        trust_root(&home, &self.root_pem);
        let browser = Browser::start(&home).await;
        browser.grant(&self.sandbox.url(), &["videoCapture"]).await;
        browser
    }

    /// The address of the portal page for this agent, with the kind of the keys.
    pub(crate) fn portal(&self, language: &str, algorithm: &str) -> String {
        format!(
            "{}/portal/?agent={}&lang={language}&algorithm={algorithm}",
            self.sandbox.url(),
            self.agent().port()
        )
    }

    /// Fails if a secret went where none may be: to the agent's folder with its log, to its outputs, to a page.
    pub(crate) fn assert_silent(&self, secrets: &[Secret], heard: &str) {
        let mut found = leaks::in_folder(&self.data(), secrets);
        found.extend(leaks::in_bytes(
            "the agent's outputs",
            self.agent().printed().as_bytes(),
            secrets,
        ));
        found.extend(leaks::in_bytes("the answers", heard.as_bytes(), secrets));
        assert!(found.is_empty(), "\n{}", found.join("\n"));
    }

    /// The agent's log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.data().join(LOG)).unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // A runtime must not wait for its tasks where a test's own runtime waits for it.
        if let Some(services) = self.services.take() {
            services.shutdown_background();
        }
    }
}
