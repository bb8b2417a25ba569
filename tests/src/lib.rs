//! What the tests and `cargo verify` share: the table of tools, the words of judges, and verification itself.
//!
//! This library uses nothing but the standard library, so that `cargo verify` is there in seconds on a bare machine.

pub mod judges;
pub mod tools;
pub mod verify;
