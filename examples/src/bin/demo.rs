//! `cargo demo`: the sandbox and the agent in one process, and the page (or the terminal) in front of them.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use tanba::protocol::{Algorithm, Locale, StartEnrolment, Template};
use tanba_agent::assembly::{Plan, SecretPlace, assemble};
use tanba_agent::desktop::{Desktop, Windows, run_window_if_asked};
use tanba_agent::face::{Answers, Inbox, Terminal, TerminalDesktop, enrol};
use tanba_agent::provider;
use tanba_agent::server::{Server, tls};
use tanba_core::password;
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_examples::unattended::{Chooser, Telephone};
use tanba_examples::{browser, site, unattended};
use tanba_sandbox::{Options, Sandbox};

/// Goes through the published procedure against invented services on this machine. SANDBOX: nothing has legal force.
#[derive(Parser)]
#[command(name = "demo", version)]
struct Cli {
    /// Goes through all steps by itself and ends; needs --folder.
    #[arg(long, requires = "folder")]
    unattended: bool,
    /// The folder for the keys.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Asks in this terminal even where there is a screen.
    #[arg(long)]
    terminal: bool,
    /// In which algorithm the keys are made.
    #[arg(long, value_enum, default_value = "rsa2048")]
    algorithm: AlgorithmName,
    /// The language: kk, ru or en.
    #[arg(long, value_enum, default_value = "en")]
    locale: LocaleName,
    /// The agent's port; 0 takes any that is free.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AlgorithmName {
    Rsa2048,
    P256,
    Gost512,
}

impl AlgorithmName {
    fn on_the_wire(self) -> Algorithm {
        match self {
            Self::Rsa2048 => Algorithm::Rsa2048,
            Self::P256 => Algorithm::P256,
            Self::Gost512 => Algorithm::Gost512,
        }
    }

    /// As the portal page's address has it.
    fn in_address(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa2048",
            Self::P256 => "p256",
            Self::Gost512 => "gost512",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LocaleName {
    Kk,
    Ru,
    En,
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    if let Some(code) = run_window_if_asked() {
        return code;
    }
    // `cargo demo -- --unattended` and `cargo demo --unattended` mean the same; the alias brings a `--` of its own.
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "--") {
        arguments.remove(1);
    }
    let cli = Cli::parse_from(arguments);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(run(&cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    say(&format!("demo: {error}"));
    let mut cause = error.source();
    while let Some(inner) = cause {
        say(&format!("  because: {inner}"));
        cause = inner.source();
    }
    ExitCode::FAILURE
}

fn say(text: &str) {
    // Who closed the pipe does not want to read more.
    let _ = writeln!(std::io::stdout(), "{text}");
}

async fn run(cli: &Cli) -> Outcome {
    let scratch = tempfile::Builder::new().prefix("tanba-demo-").tempdir()?;
    let sandbox = Arc::new(Sandbox::start(Options { site: site(), ..Options::default() }).await?);
    say(
        "SANDBOX: invented services and persons on this machine; nothing that they issue has legal force.",
    );
    let has_screen =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some())
            || cfg!(any(windows, target_os = "macos"));
    let outcome = if cli.unattended {
        by_itself(cli, &sandbox, scratch.path()).await
    } else if cli.terminal || !has_screen {
        if !std::io::stdin().is_terminal() {
            return Err(
                "there is neither a screen nor a terminal to ask on; try --unattended --folder DIR"
                    .into(),
            );
        }
        // Ctrl-C ends it and clears the scratch folder away.
        tokio::select! {
            outcome = in_terminal(cli, &sandbox, scratch.path()) => outcome,
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    } else {
        on_page(cli, &sandbox, scratch.path()).await
    };
    // A browser's helpers write into their profile for a moment after it ended.
    for _ in 0..20 {
        match std::fs::remove_dir_all(scratch.path()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            Ok(()) | Err(_) => break,
        }
    }
    outcome
}

fn plan(sandbox: &Sandbox, scratch: &std::path::Path, desktop: Arc<dyn Desktop>) -> Plan {
    Plan {
        developer_origins: vec![sandbox.url()],
        secrets: SecretPlace::File,
        ..Plan::new(scratch.join("agent"), Some(sandbox.url()), desktop)
    }
}

fn start(cli: &Cli) -> StartEnrolment {
    StartEnrolment {
        template: Template::IndividualRemote,
        algorithm: cli.algorithm.on_the_wire(),
        locale: Some(match cli.locale {
            LocaleName::Kk => Locale::Kk,
            LocaleName::Ru => Locale::Ru,
            LocaleName::En => Locale::En,
        }),
    }
}

fn telephone(sandbox: &Arc<Sandbox>, answers: &Answers) -> Arc<dyn Inbox> {
    Arc::new(Telephone::new(Arc::clone(sandbox), answers.phone.as_deref().unwrap_or_default()))
}

/// All 28 steps without anybody: what CI and the benchmark run.
async fn by_itself(cli: &Cli, sandbox: &Arc<Sandbox>, scratch: &std::path::Path) -> Outcome {
    let began = Instant::now();
    let folder = std::path::absolute(cli.folder.as_deref().ok_or("--folder is missing")?)?;
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let answers = unattended::answers(sandbox, &folder, &scratch.join("pictures"))?;
    let chosen = password::suggest(&provider::aws_lc())?.into_password();
    let printed = Password::new(chosen.expose().to_owned());
    let ctx = assemble(plan(sandbox, scratch, Arc::new(Chooser::new(chosen)))).await?;
    let inbox = telephone(sandbox, &answers);
    let mut terminal = Terminal::new(answers, inbox, Box::new(std::io::stdout()));
    let installed = enrol(&ctx, &mut terminal, start(cli), false).await?;
    // What a judge needs beside the keys: the sandbox's chain and its lists.
    // Each run has an authority of its own: what judges the keys of an earlier run stays beside its keys.
    let judge = (1..)
        .map(|run| {
            folder.join(if run == 1 { "sandbox".to_owned() } else { format!("sandbox-{run}") })
        })
        .find(|judge| !judge.exists())
        .ok_or("no name is free for the sandbox's chain")?;
    std::fs::create_dir_all(&judge)?;
    // GOST keys stand below authorities of their own.
    let [root, issuing, lists] = match cli.algorithm {
        AlgorithmName::Rsa2048 | AlgorithmName::P256 => {
            [sandbox.root_pem(), sandbox.issuing_pem(), sandbox.crl_pems()]
        }
        AlgorithmName::Gost512 => {
            [sandbox.gost_root_pem(), sandbox.gost_issuing_pem(), sandbox.gost_crl_pems()]
        }
    };
    std::fs::write(judge.join("root.pem"), root)?;
    std::fs::write(judge.join("issuing.pem"), issuing)?;
    std::fs::write(judge.join("crl.pem"), lists)?;
    for key in &installed.keys {
        say(&format!("{}", folder.join(&key.file).display()));
    }
    say(&format!("to judge them: root.pem, issuing.pem and crl.pem in {}", judge.display()));
    // Keys of a sandbox, for a person who does not exist: their password may be read by everybody.
    say(&format!("password: {}", printed.expose()));
    say(&format!("all steps: {:.3} s", began.elapsed().as_secs_f64()));
    Ok(())
}

/// The same with a person at the terminal; the toy telephone rings there too.
async fn in_terminal(cli: &Cli, sandbox: &Arc<Sandbox>, scratch: &std::path::Path) -> Outcome {
    let drawn = scratch.join("pictures");
    let suggested = unattended::answers(sandbox, scratch, &drawn)?;
    say(&format!(
        "The demo's person: IIN {}, telephone {}.",
        text(&suggested.iin),
        text(&suggested.phone)
    ));
    say(&format!("Drawn pictures for a computer without a camera are in {}.", drawn.display()));
    say("One-time passwords are read from the toy telephone by the demo.");
    let ctx = assemble(plan(sandbox, scratch, Arc::new(TerminalDesktop::default()))).await?;
    let inbox = telephone(sandbox, &suggested);
    let answers = Answers { folder: cli.folder.clone(), ..Answers::default() };
    let mut terminal = Terminal::new(answers, inbox, Box::new(std::io::stdout()));
    let installed = enrol(&ctx, &mut terminal, start(cli), false).await?;
    for key in &installed.keys {
        say(&format!("  {}", key.file));
    }
    Ok(())
}

fn text(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or("–")
}

/// The page in a throw-away browser; ends with Ctrl-C or with the browser.
async fn on_page(cli: &Cli, sandbox: &Arc<Sandbox>, scratch: &std::path::Path) -> Outcome {
    let tls_folder = scratch.join("tls");
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let (identity, _) = tanba_installer::identity::ensure(
        &tls_folder,
        UnixTime::from_secs(i64::try_from(seconds)?),
    )?;
    let windows = Windows::new(std::env::current_exe()?);
    let ctx = assemble(plan(sandbox, scratch, Arc::new(windows))).await?;
    let server = Server::bind(cli.port).await?;
    let port = server.address().port();
    let lang = match cli.locale {
        LocaleName::Kk => "kk",
        LocaleName::Ru => "ru",
        LocaleName::En => "en",
    };
    let algorithm = cli.algorithm.in_address();
    let address =
        format!("{}/portal/?agent={port}&lang={lang}&algorithm={algorithm}", sandbox.url());
    let serving =
        tokio::spawn(server.run(ctx, tls::acceptor(&tls_folder)?, std::future::pending()));
    for person in sandbox.persons() {
        let phone = person.phone.as_deref().unwrap_or("not in the database");
        say(&format!(
            "A person to play: {} {}, IIN {}, {phone}",
            person.surname, person.name, person.iin
        ));
    }
    say(&format!("The page: {address}"));
    let profile = scratch.join("browser");
    let browser = browser::open_trusting(&address, &profile, identity.spki_sha256_base64());
    match browser {
        Some(mut browser) => {
            say("It opens in a throw-away profile of your browser. Ctrl-C ends the demo.");
            tokio::select! { _ = browser.wait() => {}, _ = tokio::signal::ctrl_c() => {} }
            let _ = browser.kill().await;
        }
        None => {
            say(&format!(
                "No Chromium was found. In your browser, open https://127.0.0.1:{port}/ first and let it trust"
            ));
            say("that address, then open the page. Ctrl-C ends the demo.");
            tokio::signal::ctrl_c().await?;
        }
    }
    serving.abort();
    Ok(())
}
