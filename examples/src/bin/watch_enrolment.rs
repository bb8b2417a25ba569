//! Watches the enrolments that were begun under an origin: one line for each change, until the agent goes away.
//!
//! `cargo run -p tanba-examples --bin watch_enrolment -- ROOT.pem ORIGIN [PORT]`: as in `list_keys`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tanba::client::Connector;
use tanba::protocol::{Enrolment, ListEnrolments, PORT, Prompt};
use tokio::sync::broadcast::error::RecvError;

/// Watches the enrolments that were begun under an origin.
#[derive(Parser)]
struct Arguments {
    /// The local root of the agent's TLS identity: root.pem.
    root: PathBuf,
    /// The https origin under which enrolments were begun, such as `https://accounting.example`.
    origin: String,
    /// The agent's port.
    #[arg(default_value_t = PORT)]
    port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let root = std::fs::read(&arguments.root)?;
    let agent = Connector::new(&arguments.origin, &root).port(arguments.port).connect().await?;
    let mut changes = agent.changes();
    for enrolment in agent.call(ListEnrolments {}).await? {
        show(&enrolment)?;
    }
    // The connection lasts as long as its client.
    let _agent = agent;
    loop {
        match changes.recv().await {
            Ok(enrolment) => show(&enrolment)?,
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

fn show(enrolment: &Enrolment) -> std::io::Result<()> {
    let number = enrolment.number.as_deref().unwrap_or("without a number yet");
    let state = match &enrolment.prompt {
        Prompt::Wait { application: Some(application), .. } => format!("{:?}", application.status),
        Prompt::Wait { reason, .. } => format!("waits for {reason:?}"),
        Prompt::Install { .. } => "ready to install".to_owned(),
        Prompt::Done { folder, .. } => format!("installed in {folder}"),
        Prompt::Closed { status, .. } => format!("closed: {status:?}"),
        Prompt::Iin {}
        | Prompt::Otp { .. }
        | Prompt::Phone {}
        | Prompt::Selfie { .. }
        | Prompt::Liveness { .. }
        | Prompt::Pin { .. }
        | Prompt::Document { .. }
        | Prompt::ConfirmDocument { .. }
        | Prompt::Consent { .. }
        | Prompt::Agreement { .. }
        | Prompt::Form { .. }
        | Prompt::Folder {} => "the person answers".to_owned(),
    };
    writeln!(std::io::stdout(), "{} step {:>2}: {number}: {state}", enrolment.id, enrolment.step)
}
