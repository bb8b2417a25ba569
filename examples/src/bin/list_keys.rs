//! Lists the keys that this program's enrolments made.
//!
//! `cargo run -p tanba-examples --bin list_keys -- ROOT.pem ORIGIN [PORT]`: the local root of the agent's TLS
//! identity, the https origin under which the keys were made, and the agent's port.

use std::io::Write;

use tanba::client::Connector;
use tanba::protocol::{AgentInfo, ListKeys, PORT};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let root =
        std::fs::read(arguments.next().ok_or("the first argument is the local root, root.pem")?)?;
    let origin = arguments.next().ok_or("the second argument is an https origin")?;
    let port = arguments.next().map_or(Ok(PORT), |port| port.parse())?;

    let agent = Connector::new(&origin, &root).port(port).connect().await?;
    let info = agent.call(AgentInfo {}).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{} {} ({:?})", info.name, info.version, info.environment)?;
    for key in agent.call(ListKeys {}).await? {
        writeln!(out, "{:?} {:?} {:?} {}", key.purpose, key.algorithm, key.state, key.file)?;
    }
    Ok(())
}
