//! Pictures by Video4Linux, through buffers that the driver shares with us.

use std::io::{Error, ErrorKind};

use v4l::buffer::Type;
use v4l::format::{FourCC, Quantization};
use v4l::fraction::Fraction;
use v4l::frameinterval::FrameIntervalEnum;
use v4l::framesize::{FrameSizeEnum, Stepwise};
use v4l::io::mmap::Stream;
use v4l::io::traits::{CaptureStream, Stream as _};
use v4l::video::Capture as _;
use v4l::video::capture::Parameters;
use v4l::{Device, Format};

use super::offer::{Offer, best, nearest_size};
use super::{Camera, CannotCapture, Frame, Layout, Opened, Pixels, Range};
use crate::camera::linux::{Video, What, videos, what};

/// How many pictures the driver may work on while one is read.
const BUFFERS: u32 = 4;
/// Milliseconds after which the thread looks whether it is still wanted.
const GLANCE: i32 = 100;
/// `POLLIN` of poll(2): there is something to read.
const READABLE: i16 = 1;
/// `ENODEV`: the device is no more.
const NO_DEVICE: i32 = 19;

/// A form of pictures that a device offers, and its name there.
type Form = (Offer, FourCC);

/// Begins with one of the cameras that are free: those with colours first, as some machines have another in infrared.
pub(super) fn open(number: u32) -> Result<Opened, CannotCapture> {
    let mut worst = CannotCapture::None;
    let mut free = Vec::new();
    for video in videos() {
        match look_at(&video) {
            Ok(Some((device, offer))) => free.push((offer.0.pixels == Pixels::Grey, device, offer)),
            Ok(None) => {}
            Err(error) => worst = worse(worst, why(&error)),
        }
    }
    free.sort_by_key(|(grey, ..)| *grey);
    let cameras = u32::try_from(free.len()).unwrap_or(u32::MAX);
    let Some(number) = number.checked_rem(cameras) else { return Err(worst) };
    let (_, device, offer) = free.swap_remove(number as usize);
    // The others are not held.
    drop(free);
    match Streaming::begin(&device, offer) {
        Ok(stream) => Ok((Box::new(stream), cameras)),
        Err(error) => Err(why(&error)),
    }
}

/// Opens a node and picks the best of what it offers, if it is a camera whose pictures can be read.
fn look_at(video: &Video) -> Result<Option<(Device, Form)>, Error> {
    let device = Device::new(video.index)?;
    match what(&device)? {
        What::Camera => {}
        What::InPieces => return Err(ErrorKind::Unsupported.into()),
        What::Other => return Ok(None),
    }
    // Refused while another program streams; changes nothing otherwise.
    device.set_format(&device.format()?)?;
    let offers = offers(&device);
    let taken = best(offers.iter().map(|(offer, _)| *offer));
    let taken = taken.and_then(|best| offers.into_iter().find(|(offer, _)| *offer == best));
    Ok(taken.map(|taken| (device, taken)))
}

fn worse(one: CannotCapture, other: CannotCapture) -> CannotCapture {
    use CannotCapture::{Busy, Denied, Failed, Gone, None};
    let rank = |why| match why {
        Busy => 3,
        Denied => 2,
        Failed => 1,
        Gone | None => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}

fn why(error: &Error) -> CannotCapture {
    const REASONS: [(ErrorKind, CannotCapture); 3] = [
        (ErrorKind::ResourceBusy, CannotCapture::Busy),
        (ErrorKind::PermissionDenied, CannotCapture::Denied),
        (ErrorKind::NotFound, CannotCapture::Gone),
    ];
    if error.raw_os_error() == Some(NO_DEVICE) {
        return CannotCapture::Gone;
    }
    let known = REASONS.iter().find(|(kind, _)| *kind == error.kind());
    known.map_or(CannotCapture::Failed, |(_, why)| *why)
}

fn offers(device: &Device) -> Vec<Form> {
    let mut offers = Vec::new();
    for form in device.enum_formats().unwrap_or_default() {
        let Some(pixels) = known(form.fourcc) else { continue };
        for size in device.enum_framesizes(form.fourcc).unwrap_or_default() {
            let (width, height) = match size.size {
                FrameSizeEnum::Discrete(size) => (size.width, size.height),
                FrameSizeEnum::Stepwise(Stepwise {
                    min_width,
                    max_width,
                    step_width,
                    min_height,
                    max_height,
                    step_height,
                }) => nearest_size((
                    (min_width, max_width, step_width),
                    (min_height, max_height, step_height),
                )),
            };
            let rate = fastest(device, form.fourcc, width, height);
            offers.push((Offer { pixels, width, height, rate }, form.fourcc));
        }
    }
    if offers.is_empty()
        && let Ok(format) = device.format()
        && let Some(pixels) = known(format.fourcc)
    {
        // Simple drivers list nothing and have one form.
        let (width, height) = (format.width, format.height);
        offers.push((Offer { pixels, width, height, rate: 0 }, format.fourcc));
    }
    offers
}

/// Pictures a second, rounded down; 0 if the driver does not say.
fn fastest(device: &Device, fourcc: FourCC, width: u32, height: u32) -> u32 {
    let rate = |interval: Fraction| interval.denominator.checked_div(interval.numerator);
    let intervals = device.enum_frameintervals(fourcc, width, height).unwrap_or_default();
    let rates = intervals.into_iter().filter_map(|interval| match interval.interval {
        FrameIntervalEnum::Discrete(interval) => rate(interval),
        FrameIntervalEnum::Stepwise(range) => rate(range.min),
    });
    rates.max().unwrap_or(0)
}

fn known(fourcc: FourCC) -> Option<Pixels> {
    match &fourcc.repr {
        b"YUYV" => Some(Pixels::Yuyv),
        b"NV12" => Some(Pixels::Nv12),
        b"MJPG" | b"JPEG" => Some(Pixels::Jpeg),
        b"RGB3" => Some(Pixels::Rgb),
        b"BGR3" => Some(Pixels::Bgr),
        b"GREY" => Some(Pixels::Grey),
        _ => None,
    }
}

/// A device that streams.
struct Streaming {
    stream: Stream<'static>,
    layout: Layout,
}

impl Streaming {
    fn begin(device: &Device, (offer, fourcc): Form) -> Result<Self, Error> {
        device.set_format(&Format::new(offer.width, offer.height, fourcc))?;
        // Not every driver lets itself be told how fast.
        let _ = device.set_params(&Parameters::with_fps(offer.rate.clamp(1, 30)));
        let mut stream = Stream::with_buffers(device, Type::VideoCapture, BUFFERS)?;
        // From here on nobody else can change it; it need not be what was asked for.
        let format = device.format()?;
        let range = match format.quantization {
            Quantization::FullRange => Range::Full,
            Quantization::Default | Quantization::LimitedRange => Range::Limited,
        };
        let pixels = known(format.fourcc).ok_or(ErrorKind::InvalidData)?;
        let (width, height, stride) = (format.width, format.height, format.stride);
        let layout = Layout { pixels, width, height, stride, range };
        // The crate gives the first buffer to the driver when it reads first, and would wait there without end: the
        // driver gets the others now, so that one can look whether there is something to read.
        CaptureStream::queue(&mut stream, 1)?;
        for index in 2..BUFFERS {
            if CaptureStream::queue(&mut stream, index as usize).is_err() {
                // The driver has fewer.
                break;
            }
        }
        stream.start()?;
        Ok(Self { stream, layout })
    }

    fn picture(&mut self) -> Result<Option<Frame>, Error> {
        if self.stream.handle().poll(READABLE, GLANCE)? == 0 {
            return Ok(None);
        }
        let (bytes, about) = CaptureStream::next(&mut self.stream)?;
        let used = match about.bytesused as usize {
            // Some drivers do not say.
            0 => bytes.len(),
            used => used.min(bytes.len()),
        };
        if about.flags.contains(v4l::buffer::Flags::ERROR) {
            return Ok(None);
        }
        match self.layout.read(&bytes[..used]) {
            Ok(frame) => Ok(Some(frame)),
            Err(error) => {
                tracing::debug!(%error, "a picture of the camera is left out");
                Ok(None)
            }
        }
    }
}

impl Camera for Streaming {
    fn next(&mut self) -> Result<Option<Frame>, CannotCapture> {
        match self.picture() {
            Ok(picture) => Ok(picture),
            Err(error)
                if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) =>
            {
                Ok(None)
            }
            Err(error) => Err(why(&error)),
        }
    }
}
