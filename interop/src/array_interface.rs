//! The CUDA Array Interface as plain data: what a producer says, and what is left of it once it was checked.
//!
//! A producer describes its array with a dictionary. [`RawArrayInterface`] is that dictionary as it came, with nothing
//! checked; Python and Rust fill it alike. [`ArrayInterface::parse`] applies every rule of the specification (versions
//! 0 to 3) and [`ArrayInterface::to_raw`] writes version 3.
//!
//! A description owns nothing and touches nothing. Whoever uses it must keep the *object* that gave it alive, and the
//! stream it names lives at least as long as that object. Whether the pointer means memory of a device is a question
//! for CUDA, asked where the description becomes a [`CudaBuffer`](crate::CudaBuffer).

use std::num::NonZeroUsize;

use crate::address::byte_range;
use crate::dtype::{DType, DTypeError};
use crate::layout::{Dims, Layout, LayoutError, Span};

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

/// A stream as the protocols write it: 1 is the legacy default stream, 2 the per-thread one, anything else a
/// `cudaStream_t`. Never 0, which the protocols forbid because it would mean either default.
///
/// ```
/// use interop::StreamHandle;
/// assert_eq!(StreamHandle::new(1), Some(StreamHandle::LEGACY));
/// assert_eq!(StreamHandle::new(0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamHandle(NonZeroUsize);

impl StreamHandle {
    /// The legacy default stream.
    pub const LEGACY: Self = Self(NonZeroUsize::new(1).unwrap());
    /// The per-thread default stream of the thread that uses it.
    pub const PER_THREAD: Self = Self(NonZeroUsize::new(2).unwrap());

    /// `None` for 0.
    pub fn new(handle: usize) -> Option<Self> {
        NonZeroUsize::new(handle).map(Self)
    }

    /// The number.
    pub fn get(self) -> usize {
        self.0.get()
    }
}

/// When the data may be read or written.
///
/// ```
/// use interop::Readiness;
/// assert_eq!(Readiness::from_stream(None, 3)?, Readiness::Ready);
/// assert_eq!(Readiness::from_stream(None, 2)?, Readiness::Unstated);
/// assert!(Readiness::from_stream(Some(0), 3).is_err());
/// # Ok::<(), interop::ArrayInterfaceError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Readiness {
    /// Now: version 3 without a stream, or CV-CUDA's `-1`, which says that the consumer's work is ordered already.
    Ready,
    /// After the work that is on this stream now.
    After(StreamHandle),
    /// Versions 0 to 2 have no stream, so the dictionary cannot say. PyTorch still writes such dictionaries while work
    /// is pending, so a careful consumer waits for the legacy default stream.
    Unstated,
}

impl Readiness {
    /// What the key `stream` of a dictionary of `version` means. A stream in an old dictionary is honoured.
    ///
    /// # Errors
    /// 0, and negative numbers other than -1.
    pub fn from_stream(stream: Option<i128>, version: i64) -> Result<Self, ArrayInterfaceError> {
        match stream {
            None if version < 3 => Ok(Self::Unstated),
            None | Some(-1) => Ok(Self::Ready),
            Some(number) => usize::try_from(number)
                .ok()
                .and_then(StreamHandle::new)
                .map(Self::After)
                .ok_or(ArrayInterfaceError::Stream { stream: number }),
        }
    }
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
        if layout.is_empty() {
            let layout = layout.with_offset(0)?;
            return Ok(Self { address: 0, read_only, dtype, layout, readiness });
        }
        let Span { start, end } = layout.span();
        byte_range(address, &layout).ok_or(ArrayInterfaceError::OutsideAddressSpace {
            address,
            start,
            end,
        })?;
        // Inside the range that was just checked.
        let address = address.wrapping_add_signed(layout.offset());
        if address == 0 {
            return Err(ArrayInterfaceError::NullPointer { shape: layout.shape().to_vec() });
        }
        Ok(Self { address, read_only, dtype, layout: layout.with_offset(0)?, readiness })
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

/// A broken rule of the CUDA Array Interface: the key and its value.
///
/// ```
/// use interop::{ArrayInterface, ArrayInterfaceError, RawArrayInterface};
/// let error = ArrayInterface::parse(&RawArrayInterface::default()).unwrap_err();
/// assert_eq!(error, ArrayInterfaceError::MissingKey { key: "version" });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArrayInterfaceError {
    /// A key that every version demands is absent.
    #[error("array interface: the key {key:?} is missing")]
    MissingKey {
        /// Which.
        key: &'static str,
    },
    /// A version that is not known.
    #[error("array interface: version is {version}, versions 0 to 3 can be read")]
    Version {
        /// As given.
        version: i64,
    },
    /// A length that no axis has.
    #[error("array interface: shape[{axis}] is {len}")]
    Shape {
        /// Which axis.
        axis: usize,
        /// As given.
        len: i64,
    },
    /// A stride that this machine's addresses cannot express.
    #[error("array interface: strides[{axis}] is {stride}, which is no distance between addresses")]
    Stride {
        /// Which axis.
        axis: usize,
        /// As given.
        stride: i64,
    },
    /// Some elements are invalid, and there is no way to say which to a plain array.
    #[error("array interface: the array has a mask, which is not supported; fill the masked elements first")]
    Mask,
    /// An element of several fields.
    #[error("array interface: descr lists {fields} fields; only plain elements are supported")]
    Structured {
        /// How many.
        fields: usize,
    },
    /// There are elements but no address.
    #[error("array interface: data is 0 but the shape {shape:?} has elements")]
    NullPointer {
        /// The shape.
        shape: Vec<usize>,
    },
    /// There is an address but no element, which version 2 and later forbid.
    #[error("array interface: data is {address:#x} but the shape {shape:?} has no element; it must be 0")]
    PointerWithoutElements {
        /// As given.
        address: usize,
        /// The shape.
        shape: Vec<usize>,
    },
    /// Some element would be outside the address space.
    #[error(
        "array interface: the elements span bytes {start} to {end} from data {address:#x}, \
         which is outside the address space"
    )]
    OutsideAddressSpace {
        /// The address of element 0.
        address: usize,
        /// The lowest byte, from the address.
        start: i128,
        /// One past the highest byte, from the address.
        end: i128,
    },
    /// A number that is no stream. 0 is forbidden because it could mean either default stream.
    #[error(
        "array interface: stream is {stream}; it must be 1 (legacy default), 2 (per-thread default), \
         a cudaStream_t, or None"
    )]
    Stream {
        /// As given.
        stream: i128,
    },
    /// A layout of other elements than the type's.
    #[error("array interface: elements of {dtype} in a layout of {itemsize} bytes an item")]
    ItemSize {
        /// The type.
        dtype: DType,
        /// Bytes of an item of the layout.
        itemsize: usize,
    },
    /// `typestr` names no type that is supported.
    #[error("array interface: {0}")]
    DType(#[from] DTypeError),
    /// Shape and strides that make no array.
    #[error("array interface: {0}")]
    Layout(#[from] LayoutError),
}
