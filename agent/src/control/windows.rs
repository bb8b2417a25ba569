//! A named pipe of this user's agent. Pipes have one name space for all users, so that the name carries the folder's.

use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use tokio::net::windows::named_pipe::{
    ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions,
};

pub(super) struct Door {
    name: String,
    next: NamedPipeServer,
}

/// The agent's folder is in the user's profile: no two users have the same.
fn name(folder: &Path) -> String {
    let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    format!(r"\\.\pipe\tanba-{}", hex::encode(&digest[..16]))
}

impl Door {
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let name = name(folder);
        // A pipe of this name that somebody else made first is refused; by default only this user, the system and
        // administrators may write to it, and nobody over a network.
        let next = ServerOptions::new().first_pipe_instance(true).create(&name)?;
        Ok(Self { name, next })
    }

    pub(super) async fn next(&mut self) -> io::Result<NamedPipeServer> {
        self.next.connect().await?;
        let next = ServerOptions::new().create(&self.name)?;
        Ok(std::mem::replace(&mut self.next, next))
    }
}

pub(super) async fn call(folder: &Path) -> io::Result<NamedPipeClient> {
    ClientOptions::new().open(name(folder))
}
