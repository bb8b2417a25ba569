//! `tanba-installer`: makes and renews the TLS identity of this machine's agent.
#![forbid(unsafe_code)]

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Parser, Subcommand};
use tanba_core::time::UnixTime;
use tanba_installer::identity::{self, Change, IdentityError, LEAF, LEAF_KEY, ROOT};

/// Makes the TLS identity of this machine's Tanba agent.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the identity, or renew it when fewer than thirty days are left; the root's key is kept nowhere.
    Identity {
        /// Where the three files go; made with mode 0700 if it is not there.
        #[arg(long)]
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Identity { folder } => identity(&folder),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do if the terminal is gone too.
            let _ = writeln!(io::stderr(), "{}", with_causes(&error));
            ExitCode::FAILURE
        }
    }
}

fn identity(folder: &std::path::Path) -> Result<(), IdentityError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| IdentityError::Clock)?;
    let now = UnixTime::from_secs(i64::try_from(now.as_secs()).map_err(|_| IdentityError::Clock)?);
    let (identity, change) = identity::ensure(folder, now)?;
    let what = match change {
        Change::Kept => "kept",
        Change::Made => "made",
        Change::Renewed => "renewed: take the old root out of the trust stores",
    };
    let mut out = io::stdout().lock();
    writeln!(out, "identity  {what}")?;
    writeln!(out, "valid to  {}", identity.not_after().rfc3339())?;
    for (label, name) in [("root", ROOT), ("leaf", LEAF), ("key", LEAF_KEY)] {
        writeln!(out, "{label:<9} {}", folder.join(name).display())?;
    }
    writeln!(out, "spki      {}", identity.spki_sha256_base64())?;
    Ok(())
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
