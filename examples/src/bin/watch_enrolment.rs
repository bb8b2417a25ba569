//! Watches the enrolments that were begun under an origin: one line for each change, until the agent goes away.
//!
//! `cargo run -p tanba-examples --bin watch_enrolment -- ROOT.pem ORIGIN [PORT]`: as in `list_keys`.

use std::io::Write;

use tanba::client::Connector;
use tanba::protocol::{Enrolment, ListEnrolments, PORT, Prompt};
use tokio::sync::broadcast::error::RecvError;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let root =
        std::fs::read(arguments.next().ok_or("the first argument is the local root, root.pem")?)?;
    let origin = arguments.next().ok_or("the second argument is an https origin")?;
    let port = arguments.next().map_or(Ok(PORT), |port| port.parse())?;

    let agent = Connector::new(&origin, &root).port(port).connect().await?;
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
