//! What a `DLTensor` describes, read once and checked.

use std::slice;

use super::error::DlpackError;
use super::ffi::DLTensor;
use crate::address::addresses;
use crate::dtype::DType;
use crate::layout::{FewAxes, Layout, MAX_NDIM, Span};

impl DLTensor {
    /// The element type and the layout, counted from `data`. Every element has an address then.
    ///
    /// ```
    /// use interop::DType;
    /// use interop::dlpack::{DLDataType, DLDevice, DLDeviceType, DLTensor};
    ///
    /// let (mut data, mut shape) = ([0f32; 6], [2i64, 3]);
    /// let tensor = DLTensor {
    ///     data: data.as_mut_ptr().cast(),
    ///     device: DLDevice { device_type: DLDeviceType::CPU, device_id: 0 },
    ///     ndim: 2,
    ///     dtype: DLDataType { code: 2, bits: 32, lanes: 1 },
    ///     shape: shape.as_mut_ptr(),
    ///     strides: std::ptr::null_mut(), // compact
    ///     byte_offset: 0,
    /// };
    /// // SAFETY: the shape has two numbers.
    /// let (dtype, layout) = unsafe { tensor.read() }?;
    /// assert_eq!((dtype, layout.strides()), (DType::F32, &[12, 4][..]));
    /// # Ok::<(), interop::dlpack::DlpackError>(())
    /// ```
    ///
    /// # Safety
    /// `shape`, and `strides` if it is not NULL, point to `ndim` numbers.
    ///
    /// # Errors
    /// The first broken rule, with its value.
    #[inline]
    pub unsafe fn read(&self) -> Result<(DType, Layout), DlpackError> {
        let dtype = DType::from_dlpack(self.dtype.code, self.dtype.bits, self.dtype.lanes)?;
        let Some(ndim) = usize::try_from(self.ndim).ok().filter(|ndim| *ndim <= MAX_NDIM) else {
            return Err(DlpackError::Ndim { ndim: self.ndim, max: MAX_NDIM });
        };
        let (shape, strides): (&[i64], Option<&[i64]>) = match ndim {
            0 => (&[], None),
            _ if self.shape.is_null() => return Err(DlpackError::NullShape { ndim: self.ndim }),
            _ => {
                // SAFETY: not NULL, and the caller promised `ndim` numbers.
                let shape = unsafe { slice::from_raw_parts(self.shape, ndim) };
                // SAFETY: as above, if it is not NULL.
                let strides =
                    (!self.strides.is_null()).then(|| unsafe { slice::from_raw_parts(self.strides, ndim) });
                (shape, strides)
            }
        };
        let (layout, span) = Layout::from_elements_with_span(shape, strides, self.byte_offset, dtype.size())?;
        check_address(self.data.addr(), &layout, span)?;
        Ok((dtype, layout))
    }

    /// The same for an array as most are, in parts: the element type, and in `axes` what the layout is made of. `None` for
    /// every other array, and for one that breaks a rule: [`read`](Self::read) tells them apart, and `axes` means nothing then.
    ///
    /// ```
    /// use interop::DType;
    /// use interop::dlpack::{DLDataType, DLDevice, DLDeviceType, DLTensor};
    /// use interop::layout::FewAxes;
    ///
    /// let (mut data, mut shape, mut strides) = ([0f32; 6], [2i64, 3], [3i64, 1]);
    /// let tensor = DLTensor {
    ///     data: data.as_mut_ptr().cast(),
    ///     device: DLDevice { device_type: DLDeviceType::CPU, device_id: 0 },
    ///     ndim: 2,
    ///     dtype: DLDataType { code: 2, bits: 32, lanes: 1 },
    ///     shape: shape.as_mut_ptr(),
    ///     strides: strides.as_mut_ptr(),
    ///     byte_offset: 0,
    /// };
    /// let mut axes = FewAxes::default();
    /// // SAFETY: shape and strides have two numbers.
    /// assert_eq!(unsafe { tensor.read_few(&mut axes) }, Some(DType::F32));
    /// assert_eq!(axes.layout().strides(), [12, 4]);
    /// ```
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub unsafe fn read_few(&self, axes: &mut FewAxes) -> Option<DType> {
        let dtype = DType::known_dlpack(self.dtype.code, self.dtype.bits, self.dtype.lanes)?;
        let ndim = usize::try_from(self.ndim).ok().filter(|ndim| *ndim <= MAX_NDIM)?;
        if self.shape.is_null() || self.strides.is_null() || self.data.is_null() {
            return None;
        }
        // Of no numbers nobody says where they would be.
        let (mut shape, mut strides) = (&[][..], &[][..]);
        if ndim > 0 {
            // SAFETY: not NULL, and the caller promised `ndim` numbers.
            shape = unsafe { slice::from_raw_parts(self.shape, ndim) };
            // SAFETY: as above.
            strides = unsafe { slice::from_raw_parts(self.strides, ndim) };
        }
        let (start, end) = axes.read(shape, strides, self.byte_offset, dtype.size())?;
        self.data.addr().checked_add_signed(start)?;
        self.data.addr().checked_add_signed(end)?;
        Some(dtype)
    }
}

/// Checks that every element has an address.
#[inline]
fn check_address(data: usize, layout: &Layout, span: Span) -> Result<(), DlpackError> {
    if span.is_empty() {
        return Ok(());
    }
    if data == 0 {
        return Err(DlpackError::NullData { shape: layout.shape().to_vec() });
    }
    let Span { start, end } = span;
    addresses(data, span).map(drop).ok_or(DlpackError::OutsideAddressSpace { data, start, end })
}
