//! What a layout operation refuses, with the axis and the numbers.

use thiserror::Error;

/// Why a [`Layout`](crate::Layout) cannot be built, viewed or copied as asked.
///
/// ```
/// use interop::{Layout, LayoutError};
///
/// let image = Layout::contiguous(&[300, 451, 3], 1)?;
/// let error = image.index(2, 3).unwrap_err();
/// assert_eq!(error, LayoutError::IndexOutOfRange { axis: 2, index: 3, len: 3 });
/// assert_eq!(error.to_string(), "index 3 is out of range for axis 2 of length 3");
/// # Ok::<(), LayoutError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// More axes than [`MAX_NDIM`](crate::layout::MAX_NDIM).
    #[error("{ndim} axes; at most {max} are supported")]
    TooManyAxes {
        /// Axes asked for.
        ndim: usize,
        /// The limit.
        max: usize,
    },
    /// A shape and strides of different lengths.
    #[error("the shape has {shape} axes but there are {strides} strides")]
    StrideCount {
        /// Axes of the shape.
        shape: usize,
        /// Strides given.
        strides: usize,
    },
    /// An item of no bytes.
    #[error("an item size of 0 bytes")]
    ZeroItemSize,
    /// A negative length.
    #[error("axis {axis} has the negative length {len}")]
    NegativeLength {
        /// Which axis.
        axis: usize,
        /// Its length as given.
        len: i64,
    },
    /// A number from outside that this machine's addresses cannot express.
    #[error("axis {axis}: {value} does not fit this machine's addresses")]
    OutOfAddressRange {
        /// Which axis.
        axis: usize,
        /// The number as given.
        value: i128,
    },
    /// An offset that this machine's addresses cannot express.
    #[error("an offset of {offset} bytes does not fit this machine's addresses")]
    OffsetOutOfRange {
        /// The offset as given.
        offset: i128,
    },
    /// More than `isize::MAX` bytes of elements. Lengths of 0 count as 1, so that a view of an empty array cannot
    /// overflow either.
    #[error("shape {shape:?} with items of {itemsize} bytes is larger than the address space")]
    TooLarge {
        /// The shape.
        shape: Box<[usize]>,
        /// Bytes of one item.
        itemsize: usize,
    },
    /// Elements so far apart that their addresses do not fit.
    #[error(
        "the elements span bytes {start} to {end} from the base, which does not fit this machine's addresses"
    )]
    SpanTooLarge {
        /// The lowest byte.
        start: i128,
        /// One past the highest byte.
        end: i128,
    },
    /// A stride that DLPack, which counts elements, cannot express.
    #[error("the stride of {stride} bytes of axis {axis} is not a multiple of the item size {itemsize}")]
    StrideNotWholeItems {
        /// Which axis.
        axis: usize,
        /// Its stride in bytes.
        stride: isize,
        /// Bytes of one item.
        itemsize: usize,
    },
    /// No such axis.
    #[error("axis {axis} is out of range for {ndim} axes")]
    AxisOutOfRange {
        /// As given; negative counts from the end.
        axis: isize,
        /// How many axes there are.
        ndim: usize,
    },
    /// The same axis twice.
    #[error("axis {axis} is named twice")]
    AxisRepeated {
        /// Which axis.
        axis: usize,
    },
    /// A permutation, an index or a list of slices of the wrong length.
    #[error("{given} axes are named but there are {ndim}")]
    AxisCount {
        /// How many were given.
        given: usize,
        /// How many axes there are.
        ndim: usize,
    },
    /// No such element.
    #[error("index {index} is out of range for axis {axis} of length {len}")]
    IndexOutOfRange {
        /// Which axis.
        axis: usize,
        /// As given; negative counts from the end.
        index: isize,
        /// Length of the axis.
        len: usize,
    },
    /// A crop that leaves the array, or ends before it begins.
    #[error("range {start}..{end} is not within axis {axis} of length {len}")]
    RangeOutOfAxis {
        /// Which axis.
        axis: usize,
        /// The first place.
        start: usize,
        /// One past the last place.
        end: usize,
        /// Length of the axis.
        len: usize,
    },
    /// A slice that does not move.
    #[error("the slice of axis {axis} has a step of 0")]
    ZeroStep {
        /// Which axis.
        axis: usize,
    },
    /// Squeezing an axis that has not exactly one entry.
    #[error("axis {axis} has length {len}; only an axis of length 1 can be removed")]
    NotSingular {
        /// Which axis.
        axis: usize,
        /// Its length.
        len: usize,
    },
    /// Shapes that do not broadcast.
    #[error("shape {from:?} does not broadcast to {to:?}: axis {axis} of the result differs")]
    NotBroadcastable {
        /// The shape of the array.
        from: Box<[usize]>,
        /// The shape asked for.
        to: Box<[usize]>,
        /// The axis of `to` that does not fit.
        axis: usize,
    },
    /// A reshape that changes the number of elements.
    #[error("{from} elements cannot take shape {to:?}")]
    ElementCount {
        /// Elements there are.
        from: usize,
        /// The shape asked for.
        to: Box<[usize]>,
    },
    /// A shape with -1 whose missing length does not exist or is not unique.
    #[error("no length fits the -1 in shape {shape:?} for {elements} elements")]
    CannotInfer {
        /// The shape asked for.
        shape: Box<[isize]>,
        /// Elements there are.
        elements: usize,
    },
    /// A reshape that only a copy can do.
    #[error(
        "shape {from:?} with strides {strides:?} has no view of shape {to:?}; copy it to a contiguous array first"
    )]
    NeedsCopy {
        /// The shape of the array.
        from: Box<[usize]>,
        /// Its strides in bytes.
        strides: Box<[isize]>,
        /// The shape asked for.
        to: Box<[usize]>,
    },
    /// A view with another item size of an array whose last axis does not allow it.
    #[error("items of {from} bytes cannot be seen as items of {to} bytes: {reason}")]
    ItemSizeView {
        /// Bytes of one item now.
        from: usize,
        /// Bytes of one item asked for.
        to: usize,
        /// Which rule of the last axis fails.
        reason: &'static str,
    },
    /// A copy between different shapes.
    #[error("cannot copy shape {source_shape:?} to shape {destination:?}")]
    ShapeMismatch {
        /// The shape copied to.
        destination: Box<[usize]>,
        /// The shape copied from.
        source_shape: Box<[usize]>,
    },
    /// A copy between different item sizes.
    #[error("cannot copy items of {source_size} bytes to items of {destination} bytes")]
    ItemSizeMismatch {
        /// Bytes of one item copied to.
        destination: usize,
        /// Bytes of one item copied from.
        source_size: usize,
    },
    /// A destination in which two elements share a byte, so that the result would depend on the order of the copy.
    #[error(
        "the destination of shape {shape:?} with strides {strides:?} overlaps itself; copy to a contiguous array"
    )]
    OverlappingDestination {
        /// The shape copied to.
        shape: Box<[usize]>,
        /// Its strides in bytes.
        strides: Box<[isize]>,
    },
    /// A destination with strides so unusual that it could not be found out whether two elements share a byte.
    #[error(
        "the destination of shape {shape:?} with strides {strides:?} may overlap itself; copy to a contiguous array"
    )]
    UndecidedDestination {
        /// The shape copied to.
        shape: Box<[usize]>,
        /// Its strides in bytes.
        strides: Box<[isize]>,
    },
}
