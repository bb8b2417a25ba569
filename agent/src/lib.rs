//! The Tanba signing agent.

pub mod desktop;
pub mod secrets;
pub mod words;
