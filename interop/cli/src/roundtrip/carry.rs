//! The way of the pixels: to the device, through an array interface, and back by four views of the same memory.
//!
//! The buffer that is filled is given away: what is read is the array that `from_cuda` made of its description, which
//! keeps it alive. Every copy is blocking, so a step's time is all of the copy.

use super::clock::Clock;
use super::pixels::Pixels;
use crate::exit::Failure;
use crate::progress::Progress;
use cuda_safe::Device;
use interop::{
    CopyOptions, CudaBuffer, CudaView, DType, Error, ImportOptions, SliceSpec, memcpy_d2h_with,
    memcpy_h2d_with,
};

/// What host memory holds before it is read into, so that bytes that never came are seen.
const UNWRITTEN: u8 = 0xa5;

/// One view of the image, read back into a file.
struct Sight {
    file: &'static str,
    /// The view on the device, of three axes.
    see: for<'a> fn(&CudaView<'a>) -> Result<CudaView<'a>, Error>,
    /// The pixel of the image that must be at this index of the view.
    origin: fn(&Pixels, [usize; 3]) -> [usize; 3],
    /// Height, width and channels of the file, whose bytes are the view's in C order.
    shape: fn([usize; 3]) -> [usize; 3],
}

const SIGHTS: [Sight; 4] = [
    Sight {
        file: "roundtrip.png",
        see: |image| Ok(image.clone()),
        origin: |_, index| index,
        shape: |viewed| viewed,
    },
    Sight {
        file: "crop.png",
        see: |image| {
            let [rows, columns] = [0, 1].map(|axis| {
                let (start, length) = centred_half(image.shape()[axis]);
                // Lengths of an axis fit isize.
                SliceSpec::from(start as isize..(start + length) as isize)
            });
            Ok(image.slice(&[rows, columns])?)
        },
        origin: |image, [row, column, channel]| {
            [centred_half(image.height).0 + row, centred_half(image.width).0 + column, channel]
        },
        shape: |viewed| viewed,
    },
    Sight {
        file: "flip.png",
        see: |image| Ok(image.flip(1)?),
        origin: |image, [row, column, channel]| [row, image.width - 1 - column, channel],
        shape: |viewed| viewed,
    },
    Sight {
        // Each row of the file is that row of one channel after the other.
        file: "planes.png",
        see: |image| Ok(image.permute(&[0, 2, 1])?),
        origin: |_, [row, channel, column]| [row, column, channel],
        shape: |[height, channels, width]| [height, channels * width, 1],
    },
];

/// The names of the files, in order.
pub(super) const FILES: [&str; 4] = [SIGHTS[0].file, SIGHTS[1].file, SIGHTS[2].file, SIGHTS[3].file];

/// What came back.
#[derive(Debug)]
pub(super) struct Carried {
    /// Where the array was on the device, exported and imported alike.
    pub(super) address: usize,
    /// What the files hold, in the order of [`FILES`].
    pub(super) files: Vec<Pixels>,
}

/// Carries the pixels to the device and back. A pixel that comes back wrong is an error.
pub(super) fn carry(image: &Pixels, device: Device, clock: &mut Clock) -> Result<Carried, Failure> {
    // The first call that needs the device initialises it, which is no copy's time.
    clock.time("initialise device", || device.synchronize()).map_err(Failure::failed)?;

    let mut buffer = clock
        .time("allocate", || CudaBuffer::new(device, &image.shape(), DType::U8))
        .map_err(failed("allocate"))?;
    clock.held(image.bytes.len());

    let bar = Progress::of_copy("host to device", image.bytes.len());
    let mut tell = |bytes| bar.reach(bytes);
    let options = CopyOptions { progress: Some(&mut tell), ..Default::default() };
    clock
        .time("host to device", || memcpy_h2d_with(&image.bytes, &mut buffer, options))
        .map_err(failed("host to device"))?;
    clock.moved(image.bytes.len());
    drop(bar);

    let address = buffer.address();
    let options = ImportOptions { device: Some(device), ..Default::default() };
    let shared = clock
        .time("export, from_cuda", || {
            // SAFETY: the buffer owns the memory that it describes, and is given away with its description.
            unsafe { CudaBuffer::from_cuda_with(buffer, &options) }
        })
        .map_err(failed("export, from_cuda"))?;
    let imported = shared.address();
    if imported != address {
        let message = format!("the array was exported at {address:#x} and came back at {imported:#x}");
        return Err(Failure::failed(message));
    }

    let mut files = Vec::new();
    for sight in &SIGHTS {
        let step = format!("device to host: {}", sight.file);
        let view = (sight.see)(&shared.view()).map_err(failed(&step))?;
        let mut bytes = vec![UNWRITTEN; view.layout().len()];
        let bar = Progress::of_copy(&step, bytes.len());
        let mut tell = |bytes| bar.reach(bytes);
        let options = CopyOptions { progress: Some(&mut tell), ..Default::default() };
        clock.time(&step, || memcpy_d2h_with(&view, &mut bytes, options)).map_err(failed(&step))?;
        clock.moved(bytes.len());
        files.push(sight.compared(image, view.shape(), bytes)?);
    }

    clock.time("free", || shared.close()).map_err(failed("free"))?;
    Ok(Carried { address, files })
}

impl Sight {
    /// What was read back, after every byte of it was compared with the image.
    fn compared(&self, image: &Pixels, viewed: &[usize], bytes: Vec<u8>) -> Result<Pixels, Failure> {
        let &[rows, columns, channels] = viewed else {
            return Err(Failure::failed(format_args!("{}: the view has {} axes", self.file, viewed.len())));
        };
        let mut read = bytes.iter();
        for i in 0..rows {
            for j in 0..columns {
                for k in 0..channels {
                    let [row, column, channel] = (self.origin)(image, [i, j, k]);
                    let (expected, found) = (image.bytes[image.index([row, column, channel])], read.next());
                    if found != Some(&expected) {
                        return Err(Failure::failed(format_args!(
                            "{}: row {row}, column {column}, channel {channel} of the image is {expected}, but \
                             {found:?} came back; nothing was written",
                            self.file
                        )));
                    }
                }
            }
        }
        let [height, width, channels] = (self.shape)([rows, columns, channels]);
        Ok(Pixels { height, width, channels, bytes })
    }
}

/// The start and the length of the centred half of an axis; of an odd length the larger half, so that there is one.
fn centred_half(length: usize) -> (usize, usize) {
    let half = length.div_ceil(2);
    ((length - half) / 2, half)
}

/// Says which step an error came from.
fn failed(step: &str) -> impl FnOnce(Error) -> Failure {
    move |error| Failure::failed(format_args!("{step}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centred_half_leaves_the_same_on_both_sides_or_one_more_behind() {
        for length in 1..100 {
            let (start, half) = centred_half(length);
            let behind = length - start - half;
            assert!(half >= 1 && half * 2 - length <= 1, "{length}");
            assert!(behind == start || behind == start + 1, "{length}");
        }
    }

    #[test]
    fn a_wrong_pixel_is_told_with_its_place() {
        let image = Pixels { height: 1, width: 2, channels: 1, bytes: vec![5, 6] };
        let flip = &SIGHTS[2];
        assert_eq!(flip.compared(&image, &[1, 2, 1], vec![6, 5]).unwrap().bytes, [6, 5]);
        let failure = format!("{:?}", flip.compared(&image, &[1, 2, 1], vec![6, 9]).unwrap_err());
        assert!(failure.contains("flip.png: row 0, column 0, channel 0 of the image is 5"), "{failure}");
        assert!(flip.compared(&image, &[1, 2, 1], vec![6]).is_err());
    }
}
