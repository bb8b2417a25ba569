//! The table as Markdown, and its place in the README.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::machine::Machine;
use crate::measured::{Measured, Theirs};
use crate::rows::{Budget, GROUPS, Row};
use crate::{Others, Ours, Outcome};

const BEGIN: &str =
    "<!-- Measured: `cargo bench-core --write` writes what stands between this line -->\n";
const END: &str = "<!-- and this one. -->\n";

/// The table, with the machine below.
pub(crate) fn table(ours: &Ours, others: &Others, machine: &Machine, date: Option<&str>) -> String {
    let mut text = String::from(
        "| what | ours | OpenSSL | ours ÷ OpenSSL | budget | met |\n|---|--:|--:|--:|--:|---|\n",
    );
    for (group, rows) in GROUPS {
        writeln!(text, "| **{group}** | | | | | |").expect("a text takes everything");
        for row in *rows {
            text += &line(row, ours, others);
        }
    }
    let date = date.map(|date| format!("{date}, ")).unwrap_or_default();
    write!(text, "\nMeasured on: {date}{machine}.\n").expect("a text takes everything");
    text
}

fn line(row: &Row, ours: &Ours, others: &Others) -> String {
    let our = ours.get(row.name);
    let their = others.get(row.name);
    let ratio = our.zip(measured(their)).map(|(our, their)| our.median / their.median);
    let (budget, is_met) = judged(row.budget, our, others, ratio);
    let shown_ours = our.map_or("not measured".to_owned(), Measured::to_string);
    let shown_theirs = match their {
        Some(Theirs::Measured(measured)) => measured.to_string(),
        Some(Theirs::Lost) => "lost beside its start".to_owned(),
        Some(Theirs::Missing(what)) => format!("without {what}"),
        None if row.is_ours_alone => "no such operation".to_owned(),
        None => "without OpenSSL".to_owned(),
    };
    let ratio = ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"));
    let met = match is_met {
        Some(true) => "yes",
        Some(false) => "**no**",
        None => "",
    };
    format!("| {} | {shown_ours} | {shown_theirs} | {ratio} | {budget} | {met} |\n", row.title)
}

fn measured(theirs: Option<&Theirs>) -> Option<Measured> {
    match theirs {
        Some(Theirs::Measured(measured)) => Some(*measured),
        Some(Theirs::Lost | Theirs::Missing(_)) | None => None,
    }
}

/// How the budget is written, and whether it is met if that can be known.
fn judged(
    budget: Budget,
    our: Option<&Measured>,
    others: &Others,
    ratio: Option<f64>,
) -> (String, Option<bool>) {
    let at_most = |limit: f64| our.map(|our| our.median <= limit);
    match budget {
        Budget::None => (String::new(), None),
        Budget::Seconds(limit) => (format!("{} ms", limit * 1e3), at_most(limit)),
        Budget::Bytes(limit) => (format!("{} MB", limit / 1e6), at_most(limit)),
        Budget::Times(limit) => (format!("{limit} × OpenSSL"), ratio.map(|ratio| ratio <= limit)),
        Budget::OfHash(limit, name) => {
            let hash = measured(others.get(name));
            let is_met = hash.and_then(|hash| at_most(hash.median * limit));
            (format!("{limit} × its hash"), is_met)
        }
    }
}

/// Puts the table between the two comments of the README.
pub(crate) fn write(table: &str) -> Outcome<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let page = fs::read_to_string(&path)?;
    let (before, rest) = page.split_once(BEGIN).ok_or("the README has no place for the table")?;
    let (_, after) = rest.split_once(END).ok_or("the place for the table has no end")?;
    fs::write(&path, format!("{before}{BEGIN}\n{table}\n{END}{after}"))?;
    eprintln!("written: {}", path.display());
    Ok(())
}
