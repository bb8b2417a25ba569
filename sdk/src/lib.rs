//! Talks to the Tanba signing agent.
//!
//! To be completed with the client.

pub mod protocol;
