//! `cargo verify`: everything that must hold, with one table at the end.

use std::process::ExitCode;

fn main() -> ExitCode {
    tanba_tests::verify::main()
}
