//! The agent's side of its windows: starts a child for each, one at a time, and reads its answer.

mod own;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, FutureExt as _};
use tanba_core::password::NewPassword;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::timeout;
use tracing::{debug, warn};
use zeroize::Zeroizing;

use super::line::{ASK_LIMIT, Ask, LIMIT, Reply, SAID_LIMIT, Told};
use super::{
    Asked, ConsentPrompt, Desktop, FilePrompt, FolderPrompt, Heard, KeyOpener, KeyPrompt,
    NewPasswordPrompt, Own, Warning,
};

/// The first argument with which the program becomes a window.
pub(super) const WINDOW: &str = "window";

/// The exit code of a window that found no screen. Any other end without an answer is a breakdown.
pub(super) const NO_SCREEN: u8 = 72;

/// How long a window may take to appear. A GL driver that hangs is not waited for: the processor draws then.
const APPEARS: Duration = Duration::from_secs(20);

/// For how long GL is not tried after it failed.
const WITHOUT_GL: Duration = Duration::from_secs(10 * 60);

/// How many keys of a file a window is told of. Real files have one, seldom two or three.
const CARDS: usize = 64;

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
    gl: Gl,
}

/// Whether GL is worth trying. A driver that is missing or breaks down costs every window time; one that broke down once
/// may have been replaced, or was only short of memory, and screen readers see nothing without it.
#[derive(Debug, Default)]
struct Gl {
    failed: Mutex<Option<Instant>>,
}

impl Gl {
    fn is_worth_trying(&self, now: Instant) -> bool {
        self.failed().is_none_or(|failed| now.saturating_duration_since(failed) >= WITHOUT_GL)
    }

    fn failed_at(&self, now: Instant) {
        *self.failed() = Some(now);
    }

    fn failed(&self) -> MutexGuard<'_, Option<Instant>> {
        // A moment is whole, whoever panicked.
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is said while a window is there.
enum Talk<'a> {
    /// It asks one question, and may have files opened for it.
    Question(Option<&'a dyn KeyOpener>),
    /// It is the person's own.
    Own(own::OwnTalk),
}

impl Talk<'_> {
    /// The longest line of such a window, in bytes.
    fn limit(&self) -> usize {
        match self {
            Self::Question(_) => LIMIT,
            Self::Own(_) => SAID_LIMIT,
        }
    }
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
        Self { program, environment: Vec::new(), turn: Semaphore::new(1), gl: Gl::default() }
    }

    /// Adds a variable to the environment of the windows: `DISPLAY`, for one, to show them on another screen.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    async fn ask(&self, ask: Ask, opener: Option<&dyn KeyOpener>) -> Asked<Reply> {
        let _turn = self.turn.acquire().await.expect("nobody closes the semaphore");
        self.talk(ask, &mut Talk::Question(opener)).await
    }

    /// Shows a window, by whoever can draw it, and talks with it until it has said its last word.
    async fn talk(&self, ask: Ask, talk: &mut Talk<'_>) -> Asked<Reply> {
        let line = line_of(ask);
        let renderers: &[_] = if self.gl.is_worth_trying(Instant::now()) {
            &[Renderer::Gl, Renderer::Cpu]
        } else {
            &[Renderer::Cpu]
        };
        for renderer in renderers {
            match self.show(&line, *renderer, talk).await {
                Outcome::Answered(Reply::Closed) => return Asked::Closed,
                Outcome::Answered(Reply::Blocked) => return Asked::Blocked,
                Outcome::Answered(reply) => return Asked::Answered(reply),
                Outcome::NoScreen => break,
                Outcome::NeverShown => match renderer {
                    Renderer::Gl => self.gl.failed_at(Instant::now()),
                    Renderer::Cpu => {}
                },
            }
        }
        warn!("there is no screen to show a window on");
        Asked::NoScreen
    }

    /// Shows one window. If this future is dropped, the child is killed.
    async fn show(&self, line: &[u8], renderer: Renderer, talk: &mut Talk<'_>) -> Outcome {
        let mut child = match self.start(renderer) {
            Ok(child) => Family(Some(child)),
            Err(error) => {
                warn!(%error, "no window could be started");
                return Outcome::NeverShown;
            }
        };
        // The pipe stays open until the window has ended: a window whose agent died reads its end, and closes itself.
        let mut stdin = child.child().stdin.take().expect("it was asked for");
        let mut stdout =
            Lines::new(child.child().stdout.take().expect("it was asked for"), talk.limit());
        let first = timeout(APPEARS, async {
            stdin.write_all(line).await?;
            Ok::<_, std::io::Error>(stdout.next().await)
        });
        match first.await {
            Ok(Ok(Some(Reply::Shown))) => {}
            Ok(Ok(Some(other))) => return Outcome::Answered(other),
            Ok(Ok(None)) => return self.ended(child).await,
            Ok(Err(error)) => {
                warn!(%error, "a window did not listen");
                return self.ended(child).await;
            }
            Err(_) => {
                warn!(renderer = renderer.name(), "a window did not appear");
                return Outcome::NeverShown;
            }
        }
        debug!(renderer = renderer.name(), "a window is shown");
        let last = match talk {
            Talk::Question(opener) => converse(&mut stdin, &mut stdout, *opener).await,
            Talk::Own(talk) => talk.converse(&mut stdin, &mut stdout).await,
        };
        Outcome::Answered(last.unwrap_or(Reply::Closed))
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
        match timeout(APPEARS, child.child().wait()).await {
            Ok(Ok(status)) if status.code() == Some(NO_SCREEN.into()) => Outcome::NoScreen,
            Ok(Ok(status)) => {
                debug!(%status, "a window ended before it was shown");
                Outcome::NeverShown
            }
            Ok(Err(_)) | Err(_) => Outcome::NeverShown,
        }
    }
}

/// Talks with a window until it answers; opens files for it if it may have that. `None` if it ended or broke down.
async fn converse(
    stdin: &mut ChildStdin,
    stdout: &mut Lines,
    opener: Option<&dyn KeyOpener>,
) -> Option<Reply> {
    let mut cards = Vec::new();
    loop {
        match (stdout.next().await?, opener) {
            (Reply::Open(file, password), Some(opener)) => {
                let told = tokio::select! {
                    opened = opener.open(file, password) => match opened {
                        Ok(opened) => {
                            cards = opened;
                            cards.truncate(CARDS);
                            Told::Cards(cards.clone())
                        }
                        Err(cannot) => {
                            cards.clear();
                            Told::Cannot(cannot)
                        }
                    },
                    // The person may close the window meanwhile. Nothing else can be said while a file is opened.
                    reply = stdout.next() => return reply.filter(|reply| matches!(reply, Reply::Closed)),
                };
                let mut line = serde_json::to_vec(&told).expect("cards are strings and numbers");
                line.push(b'\n');
                stdin.write_all(&line).await.ok()?;
            }
            (Reply::Key(index), Some(_)) => {
                if cards.iter().any(|card| card.index == index && card.refusal.is_none()) {
                    return Some(Reply::Key(index));
                }
                warn!("a window chose a key that cannot be taken");
                return None;
            }
            (Reply::Shown | Reply::Open(..) | Reply::Key(_) | Reply::Said(_), _) => {
                warn!("a window said something that is no answer");
                return None;
            }
            (
                reply @ (Reply::Closed
                | Reply::Folder(_)
                | Reply::NewPassword(_)
                | Reply::File(_)
                | Reply::Agreed
                | Reply::Blocked),
                _,
            ) => return Some(reply),
        }
    }
}

/// The line of a question, with its end. Documents that make it longer than a window reads are left out, and the window
/// says so.
fn line_of(mut ask: Ask) -> Vec<u8> {
    loop {
        let mut line = serde_json::to_vec(&ask)
            .expect("a prompt is strings, numbers and flags, paths are digits");
        let consent = match &mut ask {
            _ if line.len() < ASK_LIMIT => None,
            Ask::Key(prompt) => Some(&mut prompt.consent),
            Ask::Confirm(prompt) => Some(&mut **prompt),
            Ask::Folder(_) | Ask::NewPassword(_) | Ask::File(_) | Ask::Own(_) => None,
        };
        match consent {
            Some(consent) if !consent.documents.is_empty() || consent.logo.is_some() => {
                consent.logo = None;
                consent.documents.truncate(consent.documents.len() / 2);
                if !consent.warnings.contains(&Warning::NotAllShown) {
                    consent.warnings.push(Warning::NotAllShown);
                }
            }
            Some(_) | None => {
                line.push(b'\n');
                return line;
            }
        }
    }
}

/// A window and whatever it started: the chooser of folders may be another program.
struct Family(Option<Child>);

impl Drop for Family {
    fn drop(&mut self) {
        // The child leads a group of its own. A child that was waited for has no id any more, and its number may be
        // somebody else's by now.
        #[cfg(unix)]
        if let Some(leader) =
            self.child().id().and_then(|id| rustix::process::Pid::from_raw(id.try_into().ok()?))
        {
            use rustix::process::{Signal, kill_process_group};
            // That it has just ended by itself is as good.
            let _ = kill_process_group(leader, Signal::KILL);
        }
        // Somebody has to wait for a process that has ended, or its number stays taken. Where the program itself ends
        // there is no runtime any more, and the system waits.
        if let (Some(mut child), Ok(runtime)) =
            (self.0.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(async move { child.wait().await });
        }
    }
}

impl Family {
    fn child(&mut self) -> &mut Child {
        self.0.as_mut().expect("it is taken out at the end only")
    }
}

/// What a window answered, if it is an answer to what was asked.
fn taken<T>(asked: Asked<Reply>, take: impl FnOnce(Reply) -> Option<T>) -> Asked<T> {
    match asked {
        Asked::Answered(reply) => take(reply).map_or(Asked::Closed, Asked::Answered),
        Asked::Closed => Asked::Closed,
        Asked::Blocked => Asked::Blocked,
        Asked::NoScreen => Asked::NoScreen,
    }
}

impl Desktop for Windows {
    fn choose_folder(&self, prompt: FolderPrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        let take = |reply| if let Reply::Folder(path) = reply { Some(path) } else { None };
        self.ask(Ask::Folder(prompt), None).map(move |asked| taken(asked, take)).boxed()
    }

    fn new_password(&self, prompt: NewPasswordPrompt) -> BoxFuture<'_, Asked<NewPassword>> {
        let take =
            |reply| if let Reply::NewPassword(password) = reply { Some(password) } else { None };
        self.ask(Ask::NewPassword(prompt), None).map(move |asked| taken(asked, take)).boxed()
    }

    fn choose_file(&self, prompt: FilePrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        let take = |reply| if let Reply::File(path) = reply { Some(path) } else { None };
        self.ask(Ask::File(prompt), None).map(move |asked| taken(asked, take)).boxed()
    }

    fn choose_key<'a>(
        &'a self,
        prompt: KeyPrompt,
        opener: &'a dyn KeyOpener,
    ) -> BoxFuture<'a, Asked<usize>> {
        let take = |reply| if let Reply::Key(index) = reply { Some(index) } else { None };
        let ask = Ask::Key(Box::new(prompt));
        self.ask(ask, Some(opener)).map(move |asked| taken(asked, take)).boxed()
    }

    fn confirm(&self, prompt: ConsentPrompt) -> BoxFuture<'_, Asked<()>> {
        let take = |reply| if let Reply::Agreed = reply { Some(()) } else { None };
        let ask = Ask::Confirm(Box::new(prompt));
        self.ask(ask, None).map(move |asked| taken(asked, take)).boxed()
    }

    fn own(
        &self,
        views: watch::Receiver<Own>,
        heard: mpsc::Sender<Heard>,
    ) -> BoxFuture<'_, Asked<()>> {
        self.show_own(views, heard).boxed()
    }
}

/// The lines of a window. One buffer, which never grows and is wiped, holds them.
struct Lines {
    stdout: ChildStdout,
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
}

impl Lines {
    fn new(stdout: ChildStdout, limit: usize) -> Self {
        Self { stdout, buffer: Zeroizing::new(vec![0; limit]), filled: 0 }
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

#[cfg(test)]
mod tests {
    use tanba::protocol::Locale;

    use super::super::{Deed, Preview, Shown};
    use super::*;

    fn consent(documents: usize, letters: usize) -> Ask {
        let digest = ("SHA-256".to_owned(), String::new());
        let shown = Shown::Text("\u{1}".repeat(letters), true);
        let preview = Preview { name: None, length: None, digest, shown };
        Ask::Confirm(Box::new(ConsentPrompt {
            origin: None,
            locale: Locale::Kk,
            sandbox: false,
            deed: Deed::Sign,
            count: documents,
            documents: vec![preview; documents],
            warnings: Vec::new(),
            logo: Some(vec![255; 40_000]),
            may_block: false,
        }))
    }

    fn read(line: &[u8]) -> ConsentPrompt {
        let Ask::Confirm(prompt) = serde_json::from_slice(line).unwrap() else { panic!() };
        *prompt
    }

    #[test]
    fn what_is_too_long_for_a_window_is_cut_and_the_window_says_so() {
        let small = read(&line_of(consent(20, 1_000)));
        assert!(small.documents.len() == 20 && small.logo.is_some() && small.warnings.is_empty());
        let large = line_of(consent(40, 20_000));
        let prompt = read(&large);
        assert!(large.len() < ASK_LIMIT && prompt.documents.len() == 10 && prompt.count == 40);
        assert_eq!(prompt.warnings, [Warning::NotAllShown]);
        let one = read(&line_of(consent(1, ASK_LIMIT)));
        assert!(one.documents.is_empty() && one.warnings == [Warning::NotAllShown]);
    }

    #[test]
    fn gl_that_failed_is_tried_again_after_a_while() {
        let (gl, now) = (Gl::default(), Instant::now());
        assert!(gl.is_worth_trying(now));
        gl.failed_at(now);
        assert!(!gl.is_worth_trying(now) && !gl.is_worth_trying(now + WITHOUT_GL / 2));
        assert!(gl.is_worth_trying(now + WITHOUT_GL));
    }
}
