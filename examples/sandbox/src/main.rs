//! The program `tanba-sandbox`: the remote services of an enrolment on this machine, until it is stopped.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tanba_sandbox::{Options, Sandbox};
use tracing_subscriber::EnvFilter;

/// SANDBOX: plays the remote services of an enrolment. Not a certification authority; nothing has legal force.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The port on 127.0.0.1; 0 takes any that is free.
    #[arg(long, default_value_t = 14_580)]
    port: u16,
    /// Seconds from an application's submission to its issue.
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    issue_after: u32,
    /// What is logged to standard error, as JSON lines: error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        .with_env_filter(EnvFilter::new(arguments.log))
        .init();
    let options = Options {
        port: arguments.port,
        issue_after: Duration::from_secs(arguments.issue_after.into()),
        ..Options::default()
    };
    let sandbox = match Sandbox::start(options).await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the sandbox did not start");
            return ExitCode::FAILURE;
        }
    };
    let greeting = format!(
        "SANDBOX: not a certification authority; nothing that it issues has legal force.\nListening on {}\n",
        sandbox.url()
    );
    // Who started the program without an output does not want to read it.
    let _unread = std::io::stdout().write_all(greeting.as_bytes());
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "interruptions cannot be waited for"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
