//! "Verify a file…": judges the signatures of a file as `tanba verify` does, and shows what it found.

mod told;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt as _};
use tanba_core::verify::Demand;
use tokio::sync::watch;
use tracing::info;

use super::asked_anew;
use super::window::{Event, Window, is_sandbox};
use crate::blocking::while_awaited;
use crate::commands::failure::{Failure, Problem};
use crate::commands::progress::Watch;
use crate::commands::verify::judging::{Judgement, Known, Question, judge};
use crate::ctx::Ctx;
use crate::desktop::own::{Own, ReportDeed, ReportView, Said, Verdict};
use crate::desktop::{Asked, FileKind, FilePrompt, FileWish, Heard};
use crate::words::Words;

/// What the name of a file ends in that holds the signatures of another one.
const ENDINGS: [&str; 5] = ["cms", "p7s", "p7b", "sig", "sgn"];

/// Lets the person choose a file, and shows what was found of its signatures until the window is closed.
pub async fn run(ctx: &Arc<Ctx>, mut raised: watch::Receiver<u64>) {
    let chosen = asked_anew(&mut raised, || choose(ctx, FileWish::Verify, None)).await;
    let Some(file) = chosen else { return };
    let mut report = Report { file, content: None, found: None };
    let progress = Arc::new(watch::Sender::new((0, 0)));
    let mut steps = progress.subscribe();
    let mut count = *raised.borrow();
    let first = report.view(ctx, Some((0, 0)), count);
    let mut window = Window::open(ctx, Own::Report(first), raised);
    let mut work = Some(look(ctx, report.file.clone(), None, true, &progress));
    loop {
        let event = tokio::select! {
            event = window.next() => event,
            done = unless_idle(&mut work) => {
                work = None;
                if let Some(done) = done {
                    report = done;
                }
                window.show(Own::Report(report.view(ctx, None, count)));
                continue;
            }
            Ok(()) = steps.changed() => {
                let step = *steps.borrow_and_update();
                if work.is_some() {
                    window.show(Own::Report(report.view(ctx, Some(step), count)));
                }
                continue;
            }
        };
        let Some(event) = event else { return };
        match event {
            Event::Raised(now) => count = now,
            Event::Locale(_) => {}
            Event::Heard(Heard::Said(Said::Report(deed))) if work.is_none() => {
                let (file, content) = (report.file.clone(), report.content.clone());
                work = Some(match deed {
                    ReportDeed::Again => look(ctx, file, content, false, &progress),
                    ReportDeed::Another => another(ctx, file, &progress),
                    ReportDeed::Content => signed(ctx, file, &progress),
                });
            }
            Event::Heard(_) => {}
        }
        let step = work.is_some().then(|| *steps.borrow());
        window.show(Own::Report(report.view(ctx, step, count)));
    }
}

/// Work that gives a new report, or none if the person changed their mind. Dropped, it reads no further.
type Work<'a> = BoxFuture<'a, Option<Report>>;

async fn unless_idle(work: &mut Option<Work<'_>>) -> Option<Report> {
    match work {
        Some(work) => work.await,
        None => std::future::pending().await,
    }
}

/// Lets the person choose a file; nobody asks for it but they themselves.
async fn choose(ctx: &Ctx, wish: FileWish, beside: Option<&Path>) -> Option<PathBuf> {
    let prompt = FilePrompt {
        origin: None,
        locale: ctx.preferences.locale(),
        sandbox: is_sandbox(ctx),
        kind: FileKind::Any,
        folder: beside.and_then(Path::parent).map(Path::to_owned),
        wish: Some(wish),
    };
    match ctx.desktop.choose_file(prompt).await {
        Asked::Answered(path) => Some(path),
        Asked::Closed | Asked::Blocked | Asked::NoScreen => None,
    }
}

type Progress = Arc<watch::Sender<(u64, u64)>>;

fn another<'a>(ctx: &'a Arc<Ctx>, old: PathBuf, progress: &Progress) -> Work<'a> {
    let progress = Arc::clone(progress);
    async move {
        let file = choose(ctx, FileWish::Verify, Some(&old)).await?;
        look(ctx, file, None, true, &progress).await
    }
    .boxed()
}

fn signed<'a>(ctx: &'a Arc<Ctx>, file: PathBuf, progress: &Progress) -> Work<'a> {
    let progress = Arc::clone(progress);
    async move {
        let content = choose(ctx, FileWish::Signed, Some(&file)).await?;
        look(ctx, file, Some(content), false, &progress).await
    }
    .boxed()
}

/// Judges a file. Where the signed file is another one and may be asked for, the one beside it of the same name is taken,
/// and if there is none the person is asked.
fn look<'a>(
    ctx: &'a Arc<Ctx>,
    file: PathBuf,
    content: Option<PathBuf>,
    may_ask: bool,
    progress: &Progress,
) -> Work<'a> {
    let progress = Arc::clone(progress);
    async move {
        let mut content = content;
        let mut found = judged(ctx, &file, content.as_deref(), &progress).await;
        if may_ask && content.is_none() && matches!(&found, Ok(found) if found.lacks_content) {
            content = match beside(&file) {
                Some(beside) => Some(beside),
                None => choose(ctx, FileWish::Signed, Some(&file)).await,
            };
            if content.is_some() {
                found = judged(ctx, &file, content.as_deref(), &progress).await;
            }
        }
        if let Err(failure) = &found {
            info!(problem = failure.problem.name(), "a file could not be judged");
        }
        Some(Report { file, content, found: Some(found) })
    }
    .boxed()
}

/// The file that a signature belongs to by its name: `contract.pdf` beside `contract.pdf.cms`.
fn beside(file: &Path) -> Option<PathBuf> {
    let ending = file.extension()?.to_str()?;
    let known = ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    let signed = file.with_extension("");
    (known && signed.is_file()).then_some(signed)
}

async fn judged(
    ctx: &Ctx,
    file: &Path,
    content: Option<&Path>,
    progress: &Progress,
) -> Result<Judgement, Failure> {
    let (file, content) = (file.to_owned(), content.map(Path::to_owned));
    let (authorities, at) = (ctx.settings.authorities.clone(), ctx.clock.now());
    // Tests of sites ask nobody's responders.
    let online = (!ctx.settings.trial).then_some(ctx.provider);
    let demand = if online.is_some() { Demand::Known } else { Demand::IfKnown };
    let progress = Arc::clone(progress);
    progress.send_replace((0, 0));
    while_awaited(move |abandoned| {
        let abandoned = abandoned.clone();
        let watch: Watch = Arc::new(move |done, total| {
            if total > 0 {
                progress.send_replace((done, total));
            }
            abandoned.check().is_ok()
        });
        let (file, content) = (file.as_path(), content.as_deref());
        let question = Question { file, content, certificate: None, online, watch: Some(&watch) };
        // Who did not answer is told by what stays unknown.
        judge(&question, Known::new(authorities, at, demand), &mut |_| {})
    })
    .await
}

struct Report {
    file: PathBuf,
    content: Option<PathBuf>,
    found: Option<Result<Judgement, Failure>>,
}

impl Report {
    /// What the window shows: how far the work is, or what came of it.
    fn view(&self, ctx: &Ctx, step: Option<(u64, u64)>, raised: u64) -> ReportView {
        let locale = ctx.preferences.locale();
        let words = Words::new(locale);
        let none = (Vec::new(), 0);
        let (verdict, (signers, left_out), lacks_content) = match (step, &self.found) {
            (Some((done, total)), _) => (Verdict::Looking(done, total), none, false),
            (None, None) => (Verdict::Looking(0, 0), none, false),
            (None, Some(Err(failure))) if failure.problem == Problem::Damaged => {
                (Verdict::Damaged, none, false)
            }
            (None, Some(Err(failure))) => {
                (Verdict::Cannot(told::cannot(failure, &words)), none, false)
            }
            (None, Some(Ok(found))) => {
                let signers = told::signers(&found.report, &words);
                (told::verdict(&found.report), signers, found.lacks_content)
            }
        };
        ReportView {
            locale,
            sandbox: is_sandbox(ctx),
            path: self.file.clone(),
            content: self.content.clone(),
            lacks_content,
            verdict,
            signers,
            left_out,
            raised,
        }
    }
}
