//! How the agent begins, when it is there already, when its port is taken; and how it ends.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tanba_installer::identity;
use tanba_tests::tools::all_here;
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::agent::{Agent, program};
use crate::children::Group;
use crate::screen::{self, Screen};
use crate::socket::connect;
use crate::world::now;

/// How long something may take that takes a moment; a machine under load is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A person's folder with a TLS identity in it.
struct Home {
    folder: TempDir,
    root_pem: String,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = identity::ensure(&folder.path().join("data/tls"), now());
        let (identity, _) = made.unwrap();
        Self { root_pem: identity.root_pem().to_owned(), folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program with this folder; neither a screen nor a session's bus unless they are added.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .arg("--data")
            .arg(self.path().join("data"))
            .env("HOME", self.path())
            .env("LANG", "en_US.UTF-8")
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("XDG_RUNTIME_DIR", self.path());
        command
    }

    fn start(&self, arguments: &[&str], display: Option<&Screen>) -> Agent {
        let mut command = self.command(arguments);
        command.args(["--port", "0", "--secrets", "file"]);
        if let Some(screen) = display {
            command.env("DISPLAY", screen.display());
        }
        Agent::start(&mut command, &self.path().join("errors")).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().unwrap()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path().join("data/tanba.log")).unwrap_or_default()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn a_signature_that_waits_for_its_person_is_cancelled_when_the_session_ends() {
    if !all_here(screen::COMMANDS) {
        return;
    }
    let home = Home::new();
    let screen = Screen::start(home.path());
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let mut agent = home.start(&["serve"], Some(&screen));
        let origin = Some("https://page.example.kz");
        let mut page =
            connect(agent.port(), &home.root_pem, origin, Some("tanba.v1")).await.unwrap();
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "sign.cms",
            "params": { "documents": ["Y29udHJhY3Q="], "locale": "en" } });
        page.send(Message::text(call.to_string())).await.unwrap();
        let window = screen.window("Signing data").await;
        let process = i32::try_from(agent.process()).ok().and_then(Pid::from_raw).unwrap();
        kill_process(process, signal).unwrap();
        let mut heard = Vec::new();
        while let Some(Ok(message)) = page.next().await {
            heard.push(message);
        }
        let closed = heard.iter().any(|message| {
            matches!(message, Message::Close(Some(frame)) if frame.code == CloseCode::Away)
        });
        assert!(closed, "{signal:?}: {heard:?}");
        let signed = heard.iter().any(|message| matches!(message, Message::Text(_)));
        assert!(!signed, "{signal:?}: {heard:?}");
        screen.gone(&window).await;
        assert_eq!(agent.ended().await, Some(0), "{signal:?}");
        assert!(!home.path().join("data/agent.sock").exists());
    }
}

#[tokio::test]
async fn a_second_start_tells_the_first_and_goes() {
    let home = Home::new();
    let mut agent = home.start(&["serve"], None);
    let second = home.run(&["serve", "--port", "0"]);
    assert_eq!(second.status.code(), Some(2));
    assert!(text(&second.stderr).contains("Tanba runs already"), "{second:?}");
    let third = home.run(&["--port", "0"]);
    assert_eq!((third.status.code(), text(&third.stderr).as_str()), (Some(0), ""));
    assert!(text(&third.stdout).contains("Tanba runs already"), "{third:?}");
    // Everything that the tray's menu opens can be opened by a command; here there is no screen to open it on, which
    // keeps the agent from nothing.
    for wish in ["show", "obtain", "keys", "sign-file", "verify-file", "sites", "diagnose", "about"]
    {
        let told = home.run(&["open", wish]);
        assert_eq!(told.status.code(), Some(0), "{wish}: {told:?}");
    }
    assert_eq!(home.run(&["open", "language", "kk"]).status.code(), Some(0));
    assert_eq!(home.run(&["open", "language", "de"]).status.code(), Some(2));
    assert_eq!(home.run(&["open", "quit"]).status.code(), Some(0));
    assert_eq!(agent.ended().await, Some(0));
    let after = home.run(&["open", "keys"]);
    assert_eq!(after.status.code(), Some(2));
    assert!(text(&after.stderr).contains("Tanba does not run"), "{after:?}");
    let kept = std::fs::read_to_string(home.path().join("data/preferences.json")).unwrap();
    assert!(kept.contains("kk"), "{kept}");
}

#[tokio::test]
async fn an_agent_that_was_killed_leaves_nothing_in_the_way_of_the_next() {
    let home = Home::new();
    home.start(&["serve"], None).kill();
    let mut next = home.start(&["serve"], None);
    assert_eq!(home.run(&["open", "quit"]).status.code(), Some(0));
    assert_eq!(next.ended().await, Some(0));
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_with_the_program_that_holds_it_and_waited_for() {
    let home = Home::new();
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = holder.local_addr().unwrap().port();
    let refused = home.run(&["serve", "--port", &port.to_string()]);
    assert_eq!(refused.status.code(), Some(2));
    let told = text(&refused.stderr);
    let own = std::fs::read_to_string("/proc/self/comm").unwrap();
    assert!(told.contains(&port.to_string()) && told.contains(own.trim()), "{told}");
    // The agent of a session waits, and listens as soon as it can.
    let log = std::fs::File::create(home.path().join("errors")).unwrap();
    let mut command = home.command(&["--port", &port.to_string(), "--secrets", "file"]);
    let mut waits = Group::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log));
    let end = Instant::now() + PATIENCE;
    // In which order they come is the desktop's matter.
    let told = ["another program holds the port", "no icon in the tray"];
    while !told.iter().all(|told| home.log().contains(told)) {
        assert!(Instant::now() < end, "{}", home.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(holder);
    let mut line = String::new();
    let out = waits.child().stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
    assert!(line.contains(&format!("127.0.0.1:{port}")), "{line}");
    let origin = Some("https://page.example.kz");
    connect(port, &home.root_pem, origin, Some("tanba.v1")).await.unwrap();
}
