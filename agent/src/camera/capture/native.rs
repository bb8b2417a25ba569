//! Pictures by Media Foundation and AVFoundation, as nokhwa reads them.

use std::sync::mpsc::channel;
use std::time::Duration;

use nokhwa::utils::{ApiBackend, CameraFormat, FrameFormat, RequestedFormat, RequestedFormatType};
use nokhwa::{NokhwaError, nokhwa_check, nokhwa_initialize};

use super::offer::{Offer, best};
use super::{Camera, CannotCapture, Frame, Layout, Opened, Pixels};

/// How long the person may think when the system asks whether this program may use the camera.
const ANSWER: Duration = Duration::from_secs(45);

const READABLE: [FrameFormat; 6] = [
    FrameFormat::NV12,
    FrameFormat::YUYV,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
    FrameFormat::MJPEG,
    FrameFormat::GRAY,
];

/// Begins with the camera of that number.
pub(super) fn open(number: u32) -> Result<Opened, CannotCapture> {
    ask()?;
    let listed = nokhwa::query(ApiBackend::Auto).map_err(|error| why(&error))?;
    let cameras = u32::try_from(listed.len()).unwrap_or(u32::MAX);
    let number = number.checked_rem(cameras).ok_or(CannotCapture::None)?;
    let index = listed[number as usize].index().clone();
    let any = RequestedFormat::with_formats(RequestedFormatType::None, &READABLE);
    let mut camera = nokhwa::Camera::new(index, any).map_err(|error| why(&error))?;
    // A camera that lists nothing gives what it gave to nokhwa.
    let listed = camera.compatible_camera_formats().unwrap_or_default();
    let offers = listed.iter().map(|format| offer(*format));
    if let Some(taken) = best(offers)
        && let Some(format) = listed.iter().find(|format| offer(**format) == taken)
    {
        let exact = RequestedFormatType::Exact(*format);
        let exact = RequestedFormat::with_formats(exact, &READABLE);
        camera.set_camera_requset(exact).map_err(|error| why(&error))?;
    }
    camera.open_stream().map_err(|error| why(&error))?;
    Ok((Box::new(Native { camera }), cameras))
}

/// macOS asks the person once for each program; elsewhere this is answered at once.
fn ask() -> Result<(), CannotCapture> {
    if nokhwa_check() {
        return Ok(());
    }
    let (answer, answered) = channel();
    nokhwa_initialize(move |allowed| {
        let _ = answer.send(allowed);
    });
    match answered.recv_timeout(ANSWER) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(CannotCapture::Denied),
    }
}

fn offer(format: CameraFormat) -> Offer {
    let (width, height) = (format.width(), format.height());
    Offer { pixels: pixels(format.format()), width, height, rate: format.frame_rate() }
}

fn pixels(format: FrameFormat) -> Pixels {
    match format {
        FrameFormat::MJPEG => Pixels::Jpeg,
        FrameFormat::YUYV => Pixels::Yuyv,
        FrameFormat::NV12 => Pixels::Nv12,
        FrameFormat::GRAY => Pixels::Grey,
        FrameFormat::RAWRGB => Pixels::Rgb,
        FrameFormat::RAWBGR => Pixels::Bgr,
    }
}

/// The crate gives texts; Windows puts its numbers into them.
fn why(error: &NokhwaError) -> CannotCapture {
    let text = error.to_string();
    let has = |numbers: &[&str]| numbers.iter().any(|number| text.contains(number));
    if has(&["0x80070005"]) {
        CannotCapture::Denied
    } else if has(&["0xC00D3704", "0xC00D3EA3", "0x80070020"]) {
        CannotCapture::Busy
    } else if has(&["0xC00D3EA2", "0x8007001F"]) {
        CannotCapture::Gone
    } else {
        CannotCapture::Failed
    }
}

struct Native {
    camera: nokhwa::Camera,
}

impl Camera for Native {
    fn next(&mut self) -> Result<Option<Frame>, CannotCapture> {
        let buffer = self.camera.frame().map_err(|error| why(&error))?;
        let size = buffer.resolution();
        let layout = Layout::new(pixels(buffer.source_frame_format()), size.width(), size.height());
        Ok(layout.read(buffer.buffer()).ok())
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        if let Err(error) = self.camera.stop_stream() {
            tracing::debug!(%error, "the camera did not like to be stopped");
        }
    }
}
