//! The agent within the test's own process: everything of it is real but the person and the clock.

use std::sync::Arc;

use tanba_agent::assembly::{Plan, SecretPlace, assemble};
use tanba_agent::clock::Clock;
use tanba_agent::server::{Server, tls};
use tanba_core::time::UnixTime;
use tanba_installer::identity;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::keys::KeyFile;
use super::puppet::{Mood, Puppet};
use super::site::Site;
use crate::world::now;

/// A clock that stands.
struct Standing(UnixTime);

impl Clock for Standing {
    fn now(&self) -> UnixTime {
        self.0
    }
}

/// An agent on a free port, as site authors test with: pages of this machine may call.
pub(crate) struct Hosted {
    port: u16,
    root_pem: String,
    puppet: Arc<Puppet>,
    end: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
    // Threads of its own: it answers whatever the test does in the meantime.
    threads: Option<Runtime>,
    _folder: TempDir,
}

impl Hosted {
    /// Starts an agent whose person has this key file.
    pub(crate) async fn start(key: KeyFile, mood: Mood) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tls_folder = folder.path().join("tls");
        std::fs::create_dir(&tls_folder).unwrap();
        let (identity, _) = identity::ensure(&tls_folder, now()).unwrap();
        let puppet = Arc::new(Puppet::new(key, mood));
        let plan = Plan {
            secrets: SecretPlace::File,
            clock: Arc::new(Standing(key.moment())),
            trial: true,
            ..Plan::new(folder.path().join("agent"), None, puppet.clone())
        };
        let threads = Runtime::new().unwrap();
        let (end, ended) = oneshot::channel();
        let started = threads.spawn(async move {
            let ctx = assemble(plan).await.unwrap();
            let server = Server::bind(0).await.unwrap();
            let port = server.address().port();
            let acceptor = tls::acceptor(&tls_folder).unwrap();
            let ended = async { drop(ended.await) };
            (port, tokio::spawn(server.run(ctx, acceptor, ended)))
        });
        let (port, serving) = started.await.unwrap();
        Self {
            port,
            root_pem: identity.root_pem().to_owned(),
            puppet,
            end: Some(end),
            serving: Some(serving),
            threads: Some(threads),
            _folder: folder,
        }
    }

    /// The port on which it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The local root, PEM.
    pub(crate) fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The person.
    pub(crate) fn puppet(&self) -> &Puppet {
        &self.puppet
    }

    /// A page's end of a socket.
    pub(crate) async fn site(&self, origin: &str) -> Site {
        Site::open(self.port, &self.root_pem, Some(origin)).await.unwrap()
    }

    /// Asks the agent to end, and waits until it has.
    pub(crate) async fn end(&mut self) {
        drop(self.end.take());
        if let Some(serving) = self.serving.take() {
            serving.await.unwrap();
        }
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        // A runtime must not wait for its tasks where a test's own runtime waits for it.
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}
