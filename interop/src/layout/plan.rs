//! [`CopyPlan`]: a strided copy as the fewest equal calls of `cudaMemcpy`, `cudaMemcpy2D` or `cudaMemcpy3D`.
//!
//! The two layouts are first brought to their normal form (see `pair`). One axis that is packed on both sides becomes
//! the width. Of the others, one may be the rows of a 2D copy, where both strides are at least the width; and one more
//! the planes of a 3D copy, where both strides are a whole number of rows, at least as many as are copied. The rest is an
//! outer loop. All assignments are compared; there are few, because normal forms have few axes.

use super::descriptor::Layout;
use super::error::LayoutError;
use super::pair::{Offsets, Pair, PairedAxes, PairedAxis, Walk};

/// The largest pitch in bytes that every CUDA device takes (`cudaDevAttrMaxPitch`).
pub const MAX_PITCH: usize = i32::MAX as usize;

/// One runtime call of a [`CopyPlan`], without its addresses. Sizes are in bytes unless they count rows or planes.
///
/// ```
/// use interop::{Layout, layout::{CopyCall, CopyPlan}};
///
/// let image = Layout::contiguous(&[300, 451, 3], 1)?;
/// let crop = image.slice(&[(75..225).into(), (113..338).into()])?;
/// let packed = Layout::contiguous(crop.shape(), 1)?;
/// let plan = CopyPlan::new(&packed, &crop)?;
/// let rows = CopyCall::Rows { width: 675, height: 150, destination_pitch: 675, source_pitch: 1353 };
/// assert_eq!((plan.call(), plan.calls()), (rows, 1));
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CopyCall {
    /// Consecutive bytes.
    #[doc(alias = "cudaMemcpy")]
    Bytes {
        /// How many.
        len: usize,
    },
    /// Equal runs at equal distances. Both pitches are at least `width` and at most [`MAX_PITCH`].
    #[doc(alias = "cudaMemcpy2D")]
    Rows {
        /// Bytes of a row.
        width: usize,
        /// Number of rows, at least 2.
        height: usize,
        /// From one row written to the next.
        destination_pitch: usize,
        /// From one row read to the next.
        source_pitch: usize,
    },
    /// Equal sets of rows at equal distances, a whole number of pitches apart.
    #[doc(alias = "cudaMemcpy3D")]
    Planes {
        /// Bytes of a row.
        width: usize,
        /// Rows of a plane, at least 2.
        height: usize,
        /// Number of planes, at least 2.
        depth: usize,
        /// From one row written to the next.
        destination_pitch: usize,
        /// From one row read to the next.
        source_pitch: usize,
        /// Pitches from one plane written to the next, at least `height`: the `ysize` of its `cudaPitchedPtr`.
        destination_rows: usize,
        /// Pitches from one plane read to the next, at least `height`: the `ysize` of its `cudaPitchedPtr`.
        source_rows: usize,
    },
}

impl CopyCall {
    /// Bytes that one call moves.
    pub fn bytes(self) -> usize {
        // A part of an array, whose bytes were counted.
        match self {
            Self::Bytes { len } => len,
            Self::Rows { width, height, .. } => width * height,
            Self::Planes { width, height, depth, .. } => width * height * depth,
        }
    }

    /// Bytes that lie together on both sides. Narrow rows are slow: the device moves each on its own.
    pub fn width(self) -> usize {
        match self {
            Self::Bytes { len } => len,
            Self::Rows { width, .. } | Self::Planes { width, .. } => width,
        }
    }
}

/// A copy between two layouts of the same shape as equal runtime calls.
///
/// Issue [`call`](Self::call) once for each of [`offsets`](Self::offsets). An empty copy needs no call.
///
/// ```
/// use interop::{Layout, layout::{CopyCall, CopyPlan}};
///
/// let image = Layout::contiguous(&[300, 451, 3], 1)?;
/// // The same order on both sides is one run of bytes, whatever the axes are called.
/// let planes = image.permute(&[2, 0, 1])?;
/// assert_eq!(CopyPlan::new(&planes, &planes)?.call(), CopyCall::Bytes { len: 300 * 451 * 3 });
/// // HWC to CHW: each channel is a column of single bytes.
/// let chw = Layout::contiguous(&[3, 300, 451], 1)?;
/// let plan = CopyPlan::new(&chw, &planes)?;
/// assert_eq!((plan.calls(), plan.call().width()), (3, 1));
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyPlan {
    call: CopyCall,
    /// Loops around the call.
    outer: PairedAxes,
    /// `None` if there is nothing to copy.
    start: Option<Offsets>,
}

impl CopyPlan {
    /// Plans the copy of every element of `source` to the same index of `destination`.
    ///
    /// # Errors
    /// [`LayoutError::ShapeMismatch`], [`LayoutError::ItemSizeMismatch`], [`LayoutError::OverlappingDestination`],
    /// [`LayoutError::UndecidedDestination`].
    pub fn new(destination: &Layout, source: &Layout) -> Result<Self, LayoutError> {
        let mut items = Pair::new(destination, source)?;
        if items.is_empty {
            return Ok(Self { call: CopyCall::Bytes { len: 0 }, outer: PairedAxes::new(), start: None });
        }
        let single = items.clone();
        let width = items.take_run();
        let best = Choice::best(&items, width);
        // Windows that overlap in the source may be closer than a run is wide; then single items can go further.
        let narrow = (width > single.itemsize).then(|| Choice::best(&single, single.itemsize));
        let best = match narrow {
            Some(narrow) if narrow.calls < best.calls => narrow,
            _ => best,
        };
        Ok(Self { call: best.call, outer: best.outer, start: Some(items.start) })
    }

    /// The call, the same every time but for its addresses.
    pub fn call(&self) -> CopyCall {
        self.call
    }

    /// How many calls there are.
    pub fn calls(&self) -> usize {
        match self.start {
            Some(_) => product(&self.outer),
            None => 0,
        }
    }

    /// Bytes that all calls move.
    pub fn bytes(&self) -> usize {
        self.calls() * self.call.bytes()
    }

    /// Where each call begins.
    pub fn offsets(&self) -> impl Iterator<Item = Offsets> {
        Walk::new(&self.outer, self.start)
    }
}

/// One assignment of axes to the dimensions of a call.
struct Choice {
    call: CopyCall,
    outer: PairedAxes,
    calls: usize,
}

impl Choice {
    /// The assignment with the fewest calls for runs of `width` bytes.
    fn best(pair: &Pair, width: usize) -> Self {
        let axes = &pair.axes;
        let total = product(axes);
        let (mut calls, mut chosen) = (total, [None, None]);
        let rows = (0..axes.len()).filter(|&row| is_row(axes[row], width));
        for row in rows {
            if total / axes[row].len < calls {
                (calls, chosen) = (total / axes[row].len, [Some(row), None]);
            }
            let planes = (0..axes.len()).filter(|&plane| plane != row && is_plane(axes[plane], axes[row]));
            for plane in planes {
                let fewer = total / axes[row].len / axes[plane].len;
                if fewer < calls {
                    (calls, chosen) = (fewer, [Some(row), Some(plane)]);
                }
            }
        }
        let outer = (axes.iter().enumerate())
            .filter(|&(at, _)| !chosen.contains(&Some(at)))
            .map(|(_, &axis)| axis)
            .collect();
        let [row, plane] = chosen.map(|at| at.map(|at| axes[at]));
        Self { call: call(width, row, plane), outer, calls }
    }
}

/// Whether runs of `width` bytes along this axis are the rows of one 2D copy.
fn is_row(axis: PairedAxis, width: usize) -> bool {
    let fits = |stride: isize| stride >= width as isize && stride <= MAX_PITCH as isize;
    fits(axis.destination) && fits(axis.source)
}

/// Whether sets of such rows along this axis are the planes of one 3D copy.
fn is_plane(plane: PairedAxis, row: PairedAxis) -> bool {
    let fits = |plane: isize, pitch: isize| plane % pitch == 0 && plane / pitch >= row.len as isize;
    fits(plane.destination, row.destination) && fits(plane.source, row.source)
}

/// The call whose strides [`is_row`] and [`is_plane`] accepted, so that none is negative.
fn call(width: usize, row: Option<PairedAxis>, plane: Option<PairedAxis>) -> CopyCall {
    let Some(row) = row else { return CopyCall::Bytes { len: width } };
    let (height, destination_pitch, source_pitch) = (row.len, row.destination as usize, row.source as usize);
    let Some(plane) = plane else {
        return CopyCall::Rows { width, height, destination_pitch, source_pitch };
    };
    CopyCall::Planes {
        width,
        height,
        depth: plane.len,
        destination_pitch,
        source_pitch,
        destination_rows: (plane.destination / row.destination) as usize,
        source_rows: (plane.source / row.source) as usize,
    }
}

/// Number of steps of all loops together, a divisor of the number of elements.
fn product(axes: &[PairedAxis]) -> usize {
    axes.iter().map(|axis| axis.len).product()
}
