//! Talks to the Tanba signing agent: a small program on the person's own computer that keeps keys, asks the person,
//! and speaks JSON-RPC 2.0 over `wss://127.0.0.1:13579` (subprotocol `tanba.v1`).
//!
//! [`protocol`] is the language itself: a table of methods whose parameters and replies are types. With the feature
//! `client` (on by default) a `Client` speaks it:
//!
//! ```
//! # #[cfg(feature = "client")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use tanba::client::Connector;
//! use tanba::protocol::{AgentInfo, Answer, AnswerPrompt, Prompt, StartEnrolment};
//!
//! let root = std::fs::read("root.pem")?; // the local root, made by tanba-installer
//! let agent = Connector::new("https://accounting.example", &root).connect().await?;
//! println!("Tanba {}", agent.call(AgentInfo {}).await?.version);
//!
//! let begun = agent.call(StartEnrolment::default()).await?;
//! assert_eq!(begun.prompt, Prompt::Iin {});
//! let answer = Answer::Iin { iin: "500101100010".to_owned() };
//! let next = agent.call(AnswerPrompt { enrolment: begun.id, answer }).await?;
//! println!("step {} of the guide: {:?}", next.step, next.prompt);
//! # Ok(())
//! # }
//! ```
//!
//! What an error means is in its [`protocol::Code`]; what a person is told is the program's own matter, in the
//! person's language.

pub mod protocol;

#[cfg(feature = "client")]
pub mod client;
