//! Pictures of a camera, for the agent's own window: the newest one, and none before somebody asked for it.

mod frame;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod native;
mod offer;
mod pixels;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use frame::Frame;
pub use pixels::{BadFrame, Layout, Pixels, Range};

/// How long a camera may give no picture that can be read: some take two seconds to wake up.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a driver may hang before the one who waits is told; some systems ask the person first.
const STUCK: Duration = Duration::from_secs(60);
/// How long the one who drops a camera waits until the device is free. The thread looks up ten times a second.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why there are no pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotCapture {
    /// Another program uses the camera.
    #[error("another program uses the camera")]
    Busy,
    /// This user, or this program, may not use it.
    #[error("the camera may not be used")]
    Denied,
    /// There is none.
    #[error("there is no camera")]
    None,
    /// It was pulled out.
    #[error("the camera was taken away")]
    Gone,
    /// It gives nothing, or nothing that can be read.
    #[error("the camera gives no pictures")]
    Failed,
}

impl CannotCapture {
    /// The reason as a name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Denied => "denied",
            Self::None => "none",
            Self::Gone => "gone",
            Self::Failed => "failed",
        }
    }
}

/// Where pictures come from: a camera, or a test that draws them.
pub trait FrameSource {
    /// The newest picture; `None` while there was none yet. Does not block.
    ///
    /// # Errors
    /// See [`CannotCapture`]; nothing comes after that, and to try again one opens anew.
    fn latest(&self) -> Result<Option<Arc<Frame>>, CannotCapture>;

    /// How many cameras there are to choose from; 0 while nobody knows.
    fn cameras(&self) -> u32;
}

/// What a back end is to its thread: a camera that gives pictures.
trait Camera {
    /// The next picture; `None` if there was none within a tenth of a second, or one that could not be read.
    fn next(&mut self) -> Result<Option<Frame>, CannotCapture>;
}

/// A camera, and how many there are.
type Opened = (Box<dyn Camera>, u32);

/// A camera that takes pictures. The device is opened, asked and closed by a thread of its own, and is free again when
/// this is dropped: the lamp is off when the window is gone.
pub struct Live {
    shared: Arc<Shared>,
    over: Receiver<()>,
}

type Newest = Result<Option<Arc<Frame>>, CannotCapture>;

/// What the thread of the camera and the window both see.
struct Shared {
    newest: Mutex<(Instant, Newest)>,
    cameras: AtomicU32,
    stop: AtomicBool,
}

impl Live {
    /// Begins with the camera of that number, counted from 0 on and round again. Does not block: `woken` is called from
    /// another thread whenever there is something new, and why there is nothing is told by [`FrameSource::latest`].
    #[must_use]
    pub fn open(number: u32, woken: impl Fn() + Send + 'static) -> Self {
        #[cfg(target_os = "linux")]
        let open = linux::open;
        #[cfg(not(target_os = "linux"))]
        let open = native::open;
        Self::begin(move || open(number), woken)
    }

    fn begin(
        open: impl FnOnce() -> Result<Opened, CannotCapture> + Send + 'static,
        woken: impl Fn() + Send + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            newest: Mutex::new((Instant::now(), Ok(None))),
            cameras: AtomicU32::new(0),
            stop: AtomicBool::new(false),
        });
        let (leaves, over) = channel();
        let thread = Thread { shared: Arc::clone(&shared), woken, _leaves: leaves };
        let begun = std::thread::Builder::new()
            .name("camera".to_owned())
            .spawn(move || thread.tell(thread.run(open)));
        if begun.is_err() {
            shared.put(Err(CannotCapture::Failed));
        }
        Self { shared, over }
    }
}

impl FrameSource for Live {
    fn latest(&self) -> Result<Option<Arc<Frame>>, CannotCapture> {
        let newest = self.shared.newest.lock().unwrap_or_else(PoisonError::into_inner);
        match &newest.1 {
            Ok(_) if newest.0.elapsed() > STUCK => Err(CannotCapture::Failed),
            newest => newest.clone(),
        }
    }

    fn cameras(&self) -> u32 {
        self.shared.cameras.load(Ordering::Relaxed)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // Nothing is ever sent: it ends when the thread does, and the device with it.
        let _ = self.over.recv_timeout(FAREWELL);
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl Shared {
    fn put(&self, newest: Newest) {
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = (Instant::now(), newest);
    }
}

/// The thread of a camera.
struct Thread<W: Fn()> {
    shared: Arc<Shared>,
    woken: W,
    /// Dropped last, when the device is closed.
    _leaves: Sender<()>,
}

impl<W: Fn()> Thread<W> {
    fn run(
        &self,
        open: impl FnOnce() -> Result<Opened, CannotCapture>,
    ) -> Result<(), CannotCapture> {
        let (mut camera, cameras) = open()?;
        self.shared.cameras.store(cameras, Ordering::Relaxed);
        let mut last = Instant::now();
        while !self.shared.stop.load(Ordering::Relaxed) {
            match camera.next()? {
                Some(frame) => {
                    last = Instant::now();
                    self.shared.put(Ok(Some(Arc::new(frame))));
                    (self.woken)();
                }
                None if last.elapsed() > PATIENCE => return Err(CannotCapture::Failed),
                None => {}
            }
        }
        Ok(())
    }

    fn tell(&self, outcome: Result<(), CannotCapture>) {
        if let Err(why) = outcome {
            self.shared.put(Err(why));
            (self.woken)();
        }
    }
}

impl<W: Fn()> Drop for Thread<W> {
    fn drop(&mut self) {
        // The crates below panic about answers of drivers that they do not know.
        if std::thread::panicking() {
            self.shared.put(Err(CannotCapture::Failed));
            (self.woken)();
        }
    }
}

#[cfg(test)]
mod tests;
