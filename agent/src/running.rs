//! The agent as a program: from the lock of its folder to the last Close frame.
//!
//! ```text
//! lock ─▶ port ─▶ context ─▶ door for wishes, tray ─▶ serves pages ─▶ told to end ─▶ questions away, Close frames
//!           └ taken: a person's agent waits for it and says so; one at a terminal gives up
//! ```

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tracing::{info, warn};

use crate::assembly::{CannotStart, Plan, assemble};
use crate::autostart;
use crate::blocking::blocking;
use crate::control::{self, Control};
use crate::ctx::Ctx;
use crate::desktop::own::NoticeKind;
use crate::desktop::tray;
use crate::files::{self, FileError};
use crate::instance::{Instance, NotTheOne};
use crate::port_owner;
use crate::server::{Server, tls};
use crate::surroundings::{Port, Surroundings};
use crate::wish::Wish;
use crate::wishes::{self, standing};

/// How often a port that is taken is tried.
const AGAIN: Duration = Duration::from_secs(2);

/// How an agent runs.
pub struct Run {
    /// What it is made of.
    pub plan: Plan,
    /// The port; 0 takes any that is free.
    pub port: u16,
    /// The folder of the TLS identity.
    pub tls: PathBuf,
    /// Whether it is a person's agent: it has an icon in the tray, and waits for a port that is taken. Otherwise it gives
    /// up.
    pub tray: bool,
    /// What the person wants as soon as it runs.
    pub wish: Option<Wish>,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("port", &self.port).finish_non_exhaustive()
    }
}

/// Why the agent does not run.
#[derive(Debug, thiserror::Error)]
pub enum NotRunning {
    /// The agent's own folder cannot be used.
    #[error("the agent's folder cannot be used")]
    Data(#[from] FileError),
    /// Another process is the agent of this folder. It was told what the person wants.
    #[error("Tanba runs already; it was told")]
    Told,
    /// Another process is the agent of this folder, and it does not listen.
    #[error("Tanba runs already")]
    Running,
    /// The lock of the folder cannot be used.
    #[error(transparent)]
    Lock(NotTheOne),
    /// There is no TLS identity, or it cannot be used.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    /// Another program holds the port.
    #[error("port {port} is held by {}", by.as_deref().unwrap_or("another program"))]
    PortTaken {
        /// Which.
        port: u16,
        /// The program's name, where the system tells it.
        by: Option<String>,
    },
    /// The port may not be used.
    #[error("port {port} cannot be used")]
    Port {
        /// Which.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// The context could not be made.
    #[error(transparent)]
    Assembly(#[from] CannotStart),
}

/// Runs an agent until `ended` is, or the person wants it to end. `listening` is called once pages can call.
///
/// # Errors
/// [`NotRunning`].
pub async fn run(
    run: Run,
    listening: impl FnOnce(SocketAddr),
    ended: impl Future<Output = ()>,
) -> Result<(), NotRunning> {
    let Run { plan, port, tls: tls_folder, tray, wish } = run;
    let data = plan.data.clone();
    files::private_folder(&data)?;
    let _instance = match Instance::claim(&data) {
        Ok(instance) => instance,
        Err(NotTheOne::Running) if tray => {
            return Err(match control::tell(&data, &wish.unwrap_or(Wish::Show)).await {
                Ok(()) => NotRunning::Told,
                Err(_) => NotRunning::Running,
            });
        }
        Err(NotTheOne::Running) => return Err(NotRunning::Running),
        Err(error @ NotTheOne::Lock(_)) => return Err(NotRunning::Lock(error)),
    };
    let acceptor = tls::acceptor(&tls_folder)?;
    let first = match Server::bind(port).await {
        Ok(server) => Some(server),
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
            return Err(NotRunning::Port { port, source: error });
        }
        Err(_) if tray => None,
        Err(_) => return Err(NotRunning::PortTaken { port, by: port_owner::of(port) }),
    };
    let ctx = assemble(plan).await?;
    let (wisher, wishes) = mpsc::unbounded_channel();
    if let Some(wish) = wish {
        // The receiver is right here.
        let _ = wisher.send(wish);
    }
    let notices = ctx.notices.subscribe();
    ctx.surroundings.send_replace(Surroundings {
        port: Port::Silent,
        tls: Some(tls_folder),
        tray: tray.then_some(false),
        autostart: blocking(autostart::status).await.ok(),
    });
    let (views, standing) = watch::channel(standing::view(&ctx));
    tokio::spawn(standing::tell(Arc::clone(&ctx), views));
    // Pages can call before the desktop has answered.
    let icon =
        tray.then(|| tokio::spawn(in_tray(Arc::clone(&ctx), standing.clone(), wisher.clone())));
    let door = match Control::open(&data) {
        Ok(door) => door.listen(wisher.clone()).boxed(),
        Err(error) => {
            warn!(%error, "later starts of the program cannot tell this one anything");
            pending().boxed()
        }
    };
    let told_to_end = async {
        tokio::select! {
            () = ended => info!("told to end"),
            () = wishes::carry_out(&ctx, (wisher, wishes), notices, standing) => {}
            () = door => {}
        }
    };
    serve(&ctx, acceptor, first, port, listening, told_to_end).await;
    if let Some(icon) = icon {
        leave_tray(icon).await;
    }
    info!("ended");
    Ok(())
}

/// Serves pages as soon as the port is free, until told to end.
async fn serve(
    ctx: &Arc<Ctx>,
    acceptor: TlsAcceptor,
    first: Option<Server>,
    port: u16,
    listening: impl FnOnce(SocketAddr),
    told_to_end: impl Future<Output = ()>,
) {
    let mut told_to_end = std::pin::pin!(told_to_end);
    let server = match first {
        Some(server) => server,
        None => tokio::select! {
            server = wait_for_port(ctx, port) => server,
            () = &mut told_to_end => return,
        },
    };
    let address = server.address();
    ctx.surroundings.send_modify(|around| around.port = Port::Open(address.port()));
    listening(address);
    server.run(Arc::clone(ctx), acceptor, told_to_end).await;
}

/// Tries again until the port is free. The person is told who holds it.
async fn wait_for_port(ctx: &Ctx, port: u16) -> Server {
    let by = port_owner::of(port);
    warn!(port, by, "another program holds the port; it is tried again and again");
    ctx.surroundings.send_modify(|around| around.port = Port::Taken(port, by.clone()));
    let _ = ctx.notices.send(NoticeKind::PortTaken { port, by });
    loop {
        tokio::time::sleep(AGAIN).await;
        if let Ok(server) = Server::bind(port).await {
            info!(port, "the port is free now");
            return server;
        }
    }
}

/// Puts the icon into the tray, if there is one.
async fn in_tray(
    ctx: Arc<Ctx>,
    standing: watch::Receiver<tray::TrayView>,
    wisher: mpsc::UnboundedSender<Wish>,
) -> Option<tray::Tray> {
    match blocking(move || tray::begin(standing, wisher)).await {
        Ok(tray) => {
            ctx.surroundings.send_modify(|around| around.tray = Some(tray.is_shown()));
            Some(tray)
        }
        Err(error) => {
            warn!(%error, "no icon in the tray: `tanba open` opens everything that its menu would");
            None
        }
    }
}

/// Takes the icon away before the process ends: some trays keep what was not taken away.
async fn leave_tray(icon: JoinHandle<Option<tray::Tray>>) {
    if let Ok(Some(icon)) = icon.await {
        blocking(move || drop(icon)).await;
    }
}
