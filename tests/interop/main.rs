//! The tests in which programs of others judge what the agent makes.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod commands;
mod demo;
mod gost;
mod gost_engine;
mod ncalayer;
mod shell;
mod terminal;
