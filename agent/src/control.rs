//! How a second start of the program, or a command, tells the agent that runs already what the person wants.
//!
//! ```text
//! tanba open keys ──{"wish":"keys"}──▶ the agent of the same folder ──{"heard":true}──▶
//! ```
//! On Unix a socket in the agent's own folder, which no other user may enter; on Windows a named pipe that only this user
//! may write to. A wish opens windows of the person's own and no more: whatever signs asks as always.

#[cfg(unix)]
#[path = "control/unix.rs"]
mod platform;
#[cfg(windows)]
#[path = "control/windows.rs"]
mod platform;

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::BufReader;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tracing::{debug, warn};

use crate::wish::Wish;

/// The longest line, in bytes.
const LINE: u64 = 4096;
/// How long the other side may take.
const SOON: Duration = Duration::from_secs(2);
/// A pause after an error, so that nothing is hammered.
const REST: Duration = Duration::from_secs(1);
/// What the agent answers.
const HEARD: &[u8] = b"{\"heard\":true}\n";

/// The door for wishes, open already.
pub struct Control(platform::Door);

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control").finish_non_exhaustive()
    }
}

impl Control {
    /// Opens the door of the agent of that folder. To be called by whoever holds the folder's lock, and nobody else: what
    /// an earlier agent left behind is removed.
    ///
    /// # Errors
    /// When the system has no room for it. The agent then runs without: wishes come from the tray alone.
    pub fn open(folder: &Path) -> io::Result<Self> {
        platform::Door::open(folder).map(Self)
    }

    /// Passes on wishes as they come; ends when nobody takes them.
    pub async fn listen(mut self, wishes: mpsc::UnboundedSender<Wish>) {
        while !wishes.is_closed() {
            match self.0.next().await {
                // One after the other: whoever is slow is given up soon.
                Ok(stream) => match timeout(SOON, hear(stream)).await {
                    Ok(Ok(wish)) => {
                        if wishes.send(wish).is_err() {
                            return;
                        }
                    }
                    Ok(Err(error)) => debug!(%error, "what came was no wish"),
                    Err(_) => debug!("somebody came and said nothing"),
                },
                Err(error) => {
                    warn!(%error, "nobody can be heard now");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }
}

async fn hear(stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<Wish> {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    (&mut stream).take(LINE).read_until(b'\n', &mut line).await?;
    let wish = serde_json::from_slice(&line)?;
    stream.write_all(HEARD).await?;
    stream.flush().await?;
    Ok(wish)
}

/// Tells the agent of that folder a wish, and waits until it has heard it.
///
/// # Errors
/// When no agent runs there, or it does not listen.
pub async fn tell(folder: &Path, wish: &Wish) -> io::Result<()> {
    let told = async {
        let stream = platform::call(folder).await?;
        let mut stream = BufReader::new(stream);
        let mut line = serde_json::to_vec(wish)?;
        line.push(b'\n');
        stream.write_all(&line).await?;
        stream.flush().await?;
        let mut answer = Vec::new();
        (&mut stream).take(LINE).read_until(b'\n', &mut answer).await?;
        if answer == HEARD { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
    };
    timeout(SOON, told).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use tanba::protocol::Locale;

    use super::*;

    #[tokio::test]
    async fn a_wish_is_heard_by_the_agent_of_its_folder_and_nonsense_is_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(tell(folder.path(), &Wish::About).await.is_err(), "nobody is there");
        let (sender, mut wishes) = mpsc::unbounded_channel();
        let control = Control::open(folder.path()).unwrap();
        let listening = tokio::spawn(control.listen(sender));
        for wish in [
            Wish::SignFile,
            Wish::Language { locale: Locale::Ru },
            Wish::Resume { enrolment: "x".to_owned() },
        ] {
            tell(folder.path(), &wish).await.unwrap();
            assert_eq!(wishes.recv().await, Some(wish));
        }
        let long = "x".repeat(5000);
        for nonsense in ["", "\n", "{}\n", "{\"wish\":\"rule\"}\n", "[\n", &long] {
            let mut stream = platform::call(folder.path()).await.unwrap();
            stream.write_all(nonsense.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            let mut answer = Vec::new();
            // Whether the end or a broken pipe is seen depends on who is quicker.
            let _ = stream.read_to_end(&mut answer).await;
            assert!(answer.is_empty(), "{nonsense}");
        }
        // Somebody who says nothing keeps nobody else out.
        let _silent = platform::call(folder.path()).await.unwrap();
        tell(folder.path(), &Wish::Keys).await.or(tell(folder.path(), &Wish::Keys).await).unwrap();
        assert_eq!(wishes.recv().await, Some(Wish::Keys));
        drop(wishes);
        let _ = tell(folder.path(), &Wish::Keys).await;
        listening.await.unwrap();
    }
}
