//! Notices: what the person should know, in one window, one after the other. None is lost while another is read. The answer
//! to what the person has just done comes first.

use std::collections::VecDeque;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::timeout;
use tracing::{info, warn};

use super::keys::NO_FOLDER;
use super::window::{Event, Window, is_sandbox, show_folder};
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::desktop::own::{NoticeDeed, NoticeKind, NoticeView, Own, Said};
use crate::desktop::{Asked, FileKind, FilePrompt, FileWish, Heard};
use crate::files::{self, FileError};
use crate::words::Words;

/// How many notices wait at most: more than a person reads. The oldest of those that wait are dropped, but never one with
/// a recovery code, which nobody could say again.
const WAITING: usize = 100;

/// How often a window is shown again that broke down before its recovery code was kept.
const TRIES: u32 = 3;

/// How long the system's printer may take to take a text. Until then the window waits.
const PRINTS: Duration = Duration::from_secs(10);

/// How many names are tried for a file with a number.
const NAMES: u32 = 100;

/// Tells one thing, and returns when the person has seen it. To be called for one notice after the other; whoever has a
/// stream of them uses [`tell_all`].
pub async fn tell(ctx: &Arc<Ctx>, kind: NoticeKind) {
    // Nobody else can put anything into this queue.
    let (_, nothing) = broadcast::channel(1);
    show(ctx, &mut VecDeque::from([kind]), &mut Some(nothing)).await;
}

/// Tells everything that comes, one after the other, until nothing can come any more.
pub async fn tell_all(ctx: &Arc<Ctx>, coming: broadcast::Receiver<NoticeKind>) {
    let mut coming = Some(coming);
    let mut waiting = VecDeque::new();
    loop {
        while waiting.is_empty() {
            match next(&mut coming).await {
                Some(kind) => add(&mut waiting, kind),
                None => return,
            }
        }
        show(ctx, &mut waiting, &mut coming).await;
    }
}

/// The next notice; `None`, once and for all, when nothing can come any more.
async fn next(coming: &mut Option<broadcast::Receiver<NoticeKind>>) -> Option<NoticeKind> {
    loop {
        match coming.as_mut()?.recv().await {
            Ok(kind) => return Some(kind),
            Err(RecvError::Lagged(count)) => warn!(count, "there were too many notices"),
            Err(RecvError::Closed) => *coming = None,
        }
    }
}

/// Puts a notice behind the others; what is said already, or is older news of the same, makes room.
fn add(waiting: &mut VecDeque<NoticeKind>, kind: NoticeKind) {
    let same_matter = |one: &NoticeKind| match (one, &kind) {
        (NoticeKind::Moved { number: one, .. }, NoticeKind::Moved { number: other, .. }) => {
            one.is_some() && one == other
        }
        (NoticeKind::PortTaken { .. }, NoticeKind::PortTaken { .. })
        | (NoticeKind::SecretsInFile { .. }, NoticeKind::SecretsInFile { .. }) => true,
        (one, other) => one == other,
    };
    // The first is the one that is being read.
    let mut place = 0;
    waiting.retain(|one| {
        place += 1;
        place == 1 || !same_matter(one)
    });
    if waiting.front().is_some_and(|read| *read == kind) {
        return;
    }
    waiting.push_back(kind);
    if waiting.len() > WAITING {
        let once = |one: &NoticeKind| matches!(one, NoticeKind::Number { recovery: Some(_), .. });
        if let Some(at) = (1..waiting.len()).find(|at| !once(&waiting[*at])) {
            waiting.remove(at);
        }
    }
}

/// Whether a notice is the answer to what the person has just done.
fn answers(kind: &NoticeKind) -> bool {
    match kind {
        NoticeKind::Signed { .. } | NoticeKind::Cannot { .. } => true,
        NoticeKind::Moved { .. }
        | NoticeKind::Number { .. }
        | NoticeKind::PortTaken { .. }
        | NoticeKind::SecretsInFile { .. } => false,
    }
}

/// Puts an answer before everything else: behind an older one, it would be taken for it. An older answer that is on the
/// screen goes.
fn answer_first(waiting: &mut VecDeque<NoticeKind>, kind: NoticeKind) {
    if waiting.front().is_some_and(answers) {
        waiting.pop_front();
    }
    waiting.retain(|one| *one != kind);
    waiting.push_front(kind);
}

/// Shows what waits, and what comes meanwhile, in one window, until all was read or the window was closed. The first of
/// those that wait is out of the queue then.
async fn show(
    ctx: &Arc<Ctx>,
    waiting: &mut VecDeque<NoticeKind>,
    coming: &mut Option<broadcast::Receiver<NoticeKind>>,
) {
    let Some(kind) = waiting.front() else { return };
    let mut view = view(ctx, kind.clone(), waiting.len() - 1);
    for _ in 0..TRIES {
        // Nobody asks for this window; it comes by itself.
        let (_raise, raised) = watch::channel(0);
        let mut window = Window::open(ctx, Own::Notice(view.clone()), raised);
        loop {
            let event = tokio::select! {
                event = window.next() => event,
                Some(kind) = next(coming), if coming.is_some() => {
                    if answers(&kind) && !matches!(view.kind, NoticeKind::Number { .. }) {
                        let raised = view.raised + 1;
                        answer_first(waiting, kind.clone());
                        view = self::view(ctx, kind, 0);
                        view.raised = raised;
                    } else {
                        add(waiting, kind);
                    }
                    view.more = waiting.len().saturating_sub(1);
                    window.show(Own::Notice(view.clone()));
                    continue;
                }
            };
            match event {
                None => break,
                Some(Event::Raised(_)) => {}
                Some(Event::Locale(locale)) => view.locale = locale,
                Some(Event::Heard(Heard::Said(Said::Notice(NoticeDeed::Done)))) => {
                    waiting.pop_front();
                    let Some(kind) = waiting.front() else { return };
                    let raised = view.raised;
                    view = self::view(ctx, kind.clone(), waiting.len() - 1);
                    view.raised = raised;
                }
                Some(Event::Heard(heard)) => deed(ctx, &mut view, heard).await,
            }
            window.show(Own::Notice(view.clone()));
        }
        let kept = view.saved.is_some() || view.printed == Some(true);
        if kept || !matches!(view.kind, NoticeKind::Number { recovery: Some(_), .. }) {
            break;
        }
        // It was closed with force, or broke down: a recovery code is shown only once in its life.
        info!("a notice that must be kept is shown again");
    }
    waiting.pop_front();
}

fn view(ctx: &Ctx, kind: NoticeKind, more: usize) -> NoticeView {
    NoticeView {
        locale: ctx.preferences.locale(),
        sandbox: is_sandbox(ctx),
        kind,
        more,
        saved: None,
        printed: None,
        trouble: None,
        raised: 0,
    }
}

async fn deed(ctx: &Arc<Ctx>, view: &mut NoticeView, heard: Heard) {
    view.trouble = None;
    match (heard, &view.kind) {
        (Heard::Said(Said::Notice(NoticeDeed::Save)), NoticeKind::Number { number, recovery }) => {
            let text = text(ctx, view, number, recovery.as_deref());
            match save(ctx, view, number, text).await {
                Ok(Some(name)) => view.saved = Some(name),
                Ok(None) => {}
                Err(error) => {
                    warn!(%error, "a number could not be saved");
                    view.trouble = Some("notice-number-not-saved".to_owned());
                }
            }
        }
        (Heard::Said(Said::Notice(NoticeDeed::Print)), NoticeKind::Number { number, recovery }) => {
            let text = text(ctx, view, number, recovery.as_deref());
            view.printed = Some(print("lp", &text, PRINTS).await);
        }
        (Heard::Said(Said::ShowFolder { .. }), NoticeKind::Signed { path }) => {
            if !show_folder(path).await {
                view.trouble = Some(NO_FOLDER.to_owned());
            }
        }
        (Heard::Said(_) | Heard::Open(..), _) => {}
    }
}

/// What is saved or printed.
fn text(ctx: &Ctx, view: &NoticeView, number: &str, recovery: Option<&str>) -> String {
    let words = Words::new(view.locale);
    let mut lines = vec!["Tanba".to_owned(), format!("{}: {number}", words.get("window-number"))];
    if let Some(recovery) = recovery {
        lines.push(format!("{}: {recovery}", words.get("notice-number-recovery")));
        lines.push(words.get("notice-number-recovery-text"));
    }
    if is_sandbox(ctx) {
        lines.push(words.get("window-sandbox"));
    }
    lines.join("\n") + "\n"
}

/// Writes a number into a file of its own, in a folder that the person chooses; only this user can read it. Says its
/// name; `None` if the person changed their mind.
async fn save(
    ctx: &Ctx,
    view: &NoticeView,
    number: &str,
    text: String,
) -> Result<Option<String>, FileError> {
    let prompt = FilePrompt {
        origin: None,
        locale: view.locale,
        sandbox: view.sandbox,
        kind: FileKind::Folder,
        folder: None,
        wish: Some(FileWish::Number),
    };
    let Asked::Answered(folder) = ctx.desktop.choose_file(prompt).await else { return Ok(None) };
    // Numbers are digits; whatever else came would not become a part of a path.
    let digits: String = number.chars().filter(char::is_ascii_digit).take(20).collect();
    blocking(move || write(&folder, &digits, text.as_bytes())).await.map(Some)
}

fn write(folder: &Path, digits: &str, bytes: &[u8]) -> Result<String, FileError> {
    for number in 1..=NAMES {
        let name = match number {
            1 => format!("Tanba {digits}.txt"),
            _ => format!("Tanba {digits} ({number}).txt"),
        };
        match files::write_new(folder, &name, bytes) {
            Ok(()) => return Ok(name),
            Err(FileError::Exists) => {}
            Err(error) => return Err(error),
        }
    }
    Err(FileError::Exists)
}

/// Gives a text to the system's printer; says whether that took it, in time. The text is on no command line.
async fn print(program: &str, text: &str, patience: Duration) -> bool {
    timeout(patience, give(program, text)).await.unwrap_or(false)
}

async fn give(program: &str, text: &str) -> bool {
    let child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let Ok(mut child) = child else { return false };
    let Some(mut stdin) = child.stdin.take() else { return false };
    if stdin.write_all(text.as_bytes()).await.is_err() {
        return false;
    }
    drop(stdin);
    child.wait().await.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(number: &str, state: &str) -> NoticeKind {
        NoticeKind::Moved { number: Some(number.to_owned()), state: state.to_owned() }
    }

    fn number(recovery: Option<&str>) -> NoticeKind {
        NoticeKind::Number { number: "1".to_owned(), recovery: recovery.map(str::to_owned) }
    }

    #[test]
    fn newer_news_take_the_place_of_older_ones_and_a_recovery_code_is_never_dropped() {
        let mut waiting = VecDeque::new();
        for kind in [
            moved("1", "status-new"),
            moved("2", "status-new"),
            moved("2", "status-issued"),
            moved("1", "status-issued"),
            number(Some("code")),
            number(Some("code")),
        ] {
            add(&mut waiting, kind);
        }
        let left = [
            moved("1", "status-new"),
            moved("2", "status-issued"),
            moved("1", "status-issued"),
            number(Some("code")),
        ];
        assert_eq!(waiting, left);
        for other in 0..WAITING * 2 {
            add(&mut waiting, moved(&format!("x{other}"), "status-new"));
        }
        assert_eq!(waiting.len(), WAITING);
        assert_eq!(waiting[0], moved("1", "status-new"), "what is being read stays");
        assert!(waiting.contains(&number(Some("code"))));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_number_is_written_for_its_owner_alone_and_printed_without_a_command_line() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(folder.path(), "12", b"one").unwrap(), "Tanba 12.txt");
        assert_eq!(write(folder.path(), "12", b"two").unwrap(), "Tanba 12 (2).txt");
        let path = folder.path().join("Tanba 12.txt");
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!print("tanba-has-no-such-program", "text", PRINTS).await);
        assert!(print("cat", "text", PRINTS).await);
        assert!(!print("false", &"text".repeat(100_000), PRINTS).await);
        // One that never ends holds up no notices.
        assert!(!print("yes", &"text".repeat(100_000), Duration::from_millis(20)).await);
    }
}
