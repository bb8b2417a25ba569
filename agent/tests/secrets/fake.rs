//! A Secret Service that behaves as a test wants it to: real ones do so only when a person sits before them.

use std::collections::HashMap;

use zbus::blocking::{Connection, connection::Builder};
use zbus::fdo::Error;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

const SERVICE: &str = "/org/freedesktop/secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/fake";
const PROMPT: &str = "/org/freedesktop/secrets/prompt/fake";
const SESSION: &str = "/org/freedesktop/secrets/session/fake";

/// What the service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It is locked, and the person closes its question.
    Dismissed,
    /// It is locked, and nobody answers its question.
    Ignored,
    /// It never answers anything, as one that waits for a window of its own.
    Silent,
    /// It lets no program in.
    Denying,
    /// It answers with an error that only it knows, and which says more than it should.
    Failing,
}

struct Keyrings(Mood);
struct Collection;
struct Prompt(Mood);

/// Begins the service on the session's bus; it ends when the connection is dropped.
pub(crate) fn begin(mood: Mood) -> Connection {
    let builder = Builder::session().unwrap().name("org.freedesktop.secrets").unwrap();
    let builder = builder.serve_at(SERVICE, Keyrings(mood)).unwrap();
    let builder = builder.serve_at(COLLECTION, Collection).unwrap();
    builder.serve_at(PROMPT, Prompt(mood)).unwrap().build().unwrap()
}

fn path(path: &'static str) -> OwnedObjectPath {
    ObjectPath::try_from(path).unwrap().into()
}

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Keyrings {
    async fn open_session(
        &self,
        algorithm: &str,
        _input: Value<'_>,
    ) -> Result<(OwnedValue, OwnedObjectPath), Error> {
        match self.0 {
            Mood::Dismissed | Mood::Ignored => {}
            Mood::Silent => std::future::pending().await,
            Mood::Denying => return Err(Error::AccessDenied("canary".to_owned())),
            Mood::Failing => return Err(Error::Failed("canary".to_owned())),
        }
        // A public key that nobody has a private one for: what is agreed upon is never used.
        let output =
            if algorithm == "plain" { Value::from("") } else { Value::from(vec![7_u8; 128]) };
        Ok((output.try_into().unwrap(), path(SESSION)))
    }

    fn read_alias(&self, _name: &str) -> OwnedObjectPath {
        path(COLLECTION)
    }

    fn unlock(&self, _objects: Vec<OwnedObjectPath>) -> (Vec<OwnedObjectPath>, OwnedObjectPath) {
        (Vec::new(), path(PROMPT))
    }

    fn search_items(
        &self,
        _attributes: HashMap<String, String>,
    ) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
        (Vec::new(), Vec::new())
    }
}

#[zbus::interface(name = "org.freedesktop.Secret.Collection")]
impl Collection {
    #[zbus(property)]
    fn locked(&self) -> bool {
        true
    }
}

#[zbus::interface(name = "org.freedesktop.Secret.Prompt")]
impl Prompt {
    async fn prompt(
        &self,
        _window: &str,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> Result<(), Error> {
        if self.0 == Mood::Dismissed {
            Self::completed(&emitter, true, Value::from("")).await?;
        }
        Ok(())
    }

    #[zbus(signal)]
    async fn completed(
        emitter: &SignalEmitter<'_>,
        dismissed: bool,
        result: Value<'_>,
    ) -> zbus::Result<()>;
}
