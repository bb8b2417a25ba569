//! What is seen inside the machine. Outside, these tests do nothing: there is no such camera.

use std::fs;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding as _};
use tanba::protocol::{Camera, CameraState};
use tanba_agent::camera::capture::{CannotCapture, Frame, FrameSource as _, Live};
use tanba_agent::camera::{CameraProbe as _, OfThisComputer};

/// The bars of television at three quarters: white, yellow, cyan, green, magenta, red, blue, black.
pub(crate) const BARS: [[u8; 3]; 8] = [
    [191, 191, 191],
    [191, 191, 0],
    [0, 191, 191],
    [0, 191, 0],
    [191, 0, 191],
    [191, 0, 0],
    [0, 0, 191],
    [0, 0, 0],
];

const LIMIT: Duration = Duration::from_secs(60);

pub(crate) fn near(found: &[u8], wanted: [u8; 3], within: u8) {
    let far = found.iter().zip(wanted).any(|(found, wanted)| found.abs_diff(wanted) > within);
    assert!(!far, "{found:?} is not {wanted:?}");
}

fn is_inside() -> bool {
    std::env::var_os("TANBA_TEST_INSIDE").is_some()
}

fn probe() -> (CameraState, u32) {
    let Camera { state, devices } = OfThisComputer::default().probe();
    (state, devices)
}

/// A camera, and what wakes whoever looks at it.
struct Watched {
    live: Live,
    woken: Receiver<()>,
}

impl Watched {
    fn open() -> Self {
        let (wakes, woken) = channel();
        let live = Live::open(0, move || {
            let _ = wakes.send(());
        });
        Self { live, woken }
    }

    fn next(&self) -> Result<Arc<Frame>, CannotCapture> {
        loop {
            match self.woken.recv_timeout(LIMIT) {
                Ok(()) | Err(RecvTimeoutError::Disconnected) => {}
                Err(RecvTimeoutError::Timeout) => panic!("nothing came of the camera"),
            }
            if let Some(frame) = self.live.latest()? {
                return Ok(frame);
            }
        }
    }

    fn fails(&self) -> CannotCapture {
        loop {
            if let Err(why) = self.next() {
                return why;
            }
        }
    }
}

#[test]
fn a_camera_is_present_though_the_driver_has_other_nodes() {
    if is_inside() {
        let start = Instant::now();
        assert_eq!(probe(), (CameraState::Present, 1));
        println!("the probe took {:?}", start.elapsed());
        // It let go of it.
        assert_eq!(probe(), (CameraState::Present, 1));
    }
}

#[test]
fn pictures_have_their_size_and_their_colours() {
    if !is_inside() {
        return;
    }
    let watched = Watched::open();
    let frame = watched.next().unwrap();
    assert_eq!((frame.width(), frame.height()), (1280, 720));
    for (at, wanted) in BARS.into_iter().enumerate() {
        let pixel = 3 * (640 * 1280 + 160 * at + 80);
        near(&frame.rgb()[pixel..pixel + 3], wanted, 6);
    }
    let start = Instant::now();
    for _ in 0..2 {
        watched.next().unwrap();
    }
    println!("two more pictures took {:?}", start.elapsed());
    assert_eq!(watched.live.cameras(), 1);
    println!("JPEG {}", Base64::encode_string(&frame.jpeg(5_000_000).unwrap()));
}

#[test]
fn one_streams_and_the_next_is_told_that_it_is_busy() {
    if !is_inside() {
        return;
    }
    let first = Watched::open();
    first.next().unwrap();
    assert_eq!(Watched::open().fails(), CannotCapture::Busy);
    assert_eq!(probe(), (CameraState::Busy, 1));
    // Neither question disturbed it.
    first.next().unwrap();
    drop(first);
    // It is free when the drop has ended, not a while later.
    assert_eq!(probe(), (CameraState::Present, 1));
    Watched::open().next().unwrap();
}

#[test]
fn who_may_not_open_it_is_told_so() {
    if !is_inside() {
        return;
    }
    let denied = fs::File::open("/dev/video0").unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::PermissionDenied);
    assert_eq!(probe().0, CameraState::Denied);
    assert_eq!(Watched::open().fails(), CannotCapture::Denied);
}

#[test]
fn a_camera_that_is_pulled_out_is_gone() {
    if !is_inside() {
        return;
    }
    let watched = Watched::open();
    watched.next().unwrap();
    fs::write("/sys/bus/platform/drivers/vivid/unbind", "vivid.0").unwrap();
    assert_eq!(watched.fails(), CannotCapture::Gone);
}

#[test]
fn where_nothing_is_there_is_none() {
    if is_inside() {
        assert_eq!(probe(), (CameraState::None, 0));
        assert_eq!(Watched::open().fails(), CannotCapture::None);
    }
}

#[test]
fn a_camera_of_several_planes_is_there_and_cannot_be_read() {
    if is_inside() {
        assert_eq!(probe(), (CameraState::Present, 1));
        assert_eq!(Watched::open().fails(), CannotCapture::Failed);
    }
}
