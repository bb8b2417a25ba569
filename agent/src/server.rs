//! The door: one port on the loopback, TLS, a checked head, then one WebSocket per page.
//!
//! ```text
//! TCP (127.0.0.1, ::1) ─ TLS ─ head ─┬─ GET /          a small human page
//!                     patient: 5 min ├─ upgrade        Host, then Origin, then the subprotocol → socket
//!                                    └─ anything else  refused; nothing is parsed, nothing is echoed
//! ```

mod dialect;
mod head;
mod patience;
mod socket;
mod status_page;
pub mod tls;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tracing::{debug, info};

use crate::ctx::Ctx;
use dialect::Dialect;
use head::{Guests, Head, Incomplete, Tongue, Verdict};
use patience::Patience;

/// How long a socket may be silent before its head is complete: Chrome holds one open while it asks the person for
/// the permission to reach this machine.
const HEAD_TIME: Duration = Duration::from_secs(5 * 60);
/// How many such sockets are kept; the oldest goes when another comes.
const SILENT_SOCKETS: usize = 256;
/// How many sockets are kept in all.
const SOCKETS: usize = 1200;
/// How long the last words to all sockets may take.
const LEAVE: Duration = Duration::from_secs(2);
/// The largest head.
const HEAD_BYTES: usize = 16 * 1024;

/// A server that listens already.
pub struct Server {
    listeners: Vec<TcpListener>,
    address: SocketAddr,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Server {
    /// Listens on 127.0.0.1 and, where the machine has it, on ::1, on the same port. Port 0 takes any that is free.
    ///
    /// # Errors
    /// When the port is taken or may not be used.
    pub async fn bind(port: u16) -> io::Result<Self> {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = first.local_addr()?;
        let mut listeners = vec![first];
        match TcpListener::bind((Ipv6Addr::LOCALHOST, address.port())).await {
            Ok(second) => listeners.push(second),
            Err(error) => debug!(%error, "not listening on ::1"),
        }
        Ok(Self { listeners, address })
    }

    /// Where it listens, on IPv4.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `ended` is; every open socket is then closed properly, so that pages know that it was no accident.
    pub async fn run(self, ctx: Arc<Ctx>, acceptor: TlsAcceptor, ended: impl Future<Output = ()>) {
        let (close, closing) = watch::channel(false);
        let door = Arc::new(Door {
            ctx,
            acceptor,
            port: self.address.port(),
            patience: Patience::new(SILENT_SOCKETS),
            room: Arc::new(Semaphore::new(SOCKETS)),
            dialect: Arc::default(),
            closing: Closing(closing),
        });
        info!(address = %self.address, "listening");
        let mut loops = tokio::task::JoinSet::new();
        for listener in self.listeners {
            loops.spawn(accept(listener, Arc::clone(&door)));
        }
        ended.await;
        // Nobody listens if there is no socket.
        let _ = close.send(true);
        let all_closed = async { while loops.join_next().await.is_some() {} };
        // A page that does not take its leave is not waited for.
        let _ = tokio::time::timeout(LEAVE, all_closed).await;
    }
}

struct Door {
    ctx: Arc<Ctx>,
    acceptor: TlsAcceptor,
    port: u16,
    patience: Patience,
    room: Arc<Semaphore>,
    dialect: Arc<Dialect>,
    /// Becomes true when the agent ends.
    closing: Closing,
}

/// Tells sockets that the agent ends.
#[derive(Clone)]
struct Closing(watch::Receiver<bool>);

impl Closing {
    /// Waits until the agent ends.
    async fn wait(&mut self) {
        // A sender that is gone means the same.
        let _ = self.0.wait_for(|closing| *closing).await;
    }
}

async fn accept(listener: TcpListener, door: Arc<Door>) {
    let mut sockets = tokio::task::JoinSet::new();
    let mut closing = door.closing.clone();
    loop {
        while sockets.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = closing.wait() => break,
        };
        let tcp = match accepted {
            Ok((tcp, _)) => tcp,
            Err(error) => {
                // Out of file descriptors, most likely; closing sockets give them back.
                debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&door.room).try_acquire_owned() else { continue };
        let door = Arc::clone(&door);
        sockets.spawn(async move {
            let _permit = permit;
            let _ = tcp.set_nodelay(true);
            if let Err(error) = welcome(tcp, &door).await {
                debug!(%error, "a connection ended");
            }
        });
    }
    drop(listener);
    while sockets.join_next().await.is_some() {}
}

/// Everything before the decision happens under a clock, and gives way when too many are silent.
async fn welcome(tcp: TcpStream, door: &Door) -> io::Result<()> {
    let (seat, given_away) = door.patience.sit();
    let arrival = async {
        let mut stream = door.acceptor.accept(tcp).await?;
        let (verdict, rest) = read_head(&mut stream, door).await?;
        Ok::<_, io::Error>((stream, verdict, rest))
    };
    let mut closing = door.closing.clone();
    let (mut stream, verdict, rest) = tokio::select! {
        arrived = tokio::time::timeout(HEAD_TIME, arrival) => arrived??,
        () = given_away => return Ok(()),
        () = closing.wait() => return Ok(()),
    };
    drop(seat);
    let ctx = Arc::clone(&door.ctx);
    match verdict {
        Verdict::Open { page, accept, tongue } => {
            stream.write_all(head::switching(&accept, tongue).as_bytes()).await?;
            stream.flush().await?;
            match tongue {
                Tongue::Tanba => socket::serve(ctx, page, stream, rest, closing).await,
                Tongue::NcaLayer => {
                    let dialect = Arc::clone(&door.dialect);
                    dialect::serve(dialect, ctx, page, stream, rest, closing).await;
                }
            }
            Ok(())
        }
        Verdict::Probe => close_with(stream, head::PRESENT).await,
        Verdict::StatusPage => close_with(stream, &status_page::answer(&door.ctx.settings)).await,
        Verdict::Refused(status) => close_with(stream, head::refusal(status)).await,
    }
}

async fn close_with(mut stream: impl AsyncWrite + Unpin, answer: &str) -> io::Result<()> {
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

/// Reads up to the end of the head, decides, and gives back what came after it.
async fn read_head(
    stream: &mut (impl AsyncRead + Unpin),
    door: &Door,
) -> io::Result<(Verdict, Vec<u8>)> {
    let settings = &door.ctx.settings;
    let guests = Guests { developer: &settings.developer_origins, loopback: settings.trial };
    let mut bytes = Vec::with_capacity(1024);
    loop {
        match Head::decide(&bytes, door.port, guests) {
            Ok((verdict, used)) => return Ok((verdict, bytes.split_off(used))),
            Err(Incomplete) if bytes.len() >= HEAD_BYTES => {
                return Ok((Verdict::Refused(head::Status::TooLarge), vec![]));
            }
            Err(Incomplete) => {}
        }
        let mut chunk = [0; 2048];
        match stream.read(&mut chunk).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}
