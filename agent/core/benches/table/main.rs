//! `cargo bench-core`: measures this crate, has OpenSSL and xmlsec1 do the same, and prints both in one table.
//!
//! ```text
//! cargo bench-core [--write] [--date DATE] [--again]
//! ```
//!
//! `--write` puts the table into the README of this crate, with the date if one is given. `--again` prints what
//! criterion measured the last time, and measures only the rest.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the wall stands around the core; who measures it starts programs, and reads files and clocks"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a table is printed")]

mod big;
mod criterion;
#[path = "../material/document.rs"]
mod document;
#[path = "../material/holder.rs"]
mod holder;
mod machine;
mod measured;
mod openssl;
mod page;
mod process;
mod rows;
mod theirs;
mod xmlsec;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use self::measured::{Measured, Theirs};

/// Whatever went wrong; it ends the run and is printed.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// What was measured of ours, by name.
type Ours = BTreeMap<String, Measured>;

/// What was measured of others, by the name of ours.
type Others = BTreeMap<&'static str, Theirs>;

#[derive(Default)]
struct Options {
    write: bool,
    again: bool,
    date: Option<String>,
}

impl Options {
    /// `None` if this is a run of the tests, which measure nothing.
    fn read() -> Outcome<Option<Self>> {
        let mut options = Self::default();
        let mut is_measured = false;
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => is_measured = true,
                "--" => {}
                "--write" => options.write = true,
                "--again" => options.again = true,
                "--date" => options.date = Some(arguments.next().ok_or("--date needs a date")?),
                other => return Err(format!("not an option: {other}").into()),
            }
        }
        Ok(is_measured.then_some(options))
    }
}

fn main() -> Outcome<()> {
    let Some(options) = Options::read()? else { return Ok(()) };
    // In the folder of the build, and not in the system's one, which may be small.
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let results = temporary.join("criterion");
    fs::create_dir_all(&results)?;
    let machine = machine::describe()?;
    eprintln!("{machine}");
    if !options.again {
        criterion::run(&results)?;
    }
    let mut ours = criterion::results(&results)?;

    let folder = tempfile::tempdir_in(temporary)?;
    let mut others = Others::new();
    let openssl = openssl::OpenSsl::find(folder.path())?;
    match &openssl {
        Some(openssl) => theirs::measure(openssl, &mut others)?,
        None => eprintln!("OpenSSL is not there: apt install openssl"),
    }
    xmlsec::measure(folder.path(), openssl.as_ref(), &mut others)?;
    big::measure(folder.path(), openssl.as_ref(), &mut ours, &mut others)?;

    let table = page::table(&ours, &others, &machine, options.date.as_deref());
    println!("{table}");
    if options.write { page::write(&table) } else { Ok(()) }
}
