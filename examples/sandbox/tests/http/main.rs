//! The sandbox over plain HTTP, as the agent and other people's programs meet it.
//!
//! Every answer to an operation of the contract is judged by the contract itself: see [`contract`].

#![expect(clippy::unwrap_used, reason = "these are tests, with helpers outside of test functions")]

mod applicant;
mod authority;
mod client;
mod contract;
mod digital_id;
mod doors;
mod faults;
mod flow;
mod gost;
mod openssl;
mod pictures;
mod portal;
mod program;
mod submission;
