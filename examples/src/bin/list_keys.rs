//! Lists the keys that this program's enrolments made.
//!
//! `cargo run -p tanba-examples --bin list_keys -- ROOT.pem ORIGIN [PORT]`: the local root of the agent's TLS
//! identity, the https origin under which the keys were made, and the agent's port.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tanba::client::Connector;
use tanba::protocol::{AgentInfo, ListKeys, PORT};

/// Lists the keys that enrolments under an origin made.
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
    let info = agent.call(AgentInfo {}).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{} {} ({:?})", info.name, info.version, info.environment)?;
    for key in agent.call(ListKeys {}).await? {
        writeln!(out, "{:?} {:?} {:?} {}", key.purpose, key.algorithm, key.state, key.file)?;
    }
    Ok(())
}
