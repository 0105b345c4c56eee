//! Pixels in host memory: rows of columns of channels, 8 bits each; read from a PNG or JPEG file, written as PNG.

use super::complete;
use crate::exit::Failure;
use image::{DynamicImage, ExtendedColorType, ImageError, ImageFormat, ImageReader, Limits};
use std::fs;
use std::io::Cursor;
use std::path::Path;

/// The most memory that decoding an image may take.
const MAX_BYTES: u64 = 1 << 30;

/// An image of 1 to 4 channels: grey, grey and alpha, RGB, or RGBA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pixels {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
    /// Packed in the order height, width, channel.
    pub(super) bytes: Vec<u8>,
}

/// An image file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) pixels: Pixels,
    pub(super) format: &'static str,
    /// What the decoder made of the file, and what was done to have it here.
    pub(super) decoded: &'static str,
}

/// Reads and decodes a file, whatever it is called.
pub(super) fn read(path: &Path) -> Result<Source, Failure> {
    let refuse = |reason: String| Failure::bad_input(format_args!("{}: {reason}", path.display()));
    // Not a device, which may have no end.
    let metadata = fs::metadata(path).map_err(|error| refuse(error.to_string()))?;
    if !metadata.is_file() {
        return Err(refuse("not a file".into()));
    }
    let file = fs::read(path).map_err(|error| refuse(error.to_string()))?;
    decode(&file).map_err(refuse)
}

fn decode(file: &[u8]) -> Result<Source, String> {
    let (format, name, complete) = match image::guess_format(file) {
        Ok(ImageFormat::Png) => (ImageFormat::Png, "png", complete::png(file)),
        Ok(ImageFormat::Jpeg) => (ImageFormat::Jpeg, "jpeg", complete::jpeg(file)),
        _ => return Err("neither a PNG nor a JPEG image".into()),
    };
    if !complete {
        return Err(format!("the {name} image is truncated or damaged: its end is missing"));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| match error {
        ImageError::Limits(_) => format!("the {name} image takes more than 1 GiB when it is decoded"),
        other => format!("the {name} image cannot be decoded: {other}"),
    })?;
    let (pixels, decoded) = to_8_bits(picture);
    Ok(Source { pixels, format: name, decoded })
}

/// The pixels with the channels they have, at 8 bits each.
fn to_8_bits(picture: DynamicImage) -> (Pixels, &'static str) {
    let (height, width) = (picture.height() as usize, picture.width() as usize);
    let (channels, bytes, decoded) = match picture {
        DynamicImage::ImageLuma8(grey) => (1, grey.into_raw(), "8-bit grey"),
        DynamicImage::ImageLumaA8(grey) => (2, grey.into_raw(), "8-bit grey and alpha"),
        DynamicImage::ImageRgb8(rgb) => (3, rgb.into_raw(), "8-bit RGB"),
        DynamicImage::ImageRgba8(rgba) => (4, rgba.into_raw(), "8-bit RGBA"),
        DynamicImage::ImageLuma16(_) => (1, picture.into_luma8().into_raw(), "16-bit grey, reduced to 8"),
        DynamicImage::ImageLumaA16(_) => {
            (2, picture.into_luma_alpha8().into_raw(), "16-bit grey and alpha, reduced to 8")
        }
        DynamicImage::ImageRgb16(_) => (3, picture.into_rgb8().into_raw(), "16-bit RGB, reduced to 8"),
        DynamicImage::ImageRgba16(_) => (4, picture.into_rgba8().into_raw(), "16-bit RGBA, reduced to 8"),
        other => (4, other.into_rgba8().into_raw(), "another kind, as 8-bit RGBA"),
    };
    (Pixels { height, width, channels, bytes }, decoded)
}

impl Pixels {
    /// Height, width, channels.
    pub(super) fn shape(&self) -> [usize; 3] {
        [self.height, self.width, self.channels]
    }

    /// Where a channel of a pixel is in `bytes`.
    pub(super) fn index(&self, [row, column, channel]: [usize; 3]) -> usize {
        (row * self.width + column) * self.channels + channel
    }

    /// The file as PNG.
    pub(super) fn to_png(&self) -> Result<Vec<u8>, String> {
        let color = match self.channels {
            1 => ExtendedColorType::L8,
            2 => ExtendedColorType::La8,
            3 => ExtendedColorType::Rgb8,
            _ => ExtendedColorType::Rgba8,
        };
        let side = |length: usize| {
            u32::try_from(length).map_err(|_| format!("{length} pixels in a row are too many"))
        };
        let (width, height) = (side(self.width)?, side(self.height)?);
        let mut file = Cursor::new(Vec::new());
        image::write_buffer_with_format(&mut file, &self.bytes, width, height, color, ImageFormat::Png)
            .map_err(|error| error.to_string())?;
        Ok(file.into_inner())
    }
}
