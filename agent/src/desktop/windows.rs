//! The agent's side of its windows: starts a child for each, one at a time, and reads its answer.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use tanba_core::password::NewPassword;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::{debug, warn};
use zeroize::Zeroizing;

use super::line::{Ask, LIMIT, Reply};
use super::{Asked, Desktop, FolderPrompt, NewPasswordPrompt};

/// The first argument with which the program becomes a window.
pub(super) const WINDOW: &str = "window";

/// The exit code of a window that found no screen. Any other end without an answer is a breakdown.
pub(super) const NO_SCREEN: u8 = 72;

/// How long a window may take to appear. A GL driver that hangs is not waited for: the processor draws then.
const APPEARS: Duration = Duration::from_secs(20);

/// Who draws a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Renderer {
    /// OpenGL.
    Gl,
    /// The processor: slower, and screen readers see nothing, but it needs no driver.
    Cpu,
}

impl Renderer {
    /// The second argument of a window.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gl => "gl",
            Self::Cpu => "cpu",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Gl, Self::Cpu].into_iter().find(|renderer| renderer.name() == name)
    }
}

/// Windows as child processes of the same program.
#[derive(Debug)]
pub struct Windows {
    program: PathBuf,
    environment: Vec<(OsString, OsString)>,
    /// One window at a time. Tokio's semaphore is fair: who asked first is shown first, and who gave up is not.
    turn: Semaphore,
    /// GL failed once, so that it need not be tried again.
    without_gl: AtomicBool,
}

enum Outcome {
    Answered(Reply),
    NoScreen,
    /// It ended, or was ended, before it was on the screen.
    NeverShown,
}

impl Windows {
    /// Windows are shown by `program`, whose `main` calls `run_window_if_asked` first.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            environment: Vec::new(),
            turn: Semaphore::new(1),
            without_gl: AtomicBool::new(false),
        }
    }

    /// Adds a variable to the environment of the windows: `DISPLAY`, for one, to show them on another screen.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    async fn ask(&self, ask: Ask) -> Asked<Reply> {
        let _turn = self.turn.acquire().await.expect("nobody closes the semaphore");
        let renderers: &[_] = if self.without_gl.load(Ordering::Relaxed) {
            &[Renderer::Cpu]
        } else {
            &[Renderer::Gl, Renderer::Cpu]
        };
        for renderer in renderers {
            match self.show(&ask, *renderer).await {
                Outcome::Answered(Reply::Closed) => return Asked::Closed,
                Outcome::Answered(reply) => return Asked::Answered(reply),
                Outcome::NoScreen => return Asked::NoScreen,
                Outcome::NeverShown => match renderer {
                    Renderer::Gl => self.without_gl.store(true, Ordering::Relaxed),
                    Renderer::Cpu => {}
                },
            }
        }
        Asked::NoScreen
    }

    /// Shows one window. If this future is dropped, the child is killed.
    async fn show(&self, ask: &Ask, renderer: Renderer) -> Outcome {
        let mut child = match self.start(renderer) {
            Ok(child) => Family(child),
            Err(error) => {
                warn!(%error, "no window could be started");
                return Outcome::NeverShown;
            }
        };
        let mut line = serde_json::to_vec(ask).expect("a prompt is strings and flags");
        line.push(b'\n');
        // The pipe stays open until the window has ended: a window whose agent died reads its end, and closes itself.
        let mut stdin = child.0.stdin.take().expect("it was asked for");
        let mut stdout = Lines::new(child.0.stdout.take().expect("it was asked for"));
        if let Err(error) = stdin.write_all(&line).await {
            warn!(%error, "a window did not listen");
            return self.ended(child).await;
        }
        match timeout(APPEARS, stdout.next()).await {
            Ok(Some(Reply::Shown)) => {}
            Ok(Some(other)) => return Outcome::Answered(other),
            Ok(None) => return self.ended(child).await,
            Err(_) => {
                warn!(renderer = renderer.name(), "a window did not appear");
                return Outcome::NeverShown;
            }
        }
        debug!(renderer = renderer.name(), "a window is shown");
        match stdout.next().await {
            Some(Reply::Shown) | None => Outcome::Answered(Reply::Closed),
            Some(reply) => Outcome::Answered(reply),
        }
    }

    fn start(&self, renderer: Renderer) -> std::io::Result<Child> {
        let mut command = Command::new(&self.program);
        #[cfg(unix)]
        command.process_group(0);
        command
            .args([WINDOW, renderer.name()])
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What drivers and toolkits print is for nobody; what went wrong is told by the exit code.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }

    /// A child that said nothing: either there is no screen, or it broke down.
    async fn ended(&self, mut child: Family) -> Outcome {
        match timeout(APPEARS, child.0.wait()).await {
            Ok(Ok(status)) if status.code() == Some(NO_SCREEN.into()) => Outcome::NoScreen,
            Ok(Ok(status)) => {
                debug!(%status, "a window ended before it was shown");
                Outcome::NeverShown
            }
            Ok(Err(_)) | Err(_) => Outcome::NeverShown,
        }
    }
}

/// A window and whatever it started: the chooser of folders may be another program.
struct Family(Child);

impl Drop for Family {
    fn drop(&mut self) {
        // The child leads a group of its own. A child that was waited for has no id any more, and its number may be
        // somebody else's by now.
        #[cfg(unix)]
        if let Some(leader) =
            self.0.id().and_then(|id| rustix::process::Pid::from_raw(id.try_into().ok()?))
        {
            use rustix::process::{Signal, kill_process_group};
            // That it has just ended by itself is as good.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Desktop for Windows {
    fn choose_folder(&self, prompt: FolderPrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        async move {
            match self.ask(Ask::Folder(prompt)).await {
                Asked::Answered(Reply::Folder(path)) => Asked::Answered(path),
                Asked::Answered(Reply::Shown | Reply::Closed | Reply::NewPassword(_))
                | Asked::Closed => Asked::Closed,
                Asked::NoScreen => Asked::NoScreen,
            }
        }
        .boxed()
    }

    fn new_password(&self, prompt: NewPasswordPrompt) -> BoxFuture<'_, Asked<NewPassword>> {
        async move {
            match self.ask(Ask::NewPassword(prompt)).await {
                Asked::Answered(Reply::NewPassword(password)) => Asked::Answered(password),
                Asked::Answered(Reply::Shown | Reply::Closed | Reply::Folder(_))
                | Asked::Closed => Asked::Closed,
                Asked::NoScreen => Asked::NoScreen,
            }
        }
        .boxed()
    }
}

/// The lines of a window. One buffer, which never grows and is wiped, holds them.
struct Lines {
    stdout: ChildStdout,
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
}

impl Lines {
    fn new(stdout: ChildStdout) -> Self {
        Self { stdout, buffer: Zeroizing::new(vec![0; LIMIT]), filled: 0 }
    }

    /// The next line; `None` at the end, and for whatever is no answer.
    async fn next(&mut self) -> Option<Reply> {
        loop {
            if let Some(end) = self.buffer[..self.filled].iter().position(|byte| *byte == b'\n') {
                let reply = Reply::parse(&self.buffer[..end]);
                self.buffer.copy_within(end + 1..self.filled, 0);
                self.filled -= end + 1;
                return reply.inspect_err(|error| warn!(%error, "a window is closed")).ok();
            }
            // A full buffer reads nothing, which is an end as well.
            match self.stdout.read(&mut self.buffer[self.filled..]).await {
                Ok(0) => return None,
                Ok(read) => self.filled += read,
                Err(error) => {
                    warn!(%error, "a window cannot be read");
                    return None;
                }
            }
        }
    }
}
