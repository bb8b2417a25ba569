//! The program `tanba` on real files, judged by OpenSSL and xmlsec1.
#![expect(clippy::print_stderr, reason = "a test without its judge says so")]

mod bench;
mod help;
mod keys;
mod show;
mod sign;
mod verify;
