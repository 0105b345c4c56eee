//! Whether an image file has its end. Decoders fill what a truncated file lacks, or stop reading before they would notice;
//! so the file is walked along its own structure to the mark that ends it. Bytes behind that mark do not matter.

/// Whether a file that begins as PNG has all its chunks up to `IEND`.
pub(super) fn png(file: &[u8]) -> bool {
    // The signature is 8 bytes; a chunk is a length, a type of 4 bytes, that many bytes, and 4 bytes of checksum.
    let mut at = 8usize;
    while let Some((length, kind)) = word(file, at).zip(file.get(at.saturating_add(4)..at.saturating_add(8)))
    {
        let next = at.saturating_add(length).saturating_add(12);
        if kind == b"IEND" {
            return next <= file.len();
        }
        at = next;
    }
    false
}

/// Whether a file that begins as JPEG has all its segments up to the marker `EOI`.
pub(super) fn jpeg(file: &[u8]) -> bool {
    let mut at = 2;
    while let Some(rest) = file.get(at..) {
        // In compressed data 0xff is followed by 0 or by a restart marker (0xd0 to 0xd7), and it may fill up before a
        // marker. What is left begins a segment; its length counts itself.
        let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 1 | 0xd0..=0xd8 | 0xff);
        let Some(marker) = rest.windows(2).position(is_marker) else { return false };
        if rest[marker + 1] == 0xd9 {
            return true;
        }
        let Some(&[high, low]) = rest.get(marker + 2..marker + 4) else { return false };
        at += marker + 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    false
}

/// The big-endian number in the 4 bytes at `at`.
fn word(file: &[u8], at: usize) -> Option<usize> {
    let bytes = file.get(at..at.saturating_add(4))?;
    usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};

    fn file(format: ImageFormat) -> Vec<u8> {
        let picture =
            RgbImage::from_fn(37, 23, |x, y| image::Rgb([x as u8 * 6, y as u8 * 11, (x * y) as u8]));
        let mut file = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    #[test]
    fn a_png_is_complete_and_no_part_of_it_is() {
        let file = file(ImageFormat::Png);
        assert!(png(&file));
        assert!((0..file.len()).all(|end| !png(&file[..end])));
        assert!(png(&[&file[..], b"behind the end"].concat()));
    }

    #[test]
    fn a_jpeg_is_complete_and_no_part_of_it_is() {
        let file = file(ImageFormat::Jpeg);
        assert!(jpeg(&file));
        assert!((0..file.len()).all(|end| !jpeg(&file[..end])));
        assert!(jpeg(&[&file[..], b"behind the end"].concat()));
    }

    #[test]
    fn a_thumbnail_inside_a_jpeg_is_not_its_end() {
        let file = file(ImageFormat::Jpeg);
        // A segment of application data that holds a JPEG of its own, right behind the start.
        let length = u16::try_from(file.len() + 2).unwrap().to_be_bytes();
        let nested = [&file[..2], &[0xff, 0xe1], &length, &file, &file[2..]].concat();
        assert!(jpeg(&nested));
        assert!((0..nested.len()).all(|end| !jpeg(&nested[..end])));
    }

    #[test]
    fn lengths_beyond_the_file_are_no_end() {
        assert!(!png(b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDATx"));
        assert!(!png(b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIEND"));
        assert!(!jpeg(&[0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 0]));
    }
}
