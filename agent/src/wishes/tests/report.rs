//! "Verify a file": good, tampered and detached signatures, as `tanba sign` makes them.

use clap::Parser;

use super::*;
use crate::commands::Command;
use crate::desktop::FileWish;
use crate::desktop::own::{ReportDeed, ReportView, Verdict};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Signs a file as the command line does.
fn sign(world: &World, file: &Path, more: &[&str]) {
    let (key, password) = (world.key("key.p12"), world.path("password"));
    std::fs::write(&password, PASSWORD).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let mut arguments: Vec<String> =
        ["tanba", "sign", "cms", "--force", "--at", NOW, "--key"].map(str::to_owned).into();
    arguments.extend([text(&key), "--password-file".into(), text(&password), text(file)]);
    arguments.extend(more.iter().map(|one| (*one).to_owned()));
    assert_eq!(Cli::parse_from(arguments).command.run(Locale::En, world.path("agent")), 0);
}

fn begin(world: &World) -> tokio::task::JoinHandle<()> {
    let ctx = Arc::clone(&world.ctx);
    tokio::spawn(async move {
        let (_raise, raised) = calm();
        crate::wishes::report::run(&ctx, raised).await;
    })
}

/// What the window shows once it has looked.
async fn outcome(window: &mut Opened) -> ReportView {
    window
        .sees(|own| {
            let Own::Report(view) = own else { panic!("{own:?}") };
            (!matches!(view.verdict, Verdict::Looking(..))).then(|| view.clone())
        })
        .await
}

/// Does something, and waits for what comes of it. That the window looks at something meanwhile may pass unseen: it shows
/// only the newest.
async fn next(
    window: &mut Opened,
    said: ReportDeed,
    wanted: impl Fn(&ReportView) -> bool,
) -> ReportView {
    window.does(Said::Report(said));
    window
        .sees(|own| {
            let Own::Report(view) = own else { panic!("{own:?}") };
            let over = !matches!(view.verdict, Verdict::Looking(..));
            (over && wanted(view)).then(|| view.clone())
        })
        .await
}

fn finding<'a>(view: &'a ReportView, name: &str) -> (&'a str, &'a [String]) {
    let all = &view.signers[0].findings;
    let (_, state, reasons) = all.iter().find(|(one, ..)| one.ends_with(name)).unwrap();
    (state, reasons)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_signature_is_told_from_a_tampered_and_from_no_signature() {
    let mut world = World::new().await;
    let doc = world.path("doc");
    std::fs::write(&doc, "Шарт\n".repeat(100_000)).unwrap();
    sign(&world, &doc, &[]);
    let signed = world.path("doc.cms");
    world.chooses(signed.clone());
    let task = begin(&world);
    let mut window = world.window().await;
    let view = outcome(&mut window).await;
    // Nobody was asked whether the certificate was revoked.
    assert_eq!(view.verdict, Verdict::ValidSoFar, "{view:?}");
    assert!(view.signers[0].is_valid && view.signers[0].covers.is_empty());
    assert_eq!(finding(&view, "digest").0, "good");
    assert_eq!(finding(&view, "revocation").0, "unknown");
    assert!(view.signers[0].iin.is_some() && view.signers[0].signed_at.is_some());

    let mut bytes = std::fs::read(&signed).unwrap();
    bytes[2_000] ^= 1;
    std::fs::write(&signed, &bytes).unwrap();
    let view =
        next(&mut window, ReportDeed::Again, |view| view.verdict != Verdict::ValidSoFar).await;
    assert_eq!(view.verdict, Verdict::Invalid, "{view:?}");
    let words = crate::words::Words::new(Locale::En);
    assert_eq!(finding(&view, "digest").1, [words.get("own-reason-digest_other")]);

    bytes.truncate(5_000);
    std::fs::write(&signed, &bytes).unwrap();
    let view = next(&mut window, ReportDeed::Again, |view| view.verdict != Verdict::Invalid).await;
    assert_eq!(view.verdict, Verdict::Damaged);

    world.chooses(doc.clone());
    let view = next(&mut window, ReportDeed::Another, |view| view.path == doc).await;
    assert_eq!(view.verdict, Verdict::Cannot(words.get("own-report-not-signed")));
    // Whoever closes the chooser keeps what is there; nobody is said to ask.
    window.does(Said::Report(ReportDeed::Another));
    let asked = async {
        while world.person.prompts.lock().unwrap().len() < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap();
    assert_eq!(outcome(&mut window).await.path, doc);
    let prompts = world.person.prompts.lock().unwrap().clone();
    assert!(prompts.iter().all(|one| one.wish == Some(FileWish::Verify) && one.origin.is_none()));
    world.ctx.preferences.speak(Locale::Ru);
    let russian = crate::words::Words::new(Locale::Ru).get("own-report-not-signed");
    window
        .sees(|own| {
            let Own::Report(view) = own else { panic!("{own:?}") };
            (view.verdict == Verdict::Cannot(russian.clone())).then_some(())
        })
        .await;
    window.closes();
    ends(task).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signed_file_is_looked_for_beside_the_signature_and_asked_for() {
    let mut world = World::new().await;
    let doc = world.path("doc");
    std::fs::write(&doc, "Шарт").unwrap();
    sign(&world, &doc, &["--detached"]);
    world.chooses(world.path("doc.cms"));
    let task = begin(&world);
    let mut window = world.window().await;
    let view = outcome(&mut window).await;
    assert_eq!((view.verdict, view.content), (Verdict::ValidSoFar, Some(doc.clone())));
    std::fs::write(&doc, "Шорт").unwrap();
    let view =
        next(&mut window, ReportDeed::Again, |view| view.verdict != Verdict::ValidSoFar).await;
    assert_eq!(view.verdict, Verdict::Invalid);

    // It lies elsewhere, and the person closes the question at first.
    std::fs::write(&doc, "Шарт").unwrap();
    std::fs::rename(&doc, world.path("elsewhere")).unwrap();
    world.chooses(world.path("doc.cms"));
    let view =
        next(&mut window, ReportDeed::Another, |view| view.verdict != Verdict::Invalid).await;
    assert!(view.lacks_content && view.content.is_none());
    assert_eq!(view.verdict, Verdict::Unconfirmed);
    assert_eq!((finding(&view, "digest").0, finding(&view, "signature").0), ("unknown", "good"));
    world.chooses(world.path("elsewhere"));
    let view =
        next(&mut window, ReportDeed::Content, |view| view.verdict != Verdict::Unconfirmed).await;
    assert_eq!(view.verdict, Verdict::ValidSoFar, "{view:?}");
    assert!(!view.lacks_content);
    let wishes: Vec<_> =
        world.person.prompts.lock().unwrap().iter().filter_map(|one| one.wish).collect();
    let (verify, signed) = (FileWish::Verify, FileWish::Signed);
    assert_eq!(wishes, [verify, verify, signed, signed]);
    window.closes();
    ends(task).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_roots_a_signature_is_neither_good_nor_bad() {
    let mut world = World::with(Vec::new(), |_| {}).await;
    let doc = world.path("doc");
    std::fs::write(&doc, "Шарт").unwrap();
    sign(&world, &doc, &[]);
    world.chooses(world.path("doc.cms"));
    let task = begin(&world);
    let mut window = world.window().await;
    let view = outcome(&mut window).await;
    assert_eq!((view.verdict.clone(), view.lacks_content), (Verdict::Unconfirmed, false));
    assert_eq!((finding(&view, "signature").0, finding(&view, "chain").0), ("good", "unknown"));
    window.closes();
    ends(task).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_closed_ends_the_reading() {
    let mut world = World::new().await;
    let doc = world.path("large");
    // It begins like a message and has no end, and takes no room on the disk.
    let file = std::fs::File::create(&doc).unwrap();
    std::io::Write::write_all(&mut &file, b"-----BEGIN CMS-----\n").unwrap();
    file.set_len(1 << 40).unwrap();
    world.chooses(doc);
    let task = begin(&world);
    let mut window = world.window().await;
    window.sees(|own| matches!(own, Own::Report(_)).then_some(())).await;
    window.closes();
    ends(task).await;
    // Nobody chooses a file: there is no window at all.
    ends(begin(&world)).await;
    assert!(world.windows.try_recv().is_err());
}
