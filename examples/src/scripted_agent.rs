//! The real agent with a scripted person in front of it, on a port of this machine, for tests of web pages.
//!
//! Everything but the person is the agent's own: the door, the dialects, the checks, the signatures. Time stamps come from
//! a sandbox in the same process, so that nothing needs a network; they have no legal force.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tanba_agent::assembly::{CannotStart, Plan, SecretPlace, assemble};
use tanba_agent::clock::{Clock, SystemClock};
use tanba_agent::server::{Server, tls};
use tanba_core::pkcs12::{self, OpenError};
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_installer::identity::{self, IdentityError};
use tanba_sandbox::{Sandbox, StartError};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::scripted::{Behaviour, Belongings, Diary, ScriptedPerson};

/// The largest key file, in bytes.
const KEY_FILE: u64 = 1 << 20;
/// The longest password, in bytes.
const PASSWORD: usize = 4096;

/// How a scripted agent is to be.
#[derive(Debug, Default)]
pub struct Options {
    /// The port on 127.0.0.1 (and ::1); 0 takes any that is free.
    pub port: u16,
    /// What the person has at hand.
    pub belongings: Belongings,
    /// How the person answers windows.
    pub behaviour: Behaviour,
    /// The agent's time when it starts, from which its clock runs on; the machine's by default. Time stamps are of that
    /// time as well.
    pub at: Option<UnixTime>,
    /// Where the person's diary is written, beside memory.
    pub log: Option<PathBuf>,
}

/// Why a scripted agent did not start.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    /// A file that was named cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A key file is none, or the password is not its.
    #[error("{}: {error}", .path.display())]
    Key {
        /// Which.
        path: PathBuf,
        /// Why.
        error: OpenError,
    },
    /// The file of the password has none in its first line.
    #[error("{}: there is no password in the first line", .0.display())]
    NoPassword(PathBuf),
    /// Keys without a password.
    #[error("the keys have no password")]
    KeysWithoutPassword,
    /// The port is taken or may not be used.
    #[error("port {port} cannot be used: {error}")]
    Port {
        /// Which.
        port: u16,
        /// Why.
        error: io::Error,
    },
    /// The scratch folder cannot be made.
    #[error("there is no room for the agent's files")]
    Scratch(#[from] io::Error),
    /// The TLS identity cannot be made.
    #[error("the TLS identity cannot be made")]
    Identity(#[from] IdentityError),
    /// The TLS identity cannot be used.
    #[error("the TLS identity cannot be used")]
    Tls(#[from] tls::TlsError),
    /// The services that give time stamps did not start.
    #[error("the authority of time stamps did not start")]
    Stamps(#[from] StartError),
    /// The agent cannot begin.
    #[error("the agent cannot begin")]
    Agent(#[from] CannotStart),
}

impl NotStarted {
    /// Whether it is about what was asked for, and not about this machine.
    #[must_use]
    pub fn is_bad_option(&self) -> bool {
        match self {
            Self::File { .. }
            | Self::Key { .. }
            | Self::NoPassword(_)
            | Self::KeysWithoutPassword => true,
            Self::Port { .. }
            | Self::Scratch(_)
            | Self::Identity(_)
            | Self::Tls(_)
            | Self::Stamps(_)
            | Self::Agent(_) => false,
        }
    }
}

/// A scripted agent that listens. It ends, without words, when this is dropped; [`Running::stop`] ends it properly.
pub struct Running {
    /// The port on which it listens.
    pub port: u16,
    /// The local root, PEM: what its callers are to trust.
    pub root_pem: String,
    /// Whoever answers its windows.
    pub person: Arc<ScriptedPerson>,
    /// Whoever gives its time stamps.
    pub sandbox: Sandbox,
    serving: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
    /// The agent's folder, and the TLS identity's.
    _scratch: tempfile::TempDir,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Running {
    /// Ends the agent: open sockets are closed properly.
    pub async fn stop(mut self) {
        // The agent has ended already if nobody listens.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A clock that shows another time than the machine's, and runs as steadily.
struct RunsFrom {
    at: UnixTime,
    since: Instant,
}

impl Clock for RunsFrom {
    fn now(&self) -> UnixTime {
        self.at.plus_secs(i64::try_from(self.since.elapsed().as_secs()).unwrap_or(i64::MAX))
    }
}

/// Starts an agent on the current tokio runtime. All files were read when it listens.
///
/// # Errors
/// Those of [`NotStarted`].
pub async fn start(options: Options) -> Result<Running, NotStarted> {
    let Options { port, mut belongings, behaviour, at, log } = options;
    absolute(&mut belongings)?;
    check_keys(&belongings)?;
    check_document(&belongings)?;
    let diary = match log {
        Some(path) => Diary::in_file(&path).map_err(|error| NotStarted::File { path, error })?,
        None => Diary::default(),
    };
    let person = Arc::new(ScriptedPerson::new(belongings, behaviour, diary));
    let server = Server::bind(port).await.map_err(|error| NotStarted::Port { port, error })?;
    let sandbox =
        Sandbox::start(tanba_sandbox::Options { dated: at, ..Default::default() }).await?;
    let scratch = tempfile::Builder::new().prefix("tanba-scripted-").tempdir()?;
    let tls_folder = scratch.path().join("tls");
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = UnixTime::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    let (identity, _) = identity::ensure(&tls_folder, now)?;
    let clock: Arc<dyn Clock> = match at {
        Some(at) => Arc::new(RunsFrom { at, since: Instant::now() }),
        None => Arc::new(SystemClock),
    };
    let plan = Plan {
        secrets: SecretPlace::File,
        clock,
        time_stamps: Some(format!("{}/tsp", sandbox.url())),
        trial: true,
        ..Plan::new(scratch.path().join("agent"), None, Arc::clone(&person) as _)
    };
    let ctx = assemble(plan).await?;
    let port = server.address().port();
    let (stop, stopped) = oneshot::channel();
    let ended = async {
        // A sender that is dropped ends it too; nothing else is ever sent.
        let _ = stopped.await;
    };
    let serving = tokio::spawn(server.run(ctx, tls::acceptor(&tls_folder)?, ended));
    let root_pem = identity.root_pem().to_owned();
    Ok(Running { port, root_pem, person, sandbox, serving, stop: Some(stop), _scratch: scratch })
}

/// The password in the first line of a file.
///
/// # Errors
/// [`NotStarted::File`], or [`NotStarted::NoPassword`] if that line is empty or longer than any password.
pub fn read_password(path: &Path) -> Result<Password, NotStarted> {
    let file = |error| NotStarted::File { path: path.to_owned(), error };
    let text = String::from_utf8(read(path, KEY_FILE).map_err(file)?)
        .map_err(|_| file(io::Error::new(io::ErrorKind::InvalidData, "it is no text in UTF-8")))?;
    let first = text.lines().next().unwrap_or_default();
    if first.is_empty() || first.len() > PASSWORD {
        return Err(NotStarted::NoPassword(path.to_owned()));
    }
    Ok(Password::new(first.to_owned()))
}

/// Pages are told paths, and a path that depends on a folder is worth nothing to them.
fn absolute(belongings: &mut Belongings) -> Result<(), NotStarted> {
    for path in belongings.keys.iter_mut().chain(&mut belongings.document) {
        *path =
            path.canonicalize().map_err(|error| NotStarted::File { path: path.clone(), error })?;
    }
    Ok(())
}

/// A key that cannot be opened later would look like a person who cancels.
fn check_keys(belongings: &Belongings) -> Result<(), NotStarted> {
    let Some(password) = &belongings.password else {
        return if belongings.keys.is_empty() {
            Ok(())
        } else {
            Err(NotStarted::KeysWithoutPassword)
        };
    };
    for path in &belongings.keys {
        let bytes =
            read(path, KEY_FILE).map_err(|error| NotStarted::File { path: path.clone(), error })?;
        pkcs12::open(&bytes, password)
            .map_err(|error| NotStarted::Key { path: path.clone(), error })?;
    }
    Ok(())
}

/// A document that cannot be read later would look like a fault of the page.
fn check_document(belongings: &Belongings) -> Result<(), NotStarted> {
    let Some(path) = &belongings.document else { return Ok(()) };
    let file = std::fs::File::open(path).and_then(|file| file.metadata());
    let readable = file.and_then(|about| {
        if about.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(()) }
    });
    readable.map_err(|error| NotStarted::File { path: path.clone(), error })
}

fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too large"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_a_file_also_of_a_person_without_keys() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("contract.txt");
        std::fs::write(&file, "text").expect("written");
        let check = |path: &Path| {
            let document = Some(path.to_owned());
            check_document(&Belongings { document, ..Belongings::default() })
        };
        assert!(check(&file).is_ok());
        assert!(matches!(check(folder.path()), Err(NotStarted::File { .. })));
        assert!(matches!(check(&folder.path().join("none")), Err(NotStarted::File { .. })));
        assert!(check_document(&Belongings::default()).is_ok());
    }
}
