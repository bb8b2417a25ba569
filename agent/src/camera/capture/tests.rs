//! The thread of a camera, with cameras that are invented.

use std::sync::mpsc::{Receiver, channel};

use super::*;

/// Gives what it is told to give; the end of the channel is silence.
struct Invented {
    gives: Receiver<Result<Option<Frame>, CannotCapture>>,
    closed: Sender<()>,
}

impl Camera for Invented {
    fn next(&mut self) -> Result<Option<Frame>, CannotCapture> {
        self.gives.recv_timeout(Duration::from_millis(10)).unwrap_or(Ok(None))
    }
}

impl Drop for Invented {
    fn drop(&mut self) {
        let _ = self.closed.send(());
    }
}

struct Stage {
    live: Live,
    give: Sender<Result<Option<Frame>, CannotCapture>>,
    woken: Receiver<()>,
    closed: Receiver<()>,
}

const LIMIT: Duration = Duration::from_secs(60);

fn stage() -> Stage {
    let (give, gives) = channel();
    let (closed, is_closed) = channel();
    let (wakes, woken) = channel();
    let live = Live::begin(
        move || Ok((Box::new(Invented { gives, closed }), 2)),
        move || {
            let _ = wakes.send(());
        },
    );
    Stage { live, give, woken, closed: is_closed }
}

fn dot(grey: u8) -> Frame {
    Frame::new(1, 1, vec![grey; 3]).unwrap()
}

#[test]
fn the_newest_picture_is_had_until_the_camera_is_let_go() {
    let stage = stage();
    assert_eq!(stage.live.latest(), Ok(None));
    for grey in [1, 2] {
        stage.give.send(Ok(None)).unwrap();
        stage.give.send(Ok(Some(dot(grey)))).unwrap();
        stage.woken.recv_timeout(LIMIT).unwrap();
        assert_eq!(stage.live.latest(), Ok(Some(Arc::new(dot(grey)))));
    }
    assert_eq!(stage.live.cameras(), 2);
    drop(stage.live);
    assert_eq!(stage.closed.try_recv(), Ok(()), "the device was free when the drop had ended");
}

#[test]
fn a_camera_that_is_pulled_out_says_so_and_is_closed() {
    let stage = stage();
    stage.give.send(Ok(Some(dot(1)))).unwrap();
    stage.give.send(Err(CannotCapture::Gone)).unwrap();
    for _ in 0..2 {
        stage.woken.recv_timeout(LIMIT).unwrap();
    }
    assert_eq!(stage.live.latest(), Err(CannotCapture::Gone));
    stage.closed.recv_timeout(LIMIT).unwrap();
}

#[test]
fn a_camera_that_cannot_be_opened_says_why() {
    for why in [CannotCapture::Busy, CannotCapture::Denied, CannotCapture::None] {
        let (wakes, woken) = channel();
        let live = Live::begin(
            move || Err(why),
            move || {
                let _ = wakes.send(());
            },
        );
        woken.recv_timeout(LIMIT).unwrap();
        assert_eq!(live.latest(), Err(why));
    }
}

#[test]
fn a_crate_that_panics_takes_nothing_with_it() {
    let (wakes, woken) = channel();
    let live = Live::begin(
        || panic!("an answer that it does not know"),
        move || {
            let _ = wakes.send(());
        },
    );
    woken.recv_timeout(LIMIT).unwrap();
    assert_eq!(live.latest(), Err(CannotCapture::Failed));
}

#[test]
fn who_hangs_in_a_driver_holds_nobody_for_long() {
    let (release, held) = channel::<()>();
    let live = Live::begin(
        move || {
            let _ = held.recv();
            Err(CannotCapture::Failed)
        },
        || {},
    );
    drop(live);
    drop(release);
}
