//! [`CopyPlan`]: a strided copy as the fewest equal calls of `cudaMemcpy`, `cudaMemcpy2D` or `cudaMemcpy3D`.
//!
//! The two layouts are first brought to their normal form (see `pair`). An axis that is packed on both sides becomes the
//! width. Of the others, one may be the rows of a 2D copy, where both strides are at least the width; and one more the
//! planes of a 3D copy, where both strides are a whole number of rows, at least as many as are copied, or every second,
//! third, ... plane if those are. The rest is a loop around the call. All assignments are compared; there are few,
//! because normal forms have few axes. If no two elements of the source share a byte other than by a stride of 0, no
//! other assignment has fewer calls; for overlapping windows the number is good, not always the least.

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
        let run = items.take_run();
        let wide = Choice::best(&items.axes, run.map_or(items.itemsize, |run| run.len * items.itemsize));
        // Windows that overlap in the source may be closer than a run is wide; then it can be better to loop over the
        // items of a run.
        let narrow = run
            .filter(|_| wide.calls > 1)
            .map(|run| Choice::best(&items.axes, items.itemsize).inside(run))
            .filter(|narrow| narrow.calls < wide.calls);
        let best = narrow.unwrap_or(wide);
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
    fn best(axes: &PairedAxes, width: usize) -> Self {
        let total = product(axes);
        let mut best = Self { call: CopyCall::Bytes { len: width }, outer: axes.clone(), calls: total };
        let rows = axes.iter().enumerate().filter(|(_, axis)| is_row(axis, width));
        for (at, row) in rows {
            let mut outer = axes.clone();
            outer.remove(at);
            let calls = total / row.len;
            for (at, plane) in outer.iter().enumerate() {
                let Some(step) = plane_step(plane, row) else { continue };
                let calls = calls / (plane.len / step);
                if calls < best.calls {
                    let mut outer = outer.clone();
                    outer[at].len = step;
                    best = Self { call: planes(width, row, plane, step), outer, calls };
                }
            }
            if calls < best.calls {
                best = Self { call: rows_of(width, row), outer, calls };
            }
        }
        best.outer.retain(|axis| axis.len > 1);
        best
    }

    /// The same with one more loop around it.
    fn inside(mut self, axis: PairedAxis) -> Self {
        self.outer.push(axis);
        self.calls *= axis.len;
        self
    }
}

/// Whether runs of `width` bytes along this axis are the rows of one 2D copy.
fn is_row(axis: &PairedAxis, width: usize) -> bool {
    let fits = |stride: isize| stride >= width as isize && stride <= MAX_PITCH as isize;
    fits(axis.destination) && fits(axis.source)
}

/// The smallest `step` such that every `step`-th set of such rows along this axis is a plane of one 3D copy: it divides
/// the axis into at least two planes, which are a whole number of rows apart, at least as many as there are.
fn plane_step(axis: &PairedAxis, row: &PairedAxis) -> Option<usize> {
    /// Candidates tried; the first is the answer unless the rows of a plane reach beyond the next one.
    const TRIES: usize = 64;
    let (whole_to, least_to) = whole_rows(axis.destination, row.destination, row.len)?;
    let (whole_from, least_from) = whole_rows(axis.source, row.source, row.len)?;
    // Both are at most a pitch, so the product of the two fits.
    let whole = whole_to / gcd(whole_to, whole_from) * whole_from;
    if !axis.len.is_multiple_of(whole) {
        return None;
    }
    let first = least_to.max(least_from).div_ceil(whole).max(1);
    (first..)
        .take(TRIES)
        .map_while(|times| whole.checked_mul(times).filter(|step| *step <= axis.len / 2))
        .find(|step| axis.len.is_multiple_of(*step))
}

/// The number of planes of which every multiple is a whole number of rows, and the number of planes that have room for
/// `height` rows.
fn whole_rows(stride: isize, pitch: isize, height: usize) -> Option<(usize, usize)> {
    // A pitch is positive.
    let (stride, pitch) = (usize::try_from(stride).ok().filter(|stride| *stride > 0)?, pitch as usize);
    Some((pitch / gcd(stride, pitch), height.checked_mul(pitch)?.div_ceil(stride)))
}

fn gcd(mut a: usize, mut b: usize) -> usize {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The 2D copy of rows that [`is_row`] accepted, so that no stride is negative.
fn rows_of(width: usize, row: &PairedAxis) -> CopyCall {
    let (destination_pitch, source_pitch) = (row.destination as usize, row.source as usize);
    CopyCall::Rows { width, height: row.len, destination_pitch, source_pitch }
}

/// The 3D copy of every `step`-th plane, where [`plane_step`] gave the step.
fn planes(width: usize, row: &PairedAxis, plane: &PairedAxis, step: usize) -> CopyCall {
    // From one plane to the next but `step`, of which there is one: inside the spans.
    let rows = |stride: isize, pitch: isize| stride as usize * step / pitch as usize;
    CopyCall::Planes {
        width,
        height: row.len,
        depth: plane.len / step,
        destination_pitch: row.destination as usize,
        source_pitch: row.source as usize,
        destination_rows: rows(plane.destination, row.destination),
        source_rows: rows(plane.source, row.source),
    }
}

/// Number of steps of all loops together, a divisor of the number of elements.
fn product(axes: &[PairedAxis]) -> usize {
    axes.iter().map(|axis| axis.len).product()
}
