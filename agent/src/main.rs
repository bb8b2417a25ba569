//! The program `tanba`: the agent, and the same procedure at a terminal.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tanba::protocol::{Algorithm, Locale, OtpSender, StartEnrolment, Template};
use tanba_agent::assembly::{Plan, SecretPlace, assemble};
use tanba_agent::desktop::{Windows, run_window_if_asked};
use tanba_agent::face::{Answers, FaceError, Inbox, NoInbox, Terminal, TerminalDesktop, enrol};
use tanba_agent::preferences::language_of_the_system;
use tanba_agent::running::{self, NotRunning, Run};
use tanba_agent::wish::Wish;
use tanba_agent::words::Words;
use tanba_agent::{commands, control, desktop, log};

/// A local signing agent for Kazakhstan's digital signatures.
///
/// Without a command it is the agent of this session: an icon in the tray, and pages on wss://127.0.0.1:13579. A second
/// start shows the first.
#[derive(Parser)]
#[command(
    name = "tanba",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 good, 1 refused or bad, 2 could not be done."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    agent: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Serves web pages on wss://127.0.0.1:13579 until it is ended; without an icon in the tray.
    #[command(after_help = "Example: tanba serve --gateway https://gateway.example")]
    Serve(Serve),
    /// Obtains signature keys here in the terminal: the same procedure as on the page.
    #[command(
        after_help = "Example: tanba enrol --gateway http://127.0.0.1:14580 --algorithm p256 --locale ru"
    )]
    Enrol(Enrol),
    /// Opens what the tray's menu opens, in the agent that runs.
    #[command(after_help = "Example: tanba open sign-file")]
    Open(Open),
    #[command(flatten)]
    Files(commands::Command),
}

#[derive(Args)]
struct Open {
    /// What; by default the agent itself.
    #[command(subcommand)]
    wish: Option<Wish>,
    /// The folder of the agent that is meant. By default in the user's data folder.
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
}

#[derive(Args)]
struct Place {
    /// The address of the gateway to the remote services: https, or http on this machine. Without one no keys can be
    /// obtained, and everything else works.
    #[arg(long, value_name = "URL")]
    gateway: Option<String>,
    /// The address of the authority of time stamps; by default the one that belongs to the gateway, and without a gateway
    /// <http://tsp.pki.gov.kz>.
    #[arg(long, value_name = "URL")]
    time_stamps: Option<String>,
    /// The agent's own folder: journals, log. By default in the user's data folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where passwords of waiting keys are kept.
    #[arg(long, value_enum, default_value = "keyring")]
    secrets: Secrets,
    /// How much is logged.
    #[arg(long, value_parser = ["error", "warn", "info", "debug", "trace"], default_value = "info", value_name = "LEVEL")]
    log: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Secrets {
    /// The system's keyring; a private file where there is none, and the log warns.
    Keyring,
    /// A private file.
    File,
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    place: Place,
    /// The port; 0 takes any that is free.
    #[arg(long, default_value_t = tanba::protocol::PORT)]
    port: u16,
    /// The folder of the TLS identity that tanba-installer made. By default `tls` in the agent's own folder.
    #[arg(long, value_name = "DIR")]
    tls: Option<PathBuf>,
    /// An origin on plain http of this machine that may call, such as `http://127.0.0.1:14580`. For developers.
    #[arg(long, value_name = "ORIGIN")]
    developer_origin: Vec<String>,
}

#[derive(Args)]
struct Enrol {
    #[command(flatten)]
    place: Place,
    /// In which algorithm the keys are made.
    #[arg(long, value_enum, default_value = "rsa2048")]
    algorithm: AlgorithmName,
    /// The language: kk, ru or en.
    #[arg(long, value_enum, default_value = "kk")]
    locale: LocaleName,
    /// Begins anew, although an earlier enrolment waits here; that one is left where it stands.
    #[arg(long)]
    new: bool,
    /// A JSON file of answers; what it lacks is asked.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// A file whose first line is the new password of the keys; without it the password is asked.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum AlgorithmName {
    Rsa2048,
    P256,
    Gost512,
}

#[derive(Clone, Copy, ValueEnum)]
enum LocaleName {
    Kk,
    Ru,
    En,
}

fn main() -> ExitCode {
    if let Some(code) = run_window_if_asked() {
        return code;
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    if let Some(Command::Files(command)) = &cli.command {
        return ExitCode::from(command.run(language_of_the_system(), data_folder()));
    }
    desktop::tray::with_main_thread(move || {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        match runtime.worker_threads(2).enable_all().build() {
            Ok(runtime) => runtime.block_on(carry_out(cli)),
            Err(error) => cannot(&error),
        }
    })
}

async fn carry_out(cli: Cli) -> ExitCode {
    match cli.command {
        None => serve(cli.agent, true).await,
        Some(Command::Serve(options)) => serve(options, false).await,
        Some(Command::Enrol(options)) => run_enrol(options).await,
        Some(Command::Open(options)) => open(options).await,
        Some(Command::Files(command)) => {
            ExitCode::from(command.run(language_of_the_system(), data_folder()))
        }
    }
}

/// Says what is wrong with the options, or what help was asked for. A program that reads JSON gets an object too.
fn misused(error: &clap::Error) -> ExitCode {
    // Nobody may be there to read it.
    let _ = error.print();
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    if code != 0 && std::env::args_os().any(|argument| argument == "--json") {
        let text = error.render().to_string();
        let line = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let answer = serde_json::json!({"error": {"code": "usage", "message": line}});
        let _ = writeln!(std::io::stdout(), "{answer}");
    }
    ExitCode::from(code)
}

/// The agent's own folder in the user's data folder.
fn data_folder() -> PathBuf {
    directories::ProjectDirs::from("kz", "", "Tanba")
        .map_or_else(|| PathBuf::from(".tanba"), |folders| folders.data_dir().to_owned())
}

/// Says why it could not be done: the error with its causes, one line.
fn cannot(error: &dyn std::error::Error) -> ExitCode {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    complain(&text)
}

/// Says one line to whoever looks at the terminal.
#[expect(clippy::print_stderr, reason = "this is what the terminal is for")]
fn complain(text: &str) -> ExitCode {
    eprintln!("tanba: {text}");
    ExitCode::from(2)
}

impl Place {
    fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(data_folder)
    }

    fn plan(&self, desktop: Arc<dyn desktop::Desktop>, developer_origins: Vec<String>) -> Plan {
        Plan {
            developer_origins,
            secrets: match self.secrets {
                Secrets::Keyring => SecretPlace::Keyring,
                Secrets::File => SecretPlace::File,
            },
            time_stamps: self.time_stamps.clone(),
            ..Plan::new(self.data(), self.gateway.clone(), desktop)
        }
    }

    fn begin_log(&self) {
        let data = self.data();
        if let Err(error) = tanba_agent::files::private_folder(&data).map_err(std::io::Error::other)
        {
            cannot(&error);
        } else if let Err(error) = log::begin(&data, &self.log) {
            cannot(&error);
        }
    }
}

/// Twelve hundred sockets need more files than systems give a program that does not ask.
#[cfg(unix)]
fn make_room_for_sockets() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(4096, |most| most.min(4096));
    if limit.current.is_some_and(|now| now < wanted) {
        limit.current = Some(wanted);
        // Without them the door simply closes earlier.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

async fn serve(options: Serve, tray: bool) -> ExitCode {
    #[cfg(unix)]
    make_room_for_sockets();
    options.place.begin_log();
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return cannot(&error),
    };
    let tls = options.tls.clone().unwrap_or_else(|| options.place.data().join("tls"));
    let plan = options.place.plan(Arc::new(Windows::new(program)), options.developer_origin);
    let listening = |address: SocketAddr| {
        let line = serde_json::json!({"listening": address.to_string()});
        // Nobody reads it, or somebody waits for it: both are fine.
        let _ = writeln!(std::io::stdout(), "{line}");
    };
    let run = Run { plan, port: options.port, tls, tray, wish: None };
    let words = Words::new(language_of_the_system());
    match running::run(run, listening, told_to_end()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(NotRunning::Told) => {
            let _ = writeln!(std::io::stdout(), "{}", words.get("cli-running-shown"));
            ExitCode::SUCCESS
        }
        Err(NotRunning::Running) => complain(&words.get("cli-running")),
        Err(NotRunning::PortTaken { port, by }) => complain(&port_taken(&words, port, by)),
        Err(
            error @ (NotRunning::Data(_)
            | NotRunning::Lock(_)
            | NotRunning::Tls(_)
            | NotRunning::Port { .. }
            | NotRunning::Assembly(_)),
        ) => cannot(&error),
    }
}

/// Who holds the port, and what to do.
fn port_taken(words: &Words, port: u16, by: Option<String>) -> String {
    let by = by.unwrap_or_else(|| words.get("another-program"));
    words.get_with("cli-port-taken", &[("port", &port.to_string()), ("program", &by)])
}

/// Tells the agent that runs; where none does, says how to begin one.
async fn open(options: Open) -> ExitCode {
    let data = options.data.unwrap_or_else(data_folder);
    let wish = options.wish.unwrap_or(Wish::Show);
    match control::tell(&data, &wish).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => complain(&Words::new(language_of_the_system()).get("cli-not-running")),
    }
}

/// Ctrl-C, the end of the session or of the terminal, or the system's wish that the program ends.
#[cfg(unix)]
async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let wait = async |kind: SignalKind| match signal(kind) {
        Ok(mut told) => drop(told.recv().await),
        Err(_) => std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = wait(SignalKind::terminate()) => {}
        () = wait(SignalKind::hangup()) => {}
    }
}

/// Ctrl-C, the end of the session or of the console, or that of the system.
#[cfg(windows)]
async fn told_to_end() {
    use tokio::signal::windows::{ctrl_close, ctrl_logoff, ctrl_shutdown};
    let (Ok(mut close), Ok(mut logoff), Ok(mut shutdown)) =
        (ctrl_close(), ctrl_logoff(), ctrl_shutdown())
    else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = close.recv() => {}
        _ = logoff.recv() => {}
        _ = shutdown.recv() => {}
    }
}

async fn run_enrol(options: Enrol) -> ExitCode {
    options.place.begin_log();
    let answers = match read_answers(options.answers.as_deref()) {
        Ok(answers) => answers,
        Err(error) => return cannot(&error),
    };
    let inbox: Arc<dyn Inbox> = match &answers.inbox {
        Some(address) => {
            Arc::new(ToyTelephone { address: address.clone(), phone: answers.phone.clone() })
        }
        None => Arc::new(NoInbox),
    };
    let desktop = TerminalDesktop { password_file: options.password_file };
    if let Err(error) = desktop.check() {
        return cannot(&error);
    }
    let ctx = match assemble(options.place.plan(Arc::new(desktop), vec![])).await {
        Ok(ctx) => ctx,
        Err(error) => return cannot(&error),
    };
    let locale = match options.locale {
        LocaleName::Kk => Locale::Kk,
        LocaleName::Ru => Locale::Ru,
        LocaleName::En => Locale::En,
    };
    let start = StartEnrolment {
        template: Template::IndividualRemote,
        algorithm: match options.algorithm {
            AlgorithmName::Rsa2048 => Algorithm::Rsa2048,
            AlgorithmName::P256 => Algorithm::P256,
            AlgorithmName::Gost512 => Algorithm::Gost512,
        },
        locale: Some(locale),
    };
    let words = Words::new(locale);
    let mut terminal = Terminal::new(answers, inbox, Box::new(std::io::stdout()));
    match enrol(&ctx, &mut terminal, start, options.new).await {
        Ok(installed) => {
            let mut out = std::io::stdout();
            let _ = writeln!(out, "{}", words.get("cli-done"));
            let _ = writeln!(
                out,
                "{}",
                words.get_with("cli-installed-in", &[("folder", &installed.folder)])
            );
            for key in installed.keys {
                let _ = writeln!(out, "  {}", key.file);
            }
            ExitCode::SUCCESS
        }
        Err(error @ (FaceError::Closed(_) | FaceError::Refused { .. })) => {
            cannot(&error);
            ExitCode::from(1)
        }
        Err(
            error @ (FaceError::Missing(_)
            | FaceError::File { .. }
            | FaceError::LedElsewhere
            | FaceError::Inbox
            | FaceError::Terminal(_)),
        ) => cannot(&error),
    }
}

fn read_answers(path: Option<&std::path::Path>) -> Result<Answers, std::io::Error> {
    match path {
        None => Ok(Answers::default()),
        Some(path) => {
            let named = |error: std::io::Error| {
                std::io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            };
            let bytes = std::fs::read(path).map_err(named)?;
            serde_json::from_slice(&bytes).map_err(|error| named(error.into()))
        }
    }
}

/// The sandbox's toy telephone, read over http. A real telephone is read by its owner.
struct ToyTelephone {
    address: String,
    phone: Option<String>,
}

impl Inbox for ToyTelephone {
    fn newest(&self, sender: OtpSender) -> futures_util::future::BoxFuture<'_, Option<String>> {
        Box::pin(tanba_agent::remote::http::newest_toy_code(
            &self.address,
            self.phone.as_deref(),
            sender,
        ))
    }
}
