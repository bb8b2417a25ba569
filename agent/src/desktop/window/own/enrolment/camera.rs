//! What the camera sees, on a thread of its own, from when the person switched it on until nobody looks any more.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::outside::Outside;
use crate::desktop::window::face::draw_again;

/// One picture, three bytes a pixel: red, green, blue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

/// A camera that is switched on. Dropping it switches it off.
pub(super) trait Lens {
    /// Waits for the next picture.
    fn next(&mut self) -> Result<Seen, CannotSee>;
}

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CannotSee {
    /// There is no camera.
    None,
    /// Another program uses it.
    Busy,
    /// This user may not open it.
    Denied,
    /// It does not do what cameras do.
    Failed,
}

impl CannotSee {
    /// What the person is told.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::None => "enrol-camera-none",
            Self::Busy => "enrol-camera-busy",
            Self::Denied => "enrol-camera-denied",
            Self::Failed => "enrol-camera-failed",
        }
    }
}

/// The camera of this computer.
pub(super) fn of_this_computer() -> Result<Box<dyn Lens>, CannotSee> {
    Err(CannotSee::None)
}

/// The newest picture of a camera that is on, or why there is none.
type Newest = Arc<Mutex<Option<Result<Arc<Seen>, CannotSee>>>>;

/// A camera that is on, or is being switched on.
pub(super) struct Camera {
    newest: Newest,
    leave: Arc<AtomicBool>,
}

impl Camera {
    /// Switches it on.
    pub(super) fn switch_on(outside: &Outside) -> Self {
        let (newest, leave) = (Newest::default(), Arc::new(AtomicBool::new(false)));
        let camera = Self { newest: Arc::clone(&newest), leave: Arc::clone(&leave) };
        let open = Arc::clone(&outside.camera);
        let look = move || match open() {
            Ok(mut lens) => {
                while !leave.load(Ordering::Relaxed) {
                    let seen = lens.next();
                    let is_last = seen.is_err();
                    tell(&newest, seen);
                    if is_last {
                        return;
                    }
                }
            }
            Err(why) => tell(&newest, Err(why)),
        };
        if thread::Builder::new().name("camera".to_owned()).spawn(look).is_err() {
            tell(&camera.newest, Err(CannotSee::Failed));
        }
        camera
    }

    /// What it saw last; `None` until it has seen something.
    pub(super) fn newest(&self) -> Option<Result<Arc<Seen>, CannotSee>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.leave.store(true, Ordering::Relaxed);
    }
}

fn tell(newest: &Newest, seen: Result<Seen, CannotSee>) {
    *newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen.map(Arc::new));
    draw_again();
}
