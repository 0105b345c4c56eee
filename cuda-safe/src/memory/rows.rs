//! The shape of a copy of rows between two pitched blocks, checked against both.

use crate::error::{ErrorKind, Result};
use crate::memory::copy::{Copy2d, Direction};

/// The shape of a copy of rows, in elements.
///
/// ```
/// use cuda_safe::{DeviceMemory, Rows};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// // The left 2 of each 4 columns of a picture with 3 rows.
/// let picture: Vec<u8> = (0..12).collect();
/// let rows = Rows { width: 2, height: 3, source_pitch: 4, destination_pitch: 2 };
/// let mut left = DeviceMemory::<u8>::new(device, 6)?;
/// left.view_mut().copy_rows_from_host(&picture, rows)?;
/// assert_eq!(left.to_vec()?, [0, 1, 4, 5, 8, 9]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Elements of a row that are copied.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Elements from one source row to the next; at least `width`.
    pub source_pitch: usize,
    /// Elements from one destination row to the next; at least `width`.
    pub destination_pitch: usize,
}

impl Rows {
    /// Refuses rows that do not fit their pitch or their memory.
    pub(crate) fn check(
        &self,
        operation: &'static str,
        source_len: usize,
        destination_len: usize,
    ) -> Result<()> {
        self.check_side(operation, "source", self.source_pitch, source_len)?;
        self.check_side(operation, "destination", self.destination_pitch, destination_len)
    }

    fn check_side(
        &self,
        operation: &'static str,
        side: &'static str,
        pitch: usize,
        len: usize,
    ) -> Result<()> {
        let Self { width, height, .. } = *self;
        let end = match height {
            0 => Some(0),
            _ => (height - 1).checked_mul(pitch).and_then(|start| start.checked_add(width)),
        };
        match end {
            Some(end) if end <= len && (width <= pitch || height <= 1) => Ok(()),
            _ => Err(ErrorKind::RowsOutOfBounds {
                operation,
                side,
                rows: height,
                width,
                pitch,
                len,
                unit: "elements",
            }
            .into()),
        }
    }

    /// The same in bytes. The products that are used fit, for the rows were checked against memory that exists; a pitch
    /// that is not used (one row) and a width that is not (no row) may be anything.
    pub(crate) fn copy<T>(&self, dst: *mut T, src: *const T, direction: Direction) -> Copy2d {
        Copy2d {
            dst: dst.cast(),
            dst_pitch: self.destination_pitch.saturating_mul(size_of::<T>()),
            src: src.cast(),
            src_pitch: self.source_pitch.saturating_mul(size_of::<T>()),
            width_bytes: self.width.saturating_mul(size_of::<T>()),
            height: self.height,
            direction,
        }
    }
}
