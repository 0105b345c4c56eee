//! The CUDA Array Interface as plain data: what a producer says, and what is left of it once it was checked.
//!
//! A producer describes its array with a dictionary. [`RawArrayInterface`] is that dictionary as it came, with nothing
//! checked; Python and Rust fill it alike. [`ArrayInterface::parse`] applies every rule of the specification (versions
//! 0 to 3) and [`ArrayInterface::to_raw`] writes version 3.
//!
//! A description owns nothing and touches nothing. Whoever uses it must keep the *object* that gave it alive, and the
//! stream it names lives at least as long as that object. Whether the pointer means memory of a device is a question
//! for CUDA, asked where the description becomes a [`CudaBuffer`](crate::CudaBuffer).

mod error;
mod readiness;

use crate::address::byte_range;
use crate::dtype::DType;
use crate::layout::{Dims, Layout, Span};

pub use error::ArrayInterfaceError;
pub use readiness::{Readiness, StreamHandle};

/// The newest version of the interface, and the one written here.
pub const VERSION: i64 = 3;

/// The dictionary of `__cuda_array_interface__` as it came: nothing is checked, absent keys are `None`.
///
/// ```
/// use interop::{ArrayInterface, DType, RawArrayInterface};
/// let raw = RawArrayInterface {
///     shape: Some(vec![300, 451, 3]),
///     typestr: Some("|u1".into()),
///     data: Some((0x7f00_0000_0000, false)),
///     version: Some(3),
///     ..Default::default()
/// };
/// assert_eq!(ArrayInterface::parse(&raw)?.dtype(), DType::U8);
/// # Ok::<(), interop::ArrayInterfaceError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct RawArrayInterface {
    /// Length of each axis.
    pub shape: Option<Vec<i64>>,
    /// The element type, as NumPy writes it: `<f4`.
    pub typestr: Option<String>,
    /// The address of element 0, and whether the array is read-only.
    pub data: Option<(usize, bool)>,
    /// The version of the dictionary.
    pub version: Option<i64>,
    /// Strides in bytes; absent means C-contiguous.
    pub strides: Option<Vec<i64>>,
    /// How many fields `descr` lists, if it is there. One field says no more than `typestr`; several are a structure.
    pub descr_fields: Option<usize>,
    /// Whether `mask` is there and not `None`.
    pub has_mask: bool,
    /// The stream, as its number; handles take 64 bits without a sign.
    pub stream: Option<i128>,
}

/// A checked description of an array: where its elements are, what they are, and when they may be used.
///
/// ```
/// use interop::{ArrayInterface, DType, Layout, Readiness};
/// let layout = Layout::contiguous(&[2, 3], 4)?;
/// let array = ArrayInterface::new(0x1000, false, DType::F32, layout, Readiness::Ready)?;
/// assert_eq!(array.to_raw()?.typestr.as_deref(), Some("<f4"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayInterface {
    address: usize,
    read_only: bool,
    dtype: DType,
    layout: Layout,
    readiness: Readiness,
}

impl ArrayInterface {
    /// Describes an array of ours. `address` is what `layout` counts from; it is not used when there is no element.
    ///
    /// # Errors
    /// [`NullPointer`](ArrayInterfaceError::NullPointer), [`OutsideAddressSpace`](ArrayInterfaceError::OutsideAddressSpace),
    /// [`ItemSize`](ArrayInterfaceError::ItemSize).
    pub fn new(
        address: usize,
        read_only: bool,
        dtype: DType,
        layout: Layout,
        readiness: Readiness,
    ) -> Result<Self, ArrayInterfaceError> {
        if layout.itemsize() != dtype.size() {
            return Err(ArrayInterfaceError::ItemSize { dtype, itemsize: layout.itemsize() });
        }
        let at_zero = |layout: Layout| if layout.offset() == 0 { Ok(layout) } else { layout.with_offset(0) };
        if layout.is_empty() {
            return Ok(Self { address: 0, read_only, dtype, layout: at_zero(layout)?, readiness });
        }
        byte_range(address, &layout).ok_or_else(|| {
            let Span { start, end } = layout.span();
            ArrayInterfaceError::OutsideAddressSpace { address, start, end }
        })?;
        // Inside the range that was just checked.
        let address = address.wrapping_add_signed(layout.offset());
        if address == 0 {
            return Err(ArrayInterfaceError::NullPointer { shape: layout.shape().to_vec() });
        }
        Ok(Self { address, read_only, dtype, layout: at_zero(layout)?, readiness })
    }

    /// Checks a dictionary against the rules of its version.
    ///
    /// - `shape`, `typestr`, `data` and `version` must be there; `strides` has as many entries as `shape`.
    /// - The pointer is 0 if and only if there is no element. Versions 0 and 1 do not have that rule: there, the pointer
    ///   of an array without elements does not matter.
    /// - A `mask` is refused, as is an element of several fields.
    /// - `stream` is never 0; see [`Readiness`].
    ///
    /// # Errors
    /// The key that broke a rule, with its value.
    pub fn parse(raw: &RawArrayInterface) -> Result<Self, ArrayInterfaceError> {
        let missing = |key| ArrayInterfaceError::MissingKey { key };
        let version = raw.version.ok_or(missing("version"))?;
        check_version(version)?;
        let shape = raw.shape.as_deref().ok_or(missing("shape"))?;
        let typestr = raw.typestr.as_deref().ok_or(missing("typestr"))?;
        let data = raw.data.ok_or(missing("data"))?;
        if raw.has_mask {
            return Err(ArrayInterfaceError::Mask);
        }
        if let Some(fields @ 2..) = raw.descr_fields {
            return Err(ArrayInterfaceError::Structured { fields });
        }
        let dtype = DType::from_typestr(typestr)?;
        let layout = layout_of(shape, raw.strides.as_deref(), dtype.size())?;
        Self::from_keys(version, data, dtype, layout, raw.stream)
    }

    /// The rules about several keys at once, for who has read the keys without a [`RawArrayInterface`]: those of
    /// [`parse`](Self::parse) but for mask and fields. `layout` has no offset.
    ///
    /// # Errors
    /// As there.
    pub fn from_keys(
        version: i64,
        data: (usize, bool),
        dtype: DType,
        layout: Layout,
        stream: Option<i128>,
    ) -> Result<Self, ArrayInterfaceError> {
        check_version(version)?;
        let (address, read_only) = data;
        let readiness = Readiness::from_stream(stream, version)?;
        if layout.is_empty() && address != 0 && version >= 2 {
            return Err(ArrayInterfaceError::PointerWithoutElements {
                address,
                shape: layout.shape().to_vec(),
            });
        }
        if !layout.is_empty() && address == 0 {
            return Err(ArrayInterfaceError::NullPointer { shape: layout.shape().to_vec() });
        }
        Self::new(address, read_only, dtype, layout, readiness)
    }

    /// Writes the dictionary of version 3. `strides` is left out for a C-contiguous array; a readiness that is not
    /// stated becomes the legacy default stream, which is where a consumer would have to look.
    ///
    /// # Errors
    /// An element type that has no type string: bfloat16 and the 8-bit floats need DLPack.
    pub fn to_raw(&self) -> Result<RawArrayInterface, ArrayInterfaceError> {
        let stream = match self.readiness {
            Readiness::Ready => None,
            Readiness::After(stream) => Some(stream),
            Readiness::Unstated => Some(StreamHandle::LEGACY),
        };
        // Lengths were checked to be below 2^63; strides are 64 bits.
        let numbers = |values: &[isize]| values.iter().map(|&value| value as i64).collect();
        Ok(RawArrayInterface {
            shape: Some(self.layout.shape().iter().map(|&len| len as i64).collect()),
            typestr: Some(self.dtype.typestr()?.to_owned()),
            data: Some((self.address, self.read_only)),
            version: Some(VERSION),
            strides: (!self.layout.is_c_contiguous()).then(|| numbers(self.layout.strides())),
            descr_fields: None,
            has_mask: false,
            stream: stream.map(|stream| stream.get() as i128),
        })
    }

    /// The address of element 0; 0 if there is none.
    pub fn address(&self) -> usize {
        self.address
    }

    /// Whether the array must not be written.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Shape and strides in bytes; the offset is 0.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Shape and strides, without a copy.
    pub(crate) fn into_layout(self) -> Layout {
        self.layout
    }

    /// When the elements may be used.
    pub fn readiness(&self) -> Readiness {
        self.readiness
    }
}

fn check_version(version: i64) -> Result<(), ArrayInterfaceError> {
    if (0..=VERSION).contains(&version) { Ok(()) } else { Err(ArrayInterfaceError::Version { version }) }
}

fn layout_of(shape: &[i64], strides: Option<&[i64]>, itemsize: usize) -> Result<Layout, ArrayInterfaceError> {
    let mut lengths = Dims::new();
    for (axis, &len) in shape.iter().enumerate() {
        lengths.push(usize::try_from(len).map_err(|_| ArrayInterfaceError::Shape { axis, len })?);
    }
    let Some(strides) = strides else { return Ok(Layout::contiguous(&lengths, itemsize)?) };
    let mut bytes = Dims::new();
    for (axis, &stride) in strides.iter().enumerate() {
        bytes.push(isize::try_from(stride).map_err(|_| ArrayInterfaceError::Stride { axis, stride })?);
    }
    Ok(Layout::strided(&lengths, &bytes, 0, itemsize)?)
}
