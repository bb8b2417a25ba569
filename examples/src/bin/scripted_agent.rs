//! `scripted-agent`: the real agent with a scripted person in front of it, for the tests of site authors.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tanba_core::time::UnixTime;
use tanba_examples::scripted::{Behaviour, Belongings};
use tanba_examples::scripted_agent::{self, NotStarted, Options, Running};

/// Answers pages as Tanba does, with a scripted person instead of windows: for tests of web pages, never for signatures
/// that count. Every page and program of this machine may call; key files play the tokens that a page asks for; time
/// stamps are invented.
#[derive(Parser)]
#[command(name = "scripted-agent", version)]
struct Cli {
    /// The port on 127.0.0.1; 0 takes any that is free.
    #[arg(long, value_name = "N", default_value_t = 13_579)]
    port: u16,
    /// A key file that the person has; may be given again, and the first that has a fitting key is taken.
    #[arg(long = "key", value_name = "FILE.p12", requires = "password_file")]
    keys: Vec<PathBuf>,
    /// A file with the password of all key files in its first line.
    #[arg(long, value_name = "F")]
    password_file: Option<PathBuf>,
    /// What the person chooses when a page wants a file that is no key.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// What the person does in every window: approve, cancel, wrong-password (types one, then closes the window), or
    /// delay:SECONDS (thinks so long, then approves).
    #[arg(long, value_name = "WHAT", default_value = "approve")]
    on: Behaviour,
    /// The agent's time when it starts, as 2026-03-01T09:00:00Z; its clock runs on from there. By default the machine's.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<UnixTime>,
    /// Where the local root is written, PEM: what pages and programs are to trust.
    #[arg(long, value_name = "FILE")]
    root_out: Option<PathBuf>,
    /// Where it is written what the person was shown and did, as JSON lines; documents are among what was shown.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

fn time(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse_rfc3339(text)
        .map_err(|_| "it is no time as RFC 3339 writes it, such as 2026-03-01T09:00:00Z".to_owned())
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error, ExitCode::FAILURE),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_bad_option() => failed(&error, ExitCode::from(2)),
        Err(error) => failed(&error, ExitCode::FAILURE),
    }
}

fn failed(error: &dyn std::error::Error, code: ExitCode) -> ExitCode {
    let mut text = format!("scripted-agent: {error}\n");
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!("  because: {inner}\n"));
        cause = inner.source();
    }
    // Who closed the error output does not want to read it.
    let _ = std::io::stderr().write_all(text.as_bytes());
    code
}

async fn run(cli: Cli) -> Result<(), NotStarted> {
    let password = cli.password_file.as_deref().map(scripted_agent::read_password).transpose()?;
    let belongings = Belongings { keys: cli.keys, password, document: cli.document };
    let options =
        Options { port: cli.port, belongings, behaviour: cli.on, at: cli.at, log: cli.log };
    let running = scripted_agent::start(options).await?;
    if let Some(path) = cli.root_out {
        std::fs::write(&path, &running.root_pem)
            .map_err(|error| NotStarted::File { path, error })?;
    }
    say(&running);
    ended().await;
    running.stop().await;
    Ok(())
}

fn say(running: &Running) {
    let mut out = std::io::stdout();
    // Who closed the pipe waits for the port in another way.
    let _ = writeln!(out, "listening on wss://127.0.0.1:{}", running.port);
    let _ = out.flush();
}

/// Until somebody ends the program.
#[cfg(unix)]
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

/// Until somebody ends the program.
#[cfg(not(unix))]
async fn ended() {
    let _ = tokio::signal::ctrl_c().await;
}
