//! Pages and programs that talk to NCALayer talk to the agent: recorded requests, and clients from npm in Node.
//!
//! The agent is the real one, with a scripted person at its windows and keys that the authority published for tests.

mod keys;
mod node;
mod page;
mod program;
mod replay;
mod seithq;
mod sigex;
mod thinking;
mod typed;
mod verdict;
