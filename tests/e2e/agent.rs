//! The program `tanba` as a person's session starts it: a process of its own, with its own folders.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::children::Group;

/// How long the program may take until it listens. It takes a fraction of a second; a machine under load is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running agent. Dropping it kills it.
pub(crate) struct Agent {
    group: Group,
    port: u16,
    printed: Arc<Mutex<String>>,
    errors: PathBuf,
}

/// Where the program is. Built at the first question, unless `cargo verify` says that it is there already.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| built("tanba-agent", "tanba"))
}

/// Where a program of this workspace is: beside the agent that `cargo verify` built, or built now.
pub(crate) fn built(package: &str, name: &str) -> PathBuf {
    if let Some(agent) = std::env::var_os("TANBA_PROGRAM") {
        return PathBuf::from(agent).with_file_name(name);
    }
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--package", package, "--bin", name])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .status()
        .unwrap();
    assert!(built.success(), "{name} cannot be built");
    // This program lies in target/<profile>/deps, the others one folder above.
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().join(name)
}

impl Agent {
    /// Starts a command that ends up being the agent, and waits until it says where it listens. What it writes to its
    /// error output goes to a file.
    pub(crate) fn start(command: &mut Command, errors: &Path) -> Result<Self, String> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(errors).unwrap();
        let mut group =
            Group::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log));
        let out = group.child().stdout.take().unwrap();
        let printed = Arc::new(Mutex::new(String::new()));
        let (tell, told) = mpsc::channel();
        let all = printed.clone();
        thread::spawn(move || {
            for line in BufReader::new(out).lines() {
                let Ok(line) = line else { return };
                all.lock().unwrap().push_str(&format!("{line}\n"));
                // Nobody listens any more once the agent has said where it listens.
                let _ = tell.send(line);
            }
        });
        let first = told.recv_timeout(PATIENCE).map_err(|_| "it says nothing".to_owned());
        let port = first.and_then(|line| {
            listening(&line).ok_or_else(|| format!("it does not say where it listens: {line}"))
        });
        match port {
            Ok(port) => Ok(Self { group, port, printed, errors: errors.to_owned() }),
            Err(why) => {
                let said = std::fs::read_to_string(errors).unwrap_or_default();
                Err(format!("{command:?}: {why}\n{said}"))
            }
        }
    }

    /// The port on which it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Everything that it printed, on both outputs.
    pub(crate) fn printed(&self) -> String {
        let errors = std::fs::read_to_string(&self.errors).unwrap_or_default();
        self.printed.lock().unwrap().clone() + &errors
    }

    /// The number of its process.
    pub(crate) fn process(&mut self) -> u32 {
        self.group.child().id()
    }

    /// Whether its process has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.group.child().try_wait().unwrap().is_some()
    }

    /// Whether none of its threads computes at this moment.
    pub(crate) fn sleeps(&mut self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.process())).unwrap();
        threads.flatten().all(|thread| {
            let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            // The state follows the name, which is in brackets.
            stat.rsplit(") ").next().is_none_or(|rest| !rest.starts_with('R'))
        })
    }

    /// Asks it to end, as a session that ends does.
    pub(crate) fn ask_to_end(&mut self) {
        let process = i32::try_from(self.process()).ok().and_then(Pid::from_raw).unwrap();
        kill_process(process, Signal::TERM).unwrap();
    }

    /// Waits until it has ended, and gives its exit code; `None` if a signal ended it.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.group.child().try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < end, "it does not end: {}", self.printed());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.group.kill();
    }
}

/// The port in `{"listening":"127.0.0.1:13579"}`.
fn listening(line: &str) -> Option<u16> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let address: SocketAddr = line["listening"].as_str()?.parse().ok()?;
    (address.ip().is_loopback() && address.port() != 0).then(|| address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(script: &str) -> Result<Agent, String> {
        let folder = tempfile::tempdir().unwrap();
        Agent::start(Command::new("sh").args(["-c", script]), &folder.path().join("errors"))
    }

    #[test]
    fn the_agent_s_program_is_built_when_it_is_asked_for() {
        assert!(program().is_file());
    }

    #[test]
    fn the_agent_s_first_line_says_where_it_listens() {
        let script = "echo oops >&2; echo '{\"listening\":\"127.0.0.1:4711\"}'; exec sleep 600";
        let agent = start(script).unwrap();
        assert_eq!(agent.port(), 4711);
        assert!(agent.printed().contains("4711"));
        agent.kill();
    }

    #[test]
    fn an_agent_that_does_not_listen_is_shown_with_its_words() {
        let failed = start("echo 'no room on the disk' >&2; exit 1").err().unwrap();
        assert!(failed.contains("it says nothing"), "{failed}");
        assert!(failed.contains("no room on the disk"), "{failed}");
        for line in
            ["hello", "{\"listening\":\"10.0.0.1:4711\"}", "{\"listening\":\"127.0.0.1:0\"}"]
        {
            assert_eq!(listening(line), None);
        }
    }
}
